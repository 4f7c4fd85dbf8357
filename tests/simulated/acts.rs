//! What is done to a cluster and to its simulation alike.
//!
//! In: a seed, or a list by hand. Out: [`Act`]s, each as orders to a cluster and as steps of a scenario.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rqchart_core::simulate::{Ends, Scenario, Step, What};

use crate::drill::cluster::{Cluster, Delete, Eviction, Outcome};
use crate::drill::manifests::MAX_VOTERS;
use crate::drill::stage::Stage;

/// In a scenario's time, from one act to the next: whatever waits is done by then.
const APART: u32 = 1000;
/// How long whoever drains tries in a scenario: nearly until the next act. See [`GIVE_UP`].
const DRAINING: u32 = 900;
/// After how long without an eviction whoever drains gives up; longer with slow DNS. The cluster was at rest before, so
/// that a budget which refuses for so long refuses for ever.
const GIVE_UP: Duration = Duration::from_secs(30);

/// Something that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// A pod is deleted without grace.
    Kill(u32),
    /// With grace.
    Restart(u32),
    /// A volume is lost, with the pod that uses it.
    LoseDisk(u32),
    /// A pod stands still for four seconds.
    Freeze(u32),
    /// A node goes away with its pod.
    Down(u32),
    /// And comes back.
    Up(u32),
    /// A pod loses its network.
    Cut(u32),
    /// And gets it back.
    Mend(u32),
    /// A pod is evicted, as soon as the budget allows.
    Drain(u32),
    /// All of them.
    DrainAll,
    /// The power of all fails for two seconds.
    PowerCut,
    /// `kubectl scale`.
    Scale(u32),
    /// `kubectl rollout restart`.
    Upgrade,
    /// The power fails, and the disks of so many voters, from the first, are lost.
    Lost(u32),
    /// A reader stands still for four seconds.
    FreezeReader(u32),
}

impl Act {
    /// The pod that it needs.
    fn pod(self) -> Option<u32> {
        match self {
            Self::Kill(pod) | Self::Restart(pod) | Self::Freeze(pod) | Self::Cut(pod) | Self::Mend(pod) => Some(pod),
            _ => None,
        }
    }
}

/// Those who are out of reach.
#[derive(Debug, Default)]
pub struct Away {
    /// Their node is away.
    pub down: BTreeSet<u32>,
    /// Their network is: nobody can ask them whether they lead.
    pub cut: BTreeSet<u32>,
}

impl Away {
    /// Who is after these acts.
    pub fn after(acts: &[Act]) -> Self {
        let mut away = Self::default();
        for act in acts {
            match *act {
                Act::Down(ordinal) => away.down.insert(ordinal),
                Act::Up(ordinal) => away.down.remove(&ordinal),
                Act::Cut(ordinal) => away.cut.insert(ordinal),
                Act::Mend(ordinal) => away.cut.remove(&ordinal),
                _ => false,
            };
        }
        away
    }
}

/// These acts as the simulator takes them, where names are remembered for so long.
pub fn scenario(acts: &[Act], dns_cache: Duration) -> Scenario {
    let pod = |ordinal: u32| [format!("rqdb-{ordinal}")];
    let step = |(index, act): (u32, &Act)| {
        let at = index * if matches!(acts[0], Act::Lost(_)) { 20 } else { APART };
        match *act {
            Act::Kill(ordinal) => Step::new(at, What::Kill, pod(ordinal)),
            Act::Restart(ordinal) => Step::new(at, What::Restart, pod(ordinal)),
            Act::LoseDisk(ordinal) => Step::new(at, What::LoseDisk, pod(ordinal)),
            Act::Freeze(ordinal) => Step::new(at, What::Freeze, pod(ordinal)).lasting(4),
            Act::Down(ordinal) => Step::new(at, What::PowerCut, pod(ordinal)),
            Act::Cut(ordinal) => Step::new(at, What::CutOff, pod(ordinal)),
            Act::Up(ordinal) | Act::Mend(ordinal) => Step::new(at, What::Restore, pod(ordinal)),
            Act::Drain(ordinal) => Step::new(at, What::Drain, pod(ordinal)).lasting(DRAINING),
            Act::DrainAll => Step::to_all(at, What::Drain).lasting(DRAINING),
            Act::PowerCut => Step::to_all(at, What::PowerCut).lasting(2),
            Act::Scale(replicas) => Step::scale(at, replicas),
            Act::Upgrade => Step::to_all(at, What::Upgrade),
            Act::Lost(_) => Step::to_all(at, What::PowerCut).lasting(3),
            Act::FreezeReader(ordinal) => Step::new(at, What::Freeze, [format!("rqdb-readers-{ordinal}")]).lasting(4),
        }
    };
    let lost = (0..).zip(acts).filter_map(|(index, act)| match *act {
        Act::Lost(count) => {
            Some(Step::new(index * APART + 1, What::LoseDisk, (0..count).map(|ordinal| format!("rqdb-{ordinal}"))))
        }
        // A pod of processes is gone with its node, and so is its name.
        Act::Down(ordinal) => Some(Step::new(index * APART, What::Kill, pod(ordinal))),
        _ => None,
    });
    let seconds = u32::try_from(dns_cache.as_secs()).unwrap_or(u32::MAX);
    let dns = (seconds > 0).then(|| Step::to_all(0, What::SlowDns).lasting(seconds));
    let steps = dns.into_iter().chain((0..).zip(acts).map(step)).chain(lost).collect();
    Scenario::new("differential", "", steps).ending(Ends::Either)
}

