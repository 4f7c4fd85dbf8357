use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use super::super::tests::{any_json, syntax};
use super::*;

fn set(text: &str, path: &str, value: &Value) -> String {
    edit(text, path, Some(value)).unwrap_or_else(|refusal| panic!("{path} of {text:?}: {refusal}"))
}

fn removed(text: &str, path: &str) -> String {
    edit(text, path, None).unwrap_or_else(|refusal| panic!("{path} of {text:?}: {refusal}"))
}

#[test]
fn a_setting_is_added_where_its_group_is() {
    let cases = [
        ("", "/a", "a: 1\n"),
        ("# c\n", "/a", "# c\na: 1\n"),
        ("# c", "/a", "# c\na: 1"),
        ("# c\r\n", "/a/b", "# c\r\na:\r\n  b: 1\r\n"),
        ("---\n# c\n", "/a", "---\n# c\na: 1\n"),
        ("~\n", "/a", "a: 1\n"),
        ("{}\n", "/a/b", "a:\n  b: 1\n"),
        ("b: 2\n\n# end\n", "/a", "b: 2\na: 1\n\n# end\n"),
        ("b: 2", "/a", "b: 2\na: 1"),
        ("b:\n    c: 2\nd: 3\n", "/b/a", "b:\n    c: 2\n    a: 1\nd: 3\n"),
        ("b:\n    c: 2\nd: 3\n", "/a/b", "b:\n    c: 2\nd: 3\na:\n    b: 1\n"),
        ("b: # all\nd: 3\n", "/b/a", "b: # all\n  a: 1\nd: 3\n"),
        ("b: {} # none\n", "/b/a", "b: # none\n  a: 1\n"),
        ("b: { c: 2 }\n", "/b/a", "b: { c: 2, a: 1 }\n"),
        ("b: {c: {}}\n", "/b/c/a", "b: {c: {a: 1}}\n"),
        ("{\n  \"b\": 2\n}\n", "/a", "{\n  \"b\": 2,\n  \"a\": 1\n}\n"),
        ("b: |\n  x\n\n# c\n", "/a", "b: |\n  x\na: 1\n\n# c\n"),
        ("b: |+\n  x\n\n", "/a", "b: |+\n  x\n\na: 1\n"),
        ("b: 'x\n  y' # c\n", "/a", "b: 'x\n  y' # c\na: 1\n"),
        ("- - b: 2\n", "/x", ""),
        ("l:\n- 5\n# c\n", "/l/1", "l:\n- 5\n- 1\n# c\n"),
        ("l:\n  - x: 5\n", "/l/0/a", "l:\n  - x: 5\n    a: 1\n"),
        ("l:\n  - x: 5\n", "/l/1/a/b", "l:\n  - x: 5\n  - a:\n      b: 1\n"),
        ("l: []\n", "/l/0/a", "l:\n  - a: 1\n"),
        ("l: [5, ]\n", "/l/1", "l: [5, 1, ]\n"),
        ("", "/l/0/a", "l:\n  - a: 1\n"),
        ("\u{feff}b: 2\n", "/a", "\u{feff}b: 2\na: 1\n"),
        ("ä: ö # ü\nb: {ö: ä} # ü\n", "/b/a", "ä: ö # ü\nb: {ö: ä, a: 1} # ü\n"),
    ];
    for (text, path, new) in cases {
        let result = edit(text, path, Some(&json!(1)));
        assert_eq!(result.as_deref().unwrap_or_default(), new, "{path} of {text:?}: {result:?}");
    }
}

