//! What holds for every input.

use proptest::collection::vec;
use proptest::prelude::*;
use rqchart_core::diagnostic::pointer;
use serde_json::{Map, json};

use super::*;

fn file(text: &[u8]) -> Layer<'_> {
    Layer::File { name: "values.yaml", text }
}

/// Text made of what matters to YAML and to `--set`.
pub(super) fn syntax() -> impl Strategy<Value = String> {
    let pieces = [
        "a",
        "b",
        "1",
        "0",
        "yes",
        "~",
        " ",
        "  ",
        "\n",
        "\n  ",
        "\r\n",
        "\t",
        ":",
        ": ",
        "- ",
        "? ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "=",
        ".",
        "\\",
        "\"",
        "'",
        "|\n",
        ">-\n",
        "&a ",
        "*a",
        "<<: ",
        "!!int ",
        "!x ",
        "#",
        " # ",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "ä",
        "\u{feff}",
        "\u{2028}",
        "\0",
        "e",
        "-",
        "+",
        "_",
        "0x",
        "null",
        "[0]",
        "[2]",
    ];
    vec(proptest::sample::select(pieces.to_vec()), 0..24).prop_map(|pieces| pieces.concat())
}

/// JSON values of every kind, with texts that YAML can hold.
pub(super) fn any_json() -> impl Strategy<Value = Value> {
    let text = "[ -~äé😀]{0,8}";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9f64).prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((text, inner), 0..5).prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn check(merged: &Merged<'_>) {
    assert!(merged.values().is_object());
    let mut pointers = vec![String::new()];
    collect_pointers(merged.values(), "", &mut pointers);
    for pointer in pointers {
        merged.locate(&pointer);
        merged.overridden(&pointer);
        assert!(pointer.is_empty() || merged.locate_key(&pointer).is_some(), "{pointer} is nowhere");
    }
    for location in merged.diagnostics().iter().filter_map(|finding| finding.location.as_ref()) {
        assert!(location.line > 0 && location.length > 0 && location.text_start <= location.column, "{location:?}");
    }
}

fn collect_pointers(value: &Value, path: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (pointer(path, key), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, value)| (format!("{path}/{at}"), value)).collect(),
        _ => Vec::new(),
    };
    for (path, value) in children {
        collect_pointers(value, &path, found);
        found.push(path);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..64)) {
        check(&merge(&[file(&bytes)]));
    }

    #[test]
    fn no_text_makes_it_panic(first in syntax(), second in syntax(), argument in syntax(), other in syntax()) {
        let contents: Vec<_> = set_file_paths(&argument).into_iter().map(String::into_bytes).collect();
        check(&merge(&[
            file(first.as_bytes()),
            file(second.as_bytes()),
            Layer::SetJson(&argument),
            Layer::Set(&argument),
            Layer::Set(&other),
            Layer::SetString(&other),
            Layer::SetFile { argument: &argument, contents: &contents },
            Layer::SetLiteral(&argument),
        ]));
    }

    #[test]
    fn json_is_read_as_itself(value in any_json()) {
        let object = json!({ "value": value });
        for text in [object.to_string(), serde_json::to_string_pretty(&object)?] {
            for layer in [file(text.as_bytes()), Layer::SetJson(&text)] {
                let merged = merge(&[layer]);
                prop_assert_eq!(merged.diagnostics(), &[]);
                prop_assert_eq!(merged.values().to_string(), object.to_string());
                check(&merged);
            }
        }
    }

    #[test]
    fn a_layer_that_is_given_twice_changes_nothing(value in any_json()) {
        let text = json!({ "value": value }).to_string();
        let once = merge(&[file(text.as_bytes())]);
        let twice = merge(&[file(text.as_bytes()), file(text.as_bytes())]);
        prop_assert_eq!(once.values(), twice.values());
        prop_assert_eq!(twice.diagnostics(), &[]);
    }
}

#[test]
fn a_very_long_text_is_read_and_cut() {
    let long = "x".repeat(1_000_000);
    let texts = [format!("a: 1\nb: {long}\n"), format!("a: 1\nb: \"{long}\"\n"), format!("a: 1\nb: |\n  {long}\n")];
    for text in texts {
        let merged = merge(&[file(text.as_bytes())]);
        assert_eq!(merged.diagnostics(), &[]);
        assert_eq!(merged.values()["b"].as_str().map(|text| text.trim_end().len()), Some(1_000_000));
        let location = merged.locate("/b").expect("a value has a place");
        assert!(location.text.chars().count() <= 200 && location.column < 5);
    }
}
