//! What templates see: plain data, with everything decided.
//!
//! In: a [`Topology`] and a [`Chart`]. Out: [`Context`]. Templates loop over its lists and ask its booleans; what needs
//! more thought than that is decided here or earlier.

mod affinity;

use std::borrow::Cow;
use std::collections::BTreeMap;

use rqchart_core::topology::{
    self, Autoscaler, Budget, Families, HTTP_PORT, Mount, PerPodService, Pod, PodSet, PodVolume, RAFT_PORT, Service,
    SideCar, Storage, Surroundings, Topology, VolumeMount,
};
use rqchart_core::values::{
    self, AccessMode, Container, ContainerSecurity, EvictionPolicy, Formation, Labels, NamedObject, PodSecurity,
    PullPolicy, Quantity, Toleration, UpdateStrategy,
};
use serde::Serialize;

use crate::Chart;
use affinity::Affinity;

/// The root of what templates see.
#[derive(Debug, Serialize)]
pub struct Context<'a> {
    release: &'a str,
    namespace: &'a str,
    names: &'a topology::Names,
    metadata: &'a topology::Metadata,
    access: &'a topology::Access,
    backup: &'a topology::Backup,
    cdc: Option<&'a topology::Cdc>,
    monitoring: &'a topology::Monitoring,
    ingress: Option<&'a topology::Ingress>,
    gateway: &'a topology::Gateway,
    network_policy: Option<&'a topology::NetworkPolicy>,
    ports: Ports,
    sets: Vec<Set<'a>>,
    budgets: Vec<SetBudget<'a>>,
    clients: Vec<Client<'a>>,
    autoscalers: Vec<SetAutoscaler<'a>>,
    service_account: Option<ServiceAccount<'a>>,
    start_script: String,
    pruner: Option<Helper<'a>>,
    copier: Option<Helper<'a>>,
    replicas_text: String,
    scripts: Vec<Script<'a>>,
    meta: Meta<'a>,
    per_pod: Vec<Client<'a>>,
    local_volumes: Vec<LocalVolume<'a>>,
    certificates: Vec<Certificate<'a>>,
    backup_files: Vec<Script<'a>>,
    dashboard_text: Option<&'a str>,
}

/// A pod that runs one of the chart's scripts beside the cluster, with rqlite's image.
#[derive(Debug, Serialize)]
struct Helper<'a> {
    selector: Texts,
    labels: Texts,
    script: String,
    image: &'a str,
    pull_policy: PullPolicy,
    surroundings: &'a Surroundings,
    spec: HelperSpec<'a>,
    security: &'a ContainerSecurity,
    volumes: Vec<Either<PodVolume<'a>, &'a NamedObject>>,
    volume_mounts: Vec<Either<VolumeMount<'a>, &'a values::VolumeMount>>,
}

/// Of a helper's pod what Kubernetes calls so.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct HelperSpec<'a> {
    /// It makes the pods' names of its own: the kubelet writes that into /etc/hosts, with the domain of the cluster.
    subdomain: &'a str,
    service_account_name: &'a str,
    automount_service_account_token: bool,
    enable_service_links: bool,
    security_context: &'a PodSecurity,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    image_pull_secrets: Vec<BTreeMap<&'static str, &'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority_class_name: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    node_selector: &'a Labels,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tolerations: &'a [Toleration],
}

/// The chart's own, or what somebody adds.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Either<O, A> {
    Own(O),
    Added(A),
}

#[derive(Debug, Serialize)]
struct ServiceAccount<'a> {
    meta: ObjectMeta<'a>,
    automount_token: bool,
}

