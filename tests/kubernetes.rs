//! Runs the drills on a real Kubernetes: `cargo test -p rqchart-tests --test kubernetes [FILTER]`.
//!
//! In: `RQCHART_CLUSTER_TESTS=1`, `KUBECONFIG`, for some drills `RQCHART_NODE_SHELL` (see `README.md` beside this file).
//! Out: one test a drill and formation; each is ignored, with the reason, where it cannot run.

#![expect(clippy::disallowed_methods, reason = "the environment says which cluster is meant")]

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use rqchart_tests::drill::drills::Drill;
use rqchart_tests::drill::kubernetes::{self, Kubernetes};
use rqchart_tests::drill::manifests::{self, Formation};
use rqchart_tests::drill::variant::{Access, Variant};
use rqchart_tests::drill::{Cluster, trial};
use rqchart_tests::simulated::Play;

/// For how many seconds the cluster's DNS repeats an answer, where it does: limits are then longer.
const DNS_CACHE: &str = "RQCHART_DNS_CACHE";

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A power cut concerns the whole node, so one after the other unless told otherwise.
    arguments.test_threads.get_or_insert(1);
    libtest_mimic::run(&arguments, trials()).exit_code()
}

fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for formation in [Formation::Ordered, Formation::Parallel] {
        for variant in Variant::ALL {
            for (drill, asked_for) in variant.drills() {
                trials.push(trial(drill, formation, variant).with_ignored_flag(asked_for));
            }
        }
    }
    trials.push(forms());
    // The cluster's DNS is what it is.
    let plays = Play::random().filter(|play| play.dns_cache == dns_cache());
    trials.extend(plays.map(|play| compared(play).with_ignored_flag(true)));
    trials
}

fn trial(drill: &'static Drill, formation: Formation, variant: Variant) -> Trial {
    let name = format!("{formation}::{variant}{}", drill.name);
    let missing = kubernetes::missing(drill.name).or_else(|| manifests::missing(formation, variant, drill.prune));
    Trial::ignorable_test(name.clone(), move || match missing {
        Some(hint) => Ok(Completion::ignored_with(format!("skipped: {hint}"))),
        None => run(&name, drill, (formation, variant)).map(|()| Completion::Completed),
    })
}

/// What lint knows of Kubernetes' own forms, against this cluster's.
fn forms() -> Trial {
    let missing = kubernetes::cluster_missing();
    Trial::ignorable_test("forms", move || match missing {
        Some(hint) => Ok(Completion::ignored_with(format!("skipped: {hint}"))),
        None => compare_forms().map(|()| Completion::Completed),
    })
}

fn compare_forms() -> Result<(), Failed> {
    let forms = serde_json::from_str(include_str!("../crates/core/src/schema/kubernetes.json"))?;
    Ok(kubernetes::forms::are_those_of_the_server(&forms)?)
}

/// The simulator against this cluster: what `--test simulator` does with one of processes.
fn compared(play: Play) -> Trial {
    let name = format!("simulated::{}", play.name);
    let missing = kubernetes::cluster_missing().or_else(kubernetes::node_missing);
    Trial::ignorable_test(name.clone(), move || match missing {
        Some(hint) => Ok(Completion::ignored_with(format!("skipped: {hint}"))),
        None => against_kubernetes(&name, &play).map(|()| Completion::Completed),
    })
}

fn against_kubernetes(name: &str, play: &Play) -> Result<(), Failed> {
    let cluster: Arc<dyn Cluster> = Arc::new(Kubernetes::create(name, Access::Open)?);
    play.run(&cluster, &folder().join("simulated"))
}

fn dns_cache() -> Duration {
    let seconds = env::var(DNS_CACHE).ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or_default())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("kubernetes")
}

fn run(name: &str, drill: &Drill, form: (Formation, Variant)) -> Result<(), Failed> {
    let cluster: Arc<dyn Cluster> = Arc::new(Kubernetes::create(name, form.1.access())?);
    trial::run(name, (drill, form), dns_cache(), &cluster, &folder())
}
