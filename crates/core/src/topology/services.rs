//! The Services in front of the pods.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Member, Metadata, Names, placeholder};
use crate::diagnostic::pointer;
use crate::values::{
    Cidr, ClientService, Int, Ip, IpFamily, IpFamilyPolicy, PerPodServices, Port, QualifiedName, ServiceType,
    SessionAffinity, TrafficDistribution, TrafficPolicy, Values,
};

/// The port of rqlite's HTTP API in every pod.
pub const HTTP_PORT: u16 = 4001;
/// The port of Raft in every pod.
pub const RAFT_PORT: u16 = 4002;

/// The Services.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Services {
    /// For clients.
    pub client: Option<Service>,
    /// For clients of readers.
    pub readers: Option<Service>,
    /// One for each pod.
    pub per_pod: Vec<PerPodService>,
    /// Texts in which placeholders were filled in, by the JSON pointer of the setting.
    pub templates: Vec<(String, String)>,
}

/// A Service that clients reach rqlite's HTTP API through.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Service {
    /// Its name.
    #[serde(skip)] // an object's metadata has it
    pub name: String,
    /// The port that it listens at.
    pub port: i64,
    /// The port on every node.
    pub node_port: Option<i64>,
    /// What the port speaks.
    pub app_protocol: Option<String>,
    /// Everything else that Kubernetes is told.
    pub spec: ServiceSpec,
    /// All of its labels.
    #[serde(skip)] // an object's metadata has them
    pub labels: BTreeMap<String, String>,
    /// All of its annotations.
    #[serde(skip)] // an object's metadata has them
    pub annotations: BTreeMap<String, String>,
}

/// The fields of a Service beside its selector and ports, in Kubernetes' form.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServiceSpec {
    /// How it is reached.
    #[serde(rename = "type")]
    pub kind: ServiceType,
    /// Its families of addresses.
    #[serde(flatten)]
    pub families: Families,
    /// The address within the cluster.
    #[serde(rename = "clusterIP", skip_serializing_if = "Option::is_none")]
    pub cluster_ip: Option<Ip>,
    /// Addresses of nodes that take traffic for it.
    #[serde(rename = "externalIPs", skip_serializing_if = "Vec::is_empty")]
    pub external_ips: Vec<Ip>,
    /// Whether traffic from outside may take a detour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_traffic_policy: Option<TrafficPolicy>,
    /// Whether traffic from within may take a detour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_traffic_policy: Option<TrafficPolicy>,
    /// Which pods are preferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traffic_distribution: Option<TrafficDistribution>,
    /// Whether a client keeps to one pod.
    #[serde(skip_serializing_if = "is_none")]
    pub session_affinity: SessionAffinity,
    /// For how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_affinity_config: Option<AffinityConfig>,
    /// The implementation of load balancers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancer_class: Option<QualifiedName>,
    /// From where the load balancer takes connections.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub load_balancer_source_ranges: Vec<Cidr>,
    /// Whether a load balancer also gets ports on the nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocate_load_balancer_node_ports: Option<bool>,
    /// Where load balancers ask whether a node has a pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check_node_port: Option<Port>,
    /// Whether pods are reached that are not Ready.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub publish_not_ready_addresses: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's form")]
fn is_none(affinity: &SessionAffinity) -> bool {
    *affinity == SessionAffinity::None
}

/// The families of addresses of a Service, in Kubernetes' form.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Families {
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_family_policy: Option<IpFamilyPolicy>,
    /// Which, the most important first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ip_families: Vec<IpFamily>,
}

/// For how long a client keeps to one pod, in Kubernetes' form.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AffinityConfig {
    /// By the client's address.
    #[serde(rename = "clientIP")]
    pub client_ip: ClientIpConfig,
}

/// For how long connections from one address go to one pod, in Kubernetes' form.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ClientIpConfig {
    /// In seconds.
    pub timeout_seconds: Int<1, 86400>,
}

/// A headless Service.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Headless {
    /// Its name.
    pub name: String,
    /// Its families of addresses.
    #[serde(skip)]
    pub families: Families,
    /// All of its labels.
    #[serde(skip)] // an object's metadata has them
    pub labels: BTreeMap<String, String>,
    /// All of its annotations.
    #[serde(skip)] // an object's metadata has them
    pub annotations: BTreeMap<String, String>,
}

/// A Service for one pod.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PerPodService {
    /// The pod.
    pub pod: String,
    /// The Service.
    pub service: Service,
}

