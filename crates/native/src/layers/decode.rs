//! Bytes into text.

use rqchart_core::diagnostic::{Code, Diagnostic, Location};

use super::place::{Place, Source, narrow};

/// The most bytes of a broken line that are shown.
const SHOWN: usize = 200;

/// Decodes UTF-8, with or without a byte order mark.
pub(super) fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(without_mark(bytes)).ok()
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

/// Makes the finding about a file that cannot be decoded, at its first wrong byte.
pub(super) fn finding(name: &str, bytes: &[u8]) -> Diagnostic {
    let bytes = without_mark(bytes);
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    let (before, rest) = bytes.split_at(valid);
    let before = String::from_utf8_lossy(before);
    let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let broken = rest.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let line = format!("{}{}", &before[start..], String::from_utf8_lossy(&broken[..broken.len().min(SHOWN)]));
    let column = before[start..].chars().count() + 1;
    let place = Place { source: 0, line: 1, column: narrow(column), length: 1 };
    let number = before.replace("\r\n", "\n").matches(['\n', '\r']).count() + 1;
    let location = Location { line: number, ..Source::new(name.to_owned(), &line).location(place) };
    let is_utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    let (message, hint) = if is_utf16 {
        ("the file is UTF-16 text", "save it as UTF-8; in PowerShell, with Out-File -Encoding utf8")
    } else {
        ("the file is not UTF-8 text", "save it as UTF-8")
    };
    Diagnostic::error(Code::InvalidUtf8, "", message).with_hint(hint).with_location(location)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wrong_byte_is_found() {
        let at = |bytes: &[u8]| {
            assert_eq!(text(bytes), None);
            let location = finding("f", bytes).location.expect("it is somewhere");
            (location.line, location.column, location.text)
        };
        assert_eq!(at(b"a: 1\r\nb: \xC3\xA4\xFFx\nc: \xFF"), (2, 5, "b: ä\u{fffd}x".to_owned()));
        assert_eq!(at(b"\xEF\xBB\xBF\xFF"), (1, 1, "\u{fffd}".to_owned()));
        assert_eq!(at(b"a\rb\r\xC3"), (3, 1, "\u{fffd}".to_owned()));
    }

    #[test]
    fn utf16_is_recognised() {
        for bytes in [&b"\xFF\xFEa\0:\0"[..], b"\xFE\xFF\0a"] {
            assert_eq!(finding("f", bytes).message, "the file is UTF-16 text");
        }
    }
}
