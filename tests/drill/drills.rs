//! The drills, by name.
//!
//! In: nothing. Out: [`DRILLS`], each with what it needs rendered. What a drill does is in the modules below, by what is
//! hurt; what it must leave behind is checked by [`Stage::finish`].

mod first;

use std::sync::Arc;
use std::time::Duration;

use super::cluster::{Cluster, Outcome};
use super::manifests::{Case, Formation};
use super::report::Report;
use super::stage::Stage;

/// One drill.
#[derive(Debug, Clone, Copy)]
pub struct Drill {
    /// Its name, without the formation.
    pub name: &'static str,
    /// Pods at the installation.
    pub replicas: u32,
    /// How long a member may stay away before it is dropped.
    pub grace: Grace,
    /// What it does, up to the last checks.
    pub run: fn(&mut Stage) -> Outcome,
}

/// How long a member may stay away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grace {
    /// 90 s: nobody is dropped in this drill unless it is really long.
    Real,
    /// 20 s, for drills that wait until somebody is dropped. With a DNS that caches it would be too short for a restart.
    Short,
}

/// All of them, in the order in which they are worth running.
pub const DRILLS: &[Drill] = &[Drill { name: "initial", replicas: 3, grace: Grace::Real, run: first::initial }];

impl Drill {
    /// Runs it on an empty cluster. The report is given whether it passes or not.
    pub fn perform(
        &self,
        formation: Formation,
        dns_cache: Duration,
        cluster: Arc<dyn Cluster>,
    ) -> (Option<Report>, Outcome) {
        let grace = match self.grace {
            Grace::Real => Duration::from_secs(90),
            Grace::Short => Duration::from_secs(20),
        };
        let case = Case { formation, replicas: self.replicas, grace };
        match Stage::open(case, dns_cache, cluster) {
            Err(failure) => (None, Err(failure)),
            Ok(mut stage) => {
                let outcome = (self.run)(&mut stage);
                (Some(stage.report), outcome)
            }
        }
    }
}
