//! What patches cannot change: what rqchart and the pods' scripts decide together.
//!
//! The scripts find the other members by names and numbers that they take for granted. A patch that changes one of them
//! is an error and not a warning, because what comes of it is a second cluster, lost members or lost rows, often only
//! when pods restart much later; and all of it has a setting or no use.

use std::collections::BTreeSet;

use rqchart_core::diagnostic::{Code, Diagnostic, Severity, dotted};
use rqchart_core::rules;
use rqchart_core::topology::{HTTP_PORT, PodSet, RAFT_PORT, Topology, flag_name, lies_in};
use rqchart_core::values::Patch;
use serde_json::Value;

use crate::manifest::{list, text};

/// A part of an object that stays: where it is, why, and what to do instead.
type Kept = (&'static str, &'static str, &'static str);

const OF_ALL: &[Kept] = &[
    ("/apiVersion", "an object cannot become another one", "add it to extraObjects"),
    ("/kind", "an object cannot become another one", "add it to extraObjects"),
    ("/metadata/name", "other objects know it by its name", "set fullnameOverride or the object's own name"),
    ("/metadata/namespace", "the release is in one namespace", "choose it with --namespace"),
];

const OF_THE_SET: &[Kept] = &[
    ("/spec/serviceName", "the members' addresses contain it", "set services.headless.name"),
    ("/spec/selector", "Services and budgets select the same pods", "set nameOverride"),
    ("/spec/replicas", "the scripts count on the same number", "set replicas, or readers.replicas"),
    ("/spec/ordinals", "the scripts count the pods from 0", "leave it out"),
    ("/spec/podManagementPolicy", "probes and scripts depend on it", "set formation"),
    ("/spec/template/spec/hostNetwork", "a pod takes its name from its own host name", "set services.perPod"),
    ("/spec/template/spec/subdomain", "the members' addresses contain it", "set services.headless.name"),
];

const OF_THE_HEADLESS_SERVICE: &[Kept] = &[
    ("/spec/clusterIP", "without None no pod has a name in DNS", "use services.client for another kind of Service"),
    ("/spec/publishNotReadyAddresses", "nodes find each other before they are Ready", "leave it"),
    ("/spec/selector", "the members' addresses depend on it", "set nameOverride"),
];

const OF_A_PODS_SERVICE: &[Kept] =
    &[("/spec/selector", "clients know one pod by its name", "use services.client for a Service of all pods")];

const OF_A_BUDGET: &[Kept] = &[
    ("/spec/selector", "it counts the pods of one StatefulSet, whose quorum it keeps", "set nameOverride"),
    ("/spec/maxUnavailable", "it is what the quorum can spare", "set podDisruptionBudget"),
    ("/spec/minAvailable", "it is what the quorum can spare", "set podDisruptionBudget"),
];

const OF_THE_SCRIPTS: &[Kept] =
    &[("/data", "the scripts decide who founds and who joins", "edit them in a chart of your own: rqchart create")];

const OF_THE_PRUNER: &[Kept] = &[
    ("/spec/replicas", "two of them may know different numbers of replicas", "set membership.prune"),
    ("/spec/strategy", "two of them may know different numbers of replicas", "set membership.prune"),
    ("/spec/selector", "Kubernetes never lets it change", "set nameOverride"),
];

/// What a patch broke: how bad that is, in which part of the object, what to say, and what to do instead.
struct Broken {
    severity: Severity,
    at: &'static str,
    message: String,
    hint: Option<String>,
}

impl Broken {
    fn new(at: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, at, message: message.into(), hint: None }
    }

    fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

const CONTAINERS: &str = "/spec/template/spec/containers";
const VOLUMES: &str = "/spec/template/spec/volumes";
const CLAIMS: &str = "/spec/volumeClaimTemplates";

/// Compares an object with what a patch made of it.
pub(super) fn check(before: &Value, after: &Value, patch: &Patch, at: &str, topology: &Topology) -> Vec<Diagnostic> {
    let (kind, name) = (text(before, "/kind").unwrap_or_default(), text(before, "/metadata/name").unwrap_or_default());
    let names = &topology.names;
    let set = topology.sets().find(|set| kind == "StatefulSet" && name == set.name);
    let is_pruner = kind == "Deployment" && name == names.prune;
    let own: &[Kept] = match kind {
        "StatefulSet" if set.is_some() => OF_THE_SET,
        "Service" if topology.sets().any(|set| name == set.headless.name) => OF_THE_HEADLESS_SERVICE,
        "Service" if topology.services.per_pod.iter().any(|each| name == each.service.name) => OF_A_PODS_SERVICE,
        "PodDisruptionBudget" if topology.sets().any(|set| name == set.name) => OF_A_BUDGET,
        "ConfigMap" if name == names.scripts => OF_THE_SCRIPTS,
        "Deployment" if is_pruner => OF_THE_PRUNER,
        _ => &[],
    };
    let changed = |(pointer, ..): &&Kept| before.pointer(pointer) != after.pointer(pointer);
    let finding = |(pointer, why, hint): &Kept| {
        let message = format!("{kind} {name}: {} cannot change: {why}", &pointer[1..].replace('/', "."));
        Diagnostic::error(Code::PatchIdentity, source(patch, at, pointer), message).with_hint(*hint)
    };
    let mut findings: Vec<_> = OF_ALL.iter().chain(own).filter(changed).map(finding).collect();
    let mut broken = Vec::new();
    if let Some(set) = set {
        let [earlier, later] = [before, after].map(|object| Container::of(object, topology));
        earlier.broken(&later, set, topology, &mut broken);
        data_volume(before, after, topology, &mut broken);
    }
    if is_pruner {
        pruner(before, after, &mut broken);
    }
    if set.is_some() || is_pruner {
        scripts_volume(before, after, topology, &mut broken);
    }
    findings.extend(broken.into_iter().map(|Broken { severity, at: part, message, hint }| {
        let message = format!("{kind} {name}: {message}");
        let finding = Diagnostic::error(Code::PatchIdentity, source(patch, at, part), message);
        Diagnostic { severity, hint, ..finding }
    }));
    findings
}

/// What matters of the rqlite container.
struct Container {
    command: Value,
    /// What the script is handed, in order.
    args: Vec<String>,
    /// Whether it runs the script that gives a pod its role.
    starts: bool,
    /// What it finds where.
    mounts: Vec<Value>,
    /// Whether its ports have the names and numbers that others know.
    listens: bool,
}

impl Container {
    fn of(set: &Value, topology: &Topology) -> Self {
        let container = container(set, &topology.names.container);
        let script = start_script(topology);
        let has_port = |(name, number): (&str, u16)| {
            list(&container, "/ports").any(|port| text(port, "/name") == Some(name) && port["containerPort"] == number)
        };
        Self {
            starts: ["command", "args"].iter().any(|key| container[key].to_string().contains(&script)),
            mounts: list(&container, "/volumeMounts").cloned().map(without_default).collect(),
            listens: [("http", HTTP_PORT), ("raft", RAFT_PORT)].into_iter().all(has_port),
            args: handed(&container, &script),
            command: container["command"].clone(),
        }
    }

    /// What was right, and is so no more.
    fn broken(&self, after: &Self, set: &PodSet, topology: &Topology, broken: &mut Vec<Broken>) {
        let name = &topology.names.container;
        let script = start_script(topology);
        let of_it = |message: String| Broken::new(CONTAINERS, format!("the container {name:?} {message}"));
        if self.starts && !after.starts {
            broken.push(of_it(format!("does not run {script}, which decides who founds and who joins")));
            return; // there is nobody whom arguments could be handed to
        }
        if self.command != after.command {
            let message =
                format!("has another command: it must become {script} by `exec`, or it is never told to stop");
            broken.push(Broken { severity: Severity::Warning, ..of_it(message) });
        }
        self.broken_arguments(after, set, |message| broken.push(of_it(message.0).with_hint(message.1)));
        for arg in after.args.iter().filter(|arg| !self.args.contains(arg) && rules::is_reserved_argument(arg)) {
            broken.push(of_it(format!("has the argument {arg:?}, which is decided for each pod")));
        }
        self.broken_mounts(after, topology, |message| broken.push(of_it(message)));
        if self.listens && !after.listens {
            broken.push(of_it("has other ports than those that rqlited listens on".to_owned()));
        }
    }

    /// Arguments that are there no more, or say something else; each message with its hint.
    ///
    /// Kubernetes replaces a list of arguments whole. So one that is missing was forgotten, whatever it does: who wants
    /// its default can write that. One that has another value was meant, and may have it if nobody else relies on it.
    fn broken_arguments(&self, after: &Self, set: &PodSet, mut add: impl FnMut((String, String))) {
        // rqlited takes the last of several.
        let value = |flag: &str| after.args.iter().rfind(|arg| arg.starts_with('-') && flag_name(arg) == flag);
        let is_flag = |arg: &&String| arg.starts_with('-');
        let stays = |arg: &&String| after.args.contains(arg) || is_flag(arg) && value(flag_name(arg)).is_some();
        // Their values may be secrets.
        let lost: Vec<_> =
            self.args.iter().filter(|arg| !stays(arg)).map(|arg| format!("-{}", flag_name(arg))).collect();
        if !lost.is_empty() {
            let hint = format!("use extraArgs, or a JSON patch: `add` to {CONTAINERS}/0/args/-");
            add((format!("loses {}: a list of arguments is replaced whole", lost.join(", ")), hint));
        }
        // A reserved one is found as one that was added.
        let is_free = |arg: &&String| rules::is_tuning_argument(arg) || rules::is_reserved_argument(arg);
        for arg in self.args.iter().filter(|arg| is_flag(arg) && !is_free(arg)) {
            let flag = flag_name(arg);
            if value(flag).is_some_and(|value| value != arg && !self.args.contains(value)) {
                let setting = set.arguments.iter().find(|argument| argument.flag() == flag);
                let hint = setting.map_or("leave it".to_owned(), |found| format!("set {}", dotted(&found.setting)));
                add((format!("has another value of -{flag}, on which others rely"), hint));
            }
        }
    }

    /// Mounts of the chart's own that are not as they were, and what hides the scripts or the database.
    fn broken_mounts(&self, after: &Self, topology: &Topology, mut add: impl FnMut(String)) {
        let pod = &topology.voters.pod;
        let why = |path: &str| match path {
            _ if path == pod.data_path => ", where the database is",
            _ if path == pod.scripts_path => ", where the scripts are",
            _ => "",
        };
        // The others are room for whatever comes.
        let filled = pod.mounts.iter().filter(|mount| mount.read_only).map(|mount| &*mount.path);
        for path in filled.chain([pod.data_path]) {
            let [earlier, later] = [self, after].map(|it| it.mounts.iter().find(|it| is(it, "mountPath", path)));
            match (earlier, later) {
                (Some(_), None) => add(format!("has no volume at {path}{}", why(path))),
                (Some(earlier), Some(later)) if earlier != later => {
                    add(format!("has another volume, or another part of it, at {path}{}", why(path)));
                }
                _ => {}
            }
        }
        for mount in after.mounts.iter().filter(|mount| !self.mounts.contains(mount)) {
            let path = text(mount, "/mountPath").unwrap_or_default();
            let hidden = [pod.data_path, pod.scripts_path].into_iter().find(|own| path != *own && lies_in(path, own));
            if let Some(own) = hidden {
                add(format!("has a volume at {path}, over what is in {own}"));
            }
        }
    }
}

/// Where the scripts come from, in a set's pods or in the pruner's.
fn scripts_volume(before: &Value, after: &Value, topology: &Topology, broken: &mut Vec<Broken>) {
    let pod = &topology.voters.pod;
    let scripts = pod.mounts.iter().find(|mount| mount.path == pod.scripts_path);
    if let Some(name) = scripts.map(|mount| &*mount.name).filter(|name| volume(before, name) != volume(after, name)) {
        let message = format!("the volume {name:?} cannot change: the scripts decide who founds and who joins");
        broken.push(Broken::new(VOLUMES, message).with_hint("edit them in a chart of your own: rqchart create"));
    }
}

/// Where the database is.
fn data_volume(before: &Value, after: &Value, topology: &Topology, broken: &mut Vec<Broken>) {
    let name = topology.names.volume.as_str();
    let is_claimed = |set: &Value| list(set, CLAIMS).any(|claim| text(claim, "/metadata/name") == Some(name));
    // How large a volume is, or in memory, is nobody else's business.
    let kind = |set: &Value| -> Option<BTreeSet<String>> {
        volume(set, name).and_then(|volume| Some(volume.as_object()?.keys().cloned().collect()))
    };
    if is_claimed(before) != is_claimed(after) {
        let message = if is_claimed(before) {
            format!("the volume {name:?} is claimed no more: the database would end with its pod")
        } else {
            format!("the volume {name:?} is claimed, though it was to end with its pod")
        };
        broken.push(Broken::new(CLAIMS, message).with_hint("set storage.ephemeral"));
    } else if kind(before) != kind(after) {
        let message = format!("the volume {name:?} cannot come from elsewhere: each pod has a database of its own");
        broken.push(Broken::new(VOLUMES, message).with_hint("set storage.ephemeral, or other settings of storage"));
    }
}

/// Whose members are removed, and from which number on.
fn pruner(before: &Value, after: &Value, broken: &mut Vec<Broken>) {
    const NAME: &str = "prune";
    let [before, after] = [before, after].map(|object| container(object, NAME));
    if ["command", "args", "volumeMounts"].iter().any(|key| before[key] != after[key]) {
        let message = format!("the container {NAME:?} does not run the script that knows whom to remove");
        broken.push(Broken::new(CONTAINERS, message).with_hint("set membership.prune"));
    }
    let lost = list(&before, "/env").find(|variable| !list(&after, "/env").any(|other| other == *variable));
    if let Some(variable) = lost.and_then(|variable| text(variable, "/name")) {
        let message = format!("the container {NAME:?} has another {variable}: it would remove members that are there");
        broken.push(Broken::new(CONTAINERS, message).with_hint("set replicas"));
    }
}

/// What start.sh is handed: what follows it on the command line, directly or as a shell's `"$@"`.
fn handed(container: &Value, script: &str) -> Vec<String> {
    let parts = ["/command", "/args"].into_iter().flat_map(|part| list(container, part));
    let line: Vec<&str> = parts.filter_map(Value::as_str).collect();
    let direct = line.iter().position(|word| *word == script).map(|at| at + 1);
    // The first word behind a shell's text is its $0.
    let by_shell = || line.iter().position(|word| word.contains(script) && word.contains("$@")).map(|at| at + 2);
    let first = direct.or_else(by_shell).unwrap_or(line.len());
    line.iter().skip(first).map(|word| (*word).to_owned()).collect()
}

/// The container of that name; null if there is none.
fn container(object: &Value, name: &str) -> Value {
    list(object, CONTAINERS).find(|container| is(container, "name", name)).cloned().unwrap_or_default()
}

fn volume<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    list(object, VOLUMES).find(|volume| is(volume, "name", name))
}

