//! Where pods run.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::topology::{PodSet, Topology};
use crate::values::{Spread, TaintEffect, TolerationOperator, WhenUnsatisfiable};

pub(super) fn anti_affinity(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for set in topology.sets() {
        for key in &set.pod.scheduling.required {
            let (path, places) = match *key {
                "kubernetes.io/hostname" => ("/antiAffinity/host", "nodes"),
                _ => ("/antiAffinity/zone", "zones"),
            };
            let count = set.members.len();
            let message = format!("{count} replicas need as many {places}; further ones stay Pending");
            let hint = format!("{:?} spreads them where possible", format!("{:?}", Spread::Soft).to_lowercase());
            findings.push(Diagnostic::warning(Code::HardAntiAffinity, set.setting(path), message).with_hint(hint));
        }
    }
}

/// What the API server refuses in a toleration.
pub(super) fn tolerations(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let tolerations = topology.sets().flat_map(|set| {
        let tolerations = set.pod.scheduling.tolerations.iter().enumerate();
        tolerations.map(|(index, toleration)| (toleration, set.setting(&format!("/tolerations/{index}"))))
    });
    for (toleration, at) in tolerations {
        let mut refuse = |key: &str, message: &str, hint: &str| {
            let path = format!("{at}/{key}");
            findings.push(Diagnostic::error(Code::InvalidValue, path, message).with_hint(hint));
        };
        let exists = toleration.operator == Some(TolerationOperator::Exists);
        if toleration.key.is_none() && !exists {
            refuse(
                "operator",
                "a toleration without a key must tolerate every taint",
                "write operator: Exists, or add a key",
            );
        }
        if exists && toleration.value.as_ref().is_some_and(|value| !value.as_str().is_empty()) {
            refuse("value", "Exists compares no value", "leave the value out, or write operator: Equal");
        }
        if toleration.toleration_seconds.is_some() && toleration.effect != Some(TaintEffect::NoExecute) {
            refuse(
                "tolerationSeconds",
                "only pods that NoExecute would evict can stay a while",
                "write effect: NoExecute",
            );
        }
    }
}

/// What the API server refuses in spreading.
pub(super) fn spread(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for set in topology.sets() {
        spread_of(set, findings);
    }
}

fn spread_of(set: &PodSet, findings: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for (index, spread) in set.pod.scheduling.topology_spread.iter().enumerate() {
        let path = set.setting(&format!("/topologySpreadConstraints/{index}"));
        let always = spread.when_unsatisfiable == WhenUnsatisfiable::DoNotSchedule;
        if spread.min_domains.is_some() && !always {
            let message = "only DoNotSchedule counts domains";
            let finding = Diagnostic::error(Code::UnusedValue, format!("{path}/minDomains"), message);
            findings.push(finding.with_hint("write whenUnsatisfiable: DoNotSchedule"));
        }
        for (number, key) in spread.match_label_keys.iter().enumerate() {
            if set.selector.contains_key(key.as_str()) {
                let message = format!("{key} is equal in all pods of the release");
                let path = format!("{path}/matchLabelKeys/{number}");
                findings.push(Diagnostic::error(Code::ReservedName, path, message).with_hint("leave it out"));
            }
        }
        if !seen.insert((spread.topology_key.as_str(), always)) {
            let message = format!("{} is spread over twice in the same way", spread.topology_key);
            findings.push(Diagnostic::error(Code::NameClash, format!("{path}/topologyKey"), message));
        }
    }
}
