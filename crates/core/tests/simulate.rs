//! What the simulator says of clusters whose fate is known.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeSet;

use rqchart_core::release::{ChartInfo, KubeVersion, Release};
use rqchart_core::schema;
use rqchart_core::simulate::{
    Behaviour, EmptyDisks, Ends, Founding, Readiness, Scenario, Simulator, Step, Trace, Verdict, What, builtin, check,
    read,
};
use rqchart_core::topology::Topology;
use serde_json::{Value, json};

fn topology(values: &Value) -> Topology {
    let chart = ChartInfo { name: "rqlite".into(), version: "0.1.0".into(), app_version: "10.2.7".into() };
    let release = Release::new("rqdb", "default", chart, KubeVersion::DEFAULT).unwrap();
    Topology::resolve(schema::validate(values).unwrap(), &release)
}

fn story(trace: &Trace) -> String {
    let events = trace
        .events
        .iter()
        .map(|event| format!("{:>8} {:8} {}\n", event.at, event.pod.as_deref().unwrap_or(""), event.text));
    format!(
        "{}{:?} {:?} lost {} outage {}\n",
        events.collect::<String>(),
        trace.verdict,
        trace.cause,
        trace.lost,
        trace.longest_outage
    )
}

fn failures(values: &Value) -> Vec<(String, Verdict, String)> {
    let topology = topology(values);
    let simulator = Simulator::of(&topology);
    let traces = builtin(&simulator).into_iter().map(|scenario| simulator.play(&scenario, 1));
    let bad = traces.filter(|trace| trace.verdict != Verdict::Held);
    bad.map(|trace| (trace.scenario.clone(), trace.verdict, story(&trace))).collect()
}

#[test]
fn every_scenario_holds_in_both_formations_from_three_voters_on() {
    for formation in ["ordered", "parallel"] {
        for replicas in [3, 5, 6, 7, 9] {
            let failures = failures(&json!({ "replicas": replicas, "formation": formation }));
            assert!(failures.is_empty(), "{formation} {replicas} {}\n{}", failures[0].0, failures[0].2);
        }
    }
}

#[test]
fn two_of_four_voters_are_in_one_of_three_zones() {
    let failures = failures(&json!({ "replicas": 4 }));
    let failures: Vec<_> = failures.iter().map(|(scenario, verdict, _)| (scenario.as_str(), *verdict)).collect();
    assert_eq!(failures, [("zone-lost", Verdict::Interrupted)]);
}

#[test]
fn fewer_than_three_voters_do_not_bear_what_others_do() {
    use Verdict::{Degraded, Interrupted, Lost, Stuck};
    for formation in ["ordered", "parallel"] {
        let failures = |replicas| {
            let failures = failures(&json!({ "replicas": replicas, "formation": formation }));
            failures.into_iter().map(|(scenario, verdict, _)| (scenario, verdict)).collect::<Vec<_>>()
        };
        let named = |list: &[(&str, Verdict)]| {
            list.iter().map(|(name, verdict)| ((*name).to_owned(), *verdict)).collect::<Vec<_>>()
        };
        let one = [
            ("down-long", Interrupted),
            ("cut-off", Interrupted),
            ("node-lost", Interrupted),
            ("rolling-restart", Interrupted),
            ("drain", Interrupted),
            ("disk-lost", Lost),
            ("disk-lost-cold", Lost),
        ];
        assert_eq!(failures(1), named(&one));
        let two = [
            ("down-long", Interrupted),
            ("cut-off", Interrupted),
            ("node-lost", Interrupted),
            ("zone-lost", Interrupted),
            ("frozen", Interrupted),
            ("rolling-restart", Interrupted),
            ("drain", Degraded),
            ("disk-lost", Stuck),
            ("disk-lost-cold", Stuck),
        ];
        assert_eq!(failures(2), named(&two));
    }
}

