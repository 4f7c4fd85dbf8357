//! The pipeline from merged values to documents, and its middle part: templates and context in, documents out.

use rqchart_core::diagnostic::Diagnostic;
use rqchart_core::release::Release;
use rqchart_core::topology::Topology;
use rqchart_core::{rules, schema};
use serde_json::Value;
use tera::Tera;

use crate::chart::Chart;
use crate::manifest::{self, Manifest};
use crate::{Error, check, context, escape};

/// One rendered document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The template it came from, without `.tera`: `templates/statefulset.yaml`.
    pub template: String,
    /// Its text, without a `---` line, ending with one line break.
    pub text: String,
}

/// What came of a set of values.
#[derive(Debug, Clone)]
pub struct Rendering {
    /// The cluster that the values describe; none when they are invalid.
    pub topology: Option<Topology>,
    /// The documents, in the order in which Helm installs kinds; none when there is an error among the findings.
    pub documents: Vec<Document>,
    /// The documents read back.
    pub manifests: Vec<Manifest>,
    /// Everything found, of every stage.
    pub diagnostics: Vec<Diagnostic>,
}

impl Rendering {
    /// A rendering that came to nothing.
    pub fn failed(diagnostics: Vec<Diagnostic>) -> Self {
        Self { topology: None, documents: Vec::new(), manifests: Vec::new(), diagnostics }
    }
}

/// A chart whose templates are parsed: make it once, render often.
pub struct Renderer {
    engine: Tera,
    chart: Chart,
}

impl Renderer {
    /// Parses a chart's templates.
    ///
    /// # Errors
    ///
    /// When one of them has a syntax error, or uses a filter, component or template that does not exist.
    pub fn new(chart: Chart) -> Result<Self, Error> {
        let mut engine = Tera::new();
        engine.autoescape_on([""]); // every template's name ends with ""
        engine.set_escape_fn(escape::refuse);
        engine.register_filter("yaml", escape::yaml);
        engine.register_filter("safe", escape::no_safe);
        engine.add_raw_templates(chart.templates()).map_err(|error| failure(&error))?;
        Ok(Self { engine, chart })
    }

    /// Takes merged values through every stage.
    ///
    /// # Errors
    ///
    /// When a template uses what is not in the context, or writes a value without the filter `yaml`. Mistakes in values
    /// are no errors here, but findings of the [`Rendering`].
    pub fn render(&self, values: &Value, release: &Release) -> Result<Rendering, Error> {
        let values = match schema::validate(values) {
            Ok(values) => values,
            Err(findings) => return Ok(Rendering::failed(findings)),
        };
        let topology = Topology::resolve(values, release);
        let mut diagnostics = rules::check(&topology);
        if diagnostics.iter().any(Diagnostic::is_error) {
            return Ok(Rendering { topology: Some(topology), ..Rendering::failed(diagnostics) });
        }
        let documents = self.documents(&topology)?;
        let manifests = match manifest::parse(&documents) {
            Ok(manifests) => manifests,
            Err(findings) => {
                diagnostics.extend(findings);
                return Ok(Rendering { topology: Some(topology), ..Rendering::failed(diagnostics) });
            }
        };
        diagnostics.extend(check::check(&manifests, &topology));
        if diagnostics.iter().any(Diagnostic::is_error) {
            return Ok(Rendering { topology: Some(topology), ..Rendering::failed(diagnostics) });
        }
        Ok(Rendering { topology: Some(topology), documents, manifests, diagnostics })
    }

    /// Renders a cluster without looking at the result.
    ///
    /// # Errors
    ///
    /// As for [`Renderer::render`].
    pub fn documents(&self, topology: &Topology) -> Result<Vec<Document>, Error> {
        let context = context::build(topology, &self.chart);
        let context = tera::Context::from_serialize(&context).map_err(|error| failure(&error))?;
        let mut documents = Vec::new();
        for (name, _) in self.chart.templates().filter(|(name, _)| !name.starts_with('_')) {
            let text = self.engine.render(name, &context).map_err(|error| failure(&error))?;
            let template = format!("templates/{}", name.strip_suffix(".tera").unwrap_or(name));
            documents.extend(split(&text).into_iter().map(|text| Document { template: template.clone(), text }));
        }
        documents.sort_by_key(|document| install_rank(&document.text));
        Ok(documents)
    }
}

/// Splits at lines `---`, and takes spaces from the ends of lines. Values cannot make such a line, because they never begin
/// one in the first column; and none has spaces at the end of a line, because such text is quoted.
fn split(text: &str) -> Vec<String> {
    let mut documents = vec![String::new()];
    for line in text.lines() {
        match documents.last_mut() {
            Some(document) if line != "---" => document.extend([line.trim_end_matches(' '), "\n"]),
            _ => documents.push(String::new()),
        }
    }
    let trimmed = documents.iter().map(|document| document.trim_matches('\n'));
    trimmed.filter(|document| !document.is_empty()).map(|document| format!("{document}\n")).collect()
}

/// The order in which Helm installs kinds, as far as charts of this kind have them; unknown kinds come last.
const INSTALL_ORDER: &[&str] = &[
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
];

fn install_rank(text: &str) -> usize {
    let kind = text.lines().find_map(|line| line.strip_prefix("kind: ")).unwrap_or_default();
    INSTALL_ORDER.iter().position(|known| *known == kind).unwrap_or(INSTALL_ORDER.len())
}

fn failure(error: &tera::Error) -> Error {
    let mut reason = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        reason.push_str("\n  because ");
        reason.push_str(&inner.to_string());
        source = inner.source();
    }
    Error::Template { reason }
}
