//! The pipeline from merged values to documents, and its middle part: templates and context in, documents out.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use memchr::{memchr, memchr_iter};
use rqchart_core::diagnostic::Diagnostic;
use rqchart_core::release::Release;
use rqchart_core::simulate::{self, Simulator};
use rqchart_core::topology::Topology;
use rqchart_core::{rules, schema};
use serde_json::Value;
use tera::Tera;

use crate::chart::Chart;
use crate::{Error, check, context, escape, manifest, patch};

/// One rendered document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The template it came from, without `.tera`: `templates/statefulset.yaml`; or the entry of extraObjects:
    /// `extraObjects/0.yaml`.
    pub template: String,
    /// JSON pointer to the values that wrote it: an entry of extraObjects, or the last of patches that changed it. Empty
    /// for what a template alone has made.
    pub path: String,
    /// Its text, without a `---` line, ending with one line break.
    pub text: String,
}

impl Document {
    pub(crate) fn from_template(template: &str, text: String) -> Self {
        Self { template: template.to_owned(), path: String::new(), text }
    }

    /// The object's kind; empty where an edited chart writes it in another way than `kind: Service`.
    pub fn kind(&self) -> &str {
        self.text.lines().find_map(|line| line.strip_prefix("kind: ")).map_or("", unquoted)
    }

    /// The object's name; empty where an edited chart writes it in another way than on a line of its own.
    pub fn name(&self) -> &str {
        self.of_metadata("  name: ")
    }

    /// The object's namespace; empty where it has none.
    pub fn namespace(&self) -> &str {
        self.of_metadata("  namespace: ")
    }

    fn of_metadata(&self, field: &str) -> &str {
        let metadata = self.text.lines().skip_while(|line| *line != "metadata:").skip(1);
        metadata.take_while(|line| line.starts_with(' ')).find_map(|line| line.strip_prefix(field)).map_or("", unquoted)
    }
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

/// What came of a set of values.
#[derive(Debug, Clone)]
pub struct Rendering {
    /// The cluster that the values describe; none when they are invalid.
    pub topology: Option<Box<Topology>>,
    /// The documents, in the order in which Helm installs kinds; none when there is an error among the findings.
    pub documents: Vec<Document>,
    /// Everything found, of every stage.
    pub diagnostics: Vec<Diagnostic>,
}

impl Rendering {
    /// A rendering that came to nothing.
    pub fn failed(diagnostics: Vec<Diagnostic>) -> Self {
        Self { topology: None, documents: Vec::new(), diagnostics }
    }

    /// Adds what the documents show when they are read back; with an error among it, the rendering came to nothing.
    fn check(mut self) -> Self {
        let Some(topology) = self.topology.as_deref().filter(|_| !self.documents.is_empty()) else { return self };
        match manifest::parse(&self.documents) {
            Ok(manifests) => self.diagnostics.extend(check::check(&manifests, topology)),
            Err(findings) => self.diagnostics.extend(findings),
        }
        if self.diagnostics.iter().any(Diagnostic::is_error) {
            self.documents.clear();
        }
        self
    }
}

/// A chart that is ready to render: make it once, render often.
pub struct Renderer {
    chart: Chart,
    /// With the templates that were needed so far: parsing them takes longer than rendering them.
    engine: RwLock<Tera>,
}

impl Renderer {
    /// Makes a chart ready.
    ///
    /// # Errors
    ///
    /// When a template of an edited chart has a syntax error, or uses a filter, component or template that does not
    /// exist.
    pub fn new(chart: Chart) -> Result<Self, Error> {
        let mut engine = Tera::new();
        engine.autoescape_on([""]); // every template's name ends with ""
        engine.set_escape_fn(escape::refuse);
        engine.register_filter("yaml", escape::yaml);
        engine.register_filter("safe", escape::no_safe);
        let needed = |name: &str| name.starts_with('_') || !chart.is_built_in();
        let templates = chart.templates().filter(|(name, _)| needed(name));
        engine.add_raw_templates(templates).map_err(|error| failure(&error))?;
        Ok(Self { engine: RwLock::new(engine), chart })
    }

    /// Takes merged values through every stage.
    ///
    /// Documents are read back and checked against each other if the chart is an edited one, or if the values hold
    /// Kubernetes objects or patches that somebody wrote. What the built-in chart makes of typed values is not: tests hold that to
    /// the same checks. [`Renderer::lint`] always checks.
    ///
    /// # Errors
    ///
    /// When a template uses what is not in the context, or writes a value without the filter `yaml`. Mistakes in values
    /// are no errors here, but findings of the [`Rendering`].
    pub fn render(&self, values: &Value, release: &Release) -> Result<Rendering, Error> {
        let rendering = self.render_unchecked(values, release)?;
        let foreign = rendering.topology.as_deref().is_some_and(Topology::has_foreign_parts);
        Ok(if foreign || !self.chart.is_built_in() { rendering.check() } else { rendering })
    }

