//! Drills that concern every pod.

use std::time::{Duration, Instant};

use crate::drill::cluster::{Failure, Outcome};
use crate::drill::stage::Stage;

/// For all pods to be there again.
const ALL_BACK: Duration = Duration::from_secs(120);
/// For the service to be there while pods are replaced one by one: an election, no more.
const ELECTION: Duration = Duration::from_secs(10);

/// Everything dies at once and comes back at once.
pub(super) fn power_cut(stage: &mut Stage) -> Outcome {
    let begin = Instant::now();
    stage.cluster.power_off()?;
    stage.cluster.power_on()?;
    stage.wait_all_ready("back after", 3, ALL_BACK)?;
    stage.excuse_restarts();
    stage.check_outage(begin, Duration::from_secs(60))?;
    stage.finish(3)
}

/// The release is scaled to nothing and back.
pub(super) fn whole_restart(stage: &mut Stage) -> Outcome {
    stage.cluster.scale(0)?;
    stage.wait_all_ready("stopped after", 0, ALL_BACK)?;
    stage.cluster.scale(3)?;
    stage.wait_all_ready("back after", 3, ALL_BACK)?;
    stage.finish(3)
}

/// Every pod is replaced, one after the other, while writes go on.
pub(super) fn rolling_restart(stage: &mut Stage) -> Outcome {
    let (old, begin) = (stage.cluster.pods(), Instant::now());
    stage.cluster.rolling_restart()?;
    for pod in old.iter().rev() {
        stage.wait_replaced(&format!("pod {} new after", pod.ordinal), pod, ALL_BACK)?;
    }
    stage.check_outage(begin, ELECTION)?;
    stage.finish(3)
}

/// Every node is drained, and the budget lets a pod go only when the others can do without it.
pub(super) fn drain(stage: &mut Stage) -> Outcome {
    let (old, begin) = (stage.cluster.pods(), Instant::now());
    stage.watch.count_in_service();
    stage.evict_all(ALL_BACK)?;
    for pod in &old {
        stage.wait_replaced(&format!("pod {} new after", pod.ordinal), pod, ALL_BACK)?;
    }
    let (quorum, fewest) = (old.len() / 2 + 1, stage.watch.seen().fewest_in_service);
    if fewest.is_none_or(|fewest| fewest < quorum) {
        return Err(Failure::new(format!("only {fewest:?} of {} pods were in service at a time", old.len())));
    }
    stage.check_outage(begin, ELECTION)?;
    stage.finish(3)
}
