//! Copies of the database, and what a new cluster begins with.

use super::cdc::port;
use super::policy::way_out;
use crate::diagnostic::{Code, Diagnostic};
use crate::rqlited::Version;
use crate::topology::{Place, Topology, climbs, lies_in};
use crate::values::{AutomaticBackup, BackupVolume, Restore, S3, ScheduledBackup};

const AUTOMATIC: &str = "/backup/automatic";
const SCHEDULED: &str = "/backup/scheduled";
const RESTORE: &str = "/restore";
/// The port of stores whose address names none.
const HTTPS: i64 = 443;

/// Each has one place, or none and no other setting.
pub(super) fn places(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let (backup, settings) = (&topology.backup, &topology.settings);
    let (automatic, restore) = (&settings.backup.automatic, &settings.restore);
    let sides = [
        (AUTOMATIC, &backup.uploads, *automatic != AutomaticBackup::default(), "set one of s3, gcs and file"),
        (RESTORE, &backup.begins_with, *restore != Restore::default(), "set one of s3 and gcs"),
    ];
    for (group, places, is_set, hint) in sides {
        if places.is_empty() && is_set {
            let finding = Diagnostic::error(Code::MissingKey, group, "nothing says which store is meant");
            findings.push(finding.with_hint(hint));
        }
        for (setting, _) in places.iter().skip(1) {
            let message = format!("rqlited knows one place, and {} is another", crate::diagnostic::dotted(places[0].0));
            findings.push(Diagnostic::error(Code::Contradiction, *setting, message).with_hint("keep one of them"));
        }
    }
}

/// The first version that uploads into a folder (rqlite#2340); older ones end at their start.
const FILES: Version = Version { major: 9, minor: 1, patch: 0 };

pub(super) fn files(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Some(version) = topology.rqlite_version.filter(|version| *version < FILES) else { return };
    for (setting, _) in topology.backup.uploads.iter().filter(|(_, place)| matches!(place, Place::File(_))) {
        let message = format!("rqlited {version} uploads to S3 and GCS only: folders came with {FILES}");
        let finding = Diagnostic::error(Code::UnknownFlag, *setting, message);
        findings.push(finding.with_hint("leave it out, or take a newer image.tag"));
    }
}

/// rqlited ends at a duration of nothing.
pub(super) fn durations(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let (backup, settings) = (&topology.backup, &topology.settings);
    let durations = [
        (!backup.uploads.is_empty(), &settings.backup.automatic.interval, "/backup/automatic/interval"),
        (!backup.begins_with.is_empty(), &settings.restore.timeout, "/restore/timeout"),
    ];
    for (_, _, path) in durations.into_iter().filter(|(is_used, duration, _)| *is_used && duration.as_millis() == 0) {
        let message = "rqlited does not start with a duration of 0";
        findings.push(Diagnostic::error(Code::OutOfRange, path, message).with_hint("use 1s or more"));
    }
}

/// The S3 client of rqlited looks for an identity of Amazon's; other stores know none.
pub(super) fn credentials(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let pod = &topology.voters.pod;
    let has_identity = !pod.service_account_annotations.is_empty()
        || !pod.create_service_account
        || !pod.conduct.env_from.is_empty()
        || pod.extra_env().iter().any(|variable| variable.name.as_str().starts_with("AWS_"));
    for (setting, place) in topology.backup.uploads.iter().chain(&topology.backup.begins_with) {
        let Place::S3(S3 { endpoint: Some(endpoint), credentials_secret: None, .. }) = place else { continue };
        if !has_identity {
            let message = format!("nothing says which keys {endpoint} knows");
            let finding = Diagnostic::warning(Code::MissingKey, format!("{setting}/credentialsSecret"), message);
            findings.push(finding.with_hint("name a Secret"));
        }
    }
}

/// rqlited ends when it cannot write to its folder.
pub(super) fn folders(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let pod = &topology.voters.pod;
    for (setting, place) in &topology.backup.uploads {
        let Place::File(file) = place else { continue };
        let (dir, path) = (file.dir.as_str(), format!("{setting}/dir"));
        let mut mounts = pod.volume_mounts.iter().filter(|mount| !mount.read_only);
        let own = format!("{}/data", pod.data_path);
        let within = |folder: &str| lies_in(dir, folder);
        if climbs(dir) {
            findings.push(Diagnostic::error(Code::InvalidValue, path, "a part of it is `..`"));
        } else if within(&own) {
            let finding = Diagnostic::error(Code::ReservedName, path, format!("{own} is rqlited's own"));
            findings.push(finding.with_hint("/rqlite/file/backups is on the same volume"));
        } else if !within(pod.data_path) && !mounts.any(|mount| within(mount.mount_path.as_str())) {
            let message = format!("no volume that the container can write to has {dir}");
            let finding = Diagnostic::error(Code::DanglingReference, path, message);
            findings.push(finding.with_hint("take a path of extraVolumeMounts, or /rqlite/file/backups"));
        }
    }
}

