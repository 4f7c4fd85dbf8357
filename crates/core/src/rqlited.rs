//! What the versions of rqlited know: the flags of its command line.
//!
//! Read from the tags v8.0.0 to v10.2.7 of its source; what 10.3.0 brings is from its source before that tag. A flag that it does not know ends rqlited at once, so each
//! upgrade or downgrade of the image may turn a working command line into a crash loop.

use std::fmt;

use serde::Serialize;

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

const fn version(major: u32, minor: u32, patch: u32) -> Version {
    Version { major, minor, patch }
}

/// A flag that is there since 8.0.0 or longer.
const fn old(name: &'static str) -> Flag {
    Flag { name, since: version(8, 0, 0), removed: None, instead: None }
}

const fn since(name: &'static str, since: Version) -> Flag {
    Flag { since, ..old(name) }
}

const fn removed(name: &'static str, removed: Version, instead: Option<&'static str>) -> Flag {
    Flag { removed: Some(removed), instead, ..old(name) }
}

/// Every flag that a version from 8.0.0 on knows.
pub const FLAGS: &[Flag] = &[
    old("auth"),
    old("auto-backup"),
    since("auto-optimize-int", version(8, 30, 0)),
    old("auto-restore"),
    since("auto-vacuum-int", version(8, 17, 0)),
    old("bootstrap-expect"),
    old("bootstrap-expect-timeout"),
    since("cdc-config", version(8, 43, 4)),
    old("cluster-connect-timeout"),
    since("compress-snap-transport", version(10, 0, 0)),
    old("cpu-profile"),
    since("db-max-ro-conns", version(10, 0, 3)),
    old("disco-config"),
    old("disco-key"),
    old("disco-mode"),
    since("extensions-path", version(8, 27, 0)),
    old("fk"),
    old("http-addr"),
    old("http-adv-addr"),
    old("http-allow-origin"),
    old("http-ca-cert"),
    old("http-cert"),
    old("http-key"),
    removed("http-no-verify", version(8, 13, 1), None),
    old("http-verify-client"),
    since("http-verify-common-name", version(10, 2, 0)),
    old("join"),
    old("join-as"),
    old("join-attempts"),
    old("join-interval"),
    old("mem-profile"),
    old("node-ca-cert"),
    old("node-cert"),
    old("node-id"),
    old("node-key"),
    old("node-no-verify"),
    old("node-verify-client"),
    since("node-verify-common-name", version(10, 2, 0)),
    since("node-verify-server-name", version(8, 13, 0)),
    removed("on-disk-path", version(10, 0, 0), None),
    since("otlp-ca-cert", version(10, 3, 0)),
    since("otlp-cert", version(10, 3, 0)),
    since("otlp-endpoint", version(10, 3, 0)),
    since("otlp-insecure", version(10, 3, 0)),
    since("otlp-interval", version(10, 3, 0)),
    since("otlp-key", version(10, 3, 0)),
    since("otlp-no-verify", version(10, 3, 0)),
    old("raft-addr"),
    old("raft-adv-addr"),
    old("raft-apply-timeout"),
    old("raft-cluster-remove-shutdown"),
    since("raft-commit-timeout", version(10, 0, 0)),
    old("raft-election-timeout"),
    since("raft-heartbeat-timeout", version(10, 0, 0)),
    old("raft-leader-lease-timeout"),
    old("raft-log-level"),
    old("raft-non-voter"),
    old("raft-reap-node-timeout"),
    old("raft-reap-read-only-node-timeout"),
    old("raft-remove-shutdown"),
    old("raft-shutdown-stepdown"),
    old("raft-snap"),
    old("raft-snap-int"),
    since("raft-snap-wal-size", version(8, 14, 0)),
    removed("raft-timeout", version(10, 0, 0), Some("raft-heartbeat-timeout")),
    since("trace-profile", version(8, 24, 9)),
    old("version"),
    old("write-queue-batch-size"),
    old("write-queue-capacity"),
    old("write-queue-timeout"),
    old("write-queue-tx"),
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
    fn what_is_no_number_is_no_version() {
        for tag in ["latest", "10.x", "10.2.7.1", "", "sha-1234"] {
            assert_eq!(Version::from_tag(tag), None, "{tag}");
        }
        assert_eq!(Version::from_tag("9.4").unwrap().to_string(), "9.4");
        assert_eq!(Version::from_tag("v10.2.7-arm64").unwrap().to_string(), "10.2.7");
    }
}
