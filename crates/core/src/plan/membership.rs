//! More pods, fewer pods, and who votes.

use std::ops::Range;

use super::outline::{Outline, Phase, Way};
use super::{Kind, Recovery, Set, SetRole, versions, volumes};
use crate::quorum::tolerated_losses;

/// Why a pod of the new form cannot join nodes that have the old one still; none where it can. Of TLS between nodes, for
/// which all of them stop anyway, it says nothing.
pub(super) fn estranged(old: &Set, new: &Set) -> Option<(Kind, String)> {
    if versions::is_major(old, new) {
        let why = format!("a node of {} cannot join the cluster before all of it has that version", new.image);
        Some((Kind::ScaleWithUpgrade, why))
    } else if old.clients.tls != new.clients.tls {
        // start.sh asks the nodes before it joins, as it would be asked itself.
        let speaks = if new.clients.tls { "HTTPS" } else { "HTTP" };
        Some((
            Kind::JoinWithChange,
            format!("a pod that joins asks the nodes in {speaks}, which the old form does not answer"),
        ))
    } else if old.authenticates && !new.authenticates {
        let why = "a pod that joins has no user for nodes that ask for one still";
        Some((Kind::JoinWithChange, why.to_owned()))
    } else {
        None
    }
}

/// How many pods have the old form first, and stay: those that there are, or more if these must join in the old form.
pub(super) fn in_old_form(old: &Set, new: &Set) -> Option<u32> {
    let (from, to) = (old.replicas?, new.replicas?);
    Some(if estranged(old, new).is_some() { to } else { from.min(to) })
}

/// Sizes.
pub(super) fn scale(outline: &mut Outline<'_>) {
    if outline.leaves_old() {
        return;
    }
    for (old, new) in outline.pairs() {
        let (Some(from), Some(to)) = (old.replicas, new.replicas) else { continue };
        if to > from {
            scale_out(outline, (old, new), (from, to));
        } else if to < from {
            scale_in(outline, (old, new), (from, to));
        }
    }
    pool(outline);
}

/// A pool of readers that comes or goes.
fn pool(outline: &mut Outline<'_>) {
    let (old, new) = (outline.old, outline.new);
    if old.voters().is_none() || new.voters().is_none() {
        return;
    }
    for set in new.sets.iter().filter(|set| set.role == SetRole::Readers && old.find(set).is_none()) {
        outline.about_set(Kind::ScaleOut, set, "a pool of readers joins; none of them votes".to_owned());
    }
    for set in old.sets.iter().filter(|set| set.role == SetRole::Readers && new.find(set).is_none()) {
        let grace = set.grace_of(0);
        let dropped = grace.map_or_else(
            || "nobody drops them from the members: membership.grace is null".to_owned(),
            |(grace, _)| format!("the leader drops them after {grace}"),
        );
        let left = if set.claims.is_empty() || set.deletes_with_set { "" } else { "; their volumes stay" };
        outline.about_set(Kind::ReadersGone, set, format!("the pool of readers goes; {dropped}{left}"));
        // Also where membership.prune is set: prune.sh leaves readers of the pool alone.
        if let Some(voters) = new.voters().filter(|_| grace.is_none()) {
            let pods = set.replicas.unwrap_or_default();
            outline.about_set(Kind::MembersStay, set, "nobody drops the members of readers that are gone".to_owned());
            members_stay(outline, voters, (0..pods).map(|ordinal| set.pod(ordinal)));
        }
    }
}

fn scale_out(outline: &mut Outline<'_>, (old, new): (&Set, &Set), (from, to): (u32, u32)) {
    let votes = (from..to).filter(|ordinal| new.votes(*ordinal)).count();
    let votes = if new.is_rqlite() { format!("; {votes} of the new ones vote") } else { String::new() };
    outline.about_set(Kind::ScaleOut, new, format!("from {from} to {to} pods{votes}"));
    if let Some((kind, why)) = estranged(old, new) {
        let then = if kind == Kind::ScaleWithUpgrade { "upgrade" } else { "change it" };
        outline.about_set(kind, new, format!("{why}: scale first, then {then}"));
        let commands = vec![outline.scaled(old, to), outline.rollout(&old.sized(Some(to)))];
        outline.step(Phase::ScaleOut, format!("Scale out to {to} in the old form"), commands);
    }
}

