//! What the rendered policies let through: in every golden case the cluster's own pods reach each other and DNS.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::PodTemplateSpec;
use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use serde_json::json;

use crate::{golden, release, render};

/// A policy and the pods of the same release, by the kind that makes them.
struct Network {
    policy: NetworkPolicy,
    pods: Vec<(String, PodTemplateSpec)>,
}

impl Network {
    /// None without a policy.
    fn of(documents: &[rqchart::Document]) -> Option<Self> {
        let manifests = rqchart::manifest::parse(documents).unwrap();
        let policy = manifests.iter().find(|manifest| manifest.kind == "NetworkPolicy")?;
        let pods = manifests.iter().filter_map(|manifest| {
            let template = manifest.pod_template()?;
            Some((manifest.kind.clone(), serde_json::from_value(template.clone()).unwrap()))
        });
        Some(Self { policy: serde_json::from_value(policy.object.clone()).unwrap(), pods: pods.collect() })
    }

    fn pods(&self, kind: &str) -> Vec<&PodTemplateSpec> {
        self.pods.iter().filter(|(of, _)| of == kind).map(|(_, pod)| pod).collect()
    }

    /// Whether one pod reaches a TCP port of another one; both are of the policy's namespace.
    fn reaches(&self, from: &PodTemplateSpec, to: &PodTemplateSpec, port: i32) -> bool {
        let spec = self.policy.spec.as_ref().unwrap();
        let mut ways_out = spec.egress.iter().flatten();
        let mut ways_in = spec.ingress.iter().flatten();
        ways_out.any(|rule| is_peer(rule.to.as_deref(), Some(to)) && is_open(rule.ports.as_deref(), "TCP", port))
            && ways_in
                .any(|rule| is_peer(rule.from.as_deref(), Some(from)) && is_open(rule.ports.as_deref(), "TCP", port))
    }

    /// Whether somebody who is no pod of the release reaches a port.
    fn is_open_to_all(&self, port: i32) -> bool {
        let mut ways_in = self.policy.spec.as_ref().unwrap().ingress.iter().flatten();
        ways_in.any(|rule| is_peer(rule.from.as_deref(), None) && is_open(rule.ports.as_deref(), "TCP", port))
    }

    fn asks(&self, protocol: &str, port: i32) -> bool {
        let mut ways_out = self.policy.spec.as_ref().unwrap().egress.iter().flatten();
        ways_out.any(|rule| is_peer(rule.to.as_deref(), None) && is_open(rule.ports.as_deref(), protocol, port))
    }
}

/// Whether a pod of the policy's namespace is meant, as far as labels tell; without one, whether everybody is.
fn is_peer(peers: Option<&[NetworkPolicyPeer]>, pod: Option<&PodTemplateSpec>) -> bool {
    let selects = |peer: &NetworkPolicyPeer| match (&peer.pod_selector, pod) {
        (Some(selector), Some(pod)) => {
            peer.namespace_selector.is_none() && shared(selector, pod) == labels(selector).count()
        }
        _ => false,
    };
    peers.is_none_or(|peers| peers.is_empty() || peers.iter().any(selects))
}

fn is_open(ports: Option<&[NetworkPolicyPort]>, protocol: &str, wanted: i32) -> bool {
    let includes = |port: &NetworkPolicyPort| {
        let of_protocol = port.protocol.as_deref().unwrap_or("TCP") == protocol;
        of_protocol && port.port.as_ref().is_none_or(|port| *port == IntOrString::Int(wanted))
    };
    ports.is_none_or(|ports| ports.is_empty() || ports.iter().any(includes))
}

fn labels(selector: &LabelSelector) -> impl Iterator<Item = (&String, &String)> {
    assert!(selector.match_expressions.is_none() || selector.match_labels.is_none());
    selector.match_labels.iter().flatten()
}

/// How many labels of a selector a pod has.
fn shared(selector: &LabelSelector, pod: &PodTemplateSpec) -> usize {
    let own = pod.metadata.as_ref().unwrap().labels.as_ref().unwrap();
    labels(selector).filter(|(key, value)| own.get(*key) == Some(*value)).count()
}

#[test]
fn no_case_cuts_the_clusters_own_pods_off() {
    let (mut helped, mut pools) = (BTreeSet::new(), 0);
    for case in golden::cases() {
        let Some(network) = Network::of(&case.render().documents) else { continue };
        let nodes = network.pods("StatefulSet");
        // Readers too: the leader sends them rows, and they ask it and pass writes on to it.
        let mut pairs = nodes.iter().flat_map(|from| nodes.iter().map(move |to| (*from, *to)));
        let both = |(from, to)| [4001, 4002].iter().all(|port| network.reaches(from, to, *port));
        assert!(pairs.all(both), "{}", case.name);
        pools += usize::from(nodes.len() > 1);
        assert!(network.asks("UDP", 53) && network.asks("TCP", 53), "{}: no DNS", case.name);
        for helper in ["Deployment", "CronJob"] {
            for pod in network.pods(helper) {
                assert!(network.reaches(pod, nodes[0], 4001), "{}: {helper}", case.name);
                helped.insert(helper);
            }
        }
    }
    assert!(helped.len() == 2 && pools > 0);
}

#[test]
fn the_exporter_is_reached_by_those_who_scrape() {
    let network = |scrapers: serde_json::Value| {
        let exporter = json!({ "enabled": true, "port": 9000, "scrapers": scrapers });
        let values = json!({ "metrics": { "exporter": exporter } });
        Network::of(&render(&values, &release("rqdb", "default")).documents).unwrap()
    };
    assert!(network(json!([])).is_open_to_all(9000));
    let limited = network(json!([{ "podSelector": { "matchLabels": { "app.kubernetes.io/component": "database" } } }]));
    assert!(!limited.is_open_to_all(9000));
    let node = limited.pods("StatefulSet")[0];
    assert!(limited.reaches(node, node, 9000));
    let without = Network::of(&render(&json!({}), &release("rqdb", "default")).documents).unwrap();
    assert!(!without.is_open_to_all(7979));
}

#[test]
fn the_policy_is_for_all_pods_by_one_label() {
    for case in golden::cases() {
        let Some(network) = Network::of(&case.render().documents) else { continue };
        let selector = network.policy.spec.as_ref().unwrap().pod_selector.as_ref().unwrap();
        for (kind, pod) in &network.pods {
            assert_eq!((labels(selector).count(), shared(selector, pod)), (1, 1), "{}: {kind}", case.name);
        }
    }
}

#[test]
fn raft_is_never_open_to_all_and_http_only_while_nobody_is_named() {
    let network = |policy: serde_json::Value| {
        let values = json!({ "networkPolicy": policy });
        Network::of(&render(&values, &release("rqdb", "default")).documents)
    };
    let open = |policy| network(policy).map(|network| [4001, 4002].map(|port| network.is_open_to_all(port)));
    assert_eq!(open(json!({})), Some([true, false]));
    assert_eq!(open(json!({ "clients": [{ "podSelector": {} }] })), Some([false, false]));
    assert_eq!(open(json!({ "enabled": false })), None);
    let limited = network(json!({ "egress": { "allowAll": false } })).unwrap();
    assert!(limited.asks("UDP", 5353) && !limited.asks("TCP", 443));
}
