//! What is wrong with somebody's input, where, and what to write instead.
//!
//! Every stage that meets a user's mistake adds a [`Diagnostic`] and goes on, so that one run reports all of them.
//! This module knows nothing of how they are printed.

mod codes;

use std::fmt;

use serde::Serialize;

pub use codes::{Code, Example, Input};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Works, but is probably not what was meant, or will hurt later.
    Warning,
    /// Nothing is rendered.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A place in a text that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// The file's name as it was given, `<stdin>`, or a flag such as `--set #2`.
    pub source: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters to underline, at least 1.
    pub length: usize,
    /// The text of that line, without its line break. A line of more than 200 characters is cut to a window around the
    /// column; `…` then stands for the character at which it was cut.
    pub text: String,
    /// The column of the first character of `text`: 1, or more where the line was cut. The caret goes under character
    /// `column - text_start` (from 0) of `text`.
    pub text_start: usize,
}

/// One finding about somebody's input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The stable kind of finding.
    pub code: Code,
    /// Whether rendering stops.
    pub severity: Severity,
    /// JSON pointer (RFC 6901) to the value that is meant; empty for the whole.
    pub path: String,
    /// Where that value was written, if anybody wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to write instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Where earlier layers wrote the same value, which this one replaced; the latest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Location>,
}

impl Diagnostic {
    /// Makes an error about the value at a JSON pointer.
    ///
    /// # Example
    ///
    /// ```
    /// use rqchart_core::diagnostic::{Code, Diagnostic};
    /// let finding = Diagnostic::error(Code::OutOfRange, "/replicas", "0 is less than 1").with_hint("use 3");
    /// assert_eq!(finding.to_string(), "error[out-of-range]: replicas: 0 is less than 1 (use 3)");
    /// ```
    pub fn error(code: Code, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            path: path.into(),
            location: None,
            message: message.into(),
            hint: None,
            overrides: Vec::new(),
        }
    }

    /// Makes a warning about the value at a JSON pointer.
    pub fn warning(code: Code, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, path, message) }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds where it was written.
    #[must_use]
    pub fn with_location(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// Whether rendering must stop.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The path as people write it: `storage.size`, `services.perPod[0]`.
    pub fn dotted_path(&self) -> String {
        dotted(&self.path)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: ", self.severity, self.code)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.dotted_path())?;
        }
        f.write_str(&self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " ({hint})"))
    }
}

/// The candidate that is spelt most alike, if any is alike enough.
pub fn closest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let score = |candidate: &str| strsim::jaro_winkler(&word.to_lowercase(), &candidate.to_lowercase());
    let (best, likeness) = candidates.map(|c| (c, score(c))).max_by(|a, b| a.1.total_cmp(&b.1))?;
    (likeness > 0.85).then_some(best) // below that, suggestions are guesses: "size" for "sides"
}

/// Appends a key to a JSON pointer, escaped as RFC 6901 wants it.
///
/// ```
/// # use rqchart_core::diagnostic::pointer;
/// assert_eq!(pointer("/labels", "a/b~c"), "/labels/a~1b~0c");
/// ```
#[must_use]
pub fn pointer(parent: &str, key: &str) -> String {
    format!("{parent}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Splits a JSON pointer into its unescaped keys.
pub fn pointer_keys(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~"))
}

/// Writes a JSON pointer the way people name a setting.
///
/// ```
/// # use rqchart_core::diagnostic::dotted;
/// assert_eq!(dotted("/tolerations/0/key"), "tolerations[0].key");
/// assert_eq!(dotted("/labels/example.com~1team"), r#"labels["example.com/team"]"#);
/// ```
#[must_use]
pub fn dotted(pointer: &str) -> String {
    let mut path = String::new();
    for key in pointer_keys(pointer) {
        if !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit()) {
            path.extend(["[", &key, "]"]);
        } else if key.is_empty() || key.contains(['.', '/', ' ', '"', '[', '=']) {
            path.extend(["[", &format!("{key:?}"), "]"]);
        } else {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(&key);
        }
    }
    path
}
