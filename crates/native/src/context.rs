//! What templates see: plain data, with everything decided.
//!
//! In: a [`Topology`] and a [`Chart`]. Out: [`Context`]. Templates loop over its lists and ask its booleans; what needs
//! more thought than that is decided here or earlier.

use std::collections::BTreeMap;

use rqchart_core::topology::{self, HTTP_PORT, PerPodService, RAFT_PORT, Service, Topology};
use rqchart_core::values::{Formation, Object};
use serde::Serialize;
use serde_json::{Value, json};

use crate::Chart;

/// The root of what templates see.
#[derive(Debug, Serialize)]
pub struct Context<'a> {
    #[serde(flatten)]
    topology: &'a Topology,
    ports: Ports,
    pod_management_policy: &'static str,
    args: Vec<&'a str>,
    start_script: String,
    prune_script: String,
    prune_service: String,
    replicas_text: String,
    scripts: Vec<Script<'a>>,
    meta: Meta<'a>,
    per_pod: Vec<PerPod<'a>>,
    local_volumes: Vec<LocalVolume<'a>>,
    certificates: Vec<Certificate<'a>>,
    volumes: Vec<Value>,
    volume_mounts: Vec<Value>,
    side_cars: Vec<Value>,
    dashboard_text: &'a str,
    affinity: Option<Object>,
}

/// The metadata of each object.
#[derive(Debug, Serialize)]
struct Meta<'a> {
    service_account: ObjectMeta<'a>,
    scripts: ObjectMeta<'a>,
    headless: ObjectMeta<'a>,
    client: Option<ObjectMeta<'a>>,
    ingress: Option<ObjectMeta<'a>>,
    http_route: Option<ObjectMeta<'a>>,
    tls_route: Option<ObjectMeta<'a>>,
    network_policy: Option<ObjectMeta<'a>>,
    budget: ObjectMeta<'a>,
    set: ObjectMeta<'a>,
    users: Option<ObjectMeta<'a>>,
    prune: ObjectMeta<'a>,
    metrics: ObjectMeta<'a>,
    pod_monitor: Option<ObjectMeta<'a>>,
    alerts: Option<ObjectMeta<'a>>,
    dashboard: Option<ObjectMeta<'a>>,
    cdc: ObjectMeta<'a>,
}

/// Kubernetes' ObjectMeta.
#[derive(Debug, Serialize)]
struct ObjectMeta<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    labels: &'a Texts,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: &'a Texts,
}

type Texts = BTreeMap<String, String>;

#[derive(Debug, Serialize)]
struct PerPod<'a> {
    meta: ObjectMeta<'a>,
    #[serde(flatten)]
    service: &'a PerPodService,
}

#[derive(Debug, Serialize)]
struct LocalVolume<'a> {
    meta: ObjectMeta<'a>,
    path: &'a str,
}

#[derive(Debug, Serialize)]
struct Certificate<'a> {
    meta: ObjectMeta<'a>,
    #[serde(flatten)]
    certificate: &'a topology::Certificate,
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
        args: topology.arguments.iter().map(|argument| argument.text.as_str()).collect(),
        start_script: script("start.sh"),
        prune_script: script("prune.sh"),
        prune_service: prune_service(topology),
        replicas_text: topology.cluster.replicas.to_string(),
        scripts: std::iter::once(settings).chain(scripts).collect(),
        meta: Meta::of(topology),
        per_pod: topology.services.per_pod.iter().map(|each| per_pod(topology, each)).collect(),
        local_volumes: topology.storage.local_volumes.iter().map(|volume| local_volume(topology, volume)).collect(),
        certificates: topology.access.certificates.iter().map(|each| certificate(topology, each)).collect(),
        volumes: {
            let pod = &topology.pod;
            pod.mounts.iter().chain(&pod.side_volumes).map(topology::Mount::volume).collect()
        },
        volume_mounts: topology.pod.mounts.iter().map(topology::Mount::volume_mount).collect(),
        side_cars: side_cars(topology),
        dashboard_text: chart.dashboard(),
        affinity: affinity(topology),
        topology,
    }
}

impl<'a> ObjectMeta<'a> {
    fn new(topology: &'a Topology, name: &'a str, labels: &'a Texts, annotations: &'a Texts) -> Self {
        Self { name, namespace: Some(&topology.namespace), labels, annotations }
    }

    /// For an object without labels and annotations of its own.
    fn general(topology: &'a Topology, name: &'a str) -> Self {
        Self::new(topology, name, &topology.metadata.labels, &topology.metadata.annotations)
    }

    fn service(topology: &'a Topology, service: &'a Service) -> Self {
        Self::new(topology, &service.name, &service.labels, &service.annotations)
    }
}