    /// Renders, and checks the result whatever chart it comes from; and plays what may happen to the cluster.
    ///
    /// # Errors
    ///
    /// As for [`Renderer::render`].
    pub fn lint(&self, values: &Value, release: &Release) -> Result<Rendering, Error> {
        let mut rendering = self.render_unchecked(values, release)?.check();
        if let Some(topology) = rendering.topology.as_deref().filter(|_| !rendering.documents.is_empty()) {
            let played = simulate::lint(&Simulator::of(topology));
            rendering.diagnostics.extend(played);
        }
        Ok(rendering)
    }

    fn render_unchecked(&self, values: &Value, release: &Release) -> Result<Rendering, Error> {
        let typed = match schema::validate(values) {
            Ok(typed) => typed,
            Err(findings) => return Ok(Rendering::failed(findings)),
        };
        let topology = Box::new(Topology::resolve(typed, release)); // kilobytes, which would be moved about
        let mut diagnostics = rules::check(&topology);
        diagnostics.extend(schema::lint(values));
        let failed = |diagnostics: &[Diagnostic]| diagnostics.iter().any(Diagnostic::is_error);
        let mut documents = if failed(&diagnostics) { Vec::new() } else { self.documents(&topology)? };
        if !(documents.is_empty() || topology.patches.is_empty()) {
            diagnostics.extend(patch::apply(&mut documents, &topology));
        }
        if failed(&diagnostics) {
            documents.clear();
        } else if !topology.extra_objects.is_empty() {
            documents.extend(extra_documents(&topology));
            sort(&mut documents);
        }
        Ok(Rendering { topology: Some(topology), documents, diagnostics })
    }

    /// Renders a cluster whether or not rules have something to say about it.
    pub(crate) fn draft(&self, topology: &Topology) -> Result<Vec<Document>, Error> {
        let mut documents = self.documents(topology)?;
        if !topology.patches.is_empty() {
            patch::apply(&mut documents, topology);
        }
        documents.extend(extra_documents(topology));
        sort(&mut documents);
        Ok(documents)
    }

    /// Renders a cluster's documents, in the order in which Helm installs kinds.
    fn documents(&self, topology: &Topology) -> Result<Vec<Document>, Error> {
        let context = context::build(topology, &self.chart);
        let context = tera::Context::from_serialize(&context).map_err(|error| failure(&error))?;
        if !self.chart.is_built_in() {
            self.check_conditions(&context)?;
        }
        let wanted = |(name, text): &(&str, &str)| {
            !name.starts_with('_') && Chart::condition(text).is_none_or(|path| is_truthy(&context, path))
        };
        let templates: Vec<_> = self.chart.templates().filter(wanted).collect();
        let engine = self.engine_with(&templates)?;
        // One room for all of them, as large as the scripts are.
        let (mut documents, mut written) = (Vec::new(), Vec::with_capacity(1 << 15));
        for (name, _) in templates {
            written.clear();
            engine.render_to(name, &context, &mut written).map_err(|error| match failure(&error) {
                // The engine names the place of most failures itself, but not of text that no filter has written.
                Error::Template { reason } if !reason.contains(name) => {
                    Error::Template { reason: format!("templates/{name}: {reason}") }
                }
                failure => failure,
            })?;
            let text = str::from_utf8(&written).expect("the engine writes nothing but text");
            let template = format!("templates/{}", name.strip_suffix(".tera").unwrap_or(name));
            documents.extend(split(text).into_iter().map(|text| Document::from_template(&template, text)));
        }
        sort(&mut documents);
        Ok(documents)
    }

    /// Holds conditions to the context: what is there by no name would only never be rendered.
    fn check_conditions(&self, context: &tera::Context) -> Result<(), Error> {
        let conditions = self.chart.templates().filter_map(|(name, text)| Some((name, Chart::condition(text)?)));
        match conditions.into_iter().find(|(_, path)| !is_known(context, path)) {
            Some((name, path)) => {
                let reason = format!("templates/{name}: `when: {path}` is about what templates do not see");
                Err(Error::Template { reason })
            }
            None => Ok(()),
        }
    }

