//! What an older Kubernetes lacks.

use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic};
use crate::release::KubeVersion;
use crate::topology::Topology;

/// A field that not every version from [`KubeVersion::OLDEST`] on has. All others that settings become were checked: those
/// of budgets, spreading, claims, StatefulSets, Services and autoscalers are there, and on, in 1.27.
struct Field {
    /// What is set.
    what: &'static str,
    /// The first minor version that knows it.
    known: u32,
    /// The first one that heeds it without being told to.
    on: u32,
    /// What tells the ones between them.
    gate: &'static str,
    /// JSON pointers to where it is set.
    settings: fn(&Topology) -> Vec<String>,
}

/// From the feature gates of Kubernetes 1.36.
const FIELDS: &[Field] = &[
    Field { what: "an AppArmor profile", known: 30, on: 30, gate: "AppArmorFields", settings: app_armor },
    Field {
        what: "supplementalGroupsPolicy",
        known: 31,
        on: 33,
        gate: "SupplementalGroupsPolicy",
        settings: |topology| {
            let policy = topology.voters.pod.security.pod.supplemental_groups_policy;
            at(policy.is_some(), "/podSecurityContext/supplementalGroupsPolicy")
        },
    },
    Field {
        what: "a user namespace",
        known: 25,
        on: 33,
        gate: "UserNamespacesSupport",
        settings: |topology| at(topology.voters.pod.surroundings.host_users == Some(false), "/hostUsers"),
    },
    Field {
        what: "a VolumeAttributesClass",
        known: 29,
        on: 34,
        gate: "VolumeAttributesClass",
        settings: |topology| {
            let sets = topology.sets().filter(|set| set.storage.claim.volume_attributes_class_name.is_some());
            sets.map(|set| set.setting("/storage/volumeAttributesClassName")).collect()
        },
    },
    Field {
        what: "sleep",
        known: 29,
        on: 30,
        gate: "PodLifecycleSleepAction",
        settings: |topology| sleeps(topology, false),
    },
    Field {
        what: "a sleep of 0 seconds",
        known: 32,
        on: 33,
        gate: "PodLifecycleSleepActionAllowZero",
        settings: |topology| sleeps(topology, true),
    },
    Field {
        what: "a container that stays",
        known: 28,
        on: 29,
        gate: "SidecarContainers",
        settings: |topology| {
            let containers = topology.voters.pod.init_containers.iter().enumerate();
            let staying = containers.filter(|(_, container)| container.fields.contains_key("restartPolicy"));
            staying.map(|(index, _)| format!("/extraInitContainers/{index}/restartPolicy")).collect()
        },
    },
];

fn at(is_set: bool, setting: &str) -> Vec<String> {
    is_set.then(|| setting.to_owned()).into_iter().collect()
}

fn app_armor(topology: &Topology) -> Vec<String> {
    let security = &topology.voters.pod.security;
    let pod = at(security.pod.app_armor_profile.is_some(), "/podSecurityContext/appArmorProfile");
    [pod, at(security.container.app_armor_profile.is_some(), "/securityContext/appArmorProfile")].concat()
}

fn sleeps(topology: &Topology, only_zero: bool) -> Vec<String> {
    let lifecycle = &topology.voters.pod.conduct.lifecycle;
    let handlers = [("postStart", &lifecycle.post_start), ("preStop", &lifecycle.pre_stop)];
    let of = |handler: &Option<crate::values::Object>| {
        let sleep = handler.as_ref()?.get("sleep")?;
        (!only_zero || sleep.get("seconds").unwrap_or(&Value::Null) == &json!(0)).then_some(())
    };
    handlers.into_iter().filter_map(|(name, handler)| of(handler).map(|()| format!("/lifecycle/{name}"))).collect()
}

/// An older one refuses the object or drops the field; one that knows it, but was not told to heed it, does the same.
pub(super) fn fields(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let KubeVersion { major, minor } = topology.kube_version;
    for field in FIELDS.iter().filter(|field| topology.kube_version < version(field.on)) {
        for path in (field.settings)(topology) {
            findings.push(if topology.kube_version < version(field.known) {
                too_old(topology, path, field.what, field.known)
            } else {
                let (what, on, gate) = (field.what, field.on, field.gate);
                let message = format!(
                    "before Kubernetes 1.{on} {what} needs the feature gate {gate}, and this is for {major}.{minor}"
                );
                let finding = Diagnostic::warning(Code::KubernetesTooOld, path, message);
                finding.with_hint("leave it out, or see that the gate is set")
            });
        }
    }
}

/// Says that a setting needs a newer version.
pub(super) fn too_old(topology: &Topology, path: String, what: &str, needed: u32) -> Diagnostic {
    let KubeVersion { major, minor } = topology.kube_version;
    let message = format!("{what} needs Kubernetes 1.{needed}, and this is for {major}.{minor}");
    let finding = Diagnostic::error(Code::KubernetesTooOld, path, message);
    finding.with_hint("leave it out, or say with --kube-version what the cluster runs")
}

/// A version by its minor number.
pub(super) const fn version(minor: u32) -> KubeVersion {
    KubeVersion { major: 1, minor }
}
