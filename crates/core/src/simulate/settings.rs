//! What decides: the numbers of a topology, and how its scripts behave.
//!
//! In: [`Topology`]. Out: [`Settings`], all that the model knows of it. [`Behaviour`] is apart, so that the mistakes that others
//! make, and this chart does not, can be played too.

use serde::{Deserialize, Serialize};

use crate::picture::Picture;
use crate::topology::{Amount, Budget, PodSet, Probe, Topology};
use crate::values::{Duration, EvictionPolicy, Formation, RetentionPolicy, Strategy};

/// How many pods are simulated at most. Those beyond have no vote, so no outcome hangs on them.
pub const MOST_PODS: usize = 100;

/// What the pods' scripts and probes do where forms of rqlite on Kubernetes differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Behaviour {
    /// How a cluster begins, and how its members start again.
    pub founding: Founding,
    /// What a pod does whose disk is empty.
    pub empty_disks: EmptyDisks,
    /// When a voter counts as Ready.
    pub readiness: Readiness,
    /// When a reader of the pool counts as Ready.
    pub reader_readiness: Readiness,
    /// Whether a pod that runs without being a member is restarted, so that it joins again.
    pub rejoins: bool,
    /// Whether a node has itself removed whenever it stops (`-raft-cluster-remove-shutdown`).
    pub leaves_when_stopped: bool,
    /// How often a node that only joins tries, before it ends.
    pub join_attempts: u32,
    /// How long it waits between two attempts, in milliseconds.
    pub join_interval_millis: u64,
    /// How long a new pod takes until its container runs, in milliseconds.
    pub start_millis: u64,
}

/// How a cluster begins, and how its members start again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Founding {
    /// With `-bootstrap-expect`: ordinal 0 founds when all seeds are there; seeds that have state start as members.
    Together,
    /// Ordinal 0 without `-join`, the others with nothing else: it founds alone whenever its disk is empty.
    FirstAlone,
    /// The cluster has been founded somehow; everybody starts with `-join` alone.
    JoinOnly,
}

/// What a pod does whose disk is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmptyDisks {
    /// It keeps its Raft port shut until it is sure that it may found, or was struck off the members.
    Wait,
    /// It starts as what it was, and votes.
    Vote,
}

/// When a pod counts as Ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Readiness {
    /// ready.sh: it has everything; or later pods are missing without which nobody can lead.
    Script,
    /// `/readyz?sync`: it has everything that the leader committed.
    Synced,
    /// `/readyz`: it knows a leader.
    Leader,
    /// `/readyz?noleader`, or whatever else it answers.
    Answers,
    /// As soon as it runs.
    Running,
}

impl Behaviour {
    /// What a topology's scripts and probes do.
    pub fn of(topology: &Topology) -> Self {
        let readiness = |set: Option<&PodSet>| {
            set.map_or(Readiness::Running, |set| Readiness::of(set.pod.probes.readiness.as_ref()))
        };
        let alive = topology.voters.pod.probes.liveness.as_ref();
        Self {
            founding: Founding::Together,
            empty_disks: EmptyDisks::Wait,
            readiness: readiness(Some(&topology.voters)),
            reader_readiness: readiness(topology.readers.as_ref()),
            rejoins: alive.is_some_and(|probe| text_of(probe).contains("alive.sh")),
            leaves_when_stopped: false,
            join_attempts: 600,
            join_interval_millis: 1000,
            start_millis: 1500,
        }
    }
}

impl Readiness {
    fn of(probe: Option<&Probe>) -> Self {
        let Some(text) = probe.map(text_of) else { return Self::Running };
        let says = |word: &str| text.contains(word);
        match () {
            () if says("ready.sh") && !says("synced") && !says("answers") => Self::Script,
            () if says("noleader") || says("answers") => Self::Answers,
            () if says("sync") => Self::Synced,
            () if says("/readyz") => Self::Leader,
            () => Self::Answers,
        }
    }
}

fn text_of(probe: &Probe) -> String {
    serde_json::to_string(&probe.handler).unwrap_or_default()
}

