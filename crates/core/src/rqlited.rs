//! What the versions of rqlited know: the flags of its command line.
//!
//! Read from the tags v8.0.0 to v10.2.7 of its source; what 10.3.0 brings is from its source before that tag. A flag that it does not know ends rqlited at once, so each
//! upgrade or downgrade of the image may turn a working command line into a crash loop.

use std::fmt;

use serde::Serialize;

use Kind::{Bool, Duration, Int, Text, Uint};

/// A version of rqlite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Version {
    /// Changes what nodes can talk to each other.
    pub major: u32,
    /// Adds flags.
    pub minor: u32,
    /// Mends.
    pub patch: u32,
}

impl Version {
    /// Reads an image's tag. What a tag leaves out it leaves to the newest: `10` is 10 with everything that 10 has got.
    ///
    /// ```
    /// # use rqchart_core::rqlited::Version;
    /// assert_eq!(Version::from_tag("10.2.7"), Some(Version { major: 10, minor: 2, patch: 7 }));
    /// assert!(Version::from_tag("10") > Version::from_tag("10.2.7"));
    /// assert_eq!(Version::from_tag("latest"), None);
    /// ```
    pub fn from_tag(tag: &str) -> Option<Self> {
        let number = tag.strip_prefix('v').unwrap_or(tag);
        let number = number.split(['-', '_']).next().unwrap_or(number);
        let parts = number.split('.').map(|part| part.parse().ok()).collect::<Option<Vec<u32>>>()?;
        let part = |index: usize| parts.get(index).copied().unwrap_or(u32::MAX);
        (parts.len() <= 3).then(|| Self { major: part(0), minor: part(1), patch: part(2) })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [self.major, self.minor, self.patch];
        let known: Vec<_> = parts.iter().take_while(|part| **part != u32::MAX).map(u32::to_string).collect();
        f.write_str(&known.join("."))
    }
}

/// A flag of rqlited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// Its name, without the dash.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// The first version that knows it; 8.0.0 for those that are older.
    pub since: Version,
    /// The first version that does not know it any more.
    pub removed: Option<Version>,
    /// The flag that took its place.
    pub instead: Option<&'static str>,
}

impl Flag {
    /// Finds a flag that any version from 8.0.0 on knows.
    pub fn find(name: &str) -> Option<&'static Self> {
        FLAGS.iter().find(|flag| flag.name == name)
    }

    /// Whether a version knows it.
    pub fn is_known_to(&self, version: Version) -> bool {
        self.since <= version && self.removed.is_none_or(|removed| version < removed)
    }
}

/// What the value of a flag is, as Go's package `flag` reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// True or false; the only kind that needs no value.
    Bool,
    /// Any text.
    Text,
    /// A whole number of 64 bits.
    Int,
    /// The same, which is never negative.
    Uint,
    /// A length of time.
    Duration,
}

impl Kind {
    /// What it is called, with an example.
    pub const fn what(self) -> &'static str {
        match self {
            Bool => "true or false",
            Text => "text",
            Int | Uint => "a whole number such as 1024",
            Duration => "a duration such as 1m30s",
        }
    }

    /// Whether rqlited takes a text for such a value.
    ///
    /// ```
    /// # use rqchart_core::rqlited::Kind;
    /// assert!(Kind::Bool.takes("T") && !Kind::Bool.takes("yes"));
    /// assert!(Kind::Int.takes("-0x_ff") && !Kind::Uint.takes("-1") && !Kind::Int.takes("1e3"));
    /// assert!(Kind::Duration.takes("-1.5h.5s") && Kind::Duration.takes("0") && !Kind::Duration.takes("90"));
    /// ```
    pub fn takes(self, text: &str) -> bool {
        match self {
            Bool => {
                matches!(
                    text,
                    "1" | "0" | "t" | "f" | "T" | "F" | "true" | "false" | "TRUE" | "FALSE" | "True" | "False"
                )
            }
            Text => true,
            Int => whole_number(text.strip_prefix(['-', '+']).unwrap_or(text))
                .is_some_and(|number| number < 1 << 63 || (number == 1 << 63 && text.starts_with('-'))),
            Uint => whole_number(text).is_some(),
            Duration => is_duration(text.strip_prefix(['-', '+']).unwrap_or(text)),
        }
    }
}

