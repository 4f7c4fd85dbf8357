//! Values as YAML text, in the hand of the text around them.

use rqchart_core::diagnostic::pointer_keys;
use serde_json::Value;

use crate::escape;

/// How a text is laid out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hand {
    /// By how much a mapping is indented below its key.
    pub step: usize,
    /// By how much a list is.
    pub list: usize,
    /// What ends a line.
    pub line_break: &'static str,
}

/// Whether a value takes lines of its own.
pub(super) fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    }
}

impl Hand {
    /// `key: value`, whose lines begin in a column, without the first line's indentation and the last one's break.
    pub(super) fn pair(self, key: &str, value: &Value, column: usize) -> String {
        format!("{}:{}", escape::yaml_string(key), self.behind_key(value, column))
    }

    /// What comes behind the `:` of a key in a column.
    pub(super) fn behind_key(self, value: &Value, column: usize) -> String {
        if is_block(value) { self.block(value, column) } else { format!(" {}", self.scalar(value, column + self.step)) }
    }

    /// The lines of a mapping or list below a key in a column, each begun by a line break.
    pub(super) fn block(self, value: &Value, column: usize) -> String {
        let inner = column + if value.is_array() { self.list } else { self.step };
        format!("{}{}", self.new_line(inner), self.lines(value, inner))
    }

    /// The lines of a value, the first without indentation.
    pub(super) fn lines(self, value: &Value, column: usize) -> String {
        let lines: Vec<_> = match value {
            Value::Object(map) if !map.is_empty() => {
                map.iter().map(|(key, value)| self.pair(key, value, column)).collect()
            }
            Value::Array(items) if !items.is_empty() => items.iter().map(|item| self.item(item, column)).collect(),
            other => return self.scalar(other, column),
        };
        lines.join(&self.new_line(column))
    }

    /// `- value`, whose dash is in a column.
    pub(super) fn item(self, value: &Value, column: usize) -> String {
        format!("- {}", self.lines(value, column + 2))
    }

    fn new_line(self, column: usize) -> String {
        format!("{}{}", self.line_break, " ".repeat(column))
    }

    fn scalar(self, value: &Value, column: usize) -> String {
        escape::scalar(value, column).replace('\n', self.line_break)
    }
}

/// A value on one line; all text in quotes where JSON is written.
pub(super) fn inline(value: &Value, json: bool) -> String {
    match value {
        Value::Object(map) => {
            let pairs: Vec<_> = map.iter().map(|(key, value)| inline_pair(key, value, json)).collect();
            format!("{{{}}}", pairs.join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| inline(item, json)).collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => inline_text(text, json),
        scalar => escape::scalar(scalar, 0),
    }
}

/// `key: value` on one line.
pub(super) fn inline_pair(key: &str, value: &Value, json: bool) -> String {
    format!("{}: {}", inline_text(key, json), inline(value, json))
}

fn inline_text(text: &str, json: bool) -> String {
    if json { escape::quoted(text) } else { escape::yaml_string(text) }
}

/// A value inside of what is missing around it, by the keys that lead to it; `0` makes a list.
pub(super) fn nested(keys: &[String], value: &Value) -> Value {
    keys.iter().rev().fold(value.clone(), |value, key| match key.as_str() {
        "0" => Value::Array(vec![value]),
        _ => Value::Object([(key.clone(), value)].into_iter().collect()),
    })
}

/// The keys of a JSON pointer.
pub(super) fn keys(path: &str) -> Vec<String> {
    pointer_keys(path).collect()
}