/// All that the model knows of a topology.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Settings {
    pub(super) behaviour: Behaviour,
    /// The voters' set, and the pool of readers if there is one.
    pub(super) sets: Vec<SetOf>,
    /// Every pod there can be, of all sets.
    pub(super) pods: Vec<PodOf>,
    /// Nodes as they are drawn.
    pub(super) nodes: Vec<Place>,
    pub(super) zones: Vec<Place>,
    pub(super) seeds: usize,
    pub(super) voters: usize,
    pub(super) max_voters: usize,
    pub(super) heartbeat: u64,
    pub(super) election: u64,
    pub(super) lease: u64,
    pub(super) steps_down: bool,
    pub(super) grace: Option<u64>,
    pub(super) reader_grace: Option<u64>,
    /// Whether members beyond the values' replicas are removed by a Deployment.
    pub(super) prunes: bool,
    /// After how many entries a follower that lags is sent the whole database.
    pub(super) snapshot_after: u64,
    /// How many pods of the topology are not simulated.
    pub(super) left_out: usize,
}

/// What one StatefulSet is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub(super) struct SetOf {
    pub(super) name: String,
    /// Its pods among all of them.
    pub(super) first: usize,
    pub(super) room: usize,
    pub(super) replicas: usize,
    pub(super) ordered: bool,
    pub(super) rolling: bool,
    pub(super) partition: usize,
    pub(super) min_ready: u64,
    pub(super) stop_grace: u64,
    pub(super) budget: Option<Allowance>,
    pub(super) ephemeral: bool,
    pub(super) local: bool,
    pub(super) deletes_disks: bool,
    /// For how long a liveness probe fails before its container is restarted; none without one.
    pub(super) patience: Option<u64>,
    /// How often readiness is asked, and for how long it fails before it counts.
    pub(super) ready_period: u64,
    pub(super) unready_after: u64,
}

/// A pod there can be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PodOf {
    pub(super) name: String,
    pub(super) set: usize,
    pub(super) ordinal: usize,
}

/// A node or a zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) name: String,
    pub(super) pods: Vec<usize>,
}

/// What a disruption budget allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Allowance {
    /// Whether it counts those that may be missing, or those that must stay.
    missing: bool,
    count: usize,
    /// Whether the count is in hundredths of those that there are.
    percent: bool,
    evicts_the_unready: bool,
}

impl Settings {
    pub(super) fn of(topology: &Topology) -> Self {
        let time = |flag: &str, default: u64| {
            let found = topology.voters.arguments.iter().rev().find(|argument| argument.flag() == flag);
            let value = found.and_then(|argument| Duration::new(argument.value()?));
            value.map(|time| time.as_millis()).filter(|time| *time > 0).unwrap_or(default)
        };
        let number = |flag: &str| {
            let found = topology.voters.arguments.iter().rev().find(|argument| argument.flag() == flag);
            found.and_then(|argument| argument.value()?.parse().ok())
        };
        let stays = |argument: &crate::topology::Argument| argument.text.contains("raft-shutdown-stepdown=false");
        let (mut sets, mut pods, mut left_out) = (Vec::new(), Vec::new(), 0);
        for set in topology.sets() {
            let free = MOST_PODS.saturating_sub(pods.len());
            let members = set.members.len();
            // Room for a scale-out, also of the smallest.
            let room = (members + 4).max(if sets.is_empty() { 9 } else { 4 }).min(free);
            left_out += members.saturating_sub(room);
            let index = sets.len();
            sets.push(SetOf::of(set, pods.len(), room));
            pods.extend((0..room).map(|ordinal| PodOf {
                name: format!("{}-{ordinal}", set.name),
                set: index,
                ordinal,
            }));
        }
        let cluster = &topology.cluster;
        let (nodes, zones) = places(topology, &pods);
        Self {
            behaviour: Behaviour::of(topology),
            nodes,
            zones,
            sets,
            pods,
            seeds: cluster.seeds as usize,
            voters: cluster.voters as usize,
            max_voters: cluster.max_voters as usize,
            heartbeat: time("raft-heartbeat-timeout", 1000),
            election: time("raft-election-timeout", 1000),
            lease: time("raft-leader-lease-timeout", 500),
            steps_down: !topology.voters.arguments.iter().any(stays),
            grace: topology.grace_millis.filter(|grace| *grace > 0),
            reader_grace: topology.reader_grace_millis.or(topology.grace_millis).filter(|grace| *grace > 0),
            prunes: topology.prune,
            snapshot_after: number("raft-snap").unwrap_or(8192),
            left_out,
        }
    }

