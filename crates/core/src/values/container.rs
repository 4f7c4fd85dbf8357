//! The rqlite container, and what stands beside it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AbsolutePath, DnsLabel, EnvName, Object};

/// An environment variable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EnvVar {
    /// Its name.
    pub name: EnvName,
    /// Its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Where its value comes from: `secretKeyRef`, `configMapKeyRef`, `fieldRef` or `resourceFieldRef`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_from: Option<Object>,
}

/// An object with a name, such as a volume; Kubernetes checks its other fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NamedObject {
    /// Its name within the pod.
    pub name: DnsLabel,
    /// Its other fields.
    #[serde(flatten)]
    pub fields: Object,
}

/// A container; Kubernetes checks its fields.
pub type Container = NamedObject;

/// Where the rqlite container sees a volume.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct VolumeMount {
    /// The volume.
    pub name: DnsLabel,
    /// Where it appears.
    pub mount_path: AbsolutePath,
    /// The part of the volume that appears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_path: Option<String>,
    /// Whether it cannot be written to.
    #[serde(default)]
    pub read_only: bool,
}
