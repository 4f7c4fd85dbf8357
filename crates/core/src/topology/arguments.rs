//! The command line of rqlited, as far as it is the same in every pod. What differs, `start.sh` puts before it.

use std::fmt::Display;

use super::access::{AUTH, Access, MEMBER_USER, tls_volume};
use super::monitoring::{OTLP_CA, OTLP_TLS};
use super::{Backup, Cdc, backup, extensions};
use crate::diagnostic::pointer;
use crate::values::{Otlp, Quantity, Rqlite, Tls, Values};

/// One argument of rqlited.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Argument {
    /// The argument: `-raft-snap=16384`.
    pub text: String,
    /// JSON pointer to the setting that it comes from.
    pub setting: String,
}

impl Argument {
    /// The flag's name, without dashes.
    pub fn flag(&self) -> &str {
        flag_name(&self.text)
    }

    /// The flag's value, if it has one.
    pub fn value(&self) -> Option<&str> {
        self.text.split_once('=').map(|(_, value)| value)
    }
}

/// The name of the flag that an argument sets, without dashes.
pub fn flag_name(argument: &str) -> &str {
    let flag = argument.trim_start_matches('-');
    flag.split_once('=').map_or(flag, |(name, _)| name)
}

#[derive(Default)]
struct CommandLine(Vec<Argument>);

impl CommandLine {
    fn flag(&mut self, setting: &str, flag: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.0.push(Argument { text: format!("-{flag}={value}"), setting: setting.to_owned() });
        }
    }
}

/// What a reader of the pool is not told. Only a leader drops members and sends changes; rqlited refuses the last one on a
/// node that can never lead. Advertised addresses are those of Services for the pods
/// that are not in the pool.
const NOT_FOR_READERS: &[&str] =
    &["cdc-config", "http-adv-addr", "raft-reap-node-timeout", "raft-reap-read-only-node-timeout"];

/// Of what all pods are told, what a reader of the pool is told too.
pub(super) fn of_readers(mut arguments: Vec<Argument>) -> Vec<Argument> {
    arguments.retain(|argument| !NOT_FOR_READERS.contains(&argument.flag()));
    arguments
}

/// Flags of settings first, then those that somebody added.
pub(super) fn resolve(values: &Values, access: &Access, backup: &Backup, cdc: Option<&Cdc>) -> Vec<Argument> {
    let mut line = CommandLine::default();
    // A reaping time of 0 is fatal to rqlited, so "never" leaves the flags out.
    let grace = values.membership.grace.as_ref().filter(|grace| grace.as_millis() > 0);
    line.flag("/membership/grace", "raft-reap-node-timeout", grace);
    let of_readers = values.membership.reader_grace.as_ref().filter(|grace| grace.as_millis() > 0);
    let (setting, grace) = match of_readers {
        Some(_) => ("/membership/readerGrace", of_readers),
        None => ("/membership/grace", grace),
    };
    line.flag(setting, "raft-reap-read-only-node-timeout", grace);
    // With places that start.sh fills in: pods of a set that `kubectl scale` made larger need it, too.
    line.flag("/services/perPod/advertise", "http-adv-addr", values.services.per_pod.advertise.as_ref());
    protection(&mut line, &values.tls, access);
    // start.sh passes the second one on only where a cluster is founded.
    for (setting, flag, file) in backup::flags(backup) {
        line.flag(setting, flag, Some(file));
    }
    settings(&mut line, &values.rqlite);
    let paths = extensions::paths(values);
    line.flag("/rqlite/extensions", "extensions-path", (!paths.is_empty()).then(|| paths.join(",")));
    // start.sh passes it to voters only: it is fatal to others.
    let endpoint = if values.cdc.endpoint.is_some() { "/cdc/endpoint" } else { "/cdc/endpointSecret" };
    line.flag(endpoint, "cdc-config", cdc.map(|cdc| &cdc.path));
    otlp(&mut line, &values.metrics.otlp);
    for (index, flag) in values.extra_args.iter().enumerate() {
        let setting = pointer("/extraArgs", &index.to_string());
        line.0.push(Argument { text: flag.to_string(), setting });
    }
    line.0
}

