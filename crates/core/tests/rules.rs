//! Every rule, by values that break it: which code, how bad, and which setting it names.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]
#![expect(clippy::disallowed_methods, reason = "it reads the rules' own sources")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rqchart_core::diagnostic::{Code, Diagnostic, pointer_keys};
use rqchart_core::release::{ApiVersions, ChartInfo, KubeVersion, Release};
use rqchart_core::schema::{self, Dialect};
use rqchart_core::values::ApiVersion;
use rqchart_core::{rules, topology::Topology};
use serde_json::{Value, json};

fn findings(values: &Value) -> Vec<Diagnostic> {
    findings_for(KubeVersion::DEFAULT, values)
}

fn release() -> Release {
    let chart = ChartInfo { name: "rqlite".into(), version: "0.1.0".into(), app_version: "10.2.7".into() };
    Release::new("rqdb", "default", chart, KubeVersion::DEFAULT).unwrap()
}

fn findings_for(kube_version: KubeVersion, values: &Value) -> Vec<Diagnostic> {
    let mut release = release();
    release.kube_version = kube_version;
    let mut values = values.clone();
    // What is open to everybody has cases of its own, which say `auth`.
    values.as_object_mut().unwrap().entry("auth").or_insert_with(|| json!({ "existingSecret": "users" }));
    let values = schema::validate(&values).unwrap_or_else(|findings| panic!("{values}: {findings:?}"));
    rules::check(&Topology::resolve(values, &release))
}

fn bucket() -> Value {
    json!({ "bucket": "b", "path": "p" })
}

fn minio() -> Value {
    json!({ "bucket": "b", "path": "p", "endpoint": "minio:9000" })
}

fn gcs() -> Value {
    json!({ "bucket": "b", "name": "n", "credentialsSecret": { "name": "s" } })
}

/// A store of one's own, with keys.
fn store(endpoint: &str) -> Value {
    json!({ "bucket": "b", "path": "p", "endpoint": endpoint, "credentialsSecret": { "name": "s" } })
}

fn folder(dir: &str) -> Value {
    json!({ "dir": dir, "name": "db.sqlite" })
}

/// A probe that asks rqlited.
fn asking(path: &str) -> Value {
    json!({ "handler": { "httpGet": { "path": path, "port": "http" } } })
}

fn asking_https() -> Value {
    json!({ "handler": { "httpGet": { "path": "/readyz?noleader", "port": "http", "scheme": "HTTPS" } } })
}

/// Alerts, of which one fires when no backup is younger.
fn alerts(backup_age: &str) -> Value {
    json!({
        "exporter": { "enabled": true, "scrapers": [{ "podSelector": {} }] },
        "alerts": { "enabled": true, "thresholds": { "backupAge": backup_age } },
    })
}

/// The pods may get to these ports, and to nothing else.
fn open(ports: &[u16]) -> Value {
    let ports: Vec<_> = ports.iter().map(|port| json!({ "port": port })).collect();
    json!({ "egress": { "allowAll": false, "rules": [{ "ports": ports }] } })
}

/// A library that a volume brings, and a job that needs it.
fn library(source: &Value, mount: &Value) -> Value {
    let (mut volume, mut at) = (json!({ "name": "ext" }), json!({ "name": "ext", "mountPath": "/ext" }));
    volume.as_object_mut().unwrap().extend(source.as_object().unwrap().clone());
    at.as_object_mut().unwrap().extend(mount.as_object().unwrap().clone());
    json!({
        "rqlite": { "extensions": [{ "path": "/ext/foo.so" }] }, "backup": { "scheduled": { "schedule": "@daily" } },
        "extraVolumes": [volume], "extraVolumeMounts": [at],
    })
}

