//! Ways from outside to the Service for clients, by host name: Ingress and the Gateway API.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AbsolutePath, Annotations, DnsLabel, DnsName, HostPattern, Labels, Port, UrlPath};

/// An Ingress to the Service for clients; rendered when it has hosts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Ingress {
    /// The IngressClass, which says whose controller serves it; null means the cluster's default one.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "network", "effect": "none", "also": ["ingress.ingressClassName"] }))]
    pub class_name: Option<DnsName>,
    /// The hosts that it answers for; empty renders no Ingress. Without users and passwords in rqlite, whoever reaches a host reads and writes everything.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "network", "effect": "none", "also": ["ingress.enabled", "ingress.path", "ingress.pathType"] }))]
    pub hosts: Vec<IngressHost>,
    /// Certificates that the controller shows.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "network", "effect": "none" }))]
    pub tls: Vec<IngressTls>,
    /// Labels of the Ingress.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none", "also": ["ingress.extraLabels"] }))]
    pub labels: Labels,
    /// Annotations of the Ingress, which its controller reads.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub annotations: Annotations,
}

/// A host of an Ingress.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct IngressHost {
    /// Its name.
    pub host: HostPattern,
    /// The paths that lead to rqlite; none means all of them.
    #[serde(default)]
    pub paths: Vec<IngressPath>,
}

/// A path of an Ingress.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct IngressPath {
    /// The path. rqlite sees it as it is, unless the controller rewrites it.
    pub path: UrlPath,
    /// How it is compared.
    #[serde(default)]
    pub path_type: PathType,
}

/// How a path of an Ingress is compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PathType {
    /// It and what is below it.
    #[default]
    Prefix,
    /// It alone.
    Exact,
    /// As the controller likes.
    ImplementationSpecific,
}

/// A certificate of an Ingress.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct IngressTls {
    /// The Secret with certificate and key; none means the controller's own certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_name: Option<DnsName>,
    /// The hosts that it is for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<HostPattern>,
}

/// Routes of the Gateway API to the Service for clients.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Gateway {
    /// For Gateways that speak HTTP, with or without TLS; rendered when it has parentRefs. With `tls.client` a Gateway reaches rqlite only by a BackendTLSPolicy, which can be one of extraObjects.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub http_route: HttpRoute,
    /// For Gateways that pass on connections by the name in their TLS handshake; rendered when it has parentRefs. With `tls.client` the listener must leave TLS to rqlite (mode Passthrough), without it the listener must end it (mode Terminate).
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub tls_route: TlsRoute,
}

/// An HTTPRoute.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct HttpRoute {
    /// The Gateways that it belongs to; empty renders no HTTPRoute. Without users and passwords in rqlite, whoever reaches one reads and writes everything.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub parent_refs: Vec<ParentRef>,
    /// The hosts that it is for, at most 16; empty means all of the Gateway's.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub hostnames: Vec<HostPattern>,
    /// The paths that lead to rqlite; empty means all of them.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub paths: Vec<RoutePath>,
    /// Labels of the route.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub labels: Labels,
    /// Annotations of the route.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub annotations: Annotations,
}

/// A TLSRoute, which Gateway API has as v1 since 1.5.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct TlsRoute {
    /// The Gateways that it belongs to; empty renders no TLSRoute. Without users and passwords in rqlite, whoever reaches one reads and writes everything.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub parent_refs: Vec<ParentRef>,
    /// The hosts that it is for; at least one.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub hostnames: Vec<HostPattern>,
    /// Labels of the route.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "none" }))]
    pub labels: Labels,
    /// Annotations of the route.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub annotations: Annotations,
}

/// What a route belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ParentRef {
    /// Whether it is a Gateway or a set of listeners; none means a Gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ParentKind>,
    /// Its name.
    pub name: DnsName,
    /// Its namespace; none means the release's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<DnsLabel>,
    /// The name of one of its listeners; none means all that take the route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section_name: Option<DnsName>,
    /// The port of its listeners; none means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<Port>,
}

/// What kind of object a route belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ParentKind {
    /// Listeners with an address.
    #[default]
    Gateway,
    /// Further listeners of a Gateway.
    ListenerSet,
}

/// A path of an HTTPRoute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RoutePath {
    /// The path. rqlite sees it as it is.
    pub path: AbsolutePath,
    /// How it is compared.
    #[serde(default)]
    pub path_type: RoutePathType,
}

/// How a path of an HTTPRoute is compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum RoutePathType {
    /// It and what is below it.
    #[default]
    PathPrefix,
    /// It alone.
    Exact,
}
