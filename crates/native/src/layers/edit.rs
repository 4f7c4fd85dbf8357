//! One setting of a YAML text, set or removed; everything else stays byte for byte.
//!
//! In: the text of a values file, a JSON pointer, and a value or none. Out: the text with that one change, or why it is
//! not made. Comments, order, quotes, line breaks and the indentation of everything else are those of the text; what is
//! added follows them.
//!
//! Where things are, the tree says (`edit/tree.rs`); what the result must read as, `edit/change.rs`. The edited text is
//! read again and compared with that, so an edit is right or is refused: a text of which an alias repeats the edited
//! part, say, or one that would need its merge keys written out.

mod change;
mod tree;
mod write;

use std::fmt;
use std::ops::Range;

use rqchart_core::diagnostic::{Code, dotted, pointer};
use serde_json::{Map, Value};

use super::{Merged, file};
use change::Step;
use tree::{Entry, Item, Kind, Node, Tree};
use write::{Hand, inline, inline_pair, is_block, keys, nested};

/// Why a text is not edited, in one sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    reason: String,
}

impl Refusal {
    fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Refusal {}

/// Sets the setting at a JSON pointer, or removes it.
///
/// A mapping or list that takes the place of another of its kind changes only what is different. What is missing around
/// a setting is made: mappings, or a list where the pointer says `0`; an index that is the length of a list appends.
/// Text or a number on the way gives way. With a removed setting go the mappings that become empty, but not an entry of a
/// list, and lists stay, because an empty one replaces defaults. Comments on lines of their own always stay. A setting
/// that has this value already, or that is to be removed and not there, changes nothing.
///
/// # Errors
///
/// When the text cannot be read, holds several documents, or writes the setting in a way that no small change reaches:
/// below an alias, from a merge key, in an anchored part that is repeated elsewhere. When an index is larger than its list is
/// long.
///
/// # Example
///
/// ```
/// # use rqchart::layers::edit;
/// # use serde_json::json;
/// let text = "# Ours\nreplicas: 3 # for now\nstorage:\n    size: 10Gi\n";
/// let more = edit(text, "/replicas", Some(&json!(5)))?;
/// assert_eq!(more, "# Ours\nreplicas: 5 # for now\nstorage:\n    size: 10Gi\n");
/// let more = edit(&more, "/storage/storageClass", Some(&json!("fast")))?;
/// assert_eq!(more, "# Ours\nreplicas: 5 # for now\nstorage:\n    size: 10Gi\n    storageClass: fast\n");
/// let less = edit(&edit(&more, "/storage/storageClass", None)?, "/storage/size", None)?;
/// assert_eq!(less, "# Ours\nreplicas: 5 # for now\n");
/// # Ok::<(), rqchart::layers::Refusal>(())
/// ```
pub fn edit(text: &str, path: &str, value: Option<&Value>) -> Result<String, Refusal> {
    edit_then("", text, path, value, |text, _| text.to_owned())
}

/// Edits a text as [`edit()`] does, and hands over what the edited text was read as: for those who would read it next, as
/// the file of that name.
///
/// # Errors
///
/// As for [`edit()`].
///
/// # Example
///
/// ```
/// # use rqchart::layers::edit_then;
/// # use serde_json::json;
/// let values = edit_then("values.yaml", "replicas: 3\n", "/replicas", Some(&json!(5)), |_, merged| {
///     merged.values().clone()
/// })?;
/// assert_eq!(values, json!({ "replicas": 5 }));
/// # Ok::<(), rqchart::layers::Refusal>(())
/// ```
pub fn edit_then<R>(
    name: &str,
    text: &str,
    path: &str,
    value: Option<&Value>,
    then: impl FnOnce(&str, &Merged<'_>) -> R,
) -> Result<R, Refusal> {
    let whole = text;
    let (mark, text) = text.split_at(if text.starts_with('\u{feff}') { 3 } else { 0 });
    let keys = keys(path);
    let before = read(name, text)?;
    let (old, findings) = (before.values(), before.diagnostics().len());
    let mut wanted = old.clone();
    match value {
        Some(value) => change::set(&mut wanted, &keys, value)?,
        None if keys.is_empty() => wanted = Value::Object(Map::new()),
        None => _ = change::remove(&mut wanted, &keys),
    }
    if !wanted.is_object() {
        return Err(Refusal::new("all values together are a mapping"));
    }
    if wanted == *old {
        return Ok(then(whole, &before));
    }
    let small = match value {
        Some(value) => change::steps(&keys, old.pointer(path), value),
        None if keys.is_empty() => {
            old.as_object().into_iter().flat_map(Map::keys).map(|key| (vec![key.clone()], None)).collect()
        }
        None => vec![(keys.clone(), None)],
    };
    let whole = vec![(keys.clone(), value.cloned())];
    let mut refusal = None;
    let ways = if small == whole { vec![small] } else { vec![small, whole] };
    for (steps, dedents) in ways.iter().flat_map(|steps| [(steps, false), (steps, true)]) {
        match apply(text, steps, dedents) {
            Ok(new) => {
                let is_right = |after: &Merged<'_>| *after.values() == wanted && after.diagnostics().len() <= findings;
                if let Some(after) = read(name, &new).ok().filter(is_right) {
                    return Ok(then(&format!("{mark}{new}"), &after));
                }
            }
            Err(reason) => refusal = refusal.or(Some(reason)),
        }
    }
    Err(refusal.unwrap_or_else(|| {
        let setting = dotted(path);
        Refusal::new(format!(
            "{setting} cannot be changed alone, for instance because an alias repeats it: edit it by hand"
        ))
    }))
}

/// Sets a value at a JSON pointer of values, as [`edit()`] does in a text; one that has no place there changes nothing.
pub(crate) fn set_in(values: &mut Value, path: &str, value: &Value) {
    let _ = change::set(values, &keys(path), value);
}

/// Removes a value from values, with the mappings that become empty.
pub(crate) fn remove_from(values: &mut Value, path: &str) {
    change::remove(values, &keys(path));
}

/// Reads a text, if it can be read.
fn read<'t>(name: &str, text: &'t str) -> Result<Merged<'t>, Refusal> {
    let read = file(name, text.as_bytes());
    let unreadable = [Code::YamlSyntax, Code::YamlLimit, Code::NotAMapping, Code::InvalidUtf8];
    if let Some(finding) = read.diagnostics().iter().find(|finding| unreadable.contains(&finding.code)) {
        let line = finding.location.as_ref().map_or(1, |location| location.line);
        return Err(Refusal::new(format!("the text cannot be read: line {line}: {}", finding.message)));
    }
    Ok(read)
}

