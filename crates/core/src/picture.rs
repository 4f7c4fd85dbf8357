//! The cluster as a drawing shows it.
//!
//! Nodes and zones are an illustration: where pods run, the scheduler decides, and nothing here knows the nodes that
//! there are. It is drawn how it would spread the pods of each set over the fewest places that the set's own terms ask
//! for (`antiAffinity`, `topologySpreadConstraints`):
//!
//! - over nodes: a node for each pod, or one node for all in a zone where nothing keeps them apart;
//! - over zones: three zones, as regions have them, and more where a term needs more; or one for all.
//!
//! Each set is spread by itself, so a reader may be drawn on a voter's node: no term forbids it. Terms over other
//! labels of nodes, an `affinity` that somebody wrote, node selectors, taints and full nodes are not looked at; nor are
//! `patches`, which are no part of a topology.

use schemars::JsonSchema;
use serde::Serialize;

use crate::topology::{self, Amount, HTTP_PORT, Member, PodSet, RAFT_PORT, Topology};
use crate::values::{EvictionPolicy, Formation, ServiceType, Spread, WhenUnsatisfiable};

/// The node label that tells nodes apart.
const HOST: &str = "kubernetes.io/hostname";
/// The node label that tells zones apart.
const ZONE: &str = "topology.kubernetes.io/zone";
/// How many zones a region has, mostly.
const ZONES: usize = 3;

/// What there is to draw of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Picture {
    /// The sets of pods, the voters' first.
    pub sets: Vec<Set>,
    /// The Services: for clients, for single pods, and those that give pods their names.
    pub services: Vec<Service>,
    /// The disruption budget of the set that votes; null where none is rendered.
    pub budget: Option<Budget>,
    /// How strongly the pods of the set that votes keep apart.
    pub spread: Separation,
}

/// What one StatefulSet governs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Set {
    /// What its pods are for.
    pub role: SetRole,
    /// The StatefulSet's name.
    pub name: String,
    /// In which order its pods start.
    pub formation: Formation,
    /// Its pods, by ordinal; those that there are at least, where an autoscaler decides.
    pub pods: Vec<Pod>,
    /// Its disruption budget; null where none is rendered.
    pub budget: Option<Budget>,
    /// How strongly its pods keep apart from each other.
    pub spread: Separation,
}

/// What the pods of a set are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum SetRole {
    /// The first of them vote.
    Voters,
    /// They only read.
    Readers,
}

/// One pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Pod {
    /// Its name.
    pub name: String,
    /// Its number in the set.
    pub ordinal: u32,
    /// What it is to the cluster.
    pub role: PodRole,
    /// Whether it is one of those that found a cluster together, and that others join through.
    pub seed: bool,
    /// Whether a new cluster can begin with it: the first seed, when all seeds have notified it.
    pub may_found: bool,
    /// The node that it is drawn on: an illustration.
    pub node: String,
    /// The zone that it is drawn in: an illustration.
    pub zone: String,
    /// Its volumes, the database's first.
    pub volumes: Vec<Volume>,
}

/// What a pod is to the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PodRole {
    /// It votes.
    Voter,
    /// It holds all data and has no vote, among the pods of the voters' set.
    NonVoter,
    /// The same, in the pool of readers.
    Reader,
}

/// One volume of a pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Volume {
    /// The claim's name; the volume's name in the pod where nothing is claimed.
    pub name: String,
    /// Its size, as a Kubernetes quantity; null where somebody wrote a claim without one that is understood.
    pub size: Option<String>,
    /// Its StorageClass; null means the cluster's default, or that nothing is claimed.
    pub storage_class: Option<String>,
    /// Whether it ends with its pod.
    pub ephemeral: bool,
}

/// One Service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Service {
    /// Its name; one for a single pod has the pod's.
    pub name: String,
    /// How it is reached.
    #[serde(rename = "type")]
    pub kind: ServiceKind,
    /// Its ports.
    pub ports: Vec<Port>,
    /// The pods behind it.
    pub selects: Selects,
}

/// How a Service is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub enum ServiceKind {
    /// From within the Kubernetes cluster.
    ClusterIP,
    /// Also through a port of every node.
    NodePort,
    /// Also through a load balancer.
    LoadBalancer,
    /// Not at all: it gives its pods their names in DNS.
    Headless,
}

