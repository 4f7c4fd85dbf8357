//! Users, rights and system calls.

use crate::diagnostic::{Code, Diagnostic};
use crate::topology::{Topology, leaves};
use crate::values::{AppArmorType, Id, SeccompType};

/// As whom rqlited runs, if values say it, and the setting that does.
fn user(topology: &Topology) -> (Option<i64>, &'static str) {
    let security = &topology.voters.pod.security;
    match security.container.run_as_user {
        Some(user) => (Some(user.get()), "/securityContext/runAsUser"),
        None => (security.pod.run_as_user.map(Id::get), "/podSecurityContext/runAsUser"),
    }
}

pub(super) fn root(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let (pod, container) = (&topology.voters.pod.security.pod, &topology.voters.pod.security.container);
    let (user, path) = user(topology);
    if !container.run_as_non_root.unwrap_or(pod.run_as_non_root) {
        return;
    }
    if user == Some(0) {
        let finding = Diagnostic::error(Code::InvalidValue, path, "runAsNonRoot refuses to start user 0");
        findings.push(finding.with_hint("use 10050, as it is without"));
    }
    // OpenShift sets all of them, if it finds none.
    let is_openshifts = pod.run_as_group.is_none() && pod.fs_group.is_none();
    if user.is_none() && !is_openshifts {
        let message = "the image's user has only a name, so kubelet cannot know that it is not root, and starts no pod";
        let finding = Diagnostic::warning(Code::MissingKey, path, message);
        findings.push(finding.with_hint("a number, such as 10050; on OpenShift runAsGroup and fsGroup null, too"));
    }
}

/// Who may write to the volumes.
pub(super) fn volumes(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let (storage, pod) = (&topology.voters.storage, &topology.voters.pod.security.pod);
    // An empty folder of the pod's own is everybody's.
    let Some(user) = user(topology).0.filter(|user| *user != 0 && !storage.ephemeral) else { return };
    let (path, message, hint) = if let Some(first) = storage.local_volumes.first() {
        let message = format!("the node makes these folders for root, and user {user} cannot write there");
        let hint = format!("first, on the node, for each: mkdir -p {0}; chown {user} {0}", first.path);
        ("/storage/localVolumes", message, hint)
    } else if pod.fs_group.is_none() {
        let message = format!("new volumes are root's, and user {user} cannot write there");
        ("/podSecurityContext/fsGroup", message, "leave it out".to_owned())
    } else {
        return;
    };
    findings.push(Diagnostic::warning(Code::VolumeOwner, path, message).with_hint(hint));
}

/// What gives a process all rights lets it take more: the API server refuses the two together.
pub(super) fn escalation(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    const ALL_RIGHTS: &str = "CAP_SYS_ADMIN";
    let container = &topology.voters.pod.security.container;
    let adds = container.capabilities.add.iter().position(|name| name == ALL_RIGHTS);
    if let Some(index) = adds.filter(|_| !container.allow_privilege_escalation) {
        let path = format!("/securityContext/capabilities/add/{index}");
        let message = "the API server refuses it while allowPrivilegeEscalation is false";
        findings.push(Diagnostic::error(Code::Contradiction, path, message));
    }
}

/// The API server refuses a kernel parameter with two values.
pub(super) fn sysctls(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let sysctls = &topology.voters.pod.security.pod.sysctls;
    for (index, sysctl) in sysctls.iter().enumerate() {
        if sysctls[..index].iter().any(|earlier| earlier.name == sysctl.name) {
            let path = format!("/podSecurityContext/sysctls/{index}/name");
            findings.push(Diagnostic::error(Code::NameClash, path, format!("{} is set twice", sysctl.name)));
        }
    }
}

/// Profiles of seccomp and AppArmor, of the pods and of the container.
pub(super) fn profiles(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let (pod, container) = (&topology.voters.pod.security.pod, &topology.voters.pod.security.container);
    let seccomp = [("podSecurityContext", &pod.seccomp_profile), ("securityContext", &container.seccomp_profile)];
    for (setting, profile) in seccomp {
        let Some(profile) = profile else { continue };
        let path = format!("/{setting}/seccompProfile/localhostProfile");
        if profile.localhost_profile.as_deref().is_some_and(leaves) {
            let message = "the API server takes a path below kubelet's folder of profiles";
            let finding = Diagnostic::error(Code::InvalidValue, path.clone(), message);
            findings.push(finding.with_hint("such as profiles/rqlite.json"));
        }
        local(profile.kind == SeccompType::Localhost, profile.localhost_profile.is_some(), path, findings);
    }
    let app_armor = [("podSecurityContext", &pod.app_armor_profile), ("securityContext", &container.app_armor_profile)];
    for (setting, profile) in app_armor {
        let Some(profile) = profile else { continue };
        let path = format!("/{setting}/appArmorProfile/localhostProfile");
        local(profile.kind == AppArmorType::Localhost, profile.localhost_profile.is_some(), path, findings);
    }
}

fn local(needs_one: bool, has_one: bool, path: String, findings: &mut Vec<Diagnostic>) {
    match (needs_one, has_one) {
        (true, false) => {
            findings.push(Diagnostic::error(Code::MissingKey, path, "the type Localhost needs a profile"));
        }
        (false, true) => {
            let finding =
                Diagnostic::error(Code::UnusedValue, path, "only the type Localhost has a profile of its own");
            findings.push(finding.with_hint("set the type to Localhost"));
        }
        _ => {}
    }
}

/// Each namespace has it from the start, for all pods that name none.
pub(super) fn account(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    if topology.voters.pod.create_service_account && topology.names.service_account == "default" {
        let message = "it is the namespace's own, and other pods would lose their token";
        let finding = Diagnostic::error(Code::ReservedName, "/serviceAccount/name", message);
        findings.push(finding.with_hint("set serviceAccount.create to false, or take another name"));
    }
}
