//! Whom `prune.sh` removes.

use std::os::unix::process::ExitStatusExt as _;

use rustix::process::Signal;

use crate::pod::{LEADER, Pod, Run, fqdn, nodes};
use crate::{Test, test, tests};

const NODES: &str = "nodes?nonvoters&ver=2&timeout=2s";

/// In one round: the members, and who of them answers. Nobody: the leader itself does not answer.
type Round = &'static [(&'static str, bool)];

/// The `StatefulSet`'s name, its replicas, what is seen in each round, and who is removed.
type Case = (&'static str, (&'static str, u32), &'static [Round], &'static [&'static str]);

const GONE: Round = &[("rqdb-0", true), ("rqdb-3", false)];
const BACK: Round = &[("rqdb-0", true), ("rqdb-3", true)];
const SILENT: Round = &[];
const BELOW: Round = &[("rqdb-0", false), ("rqdb-1", false), ("rqdb-2", false), ("rqdb-3", true)];
const FOREIGN: Round = &[
    ("other-7", false),
    ("rqdb", false),
    ("rqdb-", false),
    ("rqdb7", false),
    ("rqdb-x7", false),
    ("rqdb-7x", false),
    ("rqdb-7-old", false),
    ("rqdb-old-7", false),
    ("rqdb-readers-7", false),
    ("my-rqdb-7", false),
];
/// One of each kind that stays, and then one that does not.
const ALL_KINDS: Round =
    &[("other-7", false), ("rqdb-7x", false), ("rqdb-0", false), ("rqdb-4", true), ("rqdb-3", false)];
const TWO: Round = &[("rqdb-3", false), ("rqdb-2", true), ("rqdb-4", false)];
const DIGITS: Round = &[("rqdb-1", false), ("rqdb-10", true), ("rqdb-0", true)];
const MORE_DIGITS: Round = &[("rqdb-1", true), ("rqdb-10", false), ("rqdb-0", true)];
const THREE: Round = &[("rqdb-3", false)];
const THIRTY: Round = &[("rqdb-30", false)];
const BOTH: Round = &[("rqdb-30", false), ("rqdb-3", false)];
const DASHES: Round = &[("my-db-2-3", false), ("my-db-2", false), ("my-db-2-2", false)];
const PATTERN: Round = &[("rqdb-7", false), ("r-7", false)];

const CASES: &[Case] = &[
    ("two_rounds_are_not_enough", ("rqdb", 3), &[GONE, GONE], &[]),
    ("after_three_rounds_it_is_removed", ("rqdb", 3), &[GONE, GONE, GONE], &["rqdb-3"]),
    ("what_answers_stays", ("rqdb", 3), &[BACK, BACK, BACK, BACK], &[]),
    ("an_answer_begins_the_count_anew", ("rqdb", 3), &[GONE, GONE, BACK, GONE, GONE], &[]),
    ("after_an_answer_three_rounds_count", ("rqdb", 3), &[GONE, BACK, GONE, GONE, GONE], &["rqdb-3"]),
    ("what_did_not_work_is_tried_again", ("rqdb", 3), &[GONE; 6], &["rqdb-3", "rqdb-3"]),
    ("it_is_not_tried_again_at_once", ("rqdb", 3), &[GONE; 5], &["rqdb-3"]),
    ("a_leader_that_is_silent_is_asked_again", ("rqdb", 3), &[SILENT, SILENT, GONE, GONE, GONE], &["rqdb-3"]),
    ("a_silent_round_is_none", ("rqdb", 3), &[GONE, SILENT, SILENT, GONE], &[]),
    ("below_the_replicas_nobody_is_removed", ("rqdb", 3), &[BELOW; 4], &[]),
    ("the_first_beyond_the_replicas_is_removed", ("rqdb", 2), &[BELOW; 3], &["rqdb-2"]),
    ("foreign_names_are_left_alone", ("rqdb", 0), &[FOREIGN; 4], &[]),
    ("who_stays_hides_nobody_behind_it", ("rqdb", 3), &[ALL_KINDS; 3], &["rqdb-3"]),
    ("two_go_at_once", ("rqdb", 3), &[TWO; 3], &["rqdb-3", "rqdb-4"]),
    ("one_is_not_ten", ("rqdb", 1), &[DIGITS; 3], &["rqdb-1"]),
    ("ten_is_not_one", ("rqdb", 1), &[MORE_DIGITS; 3], &["rqdb-10"]),
    ("ten_is_more_than_nine", ("rqdb", 9), &[MORE_DIGITS; 3], &["rqdb-10"]),
    ("three_is_counted_without_thirty", ("rqdb", 3), &[THREE, THREE, THIRTY], &[]),
    ("thirty_is_counted_without_three", ("rqdb", 3), &[THIRTY, THIRTY, THREE], &[]),
    ("who_is_removed_takes_no_count_along", ("rqdb", 3), &[THREE, THREE, BOTH, THIRTY, THIRTY], &["rqdb-3", "rqdb-30"]),
    ("a_name_has_dashes_and_digits", ("my-db-2", 3), &[DASHES; 3], &["my-db-2-3"]),
    ("a_name_is_no_pattern", ("r*", 3), &[PATTERN; 3], &[]),
];

pub fn tests() -> Vec<Test> {
    let cases = CASES.iter().map(|case| (case.0, test(move || removes(case))));
    let others = tests![
        it_asks_the_leader_and_tells_it_whom_to_remove,
        another_leader_is_asked_next,
        without_a_leader_nobody_is_asked,
        a_removal_that_fails_does_not_end_it,
        what_another_run_counted_is_forgotten,
        without_its_variables_it_ends,
    ];
    cases.chain(others).collect()
}

/// A pod of the Deployment, no member itself, beside ordinal 0 that leads.
fn pruner(name: &str, replicas: u32) -> Pod {
    let replicas = replicas.to_string();
    let pod = Pod::beside(name, &format!("{name}-prune-x")).follows(&format!("{name}-0"), &format!("{name}-0"));
    pod.variable("NAME", name).variable("REPLICAS", &replicas)
}

/// Runs `prune.sh` until it is told to stop: it never ends by itself.
fn prune(pod: &Pod) -> Run {
    let run = pod.run("prune.sh", &[]);
    assert_eq!(run.status.signal(), Some(Signal::TERM.as_raw()), "{run:?}");
    run
}

fn removes((_, (name, replicas), rounds, removed): &Case) {
    let leader = fqdn(&format!("{name}-0"));
    let mut pod = pruner(name, *replicas).rounds(rounds.len().try_into().unwrap());
    for (round, members) in (1..).zip(*rounds) {
        let answer = if members.is_empty() { String::new() } else { nodes(members, "rqdb-0") };
        pod = pod.says_after(round, &leader, NODES, &answer);
    }
    let run = prune(&pod);
    let commands: Vec<_> = removed.iter().map(|id| format!("15 rqlite -H {leader} -p 4001: .remove {id}")).collect();
    assert_eq!(run.commands(), commands);
    let said = |id| format!("prune.sh: removing {id}, which is beyond {replicas} replicas and does not answer");
    assert_eq!(run.out, removed.iter().map(said).collect::<Vec<_>>());
}

fn it_asks_the_leader_and_tells_it_whom_to_remove() {
    let (follower, leader) = (fqdn("rqdb-1"), fqdn("rqdb-2"));
    let pod = pruner("rqdb", 3).follows("rqdb-0", "").follows("rqdb-1", "rqdb-2").rounds(3);
    let run = prune(&pod.says(&leader, NODES, &nodes(GONE, "rqdb-2")));
    let asked = [&fqdn("rqdb-0"), &follower].map(|host| format!("2 wget -q -O - http://{host}:4001/{LEADER}"));
    let members = format!("10 wget -q -O - http://{leader}:4001/{NODES}");
    let round = ["sleep 2", &asked[0], &asked[1], &members];
    let removal = format!("15 rqlite -H {leader} -p 4001: .remove rqdb-3");
    assert_eq!(run.log, [&round[..], &round, &round, &[&removal, "sleep 2"]].concat());
}

fn another_leader_is_asked_next() {
    let pod = pruner("rqdb", 3).says(&fqdn("rqdb-0"), NODES, &nodes(GONE, "rqdb-0")).rounds(3);
    let pod = pod.follows_after(2, "rqdb-0", "rqdb-1").says(&fqdn("rqdb-1"), NODES, &nodes(GONE, "rqdb-1"));
    let removal = format!("15 rqlite -H {} -p 4001: .remove rqdb-3", fqdn("rqdb-1"));
    assert_eq!(prune(&pod).commands(), [removal]);
}

fn without_a_leader_nobody_is_asked() {
    let pod = pruner("rqdb", 3).follows("rqdb-0", "").says(&fqdn("rqdb-0"), NODES, &nodes(GONE, "")).rounds(4);
    let run = prune(&pod);
    assert!(!run.log.iter().any(|line| line.contains(NODES)) && run.commands().is_empty(), "{run:?}");
}

fn a_removal_that_fails_does_not_end_it() {
    let leader = fqdn("rqdb-0");
    let pod = pruner("rqdb", 3).rounds(6).says(&leader, NODES, &nodes(GONE, "rqdb-0"));
    let run = prune(&pod.says(&leader, ".remove rqdb-3", "ERR! no").says(&leader, ".remove rqdb-3.status", "143"));
    assert_eq!(run.commands().len(), 2);
    assert!(!run.out.concat().contains("ERR"));
}

fn what_another_run_counted_is_forgotten() {
    let pod = pruner("rqdb", 3).rounds(2).says(&fqdn("rqdb-0"), NODES, &nodes(GONE, "rqdb-0"));
    std::fs::write(pod.path("tmp/away"), "rqdb-3\nrqdb-3\n").unwrap();
    assert!(prune(&pod).commands().is_empty());
}

fn without_its_variables_it_ends() {
    for missing in ["NAME", "REPLICAS"] {
        let pod = Pod::beside("rqdb", "rqdb-prune-x").follows("rqdb-0", "rqdb-0").rounds(3);
        let mut pod = pod.says(&fqdn("rqdb-0"), NODES, &nodes(GONE, "rqdb-0"));
        for (name, value) in [("NAME", "rqdb"), ("REPLICAS", "3")] {
            pod = if name == missing { pod } else { pod.variable(name, value) };
        }
        let run = pod.run_with_complaints("prune.sh", &[]);
        assert_eq!(run.status.code(), Some(2), "{run:?}");
        assert!(pod.read("err").contains(missing));
        assert!(run.commands().is_empty());
    }
}