/// Does one step after the other.
fn apply(text: &str, steps: &[Step], dedents: bool) -> Result<String, Refusal> {
    let mut text = text.to_owned();
    for (keys, value) in steps {
        let tree = Tree::read(&text)?;
        let mut editor = Editor { hand: hand(&tree), tree: &tree, dedents, splices: Vec::new() };
        match value {
            Some(value) => editor.set(keys, value)?,
            None => editor.remove(keys)?,
        }
        text = editor.spliced();
    }
    Ok(text)
}

/// How a text is laid out, by its first example of each.
fn hand(tree: &Tree<'_>) -> Hand {
    fn look(node: &Node, tree: &Tree<'_>, steps: &mut (Option<usize>, Option<usize>)) {
        match &node.kind {
            Kind::Map { flow: false, entries } => {
                for entry in entries {
                    let column = tree.column(entry.start);
                    let below = |at: usize| tree.column(at).checked_sub(column).filter(|step| *step <= 8);
                    match &entry.value.kind {
                        Kind::Map { flow: false, entries } => {
                            steps.0 = steps.0.or_else(|| below(entries.first()?.start).filter(|step| *step > 0));
                        }
                        Kind::List { flow: false, items } => steps.1 = steps.1.or_else(|| below(items.first()?.start)),
                        _ => {}
                    }
                    look(&entry.value, tree, steps);
                }
            }
            Kind::List { flow: false, items } => items.iter().for_each(|item| look(&item.value, tree, steps)),
            _ => {}
        }
    }
    let mut steps = (None, None);
    if let Some(root) = &tree.root {
        look(root, tree, &mut steps);
    }
    let step = steps.0.unwrap_or(2);
    let line_break = if tree.text.contains("\r\n") { "\r\n" } else { "\n" };
    Hand { step, list: steps.1.unwrap_or(step), line_break }
}

/// What stands around a node.
#[derive(Clone, Copy)]
enum Around<'n> {
    Nothing,
    Entry(&'n Entry),
    Item(&'n Item),
}

fn alias(keys: &[String]) -> Refusal {
    let path = keys.iter().fold(String::new(), |path, key| pointer(&path, key));
    Refusal::new(format!("{} is an alias: change what it repeats, or write it out", dotted(&path)))
}

struct Editor<'t> {
    tree: &'t Tree<'t>,
    hand: Hand,
    /// Whether comments that stay move to the left: below a literal block they would be part of its text.
    dedents: bool,
    /// What takes the place of what, in no order.
    splices: Vec<(Range<usize>, String)>,
}

