//! Manifests against each other: what one refers to, another one must be.
//!
//! In: [`Manifest`]s, and the [`Topology`] they were rendered from. Out: findings. This is the net under an edited chart
//! and under what users add; values alone cannot make these mistakes in the chart that is built in.

use std::collections::{BTreeMap, BTreeSet};

use rqchart_core::diagnostic::{Code, Diagnostic, Severity};
use rqchart_core::topology::Topology;
use rqchart_core::values::Text;
use serde_json::{Map, Value};

use crate::manifest::{Manifest, list, text};

/// Checks manifests against each other.
pub fn check(manifests: &[Manifest], topology: &Topology) -> Vec<Diagnostic> {
    let mut findings = Findings(Vec::new());
    let known = External::of(topology);
    unique(manifests, &mut findings);
    for manifest in manifests {
        namespace(manifest, topology, &mut findings);
        if let Some(pod) = manifest.pod_template() {
            pod_template(manifest, pod, &mut findings);
            references(manifest, pod, manifests, &known, &mut findings);
            scripts(manifest, pod, manifests, &mut findings);
            if topology.voters.pod.create_service_account {
                service_account(manifest, pod, manifests, &known, &mut findings);
            }
        }
        match manifest.kind.as_str() {
            "Service" => service(manifest, manifests, &mut findings),
            "PodDisruptionBudget" => budget(manifest, manifests, &mut findings),
            "NetworkPolicy" => {
                selects_some(manifest, "/spec/podSelector", manifests, &mut findings);
            }
            "Ingress" => {
                for path in list(&manifest.object, "/spec/rules").flat_map(|rule| list(rule, "/http/paths")) {
                    let port = ["number", "name"].map(|by| path.pointer(&format!("/backend/service/port/{by}")));
                    let port = port.into_iter().flatten().next();
                    backend(manifest, text(path, "/backend/service/name"), port, manifests, &mut findings);
                }
            }
            "HTTPRoute" | "TLSRoute" => {
                for to in list(&manifest.object, "/spec/rules").flat_map(|rule| list(rule, "/backendRefs")) {
                    backend(manifest, text(to, "/name"), to.get("port"), manifests, &mut findings);
                }
            }
            "StatefulSet" => governing_service(manifest, manifests, &mut findings),
            "HorizontalPodAutoscaler" => scale_target(manifest, manifests, &mut findings),
            _ => {}
        }
    }
    findings.0
}

struct Findings(Vec<Diagnostic>);

impl Findings {
    fn add(&mut self, code: Code, manifest: &Manifest, message: &str) {
        let message = format!("{} {}: {message} ({})", manifest.kind, manifest.name, manifest.template);
        self.0.push(Diagnostic::error(code, manifest.path.clone(), message));
    }

    /// For what cannot be right in an object that a template made; one that somebody adds may belong to others that are
    /// not rendered here, so there it is a warning.
    fn doubt(&mut self, code: Code, manifest: &Manifest, message: &str) {
        self.add(code, manifest, message);
        if let Some(finding) = self.0.last_mut().filter(|_| manifest.is_extra()) {
            finding.severity = Severity::Warning;
        }
    }
}

/// What users refer to without its being rendered: it may exist in their cluster.
struct External<'t>(BTreeSet<&'t str>);

impl<'t> External<'t> {
    fn of(topology: &'t Topology) -> Self {
        let claim = &topology.settings.backup.scheduled.volume.existing_claim;
        let mut known = Self(topology.access.existing_secrets().into_iter().collect());
        known.0.extend(claim.iter().map(Text::as_str));
        topology.foreign_sources().into_iter().for_each(|source| known.read("", source));
        topology.extra_objects.iter().for_each(|object| known.read("", object));
        let volumes = topology.voters.pod.volumes.iter().map(|volume| &volume.fields);
        let merged = topology.patches.iter().filter_map(|patch| patch.merge.as_ref());
        for (key, value) in volumes.chain(merged).flatten() {
            known.read(key, value);
        }
        for operation in topology.patches.iter().flat_map(|patch| patch.json.iter().flatten()) {
            let key = operation.path.as_str().rsplit('/').next().unwrap_or_default();
            operation.value.iter().for_each(|value| known.read(key, value));
        }
        known
    }

    /// Names stand in fields of their own.
    fn read(&mut self, key: &str, value: &'t Value) {
        match value {
            Value::String(name) if key == "name" || key.ends_with("Name") => {
                self.0.insert(name);
            }
            Value::Array(list) => list.iter().for_each(|value| self.read(key, value)),
            Value::Object(map) => map.iter().for_each(|(key, value)| self.read(key, value)),
            _ => {}
        }
    }

