//! Users, groups and rights of the pods.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Annotations, DnsName, Id, SeLinuxPart, SysctlName};

/// Security settings of the pods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct PodSecurity {
    /// Refuses to run as root.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    pub run_as_non_root: bool,
    /// The user: a number that is no user of the nodes, so that nothing of theirs is open to it. null leaves it to OpenShift; elsewhere a number is needed, because the image's user has only a name.
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
    /// Whether groups of the image's /etc/group count too; null means that they do.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplemental_groups_policy: Option<GroupsPolicy>,
    /// Kernel parameters of the pods. The kubelet must allow all but a few; a pod with one that it does not allow never starts.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sysctls: Vec<Sysctl>,
    /// Which system calls are allowed.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seccomp_profile: Option<SeccompProfile>,
    /// Which files and rights AppArmor allows; null leaves it to the node.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_armor_profile: Option<AppArmorProfile>,
    /// The SELinux context; null leaves it to the node.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se_linux_options: Option<SeLinuxOptions>,
}

impl Default for PodSecurity {
    fn default() -> Self {
        Self {
            run_as_non_root: true,
            run_as_user: Some(Id::known::<10050>()),
            run_as_group: Some(Id::known::<10050>()),
            fs_group: Some(Id::known::<10050>()),
            fs_group_change_policy: Some(ChangePolicy::OnRootMismatch),
            supplemental_groups: Vec::new(),
            supplemental_groups_policy: None,
            sysctls: Vec::new(),
            seccomp_profile: Some(SeccompProfile::default()),
            app_armor_profile: None,
            se_linux_options: None,
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

/// Which files and rights AppArmor allows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct AppArmorProfile {
    /// Whose profile.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(rename = "type")]
    pub kind: AppArmorType,
    /// For Localhost: the name of a profile that the node has loaded.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub localhost_profile: Option<String>,
}

/// Whose AppArmor profile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AppArmorType {
    /// The container runtime's.
    #[default]
    RuntimeDefault,
    /// One that the node has loaded.
    Localhost,
    /// Nobody's: all is allowed.
    Unconfined,
}

/// An SELinux context; parts that are left out are the node's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct SeLinuxOptions {
    /// The user.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<SeLinuxPart>,
    /// The role.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<SeLinuxPart>,
    /// The type.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<SeLinuxPart>,
    /// The level.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<SeLinuxPart>,
}

/// Which groups a process is in beside its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum GroupsPolicy {
    /// Those of the image and those of the pod.
    Merge,
    /// Those of the pod alone.
    Strict,
}

/// A kernel parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Sysctl {
    /// Its name.
    pub name: SysctlName,
    /// Its value.
    pub value: String,
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
    /// As in podSecurityContext, for this container alone; null means as there.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_as_non_root: Option<bool>,
    /// As in podSecurityContext, for this container alone; null means as there.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_as_user: Option<Id>,
    /// As in podSecurityContext, for this container alone; null means as there.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_as_group: Option<Id>,
    /// As in podSecurityContext, for this container alone; null means as there.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seccomp_profile: Option<SeccompProfile>,
    /// As in podSecurityContext, for this container alone; null means as there.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_armor_profile: Option<AppArmorProfile>,
    /// As in podSecurityContext, for this container alone; null means as there.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se_linux_options: Option<SeLinuxOptions>,
}

impl Default for ContainerSecurity {
    fn default() -> Self {
        Self {
            allow_privilege_escalation: false,
            read_only_root_filesystem: true,
            capabilities: Capabilities::default(),
            run_as_non_root: None,
            run_as_user: None,
            run_as_group: None,
            seccomp_profile: None,
            app_armor_profile: None,
            se_linux_options: None,
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
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "security", "effect": "roll" }))]
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
