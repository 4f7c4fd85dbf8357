//! The pods: what runs in them, where, and how Kubernetes watches it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::Metadata;
use crate::release::Release;
use crate::values::{
    self, Container, ContainerSecurity, EnvVar, Formation, Image, Int, Labels, NamedObject, Object, PodSecurity,
    PullPolicy, Resources, Spread, Toleration, TopologySpread, Values, VolumeMount,
};

/// Where the scripts are in a pod.
const SCRIPTS: &str = "/etc/rqlite";
/// Where a pod's volume is. The image declares it as its own volume; rqlited gets a folder below it, because the root of
/// a volume may hold `lost+found`.
const DATA: &str = "/rqlite/file";

/// A pod, the same for every ordinal.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Pod {
    /// The image's full reference.
    pub image: String,
    /// When a node asks the registry.
    pub pull_policy: PullPolicy,
    /// Names of Secrets with credentials for the registry.
    pub pull_secrets: Vec<String>,
    /// Where the scripts are.
    pub scripts_path: &'static str,
    /// Where the volume is.
    pub data_path: &'static str,
    /// CPU and memory.
    pub resources: Resources,
    /// How Kubernetes watches the rqlite container.
    pub probes: Probes,
    /// How long a pod may take to end, in seconds.
    pub termination_grace_period_seconds: i64,
    /// Users, groups and rights.
    pub security: Security,
    /// Whether pods get a token for the Kubernetes API.
    pub automount_token: bool,
    /// Whether a ServiceAccount is rendered.
    pub create_service_account: bool,
    /// Its annotations.
    pub service_account_annotations: BTreeMap<String, String>,
    /// Where pods run.
    pub scheduling: Scheduling,
    /// Further environment variables.
    pub env: Vec<EnvVar>,
    /// Further volumes.
    pub volumes: Vec<NamedObject>,
    /// Further volume mounts.
    pub volume_mounts: Vec<VolumeMount>,
    /// Further containers.
    pub containers: Vec<Container>,
    /// Containers that run first.
    pub init_containers: Vec<Container>,
}

/// Users, groups and rights.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Security {
    /// Of the pod.
    pub pod: PodSecurity,
    /// Of the rqlite container.
    pub container: ContainerSecurity,
}

/// Where pods run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Scheduling {
    /// A whole affinity that somebody wrote.
    pub affinity: Option<Object>,
    /// Node labels that tell places apart, no two pods in one.
    pub required: Vec<&'static str>,
    /// The same, but only where possible, the most important first.
    pub preferred: Vec<PreferredPlace>,
    /// Even spreading over places.
    pub topology_spread: Vec<TopologySpread>,
    /// Labels that a node must have.
    pub node_selector: Labels,
    /// Taints that the pods tolerate.
    pub tolerations: Vec<Toleration>,
    /// The pods' PriorityClass.
    pub priority_class_name: Option<String>,
}

/// A kind of place that no two pods should share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PreferredPlace {
    /// The node label that tells places apart.
    pub topology_key: &'static str,
    /// How much it counts, up to 100.
    pub weight: u32,
}

impl Scheduling {
    fn resolve(values: &Values) -> Self {
        // Losing a zone takes every node in it, so zones count for more.
        let places = [
            ("topology.kubernetes.io/zone", values.anti_affinity.zone, 100),
            ("kubernetes.io/hostname", values.anti_affinity.host, 50),
        ];
        let of = |strength| {
            let replaced = values.affinity.is_some();
            places.into_iter().filter(move |(_, spread, _)| !replaced && *spread == strength)
        };
        Self {
            affinity: values.affinity.clone(),
            required: of(Spread::Hard).map(|(key, _, _)| key).collect(),
            preferred: of(Spread::Soft)
                .map(|(topology_key, _, weight)| PreferredPlace { topology_key, weight })
                .collect(),
            topology_spread: values.topology_spread_constraints.clone(),
            node_selector: values.node_selector.clone(),
            tolerations: values.tolerations.clone(),
            priority_class_name: values.priority_class_name.as_ref().map(ToString::to_string),
        }
    }
}

/// How Kubernetes watches the rqlite container.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Probes {
    /// Until it succeeds once, the others do not count.
    #[serde(rename = "startupProbe", skip_serializing_if = "Option::is_none")]
    pub startup: Option<Probe>,
    /// Restarts the container.
    #[serde(rename = "livenessProbe", skip_serializing_if = "Option::is_none")]
    pub liveness: Option<Probe>,
    /// Keeps clients away.
    #[serde(rename = "readinessProbe", skip_serializing_if = "Option::is_none")]
    pub readiness: Option<Probe>,
}

