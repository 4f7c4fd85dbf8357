//! What runs in the pods.

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};
use crate::topology::{HTTP_PORT, Probes, Topology};
use crate::values::{Permission, Quantity, Strategy};

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
    let pod = &topology.voters.pod;
    let lifecycle = &pod.conduct.lifecycle;
    let grace = pod.termination_grace_period_seconds;
    for (name, handler) in [("postStart", &lifecycle.post_start), ("preStop", &lifecycle.pre_stop)] {
        let Some(handler) = handler else { continue };
        if handler.len() != 1 || !handler.keys().all(|key| HANDLERS.contains(&key.as_str())) {
            let message = "a handler is one of exec, httpGet, sleep and tcpSocket";
            let finding = Diagnostic::error(Code::InvalidValue, format!("/lifecycle/{name}"), message);
            findings.push(finding.with_hint("such as {sleep: {seconds: 5}}"));
        }
        // The API server holds what is done after a start to the time of the end, too.
        let sleep = handler.get("sleep").and_then(|sleep| sleep.get("seconds")?.as_i64());
        if sleep.is_some_and(|seconds| !(0..=grace).contains(&seconds)) {
            let message = format!("it may last from 0 s to terminationGracePeriodSeconds, {grace} s");
            findings.push(Diagnostic::error(Code::OutOfRange, format!("/lifecycle/{name}"), message));
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

/// The chart's own handlers have what they need.
const OWN_HANDLER: &str = "leave the handler out";

/// What the kubelet asks rqlited by HTTP itself: it has no certificate, and no password that nobody wrote into the handler.
pub(super) fn probe_requests(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Probes { startup, liveness, readiness, .. } = &topology.voters.pod.probes;
    for (name, probe) in [("startupProbe", startup), ("livenessProbe", liveness), ("readinessProbe", readiness)] {
        let request = probe.as_ref().filter(|probe| probe.is_foreign).and_then(|probe| probe.handler.get("httpGet"));
        let Some(request) = request.filter(|request| is_for_rqlited(request)) else { continue };
        let at = format!("/{name}/handler");
        let url = request.get("path").and_then(Value::as_str).unwrap_or_default();
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        refused(topology, &at, request, path, findings);
        let mut words = query.split('&').filter_map(|word| word.split('=').next());
        let asks_for_leader = path.starts_with("/readyz") && !words.any(|word| word == "noleader");
        if name == "livenessProbe" && asks_for_leader {
            let message =
                "while there is no leader it fails, and healthy nodes are restarted in the midst of an election";
            let finding = Diagnostic::warning(Code::ProbeFails, at, message);
            findings.push(finding.with_hint("write /readyz?noleader"));
        }
    }
}

/// Whether a request of a handler goes to rqlited, and not to another container or host.
fn is_for_rqlited(request: &Value) -> bool {
    let port = request.get("port");
    let is_its_port = port.and_then(Value::as_str).is_some_and(|port| port == "http")
        || port.and_then(Value::as_u64) == Some(HTTP_PORT.into());
    is_its_port && request.get("host").is_none()
}

fn refused(topology: &Topology, at: &str, request: &Value, path: &str, findings: &mut Vec<Diagnostic>) {
    let access = &topology.access;
    match (access.https, request.get("scheme").and_then(Value::as_str) == Some("HTTPS")) {
        (true, false) => {
            let finding = Diagnostic::error(Code::ProbeFails, at, "rqlited speaks HTTPS alone, so it never succeeds");
            findings.push(finding.with_hint("write scheme: HTTPS"));
        }
        (false, true) => {
            let finding = Diagnostic::error(Code::ProbeFails, at, "rqlited speaks no HTTPS, so it never succeeds");
            findings.push(finding.with_hint("leave scheme out, or set tls.client"));
        }
        (true, true) if access.is_mutual => {
            let message = "rqlited asks for a certificate, and the kubelet has none, so it never succeeds";
            findings.push(Diagnostic::error(Code::ProbeFails, at, message).with_hint(OWN_HANDLER));
        }
        _ => {}
    }
    let headers = request.get("httpHeaders").and_then(Value::as_array).into_iter().flatten();
    let mut names = headers.filter_map(|header| header.get("name")?.as_str());
    let says_password = names.any(|name| name.eq_ignore_ascii_case("Authorization"));
    let asked = [("/readyz", Permission::Ready), ("/status", Permission::Status), ("/nodes", Permission::Status)];
    let Some((_, needed)) = asked.into_iter().find(|(start, _)| path.starts_with(start)) else { return };
    let anonymous = &access.auth.anonymous;
    if !access.authenticates || says_password || anonymous.iter().any(|may| *may == needed || *may == Permission::All) {
        return;
    }
    findings.push(if access.users.is_some() {
        let message = format!("rqlited asks for a password at {path}, and the kubelet has none, so it never succeeds");
        Diagnostic::error(Code::ProbeFails, at, message).with_hint(OWN_HANDLER)
    } else {
        // Who the Secret's users are nobody knows here.
        let message = format!("the kubelet has no password: it fails unless the Secret lets everybody ask {path}");
        Diagnostic::warning(Code::ProbeFails, at, message).with_hint(OWN_HANDLER)
    });
}

pub(super) fn quantities(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for set in topology.sets() {
        limits(&set.setting("/resources"), set.pod.resources.amounts(), findings);
    }
    let settings = &topology.settings;
    limits("/backup/scheduled/resources", settings.backup.scheduled.resources.amounts(), findings);
    limits("/metrics/exporter/resources", settings.metrics.exporter.resources.amounts(), findings);
}

/// In thousandths of a processor: more than any node has, and what a unit of bytes makes of a small number.
const MOST_CPU: u128 = 10_000_000;

fn limits(at: &str, amounts: [(&str, Option<&Quantity>, Option<&Quantity>); 3], findings: &mut Vec<Diagnostic>) {
    for (name, request, limit) in amounts {
        for (list, amount) in [("requests", request), ("limits", limit)] {
            if let Some(amount) = amount.filter(|amount| name == "cpu" && amount.millis() >= MOST_CPU) {
                let path = format!("{at}/{list}/{name}");
                let finding =
                    Diagnostic::error(Code::InvalidQuantity, path, format!("no node has {amount} processors"));
                findings.push(finding.with_hint("such as 500m, or 2"));
            }
        }
        let (Some(request), Some(limit)) = (request, limit) else { continue };
        // A limit without a unit is a finding of its own.
        if request.millis() > limit.millis() && (name == "cpu" || limit.millis() >= super::bytes::LEAST) {
            let message = format!("the limit {limit} is below the request {request}");
            findings.push(Diagnostic::error(Code::InvalidQuantity, format!("{at}/limits/{name}"), message));
        }
    }
}