/// How a scenario ends for a cluster that makes a mistake, and for ours.
fn against(values: &Value, scenario: &Scenario, mistake: impl Fn(&mut Behaviour)) -> (Trace, Trace) {
    let topology = topology(values);
    let mut behaviour = Behaviour::of(&topology);
    mistake(&mut behaviour);
    let wrong = Simulator::behaving(&topology, behaviour).play(scenario, 1);
    (wrong, Simulator::of(&topology).play(scenario, 1))
}

fn drill(values: &Value, name: &str) -> Scenario {
    builtin(&Simulator::of(&topology(values))).into_iter().find(|scenario| scenario.name == name).unwrap()
}

#[track_caller]
fn assert_fails((wrong, ours): &(Trace, Trace), verdict: Verdict, cause: &str) {
    assert_eq!(wrong.verdict, verdict, "{}", story(wrong));
    assert!(wrong.cause.as_ref().is_some_and(|found| found.contains(cause)), "{}", story(wrong));
    assert_eq!(ours.verdict, Verdict::Held, "{}", story(ours));
}

#[test]
fn ordinal_0_without_join_founds_a_second_cluster_when_its_disk_is_lost() {
    let values = json!({});
    for name in ["disk-lost", "disk-lost-cold"] {
        let played = against(&values, &drill(&values, name), |behaviour| {
            behaviour.founding = Founding::FirstAlone;
            behaviour.empty_disks = EmptyDisks::Vote;
        });
        assert_fails(&played, Verdict::Split, "rqdb-0 started without data and founded a second cluster");
    }
}

#[test]
fn nodes_that_only_join_never_come_back_in_order() {
    let values = json!({});
    let played = against(&values, &drill(&values, "whole-restart"), |behaviour| {
        behaviour.founding = Founding::JoinOnly;
        behaviour.readiness = Readiness::Leader;
        behaviour.join_attempts = 5;
        behaviour.join_interval_millis = 3000;
    });
    assert_fails(
        &played,
        Verdict::Stuck,
        "rqdb-1 was not created: in order, it waits for rqdb-0 to be Ready, which ends again and again",
    );
}

#[test]
fn a_probe_that_wants_a_leader_holds_up_an_ordered_restart() {
    let values = json!({});
    let played =
        against(&values, &drill(&values, "whole-restart"), |behaviour| behaviour.readiness = Readiness::Leader);
    assert_fails(&played, Verdict::Stuck, "rqdb-1 was not created: in order, it waits for rqdb-0 to be Ready");
    let values = json!({ "formation": "parallel" });
    let (wrong, _) =
        against(&values, &drill(&values, "whole-restart"), |behaviour| behaviour.readiness = Readiness::Leader);
    assert_eq!(wrong.verdict, Verdict::Held, "{}", story(&wrong));
}

#[test]
fn two_voters_are_stuck_when_one_disk_is_lost() {
    let two = Simulator::of(&topology(&json!({ "replicas": 2 })));
    let three = Simulator::of(&topology(&json!({})));
    let scenario = drill(&json!({}), "disk-lost");
    assert_fails(
        &(two.play(&scenario, 1), three.play(&scenario, 1)),
        Verdict::Stuck,
        "2 of 2 voters are needed, and 1 can vote",
    );
}

#[test]
fn a_member_that_is_dropped_too_soon_is_missing_when_it_is_needed() {
    // Each is away for a moment, the first one for longer than the grace. Two of three disks are there again at the end.
    let scenario = Scenario::new(
        "one-after-the-other",
        "",
        vec![
            Step::new(0, What::PowerCut, ["follower"]).lasting(40),
            Step::new(20, What::LoseDisk, ["other"]),
            Step::new(20, What::PowerCut, ["other"]).lasting(600),
        ],
    );
    let play = |grace: &str| Simulator::of(&topology(&json!({ "membership": { "grace": grace } }))).play(&scenario, 1);
    assert_fails(&(play("10s"), play("90s")), Verdict::Stuck, "2 of 2 voters are needed, and 1 can vote");
}

