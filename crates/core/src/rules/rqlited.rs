//! What rqlited makes of its command line: most mistakes there end it at once, in every pod.

use std::fmt;

use crate::diagnostic::{Code, Diagnostic, closest};
use crate::rqlited::{FLAGS, Flag, Kind, Version};
use crate::topology::{Argument, Topology, flag_name, lies_in};

/// What the start script decides for each pod. A second value from extraArgs would win over it.
const RESERVED_FLAGS: &[&str] = &[
    "node-id",
    "http-addr",
    "http-adv-addr",
    "raft-addr",
    "raft-adv-addr",
    "join",
    "join-attempts",
    "join-interval",
    "bootstrap-expect",
    "bootstrap-expect-timeout",
    "disco-mode",
    "disco-key",
    "disco-config",
    "raft-non-voter",
    "raft-cluster-remove-shutdown",
    "raft-remove-shutdown",
    "raft-reap-node-timeout",
    "raft-reap-read-only-node-timeout",
    "version",
];

/// What probes, scripts and Services must know of too, each with the setting that tells them.
const FLAGS_OF_SETTINGS: &[(&str, &str)] = &[
    ("auth", "auth.users or auth.existingSecret"),
    ("join-as", "auth.users or auth.existingSecret"),
    ("http-cert", "tls.client.secretName"),
    ("http-key", "tls.client.secretName"),
    ("http-ca-cert", "tls.client.caSecretName"),
    ("http-verify-client", "tls.client.mutual"),
    ("http-verify-common-name", "tls.client.commonName"),
    ("node-cert", "tls.node.secretName"),
    ("node-key", "tls.node.secretName"),
    ("node-ca-cert", "tls.node.caSecretName"),
    ("node-verify-client", "tls.node.mutual"),
    ("node-verify-common-name", "tls.node.commonName"),
    ("node-verify-server-name", "tls.node.serverName"),
];

/// What only says how much a node works at once and tells of it. Nobody else relies on it: no rule, no script, no other node,
/// nor what the database answers.
const TUNING_FLAGS: &[&str] = &[
    "auto-optimize-int",
    "auto-vacuum-int",
    "db-max-ro-conns",
    "raft-log-level",
    "raft-snap",
    "raft-snap-wal-size",
    "write-queue-batch-size",
    "write-queue-capacity",
    "write-queue-timeout",
    "write-queue-tx",
];

/// The oldest version whose nodes the scripts understand. Below it a tag may well count something else.
const OLDEST: Version = Version { major: 8, minor: 0, patch: 0 };
/// From here on the drills were run.
const TRIED: Version = Version { major: 10, minor: 0, patch: 0 };

pub(super) fn version(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Some(version) = topology.rqlite_version.filter(|version| *version < TRIED) else { return };
    let message = if version < OLDEST {
        format!("if this is rqlite {version}, its nodes join in another way than start.sh asks them to")
    } else {
        format!("the drills were run with rqlite 10, not with {version}")
    };
    let finding = Diagnostic::warning(Code::UntriedVersion, "/image/tag", message);
    findings.push(finding.with_hint("docs/drills.md says what was tried"));
}

/// Whether an argument of rqlited sets what is decided for each pod.
pub fn is_reserved_argument(argument: &str) -> bool {
    argument.starts_with('-') && RESERVED_FLAGS.contains(&flag_name(argument))
}

/// Whether an argument of rqlited may have any other value, because nobody else relies on it.
pub fn is_tuning_argument(argument: &str) -> bool {
    argument.starts_with('-') && TUNING_FLAGS.contains(&flag_name(argument))
}

