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

/// A mapping that remembers the order in which its keys appeared.
#[derive(Debug, Clone, Default)]
pub(super) struct Map(BTreeMap<String, Entry>);

/// A key's value and place.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    order: usize,
    pub key: Place,
    pub node: Node,
}

impl Map {
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.0.get(key)
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Entry> {
        self.0.get_mut(key)
    }

    /// Returns the entry of a key, a gap if it is new.
    pub(super) fn entry(&mut self, key: &str, place: Place) -> &mut Entry {
        let order = self.0.len();
        self.0.entry(key.to_owned()).or_insert_with(|| Entry { order, key: place, node: Node::new(Kind::Gap, place) })
    }

    /// Sets a key; one that is there already keeps its rank.
    pub(super) fn insert(&mut self, name: String, key: Place, node: Node) {
        let order = self.0.get(&name).map_or(self.0.len(), |entry| entry.order);
        self.0.insert(name, Entry { order, key, node });
    }

    /// Takes the entries in the order of their keys' first appearance.
    pub(super) fn into_entries(self) -> impl Iterator<Item = (String, Entry)> {
        let mut entries: Vec<_> = self.0.into_iter().collect();
        entries.sort_unstable_by_key(|(_, entry)| entry.order);
        entries.into_iter()
    }

    pub(super) fn nodes(&self) -> impl Iterator<Item = (&String, &Node)> {
        self.0.iter().map(|(key, entry)| (key, &entry.node))
    }

    fn take_value(&mut self) -> Value {
        let mut entries: Vec<_> = self.0.iter_mut().collect();
        entries.sort_unstable_by_key(|(_, entry)| entry.order);
        Value::Object(entries.into_iter().map(|(key, entry)| (key.clone(), entry.node.take_value())).collect())
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
