//! The volumes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Member;
use super::metadata::{merged, texts};
use crate::values::{AccessMode, ClaimTemplate, DataSource, LabelSelector, Quantity, Retention, Values};

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
    /// What else is claimed.
    pub claim: Claim,
    /// Whether there are claims, the database's or others.
    pub has_claims: bool,
    /// Claims of further volumes, complete.
    pub extra_claims: Vec<Value>,
    /// PersistentVolumes that are rendered too.
    #[serde(skip)] // in a list with their metadata
    pub local_volumes: Vec<LocalVolume>,
}

/// What else is claimed, with Kubernetes' names for its parts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Claim {
    /// The VolumeAttributesClass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_attributes_class_name: Option<String>,
    /// Which PersistentVolumes may be taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<LabelSelector>,
    /// What new volumes begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_source_ref: Option<DataSource>,
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
    pub(super) fn resolve(values: &Values, selector: &BTreeMap<String, String>, members: &[Member]) -> Self {
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
            claim: Claim {
                volume_attributes_class_name: storage.volume_attributes_class_name.map(|name| name.to_string()),
                selector: storage.selector,
                data_source_ref: storage.data_source_ref,
            },
            has_claims: !(storage.ephemeral && values.extra_volume_claim_templates.is_empty()),
            extra_claims: values.extra_volume_claim_templates.iter().map(|claim| complete(claim, selector)).collect(),
            ephemeral: storage.ephemeral,
            size: storage.size,
            storage_class_name: storage.storage_class_name.map(|name| name.to_string()),
            access_modes: storage.access_modes,
            retention: storage.retention,
            labels: merged(selector, &storage.labels),
            annotations: texts(&storage.annotations),
        }
    }
}

impl Storage {
    /// What each pod has: the database's volume, of this name, before the others.
    pub fn volumes<'a>(&'a self, database: &'a str) -> impl Iterator<Item = Volume<'a>> {
        let own = Volume {
            name: database,
            size: Some(self.size.clone()),
            storage_class_name: self.storage_class_name.as_deref(),
            is_claimed: !self.ephemeral,
        };
        // Somebody wrote these, so any field may be missing or of another form.
        let text = |claim: &'a Value, pointer| claim.pointer(pointer).and_then(Value::as_str);
        let further = self.extra_claims.iter().map(move |claim| Volume {
            name: text(claim, "/metadata/name").unwrap_or_default(),
            size: claim.pointer("/spec/resources/requests/storage").and_then(|size| Quantity::deserialize(size).ok()),
            storage_class_name: text(claim, "/spec/storageClassName"),
            is_claimed: true,
        });
        std::iter::once(own).chain(further)
    }
}

/// A volume that each pod of a set has one of.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Volume<'a> {
    /// Its name within the pod, and the beginning of its claims' names.
    pub name: &'a str,
    /// Its size; none where somebody wrote none, or one of a form that is not ours.
    pub size: Option<Quantity>,
    /// The StorageClass; none means the cluster's default.
    pub storage_class_name: Option<&'a str>,
    /// Whether it outlives its pod.
    pub is_claimed: bool,
}

/// A claim as the StatefulSet has it, with the labels that its pods are selected by.
fn complete(claim: &ClaimTemplate, selector: &BTreeMap<String, String>) -> Value {
    let mut meta = json!({ "name": claim.name, "labels": merged(selector, &claim.labels) });
    if !claim.annotations.is_empty() {
        meta["annotations"] = json!(claim.annotations);
    }
    json!({ "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": claim.spec })
}
