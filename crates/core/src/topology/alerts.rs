//! The alerts: when each fires, and what it says.
//!
//! Each has a section of its name in `docs/operations.md`.

use serde_json::{Map, Value, json};

use super::monitoring::prometheus;
use super::{Argument, Names};
use crate::quorum::tolerated_losses;
use crate::values::{AlertName, Values};

/// What an alert is, but for its name.
struct Alert {
    /// Whether somebody must get up.
    is_critical: bool,
    /// What is true while it is pending or fires.
    expr: String,
    /// How long it must be true.
    lasts: &'static str,
    summary: &'static str,
    description: String,
}

/// Every alert that is wanted and has a meaning here, and the rules that somebody adds.
pub(super) fn rules(values: &Values, names: &Names, namespace: &str, arguments: &[Argument]) -> Vec<Value> {
    let settings = &values.metrics.alerts;
    let scope = Scope { values, namespace, set: &names.fullname, volume: &names.volume };
    let backs_up = arguments.iter().any(|argument| argument.flag() == "auto-backup");
    let has_meaning = |name: AlertName| match name {
        // Fewer voters never have a margin.
        AlertName::RqliteNoMargin => tolerated_losses(values.replicas.count().min(values.max_voters.count())) > 0,
        AlertName::RqliteBackupOld => backs_up,
        AlertName::RqliteCdcBacklog | AlertName::RqliteCdcDropping => values.cdc.is_on(),
        _ => true,
    };
    let wanted = ALERTS.iter().copied().filter(|name| !settings.disabled.contains(name) && has_meaning(*name));
    let rule = |name: AlertName| {
        let Alert { is_critical, expr, lasts, summary, description } = scope.alert(name);
        let text = format!("{name:?}");
        let mut labels: Map<_, _> =
            settings.alert_labels.iter().map(|(key, value)| (key.to_string(), value.clone().into())).collect();
        labels.entry("severity").or_insert(if is_critical { "critical" } else { "warning" }.into());
        let runbook = format!("{}#{}", settings.runbook_url, text.to_lowercase());
        json!({
            "alert": text, "expr": expr, "for": lasts, "labels": labels,
            "annotations": { "summary": summary, "description": description, "runbook_url": runbook },
        })
    };
    wanted.map(rule).chain(settings.extra_rules.iter().cloned().map(Value::from)).collect()
}

/// Every alert, the worst first.
pub const ALERTS: &[AlertName] = &[
    AlertName::RqliteNoLeader,
    AlertName::RqliteTwoLeaders,
    AlertName::RqliteNoMargin,
    AlertName::RqliteCdcDropping,
    AlertName::RqliteMemberMissing,
    AlertName::RqliteFollowerLagging,
    AlertName::RqliteLeaderChanging,
    AlertName::RqliteRestarting,
    AlertName::RqliteDiskFilling,
    AlertName::RqliteSnapshotFailing,
    AlertName::RqliteWalLarge,
    AlertName::RqliteBackupOld,
    AlertName::RqliteCdcBacklog,
];

/// The release whose metrics are meant.
struct Scope<'a> {
    values: &'a Values,
    namespace: &'a str,
    set: &'a str,
    volume: &'a str,
}

