//! `values.yaml`: every setting with its default, explained by the types' own documentation.

use rqchart::yaml_string;
use rqchart_core::schema::Reference;
use serde_json::Value;

/// Writes the defaults as commented YAML.
pub(super) fn yaml(reference: &Reference) -> String {
    let mut text = String::from(
        "# yaml-language-server: $schema=values.schema.json\n\
         # Every setting with its default. Generated from crates/core/src/values by `cargo xtask codegen`.\n",
    );
    let root = reference.find("").expect("the empty path is the whole");
    for (name, _) in root.properties().filter(|(name, _)| *name != "global") {
        text.push('\n');
        write(&mut text, reference, name, 0);
    }
    text
}

fn write(text: &mut String, reference: &Reference, path: &str, indent: usize) {
    let setting = reference.find(path).expect("a name that the schema has just given");
    let margin = " ".repeat(indent);
    for line in wrapped(setting.description(), 118 - indent) {
        text.push_str(&format!("{margin}# {line}\n"));
    }
    let words: Vec<&str> = setting.options().map(|(word, _)| word).collect();
    if !words.is_empty() {
        text.push_str(&format!("{margin}# One of: {}.\n", words.join(", ")));
    }
    let name = path.rsplit('.').next().unwrap_or(path);
    match setting.default() {
        Value::Object(parts) if !parts.is_empty() => {
            text.push_str(&format!("{margin}{name}:\n"));
            for (child, _) in setting.properties() {
                write(text, reference, &format!("{path}.{child}"), indent + 2);
            }
        }
        value => text.push_str(&format!("{margin}{name}: {}\n", inline(value))),
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
