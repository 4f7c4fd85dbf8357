//! Every object is one of Kubernetes' own types, or one of a CRD that is written down here, without a field that they do
//! not know.

use std::process::Command;

use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::CronJob;
use k8s_openapi::api::core::v1::{ConfigMap, PersistentVolume, PersistentVolumeClaim, Secret, Service, ServiceAccount};
use k8s_openapi::api::networking::v1::{Ingress, NetworkPolicy};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::ClusterRole;
use rqchart::Manifest;
use rqchart_core::topology::OPTIONAL_APIS;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::cert_manager::Certificate;
use crate::gateway_api::{HttpRoute, TlsRoute};
use crate::golden;
use crate::prometheus_operator::{PodMonitor, PrometheusRule};

/// What becomes of an object that is read as a Kubernetes type and written again.
fn round_trip(manifest: &Manifest) -> Result<Value, String> {
    fn through<T: DeserializeOwned + Serialize>(object: &Value) -> Result<Value, String> {
        let typed: T = serde_json::from_value(object.clone()).map_err(|error| error.to_string())?;
        serde_json::to_value(typed).map_err(|error| error.to_string())
    }
    let object = &manifest.object;
    match (manifest.text("/apiVersion").unwrap_or_default(), manifest.kind.as_str()) {
        ("apps/v1", "Deployment") => through::<Deployment>(object),
        ("apps/v1", "StatefulSet") => through::<StatefulSet>(object),
        ("autoscaling/v2", "HorizontalPodAutoscaler") => through::<HorizontalPodAutoscaler>(object),
        ("batch/v1", "CronJob") => through::<CronJob>(object),
        ("cert-manager.io/v1", "Certificate") => through::<Certificate>(object),
        ("gateway.networking.k8s.io/v1", "HTTPRoute") => through::<HttpRoute>(object),
        ("gateway.networking.k8s.io/v1", "TLSRoute") => through::<TlsRoute>(object),
        ("monitoring.coreos.com/v1", "PodMonitor") => through::<PodMonitor>(object),
        ("monitoring.coreos.com/v1", "PrometheusRule") => through::<PrometheusRule>(object),
        ("networking.k8s.io/v1", "Ingress") => through::<Ingress>(object),
        ("networking.k8s.io/v1", "NetworkPolicy") => through::<NetworkPolicy>(object),
        ("policy/v1", "PodDisruptionBudget") => through::<PodDisruptionBudget>(object),
        ("rbac.authorization.k8s.io/v1", "ClusterRole") => through::<ClusterRole>(object),
        ("v1", "ConfigMap") => through::<ConfigMap>(object),
        ("v1", "PersistentVolume") => through::<PersistentVolume>(object),
        ("v1", "PersistentVolumeClaim") => through::<PersistentVolumeClaim>(object),
        ("v1", "Secret") => through::<Secret>(object),
        ("v1", "Service") => through::<Service>(object),
        ("v1", "ServiceAccount") => through::<ServiceAccount>(object),
        (version, kind) => Err(format!("no type is known for {kind} of {version}")),
    }
}

/// Where a value has more than its copy, or other things.
fn lost(value: &Value, copy: &Value, at: &str) -> Vec<String> {
    match (value, copy) {
        (Value::Object(map), Value::Object(copy)) => {
            let inner = |(key, value): (&String, &Value)| lost(value, &copy[key], &format!("{at}.{key}"));
            let gone = map.iter().filter(|(key, _)| !copy.contains_key(*key)).map(|(key, _)| format!("{at}.{key}"));
            gone.chain(map.iter().filter(|(key, _)| copy.contains_key(*key)).flat_map(inner)).collect()
        }
        (Value::Array(list), Value::Array(copy)) if list.len() == copy.len() => {
            list.iter().zip(copy).enumerate().flat_map(|(i, (v, c))| lost(v, c, &format!("{at}[{i}]"))).collect()
        }
        _ if value == copy => vec![],
        _ => vec![format!("{at}: {value} became {copy}")],
    }
}

#[test]
fn every_object_is_a_kubernetes_type_without_unknown_fields() {
    let mut kinds = std::collections::BTreeSet::new();
    for case in golden::cases() {
        for manifest in rqchart::manifest::parse(&case.render().documents).unwrap() {
            let name = format!("{}: {}", case.name, manifest.kind);
            let copy = round_trip(&manifest).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(lost(&manifest.object, &copy, ""), Vec::<String>::new(), "{name} {}", manifest.name);
            kinds.insert((manifest.text("/apiVersion").unwrap().to_owned(), manifest.kind));
        }
    }
    assert_eq!(kinds.len(), 19, "the cases render only {kinds:?}");
    // Kinds of CRDs are those of the table that --api-versions is compared with.
    let built_in = [
        "v1",
        "apps/v1",
        "autoscaling/v2",
        "batch/v1",
        "networking.k8s.io/v1",
        "policy/v1",
        "rbac.authorization.k8s.io/v1",
    ];
    let foreign: Vec<_> = kinds.into_iter().filter(|(version, _)| !built_in.contains(&version.as_str())).collect();
    let listed = OPTIONAL_APIS.iter().map(|api| (api.api_version.to_owned(), api.kind.to_owned()));
    assert_eq!(foreign, listed.collect::<Vec<_>>());
}

#[test]
fn an_unknown_field_is_noticed_at_any_depth() {
    let object = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": { "name": "x", "lables": {} },
        "spec": { "ports": [{ "port": 1, "targetProt": "http" }] },
    });
    let copy = serde_json::from_value::<Service>(object.clone()).and_then(serde_json::to_value).unwrap();
    assert_eq!(lost(&object, &copy, ""), [".metadata.lables", ".spec.ports[0].targetProt"]);
}

#[test]
fn rqlited_knows_every_flag_that_is_rendered() {
    let rqlited = std::env::var_os("RQLITED").unwrap_or_else(|| "rqlited".into());
    let Ok(version) = Command::new(&rqlited).arg("-version").output() else {
        rqchart_tests::skipped("there is no rqlited: set RQLITED");
        return;
    };
    assert!(version.status.success());
    let rendered = golden::case("everything_is_set").render();
    let topology = rendered.topology.unwrap();
    // Reads the whole command line before it says its version.
    for argument in &topology.voters.arguments {
        let output = Command::new(&rqlited).args([&argument.text, "-version"]).output().unwrap();
        assert!(output.status.success(), "{}: {}", argument.text, String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout, version.stdout, "{}", argument.text);
    }
    let unknown = Command::new(&rqlited).args(["-raft-timeout=1s", "-version"]).output().unwrap();
    assert!(!unknown.status.success(), "what this test sees is not whether it knows a flag");
}
