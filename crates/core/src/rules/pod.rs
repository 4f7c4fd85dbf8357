//! What runs in the pods.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::topology::{Probes, Topology};
use crate::values::{Quantity, Strategy};

/// What the start script decides for each pod. A second value from extraArgs would win over it.
const RESERVED_FLAGS: &[&str] = &[
    "node-id",
    "http-addr",
    "http-adv-addr",
    "raft-addr",
    "raft-adv-addr",
    "join",
    "join-attempts",
    "join-interval",
    "bootstrap-expect",
    "bootstrap-expect-timeout",
    "disco-mode",
    "disco-key",
    "disco-config",
    "raft-non-voter",
    "raft-cluster-remove-shutdown",
    "raft-remove-shutdown",
    "raft-reap-node-timeout",
    "raft-reap-read-only-node-timeout",
    "version",
];

pub(super) fn termination(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    if topology.pod.termination_grace_period_seconds < 30 {
        let path = "/terminationGracePeriodSeconds";
        let message =
            "a pod that is killed before its snapshot is stored restores its whole database at the next start";
        findings.push(Diagnostic::warning(Code::TerminationTooShort, path, message).with_hint("use 90"));
    }
}

pub(super) fn update_strategy(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let strategy = &topology.update_strategy;
    if strategy.kind == Strategy::OnDelete && strategy.partition.get() > 0 {
        let message = "OnDelete has no partition";
        let finding = Diagnostic::error(Code::UnusedValue, "/updateStrategy/partition", message);
        findings.push(finding.with_hint("write type: RollingUpdate"));
    }
}

pub(super) fn probe_handlers(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    const HANDLERS: [&str; 4] = ["exec", "grpc", "httpGet", "tcpSocket"];
    let Probes { startup, liveness, readiness, .. } = &topology.pod.probes;
    for (name, probe) in [("startupProbe", startup), ("livenessProbe", liveness), ("readinessProbe", readiness)] {
        let Some(probe) = probe else { continue };
        let is_one = probe.handler.len() == 1 && probe.handler.keys().all(|key| HANDLERS.contains(&key.as_str()));
        if !is_one {
            let message = "a handler is one of exec, grpc, httpGet and tcpSocket";
            let finding = Diagnostic::error(Code::InvalidValue, format!("/{name}/handler"), message);
            findings.push(finding.with_hint("such as {tcpSocket: {port: http}}; times stand beside the handler"));
        }
    }
}

pub(super) fn quantities(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let (requests, limits) = (&topology.pod.resources.requests, &topology.pod.resources.limits);
    let pairs: [(&str, &Option<Quantity>, &Option<Quantity>); 3] = [
        ("cpu", &requests.cpu, &limits.cpu),
        ("memory", &requests.memory, &limits.memory),
        ("ephemeral-storage", &requests.ephemeral_storage, &limits.ephemeral_storage),
    ];
    for (name, request, limit) in pairs {
        let (Some(request), Some(limit)) = (request, limit) else { continue };
        if request.millis() > limit.millis() {
            let message = format!("the limit {limit} is below the request {request}");
            findings.push(Diagnostic::error(Code::InvalidQuantity, format!("/resources/limits/{name}"), message));
        }
    }
}

/// Whether an argument of rqlited sets what is decided for each pod.
pub fn is_reserved_argument(arg: &str) -> bool {
    arg.starts_with('-') && RESERVED_FLAGS.contains(&flag_name(arg))
}

fn flag_name(arg: &str) -> &str {
    let flag = arg.trim_start_matches('-');
    flag.split('=').next().unwrap_or(flag)
}

pub(super) fn arguments(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (index, arg) in topology.extra_args.iter().enumerate() {
        let name = flag_name(arg);
        if is_reserved_argument(arg) {
            let finding = Diagnostic::error(
                Code::ReservedArgument,
                format!("/extraArgs/{index}"),
                format!("-{name} is decided for each pod by its ordinal"),
            );
            findings.push(match name {
                "raft-reap-node-timeout" | "raft-reap-read-only-node-timeout" => {
                    finding.with_hint("set membership.grace")
                }
                "raft-non-voter" => finding.with_hint("set maxVoters"),
                "raft-cluster-remove-shutdown" => {
                    finding.with_hint("it fires on every restart and ends a drained cluster; see membership.grace")
                }
                _ => finding.with_hint("leave it out"),
            });
        }
    }
}

pub(super) fn environment(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for (index, variable) in topology.pod.env.iter().enumerate() {
        let path = format!("/extraEnv/{index}");
        if !seen.insert(variable.name.as_str()) {
            let message = format!("{} is set twice", variable.name);
            findings.push(Diagnostic::error(Code::ReservedName, path.clone(), message));
        }
        if variable.value.is_some() && variable.value_from.is_some() {
            let message = format!("{} has both value and valueFrom", variable.name);
            findings.push(Diagnostic::error(Code::InvalidValue, path, message).with_hint("keep one of them"));
        }
    }
}

/// Names within the pod must be unique: the chart's own ones are taken.
pub(super) fn reserved_names(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let pod = &topology.pod;
    let own_volumes = [topology.names.volume.as_str(), "scripts", "tmp"];
    let mut check = |setting: &str, names: &mut dyn Iterator<Item = &str>, taken: &mut BTreeSet<String>| {
        for (index, name) in names.enumerate() {
            if !taken.insert(name.to_owned()) {
                let message = format!("the name {name:?} is taken");
                findings.push(Diagnostic::error(Code::ReservedName, format!("/{setting}/{index}/name"), message));
            }
        }
    };
    let mut volumes = own_volumes.iter().map(ToString::to_string).collect();
    check("extraVolumes", &mut pod.volumes.iter().map(|volume| volume.name.as_str()), &mut volumes);
    let mut containers = BTreeSet::from([topology.names.container.clone()]);
    check("extraContainers", &mut pod.containers.iter().map(|c| c.name.as_str()), &mut containers);
    check("extraInitContainers", &mut pod.init_containers.iter().map(|c| c.name.as_str()), &mut containers);
}

pub(super) fn mounts(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let pod = &topology.pod;
    let volumes: Vec<&str> = pod.volumes.iter().map(|volume| volume.name.as_str()).collect();
    let own = [topology.names.volume.as_str(), "scripts", "tmp"];
    let mut paths: BTreeSet<_> = [pod.data_path, pod.scripts_path, "/tmp"].map(segments).into();
    for (index, mount) in pod.volume_mounts.iter().enumerate() {
        let name = mount.name.as_str();
        if !volumes.contains(&name) && !own.contains(&name) {
            let path = format!("/extraVolumeMounts/{index}/name");
            let message = format!("there is no volume {name:?}");
            findings
                .push(Diagnostic::error(Code::DanglingReference, path, message).with_hint("add it to extraVolumes"));
        }
        if !paths.insert(segments(mount.mount_path.as_str())) {
            let path = format!("/extraVolumeMounts/{index}/mountPath");
            findings.push(Diagnostic::error(Code::ReservedName, path, format!("{} is taken", mount.mount_path)));
        }
        let leaves = |path: &str| path.starts_with('/') || path.split('/').any(|segment| segment == "..");
        if mount.sub_path.as_deref().is_some_and(leaves) {
            let path = format!("/extraVolumeMounts/{index}/subPath");
            let finding = Diagnostic::error(Code::InvalidValue, path, "a part of a volume lies within it");
            findings.push(finding.with_hint("write a relative path without `..`"));
        }
    }
}

/// A path's folders: `/etc//rqlite/` is `/etc/rqlite`.
fn segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !matches!(*segment, "" | ".")).collect()
}
