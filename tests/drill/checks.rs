//! What must hold at the end of every drill.
//!
//! In: a cluster at rest, and what was seen and acknowledged. Out: nothing, or what is wrong. Never waits.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::cluster::{Cluster, Failure, Log, Outcome, Pod, Which};
use super::http::{RAFT_PORT, RQLITE_PORT, Request};
use super::manifests::MAX_VOTERS;
use super::rqlite::{self, Member};
use super::tls::Tls;
use super::watch::Sighting;

/// For one pod to answer or to refuse.
const PATIENCE: Duration = Duration::from_secs(5);

/// What rqlited writes when it makes a new cluster: alone, or after enough others have notified it.
const FOUNDING: [&str; 2] = ["bootstrapping single new node", "cluster bootstrap successful"];

/// Every pod agrees on the members: exactly the pods, those below [`MAX_VOTERS`] as voters and readers not, one of them the
/// leader.
///
/// # Errors
/// When a pod sees something else.
pub fn members(cluster: &dyn Cluster, replicas: u32, readers: u32) -> Outcome {
    let mut views = BTreeMap::new();
    for (name, set) in [("pod", cluster), ("reader", &*cluster.readers())] {
        // A pod that no node has taken yet cannot be asked.
        for Pod { ordinal, .. } in set.pods().into_iter().filter(|pod| pod.address.is_some()) {
            let view = rqlite::members(set, ordinal).map_err(|f| f.while_doing(format!("{name} {ordinal}")))?;
            views.insert((name, ordinal), view);
        }
    }
    for ((name, ordinal), view) in &views {
        members_of_one(view, replicas, readers)
            .map_err(|failure| failure.while_doing(format!("as {name} {ordinal} sees it")))?;
    }
    let leaders: BTreeSet<_> = views.values().flatten().filter(|m| m.leader).map(|m| &m.id).collect();
    if leaders.len() == 1 { Ok(()) } else { Err(Failure::new(format!("leaders: {leaders:?}"))) }
}

fn members_of_one(view: &[Member], replicas: u32, readers: u32) -> Outcome {
    let found: BTreeMap<_, _> = view.iter().map(|member| (member.pod(), member.voter)).collect();
    let pods = (0..replicas).map(|o| (Some((Which::Voters, o)), o < MAX_VOTERS));
    let pool = (0..readers).map(|o| (Some((Which::Readers, o)), false));
    let expected: BTreeMap<_, _> = pods.chain(pool).collect();
    if found == expected && view.len() == expected.len() {
        return Ok(());
    }
    let expected = format!("{replicas}, the first {MAX_VOTERS} as voters, and {readers} readers");
    Err(Failure::new(format!("members {view:?}, expected {expected}")))
}

/// Every pod has every acknowledged row in its own database.
///
/// # Errors
/// When one does not.
pub fn rows(cluster: &dyn Cluster, replicas: u32, owed: &BTreeSet<u64>) -> Outcome {
    if owed.is_empty() {
        return Err(Failure::new("no row was ever acknowledged"));
    }
    for ordinal in 0..replicas {
        let there = rqlite::row_ids(cluster, ordinal).map_err(|f| f.while_doing(format!("pod {ordinal}")))?;
        let lost: Vec<_> = owed.difference(&there).take(5).collect();
        if !lost.is_empty() {
            let count = owed.difference(&there).count();
            let text = format!("pod {ordinal} lost {count} of {} acknowledged rows: {lost:?}…", owed.len());
            return Err(Failure::new(text));
        }
    }
    Ok(())
}

/// Nobody ever led a second cluster.
///
/// # Errors
/// When somebody did.
pub fn one_cluster(seen: &Sighting) -> Outcome {
    match seen.second_cluster.first() {
        None => Ok(()),
        Some(first) => Err(Failure::new(format!("{first} (seen {} times)", seen.second_cluster.len()))),
    }
}

/// No reader ever led.
///
/// # Errors
/// When one did.
pub fn readers_never_lead(seen: &Sighting) -> Outcome {
    match seen.first_leader {
        None => Ok(()),
        Some(ordinal) => Err(Failure::new(format!("reader {ordinal} led"))),
    }
}

/// The logs tell of one founding, or as many as there should be. A second cluster may be too short-lived to be seen in any other way.
///
/// # Errors
/// When there were more, or none.
pub fn foundings(times: usize, logs: &[Log]) -> Outcome {
    let founders: Vec<_> = logs
        .iter()
        .flat_map(|log| log.text.lines().map(move |line| (&log.name, line)))
        .filter(|(_, line)| FOUNDING.iter().any(|founding| line.contains(founding)))
        .map(|(name, _)| name.as_str())
        .collect();
    if founders.len() == times { Ok(()) } else { Err(Failure::new(format!("foundings, by log: {founders:?}"))) }
}

