//! The pods: what runs in them, where, and how Kubernetes watches it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::paths::lies_in;
use super::sets::Around;
use super::{Mount, Probes, SideCar, mounts};
use crate::values::{
    Container, ContainerSecurity, Digest, DnsConfig, DnsPolicy, EnvFrom, EnvVar, HostAlias, Labels, Lifecycle,
    NamedObject, Object, PodSecurity, PullPolicy, ReadinessGate, Registry, Repository, Resources, Spread,
    TerminationMessagePolicy, Toleration, TopologySpread, Values, VolumeMount,
};

/// Where the scripts are in a pod.
pub(super) const SCRIPTS: &str = "/etc/rqlite";
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
    #[serde(skip)]
    pub scripts_path: &'static str,
    /// What is mounted beside the database's volume and what users add.
    #[serde(skip)] // templates see volumes and their mounts
    pub mounts: Vec<Mount>,
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
    #[serde(skip)]
    pub create_service_account: bool,
    /// Its annotations.
    #[serde(skip)] // an object's metadata has them
    pub service_account_annotations: BTreeMap<String, String>,
    /// Where pods run.
    pub scheduling: Scheduling,
    /// What the pods need around them.
    pub surroundings: Surroundings,
    /// Whether containers see each other's processes.
    pub share_process_namespace: bool,
    /// Conditions that others must set before a pod is Ready.
    pub readiness_gates: Vec<ReadinessGate>,
    /// What else the rqlite container is told.
    pub conduct: Conduct,
    /// Environment variables: first the chart's own.
    pub env: Vec<EnvVar>,
    /// How many of them are the chart's own.
    #[serde(skip)]
    pub own_env: usize,
    /// Further volumes.
    pub volumes: Vec<NamedObject>,
    /// Further volume mounts.
    pub volume_mounts: Vec<VolumeMount>,
    /// The chart's own containers beside rqlite.
    #[serde(skip)] // templates see all containers together
    pub side_cars: Vec<SideCar>,
    /// Volumes that only those see.
    #[serde(skip)] // the same for volumes
    pub side_volumes: Vec<Mount>,
    /// Further containers.
    #[serde(skip)] // among all containers
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
    #[serde(skip)] // templates see one affinity, made of these three
    pub affinity: Option<Object>,
    /// Node labels that tell places apart, no two pods in one.
    #[serde(skip)]
    pub required: Vec<&'static str>,
    /// The same, but only where possible, the most important first.
    #[serde(skip)]
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

/// What every pod of the release needs around it, with Kubernetes' names for its parts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Surroundings {
    /// The scheduler.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduler_name: Option<String>,
    /// The runtime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime_class_name: Option<String>,
    /// Lines of /etc/hosts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub host_aliases: Vec<HostAlias>,
    /// Whom pods ask for names; none means the cluster's DNS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_policy: Option<DnsPolicy>,
    /// Additions to the resolver.
    #[serde(skip_serializing_if = "DnsConfig::is_empty")]
    pub dns_config: DnsConfig,
    /// Whether users are those of the node; none means that they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_users: Option<bool>,
}

impl Surroundings {
    fn resolve(values: &Values) -> Self {
        Self {
            scheduler_name: values.scheduler_name.as_ref().map(ToString::to_string),
            runtime_class_name: values.runtime_class_name.as_ref().map(ToString::to_string),
            host_aliases: values.host_aliases.clone(),
            dns_policy: Some(values.dns_policy).filter(|policy| *policy != DnsPolicy::default()),
            dns_config: values.dns_config.clone(),
            host_users: (!values.host_users).then_some(false),
        }
    }
}

/// What else the rqlite container is told, with Kubernetes' names for its parts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Conduct {
    /// Sources of environment variables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub env_from: Vec<EnvFrom>,
    /// What is run when it has begun, and before it ends.
    #[serde(skip_serializing_if = "Lifecycle::is_empty")]
    pub lifecycle: Lifecycle,
    /// What is shown of one that has ended; none means what it wrote to a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub termination_message_policy: Option<TerminationMessagePolicy>,
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

impl Pod {
    pub(super) fn resolve(values: &Values, around: Around<'_>) -> Self {
        let Around { release, metadata, access, backup, exporter, .. } = around;
        let image = &values.image;
        Self {
            image: image_reference(
                &image.registry,
                &image.repository,
                image.tag(&release.chart.app_version),
                image.digest.as_ref(),
            ),
            pull_policy: image.pull_policy,
            pull_secrets: image.pull_secrets.iter().map(ToString::to_string).collect(),
            scripts_path: SCRIPTS,
            mounts: mounts::resolve(values, around),
            data_path: DATA,
            probes: Probes::resolve(values, access),
            scheduling: Scheduling::resolve(values),
            surroundings: Surroundings::resolve(values),
            share_process_namespace: values.share_process_namespace,
            readiness_gates: values.readiness_gates.clone(),
            resources: values.resources.clone(),
            termination_grace_period_seconds: values.termination_grace_period_seconds.get(),
            security: Security { pod: values.pod_security_context.clone(), container: values.security_context.clone() },
            automount_token: values.service_account.automount_token,
            create_service_account: values.service_account.create,
            service_account_annotations: metadata.annotations_with(&values.service_account.annotations),
            conduct: Conduct {
                env_from: values.extra_env_from.clone(),
                lifecycle: values.lifecycle.clone(),
                termination_message_policy: Some(values.termination_message_policy)
                    .filter(|policy| *policy != TerminationMessagePolicy::default()),
            },
            env: backup.environment.iter().chain(&values.extra_env).cloned().collect(),
            own_env: backup.environment.len(),
            volumes: values.extra_volumes.clone(),
            volume_mounts: values.extra_volume_mounts.clone(),
            side_cars: exporter.iter().map(|exporter| exporter.container.clone()).collect(),
            side_volumes: exporter.iter().map(|exporter| exporter.volume.clone()).collect(),
            containers: values.extra_containers.clone(),
            init_containers: values.extra_init_containers.clone(),
        }
    }
}

impl Pod {
    /// The environment variables that somebody added.
    pub fn extra_env(&self) -> &[EnvVar] {
        self.env.get(self.own_env..).unwrap_or_default()
    }

    /// The mount that somebody added and that holds a file, the innermost of them.
    pub fn extra_mount_with(&self, path: &str) -> Option<&VolumeMount> {
        let holds = |mount: &&VolumeMount| lies_in(path, mount.mount_path.as_str());
        self.volume_mounts.iter().filter(holds).max_by_key(|mount| mount.mount_path.as_str().len())
    }

    /// Whether parts of it are Kubernetes objects that somebody wrote, which no schema of ours describes.
    pub(super) fn has_foreign_parts(&self) -> bool {
        let probes = [&self.probes.startup, &self.probes.liveness, &self.probes.readiness];
        self.scheduling.affinity.is_some()
            || !self.conduct.lifecycle.is_empty()
            || !(self.volumes.is_empty() && self.containers.is_empty() && self.init_containers.is_empty())
            || self.extra_env().iter().any(|variable| variable.value_from.is_some())
            || probes.into_iter().flatten().any(|probe| probe.is_foreign)
    }
}

/// The whole name of an image.
pub(super) fn image_reference(
    registry: &Registry,
    repository: &Repository,
    tag: &str,
    digest: Option<&Digest>,
) -> String {
    let digest = digest.map_or_else(String::new, |digest| format!("@{digest}"));
    format!("{registry}/{repository}:{tag}{digest}")
}
