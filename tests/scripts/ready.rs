//! When `ready.sh` calls its pod Ready.

use crate::pod::{CONFIGURATION, Pod, fqdn};
use crate::{Test, test, tests};

/// A pod that answers and knows no leader; voters now and at most; the members that each answering node counts, its own
/// answer among them; whether it is Ready.
type Case = (&'static str, &'static str, (u32, u32), &'static [(&'static str, &'static [&'static str])], bool);

const ONE: &[&str] = &["rqdb-0"];
const TWO: &[&str] = &["rqdb-0", "rqdb-1"];
const THREE: &[&str] = &["rqdb-0", "rqdb-1", "rqdb-2"];
const LAST: &[&str] = &["rqdb-1", "rqdb-2"];
const FOUR: &[&str] = &["rqdb-0", "rqdb-1", "rqdb-2", "rqdb-3"];
const FIVE: &[&str] = &["rqdb-0", "rqdb-1", "rqdb-2", "rqdb-3", "rqdb-4"];
const READERS: &[&str] = &["rqdb-0", "rqdb-1", "rqdb-2", "Nonvoter rqdb-3", "Nonvoter rqdb-4"];

/// Eleven voters, as the first of them counts them.
const ELEVEN: &[&str] =
    &["rqdb-0", "rqdb-1", "rqdb-2", "rqdb-3", "rqdb-4", "rqdb-5", "rqdb-6", "rqdb-7", "rqdb-8", "rqdb-9", "rqdb-10"];

const CASES: &[Case] = &[
    // A new cluster needs all voters.
    ("the_first_seed_lets_the_second_start", "rqdb-0", (3, 5), &[("rqdb-0", &[])], true),
    ("the_second_seed_lets_the_third_start", "rqdb-1", (3, 5), &[("rqdb-0", &[]), ("rqdb-1", &[])], true),
    ("a_later_seed_is_missing_but_not_the_next", "rqdb-0", (3, 5), &[("rqdb-0", &[]), ("rqdb-1", &[])], true),
    (
        "all_seeds_are_there_and_nobody_leads",
        "rqdb-0",
        (3, 5),
        &[("rqdb-0", &[]), ("rqdb-1", &[]), ("rqdb-2", &[])],
        false,
    ),
    (
        "the_last_seed_lets_a_voter_start_that_may_have_state",
        "rqdb-2",
        (5, 5),
        &[("rqdb-0", &[]), ("rqdb-1", &[]), ("rqdb-2", &[])],
        true,
    ),
    (
        "all_voters_are_there_and_nobody_leads",
        "rqdb-3",
        (5, 5),
        &[("rqdb-0", &[]), ("rqdb-1", &[]), ("rqdb-2", &[]), ("rqdb-3", &[]), ("rqdb-4", &[])],
        false,
    ),
    ("only_an_earlier_seed_is_missing", "rqdb-2", (3, 5), &[("rqdb-1", &[]), ("rqdb-2", &[])], false),
    ("only_a_seed_long_before_is_missing", "rqdb-2", (3, 5), &[("rqdb-0", &[]), ("rqdb-2", &[])], false),
    ("one_seed_waits_for_nobody", "rqdb-0", (1, 5), &[("rqdb-0", &[])], false),
    ("the_last_of_two_seeds_waits_for_nobody", "rqdb-1", (2, 5), &[("rqdb-1", &[])], false),
    ("who_is_no_seed_waits_for_nobody", "rqdb-3", (3, 5), &[("rqdb-3", &[])], false),
    ("a_node_that_hears_nobody_not_even_itself_lets_the_next_start", "rqdb-0", (3, 5), &[], true),
    // One that starts again needs a majority of its voters.
    ("one_of_two_is_too_few", "rqdb-0", (1, 5), &[("rqdb-0", TWO)], true),
    ("one_of_three_is_too_few", "rqdb-0", (3, 5), &[("rqdb-0", THREE)], true),
    ("two_of_three_are_enough", "rqdb-0", (3, 5), &[("rqdb-0", THREE), ("rqdb-1", THREE)], false),
    ("two_of_four_are_too_few", "rqdb-0", (3, 5), &[("rqdb-0", FOUR), ("rqdb-1", FOUR)], true),
    ("two_of_five_are_too_few", "rqdb-1", (3, 5), &[("rqdb-0", FIVE), ("rqdb-1", FIVE)], true),
    ("three_of_five_are_enough", "rqdb-2", (3, 5), &[("rqdb-0", FIVE), ("rqdb-1", FIVE), ("rqdb-2", FIVE)], false),
    ("a_single_node_is_enough", "rqdb-0", (1, 5), &[("rqdb-0", ONE)], false),
    ("only_earlier_voters_are_missing", "rqdb-4", (3, 5), &[("rqdb-3", FIVE), ("rqdb-4", FIVE)], false),
    ("the_last_voter_alone_waits_for_nobody", "rqdb-2", (3, 5), &[("rqdb-2", THREE)], false),
    ("the_last_but_one_alone_waits_for_the_last", "rqdb-1", (3, 5), &[("rqdb-1", THREE)], true),
    ("who_has_no_vote_is_not_waited_for", "rqdb-2", (3, 5), &[("rqdb-2", READERS)], false),
    ("who_has_no_vote_makes_no_majority", "rqdb-1", (3, 5), &[("rqdb-0", READERS), ("rqdb-1", READERS)], false),
    (
        "a_disk_that_was_lost_makes_no_majority",
        "rqdb-1",
        (3, 5),
        &[("rqdb-0", &[]), ("rqdb-1", FIVE), ("rqdb-2", FIVE)],
        true,
    ),
    ("a_later_voter_without_state_is_there", "rqdb-3", (3, 5), &[("rqdb-3", FIVE), ("rqdb-4", &[])], false),
    ("who_has_lost_its_disk_waits_like_the_others", "rqdb-1", (3, 5), &[("rqdb-0", FIVE), ("rqdb-1", &[])], true),
    // The others may know more of the cluster, or less.
    ("the_first_counts_more_voters", "rqdb-1", (3, 5), &[("rqdb-0", FIVE), ("rqdb-1", THREE)], true),
    ("the_last_counts_more_voters", "rqdb-1", (3, 5), &[("rqdb-0", ONE), ("rqdb-1", FIVE)], true),
    // Who was dropped while it was away still counts itself: that is no majority of those that are left.
    ("of_two_that_are_left_both_are_needed", "rqdb-1", (3, 5), &[("rqdb-0", THREE), ("rqdb-1", LAST)], true),
    ("who_was_dropped_lets_one_of_the_others_start", "rqdb-0", (3, 5), &[("rqdb-0", THREE), ("rqdb-2", LAST)], true),
    (
        "the_last_of_two_that_are_left",
        "rqdb-2",
        (3, 5),
        &[("rqdb-0", THREE), ("rqdb-1", LAST), ("rqdb-2", LAST)],
        false,
    ),
    (
        "the_second_digit_matters",
        "rqdb-0",
        (3, 11),
        &[
            ("rqdb-0", ELEVEN),
            ("rqdb-2", &[]),
            ("rqdb-3", &[]),
            ("rqdb-4", &[]),
            ("rqdb-5", &[]),
            ("rqdb-6", &[]),
            ("rqdb-7", &[]),
            ("rqdb-8", &[]),
            ("rqdb-9", &[]),
            ("rqdb-10", &[]),
        ],
        true,
    ),
    ("beyond_the_voters_nobody_is_asked", "rqdb-0", (3, 5), &[("rqdb-0", THREE), ("rqdb-5", THREE)], true),
    (
        "a_name_has_dashes_and_digits",
        "my-db-2-0",
        (3, 5),
        &[("my-db-2-0", &["my-db-2-0", "my-db-2-1", "my-db-2-2"])],
        true,
    ),
];