fn is(object: &Value, key: &str, word: &str) -> bool {
    object.get(key).and_then(Value::as_str) == Some(word)
}

/// A mount without what it is anyway.
fn without_default(mut mount: Value) -> Value {
    if let Some(fields) = mount.as_object_mut().filter(|fields| fields.get("readOnly") == Some(&Value::Bool(false))) {
        fields.shift_remove("readOnly");
    }
    mount
}

fn start_script(topology: &Topology) -> String {
    format!("{}/start.sh", topology.voters.pod.scripts_path)
}

/// Where a patch says something about a part of an object: as deep as the merge goes there, or the operation.
fn source(patch: &Patch, at: &str, pointer: &str) -> String {
    if let Some(merge) = &patch.merge {
        let merge = Value::Object(merge.clone());
        let mut depth = pointer;
        while !depth.is_empty() && merge.pointer(depth).is_none() {
            depth = depth.rsplit_once('/').map_or("", |(above, _)| above);
        }
        return format!("{at}/merge{depth}");
    }
    let touches = |touched: &str| {
        let within = |inner: &str, outer: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        within(touched, pointer) || within(pointer, touched)
    };
    let operations = patch.json.iter().flatten();
    let number = operations
        .map(|operation| [Some(&operation.path), operation.from.as_ref()])
        .position(|places| places.into_iter().flatten().any(|place| touches(place.as_str())));
    number.map_or_else(|| at.to_owned(), |number| format!("{at}/json/{number}"))
}
