//! How the pods find names.

use crate::diagnostic::{Code, Diagnostic};
use crate::topology::Topology;
use crate::values::DnsPolicy;

/// What the API server refuses in a resolver.
pub(super) fn resolver(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let surroundings = &topology.voters.pod.surroundings;
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
    for (index, alias) in topology.voters.pod.surroundings.host_aliases.iter().enumerate() {
        for (number, name) in alias.hostnames.iter().enumerate() {
            let mut members = topology.sets().flat_map(|set| &set.members);
            if members.any(|member| member.address == name.as_str() || member.pod == name.as_str()) {
                let path = format!("/hostAliases/{index}/hostnames/{number}");
                let message = format!("{name} is a member of this cluster");
                findings.push(Diagnostic::error(Code::ReservedName, path, message).with_hint("leave it to DNS"));
            }
        }
    }
}
