// What the engine is asked and answers. Generated from crates/wasm/src/api by `cargo xtask codegen`.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Everything that the page knows before anybody has typed. */
export interface About {
  /** The version of rqchart. */
  version: string;
  /** The chart's name, which paths in archives begin with. */
  chart: string;
  /** The chart's file name as a package. */
  archive: string;
  /** The version of rqlite that the chart was made for. */
  rqlite: string;
  /** The JSON Schema of values, with `x-rqchart` annotations. */
  schema: Json;
  /** All settings as they are when nobody sets them; null and empty lists are left out. */
  defaults: Json;
  /** The groups of settings (`x-rqchart.group`), in the order in which people decide. */
  groups: Group[];
  /** The chart's examples. */
  examples: Example[];
}

/** A number of pods, or a share of them. */
export type Amount = number | string;

/** A link, and a scenario that it is to carry, too. */
export interface AttachRequest {
  link: string;
  /** The scenario, as YAML. */
  text: string;
}

/** How many pods may leave at once by somebody's will, with Kubernetes' names for its parts. */
export interface Budget {
  /** How many may be away. */
  maxUnavailable?: Amount | null;
  /** How many must stay. */
  minAvailable?: Amount | null;
  /** Whether pods that are not Ready may be evicted at any time. */
  unhealthyPodEvictionPolicy: EvictionPolicy;
}

/** A cluster, as `simulator` gives it. */
export interface Cluster {
  simulator: Json;
}

/** Text to copy. */
export interface Command {
  tool: Tool;
  title: string;
  text: string;
}

/** What somebody types to use values. */
export interface Commands {
  /** What renders them, which all of the others begin with. */
  render: string;
  commands: Command[];
}

/** What a changed setting does. */
export interface Consequence {
  /** Its JSON pointer. */
  setting: string;
  /** What a change of it does. */
  effect: Effect;
  /** The same in words. */
  sentence: string;
}

/** The kind of a consequence. Its name is stable. */
export type ConsequenceKind = "first-install" | "rolling-restart" | "write-pause" | "partition-holds" | "scale-out" | "scale-in" | "readers-gone" | "version-change" | "scripts-change" | "retention-keeps" | "volume-left" | "objects-removed" | "restart-by-hand" | "immutable-field" | "selector-change" | "volume-expansion" | "volume-attributes" | "volume-change" | "disks-start-empty" | "claims-deleted" | "retention-deletes" | "scale-in-with-restart" | "members-stay" | "role-change" | "recovery" | "major-upgrade" | "no-way-back" | "downgrade" | "unknown-version" | "scale-with-upgrade" | "join-with-change" | "node-tls-change" | "client-tls-change" | "auth-change" | "object-replaced" | "service-gone" | "port-change" | "autoscaler-takes-over" | "unknown-cluster" | "scale-in-loses-quorum" | "upgrade-skips" | "unsupported-version" | "downgrade-impossible" | "becomes-ephemeral" | "data-lost" | "recovery-while-stopped" | "addresses-change" | "data-left-behind" | "cluster-removed" | "volume-replaced";

/** Two texts of values, for one release. */
export interface DiffRequest {
  release: Release;
  from: string;
  to: string;
}

/** What is different between two sets of values. */
export interface Difference {
  /** Every object of either, in the order of the later ones; those that go come last. */
  documents: DocumentDifference[];
  /** Every changed setting, the one that does most first. */
  effects: Consequence[];
}

/** An object of either set of values. */
export interface DocumentDifference {
  /** As [`Document::template`]. */
  template: string;
  /** Its kind. */
  kind: string;
  /** Its name; the later one where it changes. */
  name: string;
  /** What becomes of it. */
  change: Fate;
  /** What that does to a cluster that runs. */
  effect: Effect;
  /** The settings that change it, as JSON pointers. */
  settings: string[];
  /** The changed lines, with some around them. */
  hunks: Hunk[];
}

/** Which settings made the lines of a document. */
export interface DocumentOrigins {
  /** As [`Document::template`]. */
  template: string;
  /** Its kind. */
  kind: string;
  /** Its name. */
  name: string;
  /** For each line the numbers of its settings in [`Origins::settings`], that which makes the fewest lines first. */
  lines: number[][];
}

/** A setting to write into the text, or to take out of it. */
export interface EditRequest {
  /** For what the text is then previewed; absent where it is no text of values, as a scenario's. */
  release?: Release | null;
  text: string;
  /** JSON pointer to the setting. */
  path: string;
  /** What it becomes; absent to take it out. */
  value?: Json;
}

