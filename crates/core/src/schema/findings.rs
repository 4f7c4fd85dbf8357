//! Every finding about invalid values, from the validator's errors.
//!
//! The validator speaks of schemas; this module says it in terms of settings: which key is unknown and which one was
//! meant, what may be written, what range a number has.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;
use std::sync::OnceLock;

use super::document;
use crate::diagnostic::{Code, Diagnostic, closest, pointer};

struct Compiled {
    schema: Value,
    validator: Validator,
}

fn compiled() -> &'static Compiled {
    static COMPILED: OnceLock<Compiled> = OnceLock::new();
    COMPILED.get_or_init(|| {
        let schema = document();
        let validator = jsonschema::validator_for(&schema).expect("a test compiles the schema");
        Compiled { schema, validator }
    })
}

/// Validates JSON against the schema and returns all findings, in the order of the values.
pub(super) fn all(json: &Value) -> Vec<Diagnostic> {
    let Compiled { schema, validator } = compiled();
    validator.iter_errors(json).flat_map(|error| findings_of(&error, schema)).collect()
}

fn findings_of(error: &ValidationError<'_>, schema: &Value) -> Vec<Diagnostic> {
    let path = error.instance_path().as_str();
    let keyword_at = error.schema_path().as_str();
    let parent = keyword_at.rsplit_once('/').map_or("", |(parent, _)| parent);
    let here = schema.pointer(parent).unwrap_or(&Value::Null);
    let got = error.instance();
    match error.kind() {
        Kind::AdditionalProperties { unexpected } => {
            unexpected.iter().map(|key| unknown_key(path, key, schema, here)).collect()
        }
        Kind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            vec![Diagnostic::error(Code::MissingKey, path, format!("the key {key:?} is missing"))]
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => branches(error, context, schema, here),
        Kind::Type { kind } => vec![wrong_type(path, got, &types(kind), here)],
        Kind::Enum { options } => vec![not_an_option(path, got, options.as_array().map_or(&[], Vec::as_slice))],
        Kind::Constant { expected_value } => {
            vec![not_an_option(path, got, std::slice::from_ref(expected_value.as_ref()))]
        }
        Kind::Minimum { .. } | Kind::Maximum { .. } => vec![out_of_range(path, got, here)],
        Kind::Pattern { .. } | Kind::MaxLength { .. } => vec![malformed(path, got, here)],
        Kind::MinItems { limit } => {
            vec![Diagnostic::error(
                Code::InvalidValue,
                path,
                format!("needs at least {limit} {}", if *limit == 1 { "entry" } else { "entries" }),
            )]
        }
        Kind::PropertyNames { error: inner } => {
            let key = inner.instance().as_str().unwrap_or_default();
            let about = schema_of_names(here);
            vec![malformed(&pointer(path, key), inner.instance(), about)]
        }
        _ => vec![Diagnostic::error(Code::InvalidValue, path, error.to_string())],
    }
}

fn schema_of_names(schema: &Value) -> &Value {
    schema.get("propertyNames").unwrap_or(&Value::Null)
}

/// Of alternatives, reports the branch that was meant: the one that is not null, or that got deepest.
fn branches(
    error: &ValidationError<'_>,
    context: &[Vec<ValidationError<'static>>],
    schema: &Value,
    here: &Value,
) -> Vec<Diagnostic> {
    let path = error.instance_path().as_str();
    let options: Vec<Value> = ["oneOf", "anyOf"]
        .iter()
        .filter_map(|keyword| here.get(keyword)?.as_array())
        .flatten()
        .flat_map(|branch| constants(branch, schema))
        .collect();
    if !options.is_empty() {
        return vec![not_an_option(path, error.instance(), &options)];
    }
    let is_null = |errors: &&Vec<ValidationError<'_>>| {
        errors.iter().all(|e| matches!(e.kind(), Kind::Type { kind: TypeKind::Single(t) } if t.to_string() == "null"))
    };
    let depth = |errors: &Vec<ValidationError<'_>>| errors.iter().map(|e| e.instance_path().as_str().len()).max();
    let meant = context.iter().filter(|errors| !is_null(errors)).max_by_key(|errors| depth(errors));
    meant.map_or_else(Vec::new, |errors| errors.iter().flat_map(|inner| findings_of(inner, schema)).collect())
}

/// The fixed words that a branch of alternatives accepts.
fn constants(branch: &Value, schema: &Value) -> Vec<Value> {
    let target = branch.get("$ref").and_then(Value::as_str).and_then(|at| schema.pointer(at.trim_start_matches('#')));
    let branch = target.unwrap_or(branch);
    let listed = branch.get("enum").and_then(Value::as_array).cloned().unwrap_or_default();
    let nested = branch.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let nested = nested.flat_map(|inner| constants(inner, schema));
    listed.into_iter().chain(branch.get("const").cloned()).chain(nested).collect()
}

fn unknown_key(path: &str, key: &str, schema: &Value, here: &Value) -> Diagnostic {
    let finding = Diagnostic::error(Code::UnknownKey, pointer(path, key), format!("there is no setting {key:?} here"));
    let known: Vec<&str> = here
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    if known.is_empty() {
        // Only keys of a certain form are allowed: labels and annotations.
        let pattern = here.get("patternProperties").and_then(Value::as_object).and_then(|map| map.keys().next());
        return match pattern {
            Some(_) => {
                Diagnostic { message: format!("{key:?} is not a qualified name"), code: Code::InvalidName, ..finding }
                    .with_hint("write letters, digits, `-`, `_` and `.`, such as \"example.com/team\"")
            }
            None => finding,
        };
    }
    if let Some(meant) = closest(key, known.iter().copied()) {
        return finding.with_hint(format!("did you mean {meant:?}?"));
    }
    match elsewhere(key, schema) {
        Some(meant) => finding.with_hint(format!("did you mean {meant:?}?")),
        None if path.is_empty() => finding.with_hint("`rqchart show values` lists all settings"),
        None => finding.with_hint(format!("the settings here are {}", listed(&known))),
    }
}

