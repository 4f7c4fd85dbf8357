use serde_json::json;

use crate::layers::{Layer, Merged, merge, set_file_paths};

fn set(argument: &str) -> Merged<'_> {
    merge(&[Layer::Set(argument)])
}

/// Writes findings as `column code path: message`.
fn brief(merged: &Merged<'_>) -> Vec<String> {
    let brief = |finding: &rqchart_core::diagnostic::Diagnostic| {
        let column = finding.location.as_ref().map_or(0, |at| at.column);
        format!("{column} {} {}: {}", finding.code, finding.path, finding.message)
    };
    merged.diagnostics().iter().map(brief).collect()
}

#[test]
fn typed_values() {
    let cases = [
        ("", json!({})),
        ("a=1", json!({"a": 1})),
        ("a=-5,b=+7,c=0,d=-0", json!({"a": -5, "b": 7, "c": 0, "d": 0})),
        ("a=012,b=00,c=0x1F,d=1e6,e=1.5", json!({"a": "012", "b": "00", "c": "0x1F", "d": "1e6", "e": "1.5"})),
        ("a=9223372036854775808", json!({"a": "9223372036854775808"})),
        ("a=true,b=TRUE,c=False", json!({"a": true, "b": true, "c": false})),
        ("a=null,b=NULL,c=yes", json!({"a": null, "b": null, "c": "yes"})),
        ("a=", json!({"a": ""})),
        ("a=,b=1,", json!({"a": "", "b": 1})),
        ("q={a,1,true},r={x}", json!({"q": ["a", 1, true], "r": ["x"]})),
        ("q={a,},", json!({"q": ["a", ""]})),
        (r"a\.b=1,c=x\,y,d\=e=\{", json!({"a.b": 1, "c": "x,y", "d=e": "{"})),
        ("h=i=j,b= sp ,c=\"q\"", json!({"h": "i=j", "b": " sp ", "c": "\"q\""})),
        ("a.b.c=1,a.b.d=2", json!({"a": {"b": {"c": 1, "d": 2}}})),
        ("a[0]=x,a[1]=y", json!({"a": ["x", "y"]})),
        ("a[0].b=1,a[0].c=2", json!({"a": [{"b": 1, "c": 2}]})),
        ("a[0][0]=1,a[0][1]=2", json!({"a": [[1, 2]]})),
        ("a[1].b=1,a[0].b=2", json!({"a": [{"b": 2}, {"b": 1}]})),
        ("a.b={1,2},a.c=ä", json!({"a": {"b": [1, 2], "c": "ä"}})),
    ];
    for (argument, expected) in cases {
        let merged = set(argument);
        assert_eq!(brief(&merged), [""; 0], "{argument}");
        assert_eq!(merged.values(), &expected, "{argument}");
    }
}

#[test]
fn mistakes() {
    let cases = [
        ("a", "1 set-syntax /a: `a` has no value"),
        ("a,b=1", "1 set-syntax /a: `a` has no value"),
        ("a.b", "3 set-syntax /a/b: `b` has no value"),
        ("=x", "1 set-syntax : a name is missing here"),
        ("a=1,,b=2", "5 set-syntax : a name is missing here"),
        ("a..b=1", "3 set-syntax /a: a name is missing here"),
        ("a.=1", "3 set-syntax /a: a name is missing here"),
        ("[0]=1", "1 set-syntax : a name is missing here"),
        ("a[0]", "3 set-syntax /a/0: `a` has no value"),
        ("a[0", "3 set-syntax /a: `[` is not closed"),
        ("a[]=1", "3 set-syntax /a: an index is missing here"),
        ("a[x]=1", "3 set-syntax /a: `x` is not an index"),
        ("a[-1]=1", "3 set-syntax /a: the index -1 is negative"),
        ("a[65537]=1", "3 set-syntax /a: the index 65537 is larger than 65536, or the path has 100 parts"),
        ("a[0]b=1", "5 set-syntax /a/0: `b` cannot follow `]`"),
        ("a={1,2", "3 set-syntax /a: the list is not closed"),
        ("a={1}x", "6 set-syntax /a: `x` follows a value"),
        ("a=x\\", "4 set-syntax : the last `\\` escapes nothing"),
        ("a={}", "3 set-syntax /a: {} is a list of one empty text, as in Helm"),
        ("x[2]=c", "3 list-replaced /x/0: no layer sets this element of the list"),
        ("x[65536][65536]=c", "10 list-replaced /x/65536/65536: this index leaves elements before it unset"),
        ("a=2,a.b=1", "5 scalar-over-map /a: a mapping would replace a number from --set:1:3"),
        ("a.b=1,a=2", "9 scalar-over-map /a: a number would replace a mapping from --set:1:1"),
        ("a=x,a[0]=1", "5 list-replaced /a: text from --set:1:3 has no elements"),
        ("a[0]=x,a[0].b=1", "10 scalar-over-map /a/0: a mapping would replace text from --set:1:6"),
    ];
    for (argument, expected) in cases {
        assert_eq!(brief(&set(argument))[0], expected, "{argument}");
    }
}

