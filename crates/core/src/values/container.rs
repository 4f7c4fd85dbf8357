//! The rqlite container, and what stands beside it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AbsolutePath, DnsLabel, DnsName, EnvName, Object};

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

/// Environment variables from all keys of a ConfigMap or a Secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EnvFrom {
    /// What their names begin with, before the keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<EnvName>,
    /// The ConfigMap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_map_ref: Option<EnvSource>,
    /// Or the Secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<EnvSource>,
}

/// A ConfigMap or a Secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EnvSource {
    /// Its name.
    pub name: DnsName,
    /// Whether pods start without it.
    #[serde(default)]
    pub optional: bool,
}

/// What Kubernetes does when the rqlite container has begun, and before it ends: Kubernetes handlers (`exec`, `httpGet`, `sleep`, `tcpSocket`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Lifecycle {
    /// Runs beside rqlited's start, maybe before it. If it fails the container is restarted; until it ends the pod is not Ready.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "pods", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_start: Option<Object>,
    /// Runs before rqlited is told to end. Its time is taken from terminationGracePeriodSeconds: what it leaves is all that rqlited has for its snapshot.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "pods", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pre_stop: Option<Object>,
}

impl Lifecycle {
    /// Whether it says nothing.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What `kubectl describe` shows of a container that has ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TerminationMessagePolicy {
    /// What it wrote to /dev/termination-log; rqlited writes nothing there.
    #[default]
    File,
    /// The end of its log, if it failed.
    FallbackToLogsOnError,
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
    /// The same, with environment variables in it: `$(POD_NAME)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_path_expr: Option<String>,
    /// Whether what the node mounts into the volume later appears too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount_propagation: Option<MountPropagation>,
    /// Whether it cannot be written to.
    #[serde(default)]
    pub read_only: bool,
}

/// Whether later mounts appear. Bidirectional is left out: it needs a privileged container.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum MountPropagation {
    /// They do not.
    #[default]
    None,
    /// The node's do.
    HostToContainer,
}
