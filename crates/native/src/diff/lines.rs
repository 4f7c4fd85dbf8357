//! Which lines two texts share: the shortest script of removals and additions (Myers, 1986).

use std::ops::Range;

/// More changes than this are no longer searched: everything between the lines at both ends counts as changed.
const MOST: usize = 1_000;

/// Lines of the old text that were replaced by lines of the new one; neither is empty in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub old: Range<usize>,
    pub new: Range<usize>,
}

/// Finds the changes between two texts, in order.
pub(crate) fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let same = |(a, b): &(&&str, &&str)| a == b;
    let head = old.iter().zip(new).take_while(same).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(same).count();
    let (inner_old, inner_new) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut changes = Vec::new();
    let mut at = (0, 0);
    let ends = [(inner_old.len(), inner_new.len())];
    for shared in pairs(inner_old, inner_new).unwrap_or_default().into_iter().chain(ends) {
        if shared != at {
            let range = |from: usize, to: usize| from + head..to + head;
            changes.push(Change { old: range(at.0, shared.0), new: range(at.1, shared.1) });
        }
        at = (shared.0 + 1, shared.1 + 1);
    }
    changes
}

/// The lines that both texts have, as pairs of their numbers; none when too much is different.
fn pairs(old: &[&str], new: &[&str]) -> Option<Vec<(usize, usize)>> {
    if old.is_empty() || new.is_empty() {
        return Some(Vec::new());
    }
    let most = (old.len() + new.len()).min(MOST);
    // The furthest line of the old text on each diagonal, and for every number of changes what it was before.
    let mut furthest = vec![0; 2 * most + 3];
    let mut before: Vec<Vec<usize>> = Vec::new();
    for count in 0..=most {
        before.push(furthest[most + 1 - count..=most + 1 + count].to_vec());
        for diagonal in (most + 1 - count..=most + 1 + count).step_by(2) {
            let (left, right) = (furthest[diagonal - 1], furthest[diagonal + 1]);
            let is_down = diagonal == most + 1 - count || diagonal != most + 1 + count && left < right;
            let mut a = if is_down { right } else { left + 1 };
            // a - b is the diagonal's number, from -most - 1.
            while let Some(b) = (a + most + 1).checked_sub(diagonal)
                && a < old.len()
                && b < new.len()
                && old[a] == new[b]
            {
                a += 1;
            }
            furthest[diagonal] = a;
            let b = (a + most + 1).checked_sub(diagonal)?;
            if a >= old.len() && b >= new.len() {
                return Some(walk_back(&before, (old.len(), new.len())));
            }
        }
    }
    None
}

/// Follows the way back from both ends, and keeps the lines at which nothing changed.
fn walk_back(before: &[Vec<usize>], (mut a, mut b): (usize, usize)) -> Vec<(usize, usize)> {
    let mut shared = Vec::new();
    for (count, furthest) in before.iter().enumerate().rev() {
        if count == 0 {
            shared.extend((0..a).rev().zip((0..b).rev()));
            break;
        }
        // Diagonals from -count to count, of which every other one was reached with one change less.
        let diagonal = a + count - b;
        let at = |diagonal: usize| furthest[diagonal];
        let is_down = diagonal == 0 || diagonal != 2 * count && at(diagonal - 1) < at(diagonal + 1);
        let start = if is_down { at(diagonal + 1) } else { at(diagonal - 1) };
        let other = if is_down { diagonal + 1 } else { diagonal - 1 };
        let start_b = start + count - other;
        let (first_a, first_b) = if is_down { (start, start_b + 1) } else { (start + 1, start_b) };
        shared.extend((first_a..a).rev().zip((first_b..b).rev()));
        (a, b) = (start, start_b);
    }
    shared.reverse();
    shared
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// The length of the longest common subsequence, by the table that everybody knows.
    fn longest(old: &[&str], new: &[&str]) -> usize {
        let mut row = vec![0; new.len() + 1];
        for a in old {
            let mut diagonal = 0;
            for (at, b) in new.iter().enumerate() {
                let above = row[at + 1];
                row[at + 1] = if a == b { diagonal + 1 } else { above.max(row[at]) };
                diagonal = above;
            }
        }
        row[new.len()]
    }

    fn text() -> impl Strategy<Value = Vec<&'static str>> {
        vec(proptest::sample::select(vec!["a", "b", "c"]), 0..12)
    }

    proptest! {
        #[test]
        fn changes_turn_one_text_into_the_other_and_are_as_few_as_can_be(old in text(), new in text()) {
            let changes = changes(&old, &new);
            let (mut made, mut at, mut kept) = (Vec::<&str>::new(), 0, old.len());
            for Change { old: gone, new: come } in &changes {
                prop_assert!(!(gone.is_empty() && come.is_empty()));
                made.extend(&old[at..gone.start]);
                made.extend(&new[come.clone()]);
                at = gone.end;
                kept -= gone.len();
            }
            made.extend(&old[at..]);
            prop_assert_eq!(&made, &new);
            // Lines at both ends are shared in any longest sequence.
            prop_assert_eq!(kept, longest(&old, &new));
        }
    }

    #[test]
    fn texts_without_anything_in_common_are_one_change() {
        let (old, new): (Vec<_>, Vec<_>) = (vec!["a"; 2_000], vec!["b"; 2_000]);
        assert_eq!(changes(&old, &new), [Change { old: 0..2_000, new: 0..2_000 }]);
        assert_eq!(changes(&[], &["a"]), [Change { old: 0..0, new: 0..1 }]);
        assert_eq!(changes(&["a"], &["a"]), []);
    }
}
