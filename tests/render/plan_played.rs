//! What a plan says of restarts and sizes, held to the simulator.
//!
//! A plan is made of objects, of which some may be somebody else's, so it reckons. What it reckons is what is seen when the
//! same change is played on the topology, with pods that take long to come back, so that nothing is over before it is seen.

use proptest::prelude::*;
use rqchart::Rendering;
use rqchart::manifest;
use rqchart::plan::plan;
use rqchart_core::plan::{Kind, Plan, Sources};
use rqchart_core::simulate::{Behaviour, Ends, Scenario, Simulator, Step, Trace, What};
use serde_json::{Value, json};

use crate::{release, render};

/// How long each pod is away. Elections are over by then, and members not yet dropped.
const AWAY: u64 = 30_000;

fn rendered(values: &Value) -> Rendering {
    render(values, &release("rqdb", "default"))
}

fn between(old: &Rendering, new: &Rendering) -> Plan {
    let objects = |side: &Rendering| manifest::parse(&side.documents).unwrap();
    plan(&objects(old), &objects(new), &Sources::default())
}

fn played(old: &Rendering, steps: Vec<Step>, seed: u64) -> Trace {
    let topology = old.topology.as_ref().unwrap();
    let mut slow = Behaviour::of(topology);
    slow.start_millis = AWAY;
    Simulator::behaving(topology, slow).play(&Scenario::new("change", "", steps).ending(Ends::Either), seed)
}

fn values(replicas: u32, max_voters: u32, parallel: bool) -> Value {
    let formation = if parallel { "parallel" } else { "ordered" };
    json!({ "replicas": replicas, "maxVoters": max_voters, "formation": formation })
}

fn with(values: &Value, pointer: &str, value: Value) -> Value {
    let mut values = values.clone();
    values[pointer] = value;
    values
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pods_restart_as_the_plan_says_and_so_do_writes_stand(
        (replicas, max_voters, readers, partition) in (1..8_u32, 1..8_u32, 0..3_u32, 0..3_u32),
        parallel in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let mut values = values(replicas, max_voters, parallel);
        values["readers"] = json!({ "replicas": readers });
        values["updateStrategy"] = json!({ "partition": partition });
        let (old, new) = (rendered(&values), rendered(&with(&values, "revision", json!("a"))));
        let plan = between(&old, &new);
        let trace = played(&old, vec![Step::to_all(0, What::Upgrade)], seed);
        let name = &old.topology.as_ref().unwrap().voters.name;
        let own: Vec<_> = plan.restarts.iter().filter(|restart| !restart.pod.contains("readers")).collect();
        let mut gone: Vec<String> = Vec::new();
        for state in &trace.states {
            let absent = (0..replicas).map(|ordinal| format!("{name}-{ordinal}")).filter(|pod| !state.answering.contains(pod));
            gone.extend(absent.filter(|pod| gone.last() != Some(pod)).collect::<Vec<_>>());
        }
        prop_assert_eq!(own.iter().map(|restart| &restart.pod).collect::<Vec<_>>(), gone.iter().collect::<Vec<_>>());
        let voters = replicas.min(max_voters);
        for restart in own {
            let standing = restart.standing.unwrap();
            let meanwhile = || trace.states.iter().filter(|state| !state.answering.contains(&restart.pod));
            let up = |state: &rqchart_core::simulate::State| {
                (0..voters).filter(|ordinal| state.answering.contains(&format!("{name}-{ordinal}"))).count()
            };
            prop_assert_eq!(standing.voters, voters);
            prop_assert!(meanwhile().all(|state| up(state) == standing.up as usize), "{:?}\n{}", restart, trace.timeline());
            prop_assert_eq!(standing.writes, meanwhile().any(|state| state.writes), "{:?}\n{}", restart, trace.timeline());
        }
    }

    #[test]
    fn writes_stop_for_long_where_the_plan_says_so_and_nowhere_else(
        (from, to, max_voters) in (1..8_u32, 1..8_u32, 1..8_u32),
        (parallel, restarts) in (any::<bool>(), any::<bool>()),
        seed in any::<u64>(),
    ) {
        prop_assume!(from != to || restarts);
        let values = values(from, max_voters, parallel);
        let mut target = with(&values, "replicas", json!(to));
        let mut steps = vec![Step::scale(0, to)];
        if restarts {
            target["revision"] = json!("a");
            steps.push(Step::to_all(0, What::Upgrade));
        }
        let old = rendered(&values);
        let plan = between(&old, &rendered(&target));
        let trace = played(&old, steps, seed);
        let stops = |kind: &Kind| plan.consequences.iter().any(|said| said.id == *kind);
        let stop = [Kind::ScaleInLosesQuorum, Kind::ScaleInWithRestart, Kind::WritePause].iter().any(stops);
        let ids: Vec<_> = plan.consequences.iter().map(|said| said.id).collect();
        let stopped = trace.longest_outage > AWAY / 2 || trace.states.last().is_some_and(|state| !state.writes);
        prop_assert_eq!(stop, stopped, "{:?} {}\n{}", ids, target, trace.timeline());
    }
}
