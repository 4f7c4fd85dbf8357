//! What decides in a pod: the start script, rqlited's own start, and the two probes. docs/scripts.md says why each is so.

use super::log::{Members, Pods, bit, each};
use super::pod::{Process, Wait, Way};
use super::settings::{EmptyDisks, Founding, Readiness};
use super::trace::Kind;
use super::world::World;

/// Between two looks of the start script, and of rqlited where it joins.
const LOOK: u64 = 1000;
/// For a first look, and for rqlited to have its ports open.
const OPEN: u64 = 200;
/// What a pod that says nothing costs whoever asks it.
const SILENCE: u64 = 2000;

/// What a pod hears when it asks all who may vote.
#[derive(Debug, Clone, Copy, Default)]
struct Survey {
    /// Those with a cluster's data.
    with_state: u128,
    /// One of them does not count the asking pod among its members.
    dropped: bool,
    /// Voters without data, the asking pod included.
    empty: usize,
    /// Those that neither answer nor refuse.
    silent: u64,
}

impl World<'_> {
    fn survey(&self, pod: usize) -> Survey {
        let mut survey = Survey::default();
        for other in self.settings.may_vote() {
            let votes = other < self.settings.voters;
            if other == pod {
                survey.empty += usize::from(votes);
            } else if !self.hears(pod, other) {
                survey.silent += u64::from(self.is_silent(pod, other));
            } else if self.pods[other].members().is_empty() {
                survey.empty += usize::from(votes);
            } else {
                survey.with_state |= bit(other);
                survey.dropped |= !self.pods[other].members().has(pod);
            }
        }
        survey
    }

    /// Whether who asks gets no answer and no refusal either: an address behind which nobody is.
    fn is_silent(&self, from: usize, to: usize) -> bool {
        let (from, to) = (&self.pods[from], &self.pods[to]);
        to.exists && to.known && (!to.powered || to.frozen || to.side != from.side)
    }

    /// What a pod's own start waits for.
    pub(super) fn settle_start(&mut self, pod: usize) {
        let deciding = self.alive(pod) && self.pods[pod].process == Process::Deciding;
        if deciding {
            self.pods[pod].keepers = self.keepers(pod);
        }
        let decision = if deciding { self.decision(pod) } else { None };
        if decision.is_none() {
            self.forget(pod, Wait::Decide);
        } else if !self.waits(pod, Wait::Decide) {
            // It looks at once, and then every second.
            let time = if self.now > self.pods[pod].started { LOOK } else { OPEN };
            let silent = self.survey(pod).silent;
            self.hold(pod, Wait::Decide, true, time + silent * SILENCE);
        }
        let joins = self.open(pod) && self.pods[pod].joining;
        let through = joins && self.joins_through(pod).is_some();
        self.hold(pod, Wait::Join, through, OPEN);
        let behaviour = self.behaviour;
        let patience = u64::from(behaviour.join_attempts) * behaviour.join_interval_millis;
        let gives_up = joins && self.pods[pod].running() == Some(Way::Joins);
        self.hold(pod, Wait::GiveUp, gives_up, patience);
        let founds = self.founders(pod).is_some();
        self.hold(pod, Wait::Found, founds, LOOK);
        let knows = self.pods[pod].leader.is_some();
        if joins && knows && !gives_up {
            self.pods[pod].joining = false; // any leader counts as success
        }
    }

    pub(super) fn start(&mut self, pod: usize) {
        self.pods[pod].process = Process::Deciding;
        self.pods[pod].keepers = 0;
        self.pods[pod].started = self.now;
        self.trace.note(self.now, Some(pod), Kind::Started { empty: self.pods[pod].members().is_empty() });
    }

    /// How rqlited may be started now; none means that the script waits.
    fn decision(&self, pod: usize) -> Option<Way> {
        let behaviour = self.behaviour;
        let votes = self.settings.votes(pod);
        let first = votes && self.settings.pods[pod].ordinal == 0;
        let seed = votes && self.settings.pods[pod].ordinal < self.settings.seeds;
        let member = match behaviour.founding {
            Founding::FirstAlone if first => Way::Alone,
            Founding::Together if first => Way::Founds,
            Founding::Together if seed || behaviour.empty_disks == EmptyDisks::Wait && votes => Way::Notifies,
            Founding::FirstAlone | Founding::JoinOnly | Founding::Together => Way::Joins,
        };
        let disk = &self.pods[pod].disk;
        if behaviour.empty_disks == EmptyDisks::Vote || disk.recovers {
            return Some(member);
        }
        let survey = self.survey(pod);
        if disk.used {
            let joins = survey.dropped || !votes;
            return Some(if joins { Way::Joins } else { member });
        }
        if survey.with_state != 0 {
            return self.strikes(pod, survey.with_state).map(|_| Way::Joins);
        }
        (seed && survey.empty >= self.settings.voters && self.keepers(pod) == 0).then_some(member)
    }

    /// The leader that strikes this pod off the members, asked through one of these: a quorum without it has everything.
    /// Nobody of those who answer may count it any more: one that belongs to an older cluster would want its vote.
    fn strikes(&self, pod: usize, with_state: u128) -> Option<usize> {
        each(with_state).find_map(|asked| {
            let leader = self.pods[asked].leader.filter(|leader| self.leads(*leader))?;
            let members = self.pods[leader].members();
            let still_counts =
                |other: usize| self.pods[other].leader != Some(leader) && self.pods[other].members().has(pod);
            let commits = self.commits(leader, members.without(pod));
            (commits && !each(with_state).any(still_counts)).then_some(leader)
        })
    }

    /// Those without a vote that have a cluster's data, as far as the script knows: one that is silent has what it had.
    fn keepers(&self, pod: usize) -> Pods {
        let readers = (0..self.pods.len()).filter(|other| !self.settings.votes(*other) && self.hears(pod, *other));
        readers.fold(self.pods[pod].keepers, |keepers, other| {
            if self.pods[other].members().is_empty() { keepers & !bit(other) } else { keepers | bit(other) }
        })
    }

    pub(super) fn decided(&mut self, pod: usize) {
        let Some(way) = self.decision(pod) else { return };
        let behaviour = self.behaviour;
        let state = &self.pods[pod];
        if !state.disk.used && behaviour.empty_disks == EmptyDisks::Wait && way == Way::Joins {
            let survey = self.survey(pod);
            if let Some(leader) = self.strikes(pod, survey.with_state) {
                let members = self.pods[leader].members();
                if members.has(pod) && self.change_members(leader, members.without(pod)) {
                    self.trace.note(self.now, Some(pod), Kind::StruckOff);
                }
            }
        }
        if self.pods[pod].disk.recovers {
            let members = Members { voters: bit(pod), readers: 0 };
            let term = self.pods[pod].disk.term;
            self.pods[pod].disk.recovers = false;
            self.pods[pod].disk.log.change(term, members);
            self.trace.note(self.now, Some(pod), Kind::Recovered);
        }
        // The only member of a cluster may not start with -join alone.
        let members = self.pods[pod].members();
        if way == Way::Joins && members.voters == bit(pod) && members.readers == 0 {
            self.trace.note(self.now, Some(pod), Kind::EndedAlone);
            return self.crash(pod);
        }
        let state = &mut self.pods[pod];
        state.process = Process::Running(way);
        state.alone_since = self.now;
        state.disk.used = true;
        state.joining = way != Way::Alone;
        if way == Way::Alone && members.is_empty() {
            self.begin(pod, Members { voters: bit(pod), readers: 0 });
        }
    }

    /// The leader that takes a pod in, through one of those that it asks.
    fn joins_through(&self, pod: usize) -> Option<usize> {
        let asked =
            self.settings.may_vote().filter(|other| *other != pod && self.open(*other) && self.hears(pod, *other));
        let leaders = asked.filter_map(|other| self.pods[other].leader.filter(|leader| self.leads(*leader)));
        let mut takes = leaders.filter(|leader| {
            let members = self.pods[*leader].members();
            // A leader must find the newcomer under its name.
            self.commits(*leader, members) && self.hears(*leader, pod)
        });
        takes.next()
    }

    pub(super) fn joined(&mut self, pod: usize) {
        let Some(leader) = self.joins_through(pod) else { return };
        let (members, votes) = (self.pods[leader].members(), self.settings.votes(pod));
        let wanted = members.with(pod, votes);
        if wanted == members || leader == pod || self.change_members(leader, wanted) {
            self.pods[pod].joining = false;
            if wanted != members {
                self.trace.note(self.now, Some(pod), Kind::Joined { votes });
            }
        }
    }

    pub(super) fn gave_up(&mut self, pod: usize) {
        self.trace.note(self.now, Some(pod), Kind::GaveUp);
        self.crash(pod);
    }

    /// With whom a pod would found a cluster now.
    fn founders(&self, pod: usize) -> Option<Members> {
        let has_none = |pod: usize| self.open(pod) && self.pods[pod].members().is_empty();
        if self.pods[pod].running() != Some(Way::Founds) || !has_none(pod) {
            return None;
        }
        let seeds = 0..self.settings.seeds;
        let notified = |other: usize| {
            let notifies = matches!(self.pods[other].running(), Some(Way::Founds | Way::Notifies));
            other == pod || has_none(other) && notifies && self.hears(other, pod) && self.hears(pod, other)
        };
        let voters = seeds.clone().fold(0, |all, seed| all | bit(seed));
        seeds.into_iter().all(notified).then_some(Members { voters, readers: 0 })
    }

    pub(super) fn found(&mut self, pod: usize) {
        if let Some(members) = self.founders(pod) {
            self.begin(pod, members);
        }
    }

    /// `/readyz?sync`: everything that the leader committed is here.
    pub(super) fn has_everything(&self, pod: usize) -> bool {
        let state = &self.pods[pod];
        state.leader.is_some_and(|leader| self.leads(leader) && self.hears(pod, leader)) && state.synced
    }

    /// Whether a pod's readiness probe succeeds.
    pub(super) fn is_ready(&self, pod: usize) -> bool {
        let behaviour = self.behaviour;
        let kind = if self.settings.pods[pod].set == 0 { behaviour.readiness } else { behaviour.reader_readiness };
        match kind {
            Readiness::Running | Readiness::Answers => true,
            Readiness::Leader => self.pods[pod].leader.is_some(),
            Readiness::Synced => self.has_everything(pod),
            Readiness::Script => self.has_everything(pod) || self.a_later_one_may_wait(pod),
        }
    }

    /// ready.sh: are pods missing without which nobody can lead, and is one of them behind this one? Each view of who votes is asked
    /// by itself.
    fn a_later_one_may_wait(&self, pod: usize) -> bool {
        let answering = || self.settings.may_vote().filter(|other| self.hears(pod, *other));
        let answered = answering().fold(0, |all, other| all | bit(other));
        let with_state = answering().filter(|other| self.pods[*other].members().voters != 0);
        let with_state = with_state.fold(0, |all, other| all | bit(other));
        let of = &self.settings.pods[pod];
        let ordinal = if of.set == 0 { of.ordinal } else { self.settings.max_voters };
        let later = |voters: Pods| each(voters & !answered).any(|voter| voter > ordinal);
        if with_state != 0 {
            return each(with_state).any(|other| {
                let voters = self.pods[other].members().voters;
                (voters & with_state).count_ones() < crate::quorum::majority(voters.count_ones()) && later(voters)
            });
        }
        let all = bit(self.settings.voters) - 1;
        (answered & all).count_ones() < all.count_ones() && later(all)
    }

    /// Whether a pod's liveness probe succeeds.
    pub(super) fn is_well(&self, pod: usize) -> bool {
        let state = &self.pods[pod];
        if !self.alive(pod) {
            return false;
        }
        let rejoins = self.behaviour.rejoins;
        if !rejoins || state.running().is_none() || state.leader.is_some() {
            return true;
        }
        !self.settings.may_vote().any(|other| {
            let leader = self.pods[other].leader;
            other != pod
                && self.open(other)
                && self.hears(pod, other)
                && leader.is_some_and(|leader| !self.pods[leader].members().has(pod) && self.leads(leader))
        })
    }
}
