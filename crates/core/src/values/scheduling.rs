//! Where pods run, and how many may leave at once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Int, LabelValue, QualifiedName, TaintKey};

/// How strongly pods keep apart from each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct AntiAffinity {
    /// Apart from each other on nodes.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "scheduling", "effect": "roll" }))]
    pub host: Spread,
    /// At most one in each zone (`topology.kubernetes.io/zone`). topologySpreadConstraints puts equally many there already.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "scheduling", "effect": "roll" }))]
    pub zone: Spread,
}

impl Default for AntiAffinity {
    fn default() -> Self {
        Self { host: Spread::Soft, zone: Spread::None }
    }
}

/// How strongly pods keep apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Spread {
    /// Not at all.
    None,
    /// Where possible.
    #[default]
    Soft,
    /// Always: a pod without a place of its own stays Pending.
    Hard,
}

/// Spreads the pods evenly over one kind of place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TopologySpread {
    /// The node label that tells places apart.
    pub topology_key: QualifiedName,
    /// By how many pods two places may differ.
    #[serde(default = "one")]
    pub max_skew: Int<1, 999>,
    /// What happens to a pod that fits nowhere.
    #[serde(default)]
    pub when_unsatisfiable: WhenUnsatisfiable,
    /// How many places there must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_domains: Option<Int<1, 999>>,
    /// Whether only nodes count that nodeSelector and affinity allow; none means Honor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_affinity_policy: Option<NodePolicy>,
    /// Whether only nodes count whose taints are tolerated; none means Ignore.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_taints_policy: Option<NodePolicy>,
    /// Pod labels that must be equal too, such as `controller-revision-hash`: then each form of the pods is spread by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub match_label_keys: Vec<QualifiedName>,
}

impl TopologySpread {
    /// Evenly over zones, where possible.
    pub(super) fn over_zones() -> Vec<Self> {
        vec![Self {
            topology_key: QualifiedName::known("topology.kubernetes.io/zone"),
            max_skew: one(),
            when_unsatisfiable: WhenUnsatisfiable::ScheduleAnyway,
            min_domains: None,
            node_affinity_policy: None,
            node_taints_policy: None,
            match_label_keys: Vec::new(),
        }]
    }
}

/// Whether pods that cannot run on a node keep it from counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum NodePolicy {
    /// They do.
    Honor,
    /// Every node counts.
    Ignore,
}

fn one() -> Int<1, 999> {
    Int::known::<1>()
}

/// What happens to a pod that fits nowhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum WhenUnsatisfiable {
    /// It stays Pending.
    DoNotSchedule,
    /// It runs anyway, where the skew is least.
    #[default]
    ScheduleAnyway,
}

/// A taint that the pods tolerate.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Toleration {
    /// The taint's key; none, with operator Exists, means every taint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<TaintKey>,
    /// How the taint's value is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<TolerationOperator>,
    /// The taint's value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<LabelValue>,
    /// The taint's effect; none means all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<TaintEffect>,
    /// For NoExecute: how long a pod stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toleration_seconds: Option<Int<0, 2_147_483_647>>,
}

/// How a taint's value is compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TolerationOperator {
    /// Any value.
    Exists,
    /// This value.
    #[default]
    Equal,
}

/// What a taint does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TaintEffect {
    /// No new pods.
    #[default]
    NoSchedule,
    /// No new pods, if it can be helped.
    PreferNoSchedule,
    /// No new pods, and running ones leave.
    NoExecute,
}

/// How many pods may leave at once by somebody's will, such as a node drain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct DisruptionBudget {
    /// How many pods may be away. null, with minAvailable null too, means as many as the voters can spare, but one at a time.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "scheduling", "effect": "none", "unit": "pods" }))]
    pub max_unavailable: Option<Int<0, 999>>,
    /// How many pods must stay; instead of maxUnavailable.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "scheduling", "effect": "none", "unit": "pods" }))]
    pub min_available: Option<Int<0, 999>>,
    /// Whether pods that are not Ready may be evicted at any time.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "scheduling", "effect": "none" }))]
    pub unhealthy_pod_eviction_policy: EvictionPolicy,
}

/// Whether pods that are not Ready may be evicted at any time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum EvictionPolicy {
    /// Only while enough others are Ready: a voter that is catching up still counts for the quorum.
    #[default]
    IfHealthyBudget,
    /// Always, so that a drain never waits for a pod that crashes.
    AlwaysAllow,
}
