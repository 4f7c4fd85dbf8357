//! The pods and the rqlite container in them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AbsolutePath, Annotations, DnsLabel, DnsName, EnvName, Id, Int, Quantity, Seconds};

/// Any Kubernetes object or part of one; Kubernetes checks its fields.
pub type Object = serde_json::Map<String, serde_json::Value>;

/// CPU and memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Resources {
    /// What a node must have to spare.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "pods", "effect": "roll" }))]
    pub requests: ResourceList,
    /// What the container may use at most. Beyond the memory it is killed; a limit of CPU slows a Raft leader down.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "pods", "effect": "roll" }))]
    pub limits: ResourceList,
}

impl Default for Resources {
    fn default() -> Self {
        let list = |cpu: Option<&'static str>, memory, disk| ResourceList {
            cpu: cpu.map(Quantity::known),
            memory: Some(Quantity::known(memory)),
            ephemeral_storage: Some(Quantity::known(disk)),
        };
        Self { requests: list(Some("100m"), "128Mi", "64Mi"), limits: list(None, "1Gi", "2Gi") }
    }
}

/// An amount of each resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct ResourceList {
    /// CPU in cores.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "pods", "effect": "roll", "unit": "cores" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Quantity>,
    /// Memory in bytes.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "pods", "effect": "roll", "unit": "bytes" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Quantity>,
    /// Local disk for logs and for /tmp, where rqlited keeps uploads, in bytes.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "pods", "effect": "roll", "unit": "bytes" }))]
    #[serde(rename = "ephemeral-storage", skip_serializing_if = "Option::is_none")]
    pub ephemeral_storage: Option<Quantity>,
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

/// Security settings of the pods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct PodSecurity {
    /// Refuses to run as root.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    pub run_as_non_root: bool,
    /// The user; rqlite's image makes 1000. null leaves it to the image or to OpenShift.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_as_user: Option<Id>,
    /// The group; null leaves it to the image or to OpenShift.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_as_group: Option<Id>,
    /// The group that owns the volumes.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fs_group: Option<Id>,
    /// When a volume's files are given to that group: at every start, or only when its folder is not yet.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fs_group_change_policy: Option<ChangePolicy>,
    /// Further groups.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub supplemental_groups: Vec<Id>,
    /// Which system calls are allowed.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seccomp_profile: Option<SeccompProfile>,
}

impl Default for PodSecurity {
    fn default() -> Self {
        Self {
            run_as_non_root: true,
            run_as_user: Some(Id::known::<1000>()),
            run_as_group: Some(Id::known::<1000>()),
            fs_group: Some(Id::known::<1000>()),
            fs_group_change_policy: Some(ChangePolicy::OnRootMismatch),
            supplemental_groups: Vec::new(),
            seccomp_profile: Some(SeccompProfile::default()),
        }
    }
}

/// When a volume's files are given to the pod's group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ChangePolicy {
    /// At every start, which takes long on a large volume.
    Always,
    /// Only when the volume's top folder has another owner.
    #[default]
    OnRootMismatch,
}

/// Which system calls are allowed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct SeccompProfile {
    /// Whose list.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(rename = "type")]
    pub kind: SeccompType,
    /// For Localhost: the profile's file on the node.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub localhost_profile: Option<String>,
}

/// Whose list of system calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum SeccompType {
    /// The container runtime's.
    #[default]
    RuntimeDefault,
    /// A file on the node.
    Localhost,
    /// Nobody's: all are allowed.
    Unconfined,
}

/// Security settings of the rqlite container.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct ContainerSecurity {
    /// Whether a process may gain more rights than its parent.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    pub allow_privilege_escalation: bool,
    /// Makes the image read-only; rqlited writes to its volume and to /tmp.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    pub read_only_root_filesystem: bool,
    /// Linux capabilities that are added and taken away.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    pub capabilities: Capabilities,
}

impl Default for ContainerSecurity {
    fn default() -> Self {
        Self {
            allow_privilege_escalation: false,
            read_only_root_filesystem: true,
            capabilities: Capabilities::default(),
        }
    }
}

/// Linux capabilities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Capabilities {
    /// Those that are added.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<String>,
    /// Those that are taken away.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<String>,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self { add: Vec::new(), drop: vec!["ALL".to_owned()] }
    }
}

/// The ServiceAccount that the pods run as.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct ServiceAccount {
    /// Whether it is rendered; otherwise one of that name must exist.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "security", "effect": "none" }))]
    pub create: bool,
    /// Its name; null means the fullname, or `default` when it is not created.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "security", "effect": "roll" }))]
    pub name: Option<DnsName>,
    /// Its annotations, for example for a cloud's workload identity.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "security", "effect": "none" }))]
    pub annotations: Annotations,
    /// Whether pods get a token for the Kubernetes API.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    pub automount_token: bool,
}

impl Default for ServiceAccount {
    fn default() -> Self {
        Self { create: true, name: None, annotations: Annotations::new(), automount_token: false }
    }
}

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
