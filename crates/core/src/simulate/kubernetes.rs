//! Kubernetes, as far as it decides anything: the StatefulSet controller, containers and their probes, claims, evictions,
//! and names in DNS.

use super::log::{bit, each};
use super::pod::{Disk, NEVER, Process, Wait};
use super::scenario::What;
use super::settings::SetOf;
use super::trace::Kind;
use super::world::World;

/// For rqlited to end with grace, and how much longer it may take: of two that are asked at once, either is first.
const STOP: u64 = 1000;
const STOPS_LATE: u64 = 500;
/// For the API server and the controller to notice.
const NOTICE: u64 = 200;
/// Between two tries of whoever drains.
const TRY_AGAIN: u64 = 500;
/// For a name to be in DNS, where nobody remembers that it was not.
const PUBLISHED: u64 = 300;
/// For a node that says nothing to count as lost.
const NODE_LOST: u64 = 40_000;
/// For the first restart of a container that ended; each further one takes twice as long as the one before.
const BACK_OFF: u64 = 10_000;
const LONGEST_BACK_OFF: u64 = 300_000;
/// For how long alive.sh takes it for joining.
const JOINING: u64 = 60_000;
/// For a node that ends to find a leader who removes it.
const PATIENCE: u64 = 10_000;

/// What the StatefulSet controller does to a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Create(usize),
    Delete(usize),
}

