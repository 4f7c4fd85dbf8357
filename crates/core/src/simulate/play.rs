//! A scenario, played on a world.

use super::log::{Pods, bit, each};
use super::pod::{NEVER, Process};
use super::scenario::{Scenario, What};
use super::settings::Settings;
use super::trace::{Kind, Moment};
use super::world::World;

/// How many events a run has at most. Pods that crash for ever do not come near it.
const MOST_EVENTS: u32 = 200_000;
/// How long a run goes on after the last step, for whoever is still waiting.
const PATIENCE: u64 = 900_000;
/// How long somebody writes after all has come to rest.
const REST: u64 = 2000;

/// A step, with its pods as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Act {
    pub(super) at: u64,
    pub(super) what: What,
    /// Those that were named.
    pub(super) named: Pods,
    /// Those that were named by what they are: a bit for each of [`super::scenario::PARTS`].
    pub(super) parts: u8,
    pub(super) time: Option<u64>,
    /// The set that is scaled, and to how many pods.
    pub(super) scale: Option<(usize, usize)>,
}

/// Steps in the order of their times.
pub(super) fn acts(scenario: &Scenario, settings: &Settings) -> Vec<Act> {
    let mut acts: Vec<_> = scenario
        .steps
        .iter()
        .map(|step| {
            let (mut named, mut parts) = (0, 0);
            for which in &step.which {
                match super::scenario::PARTS.iter().position(|part| part == which) {
                    Some(part) => parts |= 1 << part,
                    None => named |= settings.named(which).unwrap_or_default(),
                }
            }
            if step.which.is_empty() {
                named = settings.pods.iter().enumerate().fold(0, |all, (pod, _)| all | bit(pod));
            }
            Act {
                at: step.at.as_millis(),
                what: step.what,
                named,
                parts,
                time: step.time.as_ref().map(crate::values::Duration::as_millis),
                scale: step.replicas.map(|replicas| (settings.scaled(&step.which), replicas as usize)),
            }
        })
        .collect();
    acts.sort_by_key(|act| act.at);
    acts
}

impl Settings {
    /// The pods of a name: of one, a set, a node, a zone, or all.
    pub(super) fn named(&self, name: &str) -> Option<Pods> {
        if let Some(pod) = self.pods.iter().position(|pod| pod.name == name) {
            return Some(bit(pod));
        }
        if let Some(set) = self.sets.iter().find(|set| set.name == name) {
            return Some(set.pods().fold(0, |all, pod| all | bit(pod)));
        }
        let place = self.nodes.iter().chain(&self.zones).find(|place| place.name == name)?;
        Some(place.pods.iter().fold(0, |all, pod| all | bit(*pod)))
    }

    /// The set that is scaled by these names: the voters', unless nothing but readers of the pool is named.
    pub(super) fn scaled(&self, names: &[String]) -> usize {
        let is_of = |name: &String, set: usize| {
            *name == self.sets[set].name || self.pods.iter().any(|pod| pod.set == set && pod.name == *name)
        };
        let all_are_of = |set: &usize| !names.is_empty() && names.iter().all(|name| is_of(name, *set));
        (1..self.sets.len()).find(all_are_of).unwrap_or_default()
    }
}

