//! Changes of a JSON document that nobody would make on purpose.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

/// One change at one place of a document.
#[derive(Debug, Clone)]
pub(crate) struct Mutation {
    at: Index,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    Replace(Value),
    /// By another part of the same document.
    Move(Index),
    IntoList,
    IntoMap(String),
    AddKey(String),
    RemoveKey(Index),
    Append(char),
    Multiply(f64),
}

/// Makes changes.
pub(crate) fn mutation() -> impl Strategy<Value = Mutation> {
    let odd = prop::sample::select(vec![
        json!(null),
        json!(false),
        json!(0),
        json!(-1),
        json!(3.0),
        json!(0.5),
        json!(1e19),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("a: b"),
        json!([]),
        json!({}),
        json!([{}]),
    ]);
    let key = prop::sample::select(vec!["", "x", "name", "global", "example.com/team", "a~b"]).prop_map(str::to_owned);
    let change = prop_oneof![
        odd.prop_map(Change::Replace),
        any::<Index>().prop_map(Change::Move),
        Just(Change::IntoList),
        key.clone().prop_map(Change::IntoMap),
        key.prop_map(Change::AddKey),
        any::<Index>().prop_map(Change::RemoveKey),
        any::<char>().prop_map(Change::Append),
        prop::sample::select(vec![-1.0, 0.5, 1.0, 10.0, 1e30]).prop_map(Change::Multiply),
    ];
    (any::<Index>(), change).prop_map(|(at, change)| Mutation { at, change })
}

impl Mutation {
    /// Makes the change; one that does not fit its place changes nothing.
    pub(crate) fn apply(&self, document: &mut Value) {
        let pointers = pointers(document);
        let other = match &self.change {
            Change::Move(from) => document.pointer(&pointers[from.index(pointers.len())]).cloned(),
            _ => None,
        };
        let value =
            document.pointer_mut(&pointers[self.at.index(pointers.len())]).expect("a pointer into this document");
        match (&self.change, &mut *value) {
            (Change::Replace(odd), _) => *value = odd.clone(),
            (Change::Move(_), _) => *value = other.expect("a pointer into this document"),
            (Change::IntoList, _) => *value = json!([value.take()]),
            (Change::IntoMap(key), _) => *value = json!({ key: value.take() }),
            (Change::AddKey(key), Value::Object(map)) => _ = map.insert(key.clone(), json!("x")),
            (Change::RemoveKey(which), Value::Object(map)) if !map.is_empty() => {
                let key = map.keys().nth(which.index(map.len())).cloned().expect("an index below its length");
                map.shift_remove(&key);
            }
            (Change::Append(c), Value::String(text)) => text.push(*c),
            (Change::Multiply(factor), Value::Number(number)) => {
                *value = json!(number.as_f64().expect("every number has a float beside it") * factor);
            }
            _ => {}
        }
    }
}

/// The JSON pointer of every value within a document.
fn pointers(document: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, pointers: &mut Vec<String>) {
        pointers.push(at.to_owned());
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    walk(value, &rqchart_core::diagnostic::pointer(at, key), pointers);
                }
            }
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    walk(value, &format!("{at}/{index}"), pointers);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(document, "", &mut found);
    found
}