impl Scope<'_> {
    /// A metric of the release's pods, with further conditions on its labels.
    fn of(&self, metric: &str, conditions: &str) -> String {
        let comma = if conditions.is_empty() { "" } else { "," };
        format!(r#"{metric}{{namespace="{}",pod=~"{}-[0-9]+"{comma}{conditions}}}"#, self.namespace, self.set)
    }

    #[expect(clippy::too_many_lines, reason = "a table")]
    fn alert(&self, name: AlertName) -> Alert {
        let limits = &self.values.metrics.alerts.thresholds;
        let replicas = self.values.replicas.get();
        let (namespace, set) = (self.namespace, self.set);
        let leader = self.of("rqlite_raft_state", r#"state="Leader""#);
        let critical = |expr, lasts, summary, description: &str| Alert {
            is_critical: true,
            expr,
            lasts,
            summary,
            description: description.to_owned(),
        };
        let warning = |expr, lasts, summary, description: &str| Alert {
            is_critical: false,
            ..critical(expr, lasts, summary, description)
        };
        match name {
            AlertName::RqliteNoLeader => critical(
                format!("absent({leader})"),
                "1m",
                "rqlite has no leader",
                &format!(
                    "No pod of {set} in {namespace} says that it leads: nothing can be written. If no pod says anything, it is the metrics that are missing."
                ),
            ),
            AlertName::RqliteTwoLeaders => critical(
                format!("count({leader}) > 1"),
                "2m",
                "rqlite has more than one leader",
                &format!(
                    "{{{{ $value }}}} pods of {set} in {namespace} say that they lead: one of them is cut off, or there are two clusters."
                ),
            ),
            AlertName::RqliteNoMargin => {
                // By the leader's list, so that those whom nobody asks count as lost. It drops who is away for long, and of
                // two voters that are left none can be spared either.
                let member = self.of("rqlite_raft_member", r#"suffrage="voter""#);
                let voters = format!("count({member} and on (namespace, pod) {leader})");
                let ready = format!(
                    "sum({} * on (namespace, pod) {})",
                    self.of("rqlite_ready", ""),
                    self.of("rqlite_raft_voter", "")
                );
                critical(
                    format!("{ready} <= floor({voters} / 2) + 1"),
                    "5m",
                    "rqlite loses its quorum with the next voter",
                    &format!(
                        "Only {{{{ $value }}}} voters of {set} in {namespace} are ready: one more lost, and nothing can be written."
                    ),
                )
            }
            AlertName::RqliteMemberMissing => warning(
                format!("(sum({}) or vector(0)) < {replicas}", self.of("rqlite_ready", "")),
                "5m",
                "rqlite has fewer nodes than it should",
                &format!("{{{{ $value }}}} of {replicas} pods of {set} in {namespace} are ready."),
            ),
            AlertName::RqliteFollowerLagging => warning(
                format!(
                    "max by (namespace) ({}) - on (namespace) group_right () {} > {}",
                    self.of("rqlite_raft_commit_index", ""),
                    self.of("rqlite_raft_applied_index", ""),
                    limits.lag
                ),
                "5m",
                "A node of rqlite lags behind",
                "{{ $labels.pod }} in {{ $labels.namespace }} lacks {{ $value }} entries of the log that are committed.",
            ),
            AlertName::RqliteLeaderChanging => warning(
                format!(
                    "max(increase({}[15m])) > {}",
                    self.of("rqlite_raft_leader_changes_total", ""),
                    limits.leader_changes
                ),
                "1m",
                "rqlite changes its leader often",
                &format!("{set} in {namespace} had {{{{ $value | humanize }}}} changes of the leader in 15 minutes."),
            ),
            AlertName::RqliteRestarting => warning(
                format!("resets({}[1h]) > {}", self.of("rqlite_gc_cycles_total", ""), limits.restarts),
                "1m",
                "A node of rqlite restarts again and again",
                "rqlited in {{ $labels.pod }} in {{ $labels.namespace }} started {{ $value }} times in an hour.",
            ),
            AlertName::RqliteDiskFilling => {
                let claims =
                    format!(r#"{{namespace="{namespace}",persistentvolumeclaim=~"{}-{set}-[0-9]+"}}"#, self.volume);
                warning(
                    format!(
                        "100 * kubelet_volume_stats_used_bytes{claims} / kubelet_volume_stats_capacity_bytes{claims} > {}",
                        limits.disk_used
                    ),
                    "10m",
                    "A volume of rqlite is nearly full",
                    "{{ $labels.persistentvolumeclaim }} in {{ $labels.namespace }} is {{ $value | humanize }} % full. A node without room stops.",
                )
            }
            AlertName::RqliteSnapshotFailing => warning(
                format!(
                    "increase({}[1h]) + on (namespace, pod) increase({}[1h]) > 2",
                    self.of("rqlite_snapshots_failed_total", ""),
                    self.of("rqlite_snapshot_persists_failed_total", "")
                ),
                "10m",
                "Snapshots of rqlite fail",
                "{{ $labels.pod }} in {{ $labels.namespace }} failed {{ $value | humanize }} times in an hour: its log and its WAL grow.",
            ),
            AlertName::RqliteWalLarge => warning(
                format!("{} > {}", self.of("rqlite_wal_bytes", ""), limits.wal_size.millis() / 1000),
                "30m",
                "SQLite's WAL is large",
                "The WAL of {{ $labels.pod }} in {{ $labels.namespace }} has {{ $value | humanize1024 }}B: no snapshot empties it.",
            ),
            AlertName::RqliteBackupOld => {
                let age = prometheus(&limits.backup_age);
                let of = |metric| self.of(metric, "");
                let [stored, unchanged, same] = [
                    "rqlite_backup_uploads_total",
                    "rqlite_backup_uploads_unchanged_total",
                    "rqlite_backup_uploads_same_total",
                ]
                .map(|metric| format!("sum(increase({}[{age}]))", of(metric)));
                // Whoever has been asked for less long cannot know.
                let old = format!("count({} offset {age}) > 0", of("rqlite_backup_uploads_total"));
                warning(
                    format!("{stored} + {unchanged} + {same} == 0 and {old}"),
                    "10m",
                    "rqlite was not backed up",
                    &format!("No automatic backup of {set} in {namespace} was stored, or found unneeded, for {age}."),
                )
            }
            AlertName::RqliteCdcBacklog => warning(
                format!("{} > {}", self.of("rqlite_cdc_queue_events", ""), limits.cdc_backlog),
                "10m",
                "Changes of rqlite are not sent",
                "{{ $value }} changes wait on {{ $labels.pod }} in {{ $labels.namespace }}; they fill its disk.",
            ),
            AlertName::RqliteCdcDropping => critical(
                format!("increase({}[15m]) > 0", self.of("rqlite_cdc_dropped_total", "")),
                "0s",
                "Changes of rqlite were given up",
                "{{ $labels.pod }} in {{ $labels.namespace }} gave up sending {{ $value | humanize }} batches of changes: whoever receives them lacks them for good.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::topology::resolved;

    #[test]
    fn a_margin_that_two_voters_do_not_have_is_missed_where_there_should_be_three() {
        let expression = |replicas: u32, max_voters: u32| {
            let metrics = json!({ "exporter": { "enabled": true }, "alerts": { "enabled": true } });
            let values = json!({ "replicas": replicas, "maxVoters": max_voters, "metrics": metrics });
            let rules = resolved(&values).monitoring.alerts.unwrap().rules;
            let rule = rules.into_iter().find(|rule| rule["alert"] == "RqliteNoMargin")?;
            rule["expr"].as_str().map(str::to_owned)
        };
        let three = expression(3, 5).unwrap();
        assert!(three.ends_with("/ 2) + 1"), "it holds for two voters that are left, too: {three}");
        assert_eq!(expression(2, 5), None);
        assert_eq!(expression(5, 2), None);
    }
}
