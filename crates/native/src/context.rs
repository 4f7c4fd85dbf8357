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

#[cfg(test)]
mod tests {
    use rqchart_core::release::{KubeVersion, Release};
    use rqchart_core::schema;
    use serde_json::{Value, json};

    use super::*;

    fn seen(values: &Value) -> Value {
        let chart = Chart::embedded();
        let release = Release::new("rqdb", "default", chart.info().clone(), KubeVersion::DEFAULT).unwrap();
        let topology = Topology::resolve(schema::validate(values).unwrap(), &release);
        serde_json::to_value(build(&topology, &chart)).unwrap()
    }

    fn scripts(context: &Value) -> Vec<&str> {
        context["scripts"].as_array().unwrap().iter().map(|script| script["name"].as_str().unwrap()).collect()
    }

    #[test]
    fn formation_decides_the_management_of_pods() {
        assert_eq!(seen(&json!({}))["pod_management_policy"], "OrderedReady");
        assert_eq!(seen(&json!({ "formation": "parallel" }))["pod_management_policy"], "Parallel");
    }

    #[test]
    fn the_script_that_prunes_is_there_only_when_something_runs_it() {
        let names = ["cluster.env", "alive.sh", "env.sh", "prune.sh", "ready.sh", "start.sh"];
        assert_eq!(scripts(&seen(&json!({ "membership": { "prune": true } }))), names);
        let without: Vec<_> = names.into_iter().filter(|name| *name != "prune.sh").collect();
        assert_eq!(scripts(&seen(&json!({}))), without);
    }

    #[test]
    fn the_scripts_learn_seeds_and_voters_and_pods_do_not_restart_for_them() {
        let (three, seven) = (seen(&json!({})), seen(&json!({ "replicas": 7 })));
        assert_eq!(three["scripts"][0]["text"], "SEEDS=3\nMAX_VOTERS=5\n");
        assert_eq!(three["pod"], seven["pod"]);
        assert_eq!(seen(&json!({ "replicas": 1 }))["scripts"][0]["text"], "SEEDS=1\nMAX_VOTERS=5\n");
    }

    #[test]
    fn pruning_asks_the_clients_service_or_without_one_any_node() {
        let service = |client: Value| seen(&json!({ "services": { "client": client } }))["prune_service"].clone();
        assert_eq!(service(json!({ "port": 80 })), "rqdb-client:80");
        assert_eq!(service(json!({ "enabled": false, "port": 80 })), "rqdb-headless:4001");
    }
}
