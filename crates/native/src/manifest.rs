//! Rendered documents read back: what Kubernetes will see.
//!
//! In: [`Document`]s. Out: [`Manifest`]s, or findings about documents that are no objects. They are read as strictly as values:
//! what readers of YAML disagree about, the API server may read otherwise than whoever wrote the template.

use rqchart_core::diagnostic::{Code, Diagnostic};
use rqchart_core::topology::is_cluster_scoped;
use serde_json::Value;

use crate::Document;
use crate::layers;

/// A Kubernetes object.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// The template it came from.
    pub template: String,
    /// As [`Document::path`].
    pub path: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its namespace, if it is in one.
    pub namespace: Option<String>,
    /// All of it.
    pub object: Value,
}

impl Manifest {
    /// Whether objects of this kind are in no namespace.
    pub fn is_cluster_scoped(&self) -> bool {
        is_cluster_scoped(&self.kind)
    }

    /// Whether it is an object of somebody's own.
    pub fn is_extra(&self) -> bool {
        self.path.starts_with("/extraObjects/")
    }

    /// What its pods are made from, if it is one of Kubernetes' own kinds that make pods.
    pub fn pod_template(&self) -> Option<&Value> {
        let pointer = match (self.text("/apiVersion")?, self.kind.as_str()) {
            ("apps/v1", "DaemonSet" | "Deployment" | "ReplicaSet" | "StatefulSet") | ("batch/v1", "Job") => {
                "/spec/template"
            }
            ("batch/v1", "CronJob") => "/spec/jobTemplate/spec/template",
            _ => return None,
        };
        self.object.pointer(pointer)
    }

    /// The text at a JSON pointer.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        text(&self.object, pointer)
    }
}

/// The text at a JSON pointer, which need not be there.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}

/// The entries of the list at a JSON pointer, which need not be there.
pub(crate) fn list<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
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
                findings.push(Diagnostic::error(Code::InvalidManifest, document.path.clone(), message));
            }
        }
    }
    if findings.is_empty() { Ok(manifests) } else { Err(findings) }
}

fn read(document: &Document) -> Result<Manifest, String> {
    let read = layers::document(&document.template, &document.text);
    if let Some(finding) = read.diagnostics().first() {
        let line = finding.location.as_ref().map_or(0, |location| location.line);
        return Err(format!("line {line}: {}", finding.message));
    }
    let manifest = of_object(&document.template, read.into_values())?;
    Ok(Manifest { path: document.path.clone(), ..manifest })
}

/// An object as a manifest.
pub(crate) fn of_object(source: &str, object: Value) -> Result<Manifest, String> {
    let text = |pointer: &str| text(&object, pointer).map(str::to_owned);
    let required =
        |pointer: &str| text(pointer).ok_or_else(|| format!("there is no {}", &pointer[1..].replace('/', ".")));
    required("/apiVersion")?;
    Ok(Manifest {
        template: source.to_owned(),
        path: String::new(),
        kind: required("/kind")?,
        name: required("/metadata/name")?,
        namespace: text("/metadata/namespace"),
        object,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Manifest, String> {
        let document = Document::from_template("t.yaml", text.to_owned());
        parse(&[document]).map(|mut manifests| manifests.remove(0)).map_err(|mut findings| {
            assert_eq!((findings.len(), findings[0].code), (1, Code::InvalidManifest));
            findings.remove(0).message
        })
    }

    #[test]
    fn an_object_is_known_by_kind_name_and_namespace() {
        let service =
            parsed("apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: b}\nspec: {type: c}\n").unwrap();
        assert_eq!(
            (service.kind.as_str(), service.name.as_str(), service.namespace.as_deref()),
            ("Service", "a", Some("b"))
        );
        assert_eq!(service.text("/spec/type"), Some("c"));
        assert!(!service.is_cluster_scoped());
        let volume = parsed("apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: a}\n").unwrap();
        assert!(volume.is_cluster_scoped() && volume.namespace.is_none());
    }

    #[test]
    fn what_is_missing_is_named() {
        let whole = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n";
        for (line, path) in
            [("apiVersion: v1", "apiVersion"), ("kind: Service", "kind"), ("metadata: {name: a}", "metadata.name")]
        {
            assert_eq!(parsed(&whole.replace(line, "")).unwrap_err(), format!("t.yaml: there is no {path}"));
        }
        assert_eq!(parsed(&whole.replace("name: a", "name: 1")).unwrap_err(), "t.yaml: there is no metadata.name");
    }

    #[test]
    fn what_is_not_yaml_or_has_a_key_twice_is_refused() {
        assert!(parsed("a: b: c\n").is_err());
        let twice = parsed("apiVersion: v1\nkind: Service\nmetadata: {name: a, name: b}\n").unwrap_err();
        assert_eq!(twice, "t.yaml: line 3: `name` is set already in line 3");
        let octal = parsed("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {defaultMode: 0644}\n").unwrap_err();
        assert_eq!(octal, "t.yaml: line 4: `0644` is 644 in YAML 1.2 and 420 in YAML 1.1");
    }

    #[test]
    fn a_text_is_one_document() {
        let object = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n";
        for between in ["--- !!map\n", "...\n---\n", "...\n"] {
            let said = parsed(&format!("{object}{between}{object}")).unwrap_err();
            assert!(said.ends_with(": another document begins here"), "{between:?}: {said}");
        }
        assert!(parsed(&format!("{object}---\n")).is_ok());
    }

    #[test]
    fn every_broken_document_is_reported() {
        let document = |text: &str| Document::from_template("t.yaml", text.to_owned());
        assert_eq!(parse(&[document("a"), document("b: {"), document("c: 1")]).unwrap_err().len(), 3);
    }
}
