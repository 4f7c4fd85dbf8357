//! What a cluster has, by kubectl: the only program that is run.

use std::path::Path;
use std::process::{Command, Stdio};

use rqchart::Manifest;
use rqchart::plan::stream;
use rqchart_core::topology::OPTIONAL_APIS;

use crate::failure::Failure;

/// The kinds that every cluster has and a release may, as kubectl is asked for them and as objects say them.
const KINDS: &[(&str, &str)] = &[
    ("networkpolicies", "NetworkPolicy"),
    ("poddisruptionbudgets", "PodDisruptionBudget"),
    ("serviceaccounts", "ServiceAccount"),
    ("secrets", "Secret"),
    ("configmaps", "ConfigMap"),
    ("persistentvolumes", "PersistentVolume"),
    ("persistentvolumeclaims", "PersistentVolumeClaim"),
    ("services", "Service"),
    ("deployments", "Deployment"),
    ("horizontalpodautoscalers", "HorizontalPodAutoscaler"),
    ("statefulsets", "StatefulSet"),
    ("cronjobs", "CronJob"),
    ("ingresses", "Ingress"),
];
/// Those without which nothing is known: pods and disks, and what pods are to the cluster.
const DECISIVE: &[&str] = &["StatefulSet", "ConfigMap"];

/// How kubectl begins to say that the user may not read a kind; it goes on with the others.
const FORBIDDEN: &str = "Error from server (Forbidden): ";

/// A release's name and namespace.
pub(crate) type Release = (String, String);

/// What a cluster has of a release.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) objects: Vec<Manifest>,
    pub(crate) forbidden: Vec<Forbidden>,
}

/// A kind that the user may not read.
pub(crate) struct Forbidden {
    pub(crate) kind: String,
    /// What the server says of it.
    pub(crate) reason: String,
}

/// What kubectl says.
enum Answer {
    Objects(String),
    /// The cluster does not have a kind, which is named.
    NoKind(String),
    /// Lines, one for each kind that the user may not read.
    Forbidden(String),
}

/// The objects of a release, by its label, of the kinds that a chart renders or the new state has.
pub(crate) fn objects((name, namespace): &Release, new: &[Manifest]) -> Result<Found, Failure> {
    let everywhere = KINDS.iter().map(|(resource, kind)| ((*resource).to_owned(), (*kind).to_owned())).collect();
    let mut optional: Vec<_> =
        OPTIONAL_APIS.iter().map(|api| (resource(api.api_version, api.kind), api.kind.to_owned())).collect();
    for object in new.iter().filter(|object| KINDS.iter().all(|(_, kind)| *kind != object.kind)) {
        let kind = (resource(object.text("/apiVersion").unwrap_or_default(), &object.kind), object.kind.clone());
        if !optional.contains(&kind) {
            optional.push(kind);
        }
    }
    let mut found = Found::default();
    for kinds in std::iter::once(everywhere).chain(optional.into_iter().map(|kind| vec![kind])) {
        found.ask(kinds, namespace, &format!("app.kubernetes.io/instance={name}"))?;
    }
    match found.forbidden.iter().find(|forbidden| DECISIVE.contains(&forbidden.kind.as_str())) {
        Some(Forbidden { kind, reason }) => {
            Err(Failure::new(format!("nothing can be planned without {kind} objects: {reason}")))
        }
        None => Ok(found),
    }
}

impl Found {
    /// Asks for kinds at once; again without those that the user may not read, which kubectl names all together.
    fn ask(&mut self, mut kinds: Vec<(String, String)>, namespace: &str, selector: &str) -> Result<(), Failure> {
        while !kinds.is_empty() {
            let names = kinds.iter().map(|(resource, _)| resource.as_str()).collect::<Vec<_>>().join(",");
            let arguments = ["get", &names, "-n", namespace, "-l", selector, "-o", "json", "--ignore-not-found"];
            let said = match run(&arguments)? {
                Answer::Objects(text) => {
                    let objects = stream::read("kubectl get", &text);
                    self.objects.extend(objects.map_err(|findings| Failure::new(findings[0].message.clone()))?);
                    break;
                }
                Answer::NoKind(said) => {
                    // Of several kinds it names the first that is not there, and gives none of the others.
                    let is_one = kinds.len() == 1;
                    let (missing, others): (Vec<_>, Vec<_>) =
                        kinds.into_iter().partition(|(resource, _)| is_one || said.contains(&format!("{resource:?}")));
                    if missing.is_empty() || missing.iter().any(|(_, kind)| DECISIVE.contains(&kind.as_str())) {
                        return Err(failed(&arguments, &said));
                    }
                    kinds = others;
                    continue;
                }
                Answer::Forbidden(said) => said,
            };
            let (count, known) = (kinds.len(), self.forbidden.len());
            let mut others = Vec::new();
            for (resource, kind) in kinds {
                match refusal(&said, &resource, count) {
                    Some(reason) => self.forbidden.push(Forbidden { kind, reason: reason.to_owned() }),
                    None => others.push((resource, kind)),
                }
            }
            if self.forbidden.len() == known {
                return Err(failed(&arguments, &said));
            }
            kinds = others;
        }
        Ok(())
    }
}

/// Why the user may not read one of several kinds: `statefulsets.apps is forbidden: …`.
fn refusal<'a>(said: &'a str, resource: &str, count: usize) -> Option<&'a str> {
    let mut reasons = said.lines().filter_map(|line| line.strip_prefix(FORBIDDEN));
    reasons.find(|reason| count == 1 || reason.split(['.', ' ']).next() == Some(resource))
}

/// How kubectl is told of a kind: `HTTPRoute.v1.gateway.networking.k8s.io`.
fn resource(api_version: &str, kind: &str) -> String {
    match api_version.split_once('/') {
        Some((group, version)) => format!("{kind}.{version}.{group}"),
        None => kind.to_owned(),
    }
}

fn run(arguments: &[&str]) -> Result<Answer, Failure> {
    let output = Command::new("kubectl").args(arguments).stdin(Stdio::null()).output();
    let output = output.map_err(|error| Failure::io("run", Path::new("kubectl"), &error))?;
    if output.status.success() {
        let text = String::from_utf8(output.stdout).map_err(|_| Failure::new("kubectl get did not answer in UTF-8"))?;
        return Ok(Answer::Objects(text));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("the server doesn't have a resource type") {
        Ok(Answer::NoKind(said.into_owned()))
    } else if said.contains(FORBIDDEN) {
        Ok(Answer::Forbidden(said.into_owned()))
    } else {
        Err(failed(arguments, &said))
    }
}

fn failed(arguments: &[&str], said: &str) -> Failure {
    Failure::new(format!("kubectl {} failed: {}", arguments.join(" "), said.trim()))
}