impl Services {
    pub(super) fn resolve(values: &Values, names: &Names, metadata: &Metadata, members: &[Member]) -> Self {
        let services = &values.services;
        let (client, readers) = (&services.client, &values.readers.service);
        let per_pod = members.iter().filter(|_| services.per_pod.enabled);
        Self {
            client: client.enabled.then(|| Service::for_clients(client, &names.client, metadata)),
            readers: (readers.enabled && values.readers.exist())
                .then(|| Service::for_clients(readers, &names.readers_client, metadata)),
            per_pod: per_pod.map(|member| PerPodService::resolve(&services.per_pod, metadata, member)).collect(),
            templates: services.per_pod.templates(),
        }
    }
}

impl Headless {
    pub(super) fn resolve(values: &Values, metadata: &Metadata, name: &str) -> Self {
        let headless = &values.services.headless;
        Self {
            name: name.to_owned(),
            families: Families::new(headless.ip_family_policy, &headless.ip_families),
            labels: metadata.labels_with(&headless.labels),
            annotations: metadata.annotations_with(&headless.annotations),
        }
    }
}

impl Families {
    fn new(policy: Option<IpFamilyPolicy>, families: &[IpFamily]) -> Self {
        Self { ip_family_policy: policy, ip_families: families.to_vec() }
    }
}

impl Service {
    fn for_clients(client: &ClientService, name: &str, metadata: &Metadata) -> Self {
        let timeout = client.session_affinity_timeout_seconds;
        Self {
            name: name.to_owned(),
            port: client.port.get(),
            node_port: client.node_port.map(Int::get),
            app_protocol: client.app_protocol.as_ref().map(ToString::to_string),
            spec: ServiceSpec {
                kind: client.kind,
                families: Families::new(client.ip_family_policy, &client.ip_families),
                cluster_ip: client.cluster_ip.clone(),
                external_ips: client.external_ips.clone(),
                external_traffic_policy: client.external_traffic_policy,
                internal_traffic_policy: client.internal_traffic_policy,
                traffic_distribution: client.traffic_distribution,
                session_affinity: client.session_affinity,
                session_affinity_config: timeout
                    .map(|timeout_seconds| AffinityConfig { client_ip: ClientIpConfig { timeout_seconds } }),
                load_balancer_class: client.load_balancer_class.clone(),
                load_balancer_source_ranges: client.load_balancer_source_ranges.clone(),
                allocate_load_balancer_node_ports: client.allocate_load_balancer_node_ports,
                health_check_node_port: client.health_check_node_port,
                publish_not_ready_addresses: false,
            },
            labels: metadata.labels_with(&client.labels),
            annotations: metadata.annotations_with(&client.annotations),
        }
    }
}

impl PerPodServices {
    fn templates(&self) -> Vec<(String, String)> {
        let annotations = self.annotations.iter().filter(|_| self.enabled);
        let setting = |key: &QualifiedName| pointer("/services/perPod/annotations", key.as_str());
        annotations.map(|(key, text)| (setting(key), text.clone())).collect()
    }
}

impl PerPodService {
    fn resolve(per_pod: &PerPodServices, metadata: &Metadata, member: &Member) -> Self {
        let mut annotations = metadata.annotations.clone();
        let own = per_pod.annotations.iter();
        annotations.extend(own.map(|(key, text)| (key.to_string(), placeholder::filled(text, member))));
        let service = Service {
            // The pod's own name: what one types to reach rqdb-1 is rqdb-1.
            name: member.pod.clone(),
            port: per_pod.port.get(),
            node_port: per_pod.first_node_port.map(|first| first.get() + i64::from(member.ordinal)),
            app_protocol: per_pod.app_protocol.as_ref().map(ToString::to_string),
            spec: ServiceSpec {
                kind: per_pod.kind,
                families: Families::new(per_pod.ip_family_policy, &per_pod.ip_families),
                external_traffic_policy: per_pod.external_traffic_policy,
                load_balancer_class: per_pod.load_balancer_class.clone(),
                load_balancer_source_ranges: per_pod.load_balancer_source_ranges.clone(),
                allocate_load_balancer_node_ports: per_pod.allocate_load_balancer_node_ports,
                publish_not_ready_addresses: per_pod.publish_not_ready_addresses,
                ..ServiceSpec::default()
            },
            labels: metadata.labels_with(&per_pod.labels),
            annotations,
        };
        Self { pod: member.pod.clone(), service }
    }
}
