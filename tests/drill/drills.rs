//! The drills, by name.
//!
//! In: nothing. Out: [`DRILLS`], each with what it needs rendered. What a drill does is in the modules below, by what is
//! hurt; what it must leave behind is checked by [`Stage::finish`].

mod away;
mod backup;
mod disk;
mod first;
mod readers;
mod scale;
mod upgrade;
mod whole;

use std::sync::Arc;
use std::time::Duration;

use super::cluster::{Cluster, Outcome};
use super::manifests::{Case, Formation};
use super::report::Report;
use super::stage::Stage;
use super::variant::Variant;

/// One drill.
#[derive(Debug, Clone, Copy)]
pub struct Drill {
    /// Its name, without the formation.
    pub name: &'static str,
    /// Pods at the installation.
    pub replicas: u32,
    /// How long a member may stay away before it is dropped.
    pub grace: Grace,
    /// Whether the chart's pruning Deployment is switched on.
    pub prune: bool,
    /// The version of rqlite that it begins with, where it is not the chart's own.
    pub from: Option<&'static str>,
    /// What it does, up to the last checks.
    pub run: fn(&mut Stage) -> Outcome,
}

/// How long a member may stay away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grace {
    /// 90 s: nobody is dropped in this drill unless it is really long.
    Real,
    /// 20 s, for drills that wait until somebody is dropped. A restarted pod must be found again before that, so it is
    /// longer by twice the time for which DNS caches.
    Short,
}

/// Those that always run in their secured form too: once new members must join, once an empty disk asks what it may do.
const SECURED_SAMPLE: &[&str] = &["leader_kill", "pvc_lost_0"];

/// Those that always run with a pool of readers too.
const READERS_SAMPLE: &[&str] = &["pool_in", "reader_disk_lost"];

/// Those about the pool of readers itself, which run only where there is one.
#[rustfmt::skip] // one line each
const OF_READERS: &[Drill] = &[
    Drill { name: "pool_in", replicas: 3, grace: Grace::Short, prune: false, from: None, run: readers::pool_in },
    Drill { name: "pool_out", replicas: 3, grace: Grace::Real, prune: false, from: None, run: readers::pool_out },
    Drill { name: "pool_prune", replicas: 5, grace: Grace::Real, prune: true, from: None, run: readers::pool_prune },
    Drill { name: "pool_drain", replicas: 3, grace: Grace::Real, prune: false, from: None, run: readers::pool_drain },
    Drill { name: "reader_kill", replicas: 3, grace: Grace::Real, prune: false, from: None, run: readers::reader_kill },
    Drill { name: "voters_disks_lost", replicas: 3, grace: Grace::Real, prune: false, from: None, run: readers::voters_disks_lost },
    Drill { name: "reader_disk_lost", replicas: 3, grace: Grace::Real, prune: false, from: None, run: readers::reader_disk_lost },
    Drill { name: "reader_down_long", replicas: 3, grace: Grace::Short, prune: false, from: None, run: readers::reader_down_long },
];

/// Those that always run with both: once readers must be let in, once an empty disk asks them too.
const SECURED_READERS_SAMPLE: &[&str] = &["pool_in", "pvc_lost_0"];

/// Those that always run with uploads all the time, too.
const BACKED_UP_SAMPLE: &[&str] = &["leader_kill"];

