//! Failures that are nobody's values: a broken chart.

use std::fmt;

/// Why nothing could be rendered.
///
/// Mistakes in values are never an `Error`; they are [`rqchart_core::diagnostic::Diagnostic`]s.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A file of the chart cannot be read as what it is.
    Chart {
        /// The file within the chart.
        file: String,
        /// What is wrong with it, with line and column where they are known.
        reason: String,
    },
    /// The templates cannot be parsed, or one of them cannot be rendered.
    Template {
        /// The engine's report, with file, line and column.
        reason: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chart { file, reason } => write!(f, "the chart's {file}: {reason}"),
            Self::Template { reason } => write!(f, "a template of the chart cannot be rendered\n{reason}"),
        }
    }
}

impl std::error::Error for Error {}
