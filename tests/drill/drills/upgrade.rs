//! The drill from one version of rqlite to the next.

use std::time::{Duration, Instant};

use crate::drill::cluster::{Failure, Outcome};
use crate::drill::manifests;
use crate::drill::rqlite;
use crate::drill::stage::Stage;

/// Where it begins.
pub(super) const FIRST: &str = "8.43.4";
/// Each step is what docs/upgrading.md says.
const STEPS: [&str; 2] = ["9.4.5", "10.2.7"];

/// For a pod of the new version to be Ready.
const REPLACED: Duration = Duration::from_secs(120);
/// For the service to be there while pods are replaced one by one: an election, no more.
const ELECTION: Duration = Duration::from_secs(10);

/// From 8 to 9 to 10, each by rendering the next tag, one pod after the other, while writes go on.
pub(super) fn upgrade(stage: &mut Stage) -> Outcome {
    all_run(stage, FIRST)?;
    for version in STEPS {
        let (old, readers, begin) = (stage.cluster.pods(), stage.readers.pods(), Instant::now());
        stage.case.rqlite = Some(version);
        stage.cluster.apply(&manifests::manifests(&stage.case)?)?;
        for pod in old.iter().rev() {
            stage.wait_replaced(&format!("pod {} with {version} after", pod.ordinal), pod, REPLACED)?;
        }
        for reader in &readers {
            stage.wait_reader_replaced(&format!("reader {} with {version} after", reader.ordinal), reader, REPLACED)?;
        }
        stage.check_outage(begin, ELECTION)?;
        stage.wait_members(&format!("members with {version}"), stage.case.replicas, ELECTION)?;
        all_run(stage, version)?;
        stage.write_for(Duration::from_secs(2));
    }
    stage.finish(stage.case.replicas)
}

fn all_run(stage: &Stage, version: &str) -> Outcome {
    for cluster in [&stage.cluster, &stage.readers] {
        for pod in cluster.pods() {
            let runs = rqlite::version(&**cluster, pod.ordinal)?;
            if runs != version {
                return Err(Failure::new(format!("pod {} runs {runs}, not {version}", pod.ordinal)));
            }
        }
    }
    Ok(())
}
