//! What stands in front of the pods: Services, and the budget for taking pods away.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Cluster, Member, Metadata, Names};
use crate::values::{EvictionPolicy, Int, ServiceType, TrafficPolicy, Values};

/// The port of rqlite's HTTP API in every pod.
pub const HTTP_PORT: u16 = 4001;
/// The port of Raft in every pod.
pub const RAFT_PORT: u16 = 4002;

/// The Services.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Services {
    /// For clients.
    pub client: Option<Service>,
    /// Gives each pod its name in DNS.
    pub headless: Headless,
    /// One for each pod.
    pub per_pod: Vec<PerPodService>,
}

/// A Service that clients reach rqlite's HTTP API through.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Service {
    /// Its name.
    pub name: String,
    /// How it is reached.
    pub kind: ServiceType,
    /// The port that it listens at.
    pub port: i64,
    /// The port on every node.
    pub node_port: Option<i64>,
    /// Whether traffic from outside may take a detour.
    pub external_traffic_policy: Option<TrafficPolicy>,
    /// All of its labels.
    pub labels: BTreeMap<String, String>,
    /// All of its annotations.
    pub annotations: BTreeMap<String, String>,
}

/// The headless Service.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Headless {
    /// All of its labels.
    pub labels: BTreeMap<String, String>,
    /// All of its annotations.
    pub annotations: BTreeMap<String, String>,
}

/// A Service for one pod.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PerPodService {
    /// The pod.
    pub pod: String,
    /// The Service.
    #[serde(flatten)]
    pub service: Service,
}

impl Services {
    pub(super) fn resolve(values: &Values, names: &Names, metadata: &Metadata, members: &[Member]) -> Self {
        let services = &values.services;
        let client = &services.client;
        let per_pod = members.iter().filter(|_| services.per_pod.enabled);
        Self {
            client: client.enabled.then(|| Service {
                name: names.client.clone(),
                kind: client.kind,
                port: client.port.get(),
                node_port: client.node_port.map(Int::get),
                external_traffic_policy: client.external_traffic_policy,
                labels: metadata.labels_with(&client.labels),
                annotations: metadata.annotations_with(&client.annotations),
            }),
            headless: Headless {
                labels: metadata.labels_with(&services.headless.labels),
                annotations: metadata.annotations_with(&services.headless.annotations),
            },
            per_pod: per_pod.map(|member| PerPodService::resolve(values, metadata, member)).collect(),
        }
    }
}

impl PerPodService {
    fn resolve(values: &Values, metadata: &Metadata, member: &Member) -> Self {
        let per_pod = &values.services.per_pod;
        let service = Service {
            // The pod's own name: what one types to reach rqdb-1 is rqdb-1.
            name: member.pod.clone(),
            kind: per_pod.kind,
            port: per_pod.port.get(),
            node_port: per_pod.first_node_port.map(|first| first.get() + i64::from(member.ordinal)),
            external_traffic_policy: per_pod.external_traffic_policy,
            labels: metadata.labels_with(&per_pod.labels),
            annotations: metadata.annotations_with(&per_pod.annotations),
        };
        Self { pod: member.pod.clone(), service }
    }
}

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
