//! What the tags of YAML mean.

use saphyr_parser::Tag;
use serde_json::Value;

/// Returns the name of a tag that YAML itself defines; a lone `!` means text.
pub(super) fn core_name(tag: &Tag) -> Option<&str> {
    match (&*tag.handle, &*tag.suffix) {
        ("" | "!", "" | "!") => Some("str"),
        ("tag:yaml.org,2002:", name) => Some(name),
        ("", name) => name.strip_prefix("tag:yaml.org,2002:"),
        _ => None,
    }
}

/// Whether a value is of the type that a tag names.
pub(super) fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "bool" => value.is_boolean(),
        "int" => value.is_i64() || value.is_u64(),
        _ => value.is_number(),
    }
}

/// Writes a tag as people write it.
pub(super) fn describe(tag: &Tag) -> String {
    match core_name(tag) {
        Some(name) => format!("!!{name}"),
        None if tag.handle.is_empty() => tag.suffix.clone(),
        None => tag.to_string(),
    }
}