/// What one StatefulSet governs: everything in which its pods may differ from those of another.
#[derive(Debug, Serialize)]
struct Set<'a> {
    headless: &'a topology::Headless,
    replicas: Option<u32>,
    selector: tera::Value,
    pod_labels: &'a Texts,
    pod_annotations: &'a Texts,
    update_strategy: &'a UpdateStrategy,
    rollout: &'a topology::Rollout,
    pod: &'a Pod,
    storage: &'a Storage,
    meta: ObjectMeta<'a>,
    service_meta: ObjectMeta<'a>,
    families: &'a Families,
    pod_management_policy: &'static str,
    args: Vec<&'a str>,
    side_cars: Vec<Either<&'a SideCar, &'a Container>>,
    affinity: Option<Affinity<'a>>,
    volumes: Vec<PodVolume<'a>>,
    volume_mounts: Vec<VolumeMount<'a>>,
}

/// The disruption budget of a set.
#[derive(Debug, Serialize)]
struct SetBudget<'a> {
    meta: ObjectMeta<'a>,
    selector: tera::Value,
    limits: &'a [topology::Limit],
    unhealthy_pod_eviction_policy: EvictionPolicy,
}

/// A Service for clients, in front of one set or one pod.
#[derive(Debug, Serialize)]
struct Client<'a> {
    meta: ObjectMeta<'a>,
    selector: tera::Value,
    service: &'a Service,
}

/// What decides how many pods a set has.
#[derive(Debug, Serialize)]
struct SetAutoscaler<'a> {
    meta: ObjectMeta<'a>,
    autoscaler: &'a Autoscaler,
}

/// The metadata of each object.
#[derive(Debug, Serialize)]
struct Meta<'a> {
    scripts: ObjectMeta<'a>,
    ingress: Option<ObjectMeta<'a>>,
    http_route: Option<ObjectMeta<'a>>,
    tls_route: Option<ObjectMeta<'a>>,
    network_policy: Option<ObjectMeta<'a>>,
    users: Option<ObjectMeta<'a>>,
    prune: Option<ObjectMeta<'a>>,
    backup: Option<ObjectMeta<'a>>,
    backup_claim: Option<ObjectMeta<'a>>,
    metrics: Option<ObjectMeta<'a>>,
    pod_monitor: Option<ObjectMeta<'a>>,
    alerts: Option<ObjectMeta<'a>>,
    dashboard: Option<ObjectMeta<'a>>,
    cdc: Option<ObjectMeta<'a>>,
}

/// Kubernetes' ObjectMeta.
#[derive(Debug, Serialize)]
struct ObjectMeta<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    labels: tera::Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<tera::Value>,
}

type Texts = BTreeMap<String, String>;

/// Makes the metadata of objects. Most have the same labels and annotations: the engine's values of those are shared.
struct Metadata<'a> {
    topology: &'a Topology,
    labels: tera::Value,
    annotations: Option<tera::Value>,
}

#[derive(Debug, Serialize)]
struct LocalVolume<'a> {
    meta: ObjectMeta<'a>,
    path: &'a str,
    size: &'a Quantity,
    access_modes: &'a [AccessMode],
    storage_class_name: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Certificate<'a> {
    meta: ObjectMeta<'a>,
    certificate: &'a topology::Certificate,
}

#[derive(Debug, Serialize)]
struct Ports {
    http: u16,
    raft: u16,
    /// That of the clients' Service, if there is one.
    client: Option<i64>,
}

#[derive(Debug, Serialize)]
struct Script<'a> {
    name: &'a str,
    text: Cow<'a, str>,
}