/// No container was restarted but for the drill's own doing.
///
/// # Errors
/// When one was.
pub fn no_restarts(pods: &[Pod], excused: &BTreeMap<String, u32>) -> Outcome {
    let unexcused: Vec<_> = pods
        .iter()
        .filter(|pod| pod.restarts > excused.get(&pod.uid).copied().unwrap_or_default())
        .map(|pod| format!("pod {}: {} restarts", pod.ordinal, pod.restarts))
        .collect();
    if unexcused.is_empty() { Ok(()) } else { Err(Failure::new(unexcused.join(", "))) }
}

/// So many dead processes nobody waits for in a pod: a probe that its kubelet ends leaves what it had begun.
const FEW: usize = 10;

/// Probes leave no dead processes behind: process 1 is rqlited, which waits for none that it did not start, and a pod may have
/// only so many.
///
/// # Errors
/// When a pod has more of them than its kubelet's own doing explains.
pub fn no_dead_processes(cluster: &dyn Cluster) -> Outcome {
    for Pod { ordinal, .. } in cluster.pods() {
        let states = cluster.exec(ordinal, &["sh", "-c", "cat /proc/[0-9]*/status 2>/dev/null; true"])?;
        let dead = states.lines().filter(|line| line.starts_with("State:") && line.contains("zombie")).count();
        if dead > FEW {
            return Err(Failure::new(format!("pod {ordinal} has {dead} dead processes")));
        }
    }
    Ok(())
}

/// Of a secured release: no pod talks to who has no certificate, on either port, or to who has no password.
///
/// # Errors
/// When one does.
pub fn strangers_kept_out(cluster: &dyn Cluster) -> Outcome {
    let Some(credentials) = cluster.credentials() else { return Ok(()) };
    let (stranger, nobody) = (Tls::blind()?, credentials.nobody()?);
    for pod in cluster.pods() {
        let address = pod.address.ok_or_else(|| Failure::new(format!("pod {} has no address", pod.ordinal)))?;
        for (port, name) in [(RQLITE_PORT, "HTTP"), (RAFT_PORT, "Raft")] {
            if !stranger.is_refused((address, port).into(), PATIENCE)? {
                return Err(Failure::new(format!("pod {}: {name} does not ask for a certificate", pod.ordinal)));
            }
        }
        let answer = nobody.send((address, RQLITE_PORT).into(), &Request::get("/status", PATIENCE))?;
        if answer.status != 401 {
            return Err(Failure::new(format!("pod {} answers {} to nobody", pod.ordinal, answer.status)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(id: &str, voter: bool) -> Member {
        Member { id: id.to_owned(), voter, leader: id == "db-0" }
    }

    #[test]
    fn members_are_exactly_the_pods() {
        let two = [member("db-0", true), member("db-1", true)];
        assert!(members_of_one(&two, 2, 0).is_ok());
        assert!(members_of_one(&two, 3, 0).is_err());
        assert!(members_of_one(&two, 1, 0).is_err());
        assert!(members_of_one(&[member("db-0", true), member("db-1", false)], 2, 0).is_err());
    }

    #[test]
    fn the_sixth_does_not_vote() {
        let six: Vec<_> = (0..6).map(|o| member(&format!("db-{o}"), o < 5)).collect();
        assert!(members_of_one(&six, 6, 0).is_ok());
    }

    #[test]
    fn a_reader_never_votes() {
        let with = |voter| [member("db-0", true), member("db-readers-0", voter)];
        assert!(members_of_one(&with(false), 1, 1).is_ok());
        assert!(members_of_one(&with(true), 1, 1).is_err());
        assert!(members_of_one(&with(false), 1, 0).is_err());
        assert!(members_of_one(&with(false), 2, 0).is_err());
    }

    #[test]
    fn two_foundings_are_one_too_many() {
        let log = |text: &str| Log { name: "db-0".to_owned(), text: text.to_owned() };
        let founded = || log("cluster bootstrap successful, servers: …");
        assert!(foundings(1, &[founded(), log("joined")]).is_ok());
        assert!(foundings(1, &[founded(), log("bootstrapping single new node")]).is_err());
        assert!(foundings(1, &[log("joined")]).is_err());
    }
}