#[test]
fn a_node_that_leaves_whenever_it_stops_takes_the_cluster_with_it() {
    let values = json!({ "podDisruptionBudget": null });
    let played = against(&values, &drill(&values, "drain"), |behaviour| {
        behaviour.founding = Founding::FirstAlone;
        behaviour.empty_disks = EmptyDisks::Vote;
        behaviour.readiness = Readiness::Running;
        behaviour.leaves_when_stopped = true;
    });
    assert_eq!(played.0.verdict, Verdict::Stuck, "{}", story(&played.0));
}

#[test]
fn a_budget_that_lets_two_go_stops_all_writes() {
    let scenario = drill(&json!({}), "drain");
    let play = |most: u32| {
        Simulator::of(&topology(&json!({ "podDisruptionBudget": { "maxUnavailable": most } }))).play(&scenario, 1)
    };
    assert_fails(
        &(play(2), play(1)),
        Verdict::Interrupted,
        "only 1 of 3 voters were Ready at a time, and a quorum is 2",
    );
}

#[test]
fn an_empty_disk_that_votes_elects_who_lacks_rows() {
    let topology = topology(&json!({}));
    let mut behaviour = Behaviour::of(&topology);
    behaviour.empty_disks = EmptyDisks::Vote;
    let (wrong, ours) = (Simulator::behaving(&topology, behaviour), Simulator::of(&topology));
    for name in ["lagging-and-empty", "lagging-and-empty-leader"] {
        let scenario = drill(&json!({}), name);
        // Whoever campaigns first wins.
        let worst = (0..20).map(|seed| wrong.play(&scenario, seed)).max_by_key(|trace| trace.verdict).unwrap();
        let best = (0..20).map(|seed| ours.play(&scenario, seed)).max_by_key(|trace| trace.verdict).unwrap();
        assert_fails(&(worst, best), Verdict::Lost, "which lacked them, was elected by");
    }
}

#[test]
fn what_is_built_in_can_be_written_down_and_read_again() {
    for replicas in [1, 2, 3, 5, 9] {
        let topology = topology(&json!({ "replicas": replicas, "readers": { "replicas": 2 } }));
        let simulator = Simulator::of(&topology);
        for scenario in builtin(&simulator) {
            assert_eq!(read(&json!(scenario), &simulator), Ok(scenario));
        }
        assert_eq!(serde_json::from_value::<Simulator>(json!(simulator)).unwrap(), simulator);
    }
}

#[test]
fn readers_of_the_pool_hold_up_nobody_and_come_back() {
    let topology = topology(&json!({ "readers": { "replicas": 2 } }));
    for (what, pod) in
        [(What::LoseDisk, "rqdb-readers-0"), (What::PowerCut, "rqdb-readers-1"), (What::Kill, "rqdb-readers-0")]
    {
        let step = Step::new(0, what, [pod]);
        let step = if what == What::PowerCut { step.lasting(150) } else { step };
        let trace = Simulator::of(&topology).play(&Scenario::new("reader", "", vec![step]).with_outage_at_most(1), 1);
        assert_eq!(trace.verdict, Verdict::Held, "{}", story(&trace));
        let reader = trace.pods.iter().find(|state| state.name == pod).unwrap();
        assert!(reader.ready && reader.lacks == 0 && reader.non_voters.contains(&reader.name), "{reader:?}");
    }
}

/// All voters' disks are lost at once, and after a minute the reader stands still for a moment.
fn voters_lost(more: Vec<Step>) -> Scenario {
    let lost = Step::new(5, What::LoseDisk, ["rqdb-0", "rqdb-1", "rqdb-2"]);
    let steps = [Step::to_all(0, What::PowerCut).lasting(10), lost].into_iter().chain(more);
    Scenario::new("voters-lost", "", steps.collect()).ending(Ends::Waiting)
}

