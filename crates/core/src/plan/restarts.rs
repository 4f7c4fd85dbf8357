//! Which pods restart, in which order, and whether writes go on meanwhile.

use schemars::JsonSchema;
use serde::Serialize;

use super::membership::in_old_form;
use super::outline::{Outline, Phase, Way};
use super::{Kind, Set, Strategy};
use crate::quorum::majority;

/// A pod that restarts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Restart {
    /// The pod.
    pub pod: String,
    /// Whether it votes.
    pub votes: bool,
    /// How the cluster stands while it is away; none where nobody knows who votes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
}

/// How a cluster stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Standing {
    /// How many members vote.
    pub voters: u32,
    /// How many of them are up.
    pub up: u32,
    /// How many must be.
    pub majority: u32,
    /// Whether rows are written. If the leader is away, after about two seconds.
    pub writes: bool,
}

/// How a cluster stands while voters are away.
///
/// Arithmetic, for pods that go and come one at a time: the simulator needs a topology, which cannot be made of manifests
/// that somebody else wrote. A test plays what this says on random topologies.
fn standing(voters: u32, away: u32) -> Standing {
    let up = voters.saturating_sub(away);
    Standing { voters, up, majority: majority(voters), writes: up >= majority(voters) }
}

/// The pods that restart, in their order.
pub(super) fn restarts(outline: &mut Outline<'_>) -> Vec<Restart> {
    let mut found = Vec::new();
    if outline.leaves_old() {
        return found;
    }
    let voters = outline.new.voters().map(Set::voting);
    for (old, new) in outline.pairs() {
        let stopped = outline.way == Way::Stopped && old.is_rqlite();
        if !(outline.rolls(old) || stopped) {
            continue;
        }
        let known = old.replicas.zip(new.replicas);
        let pods = known.map_or(0, |(from, to)| from.min(to));
        let lowest = match new.strategy {
            Strategy::Rolling { partition } if !stopped => partition.min(pods),
            _ => 0,
        };
        let away = |ordinal| if stopped { u32::MAX } else { u32::from(new.votes(ordinal)) };
        let of_set = (lowest..pods).rev().map(|ordinal| Restart {
            pod: new.pod(ordinal),
            votes: new.votes(ordinal),
            standing: voters.filter(|_| new.is_rqlite()).map(|voters| standing(voters, away(ordinal))),
        });
        let of_set: Vec<_> = of_set.collect();
        say(outline, (old, new), &of_set, (lowest, pods, stopped));
        found.extend(of_set);
    }
    found
}

fn say(
    outline: &mut Outline<'_>,
    (old, set): (&Set, &Set),
    restarts: &[Restart],
    (lowest, pods, stopped): (u32, u32, bool),
) {
    let pauses = restarts.iter().any(|restart| restart.standing.is_some_and(|standing| !standing.writes));
    let names = match restarts {
        [] => "its pods".to_owned(),
        [one] => one.pod.clone(),
        [first, .., last] => format!("{} to {}", first.pod, last.pod),
    };
    if !stopped && set.strategy == Strategy::OnDelete {
        outline.about_set(Kind::RestartByHand, set, format!("{names} keep their old form until somebody deletes them"));
        let command = outline.restarted(set, in_old_form(old, set));
        outline.step(Phase::Watch, "Delete the pods one after the other, and wait for each".to_owned(), vec![command]);
        return;
    }
    if let Strategy::Rolling { partition } = set.strategy
        && !stopped
        && lowest > 0
    {
        let who = if lowest < pods { format!("pods below {}", set.pod(lowest)) } else { "all pods".to_owned() };
        let message = format!("updateStrategy.partition is {partition}: {who} keep their old form");
        outline.about_set(Kind::PartitionHolds, set, message);
    }
    if restarts.is_empty() && lowest >= pods && pods > 0 {
        return;
    }
    if stopped {
        let message = format!("{names} stop, and start again together: nothing is read or written meanwhile");
        outline.about_set(Kind::WritePause, set, message);
    } else if pauses {
        let message =
            format!("{names} restart, one after the other: the voters cannot spare one, so writes stop each time");
        outline.about_set(Kind::WritePause, set, message);
    } else {
        let leader = if set.voting() > 0 { "; when the leader does, writes stop for about two seconds" } else { "" };
        outline.about_set(Kind::RollingRestart, set, format!("{names} restart, one after the other{leader}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_go_on_while_a_majority_is_up() {
        for (voters, away, writes) in
            [(1, 1, false), (2, 1, false), (3, 1, true), (3, 0, true), (5, 1, true), (3, u32::MAX, false)]
        {
            assert_eq!(standing(voters, away).writes, writes, "{voters} voters, {away} away");
        }
    }
}
