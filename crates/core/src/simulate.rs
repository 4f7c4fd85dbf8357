//! What becomes of a cluster when something happens to it: failures and operations, played on a resolved topology.
//!
//! In: a [`Topology`] and a [`Scenario`]. Out: a [`Trace`] with a [`Verdict`]. The same input gives the same output: no
//! clock, and randomness from the seed alone. docs/simulator.md says what is modelled, and what was compared with real
//! clusters.
//!
//! # Example
//!
//! ```
//! # use rqchart_core::release::{ChartInfo, KubeVersion, Release};
//! # use rqchart_core::{topology::Topology, values::Values};
//! use rqchart_core::simulate::{Scenario, Step, Verdict, What, play};
//! # let chart = ChartInfo { name: "rqlite".into(), version: "0.1.0".into(), app_version: "10.2.7".into() };
//! # let release = Release::new("rqdb", "default", chart, KubeVersion::DEFAULT).unwrap();
//! # let topology = Topology::resolve(Values::default(), &release);
//! let steps = vec![Step::new(0, What::LoseDisk, ["rqdb-0"]), Step::new(60, What::Kill, ["rqdb-1"])];
//! let trace = play(&topology, &Scenario::new("two-faults", "", steps), 1);
//! assert_eq!((trace.verdict, trace.lost), (Verdict::Held, 0));
//! ```

mod builtin;
mod check;
mod kubernetes;
mod lasting;
mod lint;
mod log;
mod play;
mod pod;
mod raft;
mod random;
mod scenario;
mod search;
mod settings;
mod start;
mod svg;
mod timeline;
mod trace;
mod verdict;
mod world;

pub use builtin::builtin;
pub use check::{MOST_STEPS, check, read};
pub use lint::lint;
pub use scenario::{Ends, PARTS, Scenario, Step, What};
pub use search::{Found, Search};
pub use settings::{Behaviour, EmptyDisks, Founding, MOST_PODS, Readiness};
pub use trace::{Event, PodState, State, Trace, Verdict};
pub use verdict::seconds;

use serde::{Deserialize, Serialize};

use crate::topology::Topology;
use play::acts;
use settings::Settings;
use verdict::Expected;
use world::World;

/// Plays a scenario on a cluster.
pub fn play(topology: &Topology, scenario: &Scenario, seed: u64) -> Trace {
    Simulator::of(topology).play(scenario, seed)
}

/// What plays scenarios: make it once for a topology. As JSON, for those who have no topology, it is opaque: only what is written
/// by this version is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Simulator {
    /// As the chart renders it: so it is installed.
    settings: Settings,
    /// What its scripts and probes do in scenarios.
    behaviour: Behaviour,
}

impl Simulator {
    /// For the cluster that a topology describes.
    pub fn of(topology: &Topology) -> Self {
        Self::behaving(topology, Behaviour::of(topology))
    }

    /// For one whose scripts and probes do something else, once it is installed.
    pub fn behaving(topology: &Topology, behaviour: Behaviour) -> Self {
        Self { settings: Settings::of(topology), behaviour }
    }

    /// Plays a scenario for its end alone, which takes less time than to tell the story.
    pub fn verdict(&self, scenario: &Scenario, seed: u64) -> Verdict {
        let mut world = self.begin(scenario, seed);
        world.run(&acts(scenario, &self.settings));
        world.judge(Expected::of(scenario)).verdict
    }

    /// Plays a scenario.
    pub fn play(&self, scenario: &Scenario, seed: u64) -> Trace {
        let mut world = self.begin(scenario, seed);
        world.trace.keeps_all = true;
        let complete = world.run(&acts(scenario, &self.settings));
        world.tell(&scenario.name, seed, Expected::of(scenario), complete)
    }
}

impl Simulator {
    fn begin(&self, scenario: &Scenario, seed: u64) -> World<'_> {
        if !scenario.from_nothing {
            return self.installed(seed);
        }
        let mut world = World::new(&self.settings, seed);
        world.behaviour = self.behaviour;
        world
    }

    /// The cluster when it is installed and all is at rest. The clock begins anew then.
    fn installed(&self, seed: u64) -> World<'_> {
        let mut world = World::new(&self.settings, seed);
        world.run(&[]);
        world.behaviour = self.behaviour;
        world.reset_clock();
        world.trace.begin();
        world
    }
}

impl Expected {
    fn of(scenario: &Scenario) -> Self {
        Self {
            ends: scenario.ends,
            keeps_quorum: scenario.keeps_quorum,
            longest_outage: scenario.longest_outage.as_ref().map(crate::values::Duration::as_millis),
        }
    }
}
