//! The Services in front of the pods.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Annotations, Int, Labels, Port, ServiceName};

/// The Services in front of the pods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct Services {
    /// For clients: reaches the pods that are Ready. Any of them takes reads and writes.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "network", "effect": "none" }))]
    pub client: ClientService,
    /// Gives each pod its name in DNS. The nodes find each other by it, so it also lists pods that are not Ready.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "immutable" }))]
    pub headless: HeadlessService,
    /// One Service for each pod, to reach each node from outside.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub per_pod: PerPodServices,
}

/// The Service for clients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct ClientService {
    /// Whether it is rendered.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub enabled: bool,
    /// Its name; null means the fullname and `-client`.
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
    /// Labels of these Services.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub labels: Labels,
    /// Annotations of these Services.
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

/// Whether traffic from outside may take a detour over another node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TrafficPolicy {
    /// To any pod; the client's address is lost.
    #[default]
    Cluster,
    /// Only to pods of the node that it reaches.
    Local,
}
