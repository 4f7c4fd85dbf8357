//! Prints findings and failures, for people and for programs.

use std::io::{self, IsTerminal, Write};

use rqchart_core::diagnostic::{Diagnostic, Location, Severity};
use serde_json::json;

use crate::Verdict;
use crate::failure::Failure;

/// Prints findings to standard error, with the line and a caret where there is one.
pub(crate) fn findings(findings: &[Diagnostic]) {
    let style = Style::of_stderr();
    let text: String = findings.iter().map(|finding| described(finding, &style)).collect();
    // Where standard error is closed there is nobody left to tell.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Prints why the program could not run.
pub(crate) fn failure(failure: &Failure) {
    let style = Style::of_stderr();
    let _ = write!(io::stderr().lock(), "{}: {}", style.paint(RED, "error"), printable_lines(&failure.to_string()));
}

/// Prints what the program had to do without.
pub(crate) fn warning(text: &str) {
    let style = Style::of_stderr();
    let _ = write!(io::stderr().lock(), "{}: {}", style.paint(YELLOW, "warning"), printable_lines(text));
}

/// Prints what is wrong with the arguments, or what there are if none was given.
pub(crate) fn usage(text: &str) {
    let _ = io::stderr().lock().write_all(printable_lines(text).as_bytes());
}

/// How far a long job is, on a terminal alone.
pub(crate) struct Progress {
    what: &'static str,
    shown: bool,
}

impl Progress {
    pub(crate) fn new(what: &'static str) -> Self {
        Self { what, shown: io::stderr().is_terminal() }
    }

    pub(crate) fn show(&self, done: u64, all: u64) {
        const WIDTH: u64 = 30;
        if self.shown {
            let filled = (done * WIDTH).checked_div(all).unwrap_or(WIDTH).min(WIDTH);
            let bar = "#".repeat(usize::try_from(filled).unwrap_or_default());
            let _ = write!(io::stderr().lock(), "\r[{bar:<30}] {done} of {all} {}", self.what);
        }
    }

    /// Takes the line away again.
    pub(crate) fn end(self) {
        if self.shown {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }
}

/// Findings for programs.
pub(crate) fn json(findings: &[Diagnostic]) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let report = json!({
        "diagnostics": findings,
        "errors": count(Severity::Error),
        "warnings": count(Severity::Warning),
    });
    format!("{report:#}\n")
}

/// The exit code that findings deserve.
pub(crate) fn verdict(findings: &[Diagnostic], strict: bool) -> Verdict {
    let bad = findings.iter().any(|finding| strict || finding.is_error());
    if bad { Verdict::Findings } else { Verdict::Fine }
}

const RED: &str = "31";
const YELLOW: &str = "33";
const BLUE: &str = "34";

struct Style {
    colour: bool,
}

impl Style {
    /// Colour only on a terminal that has it, and not where `NO_COLOR` is set (<https://no-color.org>).
    fn of_stderr() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self { colour: !refused && !dumb && io::stderr().is_terminal() }
    }

    fn paint(&self, colour: &str, text: &str) -> String {
        if self.colour { format!("\x1b[1;{colour}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

fn described(finding: &Diagnostic, style: &Style) -> String {
    let colour = if finding.is_error() { RED } else { YELLOW };
    let kind = style.paint(colour, &format!("{}[{}]", finding.severity, finding.code));
    let path = printable(&finding.dotted_path());
    let path = if path.is_empty() { path } else { format!("{path}: ") };
    let message = printable(&finding.message);
    let mut text = match &finding.location {
        Some(at) => format!("{}: {kind}: {path}{message}\n", place(at)),
        None => format!("{kind}: {path}{message}\n"),
    };
    if let Some(at) = &finding.location {
        let line = printable(&at.text);
        let number = at.line.to_string();
        let gutter = " ".repeat(number.len());
        let before = " ".repeat(at.column - at.text_start);
        let caret = style.paint(colour, &"^".repeat(at.length.max(1)));
        let bar = style.paint(BLUE, "|");
        text.push_str(&format!(" {number} {bar} {line}\n {gutter} {bar} {before}{caret}\n"));
    }
    for before in &finding.overrides {
        text.push_str(&format!("  {}: replaces {}\n", style.paint(BLUE, "note"), place(before)));
    }
    if let Some(hint) = &finding.hint {
        text.push_str(&format!("  {}: {}\n", style.paint(BLUE, "hint"), printable(hint)));
    }
    text
}

fn place(at: &Location) -> String {
    format!("{}:{}:{}", printable(&at.source), at.line, at.column)
}

/// Text of several lines without what could drive a terminal.
pub(crate) fn printable_lines(text: &str) -> String {
    text.lines().map(|line| printable(line) + "\n").collect()
}

/// Text without control characters, nor those that turn the direction of writing: neither a values file nor a chart may
/// drive the terminal or show itself as something else.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c == '\t' {
                ' '
            } else if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}
