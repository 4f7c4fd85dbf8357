use rqchart_core::diagnostic::Diagnostic;
use serde_json::json;

use crate::layers::{Layer, Merged, merge};

use super::*;

fn file(text: &str) -> Merged<'_> {
    merge(&[Layer::File { name: "values.yaml", text: text.as_bytes() }])
}

/// Writes findings as `line:column code path`.
fn brief(diagnostics: &[Diagnostic]) -> Vec<String> {
    let brief = |finding: &Diagnostic| {
        let at = finding.location.as_ref().map_or(String::new(), |at| format!("{}:{}", at.line, at.column));
        format!("{at} {} {}", finding.code, finding.path)
    };
    diagnostics.iter().map(brief).collect()
}

#[test]
fn values() {
    let cases = [
        ("", json!({})),
        ("# nothing\n", json!({})),
        ("null", json!({})),
        ("---\n...\n", json!({})),
        ("{}", json!({})),
        ("a: 1", json!({"a": 1})),
        ("\u{feff}a: 1", json!({"a": 1})),
        ("a: 1\r\nb:\r\n  - x\r\n", json!({"a": 1, "b": ["x"]})),
        ("a: 1\rb: 2\r", json!({"a": 1, "b": 2})),
        ("z: 1\na: 2\nm: 3", json!({"z": 1, "a": 2, "m": 3})),
        ("a:", json!({"a": null})),
        ("a:\nb: 1", json!({"a": null, "b": 1})),
        ("a:\n-\n- 1", json!({"a": [null, 1]})),
        ("a: [1, 'yes', \"no\", ~]", json!({"a": [1, "yes", "no", null]})),
        ("a: |\n  x\n  y\nb: >-\n  x\n  y\n", json!({"a": "x\ny\n", "b": "x y"})),
        ("8080: u\n-1: v\n0x1F: w", json!({"8080": "u", "-1": "v", "31": "w"})),
        ("'yes': 1\n\"012\": 2", json!({"yes": 1, "012": 2})),
        ("a: 3.0\nb: 10000000", json!({"a": 3.0, "b": 10_000_000})),
        ("a: 1\n---\nb: 2\n---\na: 3", json!({"a": 3, "b": 2})),
        ("a: {b: 1}\n---\na: {c: 2}", json!({"a": {"b": 1, "c": 2}})),
        ("a: 2020-01-01", json!({"a": "2020-01-01"})),
        ("{a: 1, b}", json!({"a": 1, "b": null})),
        ("a: [b: 1]", json!({"a": [{"b": 1}]})),
    ];
    for (text, expected) in cases {
        let merged = file(text);
        assert_eq!(brief(merged.diagnostics()), [""; 0], "{text:?}");
        assert_eq!(merged.values().to_string(), expected.to_string(), "{text:?}");
    }
}

#[test]
fn anchors_aliases_and_merge_keys() {
    let cases = [
        ("a: &x [1]\nb: *x", json!({"a": [1], "b": [1]})),
        ("a: &x 1\nb: *x\nc: &x 2\nd: *x", json!({"a": 1, "b": 1, "c": 2, "d": 2})),
        ("a: &k key\n*k : 1", json!({"a": "key", "key": 1})),
        ("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}", json!({"a": {"p": 1, "q": 2}, "b": {"q": 3, "p": 1}})),
        ("a: &x {p: 1}\nb: {q: 2, <<: *x}", json!({"a": {"p": 1}, "b": {"q": 2, "p": 1}})),
        (
            "v: &v {p: 1}\nw: &w {p: 2, q: 2}\nb: {<<: [*v, *w]}",
            json!({"v": {"p": 1}, "w": {"p": 2, "q": 2}, "b": {"p": 1, "q": 2}}),
        ),
        ("b: {<<: {p: 1}}", json!({"b": {"p": 1}})),
        ("b: {\"<<\": 1}", json!({"b": {"<<": 1}})),
    ];
    for (text, expected) in cases {
        let merged = file(text);
        assert_eq!(brief(merged.diagnostics()), [""; 0], "{text:?}");
        assert_eq!(merged.values(), &expected, "{text:?}");
    }
}

