//! The manifests that a drill applies.
//!
//! In: a [`Case`]. Out: the objects of one release. The only place that knows where manifests come from.

use std::env;
use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rqchart::{Chart, Renderer, Rendering};
use rqchart_core::release::{KubeVersion, Release};
use rqchart_core::topology::Topology;
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::cluster::{Failure, Outcome};
use super::variant::{Access, Variant};

/// A folder with `ordered.yaml` and `parallel.yaml`, drilled instead of the chart: hand-written forms and broken ones. Their
/// secured forms, where there are any, are `ordered-secured.yaml` and `parallel-secured.yaml`.
/// `@SEEDS@` and `@GRACE@` in them stand for what a renderer would write there. Secrets of certificates are asked for by Certificates
/// in them, as the chart does.
pub const FOLDER: &str = "RQCHART_DRILL_MANIFESTS";

/// How the pods are brought up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formation {
    /// One after the other (`OrderedReady`).
    Ordered,
    /// All at once (`Parallel`).
    Parallel,
}

impl fmt::Display for Formation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ordered => "ordered",
            Self::Parallel => "parallel",
        })
    }
}

/// What a drill wants rendered.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// How the pods are brought up.
    pub formation: Formation,
    /// What it has in all drills of its kind; a secured release needs the cluster's credentials.
    pub variant: Variant,
    /// How many pods the release has when it is installed.
    pub replicas: u32,
    /// How long a member may stay away before the leader drops it.
    pub grace: Duration,
    /// Whether a Deployment removes the members of pods beyond `replicas`, which then follows the values only.
    pub prune: bool,
    /// Whose data becomes the truth, after a majority of the disks was lost.
    pub survivor: Option<u32>,
    /// How many readers the pool has when it is installed. An autoscaled pool has that number from its autoscaler.
    pub readers: u32,
    /// The store for uploads. Where pods reach none, they upload into a folder.
    pub store: Option<SocketAddr>,
    /// The version of rqlite, where it is not the chart's own.
    pub rqlite: Option<&'static str>,
}

impl Case {
    /// How many ordinals found the cluster together.
    pub fn seeds(&self) -> u32 {
        self.replicas.min(3)
    }

    /// Whether hand-written forms are drilled, which no values reach.
    pub fn is_by_hand(&self) -> bool {
        folder().is_some()
    }
}

/// From this ordinal on, pods do not vote (the seed's rule and the chart's default).
pub const MAX_VOTERS: u32 = 5;

/// The objects of the release.
///
/// # Errors
/// When the chart refuses the case, or there is no file for it.
pub fn manifests(case: &Case) -> Outcome<Vec<Value>> {
    Ok(split(all(case)?).0)
}

/// What the release asks of cert-manager, which clusters of drills do not have.
///
/// # Errors
/// As [`manifests`].
pub fn certificates(case: &Case) -> Outcome<Vec<Value>> {
    Ok(split(all(case)?).1)
}

fn all(case: &Case) -> Outcome<Vec<Value>> {
    match folder() {
        Some(folder) => from_folder(&folder, case),
        None => from_chart(case, &Value::Null),
    }
}

/// What any cluster takes, and Certificates.
fn split(objects: Vec<Value>) -> (Vec<Value>, Vec<Value>) {
    objects.into_iter().partition(|object| object["kind"] != "Certificate")
}

/// The same, of a release that begins with a backup.
///
/// # Errors
/// When the chart refuses it; hand-written forms have none.
pub fn manifests_that_restore(case: &Case, restore: &Value) -> Outcome<Vec<Value>> {
    match folder() {
        Some(_) => Err(Failure::new("hand-written forms restore nothing")),
        None => Ok(split(from_chart(case, restore)?).0),
    }
}

/// What is drilled instead of the chart, if anything.
fn folder() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}

/// Why this drill cannot be drilled with what is drilled instead of the chart, if so.
pub fn missing(formation: Formation, variant: Variant, prune: bool) -> Option<String> {
    let folder = folder()?;
    if variant.has_pool() || variant == Variant::BackedUp {
        return Some("a folder of manifests has no form with readers or uploads".to_owned());
    }
    if prune {
        return Some("a folder of manifests has no form with pruning".to_owned());
    }
    let file = file(&folder, formation, variant.access());
    (!file.is_file()).then(|| format!("there is no {}", file.display()))
}

/// The cluster that the chart makes of a case.
///
/// # Errors
/// When the chart refuses it.
pub fn topology(case: &Case) -> Outcome<Topology> {
    let topology = rendered(case, &Value::Null)?.topology;
    topology.map(|topology| *topology).ok_or_else(|| Failure::new("it was rendered without a topology"))
}

fn from_chart(case: &Case, restore: &Value) -> Outcome<Vec<Value>> {
    let parsed = rendered(case, restore)?.documents.into_iter().map(|document| parse(&document.text));
    Ok(parsed.collect::<Outcome<Vec<_>>>()?.concat())
}

