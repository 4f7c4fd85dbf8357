//! How a cluster forms and how members leave it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Duration;

/// In which order pods start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Formation {
    /// One after the other, each when the one before is Ready (OrderedReady).
    #[default]
    Ordered,
    /// All at once (Parallel): a pod that is stuck holds up no other.
    Parallel,
}

/// How members that are gone leave the cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Membership {
    /// How long a member may stay away before the leader drops it. It joins again by itself when it returns. null keeps members for ever.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cluster", "effect": "roll", "unit": "duration", "flag": "-raft-reap-node-timeout", "docs": "https://rqlite.io/docs/clustering/general-guidelines/" }))]
    pub grace: Option<Duration>,
    /// The same for non-voters, those of the reader pool and those beyond maxVoters; null means as in grace. The leader drops readers that a scale-in took away after this time.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cluster", "effect": "roll", "unit": "duration", "flag": "-raft-reap-read-only-node-timeout", "docs": "https://rqlite.io/docs/clustering/read-only-nodes/" }))]
    pub reader_grace: Option<Duration>,
    /// Renders a small Deployment that knows `replicas` and removes the members of pods that a scale-in took away within about ten seconds. Every scaling must then go through these values: a member beyond `replicas` that does not answer is removed.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cluster", "effect": "none" }))]
    pub prune: bool,
}

impl Default for Membership {
    fn default() -> Self {
        Self { grace: Some(Duration::known("90s")), reader_grace: None, prune: false }
    }
}
