//! How the pods find other machines.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DnsName, Ip, ResolverOption, ResolverValue};

/// Names of one address, as in /etc/hosts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HostAlias {
    /// The address.
    pub ip: Ip,
    /// Its names.
    pub hostnames: Vec<DnsName>,
}

/// Whom pods ask for names. Kubernetes' `Default` (as the node does) is left out: the members would not find each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum DnsPolicy {
    /// The cluster's DNS.
    #[default]
    ClusterFirst,
    /// Only those in dnsConfig, who must know the cluster's names too.
    None,
}

/// Additions to the pods' resolver, or all of it with `dnsPolicy: None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct DnsConfig {
    /// Addresses of name servers; three are the most.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nameservers: Vec<Ip>,
    /// Domains in which short names are looked up.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub searches: Vec<DnsName>,
    /// Options of the resolver, such as `ndots`.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<DnsOption>,
}

impl DnsConfig {
    /// Whether it says nothing.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An option of the resolver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DnsOption {
    /// Its name.
    pub name: ResolverOption,
    /// Its number, if it takes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<ResolverValue>,
}
