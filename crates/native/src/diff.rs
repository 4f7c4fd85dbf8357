//! What another set of values changes: objects, their lines, and what that does to a cluster that runs.
//!
//! In: two sets of values. Out: each object of either with its changed lines and the settings that change it, and what
//! the changed settings do, by their annotations. Which setting changes which object is not guessed: each setting is
//! taken back alone, and what is then rendered differently is its work.

pub(crate) mod lines;

use rqchart_core::diagnostic::dotted;
use rqchart_core::release::Release;
use rqchart_core::schema::{self, Effect, Reference, Setting};
use rqchart_core::topology::Topology;
use rqchart_core::values::Values;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::{Document, Error, Renderer, layers};
use lines::Change;

/// How many unchanged lines are shown around changed ones.
const CONTEXT: usize = 3;
/// The most settings that are taken back one by one; with more, every one counts for every object.
const MOST_SETTINGS: usize = 300;

/// What is different between two sets of values.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Difference {
    /// Every object of either, in the order of the later ones; those that go come last.
    pub documents: Vec<DocumentDifference>,
    /// Every changed setting, the one that does most first.
    pub effects: Vec<Consequence>,
}

/// An object of either set of values.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DocumentDifference {
    /// As [`Document::template`].
    pub template: String,
    /// Its kind.
    pub kind: String,
    /// Its name; the later one where it changes.
    pub name: String,
    /// What becomes of it.
    pub change: Fate,
    /// What that does to a cluster that runs.
    pub effect: Effect,
    /// The settings that change it, as JSON pointers.
    pub settings: Vec<String>,
    /// The changed lines, with some around them.
    pub hunks: Vec<Hunk>,
}

/// What becomes of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Fate {
    /// It is new.
    Added,
    /// It goes.
    Removed,
    /// Some of its lines are different.
    Changed,
    /// It stays as it is.
    Same,
}

/// Lines that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Hunk {
    /// The number of its first line in the earlier text, from 1.
    pub from_line: usize,
    /// The same in the later one.
    pub to_line: usize,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// A line of a hunk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Line {
    /// What becomes of it.
    pub tag: Tag,
    /// Its text, without the line break.
    pub text: String,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub enum Tag {
    /// It stays.
    #[serde(rename = " ")]
    Same,
    /// It is new.
    #[serde(rename = "+")]
    Added,
    /// It goes.
    #[serde(rename = "-")]
    Removed,
}

/// What a changed setting does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Consequence {
    /// Its JSON pointer.
    pub setting: String,
    /// What a change of it does.
    pub effect: Effect,
    /// The same in words.
    pub sentence: String,
}

/// Compares what two sets of values render; none when one of them is invalid.
///
/// # Errors
///
/// As for [`Renderer::render`].
///
/// # Example
///
/// ```
/// use rqchart::diff::{Fate, diff};
/// use rqchart::{Chart, Renderer};
/// use rqchart_core::release::{KubeVersion, Release};
/// use rqchart_core::schema::Effect;
/// use serde_json::json;
///
/// let chart = Chart::embedded();
/// let release = Release::new("rqdb", "default", chart.info().clone(), KubeVersion::DEFAULT).unwrap();
/// let renderer = Renderer::new(chart)?;
/// let difference = diff(&renderer, &json!({}), &json!({ "replicas": 5 }), &release)?.unwrap();
/// let set = difference.documents.iter().find(|document| document.kind == "StatefulSet").unwrap();
/// assert_eq!((set.change, set.effect, &set.settings[..]), (Fate::Changed, Effect::None, &["/replicas".to_owned()][..]));
/// assert_eq!(difference.effects[0].sentence, "A change of replicas restarts nothing.");
/// # Ok::<(), rqchart::Error>(())
/// ```
pub fn diff(renderer: &Renderer, from: &Value, to: &Value, release: &Release) -> Result<Option<Difference>, Error> {
    let (Some(old), Some(new)) = (schema::accepted(from), schema::accepted(to)) else { return Ok(None) };
    let reference = Reference::built_in();
    let (old_values, new_values) = (reference.filled(from), reference.filled(to));
    let draft = |values: Values| renderer.draft(&Topology::resolve(values, release));
    let (old, new) = (draft(old)?, draft(new)?);
    let partners = partners(&new, &old, false);
    let mut changed = Vec::new();
    collect(Some(reference.root()), (Some(&old_values), Some(&new_values)), "", &mut changed);

    let mut documents: Vec<_> = new
        .iter()
        .zip(&partners)
        .map(|(document, partner)| compared(partner.map(|at| &old[at]), Some(document)))
        .chain(
            old.iter()
                .enumerate()
                .filter(|(at, _)| !partners.contains(&Some(*at)))
                .map(|(_, document)| compared(Some(document), None)),
        )
        .collect();
    if changed.len() <= MOST_SETTINGS {
        for setting in &changed {
            let mut values = new_values.clone();
            put_back(&mut values, setting, old_values.pointer(setting));
            let Some(Ok(without)) = schema::accepted(&values).map(draft) else { continue };
            for (at, document) in touched(&new, &without) {
                let known = if at < new.len() {
                    documents.get_mut(at)
                } else {
                    documents[new.len()..]
                        .iter_mut()
                        .find(|known| known.kind == document.kind() && known.name == document.name())
                };
                if let Some(known) = known.filter(|known| known.change != Fate::Same) {
                    known.settings.push(setting.clone());
                }
            }
        }
    }
    for document in documents.iter_mut().filter(|document| document.change != Fate::Same) {
        if document.settings.is_empty() {
            document.settings.clone_from(&changed);
        }
        let effects = document.settings.iter().map(|setting| reference.effect(setting));
        // Other objects than those that govern pods restart nothing, and Kubernetes lets them change.
        let governs = document.kind == "StatefulSet" && document.change == Fate::Changed;
        document.effect = effects.filter(|effect| governs || *effect == Effect::Data).max().unwrap_or(Effect::None);
    }
    let mut effects: Vec<_> = changed.into_iter().map(|setting| consequence(reference, setting)).collect();
    effects.sort_by_key(|consequence| std::cmp::Reverse(consequence.effect));
    Ok(Some(Difference { documents, effects }))
}

