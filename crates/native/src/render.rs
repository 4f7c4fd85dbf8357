//! Templates and context in, documents out.

use tera::Tera;

use crate::chart::Chart;
use crate::context::Context;
use crate::{Error, escape};

/// One rendered document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The template it came from, without `.tera`: `templates/statefulset.yaml`.
    pub template: String,
    /// Its text, without a `---` line, ending with one line break.
    pub text: String,
}

/// A chart's templates, parsed: make it once, render often.
pub struct Renderer {
    engine: Tera,
    names: Vec<String>,
}

impl Renderer {
    /// Parses a chart's templates.
    ///
    /// # Errors
    ///
    /// When one of them has a syntax error, or uses a filter, component or template that does not exist.
    pub fn new(chart: &Chart) -> Result<Self, Error> {
        let mut engine = Tera::new();
        engine.autoescape_on([""]); // every template's name ends with ""
        engine.set_escape_fn(escape::refuse);
        engine.register_filter("yaml", escape::yaml);
        engine.register_filter("safe", escape::no_safe);
        engine.add_raw_templates(chart.templates()).map_err(|error| failure(&error))?;
        let names = chart.templates().map(|(name, _)| name).filter(|name| !name.starts_with('_'));
        Ok(Self { names: names.map(str::to_owned).collect(), engine })
    }

    /// Renders every document, in the order in which Helm installs kinds.
    ///
    /// # Errors
    ///
    /// When a template uses what is not in the context, or writes a value without the filter `yaml`.
    pub fn render(&self, context: &Context<'_>) -> Result<Vec<Document>, Error> {
        let context = tera::Context::from_serialize(context).map_err(|error| failure(&error))?;
        let mut documents = Vec::new();
        for name in &self.names {
            let text = self.engine.render(name, &context).map_err(|error| failure(&error))?;
            let template = format!("templates/{}", name.strip_suffix(".tera").unwrap_or(name));
            documents.extend(split(&text).into_iter().map(|text| Document { template: template.clone(), text }));
        }
        documents.sort_by_key(|document| install_rank(&document.text));
        Ok(documents)
    }
}

/// Splits at lines `---`. Values cannot make one: they never begin a line in the first column.
fn split(text: &str) -> Vec<String> {
    let mut documents = vec![String::new()];
    for line in text.lines() {
        match documents.last_mut() {
            Some(document) if line != "---" => document.extend([line, "\n"]),
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