/// One probe, with Kubernetes' names for its parts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Probe {
    /// What is asked: a Kubernetes probe handler.
    #[serde(flatten)]
    pub handler: Object,
    /// Whether somebody wrote that handler.
    #[serde(skip)]
    pub is_foreign: bool,
    /// Seconds before the first look.
    #[serde(skip_serializing_if = "is_zero")]
    pub initial_delay_seconds: i64,
    /// Seconds between two looks.
    pub period_seconds: i64,
    /// Seconds after which no answer is a failure.
    pub timeout_seconds: i64,
    /// How many failures in a row count.
    pub failure_threshold: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_zero(seconds: &i64) -> bool {
    *seconds == 0
}

/// The chart's own probe: handler, delay, period, timeout, failures.
struct Default {
    handler: Value,
    period: i64,
    timeout: i64,
    failures: i64,
}

impl Probes {
    /// What each asks is explained in docs/scripts.md.
    fn resolve(values: &Values) -> Self {
        let get = |path: &str| json!({ "httpGet": { "path": path, "port": "http" } });
        let script = |name: &str| json!({ "exec": { "command": ["sh", format!("{SCRIPTS}/{name}")] } });
        // rqlited answers it as soon as it has opened its port, also during a long restore. Five minutes for that.
        let startup = Default { handler: get("/readyz?noleader"), period: 1, timeout: 5, failures: 300 };
        // The script asks up to five others, two seconds each.
        let liveness = Default { handler: script("alive.sh"), period: 10, timeout: 30, failures: 3 };
        let readiness = match values.formation {
            Formation::Ordered => Default { handler: script("ready.sh"), period: 2, timeout: 30, failures: 2 },
            Formation::Parallel => {
                Default { handler: get("/readyz?sync&timeout=3s"), period: 2, timeout: 5, failures: 2 }
            }
        };
        let probe =
            |wanted: &Option<values::Probe>, default: &Default| wanted.as_ref().map(|p| Probe::resolve(p, default));
        Self {
            startup: probe(&values.startup_probe, &startup),
            liveness: probe(&values.liveness_probe, &liveness),
            readiness: probe(&values.readiness_probe, &readiness),
        }
    }
}

impl Probe {
    fn resolve(wanted: &values::Probe, default: &Default) -> Self {
        let own = || default.handler.as_object().cloned().unwrap_or_default();
        Self {
            is_foreign: wanted.handler.is_some(),
            handler: wanted.handler.clone().unwrap_or_else(own),
            initial_delay_seconds: wanted.initial_delay_seconds.map_or(0, Int::get),
            period_seconds: wanted.period_seconds.map_or(default.period, Int::get),
            timeout_seconds: wanted.timeout_seconds.map_or(default.timeout, Int::get),
            failure_threshold: wanted.failure_threshold.map_or(default.failures, Int::get),
        }
    }
}

impl Pod {
    pub(super) fn resolve(values: Values, release: &Release, metadata: &Metadata) -> Self {
        Self {
            image: reference(&values.image, &release.chart.app_version),
            pull_policy: values.image.pull_policy,
            pull_secrets: values.image.pull_secrets.iter().map(ToString::to_string).collect(),
            scripts_path: SCRIPTS,
            data_path: DATA,
            probes: Probes::resolve(&values),
            scheduling: Scheduling::resolve(&values),
            resources: values.resources,
            termination_grace_period_seconds: values.termination_grace_period_seconds.get(),
            security: Security { pod: values.pod_security_context, container: values.security_context },
            automount_token: values.service_account.automount_token,
            create_service_account: values.service_account.create,
            service_account_annotations: metadata.annotations_with(&values.service_account.annotations),
            env: values.extra_env,
            volumes: values.extra_volumes,
            volume_mounts: values.extra_volume_mounts,
            containers: values.extra_containers,
            init_containers: values.extra_init_containers,
        }
    }
}

impl Pod {
    /// Whether parts of it are Kubernetes objects that somebody wrote, which no schema of ours describes.
    pub(super) fn has_foreign_parts(&self) -> bool {
        let probes = [&self.probes.startup, &self.probes.liveness, &self.probes.readiness];
        self.scheduling.affinity.is_some()
            || !(self.volumes.is_empty() && self.containers.is_empty() && self.init_containers.is_empty())
            || self.env.iter().any(|variable| variable.value_from.is_some())
            || probes.into_iter().flatten().any(|probe| probe.is_foreign)
    }
}

fn reference(image: &Image, app_version: &str) -> String {
    let tag = image.tag.as_ref().map_or(app_version, |tag| tag.as_str());
    let digest = image.digest.as_ref().map_or_else(String::new, |digest| format!("@{digest}"));
    format!("{}/{}:{tag}{digest}", image.registry, image.repository)
}