fn protection(line: &mut CommandLine, tls: &Tls, access: &Access) {
    if access.authenticates {
        let from = if access.users.is_some() { "/auth/users" } else { "/auth/existingSecret" };
        line.flag(from, "auth", Some(format!("{AUTH}/users.json")));
        line.flag(from, "join-as", Some(MEMBER_USER));
    }
    for side in tls.sides() {
        let (_, folder) = tls_volume(&side);
        let at = format!("/tls/{}", side.name);
        // rqlited calls the side of clients by its protocol.
        let flags = if side.name == "client" { "http" } else { side.name };
        let mut flag = |setting: &str, flag: &str, value: Option<String>| {
            line.flag(&format!("{at}/{setting}"), &format!("{flags}-{flag}"), value);
        };
        flag("secretName", "cert", Some(format!("{folder}/tls.crt")));
        flag("secretName", "key", Some(format!("{folder}/tls.key")));
        flag("caSecretName", "ca-cert", Some(format!("{folder}/ca.crt")));
        flag("mutual", "verify-client", side.mutual.then(|| "true".to_owned()));
        flag("commonName", "verify-common-name", side.common_name.map(ToString::to_string));
    }
    let server_name = tls.node.as_ref().and_then(|node| node.server_name.as_ref());
    line.flag("/tls/node/serverName", "node-verify-server-name", server_name);
}

fn settings(line: &mut CommandLine, rqlite: &Rqlite) {
    let Rqlite { foreign_keys, extensions: _, database, raft, write_queue, http, cluster, profiles } = rqlite;
    let on = |is: bool| is.then_some(true);
    line.flag("/rqlite/foreignKeys", "fk", on(*foreign_keys));
    line.flag("/rqlite/database/maxReadOnlyConnections", "db-max-ro-conns", database.max_read_only_connections);
    line.flag("/rqlite/database/autoVacuumInterval", "auto-vacuum-int", database.auto_vacuum_interval.as_ref());
    line.flag("/rqlite/database/autoOptimizeInterval", "auto-optimize-int", database.auto_optimize_interval.as_ref());

    line.flag("/rqlite/raft/logLevel", "raft-log-level", raft.log_level);
    line.flag("/rqlite/raft/heartbeatTimeout", "raft-heartbeat-timeout", raft.heartbeat_timeout.as_ref());
    line.flag("/rqlite/raft/electionTimeout", "raft-election-timeout", raft.election_timeout.as_ref());
    line.flag("/rqlite/raft/leaderLeaseTimeout", "raft-leader-lease-timeout", raft.leader_lease_timeout.as_ref());
    line.flag("/rqlite/raft/commitTimeout", "raft-commit-timeout", raft.commit_timeout.as_ref());
    line.flag("/rqlite/raft/applyTimeout", "raft-apply-timeout", raft.apply_timeout.as_ref());
    line.flag("/rqlite/raft/snapshotThreshold", "raft-snap", raft.snapshot_threshold);
    line.flag("/rqlite/raft/snapshotWalSize", "raft-snap-wal-size", raft.snapshot_wal_size.as_ref().map(bytes));
    line.flag("/rqlite/raft/snapshotInterval", "raft-snap-int", raft.snapshot_interval.as_ref());
    line.flag("/rqlite/raft/shutdownStepdown", "raft-shutdown-stepdown", raft.shutdown_stepdown);

    line.flag("/rqlite/writeQueue/capacity", "write-queue-capacity", write_queue.capacity);
    line.flag("/rqlite/writeQueue/batchSize", "write-queue-batch-size", write_queue.batch_size);
    line.flag("/rqlite/writeQueue/timeout", "write-queue-timeout", write_queue.timeout.as_ref());
    line.flag("/rqlite/writeQueue/transactional", "write-queue-tx", on(write_queue.transactional));

    line.flag("/rqlite/http/allowOrigin", "http-allow-origin", http.allow_origin.as_ref());
    line.flag("/rqlite/cluster/connectTimeout", "cluster-connect-timeout", cluster.connect_timeout.as_ref());
    line.flag("/rqlite/cluster/compressSnapshots", "compress-snap-transport", on(cluster.compress_snapshots));
    line.flag("/rqlite/profiles/cpu", "cpu-profile", profiles.cpu.as_ref());
    line.flag("/rqlite/profiles/memory", "mem-profile", profiles.memory.as_ref());
    line.flag("/rqlite/profiles/trace", "trace-profile", profiles.trace.as_ref());
}

fn otlp(line: &mut CommandLine, otlp: &Otlp) {
    let Otlp { endpoint, interval, insecure, ca_secret_name, secret_name } = otlp;
    line.flag("/metrics/otlp/endpoint", "otlp-endpoint", endpoint.as_ref());
    line.flag("/metrics/otlp/interval", "otlp-interval", interval.as_ref());
    line.flag("/metrics/otlp/insecure", "otlp-insecure", insecure.then_some(true));
    let ca = ca_secret_name.as_ref().map(|_| format!("{OTLP_CA}/ca.crt"));
    line.flag("/metrics/otlp/caSecretName", "otlp-ca-cert", ca);
    for (flag, file) in [("otlp-cert", "tls.crt"), ("otlp-key", "tls.key")] {
        line.flag("/metrics/otlp/secretName", flag, secret_name.as_ref().map(|_| format!("{OTLP_TLS}/{file}")));
    }
}

