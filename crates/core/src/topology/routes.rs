//! Ways from outside to the Service for clients, by host name: Ingress and the Gateway API.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Metadata;
use crate::values::{self, IngressPath, IngressTls, ParentRef, PathType, RoutePath, UrlPath, Values};

/// An Ingress to the Service for clients.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Ingress {
    /// Whose controller serves it.
    pub class_name: Option<String>,
    /// The hosts that it answers for, each with at least one path.
    pub hosts: Vec<IngressHost>,
    /// Certificates.
    pub tls: Vec<IngressTls>,
    /// All of its labels.
    #[serde(skip)] // an object's metadata has them
    pub labels: BTreeMap<String, String>,
    /// All of its annotations.
    #[serde(skip)] // an object's metadata has them
    pub annotations: BTreeMap<String, String>,
}

/// A host of an Ingress.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct IngressHost {
    /// Its name.
    pub host: String,
    /// The paths that lead to rqlite.
    pub paths: Vec<IngressPath>,
}

impl Ingress {
    /// `https` is whether rqlite itself speaks TLS to clients: nginx must be told, or it answers 400 to everything.
    pub(super) fn resolve(values: &Values, metadata: &Metadata, https: bool) -> Option<Self> {
        let ingress = &values.ingress;
        if ingress.hosts.is_empty() {
            return None;
        }
        let mut annotations = metadata.annotations.clone();
        if https {
            annotations.insert("nginx.ingress.kubernetes.io/backend-protocol".to_owned(), "HTTPS".to_owned());
        }
        annotations.extend(super::metadata::texts(&ingress.annotations));
        Some(Self {
            class_name: ingress.class_name.as_ref().map(ToString::to_string),
            hosts: ingress.hosts.iter().map(IngressHost::resolve).collect(),
            tls: ingress.tls.clone(),
            labels: metadata.labels_with(&ingress.labels),
            annotations,
        })
    }
}

impl IngressHost {
    fn resolve(host: &values::IngressHost) -> Self {
        let mut paths = host.paths.clone();
        if paths.is_empty() {
            paths.push(IngressPath { path: UrlPath::known("/"), path_type: PathType::Prefix });
        }
        Self { host: host.host.to_string(), paths }
    }
}

/// Routes of the Gateway API.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Gateway {
    /// For Gateways that speak HTTP.
    pub http_route: Option<Route>,
    /// For Gateways that pass on TLS connections by name.
    pub tls_route: Option<Route>,
}

/// An HTTPRoute, or a TLSRoute.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Route {
    /// What it belongs to.
    pub parent_refs: Vec<Parent>,
    /// The hosts that it is for; none means all.
    pub hostnames: Vec<String>,
    /// The paths that lead to rqlite; none means all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<RoutePath>,
    /// All of its labels.
    #[serde(skip)] // an object's metadata has them
    pub labels: BTreeMap<String, String>,
    /// All of its annotations.
    #[serde(skip)] // an object's metadata has them
    pub annotations: BTreeMap<String, String>,
}

/// What a route belongs to, in Kubernetes' form.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Parent {
    /// The API group, which is the same for all kinds.
    pub group: &'static str,
    /// The rest.
    #[serde(flatten)]
    pub reference: ParentRef,
}

impl Gateway {
    pub(super) fn resolve(values: &Values, metadata: &Metadata) -> Self {
        let (http, tls) = (&values.gateway.http_route, &values.gateway.tls_route);
        Self {
            http_route: (!http.parent_refs.is_empty()).then(|| Route {
                parent_refs: parents(&http.parent_refs),
                hostnames: http.hostnames.iter().map(ToString::to_string).collect(),
                paths: http.paths.clone(),
                labels: metadata.labels_with(&http.labels),
                annotations: metadata.annotations_with(&http.annotations),
            }),
            tls_route: (!tls.parent_refs.is_empty()).then(|| Route {
                parent_refs: parents(&tls.parent_refs),
                hostnames: tls.hostnames.iter().map(ToString::to_string).collect(),
                paths: Vec::new(),
                labels: metadata.labels_with(&tls.labels),
                annotations: metadata.annotations_with(&tls.annotations),
            }),
        }
    }
}

fn parents(references: &[ParentRef]) -> Vec<Parent> {
    let parent = |reference: &ParentRef| Parent { group: "gateway.networking.k8s.io", reference: reference.clone() };
    references.iter().map(parent).collect()
}

/// Settings of an Ingress or a route that is not rendered, each with the setting that it lacks.
pub(super) fn unused(values: &Values) -> Vec<(&'static str, &'static str)> {
    let (ingress, http, tls) = (&values.ingress, &values.gateway.http_route, &values.gateway.tls_route);
    let settings = [
        (ingress.hosts.is_empty() && ingress.class_name.is_some(), "/ingress/className", "/ingress/hosts"),
        (ingress.hosts.is_empty() && !ingress.tls.is_empty(), "/ingress/tls", "/ingress/hosts"),
        (
            http.parent_refs.is_empty() && !http.hostnames.is_empty(),
            "/gateway/httpRoute/hostnames",
            "/gateway/httpRoute/parentRefs",
        ),
        (
            http.parent_refs.is_empty() && !http.paths.is_empty(),
            "/gateway/httpRoute/paths",
            "/gateway/httpRoute/parentRefs",
        ),
        (
            tls.parent_refs.is_empty() && !tls.hostnames.is_empty(),
            "/gateway/tlsRoute/hostnames",
            "/gateway/tlsRoute/parentRefs",
        ),
    ];
    settings.into_iter().filter(|(unused, ..)| *unused).map(|(_, setting, lacks)| (setting, lacks)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::release;
    use crate::topology::Names;

    #[test]
    fn nginx_learns_that_rqlite_speaks_tls_also_without_other_annotations() {
        let release = release::example();
        let annotations = |own: serde_json::Value, https| {
            let ingress = json!({ "ingress": { "hosts": [{ "host": "db.example.com" }], "annotations": own } });
            let values = crate::schema::validate(&ingress).unwrap();
            let names = Names::resolve(&values, &release);
            let metadata = Metadata::resolve(&values, &release, &names);
            Ingress::resolve(&values, &metadata, https).unwrap().annotations
        };
        let key = "nginx.ingress.kubernetes.io/backend-protocol";
        assert!(annotations(json!({}), false).is_empty());
        assert_eq!(annotations(json!({}), true)[key], "HTTPS");
        assert_eq!(annotations(json!({ "a": "b" }), true).len(), 2);
        assert_eq!(annotations(json!({ key: "GRPCS" }), true)[key], "GRPCS");
    }
}
