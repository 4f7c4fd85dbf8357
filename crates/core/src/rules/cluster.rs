//! Votes, membership, volumes.

use crate::diagnostic::{Code, Diagnostic};
use crate::topology::{PodSet, Topology, climbs};
use crate::values::{AccessMode, LabelCondition, LabelOperator, LabelSelector};

/// A node that restarts on a cluster that caches DNS for 30 s is away for about a minute.
const SHORTEST_GRACE_MILLIS: u64 = 60_000;

pub(super) fn voters(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let cluster = &topology.cluster;
    let path = if cluster.replicas > cluster.max_voters { "/maxVoters" } else { "/replicas" };
    if cluster.voters == 1 {
        let message = "with one voter every restart is an outage, and a lost disk loses the data";
        findings.push(Diagnostic::warning(Code::SingleVoter, path, message).with_hint("use 3 outside of development"));
    } else if cluster.voters.is_multiple_of(2) {
        let (voters, losses) = (cluster.voters, cluster.tolerated_losses);
        let message = format!("{voters} voters tolerate the loss of {losses}, as {} do", voters - 1);
        let hint = format!("use {} or {}", voters - 1, voters + 1);
        findings.push(Diagnostic::warning(Code::EvenVoters, path, message).with_hint(hint));
    }
}

pub(super) fn grace(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let times =
        [("/membership/grace", topology.grace_millis), ("/membership/readerGrace", topology.reader_grace_millis)];
    for (path, grace) in times {
        match grace {
            Some(0) => {
                let finding = Diagnostic::error(Code::OutOfRange, path, "rqlited ends at once when this is 0");
                findings.push(finding.with_hint(match path {
                    "/membership/grace" => "write null to keep members for ever",
                    _ => "write null for membership.grace",
                }));
            }
            Some(grace) if grace < SHORTEST_GRACE_MILLIS => {
                let message = "an ordinary restart may take longer, and the member is dropped";
                findings.push(Diagnostic::warning(Code::GraceTooShort, path, message).with_hint("use 90s or more"));
            }
            _ => {}
        }
    }
}

pub(super) fn scale_in(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    if topology.grace_millis.is_some() {
        return;
    }
    let mut warn = |path: &str, whose: &str, hint: &str| {
        let message = format!("nothing removes the members of {whose} that a scale-in takes away");
        findings.push(Diagnostic::warning(Code::ScaleInManual, path, message).with_hint(hint));
    };
    if !topology.prune {
        warn("/membership/grace", "pods", "set membership.grace, or membership.prune");
    }
    if topology.readers.is_some() && topology.reader_grace_millis.is_none() {
        warn("/membership/readerGrace", "readers", "set membership.readerGrace");
    }
}

pub(super) fn recovery(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Some(recovery) = &topology.recovery else { return };
    let (survivor, voters) = (recovery.survivor.count(), topology.cluster.voters);
    if survivor >= voters {
        let message = format!("the voters are the ordinals 0 to {}", voters - 1);
        findings.push(
            Diagnostic::error(Code::OutOfRange, "/membership/recovery/survivor", message)
                .with_hint("with a reader's disk alone, recover by hand"),
        );
        return;
    }
    let pod = &topology.voters.members[survivor as usize].pod;
    let message = format!("when it starts, {pod} drops all other members, and what only they have");
    let finding = Diagnostic::warning(Code::RecoveryAsked, "/membership/recovery", message);
    findings.push(finding.with_hint("take it out when all pods are Ready"));
}

pub(super) fn storage(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    if topology.voters.storage.ephemeral {
        let message = "a pod that is deleted or moved loses its disk; when a majority does at once, all rows are lost";
        findings.push(Diagnostic::warning(Code::EphemeralStorage, "/storage/ephemeral", message));
    }
    for set in topology.sets() {
        if !set.storage.ephemeral && set.storage.size.millis() == 0 {
            let finding =
                Diagnostic::error(Code::InvalidQuantity, set.setting("/storage/size"), "a volume needs a size");
            findings.push(finding.with_hint("such as \"10Gi\""));
        }
    }
}

pub(super) fn access_modes(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let volumes = [
        ("/storage/accessModes", &topology.voters.storage.access_modes),
        ("/backup/scheduled/volume/accessModes", &topology.settings.backup.scheduled.volume.access_modes),
    ];
    for (path, modes) in volumes {
        if modes.len() > 1 && modes.contains(&AccessMode::ReadWriteOncePod) {
            let message = "ReadWriteOncePod excludes every other mode";
            findings.push(Diagnostic::error(Code::InvalidValue, path, message).with_hint("keep one"));
        }
    }
}

