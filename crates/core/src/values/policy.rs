//! Who may talk to the pods, and whom they may talk to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cidr, LabelSelector, Labels, Port};

/// Who may talk to the pods, and whom they may talk to. It needs a network of Kubernetes that heeds policies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct NetworkPolicy {
    /// Whether it is rendered. Without it everybody who reaches a pod's Raft port can join the cluster.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "network", "effect": "none" }))]
    pub enabled: bool,
    /// Who reaches rqlite's HTTP API, beside the pods themselves; empty means everybody. An ingress controller is a client, too. What comes through a port of the nodes often has a node's address.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "network", "effect": "none" }))]
    pub clients: Vec<NetworkPeer>,
    /// Further ways in, such as to the ports of extraContainers. The ports of service meshes belong here, too.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub ingress: Vec<IngressRule>,
    /// Whom the pods may talk to.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub egress: Egress,
    /// Labels of the policy.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub labels: Labels,
}

impl Default for NetworkPolicy {
    fn default() -> Self {
        Self {
            enabled: true,
            clients: Vec::new(),
            ingress: Vec::new(),
            egress: Egress::default(),
            labels: Labels::new(),
        }
    }
}

/// Whom the pods may talk to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Egress {
    /// Whether the pods may talk to everybody. With false they reach each other, DNS, and what `rules` says: name there the storage of backups and whatever else rqlite or its sidecars call.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub allow_all: bool,
    /// The ports where DNS answers, over UDP and TCP. A policy sees the port of the DNS server's pod: 53 nearly everywhere, 5353 on OpenShift. Without the right one no pod finds another.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub dns_ports: Vec<Port>,
    /// Further ways out.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub rules: Vec<EgressRule>,
}

impl Default for Egress {
    fn default() -> Self {
        Self { allow_all: true, dns_ports: vec![Port::known::<53>(), Port::known::<5353>()], rules: Vec::new() }
    }
}

/// A way in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct IngressRule {
    /// From whom; empty means everybody.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<NetworkPeer>,
    /// To which ports; empty means all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<NetworkPort>,
}

/// A way out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct EgressRule {
    /// To whom; empty means everybody.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<NetworkPeer>,
    /// To which ports; empty means all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<NetworkPort>,
}

/// The other side of a connection: pods, or a range of addresses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct NetworkPeer {
    /// Pods with these labels: of the release's namespace, or of those that namespaceSelector selects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_selector: Option<LabelSelector>,
    /// Namespaces with these labels. `{}` means all; `kubernetes.io/metadata.name` is the label with a namespace's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_selector: Option<LabelSelector>,
    /// Addresses; meant for those outside of the cluster, because pods get others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_block: Option<IpBlock>,
}

/// A range of addresses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct IpBlock {
    /// The range.
    pub cidr: Cidr,
    /// Smaller ranges in it that are not meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Cidr>,
}

/// Ports of one protocol.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct NetworkPort {
    /// The protocol.
    pub protocol: Protocol,
    /// The port; none means all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<Port>,
    /// The last port, where a range is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_port: Option<Port>,
}

/// A protocol above IP.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Protocol {
    /// What rqlite speaks.
    #[default]
    TCP,
    /// What DNS speaks first.
    UDP,
    /// Rarely seen.
    SCTP,
}

impl Protocol {
    /// As Kubernetes writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::TCP => "TCP",
            Self::UDP => "UDP",
            Self::SCTP => "SCTP",
        }
    }
}