/** A text, and what it makes: whoever edits values asks for that next. */
export interface Edited {
  text: string;
  preview: Preview | null;
}

/** What a change of a setting does to a cluster that runs. */
export type Effect = "none" | "roll" | "immutable" | "data";

/**
 * What must be so at the end of a scenario. Rows that were acknowledged are never lost, and there is never a second
 * cluster: that need not be said.
 */
export type Ends = "serving" | "waiting" | "either";

/** A file of an archive. */
export interface Entry {
  path: string;
  text: string;
}

/** Something that happened. */
export interface Event {
  /** When, in milliseconds. */
  at: number;
  /** To which pod, if it was one. */
  pod: string | null;
  /** Whether it is a step of the scenario, and not what came of it. */
  step: boolean;
  /** What, in words. */
  text: string;
}

/** Whether pods that are not Ready may be evicted at any time. */
export type EvictionPolicy = "IfHealthyBudget" | "AlwaysAllow";

/** A values file to begin with. */
export interface Example {
  name: string;
  /** What it is for, in a line. */
  about: string;
  text: string;
}

/** What becomes of an object. */
export type Fate = "added" | "removed" | "changed" | "same";

/** A cluster, and the text of values that it was made of. */
export interface FaultsRequest {
  simulator: Json;
  text: string;
}

/** A field that changes. */
export interface FieldChange {
  /** Where it is: `spec.template.spec.containers[rqlite].image`. */
  path: string;
  /** What it was; none where it was not there, and of secrets. */
  from?: string | null;
  /** What it becomes; none where it goes, and of secrets. */
  to?: string | null;
  /** Whether Kubernetes refuses that. */
  refused: boolean;
}

/** One rendered document. */
export interface File {
  /** The template that made it, `templates/statefulset.yaml`, or the entry of extraObjects. */
  template: string;
  kind: string;
  name: string;
  /** Absent where the kind is in no namespace. */
  namespace?: string | null;
  text: string;
}

/** One finding. */
export interface Finding {
  /** The stable kind of finding, such as `even-voters`. */
  code: string;
  severity: Level;
  /** JSON pointer to the setting; empty for the whole, or for the release. */
  path: string;
  /** What is wrong, in one sentence without a full stop. */
  message: string;
  /** What to write instead. */
  hint?: string | null;
  /** Where it stands in the text: the line, from 1. */
  line?: number | null;
  /** The column in characters, from 1. */
  column?: number | null;
  /** How many characters are meant, at least 1. */
  length?: number | null;
  /** Why findings of this kind are reported. */
  because: string;
}

/** In which order pods start. */
export type Formation = "ordered" | "parallel";

export interface Group {
  id: string;
  title: string;
}

/** Lines that belong together. */
export interface Hunk {
  /** The number of its first line in the earlier text, from 1. */
  fromLine: number;
  /** The same in the later one. */
  toLine: number;
  /** Its lines. */
  lines: Line[];
}

/** A release and the text of its values file. */
export interface Input {
  release: Release;
  /** What stands in `values.yaml`. */
  text: string;
}

export type Level = "warning" | "error";

/** A line of a hunk. */
export interface Line {
  /** What becomes of it. */
  tag: Tag;
  /** Its text, without the line break. */
  text: string;
}

/** A link. */
export interface Link {
  link: string;
}

/** A setting to look for in a text. */
export interface LocateRequest {
  text: string;
  /** JSON pointer to the setting. */
  path: string;
}

/** A release's manifests. */
export interface Manifests {
  /** All documents in one text, as `rqchart template` prints them. */
  stream: string;
  /** `values.yaml`, and one file for each template, as `rqchart template --output-dir` lays them out. */
  files: Entry[];
}

/** An object that is different. */
export interface ObjectChange {
  /** Its kind. */
  kind: string;
  /** Its namespace, if it is in one. */
  namespace?: string | null;
  /** Its name. */
  name: string;
  /** What becomes of it. */
  change: ObjectFate;
  /** The fields that change; empty where it is new or goes. */
  fields?: FieldChange[];
}

/** What becomes of an object. */
export type ObjectFate = "added" | "changed" | "replaced" | "removed";

/** A scenario that is built in. */
export interface Offered {
  name: string;
  /** What it shows, in a sentence. */
  about: string;
  /** The scenario, as YAML. */
  text: string;
}

/** A link that somebody opens. */
export interface OpenRequest {
  /** The link, or the part of an address from its `#` on. */
  link: string;
}