/// What auth needs, and more.
fn users(more: &Value) -> Value {
    let mut auth = json!({ "users": [], "anonymous": ["ready"], "probePassword": "p", "memberPassword": "m" });
    auth.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    auth
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
                "error name-too-long /fullnameOverride",
                "error name-too-long /services/client/name",
                "error name-too-long /services/headless/name",
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
        (json!({ "fullnameOverride": "httpdb" }), vec!["error invalid-name /fullnameOverride"]),
        (
            json!({ "fullnameOverride": "https", "readers": { "replicas": 2 } }),
            vec!["error invalid-name /fullnameOverride"],
        ),
        (json!({ "fullnameOverride": "my-httpdb", "nameOverride": "httpdb" }), vec![]),
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
        (
            json!({ "membership": { "recovery": { "survivor": 2, "attempt": "a" } } }),
            vec!["warning recovery-asked /membership/recovery"],
        ),
        (
            json!({ "membership": { "recovery": { "survivor": 3, "attempt": "a" } } }),
            vec!["error out-of-range /membership/recovery/survivor"],
        ),
        (json!({ "membership": { "readerGrace": "0s" } }), vec!["error out-of-range /membership/readerGrace"]),
        (json!({ "membership": { "readerGrace": "20s" } }), vec!["warning grace-too-short /membership/readerGrace"]),
        (
            json!({ "membership": { "grace": null, "prune": true }, "readers": { "replicas": 2 } }),
            vec!["warning scale-in-manual /membership/readerGrace"],
        ),
        (
            json!({ "membership": { "grace": null, "readerGrace": "2m", "prune": true }, "readers": { "replicas": 2 } }),
            vec![],
        ),
        // Readers
        (json!({ "readers": { "replicas": 2, "storage": { "ephemeral": true } } }), vec![]),
        (json!({ "readers": { "storage": { "ephemeral": true } } }), vec!["warning unused-value /readers"]),
        (
            json!({ "readers": { "replicas": 1, "autoscaling": { "targetCPUUtilizationPercentage": 80 } } }),
            vec!["error contradiction /readers/replicas"],
        ),
        (
            json!({ "readers": { "autoscaling": { "minReplicas": 7 } } }),
            vec!["error out-of-range /readers/autoscaling/maxReplicas", "error missing-key /readers/autoscaling"],
        ),
        (json!({ "readers": { "autoscaling": { "metrics": [{ "type": "External" }] } } }), vec![]),
        (
            json!({ "readers": {
                "autoscaling": { "targetCPUUtilizationPercentage": 80, "targetMemoryUtilizationPercentage": 80 },
                "resources": { "requests": { "cpu": null, "memory": 0 } },
            } }),
            vec![
                "error missing-key /readers/autoscaling/targetCPUUtilizationPercentage",
                "error missing-key /readers/autoscaling/targetMemoryUtilizationPercentage",
            ],
        ),
        (
            json!({ "readers": { "replicas": 2 }, "storage": { "localVolumes": {}, "storageClassName": "a" } }),
            vec!["error contradiction /storage/localVolumes", "warning volume-owner /storage/localVolumes"],
        ),
        (
            json!({
                "readers": { "replicas": 2, "storage": { "ephemeral": true } },
                "storage": { "localVolumes": {}, "storageClassName": "a" },
                "podSecurityContext": { "runAsNonRoot": false, "runAsUser": 0 },
            }),
            vec![],
        ),
        (
            json!({ "readers": { "replicas": 2, "podDisruptionBudget": { "minAvailable": "50%", "maxUnavailable": 1 } } }),
            vec!["error disruption-unsafe /readers/podDisruptionBudget/minAvailable"],
        ),
        // What is wrong for all pods is said once, what is wrong for readers alone at their setting.
        (
            json!({ "readers": { "replicas": 2 }, "storage": { "size": 0 }, "tolerations": [{ "value": "x" }] }),
            vec!["error invalid-quantity /storage/size", "error invalid-value /tolerations/0/operator"],
        ),
        (
            json!({ "readers": {
                "replicas": 2,
                "storage": { "size": 0 },
                "tolerations": [{ "value": "x" }],
                "antiAffinity": { "host": "hard" },
                "topologySpreadConstraints": [{ "topologyKey": "zone", "minDomains": 2 }],
                "resources": { "limits": { "cpu": "1m" } },
                "updateStrategy": { "type": "OnDelete", "partition": 1 },
                "podLabels": { "rqchart/pods-of": "x" },
            } }),
            vec![
                "error reserved-name /readers/podLabels/rqchart~1pods-of",
                "error invalid-quantity /readers/storage/size",
                "error unused-value /readers/updateStrategy/partition",
                "warning hard-anti-affinity /readers/antiAffinity/host",
                "error invalid-value /readers/tolerations/0/operator",
                "error unused-value /readers/topologySpreadConstraints/0/minDomains",
                "error invalid-quantity /readers/resources/limits/cpu",
            ],
        ),
        (
            json!({ "readers": { "replicas": 2, "service": { "name": "rqdb-client", "nodePort": 30000 } } }),
            vec!["error name-clash /readers/service/name", "error unused-value /readers/service/nodePort"],
        ),
        (
            json!({
                "readers": { "replicas": 2, "service": { "type": "NodePort", "nodePort": 30000 } },
                "services": { "client": { "type": "NodePort", "nodePort": 30000 } },
            }),
            vec!["error name-clash /readers/service/nodePort"],
        ),
        (
            json!({ "readers": { "replicas": 2 }, "hostAliases": [{ "ip": "192.0.2.1", "hostnames": ["rqdb-readers-1"] }] }),
            vec!["error reserved-name /hostAliases/0/hostnames/0"],
        ),
        (
            json!({ "readers": { "replicas": 2 }, "fullnameOverride": name(45) }),
            vec!["error name-too-long /fullnameOverride"],
        ),
        // Volumes
        (json!({ "storage": { "ephemeral": true } }), vec!["warning ephemeral-storage /storage/ephemeral"]),
        (json!({ "storage": { "size": 0 } }), vec!["error invalid-quantity /storage/size"]),
        (json!({ "storage": { "size": "1500m" } }), vec!["error invalid-quantity /storage/size"]),
        (json!({ "storage": { "size": "1.3Gi" } }), vec!["warning invalid-quantity /storage/size"]),
        (json!({ "storage": { "size": "1.5Gi" }, "resources": { "requests": { "cpu": "1500m" } } }), vec![]),
        (
            json!({
                "resources": { "requests": { "memory": "1500m" }, "limits": { "ephemeral-storage": "1.3Gi" } },
                "readers": { "replicas": 2, "storage": { "size": "2000m" }, "resources": { "limits": { "memory": "0.7Gi" } } },
                "metrics": {
                    "exporter": { "resources": { "requests": { "memory": "5000.5" } } },
                    "alerts": { "thresholds": { "walSize": "1m" } },
                },
                "rqlite": { "raft": { "snapshotWalSize": "4096m" } },
                "backup": { "scheduled": {
                    "schedule": "@daily", "volume": { "size": "10000m" }, "resources": { "limits": { "memory": "0.3Gi" } },
                } },
            }),
            vec![
                "error invalid-quantity /readers/storage/size",
                "error invalid-quantity /resources/requests/memory",
                "warning invalid-quantity /resources/limits/ephemeral-storage",
                "warning invalid-quantity /readers/resources/limits/memory",
                "warning invalid-quantity /backup/scheduled/resources/limits/memory",
                "warning invalid-quantity /metrics/exporter/resources/requests/memory",
                "error invalid-quantity /backup/scheduled/volume/size",
                "error invalid-quantity /metrics/alerts/thresholds/walSize",
                "error invalid-quantity /rqlite/raft/snapshotWalSize",
            ],
        ),
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
        (
            json!({ "podDisruptionBudget": { "minAvailable": 3 } }),
            vec!["warning drain-blocked /podDisruptionBudget/minAvailable"],
        ),
        (
            json!({ "replicas": 1, "podDisruptionBudget": { "minAvailable": 1 } }),
            vec!["warning single-voter /replicas", "warning drain-blocked /podDisruptionBudget/minAvailable"],
        ),
        // Two voters can spare none, so the chart's own budget lets none go either.
        (json!({ "replicas": 2, "podDisruptionBudget": { "minAvailable": 2 } }), vec!["warning even-voters /replicas"]),
        (
            json!({ "readers": { "replicas": 2, "podDisruptionBudget": { "minAvailable": 2 } } }),
            vec!["warning drain-blocked /readers/podDisruptionBudget/minAvailable"],
        ),
        (
            json!({ "readers": { "replicas": 2, "podDisruptionBudget": { "minAvailable": "100%" } } }),
            vec!["warning drain-blocked /readers/podDisruptionBudget/minAvailable"],
        ),
        (json!({ "readers": { "replicas": 2, "podDisruptionBudget": { "minAvailable": "50%" } } }), vec![]),
        (
            json!({ "readers": {
                "autoscaling": { "minReplicas": 2, "maxReplicas": 4, "targetCPUUtilizationPercentage": 80 },
                "podDisruptionBudget": { "minAvailable": 3 },
            } }),
            vec![],
        ),
        (
            json!({ "readers": {
                "autoscaling": { "minReplicas": 2, "maxReplicas": 4, "targetCPUUtilizationPercentage": 80 },
                "podDisruptionBudget": { "minAvailable": 4 },
            } }),
            vec!["warning drain-blocked /readers/podDisruptionBudget/minAvailable"],
        ),
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
        (
            json!({ "services": { "perPod": { "enabled": true, "type": "NodePort", "firstNodePort": 65533 } } }),
            vec!["warning out-of-range /services/perPod/firstNodePort"],
        ),
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
        (
            json!({ "services": { "client": {
                "loadBalancerClass": "example.com/lb", "loadBalancerSourceRanges": ["10.0.0.0/8"],
                "allocateLoadBalancerNodePorts": false, "healthCheckNodePort": 30001,
                "sessionAffinityTimeoutSeconds": 60,
            } } }),
            vec![
                "error unused-value /services/client/loadBalancerClass",
                "error unused-value /services/client/loadBalancerSourceRanges",
                "error unused-value /services/client/allocateLoadBalancerNodePorts",
                "error unused-value /services/client/healthCheckNodePort",
                "error unused-value /services/client/sessionAffinityTimeoutSeconds",
            ],
        ),
        (
            json!({ "services": { "client": { "externalIPs": ["192.0.2.1"], "externalTrafficPolicy": "Local" } } }),
            vec![],
        ),
        (
            json!({ "services": { "client": {
                "type": "LoadBalancer", "externalTrafficPolicy": "Local", "nodePort": 30001, "healthCheckNodePort": 30001,
            } } }),
            vec!["error name-clash /services/client/healthCheckNodePort"],
        ),
        (
            json!({ "services": {
                "headless": { "ipFamilies": ["IPv6", "IPv6"] },
                "client": { "ipFamilies": ["IPv6", "IPv4"], "ipFamilyPolicy": "SingleStack", "clusterIP": "10.0.0.1" },
            } }),
            vec![
                "error name-clash /services/headless/ipFamilies",
                "error invalid-value /services/client/ipFamilies",
                "error invalid-value /services/client/clusterIP",
            ],
        ),
        (json!({ "services": { "client": { "ipFamilies": ["IPv6"], "clusterIP": "fd00::1" } } }), vec![]),
        (json!({ "services": { "perPod": { "annotations": { "a": "{pods}" } } } }), vec![]),
        (
            json!({ "services": { "perPod": { "enabled": true, "annotations": { "a/b": "{pod} {Ordinal}" } } } }),
            vec!["warning unknown-placeholder /services/perPod/annotations/a~1b"],
        ),
        (
            json!({ "services": { "perPod": { "advertise": "db.example.com:4001" } } }),
            vec!["error name-clash /services/perPod/advertise"],
        ),
        (
            json!({ "replicas": 1, "services": { "perPod": { "advertise": "db.example.com:4001" } } }),
            vec!["warning single-voter /replicas"],
        ),
        (json!({ "services": { "perPod": { "advertise": "db.example.com:6553{ordinal}" } } }), vec![]),
        (
            json!({ "services": { "perPod": { "advertise": "db:{ordinal}" } } }),
            vec!["error out-of-range /services/perPod/advertise"],
        ),
        (
            json!({ "replicas": 7, "services": { "perPod": { "advertise": "db.example.com:6553{ordinal}" } } }),
            vec!["error out-of-range /services/perPod/advertise"],
        ),
        (
            json!({ "services": { "perPod": { "advertise": "HTTP{ordinal}.example.com:4001" } } }),
            vec!["error invalid-value /services/perPod/advertise"],
        ),
        (
            json!({ "services": { "perPod": { "advertise": "0.0.0.{ordinal}:4001" } } }),
            vec!["error invalid-value /services/perPod/advertise"],
        ),
        (json!({ "services": { "perPod": { "advertise": "10.0.0.{ordinal}:4001" } } }), vec![]),
        (
            json!({ "services": { "client": { "externalIPs": [
                "192.0.2.1", "127.0.0.1", "169.254.0.1", "224.0.0.251", "0.0.0.0", "::1", "fe80::1", "ff02::1", "::", "::ffff:7f00:1", "ff05::1",
            ] } } }),
            vec![
                "error invalid-value /services/client/externalIPs/1",
                "error invalid-value /services/client/externalIPs/2",
                "error invalid-value /services/client/externalIPs/3",
                "error invalid-value /services/client/externalIPs/4",
                "error invalid-value /services/client/externalIPs/5",
                "error invalid-value /services/client/externalIPs/6",
                "error invalid-value /services/client/externalIPs/7",
                "error invalid-value /services/client/externalIPs/8",
                "error invalid-value /services/client/externalIPs/9",
            ],
        ),
        // Routes
        (
            json!({
                "tls": { "client": { "secretName": "a", "mutual": true } },
                "ingress": { "hosts": [{ "host": "a.example" }], "tls": [{ "secretName": "b" }] },
                "gateway": {
                    "httpRoute": { "parentRefs": [{ "name": "g" }] },
                    "tlsRoute": { "parentRefs": [{ "name": "g" }], "hostnames": ["a.example"] },
                },
            }),
            vec!["warning contradiction /ingress/hosts", "warning contradiction /gateway/httpRoute/parentRefs"],
        ),
        (
            json!({
                "tls": { "client": { "secretName": "a", "mutual": true } },
                "ingress": {
                    "hosts": [{ "host": "a.example" }],
                    "annotations": { "nginx.ingress.kubernetes.io/proxy-ssl-secret": "default/a" },
                },
                "gateway": { "httpRoute": { "parentRefs": [{ "name": "g" }] } },
                "extraObjects": [{ "apiVersion": "gateway.networking.k8s.io/v1", "kind": "BackendTLSPolicy", "metadata": { "name": "a" } }],
            }),
            vec![],
        ),
        (
            json!({
                "services": { "client": { "enabled": false } },
                "ingress": { "hosts": [{ "host": "a.example" }], "tls": [{ "secretName": "b" }] },
                "gateway": {
                    "httpRoute": { "parentRefs": [{ "name": "g" }] },
                    "tlsRoute": { "parentRefs": [{ "name": "g" }], "hostnames": ["a.example"] },
                },
            }),
            vec![
                "error dangling-reference /ingress/hosts",
                "error dangling-reference /gateway/httpRoute/parentRefs",
                "error dangling-reference /gateway/tlsRoute/parentRefs",
            ],
        ),
        (
            json!({ "ingress": {
                "hosts": [
                    { "host": "a.example", "paths": [{ "path": "/db" }, { "path": "/a//b" }] }, { "host": "a.example" },
                ],
                "tls": [{ "hosts": ["*.example", "a.example", "b.example", "*.a.example"] }],
            } }),
            vec![
                "error name-clash /ingress/hosts/1/host",
                "error unused-value /ingress/tls/0/hosts/2",
                "error unused-value /ingress/tls/0/hosts/3",
                "error invalid-value /ingress/hosts/0/paths/1/path",
            ],
        ),
        (
            json!({ "gateway": {
                "httpRoute": {
                    "parentRefs": [{ "name": "g" }], "hostnames": vec!["a.example"; 17], "paths": [{ "path": "/a/.." }],
                },
                "tlsRoute": { "parentRefs": [{ "name": "g" }] },
            } }),
            vec![
                "error invalid-value /gateway/httpRoute/paths/0/path",
                "error out-of-range /gateway/httpRoute/hostnames",
                "error missing-key /gateway/tlsRoute/hostnames",
            ],
        ),
        (
            json!({ "gateway": {
                "httpRoute": { "parentRefs": [
                    { "name": "g", "sectionName": "a" }, { "name": "g", "sectionName": "b" }, { "name": "g", "port": 443 },
                    { "name": "g", "kind": "ListenerSet" }, { "name": "g", "namespace": "x" },
                ] },
            } }),
            vec!["error name-clash /gateway/httpRoute/parentRefs/2"],
        ),
        (
            json!({
                "ingress": { "className": "nginx", "tls": [{ "secretName": "a" }] },
                "gateway": {
                    "httpRoute": { "hostnames": ["a.example"], "paths": [{ "path": "/a" }] },
                    "tlsRoute": { "hostnames": ["a.example"] },
                },
            }),
            vec![
                "error unused-value /ingress/className",
                "error unused-value /ingress/tls",
                "error unused-value /gateway/httpRoute/hostnames",
                "error unused-value /gateway/httpRoute/paths",
                "error unused-value /gateway/tlsRoute/hostnames",
            ],
        ),
        // The network policy
        (
            json!({ "networkPolicy": {
                "labels": { "rqchart/pods-of": "x" },
                "clients": [{}, { "podSelector": {}, "ipBlock": { "cidr": "10.0.0.0/8" } }, { "namespaceSelector": {} }],
            } }),
            vec![
                "error reserved-name /networkPolicy/labels/rqchart~1pods-of",
                "error invalid-value /networkPolicy/clients/0",
                "error invalid-value /networkPolicy/clients/1",
            ],
        ),
        (
            json!({ "networkPolicy": { "ingress": [{ "from": [{
                "podSelector": { "matchExpressions": [{ "key": "a" }, { "key": "a", "operator": "NotIn", "values": ["b"] }] },
                "namespaceSelector": { "matchExpressions": [{ "key": "a", "operator": "Exists", "values": ["b"] }] },
            }], "ports": [{ "endPort": 1 }, { "port": 2, "endPort": 1 }, { "port": 2, "endPort": 2 }] }] } }),
            vec![
                "error missing-key /networkPolicy/ingress/0/from/0/podSelector/matchExpressions/0/values",
                "error unused-value /networkPolicy/ingress/0/from/0/namespaceSelector/matchExpressions/0/values",
                "error invalid-value /networkPolicy/ingress/0/ports/0/endPort",
                "error out-of-range /networkPolicy/ingress/0/ports/1/endPort",
            ],
        ),
        (
            json!({ "networkPolicy": { "egress": { "allowAll": false, "rules": [{ "to": [
                { "ipBlock": { "cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "::/1", "0.0.0.0/0"] } },
                { "ipBlock": { "cidr": "fd00::/8", "except": ["fd12::/16", "fe00::/16"] } },
                { "ipBlock": { "cidr": "10.0.0.0/8", "except": ["10.255.0.1/32", "11.0.0.0/9"] } },
            ] }] } } }),
            vec![
                "error invalid-value /networkPolicy/egress/rules/0/to/0/ipBlock/except/1",
                "error invalid-value /networkPolicy/egress/rules/0/to/0/ipBlock/except/2",
                "error invalid-value /networkPolicy/egress/rules/0/to/1/ipBlock/except/1",
                "error invalid-value /networkPolicy/egress/rules/0/to/2/ipBlock/except/1",
            ],
        ),
        (
            json!({
                "extraContainers": [{ "name": "x", "ports": [
                    { "containerPort": 9000 }, { "containerPort": 9001 }, { "containerPort": 9004 },
                ] }],
                "networkPolicy": { "ingress": [{ "ports": [{ "port": 9001, "endPort": 9003 }] }] },
            }),
            vec!["warning blocked-port /extraContainers/0", "warning blocked-port /extraContainers/0"],
        ),
        (
            json!({ "extraContainers": [{ "name": "x", "ports": [{ "containerPort": 9000 }] }],
                "networkPolicy": { "ingress": [{}] } }),
            vec![],
        ),
        (
            json!({ "extraContainers": [{ "name": "x", "ports": [{ "containerPort": 9000 }] }],
                "networkPolicy": { "enabled": false } }),
            vec![],
        ),
        (
            json!({
                "extraContainers": [
                    { "name": "a", "ports": [{ "containerPort": 4001, "protocol": "UDP" }, { "name": "raft", "containerPort": 9000 }] },
                    { "name": "b", "ports": [{ "name": "x", "containerPort": 9001 }, { "name": "y", "containerPort": 9001 }] },
                    { "name": "c", "ports": [{ "containerPort": 9001 }, { "name": "metrics", "containerPort": 9002 }] },
                ],
                "networkPolicy": { "enabled": false },
            }),
            vec!["warning name-clash /extraContainers/0", "error name-clash /extraContainers/2"],
        ),
        (
            json!({
                "metrics": { "exporter": { "enabled": true, "port": 4002 } },
                "networkPolicy": { "enabled": false },
                "extraContainers": [{ "name": "a", "ports": [{ "name": "metrics", "containerPort": 4001 }] }],
            }),
            vec![
                "warning open-access /metrics/exporter/scrapers",
                "error name-clash /metrics/exporter/port",
                "error name-clash /extraContainers/0",
            ],
        ),
        (
            json!({ "networkPolicy": { "egress": { "rules": [{}] } } }),
            vec!["error unused-value /networkPolicy/egress/rules"],
        ),
        (
            json!({ "networkPolicy": { "egress": { "allowAll": false, "dnsPorts": [] } } }),
            vec!["error blocked-port /networkPolicy/egress/dnsPorts"],
        ),
        (
            json!({ "networkPolicy": { "egress": {
                "allowAll": false, "dnsPorts": [], "rules": [{ "ports": [{ "port": 443 }] }],
            } } }),
            vec!["error blocked-port /networkPolicy/egress/dnsPorts"],
        ),
        // Whoever names the DNS server itself.
        (
            json!({ "networkPolicy": { "egress": { "allowAll": false, "dnsPorts": [], "rules": [
                { "to": [{ "namespaceSelector": {} }], "ports": [{ "port": 8053, "protocol": "UDP" }] },
            ] } } }),
            vec![],
        ),
        (json!({ "networkPolicy": { "egress": { "allowAll": false, "dnsPorts": [], "rules": [{}] } } }), vec![]),
        (json!({ "networkPolicy": { "egress": { "dnsPorts": [] } } }), vec![]),
        // Kubernetes' own rules
        (
            json!({ "storage": { "accessModes": ["ReadWriteOncePod", "ReadWriteOnce"] } }),
            vec!["error invalid-value /storage/accessModes"],
        ),
        (
            json!({ "storage": { "storageClassName": "a", "localVolumes": { "pathPrefix": "/srv/../pv" } } }),
            vec!["error invalid-value /storage/localVolumes/pathPrefix", "warning volume-owner /storage/localVolumes"],
        ),
        (
            json!({ "storage": { "storageClassName": "a", "localVolumes": { "pathPrefix": "/srv/.." } } }),
            vec!["warning volume-owner /storage/localVolumes"],
        ),
        (
            json!({
                "storage": { "localVolumes": {}, "selector": { "matchLabels": { "a": "b" }, "matchExpressions": [
                    { "key": "a", "operator": "Exists" }, { "key": "c", "operator": "DoesNotExist" },
                ] } },
                "securityContext": { "runAsUser": 0, "runAsNonRoot": false },
            }),
            vec!["error missing-key /storage/storageClassName"],
        ),
        (
            json!({
                "storage": { "storageClassName": "a", "localVolumes": {}, "selector": { "matchExpressions": [
                    { "key": "a", "operator": "Exists" },
                ] } },
                "securityContext": { "runAsUser": 0, "runAsNonRoot": false },
            }),
            vec!["error contradiction /storage/selector/matchExpressions"],
        ),
        (
            json!({ "podSecurityContext": { "fsGroup": null } }),
            vec!["warning volume-owner /podSecurityContext/fsGroup"],
        ),
        (
            json!({ "podSecurityContext": { "fsGroup": null }, "storage": { "ephemeral": true } }),
            vec!["warning ephemeral-storage /storage/ephemeral"],
        ),
        (
            json!({ "podSecurityContext": { "runAsUser": null } }),
            vec!["warning missing-key /podSecurityContext/runAsUser"],
        ),
        // As OpenShift wants it.
        (json!({ "podSecurityContext": { "runAsUser": null, "runAsGroup": null, "fsGroup": null } }), vec![]),
        (json!({ "podSecurityContext": { "runAsUser": null }, "securityContext": { "runAsUser": 5 } }), vec![]),
        (
            json!({ "podSecurityContext": { "seccompProfile": { "type": "Localhost", "localhostProfile": "a/../b" } } }),
            vec!["error invalid-value /podSecurityContext/seccompProfile/localhostProfile"],
        ),
        (
            json!({ "securityContext": { "seccompProfile": { "type": "Localhost", "localhostProfile": "/a" } } }),
            vec!["error invalid-value /securityContext/seccompProfile/localhostProfile"],
        ),
        (
            json!({ "auth": { "existingSecret": "a" }, "ingress": { "hosts": [{ "host": "a.b" }] } }),
            vec!["warning plain-passwords /ingress/hosts"],
        ),
        (
            json!({
                "auth": { "existingSecret": "a" },
                "ingress": { "hosts": [{ "host": "a.b" }], "annotations": { "cloud.example.com/certificate": "c" } },
            }),
            vec![],
        ),
        (
            json!({
                "auth": { "existingSecret": "a" }, "tls": { "client": { "secretName": "c" } },
                "ingress": { "className": "traefik", "hosts": [{ "host": "a.b" }], "tls": [{ "secretName": "d" }] },
            }),
            vec!["warning contradiction /ingress/className"],
        ),
        (
            json!({
                "auth": { "existingSecret": "a" }, "tls": { "client": { "secretName": "c" } },
                "ingress": { "className": "traefik", "hosts": [{ "host": "a.b" }], "tls": [{ "secretName": "d" }] },
                "services": { "client": { "annotations": { "traefik.example.com/scheme": "https" } } },
            }),
            vec![],
        ),
        (
            json!({
                "auth": { "existingSecret": "a" }, "tls": { "client": { "secretName": "c" } },
                "ingress": { "className": "my-nginx", "hosts": [{ "host": "a.b" }], "tls": [{ "secretName": "d" }] },
            }),
            vec![],
        ),
        (
            json!({ "podDisruptionBudget": { "maxUnavailable": 0 } }),
            vec!["warning drain-blocked /podDisruptionBudget/maxUnavailable"],
        ),
        (
            json!({ "readers": { "replicas": 2, "podDisruptionBudget": { "maxUnavailable": "0%" } } }),
            vec!["warning drain-blocked /readers/podDisruptionBudget/maxUnavailable"],
        ),
        (
            json!({ "auth": { "existingSecret": "a", "anonymous": ["ready"] } }),
            vec!["error contradiction /auth/anonymous"],
        ),
        (
            json!({
                "extraContainers": [{ "name": "a", "image": "b", "ports": [{ "containerPort": 9000 }] }],
                "networkPolicy": { "ingress": [{ "ports": [{ "protocol": "UDP", "port": 9000 }] }] },
            }),
            vec!["warning blocked-port /extraContainers/0"],
        ),
        (
            json!({
                "extraContainers": [{ "name": "a", "image": "b", "ports": [{ "containerPort": 9000, "protocol": "UDP" }] }],
                "networkPolicy": { "ingress": [{ "ports": [{ "protocol": "UDP", "port": 9000 }] }] },
            }),
            vec![],
        ),
        (
            json!({ "cdc": { "endpoint": "https://a", "tableFilter": "a**", "transmitMaxRetries": 3 } }),
            vec!["error invalid-value /cdc/tableFilter"],
        ),
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
        // Who asks rqlited by HTTP has no password and no certificate.
        (json!({ "startupProbe": asking("/readyz?noleader") }), vec!["warning probe-fails /startupProbe/handler"]),
        (json!({ "auth": users(&json!({})), "startupProbe": asking("/readyz?noleader") }), vec![]),
        (
            json!({ "auth": users(&json!({})), "readinessProbe": asking("/status") }),
            vec!["error probe-fails /readinessProbe/handler"],
        ),
        (
            json!({ "startupProbe": { "handler": { "httpGet": {
                "path": "/readyz", "port": 4001, "httpHeaders": [{ "name": "authorization", "value": "Basic eDp5" }],
            } } } }),
            vec![],
        ),
        (
            json!({ "auth": {}, "tls": { "client": { "secretName": "s" } }, "startupProbe": asking("/readyz?noleader") }),
            vec!["error probe-fails /startupProbe/handler"],
        ),
        (json!({ "auth": {}, "tls": { "client": { "secretName": "s" } }, "startupProbe": asking_https() }), vec![]),
        (
            json!({ "auth": {}, "tls": { "client": { "secretName": "s", "mutual": true } }, "startupProbe": asking_https() }),
            vec!["error probe-fails /startupProbe/handler"],
        ),
        (json!({ "auth": {}, "startupProbe": asking_https() }), vec!["error probe-fails /startupProbe/handler"]),
        (json!({ "auth": {}, "livenessProbe": asking("/readyz") }), vec!["warning probe-fails /livenessProbe/handler"]),
        (json!({ "auth": {}, "livenessProbe": asking("/readyz?sync&noleader") }), vec![]),
        (json!({ "auth": {}, "readinessProbe": asking("/readyz") }), vec![]),
        (json!({ "livenessProbe": { "handler": { "httpGet": { "path": "/", "port": 9000 } } } }), vec![]),
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
                { "name": "tmp", "mountPath": "/etc/rqlite/./more" }, { "name": "tmp", "mountPath": "/etc/rqlite-more" },
                { "name": "tmp", "mountPath": "/tmp/more" }, { "name": "tmp", "mountPath": "/opt/../etc/rqlite" },
                { "name": "tmp", "mountPath": "/rqlite/file/data" },
            ] }),
            vec![
                "error reserved-name /extraVolumeMounts/0/mountPath",
                "error invalid-value /extraVolumeMounts/1/subPath",
                "error reserved-name /extraVolumeMounts/2/mountPath",
                "error reserved-name /extraVolumeMounts/5/mountPath",
                "error reserved-name /extraVolumeMounts/6/mountPath",
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
        // Access
        (
            json!({ "auth": {
                "existingSecret": "users",
                "users": [{ "username": "*", "password": "x", "permissions": [] }, { "username": "rqchart-probe", "password": "x", "permissions": ["all"] }],
            } }),
            vec![
                "error contradiction /auth/existingSecret",
                "error reserved-name /auth/users/0/username",
                "error reserved-name /auth/users/1/username",
            ],
        ),
        (json!({ "auth": { "probePassword": "x" } }), vec!["error unused-value /auth/probePassword"]),
        (
            json!({ "auth": { "anonymous": ["ready", "status", "query"], "probePassword": "x", "memberPassword": "x" } }),
            vec!["warning open-access /auth/anonymous"],
        ),
        (
            json!({ "auth": {}, "services": { "client": { "type": "LoadBalancer" }, "perPod": { "enabled": true, "type": "NodePort" } } }),
            vec!["warning open-access /services/client/type", "warning open-access /services/perPod/type"],
        ),
        (
            json!({ "services": { "client": { "type": "LoadBalancer" } }, "auth": { "existingSecret": "users" } }),
            vec![],
        ),
        (
            json!({ "tls": { "client": {}, "node": { "secretName": "a", "issuer": { "name": "b" }, "commonName": "x" } } }),
            vec![
                "error missing-key /tls/client",
                "error contradiction /tls/node/issuer",
                "error unused-value /tls/node/commonName",
            ],
        ),
        (
            json!({
                "auth": { "existingSecret": "users" },
                "extraVolumes": [{ "name": "auth" }],
                "extraVolumeMounts": [{ "name": "auth", "mountPath": "/etc/rqlite-auth" }],
                "extraArgs": ["-auth=/x"],
            }),
            vec![
                "error reserved-argument /extraArgs/0",
                "error reserved-name /extraVolumes/0/name",
                "error reserved-name /extraVolumeMounts/0/mountPath",
            ],
        ),
        // rqlited's flags
        (
            json!({ "rqlite": { "foreignKeys": true }, "extraArgs": ["-fk=false", "-raft-log-levle=INFO", "-zzz"] }),
            vec![
                "error reserved-argument /extraArgs/0",
                "error unknown-flag /extraArgs/1",
                "error unknown-flag /extraArgs/2",
            ],
        ),
        (json!({ "extraArgs": ["-raft-timeout=1s"] }), vec!["error unknown-flag /extraArgs/0"]),
        (
            json!({ "image": { "tag": "8.43.4" }, "backup": { "automatic": { "file": { "dir": "/rqlite/file/b", "name": "b" } } } }),
            vec!["error unknown-flag /backup/automatic/file", "warning untried-version /image/tag"],
        ),
        (
            json!({ "image": { "tag": "9.4.1" }, "rqlite": { "database": { "maxReadOnlyConnections": 9 } }, "extraArgs": ["-raft-timeout=1s"] }),
            vec!["warning untried-version /image/tag", "error unknown-flag /rqlite/database/maxReadOnlyConnections"],
        ),
        (json!({ "image": { "tag": "7.21.4" } }), vec!["warning untried-version /image/tag"]),
        (json!({ "image": { "tag": "latest" }, "extraArgs": ["-raft-timeout=1s"] }), vec![]),
        (
            json!({ "extraArgs": [
                "-raft-log-level", "-raft-snap=abc", "-fk=maybe", "-raft-snap-int=10", "-write-queue-capacity=1.5", "-raft-snap-wal-size=-1",
            ] }),
            vec![
                "error invalid-value /extraArgs/0",
                "error invalid-value /extraArgs/1",
                "error invalid-value /extraArgs/2",
                "error invalid-value /extraArgs/3",
                "error invalid-value /extraArgs/4",
                "error invalid-value /extraArgs/5",
            ],
        ),
        (
            json!({ "extraArgs": ["-fk", "-write-queue-tx=T", "-raft-snap=0x_10", "-raft-snap-int=1m.5s", "-write-queue-capacity=1_000"] }),
            vec![],
        ),
        (
            json!({ "extraArgs": ["-http-cert=/x", "-http-key=/x", "-auth=/x", "-node-cert=/x", "-http-verify-client"] }),
            vec![
                "error reserved-argument /extraArgs/0",
                "error reserved-argument /extraArgs/1",
                "error reserved-argument /extraArgs/2",
                "error reserved-argument /extraArgs/3",
                "error reserved-argument /extraArgs/4",
            ],
        ),
        (
            json!({ "rqlite": { "raft": { "heartbeatTimeout": "2s" } } }),
            vec!["error invalid-value /rqlite/raft/heartbeatTimeout"],
        ),
        (
            json!({ "rqlite": { "raft": { "heartbeatTimeout": "2s", "electionTimeout": "1500ms" } } }),
            vec!["error invalid-value /rqlite/raft/electionTimeout"],
        ),
        (json!({ "rqlite": { "raft": { "heartbeatTimeout": "2s", "electionTimeout": "2s" } } }), vec![]),
        (
            json!({ "rqlite": { "raft": { "leaderLeaseTimeout": "1001ms" } } }),
            vec!["error invalid-value /rqlite/raft/leaderLeaseTimeout"],
        ),
        (
            json!({ "rqlite": { "raft": { "heartbeatTimeout": "400ms" } } }),
            vec!["error invalid-value /rqlite/raft/heartbeatTimeout"],
        ),
        (
            json!({ "rqlite": { "raft": { "snapshotInterval": "4ms", "commitTimeout": "0s" } } }),
            vec!["error invalid-value /rqlite/raft/snapshotInterval"],
        ),
        (
            json!({ "rqlite": { "extensions": [{ "path": "/opt/extensions/sqlean.zip" }, { "builtin": "icu" }], "profiles": { "cpu": "/tmp/cpu" } } }),
            vec![],
        ),
        (
            json!({ "lifecycle": { "postStart": { "sleep": { "seconds": 100 } } }, "terminationGracePeriodSeconds": 90 }),
            vec!["error out-of-range /lifecycle/postStart"],
        ),
        (
            json!({ "securityContext": { "capabilities": { "add": ["NET_ADMIN", "CAP_SYS_ADMIN"] } } }),
            vec!["error contradiction /securityContext/capabilities/add/1"],
        ),
        (
            json!({ "securityContext": { "allowPrivilegeEscalation": true, "capabilities": { "add": ["CAP_SYS_ADMIN"] } } }),
            vec![],
        ),
        (
            json!({ "gateway": { "httpRoute": {
                "parentRefs": (0..33).map(|i| json!({ "name": format!("g{i}") })).collect::<Vec<_>>(),
                "paths": vec![json!({ "path": "/db" }); 65],
            } } }),
            vec!["error out-of-range /gateway/httpRoute/parentRefs", "error out-of-range /gateway/httpRoute/paths"],
        ),
        (
            json!({ "rqlite": { "profiles": { "cpu": "/tmp/../rqlite/file/data/raft.db" } } }),
            vec!["error dangling-reference /rqlite/profiles/cpu"],
        ),
        (
            json!({ "rqlite": { "extensions": [{ "path": "/opt/extensionsx/a.zip" }], "profiles": { "trace": "/tmp" } } }),
            vec!["error dangling-reference /rqlite/profiles/trace", "error dangling-reference /rqlite/extensions"],
        ),
        (
            json!({
                "rqlite": { "extensions": [{ "path": "/ext" }], "profiles": { "memory": "/ext/memory" } },
                "extraVolumes": [{ "name": "ext", "emptyDir": {} }],
                "extraVolumeMounts": [{ "name": "ext", "mountPath": "/ext" }],
            }),
            vec![],
        ),
        (
            json!({ "rqlite": { "extensions": [
                {}, { "builtin": "icu", "path": "/opt/extensions/misc.zip" }, { "configMap": { "name": "own", "key": "icu.zip" } },
                { "builtin": "icu" },
            ] } }),
            vec![
                "error invalid-value /rqlite/extensions/0",
                "error invalid-value /rqlite/extensions/1",
                "error name-clash /rqlite/extensions/3",
            ],
        ),
        (
            json!({ "rqlite": { "extensions": [{ "image": { "reference": "x:1", "path": "/a.so" } }] } }),
            vec!["warning kubernetes-too-old /rqlite/extensions/0/image"],
        ),
        // Metrics
        (
            json!({ "metrics": {
                "exporter": { "scrapers": [{ "podSelector": {} }], "scrapeAnnotations": true },
                "podMonitor": { "enabled": true }, "alerts": { "enabled": true }, "dashboard": { "enabled": true },
            } }),
            vec![
                "error unused-value /metrics/podMonitor/enabled",
                "error unused-value /metrics/alerts/enabled",
                "error unused-value /metrics/dashboard/enabled",
                "error unused-value /metrics/exporter/scrapeAnnotations",
                "error unused-value /metrics/exporter/scrapers",
            ],
        ),
        (
            json!({ "metrics": { "exporter": { "enabled": true } } }),
            vec!["warning open-access /metrics/exporter/scrapers"],
        ),
        (json!({ "metrics": { "exporter": { "enabled": true, "scrapers": [{ "podSelector": {} }] } } }), vec![]),
        (
            json!({ "metrics": { "exporter": { "enabled": true, "scrapers": [{}] } } }),
            vec!["error invalid-value /metrics/exporter/scrapers/0"],
        ),
        (
            json!({
                "metrics": { "exporter": { "enabled": true, "scrapers": [{ "podSelector": {} }] } },
                "networkPolicy": { "enabled": false },
            }),
            vec!["error unused-value /metrics/exporter/scrapers", "warning open-access /metrics/exporter/scrapers"],
        ),
        (
            json!({ "metrics": { "podMonitor": { "interval": "5s" } } }),
            vec!["error invalid-value /metrics/podMonitor/scrapeTimeout"],
        ),
        (
            json!({ "metrics": alerts("0s"), "backup": { "automatic": { "s3": bucket() } } }),
            vec!["error invalid-value /metrics/alerts/thresholds/backupAge"],
        ),
        (
            json!({ "metrics": alerts("59m"), "backup": { "automatic": { "s3": bucket(), "interval": "1h" } } }),
            vec!["error contradiction /metrics/alerts/thresholds/backupAge"],
        ),
        (json!({ "metrics": alerts("61m"), "backup": { "automatic": { "s3": bucket(), "interval": "1h" } } }), vec![]),
        (json!({ "metrics": alerts("0s") }), vec![]),
        (
            json!({ "metrics": { "otlp": { "endpoint": "collector:4317", "interval": "1m" } } }),
            vec!["error unknown-flag /metrics/otlp/endpoint", "error unknown-flag /metrics/otlp/interval"],
        ),
        (
            json!({
                "image": { "tag": "10.3.0" },
                "metrics": { "otlp": { "endpoint": "collector:4317", "insecure": true, "caSecretName": "ca" } },
            }),
            vec!["error contradiction /metrics/otlp/caSecretName"],
        ),
        (
            json!({ "image": { "tag": "10.3.0" }, "metrics": { "otlp": { "interval": "0s" } } }),
            vec!["error unused-value /metrics/otlp/interval", "error invalid-value /metrics/otlp/interval"],
        ),
        // Change data capture
        (
            json!({ "cdc": { "endpoint": "https://example.com/" } }),
            vec!["warning unbounded-queue /cdc/transmitMaxRetries"],
        ),
        (json!({ "cdc": { "rowIdsOnly": true } }), vec!["error unused-value /cdc"]),
        (
            json!({ "cdc": {
                "endpoint": "http://me:secret@example.com/", "endpointSecret": { "name": "x" }, "transmitMaxRetries": 9,
                "tableFilter": "(", "maxBackoff": "1s", "minBackoff": "2s", "maxBatchDelay": "0s",
                "tls": { "insecureSkipVerify": true, "serverName": "example.com" },
            } }),
            vec![
                "error contradiction /cdc/endpointSecret",
                "error invalid-value /cdc/endpoint",
                "error unused-value /cdc/tls",
                "error contradiction /cdc/tls/insecureSkipVerify",
                "error invalid-value /cdc/tableFilter",
                "error unused-value /cdc/maxBackoff",
                "error invalid-value /cdc/maxBackoff",
                "error invalid-value /cdc/maxBatchDelay",
            ],
        ),
        (
            json!({
                "cdc": { "endpoint": "https://example.com/a:1", "transmitMaxRetries": 9, "tableFilter": "^\\pL$" },
                "networkPolicy": { "egress": { "allowAll": false, "rules": [{ "ports": [{ "port": 80 }] }] } },
            }),
            vec!["warning blocked-port /cdc/endpoint"],
        ),
        (
            json!({
                "cdc": { "endpoint": "https://example.com:8443", "transmitMaxRetries": 9 },
                "networkPolicy": { "egress": { "allowAll": false, "rules": [{ "ports": [{ "port": 8443 }] }] } },
            }),
            vec![],
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
            json!({ "storage": { "dataSourceRef": { "apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "s" } } }),
            vec!["warning copied-volumes /storage/dataSourceRef"],
        ),
        (
            json!({ "storage": { "ephemeral": true, "dataSourceRef": { "apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "s" } } }),
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
        // Copies of the database
        (json!({ "backup": { "automatic": { "s3": bucket() } } }), vec![]),
        (
            json!({ "backup": { "automatic": { "interval": "1h" } }, "restore": { "timeout": "1m" } }),
            vec!["error missing-key /backup/automatic", "error missing-key /restore"],
        ),
        (
            json!({ "backup": { "automatic": { "s3": bucket(), "gcs": gcs(), "file": folder("/rqlite/file/b") } } }),
            vec!["error contradiction /backup/automatic/gcs", "error contradiction /backup/automatic/file"],
        ),
        (
            json!({ "backup": { "automatic": { "s3": bucket(), "interval": "0s" } }, "restore": { "gcs": gcs(), "timeout": "0s" } }),
            vec!["error out-of-range /backup/automatic/interval", "error out-of-range /restore/timeout"],
        ),
        (
            json!({ "backup": { "automatic": { "s3": minio() } } }),
            vec!["warning missing-key /backup/automatic/s3/credentialsSecret"],
        ),
        (
            json!({ "backup": { "automatic": { "s3": minio() } }, "extraEnv": [{ "name": "AWS_PROFILE", "value": "x" }] }),
            vec![],
        ),
        (
            json!({ "backup": { "automatic": { "s3": minio() } }, "serviceAccount": { "annotations": { "a": "b" } } }),
            vec![],
        ),
        (json!({ "backup": { "automatic": { "file": folder("/rqlite/file/backups") } } }), vec![]),
        (
            json!({ "backup": { "automatic": { "file": folder("/rqlite/file/data/backups") } } }),
            vec!["error reserved-name /backup/automatic/file/dir"],
        ),
        (
            json!({ "backup": { "automatic": { "file": folder("/rqlite//file/./data/raft") } } }),
            vec!["error reserved-name /backup/automatic/file/dir"],
        ),
        (
            json!({ "backup": { "automatic": { "file": folder("/rqlite/file/backups/../data") } } }),
            vec!["error invalid-value /backup/automatic/file/dir"],
        ),
        (
            json!({ "backup": { "automatic": { "file": folder("/mnt/backups/here") } } }),
            vec!["error dangling-reference /backup/automatic/file/dir"],
        ),
        (
            json!({ "backup": { "automatic": { "file": folder("/mnt/backups/here") } }, "extraVolumes": [{ "name": "b" }],
                "extraVolumeMounts": [{ "name": "b", "mountPath": "/mnt/backups" }] }),
            vec![],
        ),
        (
            json!({ "backup": { "automatic": { "s3": bucket() } }, "restore": { "s3": bucket() } }),
            vec!["warning restore-own-backup /restore/s3"],
        ),
        (
            json!({ "backup": { "automatic": { "s3": bucket(), "timestamp": true } }, "restore": { "s3": bucket() } }),
            vec!["error restore-own-backup /restore/s3"],
        ),
        (
            json!({ "backup": { "automatic": { "gcs": gcs() } }, "restore": { "gcs": gcs(), "continueOnFailure": true } }),
            vec!["error restore-own-backup /restore/continueOnFailure"],
        ),
        (
            json!({ "backup": { "automatic": { "s3": bucket() } }, "restore": { "s3": minio(), "continueOnFailure": true } }),
            vec!["warning missing-key /restore/s3/credentialsSecret"],
        ),
        (
            json!({ "restore": { "s3": bucket(), "timeout": "10m" }, "startupProbe": { "failureThreshold": 599 } }),
            vec!["error contradiction /startupProbe"],
        ),
        (
            json!({ "restore": { "s3": bucket(), "timeout": "10m" }, "startupProbe": { "failureThreshold": 600 } }),
            vec![],
        ),
        (json!({ "startupProbe": { "failureThreshold": 1 } }), vec![]),
        (
            json!({ "restore": { "s3": bucket() }, "networkPolicy": { "egress": { "allowAll": false } } }),
            vec!["warning blocked-port /restore/s3"],
        ),
        (
            json!({ "restore": { "s3": bucket() }, "networkPolicy": { "egress": { "allowAll": false, "rules": [{ "ports": [{ "port": 443 }] }] } } }),
            vec![],
        ),
        (
            json!({ "backup": { "automatic": { "file": folder("/rqlite/file/b") } }, "networkPolicy": { "egress": { "allowAll": false } } }),
            vec![],
        ),
        (
            json!({ "backup": { "automatic": { "s3": store("http://minio:9000") } }, "networkPolicy": open(&[443]) }),
            vec!["warning blocked-port /backup/automatic/s3"],
        ),
        (
            json!({ "backup": { "automatic": { "s3": store("http://minio:9000") } }, "networkPolicy": open(&[9000]) }),
            vec![],
        ),
        (
            json!({ "backup": { "automatic": { "s3": store("minio") } }, "networkPolicy": open(&[80]) }),
            vec!["warning blocked-port /backup/automatic/s3"],
        ),
        (
            json!({ "restore": { "s3": bucket() }, "networkPolicy": open(&[9000]) }),
            vec!["warning blocked-port /restore/s3"],
        ),
        (
            json!({ "restore": { "gcs": { "bucket": "b", "name": "n", "endpoint": "http://gcs:4443", "credentialsSecret": { "name": "s" } } },
                "networkPolicy": open(&[4443]) }),
            vec!["warning blocked-port /restore/gcs"],
        ),
        (
            json!({ "restore": { "gcs": { "bucket": "b", "name": "n", "endpoint": "http://gcs:4443", "credentialsSecret": { "name": "s" } } },
                "networkPolicy": open(&[443, 4443]) }),
            vec![],
        ),
        (json!({ "backup": { "scheduled": { "schedule": "@daily" } } }), vec![]),
        (json!({ "backup": { "scheduled": { "keep": 3 } } }), vec!["error missing-key /backup/scheduled"]),
        (library(&json!({ "configMap": { "name": "ext" } }), &json!({})), vec![]),
        (library(&json!({ "persistentVolumeClaim": { "claimName": "ext" } }), &json!({ "subPath": "a" })), vec![]),
        (library(&json!({ "emptyDir": {} }), &json!({})), vec!["error dangling-reference /rqlite/extensions"]),
        (library(&json!({}), &json!({})), vec!["error dangling-reference /rqlite/extensions"]),
        (
            library(&json!({ "configMap": { "name": "ext" } }), &json!({ "subPathExpr": "$(POD_NAME)" })),
            vec!["error dangling-reference /rqlite/extensions"],
        ),
        (
            json!({
                "rqlite": { "extensions": [{ "path": "/ext/foo.so" }] }, "backup": { "scheduled": { "schedule": "@daily" } },
                "extraVolumeClaimTemplates": [{ "name": "ext", "spec": {} }],
                "extraVolumeMounts": [{ "name": "ext", "mountPath": "/ext" }],
            }),
            vec!["error dangling-reference /rqlite/extensions"],
        ),
        (
            json!({ "backup": { "scheduled": { "schedule": "@daily", "volume": { "existingClaim": "c", "size": "1Gi" } } } }),
            vec!["error unused-value /backup/scheduled/volume/existingClaim"],
        ),
        (
            json!({ "backup": { "scheduled": { "schedule": "@daily", "volume": { "size": 0 } } } }),
            vec!["error invalid-quantity /backup/scheduled/volume/size"],
        ),
        (
            json!({ "backup": { "scheduled": { "schedule": "@daily",
                "volume": { "accessModes": ["ReadWriteOnce", "ReadWriteOncePod"] },
                "resources": { "limits": { "memory": "1Mi" } } } } }),
            vec![
                "error invalid-value /backup/scheduled/volume/accessModes",
                "error invalid-quantity /backup/scheduled/resources/limits/memory",
            ],
        ),
        (
            json!({ "backup": { "scheduled": { "schedule": "@daily" } }, "fullnameOverride": name(46) }),
            vec!["error name-too-long /fullnameOverride"],
        ),
        (json!({ "backup": { "scheduled": { "schedule": "@daily" } }, "fullnameOverride": name(45) }), vec![]),
        (
            json!({ "auth": users(&json!({})), "backup": { "scheduled": { "schedule": "@daily" } } }),
            vec!["error missing-key /auth/backupPassword"],
        ),
        (
            json!({ "auth": users(&json!({ "backupPassword": "b" })), "backup": { "scheduled": { "schedule": "@daily" } } }),
            vec![],
        ),
        (json!({ "auth": users(&json!({ "backupPassword": "b" })) }), vec!["error unused-value /auth/backupPassword"]),
        (
            json!({ "auth": { "existingSecret": "users", "backupPassword": "b" } }),
            vec!["error unused-value /auth/backupPassword"],
        ),
        (
            json!({ "extraEnv": [{ "name": "RQCHART_BACKUP_ACCESS_KEY_ID", "value": "x" }],
                "backup": { "automatic": { "s3": { "bucket": "b", "path": "p", "credentialsSecret": { "name": "s" } } } } }),
            vec!["error reserved-name /extraEnv/0"],
        ),
        (
            json!({ "backup": { "scheduled": { "schedule": "5-3 23-10 31-1,2 NOV-FEB FRI-mon" } } }),
            vec!["error invalid-value /backup/scheduled/schedule"; 5],
        ),
        (
            json!({ "backup": { "scheduled": { "schedule": "0 0 1 XYZ,mon JAN" } } }),
            vec!["error invalid-value /backup/scheduled/schedule"; 3],
        ),
        (json!({ "backup": { "scheduled": { "schedule": "3-5,*/2 8-10/2 7-7 jan-Dec,3 sun-SAT,5/2" } } }), vec![]),
        (
            json!({ "backup": { "scheduled": { "schedule": "@daily", "timeZone": "Local" } } }),
            vec!["error invalid-value /backup/scheduled/timeZone"],
        ),
        (
            json!({ "backup": { "scheduled": { "schedule": "@daily", "timeZone": "Europe/-Berlin" } } }),
            vec!["error invalid-value /backup/scheduled/timeZone"],
        ),
        (
            json!({ "backup": { "scheduled": { "schedule": "@daily", "timeZone": "Nowhere/Here" } } }),
            vec!["warning invalid-value /backup/scheduled/timeZone"],
        ),
        (
            json!({ "backup": { "scheduled": { "schedule": "@daily", "timeZone": "Berlin" } } }),
            vec!["warning invalid-value /backup/scheduled/timeZone"],
        ),
        (json!({ "backup": { "scheduled": { "schedule": "@daily", "timeZone": "GB-Eire" } } }), vec![]),
        (
            json!({ "backup": { "scheduled": { "schedule": "@daily", "timeZone": "America/Argentina/Buenos_Aires" } } }),
            vec![],
        ),
        (
            json!({ "podSecurityContext": { "sysctls": [
                { "name": "net.ipv4.tcp_rmem", "value": "1" }, { "name": "a.b", "value": "1" }, { "name": "net.ipv4.tcp_rmem", "value": "1" },
            ] } }),
            vec!["error name-clash /podSecurityContext/sysctls/2/name"],
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
        (
            json!({ "services": { "client": { "ipFamilies": ["IPv4", "IPv6"] } } }),
            vec!["error invalid-value /services/client/ipFamilies"],
        ),
        (
            json!({ "services": { "client": { "type": "NodePort", "nodePort": 8080 } } }),
            vec!["warning out-of-range /services/client/nodePort"],
        ),
        (
            json!({ "services": { "perPod": { "enabled": true, "type": "NodePort", "firstNodePort": 32766 } } }),
            vec!["warning out-of-range /services/perPod/firstNodePort"],
        ),
        (
            json!({
                "services": { "client": { "clusterIP": "10.96.5.5" } },
                "readers": { "replicas": 2, "service": { "clusterIP": "10.96.5.5" } },
            }),
            vec!["error name-clash /readers/service/clusterIP"],
        ),
        (
            json!({ "services": { "client": { "type": "LoadBalancer", "loadBalancerSourceRanges": ["10.0.0.1/24", "10.0.0.0/8"] } } }),
            vec!["warning invalid-value /services/client/loadBalancerSourceRanges/0"],
        ),
        (
            json!({ "networkPolicy": { "clients": [{ "ipBlock": { "cidr": "2001:db8::/32", "except": ["2001:db8:1::1/48"] } }] } }),
            vec!["warning invalid-value /networkPolicy/clients/0/ipBlock/except/0"],
        ),
        (
            json!({ "storage": { "dataSourceRef": { "kind": "VolumeSnapshot", "name": "a" } } }),
            vec!["error missing-key /storage/dataSourceRef", "warning copied-volumes /storage/dataSourceRef"],
        ),
        (
            json!({ "ingress": {
                "hosts": [{ "host": "*.example.com" }], "className": "traefik",
                "annotations": { "kubernetes.io/ingress.class": "nginx" },
                "tls": [{ "hosts": ["a.example.com"], "secretName": "cert" }],
            } }),
            vec!["error contradiction /ingress/className"],
        ),
        (
            json!({ "ingress": { "hosts": [{ "host": "a.example.com", "paths": [
                { "path": "/rqlite(/|$)(.*)//", "pathType": "ImplementationSpecific" }, { "path": "/a%2Fb" },
            ] }], "tls": [{ "hosts": ["a.example.com"], "secretName": "cert" }] } }),
            vec!["error invalid-value /ingress/hosts/0/paths/1/path"],
        ),
        (
            json!({ "extraInitContainers": [
                { "name": "side", "image": "b", "restartPolicy": "Always", "ports": [{ "name": "http", "containerPort": 8080 }] },
                { "name": "once", "image": "b", "ports": [{ "name": "http", "containerPort": 4001 }] },
            ] }),
            vec!["warning name-clash /extraInitContainers/0"],
        ),
        (json!({ "storage": { "size": 10 } }), vec!["error invalid-quantity /storage/size"]),
        (
            json!({ "resources": { "requests": { "cpu": "512Mi" }, "limits": { "memory": 512 } } }),
            vec!["error invalid-quantity /resources/requests/cpu", "error invalid-quantity /resources/limits/memory"],
        ),
        (
            json!({ "readers": {
                "autoscaling": { "targetCPUUtilizationPercentage": 70 },
                "resources": { "requests": { "cpu": null }, "limits": { "cpu": 2 } },
            } }),
            vec![],
        ),
        (json!({ "serviceAccount": { "name": "default" } }), vec!["error reserved-name /serviceAccount/name"]),
        (json!({ "serviceAccount": { "name": "default", "create": false } }), vec![]),
        (
            json!({ "backup": { "scheduled": { "schedule": "0 0 31 FEB,4-4,6 *" } } }),
            vec!["error invalid-value /backup/scheduled/schedule"],
        ),
        (json!({ "backup": { "scheduled": { "schedule": "0 0 31 2 MON" } } }), vec![]),
        (json!({ "backup": { "scheduled": { "schedule": "0 0 29,31 2 *" } } }), vec![]),
    ]
}

#[test]
fn each_mistake_is_found_once_under_its_code_and_setting() {
    for (values, expected) in cases() {
        let found = findings(&values);
        for finding in &found {
            let known = finding.code.examples().iter().any(|example| example.severity == finding.severity);
            assert!(known, "{} has no example as {}", finding.code, finding.severity);
        }
        let found: Vec<_> =
            found.iter().map(|found| format!("{} {} {}", found.severity, found.code, found.path)).collect();
        assert_eq!(found, expected, "{values}");
    }
}

#[test]
fn what_a_kubernetes_lacks_is_found_only_for_that_one() {
    let cases = [("PreferClose", 31), ("PreferSameZone", 34), ("PreferSameNode", 34)];
    for (distribution, minor) in cases {
        let values = json!({ "services": { "client": { "trafficDistribution": distribution } } });
        let codes = |minor| {
            let found = findings_for(KubeVersion { major: 1, minor }, &values);
            found.iter().map(|finding| finding.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(minor), []);
        assert_eq!(codes(minor - 1), [Code::KubernetesTooOld]);
    }
}

#[test]
fn a_field_that_a_kubernetes_lacks_is_an_error_and_behind_a_gate_a_warning() {
    let sleep = |seconds| json!({ "sleep": { "seconds": seconds } });
    let profile = json!({ "type": "RuntimeDefault" });
    let cases = [
        (
            json!({ "podSecurityContext": { "appArmorProfile": profile } }),
            "/podSecurityContext/appArmorProfile",
            30,
            30,
        ),
        (json!({ "securityContext": { "appArmorProfile": profile } }), "/securityContext/appArmorProfile", 30, 30),
        (
            json!({ "podSecurityContext": { "supplementalGroupsPolicy": "Strict" } }),
            "/podSecurityContext/supplementalGroupsPolicy",
            31,
            33,
        ),
        (json!({ "hostUsers": false }), "/hostUsers", 27, 33),
        (
            json!({ "storage": { "volumeAttributesClassName": "fast" }, "readers": { "replicas": 2 } }),
            "/storage/volumeAttributesClassName",
            29,
            34,
        ),
        (
            json!({ "readers": { "replicas": 2, "storage": { "volumeAttributesClassName": "fast" } } }),
            "/readers/storage/volumeAttributesClassName",
            29,
            34,
        ),
        (json!({ "lifecycle": { "preStop": sleep(5) } }), "/lifecycle/preStop", 29, 30),
        (json!({ "lifecycle": { "postStart": sleep(5) } }), "/lifecycle/postStart", 29, 30),
        (
            json!({ "extraInitContainers": [{ "name": "a", "image": "a", "restartPolicy": "Always" }] }),
            "/extraInitContainers/0/restartPolicy",
            28,
            29,
        ),
    ];
    for (values, path, known, on) in cases {
        for minor in 27..=34 {
            let found = findings_for(KubeVersion { major: 1, minor }, &values);
            let found: Vec<_> = found.iter().map(ToString::to_string).collect();
            let severity = if minor < known { "error" } else { "warning" };
            match &found[..] {
                [] => assert!(minor >= on, "nothing is said about {path} in 1.{minor}"),
                [one] => {
                    let path = rqchart_core::diagnostic::dotted(path);
                    assert!(
                        minor < on && one.starts_with(&format!("{severity}[kubernetes-too-old]: {path}: ")),
                        "{one}"
                    );
                }
                more => panic!("{more:?}"),
            }
        }
    }
    let codes = |minor| {
        let found = findings_for(KubeVersion { major: 1, minor }, &json!({ "lifecycle": { "preStop": sleep(0) } }));
        found.iter().map(Diagnostic::is_error).collect::<Vec<_>>()
    };
    assert_eq!([codes(31), codes(32), codes(33)], [vec![true], vec![false], vec![]]);
}

#[test]
fn a_kind_that_the_cluster_lacks_is_found_only_when_something_was_said() {
    let values = schema::validate(&json!({ "auth": { "existingSecret": "users" }, "gateway": {
        "httpRoute": { "parentRefs": [{ "name": "g" }] },
        "tlsRoute": { "parentRefs": [{ "name": "g" }], "hostnames": ["a.example"] },
    } }));
    let values = values.unwrap();
    let found = |said: &[&str]| {
        let said: ApiVersions = said.iter().map(|text| ApiVersion::new(*text).unwrap()).collect();
        let findings = rules::check(&Topology::resolve(values.clone(), &release().with_api_versions(said)));
        findings.iter().map(|found| format!("{} {}", found.code, found.path)).collect::<Vec<_>>()
    };
    let (http, tls) = ("api-missing /gateway/httpRoute/parentRefs", "api-missing /gateway/tlsRoute/parentRefs");
    assert_eq!(found(&[]), [""; 0]);
    assert_eq!(found(&["gateway.networking.k8s.io/v1"]), [""; 0]);
    assert_eq!(found(&["apps/v1"]), [http, tls]);
    assert_eq!(found(&["gateway.networking.k8s.io/v1/HTTPRoute"]), [tls]);
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
    let elsewhere = BTreeSet::from(["ApiMissing", "KubernetesTooOld"].map(str::to_owned)); // have tests of their own
    assert_eq!(used, produced.union(&elsewhere).cloned().collect());
    assert!(used.len() < Code::ALL.len());
}