#[test]
fn a_value_is_replaced_where_it_stands() {
    let cases = [
        ("a: 1 # c\n", json!(2), "a: 2 # c\n"),
        ("a: # c\n", json!("x"), "a: x # c\n"),
        ("a:", json!("no"), "a: \"no\""),
        ("a:\n  one\n  two\nb: 1\n", json!(2), "a: 2\nb: 1\n"),
        ("a: one\n  two # c\n", json!(2), "a: 2 # c\n"),
        ("a: &x !!str 5\n", json!(2), "a: 2\n"),
        ("\"a\" : 1\n", json!(2), "\"a\" : 2\n"),
        ("a: {b: 1} # c\n", json!([1, "y"]), "a: # c\n  - 1\n  - \"y\"\n"),
        ("a: 1 # c\n", json!({ "b": { "c": 1 }, "d": [] }), "a: # c\n  b:\n    c: 1\n  d: []\n"),
        ("a:\n  # one\n  b: 1\n  # two\n  c: 2\nd: 3\n", json!("x"), "a: x\n  # one\n  # two\nd: 3\n"),
        ("a:\n  # one\n  b: 1 # two\n  # three\n  c: 2\n", json!({ "b": 5 }), "a:\n  # one\n  b: 5 # two\n  # three\n"),
        ("a: [1, 2, 3]\n", json!([1, 5]), "a: [1, 5]\n"),
        ("a:\n- 1 # c\n- 2\n- 3\n", json!([5, 2]), "a:\n- 5 # c\n- 2\n"),
        ("a: | # c\n  x\nb: 1\n", json!("x\ny\n"), "a: | # c\n  x\n  y\nb: 1\n"),
        ("a: | # c\n  x\nb: 1\n", json!(1), "a: 1 # c\nb: 1\n"),
        ("a: |\r\n  x\r\n\r\nb: 1\r\n", json!({ "c": 1 }), "a:\r\n  c: 1\r\n\r\nb: 1\r\n"),
        ("a: 1 # c\n", json!("x\ny\n"), "a: \"x\\ny\\n\" # c\n"),
        ("a: 1\n", json!("x\ny\n"), "a: |\n  x\n  y\n"),
        ("a:\n  - b: 1\n    # c\n    d: 2\n", json!(null), "a: null\n    # c\n"),
    ];
    for (text, value, new) in cases {
        let result = edit(text, "/a", Some(&value));
        assert_eq!(result.as_deref().unwrap_or_default(), new, "{text:?}: {result:?}");
    }
    assert_eq!(set("a:\n- - 1\n  - 2\n", "/a/0", &json!({ "b": 1 })), "a:\n- b: 1\n");
    assert_eq!(set("a: 1\n", "/a/b", &json!(2)), "a:\n  b: 2\n");
    assert_eq!(set("a: 1\na: 2\n", "/a", &json!(3)), "a: 1\na: 3\n");
    assert_eq!(set("a: &x {b: 1}\nc: *x\n", "/c", &json!(3)), "a: &x {b: 1}\nc: 3\n");
}

#[test]
fn what_is_removed_takes_empty_mappings_along_but_no_comments() {
    let cases = [
        ("a: 1\n", "/a", ""),
        ("# c\na: 1 # gone\nb: 2\n", "/a", "# c\nb: 2\n"),
        ("x: 1\na:\n  b:\n    # c\n    d: 1\n", "/a/b/d", "x: 1\n    # c\n"),
        ("x: |\n  t\na:\n    # c\n    d: 1\n", "/a/d", "x: |\n  t\n# c\n"),
        ("a:\n  b: 1\n  c: 2\n", "/a/b", "a:\n  c: 2\n"),
        ("a: {b: 1}\nc: 2\n", "/a/b", "c: 2\n"),
        ("a: {b: 1, c: 2}\n", "/a/b", "a: {c: 2}\n"),
        ("a: {b: 1, c: 2,}\n", "/a/c", "a: {b: 1,}\n"),
        ("a: [ 1, 2 ]\n", "/a/1", "a: [ 1 ]\n"),
        ("a: [ 1 ]\n", "/a/0", "a: []\n"),
        ("{a: 1}\n", "/a", "{}\n"),
        ("{\n  a: 1, # one\n  b: 2\n}\n", "/a", "{\n   # one\n  b: 2\n}\n"),
        ("{\n  \"a\": 1,\n  \"b\": 2\n}\n", "/b", "{\n  \"a\": 1\n}\n"),
        ("a:\n  - b: 1\n    c: 2\n", "/a/0/b", "a:\n  - c: 2\n"),
        ("a:\n  - b: 1\n    # c\n    c: 2\n", "/a/0/b", "a:\n  -\n    # c\n    c: 2\n"),
        ("a:\n  - b: 1\n    c: 2\n", "/a/0/c", "a:\n  - b: 1\n"),
        ("a:\n  - b: 1\n", "/a/0/b", "a:\n  - {}\n"),
        ("a:\n  - 1\n  # c\n  - 2\n", "/a/0", "a:\n  # c\n  - 2\n"),
        ("a:\n  - 1\n", "/a/0", "a: []\n"),
        ("a:\n- - 1\n  - 2\n", "/a/0/0", "a:\n- - 2\n"),
        ("b: 1\na: 2", "/a", "b: 1"),
        ("b: 1\r\na: 2\r\n", "/a", "b: 1\r\n"),
        ("a: 1\n", "/b/c", "a: 1\n"),
    ];
    for (text, path, new) in cases {
        assert_eq!(removed(text, path), new, "{path} of {text:?}");
    }
}

