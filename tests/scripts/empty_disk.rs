//! What `start.sh` does while its pod has no state: asks, waits behind a placeholder, and decides.

use std::fs;

use libtest_mimic::Completion;
use rustix::process::Signal;

use crate::pod::{CONFIGURATION, Pod, Run, fqdn, seeds};
use crate::start::{Way, expected, start};
use crate::{Test, test, tests};

const CONNECTED: &str = "Welcome to the rqlite CLI.\nConnected to http://rqdb:4001 running version v10.2.7\nbye~\n";
const REFUSED: &str = "Welcome to the rqlite CLI.\nConnected to http://rqdb:4001\nERR! server responded with: 503 Service Unavailable\nbye~\n";

/// What a node says when it is asked: nothing, that it has no state, or the members that it counts.
type Answers = &'static [(&'static str, &'static [&'static str])];

/// A pod, voters now and at most, what the others say at once, and what the pod becomes without waiting (`None`: it waits).
type Case = (&'static str, &'static str, (u32, u32), Answers, Option<Way>);

const FOUND: &[Case] = &[
    ("one_seed_founds_alone", "rqdb-0", (1, 1), &[], Some(Way::Founds(1))),
    ("one_seed_asks_other_voters_first", "rqdb-0", (1, 5), &[("rqdb-3", &[])], Some(Way::Founds(1))),
    ("two_seeds_found", "rqdb-0", (2, 5), &[("rqdb-1", &[])], Some(Way::Founds(2))),
    ("the_second_of_two_notifies", "rqdb-1", (2, 5), &[("rqdb-0", &[])], Some(Way::Notifies)),
    ("three_seeds_found", "rqdb-0", (3, 5), &[("rqdb-1", &[]), ("rqdb-2", &[])], Some(Way::Founds(3))),
    ("the_last_seed_notifies", "rqdb-2", (3, 5), &[("rqdb-0", &[]), ("rqdb-1", &[])], Some(Way::Notifies)),
    ("names_with_digits_found", "my-db-2-0", (2, 5), &[("my-db-2-1", &[])], Some(Way::Founds(2))),
    ("a_silent_seed_is_waited_for", "rqdb-0", (3, 5), &[("rqdb-1", &[])], None),
    ("the_last_silent_seed_is_waited_for", "rqdb-1", (3, 5), &[("rqdb-0", &[])], None),
    ("who_is_no_seed_stands_for_none", "rqdb-0", (3, 5), &[("rqdb-1", &[]), ("rqdb-3", &[]), ("rqdb-4", &[])], None),
    ("who_is_no_seed_does_not_count_itself", "rqdb-3", (3, 5), &[("rqdb-0", &[]), ("rqdb-1", &[])], None),
    (
        "who_is_no_seed_never_founds",
        "rqdb-3",
        (3, 5),
        &[("rqdb-0", &[]), ("rqdb-1", &[]), ("rqdb-2", &[]), ("rqdb-4", &[])],
        None,
    ),
    (
        "a_silent_voter_is_waited_for_because_it_may_have_state",
        "rqdb-0",
        (5, 5),
        &[("rqdb-1", &[]), ("rqdb-2", &[]), ("rqdb-3", &[])],
        None,
    ),
    (
        "without_state_in_any_voter_the_seeds_found",
        "rqdb-0",
        (5, 5),
        &[("rqdb-1", &[]), ("rqdb-2", &[]), ("rqdb-3", &[]), ("rqdb-4", &[])],
        Some(Way::Founds(3)),
    ),
    (
        "a_voter_that_is_no_seed_never_founds",
        "rqdb-4",
        (5, 5),
        &[("rqdb-0", &[]), ("rqdb-1", &[]), ("rqdb-2", &[]), ("rqdb-3", &[])],
        None,
    ),
    ("a_reader_waits_for_a_cluster", "rqdb-readers-0", (1, 1), &[("rqdb-0", &[])], None),
    (
        "readers_that_the_values_do_not_know_are_not_asked",
        "rqdb-0",
        (1, 1),
        &[("rqdb-readers-0", &["Nonvoter rqdb-readers-0"])],
        Some(Way::Founds(1)),
    ),
    (
        "state_anywhere_means_no_founding",
        "rqdb-0",
        (3, 5),
        &[("rqdb-1", &[]), ("rqdb-2", &[]), ("rqdb-4", &["rqdb-4"])],
        None,
    ),
];