    /// The pods of a set that there are at first.
    pub(super) fn at_first(&self) -> impl Iterator<Item = usize> + '_ {
        self.sets.iter().flat_map(|set| set.first..set.first + set.replicas)
    }

    /// Whether a pod may vote by its number.
    pub(super) fn votes(&self, pod: usize) -> bool {
        self.pods[pod].set == 0 && self.pods[pod].ordinal < self.max_voters
    }

    /// Every ordinal that may vote, of those that are simulated.
    pub(super) fn may_vote(&self) -> std::ops::Range<usize> {
        0..self.max_voters.min(self.sets[0].room)
    }
}

impl SetOf {
    fn of(set: &PodSet, first: usize, room: usize) -> Self {
        let seconds = |seconds: i64| u64::try_from(seconds).unwrap_or_default() * 1000;
        let probes = &set.pod.probes;
        let ready = probes.readiness.as_ref();
        let period = ready.map_or(0, |probe| seconds(probe.period_seconds));
        let failing = |probe: &Probe| seconds(probe.period_seconds * probe.failure_threshold);
        Self {
            name: set.name.clone(),
            first,
            room,
            replicas: set.members.len().min(room),
            ordered: set.formation == Formation::Ordered,
            rolling: set.update_strategy.kind == Strategy::RollingUpdate,
            partition: usize::try_from(set.update_strategy.partition.get()).unwrap_or_default(),
            min_ready: seconds(set.rollout.min_ready_seconds.unwrap_or_default()),
            stop_grace: seconds(set.pod.termination_grace_period_seconds),
            budget: set.budget.as_ref().and_then(Allowance::of),
            ephemeral: set.storage.ephemeral,
            local: !set.storage.local_volumes.is_empty(),
            deletes_disks: set.storage.retention.when_scaled == RetentionPolicy::Delete,
            patience: probes.liveness.as_ref().map(failing),
            ready_period: period,
            unready_after: ready.map_or(0, failing),
        }
    }

    pub(super) fn pods(&self) -> std::ops::Range<usize> {
        self.first..self.first + self.room
    }

    /// How many pods must stay Ready when somebody asks before an eviction.
    pub(super) fn must_stay(&self, replicas: usize) -> usize {
        let Some(budget) = &self.budget else { return 0 };
        // Kubernetes rounds up on both sides.
        let count = if budget.percent { (budget.count * replicas).div_ceil(100) } else { budget.count };
        if budget.missing { replicas.saturating_sub(count) } else { count }
    }

    pub(super) fn evicts_the_unready(&self) -> bool {
        self.budget.as_ref().is_none_or(|budget| budget.evicts_the_unready)
    }
}

impl Allowance {
    fn of(budget: &Budget) -> Option<Self> {
        let limit = budget.limits.first()?;
        let (count, percent) = match &limit.pods {
            Amount::Pods(pods) => (usize::try_from(*pods).unwrap_or_default(), false),
            Amount::Share(share) => (share.trim_end_matches('%').parse().unwrap_or_default(), true),
        };
        Some(Self {
            missing: limit.field == "maxUnavailable",
            count,
            percent,
            evicts_the_unready: budget.unhealthy_pod_eviction_policy == EvictionPolicy::AlwaysAllow,
        })
    }
}

/// Nodes and zones, as the picture draws them.
fn places(topology: &Topology, pods: &[PodOf]) -> (Vec<Place>, Vec<Place>) {
    let picture = Picture::of(topology);
    let (mut nodes, mut zones) = (Vec::new(), Vec::new());
    for drawn in picture.sets.iter().flat_map(|set| &set.pods) {
        if let Some(pod) = pods.iter().position(|pod| pod.name == drawn.name) {
            note(&mut nodes, &drawn.node, pod);
            note(&mut zones, &drawn.zone, pod);
        }
    }
    (nodes, zones)
}

fn note(places: &mut Vec<Place>, name: &str, pod: usize) {
    match places.iter_mut().find(|place| place.name == name) {
        Some(place) => place.pods.push(pod),
        None => places.push(Place { name: name.to_owned(), pods: vec![pod] }),
    }
}
