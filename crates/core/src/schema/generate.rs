//! The JSON Schema made from the types.
//!
//! In: [`Values`]. Out: what `cargo xtask codegen` writes down. Nothing else calls it, so that programs do not carry it.

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, transform_subschemas};
use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

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
    let settings = settings.with_transform(RecursiveTransform(drop_repeated_defaults));
    let settings = settings.with_transform(RecursiveTransform(name_prefixes));
    let mut schema = SchemaGenerator::new(settings).into_root_schema_for::<Values>();
    schema.insert("$id".to_owned(), ID.into());
    schema.insert("title".to_owned(), "rqlite".into());
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        // Helm and its relatives put `global` into the values of every chart they handle.
        let ignored = "Ignored: accepted because Helm's umbrella charts share it.";
        properties.insert("global".to_owned(), serde_json::json!({ "type": "object", "description": ignored }));
    }
    schema.to_value()
}

/// Removes a default beside a reference: each level would repeat all of its children's.
fn drop_repeated_defaults(schema: &mut Schema) {
    let refers = schema.get("$ref").is_some() || schema.get("allOf").is_some() || schema.get("anyOf").is_some();
    if refers && schema.get("default").is_some_and(Value::is_object) {
        schema.remove("default");
    }
    // Rust's widths of integers mean nothing to other readers.
    schema.remove("format");
    transform_subschemas(&mut |_: &mut Schema| {}, schema);
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