pub(super) fn reserved_flags(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for argument in topology.voters.arguments.iter().filter(|argument| is_extra(argument)) {
        let name = argument.flag();
        if !RESERVED_FLAGS.contains(&name) {
            continue;
        }
        let message = format!("-{name} is decided for each pod by its ordinal");
        let finding = Diagnostic::error(Code::ReservedArgument, argument.setting.clone(), message);
        findings.push(finding.with_hint(match name {
            "raft-reap-node-timeout" | "raft-reap-read-only-node-timeout" => "set membership.grace",
            "raft-non-voter" => "set maxVoters",
            "raft-cluster-remove-shutdown" => {
                "it fires on every restart and ends a drained cluster; see membership.grace"
            }
            _ => "leave it out",
        }));
    }
}

/// A pod whose probes and scripts go on asking as before is restarted for ever.
pub(super) fn flags_of_settings(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for argument in topology.voters.arguments.iter().filter(|argument| is_extra(argument)) {
        let Some((name, instead)) = setting_of(argument) else { continue };
        let message = format!("the pods' probes and scripts would know nothing of -{name}");
        let finding = Diagnostic::error(Code::ReservedArgument, argument.setting.clone(), message);
        findings.push(finding.with_hint(format!("set {instead}")));
    }
}

fn setting_of(argument: &Argument) -> Option<&'static (&'static str, &'static str)> {
    FLAGS_OF_SETTINGS.iter().find(|(name, _)| *name == argument.flag())
}

/// Whether it is wrong whatever it says: enough is said of it then.
fn is_refused(argument: &Argument) -> bool {
    RESERVED_FLAGS.contains(&argument.flag()) || (is_extra(argument) && setting_of(argument).is_some())
}

/// The last one of two equal flags would win.
pub(super) fn repeated_flags(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (index, argument) in topology.voters.arguments.iter().enumerate() {
        let name = argument.flag();
        let first = topology.voters.arguments[..index].iter().find(|earlier| earlier.flag() == name);
        let Some(first) = first.filter(|_| !is_refused(argument)) else { continue };
        let message = format!("-{name} is there already");
        let finding = Diagnostic::error(Code::ReservedArgument, argument.setting.clone(), message);
        findings.push(finding.with_hint(format!("keep {}", crate::diagnostic::dotted(&first.setting))));
    }
}

pub(super) fn known_flags(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for argument in topology.voters.arguments.iter().filter(|argument| !RESERVED_FLAGS.contains(&argument.flag())) {
        let name = argument.flag();
        let finding = |message| Diagnostic::error(Code::UnknownFlag, argument.setting.clone(), message);
        let Some(flag) = Flag::find(name) else {
            let finding = finding(format!("rqlited has no flag -{name}"));
            findings.push(match closest(name, FLAGS.iter().map(|flag| flag.name)) {
                Some(meant) => finding.with_hint(format!("did you mean -{meant}?")),
                None => finding.with_hint("https://rqlite.io/docs/guides/config/ lists them"),
            });
            continue;
        };
        let version = topology.rqlite_version.filter(|version| *version >= OLDEST);
        let Some(version) = version.filter(|version| !flag.is_known_to(*version)) else { continue };
        findings.push(match flag.removed {
            Some(removed) if removed <= version => {
                let finding = finding(format!("rqlited {version} has no -{name}: {removed} took it away"));
                match flag.instead {
                    Some(instead) => finding.with_hint(format!("use -{instead}")),
                    None => finding.with_hint("leave it out"),
                }
            }
            _ => finding(format!("rqlited {version} has no -{name}: it came with {}", flag.since))
                .with_hint("leave it out, or take a newer image.tag"),
        });
    }
}

/// Go ends a program whose flag it cannot read. One without a value takes the next argument for it: the last of them is the
/// folder of the data.
pub(super) fn flag_values(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for argument in topology.voters.arguments.iter().filter(|argument| is_extra(argument)) {
        let Some(flag) = Flag::find(argument.flag()).filter(|_| !is_refused(argument)) else { continue };
        let (name, what) = (flag.name, flag.kind.what());
        let message = match argument.value() {
            None if flag.kind == Kind::Bool => continue,
            None => format!("-{name} would take the next argument for its value"),
            Some(value) if flag.kind.takes(value) => continue,
            Some(value) => format!("rqlited would not start: for -{name} it reads {what}, not {value:?}"),
        };
        let finding = Diagnostic::error(Code::InvalidValue, argument.setting.clone(), message);
        findings.push(match argument.value() {
            None => finding.with_hint(format!("write -{name}= and {what} behind it")),
            Some(_) => finding,
        });
    }
}

