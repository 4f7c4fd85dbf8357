//! How `start.sh` starts rqlited: the role of each ordinal. What it does on an empty disk before that: [`crate::empty_disk`].

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::pod::{CONFIGURATION, DOMAIN, LEADER, Pod, Run, Started, fqdn, seeds, voters};
use crate::{Test, test, tests};

/// The ways into a cluster.
#[derive(Debug, Clone)]
pub enum Way {
    /// Leads first, when this many seeds are there.
    Founds(u32),
    /// A voter that never founds.
    Notifies,
    /// Through these ordinals, in this order.
    Joins(&'static [u32]),
    /// The same, without a vote.
    Reads(&'static [u32]),
    /// Without a vote, and as the file peers.json says.
    Recovers,
}

/// How rqlited is started in the pod `name`, in a cluster of `seeds`.
pub fn expected(pod: &Pod, name: &str, seeds: u32, way: &Way, extra: &[&str]) -> Vec<String> {
    let (base, fqdn) = (voters(name), fqdn(name));
    let addresses = |ordinals: &mut dyn Iterator<Item = u32>| {
        let addresses: Vec<_> = ordinals.map(|ordinal| format!("{base}-{ordinal}.{DOMAIN}:4002")).collect();
        format!("-join={}", addresses.join(","))
    };
    let expect = |nodes| {
        let expect = format!("-bootstrap-expect={nodes}");
        vec![addresses(&mut (0..seeds)), expect, "-bootstrap-expect-timeout=87600h".to_owned()]
    };
    let join = |through: &[u32]| {
        let join = addresses(&mut through.iter().copied());
        vec![join, "-join-attempts=600".to_owned(), "-join-interval=1s".to_owned()]
    };
    let role = match way {
        Way::Founds(nodes) => expect(*nodes),
        Way::Notifies => expect(99),
        Way::Joins(through) => join(through),
        Way::Recovers => vec!["-raft-non-voter".to_owned()],
        Way::Reads(through) => [vec!["-raft-non-voter".to_owned()], join(through)].concat(),
    };
    let mut arguments = vec![
        format!("-node-id={name}"),
        "-http-addr=0.0.0.0:4001".to_owned(),
        format!("-http-adv-addr={fqdn}:4001"),
        "-raft-addr=0.0.0.0:4002".to_owned(),
        format!("-raft-adv-addr={fqdn}:4002"),
    ];
    arguments.extend(role);
    arguments.extend(extra.iter().map(|&argument| argument.to_owned()));
    arguments.push(pod.path("data").to_str().unwrap().to_owned());
    arguments
}

/// Runs `start.sh`, which must end as rqlited.
pub fn start(pod: &Pod) -> (Run, Started) {
    let run = pod.run("start.sh", &[]);
    assert!(run.status.success(), "{run:?}");
    let started = pod.started("rqlited").unwrap_or_else(|| panic!("no rqlited: {run:?}"));
    (run, started)
}

/// A pod whose disk has state; the cluster's voters now and at most; what others count as members; what becomes of it.
type Role = (&'static str, &'static str, (u32, u32), &'static [(&'static str, &'static [&'static str])], Way);

const SILENT: &[(&str, &[&str])] = &[];

