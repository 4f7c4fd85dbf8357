//! Metrics, and what is made of them.

use super::policy;
use crate::diagnostic::{Code, Diagnostic};
use crate::topology::Topology;
use crate::values::{Duration, Otlp};

/// Everything that is made of metrics needs somebody who makes them.
pub(super) fn exporter(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let monitoring = &topology.monitoring;
    let settings = &topology.settings.metrics;
    let asked = [
        ("/metrics/podMonitor/enabled", monitoring.pod_monitor.is_some()),
        ("/metrics/alerts/enabled", monitoring.alerts.is_some()),
        ("/metrics/dashboard/enabled", monitoring.dashboard.is_some()),
        ("/metrics/exporter/scrapeAnnotations", settings.exporter.scrape_annotations),
        ("/metrics/exporter/scrapers", !settings.exporter.scrapers.is_empty()),
    ];
    for (path, _) in asked.into_iter().filter(|(_, asked)| *asked && monitoring.exporter.is_none()) {
        let finding = Diagnostic::error(Code::UnusedValue, path, "nothing makes metrics");
        findings.push(finding.with_hint("set metrics.exporter.enabled to true"));
    }
    if topology.network_policy.is_none() && !settings.exporter.scrapers.is_empty() {
        let message = "no network policy is rendered, so everybody reaches the exporter";
        let finding = Diagnostic::error(Code::UnusedValue, "/metrics/exporter/scrapers", message);
        findings.push(finding.with_hint("set networkPolicy.enabled to true"));
    }
}

/// The exporter asks whatever address it is told, and says the password there.
pub(super) fn openness(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let is_limited = topology.network_policy.as_ref().is_some_and(|policy| !policy.scrapers.is_empty());
    if topology.monitoring.exporter.is_some() && topology.access.authenticates && !is_limited {
        let message =
            "whoever reaches the exporter can have it say the password of rqchart-probe to an address of theirs";
        let finding = Diagnostic::warning(Code::OpenAccess, "/metrics/exporter/scrapers", message);
        findings.push(finding.with_hint("name there who scrapes"));
    }
}

/// What Prometheus refuses.
pub(super) fn times(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let monitor = &topology.settings.metrics.pod_monitor;
    let (interval, timeout) = (monitor.interval.as_millis(), monitor.scrape_timeout.as_millis());
    for (path, millis) in [("interval", interval), ("scrapeTimeout", timeout)] {
        if millis == 0 {
            let path = format!("/metrics/podMonitor/{path}");
            findings.push(Diagnostic::error(Code::InvalidValue, path, "Prometheus takes no 0 here"));
        }
    }
    if timeout > interval {
        let message = "Prometheus does not wait longer for an answer than until it asks again";
        let finding = Diagnostic::error(Code::InvalidValue, "/metrics/podMonitor/scrapeTimeout", message);
        findings.push(finding.with_hint("make it at most metrics.podMonitor.interval"));
    }
}

/// The alert looks back for so long, in which there must have been time for a backup.
pub(super) fn backup_age(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    const PATH: &str = "/metrics/alerts/thresholds/backupAge";
    let mut rules = topology.monitoring.alerts.iter().flat_map(|alerts| &alerts.rules);
    if !rules.any(|rule| rule["alert"] == "RqliteBackupOld") {
        return;
    }
    let age = &topology.settings.metrics.alerts.thresholds.backup_age;
    let interval = &topology.settings.backup.automatic.interval;
    if age.as_millis() == 0 {
        let finding = Diagnostic::error(Code::InvalidValue, PATH, "Prometheus takes no 0 here");
        findings.push(finding.with_hint("leave it out, or disable RqliteBackupOld in metrics.alerts.disabled"));
    } else if !topology.backup.uploads.is_empty() && age.as_millis() <= interval.as_millis() {
        let message = format!("backups are {interval} apart, so RqliteBackupOld fires while nothing is wrong");
        let finding = Diagnostic::error(Code::Contradiction, PATH, message);
        findings.push(finding.with_hint("make it several times backup.automatic.interval"));
    }
}

/// What rqlited refuses or leaves aside (10.3).
pub(super) fn otlp(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Otlp { endpoint, interval, insecure, ca_secret_name, secret_name } = &topology.settings.metrics.otlp;
    let tls = [("caSecretName", ca_secret_name.is_some()), ("secretName", secret_name.is_some())];
    let others = [("interval", interval.is_some()), ("insecure", *insecure)];
    let path = |name: &str| format!("/metrics/otlp/{name}");
    if endpoint.is_none() {
        for (name, _) in tls.into_iter().chain(others).filter(|(_, is_set)| *is_set) {
            let finding = Diagnostic::error(Code::UnusedValue, path(name), "nothing is sent");
            findings.push(finding.with_hint("set metrics.otlp.endpoint"));
        }
    } else if *insecure {
        for (name, _) in tls.into_iter().filter(|(_, is_set)| *is_set) {
            let finding = Diagnostic::error(Code::Contradiction, path(name), "there is no TLS that needs it");
            findings.push(finding.with_hint("leave out metrics.otlp.insecure"));
        }
    }
    if interval.as_ref().map(Duration::as_millis) == Some(0) {
        findings.push(Diagnostic::error(Code::InvalidValue, path("interval"), "0 is no time between two reports"));
    }
}

/// With limited ways out, what is sent must be among them.
pub(super) fn ways_out(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let otlp = topology.settings.metrics.otlp.endpoint.as_ref();
    let endpoint = |at: &str| at.rsplit_once(':').map_or_else(|| at.to_owned(), |(_, port)| port.to_owned());
    if let Some(endpoint) = otlp.map(|at| endpoint(at.as_str())) {
        policy::way_out(topology, "/metrics/otlp/endpoint", endpoint.parse().ok(), findings);
    }
}
