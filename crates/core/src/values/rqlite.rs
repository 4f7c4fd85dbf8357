//! The settings of rqlited itself, each with the flag that it becomes.
//!
//! null means that the flag is left out, so rqlited's own default holds; the documentation names that of 10.2.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AbsolutePath, Duration, Extension, HeaderValue, Int, Quantity};

/// Settings of rqlited itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Rqlite {
    /// Whether SQLite enforces foreign keys. Rows that are there already are not checked.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "rqlite", "effect": "roll", "flag": "-fk", "docs": "https://rqlite.io/docs/guides/config/" }))]
    pub foreign_keys: bool,
    /// SQLite extensions that every node loads. A node with a table that needs one that it lacks cannot apply what is written there.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "rqlite", "effect": "roll", "flag": "-extensions-path", "since": "8.27.0", "docs": "https://rqlite.io/docs/guides/extensions/" }))]
    pub extensions: Vec<Extension>,
    /// SQLite's own settings.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "rqlite", "effect": "roll" }))]
    pub database: Database,
    /// Raft's times and snapshots. The same in every node.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "rqlite", "effect": "roll" }))]
    pub raft: Raft,
    /// Writes that clients do not wait for.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "rqlite", "effect": "roll" }))]
    pub write_queue: WriteQueue,
    /// The HTTP API.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "rqlite", "effect": "roll" }))]
    pub http: Http,
    /// The traffic between nodes.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "rqlite", "effect": "roll" }))]
    pub cluster: ClusterTraffic,
    /// Files with profiles of the running process, for those who look for a fault in rqlited.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "rqlite", "effect": "roll" }))]
    pub profiles: Profiles,
}

/// SQLite's own settings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Database {
    /// How many reads a node serves at once; 0 is no limit. null means 256.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "rqlite", "effect": "roll", "flag": "-db-max-ro-conns", "unit": "connections", "since": "10.0.3" }))]
    pub max_read_only_connections: Option<Int<0, 1_000_000>>,
    /// How often each node gives free pages back to the disk (VACUUM). Writes wait meanwhile, and the disk needs room for a second copy of the database. null or 0s means never.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "rqlite", "effect": "roll", "flag": "-auto-vacuum-int", "unit": "duration", "since": "8.17.0", "docs": "https://rqlite.io/docs/guides/performance/" }))]
    pub auto_vacuum_interval: Option<Duration>,
    /// How often each node brings SQLite's statistics up to date (PRAGMA optimize). 0s means never, null means 24h.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "rqlite", "effect": "roll", "flag": "-auto-optimize-int", "unit": "duration", "since": "8.30.0", "docs": "https://rqlite.io/docs/guides/performance/" }))]
    pub auto_optimize_interval: Option<Duration>,
}

/// Raft's times and snapshots.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Raft {
    /// Which messages of Raft are logged. null means WARN.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "rqlite", "effect": "roll", "flag": "-raft-log-level" }))]
    pub log_level: Option<RaftLogLevel>,
    /// How long a follower waits for a sign of life before it looks for another leader. Longer than the longest pause of network and disk, or leaders change for nothing. null means 1s.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "rqlite", "effect": "roll", "flag": "-raft-heartbeat-timeout", "unit": "duration", "since": "10.0.0" }))]
    pub heartbeat_timeout: Option<Duration>,
    /// How long a candidate waits for votes. At least heartbeatTimeout. null means 1s.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "rqlite", "effect": "roll", "flag": "-raft-election-timeout", "unit": "duration" }))]
    pub election_timeout: Option<Duration>,
    /// How long a leader that hears of no majority goes on leading. At most heartbeatTimeout. null or 0s means 500ms.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "rqlite", "effect": "roll", "flag": "-raft-leader-lease-timeout", "unit": "duration" }))]
    pub leader_lease_timeout: Option<Duration>,
    /// How soon followers learn that a row is committed when nothing else is sent. null means 50ms.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "rqlite", "effect": "roll", "flag": "-raft-commit-timeout", "unit": "duration", "since": "10.0.0" }))]
    pub commit_timeout: Option<Duration>,
    /// How long the leader waits for a write to be applied. A write that takes longer may have happened all the same. null means 10s.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "rqlite", "effect": "roll", "flag": "-raft-apply-timeout", "unit": "duration" }))]
    pub apply_timeout: Option<Duration>,
    /// After how many entries of the log a snapshot is stored and the log is cut. Writes wait meanwhile; a shorter log starts faster. null means 8192.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "rqlite", "effect": "roll", "flag": "-raft-snap", "unit": "entries", "docs": "https://rqlite.io/docs/guides/performance/" }))]
    pub snapshot_threshold: Option<Int<1, 1_000_000_000>>,
    /// From which size of SQLite's WAL on a snapshot is stored. 0 means that the size does not matter, null means 4Mi.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "rqlite", "effect": "roll", "flag": "-raft-snap-wal-size", "unit": "bytes", "since": "8.14.0", "docs": "https://rqlite.io/docs/guides/performance/" }))]
    pub snapshot_wal_size: Option<Quantity>,
    /// How often a node looks whether a snapshot is due. null means 10s.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "rqlite", "effect": "roll", "flag": "-raft-snap-int", "unit": "duration" }))]
    pub snapshot_interval: Option<Duration>,
    /// Whether a leader hands over before it stops, so that the others need no election. null means that it does.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "rqlite", "effect": "roll", "flag": "-raft-shutdown-stepdown" }))]
    pub shutdown_stepdown: Option<bool>,
}

