//! The Services in front of the pods.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AddressTemplate, Annotations, Cidr, Int, Ip, Labels, Port, QualifiedName, ServiceName};

/// The Services in front of the pods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct Services {
    /// For clients: reaches the pods that are Ready. Any of them takes reads and writes.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "network", "effect": "none", "also": ["service"] }))]
    pub client: ClientService,
    /// Gives each pod its name in DNS. The nodes find each other by it, so it also lists pods that are not Ready.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "immutable" }))]
    pub headless: HeadlessService,
    /// One Service for each pod, to reach each node from outside.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub per_pod: PerPodServices,
}

/// A Service for clients: that of the database, or that of the readers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct ClientService {
    /// Whether it is rendered.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub enabled: bool,
    /// Its name; null means the fullname and `-client`, for the readers' `-readers`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub name: Option<ServiceName>,
    /// How it is reached.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "network", "effect": "none" }))]
    #[serde(rename = "type")]
    pub kind: ServiceType,
    /// The port of rqlite's HTTP API.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "network", "effect": "none" }))]
    pub port: Port,
    /// The port on every node, for NodePort and LoadBalancer; null lets Kubernetes choose.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub node_port: Option<Int<1, 65535>>,
    /// Whether traffic from outside may take a detour over another node; null means Kubernetes' default, Cluster.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub external_traffic_policy: Option<TrafficPolicy>,
    /// Whether traffic from within the cluster stays on its node; null means Kubernetes' default, Cluster. With Local a client on a node without a pod gets no answer.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub internal_traffic_policy: Option<TrafficPolicy>,
    /// Which pods Kubernetes prefers for traffic, where it may choose; null means any. `PreferClose` needs Kubernetes 1.31, the others 1.34.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub traffic_distribution: Option<TrafficDistribution>,
    /// Whether a client keeps to one pod.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub session_affinity: SessionAffinity,
    /// How long a client keeps to one pod, for `ClientIP`; null means Kubernetes' default, three hours.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none", "unit": "s" }))]
    pub session_affinity_timeout_seconds: Option<Int<1, 86400>>,
    /// How many families of IP addresses it has; null means one.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub ip_family_policy: Option<IpFamilyPolicy>,
    /// Its families of IP addresses, the most important first; empty lets Kubernetes choose. Kubernetes never lets the first one change.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub ip_families: Vec<IpFamily>,
    /// The address within the cluster; null lets Kubernetes choose. Kubernetes never lets it change.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    #[serde(rename = "clusterIP")]
    pub cluster_ip: Option<Ip>,
    /// Addresses of nodes that take traffic for it, too. Somebody must route them there.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    #[serde(rename = "externalIPs")]
    pub external_ips: Vec<Ip>,
    /// The implementation of load balancers that serves it, for LoadBalancer; null means the cluster's own. Kubernetes never lets it change.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub load_balancer_class: Option<QualifiedName>,
    /// From where the load balancer takes connections; empty means from everywhere. Clouds differ in whether they heed it.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub load_balancer_source_ranges: Vec<Cidr>,
    /// Whether a LoadBalancer also gets a port on every node; null means yes. Load balancers that reach pods directly need none.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub allocate_load_balancer_node_ports: Option<bool>,
    /// The port on every node where load balancers ask whether it has a pod, for LoadBalancer with externalTrafficPolicy Local; null lets Kubernetes choose.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub health_check_node_port: Option<Int<1, 65535>>,
    /// What the port speaks, for load balancers and meshes that ask: `http`. null says nothing.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub app_protocol: Option<QualifiedName>,
    /// Labels of this Service.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub labels: Labels,
    /// Annotations of this Service, for example for a cloud's load balancer.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub annotations: Annotations,
}

impl Default for ClientService {
    fn default() -> Self {
        Self {
            enabled: true,
            name: None,
            kind: ServiceType::ClusterIP,
            port: Port::known::<4001>(),
            node_port: None,
            external_traffic_policy: None,
            internal_traffic_policy: None,
            traffic_distribution: None,
            session_affinity: SessionAffinity::None,
            session_affinity_timeout_seconds: None,
            ip_family_policy: None,
            ip_families: Vec::new(),
            cluster_ip: None,
            external_ips: Vec::new(),
            load_balancer_class: None,
            load_balancer_source_ranges: Vec::new(),
            allocate_load_balancer_node_ports: None,
            health_check_node_port: None,
            app_protocol: None,
            labels: Labels::new(),
            annotations: Annotations::new(),
        }
    }
}

