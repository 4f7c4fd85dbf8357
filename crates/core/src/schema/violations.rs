//! Where JSON breaks the schema.
//!
//! Reads the keywords that our schema has ([`KEYWORDS`]) and no others: a test compares the list with the schema, and
//! `tests/schema_and_serde.rs` compares every verdict with a complete validator's.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::diagnostic::pointer;

/// The keywords that are judged here.
#[cfg(test)]
const KEYWORDS: &[&str] = &[
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "items",
    "maxLength",
    "maximum",
    "minItems",
    "minimum",
    "oneOf",
    "pattern",
    "patternProperties",
    "properties",
    "propertyNames",
    "required",
    "type",
];

/// One keyword that a value breaks.
pub(super) struct Violation<'a> {
    /// JSON pointer to the value.
    pub(super) path: String,
    /// The value.
    pub(super) got: &'a Value,
    /// The schema that has the keyword.
    pub(super) here: &'static Value,
    /// What its references are relative to.
    pub(super) root: &'static Value,
    /// What is broken.
    pub(super) kind: Kind<'a>,
}

/// What a value breaks.
pub(super) enum Kind<'a> {
    /// It is of none of these types.
    Type(Vec<&'static str>),
    /// It has a key that is not known.
    UnknownKey(&'a str),
    /// It lacks a key.
    MissingKey(&'static str),
    /// It is not this one.
    Constant(&'static Value),
    /// It is less than the minimum, or more than the maximum.
    Range,
    /// It does not match the pattern, or is too long.
    Form,
    /// It has fewer entries than this.
    TooFew(u64),
    /// It breaks every alternative, each in these ways.
    Alternatives(Vec<Vec<Violation<'a>>>),
}

/// Finds every violation of a schema, in the order of the values. It refers to others from its root; the values are at a path.
pub(super) fn all<'a>(json: &'a Value, here: &'static Value, root: &'static Value, path: &str) -> Vec<Violation<'a>> {
    let mut walk = Walk { root, found: Vec::new() };
    walk.judge(json, here, path);
    walk.found
}

/// Whether a text matches a pattern of the schema.
pub(super) fn matches(pattern: &'static str, text: &str) -> bool {
    static COMPILED: OnceLock<Mutex<BTreeMap<&'static str, Regex>>> = OnceLock::new();
    let mut compiled = COMPILED.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    compiled
        .entry(pattern)
        .or_insert_with(|| Regex::new(pattern).expect("a test compiles every pattern"))
        .is_match(text)
}

struct Walk<'a> {
    root: &'static Value,
    found: Vec<Violation<'a>>,
}

impl<'a> Walk<'a> {
    fn judge(&mut self, got: &'a Value, here: &'static Value, path: &str) {
        if let Some(reference) = here.get("$ref").and_then(Value::as_str) {
            let target = self.root.pointer(reference.trim_start_matches('#')).expect("a test follows every reference");
            self.judge(got, target, path);
        }
        let root = self.root;
        let mut add = |kind| self.found.push(Violation { path: path.to_owned(), got, here, root, kind });
        if let Some(types) = here.get("type") {
            let types: Vec<&str> = match types {
                Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
                one => one.as_str().into_iter().collect(),
            };
            if !types.iter().any(|kind| is_of_type(got, kind)) {
                add(Kind::Type(types));
                return; // the other keywords speak of that type
            }
        }
        if let Some(constant) = here.get("const").filter(|constant| *constant != got) {
            add(Kind::Constant(constant));
        }
        match got {
            Value::String(text) if !has_form(text, here) => add(Kind::Form),
            Value::Number(number) if !is_in_range(number, here) => add(Kind::Range),
            Value::Array(entries) => {
                let least = here.get("minItems").and_then(Value::as_u64).unwrap_or_default();
                if (entries.len() as u64) < least {
                    add(Kind::TooFew(least));
                }
                if let Some(form) = here.get("items") {
                    for (index, entry) in entries.iter().enumerate() {
                        self.judge(entry, form, &format!("{path}/{index}"));
                    }
                }
            }
            Value::Object(map) => self.judge_object(got, map, here, path),
            _ => {}
        }
        self.judge_alternatives(got, here, path);
    }

    fn judge_object(&mut self, got: &'a Value, map: &'a Map<String, Value>, here: &'static Value, path: &str) {
        let object = |keyword| here.get(keyword).and_then(Value::as_object);
        let (properties, patterns) = (object("properties"), object("patternProperties"));
        let is_closed = here.get("additionalProperties") == Some(&Value::Bool(false));
        let key_form = here.get("propertyNames");
        for (key, value) in map {
            let named = properties.and_then(|forms| forms.get(key));
            let has_name = key_form.is_none_or(|form| has_form(key, form));
            let fitting = patterns.into_iter().flatten().filter(|(pattern, _)| has_name && matches(pattern, key));
            let forms: Vec<_> = named.into_iter().chain(fitting.map(|(_, form)| form)).collect();
            if forms.is_empty() && is_closed {
                self.found.push(Violation {
                    path: path.to_owned(),
                    got,
                    here,
                    root: self.root,
                    kind: Kind::UnknownKey(key),
                });
            }
            for form in forms {
                self.judge(value, form, &pointer(path, key));
            }
        }
        for key in here.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if !map.contains_key(key) {
                self.found.push(Violation {
                    path: path.to_owned(),
                    got,
                    here,
                    root: self.root,
                    kind: Kind::MissingKey(key),
                });
            }
        }
    }

    fn judge_alternatives(&mut self, got: &'a Value, here: &'static Value, path: &str) {
        for keyword in ["anyOf", "oneOf"] {
            let Some(branches) = here.get(keyword).and_then(Value::as_array) else { continue };
            let judged = branches.iter().map(|branch| {
                let mut walk = Walk { root: self.root, found: Vec::new() };
                walk.judge(got, branch, path);
                walk.found
            });
            let judged: Vec<Vec<_>> = judged.collect();
            if !judged.iter().any(Vec::is_empty) {
                self.found.push(Violation {
                    path: path.to_owned(),
                    got,
                    here,
                    root: self.root,
                    kind: Kind::Alternatives(judged),
                });
            }
        }
    }
}

