//! What a plain scalar means, and whether every reader agrees.
//!
//! In: the text of an unquoted scalar. Out: its value in the core schema of YAML 1.2, and what is wrong with it.
//!
//! YAML 1.1 is not one reading: Helm and kubectl use a Go library (`go.yaml.in/yaml/v2`), Ansible uses `PyYAML`, and
//! they differ from each other too. A scalar is ambiguous when either differs from YAML 1.2. Dates are the one exception:
//! `PyYAML` makes date objects of them, but no setting takes one, so that nothing can go wrong.
//!
//! Compared with both on every text of up to five of the characters `0178_.e-+:xob`: the only ones that they read
//! differently and that are not found are like `0b-1` and `0x_`.

use rqchart_core::diagnostic::Code;
use serde_json::Value;

use super::place::abridge;

/// What is wrong with a scalar.
#[derive(Debug, PartialEq)]
pub(super) struct Problem {
    pub code: Code,
    pub message: String,
    pub hint: String,
}

/// Reads a plain scalar by the core schema of YAML 1.2.
///
/// A number that JSON cannot hold is null, together with its problem.
pub(super) fn read(text: &str) -> (Value, Option<Problem>) {
    if is_surely_text(text) {
        return (Value::from(text), None);
    }
    match core(text) {
        Ok(value) => {
            let problem = ambiguity(text, &value);
            (value, problem)
        }
        Err(problem) => (Value::Null, Some(problem)),
    }
}

/// Whether the first character alone shows that no reader makes anything but text of it: most scalars.
fn is_surely_text(text: &str) -> bool {
    text.bytes().next().is_some_and(|first| !b"0123456789+-.~nNyYtTfFoO=<".contains(&first))
}

fn core(text: &str) -> Result<Value, Problem> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
        "true" | "True" | "TRUE" => return Ok(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Value::Bool(false)),
        _ => {}
    }
    for (prefix, radix) in [("0o", 8), ("0x", 16)] {
        if let Some(digits) = text.strip_prefix(prefix).filter(|rest| is_digits(rest, radix)) {
            return u64::from_str_radix(digits, radix).map(Value::from).map_err(|_| too_large(text));
        }
    }
    let magnitude = unsigned(text);
    if is_digits(magnitude, 10) {
        return integer(text).ok_or_else(|| too_large(text));
    }
    if is_float(magnitude) {
        return float(text).ok_or_else(|| too_large(text));
    }
    let is_infinite = matches!(magnitude, ".inf" | ".Inf" | ".INF");
    if is_infinite || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err(invalid(text, "is not a number that a setting can have"));
    }
    Ok(Value::from(text))
}

/// Reads a decimal integer of up to 64 bits, with any sign.
pub(super) fn integer(text: &str) -> Option<Value> {
    let text = text.strip_prefix('+').unwrap_or(text);
    text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from)).ok()
}

/// Reads a decimal fraction, unless it is too large to be one.
pub(super) fn float(text: &str) -> Option<Value> {
    let number = text.parse().ok().and_then(serde_json::Number::from_f64)?;
    Some(Value::Number(number))
}

fn too_large(text: &str) -> Problem {
    invalid(text, "is larger than a 64-bit number")
}

fn invalid(text: &str, what: &str) -> Problem {
    let text = abridge(text);
    Problem {
        code: Code::InvalidValue,
        message: format!("`{text}` {what}"),
        hint: format!("write \"{text}\" if it is text"),
    }
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

fn is_digits(text: &str, radix: u32) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_digit(radix))
}

/// Whether an unsigned text is `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digits = if whole.is_empty() { is_digits(fraction, 10) } else { is_digits(whole, 10) };
    has_digits
        && (fraction.is_empty() || is_digits(fraction, 10))
        && exponent.is_none_or(|exponent| is_digits(unsigned(exponent), 10))
}

/// Finds out whether a reader of YAML 1.1 would make something else of a scalar than `value`.
fn ambiguity(text: &str, value: &Value) -> Option<Problem> {
    if matches!(text, "=" | "<<") {
        return Some(Problem {
            code: Code::AmbiguousScalar,
            message: format!("`{text}` is text in YAML 1.2 and has a meaning of its own in YAML 1.1"),
            hint: format!("write \"{text}\""),
        });
    }
    let older = older(text, value)?;
    let mut meant: Vec<String> = [&older, value].into_iter().filter(|value| !value.is_string()).map(written).collect();
    meant.dedup();
    let text = abridge(text);
    Some(Problem {
        code: Code::AmbiguousScalar,
        message: format!("`{text}` is {} in YAML 1.2 and {} in YAML 1.1", describe(value), describe(&older)),
        hint: format!("write {}, or \"{text}\" if it is text", meant.join(" or ")),
    })
}

