//! Changes that somebody makes to what templates rendered.
//!
//! In: [`Document`]s and the [`Topology`] that they come from, which has the patches. Out: the same documents, those that a
//! patch touches written anew (their comments are lost), the others byte for byte as they were; and findings. What came of
//! it is read back and checked like everything else.

mod identity;
mod merge;
mod operations;

use rqchart_core::diagnostic::{Code, Diagnostic, closest};
use rqchart_core::topology::Topology;
use rqchart_core::values::Patch;
use serde_json::Value;

use crate::{Document, Manifest, escape, manifest};

/// Why a patch cannot be applied, and to which of its parts (a JSON pointer within the patch) that is due.
#[derive(Debug, PartialEq)]
struct Failure {
    at: String,
    message: String,
}

/// Applies all patches in their order.
pub(crate) fn apply(documents: &mut [Document], topology: &Topology) -> Vec<Diagnostic> {
    let mut manifests = match manifest::parse(documents) {
        Ok(manifests) => manifests,
        Err(findings) => return findings,
    };
    let mut findings = Vec::new();
    for (index, patch) in topology.patches.iter().enumerate() {
        let at_patch = format!("/patches/{index}");
        if !manifests.iter().any(|manifest| is_meant(patch, manifest)) {
            findings.push(without_target(patch, &manifests, &at_patch));
            continue;
        }
        for (manifest, document) in manifests.iter_mut().zip(&mut *documents) {
            if !is_meant(patch, manifest) {
                continue;
            }
            match changed(&manifest.object, patch) {
                Ok(object) => {
                    findings.extend(identity::check(&manifest.object, &object, patch, &at_patch, topology));
                    manifest.object = object;
                    document.path.clone_from(&at_patch);
                }
                Err(Failure { at, message }) => {
                    let message = format!("{} {}: {message}", manifest.kind, manifest.name);
                    findings.push(Diagnostic::error(Code::PatchFailed, format!("{at_patch}{at}"), message));
                }
            }
        }
    }
    for (manifest, document) in manifests.iter().zip(documents).filter(|(_, document)| !document.path.is_empty()) {
        document.text = escape::document(&manifest.object);
    }
    findings
}

fn is_meant(patch: &Patch, manifest: &Manifest) -> bool {
    manifest.kind == patch.kind.as_str() && patch.name.as_ref().is_none_or(|name| name.as_str() == manifest.name)
}

/// The object after the patch.
fn changed(object: &Value, patch: &Patch) -> Result<Value, Failure> {
    let mut object = object.clone();
    if let (Some(patch), Value::Object(object)) = (&patch.merge, &mut object) {
        merge::map(object, patch, "/merge")?;
    }
    operations::apply(&mut object, patch.json.as_deref().unwrap_or_default())?;
    Ok(object)
}

fn without_target(patch: &Patch, manifests: &[Manifest], at: &str) -> Diagnostic {
    let called = |kind: &str| -> Vec<&str> {
        manifests.iter().filter(|manifest| manifest.kind == kind).map(|manifest| manifest.name.as_str()).collect()
    };
    let kind = patch.kind.as_str();
    let (key, message, word, mut known) = match (&patch.name, called(kind)) {
        (Some(name), known) if !known.is_empty() => {
            ("name", format!("no {kind} called {:?} is rendered", name.as_str()), name.as_str(), known)
        }
        _ => {
            let kinds = manifests.iter().map(|manifest| manifest.kind.as_str()).collect();
            ("kind", format!("no {kind} is rendered"), kind, kinds)
        }
    };
    known.dedup();
    let hint = match closest(word, known.iter().copied()) {
        Some(meant) => format!("did you mean {meant:?}?"),
        None if known.len() > 20 => format!("rendered are {} and {} more", known[..20].join(", "), known.len() - 20),
        None => format!("rendered are {}", known.join(", ")),
    };
    Diagnostic::error(Code::PatchTarget, format!("{at}/{key}"), message).with_hint(hint)
}

#[cfg(test)]
mod tests;