fn scale_in(outline: &mut Outline<'_>, (old, new): (&Set, &Set), (from, to): (u32, u32)) {
    let voters = old.voting();
    let stay = to.min(voters);
    let (going, spare) = (voters - stay, tolerated_losses(voters));
    let deletes = (old.deletes_when_scaled || new.deletes_when_scaled) && !old.claims.is_empty();
    if deletes && old.role != SetRole::Readers {
        outline.about_set(
            Kind::ClaimsDeleted,
            old,
            format!("from {from} to {to} pods: the volumes of the pods that go are deleted"),
        );
        outline.copy(old, "Take a copy of the rows");
    }
    let left = if deletes || old.claims.is_empty() { "" } else { "; their volumes stay" };
    if to == 0 && voters > 0 {
        all_go(outline, old, deletes);
        return;
    }
    if going > spare {
        let message = format!(
            "from {from} to {to} pods: {going} of {voters} voters would go at once, and the quorum can spare {spare}. Nobody leads then, so \
             nobody drops them from the members either"
        );
        outline.about_set(Kind::ScaleInLosesQuorum, old, message);
        staged(outline, old, stay);
        return;
    }
    let gives_up_disks = volumes::gives_up_disks(outline, old, new);
    if going > 0 && going + 1 > spare && (outline.rolls(old) || gives_up_disks) {
        let what = if gives_up_disks { "get other disks" } else { "restart" };
        let message = format!(
            "from {from} to {to} pods: those that stay would {what} before those that went are no members any more; {} of {voters} \
             voters would be up then, too few for a majority",
            stay - 1
        );
        outline.about_set(Kind::ScaleInWithRestart, old, message);
        staged(outline, old, stay);
        return;
    }
    let kept = kept(old, to..from);
    if old.is_rqlite() && !kept.is_empty() && !new.prunes {
        let message = format!(
            "from {from} to {to} pods: membership.grace is null, so nobody drops the members of those that go{left}"
        );
        outline.about_set(Kind::MembersStay, old, message);
        members_stay(outline, new, kept.into_iter());
        return;
    }
    let mut times: Vec<_> = (to..from).filter_map(|ordinal| old.grace_of(ordinal)).collect();
    times.dedup();
    let times: Vec<_> = times.iter().map(|(grace, setting)| format!("after {grace} ({setting})")).collect();
    let by = if new.prunes { "within about ten seconds (membership.prune)".to_owned() } else { times.join(" or ") };
    let dropped = if old.is_rqlite() { format!("; the leader drops them {by}") } else { String::new() };
    outline.about_set(Kind::ScaleIn, old, format!("from {from} to {to} pods{dropped}{left}"));
}

/// Of pods that go those that no leader drops from the members, the highest ordinal first.
fn kept(set: &Set, ordinals: Range<u32>) -> Vec<String> {
    ordinals.rev().filter(|ordinal| set.grace_of(*ordinal).is_none()).map(|ordinal| set.pod(ordinal)).collect()
}

/// Members that nobody drops.
fn members_stay(outline: &mut Outline<'_>, voters: &Set, pods: impl Iterator<Item = String>) {
    for pod in pods {
        let commands = vec![outline.remove(voters, &pod)];
        outline.step(Phase::Join, format!("Remove the member {pod}, when its pod is gone"), commands);
    }
}

/// Everybody goes: nobody is left who could drop members, and they are all there again when the set is scaled out.
fn all_go(outline: &mut Outline<'_>, set: &Set, deletes: bool) {
    if deletes || !set.holds_claims() {
        outline.about_set(Kind::DataLost, set, "all pods go, and their disks with them".to_owned());
        outline.copy(set, "Take a copy of the rows");
    } else {
        let message = "all pods go: nothing is read or written until they are back; their volumes stay";
        outline.about_set(Kind::WritePause, set, message.to_owned());
    }
}

