//! Where the official Helm chart (2.0.0) is broken or short, this one is not: one test for each point.

use std::process::Command;

use rqchart::{Manifest, manifest};
use rqchart_core::quorum::tolerated_losses;
use rqchart_core::rqlited::Version;
use serde_json::{Value, json};

use crate::{release, render};

/// The objects of a release called `shop`, which is not the chart's name.
fn objects(values: &Value) -> Vec<Manifest> {
    let rendering = render(values, &release("shop", "databases"));
    let errors: Vec<_> = rendering.diagnostics.iter().filter(|finding| finding.is_error()).collect();
    assert!(errors.is_empty(), "{values}: {errors:?}");
    manifest::parse(&rendering.documents).unwrap()
}

fn object(values: &Value, kind: &str, name: &str) -> Value {
    let all = objects(values);
    let found = all.iter().find(|object| object.kind == kind && object.name == name);
    found.unwrap_or_else(|| panic!("{values}: there is no {kind} {name}")).object.clone()
}

/// The template of the pods.
fn pod(values: &Value) -> Value {
    object(values, "StatefulSet", "shop")["spec"]["template"].clone()
}

fn arguments(values: &Value) -> Vec<String> {
    let list = pod(values)["spec"]["containers"][0]["args"].as_array().cloned().unwrap_or_default();
    list.iter().map(|argument| argument.as_str().unwrap().to_owned()).collect()
}

fn text(values: &Value) -> String {
    let documents = render(values, &release("shop", "databases")).documents;
    documents.iter().map(|document| document.text.as_str()).collect()
}