#[test]
fn what_no_small_change_reaches_is_refused_with_a_reason() {
    let refused =
        |text: &str, path: &str, value: Option<Value>| edit(text, path, value.as_ref()).unwrap_err().to_string();
    insta::assert_snapshot!(
        [
            refused("a: &x {b: 1}\nc: *x\n", "/c/b", Some(json!(2))),
            refused("a: &x {b: 1}\nc: *x\n", "/a/b", Some(json!(2))),
            refused("a: &x {b: 1}\nc: {<<: *x}\n", "/c/b", None),
            refused("a: 1\n---\nb: 1\n", "/a", Some(json!(2))),
            refused("a: [1\n", "/a", Some(json!(2))),
            refused("- 1\n", "/a", Some(json!(2))),
            refused("a: [1]\n", "/a/5", Some(json!(2))),
            refused("a: 1\n", "", Some(json!(2))),
        ]
        .join("\n"),
        @"
    c is an alias: change what it repeats, or write it out
    a.b cannot be changed alone, for instance because an alias repeats it: edit it by hand
    c.b comes from a merge key: change it there
    the text holds several documents: edit it by hand
    the text cannot be read: line 2: while parsing a flow sequence, expected ',' or ']'
    the text cannot be read: line 1: the file holds a list, not a mapping
    a is a list of 1, which has no place for `5`
    all values together are a mapping
    "
    );
}

#[test]
fn all_values_are_changed_at_once_through_the_empty_pointer() {
    let text = "# one\na: 1\nb:\n  # two\n  c: 2\n";
    assert_eq!(set(text, "", &json!({ "b": { "c": 3 }, "d": 4 })), "# one\nb:\n  # two\n  c: 3\nd: 4\n");
    assert_eq!(removed(text, ""), "# one\n  # two\n");
}

/// A value and how it is written.
#[derive(Debug, Clone)]
enum Layout {
    Scalar(Value, u8),
    Map(Vec<(String, Layout)>, bool, bool),
    List(Vec<Layout>, bool, bool),
}

fn layout() -> impl Strategy<Value = Layout> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..100u8).prop_map(Value::from),
        "[a-z]{1,4}".prop_map(|text| Value::from(format!("t{text}"))),
        Just(json!("one\n\n two\n")),
    ];
    let leaf = (scalar, any::<u8>()).prop_map(|(value, style)| Layout::Scalar(value, style));
    leaf.prop_recursive(4, 24, 4, |inner| {
        let entries = vec(("[a-e]|x y|\"q", inner.clone()), 0..4).prop_map(|mut entries| {
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            entries.dedup_by(|(a, _), (b, _)| a == b);
            entries
        });
        prop_oneof![
            (entries, any::<bool>(), any::<bool>()).prop_map(|(entries, flow, note)| Layout::Map(entries, flow, note)),
            (vec(inner, 0..4), any::<bool>(), any::<bool>())
                .prop_map(|(items, flow, note)| Layout::List(items, flow, note)),
        ]
    })
}

impl Layout {
    fn value(&self) -> Value {
        match self {
            Self::Scalar(value, _) => value.clone(),
            Self::Map(entries, ..) => entries.iter().map(|(key, layout)| (key.clone(), layout.value())).collect(),
            Self::List(items, ..) => items.iter().map(Self::value).collect(),
        }
    }

    /// Its text behind a sign whose line begins in a column: on the same line, or on lines below.
    fn write(&self, out: &mut String, column: usize) {
        let pad = " ".repeat(column + 2);
        let note = if self.is_noted() { format!("{pad}# note: {column}\n") } else { String::new() };
        match self {
            Self::Scalar(Value::String(text), style) if text.ends_with('\n') => {
                if style % 2 == 0 {
                    out.push_str(&format!(" {}\n", escape_text(text)));
                } else {
                    out.push_str(" | # block\n");
                    for line in text.lines() {
                        out.push_str(&format!("{}{line}\n", if line.is_empty() { "" } else { &pad }));
                    }
                }
            }
            Self::Scalar(value, style) => {
                let text = match (value, style % 4) {
                    (Value::Null, 0) => String::new(),
                    (Value::String(text), 0) => format!(" {text} # aside"),
                    (Value::String(text), 1) => format!(" '{text}'"),
                    (Value::String(text), 2) => format!("\n{pad}{text}"),
                    (value, 3) => format!(" # above\n{pad}{value} # beside"),
                    (value, _) => format!(" {value}"),
                };
                out.push_str(&format!("{text}\n"));
            }
            Self::Map(entries, false, _) if !entries.is_empty() => {
                out.push_str(&format!("\n{note}"));
                for (key, layout) in entries {
                    out.push_str(&format!("{pad}{}:", escape_text(key)));
                    layout.write(out, column + 2);
                }
            }
            Self::List(items, false, _) if !items.is_empty() => {
                out.push_str(&format!("\n{note}"));
                for layout in items {
                    out.push_str(&format!("{pad}-"));
                    layout.write(out, column + 2);
                }
            }
            other => out.push_str(&format!(" {}\n", inline(&other.value(), false))),
        }
    }

    fn is_noted(&self) -> bool {
        matches!(self, Self::Map(_, _, true) | Self::List(_, _, true))
    }
}

