//! What templates may do, proved from their text: write through the filter `yaml`, loop over lists, ask ready booleans.
//!
//! Tera takes a missing path in an `if` for false, so a misspelt one would render nothing without a word. Here every path of
//! every template, in the scope of its loops, `set`s and components, must exist in what templates see.

mod parse;
mod walk;

use rqchart::{Chart, context};
use rqchart_core::{schema, topology::Topology};
use serde_json::{Value, json};

use crate::{golden, release};
use parse::{Part, Token, parts};
use walk::Walk;

fn templates() -> Vec<(String, Vec<Part>)> {
    Chart::embedded().templates().map(|(name, text)| (name.to_owned(), parts(name, text))).collect()
}

/// Whether an interpolation is `path | … | yaml(…)`, or a component that is at most indented.
fn is_safe(tokens: &[Token]) -> bool {
    let filters: Vec<_> = tokens.windows(2).filter(|pair| pair[0].is("|")).filter_map(|pair| pair[1].path()).collect();
    if tokens[0].is("<") {
        return filters.iter().all(|filter| *filter == "indent");
    }
    let operators = tokens.iter().filter_map(Token::sign).filter(|sign| !["|", "(", ")", "=", ","].contains(sign));
    tokens[0].path().is_some() && operators.count() == 0 && filters.last() == Some(&"yaml")
}

#[test]
fn every_interpolation_goes_through_the_filter_yaml() {
    let mut count = 0;
    for (name, parts) in templates() {
        for part in &parts {
            if let Part::Interpolation(tokens) = part {
                assert!(is_safe(tokens), "{name}: {tokens:?}");
                count += 1;
            }
        }
    }
    assert!(count > 90, "only {count} interpolations were found");
}

#[test]
fn an_interpolation_without_the_filter_is_noticed() {
    for unsafe_text in [
        "{{ a }}",
        "{{ a.b | safe }}",
        "{{ a | yaml | upper }}",
        "{{ a ~ b | yaml }}",
        "{{ 'x' | yaml }}",
        "{{ <c /> | safe }}",
    ] {
        let parts = parts("test", unsafe_text);
        let [Part::Interpolation(tokens)] = parts.as_slice() else { panic!("{unsafe_text}") };
        assert!(!is_safe(tokens), "{unsafe_text}");
    }
}

#[test]
fn templates_only_loop_and_ask_ready_booleans() {
    let known = ["when", "if", "elif", "else", "endif", "for", "endfor", "set", "component", "endcomponent"];
    for (name, parts) in templates() {
        for tokens in parts.iter().filter_map(Part::statement) {
            let word = tokens[0].path().unwrap_or_default();
            assert!(known.contains(&word), "{name}: {tokens:?}");
            let decides = ["if", "elif"].contains(&word) && tokens.iter().any(|token| token.sign().is_some());
            assert!(!decides, "{name} compares or computes: {tokens:?}");
        }
    }
}

/// What templates see when everything is set: that of the golden case, filled up from others where settings exclude each
/// other.
fn full_context() -> Value {
    let affinity = json!({ "antiAffinity": { "host": "soft", "zone": "hard" } });
    let values = ["everything_is_set", "users_and_certificates", "a_pool_of_readers", "backup_to_gcs_and_scheduled"]
        .map(|name| golden::case(name).values);
    let contexts = values.into_iter().chain([affinity]).map(|values| {
        let topology = Topology::resolve(schema::validate(&values).unwrap(), &release("rqdb", "default"));
        let chart = Chart::embedded();
        serde_json::to_value(context::build(&topology, &chart)).unwrap()
    });
    contexts.reduce(|full, more| filled(full, &more)).unwrap()
}

