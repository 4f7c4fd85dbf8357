//! Raft, as rqlite uses it: terms, votes, leases, members, and how a node that lags gets what it lacks.
//!
//! An election is one event: a campaign begins only if it would be won (Raft asks before it votes), and then all answers
//! are there. Heartbeats are a condition: a leader and a member that reach each other are in contact.

use super::log::{Log, Members, bit, each};
use super::pod::Wait;
use super::trace::Kind;
use super::world::World;

/// For the first entries after a contact.
const CATCH_UP: u64 = 100;
/// For a whole database instead of single entries.
const SNAPSHOT: u64 = 2000;
/// Raft's patience with a node that takes connections and says nothing.
const SILENCE: u64 = 10_000;
/// Between two looks of the leader at those that are away.
const LOOK: u64 = 1000;
/// Three looks of the Deployment, at every other second, and its command.
const PRUNE: u64 = 8000;

impl World<'_> {
    /// Who follows whom, and what each then waits for.
    pub(super) fn settle_raft(&mut self) {
        let count = self.pods.len();
        // A leader that hears of a newer term follows.
        for leader in 0..count {
            if self.leads(leader) {
                let term = self.pods[leader].disk.term;
                let heard = each(self.pods[leader].members().all())
                    .filter(|pod| self.open(*pod) && self.hears(leader, *pod))
                    .map(|pod| self.pods[pod].disk.term)
                    .max();
                if let Some(newer) = heard.filter(|newer| *newer > term) {
                    self.pods[leader].disk.term = newer;
                    self.step_down(leader);
                }
            }
        }
        for leader in 0..count {
            if self.leads(leader) {
                for pod in each(self.pods[leader].members().all() & !bit(leader)) {
                    if self.pods[pod].leader != Some(leader) && self.contact(leader, pod) {
                        self.follow(pod, leader);
                    }
                }
            }
        }
        for pod in 0..count {
            if let Some(leader) = self.pods[pod].leader
                && leader != pod
                && !(self.leads(leader) && self.contact(leader, pod))
            {
                self.pods[pod].leader = None;
                self.pods[pod].synced = false;
                self.pods[pod].alone_since = self.now;
            }
        }
        let leader = self.leading().filter(|leader| self.commits(*leader, self.pods[*leader].members()));
        for pod in 0..count {
            self.settle_member(pod, leader);
        }
    }

    fn settle_member(&mut self, pod: usize, leader: Option<usize>) {
        let (leads, follows) = (self.leads(pod), self.pods[pod].leader.filter(|leader| *leader != pod));
        let quorum = || leads && !self.has_quorum(pod);
        let loses = quorum();
        self.hold(pod, Wait::Lease, loses, self.settings.lease);
        let lags = follows.filter(|_| !self.pods[pod].synced);
        let time = lags.map_or(0, |leader| self.time_to_catch_up(pod, leader));
        self.hold(pod, Wait::CatchUp, lags.is_some(), time);
        let campaigns = !leads && follows.is_none() && self.would_win(pod);
        // Whoever has been without a leader for longer asks again and again: one of those times is the next.
        let (heartbeat, election) = (self.settings.heartbeat, self.settings.election);
        let asks = self.now > self.pods[pod].alone_since + heartbeat;
        let (time, longer) = if asks { (0, heartbeat + election) } else { (heartbeat, election) };
        self.hold_or_longer(pod, Wait::Campaign, campaigns, time, longer);
        // What the leader and the Deployment do about a member that is away.
        let away = leader.filter(|leader| *leader != pod && !self.contact(*leader, pod));
        let away = away.filter(|leader| self.pods[*leader].members().has(pod));
        let votes = away.is_some_and(|leader| self.pods[leader].members().voters & bit(pod) != 0);
        let grace = if votes { self.settings.grace } else { self.settings.reader_grace };
        let silence = if self.pods[pod].frozen && self.pods[pod].powered { SILENCE } else { LOOK };
        self.hold(pod, Wait::Drop, away.is_some() && grace.is_some(), grace.unwrap_or_default() + silence);
        let beyond =
            self.settings.pods[pod].set == 0 && self.settings.pods[pod].ordinal >= self.settings.sets[0].replicas;
        self.hold(pod, Wait::Prune, self.settings.prunes && beyond && away.is_some(), PRUNE);
    }

    /// Whether a leader's heartbeats get to a member, and are heeded.
    pub(super) fn contact(&self, leader: usize, pod: usize) -> bool {
        self.open(pod)
            && self.hears(leader, pod)
            && self.pods[leader].members().has(pod)
            && self.pods[pod].disk.term <= self.pods[leader].disk.term
    }

    fn follow(&mut self, pod: usize, leader: usize) {
        if self.pods[pod].leader == Some(pod) {
            self.step_down(pod);
        }
        self.pods[pod].leader = Some(leader);
        self.pods[pod].disk.term = self.pods[leader].disk.term;
        self.pods[pod].synced = false;
        self.forget(pod, Wait::CatchUp);
    }

    pub(super) fn step_down(&mut self, pod: usize) {
        self.trace.note(self.now, Some(pod), Kind::SteppedDown);
        self.pods[pod].alone_since = self.now;
        self.pods[pod].leader = None;
        self.pods[pod].synced = false;
    }

    fn has_quorum(&self, leader: usize) -> bool {
        let members = self.pods[leader].members();
        let heard = each(members.voters).filter(|pod| *pod == leader || self.pods[*pod].leader == Some(leader));
        u32::try_from(heard.count()).unwrap_or(u32::MAX) >= members.majority()
    }

    /// Whether a leader gets an entry to a majority of these members.
    pub(super) fn commits(&self, leader: usize, members: Members) -> bool {
        let has = |pod: &usize| {
            *pod == leader || self.pods[*pod].leader == Some(leader) && self.pods[*pod].synced && self.open(*pod)
        };
        let have = each(members.voters).filter(has).count();
        u32::try_from(have).unwrap_or(u32::MAX) >= members.majority()
    }

    fn time_to_catch_up(&self, pod: usize, leader: usize) -> u64 {
        let (has, needs) = (self.pods[pod].disk.log.last(), self.pods[leader].disk.log.last());
        if needs.saturating_sub(has) > self.settings.snapshot_after { SNAPSHOT } else { CATCH_UP }
    }

    pub(super) fn caught_up(&mut self, pod: usize) {
        let Some(leader) = self.pods[pod].leader else { return };
        let log = self.pods[leader].disk.log.clone();
        self.pods[pod].disk.log.follow(&log);
        self.pods[pod].synced = true;
    }

    /// Who would vote for this pod. Raft's rules, and one that is less known: a node without a configuration elects anybody.
    fn supporters(&self, pod: usize) -> u128 {
        let members = self.pods[pod].members();
        let age = self.pods[pod].disk.log.age();
        let grants = |voter: &usize| {
            let other = &self.pods[*voter];
            *voter == pod
                || self.open(*voter)
                    && self.hears(pod, *voter)
                    && other.leader.is_none()
                    && (other.members().is_empty() || other.members().voters & bit(pod) != 0)
                    && other.disk.log.age() <= age
        };
        each(members.voters).filter(grants).fold(0, |all, voter| all | bit(voter))
    }

    fn would_win(&self, pod: usize) -> bool {
        let members = self.pods[pod].members();
        self.open(pod) && members.voters & bit(pod) != 0 && self.supporters(pod).count_ones() >= members.majority()
    }

    /// The campaign is won: by those that elect this pod, in a term that none of those who answer has seen.
    pub(super) fn elect(&mut self, pod: usize) {
        let supporters = self.supporters(pod);
        let members = self.pods[pod].members();
        let answering = each(members.voters).filter(|voter| self.open(*voter) && self.hears(pod, *voter));
        let term = answering.map(|voter| self.pods[voter].disk.term).max().unwrap_or_default() + 1;
        let forgetful = each(supporters & !bit(pod)).find(|voter| self.pods[*voter].members().is_empty());
        for voter in each(supporters) {
            self.pods[voter].disk.term = term;
        }
        self.pods[pod].leader = Some(pod);
        self.pods[pod].synced = true;
        let lacking = self.pods[pod].disk.log.lacks(&self.acknowledged);
        self.pods[pod].disk.log.append(term, 1);
        self.trace.note(
            self.now,
            Some(pod),
            Kind::Elected { term, lacking, forgetful: forgetful.filter(|_| lacking > 0) },
        );
        self.trace.led(term, pod, self.pods[pod].disk.log.founding());
        // A new leader counts from its own beginning how long somebody is away.
        for member in 0..self.pods.len() {
            self.forget(member, Wait::Drop);
            self.forget(member, Wait::Campaign);
        }
    }

    /// A leader that ends with grace names a successor.
    pub(super) fn hand_over(&mut self, leader: usize) {
        if !self.leads(leader) {
            return;
        }
        let followers: Vec<_> = each(self.pods[leader].members().voters & !bit(leader))
            .filter(|pod| self.pods[*pod].leader == Some(leader) && self.pods[*pod].synced)
            .collect();
        self.step_down(leader);
        for pod in &followers {
            self.pods[*pod].leader = None;
        }
        if let Some(successor) = followers.iter().copied().find(|pod| self.would_win(*pod)) {
            self.elect(successor);
        }
    }

    /// Changes the members, if that can be committed: what takes one away, by those that remain. A newcomer is counted as soon as it
    /// is a member, so what adds one is tried only by a leader that has its majority.
    pub(super) fn change_members(&mut self, leader: usize, members: Members) -> bool {
        let before = self.pods[leader].members();
        let takes_away = members.voters & !before.voters == 0;
        if !(self.leads(leader) && self.commits(leader, if takes_away { members } else { before })) {
            return false;
        }
        let term = self.pods[leader].disk.term;
        self.pods[leader].disk.log.change(term, members);
        for pod in 0..self.pods.len() {
            if pod != leader && self.pods[pod].leader == Some(leader) && self.pods[pod].synced {
                self.pods[pod].disk.log.change(term, members);
            }
        }
        if !members.has(leader) {
            self.step_down(leader);
        }
        true
    }

    pub(super) fn drop_member(&mut self, pod: usize, kind: Kind) {
        if let Some(leader) = self.leading() {
            let members = self.pods[leader].members().without(pod);
            if self.change_members(leader, members) {
                self.trace.note(self.now, Some(pod), kind);
            }
        }
    }

    /// Begins a cluster with these members.
    pub(super) fn begin(&mut self, pod: usize, members: Members) {
        let elsewhere = (0..self.pods.len()).find(|other| *other != pod && !self.pods[*other].members().is_empty());
        let founding = self.foundings;
        self.foundings += 1;
        self.pods[pod].disk.log = Log::founded(founding, members);
        self.pods[pod].disk.term = self.pods[pod].disk.term.max(1);
        self.trace.note(self.now, Some(pod), Kind::Founded { beside: elsewhere });
    }
}
