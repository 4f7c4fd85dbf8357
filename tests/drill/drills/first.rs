//! Drills of a cluster that nobody hurts.

use crate::drill::cluster::{Failure, Outcome};
use crate::drill::manifests::Formation;
use crate::drill::stage::Stage;

/// The release comes up: in order where that is asked for, ordinal 0 leads first, the others join, claims are bound.
pub(super) fn initial(stage: &mut Stage) -> Outcome {
    let seen = stage.watch.seen();
    if seen.first_leader != Some(0) {
        return Err(Failure::new(format!("the first leader was pod {:?}", seen.first_leader)));
    }
    if stage.case.formation == Formation::Ordered && seen.first_ready != [0, 1, 2] {
        return Err(Failure::new(format!("Ready in the order {:?}", seen.first_ready)));
    }
    let claims = stage.cluster.claims();
    if claims.len() != 3 || claims.iter().any(|claim| !claim.bound) {
        return Err(Failure::new(format!("claims: {claims:?}")));
    }
    stage.finish(3)
}
