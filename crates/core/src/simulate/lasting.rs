//! What lasts: a fault that is there until its time is over, or until `restore`. Several steps may do the same to a pod; it
//! is over when the last of them is.

use super::log::{Pods, bit, each};
use super::play::one_of;
use super::pod::NEVER;
use super::scenario::What;
use super::trace::Kind;
use super::world::World;

/// A step that lasts, and to whom it still does what it does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lasting {
    pub(super) until: u64,
    what: What,
    pods: Pods,
}

impl World<'_> {
    /// Something begins to last; without a time, until `restore`.
    pub(super) fn lasts(&mut self, what: What, pods: Pods, time: Option<u64>) {
        let until = time.map_or(NEVER, |time| self.now + time);
        // Where nothing ran, nothing stands still.
        let is_so = |pod: &usize| what != What::Freeze || self.pods[*pod].frozen;
        let pods = each(pods).filter(is_so).fold(0, |all, pod| all | bit(pod));
        let place = self.lasting.partition_point(|other| other.until > until);
        self.lasting.insert(place, Lasting { until, what, pods });
        if what == What::CutOff {
            self.divide();
        }
    }

    /// The time is over of what ends first: that ends it for those to whom nobody else does the same.
    pub(super) fn end(&mut self) {
        let Some(Lasting { what, pods, .. }) = self.lasting.pop() else { return };
        let ended = pods & !self.still(what);
        if ended != 0 {
            self.trace.note(self.now, one_of(ended), Kind::Ended(what));
        }
        self.undo(what, ended);
    }

    /// `restore`: whatever was done to these pods is over.
    pub(super) fn restore(&mut self, pods: Pods) {
        for what in What::ALL.into_iter().filter(|what| what.lasts() && *what != What::Quiet) {
            self.release(what, pods);
            self.undo(what, pods);
        }
    }

    /// Before its time something is over for these pods.
    pub(super) fn release(&mut self, what: What, pods: Pods) {
        for lasting in self.lasting.iter_mut().filter(|lasting| lasting.what == what) {
            lasting.pods &= !pods;
        }
    }

    fn still(&self, what: What) -> Pods {
        self.lasting.iter().filter(|lasting| lasting.what == what).fold(0, |all, lasting| all | lasting.pods)
    }

    fn undo(&mut self, what: What, pods: Pods) {
        match what {
            What::Quiet => self.quiet = self.still(what) != 0,
            What::CutOff => self.divide(),
            What::Drain => {
                self.blocked = self.blocked.or(each(self.evicting & pods).next());
                self.evicting &= !pods;
                each(pods).for_each(|pod| self.pods[pod].cordoned = false);
            }
            What::Freeze => {
                for pod in each(pods) {
                    if self.pods[pod].frozen && self.pods[pod].leader == Some(pod) {
                        self.step_down(pod); // it sees that its lease is over
                    }
                    self.pods[pod].frozen = false;
                }
            }
            What::PowerCut => {
                for pod in each(pods) {
                    let state = &mut self.pods[pod];
                    if !state.powered {
                        state.powered = true;
                        state.known = false;
                        state.ready = false;
                        state.crashes = 0;
                        state.delay = 2000;
                    }
                }
            }
            _ => {}
        }
    }

    /// Two pods reach each other when they are on the same side of every cut: one cut within another takes pods apart, and puts
    /// none together.
    fn divide(&mut self) {
        let cuts = self.lasting.iter().filter(|lasting| lasting.what == What::CutOff).map(|lasting| lasting.pods);
        let cuts: Vec<_> = cuts.collect();
        let around = cuts.iter().fold(0, |all, cut| all | cut);
        for pod in 0..self.pods.len() {
            let side = |cut: &Pods| if cut & bit(pod) != 0 { *cut } else { !cut };
            let cut_off = around & bit(pod) != 0;
            self.pods[pod].side =
                if cut_off { cuts.iter().map(side).fold(Pods::MAX, |all, side| all & side) } else { 0 };
        }
    }
}