/// Builds what templates see.
pub fn build<'a>(topology: &'a Topology, chart: &'a Chart) -> Context<'a> {
    let settings = Script { name: "cluster.env", text: cluster_env(topology).into() };
    let runs = |name: &str| match name {
        "prune.sh" => topology.prune,
        "backup.sh" => topology.backup.scheduled.is_some(),
        _ => true,
    };
    let scripts = chart.scripts().filter(|(name, _)| runs(name));
    let (mounts, files) = (&topology.voters.pod.mounts, topology.backup.files.iter());
    let scripts = scripts.map(|(name, text)| Script { name, text: text.into() });
    let make = Metadata::new(topology);
    let local_volumes = &topology.voters.storage.local_volumes;
    let sets: Vec<_> = topology.sets().map(Selected::new).collect();
    // In front of those that vote and of the readers, as the sets come.
    let clients = [topology.services.client.as_ref(), topology.services.readers.as_ref()];
    Context {
        release: &topology.release,
        namespace: &topology.namespace,
        names: &topology.names,
        metadata: &topology.metadata,
        access: &topology.access,
        backup: &topology.backup,
        cdc: topology.cdc.as_ref(),
        monitoring: &topology.monitoring,
        ingress: topology.ingress.as_ref(),
        gateway: &topology.gateway,
        network_policy: topology.network_policy.as_ref(),
        ports: Ports {
            http: HTTP_PORT,
            raft: RAFT_PORT,
            client: topology.services.client.as_ref().map(|service| service.port),
        },
        sets: sets.iter().map(|each| set(&make, each)).collect(),
        budgets: sets.iter().filter_map(|set| budget(&make, set)).collect(),
        clients: sets.iter().zip(clients).filter_map(|(set, service)| Some(client(&make, service?, set))).collect(),
        autoscalers: topology.autoscaler.iter().map(|each| autoscaler(&make, each)).collect(),
        service_account: service_account(&make),
        start_script: script_path(topology, "start.sh"),
        pruner: topology.prune.then(|| helper(topology, "prune", mounts.iter().filter(|mount| !mount.only_nodes))),
        copier: topology.backup.scheduled.as_ref().map(|job| copier(topology, job)),
        replicas_text: topology.cluster.replicas.to_string(),
        scripts: std::iter::once(settings).chain(scripts).collect(),
        meta: Meta::of(&make),
        per_pod: topology.services.per_pod.iter().map(|each| per_pod(&make, each)).collect(),
        local_volumes: local_volumes.iter().map(|volume| local_volume(&make, volume)).collect(),
        certificates: topology.access.certificates.iter().map(|each| certificate(&make, each)).collect(),
        backup_files: files.map(|(name, text)| Script { name, text: text.into() }).collect(),
        dashboard_text: topology.monitoring.dashboard.as_ref().map(|_| chart.dashboard()),
    }
}

impl<'a> Metadata<'a> {
    fn new(topology: &'a Topology) -> Self {
        let topology::Metadata { labels, annotations, .. } = &topology.metadata;
        Self { topology, labels: engine_value(labels), annotations: unless_empty(annotations) }
    }