pub fn tests() -> Vec<Test> {
    let cases = CASES.iter().map(|case| (case.0, test(move || is_ready(case))));
    cases
        .chain(tests![
            a_leader_and_all_rows_suffice,
            in_parallel_only_a_leader_and_all_rows_suffice,
            to_answer_is_enough_where_that_is_asked,
            a_node_that_does_not_answer_is_not_ready,
            each_question_has_a_limit
        ])
        .collect()
}

/// A pod that answers.
fn answering(name: &str) -> Pod {
    Pod::new(name).says("127.0.0.1", "readyz?noleader", "[+]node ok")
}

/// The exit code of `ready.sh`, which must be one of the two that mean something.
fn ready(pod: &Pod) -> bool {
    let run = pod.run("ready.sh", &[]);
    assert_eq!(run.out, [""; 0]);
    match run.status.code() {
        Some(0) => true,
        Some(1) => false,
        _ => panic!("{run:?}"),
    }
}

fn is_ready((_, name, (voters, max_voters), answers, expected): &Case) {
    let pod = answering(name).cluster(*voters, *max_voters);
    let pod = answers.iter().fold(pod, |pod, (other, members)| pod.counts(other, members));
    assert_eq!(ready(&pod), *expected);
}

fn a_leader_and_all_rows_suffice() {
    let synced = Pod::new("rqdb-2").says("127.0.0.1", "readyz?sync&timeout=3s", "[+]sync ok");
    assert!(ready(&synced));
}

fn ends_with(pod: &Pod, word: &str) -> Option<i32> {
    pod.run("ready.sh", &[word]).status.code()
}

fn in_parallel_only_a_leader_and_all_rows_suffice() {
    // Ordered, it would be Ready so that the next one starts.
    assert_eq!(ends_with(&answering("rqdb-0"), "synced"), Some(1));
    let synced = Pod::new("rqdb-0").says("127.0.0.1", "readyz?sync&timeout=3s", "[+]sync ok");
    assert_eq!(ends_with(&synced, "synced"), Some(0));
}

fn to_answer_is_enough_where_that_is_asked() {
    assert_eq!(ends_with(&answering("rqdb-2"), "answers"), Some(0));
    assert_eq!(ends_with(&Pod::new("rqdb-2"), "answers"), Some(1));
}

fn a_node_that_does_not_answer_is_not_ready() {
    // Although it would be if it did.
    let others = Pod::new("rqdb-0").counts("rqdb-0", THREE);
    assert!(!ready(&others));
}

fn each_question_has_a_limit() {
    let run = answering("rqdb-1").cluster(1, 2).run("ready.sh", &[]);
    assert_eq!(
        run.log,
        [
            "4 wget -q -O - http://127.0.0.1:4001/readyz?sync&timeout=3s".to_owned(),
            "2 wget -q -O - http://127.0.0.1:4001/readyz?noleader".to_owned(),
            format!("2 wget -q -O - http://{}:4001/{CONFIGURATION}", fqdn("rqdb-0")),
            format!("2 wget -q -O - http://{}:4001/{CONFIGURATION}", fqdn("rqdb-1")),
        ]
    );
}