impl Editor<'_> {
    fn spliced(mut self) -> String {
        self.splices.sort_by_key(|(range, _)| (range.start, range.end));
        let (mut out, mut at) = (String::with_capacity(self.tree.text.len()), 0);
        for (range, new) in self.splices {
            // Where a line and a part of it go, the line goes.
            out.push_str(self.tree.text.get(at..range.start).unwrap_or_default());
            out.push_str(&new);
            at = at.max(range.end);
        }
        out.push_str(&self.tree.text[at..]);
        // A text that ends without a line break still does when its last line went.
        if out.ends_with('\n') && !(self.tree.text.is_empty() || self.tree.text.ends_with('\n')) {
            out.truncate(out.len() - if out.ends_with("\r\n") { 2 } else { 1 });
        }
        out
    }

    fn splice(&mut self, range: Range<usize>, new: impl Into<String>) {
        self.splices.push((range, new.into()));
    }

    fn set(&mut self, keys: &[String], value: &Value) -> Result<(), Refusal> {
        let tree = self.tree;
        let Some(root) = &tree.root else {
            self.begin(&nested(keys, value));
            return Ok(());
        };
        // Whether the node stands in brackets.
        let (mut node, mut around, mut inside) = (root, Around::Nothing, false);
        for (at, key) in keys.iter().enumerate() {
            let (here, below) = (&keys[at..], &keys[at + 1..]);
            match &node.kind {
                Kind::Alias => return Err(alias(&keys[..at])),
                Kind::Scalar | Kind::LeftOut => {
                    self.replace(node, around, inside, &nested(here, value));
                    return Ok(());
                }
                Kind::Map { flow, entries } => {
                    if let Some(at) = named(entries, key) {
                        (node, around, inside) = (&entries[at].value, Around::Entry(&entries[at]), inside || *flow);
                    } else {
                        match entries.first() {
                            None => self.replace(node, around, inside, &nested(here, value)),
                            Some(_) if *flow => self.add_in_flow(node, Some(key), &nested(below, value)),
                            Some(first) => {
                                let column = tree.column(first.start);
                                let pair = self.hand.pair(key, &nested(below, value), column);
                                self.add_lines(node.end, column, &pair);
                            }
                        }
                        return Ok(());
                    }
                }
                Kind::List { flow, items } => {
                    if let Some(item) = key.parse::<usize>().ok().and_then(|at| items.get(at)) {
                        (node, around, inside) = (&item.value, Around::Item(item), inside || *flow);
                    } else {
                        match items.first() {
                            None => self.replace(node, around, inside, &nested(here, value)),
                            Some(_) if *flow => self.add_in_flow(node, None, &nested(below, value)),
                            Some(first) => {
                                let column = tree.column(first.start);
                                let item = self.hand.item(&nested(below, value), column);
                                self.add_lines(node.end, column, &item);
                            }
                        }
                        return Ok(());
                    }
                }
            }
        }
        self.replace(node, around, inside, value);
        Ok(())
    }

    /// Writes the first setting of a text, behind its comments.
    fn begin(&mut self, values: &Value) {
        let (text, line_break) = (self.tree.text, self.hand.line_break);
        let lines = self.hand.lines(values, 0);
        let is_ended = text.is_empty() || text.ends_with('\n');
        let new = if is_ended { format!("{lines}{line_break}") } else { format!("{line_break}{lines}") };
        self.splice(text.len()..text.len(), new);
    }

    /// Adds lines behind that of a byte.
    fn add_lines(&mut self, behind: usize, column: usize, lines: &str) {
        let end = self.tree.line(behind).end;
        self.splice(end..end, format!("{}{}{lines}", self.hand.line_break, " ".repeat(column)));
    }

    /// Adds an entry behind the last one in brackets.
    fn add_in_flow(&mut self, node: &Node, key: Option<&str>, value: &Value) {
        let bounds = bounds(node);
        let (Some((first, _)), Some((last, end))) = (bounds.first(), bounds.last()) else { return };
        let text = self.tree.text;
        let json = text[*first..].starts_with('"');
        let new = key.map_or_else(|| inline(value, json), |key| inline_pair(key, value, json));
        let space = if self.tree.begins_line(*last) {
            format!("{}{}", self.hand.line_break, &text[self.tree.line(*last).start..*last])
        } else {
            " ".to_owned()
        };
        self.splice(*end..*end, format!(",{space}{new}"));
    }

    /// Writes a value in the place of another.
    fn replace(&mut self, node: &Node, around: Around<'_>, inside: bool, value: &Value) {
        let (tree, hand) = (self.tree, self.hand);
        if inside {
            let json = match around {
                Around::Entry(entry) => tree.text[entry.start..].starts_with('"'),
                _ => tree.text[node.start..].starts_with('"'),
            };
            let space = if node.start == node.end { " " } else { "" };
            return self.splice(node.start..node.end, format!("{space}{}", inline(value, json)));
        }
        let (sign, column) = match around {
            Around::Nothing => return self.splice(node.start..node.end, hand.lines(value, 0)),
            Around::Entry(entry) => (entry.colon, tree.column(entry.start)),
            Around::Item(item) => (item.start + 1, tree.column(item.start)),
        };
        let is_below = match &node.kind {
            Kind::Map { flow, .. } | Kind::List { flow, .. } => !flow,
            _ => tree.text[sign..node.start].contains('\n'),
        };
        if matches!(around, Around::Entry(_)) && is_block(value) {
            let lines = hand.block(value, column);
            let at = tree.line(if is_below { sign } else { node.end }).end;
            self.splice(at..at, lines);
            self.erase(node, sign, is_below);
            return;
        }
        let mut new = match around {
            Around::Item(_) => hand.lines(value, column + 2),
            _ => hand.behind_key(value, column).trim_start().to_owned(),
        };
        let header = if is_below { None } else { block_header(tree, node) };
        // A literal block ends with its line: no comment can follow it.
        let is_literal = value.is_string() && new.starts_with('|');
        let behind = if is_below { sign } else { node.end };
        let comment = tree.comment(behind..tree.line(behind).end);
        match header {
            Some(header) if is_literal => {
                let (sign, body) = new.split_at(1);
                self.splice(header, sign);
                self.splice(tree.line(node.start).end..node.end, body);
            }
            _ => {
                let is_commented =
                    comment.is_some() || header.as_ref().is_some_and(|header| self.header_comment(header));
                if is_literal && is_commented {
                    new = inline(value, false);
                }
                if is_below || header.is_some() {
                    self.splice(sign..sign, format!(" {new}"));
                    self.erase(node, sign, is_below);
                } else {
                    let space = if node.start == node.end { " " } else { "" };
                    self.splice(node.start..node.end, format!("{space}{new}"));
                }
            }
        }
    }

    fn header_comment(&self, header: &Range<usize>) -> bool {
        self.tree.comment(header.end..self.tree.line(header.start).end).is_some()
    }

    /// Takes a value away from behind its sign; comments on lines of their own stay, and so do those behind the sign.
    fn erase(&mut self, node: &Node, sign: usize, is_below: bool) {
        let tree = self.tree;
        match block_header(tree, node) {
            _ if is_below && tree.text[sign..node.start].contains('\n') => self.cut(node.start, node.end),
            _ if is_below => self.cut(sign, node.end),
            Some(header) => {
                self.splice(sign..header.end, "");
                self.splice(tree.line(node.start).end.min(node.end)..node.end, "");
            }
            None => self.splice(sign..node.end, ""),
        }
    }

    /// Takes away lines, the first one from a byte on, but for the comments that have lines of their own.
    fn cut(&mut self, start: usize, end: usize) {
        let tree = self.tree;
        let first = tree.line(start);
        let indent = start - first.start;
        let mut at = first.start;
        if !tree.begins_line(start) {
            self.splice(start..first.end, "");
            at = tree.behind(first.end);
        }
        while at < end {
            let line = tree.line(at);
            let next = tree.behind(line.end);
            let is_comment = tree.comment(line.clone()).is_some_and(|at| tree.begins_line(at));
            if !is_comment {
                self.splice(line.start..next, "");
            } else if self.dedents {
                let text = &tree.text[line];
                let surplus = (text.len() - text.trim_start_matches(' ').len()).saturating_sub(indent);
                self.splice(at..at + surplus, "");
            }
            if next == at {
                return;
            }
            at = next;
        }
    }

    fn remove(&mut self, keys: &[String]) -> Result<(), Refusal> {
        let tree = self.tree;
        let Some(mut node) = tree.root.as_ref() else { return Ok(()) };
        let mut way: Vec<(&Node, usize)> = Vec::new();
        for (depth, key) in keys.iter().enumerate() {
            let (at, next) = match &node.kind {
                Kind::Alias => return Err(alias(&keys[..depth])),
                Kind::Map { entries, .. } => named(entries, key).map(|at| (at, &entries[at].value)),
                Kind::List { items, .. } => key.parse().ok().and_then(|at: usize| Some((at, &items.get(at)?.value))),
                Kind::Scalar | Kind::LeftOut => None,
            }
            .ok_or_else(|| {
                let path = keys.iter().fold(String::new(), |path, key| pointer(&path, key));
                Refusal::new(format!("{} comes from a merge key: change it there", dotted(&path)))
            })?;
            way.push((node, at));
            node = next;
        }
        let is_lone = |node: &Node| matches!(&node.kind, Kind::Map { entries, .. } if entries.len() == 1);
        while let [.., (outer, _), (inner, _)] = way[..] {
            if !is_lone(inner) || !matches!(outer.kind, Kind::Map { .. }) {
                break;
            }
            way.pop();
        }
        let Some((container, at)) = way.pop() else { return Ok(()) };
        let bounds = bounds(container);
        // The first list has entries, and an empty one says something else than none at all.
        let stays = match &container.kind {
            Kind::List { .. } => Some(Value::Array(Vec::new())),
            _ if way.is_empty() => None,
            _ => Some(Value::Object(Map::new())),
        };
        if let (Some(empty), 1) = (stays, bounds.len()) {
            let around = match way.last() {
                Some((Node { kind: Kind::Map { entries, .. }, .. }, at)) => Around::Entry(&entries[*at]),
                Some((Node { kind: Kind::List { items, .. }, .. }, at)) => Around::Item(&items[*at]),
                _ => Around::Nothing,
            };
            let inside = way.iter().any(|(node, _)| is_flow(node));
            self.replace(container, around, inside, &empty);
        } else if is_flow(container) {
            self.remove_in_flow(container, &bounds, at);
        } else {
            self.remove_lines(bounds[at], bounds.get(at + 1).map(|(start, _)| *start));
        }
        Ok(())
    }

    /// Removes an entry of a block; the next one takes its place behind a dash.
    fn remove_lines(&mut self, (start, end): (usize, usize), next: Option<usize>) {
        let tree = self.tree;
        let end = tree.line(end).end;
        if tree.begins_line(start) {
            return self.cut(start, end);
        }
        let line = tree.behind(tree.line(start).end);
        match next {
            Some(next) if !self.has_comment_line(line, next) => self.splice(start..next, ""),
            _ => {
                let blanks = tree.text[..start].len() - tree.text[..start].trim_end_matches(' ').len();
                self.splice(start - blanks..start, "");
                self.cut(start, end);
            }
        }
    }

    fn has_comment_line(&self, mut at: usize, end: usize) -> bool {
        while at < end {
            let line = self.tree.line(at);
            if self.tree.comment(line.clone()).is_some_and(|at| self.tree.begins_line(at)) {
                return true;
            }
            at = self.tree.behind(line.end).max(at + 1);
        }
        false
    }

    /// Removes an entry in brackets, and the comma that it no longer needs.
    fn remove_in_flow(&mut self, node: &Node, bounds: &[(usize, usize)], at: usize) {
        let tree = self.tree;
        let (start, end) = bounds[at];
        let gap = match (bounds.get(at + 1), at.checked_sub(1).map(|before| bounds[before])) {
            (Some((next, _)), _) => end..*next,
            (None, Some((_, before))) => before..start,
            (None, None) => return self.splice(start..node.end - 1, ""),
        };
        if tree.comment(gap.clone()).is_none() {
            return self.splice(start.min(gap.start)..end.max(gap.end), "");
        }
        let mut comma = gap.start;
        while !tree.text[comma..].starts_with(',') && comma < gap.end {
            let is_comment = tree.comment(comma..comma + 1).is_some();
            comma = if is_comment { tree.line(comma).end } else { comma + 1 };
        }
        self.splice(comma..comma + 1, "");
        self.splice(start..end, "");
    }
}

/// The last entry of a name: it wins.
fn named(entries: &[Entry], key: &str) -> Option<usize> {
    entries.iter().rposition(|entry| entry.name.as_deref() == Some(key))
}

fn is_flow(node: &Node) -> bool {
    matches!(&node.kind, Kind::Map { flow: true, .. } | Kind::List { flow: true, .. })
}

/// Where each entry of a collection begins and ends.
fn bounds(node: &Node) -> Vec<(usize, usize)> {
    match &node.kind {
        Kind::Map { entries, .. } => entries.iter().map(|entry| (entry.start, entry.value.end)).collect(),
        Kind::List { items, .. } => items.iter().map(|item| (item.start, item.value.end)).collect(),
        _ => Vec::new(),
    }
}

/// The signs that begin a literal or folded block, such as `|2-`.
fn block_header(tree: &Tree<'_>, node: &Node) -> Option<Range<usize>> {
    let text = &tree.text[node.start..node.end];
    let is_block = matches!(node.kind, Kind::Scalar) && text.starts_with(['|', '>']);
    is_block.then(|| node.start..node.start + text.find([' ', '\t', '\r', '\n']).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests;
