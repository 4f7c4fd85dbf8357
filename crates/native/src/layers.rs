//! Values as people write them: YAML files and `--set` flags, merged as Helm merges them.
//!
//! In: the [`Layer`]s, as text. Out: [`Merged`], one JSON object in which every value knows where it was written and what
//! it replaced, and a [`Diagnostic`] for everything that is wrong with the text itself. What the values mean is not
//! known here. Reads no files, clock or environment.
//!
//! The order is Helm's, by kind and not by position: all files from left to right, then `--set-json`, `--set`,
//! `--set-string`, `--set-file` and `--set-literal`. So is the rest, except where Helm guesses or loses data:
//!
//! - A plain scalar that readers of YAML disagree about, such as `yes` or `012`, is a finding. So are duplicate keys,
//!   unknown tags, keys that are not text, and numbers of more than 64 bits; whole numbers never become floats.
//! - A mapping and something else do not replace each other, unless one of them is null.
//! - A flag that Helm reads in part (`a.b[0]`, `=x`, `a[5]=x` for a list of two) is a finding.
//! - Aliases cannot repeat more than a million nodes, and nothing is nested more than 100 deep.

#![deny(clippy::disallowed_methods)]

mod cursor;
mod decode;
mod edit;
mod json;
mod merge;
mod node;
mod place;
mod scalar;
mod set;
#[cfg(test)]
mod tests;
mod yaml;

use rqchart_core::diagnostic::{Code, Diagnostic, Location};
use serde_json::Value;

pub use edit::{Refusal, edit, edit_then};
pub(crate) use edit::{remove_from, set_in};

use cursor::Cursor;
use merge::Merger;
use node::{Kind, Node};
pub(crate) use place::Covers;
use place::{Failure, Findings, Place, Source, abridge, narrow};
use set::{Assignments, Style};

/// The deepest nesting of values.
const MAX_DEPTH: usize = 100;
/// The most nodes of a file, counting those that its aliases repeat.
const MAX_NODES: usize = 1_000_000;

/// One source of values, as the user gave it.
#[derive(Debug, Clone, Copy)]
pub enum Layer<'a> {
    /// A values file.
    File {
        /// Its path as it was given, or `<stdin>`.
        name: &'a str,
        /// Its bytes.
        text: &'a [u8],
    },
    /// `--set-json 'a=[1,2]'`, which replaces, or `--set-json '{"a": [1,2]}'`, which merges.
    SetJson(&'a str),
    /// `--set a=1`: whole numbers, booleans and null are told from text.
    Set(&'a str),
    /// `--set-string a=1`: everything is text.
    SetString(&'a str),
    /// `--set-file a=PATH`: the text of a file.
    SetFile {
        /// The flag's argument.
        argument: &'a str,
        /// The bytes of the files that [`set_file_paths`] names, in its order.
        contents: &'a [Vec<u8>],
    },
    /// `--set-literal a=x,y`: the value is text up to the end, without escapes.
    SetLiteral(&'a str),
}

impl<'a> Layer<'a> {
    /// How many kinds of layers there are.
    const RANKS: usize = 6;

    /// Returns a layer's rank among the kinds of layers; later ones win.
    fn rank(&self) -> usize {
        match self {
            Self::File { .. } => 0,
            Self::SetJson(_) => 1,
            Self::Set(_) => 2,
            Self::SetString(_) => 3,
            Self::SetFile { .. } => 4,
            Self::SetLiteral(_) => 5,
        }
    }

    /// Returns the flag that a layer is given by.
    fn flag(&self) -> &'static str {
        ["--values", "--set-json", "--set", "--set-string", "--set-file", "--set-literal"][self.rank()]
    }

    /// Returns a layer's text; a file that cannot be decoded has none.
    fn text(&self) -> &'a str {
        match *self {
            Self::File { text, .. } => decode::text(text).unwrap_or_default(),
            Self::SetJson(argument)
            | Self::Set(argument)
            | Self::SetString(argument)
            | Self::SetFile { argument, .. }
            | Self::SetLiteral(argument) => argument,
        }
    }
}

/// Returns the paths that an argument of `--set-file` names, for the caller to read.
///
/// An argument that cannot be parsed names those up to the mistake; [`merge()`] reports it.
///
/// # Example
///
/// ```
/// # use rqchart::layers::set_file_paths;
/// assert_eq!(set_file_paths("tls.ca=ca.pem,scripts={a.sh,b.sh}"), ["ca.pem", "a.sh", "b.sh"]);
/// ```
pub fn set_file_paths(argument: &str) -> Vec<String> {
    let mut findings = Findings::default();
    let mut assignments = Assignments::new(Cursor::new(0, argument), Style::Text);
    let mut paths = Vec::new();
    while let Some(Ok(mut assignment)) = assignments.next(&mut findings) {
        let texts = scalars(&mut assignment.value);
        paths.extend(texts.into_iter().filter_map(|(value, _)| value.as_str().map(str::to_owned)));
    }
    paths
}

/// Merges layers in Helm's order, whatever order they come in.
///
/// # Example
///
/// ```
/// # use rqchart::layers::{Layer, merge};
/// let file = Layer::File { name: "values.yaml", text: b"storage:\n  size: 1Gi\n" };
/// let merged = merge(&[Layer::Set("replicas=3,storage.size=10Gi"), file]);
/// assert!(merged.diagnostics().is_empty());
/// assert_eq!(merged.values().to_string(), r#"{"storage":{"size":"10Gi"},"replicas":3}"#);
/// assert_eq!(merged.locate("/storage/size").unwrap().source, "--set");
/// assert_eq!(merged.overridden("/storage/size")[0].source, "values.yaml");
/// ```
pub fn merge<'a>(layers: &[Layer<'a>]) -> Merged<'a> {
    let mut layers = name_layers(layers);
    layers.sort_by_key(|(_, layer)| layer.rank());
    let (names, layers): (Vec<_>, Vec<_>) = layers.into_iter().unzip();
    let sources: Vec<_> = names.into_iter().zip(&layers).map(|(name, layer)| Source::new(name, layer.text())).collect();
    gather(sources, |merger, sources| {
        for (number, (source, layer)) in sources.iter().zip(layers).enumerate() {
            apply(merger, narrow(number), source.text, layer);
        }
    })
}

