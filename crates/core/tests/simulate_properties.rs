//! What holds whatever happens to a cluster.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use rqchart_core::release::{ChartInfo, KubeVersion, Release};
use rqchart_core::simulate::{Ends, Scenario, Simulator, Step, Trace, Verdict, What, lint};
use rqchart_core::topology::Topology;
use rqchart_core::{rules, schema};
use serde_json::{Value, json};

fn topology(values: &Value) -> Topology {
    let chart = ChartInfo { name: "rqlite".into(), version: "0.1.0".into(), app_version: "10.2.7".into() };
    let release = Release::new("rqdb", "default", chart, KubeVersion::DEFAULT).unwrap();
    Topology::resolve(schema::validate(values).unwrap(), &release)
}

/// What decides how a cluster fares.
fn values() -> impl Strategy<Value = Value> {
    let some = |choices: Vec<Value>| prop::sample::select(choices);
    let budget = some(vec![json!({}), Value::Null, json!({ "maxUnavailable": 0 }), json!({ "minAvailable": 2 })]);
    let probe = || some(vec![json!({}), json!({}), json!({}), Value::Null]);
    let spread = some(vec![json!({}), json!({ "host": "none" }), json!({ "zone": "none" }), json!({ "host": "hard" })]);
    let grace = some(vec![json!("90s"), json!("5m"), json!("70s"), Value::Null]);
    let update = some(vec![json!({}), json!({ "partition": 2 }), json!({ "type": "OnDelete" })]);
    let sizes = (1..8_u32, 1..8_u32, 0..3_u32, any::<bool>(), any::<bool>());
    (sizes, budget, (probe(), probe()), spread, grace, update).prop_map(
        |((replicas, max_voters, readers, parallel, ephemeral), budget, (ready, live), spread, grace, update)| {
            json!({
                "replicas": replicas, "maxVoters": max_voters, "readers": { "replicas": readers },
                "formation": if parallel { "parallel" } else { "ordered" },
                "storage": { "ephemeral": ephemeral && replicas > 5 }, "podDisruptionBudget": budget,
                "readinessProbe": ready, "livenessProbe": live, "antiAffinity": spread,
                "membership": { "grace": grace }, "updateStrategy": update, "auth": { "existingSecret": "users" },
            })
        },
    )
}

/// Faults of voters and of all, and operations.
fn steps(replicas: u32) -> impl Strategy<Value = Vec<Step>> {
    // Most of it close together, and often what is dangerous together: one lags, all stop, and a disk is lost.
    let what = prop_oneof![
        2 => prop::sample::select(What::ALL.to_vec()),
        3 => prop::sample::select(vec![What::Freeze, What::CutOff, What::PowerCut, What::LoseDisk]),
    ];
    let at = prop_oneof![3 => 0..20_u32, 1 => 0..300_u32];
    let one = (at, what, 0..replicas, prop_oneof![2 => 1..15_u32, 1 => 1..200_u32], 1..9_u32);
    let step = move |(at, what, pod, time, size): (u32, What, u32, u32, u32)| {
        let step = match what {
            What::Scale => Step::scale(at, size),
            // A person who decides may lose rows.
            What::Upgrade | What::Recover => Step::to_all(at, What::Upgrade),
            What::SlowDns | What::Quiet => Step::to_all(at, what),
            What::PowerCut if pod % 2 == 0 => Step::to_all(at, what),
            _ => Step::new(at, what, [format!("rqdb-{pod}")]),
        };
        if what.lasts() || what == What::SlowDns { step.lasting(time) } else { step }
    };
    prop::collection::vec(one.prop_map(step), 1..8)
}

/// Who led in which term.
fn leaders(trace: &Trace) -> BTreeMap<String, Vec<String>> {
    let mut leaders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in trace.events.iter().filter(|event| event.text.starts_with("leads in term")) {
        let term = event.text.split(',').next().unwrap_or_default().to_owned();
        leaders.entry(term).or_default().push(event.pod.clone().unwrap_or_default());
    }
    leaders
}

fn disks_lost(steps: &[Step]) -> usize {
    let mut lost: Vec<_> = steps.iter().filter(|step| step.what == What::LoseDisk).map(|step| &step.which).collect();
    lost.sort();
    lost.dedup();
    lost.len()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_leads_in_a_term_and_no_row_is_lost_while_a_majority_keeps_its_disks(
        replicas in 1..8_u32,
        parallel in any::<bool>(),
        seed in any::<u64>(),
        steps in steps(7),
    ) {
        let formation = if parallel { "parallel" } else { "ordered" };
        let topology = topology(&json!({ "replicas": replicas, "formation": formation }));
        let scenario = Scenario::new("random", "", steps.clone()).ending(Ends::Either);
        let simulator = Simulator::of(&topology);
        let trace = simulator.play(&scenario, seed);
        prop_assert!(!trace.cut_short);
        prop_assert_eq!(&trace, &simulator.play(&scenario, seed), "the same input, another outcome");
        for (term, pods) in leaders(&trace) {
            prop_assert!(trace.foundings > 1 || pods.len() == 1, "{}: {:?}\n{}", term, pods, trace.timeline());
        }
        if disks_lost(&steps) <= topology.cluster.tolerated_losses as usize {
            prop_assert_eq!((trace.lost, trace.foundings), (0, 1), "{}", trace.timeline());
        }
    }

    #[test]
    fn power_is_back_when_no_step_takes_it_any_more(
        cuts in prop::collection::vec((0..3_usize, 0..120_u64, 1..60_u64), 1..20),
        seed in any::<u64>(),
    ) {
        let step = |(pod, at, time): &(usize, u64, u64)| {
            let seconds = |time: u64| u32::try_from(time).unwrap();
            Step::new(seconds(*at), What::PowerCut, [format!("rqdb-{pod}")]).lasting(seconds(*time))
        };
        let scenario = Scenario::new("random", "", cuts.iter().map(step).collect()).ending(Ends::Either);
        let trace = Simulator::of(&topology(&json!({}))).play(&scenario, seed);
        for pod in 0..3 {
            let of_pod = || cuts.iter().filter(|(of, ..)| *of == pod);
            let dark = |second: u64| of_pod().any(|(_, at, time)| (*at..at + time).contains(&second));
            let back: Vec<_> = (1..=180).filter(|second| dark(second - 1) && !dark(*second)).collect();
            let name = format!("rqdb-{pod}");
            let ends = trace.events.iter().filter(|event| event.text == "powerCut ends" && event.pod.as_ref() == Some(&name));
            prop_assert_eq!(ends.map(|event| event.at / 1000).collect::<Vec<_>>(), back, "{}", trace.timeline());
        }
    }

    #[test]
    fn values_without_a_finding_bear_any_single_fault(values in values(), seed in any::<u64>()) {
        let topology = topology(&values);
        let simulator = Simulator::of(&topology);
        let silent = rules::check(&topology).is_empty() && lint(&simulator).is_empty();
        let search = simulator.search(1, seed, |_, _| {});
        let bad = search.worst.iter().find(|found| found.verdict > Verdict::Degraded);
        if let (true, Some(found)) = (silent, bad) {
            prop_assert!(false, "{values}: {found:?}");
        }
    }
}
