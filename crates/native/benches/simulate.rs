//! What the simulator costs, on one core.

use divan::{Bencher, black_box};
use rqchart::Chart;
use rqchart_core::release::{KubeVersion, Release};
use rqchart_core::schema;
use rqchart_core::simulate::{Simulator, builtin, lint};
use rqchart_core::topology::Topology;

fn main() {
    divan::main();
}

fn topology(replicas: u32) -> Topology {
    let chart = Chart::embedded().info().clone();
    let release = Release::new("rqdb", "default", chart, KubeVersion::DEFAULT).expect("the name is valid");
    let values = schema::validate(&serde_json::json!({ "replicas": replicas })).expect("they are valid");
    Topology::resolve(values, &release)
}

/// 10,000 runs of a cluster of five, each from its installation on, through all scenarios that are built in.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn runs_10_000_of_5() {
    let simulator = Simulator::of(&topology(5));
    let scenarios = builtin(&simulator);
    for (seed, scenario) in (0..10_000).zip(scenarios.iter().cycle()) {
        black_box(simulator.verdict(scenario, seed));
    }
}

/// Every combination of two faults.
#[divan::bench(args = [3, 5], sample_count = 3, sample_size = 1)]
fn two_faults(replicas: u32) {
    black_box(Simulator::of(&topology(replicas)).search(2, 1, |_, _| {}));
}

/// What it adds to a run of lint.
#[divan::bench]
fn lint_of_3(bencher: Bencher<'_, '_>) {
    let topology = topology(3);
    bencher.bench_local(|| black_box(lint(&Simulator::of(&topology))));
}