/// Reads one values file, as [`merge()`] does: for those who have no flags, and need not carry what reads them.
///
/// # Example
///
/// ```
/// let read = rqchart::layers::file("values.yaml", b"replicas: yes\n");
/// assert_eq!(read.diagnostics()[0].code.name(), "ambiguous-scalar");
/// ```
pub fn file<'a>(name: &str, text: &'a [u8]) -> Merged<'a> {
    let source = Source::new(name.to_owned(), decode::text(text).unwrap_or_default());
    gather(vec![source], |merger, sources| apply_file(merger, 0, sources[0].text, name, text))
}

/// Reads one document, such as an object that was rendered: a second one is a finding, and not laid over the first.
pub(crate) fn document<'a>(name: &str, text: &'a str) -> Merged<'a> {
    gather(vec![Source::new(name.to_owned(), text)], |merger, _| {
        let mut documents = yaml::read(0, text, merger.findings).into_iter();
        if let Some(document) = documents.next() {
            merger.overlay(document);
        }
        if let Some(second) = documents.next() {
            let finding = Diagnostic::error(Code::UnsupportedYaml, "", "another document begins here");
            merger.findings.add(finding.with_hint("write `---` on a line of its own between documents"), second.place);
        }
    })
}

/// Merges what is applied.
fn gather<'a>(sources: Vec<Source<'a>>, apply: impl FnOnce(&mut Merger<'_, '_>, &[Source<'a>])) -> Merged<'a> {
    let mut findings = Findings::default();
    let mut merger = Merger::new(&sources, &mut findings);
    apply(&mut merger, &sources);
    merger.report_gaps();
    let mut root = merger.root;
    let values = root.take_value();
    let diagnostics = findings.locate(&sources);
    Merged { values, diagnostics, root, sources }
}

/// Names layers for reports; flags are numbered where there are several of a kind.
fn name_layers<'a>(layers: &[Layer<'a>]) -> Vec<(String, Layer<'a>)> {
    let mut totals = [0; Layer::RANKS];
    for layer in layers {
        totals[layer.rank()] += 1;
    }
    let mut counts = [0; Layer::RANKS];
    let name = |layer: &Layer<'a>| {
        let rank = layer.rank();
        counts[rank] += 1;
        let name = match (layer, layer.flag()) {
            (Layer::File { name, .. }, _) => (*name).to_owned(),
            (_, flag) if totals[rank] == 1 => flag.to_owned(),
            (_, flag) => format!("{flag} #{}", counts[rank]),
        };
        (name, *layer)
    };
    layers.iter().map(name).collect()
}

/// Applies one layer to the values so far.
fn apply(merger: &mut Merger<'_, '_>, number: u32, text: &str, layer: Layer<'_>) {
    let cursor = Cursor::new(number, text);
    let result = match layer {
        Layer::File { name, text: bytes } => {
            apply_file(merger, number, text, name, bytes);
            Ok(())
        }
        Layer::SetJson(argument) if argument.trim_start().starts_with('{') => apply_object(merger, cursor),
        Layer::SetJson(_) => assign(merger, cursor, Style::Json, None),
        Layer::Set(_) => assign(merger, cursor, Style::Typed, None),
        Layer::SetString(_) => assign(merger, cursor, Style::Text, None),
        Layer::SetFile { contents, .. } => assign(merger, cursor, Style::Text, Some(contents)),
        Layer::SetLiteral(_) => assign(merger, cursor, Style::Literal, None),
    };
    if let Err(failure) = result {
        merger.findings.add_failure(failure);
    }
}

