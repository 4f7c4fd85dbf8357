//! The budget for taking pods away.

use serde::Serialize;

use super::Cluster;
use crate::values::{EvictionPolicy, Values};

/// How many pods may leave at once by somebody's will.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Budget {
    /// `maxUnavailable` or `minAvailable`; both only when somebody asked for both, which a rule refuses.
    pub limits: Vec<Limit>,
    /// Whether pods that are not Ready may be evicted at any time.
    pub unhealthy_pod_eviction_policy: EvictionPolicy,
}

impl Budget {
    /// One pod at a time where the voters can spare one, none where they cannot. It counts all pods of the set, not
    /// voters, and as `maxUnavailable`: an integer `minAvailable` would not follow `kubectl scale`. A single pod has no
    /// budget: it would only block drains for ever, and its restart is an outage in any case.
    pub(super) fn resolve(values: &Values, cluster: &Cluster) -> Option<Self> {
        let budget = values.pod_disruption_budget.as_ref()?;
        let asked = [("maxUnavailable", budget.max_unavailable), ("minAvailable", budget.min_available)];
        let mut limits: Vec<Limit> =
            asked.into_iter().filter_map(|(field, pods)| Some(Limit { field, pods: pods?.get() })).collect();
        if limits.is_empty() {
            if cluster.replicas == 1 {
                return None;
            }
            limits.push(Limit { field: "maxUnavailable", pods: i64::from(cluster.tolerated_losses.min(1)) });
        }
        Some(Self { limits, unhealthy_pod_eviction_policy: budget.unhealthy_pod_eviction_policy })
    }
}

/// One side of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Limit {
    /// Kubernetes' name of it: `maxUnavailable` or `minAvailable`.
    pub field: &'static str,
    /// How many pods.
    pub pods: i64,
}
