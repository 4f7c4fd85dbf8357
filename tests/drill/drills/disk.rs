//! Drills in which volumes are lost.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::drill::cluster::{Cluster, Failure, Outcome, Pod};
use crate::drill::manifests::{Case, manifests};
use crate::drill::stage::Stage;

/// For all pods to be Ready again with their data.
const ALL_BACK: Duration = Duration::from_secs(120);

/// The volume of ordinal 0 is lost while the others run.
pub(super) fn pvc_lost_0(stage: &mut Stage) -> Outcome {
    let pod = stage.pod(0)?;
    stage.cluster.lose_disk(0)?;
    stage.wait_replaced("back after", &pod, ALL_BACK)?;
    stage.finish(3)
}

/// The volume of ordinal 0 is lost while nobody runs, whoever had the last rows.
pub(super) fn pvc_lost_0_cold(stage: &mut Stage) -> Outcome {
    stage.cluster.scale(0)?;
    stage.wait_all_ready("stopped after", 0, ALL_BACK)?;
    stage.cluster.lose_disk(0)?;
    stage.cluster.scale(3)?;
    stage.wait_all_ready("back after", 3, ALL_BACK)?;
    stage.finish(3)
}

/// One node lags, the power fails, and a disk with the last rows is lost: once the leader's, once the other follower's.
///
/// The lagging node and the empty one are two of three; were the empty one to vote, they would elect the lagging one, and
/// every row would be gone that the third node alone still has.
pub(super) fn lagging_and_empty(stage: &mut Stage) -> Outcome {
    for leaders_disk in [true, false] {
        let (leader, lagging) = (stage.leader()?.ordinal, stage.follower()?.ordinal);
        stage.cluster.freeze(lagging, true)?;
        stage.write_for(Duration::from_secs(4));
        stage.cluster.power_off()?;
        let other = (0..3).find(|ordinal| *ordinal != leader && *ordinal != lagging);
        let lost = if leaders_disk { Some(leader) } else { other };
        stage.cluster.lose_disk(lost.ok_or_else(|| Failure::new("three pods are needed"))?)?;
        stage.cluster.power_on()?;
        stage.wait_all_ready("back after", 3, ALL_BACK)?;
    }
    stage.excuse_restarts();
    stage.finish(3)
}

/// The same three nodes, but it is the leader that does not answer while the empty one asks what it may do.
///
/// A follower that lags, and an empty node: what they decide together must wait for the third, which alone has the last
/// rows. Whoever takes a question that got no answer for a yes loses them.
pub(super) fn disk_lost_leader_silent(stage: &mut Stage) -> Outcome {
    let (leader, lagging) = (stage.leader()?.ordinal, stage.follower()?.ordinal);
    let other = (0..3).find(|ordinal| *ordinal != leader && *ordinal != lagging);
    let other = other.ok_or_else(|| Failure::new("three pods are needed"))?;
    stage.cluster.freeze(lagging, true)?;
    stage.write_for(Duration::from_secs(4));
    stage.cluster.lose_disk(other)?;
    stage.cluster.freeze(leader, true)?;
    stage.cluster.freeze(lagging, false)?;
    // Long enough for any patience with an unanswered question to end, too short for a kubelet to lose its own.
    stage.write_for(Duration::from_secs(25));
    stage.cluster.freeze(leader, false)?;
    stage.wait_all_ready("back after", 3, ALL_BACK)?;
    stage.excuse_restarts();
    stage.finish(3)
}

/// Two of three disks are lost: nobody leads until a person decides that the one which is left is the truth.
pub(super) fn two_disks_lost(stage: &mut Stage) -> Outcome {
    // Ordinal 0 led first; let one of the others be the one that is left.
    let first = stage.leader()?;
    stage.kill_and_wait(&first, ALL_BACK)?;
    let survivor = stage.leader()?;
    stage.cluster.power_off()?;
    for ordinal in (0..3).filter(|ordinal| *ordinal != survivor.ordinal) {
        stage.cluster.lose_disk(ordinal)?;
    }
    stage.cluster.power_on()?;
    nobody_leads(stage, 3, Duration::from_secs(30))?;
    stage.watch.allow_leading_alone();
    recover_by_values(stage, &survivor)?;
    stage.wait_all_ready("back after the recovery", 3, ALL_BACK)?;
    // The setting was forgotten in the values: when all stop, and the survivor starts alone, nothing may happen again.
    stage.cluster.power_off()?;
    stage.cluster.power_on()?;
    stage.wait_all_ready("back after a power cut", 3, ALL_BACK)?;
    stage.excuse_restarts();
    stage.finish(3)
}