/** What a link holds. */
export interface Opened {
  release: Release;
  /** Its values, as the text of `values.yaml`. */
  text: string;
}

/** Which settings made which lines. */
export interface Origins {
  /** The settings that made any line, as JSON pointers. */
  settings: string[];
  /** The documents, in the order of [`crate::Rendering::documents`]. */
  documents: DocumentOrigins[];
}

/** The text of values. */
export interface PackRequest {
  /** What stands in `values.yaml`. */
  text: string;
}

/** What there is to draw of a cluster. */
export interface Picture {
  /** The sets of pods, the voters' first. */
  sets: Set[];
  /** The Services: for clients, for single pods, and those that give pods their names. */
  services: Service[];
  /** The disruption budget of the set that votes; null where none is rendered. */
  budget: Budget | null;
  /** How strongly the pods of the set that votes keep apart. */
  spread: Separation;
}

/** What going from one state to another does. */
export interface Plan {
  /** The worst of the consequences. */
  verdict: PlanVerdict;
  /** What it does, the worst first. */
  consequences: PlanConsequence[];
  /** The objects that are different, in the order of the new ones; those that go come last. */
  objects: ObjectChange[];
  /** The pods that restart, in the order in which they do. */
  restarts: Restart[];
  /** What to do, in the order in which it is safe. Empty when nothing is different. */
  steps: PlanStep[];
}

/** One thing that it does. */
export interface PlanConsequence {
  /** Its stable id. */
  id: ConsequenceKind;
  /** How bad it is. */
  verdict: PlanVerdict;
  /** The object that it is about: `StatefulSet/rqdb`; none where it is about all of the release. */
  object?: string | null;
  /** What happens, and why. */
  message: string;
}

/** Two states, as manifests. */
export interface PlanRequest {
  old: string;
  new: string;
  /** What renders the new ones. */
  command: string;
}

/** A step. */
export interface PlanStep {
  /** What is done. */
  text: string;
  /** The commands of a POSIX shell that do it, one after the other; none where a person must. */
  commands: string[];
}

/** What a new state does when it is applied as it is. */
export type PlanVerdict = "safe" | "needs-steps" | "dangerous";

/** The way from one state to another. */
export interface Planned {
  plan: Plan;
  /** The same for a pull request. */
  markdown: string;
}

/** A scenario to play. */
export interface PlayRequest {
  simulator: Json;
  /** The scenario, as JSON or YAML. */
  text: string;
  seed: number;
}

/** What became of a scenario. */
export interface Played {
  /** What is wrong with it. */
  findings: Finding[];
  /** As it was read; null where it has findings. */
  scenario: Scenario | null;
  /** Null where it has findings. */
  trace: Trace | null;
}

/** One pod. */
export interface Pod {
  /** Its name. */
  name: string;
  /** Its number in the set. */
  ordinal: number;
  /** What it is to the cluster. */
  role: PodRole;
  /** Whether it is one of those that found a cluster together, and that others join through. */
  seed: boolean;
  /** Whether a new cluster can begin with it: the first seed, when all seeds have notified it. */
  mayFound: boolean;
  /** The node that it is drawn on: an illustration. */
  node: string;
  /** The zone that it is drawn in: an illustration. */
  zone: string;
  /** Its volumes, the database's first. */
  volumes: Volume[];
}

/** What a pod is to the cluster. */
export type PodRole = "voter" | "nonVoter" | "reader";

/** A pod, at the end of a run. */
export interface PodState {
  /** Its name. */
  name: string;
  /** Whether Kubernetes calls it Ready. */
  ready: boolean;
  /** Whether it answers. */
  answers: boolean;
  /** Who leads, as it knows. */
  leader: string | null;
  /** The voters that it knows of. */
  voters: string[];
  /** The members without a vote that it knows of. */
  nonVoters: string[];
  /** How many acknowledged rows it lacks. */
  lacks: number;
}

/** A port of a Service. */
export interface Port {
  /** Its name. */
  name: string;
  /** Its number. */
  port: number;
}

/** What a text of values makes of a release. */
export interface Preview {
  /** Everything found, in the order of the text; what is about no text comes last. */
  findings: Finding[];
  /** What the text says; null where it cannot be read. */
  values: Json;
  /** What is rendered, in the order in which it is applied; nothing when a finding is an error. */
  files: File[];
  /** What there is to draw; null where values are invalid. */
  topology: Picture | null;
  /** The same in words and numbers. */
  summary: Summary | null;
}