/// A port of a Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Port {
    /// Its name.
    pub name: &'static str,
    /// Its number.
    pub port: i64,
}

/// Which pods are behind a Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Selects {
    /// Those of the voters' set, non-voters among them.
    Voters,
    /// Those of the pool of readers.
    Readers,
    /// The one that it has its name from.
    Pod,
}

/// How many pods may leave at once by somebody's will, with Kubernetes' names for its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Budget {
    /// How many may be away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_unavailable: Option<Amount>,
    /// How many must stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_available: Option<Amount>,
    /// Whether pods that are not Ready may be evicted at any time.
    pub unhealthy_pod_eviction_policy: EvictionPolicy,
}

/// How strongly pods keep apart, by anti-affinity or by spreading, whichever is stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Separation {
    /// On nodes.
    pub host: Spread,
    /// In zones.
    pub zone: Spread,
}

impl Picture {
    /// Draws a cluster; time and size grow with the number of pods.
    ///
    /// # Example
    ///
    /// ```
    /// # use rqchart_core::release::{ChartInfo, KubeVersion, Release};
    /// # use rqchart_core::{picture::{Picture, PodRole}, schema, topology::Topology};
    /// # let chart = ChartInfo { name: "rqlite".into(), version: "0.1.0".into(), app_version: "10.2.7".into() };
    /// # let release = Release::new("rqdb", "default", chart, KubeVersion::DEFAULT).unwrap();
    /// let values = schema::validate(&serde_json::json!({ "replicas": 3, "readers": { "replicas": 1 } })).unwrap();
    /// let picture = Picture::of(&Topology::resolve(values, &release));
    /// let [voters, readers] = &picture.sets[..] else { panic!() };
    /// assert!(voters.pods[0].may_found && voters.pods[2].seed && !voters.pods[2].may_found);
    /// assert_eq!((voters.pods[1].zone.as_str(), voters.pods[1].node.as_str()), ("b", "b1"));
    /// assert_eq!(voters.pods[0].volumes[0].name, "data-rqdb-0");
    /// assert_eq!(readers.pods[0].role, PodRole::Reader);
    /// ```
    pub fn of(topology: &Topology) -> Self {
        Self {
            sets: parts(topology).map(|(role, set)| Set::of(role, set, topology)).collect(),
            services: services(topology),
            budget: topology.voters.budget.as_ref().map(Budget::of),
            spread: Separation::of(&topology.voters),
        }
    }
}

fn parts(topology: &Topology) -> impl Iterator<Item = (SetRole, &PodSet)> {
    let readers = topology.readers.iter().map(|set| (SetRole::Readers, set));
    std::iter::once((SetRole::Voters, &topology.voters)).chain(readers)
}

impl Set {
    fn of(role: SetRole, set: &PodSet, topology: &Topology) -> Self {
        let spread = Separation::of(set);
        let zones = zones(set, spread);
        let volumes: Vec<_> = set.storage.volumes(&topology.names.volume).collect();
        let pod = |(index, member): (usize, &Member)| {
            let (zone, node) = place(index, zones, spread);
            let seed = member.role == topology::Role::Seed;
            Pod {
                name: member.pod.clone(),
                ordinal: member.ordinal,
                role: match (role, member.role) {
                    (SetRole::Readers, _) => PodRole::Reader,
                    (SetRole::Voters, topology::Role::NonVoter) => PodRole::NonVoter,
                    (SetRole::Voters, _) => PodRole::Voter,
                },
                seed,
                // The start script tells the other seeds to wait for more pods than there are.
                may_found: seed && member.ordinal == 0,
                node,
                zone,
                volumes: volumes.iter().map(|volume| Volume::of(volume, &member.pod)).collect(),
            }
        };
        Self {
            role,
            name: set.name.clone(),
            formation: set.formation,
            pods: set.members.iter().enumerate().map(pod).collect(),
            budget: set.budget.as_ref().map(Budget::of),
            spread,
        }
    }
}

impl Volume {
    fn of(volume: &topology::Volume<'_>, pod: &str) -> Self {
        let topology::Volume { name, size, storage_class_name, is_claimed } = volume;
        Self {
            name: if *is_claimed { format!("{name}-{pod}") } else { (*name).to_owned() },
            size: size.as_ref().map(ToString::to_string),
            storage_class: storage_class_name.filter(|_| *is_claimed).map(str::to_owned),
            ephemeral: !is_claimed,
        }
    }
}

