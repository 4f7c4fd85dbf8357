//! The state of a simulated cluster, and its clock.
//!
//! Nothing here happens because it is somebody's turn. Everything that waits is a condition that must hold for a time: a
//! voter that hears no leader for a second campaigns, a probe that fails for 30 s restarts a container, a member that is
//! away for 90 s is dropped. After each event every condition is looked at again ([`World::settle`]): one that holds keeps
//! its moment, one that does not loses it. So there are no heartbeats and no polling, and a run costs as much as happens in
//! it. Rows are written all the time, but counted only from one event to the next.

use super::lasting::Lasting;
use super::log::{Pods, Run, acknowledge, bit};
use super::pod::{NEVER, Pod, Process, WAITS, Wait};
use super::random::Random;
use super::settings::{Behaviour, Settings};
use super::trace::{Kind, Recorder};

/// How many rows a second somebody writes.
const ROWS_PER_SECOND: u64 = 20;

/// A simulated cluster.
#[derive(Debug, Clone)]
pub(super) struct World<'s> {
    pub(super) settings: &'s Settings,
    /// What scripts and probes do at present.
    pub(super) behaviour: Behaviour,
    pub(super) now: u64,
    pub(super) random: Random,
    pub(super) pods: Vec<Pod>,
    /// How many pods each set wants, and of which form.
    pub(super) wanted: Vec<usize>,
    pub(super) revisions: Vec<u32>,
    /// For how long names are remembered.
    pub(super) dns: u64,
    /// Whether nobody writes.
    pub(super) quiet: bool,
    pub(super) evicting: Pods,
    /// A pod that whoever drained gave up on.
    pub(super) blocked: Option<usize>,
    /// When each controller, and whoever evicts, acts next.
    pub(super) controllers: Vec<u64>,
    pub(super) eviction: u64,
    /// What lasts; what ends first is the last.
    pub(super) lasting: Vec<Lasting>,
    pub(super) acknowledged: Vec<Run>,
    counted_until: u64,
    pub(super) foundings: u8,
    pub(super) trace: Recorder,
}

impl<'s> World<'s> {
    /// Nothing is installed yet.
    pub(super) fn new(settings: &'s Settings, seed: u64) -> Self {
        let sets = settings.sets.len();
        Self {
            settings,
            behaviour: settings.behaviour,
            now: 0,
            random: Random::new(seed),
            pods: vec![Pod::none(); settings.pods.len()],
            wanted: settings.sets.iter().map(|set| set.replicas).collect(),
            revisions: vec![0; sets],
            dns: 0,
            quiet: false,
            evicting: 0,
            blocked: None,
            controllers: vec![NEVER; sets],
            eviction: NEVER,
            lasting: Vec::new(),
            acknowledged: Vec::new(),
            counted_until: 0,
            foundings: 0,
            trace: Recorder::default(),
        }
    }

    /// The next moment at which something happens by itself.
    pub(super) fn next(&self) -> u64 {
        let waits = self.pods.iter().flat_map(|pod| pod.waits).min().unwrap_or(NEVER);
        let controllers = self.controllers.iter().copied().min().unwrap_or(NEVER);
        waits.min(controllers).min(self.eviction)
    }

    /// Lets time pass: whoever can commit gets rows.
    pub(super) fn advance(&mut self, to: u64) {
        let count = |until: u64| until * ROWS_PER_SECOND / 1000;
        let rows = count(to) - count(self.counted_until);
        self.counted_until = to;
        self.now = to;
        if rows == 0 || self.quiet {
            return;
        }
        for leader in 0..self.pods.len() {
            if !self.serves(leader) {
                continue;
            }
            let term = self.pods[leader].disk.term;
            for pod in 0..self.pods.len() {
                if pod != leader && self.pods[pod].leader == Some(leader) && self.pods[pod].synced {
                    self.pods[pod].disk.log.append(term, rows);
                }
            }
            let run = self.pods[leader].disk.log.append(term, rows);
            acknowledge(&mut self.acknowledged, run);
        }
    }

    /// Lets happen what is due now by itself: the first of it.
    pub(super) fn fire(&mut self) {
        let now = self.now;
        for set in 0..self.controllers.len() {
            if self.controllers[set] <= now {
                self.controllers[set] = NEVER;
                return self.control(set);
            }
        }
        if self.eviction <= now {
            self.eviction = NEVER;
            return self.evict();
        }
        for pod in 0..self.pods.len() {
            for wait in WAITS {
                if self.pods[pod].waits[wait as usize] <= now {
                    self.pods[pod].waits[wait as usize] = NEVER;
                    return self.happen(pod, wait);
                }
            }
        }
    }

    fn happen(&mut self, pod: usize, wait: Wait) {
        match wait {
            Wait::Start => self.start(pod),
            Wait::Stop => self.stopped(pod),
            Wait::Decide => self.decided(pod),
            Wait::Join => self.joined(pod),
            Wait::GiveUp => self.gave_up(pod),
            Wait::Found => self.found(pod),
            Wait::Campaign => self.elect(pod),
            Wait::Lease => self.step_down(pod),
            Wait::CatchUp => self.caught_up(pod),
            Wait::Known => self.pods[pod].known = true,
            Wait::Ready => self.becomes_ready(pod, true),
            Wait::Unready => self.becomes_ready(pod, false),
            Wait::Restart => self.restart(pod),
            Wait::Drop => self.drop_member(pod, Kind::Dropped),
            Wait::Prune => self.drop_member(pod, Kind::Pruned),
        }
    }

