//! What can be said of a YAML text before and after parsing it.

use rqchart_core::diagnostic::{Code, Diagnostic};

use crate::layers::cursor::Cursor;
use crate::layers::place::{Failure, Findings};

/// Refuses control characters, which YAML has none of: the parser would take NUL for the end of the text.
///
/// Characters that end a line in YAML 1.1 but not in YAML 1.2 are findings.
pub(super) fn check(source: u32, text: &str, findings: &mut Findings) -> Result<(), Failure> {
    let is_control = |byte: &u8| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 127);
    let bytes = text.as_bytes();
    if let Some((at, code)) = bytes.iter().position(is_control).map(|at| (at, bytes[at])) {
        let message = format!("the control character U+{code:04X} cannot stand in YAML");
        return Err(Failure::new(Code::YamlSyntax, "", message, cursor_at(source, text, at).place(1))
            .with_hint(format!("write \\x{code:02x} in double quotes")));
    }
    if text.is_ascii() {
        return Ok(());
    }
    if let Some((at, character)) = text.char_indices().find(|(_, c)| matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}')) {
        let code = u32::from(character);
        let message = format!("the character U+{code:04X} ends a line in YAML 1.1, but not in YAML 1.2");
        let finding = Diagnostic::error(Code::AmbiguousScalar, "", message);
        let hint = format!("write \\u{code:04x} in double quotes, or a line break");
        findings.add(finding.with_hint(hint), cursor_at(source, text, at).place(1));
    }
    Ok(())
}

fn cursor_at(source: u32, text: &str, at: usize) -> Cursor<'_> {
    let mut cursor = Cursor::new(source, text);
    cursor.skip_bytes(at);
    cursor
}

/// Returns what to do about some of the parser's messages.
pub(super) fn hint(message: &str) -> Option<&'static str> {
    let hints = [
        ("tab", "indent with spaces"),
        ("followed by a valid YAML whitespace", "write a space behind the colon"),
        ("quoted scalar", "close the quote"),
        ("invalid indentation", "indent it more than the line that it belongs to"),
        ("mapping values are not allowed", "put text that contains `: ` in quotes, or indent it as the line above"),
        ("simple key", "write `key: value`"),
        ("parsing a flow", "close the bracket"),
        ("did not find expected key", "indent it as the line that it belongs to"),
        ("unexpected character", "put text that begins with it in quotes"),
        ("trailing content", "put all of it in quotes"),
        ("unknown anchor", "define it before as &name"),
    ];
    hints.into_iter().find(|(part, _)| message.contains(part)).map(|(_, hint)| hint)
}
