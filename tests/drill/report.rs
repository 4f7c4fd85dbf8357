//! What a drill has measured, in one line.
//!
//! In: numbers and remarks, as a drill goes on. Out: text. Judges nothing.

use std::fmt;
use std::time::{Duration, Instant};

/// A drill's measurements, in the order in which they were made.
#[derive(Debug)]
pub struct Report {
    begun: Instant,
    remarks: Vec<String>,
}

impl Default for Report {
    fn default() -> Self {
        Self { begun: Instant::now(), remarks: Vec::new() }
    }
}

impl Report {
    /// Notes how long something took.
    pub fn took(&mut self, what: &str, time: Duration) {
        self.remarks.push(format!("{what} {:.1} s", time.as_secs_f64()));
    }

    /// Notes anything else.
    pub fn note(&mut self, remark: impl Into<String>) {
        self.remarks.push(remark.into());
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} s: {}", self.begun.elapsed().as_secs_f64(), self.remarks.join("; "))
    }
}