#[test]
fn tags() {
    let text = "a: !!str 012\nb: !!int \"3\"\nc: !!float 3\nd: !!null ''\ne: !!bool true\nf: ! yes\n\
                g: !!map {}\nh: !!seq []\ni: !!str\nj: !<tag:yaml.org,2002:str> 1\n";
    let merged = file(text);
    assert_eq!(brief(merged.diagnostics()), [""; 0]);
    let expected = json!({
        "a": "012", "b": 3, "c": 3.0, "d": null, "e": true, "f": "yes", "g": {}, "h": [], "i": "", "j": "1"
    });
    assert_eq!(merged.values(), &expected);
}

#[test]
fn findings() {
    let cases: [(&str, &[&str]); 33] = [
        ("a: yes", &["1:4 ambiguous-scalar /a"]),
        ("yes: 1", &["1:1 ambiguous-scalar "]),
        ("a:\n  - 1\n  - {b: 012}", &["3:9 ambiguous-scalar /a/1/b"]),
        ("a: .inf", &["1:4 invalid-value /a"]),
        ("a: 12345678901234567890123", &["1:4 invalid-value /a"]),
        ("a: 1\nb: 2\na: 3\na: 4", &["3:1 duplicate-key /a", "4:1 duplicate-key /a"]),
        ("a: {b: 1, b: 2}", &["1:11 duplicate-key /a/b"]),
        ("1: a\n0x1: b", &["2:1 duplicate-key /1"]),
        ("true: 1", &["1:1 unsupported-yaml "]),
        ("null: 1", &["1:1 unsupported-yaml "]),
        ("1.10: 1", &["1:1 unsupported-yaml "]),
        ("? [a]\n: 1\nb: 2", &["1:3 unsupported-yaml "]),
        (": 1", &["1:1 unsupported-yaml "]),
        ("a: !Foo x", &["1:4 unsupported-yaml /a"]),
        ("a: !!binary aGk=", &["1:4 unsupported-yaml /a"]),
        ("a: !Foo {b: 1}", &["1:4 unsupported-yaml /a"]),
        ("a: !!int x", &["1:4 invalid-value /a"]),
        ("a: !!bool yes", &["1:4 ambiguous-scalar /a"]),
        ("a:\n  <<: 1", &["2:3 unsupported-yaml /a"]),
        ("a:\n  <<: [{}, 1]", &["2:3 unsupported-yaml /a"]),
        ("a: {p: 1, <<: {p: 2}}", &["1:11 duplicate-key /a/p"]),
        ("a: {<<: {p: 1}, <<: {q: 2}}", &["1:17 duplicate-key /a"]),
        ("# x\u{2028}\nb: 1", &["1:4 ambiguous-scalar "]),
        ("a: !<!x> b", &["1:4 unsupported-yaml /a"]),
        ("- a", &["1:1 not-a-mapping "]),
        ("text", &["1:1 not-a-mapping "]),
        ("a: 1\n---\n3", &["3:1 not-a-mapping "]),
        ("a: &x [*x]", &["1:8 yaml-syntax /a/0"]),
        ("a: &x 1\n---\nb: *x", &["3:4 yaml-syntax /b"]),
        ("a: *x", &["1:4 yaml-syntax "]),
        ("a: 1\nb: \0\nc: 1", &["2:4 yaml-syntax "]),
        ("a: b: c", &["1:5 yaml-syntax "]),
        ("a:\n\t- 1", &["2:2 yaml-syntax "]),
    ];
    for (text, expected) in cases {
        assert_eq!(brief(file(text).diagnostics()), expected, "{text:?}");
    }
}