/// Reads a whole number as Go's `strconv` does when nobody says its base: `1_000`, `0x3e8`, `0b11`, `017`, `0o17`.
fn whole_number(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let prefixes = [("0x", 16), ("0b", 2), ("0o", 8), ("0", 8)];
    let based = prefixes.into_iter().find_map(|(prefix, base)| Some((lower.strip_prefix(prefix)?, base)));
    let (digits, base) = based.filter(|_| lower != "0").unwrap_or((&lower, 10));
    // Underscores stand between two digits, for which the prefix counts as one.
    let groups = if base == 10 { digits } else { digits.strip_prefix('_').unwrap_or(digits) };
    if groups.split('_').any(|group| !group.starts_with(|first: char| first.is_ascii_alphanumeric())) {
        return None;
    }
    u64::from_str_radix(&digits.replace('_', ""), base).ok()
}

/// Whether Go's `time.ParseDuration` reads it, without its sign. Lengths beyond 292 years are not looked for.
fn is_duration(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() && text != "0" {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let number = &rest[..rest.len() - after.len()];
        let is_number = number.contains(|c: char| c.is_ascii_digit()) && number.matches('.').count() < 2;
        let units = ["ns", "us", "ms", "s", "m", "h"];
        let Some(next) = units.into_iter().find_map(|unit| after.strip_prefix(unit)).filter(|_| is_number) else {
            return false;
        };
        rest = next;
    }
    !text.is_empty()
}

const fn version(major: u32, minor: u32, patch: u32) -> Version {
    Version { major, minor, patch }
}

/// A flag that is there since 8.0.0 or longer.
const fn old(name: &'static str, kind: Kind) -> Flag {
    Flag { name, kind, since: version(8, 0, 0), removed: None, instead: None }
}

const fn since(name: &'static str, kind: Kind, since: Version) -> Flag {
    Flag { since, ..old(name, kind) }
}

const fn removed(name: &'static str, kind: Kind, removed: Version, instead: Option<&'static str>) -> Flag {
    Flag { removed: Some(removed), instead, ..old(name, kind) }
}