/// What Raft itself refuses, with what holds where nothing is set (10.2.7).
pub(super) fn raft_times(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let set = |flag: &str| topology.voters.arguments.iter().find(|argument| argument.flag() == flag);
    let millis = |flag: &str, default: u64| {
        let value = set(flag).and_then(Argument::value).and_then(crate::values::Duration::new);
        value.map(|value| value.as_millis()).filter(|millis| *millis > 0).unwrap_or(default)
    };
    let heartbeat = millis("raft-heartbeat-timeout", 1000);
    let election = millis("raft-election-timeout", 1000);
    let lease = millis("raft-leader-lease-timeout", 500);
    let setting = |flags: [&str; 2]| flags.into_iter().find_map(set).map(|argument| argument.setting.clone());
    let mut refuse = |wrong: bool, flags: [&str; 2], message: fmt::Arguments<'_>| {
        if let Some(setting) = setting(flags).filter(|_| wrong) {
            let finding = Diagnostic::error(Code::InvalidValue, setting, message.to_string());
            findings.push(finding.with_hint("rqlited would not start"));
        }
    };
    refuse(
        election < heartbeat,
        ["raft-election-timeout", "raft-heartbeat-timeout"],
        format_args!("the election timeout of {election} ms is shorter than the heartbeat timeout of {heartbeat} ms"),
    );
    refuse(
        lease > heartbeat,
        ["raft-leader-lease-timeout", "raft-heartbeat-timeout"],
        format_args!("the leader lease of {lease} ms is longer than the heartbeat timeout of {heartbeat} ms"),
    );
    for (flag, least) in [
        ("raft-heartbeat-timeout", 5),
        ("raft-election-timeout", 5),
        ("raft-leader-lease-timeout", 5),
        ("raft-commit-timeout", 1),
        ("raft-snap-int", 5),
    ] {
        let short = millis(flag, least) < least;
        refuse(short, [flag, flag], format_args!("Raft takes at least {least} ms"));
    }
}

/// rqlited ends when it cannot read an extension or write a profile.
pub(super) fn paths(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    const EXTENSIONS: &str = "/opt/extensions"; // in rqlite's image
    let pod = &topology.voters.pod;
    let extra = pod.volume_mounts.iter().map(|mount| mount.mount_path.as_str());
    let own = pod.mounts.iter().filter(|mount| mount.is_extension());
    let mounts: Vec<&str> = extra.chain(own.map(|mount| &*mount.path)).collect();
    // What it makes a folder of its own in, and what somebody mounts.
    let is_there = |path: &str, own: &str| {
        let is_below = lies_in(path, own) && !lies_in(own, path);
        is_below || mounts.iter().any(|mount| lies_in(path, mount))
    };
    for argument in &topology.voters.arguments {
        let (own, what) = match argument.flag() {
            "extensions-path" => (EXTENSIONS, "no volume has"),
            "cpu-profile" | "mem-profile" | "trace-profile" => ("/tmp", "the container cannot write to"),
            _ => continue,
        };
        let Some(value) = argument.value() else { continue };
        for path in value.split(',').filter(|path| !is_there(path, own)) {
            let finding =
                Diagnostic::error(Code::DanglingReference, argument.setting.clone(), format!("{what} {path}"));
            findings.push(finding.with_hint(format!("take a path in {own}, or of extraVolumeMounts")));
        }
    }
}

fn is_extra(argument: &Argument) -> bool {
    argument.setting.starts_with("/extraArgs/")
}
