//! The only way from a value into a document: the filter `yaml`.
//!
//! A plain scalar is written only where every reader of YAML 1.1 and 1.2 takes it for the same text; everything else is
//! quoted. The engine escapes everything that did not come through this filter, and [`refuse`] makes that an error: a
//! forgotten `| yaml` cannot render.

use std::fmt::Write as _;
use std::io;

use tera::value::ValueKind;
use tera::{Error, Kwargs, State, TeraResult, Value};

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
pub(crate) fn yaml(value: &Value, kwargs: Kwargs, _: &State) -> TeraResult<Value> {
    let indent = kwargs.get::<u64>("indent")?.map(|indent| usize::try_from(indent).unwrap_or(0));
    let lead = kwargs.get::<bool>("lead")?.unwrap_or(true);
    let mut out = String::new();
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
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

fn write_pair(out: &mut String, key: &str, value: &Value, indent: usize) -> TeraResult<()> {
    write_string(out, key);
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
    let mut block = String::new();
    write_block(&mut block, value, indent)?;
    out.push_str(block.trim_start());
    Ok(())
}

/// Writes a scalar; text of several lines as a literal block where that keeps every character.
fn write_text(out: &mut String, value: &Value, indent: usize) -> TeraResult<()> {
    match value.as_str() {
        Some(text) if is_literal(text) => {
            out.push('|');
            for line in text.lines() {
                if line.is_empty() {
                    out.push('\n');
                } else {
                    new_line(out, indent);
                    out.push_str(line);
                }
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
        && !text.contains(" \n")
        && body.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n'))
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
        return;
    }
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
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'/' | b'-'))
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}