/// All three founders of five voters lose their disks: they must not found a second cluster beside the two that have the
/// rows, although in an ordered formation those do not even exist while the founders start.
pub(super) fn founders_disks_lost(stage: &mut Stage) -> Outcome {
    // Nothing is written while they stop, so that each of the survivors has every row.
    stage.writer.pause(true);
    stage.write_for(Duration::from_secs(2));
    stage.cluster.scale(0)?;
    stage.wait_all_ready("stopped after", 0, ALL_BACK)?;
    for ordinal in 0..3 {
        stage.cluster.lose_disk(ordinal)?;
    }
    stage.writer.pause(false);
    stage.cluster.scale(5)?;
    nobody_leads(stage, 5, Duration::from_secs(30))?;
    stage.watch.allow_leading_alone();
    let survivor = stage.pod(3)?;
    recover(stage, &survivor)?;
    stage.wait_all_ready("back after the recovery", 5, ALL_BACK)?;
    stage.excuse_restarts();
    stage.finish(5)
}

fn nobody_leads(stage: &mut Stage, replicas: usize, time: Duration) -> Outcome {
    let begin = Instant::now();
    // In order, a pod is Ready without a leader for as long as the next one has not been created.
    let cluster = Arc::clone(&stage.cluster);
    let waiting = || {
        let pods = cluster.pods();
        pods.len() == replicas && pods.iter().all(|pod| pod.running && !pod.ready)
    };
    stage.wait("all there and none Ready after", ALL_BACK, waiting)?;
    stage.write_for(time);
    let led = stage.watch.seen().led.iter().any(|moment| *moment > begin);
    let ready = stage.cluster.pods().iter().filter(|pod| pod.ready).count();
    let written = stage.writer.count_since(begin);
    if led || ready > 0 || written > 0 {
        let text =
            format!("without a majority of the disks: led {led}, {ready} pods Ready, {written} rows acknowledged");
        return Err(Failure::new(text));
    }
    Ok(())
}

/// What a person does: names the survivor in the values, applies them, and has its pod start anew.
fn recover_by_values(stage: &mut Stage, survivor: &Pod) -> Outcome {
    if stage.case.is_by_hand() {
        return recover(stage, survivor);
    }
    stage.cluster.apply(&manifests(&Case { survivor: Some(survivor.ordinal), ..stage.case })?)?;
    let pod = stage.pod(survivor.ordinal)?;
    stage.kill_and_wait(&pod, ALL_BACK)
}

/// What a person does without values: `raft/peers.json` with the survivor as the only member, and its pod starts anew.
fn recover(stage: &mut Stage, survivor: &Pod) -> Outcome {
    let ordinal = survivor.ordinal;
    make_only_member(&*stage.cluster, ordinal)?;
    stage.report.note(format!("peers.json written by hand for pod {ordinal}"));
    let pod = stage.pod(ordinal)?;
    stage.kill_and_wait(&pod, ALL_BACK)
}

/// Writes `raft/peers.json`.
pub(super) fn make_only_member(cluster: &dyn Cluster, ordinal: u32) -> Outcome {
    let name = cluster.exec(ordinal, &["hostname", "-f"])?;
    let id = cluster.exec(ordinal, &["hostname"])?;
    let peers = json!([{"id": id.trim(), "address": format!("{}:4002", name.trim()), "non_voter": false}]);
    // Wherever the volume is mounted: the folder raft belongs beside raft.db.
    let script = format!(
        "for m in $(cut -d' ' -f2 /proc/mounts); do find $m -xdev -maxdepth 3 -name raft.db 2>/dev/null; done | \
         while read -r db; do d=${{db%/*}}; mkdir -p $d/raft; echo '{peers}' >$d/raft/peers.json; echo $d; break; done"
    );
    let folder = cluster.exec(ordinal, &["sh", "-c", &script])?;
    if folder.trim().is_empty() { Err(Failure::new(format!("pod {ordinal} has no raft.db"))) } else { Ok(()) }
}
