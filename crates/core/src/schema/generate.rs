//! The JSON Schema made from the types.
//!
//! In: [`Values`]. Out: what `cargo xtask codegen` writes down. Nothing else calls it, so that programs do not carry it.

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, transform_subschemas};
use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use super::Setting;
use crate::diagnostic::pointer;
use crate::values::{Form, QualifiedNameForm, Values};

/// The schema's own identifier; nothing is ever fetched from it.
const ID: &str = "urn:rqchart:values";

/// The dialect a schema is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The current one, which this project validates by.
    Draft2020,
    /// The one that editors and Helm understand best.
    Draft07,
}

/// Makes it. [`super::TEXT`] is its result in the current draft.
pub fn generate(dialect: Dialect) -> Value {
    let settings = match dialect {
        Dialect::Draft2020 => SchemaSettings::draft2020_12(),
        Dialect::Draft07 => SchemaSettings::draft07(),
    };
    let settings = settings.with_transform(RecursiveTransform(drop_formats));
    let settings = settings.with_transform(RecursiveTransform(name_prefixes));
    let mut schema = SchemaGenerator::new(settings).into_root_schema_for::<Values>();
    schema.insert("$id".to_owned(), ID.into());
    schema.insert("title".to_owned(), "rqlite".into());
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        // Helm and its relatives put `global` into the values of every chart they handle.
        let ignored = "Ignored: accepted because Helm's umbrella charts share it.";
        properties.insert("global".to_owned(), serde_json::json!({ "type": "object", "description": ignored }));
    }
    let mut schema = schema.to_value();
    drop_repeated_defaults(&mut schema);
    schema
}

/// Rust's widths of integers mean nothing to other readers.
fn drop_formats(schema: &mut Schema) {
    schema.remove("format");
    transform_subschemas(&mut |_: &mut Schema| {}, schema);
}

/// Removes defaults of objects that are no other than those of their fields: each level would repeat all of its children's.
/// Where null is a value, what has no default is null: such a default stays.
fn drop_repeated_defaults(schema: &mut Value) {
    let mut repeated = Vec::new();
    find_repeated_defaults(schema, schema, "", &mut repeated);
    for place in repeated {
        if let Some(field) = schema.pointer_mut(&place).and_then(Value::as_object_mut) {
            field.shift_remove("default");
        }
    }
}

fn find_repeated_defaults(root: &Value, at: &Value, path: &str, found: &mut Vec<String>) {
    match at {
        Value::Object(map) => {
            if let Some(default) = map.get("default").filter(|default| default.is_object()) {
                let mut bare = at.clone();
                bare.as_object_mut().expect("it is one").shift_remove("default");
                let setting = Setting::new(root, &bare, None);
                if setting.filled(None).is_some_and(|filled| Some(filled) == setting.filled(Some(default))) {
                    found.push(path.to_owned());
                }
            }
            map.iter().for_each(|(key, inner)| find_repeated_defaults(root, inner, &pointer(path, key), found));
        }
        Value::Array(list) => {
            let inner = list.iter().enumerate();
            inner.for_each(|(at, inner)| find_repeated_defaults(root, inner, &pointer(path, &at.to_string()), found));
        }
        _ => {}
    }
}

/// Adds what qualified names must look like before their slash, as keys and as texts.
fn name_prefixes(schema: &mut Schema) {
    let form = QualifiedNameForm::PATTERN;
    let also = serde_json::json!({ "pattern": QualifiedNameForm::ALSO });
    if schema.get("patternProperties").and_then(Value::as_object).is_some_and(|keys| keys.contains_key(form)) {
        schema.insert("propertyNames".to_owned(), also);
    } else if schema.get("pattern").is_some_and(|pattern| pattern == form) {
        schema.insert("allOf".to_owned(), serde_json::json!([also]));
    }
}
