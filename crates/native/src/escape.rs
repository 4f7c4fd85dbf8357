//! The only way from a value into a document: the filter `yaml`, and [`document`] for whole objects.
//!
//! A plain scalar is written only where every reader of YAML 1.1 and 1.2 takes it for the same text; everything else is
//! quoted. The engine escapes everything that did not come through this filter, and [`refuse`] makes that an error: a
//! forgotten `| yaml` cannot render.

use std::fmt::Write as _;
use std::io;

use memchr::memchr_iter;
use tera::value::ValueKind;
use tera::{Error, Kwargs, State, TeraResult, Value};

/// The deepest column that a template may ask for; nothing that is rendered comes near it.
const MOST_INDENT: u64 = 1000;

/// The longest key that YAML reads before a `:` on the same line (YAML 1.2, section 7.4.3).
const LONGEST_KEY: usize = 1024;

/// Escapes nothing and fails: text that reaches it did not come through `yaml`.
pub(crate) fn refuse(text: &str, _: &mut dyn io::Write) -> io::Result<()> {
    Err(io::Error::other(format!("{text:?} was not written by the filter `yaml`")))
}

/// Takes the place of Tera's own `safe`, which would let text through as it is.
pub(crate) fn no_safe(_: &Value, _: Kwargs, _: &State) -> TeraResult<Value> {
    Err(Error::message("`safe` would let a value through as it is: use `yaml`"))
}

/// `{{ scalar | yaml }}`, `key: {{ map_or_list | yaml(indent=4) }}`, and `{{ list | yaml(indent=8, lead=false) }}` where
/// the first entry stands at the place of the expression.
#[expect(clippy::needless_pass_by_value, reason = "the engine's type of a filter")]
pub(crate) fn yaml(value: &Value, kwargs: Kwargs, _: &State) -> TeraResult<Value> {
    let indent = match kwargs.get::<u64>("indent")? {
        Some(indent) if indent > MOST_INDENT => {
            return Err(Error::message(format!("an indentation of more than {MOST_INDENT} columns")));
        }
        // It fits, as it is small.
        indent => indent.map(|indent| usize::try_from(indent).unwrap_or_default()),
    };
    let lead = kwargs.get::<bool>("lead")?.unwrap_or(true);
    // One allocation for nearly every value: an identifier, or a few labels.
    let mut out = String::with_capacity(if indent.is_some() { 256 } else { 32 });
    match indent {
        Some(indent) if is_block(value) => {
            write_block(&mut out, value, indent)?;
            let text = if lead { out.as_str() } else { out.trim_start() };
            return Ok(Value::safe_string(text));
        }
        _ if is_block(value) => return Err(Error::message("a map or list needs yaml(indent=…)")),
        Some(indent) => write_text(&mut out, value, indent)?,
        None => write_scalar(&mut out, value)?,
    }
    Ok(Value::safe_string(&out))
}

/// JSON as a YAML document, in the hand of what is rendered: a line break at its end, and text that no reader takes for something
/// else.
pub fn document(object: &serde_json::Value) -> String {
    let mut out = String::new();
    let value = Value::from_serializable(object);
    write_block(&mut out, &value, 0).expect("JSON has text for keys, and nothing that cannot be written");
    out.remove(0); // each line begins with its line break
    out.push('\n');
    out
}

/// A scalar or an empty map or list behind a key: text of several lines as a literal block, indented to a column.
pub(crate) fn scalar(value: &serde_json::Value, column: usize) -> String {
    let mut out = String::new();
    write_text(&mut out, &Value::from_serializable(value), column).expect("JSON has nothing that cannot be written");
    out
}

/// Text in double quotes.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_quoted(&mut out, text);
    out
}

/// Whether the value takes lines of its own.
fn is_block(value: &Value) -> bool {
    value.as_map().is_some_and(|map| !map.is_empty()) || value.as_array().is_some_and(|list| !list.is_empty())
}

/// Writes a map or list as lines, each begun by a line break.
fn write_block(out: &mut String, value: &Value, indent: usize) -> TeraResult<()> {
    if let Some(map) = value.as_map() {
        for (key, value) in map {
            let key = key.as_str().ok_or_else(|| Error::message("a key is not text"))?;
            new_line(out, indent);
            write_pair(out, key, value, indent)?;
        }
    }
    for entry in value.as_array().unwrap_or_default() {
        new_line(out, indent);
        out.push_str("- ");
        write_entry(out, entry, indent + 2)?;
    }
    Ok(())
}

