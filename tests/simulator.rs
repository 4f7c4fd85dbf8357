//! Holds the simulator to real rqlited: `cargo test -p rqchart-tests --test simulator [FILTER]`.
//!
//! Random operations are carried out on a cluster of processes (that of the drills), with the scripts and probes that are
//! rendered, while rows are written: see `simulated`. `RQCHART_SIMULATED=200` plays that many; the seed is in a test's name.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::{Completion, Failed, Trial};
use rqchart_tests::drill::Cluster;
use rqchart_tests::drill::manifests::Formation;
use rqchart_tests::drill::netns::{self, Netns};
use rqchart_tests::drill::variant::Access;
use rqchart_tests::simulated::Play;
use rqchart_tests::simulated::acts::Act;

/// Those whose outcome is remarkable, and the seeds in whose names they are played.
const KNOWN: &[(&str, (u32, u32), &[Act])] = &[
    ("voters_lost_and_reader_silent", (3, 1), &[Act::Lost(3), Act::FreezeReader(0)]),
    ("disk_of_one_of_two", (2, 0), &[Act::LoseDisk(0)]),
    ("two_disks_of_three", (3, 0), &[Act::Down(0), Act::LoseDisk(1), Act::Up(0)]),
    ("dropped_then_all_stop", (3, 0), &[Act::Down(0), Act::Scale(0), Act::Up(0), Act::Scale(3)]),
    ("three_to_one", (3, 0), &[Act::Scale(1), Act::Scale(3)]),
];

fn main() -> ExitCode {
    netns::main("simulator", trials)
}

fn trials(missing: Option<&str>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for formation in [Formation::Ordered, Formation::Parallel] {
        for (name, replicas, acts) in KNOWN {
            let name = format!("{formation}::{name}");
            let known = Play { name, formation, replicas: *replicas, acts: acts.to_vec(), dns_cache: Duration::ZERO };
            // Minutes each: asked for with --ignored.
            trials.push(trial(known, missing).with_ignored_flag(true));
        }
    }
    trials.extend(Play::random().map(|play| trial(play, missing)));
    trials
}

fn trial(play: Play, missing: Option<&str>) -> Trial {
    let missing = missing.map(str::to_owned);
    Trial::ignorable_test(play.name.clone(), move || match missing {
        Some(hint) => Ok(Completion::ignored_with(format!("skipped: {hint}"))),
        None => run(&play).map(|()| Completion::Completed),
    })
}

fn run(play: &Play) -> Result<(), Failed> {
    let cluster: Arc<dyn Cluster> = Arc::new(Netns::create(&play.name, play.dns_cache, Access::Open)?);
    play.run(&cluster, &Path::new(env!("CARGO_TARGET_TMPDIR")).join("simulator"))
}
