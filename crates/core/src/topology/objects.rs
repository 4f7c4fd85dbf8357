//! Kubernetes objects that somebody adds.

use serde_json::{Map, Value};

use super::Metadata;
use crate::release::Release;
use crate::values::{ExtraObject, Values};

/// Kinds that are in no namespace: Kubernetes' own, and those of extensions that are often beside a database.
const CLUSTER_SCOPED: &[&str] = &[
    "APIService",
    "CSIDriver",
    "CertificateSigningRequest",
    "ClusterExternalSecret",
    "ClusterIssuer",
    "ClusterPolicy",
    "ClusterRole",
    "ClusterRoleBinding",
    "ClusterSecretStore",
    "ClusterTrustBundle",
    "CustomResourceDefinition",
    "DeviceClass",
    "FlowSchema",
    "GatewayClass",
    "IngressClass",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "RuntimeClass",
    "ServiceCIDR",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttributesClass",
    "VolumeSnapshotClass",
    "VolumeSnapshotContent",
];

/// Whether objects of a kind are in no namespace.
pub fn is_cluster_scoped(kind: &str) -> bool {
    CLUSTER_SCOPED.contains(&kind)
}

/// Completes the objects: namespace, labels and annotations of the release, where they have none of their own.
pub(super) fn resolve(values: &Values, release: &Release, metadata: &Metadata) -> Vec<Value> {
    values.extra_objects.iter().map(|object| complete(object, release, metadata)).collect()
}

fn complete(object: &ExtraObject, release: &Release, metadata: &Metadata) -> Value {
    let ExtraObject { api_version, kind, metadata: own, fields } = object;
    let namespace = match &own.namespace {
        Some(namespace) => namespace.as_ref().map(ToString::to_string),
        None => (!is_cluster_scoped(kind.as_str())).then(|| release.namespace.to_string()),
    };
    let mut meta = Map::from_iter([("name".to_owned(), own.name.as_str().into())]);
    meta.extend(namespace.map(|namespace| ("namespace".to_owned(), namespace.into())));
    let texts =
        [("labels", metadata.labels_with(&own.labels)), ("annotations", metadata.annotations_with(&own.annotations))];
    let texts = texts.into_iter().filter(|(_, texts)| !texts.is_empty());
    meta.extend(texts.map(|(key, texts)| (key.to_owned(), texts.into_iter().collect())));
    meta.extend(own.fields.clone());
    let head = [("apiVersion", api_version.as_str().into()), ("kind", kind.as_str().into()), ("metadata", meta.into())];
    head.into_iter().map(|(key, value)| (key.to_owned(), value)).chain(fields.clone()).collect()
}