    fn of(&self, name: &'a str, labels: &Texts, annotations: &Texts) -> ObjectMeta<'a> {
        let general = &self.topology.metadata;
        ObjectMeta {
            name,
            namespace: Some(&self.topology.namespace),
            labels: if *labels == general.labels { self.labels.clone() } else { engine_value(labels) },
            annotations: if *annotations == general.annotations {
                self.annotations.clone()
            } else {
                unless_empty(annotations)
            },
        }
    }

    /// For an object without labels and annotations of its own.
    fn general(&self, name: &'a str) -> ObjectMeta<'a> {
        self.of(name, &self.topology.metadata.labels, &self.topology.metadata.annotations)
    }

    /// For an object of which there is one, called as the release.
    fn sole(&self, labels: &Texts, annotations: &Texts) -> ObjectMeta<'a> {
        self.of(&self.topology.names.fullname, labels, annotations)
    }

    fn service(&self, service: &'a Service) -> ObjectMeta<'a> {
        self.of(&service.name, &service.labels, &service.annotations)
    }
}

fn engine_value(texts: &Texts) -> tera::Value {
    tera::Value::from_serializable(texts)
}

fn unless_empty(texts: &Texts) -> Option<tera::Value> {
    (!texts.is_empty()).then(|| engine_value(texts))
}

impl<'a> Meta<'a> {
    fn of(make: &Metadata<'a>) -> Self {
        let Topology { names, metadata, ingress, gateway, network_policy, monitoring, backup, .. } = make.topology;
        let general = |is_there: bool, name| is_there.then(|| make.general(name));
        let route = |route: &topology::Route| make.sole(&route.labels, &route.annotations);
        let claim = || make.of(&names.backup, &metadata.labels, &metadata.of_kept());
        let dashboard = |made: &topology::Dashboard| make.of(&names.dashboard, &made.labels, &made.annotations);
        Self {
            scripts: make.general(&names.scripts),
            ingress: ingress.as_ref().map(|ingress| make.sole(&ingress.labels, &ingress.annotations)),
            http_route: gateway.http_route.as_ref().map(route),
            tls_route: gateway.tls_route.as_ref().map(route),
            network_policy: network_policy.as_ref().map(|policy| make.sole(&policy.labels, &metadata.annotations)),
            users: make.topology.access.users.as_ref().map(|users| make.general(&users.name)),
            prune: general(make.topology.prune, &names.prune),
            backup: general(backup.scheduled.is_some() || !backup.files.is_empty(), &names.backup),
            backup_claim: backup.scheduled.as_ref().map(|_| claim()),
            metrics: general(monitoring.exporter.is_some(), &names.metrics),
            pod_monitor: monitoring.pod_monitor.as_ref().map(|made| make.sole(&made.labels, &made.annotations)),
            alerts: monitoring.alerts.as_ref().map(|alerts| make.sole(&alerts.labels, &alerts.annotations)),
            dashboard: monitoring.dashboard.as_ref().map(dashboard),
            cdc: general(make.topology.cdc.is_some(), &names.cdc),
        }
    }
}

fn script_path(topology: &Topology, name: &str) -> String {
    format!("{}/{name}", topology.voters.pod.scripts_path)
}

fn service_account<'a>(make: &Metadata<'a>) -> Option<ServiceAccount<'a>> {
    let Topology { names, metadata, voters: PodSet { pod, .. }, .. } = make.topology;
    let meta = make.of(&names.service_account, &metadata.labels, &pod.service_account_annotations);
    pod.create_service_account.then_some(ServiceAccount { meta, automount_token: pod.automount_token })
}

/// A helper runs where the pods that vote do, and knows nothing of Kubernetes.
fn helper<'a>(topology: &'a Topology, component: &str, mounts: impl Iterator<Item = &'a Mount> + Clone) -> Helper<'a> {
    let pod = &topology.voters.pod;
    let (scheduling, security) = (&pod.scheduling, &pod.security);
    Helper {
        selector: topology.metadata.selector(component),
        labels: topology.metadata.of_helper(component),
        script: script_path(topology, &format!("{component}.sh")),
        image: &pod.image,
        pull_policy: pod.pull_policy,
        surroundings: &pod.surroundings,
        spec: HelperSpec {
            subdomain: &topology.voters.headless.name,
            service_account_name: &topology.names.service_account,
            automount_service_account_token: false,
            enable_service_links: false,
            security_context: &security.pod,
            image_pull_secrets: pod.pull_secrets.iter().map(|name| BTreeMap::from([("name", name.as_str())])).collect(),
            priority_class_name: scheduling.priority_class_name.as_deref(),
            node_selector: &scheduling.node_selector,
            tolerations: &scheduling.tolerations,
        },
        security: &security.container,
        volumes: mounts.clone().map(|mount| Either::Own(mount.volume())).collect(),
        volume_mounts: mounts.map(|mount| Either::Own(mount.volume_mount())).collect(),
    }
}

/// The job that takes copies, with those volumes of the pods that bring extensions.
fn copier<'a>(topology: &'a Topology, job: &'a topology::Scheduled) -> Helper<'a> {
    let mut helper = helper(topology, "backup", job.mounts.iter());
    helper.volumes.extend(job.extra_volumes.iter().map(Either::Added));
    helper.volume_mounts.extend(job.extra_mounts.iter().map(Either::Added));
    helper
}

fn per_pod<'a>(make: &Metadata<'a>, each: &'a PerPodService) -> Client<'a> {
    let mut selector = make.topology.voters.selector.clone();
    selector.insert("statefulset.kubernetes.io/pod-name".to_owned(), each.pod.clone());
    Client { meta: make.service(&each.service), selector: engine_value(&selector), service: &each.service }
}

