//! What the containers see.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};
use crate::topology::{HTTP_PORT, RAFT_PORT, Topology, leaves, lies_in, path_segments};

pub(super) fn environment(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let mut seen: BTreeSet<_> = topology.backup.environment.iter().map(|variable| variable.name.as_str()).collect();
    for (index, variable) in topology.voters.pod.extra_env().iter().enumerate() {
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

/// What the API server refuses in sources of environment variables.
pub(super) fn environment_sources(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (index, source) in topology.voters.pod.conduct.env_from.iter().enumerate() {
        if source.config_map_ref.is_some() == source.secret_ref.is_some() {
            let message = "a source has one of configMapRef and secretRef";
            findings.push(Diagnostic::error(Code::InvalidValue, format!("/extraEnvFrom/{index}"), message));
        }
    }
}

/// Names within the pod must be unique: the chart's own ones are taken.
pub(super) fn reserved_names(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let pod = &topology.voters.pod;
    let mut check = |setting: &str, names: &mut dyn Iterator<Item = &str>, taken: &mut BTreeSet<String>| {
        for (index, name) in names.enumerate() {
            if !taken.insert(name.to_owned()) {
                let message = format!("the name {name:?} is taken");
                findings.push(Diagnostic::error(Code::ReservedName, format!("/{setting}/{index}/name"), message));
            }
        }
    };
    let mut volumes = own_volumes(topology).map(str::to_owned).collect();
    check("extraVolumes", &mut pod.volumes.iter().map(|volume| volume.name.as_str()), &mut volumes);
    check("extraVolumeClaimTemplates", &mut claims(topology), &mut volumes);
    let mut containers = BTreeSet::from([topology.names.container.clone()]);
    containers.extend(topology.monitoring.exporter.as_ref().map(|_| topology.names.exporter.clone()));
    check("extraContainers", &mut pod.containers.iter().map(|c| c.name.as_str()), &mut containers);
    check("extraInitContainers", &mut pod.init_containers.iter().map(|c| c.name.as_str()), &mut containers);
}

/// Containers of a pod share one address: a TCP port has one listener. Of two ports of one name whoever asks by name, a Service
/// or a probe, gets the first.
pub(super) fn ports(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let mut ports = vec![(None, i64::from(HTTP_PORT), "http"), (None, i64::from(RAFT_PORT), "raft")];
    if let Some(exporter) = &topology.monitoring.exporter {
        ports.push((Some("/metrics/exporter/port".to_owned()), exporter.port, "metrics"));
    }
    let pod = &topology.voters.pod;
    let beside = pod.containers.iter().enumerate().map(|(index, it)| (format!("/extraContainers/{index}"), it));
    // One that is restarted stays, and its ports come before those of the others.
    let init = pod.init_containers.iter().enumerate();
    let stays = init.filter(|(_, container)| container.fields.get("restartPolicy").is_some_and(|it| it == "Always"));
    let stays = stays.map(|(index, container)| (format!("/extraInitContainers/{index}"), container));
    for (path, container) in beside.chain(stays) {
        for port in container.fields.get("ports").and_then(Value::as_array).into_iter().flatten() {
            let text = |key: &str| port.get(key).and_then(Value::as_str);
            if let (Some(number), None | Some("TCP")) = (port["containerPort"].as_i64(), text("protocol")) {
                ports.push((Some(path.clone()), number, text("name").unwrap_or_default()));
            }
        }
    }
    for (at, (path, number, name)) in ports.iter().enumerate() {
        let others = || ports[..at].iter().filter(|(other, ..)| other != path);
        let path = path.clone().unwrap_or_default();
        if others().any(|(_, other, _)| other == number) {
            let message = format!("another container of the pod listens on port {number}");
            findings.push(Diagnostic::error(Code::NameClash, path, message));
        } else if !name.is_empty() && others().any(|(.., other)| other == name) {
            let message = format!("another container of the pod has a port {name:?}, which is found by that name");
            findings.push(Diagnostic::warning(Code::NameClash, path, message));
        }
    }
}

pub(super) fn mounts(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let pod = &topology.voters.pod;
    let volumes: Vec<&str> = pod.volumes.iter().map(|volume| volume.name.as_str()).chain(claims(topology)).collect();
    let own: Vec<&str> = own_volumes(topology).collect();
    let mut paths: BTreeSet<_> =
        pod.mounts.iter().map(|mount| &*mount.path).chain([pod.data_path]).map(path_segments).collect();
    for (index, mount) in pod.volume_mounts.iter().enumerate() {
        let name = mount.name.as_str();
        if !volumes.contains(&name) && !own.contains(&name) {
            let path = format!("/extraVolumeMounts/{index}/name");
            let message = format!("there is no volume {name:?}");
            findings
                .push(Diagnostic::error(Code::DanglingReference, path, message).with_hint("add it to extraVolumes"));
        }
        let mount_path = mount.mount_path.as_str();
        // It could hide a script, a certificate or the database.
        let mut own_folders =
            pod.mounts.iter().filter(|own| own.read_only).map(|own| &*own.path).chain([pod.data_path]);
        let why = if paths.insert(path_segments(mount_path)) {
            own_folders
                .find(|own| lies_in(mount_path, own))
                .map(|own| format!("{own} is the chart's own, with all that is in it"))
        } else {
            Some(format!("{mount_path} is taken"))
        };
        if let Some(why) = why {
            let path = format!("/extraVolumeMounts/{index}/mountPath");
            findings.push(Diagnostic::error(Code::ReservedName, path, why));
        }
        for (key, part) in [("subPath", &mount.sub_path), ("subPathExpr", &mount.sub_path_expr)] {
            if !part.as_deref().is_some_and(leaves) {
                continue;
            }
            let path = format!("/extraVolumeMounts/{index}/{key}");
            let finding = Diagnostic::error(Code::InvalidValue, path, "a part of a volume lies within it");
            findings.push(finding.with_hint("write a relative path without `..`"));
        }
        if mount.sub_path.is_some() && mount.sub_path_expr.is_some() {
            let path = format!("/extraVolumeMounts/{index}");
            let finding = Diagnostic::error(Code::InvalidValue, path, "a mount has subPath or subPathExpr, not both");
            findings.push(finding.with_hint("keep one of them"));
        }
    }
}

/// The names of the chart's own volumes.
fn own_volumes(topology: &Topology) -> impl Iterator<Item = &str> {
    let pod = &topology.voters.pod;
    let own = pod.mounts.iter().chain(&pod.side_volumes).map(|mount| &*mount.name);
    own.chain([topology.names.volume.as_str()])
}

/// The names of further claims.
fn claims(topology: &Topology) -> impl Iterator<Item = &str> {
    topology.voters.storage.extra_claims.iter().filter_map(|claim| claim.pointer("/metadata/name")?.as_str())
}