/// A cluster that begins with what it uploads itself.
pub(super) fn own_uploads(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let backup = &topology.backup;
    let (Some((_, upload)), Some((setting, begin))) = (backup.uploads.first(), backup.begins_with.first()) else {
        return;
    };
    if !upload.is_same_as(begin) {
        return;
    }
    let finding = if topology.settings.restore.continue_on_failure {
        let message = "after a failed download the empty cluster uploads itself over the copy that it did not get";
        Diagnostic::error(Code::RestoreOwnBackup, "/restore/continueOnFailure", message)
            .with_hint("set it to false, or restore from another name")
    } else if topology.settings.backup.automatic.timestamp {
        let message = "uploads have a time in their name, so there is never one of this name";
        Diagnostic::error(Code::RestoreOwnBackup, *setting, message)
            .with_hint("name one upload, or set backup.automatic.timestamp to false")
    } else {
        let message = "the first installation fails until there is an upload: ordinal 0 ends and tries again";
        Diagnostic::warning(Code::RestoreOwnBackup, *setting, message)
            .with_hint("install without restore first; add it when there is an upload")
    };
    findings.push(finding);
}

/// While a founder downloads, its port is shut.
pub(super) fn startup(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let probe = topology.voters.pod.probes.startup.as_ref();
    let Some((probe, timeout)) = probe.zip(topology.settings.restore.download_seconds()) else { return };
    let patience = probe.initial_delay_seconds + probe.period_seconds * probe.failure_threshold;
    if patience < timeout && !probe.is_foreign {
        let message = format!("it gives a pod {patience} s, and restore.timeout gives the download {timeout} s");
        let finding = Diagnostic::error(Code::Contradiction, "/startupProbe", message);
        findings.push(finding.with_hint("leave failureThreshold out, or make it larger"));
    }
}

/// The policy's ways out, and stores beyond them.
pub(super) fn ways_out(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let backup = &topology.backup;
    let stores = backup.uploads.iter().chain(&backup.begins_with);
    for (setting, place) in stores {
        let (endpoint, others) = match place {
            Place::S3(s3) => (s3.endpoint.as_ref(), None),
            // Whatever the store is, rqlited asks Google for a token.
            Place::Gcs(gcs) => (gcs.endpoint.as_ref(), gcs.endpoint.as_ref().map(|_| HTTPS)),
            Place::File(_) => continue,
        };
        let to_store = endpoint.map_or(Some(HTTPS), |endpoint| match endpoint.as_str() {
            url if url.contains("://") => port(url),
            place => port(&format!("https://{place}")),
        });
        let before = findings.len();
        way_out(topology, setting, to_store, findings);
        if let Some(other) = others.filter(|_| findings.len() == before) {
            way_out(topology, setting, Some(other), findings);
        }
    }
}

/// The job tries each copy with a rqlited of its own, which ends when it lacks an extension. It has those of the image, and what
/// of volumes is the same in every pod.
pub(super) fn extensions(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Some(job) = &topology.backup.scheduled else { return };
    let pod = &topology.voters.pod;
    let arguments = topology.voters.arguments.iter().filter(|argument| argument.flag() == "extensions-path");
    for argument in arguments {
        for path in argument.value().unwrap_or_default().split(',') {
            let Some(mount) = pod.extra_mount_with(path) else { continue };
            if job.extra_mounts.iter().any(|other| other.mount_path == mount.mount_path) {
                continue;
            }
            let message = format!(
                "the job of backup.scheduled has no {path}: what a pod's own volume {:?} holds is not there",
                mount.name.as_str()
            );
            let finding = Diagnostic::error(Code::DanglingReference, argument.setting.clone(), message);
            findings
                .push(finding.with_hint("bring it by configMap, image or another volume that is filled beforehand"));
        }
    }
}

/// The job that takes copies.
pub(super) fn schedule(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let job = &topology.settings.backup.scheduled;
    if job.schedule.is_none() {
        if *job != ScheduledBackup::default() {
            let finding = Diagnostic::error(Code::MissingKey, SCHEDULED, "nothing says when");
            findings.push(finding.with_hint("set schedule"));
        }
        return;
    }
    let volume = &job.volume;
    let path = format!("{SCHEDULED}/volume/existingClaim");
    let other = BackupVolume { existing_claim: volume.existing_claim.clone(), ..BackupVolume::default() };
    if volume.existing_claim.is_some() && *volume != other {
        let message = "the claim exists, so the volume's other settings mean nothing";
        findings.push(Diagnostic::error(Code::UnusedValue, path, message).with_hint("leave them out"));
    } else if volume.size.millis() == 0 {
        let path = format!("{SCHEDULED}/volume/size");
        findings.push(Diagnostic::error(Code::InvalidQuantity, path, "a volume of size 0 holds nothing"));
    }
}

