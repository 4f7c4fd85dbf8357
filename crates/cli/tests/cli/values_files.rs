//! Values files that are not what they should be: as files, as text, as YAML.

use insta::assert_snapshot;

use crate::place::Place;

/// What is said about each text, by both of the commands that read values.
fn said_about(texts: &[&[u8]]) -> String {
    let place = Place::new();
    let mut said = String::new();
    for text in texts {
        place.write("v.yaml", text);
        let run = place.run("rqchart template rqdb -f v.yaml");
        let findings = run.refused(1);
        assert_eq!(place.run("rqchart lint rqdb -f v.yaml").refused(1), findings);
        said += &format!("{:?}\n{findings}\n", String::from_utf8_lossy(text));
    }
    said
}

#[test]
fn files_that_cannot_be_read_are_all_named() {
    let place = Place::with_values("replicas: 3\n");
    place.run("mkdir folder").fine();
    assert_snapshot!(place.session(&[
        "rqchart template rqdb -f missing.yaml",
        "rqchart template rqdb -f folder -f values.yaml,missing.yaml --set-file labels.x=gone",
        "rqchart template rqdb -f ''",
        "rqchart template rqdb -f values.yaml/x",
    ]), @"
    $ rqchart template rqdb -f missing.yaml
    ! error: cannot read missing.yaml: No such file or directory
    exit 2
    $ rqchart template rqdb -f folder -f values.yaml,missing.yaml --set-file labels.x=gone
    ! error: cannot read folder: Is a directory
    !        cannot read missing.yaml: No such file or directory
    !        cannot read gone: No such file or directory
    exit 2
    $ rqchart template rqdb -f ''
    ! error: cannot read : No such file or directory
    exit 2
    $ rqchart template rqdb -f values.yaml/x
    ! error: cannot read values.yaml/x: Not a directory
    exit 2
    ");
}

#[test]
fn text_that_is_no_mapping_is_refused() {
    assert_snapshot!(said_about(&[b"- replicas\n", b"replicas\n", b"3\n", b"a: 1\n---\n- b\n"]), @r#"
    "- replicas\n"
    v.yaml:1:1: error[not-a-mapping]: the file holds a list, not a mapping
     1 | - replicas
       | ^
      hint: write keys and values, such as `replicas: 3`

    "replicas\n"
    v.yaml:1:1: error[not-a-mapping]: the file holds text, not a mapping
     1 | replicas
       | ^^^^^^^^
      hint: write keys and values, such as `replicas: 3`

    "3\n"
    v.yaml:1:1: error[not-a-mapping]: the file holds a number, not a mapping
     1 | 3
       | ^
      hint: write keys and values, such as `replicas: 3`

    "a: 1\n---\n- b\n"
    v.yaml:3:1: error[not-a-mapping]: the file holds a list, not a mapping
     3 | - b
       | ^
      hint: write keys and values, such as `replicas: 3`
    "#);
}

#[test]
fn text_that_is_not_yaml_is_refused_where_it_ceases_to_be() {
    assert_snapshot!(said_about(&[
        b"replicas: [3\n",
        b"labels:\n  a: b\n  te\xc3\xa4m\nreplicas: 3\n",
        b"replicas: 3\nstor",
        b"replicas: 3\n size: 1\n",
        b"replicas: 3\n}\n",
        b"labels:\n\ta: b\n",
        b"a: 'b\n",
        b"a: *b\n",
        b"a: !!nonsense 1\n",
        b"? [a]\n: 1\n",
        b"1: a\n",
    ]), @r#"
    "replicas: [3\n"
    v.yaml:2:1: error[yaml-syntax]: while parsing a flow sequence, expected ',' or ']'
     2 | 
       | ^
      hint: close the bracket

    "labels:\n  a: b\n  teäm\nreplicas: 3\n"
    v.yaml:3:3: error[yaml-syntax]: a key without `:`
     3 |   teäm
       |   ^^^^
      hint: write `key: value`

    "replicas: 3\nstor"
    v.yaml:2:1: error[yaml-syntax]: a key without `:`
     2 | stor
       | ^^^^
      hint: write `key: value`

    "replicas: 3\n size: 1\n"
    v.yaml:2:6: error[yaml-syntax]: mapping values are not allowed in this context
     2 |  size: 1
       |      ^
      hint: put text that contains `: ` in quotes, or indent it as the line above

    "replicas: 3\n}\n"
    v.yaml:2:1: error[yaml-syntax]: misplaced bracket
     2 | }
       | ^

    "labels:\n\ta: b\n"
    v.yaml:2:2: error[yaml-syntax]: tabs disallowed within this context (block indentation)
     2 |  a: b
       |  ^
      hint: indent with spaces

    "a: 'b\n"
    v.yaml:1:4: error[yaml-syntax]: while scanning a quoted scalar, found unexpected end of stream
     1 | a: 'b
       |    ^
      hint: close the quote

    "a: *b\n"
    v.yaml:1:4: error[yaml-syntax]: while parsing node, found unknown anchor
     1 | a: *b
       |    ^
      hint: define it before as &name

    "a: !!nonsense 1\n"
    v.yaml:1:4: error[unsupported-yaml]: a: the tag !!nonsense has no meaning here
     1 | a: !!nonsense 1
       |    ^^^^^^^^^^^^
      hint: remove the tag

    "? [a]\n: 1\n"
    v.yaml:1:3: error[unsupported-yaml]: a key must be text, not a list
     1 | ? [a]
       |   ^
      hint: put the key in quotes

    "1: a\n"
    v.yaml:1:1: error[unknown-key]: [1]: there is no setting "1" here
     1 | 1: a
       | ^
      hint: `rqchart show values` lists all settings
    "#);
}

#[test]
fn bytes_that_are_not_utf8_are_placed() {
    assert_snapshot!(said_about(&[
        b"labels:\n  a: caf\xe9\n",
        b"\xff\xfer\0e\0p\0",
        b"replicas: 3\0\n",
    ]), @r#"
    "labels:\n  a: caf�\n"
    v.yaml:2:9: error[invalid-utf8]: the file is not UTF-8 text
     2 |   a: caf�
       |         ^
      hint: save it as UTF-8

    "��r\0e\0p\0"
    v.yaml:1:1: error[invalid-utf8]: the file is UTF-16 text
     1 | ��r�e�p�
       | ^
      hint: save it as UTF-8; in PowerShell, with Out-File -Encoding utf8

    "replicas: 3\0\n"
    v.yaml:1:12: error[yaml-syntax]: the control character U+0000 cannot stand in YAML
     1 | replicas: 3�
       |            ^
      hint: write \x00 in double quotes
    "#);
}

#[test]
fn a_key_that_is_there_twice_is_refused() {
    assert_snapshot!(said_about(&[b"replicas: 3\nstorage: {}\nreplicas: 5\n", b"labels: {a: b, 'a': c}\n"]), @r#"
    "replicas: 3\nstorage: {}\nreplicas: 5\n"
    v.yaml:3:1: error[duplicate-key]: replicas: `replicas` is set already in line 1
     3 | replicas: 5
       | ^^^^^^^^
      hint: remove one of them

    "labels: {a: b, 'a': c}\n"
    v.yaml:1:16: error[duplicate-key]: labels.a: `a` is set already in line 1
     1 | labels: {a: b, 'a': c}
       |                ^^^
      hint: remove one of them
    "#);
}

#[test]
fn scalars_that_readers_disagree_about_are_refused() {
    assert_snapshot!(said_about(&[
        b"labels: {a: yes, b: NO}\n",
        b"image: {tag: 012}\n",
        b"replicas: 1_0\n",
        b"replicas: 1e9\n",
        b"replicas: 0o5\n",
        b"labels: {on: \"x\"}\n",
    ]), @r#"
    "labels: {a: yes, b: NO}\n"
    v.yaml:1:13: error[ambiguous-scalar]: labels.a: `yes` is text in YAML 1.2 and true in YAML 1.1
     1 | labels: {a: yes, b: NO}
       |             ^^^
      hint: write true, or "yes" if it is text
    v.yaml:1:21: error[ambiguous-scalar]: labels.b: `NO` is text in YAML 1.2 and false in YAML 1.1
     1 | labels: {a: yes, b: NO}
       |                     ^^
      hint: write false, or "NO" if it is text

    "image: {tag: 012}\n"
    v.yaml:1:14: error[ambiguous-scalar]: image.tag: `012` is 12 in YAML 1.2 and 10 in YAML 1.1
     1 | image: {tag: 012}
       |              ^^^
      hint: write 10 or 12, or "012" if it is text

    "replicas: 1_0\n"
    v.yaml:1:11: error[ambiguous-scalar]: replicas: `1_0` is text in YAML 1.2 and 10 in YAML 1.1
     1 | replicas: 1_0
       |           ^^^
      hint: write 10, or "1_0" if it is text

    "replicas: 1e9\n"
    v.yaml:1:11: error[ambiguous-scalar]: replicas: `1e9` is 1000000000.0 in YAML 1.2 and text in YAML 1.1
     1 | replicas: 1e9
       |           ^^^
      hint: write 1000000000, or "1e9" if it is text

    "replicas: 0o5\n"
    v.yaml:1:11: error[ambiguous-scalar]: replicas: `0o5` is 5 in YAML 1.2 and text in YAML 1.1
     1 | replicas: 0o5
       |           ^^^
      hint: write 5, or "0o5" if it is text

    "labels: {on: \"x\"}\n"
    v.yaml:1:10: error[ambiguous-scalar]: labels: `on` is text in YAML 1.2 and true in YAML 1.1
     1 | labels: {on: "x"}
       |          ^^
      hint: write true, or "on" if it is text
    "#);
}

#[test]
fn empty_files_several_documents_byte_order_marks_and_line_breaks_of_windows_are_fine() {
    let place = Place::new();
    let rendered = |text: &str| {
        place.write("v.yaml", text);
        place.run("rqchart template rqdb -f v.yaml").fine().to_owned()
    };
    for empty in ["", "\n", "# nothing\n", "---\n", "{}\n", "null\n", "\u{feff}"] {
        assert!(rendered(empty) == place.run("rqchart template rqdb").fine(), "{empty:?}");
    }
    let five = place.run("rqchart template rqdb --set replicas=5,labels.a=b").fine().to_owned();
    for same in [
        "replicas: 5\nlabels:\n  a: b\n",
        "\u{feff}replicas: 5\r\nlabels:\r\n  a: b\r\n",
        "replicas: 3\nlabels: {a: c}\n---\nreplicas: 5\n---\nlabels: {a: b}\n...\n",
        "{\"replicas\": 5, \"labels\": {\"a\": \"b\"}}",
        "global: {common: &x {a: b}}\nreplicas: 5\nlabels: *x\n",
    ] {
        assert!(rendered(same) == five, "{same:?}");
    }
}

#[test]
fn columns_are_right_behind_byte_order_marks_wide_letters_and_line_breaks_of_windows() {
    assert_snapshot!(said_about(&[
        "\u{feff}replica: 5\r\nstorage: {größe: '1', size: x}\r\n".as_bytes(),
        "# ünï\nlabels: {\"名前\": \"値\"}\n".as_bytes(),
    ]), @r##"
    "\u{feff}replica: 5\r\nstorage: {größe: '1', size: x}\r\n"
    v.yaml:1:1: error[unknown-key]: replica: there is no setting "replica" here
     1 | replica: 5
       | ^^^^^^^
      hint: did you mean "replicas"?
    v.yaml:2:11: error[unknown-key]: storage.größe: there is no setting "größe" here
     2 | storage: {größe: '1', size: x}
       |           ^^^^^
      hint: the settings here are size, storageClassName, accessModes, retention, ephemeral, labels, annotations, volumeAttributesClassName, selector, dataSourceRef, localVolumes
    v.yaml:2:29: error[invalid-value]: storage.size: "x" is not a quantity
     2 | storage: {größe: '1', size: x}
       |                             ^
      hint: such as "10Gi"

    "# ünï\nlabels: {\"名前\": \"値\"}\n"
    v.yaml:2:10: error[invalid-name]: labels.名前: "名前" is not a qualified name
     2 | labels: {"名前": "値"}
       |          ^^^^
      hint: write letters, digits, `-`, `_` and `.`, such as "example.com/team"
    "##);
}

/// What is said about a text that is made to exhaust memory, the stack or patience; only its beginning.
fn said_in_time(text: &str) -> String {
    let place = Place::with_values(text);
    let run = place.run("ulimit -v 2000000; ulimit -t 15; rqchart lint rqdb -f values.yaml");
    let said = run.refused(1);
    assert!(said.len() < 2000 && said.starts_with("values.yaml:"), "{} bytes of messages: {said:.200}", said.len());
    said.lines().next().unwrap_or_default().chars().take(110).collect()
}

#[test]
fn a_text_of_ten_megabytes_is_refused_in_a_few_lines() {
    let long = "x".repeat(10 << 20);
    let said = [
        said_in_time(&format!("labels: {{a: {long}}}\n")),
        said_in_time(&format!("{long}: 1\n")),
        said_in_time(&format!("labels:\n  a: |\n{}", "    y\n".repeat(1 << 20))),
        said_in_time(&long),
    ];
    assert_snapshot!(said.join("\n"), @r#"
    values.yaml:1:13: error[invalid-value]: labels.a: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    values.yaml:1:1: error[not-a-mapping]: the file holds text, not a mapping
    values.yaml:3:5: error[invalid-value]: labels.a: "y\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\…
    values.yaml:1:1: error[not-a-mapping]: the file holds text, not a mapping
    "#);
}

#[test]
fn a_bomb_of_aliases_does_not_go_off() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..12 {
        let aliases = vec![format!("*a{}", n - 1); 9].join(", ");
        bomb += &format!("a{n}: &a{n} [{aliases}]\n");
    }
    assert_snapshot!(said_in_time(&bomb), @"values.yaml:6:5: error[yaml-limit]: a5: the file has more than 1000000 nodes, counting those that its aliases");
}

#[test]
fn twenty_thousand_levels_do_not_exhaust_the_stack() {
    const DEPTH: usize = 20_000;
    let said = [
        said_in_time(&format!("labels: {}{}\n", "[".repeat(DEPTH), "]".repeat(DEPTH))),
        said_in_time(&format!("labels: {}{}\n", "{a: ".repeat(DEPTH), "}".repeat(DEPTH))),
        said_in_time(&(0..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>()),
        said_in_time(&format!("{}b\n", "- ".repeat(DEPTH))),
        said_in_time(&format!("? {}b\n", "? ".repeat(DEPTH))),
    ];
    assert_snapshot!(said.join("\n"), @"
    values.yaml:1:264: error[yaml-limit]: the file is nested more than 100 deep
    values.yaml:1:405: error[yaml-limit]: the file is nested more than 100 deep
    values.yaml:101:101: error[yaml-limit]: the file is nested more than 100 deep
    values.yaml:1:201: error[yaml-limit]: the file is nested more than 100 deep
    values.yaml:1:201: error[yaml-limit]: the file is nested more than 100 deep
    ");
}