#[test]
fn a_reader_that_is_silent_for_a_moment_keeps_the_last_copy() {
    let topology = topology(&json!({ "readers": { "replicas": 1 } }));
    let silent = Step::new(60, What::Freeze, ["rqdb-readers-0"]).lasting(4);
    let trace = Simulator::of(&topology).play(&voters_lost(vec![silent]), 1);
    assert_eq!(trace.foundings, 1, "{}", story(&trace));
}

#[test]
fn hundreds_of_pods_cost_no_more_than_a_hundred() {
    let topology = topology(&json!({ "replicas": 300 }));
    let scenario = drill(&json!({ "replicas": 300 }), "leader-kill");
    let trace = Simulator::of(&topology).play(&scenario, 1);
    assert_eq!((trace.verdict, trace.left_out), (Verdict::Held, 200), "{:?}", trace.cause);
}

/// A step that lasts some seconds, from another one on.
fn lasting(at: u32, what: What, which: &[&str], time: u32) -> Step {
    Step::new(at, what, which.iter().copied()).lasting(time)
}

fn played(values: &Value, steps: Vec<Step>) -> Trace {
    Simulator::of(&topology(values)).play(&Scenario::new("mine", "", steps).ending(Ends::Either), 1)
}

/// When something ended, in seconds, and for which pod.
fn ends(trace: &Trace, what: What) -> Vec<(u64, Option<&str>)> {
    let text = format!("{} ends", what.name());
    trace
        .events
        .iter()
        .filter(|event| event.text == text)
        .map(|event| (event.at / 1000, event.pod.as_deref()))
        .collect()
}

#[test]
fn what_two_steps_do_is_over_when_the_last_of_them_is() {
    for what in What::ALL.into_iter().filter(|what| what.lasts()) {
        let (which, pod): (&[&str], _) = if what == What::Quiet { (&[], None) } else { (&["rqdb-2"], Some("rqdb-2")) };
        for (first, second) in [(5, 30), (30, 5), (5, 5), (3, 30)] {
            let steps = vec![lasting(1, what, which, first), lasting(4, what, which, second)];
            let trace = played(&json!({ "livenessProbe": null }), steps);
            let last = (1 + first).max(4 + second).into();
            assert_eq!(ends(&trace, what), [(last, pod)], "{first} {second}\n{}", story(&trace));
        }
    }
}

#[test]
fn a_power_cut_during_another_one_is_as_long_as_alone() {
    let pair = ["rqdb-0", "rqdb-1"];
    let long = lasting(3, What::PowerCut, &pair, 600);
    for other in [lasting(1, What::PowerCut, &pair, 5), lasting(10, What::PowerCut, &["rqdb-1"], 5)] {
        let scenario = Scenario::new("mine", "", vec![other, long.clone()]).with_outage_at_most(60);
        let trace = Simulator::of(&topology(&json!({}))).play(&scenario, 1);
        assert_eq!(trace.verdict, Verdict::Interrupted, "{}", story(&trace));
        assert!(trace.longest_outage > 600_000, "{}", story(&trace));
    }
}

#[test]
fn one_that_stands_still_does_so_until_the_end_whatever_freezes_it_again() {
    for (second, end) in [(20, 25_000), (2, 21_000)] {
        let steps = vec![lasting(1, What::Freeze, &["rqdb-2"], 20), lasting(5, What::Freeze, &["rqdb-2"], second)];
        let trace = played(&json!({}), steps);
        let answers = |from| trace.states.iter().filter(move |state| (from..end).contains(&state.from));
        assert!(answers(1000).all(|state| !state.answering.contains(&"rqdb-2".to_owned())), "{}", story(&trace));
        assert!(trace.pods.iter().all(|pod| pod.answers), "{}", story(&trace));
    }
}

#[test]
fn what_runs_after_a_frozen_one_is_not_frozen_by_the_same_step() {
    let steps = vec![
        lasting(1, What::Freeze, &["rqdb-2"], 600),
        Step::new(10, What::Kill, ["rqdb-2"]),
        lasting(30, What::Freeze, &["rqdb-2"], 5),
    ];
    let trace = played(&json!({}), steps);
    assert_eq!(ends(&trace, What::Freeze), [(35, Some("rqdb-2"))], "{}", story(&trace));
}

