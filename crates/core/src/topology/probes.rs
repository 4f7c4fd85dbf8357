//! How Kubernetes watches the rqlite container.

use serde::Serialize;
use serde_json::{Value, json};

use super::Access;
use super::pod::SCRIPTS;
use crate::values::{self, Formation, Int, Object, Values};

/// How Kubernetes watches the rqlite container.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Probes {
    /// Until it succeeds once, the others do not count.
    #[serde(rename = "startupProbe", skip_serializing_if = "Option::is_none")]
    pub startup: Option<Probe>,
    /// Restarts the container.
    #[serde(rename = "livenessProbe", skip_serializing_if = "Option::is_none")]
    pub liveness: Option<Probe>,
    /// Keeps clients away.
    #[serde(rename = "readinessProbe", skip_serializing_if = "Option::is_none")]
    pub readiness: Option<Probe>,
}

/// One probe, with Kubernetes' names for its parts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Probe {
    /// What is asked: a Kubernetes probe handler.
    #[serde(flatten)]
    pub handler: Object,
    /// Whether somebody wrote that handler.
    #[serde(skip)]
    pub is_foreign: bool,
    /// Seconds before the first look.
    #[serde(skip_serializing_if = "is_zero")]
    pub initial_delay_seconds: i64,
    /// Seconds between two looks.
    pub period_seconds: i64,
    /// Seconds after which no answer is a failure.
    pub timeout_seconds: i64,
    /// How many failures in a row count.
    pub failure_threshold: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_zero(seconds: &i64) -> bool {
    *seconds == 0
}

/// The chart's own probe: handler, delay, period, timeout, failures.
struct Default {
    handler: Value,
    period: i64,
    timeout: i64,
    failures: i64,
}

impl Probes {
    /// What each asks is explained in docs/scripts.md.
    pub(super) fn resolve(values: &Values, access: &Access) -> Self {
        let exec = |words: &[&str]| {
            let path = format!("{SCRIPTS}/{}", words[0]);
            let command: Vec<_> = ["sh", &path].iter().chain(&words[1..]).copied().collect();
            json!({ "exec": { "command": command } })
        };
        let script = |name: &str| exec(&[name]);
        // The kubelet asks itself where it can: that costs no process in the pod.
        let ask = |path: &str, word: &str| match (access.lets_kubelet_ask(), access.https) {
            (true, true) => json!({ "httpGet": { "path": path, "port": "http", "scheme": "HTTPS" } }),
            (true, false) => json!({ "httpGet": { "path": path, "port": "http" } }),
            (false, _) => exec(&["ready.sh", word]),
        };
        // rqlited answers it as soon as it has opened its port, also during a long restore. Five minutes for that; a
        // founder opens it only when it has downloaded what the cluster begins with.
        let failures = 300 + values.restore.download_seconds().unwrap_or(0);
        let startup = Default { handler: ask("/readyz?noleader", "answers"), period: 1, timeout: 5, failures };
        // These scripts ask their own pod, for up to three times ask.sh's patience, and every pod that may vote. What the kubelet
        // ends leaves dead processes behind, so they come to their own end before.
        let patience = if access.authenticates || access.https { 4 } else { 2 };
        let timeout = ((3 + values.max_voters.get()) * patience + 2).max(30);
        let liveness = Default { handler: script("alive.sh"), period: 10, timeout, failures: 3 };
        let readiness = match values.formation {
            Formation::Ordered => Default { handler: script("ready.sh"), period: 2, timeout, failures: 2 },
            Formation::Parallel => {
                // The script asks twice, the first time for the version.
                let handler = ask("/readyz?sync&timeout=3s", "synced");
                Default { handler, period: 2, timeout: if access.lets_kubelet_ask() { 5 } else { 10 }, failures: 2 }
            }
        };
        let probe =
            |wanted: &Option<values::Probe>, default: &Default| wanted.as_ref().map(|p| Probe::resolve(p, default));
        Self {
            startup: probe(&values.startup_probe, &startup),
            liveness: probe(&values.liveness_probe, &liveness),
            readiness: probe(&values.readiness_probe, &readiness),
        }
    }
}

impl Probe {
    fn resolve(wanted: &values::Probe, default: &Default) -> Self {
        let own = || default.handler.as_object().cloned().unwrap_or_default();
        Self {
            is_foreign: wanted.handler.is_some(),
            handler: wanted.handler.clone().unwrap_or_else(own),
            initial_delay_seconds: wanted.initial_delay_seconds.map_or(0, Int::get),
            period_seconds: wanted.period_seconds.map_or(default.period, Int::get),
            timeout_seconds: wanted.timeout_seconds.map_or(default.timeout, Int::get),
            failure_threshold: wanted.failure_threshold.map_or(default.failures, Int::get),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::topology::resolved;

    #[test]
    fn a_probe_may_ask_every_silent_voter_before_it_counts_as_failed() {
        let timeout = |values: &serde_json::Value| resolved(values).voters.pod.probes.liveness.unwrap().timeout_seconds;
        assert_eq!(timeout(&json!({})), 30);
        assert_eq!(timeout(&json!({ "maxVoters": 15 })), 38);
        assert_eq!(timeout(&json!({ "maxVoters": 15, "auth": { "existingSecret": "users" } })), 74);
    }

    #[test]
    fn a_founder_has_time_to_download_what_its_cluster_begins_with() {
        let failures = |restore: serde_json::Value| {
            let probe = resolved(&json!({ "restore": restore })).voters.pod.probes.startup.unwrap();
            (probe.period_seconds, probe.failure_threshold)
        };
        assert_eq!(failures(json!({ "timeout": "1h" })), (1, 300), "nothing is restored");
        let s3 = json!({ "bucket": "b", "path": "p" });
        assert_eq!(failures(json!({ "s3": s3 })), (1, 600));
        assert_eq!(failures(json!({ "s3": s3, "timeout": "1h0.5s" })), (1, 3901));
    }
}
