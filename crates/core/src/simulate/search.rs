//! Every combination of so many faults.

use schemars::JsonSchema;
use serde::Serialize;

use super::log::{Pods, bit};
use super::play::Act;
use super::scenario::{Ends, Scenario, Step, What};
use super::trace::Verdict;
use super::verdict::{Expected, Judgement, seconds};
use super::world::World;
use super::{Settings, Simulator};

/// For how long something is away, in milliseconds: longer than `membership.grace` usually is.
const AWAY: u64 = 150_000;
/// When the next fault comes, after the one before: at the same moment, while that is being dealt with, and when a member
/// that is away has been dropped.
const LATER: [u64; 3] = [0, 2000, 120_000];
/// How many kinds of outcomes are told in full.
const TOLD: usize = 10;

/// What came of every combination of faults.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Search {
    /// How many faults a combination has at most.
    pub faults: u32,
    /// How many were played.
    pub runs: u64,
    /// How often each verdict was reached, the best first. One that combinations cannot but reach counts as held.
    pub verdicts: Vec<(Verdict, u64)>,
    /// The worst, to be played again; ten at most, one of each kind.
    pub worst: Vec<Found>,
}

/// A combination of faults that a cluster does not bear.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Found {
    /// The faults.
    pub scenario: Scenario,
    /// How it ends.
    pub verdict: Verdict,
    /// Why.
    pub cause: Option<String>,
    /// How many combinations are of its kind: the same faults in the same order, of whichever pods and however far apart,
    /// with the same verdict.
    pub alike: u64,
}

/// One fault.
#[derive(Debug, Clone, Copy)]
struct Fault {
    what: What,
    pods: Pods,
    time: Option<u64>,
}

impl Simulator {
    /// Plays every combination of up to so many faults: each pod killed, frozen, cut off, without power or without its disk;
    /// the power of all; a rolling update. `progress` is told now and then how many of how many runs are done.
    ///
    /// No combination may found a second cluster. As long as a majority of the voters' disks is kept, none may lose a row or
    /// leave the cluster without a leader.
    pub fn search(&self, faults: u32, seed: u64, mut progress: impl FnMut(u64, u64)) -> Search {
        let kinds = self.faults();
        let installed = self.installed(seed);
        let count = |faults: u32| {
            let kinds = kinds.len() as u64;
            (1..=faults).map(|faults| kinds.pow(faults) * (LATER.len() as u64).pow(faults - 1)).sum::<u64>()
        };
        let mut search = Search { faults, runs: 0, verdicts: Vec::new(), worst: Vec::new() };
        let mut worst: Vec<(Judgement, Vec<Act>, u64)> = Vec::new();
        let all = count(faults);
        for size in 1..=faults {
            let mut combination = Combination::first(size as usize);
            loop {
                let acts = combination.acts(&kinds);
                let judgement = self.judge(&installed, &acts, size);
                search.runs += 1;
                match search.verdicts.iter_mut().find(|(verdict, _)| *verdict == judgement.verdict) {
                    Some((_, times)) => *times += 1,
                    None => search.verdicts.push((judgement.verdict, 1)),
                }
                if judgement.verdict != Verdict::Held {
                    let is_alike = |(told, of, _): &&mut (Judgement, Vec<Act>, u64)| {
                        told.verdict == judgement.verdict
                            && of.iter().map(|act| act.what).eq(acts.iter().map(|act| act.what))
                    };
                    match worst.iter_mut().find(is_alike) {
                        Some((.., alike)) => *alike += 1,
                        None => worst.push((judgement, acts, 1)),
                    }
                }
                if search.runs.is_multiple_of(256) {
                    progress(search.runs, all);
                }
                if !combination.advance(kinds.len()) {
                    break;
                }
            }
        }
        progress(search.runs, search.runs);
        search.verdicts.sort_unstable();
        worst.sort_by_key(|(told, ..)| std::cmp::Reverse(told.verdict));
        worst.truncate(TOLD);
        search.worst = worst.into_iter().enumerate().map(|(index, found)| self.told(index, found)).collect();
        search
    }

