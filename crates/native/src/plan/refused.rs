//! What Kubernetes refuses to change on objects that exist.
//!
//! From the validation of updates in Kubernetes 1.37 (pkg/apis/*/validation).

use serde_json::Value;

use crate::Manifest;

/// Of a kind, the fields below which nothing may change; and those that may all the same.
struct Fixed {
    kinds: &'static [&'static str],
    refused: &'static [&'static str],
    free: &'static [&'static str],
}

const FIXED: &[Fixed] = &[
    Fixed {
        kinds: &["StatefulSet"],
        refused: &["spec"],
        free: &[
            "spec.replicas",
            "spec.ordinals",
            "spec.template",
            "spec.updateStrategy",
            "spec.revisionHistoryLimit",
            "spec.persistentVolumeClaimRetentionPolicy",
            "spec.minReadySeconds",
        ],
    },
    Fixed { kinds: &["Deployment", "DaemonSet", "ReplicaSet"], refused: &["spec.selector"], free: &[] },
    Fixed {
        kinds: &["Job"],
        refused: &[
            "spec.selector",
            "spec.template",
            "spec.completionMode",
            "spec.podFailurePolicy",
            "spec.successPolicy",
            "spec.managedBy",
            "spec.backoffLimitPerIndex",
        ],
        free: &[],
    },
    Fixed {
        kinds: &["PersistentVolumeClaim"],
        refused: &["spec"],
        free: &["spec.resources.requests.storage", "spec.volumeAttributesClassName"],
    },
    Fixed {
        kinds: &["PersistentVolume"],
        refused: &["spec"],
        free: &[
            "spec.capacity",
            "spec.accessModes",
            "spec.persistentVolumeReclaimPolicy",
            "spec.storageClassName",
            "spec.mountOptions",
            "spec.claimRef",
            "spec.volumeAttributesClassName",
        ],
    },
    Fixed { kinds: &["RoleBinding", "ClusterRoleBinding"], refused: &["roleRef"], free: &[] },
    Fixed { kinds: &["Secret"], refused: &["type"], free: &[] },
    Fixed {
        kinds: &["StorageClass"],
        refused: &["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"],
        free: &[],
    },
    Fixed { kinds: &["PriorityClass"], refused: &["value", "preemptionPolicy"], free: &[] },
    Fixed { kinds: &["IngressClass"], refused: &["spec.controller"], free: &[] },
    Fixed { kinds: &["RuntimeClass"], refused: &["handler"], free: &[] },
];

/// Whether a change at this place is refused.
pub(super) fn is_refused(
    (old, new): (&Manifest, &Manifest),
    path: &[&str],
    from: Option<&Value>,
    to: Option<&Value>,
) -> bool {
    let place = path.join(".");
    let below = |prefixes: &[&str]| {
        prefixes
            .iter()
            .any(|prefix| place.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    };
    let by_table = FIXED
        .iter()
        .any(|entry| entry.kinds.contains(&new.kind.as_str()) && below(entry.refused) && !below(entry.free));
    by_table
        || match new.kind.as_str() {
            "Service" => service((old, new), &place, from, to),
            "Secret" | "ConfigMap" => {
                old.object["immutable"] == true && below(&["data", "binaryData", "stringData", "immutable"])
            }
            "PersistentVolumeClaim" => place == "spec.resources.requests.storage" && shrinks(from, to),
            _ => false,
        }
}

/// Addresses that Kubernetes has given away, and what a load balancer was made with.
fn service((old, new): (&Manifest, &Manifest), place: &str, from: Option<&Value>, to: Option<&Value>) -> bool {
    let is_type = |manifest: &Manifest, wanted| manifest.text("/spec/type").unwrap_or("ClusterIP") == wanted;
    if is_type(old, "ExternalName") || is_type(new, "ExternalName") {
        return false;
    }
    match place {
        // One that is no longer asked for is kept.
        "spec.clusterIP" => to.is_some(),
        "spec.ipFamilies" => to.zip(from).is_some_and(|(to, from)| to[0] != from[0]),
        "spec.loadBalancerClass" => is_type(old, "LoadBalancer") && is_type(new, "LoadBalancer"),
        "spec.healthCheckNodePort" => from.is_some() && to.is_some(),
        _ => false,
    }
}

fn shrinks(from: Option<&Value>, to: Option<&Value>) -> bool {
    use rqchart_core::values::Quantity;
    use serde::Deserialize;
    let millis = |value: Option<&Value>| Some(Quantity::deserialize(value?).ok()?.millis());
    millis(from).zip(millis(to)).is_none_or(|(from, to)| to < from)
}