pub(super) fn local_volumes(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    // The volume's number stands behind the prefix, so only earlier segments can be `..`.
    let storage = &topology.voters.storage;
    let Some(first) = storage.local_volumes.first() else { return };
    if climbs(&first.path) {
        let finding =
            Diagnostic::error(Code::InvalidValue, "/storage/localVolumes/pathPrefix", "Kubernetes refuses `..`");
        findings.push(finding.with_hint("write the whole path"));
    }
    if storage.storage_class_name.is_none() {
        let message = "claims without a class get the cluster's default one, and then none of these volumes";
        let finding = Diagnostic::error(Code::MissingKey, "/storage/storageClassName", message);
        findings.push(finding.with_hint("any name that no provisioner has, such as local"));
    }
    let asks_for_more = |selector: &LabelSelector| {
        let is_more = |it: &LabelCondition| {
            matches!(it.operator, LabelOperator::In | LabelOperator::Exists)
                && !selector.match_labels.contains_key(&it.key)
        };
        selector.match_expressions.iter().any(is_more)
    };
    if storage.claim.selector.as_ref().is_some_and(asks_for_more) {
        let message = "the volumes of localVolumes have the labels of matchLabels, and no others";
        let finding = Diagnostic::error(Code::Contradiction, "/storage/selector/matchExpressions", message);
        findings.push(finding.with_hint("use matchLabels"));
    }
}

pub(super) fn disruption(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let readers = topology.readers.as_ref().and_then(|set| set.budget.as_ref());
    for (budget, path) in
        [(topology.voters.budget.as_ref(), "/podDisruptionBudget"), (readers, "/readers/podDisruptionBudget")]
    {
        if budget.is_some_and(|budget| budget.limits.len() > 1) {
            let message = "a budget takes minAvailable or maxUnavailable, not both";
            findings.push(Diagnostic::error(Code::DisruptionUnsafe, format!("{path}/minAvailable"), message));
        }
    }
    let Some([limit]) = topology.voters.budget.as_ref().map(|budget| budget.limits.as_slice()) else { return };
    let cluster = &topology.cluster;
    let (replicas, spare) = (i64::from(cluster.replicas), i64::from(cluster.tolerated_losses));
    let path = format!("/podDisruptionBudget/{}", limit.field);
    let Some(away) = limit.away(replicas) else { return };
    if away > spare && replicas > 1 {
        let message = format!("a drain may take {away} pods at once, but the voters can spare {spare}");
        findings.push(Diagnostic::error(Code::DisruptionUnsafe, path, message).with_hint("leave both out"));
    }
}

/// A budget that somebody wrote, and that lets no pod go. Two voters can spare none, so theirs blocks drains in any case.
pub(super) fn drains(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let cluster = &topology.cluster;
    let voters = (cluster.replicas == 1 || cluster.tolerated_losses > 0).then_some(&topology.voters);
    let most_readers = |set: &PodSet| match &topology.autoscaler {
        Some(autoscaler) => autoscaler.max_replicas,
        None => set.replicas.unwrap_or_default().into(),
    };
    let voters = voters.map(|set| (set, "/podDisruptionBudget", i64::from(cluster.replicas)));
    let readers = topology.readers.as_ref().map(|set| (set, "/readers/podDisruptionBudget", most_readers(set)));
    for (set, path, pods) in voters.into_iter().chain(readers) {
        let Some([limit]) = set.budget.as_ref().map(|budget| budget.limits.as_slice()) else { continue };
        if limit.keeps_all(pods) {
            let message = format!("of {pods} pods none may go, so a drain of a node with one of them waits for ever");
            let finding = Diagnostic::warning(Code::DrainBlocked, format!("{path}/{}", limit.field), message);
            findings.push(finding.with_hint("leave it out"));
        }
    }
}

/// A snapshot has one member's data, with the addresses of all of them.
pub(super) fn copied_volumes(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let path = "/storage/dataSourceRef";
    let Some(source) = &topology.voters.storage.claim.data_source_ref else { return };
    if topology.voters.storage.ephemeral {
        let message = "without volumes there is nothing that could begin with it";
        findings.push(Diagnostic::error(Code::UnusedValue, path, message).with_hint("leave storage.ephemeral out"));
        return;
    }
    if source.api_group.is_none() && source.kind.as_str() != "PersistentVolumeClaim" {
        let message = format!("only a PersistentVolumeClaim has no API group, not a {}", source.kind);
        let finding = Diagnostic::error(Code::MissingKey, path, message);
        findings.push(finding.with_hint("such as apiGroup: snapshot.storage.k8s.io"));
    }
    let (release, namespace) = (&topology.release, &topology.namespace);
    let message = format!(
        "every volume begins with the same data, which must come from {release:?} in the namespace {namespace:?}"
    );
    let finding = Diagnostic::warning(Code::CopiedVolumes, path, message);
    findings.push(finding.with_hint("load a backup to fill a new cluster; take this out when the pods are Ready"));
}

/// What the API server refuses in a selector.
pub(super) fn volume_selector(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let requirements = topology.voters.storage.claim.selector.iter().flat_map(|selector| &selector.match_expressions);
    for (index, requirement) in requirements.enumerate() {
        let path = format!("/storage/selector/matchExpressions/{index}");
        match (requirement.operator.takes_values(), requirement.values.is_empty()) {
            (true, true) => {
                let message = format!("{:?} needs values", requirement.operator);
                findings.push(Diagnostic::error(Code::MissingKey, path, message));
            }
            (false, false) => {
                let message = format!("{:?} has no values", requirement.operator);
                findings.push(Diagnostic::error(Code::UnusedValue, format!("{path}/values"), message));
            }
            _ => {}
        }
    }
}
