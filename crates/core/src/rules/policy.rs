//! The NetworkPolicy.

use std::net::IpAddr;

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};
use crate::topology::{NetworkPolicy, Topology};
use crate::values::{Cidr, LabelSelector, NetworkPeer, NetworkPort, Port, Protocol};

const CLIENTS: &str = "/networkPolicy/clients";
const SCRAPERS: &str = "/metrics/exporter/scrapers";
const INGRESS: &str = "/networkPolicy/ingress";
const EGRESS: &str = "/networkPolicy/egress/rules";

/// Every peer, with the pointer to it.
fn peers(policy: &NetworkPolicy) -> Vec<(&NetworkPeer, String)> {
    let clients = policy.clients.iter().enumerate().map(|(i, peer)| (peer, format!("{CLIENTS}/{i}")));
    let ways_in = policy.ingress.iter().enumerate().map(|(i, rule)| (&rule.from, format!("{INGRESS}/{i}/from")));
    let ways_out = policy.egress.iter().enumerate().map(|(i, rule)| (&rule.to, format!("{EGRESS}/{i}/to")));
    let scrapers = policy.scrapers.iter().enumerate().map(|(i, peer)| (peer, format!("{SCRAPERS}/{i}")));
    let listed = ways_in
        .chain(ways_out)
        .flat_map(|(peers, path)| peers.iter().enumerate().map(move |(i, peer)| (peer, format!("{path}/{i}"))));
    clients.chain(scrapers).chain(listed).collect()
}

pub(super) fn peer_kinds(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (peer, path) in topology.network_policy.iter().flat_map(peers) {
        let selects = peer.pod_selector.is_some() || peer.namespace_selector.is_some();
        let message = match (selects, peer.ip_block.is_some()) {
            (false, false) => "Kubernetes refuses a peer that is nobody",
            (true, true) => "Kubernetes refuses a peer with both selectors and an ipBlock",
            _ => continue,
        };
        let finding = Diagnostic::error(Code::InvalidValue, path, message);
        findings.push(finding.with_hint("write podSelector and namespaceSelector, or an ipBlock"));
    }
}

pub(super) fn label_conditions(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (peer, path) in topology.network_policy.iter().flat_map(peers) {
        let selectors = [("podSelector", &peer.pod_selector), ("namespaceSelector", &peer.namespace_selector)];
        for (name, selector) in selectors {
            conditions(selector.as_ref(), &format!("{path}/{name}/matchExpressions"), findings);
        }
    }
}

fn conditions(selector: Option<&LabelSelector>, path: &str, findings: &mut Vec<Diagnostic>) {
    for (i, condition) in selector.iter().flat_map(|selector| selector.match_expressions.iter()).enumerate() {
        let path = format!("{path}/{i}/values");
        let operator = condition.operator;
        if operator.takes_values() && condition.values.is_empty() {
            findings.push(Diagnostic::error(Code::MissingKey, path, format!("{operator:?} needs values")));
        } else if !operator.takes_values() && !condition.values.is_empty() {
            findings.push(Diagnostic::error(Code::UnusedValue, path, format!("{operator:?} compares no values")));
        }
    }
}

pub(super) fn exceptions(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (peer, path) in topology.network_policy.iter().flat_map(peers) {
        let Some(block) = &peer.ip_block else { continue };
        for (i, except) in block.except.iter().enumerate().filter(|(_, except)| !is_within(except, &block.cidr)) {
            let message = format!("{except} is not a smaller range within {}", block.cidr);
            findings.push(Diagnostic::error(Code::InvalidValue, format!("{path}/ipBlock/except/{i}"), message));
        }
    }
}

pub(super) fn ranges(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (peer, path) in topology.network_policy.iter().flat_map(peers) {
        let Some(block) = &peer.ip_block else { continue };
        stray_bits(&block.cidr, format!("{path}/ipBlock/cidr"), findings);
        for (i, except) in block.except.iter().enumerate() {
            stray_bits(except, format!("{path}/ipBlock/except/{i}"), findings);
        }
    }
}

/// A range that is written by one of its addresses: newer API servers refuse it, the older ones warn.
pub(super) fn stray_bits(range: &Cidr, path: String, findings: &mut Vec<Diagnostic>) {
    let Some((is_v4, bits, length)) = parts(range) else { return };
    let first = bits & mask(length);
    if first != bits {
        let first = match u32::try_from(first >> 96) {
            Ok(first) if is_v4 => IpAddr::V4(first.into()),
            _ => IpAddr::V6(first.into()),
        };
        let finding = Diagnostic::warning(Code::InvalidValue, path, format!("{range} has more bits than its prefix"));
        findings.push(finding.with_hint(format!("write {first}/{length}")));
    }
}

/// Whether a range is of IPv4; its address as bits from the left; how many of them are its own.
fn parts(range: &Cidr) -> Option<(bool, u128, u32)> {
    let (address, length) = range.as_str().split_once('/')?;
    let (is_v4, bits) = match address.parse().ok()? {
        IpAddr::V4(address) => (true, u128::from(address.to_bits()) << 96),
        IpAddr::V6(address) => (false, address.to_bits()),
    };
    Some((is_v4, bits, length.parse().ok()?))
}

