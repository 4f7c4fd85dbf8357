//! Values together with where they were written.

use std::collections::BTreeMap;

use rqchart_core::diagnostic::pointer_keys;
use serde_json::Value;

use super::place::Place;

/// A value, its place, and the places of what it replaced.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub kind: Kind,
    pub place: Place,
    /// The places of the values that this one replaced, oldest first.
    pub overridden: Vec<Place>,
}

/// What a node holds.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// Never an array or object.
    Scalar(Value),
    List(Vec<Node>),
    Map(Map),
    /// An element that only a higher index has brought into being.
    Gap,
}

/// A mapping that keeps its keys in the order in which they appeared.
#[derive(Debug, Clone, Default)]
pub(super) struct Map {
    entries: Vec<(String, Entry)>,
    /// Where each key is, once there are too many to look through.
    index: BTreeMap<String, usize>,
}

/// How many keys a mapping has before it needs an index.
const UNINDEXED: usize = 16;

/// A key's value and place.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub key: Place,
    pub node: Node,
}

impl Map {
    fn position(&self, key: &str) -> Option<usize> {
        if self.index.is_empty() {
            self.entries.iter().position(|(name, _)| name == key)
        } else {
            self.index.get(key).copied()
        }
    }

    fn push(&mut self, name: String, entry: Entry) {
        self.entries.push((name, entry));
        let new = match self.entries.len() {
            0..UNINDEXED => return,
            // The first time all of them, then the new one.
            UNINDEXED => 0,
            count => count - 1,
        };
        self.index.extend(self.entries.iter().enumerate().skip(new).map(|(at, (name, _))| (name.clone(), at)));
    }

    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.position(key).map(|at| &self.entries[at].1)
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Entry> {
        self.position(key).map(|at| &mut self.entries[at].1)
    }

    /// Returns the entry of a key, a gap if it is new.
    pub(super) fn entry(&mut self, key: &str, place: Place) -> &mut Entry {
        let at = self.position(key).unwrap_or_else(|| {
            self.push(key.to_owned(), Entry { key: place, node: Node::new(Kind::Gap, place) });
            self.entries.len() - 1
        });
        &mut self.entries[at].1
    }

    /// Sets a key; one that is there already keeps its rank.
    pub(super) fn insert(&mut self, name: String, key: Place, node: Node) {
        let entry = Entry { key, node };
        match self.position(&name) {
            Some(at) => self.entries[at].1 = entry,
            None => self.push(name, entry),
        }
    }

    /// Takes the entries, in order.
    pub(super) fn into_entries(self) -> impl Iterator<Item = (String, Entry)> {
        self.entries.into_iter()
    }

    /// Returns the keys and values, in order.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (&String, &Node)> {
        self.entries.iter().map(|(key, entry)| (key, &entry.node))
    }

    fn take_value(&mut self) -> Value {
        let values = self.entries.iter_mut().map(|(key, entry)| (key.clone(), entry.node.take_value()));
        Value::Object(values.collect())
    }
}

impl Node {
    pub(super) fn new(kind: Kind, place: Place) -> Self {
        Self { kind, place, overridden: Vec::new() }
    }

    pub(super) fn scalar(value: impl Into<Value>, place: Place) -> Self {
        Self::new(Kind::Scalar(value.into()), place)
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self.kind, Kind::Map(_))
    }

    /// Whether nothing is lost when something else takes its place.
    pub(super) fn is_vacant(&self) -> bool {
        matches!(self.kind, Kind::Gap | Kind::Scalar(Value::Null))
    }

    /// Names the kind of value in messages.
    pub(super) fn noun(&self) -> &'static str {
        match &self.kind {
            Kind::Map(_) => "a mapping",
            Kind::List(_) => "a list",
            Kind::Scalar(Value::String(_)) => "text",
            Kind::Scalar(Value::Number(_)) => "a number",
            Kind::Scalar(Value::Bool(_)) => "true or false",
            Kind::Scalar(_) | Kind::Gap => "null",
        }
    }

    /// Returns what repeating a node costs, in nodes of up to 64 bytes of text, and how deep it is.
    pub(super) fn measure(&self) -> (usize, usize) {
        let inner = |(cost, height): (usize, usize), (key, node): (usize, &Self)| {
            let (more, deeper) = node.measure();
            (cost + key / 64 + more, height.max(deeper + 1))
        };
        match &self.kind {
            Kind::Scalar(Value::String(text)) => (1 + text.len() / 64, 0),
            Kind::Scalar(_) | Kind::Gap => (1, 0),
            Kind::List(items) => items.iter().map(|node| (0, node)).fold((1, 1), inner),
            Kind::Map(map) => map.nodes().map(|(key, node)| (key.len(), node)).fold((1, 1), inner),
        }
    }

    /// Adds the places of all scalars in it, and of what was replaced.
    pub(super) fn places_of_scalars(&self, places: &mut Vec<Place>) {
        places.extend(&self.overridden);
        match &self.kind {
            Kind::Scalar(_) => places.push(self.place),
            Kind::List(items) => items.iter().for_each(|node| node.places_of_scalars(places)),
            Kind::Map(map) => map.nodes().for_each(|(_, node)| node.places_of_scalars(places)),
            Kind::Gap => {}
        }
    }

    /// Moves the values out and leaves the places, so that a large text is never held twice.
    pub(super) fn take_value(&mut self) -> Value {
        match &mut self.kind {
            Kind::Scalar(value) => value.take(),
            Kind::List(items) => Value::Array(items.iter_mut().map(Self::take_value).collect()),
            Kind::Map(map) => map.take_value(),
            Kind::Gap => Value::Null,
        }
    }
}

/// The end of a walk along a JSON pointer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'n> {
    /// Whether all of the pointer exists; otherwise the rest is about its nearest ancestor that does.
    pub exact: bool,
    pub node: &'n Node,
    /// The key of that node, if it is not an element of a list.
    pub key: Option<Place>,
}

/// Walks along a JSON pointer as far as it exists.
pub(super) fn find<'n>(root: &'n Node, pointer: &str) -> Found<'n> {
    let mut found = Found { exact: true, node: root, key: None };
    for key in pointer_keys(pointer) {
        let next = match &found.node.kind {
            Kind::Map(map) => map.get(&key).map(|entry| (&entry.node, Some(entry.key))),
            Kind::List(items) => key.parse().ok().and_then(|at: usize| items.get(at)).map(|node| (node, None)),
            Kind::Scalar(_) | Kind::Gap => None,
        };
        match next {
            Some((node, key)) => (found.node, found.key) = (node, key),
            None => return Found { exact: false, ..found },
        }
    }
    found
}
