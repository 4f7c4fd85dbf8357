use serde_json::json;

use crate::layers::{Layer, Merged, merge};

fn file<'a>(name: &'a str, text: &'a str) -> Layer<'a> {
    Layer::File { name, text: text.as_bytes() }
}

fn codes(merged: &Merged<'_>) -> Vec<String> {
    merged.diagnostics().iter().map(|finding| format!("{} {}", finding.code, finding.path)).collect()
}

#[test]
fn the_kind_of_layer_decides_and_then_the_position() {
    let contents = [b"file".to_vec()];
    let layers = [
        Layer::SetLiteral("f=literal"),
        Layer::SetFile { argument: "e=PATH,f=PATH", contents: &[contents[0].clone(), contents[0].clone()] },
        Layer::SetString("d=string,e=string"),
        Layer::Set("c=set,d=set"),
        Layer::SetJson("b=\"json\",c=\"json\""),
        file("1.yaml", "a: 1\nb: 1"),
        file("2.yaml", "a: 2"),
    ];
    let merged = merge(&layers);
    let expected = json!({"a": 2, "b": "json", "c": "set", "d": "string", "e": "file", "f": "literal"});
    assert_eq!((merged.values(), codes(&merged).len()), (&expected, 0));
}

#[test]
fn mappings_merge_and_everything_else_replaces() {
    let cases = [
        ("a: {b: 1, c: 2}", "a: {c: 3, d: 4}", json!({"a": {"b": 1, "c": 3, "d": 4}})),
        ("a: [1, 2]", "a: [3]", json!({"a": [3]})),
        ("a: 1", "a: text", json!({"a": "text"})),
        ("a: 1", "a: [1]", json!({"a": [1]})),
        ("a: {b: 1}", "a: null", json!({"a": null})),
        ("a: {b: 1}", "a: {b: null}", json!({"a": {"b": null}})),
        ("a: null", "a: {b: 1}", json!({"a": {"b": 1}})),
        ("a: {b: 1}", "a: {}", json!({"a": {"b": 1}})),
        ("a: {b: 1}", "", json!({"a": {"b": 1}})),
        ("b: 1\na: 1", "c: 1\na: 2\nb: 2", json!({"b": 2, "a": 2, "c": 1})),
    ];
    for (first, second, expected) in cases {
        let layers = [file("1.yaml", first), file("2.yaml", second)];
        let merged = merge(&layers);
        assert_eq!(codes(&merged), [""; 0], "{first} + {second}");
        assert_eq!(merged.values().to_string(), expected.to_string(), "{first} + {second}");
    }
}

#[test]
fn a_mapping_and_something_else_clash() {
    for (first, second) in
        [("a: {b: 1}", "a: 1"), ("a: 1", "a: {b: 1}"), ("a: [1]", "a: {b: 1}"), ("a: {b: 1}", "a: []")]
    {
        let layers = [file("1.yaml", first), file("2.yaml", second)];
        assert_eq!(codes(&merge(&layers)), ["scalar-over-map /a"], "{first} + {second}");
    }
    let layers = [file("1.yaml", "a:\n  b: {c: 1}"), file("2.yaml", "a: {b: x}")];
    let merged = merge(&layers);
    assert_eq!(
        merged.diagnostics()[0].to_string(),
        "error[scalar-over-map]: a.b: text would replace a mapping from 1.yaml:2:6 \
         (set it to null in between, or change one of them)"
    );
    assert_eq!(merged.diagnostics()[0].location.as_ref().map(|at| (&*at.source, at.column)), Some(("2.yaml", 8)));
    let layers = [file("1.yaml", "a: {b: 1}\n---\na: null"), file("2.yaml", "a: 1")];
    assert_eq!(codes(&merge(&layers)), [""; 0]);
}

#[test]
fn flags_change_what_files_hold() {
    let layers =
        [file("v.yaml", "list: [{p: 1, q: 2}, {p: 3}]\nmap: {a: 1}\nnone:"), Layer::Set("list[1].p=9,list[2].p=5")];
    let merged = merge(&layers);
    assert_eq!(codes(&merged), [""; 0]);
    assert_eq!(merged.values()["list"], json!([{"p": 1, "q": 2}, {"p": 9}, {"p": 5}]));
    let with = |layer| merge(&[layers[0], layer]).values().clone();
    assert_eq!(with(Layer::SetJson("map={\"b\":2}"))["map"], json!({"b": 2}));
    assert_eq!(with(Layer::SetJson("{\"map\":{\"b\":2}}"))["map"], json!({"a": 1, "b": 2}));
    assert_eq!(with(Layer::Set("none.a=1"))["none"], json!({"a": 1}));
    assert_eq!(with(Layer::Set("none[0]=1"))["none"], json!([1]));
    assert_eq!(codes(&merge(&[layers[0], Layer::Set("list[3]=x")])), ["list-replaced /list/2"]);
    assert_eq!(codes(&merge(&[layers[0], Layer::Set("map[0]=x")])), ["scalar-over-map /map"]);
    assert_eq!(codes(&merge(&[layers[0], Layer::Set("list.x=1")])), ["scalar-over-map /list"]);
}

#[test]
fn one_wrong_flag_does_not_stop_the_others() {
    let merged = merge(&[Layer::Set("a=1,b"), Layer::Set("c=1"), Layer::SetString("=")]);
    assert_eq!(merged.values(), &json!({"a": 1, "c": 1}));
    let sources: Vec<_> =
        merged.diagnostics().iter().filter_map(|finding| finding.location.as_ref()).map(|at| &*at.source).collect();
    assert_eq!(sources, ["--set #1", "--set-string"]);
}

#[test]
fn winners_know_what_they_replaced() {
    let layers = [
        file("1.yaml", "a: {b: 1}\nc: [1]"),
        file("2.yaml", "\na: {b: 2}"),
        Layer::Set("x=1"),
        Layer::Set("a.b=3"),
        Layer::SetString("c=1"),
    ];
    let merged = merge(&layers);
    let brief = |locations: Vec<rqchart_core::diagnostic::Location>| -> Vec<_> {
        locations.into_iter().map(|at| format!("{}:{}:{}", at.source, at.line, at.column)).collect()
    };
    assert_eq!(brief(merged.locate("/a/b").into_iter().collect()), ["--set #2:1:5"]);
    assert_eq!(brief(merged.locate_key("/a/b").into_iter().collect()), ["--set #2:1:3"]);
    assert_eq!(brief(merged.overridden("/a/b")), ["2.yaml:2:8", "1.yaml:1:8"]);
    assert_eq!(brief(merged.overridden("/c")), ["1.yaml:2:4"]);
    assert_eq!(brief(merged.overridden("/a")), [""; 0]);
    assert_eq!(brief(merged.overridden("/a/b/c")), [""; 0]);
}

#[test]
fn without_layers_there_is_an_empty_object_that_is_nowhere() {
    let merged = merge(&[]);
    assert_eq!((merged.values(), merged.locate(""), merged.locate("/a")), (&json!({}), None, None));
}
