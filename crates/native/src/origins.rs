//! Which settings make each rendered line, and which lines a setting makes.
//!
//! In: values. Out: for every line the settings whose change changes it. Nothing is traced through the stages: each
//! setting is given another value that the schema accepts, everything is rendered again, and the lines that are then
//! different or gone are its work. So it holds for whatever a topology or template does.

use std::collections::BTreeMap;

use rqchart_core::diagnostic::pointer;
use rqchart_core::release::Release;
use rqchart_core::schema::{self, Reference, Setting};
use rqchart_core::topology::Topology;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::diff::{lines, partners};
use crate::{Document, Error, Renderer, layers};

/// How many other values of a setting are tried.
const TRIES: usize = 2;
/// With more settings than this, lists and maps are one setting each.
const MOST_SETTINGS: usize = 1_000;

/// Which settings made which lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Origins {
    /// The settings that made any line, as JSON pointers.
    pub settings: Vec<String>,
    /// The documents, in the order of [`crate::Rendering::documents`].
    pub documents: Vec<DocumentOrigins>,
}

/// Which settings made the lines of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct DocumentOrigins {
    /// As [`Document::template`].
    pub template: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// For each line the numbers of its settings in [`Origins::settings`], that which makes the fewest lines first.
    pub lines: Vec<Vec<usize>>,
}

impl Origins {
    /// The lines that a setting or a part of it makes: numbers of documents and of their lines, both from 0.
    pub fn lines_of(&self, setting: &str) -> Vec<(usize, usize)> {
        let is_part =
            |known: &str| known.strip_prefix(setting).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let meant: Vec<_> = (0..self.settings.len()).filter(|at| is_part(&self.settings[*at])).collect();
        let lines = self.documents.iter().enumerate().flat_map(|(number, document)| {
            document.lines.iter().enumerate().map(move |(line, settings)| (number, line, settings))
        });
        lines
            .filter(|(.., settings)| settings.iter().any(|setting| meant.contains(setting)))
            .map(|(document, line, _)| (document, line))
            .collect()
    }
}

/// Finds out which settings make each line; none when the values are invalid.
///
/// It renders some hundred times.
///
/// # Errors
///
/// As for [`Renderer::render`].
///
/// # Example
///
/// ```
/// use rqchart::origins::origins;
/// use rqchart::{Chart, Renderer};
/// use rqchart_core::release::{KubeVersion, Release};
///
/// let chart = Chart::embedded();
/// let release = Release::new("rqdb", "default", chart.info().clone(), KubeVersion::DEFAULT).unwrap();
/// let renderer = Renderer::new(chart)?;
/// let values = serde_json::json!({ "labels": { "team": "storage" } });
/// let documents = renderer.render(&values, &release)?.documents;
/// let origins = origins(&renderer, &values, &release)?.unwrap();
/// for (document, line) in origins.lines_of("/labels/team") {
///     assert!(documents[document].text.lines().nth(line).unwrap().ends_with("team: storage"));
/// }
/// # Ok::<(), rqchart::Error>(())
/// ```
pub fn origins(renderer: &Renderer, values: &Value, release: &Release) -> Result<Option<Origins>, Error> {
    let Some(accepted) = schema::accepted(values) else { return Ok(None) };
    let reference = Reference::built_in();
    let written_out = reference.filled(values);
    let topology = Topology::resolve(accepted, release);
    let documents = renderer.draft(&topology)?;
    let settings = settings(reference, &written_out);

    let mut made: Vec<(String, BTreeMap<usize, Vec<usize>>)> = own_objects(&documents);
    for (path, alternatives) in settings {
        let mut lines: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let tries = alternatives.into_iter().filter_map(|value| {
            let mut values = written_out.clone();
            match value {
                Some(value) => layers::set_in(&mut values, &path, &value),
                None => layers::remove_from(&mut values, &path),
            }
            let other = Topology::resolve(schema::accepted(&values)?, release);
            Some(if other == topology { None } else { renderer.draft(&other).ok() })
        });
        for others in tries.take(TRIES).flatten() {
            for (document, line) in different(&documents, &others) {
                let known = lines.entry(document).or_default();
                if let Err(at) = known.binary_search(&line) {
                    known.insert(at, line);
                }
            }
        }
        if !lines.is_empty() {
            made.push((path, lines));
        }
    }
    Ok(Some(gathered(&documents, made)))
}