fn certificate<'a>(make: &Metadata<'a>, certificate: &'a topology::Certificate) -> Certificate<'a> {
    Certificate { meta: make.general(&certificate.name), certificate }
}

/// A PersistentVolume is in no namespace, and has the labels that the claims ask for.
fn local_volume<'a>(make: &Metadata<'a>, volume: &'a topology::LocalVolume) -> LocalVolume<'a> {
    let Storage { size, access_modes, storage_class_name, claim, .. } = &make.topology.voters.storage;
    let topology::Metadata { labels, annotations, .. } = &make.topology.metadata;
    let asked_for = claim.selector.iter().flat_map(|selector| &selector.match_labels);
    let mut labels = labels.clone();
    labels.extend(asked_for.map(|(key, value)| (key.to_string(), value.to_string())));
    let meta = ObjectMeta { namespace: None, ..make.of(&volume.name, &labels, annotations) };
    LocalVolume { meta, path: &volume.path, size, access_modes, storage_class_name: storage_class_name.as_deref() }
}

/// A set, and the labels of its pods, of which the engine's value is shared.
struct Selected<'a> {
    set: &'a PodSet,
    labels: tera::Value,
}

impl<'a> Selected<'a> {
    fn new(set: &'a PodSet) -> Self {
        Self { set, labels: engine_value(&set.selector) }
    }
}

fn set<'a>(make: &Metadata<'a>, Selected { set, labels }: &Selected<'a>) -> Set<'a> {
    let PodSet { headless, pod, .. } = *set;
    Set {
        headless,
        replicas: set.replicas,
        selector: labels.clone(),
        pod_labels: &set.pod_labels,
        pod_annotations: &set.pod_annotations,
        update_strategy: &set.update_strategy,
        rollout: &set.rollout,
        pod,
        storage: &set.storage,
        meta: make.general(&set.name),
        service_meta: make.of(&headless.name, &headless.labels, &headless.annotations),
        families: &headless.families,
        pod_management_policy: match set.formation {
            Formation::Ordered => "OrderedReady",
            Formation::Parallel => "Parallel",
        },
        args: set.arguments.iter().map(|argument| argument.text.as_str()).collect(),
        affinity: Affinity::of(&pod.scheduling, labels),
        side_cars: side_cars(pod),
        volumes: pod.mounts.iter().chain(&pod.side_volumes).map(Mount::volume).collect(),
        volume_mounts: pod.mounts.iter().map(Mount::volume_mount).collect(),
    }
}

fn budget<'a>(make: &Metadata<'a>, Selected { set, labels }: &Selected<'a>) -> Option<SetBudget<'a>> {
    let Budget { limits, unhealthy_pod_eviction_policy, .. } = set.budget.as_ref()?;
    Some(SetBudget {
        meta: make.general(&set.name),
        selector: labels.clone(),
        limits,
        unhealthy_pod_eviction_policy: *unhealthy_pod_eviction_policy,
    })
}

fn client<'a>(make: &Metadata<'a>, service: &'a Service, set: &Selected<'a>) -> Client<'a> {
    Client { meta: make.service(service), selector: set.labels.clone(), service }
}

fn autoscaler<'a>(make: &Metadata<'a>, autoscaler: &'a Autoscaler) -> SetAutoscaler<'a> {
    SetAutoscaler { meta: make.general(&autoscaler.target), autoscaler }
}

/// The containers beside rqlite: the chart's own, then those that somebody adds.
fn side_cars(pod: &Pod) -> Vec<Either<&SideCar, &Container>> {
    pod.side_cars.iter().map(Either::Own).chain(pod.containers.iter().map(Either::Added)).collect()
}