/// The headless Service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct HeadlessService {
    /// Its name, part of every node's address; null means the fullname and `-headless`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "immutable" }))]
    pub name: Option<ServiceName>,
    /// How many families of IP addresses it has; null means one.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub ip_family_policy: Option<IpFamilyPolicy>,
    /// Its families of IP addresses, the most important first; empty lets Kubernetes choose. Kubernetes never lets the first one change.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub ip_families: Vec<IpFamily>,
    /// Labels of this Service.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub labels: Labels,
    /// Annotations of this Service.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub annotations: Annotations,
}

/// One Service for each pod.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct PerPodServices {
    /// Whether they are rendered.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub enabled: bool,
    /// How they are reached.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    #[serde(rename = "type")]
    pub kind: ServiceType,
    /// The port of rqlite's HTTP API.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub port: Port,
    /// The port on every node of ordinal 0, for NodePort and LoadBalancer; each further ordinal has the next one. null lets Kubernetes choose.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub first_node_port: Option<Int<1, 65535>>,
    /// Whether traffic from outside may take a detour over another node; null means Kubernetes' default, Cluster.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub external_traffic_policy: Option<TrafficPolicy>,
    /// How many families of IP addresses it has; null means one.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub ip_family_policy: Option<IpFamilyPolicy>,
    /// Its families of IP addresses, the most important first; empty lets Kubernetes choose. Kubernetes never lets the first one change.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub ip_families: Vec<IpFamily>,
    /// The implementation of load balancers that serves them, for LoadBalancer; null means the cluster's own. Kubernetes never lets it change.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub load_balancer_class: Option<QualifiedName>,
    /// From where the load balancer takes connections; empty means from everywhere. Clouds differ in whether they heed it.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub load_balancer_source_ranges: Vec<Cidr>,
    /// Whether a LoadBalancer also gets a port on every node; null means yes. Load balancers that reach pods directly need none.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub allocate_load_balancer_node_ports: Option<bool>,
    /// What the port speaks, for load balancers and meshes that ask: `http`. null says nothing.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub app_protocol: Option<QualifiedName>,
    /// Whether a pod is reached while it is not Ready, so that one can see what is wrong with it.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub publish_not_ready_addresses: bool,
    /// Where clients outside of Kubernetes reach a node: what rqlite names in redirects and lists of nodes. `{ordinal}` and `{pod}` stand for the pod's number and name: `db-{ordinal}.example.com:4001`. null means the pod's name within the cluster.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "roll", "flag": "-http-adv-addr" }))]
    pub advertise: Option<AddressTemplate>,
    /// Labels of these Services.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub labels: Labels,
    /// Annotations of these Services. `{ordinal}` and `{pod}` in the text stand for the pod's number and name: `db-{ordinal}.example.com`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub annotations: Annotations,
}

impl Default for PerPodServices {
    fn default() -> Self {
        Self {
            enabled: false,
            kind: ServiceType::ClusterIP,
            port: Port::known::<4001>(),
            first_node_port: None,
            external_traffic_policy: None,
            ip_family_policy: None,
            ip_families: Vec::new(),
            load_balancer_class: None,
            load_balancer_source_ranges: Vec::new(),
            allocate_load_balancer_node_ports: None,
            app_protocol: None,
            publish_not_ready_addresses: true,
            advertise: None,
            labels: Labels::new(),
            annotations: Annotations::new(),
        }
    }
}

/// How a Service is reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ServiceType {
    /// From within the cluster.
    #[default]
    ClusterIP,
    /// Also through a port of every node.
    NodePort,
    /// Also through a load balancer that the cloud makes.
    LoadBalancer,
}

/// Whether traffic may take a detour over another node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TrafficPolicy {
    /// To any pod; the client's address is lost.
    #[default]
    Cluster,
    /// Only to pods of the node that it reaches.
    Local,
}

/// Which pods Kubernetes prefers for traffic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TrafficDistribution {
    /// Those in the client's zone; the older name of `PreferSameZone`.
    #[default]
    PreferClose,
    /// Those in the client's zone.
    PreferSameZone,
    /// Those on the client's node, then those in its zone.
    PreferSameNode,
}

/// Whether a client keeps to one pod.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum SessionAffinity {
    /// Each connection goes to any pod.
    #[default]
    None,
    /// Connections from one address go to one pod.
    ClientIP,
}

/// A family of IP addresses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum IpFamily {
    /// Addresses such as `192.0.2.10`.
    #[default]
    IPv4,
    /// Addresses such as `2001:db8::10`.
    IPv6,
}

/// How many families of IP addresses a Service has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum IpFamilyPolicy {
    /// One.
    #[default]
    SingleStack,
    /// Both where the cluster has both, otherwise one.
    PreferDualStack,
    /// Both; a cluster with one refuses the Service.
    RequireDualStack,
}
