//! Services.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::kubernetes;
use super::names::is_like_a_url;
use crate::diagnostic::{Code, Diagnostic};
use crate::topology::placeholder;
use crate::topology::{Argument, Families, Service, ServiceSpec, Topology};
use crate::values::{IpFamily, IpFamilyPolicy, ServiceType, SessionAffinity, TrafficDistribution, TrafficPolicy};

const CLIENT: &str = "/services/client";
const READERS: &str = "/readers/service";
const PER_POD: &str = "/services/perPod";

/// Each Service once, with the pointer to its settings.
pub(super) fn services(topology: &Topology) -> impl Iterator<Item = (&Service, &'static str)> {
    clients(topology).chain(topology.services.per_pod.iter().take(1).map(|each| (&each.service, PER_POD)))
}

/// Those that clients use.
fn clients(topology: &Topology) -> impl Iterator<Item = (&Service, &'static str)> {
    let of_readers = topology.services.readers.iter().map(|service| (service, READERS));
    topology.services.client.iter().map(|service| (service, CLIENT)).chain(of_readers)
}

pub(super) fn node_ports(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (service, path) in services(topology) {
        let Some(first) = service.node_port else { continue };
        let setting = if path == PER_POD { "firstNodePort" } else { "nodePort" };
        let path = format!("{path}/{setting}");
        if service.spec.kind == ServiceType::ClusterIP {
            let finding = Diagnostic::error(Code::UnusedValue, path, "a ClusterIP Service has no port on the nodes");
            findings.push(finding.with_hint("set the type to NodePort or LoadBalancer"));
            continue;
        }
        let count = if path.ends_with("/firstNodePort") { i64::from(topology.cluster.replicas) } else { 1 };
        let last = first + count - 1;
        if last > 65535 {
            findings.push(Diagnostic::error(Code::OutOfRange, path, "the last pod's port is beyond 65535"));
        } else {
            beyond_node_ports(first, last, path, findings);
        }
    }
    for (service, path) in clients(topology) {
        if let Some(port) = service.spec.health_check_node_port.map(crate::values::Port::get) {
            beyond_node_ports(port, port, format!("{path}/healthCheckNodePort"), findings);
        }
    }
}

/// What the API server allots unless it was told otherwise (`--service-node-port-range`).
const NODE_PORTS: std::ops::RangeInclusive<i64> = 30000..=32767;

fn beyond_node_ports(first: i64, last: i64, path: String, findings: &mut Vec<Diagnostic>) {
    if let Some(port) = [first, last].into_iter().find(|port| !NODE_PORTS.contains(port)) {
        let message = format!(
            "{port} is not among the ports on nodes, {} to {}, if the API server has its default",
            NODE_PORTS.start(),
            NODE_PORTS.end()
        );
        findings.push(Diagnostic::warning(Code::OutOfRange, path, message));
    }
}

/// Each Service has an address of its own.
pub(super) fn same_address(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
    for (service, path) in clients(topology) {
        let address = service.spec.cluster_ip.as_ref().map(crate::values::Ip::as_str);
        if let Some((address, name)) =
            address.and_then(|address| Some((address, taken.insert(address, &service.name)?)))
        {
            let message = format!("{address} is also the address of {name}");
            findings.push(Diagnostic::error(Code::NameClash, format!("{path}/clusterIP"), message));
        }
    }
}

pub(super) fn node_port_clash(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let per_pod =
        topology.services.per_pod.iter().filter_map(|each| Some((each.service.node_port?, &each.service.name)));
    let mut taken: BTreeMap<i64, &str> = per_pod.map(|(port, name)| (port, name.as_str())).collect();
    for (service, path) in clients(topology) {
        let health = service.spec.health_check_node_port.map(crate::values::Port::get);
        for (port, setting) in [(service.node_port, "nodePort"), (health, "healthCheckNodePort")] {
            if let Some((port, name)) = port.and_then(|port| Some((port, taken.insert(port, &service.name)?))) {
                let message = format!("the node port {port} is also that of {name}");
                findings.push(Diagnostic::error(Code::NameClash, format!("{path}/{setting}"), message));
            }
        }
    }
}

