//! When `alive.sh` wants its container restarted.

use std::fs::File;
use std::time::{Duration, SystemTime};

use crate::pod::{LEADER, Pod, fqdn, nodes};
use crate::{Test, test, tests};

const NODES: &str = "nodes?nonvoters&ver=2&timeout=1s";

/// A pod that answers, knows no leader and no longer tries to join; whom the others that answer count, and who leads, as
/// far as they know; whether it is alive.
type Case = (&'static str, &'static str, &'static [(&'static str, &'static [&'static str], &'static str)], bool);

const CASES: &[Case] = &[
    ("nobody_answers", "rqdb-1", &[], true),
    ("others_have_no_state", "rqdb-1", &[("rqdb-0", &[], ""), ("rqdb-2", &[], "")], true),
    ("others_have_no_leader", "rqdb-1", &[("rqdb-0", &["rqdb-0", "rqdb-2"], "")], true),
    ("others_count_it", "rqdb-1", &[("rqdb-0", &["rqdb-0", "rqdb-1"], "rqdb-0")], true),
    ("others_count_it_as_the_last", "rqdb-4", &[("rqdb-0", &["rqdb-0", "rqdb-1", "rqdb-4"], "rqdb-1")], true),
    ("a_leader_does_not_count_it", "rqdb-1", &[("rqdb-0", &["rqdb-0", "rqdb-2"], "rqdb-0")], false),
    ("a_follower_does_not_count_it", "rqdb-1", &[("rqdb-0", &["rqdb-0", "rqdb-2"], "rqdb-2")], false),
    ("the_last_voter_does_not_count_it", "rqdb-0", &[("rqdb-4", &["rqdb-3", "rqdb-4"], "rqdb-3")], false),
    ("who_has_no_vote_is_not_asked", "rqdb-0", &[("rqdb-5", &["rqdb-3", "rqdb-4"], "rqdb-3")], true),
    ("a_reader_asks_those_that_vote", "rqdb-readers-0", &[("rqdb-0", &["rqdb-0"], "rqdb-0")], false),
    ("a_reader_that_is_counted", "rqdb-readers-0", &[("rqdb-0", &["rqdb-0", "rqdb-readers-0"], "rqdb-0")], true),
    ("another_reader_is_another", "rqdb-readers-0", &[("rqdb-0", &["rqdb-0", "rqdb-readers-1"], "rqdb-0")], false),
    ("who_has_no_vote_asks_too", "rqdb-7", &[("rqdb-0", &["rqdb-0"], "rqdb-0")], false),
    ("what_it_says_itself_does_not_count", "rqdb-1", &[("rqdb-1", &["rqdb-0"], "rqdb-0")], true),
    (
        "one_that_counts_it_does_not_outweigh_another",
        "rqdb-1",
        &[("rqdb-0", &["rqdb-0", "rqdb-1"], "rqdb-0"), ("rqdb-2", &["rqdb-0", "rqdb-2"], "rqdb-0")],
        false,
    ),
    (
        "one_without_a_leader_does_not_outweigh_another",
        "rqdb-1",
        &[("rqdb-0", &["rqdb-0"], ""), ("rqdb-2", &["rqdb-0", "rqdb-2"], "rqdb-0")],
        false,
    ),
    ("who_begins_with_the_same_digit_is_another", "rqdb-1", &[("rqdb-0", &["rqdb-0", "rqdb-10"], "rqdb-0")], false),
    ("who_ends_with_the_same_name_is_another", "rqdb-1", &[("rqdb-0", &["rqdb-0", "my-rqdb-1"], "rqdb-0")], false),
    ("a_name_has_dashes_and_digits", "my-db-2-1", &[("my-db-2-0", &["my-db-2-0"], "my-db-2-0")], false),
];

pub fn tests() -> Vec<Test> {
    let cases = CASES.iter().map(|case| (case.0, test(move || is_alive(case))));
    let others = tests![
        a_node_that_does_not_answer_is_not_alive,
        a_node_that_waits_with_an_empty_disk_is_left_alone,
        a_node_that_tries_to_join_is_left_alone,
        a_node_that_tries_for_long_may_have_joined_and_been_dropped,
        a_node_that_knows_a_leader_has_joined,
        each_question_has_a_limit,
    ];
    cases.chain(others).collect()
}

/// A pod that answers and knows no leader.
fn leaderless(name: &str) -> Pod {
    let pod = Pod::new(name).says("127.0.0.1", "readyz?noleader", "[+]node ok");
    pod.says("127.0.0.1", LEADER, r#"{"addr":"","node_id":""}"#)
}

/// The same among others whose leader does not count it.
fn dropped() -> Pod {
    leaderless("rqdb-1").says(&fqdn("rqdb-0"), NODES, &nodes(&[("rqdb-0", true)], "rqdb-0"))
}

/// The exit code of `alive.sh`, which must be one of the two that mean something.
fn alive(pod: &Pod) -> bool {
    let run = pod.run("alive.sh", &[]);
    assert_eq!(run.out, [""; 0]);
    match run.status.code() {
        Some(0) => true,
        Some(1) => false,
        _ => panic!("{run:?}"),
    }
}

fn is_alive((_, name, others, expected): &Case) {
    let mut pod = leaderless(name);
    for (other, members, leader) in *others {
        let members: Vec<_> = members.iter().map(|&id| (id, true)).collect();
        pod = pod.says(&fqdn(other), NODES, &nodes(&members, leader));
    }
    assert_eq!(alive(&pod), *expected);
}

fn a_node_that_does_not_answer_is_not_alive() {
    assert!(!alive(&Pod::new("rqdb-1")));
    assert!(!alive(&Pod::new("rqdb-1").file("tmp/waiting/log").file("tmp/joining")));
}

fn a_node_that_waits_with_an_empty_disk_is_left_alone() {
    assert!(!alive(&dropped()));
    assert!(alive(&dropped().file("tmp/waiting/log")));
}

fn a_node_that_tries_to_join_is_left_alone() {
    let pod = dropped().file("tmp/joining");
    assert!(alive(&pod));
    assert!(pod.has("tmp/joining"), "it has not joined yet");
}

fn a_node_that_tries_for_long_may_have_joined_and_been_dropped() {
    for (seconds, expected) in [(50, true), (70, false)] {
        let pod = dropped().file("tmp/joining");
        let then = SystemTime::now() - Duration::from_secs(seconds);
        File::options().append(true).open(pod.path("tmp/joining")).unwrap().set_modified(then).unwrap();
        assert_eq!(alive(&pod), expected, "{seconds} s");
    }
}

fn a_node_that_knows_a_leader_has_joined() {
    let knows = |pod: Pod| pod.says("127.0.0.1", LEADER, r#"{"addr":"10.0.0.7:4002","node_id":"rqdb-0"}"#);
    let pod = knows(dropped().file("tmp/joining"));
    assert!(alive(&pod));
    assert!(!pod.has("tmp/joining"), "from now on it may be found to be dropped");
    assert!(alive(&knows(dropped())));
}

fn each_question_has_a_limit() {
    let run = leaderless("rqdb-1").cluster(1, 3).run("alive.sh", &[]);
    assert_eq!(
        run.log,
        [
            "2 wget -q -O - http://127.0.0.1:4001/readyz?noleader".to_owned(),
            format!("2 wget -q -O - http://127.0.0.1:4001/{LEADER}"),
            format!("2 wget -q -O - http://{}:4001/{NODES}", fqdn("rqdb-0")),
            format!("2 wget -q -O - http://{}:4001/{NODES}", fqdn("rqdb-2")),
        ]
    );
}
