//! What the StatefulSet controller would do next.
//!
//! In: what is wanted and the pods there are. Out: pods to create and to delete. Pure, because Kubernetes' rules are worth
//! testing by themselves (`pkg/controller/statefulset/stateful_set_control.go`, `updateStatefulSet`).

use std::collections::{BTreeMap, BTreeSet};

/// The part of a StatefulSet's specification that decides which pods there are.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) replicas: u32,
    /// `OrderedReady` rather than `Parallel`.
    pub(super) ordered: bool,
    /// `RollingUpdate` rather than `OnDelete`.
    pub(super) rolling: bool,
    /// Ordinals whose node is away: their pods cannot start, wherever they are wanted.
    pub(super) held: BTreeSet<u32>,
}

/// What the controller sees of a pod.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    /// Running and ready.
    pub(super) healthy: bool,
    pub(super) terminating: bool,
    /// Made from the present template.
    pub(super) current: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Create(u32),
    Delete(u32),
}

/// One round of the controller.
pub(super) fn decide(wanted: &Wanted, pods: &BTreeMap<u32, View>) -> Vec<Action> {
    let (mut actions, blocked) = replicas(wanted, pods);
    if blocked {
        return actions;
    }
    let (condemned, blocked) = condemned(wanted, pods);
    actions.extend(condemned);
    if !blocked && wanted.rolling {
        actions.extend(outdated(wanted, pods));
    }
    actions
}

/// Creates what is missing; in order, nothing happens behind a pod that is not well.
fn replicas(wanted: &Wanted, pods: &BTreeMap<u32, View>) -> (Vec<Action>, bool) {
    let mut actions = Vec::new();
    for ordinal in 0..wanted.replicas {
        let well = match pods.get(&ordinal) {
            None if wanted.held.contains(&ordinal) => false,
            None => {
                actions.push(Action::Create(ordinal));
                false
            }
            Some(pod) => pod.healthy && !pod.terminating,
        };
        if wanted.ordered && !well {
            return (actions, true);
        }
    }
    (actions, false)
}

/// Deletes pods beyond the replica count, from the highest, in order one at a time.
fn condemned(wanted: &Wanted, pods: &BTreeMap<u32, View>) -> (Vec<Action>, bool) {
    let mut actions = Vec::new();
    for (ordinal, pod) in pods.range(wanted.replicas..).rev() {
        if !pod.terminating {
            actions.push(Action::Delete(*ordinal));
        }
        if wanted.ordered {
            return (actions, true);
        }
    }
    (actions, false)
}

/// Replaces pods of an older template, from the highest, each after the last one is well again, under either policy.
fn outdated(wanted: &Wanted, pods: &BTreeMap<u32, View>) -> Option<Action> {
    for ordinal in (0..wanted.replicas).rev() {
        match pods.get(&ordinal) {
            Some(pod) if !pod.current && !pod.terminating => return Some(Action::Delete(ordinal)),
            Some(pod) if pod.healthy && !pod.terminating => {}
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: View = View { healthy: true, terminating: false, current: true };
    const ILL: View = View { healthy: false, ..WELL };
    const OLD: View = View { current: false, ..WELL };
    const LEAVING: View = View { terminating: true, healthy: false, current: true };

    fn wanted(replicas: u32, ordered: bool) -> Wanted {
        Wanted { replicas, ordered, rolling: true, held: BTreeSet::new() }
    }

    fn pods(views: &[View]) -> BTreeMap<u32, View> {
        (0..).zip(views.iter().copied()).collect()
    }

    #[test]
    fn in_order_the_next_pod_waits_for_the_one_before() {
        assert_eq!(decide(&wanted(3, true), &pods(&[])), [Action::Create(0)]);
        assert_eq!(decide(&wanted(3, true), &pods(&[ILL])), []);
        assert_eq!(decide(&wanted(3, true), &pods(&[WELL])), [Action::Create(1)]);
    }

    #[test]
    fn in_parallel_all_pods_are_created_at_once() {
        assert_eq!(decide(&wanted(2, false), &pods(&[])), [Action::Create(0), Action::Create(1)]);
    }

    #[test]
    fn scaling_in_takes_the_highest_first() {
        assert_eq!(decide(&wanted(1, true), &pods(&[WELL, WELL, WELL])), [Action::Delete(2)]);
        assert_eq!(decide(&wanted(1, true), &pods(&[WELL, WELL, LEAVING])), []);
        assert_eq!(decide(&wanted(1, false), &pods(&[WELL, WELL, WELL])), [Action::Delete(2), Action::Delete(1)]);
    }

    #[test]
    fn an_update_waits_for_each_pod_under_either_policy() {
        for ordered in [true, false] {
            assert_eq!(decide(&wanted(3, ordered), &pods(&[OLD, OLD, WELL])), [Action::Delete(1)]);
            assert_eq!(decide(&wanted(3, ordered), &pods(&[OLD, ILL, WELL])), []);
        }
    }

    #[test]
    fn a_pod_whose_node_is_away_blocks_only_in_order() {
        let mut ordered = wanted(3, true);
        ordered.held.insert(1);
        assert_eq!(decide(&ordered, &pods(&[WELL])), []);
        let parallel = Wanted { ordered: false, ..ordered };
        assert_eq!(decide(&parallel, &pods(&[WELL])), [Action::Create(2)]);
    }
}