pub(super) fn traffic_policy(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (Service { spec, .. }, path) in services(topology) {
        let inside = spec.kind == ServiceType::ClusterIP && spec.external_ips.is_empty();
        if spec.external_traffic_policy.is_some() && inside {
            let path = format!("{path}/externalTrafficPolicy");
            let finding = Diagnostic::error(Code::UnusedValue, path, "Kubernetes refuses it for a ClusterIP Service");
            findings.push(finding.with_hint("set the type to NodePort or LoadBalancer"));
        }
    }
}

/// Kubernetes refuses them for other types, except for the ranges, which do nothing there.
pub(super) fn load_balancer(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (Service { spec, .. }, path) in services(topology).filter(|(service, _)| !is_balanced(&service.spec)) {
        let set = [
            (spec.load_balancer_class.is_some(), "loadBalancerClass"),
            (!spec.load_balancer_source_ranges.is_empty(), "loadBalancerSourceRanges"),
            (spec.allocate_load_balancer_node_ports.is_some(), "allocateLoadBalancerNodePorts"),
        ];
        for (_, setting) in set.into_iter().filter(|(set, _)| *set) {
            let message = "the Service has no load balancer";
            let finding = Diagnostic::error(Code::UnusedValue, format!("{path}/{setting}"), message);
            findings.push(finding.with_hint("set the type to LoadBalancer"));
        }
    }
}

fn is_balanced(spec: &ServiceSpec) -> bool {
    spec.kind == ServiceType::LoadBalancer
}

pub(super) fn health_check(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (Service { spec, .. }, path) in services(topology) {
        let local = spec.external_traffic_policy == Some(TrafficPolicy::Local);
        if spec.health_check_node_port.is_some() && !(is_balanced(spec) && local) {
            let path = format!("{path}/healthCheckNodePort");
            let finding = Diagnostic::error(Code::UnusedValue, path, "nobody asks nodes which of them has a pod");
            findings.push(finding.with_hint("set the type to LoadBalancer and externalTrafficPolicy to Local"));
        }
    }
}

pub(super) fn affinity(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (Service { spec, .. }, path) in services(topology) {
        if spec.session_affinity_config.is_some() && spec.session_affinity == SessionAffinity::None {
            let path = format!("{path}/sessionAffinityTimeoutSeconds");
            let finding = Diagnostic::error(Code::UnusedValue, path, "clients keep to no pod");
            findings.push(finding.with_hint("set sessionAffinity to ClientIP"));
        }
    }
}

pub(super) fn families(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let headless = (&topology.voters.headless.families, "/services/headless");
    let others = services(topology).map(|(service, path)| (&service.spec.families, path));
    for (Families { ip_family_policy, ip_families }, path) in std::iter::once(headless).chain(others) {
        let path = format!("{path}/ipFamilies");
        if ip_families.iter().enumerate().any(|(i, family)| ip_families[..i].contains(family)) {
            findings.push(Diagnostic::error(Code::NameClash, path, "a family is listed twice"));
        } else if ip_families.len() > 1 && matches!(ip_family_policy, None | Some(IpFamilyPolicy::SingleStack)) {
            let finding = Diagnostic::error(Code::InvalidValue, path, "a Service has one family, and here are two");
            findings.push(finding.with_hint("set ipFamilyPolicy to PreferDualStack or RequireDualStack"));
        }
    }
}

pub(super) fn cluster_ip(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (Service { spec, .. }, path) in services(topology) {
        let address = spec.cluster_ip.as_ref().and_then(|address| address.as_str().parse::<IpAddr>().ok());
        let family = address.map(|address| if address.is_ipv4() { IpFamily::IPv4 } else { IpFamily::IPv6 });
        let first = spec.families.ip_families.first();
        if let (Some(family), Some(first)) = (family, first)
            && family != *first
        {
            let message = format!("this is an address of {family:?}, but the first of ipFamilies is {first:?}");
            findings.push(Diagnostic::error(Code::InvalidValue, format!("{path}/clusterIP"), message));
        }
    }
}

/// API servers from Kubernetes 1.36 on refuse them.
pub(super) fn source_ranges(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (Service { spec, .. }, path) in services(topology) {
        for (index, range) in spec.load_balancer_source_ranges.iter().enumerate() {
            super::policy::stray_bits(range, format!("{path}/loadBalancerSourceRanges/{index}"), findings);
        }
    }
}