#[test]
fn of_two_that_are_asked_to_end_at_once_either_may_lead_afterwards() {
    // Whoever ends last was handed the lead: the other one lacks an entry, and cannot win.
    let values = json!({ "formation": "parallel", "replicas": 2 });
    let both = Scenario::new("mine", "", vec![Step::new(1, What::Restart, ["rqdb-0", "rqdb-1"])]);
    let simulator = Simulator::of(&topology(&values));
    let leads = |seed| simulator.play(&both, seed).states.last().and_then(|state| state.leader.clone());
    let leaders: BTreeSet<_> = (1..17).filter_map(leads).collect();
    assert_eq!(leaders, ["rqdb-0", "rqdb-1"].map(str::to_owned).into());
}

#[test]
fn nobody_writes_until_everybody_may() {
    let quiet = |steps: &[(u32, u32)]| {
        let steps = steps.iter().map(|(at, time)| lasting(*at, What::Quiet, &[], *time)).collect();
        played(&json!({}), steps).acknowledged
    };
    assert_eq!(quiet(&[(1, 5), (3, 30)]), quiet(&[(1, 32)]));
    assert_eq!(quiet(&[(1, 32), (3, 5)]), quiet(&[(1, 32)]));
}

#[test]
fn what_has_no_end_is_over_with_restore_and_so_is_all_that_has_one() {
    for what in [What::Freeze, What::CutOff, What::PowerCut, What::Drain] {
        let values = json!({ "livenessProbe": null });
        let steps = vec![Step::new(1, what, ["rqdb-2"]), lasting(2, what, &["rqdb-2"], 5)];
        let trace = played(&values, steps.clone());
        assert_eq!(ends(&trace, what), [], "{}", story(&trace));
        assert_eq!(trace.pods[2].answers && trace.pods[2].leader.is_some(), what == What::Drain, "{}", story(&trace));
        let more = [
            lasting(5, what, &["rqdb-2"], 600),
            Step::new(10, What::Restore, ["rqdb-2"]),
            lasting(40, what, &["rqdb-2"], 5),
        ];
        let trace = played(&values, steps.into_iter().chain(more).collect());
        assert_eq!(ends(&trace, what), [(45, Some("rqdb-2"))], "{}", story(&trace));
        assert!(trace.pods.iter().all(|pod| pod.leader.is_some()), "{}", story(&trace));
    }
}

#[test]
fn a_cut_within_another_one_takes_apart_and_puts_nobody_together() {
    let three = ["rqdb-0", "rqdb-1", "rqdb-2"];
    let inner = |which: &[&str]| {
        let steps = vec![lasting(1, What::CutOff, &three, 60), lasting(10, What::CutOff, which, 5)];
        played(&json!({ "replicas": 5 }), steps)
    };
    let quorum = |trace: &Trace, at: u64| trace.states.iter().rfind(|state| state.from <= at).unwrap().quorum;
    // Three of five elect one of them, need all but one, and have each other again afterwards.
    let trace = inner(&["rqdb-2"]);
    assert_eq!([9, 14, 30].map(|at| quorum(&trace, at * 1000)), [true, false, true], "{}", story(&trace));
    // One more on the other side of the first cut is of no help to those that are cut off from it.
    let trace = inner(&["rqdb-0", "rqdb-1", "rqdb-3"]);
    assert_eq!([9, 14, 30].map(|at| quorum(&trace, at * 1000)), [true, false, true], "{}", story(&trace));
}

#[test]
fn as_many_cuts_as_a_scenario_has_steps_can_be_played() {
    let cuts = (0..1000).map(|index| Step::new(index / 10, What::CutOff, [format!("rqdb-{}", index % 5)]));
    let trace = played(&json!({ "replicas": 5 }), cuts.chain([Step::to_all(200, What::Restore)]).collect());
    assert!(trace.pods.iter().all(|pod| pod.ready && pod.leader.is_some()), "{}", story(&trace));
}

