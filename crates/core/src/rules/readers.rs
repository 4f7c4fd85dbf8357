//! The pool of readers.

use crate::diagnostic::{Code, Diagnostic};
use crate::topology::Topology;
use crate::values::Readers;

const AUTOSCALING: &str = "/readers/autoscaling";

pub(super) fn unused(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    if topology.readers.is_none() && topology.settings.readers != Readers::default() {
        let finding = Diagnostic::warning(Code::UnusedValue, "/readers", "there are no readers");
        findings.push(finding.with_hint("set readers.replicas or readers.autoscaling"));
    }
}

/// Two that decide the number would undo what the other has done.
pub(super) fn number(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    if topology.autoscaler.is_some() && topology.settings.readers.replicas.get() > 0 {
        let message = "the autoscaler decides how many readers there are";
        let finding = Diagnostic::error(Code::Contradiction, "/readers/replicas", message);
        findings.push(finding.with_hint("set readers.autoscaling.minReplicas instead"));
    }
}

pub(super) fn autoscaling(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let (Some(autoscaler), Some(set)) = (&topology.autoscaler, &topology.readers) else { return };
    let (least, most) = (autoscaler.min_replicas, autoscaler.max_replicas);
    if least > most {
        let message = format!("{most} is less than minReplicas, {least}");
        findings.push(Diagnostic::error(Code::OutOfRange, format!("{AUTOSCALING}/maxReplicas"), message));
    }
    if autoscaler.metrics.is_empty() {
        let finding = Diagnostic::error(Code::MissingKey, AUTOSCALING, "nothing says what the number depends on");
        findings.push(finding.with_hint("such as targetCPUUtilizationPercentage: 80"));
    }
    for (name, setting) in &autoscaler.shares {
        // Without a request the limit is one.
        let amounts = set.pod.resources.amounts().into_iter().find(|(of, ..)| of == name);
        let request = amounts.and_then(|(_, request, limit)| request.or(limit));
        if request.is_none_or(|request| request.millis() == 0) {
            let path = format!("{AUTOSCALING}/{setting}");
            let finding = Diagnostic::error(Code::MissingKey, path, format!("a share of no request for {name}"));
            findings.push(finding.with_hint(format!("set readers.resources.requests.{name}")));
        }
    }
}

/// A claim takes any volume that fits, also one that was made for a voter, whose pod then waits for ever.
pub(super) fn volumes(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Some(readers) = &topology.readers else { return };
    let storage = &topology.voters.storage;
    let same_class = storage.storage_class_name == readers.storage.storage_class_name;
    if !storage.local_volumes.is_empty() && !readers.storage.ephemeral && same_class {
        let message = "readers would take the volumes that are for the other pods";
        let finding = Diagnostic::error(Code::Contradiction, "/storage/localVolumes", message);
        findings.push(finding.with_hint("set readers.storage.ephemeral, or another readers.storage.storageClassName"));
    }
}