fn consequence(reference: &Reference, setting: String) -> Consequence {
    let effect = reference.effect(&setting);
    let name = dotted(&setting);
    let sentence = match effect {
        Effect::Immutable => format!("{name}: {}.", effect.in_words()),
        _ => format!("A change of {name} {}.", effect.in_words()),
    };
    Consequence { setting, effect, sentence }
}

/// Collects the settings that differ, as JSON pointers; a list is one setting.
fn collect(
    setting: Option<Setting<'_>>,
    (old, new): (Option<&Value>, Option<&Value>),
    path: &str,
    found: &mut Vec<String>,
) {
    let absent = |value: Option<&Value>| {
        value.is_none_or(|value| value.is_null() || value.as_array().is_some_and(Vec::is_empty))
    };
    if old == new || absent(old) && absent(new) {
        return;
    }
    let (Some(Value::Object(a)), Some(Value::Object(b))) = (old, new) else {
        found.push(path.to_owned());
        return;
    };
    for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
        let child = setting.and_then(|setting| setting.child(key));
        collect(child, (a.get(key), b.get(key)), &rqchart_core::diagnostic::pointer(path, key), found);
    }
}

/// Gives a setting the value that it has elsewhere, or none.
fn put_back(values: &mut Value, path: &str, value: Option<&Value>) {
    match value {
        Some(value) => layers::set_in(values, path, value),
        None => layers::remove_from(values, path),
    }
}

/// For each document the one of the same object among others; where names may change, else the next one of its template
/// and kind.
pub(crate) fn partners(documents: &[Document], others: &[Document], renamed: bool) -> Vec<Option<usize>> {
    let mut is_free = vec![true; others.len()];
    let mut partners = vec![None; documents.len()];
    for by_name in if renamed { &[true, false][..] } else { &[true] } {
        for (document, partner) in documents.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
            let is_it = |(at, other): &(usize, &Document)| {
                is_free[*at]
                    && other.template == document.template
                    && other.kind() == document.kind()
                    && (!*by_name || other.name() == document.name())
            };
            *partner = others.iter().enumerate().find(is_it).map(|(at, _)| at);
            if let Some(at) = *partner {
                is_free[at] = false;
            }
        }
    }
    partners
}

/// The documents that are rendered differently elsewhere, by their numbers; behind them those that are only there.
fn touched<'d>(documents: &'d [Document], others: &'d [Document]) -> Vec<(usize, &'d Document)> {
    let partners = partners(documents, others, false);
    let mut found: Vec<_> = documents
        .iter()
        .enumerate()
        .filter(|(at, document)| partners[*at].is_none_or(|other| others[other].text != document.text))
        .collect();
    let only_there = others.iter().enumerate().filter(|(at, _)| !partners.contains(&Some(*at)));
    found.extend(only_there.map(|(_, document)| (documents.len(), document)));
    found
}

/// Compares two forms of one object, of which one may be missing.
fn compared(old: Option<&Document>, new: Option<&Document>) -> DocumentDifference {
    let document = new.or(old).expect("one of them is there");
    let text = |document: Option<&Document>| document.map_or("", |document| document.text.as_str()).to_owned();
    let (old_text, new_text) = (text(old), text(new));
    DocumentDifference {
        template: document.template.clone(),
        kind: document.kind().to_owned(),
        name: document.name().to_owned(),
        change: match (old, new) {
            (None, _) => Fate::Added,
            (_, None) => Fate::Removed,
            _ if old_text == new_text => Fate::Same,
            _ => Fate::Changed,
        },
        effect: Effect::None,
        settings: Vec::new(),
        hunks: hunks(&old_text, &new_text),
    }
}

/// The changed lines of a text, with some around them.
pub fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let mut groups: Vec<Vec<Change>> = Vec::new();
    for change in lines::changes(&old, &new) {
        match groups
            .last_mut()
            .filter(|group| group.last().is_some_and(|last| change.old.start <= last.old.end + 2 * CONTEXT))
        {
            Some(group) => group.push(change),
            None => groups.push(vec![change]),
        }
    }
    groups.iter().map(|group| hunk(&old, &new, group)).collect()
}

fn hunk(old: &[&str], new: &[&str], group: &[Change]) -> Hunk {
    let (first, last) = (&group[0], &group[group.len() - 1]);
    let start = first.old.start.saturating_sub(CONTEXT);
    let end = (last.old.end + CONTEXT).min(old.len());
    let mut lines = Vec::new();
    let mut add = |tag, texts: &[&str]| lines.extend(texts.iter().map(|text| Line { tag, text: (*text).to_owned() }));
    let mut at = start;
    for change in group {
        add(Tag::Same, &old[at..change.old.start]);
        add(Tag::Removed, &old[change.old.clone()]);
        add(Tag::Added, &new[change.new.clone()]);
        at = change.old.end;
    }
    add(Tag::Same, &old[at..end]);
    Hunk { from_line: start + 1, to_line: first.new.start - (first.old.start - start) + 1, lines }
}

#[cfg(test)]
mod tests;
