//! The kinds of releases that drills are about.
//!
//! In: the chart's examples. Out: the values of a kind, as somebody would have them who starts from these files.

use std::fmt;

use rqchart::chart::embedded_file;
use rqchart::layers::{Layer, merge};
use serde_json::Value;

use super::cluster::{Failure, Outcome};

/// Who is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, over plain HTTP and plain Raft.
    Open,
    /// Who has a certificate and a password; both ports speak TLS.
    Secured,
}

/// What a release has in all drills of a kind: what files of `chart/examples` give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// The defaults.
    Plain,
    /// Encryption and users.
    Secured,
    /// A pool of readers.
    Readers,
    /// Encryption, users and a pool of readers.
    SecuredReaders,
    /// The leader uploads the database all the time.
    BackedUp,
}

impl Variant {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Plain, Self::Secured, Self::Readers, Self::SecuredReaders, Self::BackedUp];

    /// The files that its values begin with, later ones over earlier ones.
    const fn examples(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &[],
            Self::Secured => &["examples/users-and-tls.yaml"],
            Self::Readers => &["examples/many-readers.yaml"],
            Self::SecuredReaders => &["examples/users-and-tls.yaml", "examples/many-readers.yaml"],
            Self::BackedUp => &["examples/s3-backup.yaml"],
        }
    }

    /// The values of these files, with what a drill wants over them: as `-f` and `--set-json` do it.
    ///
    /// # Errors
    /// When a file is not there, or is not well written.
    pub fn values(self, wanted: &Value) -> Outcome<Value> {
        let wanted = wanted.to_string();
        let mut layers = vec![Layer::SetJson(&wanted)];
        for name in self.examples() {
            let text = embedded_file(name).ok_or_else(|| Failure::new(format!("the chart has no {name}")))?;
            layers.push(Layer::File { name, text: text.as_bytes() });
        }
        let merged = merge(&layers);
        match merged.diagnostics().first() {
            None => Ok(merged.into_values()),
            Some(finding) => Err(Failure::new(format!("{finding:?}"))),
        }
    }

    /// Who is let in.
    pub fn access(self) -> Access {
        if matches!(self, Self::Secured | Self::SecuredReaders) { Access::Secured } else { Access::Open }
    }

    /// Whether there is a pool of readers.
    pub fn has_pool(self) -> bool {
        matches!(self, Self::Readers | Self::SecuredReaders)
    }

    /// How many readers the pool has: the fewest of its autoscaler, which has no metrics in a drill.
    pub fn readers(self) -> u32 {
        if self.has_pool() { 2 } else { 0 }
    }
}

/// As a part of a drill's name.
impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "",
            Self::Secured => "secured::",
            Self::Readers => "readers::",
            Self::SecuredReaders => "secured_readers::",
            Self::BackedUp => "backed_up::",
        })
    }
}