/// Carries one out.
///
/// # Errors
/// When the cluster refuses it.
pub fn perform(stage: &Stage, act: Act) -> Outcome {
    let cluster = &stage.cluster;
    // In order, a pod may not be there because the one before it is not Ready: nothing is done to it, as in the simulator.
    if act.pod().is_some_and(|ordinal| cluster.pods().iter().all(|pod| pod.ordinal != ordinal)) {
        return Ok(());
    }
    match act {
        Act::Kill(ordinal) => cluster.delete_pod(ordinal, Delete::Now),
        Act::Restart(ordinal) => cluster.delete_pod(ordinal, Delete::Gracefully),
        Act::LoseDisk(ordinal) => cluster.lose_disk(ordinal),
        Act::Freeze(ordinal) => freeze(&**cluster, ordinal),
        Act::Down(ordinal) => cluster.hold_down(ordinal, true),
        Act::Up(ordinal) => cluster.hold_down(ordinal, false),
        Act::Cut(ordinal) => cluster.cut_off(ordinal, true),
        Act::Mend(ordinal) => cluster.cut_off(ordinal, false),
        Act::Drain(ordinal) => {
            drain(stage, vec![ordinal]);
            Ok(())
        }
        Act::DrainAll => {
            drain(stage, cluster.pods().iter().map(|pod| pod.ordinal).collect());
            Ok(())
        }
        Act::PowerCut => {
            cluster.power_off()?;
            sleep(Duration::from_secs(2));
            cluster.power_on()
        }
        Act::Scale(replicas) => cluster.scale(replicas),
        Act::Upgrade => cluster.rolling_restart(),
        Act::Lost(count) => {
            cluster.power_off()?;
            (0..count).try_for_each(|ordinal| cluster.lose_disk(ordinal))?;
            cluster.power_on()
        }
        Act::FreezeReader(ordinal) => freeze(&*stage.readers, ordinal),
    }
}

fn freeze(cluster: &dyn Cluster, ordinal: u32) -> Outcome {
    cluster.freeze(ordinal, true)?;
    sleep(Duration::from_secs(4));
    cluster.freeze(ordinal, false)
}

/// Evicts these pods, each as soon as it may go; one that is no more has gone.
fn drain(stage: &Stage, mut left: Vec<u32>) {
    let mut since = Instant::now();
    while !left.is_empty() && since.elapsed() < GIVE_UP + 3 * stage.dns_cache {
        let before = left.len();
        left.retain(|ordinal| matches!(stage.cluster.evict(*ordinal), Ok(Eviction::Refused)));
        if left.len() < before {
            since = Instant::now();
        }
        sleep(Duration::from_millis(250));
    }
}

/// Numbers that look random and are the same for the same seed (`SplitMix64`).
#[derive(Debug)]
pub struct Chance(pub u64);

impl Chance {
    /// One below `end`.
    ///
    /// # Panics
    /// When there is none.
    pub fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(end)).expect("it is below `end`")
    }

    /// Three to five acts, and between them some that `more` decides about: drains and cut networks, so that a seed means
    /// what it meant without them. What is done to a pod is done to one that there is.
    pub fn acts(&mut self, replicas: u32, more: &mut Self) -> Vec<Act> {
        let (mut size, mut down, mut acts) = (replicas, None, Vec::new());
        for _ in 0..3 + self.below(3) {
            let pod = self.below(size);
            let is_up = down != Some(pod);
            let act = match self.below(10) {
                0 if is_up => Act::Kill(pod),
                1 if is_up => Act::Restart(pod),
                2 | 3 if is_up => Act::LoseDisk(pod),
                4 if is_up => Act::Freeze(pod),
                5 if down.is_none() && size > 2 => {
                    down = Some(pod);
                    Act::Down(pod)
                }
                // Nothing else is known of a pod whose node is away.
                _ if down.is_some() => Act::Up(down.take().unwrap_or_default()),
                6 => Act::PowerCut,
                7 | 8 => {
                    let out = size < MAX_VOTERS + 2 && self.below(2) == 0;
                    size = if out || size < 4 { size + 1 } else { size - 1 };
                    Act::Scale(size)
                }
                _ => Act::Upgrade,
            };
            acts.push(act);
            if down.is_none() && more.below(4) == 0 {
                acts.extend(more.drain_or_cut(size));
            }
        }
        acts
    }

    fn drain_or_cut(&mut self, size: u32) -> Vec<Act> {
        let pod = self.below(size);
        match self.below(4) {
            0 => vec![Act::Drain(pod)],
            1 => vec![Act::DrainAll],
            2 => vec![Act::Cut(pod), Act::Mend(pod)],
            // Meanwhile something happens to another one.
            _ => {
                let other = (pod + 1) % size;
                let act = [Act::Kill, Act::Restart, Act::LoseDisk, Act::Drain][self.below(4) as usize](other);
                vec![Act::Cut(pod), act, Act::Mend(pod)].into_iter().filter(|_| other != pod).collect()
            }
        }
    }
}
