//! What a cluster has, by kubectl: the only program that is run.

use std::path::Path;
use std::process::{Command, Stdio};

use rqchart::Manifest;
use rqchart::plan::stream;
use rqchart_core::topology::OPTIONAL_APIS;

use crate::failure::Failure;

/// The kinds that every cluster has and a release may.
const KINDS: &str = "networkpolicies,poddisruptionbudgets,serviceaccounts,secrets,configmaps,persistentvolumes,\
    persistentvolumeclaims,services,deployments,horizontalpodautoscalers,statefulsets,cronjobs,ingresses";
/// The same as kinds.
const KNOWN: &[&str] = &[
    "NetworkPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "ConfigMap",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Service",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "CronJob",
    "Ingress",
];

/// A release's name and namespace.
pub(crate) type Release = (String, String);

/// The objects of a release, by its label, of the kinds that a chart renders or the new state has.
pub(crate) fn objects((name, namespace): &Release, new: &[Manifest]) -> Result<Vec<Manifest>, Failure> {
    let mut kinds: Vec<String> = OPTIONAL_APIS.iter().map(|api| resource(api.api_version, api.kind)).collect();
    for object in new.iter().filter(|object| !KNOWN.contains(&object.kind.as_str())) {
        let kind = resource(object.text("/apiVersion").unwrap_or_default(), &object.kind);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let selector = format!("app.kubernetes.io/instance={name}");
    let mut found = Vec::new();
    for kinds in std::iter::once(KINDS.to_owned()).chain(kinds) {
        let arguments = ["get", &kinds, "-n", namespace, "-l", &selector, "-o", "json", "--ignore-not-found"];
        let Some(text) = run(&arguments)? else { continue };
        let objects = stream::read("kubectl get", &text);
        found.extend(objects.map_err(|findings| Failure::new(findings[0].message.clone()))?);
    }
    Ok(found)
}

/// How kubectl is told of a kind: `HTTPRoute.v1.gateway.networking.k8s.io`.
fn resource(api_version: &str, kind: &str) -> String {
    match api_version.split_once('/') {
        Some((group, version)) => format!("{kind}.{version}.{group}"),
        None => kind.to_owned(),
    }
}

/// What kubectl says; none where the cluster does not have the kind.
fn run(arguments: &[&str]) -> Result<Option<String>, Failure> {
    let output = Command::new("kubectl").args(arguments).stdin(Stdio::null()).output();
    let output = output.map_err(|error| Failure::io("run", Path::new("kubectl"), &error))?;
    if output.status.success() {
        let text = String::from_utf8(output.stdout).map_err(|_| Failure::new("kubectl get did not answer in UTF-8"))?;
        return Ok(Some(text));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("the server doesn't have a resource type") {
        return Ok(None);
    }
    Err(Failure::new(format!("kubectl {} failed: {}", arguments.join(" "), said.trim())))
}
