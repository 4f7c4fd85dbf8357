//! Whole Kubernetes objects: changes to those that are rendered, and further ones.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{Annotations, DnsLabel, GroupVersion, JsonPointer, Kind, Labels, Object, ObjectName};

/// A change to objects that are rendered, made after all other settings have had their effect. It has either `merge` or `json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Patch {
    /// The kind of the objects, such as `StatefulSet`.
    pub kind: Kind,
    /// The name of the one object that is meant; without it, all of that kind are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ObjectName>,
    /// A strategic merge patch: mappings are merged, null removes, lists are replaced. Lists that Kubernetes merges by a key (containers, volumes and env by name, volumeMounts by mountPath, ports by number) are merged by it; new entries come last (kubectl puts them first). `$patch: delete` removes an entry or a mapping, `$patch: replace` replaces it whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge: Option<Object>,
    /// The operations of a JSON patch (RFC 6902), in their order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Vec<JsonOperation>>,
}

/// One operation of a JSON patch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct JsonOperation {
    /// What is done.
    pub op: JsonOp,
    /// Where: `/spec/template/spec/containers/0/args/-`. In a key, `/` is written `~1` and `~` is written `~0`.
    pub path: JsonPointer,
    /// For move and copy: from where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<JsonPointer>,
    /// For add, replace and test: the value. A null is one too.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

/// What an operation of a JSON patch does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum JsonOp {
    /// Puts a value where none is, before an entry of a list, or in the place of another value.
    Add,
    /// Takes a value away.
    Remove,
    /// Puts a value in the place of another one.
    Replace,
    /// Takes a value away and adds it elsewhere.
    Move,
    /// Adds a value that is elsewhere too.
    Copy,
    /// Fails the patch if the value there is another one.
    Test,
}

/// A Kubernetes object of somebody's own; Kubernetes checks its fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExtraObject {
    /// Its API and the version of that, such as `networking.k8s.io/v1`.
    pub api_version: GroupVersion,
    /// Its kind.
    pub kind: Kind,
    /// Its name, labels and the like.
    pub metadata: ExtraMetadata,
    /// Its other fields.
    #[serde(flatten)]
    pub fields: Object,
}

/// The metadata of a Kubernetes object of somebody's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExtraMetadata {
    /// Its name.
    pub name: ObjectName,
    /// Its namespace. Without one it is the release's, except for kinds that are known to be in none (`ClusterRole`, `StorageClass`, `ClusterIssuer` and the like); write null for another kind that is in none.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Option<DnsLabel>>,
    /// Its labels, over those of every object of the release.
    #[serde(default)]
    pub labels: Labels,
    /// Its annotations, over those of every object of the release.
    #[serde(default)]
    pub annotations: Annotations,
    /// Other metadata.
    #[serde(flatten)]
    pub fields: Object,
}

/// Reads a value that is there, so that a null differs from nothing.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