fn rendered(case: &Case, restore: &Value) -> Outcome<Rendering> {
    let mut wanted = json!({
        "replicas": case.replicas,
        "formation": case.formation.to_string(),
        "membership": { "grace": format!("{}s", case.grace.as_secs()), "prune": case.prune },
        // Never by itself in a drill: the drill that is about it starts the job.
        "backup": { "scheduled": { "schedule": "@yearly" } },
    });
    wanted["readers"] = if case.variant.has_pool() {
        // The example's readers each ask for half a CPU: a node of two could not take a second drill.
        json!({ "resources": { "requests": { "cpu": "10m" } } })
    } else {
        json!({ "replicas": case.readers })
    };
    if let Some(survivor) = case.survivor {
        wanted["membership"]["recovery"] = json!({ "survivor": survivor, "attempt": "drill" });
    }
    if let Some(tag) = case.rqlite {
        wanted["image"]["tag"] = tag.into();
    }
    if case.variant == Variant::BackedUp {
        wanted["backup"]["automatic"] = uploads(case.store);
    }
    if !restore.is_null() {
        wanted["restore"] = restore.clone();
    }
    let values = case.variant.values(&wanted)?;
    let chart = Chart::embedded();
    let release = Release::new("rqdb", "default", chart.info().clone(), KubeVersion::DEFAULT).map_err(debugged)?;
    let renderer = Renderer::new(chart).map_err(Failure::new)?;
    let rendering = renderer.render(&values, &release).map_err(Failure::new)?;
    if let Some(finding) = rendering.diagnostics.first().filter(|_| rendering.documents.is_empty()) {
        return Err(debugged(finding).while_doing(values));
    }
    Ok(rendering)
}

/// What a drill of minutes cannot leave as the example has it: how often, and a store that is on the Internet.
fn uploads(store: Option<SocketAddr>) -> Value {
    let mut uploads = match store {
        Some(store) => json!({ "s3": { "endpoint": format!("http://{store}"), "forcePathStyle": true } }),
        None => json!({ "s3": null, "file": { "dir": "/rqlite/file/backups", "name": "db.sqlite.gz" } }),
    };
    uploads["interval"] = "1s".into();
    uploads
}

fn from_folder(folder: &Path, case: &Case) -> Outcome<Vec<Value>> {
    let file = file(folder, case.formation, case.variant.access());
    let text = fs::read_to_string(&file).map_err(|e| Failure::from(e).while_doing(file.display()))?;
    let text =
        text.replace("@SEEDS@", &case.seeds().to_string()).replace("@GRACE@", &format!("{}s", case.grace.as_secs()));
    let mut objects = parse(&text).map_err(|e| e.while_doing(file.display()))?;
    for set in objects.iter_mut().filter(|object| object["kind"] == "StatefulSet") {
        set["spec"]["replicas"] = case.replicas.into();
    }
    Ok(objects)
}

fn file(folder: &Path, formation: Formation, access: Access) -> PathBuf {
    folder.join(match access {
        Access::Open => format!("{formation}.yaml"),
        Access::Secured => format!("{formation}-secured.yaml"),
    })
}

fn debugged(problem: impl fmt::Debug) -> Failure {
    Failure::new(format!("{problem:?}"))
}

fn parse(text: &str) -> Outcome<Vec<Value>> {
    let documents = serde_yaml::Deserializer::from_str(text).map(Value::deserialize);
    documents.map(|document| document.map_err(Failure::new)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drill::credentials::AUTH_SECRET;
    use crate::drill::store;

    fn case(variant: Variant) -> Case {
        Case {
            formation: Formation::Ordered,
            variant,
            replicas: 3,
            grace: Duration::from_secs(90),
            prune: false,
            survivor: None,
            readers: variant.readers(),
            store: None,
            rqlite: None,
        }
    }

    fn text(variant: Variant, store: Option<SocketAddr>) -> String {
        json!(from_chart(&Case { store, ..case(variant) }, &Value::Null).unwrap()).to_string()
    }

    #[test]
    fn what_the_examples_take_for_granted_is_what_drills_make() {
        for variant in Variant::ALL {
            let (text, secured) = (text(variant, None), variant.access() == Access::Secured);
            assert_eq!(text.contains(&format!(r#""secretName":"{AUTH_SECRET}""#)), secured, "{variant}");
            let (_, asked_for) = split(from_chart(&case(variant), &Value::Null).unwrap());
            assert_eq!(asked_for.len(), if secured { 2 } else { 0 }, "{variant}");
            assert_eq!(text.contains(r#""minReplicas":2"#), variant.has_pool(), "{variant}");
        }
    }

    #[test]
    fn uploads_go_into_a_folder_where_there_is_no_store() {
        let there = text(Variant::BackedUp, Some(([10, 91, 0, 2], 80).into()));
        let folder = text(Variant::BackedUp, None);
        assert!(there.contains("http://10.91.0.2:80") && there.contains(store::SECRET), "{there}");
        assert!(folder.contains("/rqlite/file/backups") && !folder.contains("eu-central-1"), "{folder}");
    }
}
