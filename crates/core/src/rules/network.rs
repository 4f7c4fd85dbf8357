//! Services.

use crate::diagnostic::{Code, Diagnostic};
use crate::topology::{Service, Topology};
use crate::values::{DnsPolicy, ServiceType};

/// Each Service once, with the pointer to its settings.
fn services(topology: &Topology) -> impl Iterator<Item = (&Service, &'static str)> {
    let client = topology.services.client.iter().map(|service| (service, "/services/client"));
    client.chain(topology.services.per_pod.iter().take(1).map(|each| (&each.service, "/services/perPod")))
}

pub(super) fn node_ports(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (service, path) in services(topology) {
        let Some(first) = service.node_port else { continue };
        let setting = if path.ends_with("client") { "nodePort" } else { "firstNodePort" };
        let path = format!("{path}/{setting}");
        if service.kind == ServiceType::ClusterIP {
            let finding = Diagnostic::error(Code::UnusedValue, path, "a ClusterIP Service has no port on the nodes");
            findings.push(finding.with_hint("set the type to NodePort or LoadBalancer"));
        } else if setting == "firstNodePort" && first + i64::from(topology.cluster.replicas) - 1 > 65535 {
            findings.push(Diagnostic::error(Code::OutOfRange, path, "the last pod's port is beyond 65535"));
        }
    }
}

pub(super) fn node_port_clash(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let taken = topology.services.client.as_ref().and_then(|client| client.node_port);
    let clash = topology.services.per_pod.iter().find(|each| taken.is_some() && each.service.node_port == taken);
    if let (Some(port), Some(each)) = (taken, clash) {
        let message = format!("the node port {port} is also that of {}", each.service.name);
        findings.push(Diagnostic::error(Code::NameClash, "/services/client/nodePort", message));
    }
}

pub(super) fn traffic_policy(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (service, path) in services(topology) {
        if service.external_traffic_policy.is_some() && service.kind == ServiceType::ClusterIP {
            let path = format!("{path}/externalTrafficPolicy");
            let finding = Diagnostic::error(Code::UnusedValue, path, "Kubernetes refuses it for a ClusterIP Service");
            findings.push(finding.with_hint("set the type to NodePort or LoadBalancer"));
        }
    }
}

/// What the API server refuses in a resolver.
pub(super) fn resolver(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let surroundings = &topology.pod.surroundings;
    let config = &surroundings.dns_config;
    if surroundings.dns_policy == Some(DnsPolicy::None) && config.nameservers.is_empty() {
        let finding =
            Diagnostic::error(Code::MissingKey, "/dnsPolicy", "without the cluster's DNS a pod needs another");
        findings.push(finding.with_hint("set dnsConfig.nameservers"));
    }
    for (key, count, most) in [("nameservers", config.nameservers.len(), 3), ("searches", config.searches.len(), 32)] {
        if count > most {
            let message = format!("{count} entries; {most} are the most");
            findings.push(Diagnostic::error(Code::OutOfRange, format!("/dnsConfig/{key}"), message));
        }
    }
}

/// A member that takes another address for its own, or for another member's, is lost to the cluster.
pub(super) fn host_aliases(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (index, alias) in topology.pod.surroundings.host_aliases.iter().enumerate() {
        for (number, name) in alias.hostnames.iter().enumerate() {
            if topology.members.iter().any(|member| member.address == name.as_str() || member.pod == name.as_str()) {
                let path = format!("/hostAliases/{index}/hostnames/{number}");
                let message = format!("{name} is a member of this cluster");
                findings.push(Diagnostic::error(Code::ReservedName, path, message).with_hint("leave it to DNS"));
            }
        }
    }
}
