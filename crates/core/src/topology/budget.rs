//! The budget for taking pods away.

use schemars::JsonSchema;
use serde::Serialize;

use super::Cluster;
use crate::values::{EvictionPolicy, ReaderBudget, Share, Values};

/// How many pods may leave at once by somebody's will.
#[derive(Debug, Clone, PartialEq, Eq)]
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
        let mut limits: Vec<Limit> = asked
            .into_iter()
            .filter_map(|(field, pods)| Some(Limit { field, pods: Amount::Pods(pods?.get()) }))
            .collect();
        if limits.is_empty() {
            if cluster.replicas == 1 {
                return None;
            }
            limits.push(Limit {
                field: "maxUnavailable",
                pods: Amount::Pods(i64::from(cluster.tolerated_losses.min(1))),
            });
        }
        Some(Self { limits, unhealthy_pod_eviction_policy: budget.unhealthy_pod_eviction_policy })
    }

    /// One reader at a time: none of them is needed for the quorum, but clients need the others.
    pub(super) fn of_readers(budget: &ReaderBudget) -> Self {
        let asked = [("maxUnavailable", &budget.max_unavailable), ("minAvailable", &budget.min_available)];
        let limit = |(field, amount): (_, &Option<_>)| Some(Limit { field, pods: Amount::of(amount.as_ref()?) });
        let mut limits: Vec<Limit> = asked.into_iter().filter_map(limit).collect();
        if limits.is_empty() {
            limits.push(Limit { field: "maxUnavailable", pods: Amount::Pods(1) });
        }
        Self { limits, unhealthy_pod_eviction_policy: budget.unhealthy_pod_eviction_policy }
    }
}

/// One side of a budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Limit {
    /// Kubernetes' name of it: `maxUnavailable` or `minAvailable`.
    pub field: &'static str,
    /// How many pods.
    pub pods: Amount,
}

impl Limit {
    /// How many of so many pods may be away at once, as far as that is no share; below 0 where more must stay than there are.
    pub fn away(&self, of: i64) -> Option<i64> {
        let Amount::Pods(pods) = self.pods else { return None };
        Some(if self.field == "maxUnavailable" { pods.min(of) } else { of - pods })
    }

    /// Whether none of so many pods may ever be away, as far as that follows from this number or share.
    pub fn keeps_all(&self, of: i64) -> bool {
        match &self.pods {
            Amount::Pods(_) => self.away(of).is_some_and(|away| away <= 0),
            Amount::Share(share) => share == if self.field == "maxUnavailable" { "0%" } else { "100%" },
        }
    }
}

/// A number of pods, or a share of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Amount {
    /// So many.
    Pods(i64),
    /// A percentage of those that there are.
    Share(String),
}

impl Amount {
    fn of(share: &Share) -> Self {
        share.as_str().parse().map_or_else(|_| Self::Share(share.to_string()), Self::Pods)
    }
}
