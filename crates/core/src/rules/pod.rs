//! What runs in the pods.

use crate::diagnostic::{Code, Diagnostic};
use crate::topology::{Probes, Topology};
use crate::values::{Quantity, Strategy};

pub(super) fn termination(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    const NEEDED: i64 = 30;
    let grace = topology.voters.pod.termination_grace_period_seconds;
    let pre_stop = topology.voters.pod.conduct.lifecycle.pre_stop.as_ref();
    let sleep = pre_stop.and_then(|handler| handler.get("sleep")?.get("seconds")?.as_i64()).unwrap_or(0);
    if grace < NEEDED {
        let path = "/terminationGracePeriodSeconds";
        let message =
            "a pod that is killed before its snapshot is stored restores its whole database at the next start";
        findings.push(Diagnostic::warning(Code::TerminationTooShort, path, message).with_hint("use 90"));
    } else if grace - sleep < NEEDED {
        let message = format!("of the {grace} s that a pod has to end, this leaves rqlited {}", (grace - sleep).max(0));
        let finding = Diagnostic::warning(Code::TerminationTooShort, "/lifecycle/preStop", message);
        findings.push(finding.with_hint("raise terminationGracePeriodSeconds"));
    }
}

pub(super) fn lifecycle(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    const HANDLERS: [&str; 4] = ["exec", "httpGet", "sleep", "tcpSocket"];
    let lifecycle = &topology.voters.pod.conduct.lifecycle;
    for (name, handler) in [("postStart", &lifecycle.post_start), ("preStop", &lifecycle.pre_stop)] {
        let Some(handler) = handler else { continue };
        if handler.len() != 1 || !handler.keys().all(|key| HANDLERS.contains(&key.as_str())) {
            let message = "a handler is one of exec, httpGet, sleep and tcpSocket";
            let finding = Diagnostic::error(Code::InvalidValue, format!("/lifecycle/{name}"), message);
            findings.push(finding.with_hint("such as {sleep: {seconds: 5}}"));
        }
    }
}

pub(super) fn update_strategy(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for set in topology.sets() {
        let strategy = &set.update_strategy;
        if strategy.kind == Strategy::OnDelete && strategy.partition.get() > 0 {
            let path = set.setting("/updateStrategy/partition");
            let finding = Diagnostic::error(Code::UnusedValue, path, "OnDelete has no partition");
            findings.push(finding.with_hint("write type: RollingUpdate"));
        }
    }
}

pub(super) fn probe_handlers(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    const HANDLERS: [&str; 4] = ["exec", "grpc", "httpGet", "tcpSocket"];
    let Probes { startup, liveness, readiness, .. } = &topology.voters.pod.probes;
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
    for set in topology.sets() {
        limits(&set.setting("/resources"), set.pod.resources.amounts(), findings);
    }
    let settings = &topology.settings;
    limits("/backup/scheduled/resources", settings.backup.scheduled.resources.amounts(), findings);
    limits("/metrics/exporter/resources", settings.metrics.exporter.resources.amounts(), findings);
}

fn limits(at: &str, amounts: [(&str, Option<&Quantity>, Option<&Quantity>); 3], findings: &mut Vec<Diagnostic>) {
    for (name, request, limit) in amounts {
        let (Some(request), Some(limit)) = (request, limit) else { continue };
        if request.millis() > limit.millis() {
            let message = format!("the limit {limit} is below the request {request}");
            findings.push(Diagnostic::error(Code::InvalidQuantity, format!("{at}/limits/{name}"), message));
        }
    }
}
