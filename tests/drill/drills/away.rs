//! Drills in which pods are killed, frozen, cut off or away.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::drill::cluster::{Cluster, Failure, Outcome, Pod, Which};
use crate::drill::rqlite;
use crate::drill::stage::Stage;

/// For a pod that is replaced at once to be Ready again.
const BACK: Duration = Duration::from_secs(60);
/// For a new leader, and for whoever sends writes to the old one to notice.
const ELECTION: Duration = Duration::from_secs(10);
/// For a member that was dropped to be one again after its return (design: within a minute).
const MEMBER_AGAIN: Duration = Duration::from_secs(60);
/// On top of the grace: Raft takes 10 s to give up on a node that accepts connections and says nothing.
const DROP: Duration = Duration::from_secs(60);

/// A follower is killed: writes go on, and it comes back with every row.
pub(super) fn follower_kill(stage: &mut Stage) -> Outcome {
    let (follower, begin) = (stage.follower()?, Instant::now());
    stage.kill_and_wait(&follower, BACK)?;
    stage.check_outage(begin, ELECTION)?;
    stage.finish(3)
}

/// The leader is killed: another one leads within seconds, and the old one comes back with every row.
pub(super) fn leader_kill(stage: &mut Stage) -> Outcome {
    let (leader, begin) = (stage.leader()?, Instant::now());
    stage.kill_and_wait(&leader, BACK)?;
    stage.check_outage(begin, ELECTION)?;
    stage.finish(3)
}

/// The leader's node is away for longer than the grace: it is dropped, and a member again when it returns.
pub(super) fn down_long(stage: &mut Stage) -> Outcome {
    let (leader, begin) = (stage.leader()?, Instant::now());
    stage.cluster.hold_down(leader.ordinal, true)?;
    wait_dropped(stage, &leader)?;
    stage.check_outage(begin, ELECTION)?;
    stage.cluster.hold_down(leader.ordinal, false)?;
    back_as_member(stage)
}

/// A follower is stopped for longer than the grace and goes on as if nothing had been.
pub(super) fn frozen(stage: &mut Stage) -> Outcome {
    let (follower, begin) = (stage.follower()?, Instant::now());
    stage.cluster.freeze(follower.ordinal, true)?;
    wait_dropped(stage, &follower)?;
    stage.check_outage(begin, ELECTION)?;
    stage.cluster.freeze(follower.ordinal, false)?;
    back_as_member(stage)
}

/// The leader loses its network for longer than the grace: another one leads, and it follows when the network is back.
pub(super) fn cut_off(stage: &mut Stage) -> Outcome {
    let (leader, begin) = (stage.leader()?, Instant::now());
    stage.cluster.cut_off(leader.ordinal, true)?;
    wait_dropped(stage, &leader)?;
    stage.check_outage(begin, ELECTION + Duration::from_secs(10))?;
    stage.cluster.cut_off(leader.ordinal, false)?;
    back_as_member(stage)
}

/// Two of three are away: nothing is acknowledged until they return, and nothing is lost.
pub(super) fn two_down(stage: &mut Stage) -> Outcome {
    let pair = [stage.leader()?.ordinal, stage.follower()?.ordinal];
    for ordinal in pair {
        stage.cluster.hold_down(ordinal, true)?;
    }
    // What was under way may still be answered.
    stage.write_for(Duration::from_secs(5));
    let alone = Instant::now();
    stage.write_for(Duration::from_secs(15));
    if stage.writer.count_since(alone) > 0 {
        return Err(Failure::new("rows were acknowledged by one of three"));
    }
    for ordinal in pair {
        stage.cluster.hold_down(ordinal, false)?;
    }
    stage.wait_all_ready("back after", 3, BACK)?;
    stage.finish(3)
}

/// A new pod joins while only one of the ordinals 0 to 2 can be reached, whichever it is.
pub(super) fn join_rule(stage: &mut Stage) -> Outcome {
    for (up, replicas) in (0..3).zip(6..) {
        let silent: Vec<_> = (0..3).filter(|ordinal| *ordinal != up).collect();
        for ordinal in &silent {
            stage.cluster.cut_off(*ordinal, true)?;
        }
        // In order no pod is created behind one that is not Ready: these two still count as such for a moment.
        stage.cluster.scale(replicas)?;
        let (cluster, newest) = (Arc::clone(&stage.cluster), replicas - 1);
        let joined = format!("joined by {up} after");
        let result = stage.wait(&joined, BACK, || is_ready(&*cluster, newest)).map(drop);
        for ordinal in &silent {
            stage.cluster.cut_off(*ordinal, false)?;
        }
        result?;
        stage.wait_all_ready("all Ready after", replicas, BACK)?;
    }
    stage.finish(8)
}

fn is_ready(cluster: &dyn Cluster, ordinal: u32) -> bool {
    cluster.pods().iter().any(|pod| pod.ordinal == ordinal && pod.ready)
}

/// Waits until the others no longer count this pod among the members.
fn wait_dropped(stage: &mut Stage, pod: &Pod) -> Outcome {
    let (cluster, gone) = (Arc::clone(&stage.cluster), pod.ordinal);
    let others: Vec<_> = (0..stage.case.replicas).filter(|ordinal| *ordinal != gone).collect();
    let dropped = |ordinal| {
        let members = rqlite::members(&*cluster, ordinal);
        members.is_ok_and(|all| !all.iter().any(|member| member.pod() == Some((Which::Voters, gone))))
    };
    let limit = stage.case.grace + DROP;
    stage.wait("dropped after", limit, || others.iter().all(|ordinal| dropped(*ordinal))).map(drop)
}

/// The pod that was away has just been let in again. Its kubelet may have restarted it, which is the drill's own doing.
fn back_as_member(stage: &mut Stage) -> Outcome {
    let begin = Instant::now();
    stage.wait_members("a member again after", 3, MEMBER_AGAIN)?;
    stage.wait_all_ready("and Ready after", 3, MEMBER_AGAIN.saturating_sub(begin.elapsed()))?;
    stage.excuse_restarts();
    stage.finish(3)
}
