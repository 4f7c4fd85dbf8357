//! Pods that no node can take: the API server gives every new pod of a held name a scheduling gate.
//!
//! In: names of pods. Out: pods that stay Pending, for them alone; neither nodes nor other pods are touched. Needs
//! `MutatingAdmissionPolicy` in v1 (Kubernetes 1.36). The policy reads the names from an annotation of the namespace.

use std::collections::BTreeSet;
use std::sync::Mutex;

use serde_json::{Value, json};

use crate::drill::cluster::Outcome;

use super::kubectl::Kubectl;

/// Annotation of the namespace, with the names of pods; and the name of the gate.
const HELD: &str = "drill.rqchart.dev/held";

/// The policy of one namespace; it is deleted when dropped, because it lies outside of it.
#[derive(Debug)]
pub(super) struct Holds {
    kubectl: Kubectl,
    names: Mutex<BTreeSet<String>>,
}

impl Holds {
    pub(super) fn install(kubectl: &Kubectl) -> Outcome<Self> {
        let holds = Self { kubectl: kubectl.clone(), names: Mutex::default() };
        kubectl.feed(&["apply", "--filename=-"], &policy(&kubectl.namespace).to_string())?;
        Ok(holds)
    }

    /// From now on pods of this name are held, or no longer.
    pub(super) fn set(&self, pod: &str, held: bool) -> Outcome {
        let mut names = self.names.lock().expect("nobody panics with it");
        if held {
            names.insert(pod.to_owned());
        } else {
            names.remove(pod);
        }
        let list = names.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        let annotation = format!("{HELD}={list}");
        self.kubectl.run(&["annotate", "--overwrite", "namespace", &self.kubectl.namespace, &annotation]).map(drop)
    }

    /// Lets the scheduler give this pod a node.
    pub(super) fn release(&self, pod: &str) -> Outcome {
        let patch = json!([{ "op": "remove", "path": "/spec/schedulingGates" }]).to_string();
        self.kubectl.run(&["patch", "pod", pod, "--type=json", "--patch", &patch]).map(drop)
    }
}

impl Drop for Holds {
    fn drop(&mut self) {
        let name = &self.kubectl.namespace;
        let objects =
            ["mutatingadmissionpolicybinding", "mutatingadmissionpolicy"].map(|kind| format!("{kind}/{name}"));
        let _ = self.kubectl.run(&["delete", "--ignore-not-found", "--wait=false", &objects[0], &objects[1]]);
    }
}

fn policy(namespace: &str) -> Value {
    let expression = format!(
        "has(namespaceObject.metadata.annotations) && '{HELD}' in namespaceObject.metadata.annotations \
         && object.metadata.name in namespaceObject.metadata.annotations['{HELD}'].split(' ') \
         ? [JSONPatch{{op: 'add', path: '/spec/schedulingGates', value: [Object.spec.schedulingGates{{name: '{HELD}'}}]}}] \
         : []"
    );
    let pods = json!({ "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["CREATE"] });
    let meta = |kind| json!({ "apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": { "name": namespace } });
    let (mut policy, mut binding) = (meta("MutatingAdmissionPolicy"), meta("MutatingAdmissionPolicyBinding"));
    policy["spec"] = json!({
        "reinvocationPolicy": "Never",
        "matchConstraints": {
            "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": namespace } },
            "resourceRules": [pods],
        },
        "mutations": [{ "patchType": "JSONPatch", "jsonPatch": { "expression": expression } }],
    });
    binding["spec"] = json!({ "policyName": namespace });
    json!({ "apiVersion": "v1", "kind": "List", "items": [policy, binding] })
}