impl World<'_> {
    /// Lets everything happen until nothing does any more. Says whether that was so before there were too many events.
    pub(super) fn run(&mut self, acts: &[Act]) -> bool {
        let parts = self.parts();
        let mut left = acts.iter();
        let mut next_act = left.next();
        let last_act = acts.iter().map(|act| act.at + act.time.unwrap_or_default()).max().unwrap_or_default();
        let horizon = self.now.max(last_act) + PATIENCE;
        self.settle();
        self.record();
        for _ in 0..MOST_EVENTS {
            let act = next_act.map_or(NEVER, |act| act.at);
            let ending = self.lasting.last().map_or(NEVER, |lasting| lasting.until);
            let next = act.min(ending).min(self.next());
            if next > horizon {
                self.advance(self.now + REST);
                self.record();
                return true;
            }
            self.advance(next);
            if act == next {
                if let Some(act) = next_act {
                    self.perform(act, &parts);
                }
                next_act = left.next();
            } else if ending == next {
                self.end();
            } else {
                self.fire();
            }
            self.settle();
            self.record();
        }
        false
    }

    /// Who is the leader, the last of the other voters, and the first of the rest.
    fn parts(&self) -> [Pods; 3] {
        let leader = self.leading();
        let members = leader.map(|leader| self.pods[leader].members().voters & !bit(leader)).unwrap_or_default();
        let follower = (0..self.pods.len()).rev().find(|pod| members & bit(*pod) != 0);
        let rest = members & !follower.map_or(0, bit);
        [leader.map_or(0, bit), follower.map_or(0, bit), rest & rest.wrapping_neg()]
    }

    fn perform(&mut self, act: &Act, parts: &[Pods; 3]) {
        let by_part = parts.iter().enumerate().filter(|(part, _)| act.parts & (1 << part) != 0);
        let pods = act.named | by_part.fold(0, |all, (_, pods)| all | pods);
        let single = (0..self.pods.len()).filter(|pod| pods & bit(*pod) != 0 && self.pods[*pod].exists);
        let shown: Vec<_> = if pods.count_ones() > 8 { vec![None] } else { single.map(Some).collect() };
        let shown = if shown.is_empty() || !act.what.is_of_pods() { vec![one_of(pods)] } else { shown };
        for pod in shown {
            self.trace.note(self.now, pod, Kind::Step(act.what));
        }
        if act.what.is_abrupt() {
            self.interrupt();
        }
        match act.what {
            What::Scale => {
                if let Some((set, replicas)) = act.scale {
                    self.wanted[set] = replicas;
                }
            }
            What::Upgrade => self.revisions.iter_mut().for_each(|revision| *revision += 1),
            What::Quiet => self.quiet = true,
            What::SlowDns => self.dns = act.time.unwrap_or_default(),
            What::Restore => self.restore(pods),
            What::Drain => {
                self.evicting |= each(pods).filter(|pod| self.pods[*pod].exists).fold(0, |all, pod| all | bit(pod));
                each(pods).for_each(|pod| self.pods[pod].cordoned = true);
            }
            _ => each(pods).for_each(|pod| self.hurt(pod, act.what)),
        }
        if act.what.lasts() {
            self.lasts(act.what, pods, act.time);
        }
    }

    fn hurt(&mut self, pod: usize, what: What) {
        let exists = self.pods[pod].exists;
        match what {
            What::Kill if exists => self.kill(pod),
            What::Restart => self.delete(pod),
            What::Crash if self.pods[pod].process != Process::None => self.crash(pod),
            What::Freeze => self.pods[pod].frozen |= exists && self.alive(pod),
            What::PowerCut => {
                self.pods[pod].powered = false;
                self.end_process(pod);
            }
            What::LoseDisk => {
                // The claim goes with its pod, unless the node is away and nothing runs there.
                if exists && self.pods[pod].powered {
                    self.kill(pod);
                } else {
                    self.end_process(pod);
                }
                self.lose_disk(pod);
            }
            What::Recover => {
                let led = (0..self.pods.len()).any(|other| self.open(other) && self.pods[other].leader.is_some());
                if led || !self.pods[pod].disk.used {
                    return self.trace.note(self.now, Some(pod), Kind::Refused);
                }
                self.pods[pod].disk.recovers = true;
                if exists {
                    self.kill(pod);
                }
            }
            _ => {}
        }
    }

    fn kill(&mut self, pod: usize) {
        self.end_process(pod);
        self.gone(pod);
    }

    fn record(&mut self) {
        let leader = self.leading();
        let members = leader.map(|leader| self.pods[leader].members());
        let those = |holds: &dyn Fn(usize) -> bool| {
            (0..self.pods.len()).filter(|pod| holds(*pod)).fold(0, |all, pod| all | bit(pod))
        };
        let ready = those(&|pod| self.pods[pod].ready);
        let moment = Moment {
            leader,
            term: leader.map_or(0, |leader| self.pods[leader].disk.term),
            quorum: leader.zip(members).is_some_and(|(leader, members)| self.commits(leader, members)),
            writes: leader.is_some_and(|leader| self.serves(leader)),
            reads: each(ready).any(|pod| self.open(pod) && self.pods[pod].side == 0),
            pods: those(&|pod| self.pods[pod].exists),
            answering: those(&|pod| self.answers(pod) && self.pods[pod].side == 0),
            ready,
        };
        self.trace.moment(self.now, moment, members.map(|members| members.voters));
    }
}

impl What {
    /// Whether something ends without having had the time to say so.
    pub(super) const fn is_abrupt(self) -> bool {
        matches!(self, Self::Kill | Self::Crash | Self::Freeze | Self::CutOff | Self::PowerCut | Self::LoseDisk)
    }

    /// Whether it happens to pods one by one.
    pub(super) const fn is_of_pods(self) -> bool {
        !matches!(self, Self::Scale | Self::Upgrade | Self::SlowDns | Self::Quiet)
    }
}

pub(super) fn one_of(pods: Pods) -> Option<usize> {
    pods.is_power_of_two().then(|| pods.trailing_zeros() as usize)
}
