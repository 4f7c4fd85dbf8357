//! The affinity of a set's pods, in Kubernetes' form.

use rqchart_core::topology::Scheduling;
use rqchart_core::values::Object;
use serde::Serialize;
use tera::Value;

/// The affinity that somebody wrote, or the one that keeps pods apart.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Affinity<'a> {
    Written(&'a Object),
    #[serde(rename_all = "camelCase")]
    Apart {
        pod_anti_affinity: AntiAffinity,
    },
}

#[derive(Debug, Serialize)]
pub(super) struct AntiAffinity {
    #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution", skip_serializing_if = "Vec::is_empty")]
    required: Vec<Term>,
    #[serde(rename = "preferredDuringSchedulingIgnoredDuringExecution", skip_serializing_if = "Vec::is_empty")]
    preferred: Vec<Preferred>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Preferred {
    weight: u32,
    pod_affinity_term: Term,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Term {
    topology_key: &'static str,
    label_selector: LabelSelector,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LabelSelector {
    match_labels: Value,
}

impl<'a> Affinity<'a> {
    /// Of pods with these labels; none where they may be anywhere.
    pub(super) fn of(scheduling: &'a Scheduling, labels: &Value) -> Option<Self> {
        if let Some(written) = &scheduling.affinity {
            return Some(Self::Written(written));
        }
        let term = |topology_key| Term { topology_key, label_selector: LabelSelector { match_labels: labels.clone() } };
        let required: Vec<_> = scheduling.required.iter().map(|key| term(key)).collect();
        let preferred = scheduling.preferred.iter();
        let preferred: Vec<_> = preferred
            .map(|place| Preferred { weight: place.weight, pod_affinity_term: term(place.topology_key) })
            .collect();
        let is_free = required.is_empty() && preferred.is_empty();
        (!is_free).then_some(Self::Apart { pod_anti_affinity: AntiAffinity { required, preferred } })
    }
}
