//! Kinds of the Gateway API (1.6, standard channel), as far as they are rendered.
//!
//! Written down from the CRDs' schemas, because no crate has these types for this version of Kubernetes' own: a field that
//! is not here is unknown to them, or new to the chart and then belongs here.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct HttpRoute {
    api_version: String,
    kind: String,
    metadata: ObjectMeta,
    spec: HttpRouteSpec,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct HttpRouteSpec {
    parent_refs: Vec<ParentReference>,
    #[serde(default)]
    hostnames: Vec<String>,
    rules: [HttpRouteRule; 1],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct HttpRouteRule {
    #[serde(default)]
    matches: Vec<HttpRouteMatch>,
    backend_refs: Vec<BackendRef>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HttpRouteMatch {
    path: HttpPathMatch,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HttpPathMatch {
    r#type: HttpPathMatchType,
    value: String,
}

#[derive(Serialize, Deserialize)]
enum HttpPathMatchType {
    Exact,
    PathPrefix,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct TlsRoute {
    api_version: String,
    kind: String,
    metadata: ObjectMeta,
    spec: TlsRouteSpec,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct TlsRouteSpec {
    parent_refs: Vec<ParentReference>,
    hostnames: Vec<String>,
    rules: [TlsRouteRule; 1],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct TlsRouteRule {
    backend_refs: Vec<BackendRef>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ParentReference {
    group: String,
    kind: Option<String>,
    name: String,
    namespace: Option<String>,
    section_name: Option<String>,
    port: Option<u16>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BackendRef {
    name: String,
    port: u16,
}