/// A setting of that name in another place, as its dotted path.
fn elsewhere(key: &str, schema: &Value) -> Option<String> {
    let properties = schema.get("properties")?.as_object()?;
    let mut found = properties.iter().filter_map(|(group, at)| {
        let target = at.get("$ref")?.as_str()?.trim_start_matches('#');
        let inner = schema.pointer(target)?.get("properties")?.as_object()?;
        inner.contains_key(key).then(|| format!("{group}.{key}"))
    });
    let first = found.next()?;
    found.next().is_none().then_some(first).or_else(|| properties.contains_key(key).then(|| key.to_owned()))
}

fn wrong_type(path: &str, got: &Value, wanted: &[String], here: &Value) -> Diagnostic {
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).filter(|kind| *kind != "null").collect();
    let message = format!("expected {}, got {}", listed_or(&wanted), described(got));
    let finding = Diagnostic::error(Code::WrongType, path, message);
    let example = here.get("examples").and_then(|list| list.get(0));
    match (got, wanted.as_slice()) {
        (Value::Null, _) => finding.with_hint("leave the key out to get the default"),
        (Value::String(text), ["integer"]) if text.parse::<i64>().is_ok() => {
            finding.with_hint(format!("write {text} without quotes"))
        }
        (Value::String(text), ["boolean"]) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => finding.with_hint("write true without quotes"),
            "false" | "no" | "off" => finding.with_hint("write false without quotes"),
            _ => finding.with_hint("write true or false"),
        },
        (Value::Number(_) | Value::Bool(_), kinds) if kinds.contains(&"string") => {
            let quoted = Value::String(got.to_string());
            let fits = here.get("pattern").and_then(Value::as_str).is_none_or(|form| matches(form, &got.to_string()));
            match example {
                Some(example) if !fits => finding.with_hint(format!("such as {example}")),
                _ => finding.with_hint(format!("put it in quotes: {quoted}")),
            }
        }
        (Value::Object(_), ["array"]) => finding.with_hint("begin each entry with `- `"),
        _ => match example {
            Some(example) => finding.with_hint(format!("such as {example}")),
            None => finding,
        },
    }
}

fn not_an_option(path: &str, got: &Value, options: &[Value]) -> Diagnostic {
    let words: Vec<&str> = options.iter().filter_map(Value::as_str).collect();
    let finding =
        Diagnostic::error(Code::InvalidValue, path, format!("{} is not one of {}", brief(got), listed(&words)));
    match got.as_str().and_then(|word| closest(word, words.iter().copied())) {
        Some(meant) => finding.with_hint(format!("did you mean {meant:?}?")),
        None => finding,
    }
}

fn out_of_range(path: &str, got: &Value, here: &Value) -> Diagnostic {
    let limit = |keyword| here.get(keyword).and_then(Value::as_i64);
    let message = format!("{} is out of range", brief(got));
    let finding = Diagnostic::error(Code::OutOfRange, path, message);
    match (limit("minimum"), limit("maximum")) {
        (Some(least), Some(most)) => finding.with_hint(format!("write a number from {least} to {most}")),
        _ => finding,
    }
}

fn malformed(path: &str, got: &Value, here: &Value) -> Diagnostic {
    let what = here.get("x-form").and_then(Value::as_str).unwrap_or("what this setting takes");
    let finding = Diagnostic::error(Code::InvalidValue, path, format!("{} is not {what}", brief(got)));
    let too_long = got.as_str().zip(here.get("maxLength").and_then(Value::as_u64));
    if let Some((text, most)) = too_long.filter(|(text, most)| text.chars().count() as u64 > *most) {
        let length = text.chars().count();
        return finding.with_hint(format!("it has {length} characters, {most} are allowed"));
    }
    match here.get("examples").and_then(|list| list.get(0)) {
        Some(example) => finding.with_hint(format!("such as {example}")),
        None => finding,
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    regex_lite::Regex::new(pattern).is_ok_and(|regex| regex.is_match(text))
}

fn types(kind: &TypeKind) -> Vec<String> {
    match kind {
        TypeKind::Single(single) => vec![single.to_string()],
        TypeKind::Multiple(several) => several.iter().map(|kind| kind.to_string()).collect(),
    }
}

fn described(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => format!("the boolean {value}"),
        Value::Number(_) => format!("the number {value}"),
        Value::String(_) => format!("the text {}", brief(value)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

/// A value on one short line.
fn brief(value: &Value) -> String {
    const MOST: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= MOST { text } else { text.chars().take(MOST).chain("…".chars()).collect() }
}

fn listed(words: &[&str]) -> String {
    words.join(", ")
}

fn listed_or(kinds: &[&str]) -> String {
    let name = |kind: &&str| {
        match *kind {
            "integer" => "a whole number",
            "number" => "a number",
            "string" => "text",
            "boolean" => "true or false",
            "array" => "a list",
            "object" => "a mapping",
            other => return other.to_owned(),
        }
        .to_owned()
    };
    kinds.iter().map(name).collect::<Vec<_>>().join(" or ")
}
