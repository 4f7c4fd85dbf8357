//! Runs the drills: `cargo test -p rqchart-tests --test drills [FILTER]`.
//!
//! In: the machine's rqlited (see `README.md` beside this file). Out: one test a drill and formation; each is ignored, with
//! the reason, where it cannot run.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::{Completion, Failed, Trial};
use rqchart_tests::drill::drills::{DRILLS, Drill};
use rqchart_tests::drill::manifests::{self, Formation};
use rqchart_tests::drill::netns::{self, Netns};
use rqchart_tests::drill::variant::Variant;
use rqchart_tests::drill::{Cluster, trial};

/// What a DNS that caches repeats (that of kubeadm before v1.34).
const SLOW_DNS: Duration = Duration::from_secs(30);

/// The one drill that always runs with slow DNS too: it changes every address, one after the other.
const SLOW_DNS_SAMPLE: &str = "rolling_restart";

fn main() -> ExitCode {
    netns::main("drills", trials)
}

fn trials(missing: Option<&str>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for formation in [Formation::Ordered, Formation::Parallel] {
        // An hour each, all in all: but for a few, asked for with --ignored.
        for drill in DRILLS {
            let asked_for = drill.name != SLOW_DNS_SAMPLE;
            trials.push(trial(drill, (formation, Variant::Plain), SLOW_DNS, missing).with_ignored_flag(asked_for));
        }
        for variant in Variant::ALL {
            for (drill, asked_for) in variant.drills() {
                let trial = trial(drill, (formation, variant), Duration::ZERO, missing);
                trials.push(trial.with_ignored_flag(asked_for));
            }
        }
    }
    trials
}

fn trial(
    drill: &'static Drill,
    (formation, variant): (Formation, Variant),
    dns_cache: Duration,
    missing: Option<&str>,
) -> Trial {
    let slow = if dns_cache.is_zero() { "" } else { "slow_dns::" };
    let name = format!("{formation}::{slow}{variant}{}", drill.name);
    let older = || drill.from.and_then(|_| netns::older_missing());
    let missing =
        missing.map(str::to_owned).or_else(|| manifests::missing(formation, variant, drill.prune)).or_else(older);
    Trial::ignorable_test(name.clone(), move || match missing {
        Some(hint) => Ok(Completion::ignored_with(format!("skipped: {hint}"))),
        None => run(&name, drill, (formation, variant), dns_cache).map(|()| Completion::Completed),
    })
}

fn run(name: &str, drill: &Drill, form: (Formation, Variant), dns_cache: Duration) -> Result<(), Failed> {
    let cluster: Arc<dyn Cluster> = Arc::new(Netns::create(name, dns_cache, form.1.access())?);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("drills");
    trial::run(name, (drill, form), dns_cache, &cluster, &folder)
}
