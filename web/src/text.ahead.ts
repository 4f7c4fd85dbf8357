// What the views say that are loaded when somebody asks what will happen. The rest is in text.ts.
import type { PlanVerdict, Standing, Verdict, What } from "./engine/types.ts";
import { many } from "./text.ts";

export const seconds = (ms: number): string => {
  const all = ms / 1000;
  const minutes = Math.floor(all / 60);
  return minutes === 0 ? `${all.toFixed(1)} s` : `${minutes} min ${(all - minutes * 60).toFixed(1)} s`;
};

export const AHEAD = {
  simulate: {
    about:
      "A model of the cluster, of rqlite and of Kubernetes, played on these very values. It was compared with real clusters; real ones differ in moments.",
    scenario: "Scenario",
    builtin: "Built in",
    own: "Your own",
    earlier: "Your own from before",
    ownAbout: "What you make happen, in the order in which you did.",
    heldDown: "As expected: at the end nothing is written, and a person must decide",
    invalid: "The scenario has mistakes: mend them first, below.",
    before: "This is the run from before, when the scenario had no mistakes.",
    heldSilent: (outage: number): string => `No row is lost, but no writes for ${seconds(outage)}`,
    verdict: {
      held: "No row is lost",
      interrupted: "Writes stood still for longer than they may",
      degraded: "It serves, but not all pods are Ready members",
      stuck: "Nobody leads, and it does not get better by itself",
      led: "Somebody leads, though a person should have decided",
      lost: "Acknowledged rows are gone",
      split: "There was a second cluster",
    } satisfies Record<Verdict, string>,
    numbers: (outage: number, acknowledged: number, lost: number): string =>
      `Longest time without writes: ${seconds(outage)}. Of ${many(acknowledged, "acknowledged row", "acknowledged rows")} ${lost === 0 ? "none is" : many(lost, "is", "are")} lost.`,
    leftOut: (count: number): string => `${many(count, "pod", "pods")} without a vote ${count === 1 ? "is" : "are"} not simulated.`,
    cutShort: "There were too many events: the end is not known.",
    play: "Play",
    pause: "Pause",
    back: "Back to the step before",
    forth: "On to the next step",
    restart: "Back to the beginning",
    speed: "Speed",
    speeds: (speed: number): string => `${speed} ×`,
    time: "Time",
    timeline: "Timeline",
    lanes: { leader: "Leader", quorum: "Quorum", writes: "Writes", reads: "Reads" },
    at: (time: number, leader: string | null, writes: boolean): string =>
      `${seconds(time)}: ${leader === null ? "nobody leads" : `${leader} leads`}, writes are ${writes ? "acknowledged" : "not acknowledged"}`,
    looks: {
      gone: "not there",
      silent: "does not answer",
      answering: "answers, not Ready",
      ready: "Ready",
      leads: "leads",
    },
    unplaced: "not known",
    what: "Make it happen",
    whom: "To",
    nobodyYet: "choose",
    pods: "Pods",
    nodes: "Nodes",
    zones: "Zones",
    now: (time: number): string => `at ${seconds(time)}`,
    hint: "Choose a pod, a node or a zone in the picture or here. It happens at the time that is shown.",
    actions: {
      kill: "Kill",
      restart: "Restart",
      crash: "Crash rqlited",
      freeze: "Freeze",
      cutOff: "Cut off the network",
      powerCut: "Cut the power",
      loseDisk: "Lose the disk",
      drain: "Drain",
      restore: "Restore",
    } satisfies Partial<Record<What, string>>,
    steps: "Steps",
    noSteps: "Nothing happens yet.",
    step: (at: string, what: string, which: string): string => `${at} ${what} ${which}`,
    all: "all",
    remove: (step: string): string => `Take out: ${step}`,
    events: "What happened",
    noEvents: "Nothing.",
    text: "The scenario as YAML",
    line: (line: number): string => `line ${line}`,
    cli: "The program plays the same; a link to this page carries a scenario of yours, too:",
    command: "Command",
    copy: "Copy the scenario",
    failed: "It could not be played:",
    stale: "The values have errors. This is the cluster from before.",
  },
  plan: {
    title: "What applying it does",
    working: "Planning…",
    verdict: {
      safe: "Safe",
      "needs-steps": "Needs steps",
      dangerous: "Dangerous",
    } satisfies Record<PlanVerdict, string>,
    same: "Nothing is different.",
    restarts: "Pods that restart, in this order",
    columns: { pod: "Pod", votes: "Votes", meanwhile: "Meanwhile" },
    yes: "yes",
    no: "no",
    standing: ({ voters, up, majority, writes }: Standing): string =>
      `${up} of ${voters} voters are up, ${majority} are needed: writes ${writes ? "go on" : "stop"}`,
    steps: "Steps, in the order in which they are safe",
    copySteps: "Copy the commands",
    markdown: "Copy for a pull request",
    pasted: "Compare with manifests instead",
    pastedAbout: "What is there, as rqchart template or helm get manifest prints it.",
    failed: "No plan:",
  },
} as const;