const ROLES: &[Role] = &[
    ("the_first_pod_founds", "rqdb-0", (3, 5), SILENT, Way::Founds(3)),
    ("one_seed_founds_alone", "rqdb-0", (1, 1), SILENT, Way::Founds(1)),
    ("the_first_of_two_seeds_expects_both", "rqdb-0", (2, 5), SILENT, Way::Founds(2)),
    ("another_seed_never_founds", "rqdb-1", (3, 5), SILENT, Way::Notifies),
    ("the_last_seed_never_founds", "rqdb-2", (3, 5), SILENT, Way::Notifies),
    ("the_second_of_two_seeds_never_founds", "rqdb-1", (2, 5), SILENT, Way::Notifies),
    ("a_voter_that_is_no_seed_never_founds", "rqdb-3", (3, 5), SILENT, Way::Notifies),
    ("beside_one_seed_the_second_pod_never_founds", "rqdb-1", (1, 5), SILENT, Way::Notifies),
    ("the_last_voter_votes", "rqdb-4", (3, 5), SILENT, Way::Notifies),
    ("beyond_the_voters_nobody_votes", "rqdb-5", (3, 5), SILENT, Way::Reads(&[0, 1, 2])),
    ("an_ordinal_has_two_digits", "rqdb-10", (3, 11), SILENT, Way::Notifies),
    ("an_ordinal_with_two_digits_is_a_number", "rqdb-10", (3, 9), SILENT, Way::Reads(&[0, 1, 2])),
    ("a_name_has_dashes_and_digits", "my-db-2-0", (3, 5), SILENT, Way::Founds(3)),
    ("a_name_ends_like_an_ordinal", "my-db-2-1", (3, 5), SILENT, Way::Notifies),
    ("a_founder_that_is_counted_is_a_member", "rqdb-0", (3, 5), &[("rqdb-1", &["rqdb-0", "rqdb-1"])], Way::Founds(3)),
    ("a_seed_that_is_counted_is_a_member", "rqdb-1", (3, 5), &[("rqdb-0", &["rqdb-0", "rqdb-1"])], Way::Notifies),
    ("a_seed_that_is_counted_last_is_a_member", "rqdb-1", (3, 5), &[("rqdb-2", &["rqdb-1"])], Way::Notifies),
    ("those_without_state_drop_nobody", "rqdb-1", (3, 5), &[("rqdb-0", &[]), ("rqdb-2", &[])], Way::Notifies),
    ("a_founder_that_was_dropped_joins", "rqdb-0", (3, 5), &[("rqdb-1", &["rqdb-1", "rqdb-2"])], Way::Joins(&[1, 2])),
    ("a_seed_that_was_dropped_joins", "rqdb-1", (3, 5), &[("rqdb-0", &["rqdb-0", "rqdb-2"])], Way::Joins(&[0, 2])),
    ("those_that_answer_come_first", "rqdb-1", (3, 5), &[("rqdb-2", &["rqdb-0", "rqdb-2"])], Way::Joins(&[2, 0])),
    ("voters_that_are_no_seeds_count_too", "rqdb-1", (3, 5), &[("rqdb-4", &["rqdb-4"])], Way::Joins(&[4, 0, 2])),
    (
        "one_that_does_not_count_it_is_enough",
        "rqdb-1",
        (3, 5),
        &[("rqdb-0", &["rqdb-0"]), ("rqdb-2", &["rqdb-0", "rqdb-1"])],
        Way::Joins(&[0, 2]),
    ),
    (
        "one_that_still_counts_it_is_asked_too",
        "rqdb-1",
        (3, 5),
        &[("rqdb-2", &["rqdb-1", "rqdb-2"]), ("rqdb-3", &["rqdb-3"])],
        Way::Joins(&[2, 3, 0]),
    ),
    ("who_begins_with_the_same_digit_is_another", "rqdb-1", (3, 5), &[("rqdb-0", &["rqdb-10"])], Way::Joins(&[0, 2])),
    ("who_ends_with_the_same_digit_is_another", "rqdb-0", (3, 5), &[("rqdb-1", &["rqdb-10"])], Way::Joins(&[1, 2])),
    ("who_ends_with_the_same_name_is_another", "rqdb-1", (3, 5), &[("rqdb-0", &["my-rqdb-1"])], Way::Joins(&[0, 2])),
    ("a_member_that_is_no_seed_is_one", "rqdb-3", (3, 5), &[("rqdb-4", &["rqdb-3", "rqdb-4"])], Way::Notifies),
    (
        "who_is_no_seed_and_was_dropped_joins",
        "rqdb-3",
        (3, 5),
        &[("rqdb-4", &["rqdb-4"]), ("rqdb-1", &["rqdb-3", "rqdb-4"])],
        Way::Joins(&[1, 4, 0, 2]),
    ),
    ("who_has_no_vote_joins_again", "rqdb-5", (3, 5), &[("rqdb-4", &["rqdb-5"])], Way::Reads(&[4, 0, 1, 2])),
    ("a_reader_of_the_pool_never_votes", "rqdb-readers-0", (3, 5), SILENT, Way::Reads(&[0, 1, 2])),
    ("beside_one_voter_a_reader_never_founds", "rqdb-readers-0", (1, 1), SILENT, Way::Reads(&[0])),
    (
        "a_reader_asks_those_that_vote_and_joins_again",
        "rqdb-readers-2",
        (3, 5),
        &[("rqdb-2", &["rqdb-2", "Nonvoter rqdb-readers-2"]), ("rqdb-readers-0", &["rqdb-0"])],
        Way::Reads(&[2, 0, 1]),
    ),
    ("addresses_are_compared_whole", "rqdb-3", (2, 12), &[("rqdb-11", &["rqdb-2"])], Way::Joins(&[11, 0, 1])),
    ("who_has_no_vote_is_not_asked", "rqdb-1", (3, 5), &[("rqdb-5", &["rqdb-5"])], Way::Notifies),
];

