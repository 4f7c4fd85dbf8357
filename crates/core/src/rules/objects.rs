//! Whole Kubernetes objects.

use crate::diagnostic::{Code, Diagnostic};
use crate::topology::Topology;
use crate::values::{JsonOp, JsonOperation};

/// What a patch must have, and cannot have, before anybody looks at what it changes.
pub(super) fn patches(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (index, patch) in topology.patches.iter().enumerate() {
        let path = format!("/patches/{index}");
        match (&patch.merge, &patch.json) {
            (None, None) => {
                let finding = Diagnostic::error(Code::MissingKey, path, "a patch has merge or json");
                findings.push(finding.with_hint("such as merge: {metadata: {labels: {team: storage}}}"));
            }
            (Some(_), Some(_)) => {
                let finding = Diagnostic::error(Code::InvalidValue, path, "a patch has merge or json, not both");
                findings.push(finding.with_hint("make two patches of it"));
            }
            (None, Some(operations)) => {
                for (number, operation) in operations.iter().enumerate() {
                    self::operation(operation, &format!("{path}/json/{number}"), findings);
                }
            }
            (Some(_), None) => {}
        }
    }
}

fn operation(operation: &JsonOperation, path: &str, findings: &mut Vec<Diagnostic>) {
    let (takes_value, takes_from) = match operation.op {
        JsonOp::Add | JsonOp::Replace | JsonOp::Test => (true, false),
        JsonOp::Move | JsonOp::Copy => (false, true),
        JsonOp::Remove => (false, false),
    };
    let name = format!("{:?}", operation.op).to_lowercase();
    for (key, takes, has) in
        [("value", takes_value, operation.value.is_some()), ("from", takes_from, operation.from.is_some())]
    {
        let finding = match (takes, has) {
            (true, false) => Diagnostic::error(Code::MissingKey, path, format!("{name} needs {key}")),
            (false, true) => {
                Diagnostic::error(Code::UnusedValue, format!("{path}/{key}"), format!("{name} has no {key}"))
            }
            _ => continue,
        };
        findings.push(finding);
    }
}