    /// Looks at every condition.
    pub(super) fn settle(&mut self) {
        self.settle_raft();
        for pod in 0..self.pods.len() {
            if self.pods[pod].exists {
                self.settle_container(pod);
                self.settle_start(pod);
            }
        }
        self.settle_controllers();
    }

    /// A condition either holds, since then or now, or it does not.
    pub(super) fn hold(&mut self, pod: usize, wait: Wait, holds: bool, time: u64) {
        let moment = &mut self.pods[pod].waits[wait as usize];
        if !holds {
            *moment = NEVER;
        } else if *moment == NEVER {
            *moment = self.now + time;
        }
    }

    /// As [`World::hold`]; by chance it takes up to so much longer.
    pub(super) fn hold_or_longer(&mut self, pod: usize, wait: Wait, holds: bool, time: u64, longer: u64) {
        let begins = holds && !self.waits(pod, wait);
        let late = if begins { self.random.below(longer + 1) } else { 0 };
        self.hold(pod, wait, holds, time + late);
    }

    pub(super) fn waits(&self, pod: usize, wait: Wait) -> bool {
        self.pods[pod].waits[wait as usize] != NEVER
    }

    pub(super) fn forget(&mut self, pod: usize, wait: Wait) {
        self.pods[pod].waits[wait as usize] = NEVER;
    }

    /// Whether something runs there.
    pub(super) fn alive(&self, pod: usize) -> bool {
        let pod = &self.pods[pod];
        pod.process != Process::None && pod.powered && !pod.frozen
    }

    /// Whether something answers there: rqlited, or the placeholder of an empty disk. While a script decides about a disk with data,
    /// nothing does.
    pub(super) fn answers(&self, pod: usize) -> bool {
        self.alive(pod) && (self.pods[pod].running().is_some() || !self.pods[pod].disk.used)
    }

    /// Whether rqlited answers there, with its Raft port open.
    pub(super) fn open(&self, pod: usize) -> bool {
        self.alive(pod) && self.pods[pod].running().is_some()
    }

    /// Whether one that is alive gets an answer from another.
    pub(super) fn hears(&self, from: usize, to: usize) -> bool {
        let other = &self.pods[to];
        self.answers(to) && (from == to || other.known && other.side == self.pods[from].side)
    }

    pub(super) fn leads(&self, pod: usize) -> bool {
        self.pods[pod].leader == Some(pod) && self.open(pod)
    }

    /// Whether rows that clients send are acknowledged by this pod as the leader.
    pub(super) fn serves(&self, pod: usize) -> bool {
        self.leads(pod) && self.pods[pod].side == 0 && self.commits(pod, self.pods[pod].members())
    }

    /// Who leads, as clients see it; otherwise anybody who thinks so.
    pub(super) fn leading(&self) -> Option<usize> {
        let all = || (0..self.pods.len()).filter(|pod| self.leads(*pod));
        let newest = |pod: &usize| self.pods[*pod].disk.term;
        all().filter(|pod| self.serves(*pod)).max_by_key(newest).or_else(|| all().max_by_key(newest))
    }

    /// What was on its way when something ends at once: of those that a quorum did not need, nobody got the last rows.
    pub(super) fn interrupt(&mut self) {
        const ON_THE_WAY: u64 = 2;
        if self.quiet {
            return;
        }
        for leader in 0..self.pods.len() {
            if !self.serves(leader) {
                continue;
            }
            let members = self.pods[leader].members();
            let mut needed = members.majority().saturating_sub(1);
            let count = self.pods.len();
            let offset = usize::try_from(self.random.below(count as u64)).unwrap_or_default();
            for pod in (0..count).map(|index| (index + offset) % count) {
                let follows = pod != leader && self.pods[pod].leader == Some(leader) && self.pods[pod].synced;
                if !follows {
                    continue;
                }
                if needed > 0 && members.voters & bit(pod) != 0 {
                    needed -= 1;
                    continue;
                }
                self.pods[pod].disk.log.lag(ON_THE_WAY);
                self.pods[pod].synced = false;
            }
        }
    }

    /// Begins the time anew.
    pub(super) fn reset_clock(&mut self) {
        let passed = self.now;
        let earlier = |moment: &mut u64| {
            if *moment != NEVER {
                *moment = moment.saturating_sub(passed);
            }
        };
        for pod in &mut self.pods {
            pod.waits.iter_mut().for_each(earlier);
            pod.ready_since = 0;
            pod.started = 0;
            pod.alone_since = 0;
            pod.crashes = 0;
        }
        self.controllers.iter_mut().for_each(earlier);
        earlier(&mut self.eviction);
        self.now = 0;
        self.counted_until = 0;
    }
}