/// The fields of a schedule, with the words that they know beside numbers.
const FIELDS: [(&str, &[&str]); 5] = [
    ("minute", &[]),
    ("hour", &[]),
    ("day of the month", &[]),
    ("month", &["", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]),
    ("day of the week", &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
];

/// What the API server refuses in a schedule that has the form of one.
pub(super) fn times(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Some(schedule) = &topology.settings.backup.scheduled.schedule else { return };
    let path = format!("{SCHEDULED}/schedule");
    let words = schedule.as_str().split(' ').filter(|word| !word.starts_with('@'));
    for ((field, names), word) in FIELDS.into_iter().zip(words) {
        let number = |text: &str| number(names, text);
        for range in ranges(word).filter(|range| *range != "*") {
            let (first, last) = ends(range);
            if let Some(unknown) = [first, last].into_iter().find(|text| number(text).is_none()) {
                let finding = Diagnostic::error(Code::InvalidValue, path.clone(), format!("{unknown:?} is no {field}"));
                let names = names.iter().filter(|name| !name.is_empty()).copied();
                findings.push(finding.with_hint(format!("cron knows {}", names.collect::<Vec<_>>().join(", "))));
            } else if number(first) > number(last) {
                let message = format!("as a {field}, {range} ends before it begins");
                let hint = "write two ranges with a comma between them, such as 22-23,0-3 for hours";
                findings.push(Diagnostic::error(Code::InvalidValue, path.clone(), message).with_hint(hint));
            }
        }
    }
}

/// The items of a field, without their steps.
fn ranges(word: &str) -> impl Iterator<Item = &str> {
    word.split(',').map(|item| item.split('/').next().unwrap_or(item))
}

fn ends(range: &str) -> (&str, &str) {
    range.split_once('-').unwrap_or((range, range))
}

fn number(names: &[&str], text: &str) -> Option<usize> {
    text.parse().ok().or_else(|| names.iter().position(|name| name.eq_ignore_ascii_case(text)))
}

/// How many days months have at most.
const DAYS: [usize; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// A day that none of the months has never comes: Kubernetes takes such a schedule.
pub(super) fn days(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Some(schedule) = &topology.settings.backup.scheduled.schedule else { return };
    let words: Vec<&str> = schedule.as_str().split(' ').collect();
    // A day of the week is one more way to be due.
    let [_, _, days, months, "*"] = words[..] else { return };
    let first = |range: &str| if range == "*" { Some(1) } else { number(&[], ends(range).0) };
    let Some(earliest) = ranges(days).filter_map(first).min() else { return };
    let longest = |range: &str| {
        let (_, names) = FIELDS[3];
        let (first, last) = ends(range);
        let (first, last) = (number(names, first)?, number(names, last)?);
        DAYS.get(first.checked_sub(1)?..last)?.iter().max()
    };
    if ranges(months).all(|range| longest(range).is_some_and(|most| *most < earliest)) && !months.contains('/') {
        let message = format!("no month of {months} has a day {earliest}, so no copy is ever made");
        findings.push(Diagnostic::error(Code::InvalidValue, format!("{SCHEDULED}/schedule"), message));
    }
}

/// The first parts of the names of zones that have more than one.
const AREAS: &[&str] = &[
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Brazil",
    "Canada",
    "Chile",
    "Etc",
    "Europe",
    "Indian",
    "Mexico",
    "Pacific",
    "US",
];
/// The zones whose names have one part alone.
const ZONES: &[&str] = &[
    "CET",
    "CST6CDT",
    "Cuba",
    "EET",
    "EST",
    "EST5EDT",
    "Egypt",
    "Eire",
    "Factory",
    "GB",
    "GB-Eire",
    "GMT",
    "GMT+0",
    "GMT-0",
    "GMT0",
    "Greenwich",
    "HST",
    "Hongkong",
    "Iceland",
    "Iran",
    "Israel",
    "Jamaica",
    "Japan",
    "Kwajalein",
    "Libya",
    "MET",
    "MST",
    "MST7MDT",
    "NZ",
    "NZ-CHAT",
    "Navajo",
    "PRC",
    "PST8PDT",
    "Poland",
    "Portugal",
    "ROC",
    "ROK",
    "Singapore",
    "Turkey",
    "UCT",
    "UTC",
    "Universal",
    "W-SU",
    "WET",
    "Zulu",
];

/// The API server looks zones up in a database of its own; what is said for sure is what no database has.
pub(super) fn time_zone(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Some(zone) = topology.settings.backup.scheduled.time_zone.as_ref().map(crate::values::TimeZone::as_str) else {
        return;
    };
    let (path, hint) = (format!("{SCHEDULED}/timeZone"), "such as Europe/Berlin or Etc/UTC");
    let mut parts = zone.split('/');
    let known = if zone.contains('/') { AREAS } else { ZONES };
    let finding = if zone.eq_ignore_ascii_case("Local") {
        let message = "Kubernetes wants the zone's own name";
        Diagnostic::error(Code::InvalidValue, path, message)
    } else if zone.split('/').any(|part| part.len() > 14 || part.starts_with('-')) {
        // Names of the IANA database have parts of at most 14 characters; Kubernetes looks no others up.
        Diagnostic::error(Code::InvalidValue, path, format!("{zone} is no name of the IANA database"))
    } else if !parts.next().is_some_and(|first| known.contains(&first)) {
        Diagnostic::warning(
            Code::InvalidValue,
            path,
            format!("the IANA database has nothing that begins as {zone} does"),
        )
    } else {
        return;
    };
    findings.push(finding.with_hint(hint));
}