/// rqlited counts in bytes.
fn bytes(quantity: &Quantity) -> u128 {
    quantity.millis() / 1000
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::*;
    use crate::rqlited::{FLAGS, Version};
    use crate::schema::{Dialect, generate};
    use crate::topology;

    /// Every setting that says which flag it becomes, with something that may be set there.
    fn settings_with_flags() -> Vec<(String, String, Value)> {
        fn walk(schema: &Value, root: &Value, at: &str, found: &mut Vec<(String, String, Value)>) {
            for (name, field) in schema["properties"].as_object().into_iter().flatten() {
                let at = pointer(at, name);
                let target = target(field, root);
                if let Some(flag) = field["x-rqchart"]["flag"].as_str() {
                    found.push((at.clone(), flag[1..].to_owned(), example(target, root)));
                }
                walk(target, root, &at, found);
            }
        }
        let (root, mut found) = (generate(Dialect::Draft2020), Vec::new());
        walk(&root, &root, "", &mut found);
        found
    }

    fn target<'a>(field: &'a Value, root: &'a Value) -> &'a Value {
        let either = field.pointer("/anyOf/0").unwrap_or(field);
        either["$ref"].as_str().map_or(either, |at| root.pointer(&at[1..]).expect("it is there"))
    }

    fn example(schema: &Value, root: &Value) -> Value {
        let first = |list: &Value| list.get(0).cloned();
        if let Some(example) = first(&schema["examples"]).or_else(|| first(&schema["enum"])) {
            return example;
        }
        if let Some(one) = schema["oneOf"].get(0) {
            return one["const"].clone();
        }
        let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
        match kind {
            Some("boolean") => json!(true),
            Some("integer") => json!(schema["minimum"].as_i64().unwrap_or(1).max(1)),
            // What lists hold says what it may be by its first field alone.
            None if schema["$ref"] == "#/$defs/Extension" => json!({ "builtin": "icu" }),
            Some("array") => json!([example(&schema["items"], root)]),
            Some("object") => {
                let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
                required
                    .map(|name| (name.to_owned(), example(target(&schema["properties"][name], root), root)))
                    .collect()
            }
            _ => panic!("what may be written for {schema}?"),
        }
    }

    fn set(pointer: &str, value: Value) -> Value {
        pointer.split('/').skip(1).collect::<Vec<_>>().into_iter().rev().fold(value, |inner, key| json!({ key: inner }))
    }

    fn resolved(values: &Value) -> Vec<Argument> {
        topology::resolved(values).voters.arguments
    }

    #[test]
    fn a_setting_becomes_the_flag_that_it_names() {
        // Decided for each pod.
        let by_ordinal = ["raft-non-voter"];
        for (setting, flag, value) in settings_with_flags() {
            let line = resolved(&set(&setting, value));
            let found = line.iter().any(|argument| argument.flag() == flag && argument.setting == setting);
            assert!(found || by_ordinal.contains(&flag.as_str()), "{setting} is not -{flag}: {line:?}");
        }
    }

    #[test]
    fn a_flag_is_there_only_when_it_is_set() {
        let defaults: Vec<_> = resolved(&json!({})).into_iter().map(|argument| argument.text).collect();
        assert_eq!(defaults, ["-raft-reap-node-timeout=90s", "-raft-reap-read-only-node-timeout=90s"]);
    }

    #[test]
    fn settings_say_since_when_their_flag_exists() {
        let schema = generate(Dialect::Draft2020).to_string();
        let since: BTreeMap<_, _> = FLAGS.iter().map(|flag| (flag.name, flag.since)).collect();
        for (_, flag, _) in settings_with_flags() {
            let since = since[flag.as_str()];
            let said = format!("\"flag\":\"-{flag}\"");
            let (_, rest) = schema.split_once(&said).expect("it came from there");
            let annotation = rest.split_once('}').expect("annotations end").0;
            let old = since == Version { major: 8, minor: 0, patch: 0 };
            assert_eq!(annotation.contains(&format!("\"since\":\"{since}\"")), !old, "-{flag}: {annotation}");
        }
    }

    #[test]
    fn sizes_are_in_bytes() {
        let line = resolved(&json!({ "rqlite": { "raft": { "snapshotWalSize": "4Mi" } } }));
        assert_eq!(line.last().unwrap().text, "-raft-snap-wal-size=4194304");
    }
}
