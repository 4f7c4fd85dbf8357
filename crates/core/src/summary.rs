//! The cluster in numbers and plain words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::topology::{Amount, Cluster, Pod, PodSet, Topology};
use crate::values::{Container, Quantity};

/// What a cluster bears and what it asks for.
///
/// Amounts are Kubernetes quantities, added exactly; null means that nothing is asked for. Where an autoscaler decides
/// how many readers there are, the fewest count. What `patches` change, and what the jobs and Deployments beside the
/// cluster ask for, is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Summary {
    /// The most important facts, a sentence each.
    pub sentences: Vec<String>,
    /// How many pods vote.
    pub voters: u32,
    /// How many of them must agree.
    pub quorum: u32,
    /// How many of them may be lost while the cluster still accepts writes.
    pub may_lose: u32,
    /// How many pods of the voters' set never vote.
    pub non_voters: u32,
    /// How many readers there are.
    pub readers: u32,
    /// The CPU that nodes must have to spare for all pods, in cores.
    pub cpu: Option<String>,
    /// The memory that nodes must have to spare for all pods, in bytes.
    pub memory: Option<String>,
    /// What is claimed for all pods and for scheduled copies, in bytes; what pods hold themselves is not in it.
    pub storage: Option<String>,
}

impl Summary {
    /// Sums a cluster up; time grows with the number of sets, not of pods.
    ///
    /// # Example
    ///
    /// ```
    /// # use rqchart_core::release::{ChartInfo, KubeVersion, Release};
    /// # use rqchart_core::{summary::Summary, topology::Topology, values::Values};
    /// # let chart = ChartInfo { name: "rqlite".into(), version: "0.1.0".into(), app_version: "10.2.7".into() };
    /// # let release = Release::new("rqdb", "default", chart, KubeVersion::DEFAULT).unwrap();
    /// let summary = Summary::of(&Topology::resolve(Values::default(), &release));
    /// assert_eq!((summary.voters, summary.quorum, summary.may_lose), (3, 2, 1));
    /// assert_eq!(summary.sentences, [
    ///     "3 voters: a write needs 2 of them, so 1 may be lost.",
    ///     "A drain takes 1 pod at a time.",
    ///     "In all, 300m of CPU, 384Mi of memory and 30Gi of volumes are asked for.",
    /// ]);
    /// ```
    pub fn of(topology: &Topology) -> Self {
        let cluster = &topology.cluster;
        let over_sets = |each: &dyn Fn(&PodSet) -> Sum| {
            topology.sets().fold(Sum::default(), |sum, set| sum.plus(each(set).times(set.members.len())))
        };
        let cpu = over_sets(&|set| requests(&set.pod, "cpu"));
        let memory = over_sets(&|set| requests(&set.pod, "memory"));
        let claims = over_sets(&|set| claims(set, &topology.names.volume));
        let copies = topology.backup.scheduled.as_ref().and_then(|scheduled| scheduled.claim.as_ref());
        let storage = claims.plus(Sum::of(copies.map(|claim| &claim.size)));
        let asked = [(cpu, cores as fn(u128) -> String, "CPU"), (memory, bytes, "memory"), (storage, bytes, "volumes")]
            .map(|(sum, text, what)| Some((text(sum.millis), what)).filter(|_| sum.millis > 0));
        let is_partial = cpu.is_partial || memory.is_partial || storage.is_partial;
        let non_voters = cluster.replicas - cluster.voters;
        let readers = topology.readers.as_ref().map_or(0, |set| u32::try_from(set.members.len()).unwrap_or(u32::MAX));
        let sentences = [
            Some(losses(cluster)),
            without_votes(topology, non_voters, readers),
            Some(drain(&topology.voters, cluster.replicas.into(), "pod")),
            topology.readers.as_ref().map(|set| drain(set, most_readers(topology).unwrap_or(readers.into()), "reader")),
            kept_in_pods(topology),
            total(asked.iter().flatten()),
            is_partial.then(|| "Amounts of a form that only Kubernetes knows are not among these.".to_owned()),
        ];
        let [cpu, memory, storage] = asked.map(|asked| asked.map(|(text, _)| text));
        Self {
            sentences: sentences.into_iter().flatten().collect(),
            voters: cluster.voters,
            quorum: cluster.majority,
            may_lose: cluster.tolerated_losses,
            non_voters,
            readers,
            cpu,
            memory,
            storage,
        }
    }
}