/** What values are installed as. */
export interface Release {
  /** Its name, which objects are named after. */
  name: string;
  /** The namespace of every object. */
  namespace: string;
  /** The version of Kubernetes to render for, such as `1.34`. */
  kubeVersion?: string | null;
  /** What the cluster has, such as `gateway.networking.k8s.io/v1`; nothing said means that it may have any. */
  apiVersions?: string[];
}

/** A pod that restarts. */
export interface Restart {
  /** The pod. */
  pod: string;
  /** Whether it votes. */
  votes: boolean;
  /** How the cluster stands while it is away; none where nobody knows who votes. */
  standing?: Standing | null;
}

/** What happens to a cluster, and what must come of it. */
export interface Scenario {
  /** What it is called. */
  name: string;
  /** What it shows, in a sentence. */
  about?: string;
  /** Whether it begins with nothing, and the installation belongs to it. Otherwise it begins when all pods are Ready. */
  fromNothing: boolean;
  /** What happens. Of what happens at the same time, the first comes first. */
  steps: Step[];
  /** What must be so at the end. */
  ends: Ends;
  /** For how long at most no write may be acknowledged. */
  longestOutage?: string | null;
  /** Whether a majority of the voters must be Ready all the time. */
  keepsQuorum: boolean;
}

/** Which pods are behind a Service. */
export type Selects = "voters" | "readers" | "pod";

/** How strongly pods keep apart, by anti-affinity or by spreading, whichever is stronger. */
export interface Separation {
  /** On nodes. */
  host: Spread;
  /** In zones. */
  zone: Spread;
}

/** One Service. */
export interface Service {
  /** Its name; one for a single pod has the pod's. */
  name: string;
  /** How it is reached. */
  type: ServiceKind;
  /** Its ports. */
  ports: Port[];
  /** The pods behind it. */
  selects: Selects;
}

/** How a Service is reached. */
export type ServiceKind = "ClusterIP" | "NodePort" | "LoadBalancer" | "Headless";

/** What one StatefulSet governs. */
export interface Set {
  /** What its pods are for. */
  role: SetRole;
  /** The StatefulSet's name. */
  name: string;
  /** In which order its pods start. */
  formation: Formation;
  /** Its pods, by ordinal; those that there are at least, where an autoscaler decides. */
  pods: Pod[];
  /** Its disruption budget; null where none is rendered. */
  budget: Budget | null;
  /** How strongly its pods keep apart from each other. */
  spread: Separation;
}

/** What the pods of a set are for. */
export type SetRole = "voters" | "readers";

/** A link, and what is not in it. */
export interface Shared {
  /** The text, which an address takes as it is. */
  link: string;
  /** The settings that were left out because they are secrets, as JSON pointers. */
  omitted: string[];
}

/** How strongly pods keep apart. */
export type Spread = "none" | "soft" | "hard";

/** How a cluster stands. */
export interface Standing {
  /** How many members vote. */
  voters: number;
  /** How many of them are up. */
  up: number;
  /** How many must be. */
  majority: number;
  /** Whether rows are written. If the leader is away, after about two seconds. */
  writes: boolean;
}

/** How a cluster is, for a time. */
export interface State {
  /** Since when, in milliseconds. */
  from: number;
  /** The pod that leads. */
  leader: string | null;
  /** The term that it leads in; 0 where nobody does. */
  term: number;
  /** Whether a majority of its members follows it. */
  quorum: boolean;
  /** Whether writes are acknowledged. */
  writes: boolean;
  /** Whether a Ready pod answers reads that need no leader. */
  reads: boolean;
  /** The pods that there are. */
  pods: string[];
  /** Those of them in which something answers. */
  answering: string[];
  /** Those that are Ready. */
  ready: string[];
}

/** One thing that happens. */
export interface Step {
  /** When, counted from the scenario's beginning. */
  at: string;
  /** What. */
  what: What;
  /** To which pods. None means all of them, where that makes sense. */
  which?: string[];
  /** For how long, where it ends by itself. */
  for?: string | null;
  /** How many pods `scale` asks for. */
  replicas?: number | null;
}

/**
 * What a cluster bears and what it asks for.
 * 
 * Amounts are Kubernetes quantities, added exactly; null means that nothing is asked for. Where an autoscaler decides
 * how many readers there are, the fewest count. What `patches` change, and what the jobs and Deployments beside the
 * cluster ask for, is not in it.
 */