    fn names(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

fn unique(manifests: &[Manifest], findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for manifest in manifests {
        let group = manifest.text("/apiVersion").unwrap_or_default().rsplit_once('/').map_or("", |(group, _)| group);
        let id = (group, &manifest.kind, &manifest.namespace, &manifest.name);
        if let Some(other) = seen.insert(id, &manifest.template) {
            let message =
                if *other == manifest.template { "is rendered twice" } else { &format!("{other} renders it too") };
            findings.add(Code::DuplicateObject, manifest, message);
        }
    }
}

fn namespace(manifest: &Manifest, topology: &Topology, findings: &mut Findings) {
    let namespace = manifest.namespace.as_deref();
    match (manifest.is_cluster_scoped(), namespace) {
        (true, Some(_)) => findings.add(Code::InvalidManifest, manifest, "this kind is in no namespace"),
        // Somebody who adds an object chose where it is.
        (false, _) if manifest.is_extra() => {}
        (false, None) => findings.add(Code::InvalidManifest, manifest, "there is no metadata.namespace"),
        (false, Some(other)) if other != topology.namespace => {
            findings.add(Code::InvalidManifest, manifest, &format!("is in the namespace {other:?}"));
        }
        _ => {}
    }
}

fn pod_template(manifest: &Manifest, pod: &Value, findings: &mut Findings) {
    let labels = map(pod, "/metadata/labels");
    let selector = map(&manifest.object, "/spec/selector/matchLabels");
    // Kubernetes makes the selector of a Job itself, and a selector may have expressions alone.
    let needs_labels = !matches!(manifest.kind.as_str(), "CronJob" | "Job")
        && manifest.object.pointer("/spec/selector/matchExpressions").is_none();
    if (selector.is_empty() && needs_labels) || !contains(&labels, &selector) {
        findings.add(Code::SelectorMismatch, manifest, "its selector does not select its own pods");
    }
    let mut volumes: BTreeSet<&str> = BTreeSet::new();
    let claims = list(&manifest.object, "/spec/volumeClaimTemplates").filter_map(|claim| text(claim, "/metadata/name"));
    for name in list(pod, "/spec/volumes").filter_map(|volume| text(volume, "/name")).chain(claims) {
        if !volumes.insert(name) {
            findings.add(Code::DuplicateObject, manifest, &format!("two volumes are called {name:?}"));
        }
    }
    let mut names = BTreeSet::new();
    for container in containers(pod) {
        let name = text(container, "/name").unwrap_or_default();
        if !names.insert(name) {
            findings.add(Code::DuplicateObject, manifest, &format!("two containers are called {name:?}"));
        }
        let mut paths = BTreeSet::new();
        for mount in list(container, "/volumeMounts") {
            let (volume, path) = (text(mount, "/name").unwrap_or_default(), text(mount, "/mountPath"));
            if !volumes.contains(volume) {
                findings.add(
                    Code::DanglingReference,
                    manifest,
                    &format!("{name} mounts a volume {volume:?} that there is not"),
                );
            }
            if let Some(path) = path.filter(|path| !paths.insert(*path)) {
                findings.add(Code::DuplicateObject, manifest, &format!("{name} mounts two volumes at {path:?}"));
            }
        }
        probes(manifest, container, findings);
    }
}

fn probes(manifest: &Manifest, container: &Value, findings: &mut Findings) {
    let ports: Vec<&str> = list(container, "/ports").filter_map(|port| text(port, "/name")).collect();
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        for handler in ["httpGet", "tcpSocket"] {
            let port = text(container, &format!("/{probe}/{handler}/port"));
            if let Some(port) = port.filter(|port| !ports.contains(port)) {
                findings.add(
                    Code::DanglingReference,
                    manifest,
                    &format!("{probe} asks a port {port:?} that there is not"),
                );
            }
        }
    }
}

/// The ConfigMaps and Secrets that a pod needs to start.
fn references(manifest: &Manifest, pod: &Value, manifests: &[Manifest], known: &External, findings: &mut Findings) {
    let makes = |other: &Manifest, kind: &str, name: &str| match other.kind.as_str() {
        "Certificate" => kind == "Secret" && other.text("/spec/secretName") == Some(name),
        other_kind => other_kind == kind && other.name == name,
    };
    let rendered = |kind: &str, name: &str| manifests.iter().any(|other| makes(other, kind, name));
    for volume in list(pod, "/spec/volumes") {
        for (kind, pointer) in [("ConfigMap", "/configMap/name"), ("Secret", "/secret/secretName")] {
            let name = text(volume, pointer);
            if let Some(name) = name.filter(|name| !rendered(kind, name) && !known.names(name)) {
                findings.add(
                    Code::DanglingReference,
                    manifest,
                    &format!("mounts a {kind} {name:?} that is not rendered"),
                );
            }
        }
    }
}

/// The scripts that a pod's commands and probes name, where they are files of a ConfigMap that is rendered.
fn scripts(manifest: &Manifest, pod: &Value, manifests: &[Manifest], findings: &mut Findings) {
    let volumes: BTreeMap<_, _> = list(pod, "/spec/volumes").map(|volume| (text(volume, "/name"), volume)).collect();
    for container in containers(pod) {
        let words: BTreeSet<&str> = words(container).collect();
        // A part of a volume that is mounted alone lies elsewhere.
        let mounts = list(container, "/volumeMounts")
            .filter(|mount| ["subPath", "subPathExpr"].iter().all(|part| mount.get(part).is_none()));
        for mount in mounts {
            let volume = volumes.get(&text(mount, "/name"));
            let config = volume.and_then(|volume| text(volume, "/configMap/name"));
            let config = config.and_then(|name| {
                let is_meant = |other: &&Manifest| other.kind == "ConfigMap" && other.name == name;
                manifests.iter().filter(is_meant).find(|other| other.namespace == manifest.namespace)
            });
            let (Some(volume), Some(config), Some(path)) = (volume, config, text(mount, "/mountPath")) else {
                continue;
            };
            let files = words.iter().filter_map(|word| word.strip_prefix(path)?.strip_prefix('/'));
            let is_there = |file: &str| match volume.pointer("/configMap/items") {
                Some(_) => list(volume, "/configMap/items").any(|item| text(item, "/path") == Some(file)),
                None => ["data", "binaryData"].iter().any(|part| config.object[*part].get(file).is_some()),
            };
            for missing in files.filter(|file| file.ends_with(".sh") && !is_there(file)) {
                let (name, config) = (text(container, "/name").unwrap_or_default(), &config.name);
                let message = format!("{name} runs {path}/{missing}, but the ConfigMap {config:?} has no {missing:?}");
                findings.add(Code::DanglingReference, manifest, &message);
            }
        }
    }
}

/// The words of all that a container runs.
fn words(container: &Value) -> impl Iterator<Item = &str> {
    const COMMANDS: [&str; 7] = [
        "/command",
        "/args",
        "/startupProbe/exec/command",
        "/livenessProbe/exec/command",
        "/readinessProbe/exec/command",
        "/lifecycle/postStart/exec/command",
        "/lifecycle/preStop/exec/command",
    ];
    let texts = COMMANDS.iter().flat_map(|command| list(container, command)).filter_map(Value::as_str);
    texts.flat_map(|text| text.split(|c: char| c.is_whitespace() || "\"';&|()".contains(c)))
}

fn service_account(
    manifest: &Manifest,
    pod: &Value,
    manifests: &[Manifest],
    known: &External,
    findings: &mut Findings,
) {
    let Some(name) = text(pod, "/spec/serviceAccountName") else { return };
    if !known.names(name) && !manifests.iter().any(|other| other.kind == "ServiceAccount" && other.name == name) {
        findings.add(
            Code::DanglingReference,
            manifest,
            &format!("runs as a ServiceAccount {name:?} that is not rendered"),
        );
    }
}

fn governing_service(manifest: &Manifest, manifests: &[Manifest], findings: &mut Findings) {
    let name = manifest.text("/spec/serviceName").unwrap_or_default();
    let headless = manifests
        .iter()
        .any(|other| other.kind == "Service" && other.name == name && other.text("/spec/clusterIP") == Some("None"));
    if !headless {
        findings.doubt(Code::DanglingReference, manifest, &format!("there is no headless Service {name:?}"));
    }
}

/// What an autoscaler scales: an object of which nobody else says how many pods there are.
fn scale_target(manifest: &Manifest, manifests: &[Manifest], findings: &mut Findings) {
    let [kind, name] =
        ["kind", "name"].map(|key| manifest.text(&format!("/spec/scaleTargetRef/{key}")).unwrap_or_default());
    match manifests.iter().find(|other| other.kind == kind && other.name == name) {
        None => findings.doubt(
            Code::DanglingReference,
            manifest,
            &format!("it scales a {kind} {name:?} that is not rendered"),
        ),
        Some(target) if target.object.pointer("/spec/replicas").is_some() => {
            findings.doubt(
                Code::Contradiction,
                manifest,
                &format!("{kind} {name} has a number of replicas: each apply undoes what this one chose"),
            );
        }
        Some(_) => {}
    }
}

fn service(manifest: &Manifest, manifests: &[Manifest], findings: &mut Findings) {
    let selector = map(&manifest.object, "/spec/selector");
    if selector.is_empty() {
        return; // its endpoints are somebody else's business
    }
    // The StatefulSet controller adds the pod's name and number to the labels of each pod.
    let added = ["statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"];
    let selector: Map<String, Value> = selector.into_iter().filter(|(key, _)| !added.contains(&key.as_str())).collect();
    let Some(pod) = pods(manifests).find(|pod| contains(&map(pod, "/metadata/labels"), &selector)) else {
        findings.doubt(Code::SelectorMismatch, manifest, "it selects no pods");
        return;
    };
    let ports: Vec<&str> =
        containers(pod).flat_map(|c| list(c, "/ports")).filter_map(|port| text(port, "/name")).collect();
    for port in list(&manifest.object, "/spec/ports") {
        if let Some(target) = text(port, "/targetPort").filter(|target| !ports.contains(target)) {
            findings.doubt(Code::DanglingReference, manifest, &format!("its pods have no port {target:?}"));
        }
    }
}

/// Where an Ingress or a route leads to: a Service, by the number or the name of its port.
fn backend(
    manifest: &Manifest,
    name: Option<&str>,
    port: Option<&Value>,
    manifests: &[Manifest],
    findings: &mut Findings,
) {
    let (Some(name), Some(port)) = (name, port) else { return };
    let Some(service) = manifests.iter().find(|other| other.kind == "Service" && other.name == name) else {
        let message = format!("leads to a Service {name:?} that is not rendered");
        return findings.add(Code::DanglingReference, manifest, &message);
    };
    let mut ports = list(&service.object, "/spec/ports").flat_map(|port| [port.get("port"), port.get("name")]);
    if !ports.any(|known| known == Some(port)) {
        let message = format!("leads to a port {port} that the Service {name:?} does not have");
        findings.add(Code::DanglingReference, manifest, &message);
    }
}

/// What a selector selects of what is rendered; nothing is a finding.
fn selects_some<'m>(
    manifest: &Manifest,
    selector: &str,
    manifests: &'m [Manifest],
    findings: &mut Findings,
) -> Vec<&'m Manifest> {
    let selector = manifest.object.pointer(selector);
    let is_selected = |other: &&Manifest| {
        let both = other.pod_template().zip(selector);
        both.is_some_and(|(pod, selector)| selects(selector, &map(pod, "/metadata/labels")))
    };
    let selected: Vec<_> = manifests.iter().filter(is_selected).collect();
    if selected.is_empty() {
        findings.doubt(Code::SelectorMismatch, manifest, "it selects no pods");
    }
    selected
}