fn escape_text(text: &str) -> String {
    inline(&Value::from(text), false)
}

/// A values file: groups, with comments between them.
fn document() -> impl Strategy<Value = String> {
    (vec(("[a-e]", layout(), any::<bool>()), 0..4), any::<bool>(), any::<bool>()).prop_map(
        |(mut groups, crlf, ended)| {
            groups.sort_by(|(a, ..), (b, ..)| a.cmp(b));
            groups.dedup_by(|(a, ..), (b, ..)| a == b);
            let mut out = String::new();
            for (key, layout, note) in groups {
                if note {
                    out.push_str("\n# group\n");
                }
                out.push_str(&format!("{key}:"));
                // Below the root nothing stands further to the left than its key.
                layout.write(&mut out, 0);
            }
            let out = if ended { out } else { out.trim_end_matches('\n').to_owned() };
            if crlf { out.replace('\n', "\r\n") } else { out }
        },
    )
}

/// A place that may or may not be there: each number chooses one of what is there, or something new.
fn place(values: &Value, choices: &[u8]) -> Vec<String> {
    let mut keys = Vec::new();
    let mut at = Some(values);
    for choice in choices {
        let key = match at {
            Some(Value::Array(items)) => (*choice as usize % (items.len() + 1)).to_string(),
            Some(Value::Object(map)) if *choice as usize % (map.len() + 1) < map.len() => {
                map.keys().nth(*choice as usize % (map.len() + 1)).cloned().unwrap_or_default()
            }
            _ => format!("new{}", choice % 3),
        };
        at = at.and_then(|at| at.get(&key).or_else(|| at.get(key.parse::<usize>().ok()?)));
        keys.push(key);
    }
    keys
}

fn path_of(keys: &[String]) -> String {
    keys.iter().fold(String::new(), |path, key| pointer(&path, key))
}

fn comment_lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| line.starts_with("# ")).collect()
}

proptest! {
    #[test]
    fn one_setting_changes_and_nothing_else(
        text in document(), choices in vec(any::<u8>(), 1..4), value in any_json(), is_set in any::<bool>(),
    ) {
        let old = read("", &text).unwrap();
        prop_assert!(old.diagnostics().is_empty(), "{}", text);
        let old = old.into_values();
        let keys = place(&old, &choices);
        let path = path_of(&keys);
        let mut wanted = old.clone();
        let new = if is_set {
            change::set(&mut wanted, &keys, &value).unwrap();
            edit(&text, &path, Some(&value))
        } else {
            change::remove(&mut wanted, &keys);
            edit(&text, &path, None)
        };
        prop_assert!(new.is_ok(), "{:?} {:?}\n{}", path, new, text);
        let new = new.unwrap();
        prop_assert_eq!(read("", &new).unwrap().into_values(), wanted);
        let mut comments = comment_lines(&new).into_iter();
        for comment in comment_lines(&text) {
            prop_assert!(comments.any(|kept| kept == comment), "{} of\n{}\nbecame\n{}", path, text, new);
        }
    }

    #[test]
    fn removing_what_was_added_gives_the_text_back(
        text in document(), choices in vec(any::<u8>(), 0..3), value in any_json(),
    ) {
        let old = read("", &text).unwrap().into_values();
        let mut keys = place(&old, &choices);
        keys.push("added".to_owned());
        // What gives way to a setting below it, or was empty before, does not come back.
        let is_group = |value: Option<&Value>| value.is_none_or(|value| value.as_object().is_some_and(|map| !map.is_empty()));
        if !(1..keys.len()).all(|count| is_group(old.pointer(&path_of(&keys[..count])))) {
            return Ok(());
        }
        let path = path_of(&keys);
        let more = edit(&text, &path, Some(&value)).unwrap();
        prop_assert_eq!(edit(&more, &path, None).unwrap(), text);
    }

    #[test]
    fn no_text_makes_it_panic(text in syntax(), choices in vec(any::<u8>(), 0..4), value in any_json()) {
        if let Ok(old) = read("", &text) {
            let path = path_of(&place(old.values(), &choices));
            let _ = edit(&text, &path, Some(&value));
            let _ = edit(&text, &path, None);
        }
    }

    #[test]
    fn what_is_handed_over_is_what_the_edited_text_reads_as(
        text in document(), choices in vec(any::<u8>(), 1..4), value in any_json(),
    ) {
        let path = path_of(&place(read("", &text).unwrap().values(), &choices));
        edit_then("values.yaml", &text, &path, Some(&value), |new, merged| {
            let read = file("values.yaml", new.as_bytes());
            prop_assert_eq!(new, &edit(&text, &path, Some(&value)).unwrap());
            prop_assert_eq!(merged.values(), read.values());
            prop_assert_eq!(merged.locate(&path), read.locate(&path));
            Ok(())
        }).unwrap()?;
    }
}
