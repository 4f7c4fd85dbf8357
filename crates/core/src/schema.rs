//! The JSON Schema of values, and the stage that turns JSON into [`Values`].
//!
//! In: merged JSON. Out: [`Values`], or every finding about that JSON.
//!
//! Serde is the fast judge: it says yes or no in microseconds. Only when it says no is the schema compiled, to find all
//! mistakes instead of the first (compiling it takes milliseconds). A property test holds the two to the same verdict.

#[cfg(feature = "findings")]
mod findings;
mod reference;
mod strict;

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, transform_subschemas};
use schemars::{Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};
use crate::values::Values;

pub use reference::{Reference, Setting};

/// The schema's own identifier; nothing is ever fetched from it.
pub const ID: &str = "urn:rqchart:values";

/// The dialect a schema is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The current one, which this project validates by.
    Draft2020,
    /// The one that editors and Helm understand best.
    Draft07,
}

/// Makes the JSON Schema of values, with `x-rqchart` annotations for forms and documentation.
///
/// It refers to nothing outside of itself.
pub fn generate(dialect: Dialect) -> Value {
    let settings = match dialect {
        Dialect::Draft2020 => SchemaSettings::draft2020_12(),
        Dialect::Draft07 => SchemaSettings::draft07(),
    };
    let settings = settings.with_transform(RecursiveTransform(drop_repeated_defaults));
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

/// Reads values from JSON.
///
/// # Errors
///
/// Every mistake that the schema can see, each with the JSON pointer of the value. Without the feature `findings` only
/// the first one, without a pointer.
///
/// # Example
///
/// ```
/// use rqchart_core::schema;
/// let values = schema::validate(&serde_json::json!({ "replicas": 5 })).unwrap();
/// assert_eq!(values.replicas.get(), 5);
///
/// let findings = schema::validate(&serde_json::json!({ "replicsa": 5 })).unwrap_err();
/// assert_eq!(findings[0].hint.as_deref(), Some(r#"did you mean "replicas"?"#));
/// ```
pub fn validate(json: &Value) -> Result<Values, Vec<Diagnostic>> {
    match Values::deserialize(strict::Strict(&without_global(json))) {
        Ok(values) => Ok(values),
        Err(error) => Err(explain(json, &error)),
    }
}

fn without_global(json: &Value) -> std::borrow::Cow<'_, Value> {
    match json {
        Value::Object(map) if map.get("global").is_some_and(Value::is_object) => {
            let mut map = map.clone();
            map.shift_remove("global");
            std::borrow::Cow::Owned(Value::Object(map))
        }
        other => std::borrow::Cow::Borrowed(other),
    }
}

fn explain(json: &Value, error: &serde_json::Error) -> Vec<Diagnostic> {
    #[cfg(feature = "findings")]
    {
        let findings = findings::all(json);
        if !findings.is_empty() {
            return findings;
        }
    }
    #[cfg(not(feature = "findings"))]
    let _ = json;
    vec![Diagnostic::error(Code::InvalidValue, "", error.to_string())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_in_the_schema_are_those_of_the_types() {
        let schema = generate(Dialect::Draft2020);
        assert_eq!(schema["properties"]["replicas"]["default"], 3);
        assert_eq!(schema["$defs"]["Membership"]["properties"]["grace"]["default"], "90s");
        assert_eq!(validate(&serde_json::json!({})).unwrap(), Values::default());
    }

    #[test]
    fn the_schema_refers_to_nothing_outside() {
        fn walk(value: &Value) {
            match value {
                Value::Object(map) => {
                    if let Some(Value::String(reference)) = map.get("$ref") {
                        assert!(reference.starts_with('#'), "{reference}");
                    }
                    map.values().for_each(walk);
                }
                Value::Array(list) => list.iter().for_each(walk),
                _ => {}
            }
        }
        walk(&generate(Dialect::Draft2020));
        walk(&generate(Dialect::Draft07));
    }
}
