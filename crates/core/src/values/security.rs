//! Users, groups and rights of the pods.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Annotations, DnsName, Id};

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
