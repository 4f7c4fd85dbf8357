//! The JSON Schema of values, and the stage that turns JSON into [`Values`].
//!
//! In: merged JSON. Out: [`Values`], or every finding about that JSON.
//!
//! Serde is the fast judge: it says yes or no in microseconds. Only when it says no is the schema read, to find all
//! mistakes instead of the first. A property test holds the two, and a complete validator, to the same verdict.

mod findings;
mod generate;
mod groups;
mod kubernetes;
mod reference;
mod strict;
mod violations;

use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};
use crate::values::Values;

pub use generate::{Dialect, generate};
pub use groups::GROUPS;
pub use kubernetes::lint;
pub use reference::{Effect, Reference, Setting};

/// The schema in the current draft, as JSON with a setting a line, with `x-rqchart` annotations for forms and documentation.
/// It refers to nothing outside of itself.
///
/// It is made from the types by [`generate`] before the crate is compiled: what makes schemas is larger than all that reads
/// values.
pub const TEXT: &str = include_str!("schema/values.schema.json");

/// [`TEXT`], read once.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::from_str(TEXT).expect("it was written by a JSON serializer"))
}

/// Reads values from JSON.
///
/// # Errors
///
/// Every mistake that the schema can see, each with the JSON pointer of the value.
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
    read(json).map_err(|strict::Refused| explain(json))
}

/// Reads values from JSON, if there is nothing wrong with them: for those who try values out and have no use for findings.
///
/// ```
/// # use rqchart_core::schema;
/// assert!(schema::accepted(&serde_json::json!({ "replicas": 5 })).is_some());
/// assert!(schema::accepted(&serde_json::json!({ "replicas": 0 })).is_none());
/// ```
pub fn accepted(json: &Value) -> Option<Values> {
    read(json).ok()
}

fn read(json: &Value) -> Result<Values, strict::Refused> {
    Values::deserialize(strict::Strict(&without_global(json)))
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

fn explain(json: &Value) -> Vec<Diagnostic> {
    let findings = findings::all(json);
    // A bug, which the property test looks for; what it refuses must not be rendered all the same.
    let unexplained =
        || vec![Diagnostic::error(Code::InvalidValue, "", "these values are refused for an unknown reason")];
    if findings.is_empty() { unexplained() } else { findings }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_the_types_say() {
        assert_eq!(*document(), generate(Dialect::Draft2020), "run `cargo xtask codegen`");
    }

    #[test]
    fn defaults_in_the_schema_are_those_of_the_types() {
        let schema = document();
        assert_eq!(schema["properties"]["replicas"]["default"], 3);
        assert_eq!(schema["$defs"]["Membership"]["properties"]["grace"]["default"], "90s");
        assert_eq!(validate(&serde_json::json!({})).unwrap(), Values::default());
        let written_out = serde_json::to_value(Values::default()).unwrap();
        assert_eq!(*Reference::built_in().defaults(), written_out);
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