/// A value, with what is empty in it taken from another one.
fn filled(value: Value, from: &Value) -> Value {
    match value {
        Value::Object(map) if !map.is_empty() => {
            map.into_iter().map(|(key, value)| (key.clone(), filled(value, &from[&key]))).collect()
        }
        Value::Array(list) if !list.is_empty() => {
            list.into_iter().enumerate().map(|(index, value)| filled(value, &from[index])).collect()
        }
        empty if is_empty(&empty) => from.clone(),
        other => other,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        other => other.is_null(),
    }
}

#[test]
fn every_path_that_a_template_reads_exists() {
    let templates = templates();
    let walk = Walk::through(&templates, &full_context());
    assert_eq!(walk.missing, Vec::<String>::new());
    assert!(walk.read.len() > 120, "only {} paths were found", walk.read.len());
}

/// Whatever they see is made anew for each release, read or not. What names the release and its objects is there for templates that
/// somebody adds to a chart of their own; and both pods beside the cluster have one form.
const UNREAD: [&str; 4] = ["/release", "/namespace", "/names", "/copier/selector"];

#[test]
fn templates_see_nothing_that_none_of_them_reads() {
    fn unread(walk: &Walk<'_>, value: &Value, at: &str) -> Vec<String> {
        if walk.written.contains(at) || UNREAD.contains(&at) {
            return vec![];
        }
        let below = |key: &str, value: &Value| unread(walk, value, &format!("{at}/{key}"));
        let inside = match value {
            Value::Object(map) if !map.is_empty() => map.iter().flat_map(|(key, value)| below(key, value)).collect(),
            Value::Array(list) if !list.is_empty() => below("*", &list[0]),
            _ if walk.read.contains(at) => vec![],
            _ => return vec![at.to_owned()],
        };
        // Of what is not read at all, the whole is said and not its parts.
        let is_entered = walk.read.iter().any(|read| read.strip_prefix(at).is_some_and(|rest| rest.starts_with('/')));
        if is_entered || inside.is_empty() { inside } else { vec![at.to_owned()] }
    }
    let templates = templates();
    let context = full_context();
    assert_eq!(unread(&Walk::through(&templates, &context), &context, ""), Vec::<String>::new());
}

#[test]
fn a_misspelt_path_is_noticed_wherever_it_stands() {
    let context = json!({ "a": { "b": [{ "c": 1 }] }, "d": { "e": "x" } });
    let component =
        "{% component k(p: map) %}{{ p.e | yaml }}{% if p.f %}{% endif %}{% if d %}{% endif %}{% endcomponent k %}";
    let text = "{#- when: a.v -#}{% if a.x %}{% elif not a.y %}{% endif %}{% for v in a.b %}{{ v.c | yaml }}{{ v.z | yaml }}{% endfor %}\
        {{ v | yaml }}{% for w in a.w %}{% endfor %}{% set s = d %}{{ s.e | yaml }}{{ s.u | yaml }}{{ <k p={d} /> }}{{ <k p={d.t} /> }}";
    let templates = [("_k", component), ("t", text)].map(|(name, text)| (name.to_owned(), parts(name, text)));
    let walk = Walk::through(&templates, &context);
    let expected =
        ["t: a.v", "t: a.x", "t: a.y", "t: v.z", "t: v", "t: a.w", "t: s.u", "t: k: p.f", "t: k: d", "t: d.t"];
    assert_eq!(walk.missing[..10], expected);
}

#[test]
fn the_full_context_leaves_nothing_empty() {
    fn empty(value: &Value, at: &str) -> Vec<String> {
        match value {
            _ if is_empty(value) => vec![at.to_owned()],
            Value::Object(map) => map.iter().flat_map(|(key, value)| empty(value, &format!("{at}.{key}"))).collect(),
            Value::Array(list) => list.iter().take(1).flat_map(|value| empty(value, &format!("{at}[0]"))).collect(),
            _ => vec![],
        }
    }
    // An empty map as somebody's own field of a volume or the like says nothing of the context.
    let empty: Vec<_> = empty(&full_context(), "").into_iter().filter(|at| !at.ends_with(".emptyDir")).collect();
    assert_eq!(empty, Vec::<String>::new());
}
