//! Where the database lives.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pod::object;
use super::{AbsolutePath, Annotations, DnsLabel, DnsName, Kind, LabelSelector, Labels, Object, Quantity};

/// One volume for each pod.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Storage {
    /// Size of each volume: two to three times the database.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "storage", "effect": "immutable", "unit": "bytes" }))]
    pub size: Quantity,
    /// The StorageClass; null means the cluster's default one.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "storage", "effect": "immutable" }))]
    pub storage_class_name: Option<DnsName>,
    /// How nodes may mount a volume.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "storage", "effect": "immutable" }))]
    #[schemars(length(min = 1))]
    #[serde(deserialize_with = "not_empty")]
    pub access_modes: Vec<AccessMode>,
    /// What becomes of volumes whose pods are gone.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "storage", "effect": "data" }))]
    pub retention: Retention,
    /// Keeps the database in the pod (emptyDir) instead of a volume: a deleted pod has lost its disk.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "storage", "effect": "immutable" }))]
    pub ephemeral: bool,
    /// Labels of the claims.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "storage", "effect": "immutable" }))]
    pub labels: Labels,
    /// Annotations of the claims.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "storage", "effect": "immutable" }))]
    pub annotations: Annotations,
    /// The VolumeAttributesClass of the volumes: their speed, where the provisioner can change that.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "storage", "effect": "immutable" }))]
    pub volume_attributes_class_name: Option<DnsName>,
    /// Which existing PersistentVolumes the claims may take, by their labels; null means any.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "storage", "effect": "immutable" }))]
    pub selector: Option<LabelSelector>,
    /// What new volumes begin with, such as a VolumeSnapshot. All of them begin with the same data, also those of later replicas, and the members' addresses are part of it: it must be a snapshot of a release of the same name and namespace. To fill another cluster, load a backup instead.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "storage", "effect": "data" }))]
    pub data_source_ref: Option<DataSource>,
    /// Renders PersistentVolumes on the node's own disk, one for each pod, for clusters without a provisioner.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "storage", "effect": "none" }))]
    pub local_volumes: Option<LocalVolumes>,
}

impl Default for Storage {
    fn default() -> Self {
        Self {
            size: Quantity::known("10Gi"),
            storage_class_name: None,
            access_modes: vec![AccessMode::ReadWriteOnce],
            retention: Retention::default(),
            ephemeral: false,
            labels: Labels::new(),
            annotations: Annotations::new(),
            volume_attributes_class_name: None,
            selector: None,
            data_source_ref: None,
            local_volumes: None,
        }
    }
}

pub(super) fn not_empty<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<AccessMode>, D::Error> {
    let modes = Vec::deserialize(deserializer)?;
    if modes.is_empty() { Err(serde::de::Error::invalid_length(0, &"at least one access mode")) } else { Ok(modes) }
}

/// How nodes may mount a volume.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AccessMode {
    /// One node at a time.
    #[default]
    ReadWriteOnce,
    /// One pod at a time.
    ReadWriteOncePod,
    /// Many nodes at a time.
    ReadWriteMany,
}

/// What becomes of volumes whose pods are gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct Retention {
    /// When the StatefulSet is deleted.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "storage", "effect": "data" }))]
    pub when_deleted: RetentionPolicy,
    /// When a scale-in takes the pod away.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "storage", "effect": "data" }))]
    pub when_scaled: RetentionPolicy,
}

/// What becomes of a volume.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum RetentionPolicy {
    /// It stays, and a pod of that ordinal finds its data again.
    #[default]
    Retain,
    /// It is deleted with its data.
    Delete,
}

/// PersistentVolumes on the node's own disk (hostPath): for minikube and the like, not for production.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct LocalVolumes {
    /// The volumes' names are this and a number from 0.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "storage", "effect": "none" }))]
    pub name_prefix: DnsLabel,
    /// The volumes' folders are this and a number from 0.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "storage", "effect": "none" }))]
    pub path_prefix: AbsolutePath,
}

impl Default for LocalVolumes {
    fn default() -> Self {
        Self { name_prefix: DnsLabel::known("pv"), path_prefix: AbsolutePath::known("/tmp/pv") }
    }
}

/// What a volume begins with: an object in the same namespace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DataSource {
    /// The API of its kind: `snapshot.storage.k8s.io`; none for a PersistentVolumeClaim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_group: Option<DnsName>,
    /// Its kind, such as `VolumeSnapshot`.
    pub kind: Kind,
    /// Its name.
    pub name: DnsName,
}

/// One more volume for each pod.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ClaimTemplate {
    /// The volume's name within the pod, and the beginning of its claims' names.
    pub name: DnsLabel,
    /// Labels of the claims.
    #[serde(default)]
    pub labels: Labels,
    /// Annotations of the claims.
    #[serde(default)]
    pub annotations: Annotations,
    /// What is claimed: a Kubernetes PersistentVolumeClaim's `spec`.
    #[serde(deserialize_with = "object")]
    pub spec: Object,
}
