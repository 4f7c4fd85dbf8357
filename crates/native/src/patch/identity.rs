//! What patches cannot change: what rqchart and the pods' scripts decide together.
//!
//! The scripts find the other members by names and numbers that they take for granted. A patch that changes one of them
//! is an error and not a warning, because what comes of it is a second cluster, lost members or lost rows, often only
//! when pods restart much later; and all of it has a setting or no use.

use rqchart_core::diagnostic::{Code, Diagnostic, Severity};
use rqchart_core::rules;
use rqchart_core::topology::{HTTP_PORT, RAFT_PORT, Topology};
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
    ("/spec/podManagementPolicy", "probes and scripts depend on it", "set formation"),
    ("/spec/template/spec/hostNetwork", "a pod takes its name from its own host name", "set services.perPod"),
    ("/spec/template/spec/subdomain", "the members' addresses contain it", "set services.headless.name"),
];

const OF_THE_HEADLESS_SERVICE: &[Kept] = &[
    ("/spec/clusterIP", "without None no pod has a name in DNS", "use services.client for another kind of Service"),
    ("/spec/publishNotReadyAddresses", "nodes find each other before they are Ready", "leave it"),
    ("/spec/selector", "the members' addresses depend on it", "set nameOverride"),
];

const OF_THE_SCRIPTS: &[Kept] =
    &[("/data", "the scripts decide who founds and who joins", "edit them in a chart of your own: rqchart create")];

/// Compares an object with what a patch made of it.
pub(super) fn check(before: &Value, after: &Value, patch: &Patch, at: &str, topology: &Topology) -> Vec<Diagnostic> {
    let (kind, name) = (text(before, "/kind").unwrap_or_default(), text(before, "/metadata/name").unwrap_or_default());
    let names = &topology.names;
    let own: &[Kept] = match kind {
        "StatefulSet" if topology.sets().any(|set| name == set.name) => OF_THE_SET,
        "Service" if topology.sets().any(|set| name == set.headless.name) => OF_THE_HEADLESS_SERVICE,
        "ConfigMap" if name == names.scripts => OF_THE_SCRIPTS,
        _ => &[],
    };
    let changed = |(pointer, ..): &&Kept| before.pointer(pointer) != after.pointer(pointer);
    let finding = |(pointer, why, hint): &Kept| {
        let message = format!("{kind} {name}: {} cannot change: {why}", &pointer[1..].replace('/', "."));
        Diagnostic::error(Code::PatchIdentity, source(patch, at, pointer), message).with_hint(*hint)
    };
    let mut findings: Vec<_> = OF_ALL.iter().chain(own).filter(changed).map(finding).collect();
    if own == OF_THE_SET {
        let place = source(patch, at, "/spec/template/spec/containers");
        let [before, after] = [before, after].map(|set| Container::of(set, topology));
        findings.extend(before.broken(&after, topology).into_iter().map(|(severity, message)| {
            let message = format!("{kind} {name}: the container {:?} {message}", names.container);
            Diagnostic { severity, ..Diagnostic::error(Code::PatchIdentity, place.clone(), message) }
        }));
    }
    findings
}

/// What matters of the rqlite container.
struct Container {
    command: Value,
    args: Vec<Value>,
    /// Whether it runs the script that gives a pod its role.
    starts: bool,
    /// Whether its volume is where the database is.
    mounts: bool,
    /// Whether its ports have the names and numbers that others know.
    listens: bool,
}

impl Container {
    fn of(set: &Value, topology: &Topology) -> Self {
        let (names, pod) = (&topology.names, &topology.voters.pod);
        let is = |object: &Value, key: &str, text: &str| object.get(key).and_then(Value::as_str) == Some(text);
        let container = list(set, "/spec/template/spec/containers").find(|object| is(object, "name", &names.container));
        let container = container.cloned().unwrap_or_default();
        let script = start_script(topology);
        let has_port = |(name, number): (&str, u16)| {
            list(&container, "/ports").any(|port| is(port, "name", name) && port["containerPort"] == number)
        };
        Self {
            starts: ["command", "args"].iter().any(|key| container[key].to_string().contains(&script)),
            mounts: list(&container, "/volumeMounts")
                .any(|mount| is(mount, "name", &names.volume) && is(mount, "mountPath", pod.data_path)),
            listens: [("http", HTTP_PORT), ("raft", RAFT_PORT)].into_iter().all(has_port),
            args: container["args"].as_array().cloned().unwrap_or_default(),
            command: container["command"].clone(),
        }
    }

    /// What was right, and is so no more.
    fn broken(&self, after: &Self, topology: &Topology) -> Vec<(Severity, String)> {
        let script = start_script(topology);
        let mut broken = Vec::new();
        if self.starts && !after.starts {
            broken.push((Severity::Error, format!("does not run {script}, which decides who founds and who joins")));
        } else if self.command != after.command {
            let message =
                format!("has another command: it must become {script} by `exec`, or it is never told to stop");
            broken.push((Severity::Warning, message));
        }
        let added = after.args.iter().filter(|arg| !self.args.contains(arg)).filter_map(Value::as_str);
        for arg in added.filter(|arg| rules::is_reserved_argument(arg)) {
            broken.push((Severity::Error, format!("has the argument {arg:?}, which is decided for each pod")));
        }
        if self.mounts && !after.mounts {
            let path = topology.voters.pod.data_path;
            broken.push((Severity::Error, format!("has no volume at {path}, where the database is")));
        }
        if self.listens && !after.listens {
            broken.push((Severity::Error, "has other ports than those that rqlited listens on".to_owned()));
        }
        broken
    }
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