#[test]
fn reading_goes_on_after_a_finding_and_stops_at_a_syntax_error() {
    let merged = file("a: yes\na: 2\nb: 3\n");
    assert_eq!((merged.values(), merged.diagnostics().len()), (&json!({"a": 2, "b": 3}), 2));
    let merged = file("a: 1\n---\nb: [\n");
    assert_eq!((merged.values(), merged.diagnostics().len()), (&json!({"a": 1}), 1));
}

#[test]
fn messages_name_the_first_of_two_keys() {
    let merged = file("a: 1\n\na: 2\n");
    assert_eq!(merged.diagnostics()[0].message, "`a` is set already in line 1");
}

#[test]
fn nesting_has_a_limit() {
    let flow = |depth: usize| format!("a: {}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(brief(file(&flow(MAX_DEPTH - 1)).diagnostics()), [""; 0]);
    let hostile = [
        flow(MAX_DEPTH),
        flow(20_000),
        "a: ".to_owned() + &"[".repeat(200_000),
        "[".repeat(200_000),
        "{a: ".repeat(20_000),
        "- ".repeat(20_000),
        "? ".repeat(20_000),
        (0..2_000).fold(String::new(), |text, depth| text + &" ".repeat(depth) + "a:\n"),
    ];
    for text in hostile {
        let codes = brief(file(&text).diagnostics());
        assert!(codes.len() == 1 && codes[0].contains("yaml-"), "{codes:?}");
    }
}

#[test]
fn aliases_have_a_limit() {
    let line = |text: String, level: usize| {
        let aliases = vec![format!("*a{level}"); 9].join(", ");
        format!("{text}a{}: &a{} [{aliases}]\n", level + 1, level + 1)
    };
    let bomb = (0..9).fold("a0: &a0 [x, x, x]\n".to_owned(), line);
    assert!(brief(file(&bomb).diagnostics())[0].contains("yaml-limit"));

    let chain = (0..200)
        .fold("a0: &a0 []\n".to_owned(), |text, level| format!("{text}a{}: &a{} [*a{level}]\n", level + 1, level + 1));
    assert!(brief(file(&chain).diagnostics())[0].contains("yaml-limit"));

    let long = format!("a: &a \"{}\"\nb: [{}*a]\n", "x".repeat(1_000_000), "*a, ".repeat(1_000));
    assert!(brief(file(&long).diagnostics())[0].contains("yaml-limit"));
}

#[test]
fn places() {
    let text = "# ä\nä: {b: \"x y\"}\nlist:\n  - p: 1\n  - p:\ntext: |\n  one\n  two\nuse: &u 3\nalso: *u\n";
    let merged = file(text);
    let cases = [
        ("", "2:1 1", "2:1 1"),
        ("/ä", "2:4 1", "2:1 1"),
        ("/ä/b", "2:8 5", "2:5 1"),
        ("/list", "4:3 1", "3:1 4"),
        ("/list/0", "4:5 1", "4:5 1"),
        ("/list/0/p", "4:8 1", "4:5 1"),
        ("/list/1/p", "5:5 1", "5:5 1"),
        ("/text", "7:3 3", "6:1 4"),
        ("/use", "9:6 4", "9:1 3"),
        ("/also", "9:6 4", "10:1 4"),
        ("/ä/missing", "2:1 1", "2:1 1"),
        ("/list/7/p", "3:1 4", "3:1 4"),
        ("/missing/x", "2:1 1", "2:1 1"),
    ];
    for (pointer, value, key) in cases {
        let brief = |location: Option<rqchart_core::diagnostic::Location>| {
            location.map(|at| format!("{}:{} {}", at.line, at.column, at.length)).unwrap_or_default()
        };
        assert_eq!((&*brief(merged.locate(pointer)), &*brief(merged.locate_key(pointer))), (value, key), "{pointer}");
    }
    assert_eq!(merged.locate("/ä/b").map(|at| at.text).as_deref(), Some("ä: {b: \"x y\"}"));
}