/// Objects that somebody adds are what they wrote, whole.
fn own_objects(documents: &[Document]) -> Vec<(String, BTreeMap<usize, Vec<usize>>)> {
    let own = documents.iter().enumerate().filter(|(_, document)| document.path.starts_with("/extraObjects/"));
    let all = |(at, document): (usize, &Document)| (at, (0..document.text.lines().count()).collect());
    own.map(|(at, document)| (document.path.clone(), BTreeMap::from([all((at, document))]))).collect()
}

/// The lines that are different or gone elsewhere.
fn different(documents: &[Document], others: &[Document]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for ((at, document), partner) in documents.iter().enumerate().zip(partners(documents, others, true)) {
        let Some(other) = partner.map(|other| &others[other]) else {
            found.extend((0..document.text.lines().count()).map(|line| (at, line)));
            continue;
        };
        if other.text != document.text {
            let (old, new): (Vec<_>, Vec<_>) = (document.text.lines().collect(), other.text.lines().collect());
            found.extend(lines::changes(&old, &new).into_iter().flat_map(|change| change.old).map(|line| (at, line)));
        }
    }
    found
}

fn gathered(documents: &[Document], mut made: Vec<(String, BTreeMap<usize, Vec<usize>>)>) -> Origins {
    let empty = |document: &Document| DocumentOrigins {
        template: document.template.clone(),
        kind: document.kind().to_owned(),
        name: document.name().to_owned(),
        lines: vec![Vec::new(); document.text.lines().count()],
    };
    let mut gathered: Vec<_> = documents.iter().map(empty).collect();
    made.sort_by_cached_key(|(_, lines)| lines.values().map(Vec::len).sum::<usize>() as u64);
    let mut settings = Vec::new();
    for (setting, (path, lines)) in made.into_iter().enumerate() {
        settings.push(path);
        for (document, lines) in lines {
            for line in lines {
                gathered[document].lines[line].push(setting);
            }
        }
    }
    Origins { settings, documents: gathered }
}

/// A setting's JSON pointer, and what it might be instead; none is nothing at all.
type Choice = (String, Vec<Option<Value>>);

/// Every setting, with other values that it may take, the likeliest first.
fn settings(reference: &Reference, values: &Value) -> Vec<Choice> {
    let collect = |whole: bool| {
        let mut found = Vec::new();
        walk(Some(reference.root()), values, "", whole, &mut found);
        found
    };
    let found = collect(false);
    if found.len() > MOST_SETTINGS { collect(true) } else { found }
}

fn walk(setting: Option<Setting<'_>>, value: &Value, path: &str, whole: bool, found: &mut Vec<Choice>) {
    match value {
        _ if path == "/extraObjects" => {}
        Value::Object(map) => {
            let named: Vec<_> = setting.iter().flat_map(Setting::properties).map(|(name, _)| name).collect();
            if named.is_empty() && whole {
                found.push((path.to_owned(), vec![Some(json!({}))]));
                return;
            }
            let others = map.keys().map(String::as_str).filter(|key| !named.contains(key));
            for key in named.iter().copied().chain(others) {
                let child = setting.and_then(|setting| setting.child(key));
                walk(child, map.get(key).unwrap_or(&Value::Null), &pointer(path, key), whole, found);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            if path == "/patches" || whole {
                found.extend((0..items.len()).map(|at| (format!("{path}/{at}"), vec![None])));
                return;
            }
            for (at, item) in items.iter().enumerate() {
                let key = at.to_string();
                walk(setting.and_then(|setting| setting.child(&key)), item, &pointer(path, &key), whole, found);
            }
        }
        leaf => {
            let mut others = near(leaf);
            others.extend(setting.into_iter().flat_map(|setting| setting.alternatives()));
            others.retain(|other| other != leaf);
            found.push((path.to_owned(), others.into_iter().map(Some).chain([None]).collect()));
        }
    }
}

/// Values that are like another.
fn near(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(value) => vec![json!(!value)],
        Value::Number(number) => match number.as_i64() {
            Some(number) => vec![json!(number.saturating_add(1)), json!(number.saturating_sub(1))],
            None => vec![json!(number.as_f64().unwrap_or_default() + 1.0)],
        },
        Value::String(text) => vec![json!(format!("{text}1")), json!(format!("1{text}"))],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