/// All of them.
#[rustfmt::skip] // one line each
pub const DRILLS: &[Drill] = &[
    Drill { name: "initial", replicas: 3, grace: Grace::Real, prune: false, from: None, run: first::initial },
    Drill { name: "initial_7", replicas: 7, grace: Grace::Real, prune: false, from: None, run: first::initial },
    Drill { name: "grow_from_one", replicas: 1, grace: Grace::Real, prune: false, from: None, run: first::grow_from_one },
    Drill { name: "replication", replicas: 3, grace: Grace::Real, prune: false, from: None, run: first::replication },
    Drill { name: "join_rule", replicas: 5, grace: Grace::Real, prune: false, from: None, run: away::join_rule },
    Drill { name: "follower_kill", replicas: 3, grace: Grace::Real, prune: false, from: None, run: away::follower_kill },
    Drill { name: "leader_kill", replicas: 3, grace: Grace::Real, prune: false, from: None, run: away::leader_kill },
    Drill { name: "down_long", replicas: 3, grace: Grace::Short, prune: false, from: None, run: away::down_long },
    Drill { name: "frozen", replicas: 3, grace: Grace::Short, prune: false, from: None, run: away::frozen },
    Drill { name: "cut_off", replicas: 3, grace: Grace::Short, prune: false, from: None, run: away::cut_off },
    Drill { name: "two_down", replicas: 3, grace: Grace::Real, prune: false, from: None, run: away::two_down },
    Drill { name: "scale_out_5", replicas: 3, grace: Grace::Real, prune: false, from: None, run: scale::scale_out_5 },
    Drill { name: "scale_out_7", replicas: 3, grace: Grace::Real, prune: false, from: None, run: scale::scale_out_7 },
    Drill { name: "scale_in_3", replicas: 5, grace: Grace::Short, prune: false, from: None, run: scale::scale_in_3 },
    Drill { name: "prune", replicas: 5, grace: Grace::Real, prune: true, from: None, run: scale::prune },
    Drill { name: "pvc_lost_0", replicas: 3, grace: Grace::Real, prune: false, from: None, run: disk::pvc_lost_0 },
    Drill { name: "pvc_lost_0_cold", replicas: 3, grace: Grace::Real, prune: false, from: None, run: disk::pvc_lost_0_cold },
    Drill { name: "lagging_and_empty", replicas: 3, grace: Grace::Real, prune: false, from: None, run: disk::lagging_and_empty },
    Drill { name: "disk_lost_leader_silent", replicas: 3, grace: Grace::Real, prune: false, from: None, run: disk::disk_lost_leader_silent },
    Drill { name: "two_disks_lost", replicas: 3, grace: Grace::Real, prune: false, from: None, run: disk::two_disks_lost },
    Drill { name: "founders_disks_lost", replicas: 5, grace: Grace::Real, prune: false, from: None, run: disk::founders_disks_lost },
    Drill { name: "power_cut", replicas: 3, grace: Grace::Real, prune: false, from: None, run: whole::power_cut },
    Drill { name: "whole_restart", replicas: 3, grace: Grace::Real, prune: false, from: None, run: whole::whole_restart },
    Drill { name: "rolling_restart", replicas: 3, grace: Grace::Real, prune: false, from: None, run: whole::rolling_restart },
    Drill { name: "backup_and_restore", replicas: 3, grace: Grace::Real, prune: false, from: None, run: backup::backup_and_restore },
    Drill { name: "begins_with_a_backup", replicas: 3, grace: Grace::Real, prune: false, from: None, run: backup::begins_with_a_backup },
    Drill { name: "upgrade", replicas: 3, grace: Grace::Real, prune: false, from: Some(upgrade::FIRST), run: upgrade::upgrade },
    Drill { name: "drain", replicas: 3, grace: Grace::Real, prune: false, from: None, run: whole::drain },
];

impl Variant {
    /// The drills of this kind, each with whether it runs only when it is asked for: each kind takes an hour.
    pub fn drills(self) -> impl Iterator<Item = (&'static Drill, bool)> {
        let (own, sample): (&[Drill], Option<&[&str]>) = match self {
            Self::Plain => (&[], None),
            Self::Secured => (&[], Some(SECURED_SAMPLE)),
            Self::Readers => (OF_READERS, Some(READERS_SAMPLE)),
            Self::SecuredReaders => (OF_READERS, Some(SECURED_READERS_SAMPLE)),
            Self::BackedUp => (&[], Some(BACKED_UP_SAMPLE)),
        };
        let asked_for = move |drill: &Drill| sample.is_some_and(|sample| !sample.contains(&drill.name));
        // The version that upgrades begin with has no uploads into folders.
        let is_possible = move |drill: &&Drill| self != Self::BackedUp || drill.from.is_none();
        DRILLS.iter().chain(own).filter(is_possible).map(move |drill| (drill, asked_for(drill)))
    }
}

impl Drill {
    /// Runs it on an empty cluster. The report is given whether it passes or not.
    pub fn perform(
        &self,
        (formation, variant): (Formation, Variant),
        dns_cache: Duration,
        cluster: Arc<dyn Cluster>,
    ) -> (Option<Report>, Outcome) {
        let grace = match self.grace {
            Grace::Real => Duration::from_secs(90),
            Grace::Short => Duration::from_secs(20) + 2 * dns_cache,
        };
        let (replicas, prune) = (self.replicas, self.prune);
        let case = Case {
            formation,
            variant,
            replicas,
            grace,
            prune,
            survivor: None,
            readers: variant.readers(),
            store: None,
            rqlite: self.from,
        };
        match Stage::open(case, dns_cache, cluster) {
            Err(failure) => (None, Err(failure)),
            Ok(mut stage) => {
                let outcome = (self.run)(&mut stage);
                (Some(stage.report), outcome)
            }
        }
    }
}
