//! How a cluster forms and how members leave it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Duration, Int, LabelValue};

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
    /// What to do when a majority of the voters' disks is lost for good: one survivor's data becomes the truth, and the others join it. Acknowledged rows that only the lost disks had are gone. Nothing happens before the survivor's pod starts again: delete it after applying. Take the setting out when all pods are Ready.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "cluster", "effect": "none", "docs": "https://rqlite.io/docs/clustering/general-guidelines/#recovering-a-cluster-that-has-permanently-lost-quorum", "also": ["useStaticPeers", "peers.json"] }))]
    pub recovery: Option<Recovery>,
}

/// A recovery after a majority of the disks was lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Recovery {
    /// The ordinal of the pod whose data is kept. It refuses while another pod knows a leader.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "cluster", "effect": "none" }))]
    pub survivor: Int<0, 30>,
    /// A word for this recovery, such as its date. Every disk notes it, and takes part in a recovery of that name only once.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "cluster", "effect": "none" }), example = "2026-05-01")]
    pub attempt: LabelValue,
}

impl Default for Membership {
    fn default() -> Self {
        Self { grace: Some(Duration::known("90s")), reader_grace: None, prune: false, recovery: None }
    }
}
