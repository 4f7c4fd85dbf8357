//! Layers onto layers.
//!
//! In: documents and assignments, in the order in which they count. Out: one mapping in which every value knows its own
//! place and the places of what it replaced. Reads no text.

use rqchart_core::diagnostic::{Code, Diagnostic, pointer};
use serde_json::Value;

use super::node::{Kind, Map, Node};
use super::place::{Findings, Place, Source};
use super::set::{Assignment, Key, Step, path_pointer};

/// The most elements that indices may leave out, all together; what stays left out is a finding anyway.
const MAX_GAPS: usize = 65_536;

/// The values so far.
pub(super) struct Merger<'m, 'a> {
    pub sources: &'m [Source<'a>],
    pub findings: &'m mut Findings,
    pub root: Node,
    gaps: usize,
}

impl<'m, 'a> Merger<'m, 'a> {
    pub(super) fn new(sources: &'m [Source<'a>], findings: &'m mut Findings) -> Self {
        // Until a document or flag comes, the root is nowhere: no source has this number.
        let nowhere = Place { source: u32::MAX, line: 1, column: 1, length: 1 };
        Self { sources, findings, root: Node::new(Kind::Map(Map::default()), nowhere), gaps: 0 }
    }

    /// Lays a document over the values: mappings merge deep, everything else replaces.
    pub(super) fn overlay(&mut self, document: Node) {
        let mut root = std::mem::replace(&mut self.root, Node::scalar(Value::Null, document.place));
        if root.place.source == u32::MAX {
            root.place = document.place;
        }
        self.overlay_node(&mut root, document, &mut String::new());
        self.root = root;
    }

    fn overlay_node(&mut self, base: &mut Node, over: Node, path: &mut String) {
        let (Kind::Map(map), Kind::Map(_)) = (&mut base.kind, &over.kind) else {
            return self.replace(base, over, path);
        };
        let Kind::Map(over) = over.kind else { return };
        for (name, entry) in over.into_entries() {
            let Some(old) = map.get_mut(&name) else {
                map.insert(name, entry.key, entry.node);
                continue;
            };
            let outer = path.len();
            *path = pointer(path, &name);
            if !(old.node.is_map() && entry.node.is_map()) {
                old.key = entry.key;
            }
            self.overlay_node(&mut old.node, entry.node, path);
            path.truncate(outer);
        }
    }

    /// Puts a value in the place of another, unless they are too different for that to be meant.
    fn replace(&mut self, old: &mut Node, mut new: Node, path: &str) {
        if old.is_map() != new.is_map() && !old.is_vacant() && !new.is_vacant() {
            self.report_clash(old, &new, path);
        }
        if !matches!(old.kind, Kind::Gap) {
            new.overridden = std::mem::take(&mut old.overridden);
            new.overridden.push(old.place);
        }
        *old = new;
    }

    fn report_clash(&mut self, old: &Node, new: &Node, path: &str) {
        let message = format!("{} would replace {} from {}", new.noun(), old.noun(), self.describe(old.place));
        let finding = Diagnostic::error(Code::ScalarOverMap, path, message);
        self.findings.add(finding.with_hint("set it to null in between, or change one of them"), new.place);
    }

    /// Writes a place as people read it.
    fn describe(&self, place: Place) -> String {
        let name = self.sources.get(place.source as usize).map_or("", |source| &source.name);
        format!("{name}:{}:{}", place.line, place.column)
    }

    /// Does what a flag says; returns whether it could.
    pub(super) fn assign(&mut self, assignment: Assignment) -> bool {
        let Assignment { path, value } = assignment;
        let mut root = std::mem::replace(&mut self.root, Node::scalar(Value::Null, value.place));
        let mut target = Some(&mut root);
        for at in 0..path.len() {
            target = target.and_then(|node| self.enter(node, &path, at));
        }
        let reached = target.is_some();
        if let Some(node) = target {
            self.replace(node, value, &path_pointer(&path));
        }
        self.root = root;
        reached
    }

    /// Goes one step down a path, making what does not exist yet.
    fn enter<'n>(&mut self, node: &'n mut Node, path: &[Step], at: usize) -> Option<&'n mut Node> {
        let (parents, step) = (&path[..at], &path[at]);
        match &step.key {
            Key::Name(name) => {
                self.become_collection(node, Kind::Map(Map::default()), parents)?;
                let Kind::Map(map) = &mut node.kind else { return None };
                let entry = map.entry(name, step.place);
                if at + 1 == path.len() {
                    entry.key = step.place;
                }
                Some(&mut entry.node)
            }
            Key::Index(index) => {
                self.become_collection(node, Kind::List(Vec::new()), parents)?;
                let Kind::List(items) = &mut node.kind else { return None };
                let missing = (index + 1).saturating_sub(items.len());
                self.gaps += missing.saturating_sub(1);
                if self.gaps > MAX_GAPS {
                    self.report_gap(&path[..=at], step.place);
                    return None;
                }
                items.extend(std::iter::repeat_n(Node::new(Kind::Gap, step.place), missing));
                items.get_mut(*index)
            }
        }
    }

    /// Makes an empty collection of a node that holds nothing; one that holds something else is reported.
    fn become_collection(&mut self, node: &mut Node, kind: Kind, path: &[Step]) -> Option<()> {
        if std::mem::discriminant(&node.kind) == std::mem::discriminant(&kind) {
            return Some(());
        }
        let place = path.last().map_or(node.place, |step| step.place);
        let new = Node::new(kind, place);
        let path = path_pointer(path);
        if node.is_vacant() {
            self.replace(node, new, &path);
            return Some(());
        }
        if node.is_map() || new.is_map() {
            self.report_clash(node, &new, &path);
        } else {
            let message = format!("{} from {} has no elements", node.noun(), self.describe(node.place));
            let finding = Diagnostic::error(Code::ListReplaced, path, message);
            self.findings.add(finding.with_hint("set the whole list, such as list={a,b}"), place);
        }
        None
    }

    fn report_gap(&mut self, path: &[Step], place: Place) {
        let message = "this index leaves elements before it unset";
        let finding = Diagnostic::error(Code::ListReplaced, path_pointer(path), message);
        self.findings.add(finding.with_hint("start at the first index that no layer has set"), place);
    }

    /// Reports the elements that no layer has set, once for each index that left them out.
    pub(super) fn report_gaps(&mut self) {
        if self.gaps == 0 {
            return;
        }
        let mut places = Vec::new();
        collect_gaps(&self.root, &mut String::new(), &mut places);
        for (path, place) in places {
            let finding = Diagnostic::error(Code::ListReplaced, path, "no layer sets this element of the list");
            self.findings.add(finding.with_hint("set the indices before this one too, or the whole list"), place);
        }
    }
}

fn collect_gaps(node: &Node, path: &mut String, found: &mut Vec<(String, Place)>) {
    let outer = path.len();
    let mut inner = |key: &str, node: &Node| {
        *path = pointer(path, key);
        collect_gaps(node, path, found);
        path.truncate(outer);
    };
    match &node.kind {
        Kind::Map(map) => map.nodes().for_each(|(key, node)| inner(key, node)),
        Kind::List(items) => items.iter().enumerate().for_each(|(at, node)| inner(&at.to_string(), node)),
        Kind::Gap if found.last().is_none_or(|(_, place)| *place != node.place) => {
            found.push((path.clone(), node.place));
        }
        Kind::Gap | Kind::Scalar(_) => {}
    }
}

#[cfg(test)]
mod tests;