/// Scales in by no more voters at once than the quorum can spare, and waits each time.
fn staged(outline: &mut Outline<'_>, set: &Set, stay: u32) {
    let mut voters = set.voting();
    // Those without a vote go first.
    let mut pods = set.replicas.unwrap_or(voters);
    while voters > stay {
        let next = stay.max(voters - tolerated_losses(voters));
        if next == voters {
            // Two: neither can go without the other's word that it is no member any more.
            let next = voters - 1;
            let mut commands = vec![outline.remove(set, &set.pod(next)), outline.scaled(set, next)];
            commands.extend(kept(set, voters..pods).iter().map(|pod| outline.remove(set, pod)));
            commands.push(outline.members(set));
            let text =
                format!("Remove the member {} and scale in to {next} at once: it would join again", set.pod(next));
            outline.step(Phase::ScaleIn, text, commands);
            (voters, pods) = (next, next);
            continue;
        }
        let mut commands = vec![outline.scaled(set, next)];
        let wait = match &set.grace {
            Some(grace) => format!("wait until {next} voters are left (after {grace})"),
            None => format!("remove the members that went, until {next} voters are left"),
        };
        commands.extend(kept(set, next..pods).iter().map(|pod| outline.remove(set, pod)));
        commands.push(outline.members(set));
        outline.step(Phase::ScaleIn, format!("Scale in to {next}, and {wait}"), commands);
        (voters, pods) = (next, next);
    }
}

/// A survivor that is named.
pub(super) fn recovery(outline: &mut Outline<'_>) {
    if outline.leaves_old() {
        return; // an empty disk takes no part
    }
    for (old, new) in outline.pairs() {
        let Some(Recovery { survivor, attempt }) = new.recovery.as_ref().filter(|_| old.recovery != new.recovery)
        else {
            continue;
        };
        let survivor = new.pod(*survivor);
        if outline.way < Way::Stopped && old.voting() > 0 && new.voting() > 0 {
            let message = format!(
                "recovery {attempt}: {survivor} becomes the only member when it starts while nobody leads; rows that it lacks are \
                 lost then. While another pod knows a leader it refuses"
            );
            outline.about_set(Kind::Recovery, old, message);
            let text = format!("If nobody leads, and never will again: let {survivor} become the only member");
            outline.step(Phase::Join, text, vec![outline.delete_pod(new, &survivor)]);
            continue;
        }
        let message = format!(
            "recovery {attempt}: all voters stop, so nobody leads when {survivor} starts. It becomes the only member, and rows that \
             only the others have are lost"
        );
        outline.about_set(Kind::RecoveryWhileStopped, old, message);
        outline.copy(old, "Take a copy of the rows");
        let text = "Take membership.recovery out of the new state: a cluster that leads needs none".to_owned();
        outline.step(Phase::Prepare, text, Vec::new());
    }
}

/// Votes.
pub(super) fn roles(outline: &mut Outline<'_>) {
    if outline.way > Way::Stopped {
        return;
    }
    for (old, new) in outline.pairs() {
        let stay = old.replicas.unwrap_or(0).min(new.replicas.unwrap_or(0));
        let other: Vec<_> = (0..stay).filter(|ordinal| old.votes(*ordinal) != new.votes(*ordinal)).collect();
        if other.is_empty() || !(old.is_rqlite() && new.is_rqlite()) {
            continue;
        }
        let pods: Vec<_> = other.iter().map(|ordinal| old.pod(*ordinal)).collect();
        let get = if new.votes(other[0]) { "get a vote" } else { "lose their vote" };
        let message = format!("{} {get} only when they join anew", pods.join(", "));
        outline.about_set(Kind::RoleChange, old, message);
        for pod in pods.iter().rev() {
            let commands = vec![outline.remove(new, pod), outline.delete_pod(new, pod), outline.rollout(new)];
            outline.step(Phase::Join, format!("Let {pod} join anew, and wait until it is Ready"), commands);
        }
    }
}