/// What the scripts read. It is not part of the pods' template: pods read it when they start, so a cluster that grows
/// needs no restart.
fn cluster_env(topology: &Topology) -> String {
    let (cluster, voters) = (&topology.cluster, &topology.voters);
    let beyond = (cluster.replicas > cluster.max_voters).then(|| format!("REPLICAS={}\n", cluster.replicas));
    let readers = topology.readers.as_ref().map(|set| {
        let (count, name, headless) = (set.members.len(), &set.name, &set.headless.name);
        format!("READERS={count}\nREADER_SET={name}\nREADER_HEADLESS={headless}\n")
    });
    let recovery = topology.recovery.as_ref();
    let recovery = recovery.map(|asked| format!("SURVIVOR={}\nRECOVERY={}\n", asked.survivor.get(), asked.attempt));
    let numbers = format!(
        "SEEDS={}\nVOTERS={}\nMAX_VOTERS={}\nSET={}\nHEADLESS={}\n",
        cluster.seeds, cluster.voters, cluster.max_voters, voters.name, voters.headless.name
    );
    [Some(numbers), beyond, readers, recovery].into_iter().flatten().collect()
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
        let policies = |values: Value| {
            let sets = seen(&values)["sets"].take();
            sets.as_array().unwrap().iter().map(|set| set["pod_management_policy"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(policies(json!({})), ["OrderedReady"]);
        assert_eq!(policies(json!({ "formation": "parallel" })), ["Parallel"]);
        assert_eq!(policies(json!({ "readers": { "replicas": 1 } })), ["OrderedReady", "Parallel"]);
    }

    #[test]
    fn a_script_is_there_only_when_something_runs_it() {
        let names = ["cluster.env", "alive.sh", "ask.sh", "backup.sh", "env.sh", "prune.sh", "ready.sh", "start.sh"];
        let both = json!({ "membership": { "prune": true }, "backup": { "scheduled": { "schedule": "@daily" } } });
        assert_eq!(scripts(&seen(&both)), names);
        let without: Vec<_> = names.into_iter().filter(|name| !["backup.sh", "prune.sh"].contains(name)).collect();
        assert_eq!(scripts(&seen(&json!({}))), without);
    }

    #[test]
    fn the_scripts_learn_seeds_and_voters_and_pods_do_not_restart_for_them() {
        let (three, seven) = (seen(&json!({})), seen(&json!({ "replicas": 7 })));
        assert_eq!(three["scripts"][0]["text"], "SEEDS=3\nVOTERS=3\nMAX_VOTERS=5\nSET=rqdb\nHEADLESS=rqdb-headless\n");
        assert_eq!(three["sets"][0]["pod"], seven["sets"][0]["pod"]);
        assert_eq!(
            seen(&json!({ "replicas": 1 }))["scripts"][0]["text"],
            "SEEDS=1\nVOTERS=1\nMAX_VOTERS=5\nSET=rqdb\nHEADLESS=rqdb-headless\n"
        );
        let names = "SET=rqdb\nHEADLESS=rqdb-headless\n";
        assert_eq!(seven["scripts"][0]["text"], format!("SEEDS=3\nVOTERS=5\nMAX_VOTERS=5\n{names}REPLICAS=7\n"));
        let pool = seen(&json!({ "readers": { "replicas": 2 } }));
        let of_pool = "READERS=2\nREADER_SET=rqdb-readers\nREADER_HEADLESS=rqdb-readers-headless\n";
        assert_eq!(pool["scripts"][0]["text"], format!("SEEDS=3\nVOTERS=3\nMAX_VOTERS=5\n{names}{of_pool}"));
    }

    #[test]
    fn helpers_are_in_the_domain_of_the_pods_that_vote() {
        let both = json!({
            "membership": { "prune": true }, "backup": { "scheduled": { "schedule": "@daily" } },
            "services": { "client": { "enabled": false } }, "readers": { "replicas": 2 }, "fullnameOverride": "db",
        });
        let context = seen(&both);
        for helper in ["pruner", "copier"] {
            assert_eq!(context[helper]["spec"]["subdomain"], "db-headless");
        }
    }
}