/// Who has state, what two of their shells answer and with which status they end, and through whom the pod joins.
type Removal =
    (&'static str, Answers, &'static [(&'static str, &'static str, &'static str)], Option<Way>, &'static [u32]);

const REMOVALS: &[Removal] = &[
    (
        "the_first_one_with_state_removes_it",
        &[("rqdb-0", &["rqdb-0", "rqdb-1"]), ("rqdb-2", &["rqdb-1"])],
        &[("rqdb-0", CONNECTED, "0"), ("rqdb-2", CONNECTED, "0")],
        Some(Way::Joins(&[0, 2])),
        &[0],
    ),
    (
        "who_does_not_count_it_proves_the_same",
        &[("rqdb-3", &["rqdb-0", "rqdb-3"])],
        &[("rqdb-3", CONNECTED, "0")],
        Some(Way::Joins(&[3, 0, 2])),
        &[3],
    ),
    (
        "after_an_error_the_next_is_asked",
        &[("rqdb-0", &["rqdb-0"]), ("rqdb-2", &["rqdb-0"])],
        &[("rqdb-0", REFUSED, "0"), ("rqdb-2", CONNECTED, "0")],
        Some(Way::Joins(&[0, 2])),
        &[0, 2],
    ),
    (
        "a_shell_that_was_stopped_proves_nothing",
        &[("rqdb-0", &["rqdb-0"]), ("rqdb-2", &["rqdb-0"])],
        &[("rqdb-0", CONNECTED, "143"), ("rqdb-2", CONNECTED, "0")],
        Some(Way::Joins(&[0, 2])),
        &[0, 2],
    ),
    (
        "a_shell_that_was_never_connected_proves_nothing",
        &[("rqdb-0", &["rqdb-0"]), ("rqdb-2", &["rqdb-0"])],
        &[("rqdb-0", "Welcome to the rqlite CLI.\n", "0"), ("rqdb-2", CONNECTED, "0")],
        Some(Way::Joins(&[0, 2])),
        &[0, 2],
    ),
    ("without_a_quorum_it_waits", &[("rqdb-0", &["rqdb-1"])], &[("rqdb-0", REFUSED, "0")], None, &[0, 0]),
    (
        "a_silent_shell_is_no_proof",
        &[("rqdb-0", &["rqdb-1"]), ("rqdb-2", &["rqdb-1"])],
        &[("rqdb-2", CONNECTED, "143")],
        None,
        &[0, 2, 0, 2],
    ),
];

pub fn tests() -> Vec<Test> {
    let found = FOUND.iter().map(|case| (case.0, test(move || decides(case))));
    let removals = REMOVALS.iter().map(|case| (case.0, test(move || asks_for_its_removal(case))));
    let others = tests![
        a_seed_that_comes_late_is_the_last_to_found,
        who_is_no_seed_joins_what_the_seeds_have_founded,
        a_quorum_that_comes_back_lets_it_join,
        who_is_still_counted_by_another_cluster_waits,
        who_has_no_vote_joins_without_one,
        a_file_without_content_is_no_state,
        nothing_is_recovered_without_state,
        an_answer_that_is_no_configuration_is_none,
        the_placeholder_can_do_nothing,
        the_placeholder_is_gone_before_rqlited_starts,
        a_placeholder_that_does_not_start_is_heard,
        rqlited_is_the_process_that_the_shell_was,
        it_stops_at_once_when_it_is_told_to,
        what_another_run_left_is_no_hindrance,
        nobody_founds_beside_a_reader_with_data,
        a_reader_that_had_data_holds_a_founding_up_until_it_says_that_it_has_none,
        empty_and_silent_readers_hold_no_founding_up,
        variables_of_the_container_name_no_readers,
        each_change_is_said_once,
        only_who_joins_is_marked,
        flags_are_kept_and_not_said,
    ];
    let interrupted: Test =
        ("it_stops_at_once_when_it_is_interrupted", Box::new(it_stops_at_once_when_it_is_interrupted));
    found.chain(removals).chain(others).chain([interrupted]).collect()
}

fn pod(name: &str, (voters, max_voters): (u32, u32), others: Answers) -> Pod {
    others.iter().fold(Pod::new(name).cluster(voters, max_voters), |pod, (other, members)| pod.counts(other, members))
}

/// `rqdb-1` without state beside others without state.
fn second(others: Answers) -> Pod {
    pod("rqdb-1", (3, 5), others)
}

/// Runs `start.sh`, which must still wait when it is told to stop.
fn waits(pod: &Pod) -> Run {
    let run = pod.run("start.sh", &[]);
    assert!(run.status.success(), "{run:?}");
    assert!(pod.started("rqlited").is_none(), "{run:?}");
    assert!(pod.started("placeholder").unwrap().ended(), "the placeholder outlives the script");
    run
}

fn decides((_, name, cluster, others, way): &Case) {
    let pod = pod(name, *cluster, others).rounds(1);
    let Some(way) = way else {
        waits(&pod);
        return;
    };
    let (run, started) = start(&pod);
    assert_eq!(started.arguments, expected(&pod, name, seeds(cluster.0), way, &[]));
    assert!(!run.log.iter().any(|line| line.starts_with("sleep")), "{run:?}");
    assert_eq!(run.out.last().unwrap(), "start.sh: found");
}

fn asks_for_its_removal((_, others, shells, way, asked): &Removal) {
    let mut pod = second(others).rounds(1);
    for (other, answer, status) in *shells {
        pod = pod.says(&fqdn(other), ".remove rqdb-1", answer).says(&fqdn(other), ".remove rqdb-1.status", status);
    }
    let run = match way {
        None => waits(&pod),
        Some(way) => {
            let (run, started) = start(&pod);
            assert_eq!(started.arguments, expected(&pod, "rqdb-1", 3, way, &[]));
            assert_eq!(run.out.last().unwrap(), "start.sh: join");
            run
        }
    };
    let command = |ordinal| format!("15 rqlite -H {} -p 4001: .remove rqdb-1", fqdn(&format!("rqdb-{ordinal}")));
    assert_eq!(run.commands(), asked.iter().map(command).collect::<Vec<_>>());
}

fn a_seed_that_comes_late_is_the_last_to_found() {
    let pod = second(&[("rqdb-0", &[])]).rounds(3).counts_after(2, "rqdb-2", &[]);
    let (run, started) = start(&pod);
    assert_eq!(started.arguments, expected(&pod, "rqdb-1", 3, &Way::Notifies, &[]));
    assert_eq!(run.log.iter().filter(|line| *line == "sleep 1").count(), 2, "{run:?}");
}

fn who_is_no_seed_joins_what_the_seeds_have_founded() {
    let seeds: Answers = &[("rqdb-0", &[]), ("rqdb-1", &[]), ("rqdb-2", &[])];
    let pod = pod("rqdb-3", (3, 5), seeds).rounds(2).counts_after(1, "rqdb-1", &["rqdb-0", "rqdb-1", "rqdb-2"]);
    let pod = pod.says_after(1, &fqdn("rqdb-1"), ".remove rqdb-3", CONNECTED);
    assert_eq!(start(&pod).1.arguments, expected(&pod, "rqdb-3", 3, &Way::Joins(&[1, 0, 2]), &[]));
}

/// After a recovery by hand of `rqdb-0` alone: the other survivor would be elected by the empty ones.
fn who_is_still_counted_by_another_cluster_waits() {
    let others: Answers = &[("rqdb-0", &["rqdb-0", "rqdb-1"]), ("rqdb-2", &["rqdb-0", "rqdb-1", "rqdb-2"])];
    let apart = format!("answers/{}:4001/apart", fqdn("rqdb-2"));
    let pod = second(others).says(&fqdn("rqdb-0"), ".remove rqdb-1", CONNECTED).file(&apart).rounds(2);
    waits(&pod);
    // It restarts, and joins.
    let pod = second(others).says(&fqdn("rqdb-0"), ".remove rqdb-1", CONNECTED).file(&apart).rounds(3);
    let pod = pod.counts_after(2, "rqdb-2", &["rqdb-0", "rqdb-2"]);
    assert_eq!(start(&pod).1.arguments, expected(&pod, "rqdb-1", 3, &Way::Joins(&[0, 2]), &[]));
}

fn a_quorum_that_comes_back_lets_it_join() {
    let pod = second(&[("rqdb-0", &["rqdb-0", "rqdb-1"])]).rounds(3);
    let pod = pod.says(&fqdn("rqdb-0"), ".remove rqdb-1", REFUSED);
    let pod = pod.says_after(2, &fqdn("rqdb-0"), ".remove rqdb-1", CONNECTED);
    let (run, started) = start(&pod);
    assert_eq!(started.arguments, expected(&pod, "rqdb-1", 3, &Way::Joins(&[0, 2]), &[]));
    assert_eq!(run.commands().len(), 3);
}

fn who_has_no_vote_joins_without_one() {
    for name in ["rqdb-10", "rqdb-readers-0"] {
        let others: Answers = &[("rqdb-1", &["rqdb-1"])];
        let pod = pod(name, (3, 5), others).says(&fqdn("rqdb-1"), &format!(".remove {name}"), CONNECTED);
        assert_eq!(start(&pod).1.arguments, expected(&pod, name, 3, &Way::Reads(&[1, 0, 2]), &[]));
    }
}

/// The seven pods and two readers of a release whose voters all have empty disks.
fn founder_beside_readers() -> Pod {
    let voters: Answers = &[("rqdb-1", &[]), ("rqdb-2", &[]), ("rqdb-3", &[]), ("rqdb-4", &[])];
    pod("rqdb-0", (5, 5), voters).readers(7, 2)
}

fn nobody_founds_beside_a_reader_with_data() {
    for reader in ["rqdb-6", "rqdb-readers-1"] {
        let run = waits(&founder_beside_readers().counts(reader, &["rqdb-0", "Nonvoter rqdb-6"]).rounds(2));
        let said = format!("start.sh: no voter has data, but {} has: a person must decide", fqdn(reader));
        assert_eq!(run.out.iter().filter(|line| **line == said).count(), 1, "{run:?}");
    }
}

fn a_reader_that_had_data_holds_a_founding_up_until_it_says_that_it_has_none() {
    let reader = "rqdb-readers-1";
    let pod = || founder_beside_readers().counts(reader, &["rqdb-0", "Nonvoter rqdb-6"]);
    waits(&pod().says_after(1, &fqdn(reader), CONFIGURATION, "").rounds(3));
    let pod = pod().counts_after(1, reader, &[]).rounds(2);
    assert_eq!(start(&pod).1.arguments, expected(&pod, "rqdb-0", 3, &Way::Founds(3), &[]));
}

fn empty_and_silent_readers_hold_no_founding_up() {
    let pod = founder_beside_readers().counts("rqdb-5", &[]).counts("rqdb-readers-0", &[]);
    assert_eq!(start(&pod).1.arguments, expected(&pod, "rqdb-0", 3, &Way::Founds(3), &[]));
}

fn variables_of_the_container_name_no_readers() {
    let reader = "rqdb-readers-0";
    let pod = second(&[("rqdb-0", &[]), ("rqdb-2", &[])]).counts("rqdb-5", &["rqdb-5"]).counts(reader, &["rqdb-5"]);
    let pod = pod.variable("REPLICAS", "6").variable("READERS", "1").variable("READER_SET", "rqdb-readers");
    let pod = pod.variable("READER_HEADLESS", "rqdb-readers-headless").rounds(1);
    assert_eq!(start(&pod).1.arguments, expected(&pod, "rqdb-1", 3, &Way::Notifies, &[]));
}

fn a_file_without_content_is_no_state() {
    waits(&second(&[("rqdb-0", &[])]).file("data/raft.db"));
}

fn nothing_is_recovered_without_state() {
    waits(&second(&[("rqdb-0", &[])]).file("data/raft/peers.json"));
}

fn an_answer_that_is_no_configuration_is_none() {
    let pod = second(&[("rqdb-0", &[])]).says(&fqdn("rqdb-2"), CONFIGURATION, "<html>not yet</html>");
    assert_eq!(waits(&pod).commands(), [""; 0]);
}

fn the_placeholder_can_do_nothing() {
    let pod = second(&[]);
    let run = waits(&pod);
    let placeholder = pod.started("placeholder").unwrap();
    assert_ne!(placeholder.pid, run.pid);
    assert_eq!(placeholder.finds, ["the folder of the placeholder"]);
    assert_eq!(
        placeholder.arguments,
        [
            "-node-id=rqdb-1-waiting",
            "-http-addr=0.0.0.0:4001",
            &format!("-http-adv-addr={}:4001", fqdn("rqdb-1")),
            "-raft-addr=127.0.0.1:4002",
            "-join=127.0.0.1:4002",
            "-bootstrap-expect=99",
            "-bootstrap-expect-timeout=87600h",
            pod.path("tmp/waiting/data").to_str().unwrap(),
        ]
    );
}

fn the_placeholder_is_gone_before_rqlited_starts() {
    let (_, started) = start(&second(&[("rqdb-0", &[]), ("rqdb-2", &[])]));
    assert_eq!(started.finds, [""; 0]);
}

fn a_placeholder_that_does_not_start_is_heard() {
    let pod = second(&[("rqdb-0", &[])]).text("placeholder.complaint", "fatal: no such CA\n").rounds(500);
    let run = pod.run_with_complaints("start.sh", &[]);
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    assert_eq!(pod.read("err"), "start.sh: rqlited does not start here:\nfatal: no such CA\n");
    assert!(pod.started("rqlited").is_none(), "{run:?}");
}

fn rqlited_is_the_process_that_the_shell_was() {
    let (run, started) = start(&second(&[("rqdb-0", &[]), ("rqdb-2", &[])]));
    assert_eq!(started.pid, run.pid);
}

fn it_stops_at_once_when_it_is_told_to() {
    stops_at(&second(&[]));
}

fn it_stops_at_once_when_it_is_interrupted() -> Completion {
    // A shell cannot trap what was ignored when it started; a shell's background jobs start like that.
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or_default();
    if u64::from_str_radix(ignored.trim(), 16).is_ok_and(|signals| signals >> (Signal::INT.as_raw() - 1) & 1 == 1) {
        return Completion::ignored_with("skipped: run it in the foreground, where SIGINT is not ignored");
    }
    stops_at(&second(&[]).stopped_by("INT"));
    Completion::Completed
}

fn stops_at(pod: &Pod) {
    let run = waits(pod);
    assert_eq!(run.log.last().unwrap(), "sleep 1");
    assert_eq!(run.log.iter().filter(|line| *line == "sleep 1").count(), 1);
}

fn what_another_run_left_is_no_hindrance() {
    let pod = second(&[("rqdb-0", &[]), ("rqdb-2", &[])]).file("tmp/waiting/data/raft.db").file("tmp/joining");
    assert_eq!(start(&pod).1.finds, [""; 0]);
    let pod = second(&[]).file("tmp/waiting/data/raft.db");
    waits(&pod);
    assert!(!pod.has("tmp/waiting/data/raft.db"), "the placeholder would be a member of something");
}

fn each_change_is_said_once() {
    let pod = second(&[]).rounds(5).counts_after(1, "rqdb-0", &[]);
    let pod = pod.counts_after(3, "rqdb-2", &["rqdb-2"]).counts_after(3, "rqdb-3", &["rqdb-2"]);
    let pod = pod.says_after(5, &fqdn("rqdb-3"), ".remove rqdb-1", CONNECTED);
    let begin = "start.sh: no data here; nodes with data:";
    assert_eq!(
        start(&pod).0.out,
        [
            format!("{begin} none; voters without: 1 of 3"),
            format!("{begin} none; voters without: 2 of 3"),
            format!("{begin} {} {}; voters without: 2 of 3", fqdn("rqdb-2"), fqdn("rqdb-3")),
            "start.sh: join".to_owned(),
        ]
    );
}

fn only_who_joins_is_marked() {
    let pod = second(&[("rqdb-0", &["rqdb-0"])]).says(&fqdn("rqdb-0"), ".remove rqdb-1", CONNECTED);
    assert_eq!(start(&pod).1.finds, ["the mark of joining"]);
    let pod = second(&[("rqdb-0", &[]), ("rqdb-2", &[])]);
    assert_eq!(start(&pod).1.finds, [""; 0]);
}

fn flags_are_kept_and_not_said() {
    let flags = ["-http-allow-origin=two words and s3cret", "-fk"];
    let pod = second(&[("rqdb-0", &["rqdb-0"])]).says(&fqdn("rqdb-0"), ".remove rqdb-1", CONNECTED);
    let run = pod.run("start.sh", &flags);
    let started = pod.started("rqlited").unwrap();
    assert_eq!(started.arguments, expected(&pod, "rqdb-1", 3, &Way::Joins(&[0, 2]), &flags));
    assert!(!run.out.concat().contains("s3cret"));
    assert!(!pod.started("placeholder").unwrap().arguments.concat().contains("s3cret"));
}
