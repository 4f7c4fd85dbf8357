//! Drills of the pool of readers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::backup::{copy_of, load};
use super::disk::make_only_member;
use crate::drill::cluster::{Delete, Eviction, Failure, Outcome, Pod};
use crate::drill::manifests::{Case, manifests};
use crate::drill::rqlite::raft_state;
use crate::drill::stage::Stage;

/// For readers to be Ready with their data.
const ALL_BACK: Duration = Duration::from_secs(90);
/// On top of the grace, for the leader to drop members that are gone.
const DROP: Duration = Duration::from_secs(30);
/// No write waits for a reader.
const NO_OUTAGE: Duration = Duration::from_secs(3);

/// What an autoscaler does: the pool shrinks to nothing, and its members are gone after the grace; then it grows again.
pub(super) fn pool_in(stage: &mut Stage) -> Outcome {
    let begin = Instant::now();
    scaled(stage, 0)?;
    stage.wait_members("gone as members after", 3, stage.case.grace + DROP)?;
    scaled(stage, 2)?;
    stage.check_outage(begin, NO_OUTAGE)?;
    stage.finish(3)
}

/// The disks of all voters are lost, and readers still have every row: no empty cluster is founded beside them. A person makes
/// one of them the only member of its cluster (before that, its database lacks what no leader has said to be committed),
/// takes a copy, gives the readers' disks up, and loads the copy into the cluster that is founded then.
pub(super) fn voters_disks_lost(stage: &mut Stage) -> Outcome {
    stage.writer.pause(true);
    stage.write_for(Duration::from_secs(2));
    stage.cluster.power_off()?;
    for ordinal in 0..3 {
        stage.cluster.lose_disk(ordinal)?;
    }
    stage.cluster.power_on()?;
    let begin = Instant::now();
    let cluster = Arc::clone(&stage.cluster);
    let waiting = || cluster.pods().iter().filter(|pod| pod.running && !pod.ready).count() == 3;
    stage.wait("all voters wait after", ALL_BACK, waiting)?;
    stage.write_for(Duration::from_secs(20));
    if stage.watch.seen().led.iter().any(|moment| *moment > begin) {
        return Err(Failure::new("an empty cluster was founded beside a reader with every row"));
    }

    make_only_member(&*stage.readers, 0)?;
    stage.readers_may_lead();
    stage.readers.delete_pod(0, Delete::Now)?;
    let readers = Arc::clone(&stage.readers);
    stage.wait("the reader leads after", ALL_BACK, || raft_state(&*readers, 0).is_ok_and(|state| state.leads))?;
    let copy = copy_of(&*stage.readers)?;
    stage.foundings = 2;
    for reader in stage.readers.pods() {
        stage.readers.lose_disk(reader.ordinal)?;
    }
    stage.wait_all_ready("founded anew after", 3, ALL_BACK)?;
    let load = format!("echo {copy} | base64 -d >/tmp/copy && {}", load("/tmp/copy", "$(hostname -f)"));
    let said = stage.cluster.exec(0, &["sh", "-c", &load])?;
    if !said.contains("restored successfully") {
        return Err(Failure::new(said));
    }
    stage.writer.pause(false);
    stage.excuse_restarts();
    stage.finish(3)
}

/// From two readers to four.
pub(super) fn pool_out(stage: &mut Stage) -> Outcome {
    let begin = Instant::now();
    scaled(stage, 4)?;
    stage.check_outage(begin, NO_OUTAGE)?;
    stage.finish(3)
}

/// The pruning Deployment removes members of pods that a scale-in took away, and never a reader, whatever its number.
pub(super) fn pool_prune(stage: &mut Stage) -> Outcome {
    scaled(stage, 5)?;
    // The number of readers is not in the values: it is the autoscaler's.
    let three = Case { replicas: 3, ..stage.case };
    stage.cluster.apply(&manifests(&three)?)?;
    stage.wait_all_ready("three after", 3, ALL_BACK)?;
    stage.wait_members("pruned after", 3, stage.case.grace / 2)?;
    let held = reader(stage)?;
    stage.readers.hold_down(held.ordinal, true)?;
    // Several times what the Deployment waits for a member that does not answer.
    stage.write_for(Duration::from_secs(25));
    stage.wait_members("a member still after", 3, Duration::from_secs(1))?;
    stage.readers.hold_down(held.ordinal, false)?;
    stage.finish(3)
}

/// The budget lets one reader go at a time.
pub(super) fn pool_drain(stage: &mut Stage) -> Outcome {
    let (old, begin) = (stage.readers.pods(), Instant::now());
    let [first, second] = old.as_slice() else { return Err(Failure::new("two readers are needed")) };
    let evicted = [first, second].map(|pod| stage.readers.evict(pod.ordinal));
    match evicted {
        [Ok(Eviction::Accepted), Ok(Eviction::Refused)] => {}
        other => return Err(Failure::new(format!("evictions: {other:?}"))),
    }
    stage.wait_reader_replaced("the first new after", first, ALL_BACK)?;
    stage.readers.evict(second.ordinal)?;
    stage.wait_reader_replaced("the second new after", second, ALL_BACK)?;
    stage.check_outage(begin, NO_OUTAGE)?;
    stage.finish(3)
}

/// A reader dies at once.
pub(super) fn reader_kill(stage: &mut Stage) -> Outcome {
    let (pod, begin) = (reader(stage)?, Instant::now());
    stage.readers.delete_pod(pod.ordinal, Delete::Now)?;
    stage.wait_reader_replaced("back after", &pod, ALL_BACK)?;
    stage.check_outage(begin, NO_OUTAGE)?;
    stage.finish(3)
}

/// The volume of a reader is lost.
pub(super) fn reader_disk_lost(stage: &mut Stage) -> Outcome {
    let (pod, begin) = (reader(stage)?, Instant::now());
    stage.readers.lose_disk(pod.ordinal)?;
    stage.wait_reader_replaced("back after", &pod, ALL_BACK)?;
    stage.check_outage(begin, NO_OUTAGE)?;
    stage.finish(3)
}

/// A reader is away for longer than the grace: it is dropped, and joins again.
pub(super) fn reader_down_long(stage: &mut Stage) -> Outcome {
    let pod = reader(stage)?;
    stage.readers.hold_down(pod.ordinal, true)?;
    stage.reader_count = 1;
    stage.wait_members("dropped after", 3, stage.case.grace + DROP)?;
    stage.readers.hold_down(pod.ordinal, false)?;
    stage.reader_count = 2;
    stage.wait_readers("back after", ALL_BACK)?;
    stage.finish(3)
}

/// The reader of the highest ordinal.
fn reader(stage: &Stage) -> Outcome<Pod> {
    stage.readers.pods().into_iter().max_by_key(|pod| pod.ordinal).ok_or_else(|| Failure::new("there is no reader"))
}

fn scaled(stage: &mut Stage, readers: u32) -> Outcome {
    stage.readers.scale(readers)?;
    stage.reader_count = readers;
    stage.wait_readers(&format!("{readers} readers after"), ALL_BACK)
}
