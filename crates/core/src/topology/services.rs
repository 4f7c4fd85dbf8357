//! What stands in front of the pods: Services, and the budget for taking pods away.

use serde::Serialize;

use super::{Cluster, Member, Names};
use crate::values::{Annotations, EvictionPolicy, Int, Labels, ServiceType, TrafficPolicy, Values};

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
    /// Its own labels.
    pub labels: Labels,
    /// Its own annotations.
    pub annotations: Annotations,
}

/// The headless Service.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Headless {
    /// Its own labels.
    pub labels: Labels,
    /// Its own annotations.
    pub annotations: Annotations,
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
    pub(super) fn resolve(values: &Values, names: &Names, members: &[Member]) -> Self {
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
                labels: client.labels.clone(),
                annotations: client.annotations.clone(),
            }),
            headless: Headless {
                labels: services.headless.labels.clone(),
                annotations: services.headless.annotations.clone(),
            },
            per_pod: per_pod.map(|member| PerPodService::resolve(values, member)).collect(),
        }
    }
}

impl PerPodService {
    fn resolve(values: &Values, member: &Member) -> Self {
        let per_pod = &values.services.per_pod;
        let service = Service {
            // The pod's own name: what one types to reach rqdb-1 is rqdb-1.
            name: member.pod.clone(),
            kind: per_pod.kind,
            port: per_pod.port.get(),
            node_port: per_pod.first_node_port.map(|first| first.get() + i64::from(member.ordinal)),
            external_traffic_policy: per_pod.external_traffic_policy,
            labels: per_pod.labels.clone(),
            annotations: per_pod.annotations.clone(),
        };
        Self { pod: member.pod.clone(), service }
    }
}

/// How many pods may leave at once by somebody's will.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Budget {
    /// How many pods may be away.
    pub max_unavailable: Option<i64>,
    /// How many pods must stay.
    pub min_available: Option<i64>,
    /// Whether pods that are not Ready may be evicted at any time.
    pub unhealthy_pod_eviction_policy: EvictionPolicy,
}

impl Budget {
    /// One pod at a time where the voters can spare one, none where they cannot. It counts all pods of the set, not
    /// voters, and as `maxUnavailable`: an integer `minAvailable` would not follow `kubectl scale`. A single pod has no
    /// budget: it would only block drains for ever, and its restart is an outage in any case.
    pub(super) fn resolve(values: &Values, cluster: &Cluster) -> Option<Self> {
        let budget = values.pod_disruption_budget.as_ref()?;
        let (most, least) = (budget.max_unavailable.map(Int::get), budget.min_available.map(Int::get));
        let derived = most.is_none() && least.is_none();
        if derived && cluster.replicas == 1 {
            return None;
        }
        Some(Self {
            max_unavailable: if derived { Some(i64::from(cluster.tolerated_losses.min(1))) } else { most },
            min_available: least,
            unhealthy_pod_eviction_policy: budget.unhealthy_pod_eviction_policy,
        })
    }
}