    fn faults(&self) -> Vec<Fault> {
        let settings: &Settings = &self.settings;
        let lasting = |what: What| what.lasts().then_some(AWAY);
        let kinds = [What::Kill, What::Freeze, What::CutOff, What::PowerCut, What::LoseDisk];
        let of_pod = |pod| kinds.map(|what| Fault { what, pods: bit(pod), time: lasting(what) });
        let all = settings.at_first().fold(0, |all, pod| all | bit(pod));
        let general = [
            Fault { what: What::PowerCut, pods: all, time: Some(5000) },
            Fault { what: What::Upgrade, pods: all, time: None },
        ];
        settings.at_first().flat_map(of_pod).chain(general).collect()
    }

    /// Plays faults on a cluster, and forgives what nobody could bear.
    fn judge(&self, installed: &World<'_>, acts: &[Act], faults: u32) -> Judgement {
        let mut world = installed.clone();
        world.run(acts);
        let lost = acts.iter().filter(|act| act.what == What::LoseDisk).fold(0, |all, act| all | act.named);
        let voters = bit(self.settings.voters) - 1;
        // A cluster for which one disk is a majority of them does not bear the loss of one.
        let kept = acts.len() == 1 || (voters & !lost).count_ones() >= crate::quorum::majority(voters.count_ones());
        // One fault may not stop writes for longer than an election. Two may: the second may hit who just took over.
        let longest_outage = (faults == 1 && acts[0].pods_of_one()).then_some(10_000);
        let ends = if kept { Ends::Serving } else { Ends::Either };
        let mut judgement = world.judge(Expected { ends, longest_outage, keeps_quorum: false });
        if !kept && judgement.verdict == Verdict::Lost {
            judgement.verdict = Verdict::Held;
        }
        judgement
    }

    fn told(&self, index: usize, (judgement, acts, alike): (Judgement, Vec<Act>, u64)) -> Found {
        let step = |act: &Act| {
            let name = |pod: usize| self.settings.pods[pod].name.clone();
            let which = if act.pods_of_one() { vec![name(act.named.trailing_zeros() as usize)] } else { Vec::new() };
            let step = Step::new(u32::try_from(act.at / 1000).unwrap_or(u32::MAX), act.what, which);
            match act.time {
                Some(time) => step.lasting(u32::try_from(time / 1000).unwrap_or(u32::MAX)),
                None => step,
            }
        };
        let words = acts.iter().map(|act| {
            let who = if act.pods_of_one() {
                self.settings.pods[act.named.trailing_zeros() as usize].name.as_str()
            } else {
                "all"
            };
            format!("{} {who} at {}", act.what.name(), seconds(act.at))
        });
        let about = words.collect::<Vec<_>>().join(", ");
        let scenario = Scenario::new(format!("faults-{}", index + 1), about, acts.iter().map(step).collect());
        Found { scenario, verdict: judgement.verdict, cause: judgement.cause, alike }
    }
}

impl Act {
    fn pods_of_one(&self) -> bool {
        self.named.is_power_of_two()
    }
}

/// Which faults, and when each comes after the one before.
struct Combination {
    faults: Vec<usize>,
    later: Vec<usize>,
}

impl Combination {
    fn first(size: usize) -> Self {
        Self { faults: vec![0; size], later: vec![0; size - 1] }
    }

    /// Goes on to the next one; false after the last.
    fn advance(&mut self, kinds: usize) -> bool {
        let digits = self.faults.iter_mut().map(|digit| (digit, kinds));
        for (digit, base) in digits.chain(self.later.iter_mut().map(|digit| (digit, LATER.len()))) {
            *digit += 1;
            if *digit < base {
                return true;
            }
            *digit = 0;
        }
        false
    }

    fn acts(&self, kinds: &[Fault]) -> Vec<Act> {
        let mut at = 0;
        let later = std::iter::once(0).chain(self.later.iter().map(|index| LATER[*index]));
        let faults = self.faults.iter().zip(later).map(|(index, later)| {
            at += later;
            let Fault { what, pods, time } = kinds[*index];
            Act { at, what, named: pods, parts: 0, time, scale: None }
        });
        faults.collect()
    }
}