pub fn tests() -> Vec<Test> {
    let roles = ROLES.iter().map(|role| (role.0, test(move || becomes(role))));
    let others = tests![
        flags_stay_as_they_are_and_in_their_order,
        another_address_may_be_advertised,
        only_voters_send_changes,
        an_endpoint_from_a_secret_is_put_into_the_file,
        rqlited_is_the_process_that_the_shell_was,
        rqlited_finds_the_environment_of_the_container,
        every_voter_is_asked_once_and_in_order,
        only_what_waits_to_join_is_marked,
        what_another_run_left_is_cleared,
        a_recovery_by_hand_clears_what_spoils_it,
        a_recovery_by_hand_asks_nobody_who_is_a_member,
        a_recovery_by_values_makes_the_survivor_the_only_member,
        a_disk_recovers_once_for_each_attempt,
        who_is_not_the_survivor_does_not_recover,
        nobody_recovers_beside_a_leader,
        a_survivor_without_state_never_recovers,
        variables_of_the_container_recover_nobody,
        without_a_recovery_nothing_is_cleared,
        who_does_not_know_its_place_does_not_start,
    ];
    roles.chain(others).collect()
}

fn becomes((_, name, (voters, max_voters), others, way): &Role) {
    let mut pod = Pod::new(name).cluster(*voters, *max_voters).with_state();
    for (other, members) in *others {
        pod = pod.counts(other, members);
    }
    let (run, started) = start(&pod);
    assert_eq!(started.arguments, expected(&pod, name, seeds(*voters), way, &[]));
    assert_eq!(run.out, [""; 0], "with state there is nothing to say");
    assert!(run.commands().is_empty(), "a member is never removed by itself: {run:?}");
    assert!(pod.started("placeholder").is_none());
}

fn flags_stay_as_they_are_and_in_their_order() {
    const FLAGS: &[&str] = &["-b=2", "-a=one two  three", "", "*", "$HOME `id` \\n", "-join=\"x\"", "-b=2"];
    for (name, way) in [("rqdb-0", Way::Founds(3)), ("rqdb-1", Way::Notifies), ("rqdb-7", Way::Reads(&[0, 1, 2]))] {
        let pod = Pod::new(name).with_state();
        pod.run("start.sh", FLAGS);
        assert_eq!(pod.started("rqlited").unwrap().arguments, expected(&pod, name, 3, &way, FLAGS));
    }
}

fn another_address_may_be_advertised() {
    let pod = Pod::new("my-db-2-1").with_state();
    pod.run("start.sh", &["-a=1", "-http-adv-addr={pod}.db{ordinal}.example.com:300{ordinal}", "-b=2"]);
    let arguments = pod.started("rqlited").unwrap().arguments;
    let advertised: Vec<_> = arguments.iter().filter(|argument| argument.starts_with("-http-adv-addr")).collect();
    assert_eq!(advertised, ["-http-adv-addr=my-db-2-1.db1.example.com:3001"]);
    assert_eq!(arguments[arguments.len() - 3..arguments.len() - 1], ["-a=1", "-b=2"]);
}

fn only_voters_send_changes() {
    for (name, sends) in [("rqdb-0", true), ("rqdb-4", true), ("rqdb-5", false)] {
        let pod = Pod::new(name).with_state();
        pod.run("start.sh", &["-a=1", "-cdc-config=/etc/rqlite-cdc/cdc.json", "-b=2"]);
        let arguments = pod.started("rqlited").unwrap().arguments;
        assert_eq!(
            arguments.contains(&"-cdc-config=/etc/rqlite-cdc/cdc.json".to_owned()),
            sends,
            "{name}: {arguments:?}"
        );
        assert!(arguments.contains(&"-a=1".to_owned()) && arguments.contains(&"-b=2".to_owned()), "{name}");
    }
}