    /// The engine, with these templates parsed.
    fn engine_with(&self, templates: &[(&str, &str)]) -> Result<RwLockReadGuard<'_, Tera>, Error> {
        let engine = self.engine.read().unwrap_or_else(PoisonError::into_inner);
        let missing: Vec<_> = templates.iter().filter(|(name, _)| !engine.contains_template(name)).copied().collect();
        if missing.is_empty() {
            return Ok(engine);
        }
        drop(engine);
        let mut engine = self.engine.write().unwrap_or_else(PoisonError::into_inner);
        engine.add_raw_templates(missing).map_err(|error| failure(&error))?;
        drop(engine);
        Ok(self.engine.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The objects that somebody adds, as documents.
fn extra_documents(topology: &Topology) -> impl Iterator<Item = Document> {
    topology.extra_objects.iter().enumerate().map(|(index, object)| Document {
        template: format!("extraObjects/{index}.yaml"),
        path: format!("/extraObjects/{index}"),
        text: escape::document(object),
    })
}

/// Whether a path leads to something, or ends early at what is not there in this cluster.
fn is_known(context: &tera::Context, path: &str) -> bool {
    let mut keys = path.split('.');
    let mut value = keys.next().and_then(|root| context.get(root));
    for key in keys {
        value = match value {
            Some(value) if !value.is_none() => value.get_from_path(key),
            value => return value.is_some(),
        };
    }
    value.is_some()
}

fn is_truthy(context: &tera::Context, path: &str) -> bool {
    let (root, rest) = path.split_once('.').unwrap_or((path, ""));
    let value =
        context.get(root).and_then(|value| if rest.is_empty() { Some(value) } else { value.get_from_path(rest) });
    value.is_some_and(tera::Value::is_truthy)
}

/// Splits at lines `---`, and takes spaces from the ends of lines. Values cannot make such a line, because they never begin
/// one in the first column; and none has spaces at the end of a line, because such text is quoted.
///
/// It searches for what it changes instead of going over lines: scripts are most of what is rendered.
fn split(text: &str) -> Vec<String> {
    let unix = memchr(b'\r', text.as_bytes()).map(|_| text.replace("\r\n", "\n"));
    let text = unix.as_deref().unwrap_or(text);
    let (mut documents, mut start) = (Vec::new(), mark(text).unwrap_or(0));
    for end in memchr_iter(b'\n', text.as_bytes()) {
        if let Some(length) = mark(&text[end + 1..]) {
            documents.push(trimmed(&text[start..end]));
            start = end + 1 + length;
        }
    }
    documents.push(trimmed(&text[start..]));
    documents.retain(|document| document != "\n");
    documents
}

/// The length of the line between two documents that a text begins with: `---`, with nothing but blanks and a comment behind it.
fn mark(text: &str) -> Option<usize> {
    let behind = text.strip_prefix("---")?;
    let behind = &behind[..memchr(b'\n', behind.as_bytes()).unwrap_or(behind.len())];
    let said = behind.trim_start_matches([' ', '\t']);
    let is_comment = said.starts_with('#') && said.len() < behind.len();
    (said.is_empty() || is_comment).then_some("---".len() + behind.len())
}

/// Text without spaces at the ends of lines and empty lines around it, and with a line break at its end.
fn trimmed(text: &str) -> String {
    let text = text.trim_end_matches(['\n', ' ']);
    let blank = text.len() - text.trim_start_matches(['\n', ' ']).len();
    let text = &text[text[..blank].rfind('\n').map_or(0, |at| at + 1)..];
    let mut out = String::with_capacity(text.len() + 1);
    let mut done = 0;
    for end in memchr_iter(b'\n', text.as_bytes()).filter(|end| text[..*end].ends_with(' ')) {
        out.push_str(text[done..end].trim_end_matches(' '));
        done = end;
    }
    out.push_str(&text[done..]);
    out.push('\n');
    out
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

/// Puts documents into that order. Those of one kind keep theirs.
fn sort(documents: &mut [Document]) {
    documents.sort_by_cached_key(|document| install_rank(document.kind()) as u64);
}

fn install_rank(kind: &str) -> usize {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_split_at_every_mark_that_yaml_knows() {
        for mark in ["---", "---  ", "---\t", "--- # comment", "---\t# comment", "---\n---"] {
            assert_eq!(split(&format!("{mark}\na: 1\n{mark}\nb: 1\n{mark}\n")), ["a: 1\n", "b: 1\n"], "{mark:?}");
            assert_eq!(split(&format!("a: 1\n{mark}")), ["a: 1\n"], "{mark:?}");
        }
        for other in ["----", "---#", "--- a", " ---", "-----BEGIN"] {
            assert_eq!(split(&format!("a: 1\n{other}\nb: 1\n")), [format!("a: 1\n{other}\nb: 1\n")], "{other:?}");
        }
    }
}