impl World<'_> {
    pub(super) fn settle_controllers(&mut self) {
        for set in 0..self.settings.sets.len() {
            if self.actions(set).is_empty() {
                self.controllers[set] = NEVER;
            } else if self.controllers[set] == NEVER {
                self.controllers[set] = self.now + NOTICE;
            }
        }
        self.evicting = each(self.evicting)
            .filter(|pod| self.pods[*pod].exists && !self.pods[*pod].leaving)
            .fold(0, |all, pod| all | bit(pod));
        if self.next_eviction().is_none() {
            self.eviction = NEVER;
        } else if self.eviction == NEVER {
            self.eviction = self.now + TRY_AGAIN;
        }
    }

    /// The controller's next round: pods that are missing, from the first; those beyond, from the last; those of an older
    /// form, from the last, one at a time. In order, nothing happens behind one that is not Ready.
    fn actions(&self, set: usize) -> Vec<Action> {
        let of = &self.settings.sets[set];
        let wanted = self.wanted[set].min(of.room);
        let well = |pod: usize| {
            let pod = &self.pods[pod];
            pod.exists && pod.ready && !pod.leaving && self.now >= pod.ready_since + of.min_ready
        };
        let mut actions = Vec::new();
        for pod in of.first..of.first + wanted {
            if !self.pods[pod].exists && self.startable(pod, of) {
                actions.push(Action::Create(pod));
            }
            if of.ordered && !well(pod) {
                return actions;
            }
        }
        for pod in (of.first + wanted..of.first + of.room).rev().filter(|pod| self.pods[*pod].exists) {
            if !self.pods[pod].leaving {
                actions.push(Action::Delete(pod));
            }
            if of.ordered {
                return actions;
            }
        }
        if of.rolling {
            for pod in (of.first + of.partition.min(wanted)..of.first + wanted).rev() {
                let old = self.pods[pod].exists && self.pods[pod].revision != self.revisions[set];
                if old && !self.pods[pod].leaving {
                    actions.push(Action::Delete(pod));
                }
                if old || !well(pod) {
                    break;
                }
            }
        }
        actions
    }

    /// Whether a pod finds a node that its volume can be on.
    fn startable(&self, pod: usize, set: &SetOf) -> bool {
        let pod = &self.pods[pod];
        pod.powered && !(pod.cordoned && set.local)
    }

    pub(super) fn control(&mut self, set: usize) {
        for action in self.actions(set) {
            match action {
                Action::Create(pod) => {
                    let (revision, delay) = (self.revisions[set], self.behaviour.start_millis);
                    let created = &mut self.pods[pod];
                    created.exists = true;
                    created.revision = revision;
                    created.crashes = 0;
                    created.delay = delay;
                    self.trace.note(self.now, Some(pod), Kind::Created);
                }
                Action::Delete(pod) => self.delete(pod),
            }
        }
    }

    /// A pod is asked to end.
    pub(super) fn delete(&mut self, pod: usize) {
        if self.pods[pod].exists && !self.pods[pod].leaving {
            self.pods[pod].leaving = true;
            self.pods[pod].leaving_since = self.now;
            self.trace.note(self.now, Some(pod), Kind::Deleted);
        }
    }

    /// What a pod's container and probes wait for.
    pub(super) fn settle_container(&mut self, pod: usize) {
        let of = &self.settings.sets[self.settings.pods[pod].set];
        let state = &self.pods[pod];
        let (runs, powered) = (state.process != Process::None, state.powered);
        let starts = !runs && powered && !state.leaving;
        let delay = state.delay;
        let stop = if state.frozen { of.stop_grace } else { STOP };
        let (leaving, known, ready, frozen) = (state.leaving, state.known, state.ready, state.frozen);
        self.hold(pod, Wait::Start, starts, delay);
        self.hold_or_longer(pod, Wait::Stop, leaving && powered, stop, STOPS_LATE);
        self.hold_or_longer(pod, Wait::Known, runs && !known, PUBLISHED, self.dns);
        let is_ready = self.answers(pod) && self.is_ready(pod);
        self.hold(pod, Wait::Ready, is_ready && !ready && !leaving, of.ready_period);
        let patience = if powered { of.unready_after } else { NODE_LOST };
        self.hold(pod, Wait::Unready, !is_ready && ready, patience);
        let ill = runs && powered && !leaving && of.patience.is_some() && !self.is_well(pod);
        let tries = if self.pods[pod].joining { JOINING } else { 0 };
        let patience = of.patience.unwrap_or_default() + tries + if frozen { of.stop_grace } else { STOP };
        self.hold(pod, Wait::Restart, ill, patience);
    }

    pub(super) fn becomes_ready(&mut self, pod: usize, ready: bool) {
        self.pods[pod].ready = ready;
        self.pods[pod].ready_since = self.now;
        self.trace.note(self.now, Some(pod), if ready { Kind::Ready } else { Kind::Unready });
        // A rolling update may have to wait for the time that a pod must stay Ready.
        let set = self.settings.pods[pod].set;
        self.controllers[set] = if ready { self.now + self.settings.sets[set].min_ready + NOTICE } else { NEVER };
    }

    /// Whatever runs in a pod ends at once.
    pub(super) fn end_process(&mut self, pod: usize) {
        if self.pods[pod].frozen {
            self.release(What::Freeze, bit(pod)); // what runs there next does not stand still
        }
        let state = &mut self.pods[pod];
        state.process = Process::None;
        state.joining = false;
        state.frozen = false;
        state.leader = None;
        state.synced = false;
        state.ready &= !state.powered;
    }

    /// A container that ended starts again, each time later.
    pub(super) fn crash(&mut self, pod: usize) {
        self.end_process(pod);
        let state = &mut self.pods[pod];
        let doublings = state.crashes.saturating_sub(1).min(5);
        state.delay = if state.crashes == 0 { STOP } else { (BACK_OFF << doublings).min(LONGEST_BACK_OFF) };
        state.crashes += 1;
    }

    /// The kubelet restarts a container whose probe failed.
    pub(super) fn restart(&mut self, pod: usize) {
        self.trace.note(self.now, Some(pod), Kind::RestartedByProbe);
        self.end_with_grace(pod);
        self.crash(pod);
    }

    fn end_with_grace(&mut self, pod: usize) {
        if !self.open(pod) {
            return;
        }
        if self.behaviour.leaves_when_stopped {
            self.leave(pod);
        }
        if self.settings.steps_down {
            self.hand_over(pod);
        }
    }

    /// A node has itself removed before it ends.
    fn leave(&mut self, pod: usize) {
        if let Some(leader) = self.pods[pod].leader.filter(|leader| self.leads(*leader)) {
            let members = self.pods[leader].members().without(pod);
            if !members.is_empty() && self.change_members(leader, members) {
                self.trace.note(self.now, Some(pod), Kind::Left);
            }
        }
    }

    /// A pod has ended with grace.
    pub(super) fn stopped(&mut self, pod: usize) {
        let waits = self.behaviour.leaves_when_stopped && self.open(pod) && self.pods[pod].leader.is_none();
        if waits && self.now < self.pods[pod].leaving_since + PATIENCE {
            // It wants to be removed, and waits for a leader who does it.
            return self.hold(pod, Wait::Stop, true, STOP);
        }
        self.end_with_grace(pod);
        self.end_process(pod);
        self.gone(pod);
    }

    /// A pod is no more, and what goes with it.
    pub(super) fn gone(&mut self, pod: usize) {
        let set = self.settings.pods[pod].set;
        let of = &self.settings.sets[set];
        let state = &mut self.pods[pod];
        state.exists = false;
        state.leaving = false;
        state.ready = false;
        state.known = false;
        let scaled_in = self.settings.pods[pod].ordinal >= self.wanted[set];
        if of.ephemeral || of.deletes_disks && scaled_in {
            self.lose_disk(pod);
        }
        for wait in [Wait::Start, Wait::Stop, Wait::Decide, Wait::Join, Wait::GiveUp, Wait::Found] {
            self.forget(pod, wait);
        }
        for wait in [Wait::Known, Wait::Ready, Wait::Unready, Wait::Restart] {
            self.forget(pod, wait);
        }
    }

    pub(super) fn lose_disk(&mut self, pod: usize) {
        if self.pods[pod].disk.used {
            self.trace.note(self.now, Some(pod), Kind::DiskLost);
        }
        self.pods[pod].disk = Disk::default();
    }

    /// The first pod that may be evicted now.
    fn next_eviction(&self) -> Option<usize> {
        each(self.evicting).find(|pod| {
            let set = self.settings.pods[*pod].set;
            let of = &self.settings.sets[set];
            let healthy = of.pods().filter(|other| self.pods[*other].ready && !self.pods[*other].leaving).count();
            let stay = of.must_stay(self.wanted[set]);
            if self.pods[*pod].ready { healthy > stay } else { of.evicts_the_unready() || healthy >= stay }
        })
    }

    pub(super) fn evict(&mut self) {
        while let Some(pod) = self.next_eviction() {
            self.evicting &= !bit(pod);
            self.trace.note(self.now, Some(pod), Kind::Evicted);
            self.delete(pod);
        }
    }
}
