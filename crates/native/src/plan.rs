//! Two sets of objects → what going from one to the other does, with the way there.
//!
//! In: [`Manifest`]s of both sides, wherever they come from: rendered, or read as text ([`stream::read`]), also as a cluster has
//! them. Out: a [`Plan`]. What a change does to the cluster is decided by [`rqchart_core::plan`].

mod compare;
mod live;
mod refused;
mod state;
pub mod stream;
pub mod text;

pub use state::read as state;

use rqchart_core::plan::{Plan, Sources};

use crate::Manifest;

/// Plans the way from one set of objects to another.
///
/// # Example
///
/// ```
/// use rqchart::{Chart, Renderer, manifest, plan};
/// use rqchart_core::plan::{Kind, Sources, Verdict};
/// use rqchart_core::release::{KubeVersion, Release};
/// use serde_json::json;
///
/// let chart = Chart::embedded();
/// let release = Release::new("rqdb", "default", chart.info().clone(), KubeVersion::DEFAULT).unwrap();
/// let renderer = Renderer::new(chart)?;
/// let objects = |values| manifest::parse(&renderer.render(&values, &release).unwrap().documents).unwrap();
///
/// let old = objects(json!({}));
/// let plan = plan::plan(&old, &objects(json!({ "storage": { "size": "20Gi" } })), &Sources::default());
/// assert_eq!((plan.verdict, plan.consequences[0].id), (Verdict::NeedsSteps, Kind::VolumeExpansion));
/// assert!(plan.restarts.is_empty());
///
/// let plan = plan::plan(&old, &objects(json!({ "resources": { "requests": { "cpu": "1" } } })), &Sources::default());
/// let pods: Vec<_> = plan.restarts.iter().map(|restart| restart.pod.as_str()).collect();
/// assert_eq!(pods, ["rqdb-2", "rqdb-1", "rqdb-0"]);
/// # Ok::<(), rqchart::Error>(())
/// ```
pub fn plan(old: &[Manifest], new: &[Manifest], sources: &Sources) -> Plan {
    let new = live::wanted(new);
    let old = live::known(old, &new);
    rqchart_core::plan::plan(&state::read(&old), &state::read(&new), compare::objects(&old, &new), sources)
}

#[cfg(test)]
mod tests;
