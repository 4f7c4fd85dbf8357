//! Runs the drills on a real Kubernetes: `cargo test -p rqchart-tests --test kubernetes [FILTER]`.
//!
//! In: `RQCHART_CLUSTER_TESTS=1`, `KUBECONFIG`, and for some drills `RQCHART_NODE_SHELL` (see [`rqchart_tests::drill::kubernetes`]).
//! Out: one test a drill and formation; each is ignored, with the reason, where it cannot run.

#![expect(
    clippy::disallowed_methods,
    reason = "the environment says which cluster; the logs of a failed drill are kept"
)]

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use rqchart_tests::drill::drills::{DRILLS, Drill};
use rqchart_tests::drill::kubernetes::{self, Kubernetes};
use rqchart_tests::drill::manifests::{self, Formation};
use rqchart_tests::drill::{Cluster, Outcome};

/// For how many seconds the cluster's DNS repeats an answer, where it does: limits are then longer.
const DNS_CACHE: &str = "RQCHART_DNS_CACHE";

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A power cut concerns the whole node, so one after the other unless told otherwise.
    arguments.test_threads.get_or_insert(1);
    let formations = [Formation::Ordered, Formation::Parallel];
    let trials = formations.into_iter().flat_map(|formation| DRILLS.iter().map(move |drill| trial(drill, formation)));
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn trial(drill: &'static Drill, formation: Formation) -> Trial {
    let name = format!("{formation}::{}", drill.name);
    let missing = kubernetes::missing(drill.name);
    Trial::ignorable_test(name.clone(), move || match missing {
        Some(hint) => Ok(Completion::ignored_with(format!("skipped: {hint}"))),
        None if drill.prune && manifests::folder().is_some() => {
            Ok(Completion::ignored_with("skipped: a folder of manifests has no form with pruning"))
        }
        None => run(&name, drill, formation).map(|()| Completion::Completed),
    })
}

fn run(name: &str, drill: &Drill, formation: Formation) -> Result<(), Failed> {
    let seconds = env::var(DNS_CACHE).ok().and_then(|seconds| seconds.parse().ok()).unwrap_or_default();
    let cluster = Arc::new(Kubernetes::create(name)?);
    let drilled = Arc::clone(&cluster) as Arc<dyn Cluster>;
    let (report, outcome) = drill.perform(formation, Duration::from_secs(seconds), drilled);
    let report = report.map_or_else(|| "never came up".to_owned(), |report| report.to_string());
    let verdict = outcome.as_ref().err().map(|failure| format!("\n     {failure}")).unwrap_or_default();
    let _ = writeln!(io::stdout(), "     {name}: {report}{verdict}");
    // Those of a drill that passed too: what it remarked upon may be worth a look.
    let kept = keep_logs(name, &*cluster).map_or_else(|e| e.to_string(), |folder| folder.display().to_string());
    outcome.map_err(|failure| Failed::from(format!("{failure}\n{report}\nlogs: {kept}")))
}

/// Copies the containers' logs to where they outlive the run.
fn keep_logs(name: &str, cluster: &dyn Cluster) -> Outcome<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("kubernetes").join(name.replace("::", "-"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    for log in cluster.logs() {
        fs::write(folder.join(log.name), log.text)?;
    }
    Ok(folder)
}
