//! Which versions of rqlite lead to which.

use super::outline::{Outline, Way};
use super::{Kind, Set};
use crate::rqlited::Version;

/// The last version 9, from which 10 takes over.
pub const LAST_OF_9: Version = Version { major: 9, minor: 4, patch: 5 };
/// The first version 10 that takes over every database of 9: 10.0.0 and 10.0.1 could refuse one (rqlite#2647).
const FIRST_OF_10: Version = Version { major: 10, minor: 0, patch: 2 };
/// The oldest whose nodes join as all later ones do.
const OLDEST: u32 = 8;
/// The newest that these rules know.
const NEWEST: u32 = 10;

/// How one version takes over from another.
#[derive(Debug, PartialEq, Eq)]
enum Path {
    /// Pod after pod.
    InPlace(Kind),
    /// The same, by way of another version.
    Through(Version),
    /// Not in place, and why.
    Not(Kind, &'static str),
}

fn path(from: Version, to: Version) -> Path {
    let known = OLDEST..=NEWEST;
    match (from.major, to.major) {
        (old, new) if old < OLDEST || new < OLDEST => {
            Path::Not(Kind::UnsupportedVersion, "nodes older than 8 join otherwise")
        }
        (old, new) if old != new && !(known.contains(&old) && known.contains(&new)) => {
            Path::Not(Kind::UnsupportedVersion, "no upgrade to it or from it is known")
        }
        (8 | 9, 10) if to < FIRST_OF_10 => Path::Not(
            Kind::UnsupportedVersion,
            "10.0.0 and 10.0.1 could refuse a database of version 9: take 10.0.2 or later",
        ),
        (8, 10) => Path::Through(LAST_OF_9),
        (9, 10) if from < LAST_OF_9 => Path::Through(LAST_OF_9),
        (old, new) if old < new => Path::InPlace(Kind::MajorUpgrade),
        (10, 8 | 9) => Path::Not(Kind::DowngradeImpossible, "version 9 cannot read what version 10 has written"),
        _ if to < from => Path::InPlace(Kind::Downgrade),
        _ => Path::InPlace(Kind::VersionChange),
    }
}

/// Whether nodes of the two can be members of one cluster, but a new one cannot join.
pub(super) fn is_major(old: &Set, new: &Set) -> bool {
    let majors = (old.version.map(|version| version.major), new.version.map(|version| version.major));
    matches!(majors, (Some(old), Some(new)) if old != new)
}

pub(super) fn versions(outline: &mut Outline<'_>) {
    let (Some(old), Some(new)) = (outline.old.voters(), outline.new.voters()) else { return };
    if old.image == new.image || outline.leaves_old() && !old.is_same(new) {
        return; // another cluster begins with its own version
    }
    let (Some(from), Some(to)) = (old.version, new.version) else {
        let message = format!(
            "from {} to {}: find out which versions of rqlite they are, and what docs/upgrading.md says of them",
            old.image, new.image
        );
        outline.about_set(Kind::UnknownVersion, old, message);
        outline.copy(old, "Take a copy of the rows");
        return;
    };
    if from == to {
        return; // a mirror, or another build of it
    }
    let change = format!("from rqlite {from} to {to}");
    match path(from, to) {
        Path::InPlace(kind) => {
            let more = match kind {
                Kind::Downgrade => "; settings that only the newer one has end every pod at its start",
                Kind::MajorUpgrade => {
                    "; while it goes on, no pod may lose its disk or stay away for longer than membership.grace: it could not join again"
                }
                _ => "",
            };
            outline.about_set(kind, old, format!("{change}{more}"));
            if kind != Kind::VersionChange {
                outline.copy(old, "Take a copy of the rows, and read it once");
            }
        }
        Path::Through(hop) => {
            outline.about_set(
                Kind::UpgradeSkips,
                old,
                format!("{change} leaves out {hop}, the last version that is known to lead there"),
            );
            outline.copy(old, "Take a copy of the rows, and read it once");
            outline.hop(hop);
        }
        Path::Not(kind, why) => {
            outline.about_set(kind, old, format!("{change}: {why}"));
            outline.go(Way::Beside);
        }
    }
    if from.major < NEWEST && to.major == NEWEST && to >= FIRST_OF_10 && from.major >= OLDEST {
        let message = "version 9 cannot read what version 10 has written: going back is a new release with the copy, without the rows written since";
        outline.about_set(Kind::NoWayBack, old, message.to_owned());
    }
}

/// An image with another tag.
pub(super) fn with_tag(image: &str, version: Version) -> String {
    let name = image.split('@').next().unwrap_or(image);
    // A colon before a slash is that of a registry's port.
    let end = name.rfind(':').filter(|colon| !name[*colon..].contains('/')).unwrap_or(name.len());
    format!("{}:{version}", &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(tag: &str) -> Version {
        Version::from_tag(tag).unwrap()
    }

    #[test]
    fn each_way_of_the_documentation_is_one_here() {
        use Kind::{Downgrade, DowngradeImpossible, MajorUpgrade, UnsupportedVersion, VersionChange};
        for (from, to, expected) in [
            ("10.2.6", "10.2.7", Some(VersionChange)),
            ("10.2.7", "10.2.6", Some(Downgrade)),
            ("8.43.4", "9.0.0", Some(MajorUpgrade)),
            ("9.4.5", "8.43.4", Some(Downgrade)),
            ("9.4.5", "10.0.2", Some(MajorUpgrade)),
            ("9", "10", Some(MajorUpgrade)),
            ("9.4.5", "10.0.1", Some(UnsupportedVersion)),
            ("8.43.4", "10.0.0", Some(UnsupportedVersion)),
            ("9.3.21", "10.2.7", None),
            ("8.43.4", "10.2.7", None),
            ("10.2.7", "9.4.5", Some(DowngradeImpossible)),
            ("10.2.7", "8.43.4", Some(DowngradeImpossible)),
            ("7.21.4", "8.0.0", Some(UnsupportedVersion)),
            ("7.21.4", "7.21.5", Some(UnsupportedVersion)),
            ("10.2.7", "11.0.0", Some(UnsupportedVersion)),
        ] {
            let found = match path(version(from), version(to)) {
                Path::InPlace(kind) | Path::Not(kind, _) => Some(kind),
                Path::Through(hop) => {
                    assert_eq!(hop, LAST_OF_9);
                    None
                }
            };
            assert_eq!(found, expected, "{from} → {to}");
        }
    }

    #[test]
    fn a_tag_takes_the_place_of_another() {
        for (image, expected) in [
            ("docker.io/rqlite/rqlite:8.43.4", "docker.io/rqlite/rqlite:9.4.5"),
            ("localhost:5000/rqlite", "localhost:5000/rqlite:9.4.5"),
            ("rqlite/rqlite:8.43.4@sha256:00", "rqlite/rqlite:9.4.5"),
        ] {
            assert_eq!(with_tag(image, LAST_OF_9), expected);
        }
    }
}
