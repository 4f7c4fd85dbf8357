//! Every finding about invalid values, from what they break in the schema.
//!
//! Violations speak of schemas; this module says it in terms of settings: which key is unknown and which one was meant,
//! what may be written, what range a number has.

use serde_json::Value;

use super::violations::{self, Kind, Violation, matches};
use super::{Reference, document};
use crate::diagnostic::{Code, Diagnostic, closest, dotted, pointer};

/// Judges JSON by the schema and returns all findings, in the order of the values.
pub(super) fn all(json: &Value) -> Vec<Diagnostic> {
    violations::all(json, document(), document(), "").iter().flat_map(findings_of).collect()
}

fn findings_of(violation: &Violation<'_>) -> Vec<Diagnostic> {
    match &violation.kind {
        Kind::Alternatives(branches) if options(violation).is_empty() => {
            meant(branches).into_iter().flatten().flat_map(findings_of).collect()
        }
        Kind::UnknownKey(key) => vec![unknown_key(&violation.path, key, violation.here)],
        _ => vec![about_value(violation)],
    }
}

/// What is wrong with a value itself, and not with its keys or with every alternative.
pub(super) fn about_value(violation: &Violation<'_>) -> Diagnostic {
    let Violation { path, got, here, kind, .. } = violation;
    match kind {
        Kind::MissingKey(key) => Diagnostic::error(Code::MissingKey, path, format!("the key {key:?} is missing")),
        Kind::Type(types) => wrong_type(violation, types),
        Kind::Constant(constant) => not_an_option(path, got, std::slice::from_ref(constant)),
        Kind::Range => out_of_range(path, got, here),
        Kind::Form => malformed(violation),
        Kind::TooFew(least) => {
            let entries = if *least == 1 { "entry" } else { "entries" };
            Diagnostic::error(Code::InvalidValue, path, format!("needs at least {least} {entries}"))
        }
        Kind::Alternatives(_) | Kind::UnknownKey(_) => not_an_option(path, got, &options(violation)),
    }
}

/// Of alternatives, the branch that was meant: the one that is not null, or that got deepest.
fn meant<'a, 'b>(branches: &'b [Vec<Violation<'a>>]) -> Option<&'b Vec<Violation<'a>>> {
    let is_null = |violations: &&Vec<Violation<'_>>| {
        violations.iter().all(|violation| matches!(&violation.kind, Kind::Type(types) if types == &["null"]))
    };
    let depth = |violations: &Vec<Violation<'_>>| violations.iter().map(|violation| violation.path.len()).max();
    branches.iter().filter(|violations| !is_null(violations)).max_by_key(|violations| depth(violations))
}

/// The fixed words that are accepted.
fn options(violation: &Violation<'_>) -> Vec<Value> {
    let branches = ["oneOf", "anyOf"].iter().filter_map(|keyword| violation.here.get(keyword)?.as_array());
    branches.flatten().flat_map(|branch| constants(branch, violation.root)).collect()
}

/// The fixed words that a branch of alternatives accepts.
fn constants(branch: &Value, root: &Value) -> Vec<Value> {
    let target = branch.get("$ref").and_then(Value::as_str).and_then(|at| root.pointer(at.trim_start_matches('#')));
    let branch = target.unwrap_or(branch);
    let nested = branch.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let nested = nested.flat_map(|branch| constants(branch, root));
    branch.get("const").cloned().into_iter().chain(nested).collect()
}

fn unknown_key(path: &str, key: &str, here: &Value) -> Diagnostic {
    let finding = Diagnostic::error(Code::UnknownKey, pointer(path, key), format!("there is no setting {key:?} here"));
    let known = known(here);
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
    let meant = Reference::built_in().known_as(&dotted(&pointer(path, key)));
    if !meant.is_empty() {
        return finding.with_hint(format!("here that is {}", meant.join(", ")));
    }
    if let Some(meant) = closest(key, known.iter().copied()) {
        return finding.with_hint(format!("did you mean {meant:?}?"));
    }
    match elsewhere(key) {
        Some(meant) => finding.with_hint(format!("did you mean {meant:?}?")),
        None if path.is_empty() => finding.with_hint("`rqchart show values` lists all settings"),
        None => finding.with_hint(format!("the settings here are {}", listed(&known))),
    }
}