fn new_line(out: &mut String, indent: usize) {
    // In one piece: a script has hundreds of lines, and nothing that is rendered is deeper than this.
    const LINE: &str = "\n                                        ";
    let some = indent.min(LINE.len() - 1);
    out.push_str(&LINE[..=some]);
    out.extend(std::iter::repeat_n(' ', indent - some));
}

fn write_pair(out: &mut String, key: &str, value: &Value, indent: usize) -> TeraResult<()> {
    let start = out.len();
    write_string(out, key);
    if out.len() - start > LONGEST_KEY {
        out.insert_str(start, "? ");
        new_line(out, indent);
    }
    out.push(':');
    if is_block(value) {
        return write_block(out, value, indent + 2);
    }
    out.push(' ');
    write_text(out, value, indent + 2)
}

/// Writes an entry of a list behind its dash: the first key of a map stands on the same line.
fn write_entry(out: &mut String, value: &Value, indent: usize) -> TeraResult<()> {
    if !is_block(value) {
        return write_text(out, value, indent);
    }
    let dash = out.len();
    write_block(out, value, indent)?;
    out.replace_range(dash..dash + "\n".len() + indent, "");
    Ok(())
}

/// Writes a scalar; text of several lines as a literal block where that keeps every character.
fn write_text(out: &mut String, value: &Value, indent: usize) -> TeraResult<()> {
    match value.as_str() {
        Some(text) if is_literal(text) => {
            out.push('|');
            out.reserve(text.len() * 9 / 8);
            let mut start = 0;
            for end in memchr_iter(b'\n', text.as_bytes()) {
                if start == end {
                    out.push('\n');
                } else {
                    new_line(out, indent);
                    out.push_str(&text[start..end]);
                }
                start = end + 1;
            }
            Ok(())
        }
        _ => write_scalar(out, value),
    }
}

/// Whether a literal block (`|`) gives back exactly this text: printable ASCII, one line break at the end, a first line
/// from which the indentation can be told, and no spaces at the end of a line, which rendering takes away.
fn is_literal(text: &str) -> bool {
    let Some(body) = text.strip_suffix('\n') else { return false };
    body.contains('\n')
        && !body.starts_with([' ', '\n'])
        && !body.ends_with('\n')
        && memchr_iter(b'\n', text.as_bytes()).all(|end| !text[..end].ends_with(' '))
        // A fold has no early end, so it becomes vector instructions: scripts are most of what is rendered.
        && body.bytes().fold(true, |all, byte| all & matches!(byte, b' '..=b'~' | b'\n'))
}

fn write_scalar(out: &mut String, value: &Value) -> TeraResult<()> {
    match value.kind() {
        ValueKind::Undefined => return Err(Error::message("undefined value")),
        ValueKind::None => out.push_str("null"),
        ValueKind::Map => out.push_str("{}"),
        ValueKind::Array => out.push_str("[]"),
        ValueKind::Bool => out.push_str(if value.is_truthy() { "true" } else { "false" }),
        _ => match (value.as_str(), value.is_f64(), value.as_f64()) {
            (Some(text), ..) => write_string(out, text),
            (None, true, Some(number)) => write_float(out, number),
            (None, false, _) if value.is_number() => {
                let number = value.as_i128().map(|n| n.to_string()).or_else(|| value.as_u128().map(|n| n.to_string()));
                out.push_str(&number.ok_or_else(|| Error::message("a number out of range"))?);
            }
            _ => return Err(Error::message("bytes cannot be written as YAML")),
        },
    }
    Ok(())
}

/// YAML 1.1 takes a number for a float only with a point, and an exponent only with a sign.
fn write_float(out: &mut String, number: f64) {
    let text = format!("{number:?}");
    match text.split_once('e') {
        None => out.push_str(&text),
        Some((mantissa, exponent)) => {
            let point = if mantissa.contains('.') { "" } else { ".0" };
            let sign = if exponent.starts_with('-') { "" } else { "+" };
            out.extend([mantissa, point, "e", sign, exponent]);
        }
    }
}

