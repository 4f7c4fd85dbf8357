//! Objects → what of them decides about members, disks and restarts.

use std::collections::BTreeMap;

use rqchart_core::plan::{Claim, Recovery, Set, SetRole, State, Strategy, Traffic};
use rqchart_core::rqlited::Version;
use rqchart_core::topology::flag_name;
use rqchart_core::values::Quantity;
use serde::Deserialize;
use serde_json::Value;

use crate::Manifest;
use crate::manifest::{list, text};

/// What objects say about members, disks and restarts.
pub fn read(objects: &[Manifest]) -> State {
    let sets = objects.iter().filter(|object| object.kind == "StatefulSet").map(|set| read_set(set, objects));
    let mut sets: Vec<_> = sets.collect();
    // Only a voter leads, and drops members.
    let leading = sets.iter().find(|set| matches!(set.role, SetRole::Voters { .. }));
    let (grace, reader_grace) = leading.map(|set| (set.grace.clone(), set.reader_grace.clone())).unwrap_or_default();
    for set in sets.iter_mut().filter(|set| set.role == SetRole::Readers) {
        (set.grace, set.reader_grace) = (grace.clone(), reader_grace.clone());
    }
    State { sets }
}

fn read_set(set: &Manifest, objects: &[Manifest]) -> Set {
    let object = &set.object;
    let env = told(set, objects);
    let role = env.map_or(SetRole::Other, |env| role(&set.name, env));
    let containers: Vec<_> = list(object, "/spec/template/spec/containers").collect();
    // rqlited's own container mounts the database.
    let holds_rows = |container: &&&Value| list(container, "/volumeMounts").any(|mount| mount["name"] == "data");
    let container = containers.iter().find(holds_rows).or(containers.first()).copied().unwrap_or(&Value::Null);
    let flags: Vec<_> = list(container, "/args").filter_map(Value::as_str).collect();
    let flag = |name: &str| flags.iter().find(|flag| flag_name(flag) == name).copied();
    let value = |name: &str| flag(name)?.split_once('=').map(|(_, value)| value.to_owned());
    let traffic = |side: &str| Traffic {
        tls: flag(&format!("{side}-cert")).is_some(),
        mutual: value(&format!("{side}-verify-client")).is_some_and(|value| value == "true"),
    };
    let number =
        |pointer: &str| object.pointer(pointer).and_then(Value::as_u64).and_then(|number| number.try_into().ok());
    let deletes =
        |when: &str| text(object, &format!("/spec/persistentVolumeClaimRetentionPolicy/{when}")) == Some("Delete");
    let image = text(container, "/image").unwrap_or_default();
    let is_scaled = objects.iter().any(|other| {
        other.kind == "HorizontalPodAutoscaler"
            && other.namespace == set.namespace
            && other.text("/spec/scaleTargetRef/name") == Some(&set.name)
    });
    Set {
        name: set.name.clone(),
        namespace: set.namespace.clone(),
        // Without a number Kubernetes takes 1, unless an autoscaler has decided.
        replicas: if is_scaled { None } else { number("/spec/replicas").or(Some(1)) },
        role,
        service: text(object, "/spec/serviceName").unwrap_or_default().to_owned(),
        selector: labels(object.pointer("/spec/selector/matchLabels")),
        strategy: match text(object, "/spec/updateStrategy/type") {
            Some("OnDelete") => Strategy::OnDelete,
            _ => Strategy::Rolling { partition: number("/spec/updateStrategy/rollingUpdate/partition").unwrap_or(0) },
        },
        claims: list(object, "/spec/volumeClaimTemplates").map(claim).collect(),
        deletes_with_set: deletes("whenDeleted"),
        deletes_when_scaled: deletes("whenScaled"),
        container: text(container, "/name").unwrap_or_default().to_owned(),
        image: image.to_owned(),
        version: version(image),
        grace: value("raft-reap-node-timeout"),
        reader_grace: value("raft-reap-read-only-node-timeout"),
        prunes: objects
            .iter()
            .any(|other| other.kind == "Deployment" && other.namespace == set.namespace && prunes(other, &set.name)),
        recovery: env.filter(|_| matches!(role, SetRole::Voters { .. })).and_then(recovery),
        authenticates: flag("auth").is_some(),
        clients: traffic("http"),
        nodes: traffic("node"),
    }
}

fn claim(template: &Value) -> Claim {
    Claim {
        name: text(template, "/metadata/name").unwrap_or_default().to_owned(),
        size: template.pointer("/spec/resources/requests/storage").and_then(|size| Quantity::deserialize(size).ok()),
    }
}

fn labels(map: Option<&Value>) -> BTreeMap<String, String> {
    let entries = map.and_then(Value::as_object).into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// What the pods' scripts are told, in the `cluster.env` that is about the set.
fn told<'o>(set: &Manifest, objects: &'o [Manifest]) -> Option<&'o str> {
    let maps = objects.iter().filter(|object| object.kind == "ConfigMap" && object.namespace == set.namespace);
    let is_about = |env: &&str| ["SET", "READER_SET"].iter().any(|key| said(env, key) == Some(&set.name));
    maps.filter_map(|object| text(&object.object["data"], "/cluster.env")).find(is_about)
}

fn said<'e>(env: &'e str, key: &str) -> Option<&'e str> {
    env.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
}

fn role(set: &str, env: &str) -> SetRole {
    let max_voters = said(env, "MAX_VOTERS").and_then(|number| number.parse().ok());
    match max_voters {
        _ if said(env, "SET") != Some(set) => SetRole::Readers,
        Some(max_voters) => SetRole::Voters { max_voters },
        None => SetRole::Other,
    }
}

fn recovery(env: &str) -> Option<Recovery> {
    Some(Recovery { survivor: said(env, "SURVIVOR")?.parse().ok()?, attempt: said(env, "RECOVERY")?.to_owned() })
}

/// Whether a Deployment removes members of a set.
fn prunes(deployment: &Manifest, set: &str) -> bool {
    let containers = list(&deployment.object, "/spec/template/spec/containers");
    let is_told = |container: &Value| list(container, "/env").any(|env| env["name"] == "NAME" && env["value"] == set);
    let runs = |container: &Value| {
        list(container, "/command").filter_map(Value::as_str).any(|word| word.ends_with("/prune.sh"))
    };
    containers.into_iter().any(|container| runs(container) && is_told(container))
}

/// The version that an image's tag promises.
fn version(image: &str) -> Option<Version> {
    let name = image.split('@').next()?;
    let (_, tag) = name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'))?;
    Version::from_tag(tag)
}
