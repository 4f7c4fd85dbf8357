//! CPU, memory and local disk of containers.
//!
//! A type for each list, because each has defaults of its own: whoever sets one amount keeps the others, as with Helm.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Quantity;

macro_rules! resource_list {
    (
        $(#[$doc:meta])* $name:ident, $group:literal, $effect:literal, [$level:literal, $level_of_disk:literal],
        { cpu: $cpu:expr, memory: $memory:literal, disk: $disk:literal }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields, rename_all = "camelCase")]
        pub struct $name {
            /// CPU in cores; null means no such amount.
            #[schemars(extend("x-rqchart" = { "level": $level, "group": $group, "effect": $effect, "unit": "cores" }))]
            #[serde(skip_serializing_if = "Option::is_none")]
            pub cpu: Option<Quantity>,
            /// Memory in bytes; null means no such amount.
            #[schemars(extend("x-rqchart" = { "level": $level, "group": $group, "effect": $effect, "unit": "bytes" }))]
            #[serde(skip_serializing_if = "Option::is_none")]
            pub memory: Option<Quantity>,
            /// Local disk for logs and for what is kept for a while, such as uploads in /tmp, in bytes; null means no such
            /// amount.
            #[schemars(extend("x-rqchart" = { "level": $level_of_disk, "group": $group, "effect": $effect, "unit": "bytes" }))]
            #[serde(rename = "ephemeral-storage", skip_serializing_if = "Option::is_none")]
            pub ephemeral_storage: Option<Quantity>,
        }

        impl Default for $name {
            fn default() -> Self {
                let cpu: Option<&'static str> = $cpu;
                Self {
                    cpu: cpu.map(Quantity::known),
                    memory: Some(Quantity::known($memory)),
                    ephemeral_storage: Some(Quantity::known($disk)),
                }
            }
        }
    };
}

macro_rules! resources {
    ($(#[$doc:meta])* $name:ident, $requests:ident, $limits:ident, $group:literal, $effect:literal, $level:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields, rename_all = "camelCase")]
        pub struct $name {
            /// What a node must have to spare.
            #[schemars(extend("x-rqchart" = { "level": $level, "group": $group, "effect": $effect }))]
            pub requests: $requests,
            /// What the container may use at most. Beyond the memory it is killed; a limit of CPU slows a Raft leader down.
            #[schemars(extend("x-rqchart" = { "level": $level, "group": $group, "effect": $effect }))]
            pub limits: $limits,
        }

        impl $name {
            /// Each resource by its name, with what is requested and the limit.
            pub fn amounts(&self) -> [(&'static str, Option<&Quantity>, Option<&Quantity>); 3] {
                let Self { requests, limits } = self;
                [
                    ("cpu", requests.cpu.as_ref(), limits.cpu.as_ref()),
                    ("memory", requests.memory.as_ref(), limits.memory.as_ref()),
                    ("ephemeral-storage", requests.ephemeral_storage.as_ref(), limits.ephemeral_storage.as_ref()),
                ]
            }
        }
    };
}

resources! {
    /// CPU, memory and local disk of each rqlite container.
    Resources, Requests, Limits, "pods", "roll", "essential"
}
resource_list! {
    /// What a node must have to spare for rqlite.
    Requests, "pods", "roll", ["essential", "advanced"], { cpu: Some("100m"), memory: "128Mi", disk: "64Mi" }
}
resource_list! {
    /// What rqlite may use at most.
    Limits, "pods", "roll", ["essential", "advanced"], { cpu: None, memory: "1Gi", disk: "2Gi" }
}

resources! {
    /// CPU, memory and local disk of the exporter.
    ExporterResources, ExporterRequests, ExporterLimits, "monitoring", "roll", "advanced"
}
resource_list! {
    /// What a node must have to spare for the exporter.
    ExporterRequests, "monitoring", "roll", ["advanced", "advanced"], { cpu: Some("10m"), memory: "32Mi", disk: "16Mi" }
}
resource_list! {
    /// What the exporter may use at most.
    ExporterLimits, "monitoring", "roll", ["advanced", "advanced"], { cpu: None, memory: "128Mi", disk: "64Mi" }
}

resources! {
    /// CPU, memory and local disk of a job.
    JobResources, JobRequests, JobLimits, "backup", "none", "advanced"
}
resource_list! {
    /// What a node must have to spare for a job.
    JobRequests, "backup", "none", ["advanced", "advanced"], { cpu: Some("50m"), memory: "64Mi", disk: "64Mi" }
}
resource_list! {
    /// What a job may use at most.
    JobLimits, "backup", "none", ["advanced", "advanced"], { cpu: None, memory: "512Mi", disk: "10Gi" }
}
