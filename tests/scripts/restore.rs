//! Who is given what a new cluster begins with: its founder alone.

use crate::pod::{Pod, Run, Started, fqdn};
use crate::start::{Way, expected};
use crate::{Test, tests};

const RESTORE: &str = "-auto-restore=/etc/rqlite-backup/restore.json";
const OTHER: &str = "-fk=true";

pub fn tests() -> Vec<Test> {
    tests![
        who_founds_restores,
        another_seed_does_not,
        who_joins_does_not,
        who_has_no_vote_does_not,
        a_member_that_starts_again_does_not,
        what_was_recovered_is_not_overwritten,
        a_founding_that_was_interrupted_begins_again,
        the_placeholder_restores_nothing,
        a_founder_at_its_download_is_left_alone,
        the_mark_of_a_download_does_not_outlive_it,
    ]
}

fn start(pod: &Pod) -> (Run, Started) {
    let run = pod.run("start.sh", &[RESTORE, OTHER]);
    let started = pod.started("rqlited").unwrap_or_else(|| panic!("no rqlited: {run:?}"));
    (run, started)
}

/// Whether it restores; everything else is as ever.
fn restores(pod: &Pod, name: &str, way: &Way) -> bool {
    let (_, started) = start(pod);
    let is_restored = started.arguments.iter().any(|argument| argument == RESTORE);
    let flags: &[&str] = if is_restored { &[RESTORE, OTHER] } else { &[OTHER] };
    assert_eq!(started.arguments, expected(pod, name, 3, way, flags));
    assert_eq!(pod.has("tmp/restoring"), is_restored);
    is_restored
}

/// The others of three, without state.
fn among_empty(name: &str) -> Pod {
    let others = ["rqdb-0", "rqdb-1", "rqdb-2"].into_iter().filter(|other| *other != name);
    others.fold(Pod::new(name), |pod, other| pod.counts(other, &[]))
}

fn who_founds_restores() {
    assert!(restores(&among_empty("rqdb-0"), "rqdb-0", &Way::Founds(3)));
}

fn another_seed_does_not() {
    assert!(!restores(&among_empty("rqdb-1"), "rqdb-1", &Way::Notifies));
}

fn who_joins_does_not() {
    let pod = Pod::new("rqdb-0").counts("rqdb-1", &["rqdb-1", "rqdb-2"]);
    let pod = pod.says(&fqdn("rqdb-1"), ".remove rqdb-0", "Connected to http://rqdb:4001\nbye~\n");
    assert!(!restores(&pod, "rqdb-0", &Way::Joins(&[1, 2])));
}

fn who_has_no_vote_does_not() {
    assert!(!restores(&Pod::new("rqdb-5").with_state(), "rqdb-5", &Way::Reads(&[0, 1, 2])));
}

fn a_member_that_starts_again_does_not() {
    // After a power cut it is the first one: nobody answers yet, or only those do that have lost their disks.
    assert!(!restores(&Pod::new("rqdb-0").with_state(), "rqdb-0", &Way::Founds(3)));
    assert!(!restores(&Pod::new("rqdb-0").with_state().counts("rqdb-1", &[]), "rqdb-0", &Way::Founds(3)));
    let counted = Pod::new("rqdb-0").with_state().counts("rqdb-1", &["rqdb-0", "rqdb-1"]).counts("rqdb-2", &[]);
    assert!(!restores(&counted, "rqdb-0", &Way::Founds(3)));
}

fn what_was_recovered_is_not_overwritten() {
    let pod = among_empty("rqdb-0").with_state().file("data/raft/peers.json");
    assert!(!restores(&pod, "rqdb-0", &Way::Founds(3)));
}

/// It opened its disk and died before the others were there. rqlited itself skips what would overwrite rows.
fn a_founding_that_was_interrupted_begins_again() {
    assert!(restores(&among_empty("rqdb-0").with_state(), "rqdb-0", &Way::Founds(3)));
    assert!(!restores(&among_empty("rqdb-1").with_state(), "rqdb-1", &Way::Notifies));
}

fn the_placeholder_restores_nothing() {
    let pod = among_empty("rqdb-0");
    start(&pod);
    assert!(!pod.started("placeholder").unwrap().arguments.iter().any(|argument| argument.contains("restore")));
}

fn a_founder_at_its_download_is_left_alone() {
    let pod = among_empty("rqdb-0");
    assert_eq!(pod.run("alive.sh", &[]).status.code(), Some(1));
    start(&pod);
    assert_eq!(pod.run("alive.sh", &[]).status.code(), Some(0));
}

fn the_mark_of_a_download_does_not_outlive_it() {
    let answers = Pod::new("rqdb-0").file("tmp/restoring").says("127.0.0.1", "readyz?noleader", "[+]node ok");
    assert_eq!(answers.run("alive.sh", &[]).status.code(), Some(0));
    assert!(!answers.has("tmp/restoring"));
    let again = Pod::new("rqdb-0").file("tmp/restoring").with_state();
    start(&again);
    assert!(!again.has("tmp/restoring"));
}