fn losses(cluster: &Cluster) -> String {
    let Cluster { voters, majority, tolerated_losses, .. } = cluster;
    match (voters, tolerated_losses) {
        (1, _) => "1 voter: it may not be lost, and each of its restarts is an outage.".to_owned(),
        (_, 0) => format!("{voters} voters: a write needs {majority} of them, so none may be lost."),
        _ => format!("{voters} voters: a write needs {majority} of them, so {tolerated_losses} may be lost."),
    }
}

/// How many readers an autoscaler makes at most.
fn most_readers(topology: &Topology) -> Option<i64> {
    topology.autoscaler.as_ref().map(|autoscaler| autoscaler.max_replicas)
}

fn without_votes(topology: &Topology, non_voters: u32, readers: u32) -> Option<String> {
    let readers = match most_readers(topology) {
        Some(most) => Some(format!("{readers} to {}", counted(most, "reader"))),
        None => (readers > 0).then(|| counted(readers.into(), "reader")),
    };
    let non_voters = (non_voters > 0).then(|| counted(non_voters.into(), "non-voter"));
    let who = listed([non_voters, readers].into_iter().flatten())?;
    Some(format!("Without a vote: {who}. No write waits for them."))
}

/// What a node's drain, or whoever else asks before an eviction, may take of so many pods at a time.
fn drain(set: &PodSet, of: i64, what: &str) -> String {
    let Some(limit) = set.budget.as_ref().and_then(|budget| budget.limits.first()) else {
        return match of {
            1 => format!("No disruption budget: a drain takes the only {what}."),
            _ => format!("No disruption budget: a drain may take all {what}s at once."),
        };
    };
    match (limit.field, &limit.pods) {
        _ if limit.away(of).is_some_and(|away| away <= 0) => {
            format!("A drain takes no {what}: the disruption budget forbids it.")
        }
        ("maxUnavailable", Amount::Pods(1)) => format!("A drain takes 1 {what} at a time."),
        ("maxUnavailable", Amount::Pods(pods)) => {
            format!("A drain may take {} at a time.", counted(of.min(*pods), what))
        }
        ("maxUnavailable", Amount::Share(share)) => format!("A drain may take {share} of the {what}s at a time."),
        (_, Amount::Pods(pods)) => format!("A drain may take {what}s while {pods} of them stay."),
        (_, Amount::Share(share)) => format!("A drain may take {what}s while {share} of them stay."),
    }
}

fn kept_in_pods(topology: &Topology) -> Option<String> {
    let readers = topology.readers.as_ref().is_some_and(|set| set.storage.ephemeral);
    let whose = match (topology.voters.storage.ephemeral, readers) {
        (false, false) => return None,
        (false, true) => "reader",
        (true, _) => "pod",
    };
    Some(format!("A {whose} that is deleted has lost its disk, which is no volume of its own."))
}

fn total<'a>(asked: impl Iterator<Item = &'a (String, &'static str)>) -> Option<String> {
    let asked = listed(asked.map(|(amount, what)| format!("{amount} of {what}")))?;
    Some(format!("In all, {asked} are asked for."))
}

fn counted(count: i64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn listed(parts: impl Iterator<Item = String>) -> Option<String> {
    let mut parts: Vec<String> = parts.collect();
    let last = parts.pop()?;
    Some(if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) })
}

/// An amount, in thousandths.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    millis: u128,
    /// Whether there is more that nobody here can read.
    is_partial: bool,
}

impl Sum {
    fn of(quantity: Option<&Quantity>) -> Self {
        Self { millis: quantity.map_or(0, Quantity::millis), is_partial: false }
    }

    /// As somebody wrote it.
    fn read(value: &Value) -> Self {
        match Quantity::deserialize(value) {
            Ok(quantity) => Self::of(Some(&quantity)),
            Err(_) => Self { millis: 0, is_partial: true },
        }
    }

