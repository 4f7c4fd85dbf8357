//! The pods and the rqlite container in them.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Int, QualifiedName, Seconds};

/// Any Kubernetes object or part of one; Kubernetes checks its fields.
pub type Object = serde_json::Map<String, serde_json::Value>;

/// Reads a mapping; `Object` alone takes null for an empty one.
pub(super) fn object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Object, D::Error> {
    let object = Option::deserialize(deserializer)?;
    object.ok_or_else(|| serde::de::Error::invalid_type(serde::de::Unexpected::Unit, &"a mapping"))
}

/// Reads a list of mappings.
pub(super) fn objects<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Object>, D::Error> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Entry(#[serde(deserialize_with = "object")] Object);

    let entries = Vec::<Entry>::deserialize(deserializer)?;
    Ok(entries.into_iter().map(|Entry(object)| object).collect())
}

/// How often Kubernetes looks at a container, and what it makes of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct Probe {
    /// Seconds before the first look; null means the chart's own.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "probes", "effect": "roll", "unit": "s" }))]
    pub initial_delay_seconds: Option<Seconds>,
    /// Seconds between two looks; null means the chart's own.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "probes", "effect": "roll", "unit": "s" }))]
    pub period_seconds: Option<Int<1, 3600>>,
    /// Seconds after which no answer counts as a failure; null means the chart's own.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "probes", "effect": "roll", "unit": "s" }))]
    pub timeout_seconds: Option<Int<1, 3600>>,
    /// How many failures in a row count; null means the chart's own.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "probes", "effect": "roll" }))]
    pub failure_threshold: Option<Int<1, 10000>>,
    /// A Kubernetes probe handler (`exec`, `httpGet`, `tcpSocket`, `grpc`) in place of the chart's own.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "probes", "effect": "roll" }))]
    pub handler: Option<Object>,
}

/// How pods are replaced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct UpdateStrategy {
    /// By whom.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "pods", "effect": "none" }))]
    #[serde(rename = "type")]
    pub kind: Strategy,
    /// Only ordinals from this one on are replaced: raise it to try an update on the last pods first.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "pods", "effect": "none" }))]
    pub partition: Int<0, 999>,
}

/// Who replaces pods.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Strategy {
    /// Kubernetes, one pod at a time from the highest ordinal on.
    #[default]
    RollingUpdate,
    /// A person, by deleting them.
    OnDelete,
}

/// A condition that somebody else sets on a pod.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ReadinessGate {
    /// The condition that must be true.
    pub condition_type: QualifiedName,
}