/// Every flag that a version from 8.0.0 on knows.
pub const FLAGS: &[Flag] = &[
    old("auth", Text),
    old("auto-backup", Text),
    since("auto-optimize-int", Duration, version(8, 30, 0)),
    old("auto-restore", Text),
    since("auto-vacuum-int", Duration, version(8, 17, 0)),
    old("bootstrap-expect", Int),
    old("bootstrap-expect-timeout", Duration),
    since("cdc-config", Text, version(8, 43, 4)),
    old("cluster-connect-timeout", Duration),
    since("compress-snap-transport", Bool, version(10, 0, 0)),
    old("cpu-profile", Text),
    since("db-max-ro-conns", Int, version(10, 0, 3)),
    old("disco-config", Text),
    old("disco-key", Text),
    old("disco-mode", Text),
    since("extensions-path", Text, version(8, 27, 0)),
    old("fk", Bool),
    old("http-addr", Text),
    old("http-adv-addr", Text),
    old("http-allow-origin", Text),
    old("http-ca-cert", Text),
    old("http-cert", Text),
    old("http-key", Text),
    removed("http-no-verify", Bool, version(8, 13, 1), None),
    old("http-verify-client", Bool),
    since("http-verify-common-name", Text, version(10, 2, 0)),
    old("join", Text),
    old("join-as", Text),
    old("join-attempts", Int),
    old("join-interval", Duration),
    old("mem-profile", Text),
    old("node-ca-cert", Text),
    old("node-cert", Text),
    old("node-id", Text),
    old("node-key", Text),
    old("node-no-verify", Bool),
    old("node-verify-client", Bool),
    since("node-verify-common-name", Text, version(10, 2, 0)),
    since("node-verify-server-name", Text, version(8, 13, 0)),
    removed("on-disk-path", Text, version(10, 0, 0), None),
    since("otlp-ca-cert", Text, version(10, 3, 0)),
    since("otlp-cert", Text, version(10, 3, 0)),
    since("otlp-endpoint", Text, version(10, 3, 0)),
    since("otlp-insecure", Bool, version(10, 3, 0)),
    since("otlp-interval", Duration, version(10, 3, 0)),
    since("otlp-key", Text, version(10, 3, 0)),
    since("otlp-no-verify", Bool, version(10, 3, 0)),
    old("raft-addr", Text),
    old("raft-adv-addr", Text),
    old("raft-apply-timeout", Duration),
    old("raft-cluster-remove-shutdown", Bool),
    since("raft-commit-timeout", Duration, version(10, 0, 0)),
    old("raft-election-timeout", Duration),
    since("raft-heartbeat-timeout", Duration, version(10, 0, 0)),
    old("raft-leader-lease-timeout", Duration),
    old("raft-log-level", Text),
    old("raft-non-voter", Bool),
    old("raft-reap-node-timeout", Duration),
    old("raft-reap-read-only-node-timeout", Duration),
    old("raft-remove-shutdown", Bool),
    old("raft-shutdown-stepdown", Bool),
    old("raft-snap", Uint),
    old("raft-snap-int", Duration),
    since("raft-snap-wal-size", Uint, version(8, 14, 0)),
    removed("raft-timeout", Duration, version(10, 0, 0), Some("raft-heartbeat-timeout")),
    since("trace-profile", Text, version(8, 24, 9)),
    old("version", Bool),
    old("write-queue-batch-size", Int),
    old("write-queue-capacity", Int),
    old("write-queue-timeout", Duration),
    old("write-queue-tx", Bool),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_known_from_its_first_version_to_before_its_last() {
        let known = |name: &str, tag: &str| Flag::find(name).unwrap().is_known_to(Version::from_tag(tag).unwrap());
        assert!(known("raft-timeout", "9.4.5") && !known("raft-timeout", "10.0.0") && !known("raft-timeout", "10"));
        assert!(!known("db-max-ro-conns", "10.0.2") && known("db-max-ro-conns", "10.0.3"));
        assert!(known("db-max-ro-conns", "10") && !known("db-max-ro-conns", "9"));
    }

    #[test]
    fn flags_are_sorted_and_unique() {
        assert!(FLAGS.is_sorted_by_key(|flag| flag.name));
        for flag in FLAGS {
            assert!(flag.instead.is_none_or(|other| Flag::find(other).is_some()), "{}", flag.name);
            assert_eq!(Flag::find(flag.name), Some(flag), "{} is there twice", flag.name);
        }
    }

    #[test]
    fn values_are_those_that_go_reads() {
        let all = |kind: Kind, texts: &[&str]| texts.iter().all(|text| kind.takes(text));
        let none = |kind: Kind, texts: &[&str]| !texts.iter().any(|text| kind.takes(text));
        assert!(all(Bool, &["1", "f", "TRUE", "False"]) && none(Bool, &["", "yes", "tRUE", "maybe", "on"]));
        assert!(all(Int, &["0", "+7", "-1", "1_000", "0x_1F", "0B11", "0o17", "017", "0_7", "-9223372036854775808"]));
        assert!(none(
            Int,
            &["", "-", "abc", "1.5", "1e3", "_1", "1_", "1__0", "08", "0x", "9223372036854775808", "--1"]
        ));
        assert!(all(Uint, &["18446744073709551615"]) && none(Uint, &["-1", "+1", "18446744073709551616"]));
        assert!(all(Duration, &["0", "-0", "1s", "1h2m3.5s", ".5s", "1.s", "100ms", "7ns", "7us"]));
        assert!(none(Duration, &["", "-", "90", "1d", "s", ".s", "1.2.3s", "1 s", "5min", "1S", "00"]));
    }

    #[test]
    fn what_is_no_number_is_no_version() {
        for tag in ["latest", "10.x", "10.2.7.1", "", "sha-1234"] {
            assert_eq!(Version::from_tag(tag), None, "{tag}");
        }
        assert_eq!(Version::from_tag("9.4").unwrap().to_string(), "9.4");
        assert_eq!(Version::from_tag("v10.2.7-arm64").unwrap().to_string(), "10.2.7");
    }
}