fn an_endpoint_from_a_secret_is_put_into_the_file() {
    let endpoint = r#"https://me:p"w\x@example.com/a b"#;
    let pod = Pod::new("rqdb-1").with_state().text("etc/rqlite-cdc-endpoint/endpoint", endpoint);
    let pod = pod.text("cdc.json", "{\n  \"max_batch_size\": 5\n}\n");
    pod.run("start.sh", &[&format!("-cdc-config={}", pod.path("cdc.json").display())]);
    let arguments = pod.started("rqlited").unwrap().arguments;
    let made = pod.path("tmp/cdc.json");
    assert!(arguments.contains(&format!("-cdc-config={}", made.display())), "{arguments:?}");
    let config: serde_json::Value = serde_json::from_str(&fs::read_to_string(&made).unwrap()).unwrap();
    assert_eq!(config, serde_json::json!({ "endpoint": endpoint, "max_batch_size": 5 }));
    assert_eq!(fs::metadata(&made).unwrap().permissions().mode() & 0o77, 0, "others may read it");
}

fn rqlited_is_the_process_that_the_shell_was() {
    let (run, started) = start(&Pod::new("rqdb-1").with_state());
    assert_eq!(started.pid, run.pid);
}

fn rqlited_finds_the_environment_of_the_container() {
    let pod = Pod::new("rqdb-1").with_state().variable("GOMEMLIMIT", "300MiB").variable("TEXT", "two words");
    let (_, started) = start(&pod);
    assert!(started.environment.contains(&"GOMEMLIMIT=300MiB".to_owned()), "{started:?}");
    assert!(started.environment.contains(&"TEXT=two words".to_owned()), "{started:?}");
    let added: Vec<_> = (started.environment.iter())
        .filter_map(|line| line.split_once('=').map(|(name, _)| name))
        .filter(|name| !["GOMEMLIMIT", "TEXT", "PATH", "STAGE", "PWD", "OLDPWD", "SHLVL", "_"].contains(name))
        .collect();
    assert_eq!(added, [""; 0]);
}

fn every_voter_is_asked_once_and_in_order() {
    for (name, asked) in [
        ("rqdb-0", vec![1, 2, 3, 4]),
        ("rqdb-3", vec![0, 1, 2, 4]),
        ("rqdb-5", vec![0, 1, 2, 3, 4]),
        ("rqdb-readers-1", vec![0, 1, 2, 3, 4]),
    ] {
        let (run, _) = start(&Pod::new(name).with_state());
        let question =
            |ordinal: u32| format!("2 wget -q -O - http://{}:4001/{CONFIGURATION}", fqdn(&format!("rqdb-{ordinal}")));
        assert_eq!(run.log, asked.into_iter().map(question).collect::<Vec<_>>());
    }
}

fn only_what_waits_to_join_is_marked() {
    let joins = [("rqdb-5", true), ("rqdb-readers-0", true)];
    for (name, marked) in [("rqdb-0", false), ("rqdb-1", false), ("rqdb-3", false)].into_iter().chain(joins) {
        let (_, started) = start(&Pod::new(name).with_state());
        assert_eq!(started.finds, if marked { vec!["the mark of joining"] } else { vec![] }, "{name}");
    }
}

fn what_another_run_left_is_cleared() {
    let pod = Pod::new("rqdb-1").with_state().file("tmp/joining").file("tmp/waiting/data/raft.db");
    assert_eq!(start(&pod).1.finds, [""; 0]);
}

/// Files of a disk, and whether a recovery removes them.
const DISK: [(&str, bool); 7] = [
    ("data/clean_snapshot", true),
    ("data/recovery.db", true),
    ("data/recovery.db-wal", true),
    ("data/recovery.txt", false),
    ("data/raft.db", false),
    ("data/db.sqlite", false),
    ("data/rsnapshots/1/meta.json", false),
];

fn a_recovery_by_hand_clears_what_spoils_it() {
    let disk = DISK.iter().fold(Pod::new("rqdb-1"), |pod, (file, _)| pod.file(file)).with_state();
    let pod = disk.file("data/raft/peers.json");
    start(&pod);
    for (file, removed) in DISK {
        assert_eq!(pod.has(file), !removed, "{file}");
    }
    assert!(pod.has("data/raft/peers.json"));
    // And where there is nothing to clear, it starts all the same.
    start(&Pod::new("rqdb-1").with_state().file("data/raft/peers.json"));
}

fn a_recovery_by_hand_asks_nobody_who_is_a_member() {
    for (name, way) in
        [("rqdb-0", Way::Founds(3)), ("rqdb-2", Way::Notifies), ("rqdb-4", Way::Notifies), ("rqdb-5", Way::Recovers)]
    {
        let pod = Pod::new(name).with_state().file("data/raft/peers.json").counts("rqdb-1", &["rqdb-1"]);
        let (run, started) = start(&pod);
        assert_eq!(started.arguments, expected(&pod, name, 3, &way, &[]));
        assert_eq!(run.log, [""; 0]);
    }
}