impl Budget {
    fn of(budget: &topology::Budget) -> Self {
        let limit = |field| budget.limits.iter().find(|limit| limit.field == field).map(|limit| limit.pods.clone());
        Self {
            max_unavailable: limit("maxUnavailable"),
            min_available: limit("minAvailable"),
            unhealthy_pod_eviction_policy: budget.unhealthy_pod_eviction_policy,
        }
    }
}

impl Separation {
    fn of(set: &PodSet) -> Self {
        Self { host: strength(set, HOST), zone: strength(set, ZONE) }
    }
}

fn strength(set: &PodSet, key: &str) -> Spread {
    let scheduling = &set.pod.scheduling;
    let spread = || scheduling.topology_spread.iter().filter(|spread| spread.topology_key.as_str() == key);
    if scheduling.required.contains(&key)
        || spread().any(|spread| spread.when_unsatisfiable == WhenUnsatisfiable::DoNotSchedule)
    {
        Spread::Hard
    } else if scheduling.preferred.iter().any(|place| place.topology_key == key) || spread().next().is_some() {
        Spread::Soft
    } else {
        Spread::None
    }
}

/// How many zones the pods of a set are drawn in, if there are so many pods.
fn zones(set: &PodSet, spread: Separation) -> usize {
    let scheduling = &set.pod.scheduling;
    if spread.zone == Spread::None {
        1
    } else if scheduling.required.contains(&ZONE) {
        set.members.len()
    } else {
        let of_zones = scheduling.topology_spread.iter().filter(|spread| spread.topology_key.as_str() == ZONE);
        let needed = of_zones.filter_map(|spread| usize::try_from(spread.min_domains?.get()).ok());
        needed.fold(ZONES, usize::max)
    }
}

/// The zone and the node of a pod. A node's name has its zone's in it, because nodes are numbered in each zone.
fn place(index: usize, zones: usize, spread: Separation) -> (String, String) {
    let zones = zones.max(1);
    let zone = letters(index % zones);
    let number = if spread.host == Spread::None { 1 } else { index / zones + 1 };
    let node = format!("{zone}{number}");
    (zone, node)
}

/// `a` to `z`, then `aa` and so on.
fn letters(index: usize) -> String {
    let last = char::from(b"abcdefghijklmnopqrstuvwxyz"[index % 26]);
    let first = if index < 26 { String::new() } else { letters(index / 26 - 1) };
    format!("{first}{last}")
}

