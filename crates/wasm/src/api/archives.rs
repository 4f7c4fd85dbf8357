//! Archives, with the same bytes as the program writes.
//!
//! This part of the contract is a wasm file of its own, which the page loads with the first archive that somebody takes: only a
//! package has the chart's README, schema and documented values. It judges nothing: the engine has rendered the values before.

use rqchart::{Chart, bundle, package};
use schemars::JsonSchema;
use serde::Deserialize;

use super::manifests::Entry;

/// The text of values.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PackRequest {
    /// What stands in `values.yaml`.
    text: String,
}

/// What is put into an archive.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ZipRequest {
    files: Vec<Entry>,
}

pub(super) fn pack(request: &PackRequest) -> Vec<u8> {
    package::pack(&Chart::embedded().with_values(&request.text))
}

pub(super) fn zip(request: &ZipRequest) -> Vec<u8> {
    let files: Vec<_> = request.files.iter().map(|file| (&file.path, &file.text)).collect();
    bundle::zip(&files)
}