/// Text as a YAML scalar that every reader takes for just this text: plain where that is safe, in double quotes elsewhere.
///
/// ```
/// assert_eq!(rqchart::yaml_string("rqlite"), "rqlite");
/// assert_eq!(rqchart::yaml_string("no"), r#""no""#);
/// ```
pub fn yaml_string(text: &str) -> String {
    let mut out = String::new();
    write_string(&mut out, text);
    out
}

/// Writes text plainly where no reader can take it for something else, in double quotes elsewhere.
fn write_string(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
    } else {
        write_quoted(out, text);
    }
}

fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let is_word = || text.len() <= "false".len() && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'/' | b'-');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(is_safe) && !is_word()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What some reader of YAML 1.1 or 1.2 takes for something else, or refuses, when it stands plain.
    const DANGEROUS: &[&str] = &[
        // Words and numbers of YAML 1.1, of 1.2, of both
        "y",
        "N",
        "yes",
        "No",
        "ON",
        "off",
        "true",
        "FALSE",
        "null",
        "Null",
        "~",
        "",
        "=",
        "<<",
        "1_000",
        "0b1010_1010",
        "0_",
        ".1_0",
        "0x_1",
        "0O17",
        "0X1F",
        "0B1",
        "1e3_0",
        "1:20",
        "8:30",
        "22:22",
        "2024-01-01",
        "0777",
        "0o17",
        "1e3",
        ".5",
        ".inf",
        "-.INF",
        ".nan",
        "-1",
        "+1",
        "10.2.7",
        "10Gi",
        // Signs
        "# x",
        "a #b",
        "a: b",
        "a:",
        "- a",
        "-",
        "?",
        "[a]",
        "{a}",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "'a'",
        "\"",
        "%a",
        "@a",
        "`a",
        "---",
        "...",
        "a,b",
        "a\\b",
        "$(id)",
        "{{ a }}",
        // Spaces, line breaks, what cannot be printed, and what is not ASCII
        " ",
        " a",
        "a ",
        "a b",
        "a\n",
        "a\tb",
        "a\rb",
        "\0",
        "\x1b",
        "\x7f",
        "\u{85}",
        "\u{a0}",
        "\u{2028}",
        "\u{2029}",
        "\u{feff}",
        "\u{fffe}",
        "\u{ffff}",
        "é",
        "\u{1f600}",
    ];
    const HARMLESS: &[&str] =
        &["a", "rqlite", "e1", "x1e3", "inf", "nan", "None", "nulls", "yess", "a-b", "a.b_c/d", "a--", "Zone", "o17"];

    fn filtered(value: &serde_json::Value, arguments: &str) -> Result<String, tera::Error> {
        let mut engine = tera::Tera::new();
        engine.autoescape_on([""]);
        engine.set_escape_fn(refuse);
        engine.register_filter("yaml", yaml);
        engine.register_filter("safe", no_safe);
        engine.add_raw_template("t", &format!("{{{{ v {arguments} }}}}"))?;
        let context = tera::Context::from_serialize(&serde_json::json!({ "v": value }))?;
        engine.render("t", &context)
    }

    fn written(value: &serde_json::Value) -> String {
        filtered(value, "| yaml").unwrap()
    }

    #[test]
    fn text_is_plain_only_where_every_reader_takes_it_for_text() {
        for text in DANGEROUS {
            assert!(yaml_string(text).starts_with('"'), "{text:?} stands plain");
        }
        for text in HARMLESS {
            assert_eq!(yaml_string(text), *text);
        }
    }

    #[test]
    fn quoted_text_is_one_line_without_raw_control_characters_and_reads_back() {
        for text in DANGEROUS {
            let quoted = yaml_string(text);
            let raw = |c: char| c.is_control() || ('\u{2028}'..='\u{2029}').contains(&c) || c == '\u{feff}';
            assert!(!quoted.contains(raw), "{quoted:?}");
            assert_eq!(serde_yaml::from_str::<String>(&quoted).unwrap(), *text);
        }
    }

    #[test]
    fn slashes_stay_because_some_readers_refuse_them_escaped() {
        assert_eq!(yaml_string("a/b c\"\\"), r#""a/b c\"\\""#);
    }

    #[test]
    fn numbers_keep_their_type_in_yaml_1_1() {
        for (number, text) in
            [("0", "0"), ("-5", "-5"), ("18446744073709551615", "18446744073709551615"), ("1.0", "1.0")]
        {
            assert_eq!(written(&number.parse().unwrap()), text);
        }
        // YAML 1.1 needs the point and the exponent's sign.
        assert_eq!(written(&serde_json::json!(1e300)), "1.0e+300");
        assert_eq!(written(&serde_json::json!(1.5e-9)), "1.5e-9");
        assert_eq!(written(&serde_json::json!(true)) + &written(&serde_json::json!(null)), "truenull");
    }

    #[test]
    fn blocks_are_indented_and_empty_ones_stay_on_the_line() {
        let value = serde_json::json!({ "a": { "b": [1, { "c": "no", "d": [] }, [2]] }, "e": {}, "f": "x\ny\n" });
        let expected =
            "\n  a:\n    b:\n      - 1\n      - c: \"no\"\n        d: []\n      - - 2\n  e: {}\n  f: |\n    x\n    y";
        assert_eq!(filtered(&value, "| yaml(indent=2)").unwrap(), expected);
        let read: serde_json::Value = serde_yaml::from_str(expected).unwrap();
        assert_eq!(read["a"], value["a"]);
        assert_eq!(filtered(&serde_json::json!(["a", "b"]), "| yaml(indent=2, lead=false)").unwrap(), "- a\n  - b");
    }

    #[test]
    fn a_long_key_is_written_so_that_it_can_be_read() {
        let keys = [1023, 1024, 1025, 5000].map(|length| "k".repeat(length));
        for key in keys.iter().flat_map(|key| [key.clone(), format!("{key} é"), format!("{key}\n")]) {
            for value in [serde_json::json!(1), serde_json::json!({ "a": [1] }), serde_json::json!("x\ny\n")] {
                for object in [serde_json::json!({ &key: value, "z": 1 }), serde_json::json!([{ &key: value, "z": 1 }])]
                {
                    let text = document(&serde_json::json!({ "a": object }));
                    let read = crate::layers::file("t", text.as_bytes());
                    assert_eq!(read.diagnostics(), [], "{}", key.len());
                    assert_eq!(read.values()["a"], object);
                    assert_eq!(serde_yaml::from_str::<serde_json::Value>(&text).unwrap()["a"], object);
                }
            }
        }
    }

    #[test]
    fn an_indentation_has_bounds() {
        for value in [serde_json::json!([1]), serde_json::json!("a\nb\n")] {
            assert!(filtered(&value, "| yaml(indent=1000)").is_ok());
            assert!(filtered(&value, "| yaml(indent=1001)").is_err());
            assert!(filtered(&value, "| yaml(indent=999999999999)").is_err());
        }
    }

    #[test]
    fn text_is_a_literal_block_only_if_that_keeps_every_character() {
        for text in ["a\nb\n", "a\n  b\n", "a\n\nb\n", "#!/bin/sh\nexit 0\n"] {
            assert!(is_literal(text), "{text:?}");
        }
        for text in
            ["a\n", "a\nb", "a\nb\n\n", "\na\nb\n", " a\nb\n", "a \nb\n", "a\tb\nc\n", "é\nb\n", "a\r\nb\n", "\n\n", ""]
        {
            assert!(!is_literal(text), "{text:?}");
        }
    }

    #[test]
    fn what_does_not_come_through_the_filter_does_not_render() {
        // A filter behind `yaml` keeps the mark that the text is safe: a test of the templates' text forbids that.
        for arguments in ["", "| safe", "| upper"] {
            assert!(filtered(&"x".into(), arguments).is_err(), "{arguments:?}");
        }
        assert!(filtered(&serde_json::json!(["x"]), "").is_err());
    }

    #[test]
    fn what_is_undefined_or_lacks_an_indentation_does_not_render() {
        assert!(filtered(&"x".into(), ".missing | yaml").is_err());
        assert!(filtered(&serde_json::json!({ "a": 1 }), ".b | yaml").is_err());
        assert!(filtered(&serde_json::json!({ "a": 1 }), "| yaml").is_err());
    }
}
