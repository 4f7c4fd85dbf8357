//! Manifests as text → objects.

use rqchart_core::diagnostic::{Code, Diagnostic};
use serde::Deserialize;
use serde_json::Value;

use crate::manifest::{Manifest, of_object};

/// Whether a text is manifests, and not values: its first document that is not empty says what kind of object it is.
///
/// ```
/// use rqchart::plan::stream::is_manifests;
/// assert!(is_manifests("# a comment\n---\n---\nkind: Service\napiVersion: v1\n"));
/// assert!(!is_manifests("replicas: 5\n"));
/// ```
pub fn is_manifests(text: &str) -> bool {
    let documents = serde_yaml::Deserializer::from_str(text).map(serde_yaml::Value::deserialize);
    let told = documents.filter(|document| !matches!(document, Ok(serde_yaml::Value::Null)));
    // A broken document may come before one that can be read; or the reader has lost its place, and finds no end.
    let first = told.take(2).find_map(Result::ok);
    first.is_some_and(|value| value.get("apiVersion").is_some() && value.get("kind").is_some())
}

/// Reads a stream of YAML documents, or JSON; lists of objects count as their objects.
///
/// # Errors
///
/// Findings about documents that are not YAML, or not objects with an API version, a kind and a name.
pub fn read(name: &str, text: &str) -> Result<Vec<Manifest>, Vec<Diagnostic>> {
    let (mut manifests, mut findings) = (Vec::new(), Vec::new());
    let finding = |reason: String| Diagnostic::error(Code::InvalidManifest, "", format!("{name}: {reason}"));
    for (number, document) in serde_yaml::Deserializer::from_str(text).enumerate() {
        let at = |reason: String| finding(format!("document {}: {reason}", number + 1));
        let object = serde_yaml::Value::deserialize(document)
            .map_err(|error| error.to_string())
            .and_then(|yaml| serde_json::to_value(yaml).map_err(|error| error.to_string()));
        match object {
            Ok(Value::Null) => {}
            Ok(object) => {
                for object in items(object) {
                    match of_object(name, object) {
                        Ok(manifest) => manifests.push(manifest),
                        Err(reason) => findings.push(at(reason)),
                    }
                }
            }
            Err(reason) => {
                findings.push(at(reason));
                break; // the reader has lost its place
            }
        }
    }
    if findings.is_empty() { Ok(manifests) } else { Err(findings) }
}

/// The objects of a list, or the one.
fn items(mut object: Value) -> Vec<Value> {
    let is_list = object["kind"].as_str().is_some_and(|kind| kind.ends_with("List"));
    match object.get_mut("items") {
        Some(Value::Array(items)) if is_list => std::mem::take(items),
        _ => vec![object],
    }
}