/// Kubernetes evicts no pod that has two budgets.
fn budget(manifest: &Manifest, manifests: &[Manifest], findings: &mut Findings) {
    for pods in selects_some(manifest, "/spec/selector", manifests, findings) {
        let labels = pods.pod_template().map(|pod| map(pod, "/metadata/labels")).unwrap_or_default();
        let is_another = |other: &&Manifest| {
            other.kind == manifest.kind
                && other.name != manifest.name
                && other.namespace == manifest.namespace
                && other.object.pointer("/spec/selector").is_some_and(|selector| selects(selector, &labels))
        };
        // Said once for two: of that which somebody added.
        let other = manifests.iter().find(is_another).filter(|other| manifest.is_extra() || !other.is_extra());
        if let Some(other) = other {
            let message = format!(
                "it selects pods of the {} {}, as {} does: a drain of their nodes waits for ever",
                pods.kind, pods.name, other.name
            );
            findings.doubt(Code::DrainBlocked, manifest, &message);
        }
    }
}

/// Whether a label selector means pods with these labels. An empty one means all.
fn selects(selector: &Value, labels: &Map<String, Value>) -> bool {
    let fits = |requirement: &Value| {
        let key = text(requirement, "/key").unwrap_or_default();
        let has_one = || list(requirement, "/values").any(|value| labels.get(key) == Some(value));
        match text(requirement, "/operator") {
            Some("In") => has_one(),
            Some("NotIn") => !has_one(),
            Some("Exists") => labels.contains_key(key),
            Some("DoesNotExist") => !labels.contains_key(key),
            _ => false,
        }
    };
    contains(labels, &map(selector, "/matchLabels")) && list(selector, "/matchExpressions").all(fits)
}

fn pods(manifests: &[Manifest]) -> impl Iterator<Item = &Value> {
    manifests.iter().filter_map(Manifest::pod_template)
}

fn containers(pod: &Value) -> impl Iterator<Item = &Value> {
    list(pod, "/spec/containers").chain(list(pod, "/spec/initContainers"))
}

fn contains(labels: &Map<String, Value>, selector: &Map<String, Value>) -> bool {
    selector.iter().all(|(key, value)| labels.get(key) == Some(value))
}

fn map(value: &Value, pointer: &str) -> Map<String, Value> {
    value.pointer(pointer).and_then(Value::as_object).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests;
