//! Names and labels.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, pointer};
use crate::topology::Topology;

/// The StatefulSet controller labels pods with the set's name, a dash and a hash of up to ten characters.
const LONGEST_SET: usize = 63 - 11;
/// The CronJob controller names its jobs after it, with a dash and ten digits.
const LONGEST_CRON_JOB: usize = 63 - 11;
const LONGEST_LABEL: usize = 63;

pub(super) fn lengths(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let names = &topology.names;
    let mut check = |what: &str, name: &str, most: usize, path: &str| {
        if name.len() > most {
            let message = format!("the {what} {name:?} has {} characters, {most} are allowed", name.len());
            let hint = "choose a shorter release name or fullnameOverride";
            findings.push(Diagnostic::error(Code::NameTooLong, path, message).with_hint(hint));
        }
    };
    check("StatefulSet's name", &names.fullname, LONGEST_SET, "/fullnameOverride");
    check("Service's name", &names.client, LONGEST_LABEL, "/services/client/name");
    check("Service's name", &names.headless, LONGEST_LABEL, "/services/headless/name");
    if topology.backup.scheduled.is_some() {
        check("CronJob's name", &names.backup, LONGEST_CRON_JOB, "/fullnameOverride");
    }
    // A pod's host name is cut at 63 characters, and then no longer the one that DNS knows.
    if let Some(last) = topology.members.last() {
        check("pod's name", &last.pod, LONGEST_LABEL, "/fullnameOverride");
    }
}

pub(super) fn clashes(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let client = topology.services.client.as_ref().map(|service| (service.name.as_str(), "/services/client/name"));
    let headless = Some((topology.names.headless.as_str(), "/services/headless/name"));
    let per_pod = topology.services.per_pod.iter().map(|each| (each.service.name.as_str(), "/services/perPod/enabled"));
    for (name, path) in client.into_iter().chain(headless).chain(per_pod) {
        if let Some(other) = seen.insert(name, path) {
            let other = crate::diagnostic::dotted(other);
            let message = format!("two Services are called {name:?}; the other one is {other}");
            findings.push(Diagnostic::error(Code::NameClash, path, message));
        }
    }
}

pub(super) fn reserved_labels(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    const OURS: &[&str] = &[
        "app.kubernetes.io/name",
        "app.kubernetes.io/instance",
        "app.kubernetes.io/component",
        "app.kubernetes.io/version",
        "app.kubernetes.io/managed-by",
        "helm.sh/chart",
        "rqchart/pods-of",
    ];
    for (setting, keys) in &topology.metadata.chosen {
        for key in keys.iter().filter(|key| OURS.contains(&key.as_str())) {
            let message = format!("the label {key:?} is rqchart's own");
            let finding = Diagnostic::error(Code::ReservedName, pointer(setting, key), message);
            findings.push(finding.with_hint("set nameOverride to change app.kubernetes.io/name"));
        }
    }
}
