//! Drills with `kubectl scale`: nothing but the replica count changes.

use std::time::Duration;

use crate::drill::cluster::{Failure, Outcome};
use crate::drill::manifests::{Case, manifests};
use crate::drill::stage::Stage;

/// For two more pods to be Ready members.
const GROWN: Duration = Duration::from_secs(90);
/// On top of the grace, for the leader to drop members that are gone.
const DROP: Duration = Duration::from_secs(30);

/// From three to five voters.
pub(super) fn scale_out_5(stage: &mut Stage) -> Outcome {
    stage.cluster.scale(5)?;
    stage.wait_all_ready("five after", 5, GROWN)?;
    stage.finish(5)
}

/// Beyond five the pods are members that do not vote.
pub(super) fn scale_out_7(stage: &mut Stage) -> Outcome {
    stage.cluster.scale(7)?;
    stage.wait_all_ready("seven after", 7, 2 * GROWN)?;
    stage.finish(7)
}

/// From five to three: the two are voters no longer, their claims are kept; and out again with what they have.
pub(super) fn scale_in_3(stage: &mut Stage) -> Outcome {
    stage.cluster.scale(3)?;
    stage.wait_all_ready("three after", 3, GROWN)?;
    stage.wait_members("gone as members after", 3, stage.case.grace + DROP)?;
    if stage.cluster.claims().len() != 5 {
        return Err(Failure::new(format!("claims: {:?}", stage.cluster.claims())));
    }
    stage.cluster.scale(5)?;
    stage.wait_all_ready("five again after", 5, GROWN)?;
    stage.finish(5)
}

/// With the pruning Deployment, rendering 3 instead of 5 removes the two members long before the grace, and rendering 5
/// again brings them back.
pub(super) fn prune(stage: &mut Stage) -> Outcome {
    stage.cluster.apply(&manifests(&Case { replicas: 3, ..stage.case })?)?;
    stage.wait_all_ready("three after", 3, GROWN)?;
    stage.wait_members("pruned after", 3, stage.case.grace / 2)?;
    stage.cluster.apply(&manifests(&Case { replicas: 5, ..stage.case })?)?;
    stage.wait_all_ready("five again after", 5, GROWN)?;
    stage.finish(5)
}
