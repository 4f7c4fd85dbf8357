//! Every rule, by values that break it: which code, how bad, and which setting it names.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]
#![expect(clippy::disallowed_methods, reason = "it reads the rules' own sources")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rqchart_core::diagnostic::{Code, Diagnostic, pointer_keys};
use rqchart_core::release::{ChartInfo, KubeVersion, Release};
use rqchart_core::schema::{self, Dialect};
use rqchart_core::{rules, topology::Topology};
use serde_json::{Value, json};

fn findings(values: &Value) -> Vec<Diagnostic> {
    let chart = ChartInfo { name: "rqlite".into(), version: "0.1.0".into(), app_version: "10.2.7".into() };
    let release = Release::new("rqdb", "default", chart, KubeVersion::DEFAULT).unwrap();
    let values = schema::validate(values).unwrap_or_else(|findings| panic!("{values}: {findings:?}"));
    rules::check(&Topology::resolve(values, &release))
}

/// Values, and everything that is found about them.
#[expect(clippy::too_many_lines, reason = "a table")]
fn cases() -> Vec<(Value, Vec<&'static str>)> {
    let name = |length| "n".repeat(length);
    vec![
        (json!({}), vec![]),
        // Names
        (json!({ "fullnameOverride": name(52) }), vec![]),
        (json!({ "fullnameOverride": name(53) }), vec!["error name-too-long /fullnameOverride"]),
        (
            json!({ "fullnameOverride": name(55) }),
            vec!["error name-too-long /fullnameOverride", "error name-too-long /services/headless/name"],
        ),
        (
            json!({ "fullnameOverride": name(62) }),
            vec![
                "error name-too-long /fullnameOverride",
                "error name-too-long /services/client/name",
                "error name-too-long /services/headless/name",
                "error name-too-long /fullnameOverride",
            ],
        ),
        (
            json!({ "services": { "client": { "name": "same" }, "headless": { "name": "same" } } }),
            vec!["error name-clash /services/headless/name"],
        ),
        (
            json!({ "services": { "client": { "name": "rqdb-1" }, "perPod": { "enabled": true } } }),
            vec!["error name-clash /services/perPod/enabled"],
        ),
        (json!({ "services": { "client": { "enabled": false, "name": "rqdb-headless" } } }), vec![]),
        (
            json!({ "labels": { "helm.sh/chart": "x" }, "podLabels": { "app.kubernetes.io/component": "x" } }),
            vec![
                "error reserved-name /labels/helm.sh~1chart",
                "error reserved-name /podLabels/app.kubernetes.io~1component",
            ],
        ),
        (
            json!({ "services": { "client": { "labels": { "app.kubernetes.io/name": "x" } } } }),
            vec!["error reserved-name /services/client/labels/app.kubernetes.io~1name"],
        ),
        // Votes
        (json!({ "replicas": 1 }), vec!["warning single-voter /replicas"]),
        (json!({ "maxVoters": 1 }), vec!["warning single-voter /maxVoters"]),
        (json!({ "replicas": 4 }), vec!["warning even-voters /replicas"]),
        (json!({ "replicas": 5, "maxVoters": 4 }), vec!["warning even-voters /maxVoters"]),
        (json!({ "replicas": 8 }), vec![]),
        // Membership
        (json!({ "membership": { "grace": "0s" } }), vec!["error out-of-range /membership/grace"]),
        (json!({ "membership": { "grace": "59.999s" } }), vec!["warning grace-too-short /membership/grace"]),
        (json!({ "membership": { "grace": "1m" } }), vec![]),
        (json!({ "membership": { "grace": null } }), vec!["warning scale-in-manual /membership/grace"]),
        (json!({ "membership": { "grace": null, "prune": true } }), vec![]),
        // Volumes
        (json!({ "storage": { "ephemeral": true } }), vec!["warning ephemeral-storage /storage/ephemeral"]),
        (json!({ "storage": { "size": 0 } }), vec!["error invalid-quantity /storage/size"]),
        // Disruption
        (
            json!({ "podDisruptionBudget": { "maxUnavailable": 1, "minAvailable": 2 } }),
            vec!["error disruption-unsafe /podDisruptionBudget/minAvailable"],
        ),
        (
            json!({ "podDisruptionBudget": { "maxUnavailable": 2 } }),
            vec!["error disruption-unsafe /podDisruptionBudget/maxUnavailable"],
        ),
        (
            json!({ "podDisruptionBudget": { "minAvailable": 1 } }),
            vec!["error disruption-unsafe /podDisruptionBudget/minAvailable"],
        ),
        (json!({ "podDisruptionBudget": { "minAvailable": 2 } }), vec![]),
        (json!({ "podDisruptionBudget": null }), vec![]),
        // Services
        (
            json!({ "services": { "client": { "nodePort": 30001 } } }),
            vec!["error unused-value /services/client/nodePort"],
        ),
        (
            json!({ "services": { "perPod": { "enabled": true, "firstNodePort": 30001 } } }),
            vec!["error unused-value /services/perPod/firstNodePort"],
        ),
        (
            json!({ "services": { "perPod": { "enabled": true, "type": "NodePort", "firstNodePort": 65534 } } }),
            vec!["error out-of-range /services/perPod/firstNodePort"],
        ),
        (json!({ "services": { "perPod": { "enabled": true, "type": "NodePort", "firstNodePort": 65533 } } }), vec![]),
        (
            json!({ "services": { "client": { "externalTrafficPolicy": "Local" } } }),
            vec!["error unused-value /services/client/externalTrafficPolicy"],
        ),
        (
            json!({ "services": { "perPod": { "enabled": true, "externalTrafficPolicy": "Local" } } }),
            vec!["error unused-value /services/perPod/externalTrafficPolicy"],
        ),
        (
            json!({ "services": {
                "client": { "type": "NodePort", "nodePort": 30002 },
                "perPod": { "enabled": true, "type": "NodePort", "firstNodePort": 30000 },
            } }),
            vec!["error name-clash /services/client/nodePort"],
        ),
        // Further security
        (
            json!({ "securityContext": { "runAsUser": 0, "appArmorProfile": { "type": "Localhost" } } }),
            vec![
                "error invalid-value /securityContext/runAsUser",
                "error missing-key /securityContext/appArmorProfile/localhostProfile",
            ],
        ),
        (json!({ "securityContext": { "runAsUser": 0, "runAsNonRoot": false } }), vec![]),
        (
            json!({ "podSecurityContext": { "appArmorProfile": { "localhostProfile": "a" } }, "securityContext": { "seccompProfile": { "type": "Localhost" } } }),
            vec![
                "error missing-key /securityContext/seccompProfile/localhostProfile",
                "error unused-value /podSecurityContext/appArmorProfile/localhostProfile",
            ],
        ),
        // Further volumes
        (
            json!({ "storage": { "dataSourceRef": { "kind": "VolumeSnapshot", "name": "s" } } }),
            vec!["warning copied-volumes /storage/dataSourceRef"],
        ),
        (
            json!({ "storage": { "ephemeral": true, "dataSourceRef": { "kind": "VolumeSnapshot", "name": "s" } } }),
            vec!["warning ephemeral-storage /storage/ephemeral", "error unused-value /storage/dataSourceRef"],
        ),
        (
            json!({ "storage": { "selector": { "matchExpressions": [
                { "key": "a", "operator": "In" }, { "key": "a", "operator": "Exists", "values": ["b"] },
                { "key": "a", "operator": "NotIn", "values": ["b"] }, { "key": "a", "operator": "DoesNotExist" },
            ] } } }),
            vec![
                "error missing-key /storage/selector/matchExpressions/0",
                "error unused-value /storage/selector/matchExpressions/1/values",
            ],
        ),
        (
            json!({
                "extraVolumeClaimTemplates": [{ "name": "dump", "spec": {} }, { "name": "data", "spec": {} }],
                "extraVolumeMounts": [{ "name": "dump", "mountPath": "/dump" }],
            }),
            vec!["error reserved-name /extraVolumeClaimTemplates/1/name"],
        ),
        (
            json!({ "topologySpreadConstraints": [{ "topologyKey": "a", "matchLabelKeys": ["b", "app.kubernetes.io/name"] }] }),
            vec!["error reserved-name /topologySpreadConstraints/0/matchLabelKeys/1"],
        ),
        // The rqlite container
        (
            json!({ "lifecycle": { "preStop": { "sleep": { "seconds": 61 } } } }),
            vec!["warning termination-too-short /lifecycle/preStop"],
        ),
        (json!({ "lifecycle": { "preStop": { "sleep": { "seconds": 60 } } } }), vec![]),
        (
            json!({ "lifecycle": { "postStart": { "sleep": { "seconds": 5 }, "exec": {} }, "preStop": { "exce": {} } } }),
            vec!["error invalid-value /lifecycle/postStart", "error invalid-value /lifecycle/preStop"],
        ),
        (
            json!({ "extraEnvFrom": [{}, { "secretRef": { "name": "a" } }, { "secretRef": { "name": "a" }, "configMapRef": { "name": "b" } }] }),
            vec!["error invalid-value /extraEnvFrom/0", "error invalid-value /extraEnvFrom/2"],
        ),
        (
            json!({ "extraVolumeMounts": [{ "name": "tmp", "mountPath": "/a", "subPath": "b", "subPathExpr": "../c" }] }),
            vec!["error invalid-value /extraVolumeMounts/0/subPathExpr", "error invalid-value /extraVolumeMounts/0"],
        ),
        // The pods' resolver
        (json!({ "dnsPolicy": "None" }), vec!["error missing-key /dnsPolicy"]),
        (json!({ "dnsPolicy": "None", "dnsConfig": { "nameservers": ["10.0.0.10", "fd00::a"] } }), vec![]),
        (
            json!({ "dnsConfig": { "nameservers": ["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"] } }),
            vec!["error out-of-range /dnsConfig/nameservers"],
        ),
        (
            json!({ "hostAliases": [{ "ip": "10.0.0.1", "hostnames": ["db.example.com", "rqdb-1"] }] }),
            vec!["error reserved-name /hostAliases/0/hostnames/1"],
        ),
        // Whole objects
        (json!({ "patches": [{ "kind": "Service" }] }), vec!["error missing-key /patches/0"]),
        (
            json!({ "patches": [{ "kind": "Service", "merge": {}, "json": [] }] }),
            vec!["error invalid-value /patches/0"],
        ),
        (
            json!({ "patches": [{ "kind": "Service", "json": [
                { "op": "add", "path": "/a", "value": null },
                { "op": "replace", "path": "/a" },
                { "op": "move", "path": "/a", "value": 1 },
                { "op": "remove", "path": "/a", "from": "/b" },
            ] }] }),
            vec![
                "error missing-key /patches/0/json/1",
                "error unused-value /patches/0/json/2/value",
                "error missing-key /patches/0/json/2",
                "error unused-value /patches/0/json/3/from",
            ],
        ),
        // Kubernetes' own rules
        (
            json!({ "storage": { "accessModes": ["ReadWriteOncePod", "ReadWriteOnce"] } }),
            vec!["error invalid-value /storage/accessModes"],
        ),
        (
            json!({ "storage": { "localVolumes": { "pathPrefix": "/srv/../pv" } } }),
            vec!["error invalid-value /storage/localVolumes/pathPrefix"],
        ),
        (json!({ "storage": { "localVolumes": { "pathPrefix": "/srv/.." } } }), vec![]),
        (
            json!({ "updateStrategy": { "type": "OnDelete", "partition": 1 } }),
            vec!["error unused-value /updateStrategy/partition"],
        ),
        (json!({ "livenessProbe": { "handler": {} } }), vec!["error invalid-value /livenessProbe/handler"]),
        (
            json!({ "startupProbe": { "handler": { "tcpSocket": { "port": "http" }, "periodSeconds": 3 } } }),
            vec!["error invalid-value /startupProbe/handler"],
        ),
        (json!({ "readinessProbe": { "handler": { "tcpSocket": { "port": "http" } } } }), vec![]),
        (
            json!({ "podSecurityContext": { "runAsUser": 0 } }),
            vec!["error invalid-value /podSecurityContext/runAsUser"],
        ),
        (json!({ "podSecurityContext": { "runAsUser": 0, "runAsNonRoot": false } }), vec![]),
        (
            json!({ "podSecurityContext": { "seccompProfile": { "type": "Localhost" } } }),
            vec!["error missing-key /podSecurityContext/seccompProfile/localhostProfile"],
        ),
        (
            json!({ "podSecurityContext": { "seccompProfile": { "localhostProfile": "a.json" } } }),
            vec!["error unused-value /podSecurityContext/seccompProfile/localhostProfile"],
        ),
        (json!({ "tolerations": [{}] }), vec!["error invalid-value /tolerations/0/operator"]),
        (
            json!({ "tolerations": [{ "key": "a", "operator": "Exists", "value": "b", "tolerationSeconds": 3 }] }),
            vec!["error invalid-value /tolerations/0/value", "error invalid-value /tolerations/0/tolerationSeconds"],
        ),
        (json!({ "tolerations": [{ "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 3 }] }), vec![]),
        (
            json!({ "topologySpreadConstraints": [{ "topologyKey": "zone", "minDomains": 2 }, { "topologyKey": "zone" }] }),
            vec![
                "error unused-value /topologySpreadConstraints/0/minDomains",
                "error name-clash /topologySpreadConstraints/1/topologyKey",
            ],
        ),
        (
            json!({ "extraVolumeMounts": [
                { "name": "tmp", "mountPath": "/etc//rqlite/" }, { "name": "tmp", "mountPath": "/x", "subPath": "../y" },
            ] }),
            vec![
                "error reserved-name /extraVolumeMounts/0/mountPath",
                "error invalid-value /extraVolumeMounts/1/subPath",
            ],
        ),
        // Pods
        (
            json!({ "terminationGracePeriodSeconds": 29 }),
            vec!["warning termination-too-short /terminationGracePeriodSeconds"],
        ),
        (
            json!({ "antiAffinity": { "host": "hard", "zone": "hard" } }),
            vec!["warning hard-anti-affinity /antiAffinity/zone", "warning hard-anti-affinity /antiAffinity/host"],
        ),
        (json!({ "antiAffinity": { "host": "hard" }, "affinity": {} }), vec![]),
        (
            json!({ "resources": {
                "requests": { "cpu": 2, "memory": "2Gi", "ephemeral-storage": "1G" },
                "limits": { "cpu": "1999m", "memory": "2G", "ephemeral-storage": "1Gi" },
            } }),
            vec!["error invalid-quantity /resources/limits/cpu", "error invalid-quantity /resources/limits/memory"],
        ),
        (
            json!({ "extraArgs": ["-fk=true", "-join=a:4002", "-raft-reap-node-timeout=1s", "-version"] }),
            vec![
                "error reserved-argument /extraArgs/1",
                "error reserved-argument /extraArgs/2",
                "error reserved-argument /extraArgs/3",
            ],
        ),
        (
            json!({ "extraEnv": [{ "name": "A", "value": "1" }, { "name": "A", "value": "2" }] }),
            vec!["error reserved-name /extraEnv/1"],
        ),
        (
            json!({ "extraEnv": [{ "name": "A", "value": "", "valueFrom": {} }] }),
            vec!["error invalid-value /extraEnv/0"],
        ),
        (
            json!({ "extraVolumes": [{ "name": "data" }, { "name": "x" }, { "name": "x" }, { "name": "scripts" }, { "name": "tmp" }] }),
            vec![
                "error reserved-name /extraVolumes/0/name",
                "error reserved-name /extraVolumes/2/name",
                "error reserved-name /extraVolumes/3/name",
                "error reserved-name /extraVolumes/4/name",
            ],
        ),
        (
            json!({ "extraContainers": [{ "name": "rqlite" }, { "name": "x" }], "extraInitContainers": [{ "name": "x" }] }),
            vec!["error reserved-name /extraContainers/0/name", "error reserved-name /extraInitContainers/0/name"],
        ),
        (
            json!({ "extraVolumeMounts": [{ "name": "nowhere", "mountPath": "/x" }] }),
            vec!["error dangling-reference /extraVolumeMounts/0/name"],
        ),
        (
            json!({ "extraVolumeMounts": [{ "name": "data", "mountPath": "/tmp/" }, { "name": "tmp", "mountPath": "/x" }] }),
            vec!["error reserved-name /extraVolumeMounts/0/mountPath"],
        ),
    ]
}

#[test]
fn each_mistake_is_found_once_under_its_code_and_setting() {
    for (values, expected) in cases() {
        let found = findings(&values);
        let found: Vec<_> =
            found.iter().map(|found| format!("{} {} {}", found.severity, found.code, found.path)).collect();
        assert_eq!(found, expected, "{values}");
    }
}

#[test]
fn every_finding_names_a_setting_that_exists() {
    let schema = schema::generate(Dialect::Draft2020);
    for finding in cases().iter().flat_map(|(values, _)| findings(values)) {
        let setting = pointer_keys(&finding.path).try_fold(&schema, |at, key| inner(at, &key, &schema));
        assert!(setting.is_some(), "there is no setting {}", finding.path);
    }
}

/// The schema of what a key or an index leads to.
fn inner<'a>(schema: &'a Value, key: &str, root: &'a Value) -> Option<&'a Value> {
    let named = schema.pointer("/properties").and_then(|properties| properties.get(key));
    let pattern = || schema.get("patternProperties")?.as_object()?.values().next();
    let entry = || schema.get("items").filter(|_| key.parse::<usize>().is_ok());
    let inner = named.or_else(pattern).or_else(entry)?;
    let reference = inner.get("$ref").or_else(|| inner.pointer("/anyOf/0/$ref")).and_then(Value::as_str);
    reference.map_or(Some(inner), |at| root.pointer(at.trim_start_matches('#')))
}

#[test]
fn every_code_of_the_rules_has_a_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let sources: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    let variants = sources.iter().flat_map(|source| source.split("Code::").skip(1));
    let variants = variants.map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default());
    let used: BTreeSet<String> = variants.map(str::to_owned).collect();
    let produced: BTreeSet<String> =
        cases().iter().flat_map(|(values, _)| findings(values)).map(|finding| format!("{:?}", finding.code)).collect();
    assert_eq!(used, produced);
    assert!(used.len() < Code::ALL.len());
}
