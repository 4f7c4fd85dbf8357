//! Downloads: the same bytes as the program writes.

use rqchart::{Chart, bundle, package};
use rqchart_core::diagnostic::Diagnostic;
use schemars::JsonSchema;
use serde::Deserialize;

use super::preview::render;
use super::request::{Release, chart};

/// A release, the text of its values, and the form of the download.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BundleRequest {
    release: Release,
    /// What stands in `values.yaml`.
    text: String,
    format: Format,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Format {
    /// All documents in one file, as `rqchart template` prints them.
    Yaml,
    /// The chart with these values, as `rqchart package --values` writes it.
    Tgz,
    /// `values.yaml`, and one file for each template, as `rqchart template --output-dir` lays them out.
    Zip,
}

pub(super) fn bundle(request: &BundleRequest) -> Result<Vec<u8>, String> {
    let BundleRequest { release, text, format } = request;
    let rendering = render(release, text)?;
    let errors: Vec<_> =
        rendering.diagnostics.iter().filter(|finding| finding.is_error()).map(Diagnostic::to_string).collect();
    if !errors.is_empty() {
        return Err(errors.join("\n"));
    }
    let documents: Vec<_> = rendering.documents.iter().collect();
    Ok(match format {
        Format::Yaml => bundle::stream(&documents, &chart().name).into_bytes(),
        Format::Tgz => package::pack(&Chart::embedded().with_values(text)),
        Format::Zip => {
            let values = ("values.yaml".to_owned(), text.clone().into_bytes());
            bundle::zip(&[vec![values], bundle::files(&documents, &chart().name)].concat())
        }
    })
}
