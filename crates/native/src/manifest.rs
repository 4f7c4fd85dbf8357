//! Rendered documents read back: what Kubernetes will see.
//!
//! In: [`Document`]s. Out: [`Manifest`]s, or findings about documents that are no objects.

use rqchart_core::diagnostic::{Code, Diagnostic};
use serde_json::Value;

use crate::Document;

/// A Kubernetes object.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// The template it came from.
    pub template: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its namespace, if it is in one.
    pub namespace: Option<String>,
    /// All of it.
    pub object: Value,
}

/// Kinds that are in no namespace.
const CLUSTER_SCOPED: &[&str] = &[
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "Namespace",
    "PersistentVolume",
    "PriorityClass",
    "StorageClass",
];

impl Manifest {
    /// Whether objects of this kind are in no namespace.
    pub fn is_cluster_scoped(&self) -> bool {
        CLUSTER_SCOPED.contains(&self.kind.as_str())
    }

    /// The text at a JSON pointer.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.object.pointer(pointer)?.as_str()
    }
}

/// Reads documents back.
///
/// # Errors
///
/// Findings about documents that are not YAML, or not objects with an API version, a kind and a name.
pub fn parse(documents: &[Document]) -> Result<Vec<Manifest>, Vec<Diagnostic>> {
    let mut findings = Vec::new();
    let mut manifests = Vec::new();
    for document in documents {
        match read(document) {
            Ok(manifest) => manifests.push(manifest),
            Err(reason) => {
                let message = format!("{}: {reason}", document.template);
                findings.push(Diagnostic::error(Code::InvalidManifest, "", message));
            }
        }
    }
    if findings.is_empty() { Ok(manifests) } else { Err(findings) }
}

fn read(document: &Document) -> Result<Manifest, String> {
    // Through serde_yaml's own value: read straight into JSON, the second of two equal keys would win without a word.
    let yaml: serde_yaml::Value = serde_yaml::from_str(&document.text).map_err(|error| error.to_string())?;
    let object = serde_json::to_value(yaml).map_err(|error| error.to_string())?;
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let required =
        |pointer: &str| text(pointer).ok_or_else(|| format!("there is no {}", &pointer[1..].replace('/', ".")));
    required("/apiVersion")?;
    Ok(Manifest {
        template: document.template.clone(),
        kind: required("/kind")?,
        name: required("/metadata/name")?,
        namespace: text("/metadata/namespace"),
        object,
    })
}
