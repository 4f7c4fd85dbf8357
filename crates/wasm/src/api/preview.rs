//! What values make.

use rqchart::layers::{self, Merged};
use rqchart::{Document, Rendering, placed};
use rqchart_core::diagnostic::{Diagnostic, Severity};
use rqchart_core::picture::Picture;
use rqchart_core::summary::Summary;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::RENDERER;
use super::request::{Input, Release, chart};

/// How the text is called where a finding names its source.
pub(super) const FILE: &str = "values.yaml";

/// What a text of values makes of a release.
#[derive(Serialize, JsonSchema)]
pub(super) struct Preview {
    /// Everything found, in the order of the text; what is about no text comes last.
    findings: Vec<Finding>,
    /// What the text says; null where it cannot be read.
    values: Value,
    /// What is rendered, in the order in which it is applied; nothing when a finding is an error.
    files: Vec<File>,
    /// What there is to draw; null where values are invalid.
    topology: Option<Picture>,
    /// The same in words and numbers.
    summary: Option<Summary>,
}

/// One finding.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Finding {
    /// The stable kind of finding, such as `even-voters`.
    code: &'static str,
    severity: Level,
    /// JSON pointer to the setting; empty for the whole, or for the release.
    path: String,
    /// What is wrong, in one sentence without a full stop.
    message: String,
    /// What to write instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// Where it stands in the text: the line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// The column in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    /// How many characters are meant, at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<usize>,
    /// Why findings of this kind are reported.
    because: &'static str,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Level {
    Warning,
    Error,
}

/// One rendered document.
#[derive(Serialize, JsonSchema)]
pub(super) struct File {
    /// The template that made it, `templates/statefulset.yaml`, or the entry of extraObjects.
    template: String,
    kind: String,
    name: String,
    /// Absent where the kind is in no namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    text: String,
}

/// Takes a text through every stage.
pub(super) fn render(release: &Release, text: &str) -> Result<Rendering, String> {
    rendered(release, &read(text))
}

fn read(text: &str) -> Merged<'_> {
    layers::file(FILE, text.as_bytes())
}

fn rendered(release: &Release, merged: &Merged<'_>) -> Result<Rendering, String> {
    let work = |values: &Value, release: &_| RENDERER.render(values, release);
    placed::render(merged, release.check(), chart(), work).map_err(|error| error.to_string())
}

pub(super) fn preview(input: &Input) -> Result<Preview, String> {
    Preview::of(&input.release, &read(&input.text))
}

impl Preview {
    /// What a text makes that was read.
    pub(super) fn of(release: &Release, merged: &Merged<'_>) -> Result<Self, String> {
        let rendering = rendered(release, merged)?;
        Ok(Self {
            findings: rendering.diagnostics.into_iter().map(Finding::from).collect(),
            values: if placed::is_readable(merged) { merged.values().clone() } else { Value::Null },
            topology: rendering.topology.as_deref().map(Picture::of),
            summary: rendering.topology.as_deref().map(Summary::of),
            files: rendering.documents.into_iter().map(File::from).collect(),
        })
    }

    /// The same, with the texts of its files taken out of it, in their order.
    pub(super) fn without_texts(mut self, texts: &mut Vec<String>) -> Self {
        texts.extend(self.files.iter_mut().map(|file| std::mem::take(&mut file.text)));
        self
    }
}

impl From<Diagnostic> for Finding {
    fn from(finding: Diagnostic) -> Self {
        let at = finding.location.as_ref();
        Self {
            code: finding.code.name(),
            severity: match finding.severity {
                Severity::Warning => Level::Warning,
                Severity::Error => Level::Error,
            },
            line: at.map(|at| at.line),
            column: at.map(|at| at.column),
            length: at.map(|at| at.length),
            because: finding.code.cause(),
            path: finding.path,
            message: finding.message,
            hint: finding.hint,
        }
    }
}

impl From<Document> for File {
    fn from(document: Document) -> Self {
        Self {
            kind: document.kind().to_owned(),
            name: document.name().to_owned(),
            namespace: Some(document.namespace()).filter(|namespace| !namespace.is_empty()).map(ToOwned::to_owned),
            template: document.template,
            text: document.text,
        }
    }
}