/// Applies the documents of a file.
fn apply_file(merger: &mut Merger<'_, '_>, number: u32, text: &str, name: &str, bytes: &[u8]) {
    if decode::text(bytes).is_none() {
        merger.findings.add_located(decode::finding(name, bytes));
    }
    for document in yaml::read(number, text, merger.findings) {
        merger.overlay(document);
    }
}

/// Applies `--set-json '{…}'`.
fn apply_object(merger: &mut Merger<'_, '_>, mut cursor: Cursor<'_>) -> Result<(), Failure> {
    cursor.skip_space();
    let object = json::read(&mut cursor, merger.findings, String::new())?;
    cursor.skip_space();
    if cursor.peek().is_some() {
        return Err(Failure::new(Code::YamlSyntax, "", "nothing can follow the JSON object", cursor.place(1)));
    }
    merger.overlay(object);
    Ok(())
}

/// Applies the assignments of a flag up to the first that is wrong.
fn assign(
    merger: &mut Merger<'_, '_>,
    cursor: Cursor<'_>,
    style: Style,
    contents: Option<&[Vec<u8>]>,
) -> Result<(), Failure> {
    let mut assignments = Assignments::new(cursor, style);
    let mut contents = contents.map(<[_]>::iter);
    while let Some(assignment) = assignments.next(merger.findings) {
        let mut assignment = assignment?;
        if let Some(contents) = &mut contents {
            let path = set::path_pointer(&assignment.path);
            fill_in(&mut assignment.value, &path, contents)?;
        }
        if !merger.assign(assignment) {
            break;
        }
    }
    Ok(())
}

/// Replaces the paths of `--set-file` by what the files hold.
fn fill_in(value: &mut Node, pointer: &str, contents: &mut std::slice::Iter<'_, Vec<u8>>) -> Result<(), Failure> {
    for (value, place) in scalars(value) {
        let path = value.as_str().unwrap_or_default();
        if path.is_empty() {
            return Err(Failure::new(Code::SetSyntax, pointer, "the path of a file is missing here", place));
        }
        let Some(bytes) = contents.next() else {
            return Err(Failure::new(Code::SetSyntax, pointer, format!("{} was not read", abridge(path)), place));
        };
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(Failure::new(
                Code::InvalidUtf8,
                pointer,
                format!("{} is not UTF-8 text", abridge(path)),
                place,
            ));
        };
        *value = Value::from(text);
    }
    Ok(())
}

/// Returns the scalars of a value of `--set`: itself, or the elements of its list.
fn scalars(node: &mut Node) -> Vec<(&mut Value, Place)> {
    let place = node.place;
    match &mut node.kind {
        Kind::Scalar(value) => vec![(value, place)],
        Kind::List(items) => items.iter_mut().flat_map(scalars).collect(),
        Kind::Map(_) | Kind::Gap => Vec::new(),
    }
}

/// Merged values, with the place of each.
#[derive(Debug)]
pub struct Merged<'a> {
    values: Value,
    diagnostics: Vec<Diagnostic>,
    /// The places; its scalars were moved to `values`.
    root: Node,
    sources: Vec<Source<'a>>,
}

impl Merged<'_> {
    /// Returns the values: always an object, its keys in the order of their first appearance.
    ///
    /// A null is kept, because it removes the default of a setting.
    pub fn values(&self) -> &Value {
        &self.values
    }

    /// Returns the values alone.
    pub fn into_values(self) -> Value {
        self.values
    }

    /// Returns everything that is wrong, in the order of the layers.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Returns where the value at a JSON pointer was written, by the layer that won.
    ///
    /// For a pointer that leads nowhere, such as one to a missing key, this is the key of the nearest mapping around it.
    pub fn locate(&self, pointer: &str) -> Option<Location> {
        let found = node::find(&self.root, pointer);
        let place = if found.exact { found.node.place } else { found.key.unwrap_or(found.node.place) };
        place::locate(&self.sources, place)
    }

    /// Returns where the key at a JSON pointer was written; for an element of a list, where the element was.
    ///
    /// A pointer that leads nowhere is treated as in [`Merged::locate`].
    pub fn locate_key(&self, pointer: &str) -> Option<Location> {
        let found = node::find(&self.root, pointer);
        place::locate(&self.sources, found.key.unwrap_or(found.node.place))
    }

    /// Returns where the values were written that the one at a JSON pointer replaced, the latest first.
    pub fn overridden(&self, pointer: &str) -> Vec<Location> {
        let found = node::find(&self.root, pointer);
        let places = if found.exact { found.node.overridden.as_slice() } else { &[] };
        places.iter().rev().filter_map(|place| place::locate(&self.sources, *place)).collect()
    }

    /// Returns what covers the values at JSON pointers, and those that they replaced, in what reports show of lines.
    pub(crate) fn covers(&self, pointers: &[String]) -> Covers<'_> {
        let mut places = Vec::new();
        for found in pointers.iter().map(|pointer| node::find(&self.root, pointer)).filter(|found| found.exact) {
            found.node.places_of_scalars(&mut places);
        }
        Covers::new(&self.sources, places)
    }
}
