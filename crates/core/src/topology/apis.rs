//! APIs that a cluster has only if somebody installed them.

use super::Topology;

/// A kind of object that is rendered only on request, and that Kubernetes itself does not know.
#[derive(Debug, Clone, Copy)]
pub struct OptionalApi {
    /// The group and version: `gateway.networking.k8s.io/v1`.
    pub api_version: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// Who brings it.
    pub from: &'static str,
    /// The JSON pointer of the setting that asks for it.
    pub setting: &'static str,
    /// Whether it is rendered.
    pub is_rendered: fn(&Topology) -> bool,
}

/// Every such kind. A kind that is added to the chart gets a line here and its form in `tests/render/conformance.rs`.
pub const OPTIONAL_APIS: &[OptionalApi] = &[
    OptionalApi {
        api_version: "cert-manager.io/v1",
        kind: "Certificate",
        from: "cert-manager",
        setting: "/tls",
        is_rendered: |topology| !topology.access.certificates.is_empty(),
    },
    OptionalApi {
        api_version: "gateway.networking.k8s.io/v1",
        kind: "HTTPRoute",
        from: "the Gateway API",
        setting: "/gateway/httpRoute/parentRefs",
        is_rendered: |topology| topology.gateway.http_route.is_some(),
    },
    OptionalApi {
        api_version: "gateway.networking.k8s.io/v1",
        kind: "TLSRoute",
        from: "the Gateway API 1.5",
        setting: "/gateway/tlsRoute/parentRefs",
        is_rendered: |topology| topology.gateway.tls_route.is_some(),
    },
    OptionalApi {
        api_version: "monitoring.coreos.com/v1",
        kind: "PodMonitor",
        from: "the Prometheus operator",
        setting: "/metrics/podMonitor/enabled",
        is_rendered: |topology| topology.monitoring.pod_monitor.is_some(),
    },
    OptionalApi {
        api_version: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        from: "the Prometheus operator",
        setting: "/metrics/alerts/enabled",
        is_rendered: |topology| topology.monitoring.alerts.is_some(),
    },
];
