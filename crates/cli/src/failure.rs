//! Why the program could not do what it was asked: nothing about values.

use std::fmt;
use std::io;
use std::path::Path;

/// A reason for exit code 2.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// A failure of the machine: what was done, to which file.
    pub(crate) fn io(doing: &str, path: &Path, error: &io::Error) -> Self {
        Self::new(format!("cannot {doing} {}: {}", path.display(), plain(error)))
    }

    /// A folder or archive that is no chart.
    pub(crate) fn chart(path: &Path, error: &rqchart::Error) -> Self {
        let reason = match error {
            rqchart::Error::Chart { file, reason } if file == "archive" => reason.clone(),
            rqchart::Error::Chart { file, reason } => format!("{file}: {reason}"),
            error => error.to_string(),
        };
        Self::new(format!("{} is not a chart: {reason}", path.display()))
    }

    pub(crate) fn stdout(error: &io::Error) -> Self {
        Self::new(format!("cannot write to standard output: {}", plain(error)))
    }
}

/// The machine's words without Rust's ` (os error 2)`.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error").map_or(text.clone(), |(text, _)| text.to_owned())
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<rqchart::Error> for Failure {
    fn from(error: rqchart::Error) -> Self {
        Self::new(error.to_string())
    }
}
