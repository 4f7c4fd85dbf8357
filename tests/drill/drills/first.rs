//! Drills of a cluster that nobody hurts.

use std::time::Duration;

use serde_json::json;

use crate::drill::cluster::{Failure, Outcome};
use crate::drill::manifests::{Case, Formation, manifests};
use crate::drill::rqlite::{self, TABLE};
use crate::drill::stage::Stage;

/// The release comes up: one by one where that is asked for, ordinal 0 leads first, the others are members, claims are bound.
pub(super) fn initial(stage: &mut Stage) -> Outcome {
    let (seen, replicas) = (stage.watch.seen(), stage.case.replicas);
    if seen.first_leader != Some(0) {
        return Err(Failure::new(format!("the first leader was pod {:?}", seen.first_leader)));
    }
    if stage.case.formation == Formation::Ordered && !seen.first_ready.iter().copied().eq(0..replicas) {
        return Err(Failure::new(format!("Ready in the order {:?}", seen.first_ready)));
    }
    let claims = stage.cluster.claims();
    if claims.len() != replicas as usize || claims.iter().any(|claim| !claim.bound) {
        return Err(Failure::new(format!("claims: {claims:?}")));
    }
    stage.finish(replicas)
}

/// A row that is written through any pod can be read from every pod's own database.
pub(super) fn replication(stage: &mut Stage) -> Outcome {
    let pods = stage.cluster.pods();
    // Far from those of the writer.
    let ids: Vec<_> = pods.iter().map(|pod| 1_000_000 + u64::from(pod.ordinal)).collect();
    for (pod, id) in pods.iter().zip(&ids) {
        let insert = json!([[format!("INSERT INTO {TABLE}(id) VALUES(?)"), id]]);
        let through = format!("writing through pod {}", pod.ordinal);
        rqlite::execute(&*stage.cluster, pod.ordinal, &insert).map_err(|failure| failure.while_doing(through))?;
    }
    let cluster = stage.cluster.clone();
    let has_all =
        |ordinal| rqlite::row_ids(&*cluster, ordinal).is_ok_and(|rows| ids.iter().all(|id| rows.contains(id)));
    stage.wait("read everywhere after", Duration::from_secs(5), || pods.iter().all(|pod| has_all(pod.ordinal)))?;
    stage.finish(3)
}

/// A release of one pod keeps its rows over a restart, and becomes one of three when it is rendered again with three.
pub(super) fn grow_from_one(stage: &mut Stage) -> Outcome {
    let pod = stage.pod(0)?;
    stage.kill_and_wait(&pod, Duration::from_secs(60))?;
    let three = manifests(&Case { replicas: 3, ..stage.case })?;
    stage.cluster.apply(&three)?;
    stage.wait_all_ready("three after", 3, Duration::from_secs(120))?;
    stage.finish(3)
}
