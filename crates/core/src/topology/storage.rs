//! The volumes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::metadata::{merged, texts};
use super::{Member, Metadata};
use crate::values::{AccessMode, Quantity, Retention, Values};

/// Where the database lives.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Storage {
    /// In the pod itself: no claims.
    pub ephemeral: bool,
    /// Size of each volume.
    pub size: Quantity,
    /// The StorageClass; none means the cluster's default.
    pub storage_class_name: Option<String>,
    /// How nodes may mount a volume.
    pub access_modes: Vec<AccessMode>,
    /// What becomes of volumes whose pods are gone.
    pub retention: Retention,
    /// Labels of the claims. The general labels are not among them: claim templates are immutable.
    pub labels: BTreeMap<String, String>,
    /// Annotations of the claims.
    pub annotations: BTreeMap<String, String>,
    /// PersistentVolumes that are rendered too.
    pub local_volumes: Vec<LocalVolume>,
}

/// A PersistentVolume on the node's own disk.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LocalVolume {
    /// Its name.
    pub name: String,
    /// Its folder on the node.
    pub path: String,
}

impl Storage {
    pub(super) fn resolve(values: &Values, metadata: &Metadata, members: &[Member]) -> Self {
        let storage = values.storage.clone();
        let local = storage.local_volumes.filter(|_| !storage.ephemeral);
        Self {
            local_volumes: local.map_or_else(Vec::new, |local| {
                let volume = |member: &Member| LocalVolume {
                    name: format!("{}{}", local.name_prefix, member.ordinal),
                    path: format!("{}{}", local.path_prefix, member.ordinal),
                };
                members.iter().map(volume).collect()
            }),
            ephemeral: storage.ephemeral,
            size: storage.size,
            storage_class_name: storage.storage_class_name.map(|name| name.to_string()),
            access_modes: storage.access_modes,
            retention: storage.retention,
            labels: merged(&metadata.selector, &storage.labels),
            annotations: texts(&storage.annotations),
        }
    }
}