fn mask(length: u32) -> u128 {
    u128::MAX.checked_shl(128 - length).unwrap_or(0)
}

/// Whether a range is a smaller one within another.
fn is_within(inner: &Cidr, outer: &Cidr) -> bool {
    let (Some((inner_v4, inner, longer)), Some((outer_v4, outer, length))) = (parts(inner), parts(outer)) else {
        return false;
    };
    inner_v4 == outer_v4 && longer > length && inner & mask(length) == outer & mask(length)
}

pub(super) fn port_ranges(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Some(policy) = &topology.network_policy else { return };
    let ways_in = policy.ingress.iter().enumerate().map(|(i, rule)| (&rule.ports, format!("{INGRESS}/{i}/ports")));
    let ways_out = policy.egress.iter().enumerate().map(|(i, rule)| (&rule.ports, format!("{EGRESS}/{i}/ports")));
    for (ports, path) in ways_in.chain(ways_out) {
        for (i, NetworkPort { port, end_port, .. }) in ports.iter().enumerate() {
            let path = format!("{path}/{i}/endPort");
            match (port.map(Port::get), end_port.map(Port::get)) {
                (None, Some(_)) => {
                    findings.push(Diagnostic::error(Code::InvalidValue, path, "a range needs a first port, too"));
                }
                (Some(first), Some(last)) if last < first => {
                    findings.push(Diagnostic::error(Code::OutOfRange, path, format!("{last} is less than {first}")));
                }
                _ => {}
            }
        }
    }
}

/// Ports that extra containers declare: somebody wants to reach them.
pub(super) fn blocked_ports(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Some(policy) = &topology.network_policy else { return };
    let open: Vec<_> = policy.ingress.iter().map(|rule| &rule.ports).collect();
    for (i, container) in topology.voters.pod.containers.iter().enumerate() {
        let ports = container.fields.get("ports").and_then(Value::as_array).into_iter().flatten();
        for (port, fields) in ports.filter_map(|fields| Some((fields.get("containerPort")?.as_i64()?, fields))) {
            let protocol = fields.get("protocol").and_then(Value::as_str).unwrap_or("TCP");
            let is_open = |open: &NetworkPort| open.protocol.name() == protocol && includes(open, port);
            if !open.iter().any(|ports| ports.is_empty() || ports.iter().any(is_open)) {
                let path = format!("/extraContainers/{i}");
                let message = format!("the network policy lets nobody reach port {port} of {}", container.name);
                let finding = Diagnostic::warning(Code::BlockedPort, path, message);
                findings.push(finding.with_hint("name the port in networkPolicy.ingress"));
            }
        }
    }
}

fn includes(open: &NetworkPort, port: i64) -> bool {
    let first = open.port.map(Port::get);
    first.is_none_or(|first| (first..=open.end_port.map_or(first, Port::get)).contains(&port))
}

/// What a setting calls must be among the ways out, as far as ports tell; one that nobody knows may be any.
pub(super) fn way_out(topology: &Topology, setting: &str, port: Option<i64>, findings: &mut Vec<Diagnostic>) {
    let Some(policy) = topology.network_policy.as_ref().filter(|policy| !policy.egress_to_all) else { return };
    let is_open = |ports: &Vec<NetworkPort>| {
        let leads_there =
            |open: &NetworkPort| open.protocol == Protocol::TCP && port.is_none_or(|port| includes(open, port));
        ports.is_empty() || ports.iter().any(leads_there)
    };
    if !policy.egress.iter().any(|rule| is_open(&rule.ports)) {
        let message = "the network policy does not let the pods get there";
        let finding = Diagnostic::warning(Code::BlockedPort, setting, message);
        findings.push(finding.with_hint("add a rule to networkPolicy.egress.rules"));
    }
}

pub(super) fn ways_out(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    if topology.network_policy.iter().any(|policy| policy.egress_to_all && !policy.egress.is_empty()) {
        let message = "the pods may talk to everybody anyway";
        let finding = Diagnostic::error(Code::UnusedValue, EGRESS, message);
        findings.push(finding.with_hint("set networkPolicy.egress.allowAll to false"));
    }
}

/// Somewhere a name server must answer, which rules may name as well: over UDP, at a port that nobody knows here.
pub(super) fn resolver(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Some(policy) = topology.network_policy.as_ref().filter(|policy| !policy.egress_to_all) else { return };
    let may_be_dns =
        |ports: &Vec<NetworkPort>| ports.is_empty() || ports.iter().any(|port| port.protocol == Protocol::UDP);
    if policy.dns_ports.is_empty() && !policy.egress.iter().any(|rule| may_be_dns(&rule.ports)) {
        let message = "the network policy lets no pod ask for the others' addresses";
        let finding = Diagnostic::error(Code::BlockedPort, "/networkPolicy/egress/dnsPorts", message);
        findings.push(finding.with_hint("leave it out, or name the port of the DNS server's pods"));
    }
}
