//! A release's manifests as people take them away: the same text as the program writes.

use rqchart::bundle;
use rqchart_core::diagnostic::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::preview::render;
use super::request::{Input, chart};

/// A release's manifests.
#[derive(Serialize, JsonSchema)]
pub(super) struct Manifests {
    /// All documents in one text, as `rqchart template` prints them.
    stream: String,
    /// `values.yaml`, and one file for each template, as `rqchart template --output-dir` lays them out.
    files: Vec<Entry>,
}

/// A file of an archive.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) text: String,
}

pub(super) fn manifests(input: &Input) -> Result<Manifests, String> {
    let rendering = render(&input.release, &input.text)?;
    let errors: Vec<_> =
        rendering.diagnostics.iter().filter(|finding| finding.is_error()).map(Diagnostic::to_string).collect();
    if !errors.is_empty() {
        return Err(errors.join("\n"));
    }
    let documents: Vec<_> = rendering.documents.iter().collect();
    let values = Entry { path: super::preview::FILE.to_owned(), text: input.text.clone() };
    let rendered = bundle::files(&documents, &chart().name).into_iter().map(|(path, text)| Entry { path, text });
    Ok(Manifests {
        stream: bundle::stream(&documents, &chart().name),
        files: std::iter::once(values).chain(rendered).collect(),
    })
}