export interface Summary {
  /** The most important facts, a sentence each. */
  sentences: string[];
  /** How many pods vote. */
  voters: number;
  /** How many of them must agree. */
  quorum: number;
  /** How many of them may be lost while the cluster still accepts writes. */
  mayLose: number;
  /** How many pods of the voters' set never vote. */
  nonVoters: number;
  /** How many readers there are. */
  readers: number;
  /** The CPU that nodes must have to spare for all pods, in cores. */
  cpu: string | null;
  /** The memory that nodes must have to spare for all pods, in bytes. */
  memory: string | null;
  /** What is claimed for all pods and for scheduled copies, in bytes; what pods hold themselves is not in it. */
  storage: string | null;
}

/** What becomes of a line. */
export type Tag = " " | "+" | "-";

export type Tool = "rqchart" | "kubectl" | "kustomize" | "argo" | "flux";

/** What a run came to. */
export interface Trace {
  /** The scenario's name. */
  scenario: string;
  /** What it was played with. */
  seed: number;
  /** How it ended. */
  verdict: Verdict;
  /** Why, where that is not how it should. */
  cause: string | null;
  /** How long it took until nothing happened any more, in milliseconds. */
  lasts: number;
  /** For how long at most no write was acknowledged, in milliseconds. */
  longestOutage: number;
  /** How many rows were acknowledged. */
  acknowledged: number;
  /** How many of them are gone. */
  lost: number;
  /** How many clusters were founded. */
  foundings: number;
  /** What happened, in order. */
  events: Event[];
  /** How the cluster was, from each moment at which that changed. */
  states: State[];
  /** The pods at the end. */
  pods: PodState[];
  /** How many pods of a large cluster were left out. They have no vote. */
  leftOut: number;
  /** Whether there were more events than a run may have, so that the end is not known. */
  cutShort: boolean;
}

/** How a run ended, the best first. */
export type Verdict = "held" | "interrupted" | "degraded" | "stuck" | "led" | "lost" | "split";

/** One volume of a pod. */
export interface Volume {
  /** The claim's name; the volume's name in the pod where nothing is claimed. */
  name: string;
  /** Its size, as a Kubernetes quantity; null where somebody wrote a claim without one that is understood. */
  size: string | null;
  /** Its StorageClass; null means the cluster's default, or that nothing is claimed. */
  storageClass: string | null;
  /** Whether it ends with its pod. */
  ephemeral: boolean;
}

/** What can happen. */
export type What = "kill" | "restart" | "crash" | "freeze" | "cutOff" | "powerCut" | "loseDisk" | "drain" | "restore" | "scale" | "upgrade" | "slowDns" | "quiet" | "recover";

/** What is put into an archive. */
export interface ZipRequest {
  files: Entry[];
}

/** Each call with its request and its answer. */
export interface Calls {
  /** What never changes while the page is open. */
  about: [request: Record<string, never>, answer: About];
  /** What values make. */
  preview: [request: Input, answer: Preview];
  /** What somebody types to use the values. */
  commands: [request: Input, answer: Commands];
  /** One setting written into a text, or taken out of it, and what the text then makes of a release. */
  edit: [request: EditRequest, answer: Edited];
  /** The line where a setting stands in a text; null where it does not. */
  locate: [request: LocateRequest, answer: number | null];
  /** Which settings make each line; null where values are invalid. */
  origins: [request: Input, answer: Origins | null];
  /** What one text of values changes against another; null where one is invalid. */
  diff: [request: DiffRequest, answer: Difference | null];
  /** A link that carries the release and its values, but no secret. */
  share: [request: Input, answer: Shared];
  /** What a link carries. */
  open: [request: OpenRequest, answer: Opened];
  /** What scenarios are played on; null where values are invalid. */
  simulator: [request: Input, answer: Json];
  /** What is rendered, as people take it away. */
  manifests: [request: Input, answer: Manifests];
  /** The scenarios that are built in. */
  scenarios: [request: Cluster, answer: Offered[]];
  /** A scenario, played. */
  play: [request: PlayRequest, answer: Played];
  /** Which single faults the cluster does not bear, as findings about the text. */
  faults: [request: FaultsRequest, answer: Finding[]];
  /** A link that carries a scenario, too. */
  attach: [request: AttachRequest, answer: Link];
  /** The scenario that a link carries, or null. */
  attached: [request: Link, answer: string | null];
  /** The way from one set of manifests to another. */
  plan: [request: PlanRequest, answer: Planned];
  /** The chart with these values. */
  pack: [request: PackRequest, answer: Uint8Array<ArrayBuffer>];
  /** Files as a zip archive. */
  zip: [request: ZipRequest, answer: Uint8Array<ArrayBuffer>];
}