    fn plus(self, other: Self) -> Self {
        let millis = self.millis.saturating_add(other.millis);
        Self { millis, is_partial: self.is_partial || other.is_partial }
    }

    fn times(self, count: usize) -> Self {
        Self { millis: self.millis.saturating_mul(count as u128), ..self }
    }

    fn max(self, other: Self) -> Self {
        Self { millis: self.millis.max(other.millis), is_partial: self.is_partial || other.is_partial }
    }
}

/// What one pod asks a node for, as the scheduler counts it: all containers at once, and before them each that runs
/// first with those that keep running beside it.
fn requests(pod: &Pod, resource: &str) -> Sum {
    let of = |container: &Container| request(container.fields.get("resources"), resource);
    // A container that has a limit alone asks for as much.
    let own = |amounts: [(&str, Option<&Quantity>, Option<&Quantity>); 3]| {
        let amount = amounts.into_iter().find(|(name, ..)| *name == resource);
        Sum::of(amount.and_then(|(_, requested, limit)| requested.or(limit)))
    };
    let rqlite = own(pod.resources.amounts());
    let side_cars = pod.side_cars.iter().map(|container| own(container.resources.amounts()));
    let running = side_cars.chain(pod.containers.iter().map(of)).fold(rqlite, Sum::plus);
    let (mut stay, mut most) = (Sum::default(), Sum::default());
    for container in &pod.init_containers {
        let own = of(container);
        most = most.max(stay.plus(own));
        if container.fields.get("restartPolicy").is_some_and(|policy| policy == "Always") {
            stay = stay.plus(own);
        }
    }
    most.max(running.plus(stay))
}

/// The same of what somebody wrote.
fn request(resources: Option<&Value>, resource: &str) -> Sum {
    let of = |list: &str| resources?.get(list)?.get(resource).filter(|amount| !amount.is_null());
    of("requests").or_else(|| of("limits")).map_or_else(Sum::default, Sum::read)
}

fn claims(set: &PodSet, database: &str) -> Sum {
    let claimed = set.storage.volumes(database).filter(|volume| volume.is_claimed);
    claimed.fold(Sum::default(), |sum, volume| {
        sum.plus(Sum { is_partial: volume.size.is_none(), ..Sum::of(volume.size.as_ref()) })
    })
}

fn cores(millis: u128) -> String {
    if millis.is_multiple_of(1000) { (millis / 1000).to_string() } else { format!("{millis}m") }
}