/// 1. `useStaticPeers` writes the ids `rqlite-0`, …, but a node's id is its pod's name.
#[test]
fn recovery_names_the_pod_as_the_node_is_called() {
    let text = text(&json!({ "membership": { "recovery": { "attempt": "2026-05-01", "survivor": 2 } } }));
    // One name for both: the node's own and the one that peers.json gets.
    assert!(text.contains(r#"-node-id="$me""#) && text.contains(r#"\"id\":\"$me\""#));
    assert!(!text.contains("rqlite-2"));
}

/// 2. `cluster.local` is written into the peers' addresses.
#[test]
fn the_cluster_s_domain_is_a_setting_everywhere() {
    let text =
        text(&json!({ "clusterDomain": "prod.example", "tls": { "node": { "issuer": { "name": "internal" } } } }));
    assert!(text.contains("prod.example") && !text.contains("cluster.local"));
}

/// 3. Readers' own `extraArgs` are ignored, so that they get the voters' flags; with some of these they do not start.
#[test]
fn readers_are_told_what_readers_may_be_told() {
    let values = json!({
        "readers": { "replicas": 2 },
        "extraArgs": ["-raft-log-level=INFO"],
        "cdc": { "endpoint": "https://changes.example.com", "transmitMaxRetries": 9 },
        "restore": { "s3": { "bucket": "copies", "path": "db.sqlite" } },
    });
    let flags = |set: &str| {
        object(&values, "StatefulSet", set)["spec"]["template"]["spec"]["containers"][0]["args"].to_string()
    };
    let (voters, readers) = (flags("shop"), flags("shop-readers"));
    assert!(voters.contains("-raft-log-level=INFO") && readers.contains("-raft-log-level=INFO"));
    for refused in ["-cdc-config", "-auto-restore"] {
        assert!(voters.contains(refused) && !readers.contains(refused), "{refused}: {readers}");
    }
}

/// 4. The annotation that tells the ingress controller of HTTPS is lost when there are no other annotations.
#[test]
fn an_ingress_to_https_says_so_with_and_without_annotations() {
    let ingress = |annotations: Value| {
        let values = json!({ "tls": { "client": { "secretName": "tls" } }, "ingress": {
            "hosts": [{ "host": "db.example.com" }], "annotations": annotations,
        } });
        object(&values, "Ingress", "shop")
    };
    for annotations in [json!({}), json!({ "a": "b" })] {
        let annotations = ingress(annotations)["metadata"]["annotations"].clone();
        assert_eq!(annotations["nginx.ingress.kubernetes.io/backend-protocol"], "HTTPS", "{annotations}");
    }
}

/// 5. Passwords are made while rendering: tools such as Argo CD, which render again and again, restart the pods each time.
#[test]
fn rendering_makes_no_secret_and_is_repeatable() {
    let values =
        json!({ "auth": { "existingSecret": "users" }, "tls": { "client": { "issuer": { "name": "internal" } } } });
    assert!(objects(&values).iter().chain(&objects(&json!({}))).all(|object| object.kind != "Secret"));
    assert_eq!(text(&values), text(&values));
}

/// 6. Changed users or certificates restart nothing, and there is no way to ask for it.
#[test]
fn what_rqlited_reads_at_its_start_restarts_the_pods() {
    let users = |password: &str| {
        json!({ "auth": {
            "users": [{ "username": "app", "password": password, "permissions": ["query"] }],
            "probePassword": "p", "memberPassword": "m",
        } })
    };
    assert_ne!(pod(&users("old")), pod(&users("new")));
    // A Secret of somebody else, and its CA, nobody sees here: a person says that it changed.
    let foreign = |revision: &str| json!({ "auth": { "existingSecret": "users" }, "revision": revision });
    assert_ne!(pod(&foreign("1")), pod(&foreign("2")));
    // What pods read again by themselves restarts none.
    let replicas = |replicas: u32| json!({ "replicas": replicas, "maxVoters": 5 });
    assert_eq!(pod(&replicas(3)), pod(&replicas(5)));
}

/// 7. The budget lets one of two voters go, and the only one.
#[test]
fn a_drain_never_takes_the_quorum() {
    for replicas in 1..=9 {
        let objects = objects(&json!({ "replicas": replicas }));
        let budget = objects.iter().find(|object| object.kind == "PodDisruptionBudget");
        let Some(budget) = budget.map(|budget| &budget.object["spec"]) else {
            assert_eq!(replicas, 1, "a budget would only keep a node from being drained");
            continue;
        };
        let voters = replicas.min(5);
        let most = budget["maxUnavailable"].as_u64();
        let most = most.or_else(|| Some(u64::from(replicas) - budget["minAvailable"].as_u64()?)).unwrap();
        assert!(most <= u64::from(tolerated_losses(voters)), "{replicas} replicas: {budget}");
    }
}

/// 8. The client Service's annotations are copied to the headless one, so that both ask for a load balancer's address.
#[test]
fn each_service_has_annotations_of_its_own() {
    let values = json!({ "services": { "client": { "annotations": { "example.com/address": "internal" } } } });
    let annotations = |name: &str| object(&values, "Service", name)["metadata"]["annotations"].clone();
    assert_eq!(annotations("shop-client"), json!({ "example.com/address": "internal" }));
    assert_eq!(annotations("shop-headless"), Value::Null);
}

/// 9. Backups know S3 alone, and no Secret that exists: neither for keys nor for users.
#[test]
fn backups_go_to_three_kinds_of_stores_with_keys_of_existing_secrets() {
    let stores = [
        ("s3", json!({ "bucket": "copies", "path": "db.sqlite", "credentialsSecret": { "name": "keys" } })),
        ("gcs", json!({ "bucket": "copies", "name": "db.sqlite", "credentialsSecret": { "name": "keys" } })),
        ("file", json!({ "dir": "/rqlite/file/copies", "name": "db.sqlite" })),
    ];
    for (kind, store) in stores {
        let values = json!({ "backup": { "automatic": { kind: store } }, "auth": { "existingSecret": "users" } });
        let file = object(&values, "ConfigMap", "shop-backup")["data"]["backup.json"].to_string();
        assert!(file.contains(&format!(r#"\"type\":\"{kind}\""#)), "{file}");
        let pod = pod(&values)["spec"].to_string();
        assert!(pod.contains(r#""secretName":"users""#));
        assert_eq!(pod.contains(r#""keys""#), kind != "file", "{kind}");
        assert!(!objects(&values).iter().any(|object| object.kind == "Secret"));
    }
}

/// 10. `tls.client.mutual` is ignored, as the probes could not show a certificate.
#[test]
fn clients_certificates_are_asked_for_and_probes_have_one() {
    let values = json!({ "auth": { "existingSecret": "users" }, "tls": { "client": {
        "secretName": "tls", "caSecretName": "ca", "mutual": true,
    } } });
    assert!(arguments(&values).contains(&"-http-verify-client=true".to_owned()));
    let container = &pod(&values)["spec"]["containers"][0];
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        // The kubelet's own requests have no certificate.
        assert!(container[probe]["exec"].is_object(), "{probe}: {}", container[probe]);
    }
}

/// 11. Uploads with a time in their name, and a restore that looks for the name without one: it finds nothing, ever.
#[test]
fn a_restore_that_can_find_nothing_is_an_error() {
    let store = json!({ "bucket": "copies", "path": "db.sqlite" });
    let values = json!({ "backup": { "automatic": { "s3": store, "timestamp": true } }, "restore": { "s3": store } });
    let rendering = render(&values, &release("shop", "databases"));
    let found = rendering.diagnostics.iter().find(|finding| finding.is_error()).expect("it is an error");
    assert_eq!((found.code.name(), found.path.as_str()), ("restore-own-backup", "/restore/s3"));
    assert!(rendering.documents.is_empty());
}

/// 12. 15 s to shut down, not restricted, and a dozen of Kubernetes' fields cannot be set.
#[test]
fn pods_are_restricted_have_time_and_take_every_field() {
    let default = pod(&json!({}));
    assert!(default["spec"]["terminationGracePeriodSeconds"].as_u64().unwrap() >= 60);
    let (all, rqlite) = (&default["spec"]["securityContext"], &default["spec"]["containers"][0]["securityContext"]);
    // What the Pod Security Standard `restricted` asks for.
    assert_eq!((&all["runAsNonRoot"], &all["seccompProfile"]["type"]), (&json!(true), &json!("RuntimeDefault")));
    assert_eq!(
        (&rqlite["allowPrivilegeEscalation"], &rqlite["capabilities"]["drop"]),
        (&json!(false), &json!(["ALL"]))
    );
    let settable = [
        (json!({ "extraInitContainers": [{ "name": "a", "image": "b" }] }), "/template/spec/initContainers/0/name"),
        (json!({ "extraContainers": [{ "name": "a", "image": "b" }] }), "/template/spec/containers/1/name"),
        (json!({ "extraVolumes": [{ "name": "a", "emptyDir": {} }] }), "/template/spec/volumes/2/name"),
        (json!({ "priorityClassName": "high" }), "/template/spec/priorityClassName"),
        (json!({ "minReadySeconds": 5 }), "/minReadySeconds"),
        (json!({ "storage": { "retention": { "whenScaled": "Delete" } } }), "/persistentVolumeClaimRetentionPolicy"),
        (json!({ "storage": { "annotations": { "a": "b" } } }), "/volumeClaimTemplates/0/metadata/annotations/a"),
        (json!({ "lifecycle": { "preStop": { "sleep": { "seconds": 5 } } } }), "/template/spec/containers/0/lifecycle"),
    ];
    for (values, pointer) in settable {
        let set = object(&values, "StatefulSet", "shop");
        assert!(set["spec"].pointer(pointer).is_some(), "{values}: {}", set["spec"]);
    }
    let balancer =
        json!({ "services": { "client": { "type": "LoadBalancer", "loadBalancerClass": "example.com/a" } } });
    assert_eq!(object(&balancer, "Service", "shop-client")["spec"]["loadBalancerClass"], "example.com/a");
    let digest = format!("sha256:{}", "0".repeat(64));
    let image = pod(&json!({ "image": { "digest": digest } }))["spec"]["containers"][0]["image"].clone();
    assert!(image.as_str().unwrap().ends_with(&digest), "{image}");
}

/// 13. The chart lags behind rqlite by a major version.
#[test]
fn the_version_is_the_one_that_the_drills_are_run_with() {
    let chart = rqchart::Chart::embedded().info().app_version.clone();
    assert!(Version::from_tag(&chart).unwrap() >= Version { major: 10, minor: 2, patch: 7 });
    let rqlited = std::env::var_os("RQLITED").unwrap_or_else(|| "rqlited".into());
    let Ok(output) = Command::new(rqlited).arg("-version").output() else {
        rqchart_tests::skipped("there is no rqlited: set RQLITED");
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains(&format!("v{chart} ")), "{said}");
}

/// What its users asked for, where values were ignored or rendered as invalid YAML.
#[test]
fn what_users_asked_for_is_rendered() {
    let set = |values: Value, pointer: &str, expected: Value| {
        let set = object(&values, "StatefulSet", "shop");
        assert_eq!(set.pointer(pointer), Some(&expected), "{values}");
    };
    let spec = "/spec/template/spec";
    // helm-charts#7: extraArgs ignored.
    assert!(arguments(&json!({ "extraArgs": ["-fk=true"] })).contains(&"-fk=true".to_owned()));
    // helm-charts#7, #10: a CA of one's own, from a Secret.
    let tls = json!({ "secretName": "tls", "caSecretName": "own-ca" });
    let mounted = pod(&json!({ "tls": { "client": tls, "node": tls } })).to_string();
    assert!(mounted.contains(r#""name":"own-ca""#), "{mounted}");
    // #12, #24: a list of architectures that ages.
    assert_eq!(pod(&json!({})).pointer("/spec/affinity/nodeAffinity"), None);
    // #6: workload identity.
    let account =
        json!({ "serviceAccount": { "annotations": { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/a" } } });
    let account = object(&account, "ServiceAccount", "shop");
    assert_eq!(account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"], "arn:aws:iam::1:role/a");
    // #33: nodeSelector as invalid YAML.
    set(json!({ "nodeSelector": { "disk": "yes" } }), &format!("{spec}/nodeSelector"), json!({ "disk": "yes" }));
    // #36: labels of the claims.
    set(json!({ "storage": { "labels": { "a": "b" } } }), "/spec/volumeClaimTemplates/0/metadata/labels/a", json!("b"));
    // #42: ingressClassName ignored.
    let ingress = json!({ "ingress": { "className": "nginx", "hosts": [{ "host": "a.example" }] } });
    assert_eq!(object(&ingress, "Ingress", "shop")["spec"]["ingressClassName"], "nginx");
    // #44: pull secrets ignored.
    set(json!({ "image": { "pullSecrets": ["a"] } }), &format!("{spec}/imagePullSecrets"), json!([{ "name": "a" }]));
    // rqlite#1507: one certificate for nodes whose addresses nobody knows beforehand.
    let named = json!({ "tls": { "node": { "secretName": "tls", "serverName": "rqlite.example.com" } } });
    assert!(arguments(&named).contains(&"-node-verify-server-name=rqlite.example.com".to_owned()));
    // rqlite#935: joining with credentials of its own.
    let open = json!({ "auth": { "existingSecret": "users" } });
    assert!(arguments(&open).iter().any(|argument| argument == "-join-as=rqchart-member"));
    // "cert-manager may be supported in the future".
    let certificates = json!({ "tls": { "client": { "issuer": { "name": "internal" } } } });
    assert!(objects(&certificates).iter().any(|object| object.kind == "Certificate"));
}