fn services(topology: &Topology) -> Vec<Service> {
    let services = &topology.services;
    let of_clients = |service: &topology::Service, selects| Service {
        name: service.name.clone(),
        kind: match service.spec.kind {
            ServiceType::ClusterIP => ServiceKind::ClusterIP,
            ServiceType::NodePort => ServiceKind::NodePort,
            ServiceType::LoadBalancer => ServiceKind::LoadBalancer,
        },
        ports: vec![Port { name: "http", port: service.port }],
        selects,
    };
    let clients = services.client.iter().map(|service| of_clients(service, Selects::Voters));
    let readers = services.readers.iter().map(|service| of_clients(service, Selects::Readers));
    let per_pod = services.per_pod.iter().map(|each| of_clients(&each.service, Selects::Pod));
    let headless = parts(topology).map(|(role, set)| Service {
        name: set.headless.name.clone(),
        kind: ServiceKind::Headless,
        ports: vec![Port { name: "http", port: HTTP_PORT.into() }, Port { name: "raft", port: RAFT_PORT.into() }],
        selects: match role {
            SetRole::Voters => Selects::Voters,
            SetRole::Readers => Selects::Readers,
        },
    });
    clients.chain(readers).chain(per_pod).chain(headless).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;
    use crate::topology::resolved;

    fn drawn(values: &Value) -> Picture {
        Picture::of(&resolved(values))
    }

    fn places(pods: &[Pod]) -> Vec<(&str, &str)> {
        pods.iter().map(|pod| (pod.zone.as_str(), pod.node.as_str())).collect()
    }

    #[test]
    fn only_the_first_pod_can_found_and_the_first_three_voters_are_seeds() {
        for (replicas, seeds, voters) in [(1, 1, 1), (2, 2, 2), (3, 3, 3), (5, 3, 5), (7, 3, 5)] {
            let picture = drawn(&json!({ "replicas": replicas, "maxVoters": 5 }));
            let pods = &picture.sets[0].pods;
            let count = |is: fn(&Pod) -> bool| pods.iter().filter(|pod| is(pod)).count();
            assert_eq!((pods.len(), count(|pod| pod.seed)), (replicas, seeds));
            assert_eq!(pods.iter().filter(|pod| pod.may_found).map(|pod| pod.ordinal).collect::<Vec<_>>(), [0]);
            assert_eq!(count(|pod| pod.role == PodRole::Voter), voters);
            assert_eq!(count(|pod| pod.role == PodRole::NonVoter), replicas - voters);
        }
    }

    #[test]
    fn the_page_reads_these_names() {
        let picture = json!(drawn(&json!({ "replicas": 1, "storage": { "storageClassName": "fast" } })));
        let spread = json!({ "host": "soft", "zone": "soft" });
        let volume = json!({ "name": "data-rqdb-0", "size": "10Gi", "storageClass": "fast", "ephemeral": false });
        assert_eq!(
            picture,
            json!({
                "sets": [{
                    "role": "voters", "name": "rqdb", "formation": "ordered", "budget": null, "spread": spread,
                    "pods": [{
                        "name": "rqdb-0", "ordinal": 0, "role": "voter", "seed": true, "mayFound": true,
                        "node": "a1", "zone": "a", "volumes": [volume],
                    }],
                }],
                "services": [
                    { "name": "rqdb-client", "type": "ClusterIP", "selects": "voters",
                      "ports": [{ "name": "http", "port": 4001 }] },
                    { "name": "rqdb-headless", "type": "Headless", "selects": "voters",
                      "ports": [{ "name": "http", "port": 4001 }, { "name": "raft", "port": 4002 }] },
                ],
                "budget": null,
                "spread": spread,
            })
        );
    }

    #[test]
    fn readers_are_a_set_with_terms_of_their_own() {
        let picture = drawn(&json!({
            "readers": {
                "autoscaling": { "minReplicas": 2, "maxReplicas": 9, "targetCPUUtilizationPercentage": 80 },
                "storage": { "ephemeral": true, "size": "1Gi" },
                "podDisruptionBudget": { "maxUnavailable": "25%" },
                "antiAffinity": { "host": "hard" }, "topologySpreadConstraints": [],
            },
        }));
        let [voters, readers] = &picture.sets[..] else { panic!("{picture:?}") };
        assert_eq!((readers.role, readers.formation, readers.pods.len()), (SetRole::Readers, Formation::Parallel, 2));
        assert!(readers.pods.iter().all(|pod| pod.role == PodRole::Reader && !pod.seed && !pod.may_found));
        assert_eq!(
            json!(readers.pods[1].volumes),
            json!([
                { "name": "data", "size": "1Gi", "storageClass": null, "ephemeral": true },
            ])
        );
        assert_eq!(readers.spread, Separation { host: Spread::Hard, zone: Spread::None });
        assert_eq!(places(&readers.pods), [("a", "a1"), ("a", "a2")]);
        assert_eq!(places(&voters.pods), [("a", "a1"), ("b", "b1"), ("c", "c1")]);
        assert_eq!(
            json!([voters.budget, readers.budget]),
            json!([
                { "maxUnavailable": 1, "unhealthyPodEvictionPolicy": "IfHealthyBudget" },
                { "maxUnavailable": "25%", "unhealthyPodEvictionPolicy": "AlwaysAllow" },
            ])
        );
        assert_eq!((&picture.budget, picture.spread), (&voters.budget, voters.spread));
    }

    #[test]
    fn further_claims_are_drawn_as_somebody_wrote_them() {
        let claim = |name: &str, spec: Value| json!({ "name": name, "spec": spec });
        let picture = drawn(&json!({ "storage": { "ephemeral": true }, "extraVolumeClaimTemplates": [
            claim("logs", json!({ "storageClassName": "slow", "resources": { "requests": { "storage": "5G" } } })),
            claim("odd", json!({ "resources": { "requests": { "storage": "+1Gi" } } })),
            claim("none", json!({})),
        ] }));
        let volumes = |volume: &Volume| (volume.name.clone(), volume.size.clone(), volume.storage_class.clone());
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            picture.sets[0].pods[1].volumes.iter().map(volumes).collect::<Vec<_>>(),
            [
                ("data".into(), text("10Gi"), None),
                ("logs-rqdb-1".into(), text("5G"), text("slow")),
                ("odd-rqdb-1".into(), None, None),
                ("none-rqdb-1".into(), None, None),
            ]
        );
    }

    #[test]
    fn pods_share_places_where_no_term_keeps_them_apart() {
        let on = |anti_affinity: Value, spread: Value| {
            let values = json!({ "replicas": 5, "antiAffinity": anti_affinity, "topologySpreadConstraints": spread });
            let picture = drawn(&values);
            let pods = &picture.sets[0].pods;
            let places = |place: fn(&Pod) -> &str| pods.iter().map(place).collect::<BTreeSet<_>>().len();
            (picture.spread, places(|pod| &pod.zone), places(|pod| &pod.node))
        };
        let (none, soft, hard) = (Spread::None, Spread::Soft, Spread::Hard);
        let apart = |host, zone| Separation { host, zone };
        let over = |key: &str, min: u32| json!([{ "topologyKey": key, "whenUnsatisfiable": "DoNotSchedule", "minDomains": min }]);
        assert_eq!(on(json!({ "host": "none" }), json!([])), (apart(none, none), 1, 1));
        assert_eq!(on(json!({ "host": "soft" }), json!([])), (apart(soft, none), 1, 5));
        assert_eq!(on(json!({ "host": "none", "zone": "soft" }), json!([])), (apart(none, soft), 3, 3));
        assert_eq!(on(json!({ "host": "soft", "zone": "soft" }), json!([])), (apart(soft, soft), 3, 5));
        assert_eq!(on(json!({ "host": "none", "zone": "hard" }), json!([])), (apart(none, hard), 5, 5));
        assert_eq!(on(json!({ "host": "none" }), over(ZONE, 4)), (apart(none, hard), 4, 4));
        assert_eq!(on(json!({ "host": "none" }), over(HOST, 1)), (apart(hard, none), 1, 5));
        assert_eq!(on(json!({ "host": "none" }), over("rack", 1)), (apart(none, none), 1, 1));
    }

    #[test]
    fn an_affinity_that_somebody_wrote_is_not_guessed_at() {
        let picture = drawn(&json!({ "affinity": {}, "topologySpreadConstraints": [] }));
        assert_eq!(picture.spread, Separation { host: Spread::None, zone: Spread::None });
    }

    #[test]
    fn services_say_whom_they_reach() {
        let picture = drawn(&json!({
            "replicas": 2, "readers": { "replicas": 1 }, "podDisruptionBudget": null,
            "services": { "client": { "type": "LoadBalancer", "port": 80 }, "perPod": { "enabled": true } },
        }));
        let kinds: Vec<_> = picture.services.iter().map(|service| (service.kind, service.selects)).collect();
        assert_eq!(
            kinds,
            [
                (ServiceKind::LoadBalancer, Selects::Voters),
                (ServiceKind::ClusterIP, Selects::Readers),
                (ServiceKind::ClusterIP, Selects::Pod),
                (ServiceKind::ClusterIP, Selects::Pod),
                (ServiceKind::Headless, Selects::Voters),
                (ServiceKind::Headless, Selects::Readers),
            ]
        );
        assert_eq!(picture.services[0].ports, [Port { name: "http", port: 80 }]);
        assert_eq!(picture.services[3].name, "rqdb-1");
        assert_eq!(picture.budget, None);
    }

    #[test]
    fn an_absurd_cluster_is_as_much_to_draw_as_it_has_pods() {
        let size = |replicas: u32| {
            let of = json!({ "replicas": replicas, "antiAffinity": { "zone": "hard" }, "readers": { "replicas": replicas },
                "services": { "perPod": { "enabled": true } } });
            let picture = drawn(&of);
            let zones: BTreeSet<_> = picture.sets[0].pods.iter().map(|pod| pod.zone.as_str()).collect();
            assert_eq!(zones.len(), replicas as usize);
            json!(picture).to_string().len()
        };
        assert!(size(300) < 3 * size(100) * 11 / 10);
    }

    #[test]
    fn zones_have_names_of_their_own() {
        assert_eq!([0, 25, 26, 27, 701, 702].map(letters), ["a", "z", "aa", "ab", "zz", "aaa"]);
    }
}