/// The shortest exact form; of two, the one in powers of 1024.
fn bytes(millis: u128) -> String {
    const UNITS: [(&str, u128, u32); 13] = [
        ("", 1, 0),
        ("Ki", 1024, 1),
        ("Mi", 1024, 2),
        ("Gi", 1024, 3),
        ("Ti", 1024, 4),
        ("Pi", 1024, 5),
        ("Ei", 1024, 6),
        ("k", 1000, 1),
        ("M", 1000, 2),
        ("G", 1000, 3),
        ("T", 1000, 4),
        ("P", 1000, 5),
        ("E", 1000, 6),
    ];
    if !millis.is_multiple_of(1000) {
        return format!("{millis}m");
    }
    let bytes = millis / 1000;
    let exact = UNITS.iter().filter_map(|(unit, base, power)| {
        let scale = base.pow(*power);
        bytes.is_multiple_of(scale).then(|| (bytes / scale, *unit))
    });
    // As few digits as can be: 384M is better than 375000Ki, though both are true.
    let shortest = exact.min_by_key(|(count, unit)| (count.to_string().len(), unit.len() == 1, *count));
    shortest.map_or_else(String::new, |(count, unit)| format!("{count}{unit}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::topology::resolved;

    fn summed(values: &Value) -> Summary {
        Summary::of(&resolved(values))
    }

    fn asked(summary: &Summary) -> [&str; 3] {
        [&summary.cpu, &summary.memory, &summary.storage].map(|amount| amount.as_deref().unwrap_or("none"))
    }

    #[test]
    fn each_size_says_what_it_bears() {
        let said = |replicas: u32| summed(&json!({ "replicas": replicas, "maxVoters": 5 })).sentences;
        let drain = "A drain takes 1 pod at a time.";
        assert_eq!(
            said(1)[..2],
            [
                "1 voter: it may not be lost, and each of its restarts is an outage.",
                "No disruption budget: a drain takes the only pod.",
            ]
        );
        assert_eq!(
            said(2)[..2],
            [
                "2 voters: a write needs 2 of them, so none may be lost.",
                "A drain takes no pod: the disruption budget forbids it.",
            ]
        );
        assert_eq!(said(3)[..2], ["3 voters: a write needs 2 of them, so 1 may be lost.", drain]);
        assert_eq!(said(5)[..2], ["5 voters: a write needs 3 of them, so 2 may be lost.", drain]);
        assert_eq!(
            said(7)[..3],
            [
                "5 voters: a write needs 3 of them, so 2 may be lost.",
                "Without a vote: 2 non-voters. No write waits for them.",
                drain,
            ]
        );
    }

    #[test]
    fn the_page_reads_these_names() {
        let summary = json!(summed(&json!({ "replicas": 7, "maxVoters": 5, "readers": { "replicas": 2 } })));
        let sentences = [
            "5 voters: a write needs 3 of them, so 2 may be lost.",
            "Without a vote: 2 non-voters and 2 readers. No write waits for them.",
            "A drain takes 1 pod at a time.",
            "A drain takes 1 reader at a time.",
            "In all, 900m of CPU, 1152Mi of memory and 90Gi of volumes are asked for.",
        ];
        assert_eq!(
            summary,
            json!({
                "sentences": sentences, "voters": 5, "quorum": 3, "mayLose": 2, "nonVoters": 2, "readers": 2,
                "cpu": "900m", "memory": "1152Mi", "storage": "90Gi",
            })
        );
    }

    #[test]
    fn a_budget_is_said_as_it_was_set() {
        let said =
            |budget: Value| summed(&json!({ "replicas": 5, "podDisruptionBudget": budget })).sentences[1].clone();
        assert_eq!(said(Value::Null), "No disruption budget: a drain may take all pods at once.");
        assert_eq!(said(json!({ "maxUnavailable": 2 })), "A drain may take 2 pods at a time.");
        assert_eq!(said(json!({ "maxUnavailable": 9 })), "A drain may take 5 pods at a time.");
        assert_eq!(said(json!({ "minAvailable": 3 })), "A drain may take pods while 3 of them stay.");
        for none in [json!({ "maxUnavailable": 0 }), json!({ "minAvailable": 5 }), json!({ "minAvailable": 6 })] {
            assert_eq!(said(none), "A drain takes no pod: the disruption budget forbids it.");
        }
    }

    #[test]
    fn readers_of_an_autoscaler_count_as_the_fewest() {
        let autoscaling = json!({ "minReplicas": 2, "maxReplicas": 9, "targetCPUUtilizationPercentage": 80 });
        let readers = |budget: Value| {
            json!({ "readers": { "autoscaling": autoscaling, "podDisruptionBudget": budget, "resources": {
                "requests": { "cpu": "1.5", "memory": "1G" },
            } } })
        };
        let summary = summed(&readers(json!({ "maxUnavailable": "25%" })));
        assert_eq!(summary.readers, 2);
        assert_eq!(summary.sentences[1], "Without a vote: 2 to 9 readers. No write waits for them.");
        assert_eq!(summary.sentences[3], "A drain may take 25% of the readers at a time.");
        assert_eq!(asked(&summary), ["3300m", "2346341Ki", "50Gi"]);
        let drain = |budget: Value| summed(&readers(budget)).sentences[3].clone();
        assert_eq!(drain(json!({ "minAvailable": "50%" })), "A drain may take readers while 50% of them stay.");
        // It forbids nothing when there are more of them.
        assert_eq!(drain(json!({ "minAvailable": 2 })), "A drain may take readers while 2 of them stay.");
    }

    #[test]
    fn what_pods_hold_themselves_is_not_claimed() {
        let summary = summed(&json!({ "storage": { "ephemeral": true } }));
        assert_eq!(summary.storage, None);
        assert_eq!(
            summary.sentences[2..],
            [
                "A pod that is deleted has lost its disk, which is no volume of its own.",
                "In all, 300m of CPU and 384Mi of memory are asked for.",
            ]
        );
        let readers = summed(&json!({ "readers": { "replicas": 1, "storage": { "ephemeral": true } } }));
        assert_eq!(readers.storage.as_deref(), Some("30Gi"));
        assert!(readers.sentences[4].starts_with("A reader that is deleted"));
    }

    #[test]
    fn every_container_counts_as_for_the_scheduler() {
        let container = |name: &str, resources: Value| json!({ "name": name, "image": "i", "resources": resources });
        let of = |extra: Value| {
            let mut values = json!({ "replicas": 1, "resources": { "requests": { "cpu": 1, "memory": null } } });
            values.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            let summary = summed(&values);
            [summary.cpu.unwrap_or_default(), summary.memory.unwrap_or_default()]
        };
        // The default limit of memory is what is asked for where there is no request.
        assert_eq!(of(json!({})), ["1", "1Gi"]);
        let beside = container("beside", json!({ "limits": { "cpu": "250m" }, "requests": { "memory": "1Ki" } }));
        assert_eq!(of(json!({ "extraContainers": [beside] })), ["1250m", "1048577Ki"]);
        let first = container("first", json!({ "requests": { "cpu": 2 } }));
        assert_eq!(of(json!({ "extraInitContainers": [first] })), ["2", "1Gi"]);
        let mut stays = container("stays", json!({ "requests": { "cpu": "300m" } }));
        stays["restartPolicy"] = "Always".into();
        assert_eq!(of(json!({ "extraInitContainers": [stays, first] })), ["2300m", "1Gi"]);
        assert_eq!(of(json!({ "extraInitContainers": [first, stays] })), ["2", "1Gi"]);
        assert_ne!(of(json!({ "metrics": { "exporter": { "enabled": true } } })), ["1", "1Gi"]);
    }

    #[test]
    fn further_claims_and_copies_are_storage_too() {
        let claim =
            |size: &str| json!({ "name": "more", "spec": { "resources": { "requests": { "storage": size } } } });
        let of = |size: &str| {
            summed(&json!({
                "extraVolumeClaimTemplates": [claim(size)], "backup": { "scheduled": { "schedule": "@daily" } },
            }))
        };
        assert_eq!(of("512Mi").storage.as_deref(), Some("42496Mi"));
        let partial = of("+1Gi");
        assert_eq!(partial.storage.as_deref(), Some("40Gi"));
        assert!(partial.sentences.last().is_some_and(|last| last.starts_with("Amounts of a form")));
    }

    #[test]
    fn an_absurd_cluster_is_counted_exactly() {
        let summary = summed(&json!({ "replicas": 300, "maxVoters": 31, "storage": { "size": "8Ei" } }));
        assert_eq!((summary.voters, summary.non_voters, summary.may_lose), (31, 269, 15));
        assert_eq!(asked(&summary), ["30", "38400Mi", "2400Ei"]);
        let most = summed(&json!({ "storage": { "size": "99999999999999999999999999999999" } }));
        assert_eq!(most.storage.as_deref(), Some("299999999999999999999999999999997"));
    }

    #[test]
    fn bytes_keep_the_unit_that_is_shortest() {
        let text = |text: &str| bytes(Quantity::new(text).unwrap().millis());
        for same in ["1", "1023", "1Ki", "1536Mi", "10Gi", "384M", "1G", "500m", "1Ei", "3E"] {
            assert_eq!(text(same), same);
        }
        assert_eq!(["1024Mi", "1000M", "1e9", "0.5Gi"].map(text), ["1Gi", "1G", "1G", "512Mi"]);
    }

    proptest! {
        #[test]
        fn totals_are_read_back_as_what_they_are(millis in 0..u128::from(u64::MAX), count in 1..999_u128) {
            for total in [millis * count, millis * count * 1000, millis * 1024 * 1000] {
                for text in [bytes(total), cores(total)] {
                    prop_assert_eq!(Quantity::new(text.as_str()).map(|read| read.millis()), Some(total), "{}", text);
                }
            }
        }
    }
}
