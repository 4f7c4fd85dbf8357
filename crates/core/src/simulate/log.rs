//! Raft's log, as far as it decides anything: which entries there are, not what is in them.
//!
//! Entries of one term lie side by side, so a log is a short list of runs, however many rows were written. A run also
//! knows which founding its cluster comes from: two clusters count their terms from 1 each, and their entries are not the same.

/// Some pods, by their place among all that a simulation knows: a bit each.
pub(super) type Pods = u128;

/// One pod, as a set.
pub(super) const fn bit(pod: usize) -> Pods {
    1 << pod
}

/// The pods of a set, from the first on.
pub(super) fn each(mut pods: Pods) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (pods != 0).then(|| {
            let first = pods.trailing_zeros() as usize;
            pods &= pods - 1;
            first
        })
    })
}

/// The members of a cluster.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Members {
    pub(super) voters: Pods,
    pub(super) readers: Pods,
}

impl Members {
    pub(super) fn all(self) -> Pods {
        self.voters | self.readers
    }

    pub(super) fn has(self, pod: usize) -> bool {
        self.all() & bit(pod) != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.all() == 0
    }

    pub(super) fn majority(self) -> u32 {
        crate::quorum::majority(self.voters.count_ones())
    }

    pub(super) fn without(self, pod: usize) -> Self {
        Self { voters: self.voters & !bit(pod), readers: self.readers & !bit(pod) }
    }

    pub(super) fn with(self, pod: usize, votes: bool) -> Self {
        let mut members = self.without(pod);
        if votes {
            members.voters |= bit(pod);
        } else {
            members.readers |= bit(pod);
        }
        members
    }
}

/// Entries of one term, side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) founding: u8,
    pub(super) term: u32,
    pub(super) first: u64,
    pub(super) last: u64,
}

/// A log, and the members as its entries say.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    runs: Vec<Run>,
    /// After which entry who is a member; the first one is the founding.
    changes: Vec<(u64, Members)>,
}

impl Log {
    /// A log that begins a cluster.
    pub(super) fn founded(founding: u8, members: Members) -> Self {
        Self { runs: vec![Run { founding, term: 1, first: 1, last: 1 }], changes: vec![(1, members)] }
    }

    pub(super) fn last(&self) -> u64 {
        self.runs.last().map_or(0, |run| run.last)
    }

    /// What decides whose log is the newer one.
    pub(super) fn age(&self) -> (u32, u64) {
        self.runs.last().map_or((0, 0), |run| (run.term, run.last))
    }

    pub(super) fn founding(&self) -> Option<u8> {
        self.runs.first().map(|run| run.founding)
    }

    pub(super) fn members(&self) -> Members {
        self.changes.last().map_or_else(Members::default, |(_, members)| *members)
    }

    /// Adds entries of a term, and says which.
    pub(super) fn append(&mut self, term: u32, entries: u64) -> Run {
        let (founding, first) = (self.founding().unwrap_or_default(), self.last() + 1);
        let added = Run { founding, term, first, last: first + entries - 1 };
        match self.runs.last_mut() {
            Some(run) if run.term == term => run.last = added.last,
            _ => self.runs.push(added),
        }
        added
    }

    /// Adds an entry that changes the members.
    pub(super) fn change(&mut self, term: u32, members: Members) {
        let entry = self.append(term, 1);
        self.changes.push((entry.last, members));
    }

    /// Takes over another log, whatever stands in this one.
    pub(super) fn follow(&mut self, leader: &Self) {
        self.runs.clone_from(&leader.runs);
        self.changes.clone_from(&leader.changes);
    }

    /// Forgets the last entries, as far as they are rows of the last term: those were on their way.
    pub(super) fn lag(&mut self, entries: u64) {
        let kept = self.changes.last().map_or(0, |(index, _)| *index);
        if let Some(run) = self.runs.last_mut() {
            run.last = run.last.saturating_sub(entries).max(run.first).max(kept);
        }
    }

    /// How many of these entries are missing here.
    pub(super) fn lacks(&self, entries: &[Run]) -> u64 {
        entries.iter().map(|run| run.last - run.first + 1 - self.has(run)).sum()
    }

    fn has(&self, wanted: &Run) -> u64 {
        let same = |run: &&Run| run.founding == wanted.founding && run.term == wanted.term;
        let common = |run: &Run| (run.last.min(wanted.last) + 1).saturating_sub(run.first.max(wanted.first));
        self.runs.iter().filter(same).map(common).sum()
    }
}

/// Adds entries to those that were acknowledged.
pub(super) fn acknowledge(acknowledged: &mut Vec<Run>, run: Run) {
    match acknowledged.last_mut() {
        Some(last) if (last.founding, last.term, last.last + 1) == (run.founding, run.term, run.first) => {
            last.last = run.last;
        }
        _ => acknowledged.push(run),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_another_founding_are_other_rows() {
        let members = Members { voters: 1, readers: 0 };
        let (mut ours, mut theirs) = (Log::founded(0, members), Log::founded(1, members));
        let row = ours.append(2, 10);
        theirs.append(2, 10);
        assert_eq!((ours.lacks(&[row]), theirs.lacks(&[row])), (0, 10));
    }

    #[test]
    fn what_was_on_its_way_is_forgotten_and_members_are_not() {
        let mut log = Log::founded(0, Members { voters: 1, readers: 0 });
        log.append(2, 5);
        log.change(2, Members { voters: 3, readers: 0 });
        log.append(2, 1);
        log.lag(4);
        assert_eq!((log.last(), log.members().voters), (7, 3));
    }

    #[test]
    fn acknowledged_rows_are_counted_once() {
        let mut log = Log::founded(0, Members { voters: 1, readers: 0 });
        let mut acknowledged = Vec::new();
        for _ in 0..3 {
            acknowledge(&mut acknowledged, log.append(2, 4));
        }
        assert_eq!(acknowledged.len(), 1);
        log.lag(2);
        assert_eq!(log.lacks(&acknowledged), 2);
    }
}