#[test]
fn a_quorum_is_a_majority_of_those_that_have_a_vote_at_the_time() {
    let play = |values: Value, steps| {
        Simulator::of(&topology(&values)).play(&Scenario::new("mine", "", steps).keeping_quorum(), 1)
    };
    let fewer = |upgrade| {
        let steps = vec![Step::scale(0, 3), Step::to_all(upgrade, What::Upgrade)];
        play(json!({ "replicas": 5, "formation": "parallel" }), steps)
    };
    // After membership.grace two of three are enough; before, the two that are gone are missing.
    assert_fails(
        &(fewer(20), fewer(300)),
        Verdict::Interrupted,
        "only 2 of 5 voters were Ready at a time, and a quorum is 3",
    );
    assert!(fewer(20).longest_outage > 1000);
    let cut = lasting(300, What::PowerCut, &["rqdb-2", "rqdb-3", "rqdb-4"], 60);
    let more = play(json!({}), vec![Step::scale(0, 5), cut.clone()]);
    let same = play(json!({ "replicas": 5 }), vec![cut]);
    for trace in [more, same] {
        assert_eq!(trace.verdict, Verdict::Interrupted, "{}", story(&trace));
        assert_eq!(trace.cause.as_deref(), Some("only 2 of 5 voters were Ready at a time, and a quorum is 3"));
    }
    // In order, each newcomer is Ready before the next one has a vote.
    let grown = play(json!({ "maxVoters": 7, "formation": "ordered" }), vec![Step::scale(0, 7)]);
    assert_eq!(grown.verdict, Verdict::Held, "{}", story(&grown));
}

#[test]
fn readers_are_scaled_as_far_as_there_is_room_for_readers() {
    let scale = |which: &str, replicas: u32| Step { which: vec![which.to_owned()], ..Step::scale(1, replicas) };
    let simulator = |replicas: u32, readers: u32| {
        Simulator::of(&topology(&json!({ "replicas": replicas, "readers": { "replicas": readers } })))
    };
    let findings = |simulator: &Simulator, steps: &[Step]| {
        let found = check(&Scenario::new("mine", "", steps.to_vec()), simulator);
        found.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    let many = simulator(3, 20);
    let fewer = [scale("rqdb-readers", 12)];
    assert!(findings(&many, &fewer).is_empty());
    let trace = many.play(&Scenario::new("mine", "", fewer.to_vec()), 1);
    let readers = trace.pods.iter().filter(|pod| pod.name.starts_with("rqdb-readers")).count();
    assert_eq!((trace.verdict, trace.pods.len(), readers), (Verdict::Held, 15, 12), "{}", story(&trace));
    let few = simulator(3, 3);
    for (which, replicas, told) in [
        ("rqdb-readers", 9, Some("at most 7 pods of rqdb-readers are simulated")),
        ("rqdb-readers", 7, None),
        ("rqdb-readers-1", 9, Some("at most 7 pods of rqdb-readers are simulated")),
        ("rqdb", 9, None),
        ("rqdb", 10, Some("at most 9 pods of rqdb are simulated")),
    ] {
        assert_eq!(findings(&few, &[scale(which, replicas)]), Vec::from_iter(told), "{which} {replicas}");
    }
    // Both may be scaled at the same time. Where a hundred voters leave no room, no reader is there to be scaled.
    assert!(findings(&few, &[Step::scale(1, 5), scale("rqdb-readers", 4)]).is_empty());
    assert_eq!(findings(&few, &[scale("rqdb-readers-0", 5), scale("rqdb-readers", 4)]).len(), 1);
    let full = simulator(100, 2);
    assert_eq!(findings(&full, &[scale("rqdb-readers", 3)]), ["at most 0 pods of rqdb-readers are simulated"]);
}
