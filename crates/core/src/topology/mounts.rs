//! What the chart's own containers find in their file systems, beside the database's volume.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Value, json};

use super::pod::SCRIPTS;
use super::sets::Around;
use super::{extensions, monitoring};
use crate::values::Values;

/// A volume of the chart's own, and where the rqlite container and those that help it find it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Mount {
    /// The volume's name in the pod.
    pub name: Cow<'static, str>,
    /// Where it appears.
    pub path: Cow<'static, str>,
    /// Whether nobody may write there.
    pub read_only: bool,
    /// Whether only rqlited needs it, and not the containers that help it.
    pub only_nodes: bool,
    /// Where it comes from, as a volume of Kubernetes has it.
    pub source: Value,
}

impl Mount {
    /// One that nobody may write to.
    pub(super) fn read_only(
        name: impl Into<Cow<'static, str>>,
        path: impl Into<Cow<'static, str>>,
        source: Value,
    ) -> Self {
        Self { name: name.into(), path: path.into(), read_only: true, only_nodes: false, source }
    }

    /// The same, for rqlited alone.
    pub(super) fn for_nodes(
        name: impl Into<Cow<'static, str>>,
        path: impl Into<Cow<'static, str>>,
        source: Value,
    ) -> Self {
        Self { only_nodes: true, ..Self::read_only(name, path, source) }
    }

    /// The volume, as a pod has it.
    pub fn volume(&self) -> PodVolume<'_> {
        PodVolume { name: &self.name, source: &self.source }
    }

    /// Its mount, as a container has it.
    pub fn volume_mount(&self) -> VolumeMount<'_> {
        VolumeMount { name: &self.name, mount_path: &self.path, read_only: self.read_only }
    }
}

/// A volume of a pod, in Kubernetes' form.
#[derive(Debug, Serialize)]
pub struct PodVolume<'a> {
    name: &'a str,
    #[serde(flatten)]
    source: &'a Value,
}

/// A mount of a container, in Kubernetes' form.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeMount<'a> {
    name: &'a str,
    mount_path: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    read_only: bool,
}

/// All of them, in the order in which they are rendered.
pub(super) fn resolve(values: &Values, around: Around<'_>) -> Vec<Mount> {
    let Around { names, access, backup, cdc, .. } = around;
    let scripts = Mount::read_only("scripts", SCRIPTS, json!({ "configMap": { "name": names.scripts } }));
    let tmp = Mount { read_only: false, ..Mount::read_only("tmp", "/tmp", json!({ "emptyDir": {} })) };
    let cdc = cdc.into_iter().flat_map(|cdc| &cdc.mounts);
    [scripts, tmp]
        .into_iter()
        .chain(access.mounts.iter().chain(&backup.mounts).chain(cdc).cloned())
        .chain(extensions::mounts(values))
        .chain(monitoring::otlp_mounts(values))
        .collect()
}