fn is_of_type(value: &Value, kind: &str) -> bool {
    match (kind, value) {
        ("integer", Value::Number(number)) => number.as_f64().is_some_and(|number| number.fract() == 0.0),
        ("null", Value::Null)
        | ("boolean", Value::Bool(_))
        | ("number", Value::Number(_))
        | ("string", Value::String(_))
        | ("array", Value::Array(_))
        | ("object", Value::Object(_)) => true,
        _ => false,
    }
}

fn has_form(text: &str, here: &'static Value) -> bool {
    let fits = here.get("maxLength").and_then(Value::as_u64).is_none_or(|most| text.chars().count() as u64 <= most);
    let also = here.get("allOf").and_then(Value::as_array).into_iter().flatten();
    fits && here.get("pattern").and_then(Value::as_str).is_none_or(|pattern| matches(pattern, text))
        && also.into_iter().all(|form| has_form(text, form))
}

fn is_in_range(number: &serde_json::Number, here: &Value) -> bool {
    let limit = |keyword| here.get(keyword).and_then(Value::as_f64);
    let number = number.as_f64().unwrap_or(f64::NAN);
    limit("minimum").is_none_or(|least| number >= least) && limit("maximum").is_none_or(|most| number <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls back with every schema of the document.
    fn schemas(schema: &'static Value, visit: &mut impl FnMut(&'static Map<String, Value>)) {
        let Value::Object(map) = schema else { return };
        visit(map);
        for (keyword, value) in map {
            match (keyword.as_str(), value) {
                ("properties" | "patternProperties" | "$defs", Value::Object(named)) => {
                    for schema in named.values() {
                        schemas(schema, visit);
                    }
                }
                ("anyOf" | "oneOf", Value::Array(branches)) => {
                    for schema in branches {
                        schemas(schema, visit);
                    }
                }
                ("items" | "additionalProperties", schema) => schemas(schema, visit),
                _ => {}
            }
        }
    }

    #[test]
    fn every_keyword_of_the_schemas_is_judged_or_only_says_something() {
        judged(crate::schema::document(), crate::schema::document());
        let kubernetes = crate::schema::kubernetes::forms();
        for form in kubernetes.as_object().unwrap().values() {
            judged(form, kubernetes);
        }
    }

    fn judged(schema: &'static Value, root: &Value) {
        let said = [
            "$schema",
            "$id",
            "$defs",
            "title",
            "description",
            "default",
            "examples",
            "writeOnly",
            "x-form",
            "x-rqchart",
        ];
        schemas(schema, &mut |schema| {
            for keyword in schema.keys() {
                assert!(KEYWORDS.contains(&keyword.as_str()) || said.contains(&keyword.as_str()), "{keyword}");
            }
            assert!(schema.get("additionalProperties").is_none_or(Value::is_boolean));
            // Of these, forms of texts are judged and nothing else.
            let also = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
            for form in also.chain(schema.get("propertyNames")) {
                assert_eq!(form.as_object().unwrap().keys().collect::<Vec<_>>(), ["pattern"], "{form}");
            }
            if let Some(reference) = schema.get("$ref") {
                assert!(root.pointer(&reference.as_str().unwrap()[1..]).is_some(), "{reference}");
            }
        });
    }
}
