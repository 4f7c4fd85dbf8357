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
    let mut check = |what: &str, name: &str, most: usize, path: &str| {
        if name.len() > most {
            let message = format!("the {what} {name:?} has {} characters, {most} are allowed", name.len());
            let hint = "choose a shorter release name or fullnameOverride";
            findings.push(Diagnostic::error(Code::NameTooLong, path, message).with_hint(hint));
        }
    };
    let sets = topology.sets().map(|set| (set.name.as_str(), set.members.last()));
    for (set, last) in sets {
        check("StatefulSet's name", set, LONGEST_SET, "/fullnameOverride");
        // A pod's host name is cut at 63 characters, and then no longer the one that DNS knows.
        if let Some(last) = last {
            check("pod's name", &last.pod, LONGEST_LABEL, "/fullnameOverride");
        }
    }
    if topology.backup.scheduled.is_some() {
        check("CronJob's name", &topology.names.backup, LONGEST_CRON_JOB, "/fullnameOverride");
    }
    for (name, path) in services(topology) {
        check("Service's name", name, LONGEST_LABEL, path);
    }
}

/// The Services whose names are settings, or derived from the fullname, with the setting.
fn services(topology: &Topology) -> impl Iterator<Item = (&str, &'static str)> {
    let services = &topology.services;
    let clients = [(&services.client, "/services/client/name"), (&services.readers, "/readers/service/name")];
    let clients = clients.into_iter().filter_map(|(service, path)| Some((service.as_ref()?.name.as_str(), path)));
    let headless = topology.sets().map(|set| match set.headless.name.as_str() {
        name if name == topology.names.headless => (name, "/services/headless/name"),
        name => (name, "/fullnameOverride"),
    });
    clients.chain(headless)
}

pub(super) fn clashes(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let per_pod = topology.services.per_pod.iter().map(|each| (each.service.name.as_str(), "/services/perPod/enabled"));
    for (name, path) in services(topology).chain(per_pod) {
        if let Some(other) = seen.insert(name, path) {
            let other = crate::diagnostic::dotted(other);
            let message = format!("two Services are called {name:?}; the other one is {other}");
            findings.push(Diagnostic::error(Code::NameClash, path, message));
        }
    }
}

/// rqlited takes an address that begins so for a URL, and ends. Pods of readers begin with the same name.
pub(super) fn like_a_url(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let name = &topology.names.fullname;
    if is_like_a_url(name) {
        let message =
            format!("rqlited takes the address {name}-0 for a URL, because it begins with \"http\", and ends");
        let finding = Diagnostic::error(Code::InvalidName, "/fullnameOverride", message);
        findings.push(finding.with_hint("choose another release name or fullnameOverride, such as \"db-http\""));
    }
}

/// Whether rqlited sees a protocol in an address.
pub(super) fn is_like_a_url(address: &str) -> bool {
    address.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http"))
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