/// The names of the settings of a mapping.
pub(super) fn known(here: &Value) -> Vec<&str> {
    here.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str()).collect()
}

/// A setting of that name in another place, as its dotted path.
fn elsewhere(key: &str) -> Option<String> {
    let properties = document().get("properties")?.as_object()?;
    let mut found = properties.iter().filter_map(|(group, at)| {
        let target = at.get("$ref")?.as_str()?.trim_start_matches('#');
        let inner = document().pointer(target)?.get("properties")?.as_object()?;
        inner.contains_key(key).then(|| format!("{group}.{key}"))
    });
    let first = found.next()?;
    found.next().is_none().then_some(first).or_else(|| properties.contains_key(key).then(|| key.to_owned()))
}

fn wrong_type(violation: &Violation<'_>, wanted: &[&str]) -> Diagnostic {
    let Violation { path, got, here, .. } = violation;
    let wanted: Vec<&str> = wanted.iter().copied().filter(|kind| *kind != "null").collect();
    let message = format!("expected {}, got {}", listed_or(&wanted), described(violation));
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
                _ if holds_secret(violation) => finding.with_hint("put it in quotes"),
                _ => finding.with_hint(format!("put it in quotes: {quoted}")),
            }
        }
        (Value::Object(_), ["array"]) => finding.with_hint("begin each entry with `- `"),
        (_, ["object"]) if !known(here).is_empty() => {
            finding.with_hint(format!("its settings are {}", listed(&known(here))))
        }
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

fn malformed(violation: &Violation<'_>) -> Diagnostic {
    let Violation { path, got, here, .. } = violation;
    let what = here.get("x-form").and_then(Value::as_str).unwrap_or("what this setting takes");
    let finding = Diagnostic::error(Code::InvalidValue, path, format!("{} is not {what}", quoted(violation)));
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

fn described(violation: &Violation<'_>) -> String {
    let (value, is_secret) = (violation.got, holds_secret(violation));
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) if is_secret => "a boolean".to_owned(),
        Value::Number(_) if is_secret => "a number".to_owned(),
        Value::String(_) if is_secret => "text".to_owned(),
        Value::Bool(_) => format!("the boolean {value}"),
        Value::Number(_) => format!("the number {value}"),
        Value::String(_) => format!("the text {}", brief(value)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

/// Whether what is written here is a secret, or was meant for one of its parts: no finding quotes it.
fn holds_secret(violation: &Violation<'_>) -> bool {
    let Violation { here, root, .. } = violation;
    let is_secret = |schema: &Value| schema.get("writeOnly") == Some(&Value::Bool(true));
    let entry = here.pointer("/items/$ref").and_then(Value::as_str);
    let entry = entry.and_then(|at| root.pointer(at.trim_start_matches('#')));
    let mut parts = entry.unwrap_or(here).get("properties").and_then(Value::as_object).into_iter().flatten();
    is_secret(here) || parts.any(|(_, part)| is_secret(part))
}

/// A value as messages begin with it.
fn quoted(violation: &Violation<'_>) -> String {
    if holds_secret(violation) { "this".to_owned() } else { brief(violation.got) }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_finding_quotes_a_secret() {
        for (auth, said) in [
            (json!({ "probePassword": "hi:den" }), "this is not a password of printable characters without a colon"),
            (json!({ "probePassword": 4711 }), "expected text, got a number (put it in quotes)"),
            (json!({ "users": [{ "username": "ada", "password": true, "permissions": [] }] }), "got a boolean"),
            (json!({ "users": [{ "username": "ada", "password": "hi:den", "permissions": [] }] }), "this is not"),
            (json!({ "users": ["ada:hidden"] }), "expected a mapping, got text"),
            (json!({ "users": "ada:hidden" }), "expected a list, got text"),
        ] {
            let findings = all(&json!({ "auth": auth }));
            let [finding] = &findings[..] else { panic!("{auth}: {findings:?}") };
            assert!(finding.to_string().contains(said), "{finding}");
            let text = format!("{finding:?}");
            assert!(!["hi:den", "hidden", "4711", "true"].iter().any(|secret| text.contains(secret)), "{text}");
        }
    }
}