/// Ordinal 1 with state, told to survive.
fn survivor() -> Pod {
    Pod::new("rqdb-1").with_state().recovery(1, "may")
}

fn a_recovery_by_values_makes_the_survivor_the_only_member() {
    let pod = survivor().says(&fqdn("rqdb-0"), LEADER, r#"{"addr":"","node_id":""}"#);
    let (run, started) = start(&pod);
    let address = fqdn("rqdb-1");
    let peers = format!("[{{\"id\":\"rqdb-1\",\"address\":\"{address}:4002\",\"non_voter\":false}}]\n");
    assert_eq!(pod.read("data/raft/peers.json"), peers);
    assert_eq!(started.arguments, expected(&pod, "rqdb-1", 3, &Way::Notifies, &[]));
    assert_eq!(run.out, ["start.sh: recovery may: rqdb-1 becomes the only member"]);
}

fn a_disk_recovers_once_for_each_attempt() {
    let pod = survivor();
    start(&pod);
    fs::remove_file(pod.path("data/raft/peers.json")).unwrap(); // as rqlited does
    start(&pod);
    assert!(!pod.has("data/raft/peers.json"));
    let again = pod.cluster(3, 5).recovery(1, "june");
    start(&again);
    assert!(again.has("data/raft/peers.json"));
}

fn who_is_not_the_survivor_does_not_recover() {
    let pod = Pod::new("rqdb-0").with_state().recovery(1, "may");
    start(&pod);
    assert!(!pod.has("data/raft/peers.json"));
    assert_eq!(pod.read("recovery"), "may\n");
}

fn nobody_recovers_beside_a_leader() {
    let leader = r#"{"addr":"rqdb-2:4002","node_id":"rqdb-2"}"#;
    let pod = survivor().says(&fqdn("rqdb-0"), LEADER, leader);
    let (run, _) = start(&pod);
    assert!(!pod.has("data/raft/peers.json"));
    assert!(run.out.iter().any(|line| line.contains("refused")), "{run:?}");
    // Nor later, when that leader is gone: a person says so with another word.
    fs::remove_dir_all(pod.path("answers")).unwrap();
    start(&pod);
    assert!(!pod.has("data/raft/peers.json"));
}

/// Its disk was lost since: what it has now came from the others.
fn a_survivor_without_state_never_recovers() {
    let pod = Pod::new("rqdb-1").recovery(1, "may").rounds(1).counts("rqdb-0", &["rqdb-0"]);
    pod.run_with_complaints("start.sh", &[]);
    let pod = pod.with_state();
    start(&pod);
    assert!(!pod.has("data/raft/peers.json"));
}

fn variables_of_the_container_recover_nobody() {
    let pod = Pod::new("rqdb-1").with_state().variable("SURVIVOR", "1").variable("RECOVERY", "may");
    start(&pod);
    assert!(!pod.has("data/raft/peers.json") && !pod.has("recovery"));
}

fn without_a_recovery_nothing_is_cleared() {
    let pod = DISK.iter().fold(Pod::new("rqdb-1"), |pod, (file, _)| pod.file(file)).with_state();
    start(&pod);
    assert!(DISK.iter().all(|(file, _)| pod.has(file)));
}

fn who_does_not_know_its_place_does_not_start() {
    let nameless = Pod::new("rqdb-1").with_state();
    fs::remove_file(nameless.path("fqdn")).unwrap();
    let unconfigured = ["SEEDS", "VOTERS", "MAX_VOTERS", "SET", "HEADLESS"].map(|missing| {
        let pod = Pod::new("rqdb-1").with_state();
        let file = pod.path("scripts/cluster.env");
        let all = fs::read_to_string(&file).unwrap();
        let rest: Vec<_> = all.lines().filter(|line| line.split_once('=').unwrap().0 != missing).collect();
        assert_eq!(rest.len() + 1, all.lines().count());
        fs::write(file, rest.join("\n") + "\n").unwrap();
        pod
    });
    for pod in unconfigured.into_iter().chain([nameless]) {
        let run = pod.run_with_complaints("start.sh", &[]);
        assert!(!run.status.success(), "{run:?}");
        assert!(pod.started("rqlited").is_none(), "{run:?}");
    }
}
