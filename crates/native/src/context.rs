//! What templates see: plain data, with everything decided.
//!
//! In: a [`Topology`] and a [`Chart`]. Out: [`Context`]. Templates loop over its lists and ask its booleans; what needs
//! more thought than that is decided here or earlier.

use rqchart_core::topology::{HTTP_PORT, RAFT_PORT, Topology};
use rqchart_core::values::Formation;
use serde::Serialize;

use crate::Chart;

/// The root of what templates see.
#[derive(Debug, Serialize)]
pub struct Context<'a> {
    #[serde(flatten)]
    topology: &'a Topology,
    ports: Ports,
    pod_management_policy: &'static str,
    start_script: String,
    prune_script: String,
    prune_service: String,
    replicas_text: String,
    scripts: Vec<Script<'a>>,
}

#[derive(Debug, Serialize)]
struct Ports {
    http: u16,
    raft: u16,
}

#[derive(Debug, Serialize)]
struct Script<'a> {
    name: &'a str,
    text: std::borrow::Cow<'a, str>,
}

/// Builds what templates see.
pub fn build<'a>(topology: &'a Topology, chart: &'a Chart) -> Context<'a> {
    let script = |name: &str| format!("{}/{name}", topology.pod.scripts_path);
    let settings = Script { name: "cluster.env", text: cluster_env(topology).into() };
    let scripts = chart.scripts().filter(|(name, _)| *name != "prune.sh" || topology.prune);
    let scripts = scripts.map(|(name, text)| Script { name, text: text.into() });
    Context {
        ports: Ports { http: HTTP_PORT, raft: RAFT_PORT },
        pod_management_policy: match topology.formation {
            Formation::Ordered => "OrderedReady",
            Formation::Parallel => "Parallel",
        },
        start_script: script("start.sh"),
        prune_script: script("prune.sh"),
        prune_service: prune_service(topology),
        replicas_text: topology.cluster.replicas.to_string(),
        scripts: std::iter::once(settings).chain(scripts).collect(),
        topology,
    }
}

/// The numbers that the scripts read. They are not part of the pods' template: pods read them when they start, so a
/// cluster that grows needs no restart.
fn cluster_env(topology: &Topology) -> String {
    let cluster = &topology.cluster;
    format!("SEEDS={}\nMAX_VOTERS={}\n", cluster.seeds, cluster.max_voters)
}

/// Where any node answers: through the clients' Service if there is one.
fn prune_service(topology: &Topology) -> String {
    match &topology.services.client {
        Some(client) => format!("{}:{}", client.name, client.port),
        None => format!("{}:{HTTP_PORT}", topology.names.headless),
    }
}
