//! What decides how many readers there are.

use serde::Serialize;
use serde_json::{Value, json};

use super::Names;
use crate::values::{Autoscaling, Int, Metric, Object};

/// A HorizontalPodAutoscaler.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Autoscaler {
    /// The StatefulSet that it scales.
    pub target: String,
    /// How many readers there are at least.
    pub min_replicas: i64,
    /// How many readers there are at most.
    pub max_replicas: i64,
    /// What it looks at.
    pub metrics: Vec<Value>,
    /// How fast it scales.
    pub behavior: Option<Object>,
    /// The resources of which a share of the request is looked at: `cpu`, `memory`, with the setting's name.
    #[serde(skip)]
    pub shares: Vec<(&'static str, &'static str)>,
    /// Whether parts of it are Kubernetes objects that somebody wrote.
    #[serde(skip)]
    pub is_foreign: bool,
}

/// A metric that somebody wrote.
fn object(metric: &Metric) -> Value {
    let kind = ("type".to_owned(), format!("{:?}", metric.kind).into());
    Value::Object([kind].into_iter().chain(metric.fields.clone()).collect())
}

impl Autoscaler {
    pub(super) fn resolve(wanted: &Autoscaling, names: &Names) -> Self {
        let shares = [
            ("cpu", "targetCPUUtilizationPercentage", wanted.target_cpu),
            ("memory", "targetMemoryUtilizationPercentage", wanted.target_memory),
        ];
        let shares = || shares.into_iter().filter_map(|(name, setting, share)| Some((name, setting, share?)));
        // Of rqlite's container alone: a container beside it that has no request would stop the autoscaler.
        let metric = |name: &str, share: i64| {
            let target = json!({ "type": "Utilization", "averageUtilization": share });
            let of = json!({ "name": name, "container": names.container, "target": target });
            json!({ "type": "ContainerResource", "containerResource": of })
        };
        let own = shares().map(|(name, _, share)| metric(name, Int::get(share)));
        Self {
            target: names.readers.clone(),
            min_replicas: wanted.min_replicas.get(),
            max_replicas: wanted.max_replicas.get(),
            metrics: own.chain(wanted.metrics.iter().map(object)).collect(),
            behavior: wanted.behavior.clone(),
            shares: shares().map(|(name, setting, _)| (name, setting)).collect(),
            is_foreign: !wanted.metrics.is_empty() || wanted.behavior.is_some(),
        }
    }
}
