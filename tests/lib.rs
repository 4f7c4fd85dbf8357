//! What the tests of this workspace share.
//!
//! Nothing here is part of the product: no crate outside `tests/` may depend on it.

pub mod drill;
pub mod node;
pub mod rendered;
pub mod simulated;

use std::io::Write as _;

/// Says that a test cannot run here, and why.
///
/// The test harness would count it as passed; `cargo xtask test` reads the reason from the file `$RQCHART_SKIPPED` and
/// counts it as skipped.
pub fn skipped(reason: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {reason}");
    if let Some(path) = std::env::var_os("RQCHART_SKIPPED") {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        file.and_then(|mut file| writeln!(file, "{reason}")).expect("$RQCHART_SKIPPED can be written");
    }
}
