//! How a run ended, and why.

use super::log::{bit, each};
use super::pod::Process;
use super::scenario::Ends;
use super::trace::{Event, Kind, PodState, State, Trace, Verdict};
use super::world::World;

/// What a run is judged by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected {
    pub(super) ends: Ends,
    pub(super) longest_outage: Option<u64>,
    pub(super) keeps_quorum: bool,
}

/// The judgement, without the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judgement {
    pub(super) verdict: Verdict,
    pub(super) cause: Option<String>,
    pub(super) longest_outage: u64,
    pub(super) lost: u64,
}

impl World<'_> {
    pub(super) fn name(&self, pod: usize) -> String {
        self.settings.pods[pod].name.clone()
    }

    /// Looks at a cluster that has come to rest.
    pub(super) fn judge(&self, expected: Expected) -> Judgement {
        let lost = self.lost();
        let outage = self.longest_outage();
        let leader = self.leading().filter(|leader| self.commits(*leader, self.pods[*leader].members()));
        let limit = expected.longest_outage.filter(|limit| outage > *limit);
        let blocked = |pod| format!("{} was never evicted: the disruption budget lets nobody go", self.name(pod));
        let missing = leader.and_then(|leader| self.missing(leader)).or_else(|| self.blocked.map(blocked));
        let split = self.trace.telling.iter().find_map(|(pod, kind)| match kind {
            Kind::Founded { beside: Some(other) } => Some((*pod, *other)),
            _ => None,
        });
        let (verdict, cause) = if let Some((pod, other)) = split {
            (Verdict::Split, Some(self.why_split(pod, other)))
        } else if self.trace.two_in_a_term {
            (Verdict::Split, Some("two led in the same term, because a voter forgot its vote".to_owned()))
        } else if lost > 0 {
            (Verdict::Lost, Some(self.why_lost(lost)))
        } else if leader.is_none() && expected.ends == Ends::Serving {
            (Verdict::Stuck, Some(self.why_stuck()))
        } else if let (Some(leader), Ends::Waiting) = (leader, expected.ends) {
            (Verdict::Led, Some(format!("{} leads, though a person should have decided", self.name(leader))))
        } else if let Some(cause) = missing.filter(|_| expected.ends != Ends::Waiting) {
            (Verdict::Degraded, Some(cause))
        } else if let Some(limit) = limit.filter(|_| leader.is_some()) {
            let (outage, limit) = (seconds(outage), seconds(limit));
            (Verdict::Interrupted, Some(format!("no write was acknowledged for {outage}, and {limit} is the limit")))
        } else if let Some((fewest, voters)) = self.trace.fewest.filter(|_| expected.keeps_quorum) {
            let quorum = crate::quorum::majority(voters);
            let cause = format!("only {fewest} of {voters} voters were Ready at a time, and a quorum is {quorum}");
            (Verdict::Interrupted, Some(cause))
        } else {
            (Verdict::Held, None)
        };
        Judgement { verdict, cause, longest_outage: outage, lost }
    }

    fn longest_outage(&self) -> u64 {
        let open = self.trace.silent_since.map_or(0, |since| self.now - since);
        self.trace.longest_outage.max(open)
    }

    /// Acknowledged rows that the cluster does not have; without a leader, those that no disk has.
    fn lost(&self) -> u64 {
        if self.acknowledged.is_empty() {
            return 0;
        }
        match self.leading().filter(|leader| self.commits(*leader, self.pods[*leader].members())) {
            Some(leader) => self.pods[leader].disk.log.lacks(&self.acknowledged),
            None => self.pods.iter().map(|pod| pod.disk.log.lacks(&self.acknowledged)).min().unwrap_or_default(),
        }
    }

    /// What a cluster that serves lacks of what was asked for.
    fn missing(&self, leader: usize) -> Option<String> {
        let members = self.pods[leader].members();
        for (set, of) in self.settings.sets.iter().enumerate() {
            for pod in of.first..of.first + self.wanted[set].min(of.room) {
                let name = self.name(pod);
                let (votes, member) = (self.settings.votes(pod), members.has(pod));
                if !self.pods[pod].exists {
                    return Some(format!("{name} was not created{}", self.held_up_by(pod)));
                }
                if !self.pods[pod].powered {
                    return Some(format!("{name} has no power"));
                }
                if self.pods[pod].frozen {
                    return Some(format!("{name} stands still"));
                }
                if !member {
                    return Some(format!("{name} runs without being a member, and nothing makes it join again"));
                }
                if votes != (members.voters & bit(pod) != 0) {
                    let what = if votes { "is a member without a vote" } else { "votes" };
                    return Some(format!("{name} {what}"));
                }
                if !self.pods[pod].ready {
                    return Some(format!("{name} is not Ready"));
                }
            }
        }
        let gone = each(members.all()).find(|pod| !self.pods[*pod].exists)?;
        Some(format!("{} is gone, and still a member", self.name(gone)))
    }

    fn held_up_by(&self, pod: usize) -> String {
        let of = &self.settings.sets[self.settings.pods[pod].set];
        let ill = (of.first..pod).find(|earlier| !self.pods[*earlier].ready);
        match ill.filter(|_| of.ordered) {
            Some(ill) => format!(": in order, it waits for {} to be Ready", self.name(ill)),
            None => String::new(),
        }
    }

    fn why_split(&self, pod: usize, other: usize) -> String {
        format!(
            "{} started without data and founded a second cluster, while {} had the first one's",
            self.name(pod),
            self.name(other)
        )
    }

    fn why_lost(&self, lost: u64) -> String {
        let elected = self.trace.telling.iter().rev().find_map(|(pod, kind)| match kind {
            Kind::Elected { forgetful, .. } => Some((*pod, *forgetful)),
            _ => None,
        });
        let recovered = self.trace.telling.iter().find(|(_, kind)| *kind == Kind::Recovered);
        match (elected, recovered) {
            (_, Some((pod, _))) => {
                format!("{lost} acknowledged rows are gone: {} was made the only member", self.name(*pod))
            }
            (Some((pod, Some(voter))), None) => format!(
                "{lost} acknowledged rows are gone: {}, which lacked them, was elected by {}, whose disk was empty",
                self.name(pod),
                self.name(voter)
            ),
            (Some((pod, None)), None) => {
                format!("{lost} acknowledged rows are gone: {} leads without them", self.name(pod))
            }
            (None, None) => format!("{lost} acknowledged rows are gone: no disk has them any more"),
        }
    }

    fn why_stuck(&self) -> String {
        let wanted: Vec<_> = self.settings.at_first().filter(|pod| self.settings.votes(*pod)).collect();
        let missing = wanted.iter().find(|pod| !self.pods[**pod].exists);
        if let Some(pod) = missing.filter(|pod| !self.held_up_by(**pod).is_empty()) {
            let why = self.held_up_by(*pod);
            let first = self.settings.sets[0].first;
            let alone = if self.pods[first].crashes > 0 { ", which ends again and again" } else { "" };
            return format!("nobody leads: {} was not created{why}{alone}", self.name(*pod));
        }
        let newest = (0..self.pods.len()).max_by_key(|pod| self.pods[*pod].disk.log.age());
        let members = newest.map(|pod| self.pods[pod].members()).unwrap_or_default();
        if members.is_empty() {
            return "nobody leads: no cluster was founded".to_owned();
        }
        let need = members.majority();
        let able = |pod: &usize| self.open(*pod) && !self.pods[*pod].members().is_empty();
        let have = each(members.voters).filter(able).count();
        let lacking = each(members.voters).filter(|pod| !able(pod)).map(|pod| {
            let state = &self.pods[pod];
            let why = match state.process {
                _ if !state.exists => "is gone",
                _ if !state.powered => "has no power",
                Process::None => "ends again and again",
                Process::Deciding if !state.disk.used => "has no data, and may not vote before somebody leads",
                _ if state.frozen => "stands still",
                _ => "has no data",
            };
            format!("{} {why}", self.name(pod))
        });
        let lacking: Vec<_> = lacking.collect();
        format!(
            "nobody leads: {need} of {} voters are needed, and {have} can vote; {}",
            members.voters.count_ones(),
            lacking.join(", ")
        )
    }

    /// The whole story.
    pub(super) fn tell(self, scenario: &str, seed: u64, expected: Expected, complete: bool) -> Trace {
        let Judgement { verdict, cause, longest_outage, lost } = self.judge(expected);
        let name = |pod: usize| self.name(pod);
        let names = |pods: u128| each(pods).map(name).collect::<Vec<_>>();
        let event = |(at, pod, kind): &(u64, Option<usize>, Kind)| Event {
            at: *at,
            pod: pod.map(name),
            step: matches!(kind, Kind::Step(_) | Kind::Ended(_)),
            text: kind.in_words(&|pod| self.name(pod)),
        };
        let states = self.trace.moments.iter().map(|(from, moment)| State {
            from: *from,
            leader: moment.leader.map(name),
            term: moment.term,
            quorum: moment.quorum,
            writes: moment.writes,
            reads: moment.reads,
            pods: names(moment.pods),
            answering: names(moment.answering),
            ready: names(moment.ready),
        });
        let pods = (0..self.pods.len()).filter(|pod| self.pods[*pod].exists).map(|pod| {
            let members = self.pods[pod].members();
            PodState {
                name: name(pod),
                ready: self.pods[pod].ready,
                answers: self.answers(pod),
                leader: self.pods[pod].leader.map(name),
                voters: names(members.voters),
                non_voters: names(members.readers),
                lacks: self.pods[pod].disk.log.lacks(&self.acknowledged),
            }
        });
        Trace {
            scenario: scenario.to_owned(),
            seed,
            verdict,
            cause,
            lasts: self.now,
            longest_outage,
            acknowledged: self.acknowledged.iter().map(|run| run.last - run.first + 1).sum(),
            lost,
            foundings: u32::from(self.foundings),
            events: self.trace.events.iter().map(event).collect(),
            states: states.collect(),
            pods: pods.collect(),
            left_out: self.settings.left_out,
            cut_short: !complete,
        }
    }
}

/// Milliseconds as people say them.
pub fn seconds(millis: u64) -> String {
    format!("{}.{} s", millis / 1000, millis % 1000 / 100)
}
