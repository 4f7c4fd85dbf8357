//! The metrics that the exporter makes of what rqlited 10.2.7 says of itself.
//!
//! A test holds each of them to a real rqlited. The exporter cannot compute, so units are rqlited's own and stand in the
//! names.

/// Which of rqlited's two answers a metric is in. Each is one module of the exporter, and one question of Prometheus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// How the node is now.
    Status,
    /// What it has counted since it started.
    Vars,
}

impl Source {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Status, Self::Vars];

    /// What the exporter's module is called.
    pub const fn module(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Vars => "vars",
        }
    }

    /// Where rqlited answers it.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Status => "/status",
            Self::Vars => "/debug/vars",
        }
    }
}

/// How Prometheus may read a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It rises and falls.
    Gauge,
    /// It rises until the process ends.
    Counter,
}

impl Kind {
    /// What the exporter calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gauge => "gauge",
            Self::Counter => "counter",
        }
    }
}

/// A metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Its name for Prometheus.
    pub name: &'static str,
    /// What it says.
    pub help: &'static str,
    /// How it may be read.
    pub kind: Kind,
    /// Which answer it is in.
    pub source: Source,
    /// Each of several things that have it, as a JSONPath; none for the node itself.
    pub each: Option<&'static str>,
    /// Its value, as a JSONPath; 1 for what its labels say all of.
    pub value: &'static str,
    /// Its labels, each with its value as a JSONPath.
    pub labels: &'static [(&'static str, &'static str)],
}

const fn status(name: &'static str, value: &'static str, help: &'static str) -> Metric {
    Metric { name, help, kind: Kind::Gauge, source: Source::Status, each: None, value, labels: &[] }
}

const fn gauge(name: &'static str, value: &'static str, help: &'static str) -> Metric {
    Metric { source: Source::Vars, ..status(name, value, help) }
}

const fn counter(name: &'static str, value: &'static str, help: &'static str) -> Metric {
    Metric { kind: Kind::Counter, ..gauge(name, value, help) }
}

const fn labelled(metric: Metric, labels: &'static [(&'static str, &'static str)]) -> Metric {
    Metric { labels, ..metric }
}

