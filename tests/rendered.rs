//! What the built-in chart makes of values.

use rqchart::{Chart, Manifest, Renderer};
use rqchart_core::release::{KubeVersion, Release};
use serde_json::{Value, json};

use crate::drill::credentials::Credentials;
use crate::drill::variant::Variant;

/// Renders values as release `rqdb`, read back and checked.
pub fn rendered(values: &Value) -> Vec<Manifest> {
    let chart = Chart::embedded();
    let release = Release::new("rqdb", "default", chart.info().clone(), KubeVersion::DEFAULT).unwrap();
    let rendering = Renderer::new(chart).unwrap().lint(values, &release).unwrap();
    assert!(!rendering.documents.is_empty(), "{:?}", rendering.diagnostics);
    rqchart::manifest::parse(&rendering.documents).unwrap()
}

/// One of the objects.
pub fn object(manifests: &[Manifest], kind: &str, name: &str) -> Value {
    let found = manifests.iter().find(|manifest| manifest.kind == kind && manifest.name == name);
    found.unwrap_or_else(|| panic!("no {kind} {name}")).object.clone()
}

/// The values of `chart/examples` with users and certificates.
pub fn secured() -> Value {
    Variant::Secured.values(&json!({})).unwrap()
}

/// The Secrets that they need for HTTP.
pub fn secrets(credentials: &Credentials) -> Vec<Value> {
    credentials.secrets(&[object(&rendered(&secured()), "Certificate", "rqdb-client-tls")]).unwrap()
}
