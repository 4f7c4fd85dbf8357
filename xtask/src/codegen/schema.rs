//! A schema as a file: one setting, or one form of values, a line.
//!
//! Changes can be read, and the two dialects have so much in common that both cost a download little more than one.

use serde_json::Value;

/// Writes a schema.
pub(super) fn text(schema: &Value) -> String {
    let mut text = String::new();
    write(schema, &mut text);
    text + "\n"
}

fn write(schema: &Value, text: &mut String) {
    text.push('{');
    for (index, (keyword, value)) in schema.as_object().into_iter().flatten().enumerate() {
        text.push_str(&format!("{}{keyword:?}:", comma(index)));
        match value.as_object() {
            Some(named) if matches!(keyword.as_str(), "properties" | "$defs" | "definitions") => {
                text.push('{');
                for (index, (name, schema)) in named.iter().enumerate() {
                    text.push_str(&format!("{}\n{name:?}:", comma(index)));
                    write(schema, text);
                }
                text.push('}');
            }
            _ => text.push_str(&value.to_string()),
        }
    }
    text.push('}');
}

fn comma(index: usize) -> &'static str {
    if index == 0 { "" } else { "," }
}
