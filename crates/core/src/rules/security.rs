//! Users, rights and system calls.

use crate::diagnostic::{Code, Diagnostic};
use crate::topology::Topology;
use crate::values::{Id, SeccompType};

pub(super) fn root(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let pod = &topology.pod.security.pod;
    if pod.run_as_non_root && pod.run_as_user.map(Id::get) == Some(0) {
        let message = "runAsNonRoot refuses to start user 0";
        let finding = Diagnostic::error(Code::InvalidValue, "/podSecurityContext/runAsUser", message);
        findings.push(finding.with_hint("use 1000, the user of the image"));
    }
}

pub(super) fn seccomp(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Some(profile) = &topology.pod.security.pod.seccomp_profile else { return };
    let path = "/podSecurityContext/seccompProfile/localhostProfile";
    match (profile.kind, &profile.localhost_profile) {
        (SeccompType::Localhost, None) => {
            findings.push(Diagnostic::error(Code::MissingKey, path, "the type Localhost needs a profile"));
        }
        (SeccompType::RuntimeDefault | SeccompType::Unconfined, Some(_)) => {
            let finding =
                Diagnostic::error(Code::UnusedValue, path, "only the type Localhost has a profile of its own");
            findings.push(finding.with_hint("set the type to Localhost"));
        }
        _ => {}
    }
}