impl<'a> Meta<'a> {
    fn of(topology: &'a Topology) -> Self {
        let Topology { names, metadata, services, ingress, gateway, network_policy, monitoring, pod, .. } = topology;
        let route =
            |route: &'a topology::Route| ObjectMeta::new(topology, &names.fullname, &route.labels, &route.annotations);
        let (account, headless) = (&pod.service_account_annotations, &services.headless);
        Self {
            service_account: ObjectMeta::new(topology, &names.service_account, &metadata.labels, account),
            scripts: ObjectMeta::general(topology, &names.scripts),
            headless: ObjectMeta::new(topology, &names.headless, &headless.labels, &headless.annotations),
            client: services.client.as_ref().map(|client| ObjectMeta::service(topology, client)),
            ingress: ingress
                .as_ref()
                .map(|ingress| ObjectMeta::new(topology, &names.fullname, &ingress.labels, &ingress.annotations)),
            http_route: gateway.http_route.as_ref().map(route),
            tls_route: gateway.tls_route.as_ref().map(route),
            network_policy: network_policy
                .as_ref()
                .map(|policy| ObjectMeta::new(topology, &names.fullname, &policy.labels, &metadata.annotations)),
            budget: ObjectMeta::general(topology, &names.fullname),
            set: ObjectMeta::general(topology, &names.fullname),
            users: topology.access.users.as_ref().map(|users| ObjectMeta::general(topology, &users.name)),
            prune: ObjectMeta::general(topology, &names.prune),
            metrics: ObjectMeta::general(topology, &names.metrics),
            pod_monitor: monitoring
                .pod_monitor
                .as_ref()
                .map(|monitor| ObjectMeta::new(topology, &names.fullname, &monitor.labels, &monitor.annotations)),
            alerts: monitoring
                .alerts
                .as_ref()
                .map(|alerts| ObjectMeta::new(topology, &names.fullname, &alerts.labels, &alerts.annotations)),
            dashboard: monitoring.dashboard.as_ref().map(|dashboard| {
                ObjectMeta::new(topology, &names.dashboard, &dashboard.labels, &dashboard.annotations)
            }),
            cdc: ObjectMeta::general(topology, &names.cdc),
        }
    }
}

fn per_pod<'a>(topology: &'a Topology, each: &'a PerPodService) -> PerPod<'a> {
    PerPod { meta: ObjectMeta::service(topology, &each.service), service: each }
}

fn certificate<'a>(topology: &'a Topology, certificate: &'a topology::Certificate) -> Certificate<'a> {
    Certificate { meta: ObjectMeta::general(topology, &certificate.name), certificate }
}

/// A PersistentVolume is in no namespace.
fn local_volume<'a>(topology: &'a Topology, volume: &'a topology::LocalVolume) -> LocalVolume<'a> {
    let meta = ObjectMeta { namespace: None, ..ObjectMeta::general(topology, &volume.name) };
    LocalVolume { meta, path: &volume.path }
}

/// The containers beside rqlite: the chart's own, then those that somebody adds.
fn side_cars(topology: &Topology) -> Vec<Value> {
    let pod = &topology.pod;
    let added = pod.containers.iter().map(|container| json!(container));
    pod.side_cars.iter().cloned().chain(added).collect()
}

/// The affinity that somebody wrote, or the one that keeps pods apart.
fn affinity(topology: &Topology) -> Option<Object> {
    let scheduling = &topology.pod.scheduling;
    if scheduling.affinity.is_some() {
        return scheduling.affinity.clone();
    }
    let selector = json!({ "matchLabels": topology.metadata.selector });
    let term = |key: &str| json!({ "topologyKey": key, "labelSelector": selector });
    let required: Vec<_> = scheduling.required.iter().map(|key| term(key)).collect();
    let preferred = scheduling.preferred.iter();
    let preferred: Vec<_> =
        preferred.map(|place| json!({ "weight": place.weight, "podAffinityTerm": term(place.topology_key) })).collect();
    let rules = [
        ("requiredDuringSchedulingIgnoredDuringExecution", required),
        ("preferredDuringSchedulingIgnoredDuringExecution", preferred),
    ];
    let rules: Object = rules
        .into_iter()
        .filter(|(_, terms)| !terms.is_empty())
        .map(|(name, terms)| (name.into(), terms.into()))
        .collect();
    (!rules.is_empty()).then(|| Object::from_iter([("podAntiAffinity".to_owned(), rules.into())]))
}

/// The numbers that the scripts read. They are not part of the pods' template: pods read them when they start, so a
/// cluster that grows needs no restart.
fn cluster_env(topology: &Topology) -> String {
    let cluster = &topology.cluster;
    format!("SEEDS={}\nVOTERS={}\nMAX_VOTERS={}\n", cluster.seeds, cluster.voters, cluster.max_voters)
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
        let names = ["cluster.env", "alive.sh", "ask.sh", "env.sh", "prune.sh", "ready.sh", "start.sh"];
        assert_eq!(scripts(&seen(&json!({ "membership": { "prune": true } }))), names);
        let without: Vec<_> = names.into_iter().filter(|name| *name != "prune.sh").collect();
        assert_eq!(scripts(&seen(&json!({}))), without);
    }

    #[test]
    fn the_scripts_learn_seeds_and_voters_and_pods_do_not_restart_for_them() {
        let (three, seven) = (seen(&json!({})), seen(&json!({ "replicas": 7 })));
        assert_eq!(three["scripts"][0]["text"], "SEEDS=3\nVOTERS=3\nMAX_VOTERS=5\n");
        assert_eq!(three["pod"], seven["pod"]);
        assert_eq!(seen(&json!({ "replicas": 1 }))["scripts"][0]["text"], "SEEDS=1\nVOTERS=1\nMAX_VOTERS=5\n");
        assert_eq!(seven["scripts"][0]["text"], "SEEDS=3\nVOTERS=5\nMAX_VOTERS=5\n");
    }

    #[test]
    fn pruning_asks_the_clients_service_or_without_one_any_node() {
        let service = |client: Value| seen(&json!({ "services": { "client": client } }))["prune_service"].clone();
        assert_eq!(service(json!({ "port": 80 })), "rqdb-client:80");
        assert_eq!(service(json!({ "enabled": false, "port": 80 })), "rqdb-headless:4001");
    }
}
