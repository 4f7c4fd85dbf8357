//! One setting changed in the text, which lines a setting makes, and what other values change.

use rqchart::diff::Difference;
use rqchart::origins::Origins;
use rqchart::{diff, layers, origins, placed};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::RENDERER;
use super::preview::{FILE, Preview};
use super::request::{Input, Release};

/// A setting to write into the text, or to take out of it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EditRequest {
    /// For what the text is then previewed; absent where it is no text of values, as a scenario's.
    #[serde(default)]
    release: Option<Release>,
    text: String,
    /// JSON pointer to the setting.
    path: String,
    /// What it becomes; absent to take it out.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Value")]
    value: Option<Value>,
}

/// `null` is a value, which is not the same as none.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// A text, and what it makes: whoever edits values asks for that next.
#[derive(Serialize, JsonSchema)]
pub(super) struct Edited {
    text: String,
    preview: Option<Preview>,
}

impl Edited {
    /// The same, with the texts of the preview's files taken out of it.
    pub(super) fn without_texts(mut self, texts: &mut Vec<String>) -> Self {
        self.preview = self.preview.map(|preview| preview.without_texts(texts));
        self
    }
}

pub(super) fn edit(request: &EditRequest) -> Result<Edited, String> {
    let EditRequest { release, text, path, value } = request;
    layers::edit_then(FILE, text, path, value.as_ref(), |text, merged| {
        let preview = release.as_ref().map(|release| Preview::of(release, merged)).transpose()?;
        Ok(Edited { text: text.to_owned(), preview })
    })
    .map_err(|refusal| refusal.to_string())?
}

/// A setting to look for in a text.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LocateRequest {
    text: String,
    /// JSON pointer to the setting.
    path: String,
}

pub(super) fn locate(request: &LocateRequest) -> Option<usize> {
    let merged = layers::file(FILE, request.text.as_bytes());
    merged.values().pointer(&request.path)?;
    merged.locate_key(&request.path).map(|place| place.line)
}

/// Two texts of values, for one release.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DiffRequest {
    release: Release,
    from: String,
    to: String,
}

/// Null where one of the two is invalid.
pub(super) fn difference(request: &DiffRequest) -> Result<Option<Difference>, String> {
    let (Some(from), Some(to), Ok(release)) = (values(&request.from), values(&request.to), request.release.check())
    else {
        return Ok(None);
    };
    diff::diff(&RENDERER, &from, &to, &release).map_err(|error| error.to_string())
}

/// Null where the values are invalid.
pub(super) fn origins(input: &Input) -> Result<Option<Origins>, String> {
    let (Some(values), Ok(release)) = (values(&input.text), input.release.check()) else { return Ok(None) };
    origins::origins(&RENDERER, &values, &release).map_err(|error| error.to_string())
}

/// What a text says, if it can be read.
pub(super) fn values(text: &str) -> Option<Value> {
    let merged = layers::file(FILE, text.as_bytes());
    placed::is_readable(&merged).then(|| merged.values().clone())
}