/// Which messages of Raft are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum RaftLogLevel {
    /// What went wrong.
    Error,
    /// And what is doubtful.
    Warn,
    /// And what happens.
    Info,
    /// And everything else.
    Debug,
}

impl fmt::Display for RaftLogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "ERROR",
            Self::Warn => "WARN",
            Self::Info => "INFO",
            Self::Debug => "DEBUG",
        })
    }
}

/// Writes that clients do not wait for (`/db/execute?queue`). What is in the queue is lost when its node stops.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct WriteQueue {
    /// How many statements wait at most; then clients wait. null means 1024.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "rqlite", "effect": "roll", "flag": "-write-queue-capacity", "unit": "statements", "docs": "https://rqlite.io/docs/api/queued-writes/" }))]
    pub capacity: Option<Int<1, 1_000_000_000>>,
    /// How many statements become one entry of the log. null means 128.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "rqlite", "effect": "roll", "flag": "-write-queue-batch-size", "unit": "statements", "docs": "https://rqlite.io/docs/api/queued-writes/" }))]
    pub batch_size: Option<Int<1, 1_000_000_000>>,
    /// How long a batch that is not full waits. null means 50ms.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "rqlite", "effect": "roll", "flag": "-write-queue-timeout", "unit": "duration", "docs": "https://rqlite.io/docs/api/queued-writes/" }))]
    pub timeout: Option<Duration>,
    /// Whether a batch is one transaction, so that one wrong statement undoes the others of its batch.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "rqlite", "effect": "roll", "flag": "-write-queue-tx", "docs": "https://rqlite.io/docs/api/queued-writes/" }))]
    pub transactional: bool,
}

/// The HTTP API.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Http {
    /// The origin whose web pages may use the API (Access-Control-Allow-Origin). null means none.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "rqlite", "effect": "roll", "flag": "-http-allow-origin" }))]
    pub allow_origin: Option<HeaderValue>,
}

/// The traffic between nodes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct ClusterTraffic {
    /// How long a node tries to reach another one. null means 30s.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "rqlite", "effect": "roll", "flag": "-cluster-connect-timeout", "unit": "duration" }))]
    pub connect_timeout: Option<Duration>,
    /// Whether snapshots are compressed on their way to another node. All nodes must agree, so no node can take a snapshot from another one while a change of this rolls through the pods.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "rqlite", "effect": "roll", "flag": "-compress-snap-transport", "since": "10.0.0" }))]
    pub compress_snapshots: bool,
}

/// Files with profiles of the running process.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Profiles {
    /// Where the use of CPU is recorded; written when rqlited stops. A folder that the container may write to, such as /tmp.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "rqlite", "effect": "roll", "flag": "-cpu-profile" }))]
    pub cpu: Option<AbsolutePath>,
    /// Where the use of memory is recorded; written when rqlited stops.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "rqlite", "effect": "roll", "flag": "-mem-profile" }))]
    pub memory: Option<AbsolutePath>,
    /// Where the scheduler is recorded; grows as long as rqlited runs.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "rqlite", "effect": "roll", "flag": "-trace-profile", "since": "8.24.9" }))]
    pub trace: Option<AbsolutePath>,
}
