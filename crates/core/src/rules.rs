//! Findings across settings: each is fine alone, together they are not.
//!
//! In: a resolved [`Topology`]. Out: findings; with one of severity error nothing is rendered.
//! Each rule is one function below, and knows the setting that it speaks of by its JSON pointer.

mod cluster;
mod container;
mod names;
mod network;
mod objects;
mod pod;
mod scheduling;
mod security;

pub use pod::is_reserved_argument;

use crate::diagnostic::Diagnostic;
use crate::topology::Topology;

type Rule = fn(&Topology, &mut Vec<Diagnostic>);

const RULES: &[Rule] = &[
    names::lengths,
    names::clashes,
    names::reserved_labels,
    cluster::voters,
    cluster::grace,
    cluster::scale_in,
    cluster::storage,
    cluster::access_modes,
    cluster::local_volumes,
    cluster::copied_volumes,
    cluster::volume_selector,
    cluster::disruption,
    network::node_ports,
    network::node_port_clash,
    network::traffic_policy,
    network::resolver,
    network::host_aliases,
    pod::termination,
    pod::lifecycle,
    pod::update_strategy,
    pod::probe_handlers,
    scheduling::anti_affinity,
    scheduling::tolerations,
    scheduling::spread,
    security::root,
    security::profiles,
    pod::quantities,
    pod::arguments,
    container::environment,
    container::environment_sources,
    container::reserved_names,
    container::mounts,
    objects::patches,
];

/// Checks a cluster by every rule.
///
/// # Example
///
/// ```
/// # use rqchart_core::release::{ChartInfo, KubeVersion, Release};
/// # use rqchart_core::{rules, schema, topology::Topology};
/// # let chart = ChartInfo { name: "rqlite".into(), version: "0.1.0".into(), app_version: "10.2.7".into() };
/// # let release = Release::new("rqdb", "default", chart, KubeVersion::DEFAULT).unwrap();
/// let values = schema::validate(&serde_json::json!({ "replicas": 4 })).unwrap();
/// let findings = rules::check(&Topology::resolve(values, &release));
/// assert_eq!(findings[0].to_string(), "warning[even-voters]: replicas: 4 voters tolerate the loss of 1, as 3 do (use 3 or 5)");
/// ```
pub fn check(topology: &Topology) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for rule in RULES {
        rule(topology, &mut findings);
    }
    findings
}
