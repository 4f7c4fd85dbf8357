//! What holds for every cluster that values can describe.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use rqchart_core::release::{ChartInfo, KubeVersion, Release};
use rqchart_core::schema;
use rqchart_core::topology::{Amount, Role, Topology};
use rqchart_core::{quorum, rules};
use serde_json::{Value, json};

fn resolved(values: &Value, release: &str) -> Topology {
    let chart = ChartInfo { name: "rqlite".into(), version: "0.1.0".into(), app_version: "10.2.7".into() };
    let release = Release::new(release, "default", chart, KubeVersion::DEFAULT).unwrap();
    Topology::resolve(schema::validate(values).unwrap(), &release)
}

fn sizes(replicas: u32, max_voters: u32) -> Value {
    json!({ "replicas": replicas, "maxVoters": max_voters })
}

fn is_unique<'a>(names: impl Iterator<Item = &'a String>) -> bool {
    let mut seen = BTreeSet::new();
    names.into_iter().all(|name| seen.insert(name))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pods_claims_and_addresses_are_unique(replicas in 1..=999_u32, name in "[a-z]([a-z0-9-]{0,8}[0-9])?") {
        let topology = resolved(&sizes(replicas, 5), &name);
        let members = &topology.voters.members;
        prop_assert_eq!(members.len(), replicas as usize);
        prop_assert!(is_unique(members.iter().map(|member| &member.pod)));
        prop_assert!(is_unique(members.iter().map(|member| &member.claim)));
        prop_assert!(is_unique(members.iter().map(|member| &member.address)));
    }

    #[test]
    fn scaling_changes_no_name_and_no_role_of_pods_that_stay(
        fewer in 1..100_u32,
        added in 0..100_u32,
        max_voters in 1..=31_u32,
    ) {
        let before = resolved(&sizes(fewer, max_voters), "rqdb").voters.members;
        let after = resolved(&sizes(fewer + added, max_voters), "rqdb").voters.members;
        prop_assert_eq!(&before[..], &after[..before.len()]);
    }

    #[test]
    fn roles_and_numbers_agree(replicas in 1..100_u32, max_voters in 1..=31_u32) {
        let topology = resolved(&sizes(replicas, max_voters), "rqdb");
        let cluster = &topology.cluster;
        let count = |is: fn(Role) -> bool| u32::try_from(topology.voters.members.iter().filter(|m| is(m.role)).count()).unwrap();
        prop_assert_eq!(count(|role| role == Role::Seed), cluster.seeds);
        prop_assert_eq!(count(|role| role != Role::NonVoter), cluster.voters);
        prop_assert_eq!(topology.voters.members[0].role, Role::Seed);
        prop_assert!(cluster.seeds <= cluster.voters && cluster.voters <= max_voters);
        prop_assert_eq!(cluster.majority, quorum::majority(cluster.voters));
        prop_assert_eq!(cluster.tolerated_losses, quorum::tolerated_losses(cluster.voters));
    }

    #[test]
    fn no_size_alone_is_an_error_or_lets_a_drain_take_the_quorum(replicas in 1..=999_u32, max_voters in 1..=31_u32) {
        let topology = resolved(&sizes(replicas, max_voters), "rqdb");
        prop_assert!(!rules::check(&topology).iter().any(rqchart_core::diagnostic::Diagnostic::is_error));
        let spare = i64::from(topology.cluster.tolerated_losses);
        for limit in topology.voters.budget.iter().flat_map(|budget| &budget.limits) {
            prop_assert_eq!(limit.field, "maxUnavailable");
            prop_assert!(matches!(limit.pods, Amount::Pods(pods) if pods <= spare));
        }
    }
}