#[test]
fn paths_have_limits() {
    let dots = |count: usize| "a.".repeat(count) + "a=1";
    assert_eq!(brief(&set(&dots(30))), [""; 0]);
    assert!(brief(&set(&dots(31)))[0].contains("more than 30 dots"));
    assert!(brief(&set(&format!("a{}=1", "[0]".repeat(10_000))))[0].contains("100 parts"));
}

#[test]
fn the_other_flags() {
    let one = |layer| merge(&[layer]).values().clone();
    assert_eq!(one(Layer::SetString("a=null,b=1,c={2}")), json!({"a": "null", "b": "1", "c": ["2"]}));
    assert_eq!(one(Layer::SetLiteral(r"a=x,y=z{1}\n")), json!({"a": r"x,y=z{1}\n"}));
    assert_eq!(one(Layer::SetLiteral(r"a\.b=1")), json!({"a\\": {"b": "1"}}));
    assert_eq!(one(Layer::SetLiteral("a[0].b=[1]")), json!({"a": [{"b": "[1]"}]}));
    assert_eq!(
        one(Layer::SetJson("a=[1,null],b.c={\"d\":1.0},e= ,f=")),
        json!({"a": [1, null], "b": {"c": {"d": 1.0}}, "e": null, "f": null})
    );
    assert_eq!(one(Layer::SetJson(" {\"a\": {\"b\": \"\\u00e4\"}} ")), json!({"a": {"b": "ä"}}));
}

#[test]
fn files_of_set_file() {
    let argument = r"a=x\,y.txt,b={p,q},c.d[0]=r";
    assert_eq!(set_file_paths(argument), ["x,y.txt", "p", "q", "r"]);
    assert_eq!(set_file_paths("a=x,b"), ["x"]);
    let contents = ["1", "2", "3", "4\n"].map(|text| text.as_bytes().to_vec());
    let merged = merge(&[Layer::SetFile { argument, contents: &contents }]);
    assert_eq!(merged.values(), &json!({"a": "1", "b": ["2", "3"], "c": {"d": ["4\n"]}}));
    let findings = |argument, contents: &[Vec<u8>]| brief(&merge(&[Layer::SetFile { argument, contents }]));
    assert_eq!(findings("a=x", &[vec![0xFF]]), ["3 invalid-utf8 /a: x is not UTF-8 text"]);
    assert_eq!(findings("a=", &[]), ["3 set-syntax /a: the path of a file is missing here"]);
    assert_eq!(findings("a=x,b=y", &contents[..1]), ["7 set-syntax /b: y was not read"]);
}

#[test]
fn findings_in_json() {
    let cases = [
        ("a={\"b\": }", "9 yaml-syntax /a: expected value"),
        ("a=[1,2", "6 yaml-syntax /a: EOF while parsing a list"),
        ("a=1 b=2", "5 set-syntax /a: `b` follows a value"),
        ("a=\"\\ud800\"", "3 yaml-syntax /a: this text has an escape that stands for no character"),
        ("{\"a\": 1, \"a\": 2}", "10 duplicate-key /a: `a` is set twice"),
        ("a=[{\"x\":1,\"x\":2}]", "11 duplicate-key /a/0/x: `x` is set twice"),
        ("{\"a\": 1} x", "10 yaml-syntax : nothing can follow the JSON object"),
        ("{", "1 yaml-syntax : EOF while parsing an object"),
        ("a=12345678901234567890123", "3 invalid-value /a: `12345678901234567890123` is larger than a 64-bit number"),
        ("a=1e400", "3 invalid-value /a: `1e400` is larger than a 64-bit number"),
    ];
    for (argument, expected) in cases {
        assert_eq!(brief(&merge(&[Layer::SetJson(argument)])), [expected], "{argument}");
    }
    let deep = format!("a={}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(brief(&merge(&[Layer::SetJson(&deep)]))[0].contains("yaml-limit"));
}

#[test]
fn places_in_arguments() {
    let json = "{\"ä\": [1, {\"b\": \"x\"}]}";
    let merged = merge(&[Layer::SetJson(json), Layer::Set("p.q[0].r=1,s={u,v}")]);
    let at = |pointer| merged.locate(pointer).map(|at| (at.source, at.column, at.length));
    assert_eq!(at("/ä/1/b"), Some(("--set-json".to_owned(), 17, 3)));
    assert_eq!(at("/p/q/0/r"), Some(("--set".to_owned(), 10, 1)));
    assert_eq!(at("/s/1"), Some(("--set".to_owned(), 17, 1)));
    let key = |pointer| merged.locate_key(pointer).map(|at| (at.column, at.length));
    assert_eq!(key("/ä/1/b"), Some((12, 3)));
    assert_eq!(key("/p/q"), Some((3, 1)));
    assert_eq!(key("/s"), Some((12, 1)));
}
