//! `values.yaml`: every setting with its default, explained by the types' own documentation.

use rqchart::yaml_string;
use rqchart_core::schema::{Setting, find};
use serde_json::Value;

/// Writes the defaults of a schema as commented YAML.
pub(super) fn yaml(schema: &Value) -> String {
    let mut text = String::from(
        "# yaml-language-server: $schema=values.schema.json\n\
         # Every setting with its default. Generated from crates/core/src/values by `cargo xtask codegen`.\n",
    );
    let root = find(schema, "").expect("the empty path is the whole");
    for (name, _) in root.properties().filter(|(name, _)| *name != "global") {
        text.push('\n');
        write(&mut text, schema, name, 0);
    }
    text
}

fn write(text: &mut String, schema: &Value, path: &str, indent: usize) {
    let setting = find(schema, path).expect("a name that the schema has just given");
    let margin = " ".repeat(indent);
    for line in wrapped(setting.description(), 118 - indent) {
        text.push_str(&format!("{margin}# {line}\n"));
    }
    let words: Vec<&str> = setting.options().map(|(word, _)| word).collect();
    if !words.is_empty() {
        text.push_str(&format!("{margin}# One of: {}.\n", words.join(", ")));
    }
    let name = path.rsplit('.').next().unwrap_or(path);
    match default(&setting) {
        Some(value) => text.push_str(&format!("{margin}{name}: {}\n", inline(value))),
        None => {
            text.push_str(&format!("{margin}{name}:\n"));
            for (child, _) in setting.properties() {
                write(text, schema, &format!("{path}.{child}"), indent + 2);
            }
        }
    }
}

/// The default to print; none where the parts have their own.
fn default<'a>(setting: &Setting<'a>) -> Option<&'a Value> {
    const NULL: &Value = &Value::Null;
    let has_parts = setting.properties().next().is_some();
    match setting.default() {
        Some(Value::Object(map)) if !map.is_empty() => None,
        Some(value) => Some(value),
        None if has_parts => None,
        None => Some(NULL),
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => yaml_string(text),
        Value::Array(list) => format!("[{}]", list.iter().map(inline).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always one");
        if !line.is_empty() && line.len() + 1 + word.len() > width {
            lines.push(word.to_owned());
        } else {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
    }
    lines
}