/// A value as one would write it: a whole number without a fraction.
fn written(value: &Value) -> String {
    match value.as_f64().filter(|number| value.is_f64() && number.fract() == 0.0 && number.abs() < 1e15) {
        Some(whole) => format!("{whole:.0}"),
        None => value.to_string(),
    }
}

fn describe(value: &Value) -> String {
    match value {
        Value::String(_) => "text".to_owned(),
        other => other.to_string(),
    }
}

/// Returns what YAML 1.1 makes of a scalar, if that is not `value`.
fn older(text: &str, value: &Value) -> Option<Value> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Some(Value::Bool(true)),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Some(Value::Bool(false)),
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return None;
    }
    let number = sexagesimal(text).or_else(|| older_number(text));
    if number.as_ref().is_some_and(|number| !is_same_number(number, value)) {
        return number;
    }
    (value.is_number() && !is_number_to_pyyaml(text)).then(|| Value::from(text))
}

fn is_same_number(a: &Value, b: &Value) -> bool {
    a == b || a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| a.to_bits() == b.to_bits())
}

/// Reads numbers in base 60, as `PyYAML` does: `1:20` is 80.
fn sexagesimal(text: &str) -> Option<Value> {
    let (first, rest) = unsigned(text).split_once(':')?;
    let (rest, fraction) = match rest.split_once('.') {
        Some((rest, fraction)) => (rest, Some(fraction.replace('_', ""))),
        None => (rest, None),
    };
    let is_first = first.starts_with(|c: char| c.is_ascii_digit() && (c != '0' || fraction.is_some()));
    let mut whole: u64 = first.replace('_', "").parse().ok().filter(|_| is_first)?;
    for part in rest.split(':') {
        let digit: u64 = part.parse().ok().filter(|digit| part.len() <= 2 && !part.starts_with('+') && *digit < 60)?;
        whole = whole.checked_mul(60)?.checked_add(digit)?;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    match fraction {
        None => integer(&format!("{sign}{whole}")),
        Some(fraction) if fraction.bytes().all(|byte| byte.is_ascii_digit()) => {
            float(&format!("{sign}{whole}.{fraction}"))
        }
        Some(_) => None,
    }
}

/// Reads numbers as Go does after dropping underscores: prefixes for every base, and `012` is octal.
fn older_number(text: &str) -> Option<Value> {
    let plain = text.replace('_', "");
    let magnitude = unsigned(&plain);
    let lower = magnitude.to_ascii_lowercase();
    let (digits, radix) = match lower.get(..2) {
        Some("0x") => (&lower[2..], 16),
        Some("0o") => (&lower[2..], 8),
        Some("0b") => (&lower[2..], 2),
        Some(_) if lower.starts_with('0') => (&lower[1..], 8),
        _ => (&*lower, 10),
    };
    if is_digits(digits, radix) {
        let negative = plain.starts_with('-');
        let number = i128::from_str_radix(digits, radix).ok().map(|number| if negative { -number } else { number });
        if let Some(number) = number.and_then(|number| integer(&number.to_string())) {
            return Some(number);
        }
    }
    is_float(magnitude).then(|| float(&plain)).flatten()
}

/// Whether `PyYAML` too makes a number of what YAML 1.2 calls one.
///
/// It wants a dot and a sign in `1.5e+3`, no sign before a leading dot, only octal digits after a leading zero, and knows
/// no `0o`.
fn is_number_to_pyyaml(text: &str) -> bool {
    let magnitude = unsigned(text);
    if let Some((mantissa, exponent)) = magnitude.split_once(['e', 'E']).filter(|_| !magnitude.starts_with("0x")) {
        return mantissa.contains('.')
            && exponent.starts_with(['-', '+'])
            && (magnitude == text || !mantissa.starts_with('.'));
    }
    if magnitude.starts_with('.') {
        return magnitude == text;
    }
    if magnitude.contains('.') || magnitude.starts_with("0x") || magnitude == "0" {
        return true;
    }
    magnitude.strip_prefix('0').is_none_or(|digits| is_digits(digits, 8))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Scalars that all readers agree on, and what they are.
    #[test]
    fn the_core_schema() {
        let cases = [
            ("", json!(null)),
            ("~", json!(null)),
            ("null", json!(null)),
            ("NULL", json!(null)),
            ("nULL", json!("nULL")),
            ("true", json!(true)),
            ("True", json!(true)),
            ("FALSE", json!(false)),
            ("tRUE", json!("tRUE")),
            ("0", json!(0)),
            ("-0", json!(0)),
            ("+7", json!(7)),
            ("-19", json!(-19)),
            ("007", json!(7)),
            ("00", json!(0)),
            ("0x1F", json!(31)),
            ("9223372036854775807", json!(i64::MAX)),
            ("-9223372036854775808", json!(i64::MIN)),
            ("18446744073709551615", json!(u64::MAX)),
            ("3.0", json!(3.0)),
            ("1.", json!(1.0)),
            (".5", json!(0.5)),
            ("-1.5e+3", json!(-1500.0)),
            ("1.5E-3", json!(0.0015)),
            ("2020-01-01", json!("2020-01-01")),
            ("2001-12-14t21:59:43.10-05:00", json!("2001-12-14t21:59:43.10-05:00")),
            ("10Gi", json!("10Gi")),
            ("1.2.3", json!("1.2.3")),
            ("10.0.0.1", json!("10.0.0.1")),
            ("8080:80", json!("8080:80")),
            ("08:30", json!("08:30")),
            ("1,000", json!("1,000")),
            ("_1", json!("_1")),
            ("0x", json!("0x")),
            ("0b2", json!("0b2")),
            ("-", json!("-")),
            ("+", json!("+")),
            (".", json!(".")),
            ("e3", json!("e3")),
            ("1e", json!("1e")),
            ("yEs", json!("yEs")),
            ("none", json!("none")),
            ("1_000_items", json!("1_000_items")),
        ];
        for (text, value) in cases {
            assert_eq!(read(text), (value, None), "{text:?}");
        }
    }

    /// Scalars on which readers differ: text, YAML 1.2, YAML 1.1.
    #[test]
    fn ambiguous_scalars() {
        let words = ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON"].map(|word| (word, json!(word), "true"));
        let refusals = ["n", "N", "no", "No", "NO", "off", "Off", "OFF"].map(|word| (word, json!(word), "false"));
        let numbers = [
            ("012", json!(12), "10"),
            ("-012", json!(-12), "-10"),
            ("08", json!(8), "text"),
            ("0778", json!(778), "text"),
            ("0o14", json!(12), "text"),
            ("0O14", json!("0O14"), "12"),
            ("-0o14", json!("-0o14"), "-12"),
            ("-0x1F", json!("-0x1F"), "-31"),
            ("0X1F", json!("0X1F"), "31"),
            ("0x1_F", json!("0x1_F"), "31"),
            ("0b101", json!("0b101"), "5"),
            ("0B1", json!("0B1"), "1"),
            ("-0b1", json!("-0b1"), "-1"),
            ("1_000", json!("1_000"), "1000"),
            ("-_1", json!("-_1"), "-1"),
            ("0_", json!("0_"), "0"),
            ("2024_01", json!("2024_01"), "202401"),
            ("1_000.5", json!("1_000.5"), "1000.5"),
            (".1_0", json!(".1_0"), "0.1"),
            ("1e3_0", json!("1e3_0"), "1e+30"),
            ("1:20", json!("1:20"), "80"),
            ("22:22", json!("22:22"), "1342"),
            ("-12:30:45", json!("-12:30:45"), "-45045"),
            ("1:20.5", json!("1:20.5"), "80.5"),
            ("1e3", json!(1000.0), "text"),
            ("1234e5", json!(123_400_000.0), "text"),
            ("1.5e3", json!(1500.0), "text"),
            ("1e+3", json!(1000.0), "text"),
            ("-.5", json!(-0.5), "text"),
        ];
        for (text, value, older) in words.into_iter().chain(refusals).chain(numbers) {
            let (read, problem) = read(text);
            assert_eq!(read, value, "{text:?}");
            let problem = problem.unwrap_or_else(|| panic!("{text:?} is not found ambiguous"));
            assert_eq!(problem.code, Code::AmbiguousScalar);
            assert!(problem.message.ends_with(&format!(" and {older} in YAML 1.1")), "{}", problem.message);
        }
    }

    #[test]
    fn hints_say_what_to_write() {
        let hint = |text| read(text).1.map(|problem| problem.hint);
        assert_eq!(hint("yes").as_deref(), Some("write true, or \"yes\" if it is text"));
        assert_eq!(hint("012").as_deref(), Some("write 10 or 12, or \"012\" if it is text"));
        assert_eq!(hint("1_000").as_deref(), Some("write 1000, or \"1_000\" if it is text"));
        assert_eq!(hint("=").as_deref(), Some("write \"=\""));
        assert_eq!(hint("<<").as_deref(), Some("write \"<<\""));
    }

    #[test]
    fn what_json_cannot_hold_is_refused() {
        for text in
            ["18446744073709551616", "-9223372036854775809", "0xFFFFFFFFFFFFFFFFF", "1e400", ".inf", "-.INF", ".NaN"]
        {
            let (value, problem) = read(text);
            assert_eq!((value, problem.map(|p| p.code)), (Value::Null, Some(Code::InvalidValue)), "{text:?}");
        }
    }
}
