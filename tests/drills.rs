//! Runs the drills: `cargo test -p rqchart-tests --test drills [FILTER]`.
//!
//! In: the machine's rqlited (see `README.md` beside this file). Out: one test a drill and formation; each is ignored, with
//! the reason, where it cannot run.

#![expect(clippy::disallowed_methods, reason = "the logs of a failed drill are kept in files")]

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use rqchart_tests::drill::drills::{DRILLS, Drill};
use rqchart_tests::drill::manifests::{self, Formation};
use rqchart_tests::drill::netns::{self, Netns, sandbox};
use rqchart_tests::drill::{Cluster, Outcome};

/// What a DNS that caches repeats (that of kubeadm before v1.34).
const SLOW_DNS: Duration = Duration::from_secs(30);

/// The one drill that always runs with slow DNS too: it changes every address, one after the other.
const SLOW_DNS_SAMPLE: &str = "rolling_restart";

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Drills mostly wait, but each runs up to seven databases.
    arguments.test_threads.get_or_insert(2);
    let missing = netns::missing();
    if missing.is_none() && !arguments.list {
        match enter() {
            Ok(None) => {}
            Ok(Some(code)) => return code,
            Err(failure) => {
                let _ = writeln!(io::stderr(), "drills: {failure}");
                return ExitCode::from(2);
            }
        }
    }
    libtest_mimic::run(&arguments, trials(missing.as_deref())).exit_code()
}

/// Goes into the namespaces; what is returned is the result of the run inside.
fn enter() -> Outcome<Option<ExitCode>> {
    if sandbox::is_inside() { sandbox::prepare().map(|()| None) } else { sandbox::enter().map(Some) }
}

fn trials(missing: Option<&str>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for formation in [Formation::Ordered, Formation::Parallel] {
        for drill in DRILLS {
            trials.push(trial(drill, formation, Duration::ZERO, missing));
        }
        for drill in DRILLS {
            // An hour, all in all: but for one, asked for with --ignored.
            let asked_for = drill.name != SLOW_DNS_SAMPLE;
            trials.push(trial(drill, formation, SLOW_DNS, missing).with_ignored_flag(asked_for));
        }
    }
    trials
}

fn trial(drill: &'static Drill, formation: Formation, dns_cache: Duration, missing: Option<&str>) -> Trial {
    let slow = if dns_cache.is_zero() { "" } else { "slow_dns::" };
    let name = format!("{formation}::{slow}{}", drill.name);
    let missing = missing.map(str::to_owned);
    Trial::ignorable_test(name.clone(), move || match missing {
        Some(hint) => Ok(Completion::ignored_with(format!("skipped: {hint}"))),
        None if drill.prune && manifests::folder().is_some() => {
            Ok(Completion::ignored_with("skipped: a folder of manifests has no form with pruning"))
        }
        None => run(&name, drill, formation, dns_cache).map(|()| Completion::Completed),
    })
}

fn run(name: &str, drill: &Drill, formation: Formation, dns_cache: Duration) -> Result<(), Failed> {
    let cluster = Arc::new(Netns::create(name, dns_cache)?);
    let (report, outcome) = drill.perform(formation, dns_cache, Arc::clone(&cluster) as Arc<dyn Cluster>);
    let report = report.map_or_else(|| "never came up".to_owned(), |report| report.to_string());
    let verdict = outcome.as_ref().err().map(|failure| format!("\n     {failure}")).unwrap_or_default();
    let _ = writeln!(io::stdout(), "     {name}: {report}{verdict}");
    outcome.map_err(|failure| {
        let kept = keep_logs(name, &*cluster).map_or_else(|e| e.to_string(), |folder| folder.display().to_string());
        Failed::from(format!("{failure}\n{report}\nlogs: {kept}"))
    })
}

/// Copies the containers' logs to where they outlive the run.
fn keep_logs(name: &str, cluster: &dyn Cluster) -> io::Result<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("drills").join(name.replace("::", "-"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    for log in cluster.logs() {
        fs::write(folder.join(log.name), log.text)?;
    }
    Ok(folder)
}
