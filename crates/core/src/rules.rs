//! Findings across settings: each is fine alone, together they are not.
//!
//! In: a resolved [`Topology`]. Out: findings; with one of severity error nothing is rendered.
//! Each rule is one function below, and knows the setting that it speaks of by its JSON pointer.

mod access;
mod backup;
mod bytes;
mod cdc;
mod cluster;
mod container;
mod extensions;
mod kubernetes;
mod monitoring;
mod names;
mod network;
mod objects;
mod pod;
mod policy;
mod readers;
mod routes;
mod rqlited;
mod scheduling;
mod security;
mod services;

pub use rqlited::{is_reserved_argument, is_tuning_argument};

use crate::diagnostic::Diagnostic;
use crate::topology::Topology;

type Rule = fn(&Topology, &mut Vec<Diagnostic>);

const RULES: &[Rule] = &[
    names::lengths,
    names::clashes,
    names::like_a_url,
    names::reserved_labels,
    cluster::voters,
    cluster::grace,
    cluster::scale_in,
    cluster::recovery,
    cluster::storage,
    cluster::access_modes,
    cluster::local_volumes,
    cluster::copied_volumes,
    cluster::volume_selector,
    cluster::disruption,
    cluster::drains,
    readers::unused,
    readers::number,
    readers::autoscaling,
    readers::volumes,
    services::node_ports,
    services::node_port_clash,
    services::traffic_policy,
    services::load_balancer,
    services::health_check,
    services::affinity,
    services::families,
    services::cluster_ip,
    services::same_address,
    services::source_ranges,
    services::external_ips,
    services::traffic_distribution,
    services::placeholders,
    services::advertised,
    routes::backend,
    routes::class,
    routes::hosts,
    routes::paths,
    routes::hostnames,
    routes::parents,
    routes::unrendered,
    routes::apis,
    policy::peer_kinds,
    policy::label_conditions,
    policy::exceptions,
    policy::ranges,
    policy::port_ranges,
    policy::blocked_ports,
    policy::ways_out,
    policy::resolver,
    network::resolver,
    network::host_aliases,
    pod::termination,
    pod::lifecycle,
    pod::update_strategy,
    pod::probe_handlers,
    pod::probe_requests,
    scheduling::anti_affinity,
    scheduling::tolerations,
    scheduling::spread,
    security::root,
    security::profiles,
    security::escalation,
    security::volumes,
    security::sysctls,
    security::account,
    access::users,
    access::openness,
    access::certificates,
    backup::places,
    backup::files,
    backup::durations,
    backup::credentials,
    backup::folders,
    backup::own_uploads,
    backup::startup,
    backup::ways_out,
    backup::schedule,
    backup::extensions,
    backup::times,
    backup::days,
    backup::time_zone,
    pod::quantities,
    bytes::whole,
    rqlited::version,
    rqlited::reserved_flags,
    rqlited::flags_of_settings,
    rqlited::repeated_flags,
    rqlited::known_flags,
    rqlited::flag_values,
    rqlited::raft_times,
    rqlited::paths,
    extensions::forms,
    extensions::kubernetes,
    kubernetes::fields,
    monitoring::exporter,
    monitoring::openness,
    monitoring::times,
    monitoring::backup_age,
    monitoring::otlp,
    monitoring::ways_out,
    cdc::endpoint,
    cdc::tls,
    cdc::table_filter,
    cdc::retries,
    cdc::ways_out,
    container::environment,
    container::environment_sources,
    container::reserved_names,
    container::ports,
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
        let before = findings.len();
        rule(topology, &mut findings);
        // What is said of a setting that several sets of pods share is said once.
        for index in (before..findings.len()).rev() {
            if findings[..index].contains(&findings[index]) {
                findings.remove(index);
            }
        }
    }
    findings
}
