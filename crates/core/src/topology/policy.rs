//! Who may talk to the pods, and whom they may talk to.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Metadata;
use crate::values::{EgressRule, IngressRule, NetworkPeer, NetworkPort, Port, Protocol, Values};

/// The NetworkPolicy of all pods of the release, in terms of what may pass.
///
/// Kubelets reach their own pods whatever a policy says, so probes need no rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NetworkPolicy {
    /// Who reaches the HTTP API beside the pods themselves; empty means everybody.
    pub clients: Vec<NetworkPeer>,
    /// The exporter's port, if there is one.
    pub metrics_port: Option<i64>,
    /// Who reaches it; empty means everybody.
    pub scrapers: Vec<NetworkPeer>,
    /// Further ways in.
    pub ingress: Vec<IngressRule>,
    /// Whether the pods may talk to everybody.
    pub egress_to_all: bool,
    /// Where DNS answers.
    pub dns_ports: Vec<NetworkPort>,
    /// Further ways out.
    pub egress: Vec<EgressRule>,
    /// All of its labels.
    #[serde(skip)] // an object's metadata has them
    pub labels: BTreeMap<String, String>,
}

impl NetworkPolicy {
    pub(super) fn resolve(values: &Values, metadata: &Metadata) -> Option<Self> {
        let policy = &values.network_policy;
        let egress = &policy.egress;
        let exporter = &values.metrics.exporter;
        let dns = |protocol| {
            let port = move |port: &Port| NetworkPort { protocol, port: Some(*port), end_port: None };
            egress.dns_ports.iter().map(port)
        };
        policy.enabled.then(|| Self {
            clients: policy.clients.clone(),
            metrics_port: exporter.enabled.then(|| exporter.port.get()),
            scrapers: exporter.scrapers.clone(),
            ingress: policy.ingress.clone(),
            egress_to_all: egress.allow_all,
            dns_ports: dns(Protocol::UDP).chain(dns(Protocol::TCP)).collect(),
            egress: egress.rules.clone(),
            labels: metadata.labels_with(&policy.labels),
        })
    }
}
