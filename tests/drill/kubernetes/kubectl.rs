//! The orders that are given as a person would give them: with kubectl.
//!
//! In: kubectl's words. Out: what it printed. Which cluster and who asks is said by `$KUBECONFIG` alone. What is asked many
//! times a second does not belong here but to [`super::api`]: each kubectl costs a tenth of a second of a processor.

use std::time::Duration;

use crate::drill::cluster::Outcome;

use super::program;

/// For any order, the waits that it may contain included.
const LIMIT: Duration = Duration::from_secs(120);

/// kubectl, in one namespace.
#[derive(Debug, Clone)]
pub(super) struct Kubectl {
    pub(super) namespace: String,
}

impl Kubectl {
    pub(super) fn run(&self, words: &[&str]) -> Outcome<String> {
        self.feed(words, "")
    }

    /// Runs it with something on standard input, for `-f -`.
    pub(super) fn feed(&self, words: &[&str], input: &str) -> Outcome<String> {
        program::run(&[&["kubectl", "--namespace", &self.namespace], words].concat(), input, LIMIT)
    }
}