/// Every metric, in the order of the documentation.
pub const METRICS: &[Metric] = &[
    labelled(status("rqlite_build_info", "1", "The version of rqlite."), &[("version", ".build.version")]),
    labelled(
        status("rqlite_raft_state", "1", "The node's part in Raft: Leader, Follower, Candidate or Shutdown."),
        &[("state", ".store.raft.state")],
    ),
    Metric {
        each: Some(".store.nodes[*]"),
        ..labelled(
            status(
                "rqlite_raft_member",
                "1",
                "A member of the cluster that the node knows of; its id is a pod's name.",
            ),
            &[("id", ".id"), ("suffrage", ".suffrage")],
        )
    },
    status("rqlite_ready", ".store.ready", "Whether the node knows a leader and has what it must have to begin."),
    status("rqlite_raft_voter", ".store.raft.voter", "Whether the node has a vote."),
    status("rqlite_raft_term", ".store.raft.term", "The number of the present leader's term."),
    status("rqlite_raft_peers", ".store.raft.num_peers", "How many other voters the node knows of."),
    status("rqlite_raft_commit_index", ".store.raft.commit_index", "The last entry of the log that a quorum has."),
    status(
        "rqlite_raft_applied_index",
        ".store.raft.applied_index",
        "The last entry of the log that the node applied.",
    ),
    status("rqlite_raft_last_log_index", ".store.raft.last_log_index", "The last entry of the node's log."),
    status(
        "rqlite_raft_last_snapshot_index",
        ".store.raft.last_snapshot_index",
        "The last entry that is in a snapshot.",
    ),
    status("rqlite_raft_pending_entries", ".store.raft.fsm_pending", "Entries that wait to be applied."),
    status("rqlite_raft_log_bytes", ".store.raft.log_size", "The size of the log's file."),
    status("rqlite_database_bytes", ".store.sqlite3.db_size", "The size of the database in SQLite's pages."),
    status("rqlite_wal_bytes", ".store.sqlite3.wal_size", "The size of SQLite's WAL, which snapshots empty."),
    status("rqlite_snapshots_bytes", ".store.snapshot_store.dir_size", "The size of the stored snapshots."),
    status("rqlite_data_bytes", ".store.dir_size", "The size of the whole data folder."),
    status(
        "rqlite_read_connections",
        ".store.sqlite3.conn_pool_stats.ro.in_use",
        "Connections to SQLite that serve reads now.",
    ),
    status(
        "rqlite_read_connections_waited",
        ".store.sqlite3.conn_pool_stats.ro.wait_count",
        "Reads that waited for a connection since the node started.",
    ),
    status("rqlite_goroutines", ".runtime.num_goroutine", "Goroutines of rqlited."),
    // Reads and writes
    counter("rqlite_http_executions_total", ".http.executions", "Requests to write, as clients sent them."),
    counter("rqlite_http_queries_total", ".http.queries", "Requests to read, as clients sent them."),
    counter("rqlite_http_requests_total", ".http.requests", "Requests that may do both, as clients sent them."),
    counter("rqlite_http_auth_failures_total", ".http.auth_fail", "Requests of nobody who may make them."),
    counter("rqlite_http_leader_not_found_total", ".http.leader_not_found", "Requests that found no leader."),
    counter("rqlite_http_queued_executions_total", ".http.queued_executions", "Requests to write that did not wait."),
    counter(
        "rqlite_http_queued_executions_failed_total",
        ".http.queued_executions_failed",
        "Batches of the write queue that failed.",
    ),
    counter("rqlite_queue_statements_total", ".queue.objects_rx", "Statements that came into the write queue."),
    counter("rqlite_queue_statements_sent_total", ".queue.objects_tx", "Statements that left the write queue."),
    counter("rqlite_database_executions_total", ".db.executions", "Statements that changed the node's database."),
    counter("rqlite_database_execution_errors_total", ".db.execution_errors", "Those of them that failed."),
    counter("rqlite_database_queries_total", ".db.queries", "Statements that read the node's database."),
    counter("rqlite_database_query_errors_total", ".db.query_errors", "Those of them that failed."),
    gauge(
        "rqlite_raft_apply_duration_microseconds",
        ".store.fsm_apply_duration_us",
        "How long it took to apply the last entry of the log.",
    ),
    counter("rqlite_forwarded_executions_total", ".proxy.remote_executions", "Writes that were passed to the leader."),
    counter("rqlite_forwarded_queries_total", ".proxy.remote_queries", "Reads that were passed to the leader."),
    counter(
        "rqlite_forwarded_executions_failed_total",
        ".proxy.remote_executions_failed",
        "Writes that failed on their way to the leader.",
    ),
    // The cluster
    counter("rqlite_raft_leader_changes_total", ".store.leader_changes_observed", "New leaders that the node saw."),
    counter(
        "rqlite_raft_failed_heartbeats_total",
        ".store.failed_heartbeat_observed",
        "Heartbeats of the leader that a member did not answer.",
    ),
    counter("rqlite_cluster_joins_total", ".store.num_joins", "Members that joined through this node."),
    counter("rqlite_cluster_reaped_total", ".store.nodes_reaped_ok", "Members that the node dropped as leader."),
    counter("rqlite_cluster_retries_total", ".cluster.num_client_retries", "Repeated questions to other nodes."),
    counter("rqlite_cluster_read_timeouts_total", ".cluster.num_client_read_timeouts", "Answers that did not come."),
    // Snapshots
    counter("rqlite_snapshots_total", ".store.num_snapshots", "Snapshots."),
    counter("rqlite_snapshots_failed_total", ".store.num_snapshots_failed", "Snapshots that failed."),
    counter(
        "rqlite_snapshot_persists_failed_total",
        ".store.num_snapshot_persists_failed",
        "Snapshots that could not be stored.",
    ),
    gauge(
        "rqlite_snapshot_duration_milliseconds",
        ".store.snapshot_create_duration",
        "How long the last snapshot took; writes wait meanwhile.",
    ),
    counter("rqlite_checkpoint_errors_total", ".db.checkpoint_errors", "Times that the WAL could not be emptied."),
    counter(
        "rqlite_restores_total",
        ".store.num_restores",
        "Snapshots that the node was given by the leader or loaded.",
    ),
    counter("rqlite_restores_failed_total", ".store.num_restores_failed", "Those of them that failed."),
    // Backups
    counter("rqlite_backup_uploads_total", ".uploader.num_uploads_ok", "Automatic backups that were stored."),
    counter("rqlite_backup_uploads_failed_total", ".uploader.num_uploads_fail", "Automatic backups that failed."),
    counter(
        "rqlite_backup_uploads_unchanged_total",
        ".uploader.num_uploads_skipped",
        "Automatic backups that were not needed, because nothing had changed.",
    ),
    counter(
        "rqlite_backup_uploads_same_total",
        ".uploader.num_uploads_skipped_id",
        "Automatic backups that were not needed, because the store has the same already.",
    ),
    gauge("rqlite_backup_upload_bytes", ".uploader.last_upload_bytes", "The size of the last automatic backup."),
    // Change data capture
    gauge("rqlite_cdc_queue_events", r".cdc\.service.fifo_size", "Changes that wait for their way out."),
    counter("rqlite_cdc_sent_total", r".cdc\.service.num_events_tx_ok", "Batches of changes that were sent."),
    counter("rqlite_cdc_failures_total", r".cdc\.service.num_events_tx_failed", "Requests with changes that failed."),
    counter(
        "rqlite_cdc_dropped_total",
        r".cdc\.service.dropped_failed_to_send",
        "Batches of changes that were given up after the last retry.",
    ),
    counter("rqlite_cdc_sent_bytes_total", r".cdc\.service.num_bytes_tx", "Bytes of changes that were sent."),
    // The process
    gauge("rqlite_memory_bytes", ".memstats.Sys", "Memory that Go has got of the system, without SQLite's."),
    counter("rqlite_gc_cycles_total", ".memstats.NumGC", "Collections of garbage, which start at 0 with the process."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_prometheus_own_and_say_what_kind_they_are() {
        let mut seen = std::collections::BTreeSet::new();
        for metric in METRICS {
            assert!(seen.insert(metric.name), "{} is there twice", metric.name);
            assert!(metric.name.starts_with("rqlite_"), "{}", metric.name);
            assert_eq!(metric.name.ends_with("_total"), metric.kind == Kind::Counter, "{}", metric.name);
            assert!(metric.help.ends_with('.'), "{}", metric.name);
        }
    }
}