/// The API server refuses addresses that lead to no node of the cluster.
pub(super) fn external_ips(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (Service { spec, .. }, path) in services(topology) {
        for (index, text) in spec.external_ips.iter().enumerate() {
            let address = text.as_str().parse::<IpAddr>().ok().map(|address| address.to_canonical());
            let Some(what) = address.and_then(special) else { continue };
            let path = format!("{path}/externalIPs/{index}");
            let finding = Diagnostic::error(Code::InvalidValue, path, format!("{text} is {what}"));
            findings.push(finding.with_hint("take an address that is routed to the nodes"));
        }
    }
}

/// What an address means that leads nowhere from outside.
fn special(address: IpAddr) -> Option<&'static str> {
    let (link_local, to_the_link) = match address {
        IpAddr::V4(address) => (address.is_link_local(), address.octets()[..3] == [224, 0, 0]),
        IpAddr::V6(address) => (address.is_unicast_link_local(), address.segments()[0] & 0xff0f == 0xff02),
    };
    let meanings = [
        (address.is_unspecified(), "no address at all"),
        (address.is_loopback(), "each machine's own"),
        (link_local || to_the_link, "known on one link only"),
    ];
    meanings.into_iter().find_map(|(is, what)| is.then_some(what))
}

pub(super) fn traffic_distribution(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (Service { spec, .. }, path) in services(topology) {
        let Some(distribution) = spec.traffic_distribution else { continue };
        let minor = match distribution {
            TrafficDistribution::PreferClose => 31,
            TrafficDistribution::PreferSameZone | TrafficDistribution::PreferSameNode => 34,
        };
        if topology.kube_version < kubernetes::version(minor) {
            let path = format!("{path}/trafficDistribution");
            findings.push(kubernetes::too_old(topology, path, &format!("{distribution:?}"), minor));
        }
    }
}

pub(super) fn placeholders(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (path, text) in &topology.services.templates {
        for word in placeholder::unknown(text) {
            let message = format!("{word} stands for nothing and stays as it is");
            let hint = format!("the placeholders are {}", placeholder::PLACEHOLDERS.join(" and "));
            findings.push(Diagnostic::warning(Code::UnknownPlaceholder, path, message).with_hint(hint));
        }
    }
}

pub(super) fn advertised(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    const PATH: &str = "/services/perPod/advertise";
    let argument = topology.voters.arguments.iter().find(|argument| argument.setting == PATH);
    let Some(template) = argument.and_then(Argument::value) else { return };
    let addresses = [topology.voters.members.first(), topology.voters.members.last()]
        .map(|member| member.map_or_else(String::new, |member| placeholder::filled(template, member)));
    if addresses[0] == addresses[1] && topology.voters.members.len() > 1 {
        let finding = Diagnostic::error(Code::NameClash, PATH, "all pods would have the same address");
        findings.push(finding.with_hint("write {ordinal} or {pod} into it"));
    }
    let is_port = |address: &str| address.rsplit_once(':').and_then(|(_, port)| port.parse().ok()) > Some(0_u16);
    if let Some(wrong) = addresses.iter().find(|address| !is_port(address)) {
        findings.push(Diagnostic::error(Code::OutOfRange, PATH, format!("there is no such port in {wrong}")));
    }
    if let Some(wrong) = addresses.iter().find(|address| is_like_a_url(address)) {
        let message = format!("rqlited takes {wrong} for a URL, because it begins with \"http\", and ends");
        findings.push(Diagnostic::error(Code::InvalidValue, PATH, message).with_hint("take another host name"));
    }
    let leads_nowhere = |address: &&String| {
        let host = address.rsplit_once(':').and_then(|(host, _)| host.parse::<IpAddr>().ok());
        host.is_some_and(|host| host.is_unspecified())
    };
    if let Some(wrong) = addresses.iter().find(leads_nowhere) {
        let finding = Diagnostic::error(Code::InvalidValue, PATH, format!("nobody can be reached at {wrong}"));
        findings.push(finding.with_hint("rqlited refuses it: write where clients reach the pod"));
    }
}
