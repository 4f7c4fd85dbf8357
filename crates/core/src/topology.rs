//! The cluster that a set of values describes, with everything decided.
//!
//! In: [`Values`] that passed the schema, and the [`Release`] they install as.
//! Out: [`Topology`], the only source of names, addresses, roles, ports and defaults for rules, templates, simulator
//! and web page. What was set itself, in [`Settings`], is for rules alone: they say whether it makes sense.

mod access;
mod alerts;
mod apis;
mod arguments;
mod autoscaler;
mod backup;
mod budget;
mod cdc;
mod extensions;
mod members;
mod metadata;
mod monitoring;
mod mounts;
mod objects;
mod paths;
pub mod placeholder;
mod pod;
mod policy;
mod probes;
mod routes;
mod services;
mod sets;
mod storage;

use serde::Serialize;
use serde_json::Value;

pub use access::{Access, BACKUP_USER, Certificate, MEMBER_USER, PROBE_USER, UsersSecret};
pub use alerts::ALERTS;
pub use apis::{OPTIONAL_APIS, OptionalApi};
pub use arguments::{Argument, flag_name};
pub use autoscaler::Autoscaler;
pub use backup::{Backup, BackupClaim, Place, ScheduleSpec, Scheduled};
pub use budget::{Amount, Budget, Limit};
pub use cdc::Cdc;
pub use members::{Cluster, Member, Role};
pub use metadata::{Metadata, Names};
pub use monitoring::{Alerts, Dashboard, Exporter, Monitoring, PodMonitor, SideCar};
pub use mounts::{Mount, PodVolume, VolumeMount};
pub use objects::is_cluster_scoped;
pub(crate) use paths::{climbs, leaves};
pub use paths::{lies_in, path_segments};
pub use pod::{Conduct, Pod, PreferredPlace, Scheduling, Security, Surroundings};
pub use policy::NetworkPolicy;
pub use probes::{Probe, Probes};
pub use routes::{Gateway, Ingress, IngressHost, Parent, Route};
pub use services::{
    AffinityConfig, ClientIpConfig, Families, HTTP_PORT, Headless, PerPodService, RAFT_PORT, Service, ServiceSpec,
    Services,
};
pub use sets::{Component, PodSet};
pub use storage::{Claim, LocalVolume, Storage, Volume};

use crate::release::{ApiVersions, KubeVersion, Release};
use crate::rqlited::Version;
use crate::values::{self, Extension, Int, Metrics, Patch, Raft, Readers, Recovery, Restore, Values};

use sets::Around;

/// A resolved cluster.
///
/// Only [`Topology::resolve`] makes one, so holding it proves that its values passed the schema.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Topology {
    /// The release's name.
    pub release: String,
    /// The namespace of every object.
    pub namespace: String,
    /// The version of Kubernetes that is rendered for.
    pub kube_version: KubeVersion,
    /// The APIs that the cluster was said to have.
    pub api_versions: ApiVersions,
    /// The name of every object.
    pub names: Names,
    /// Labels and annotations.
    pub metadata: Metadata,
    /// Sizes and votes.
    pub cluster: Cluster,
    /// The set whose first pods vote.
    pub voters: PodSet,
    /// The pool of readers, if there is one.
    pub readers: Option<PodSet>,
    /// What decides how many readers there are, if it is not the values.
    pub autoscaler: Option<Autoscaler>,
    /// Whether a Deployment removes the members of pods that a scale-in took away.
    pub prune: bool,
    /// Whose data becomes the truth after a majority of the disks was lost.
    pub recovery: Option<Recovery>,
    /// How long a member may stay away, in milliseconds; none means for ever.
    pub grace_millis: Option<u64>,
    /// The same for non-voters, where it is another time.
    pub reader_grace_millis: Option<u64>,
    /// The version of rqlite that the image's tag promises; none where the tag is no number.
    pub rqlite_version: Option<Version>,
    /// Who may use the API, and how traffic is encrypted.
    pub access: Access,
    /// Copies of the database.
    pub backup: Backup,
    /// Change data capture, if there is any.
    pub cdc: Option<Cdc>,
    /// How the cluster is watched.
    pub monitoring: Monitoring,
    /// The Services.
    pub services: Services,
    /// The Ingress, if one is rendered.
    pub ingress: Option<Ingress>,
    /// Routes of the Gateway API.
    pub gateway: Gateway,
    /// Settings of routes that are not rendered, each with the setting that it lacks; as JSON pointers.
    pub unused_routes: Vec<(&'static str, &'static str)>,
    /// Who may talk to the pods, if that is limited.
    pub network_policy: Option<NetworkPolicy>,
    /// Kubernetes objects that somebody adds, complete.
    pub extra_objects: Vec<Value>,
    /// Changes to what templates render.
    pub patches: Vec<Patch>,
    /// What was set, for rules.
    pub settings: Settings,
}

/// Groups as they were set, for rules: what is set without effect shows in them alone.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// The pool of readers.
    pub readers: Readers,
    /// Copies of the database.
    pub backup: values::Backup,
    /// What a new cluster begins with.
    pub restore: Restore,
    /// SQLite extensions.
    pub extensions: Vec<Extension>,
    /// Raft's times and snapshots.
    pub raft: Raft,
    /// Change data capture.
    pub cdc: values::Cdc,
    /// How the cluster is watched.
    pub metrics: Metrics,
}

/// How pods are replaced, with Kubernetes' names for its parts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Rollout {
    /// How long a pod must be Ready before the next one is replaced; none means not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_ready_seconds: Option<i64>,
    /// How many earlier forms of the pods are kept; none means as many as Kubernetes likes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision_history_limit: Option<i64>,
}

impl Rollout {
    fn resolve(values: &Values) -> Self {
        Self {
            min_ready_seconds: Some(values.min_ready_seconds.get()).filter(|seconds| *seconds > 0),
            revision_history_limit: values.revision_history_limit.map(Int::get),
        }
    }
}

impl Topology {
    /// Decides everything that values leave open. It cannot fail: what is doubtful about the result, rules say.
    ///
    /// # Example
    ///
    /// ```
    /// use rqchart_core::release::{ChartInfo, KubeVersion, Release};
    /// use rqchart_core::topology::{Role, Topology};
    /// use rqchart_core::values::Values;
    ///
    /// let chart = ChartInfo { name: "rqlite".into(), version: "0.1.0".into(), app_version: "10.2.7".into() };
    /// let release = Release::new("rqdb", "default", chart, KubeVersion::DEFAULT).unwrap();
    /// let topology = Topology::resolve(Values::default(), &release);
    /// assert_eq!(topology.voters.members[0].address, "rqdb-0.rqdb-headless.default.svc.cluster.local");
    /// assert_eq!(topology.voters.members[2].role, Role::Seed);
    /// assert_eq!(topology.cluster.tolerated_losses, 1);
    /// ```
    pub fn resolve(values: Values, release: &Release) -> Self {
        let names = Names::resolve(&values, release);
        let mut access = Access::resolve(&values, &names);
        let mut backup = Backup::resolve(&values, &names);
        let cdc = Cdc::resolve(&values, &names);
        let metadata = Metadata::resolve(&values, release, &names);
        let cluster = Cluster::resolve(&values);
        let exporter = Exporter::resolve(&values, release, &names, &access);
        let around = Around {
            release,
            names: &names,
            metadata: &metadata,
            access: &access,
            backup: &backup,
            cdc: cdc.as_ref(),
            exporter: exporter.as_ref(),
            cluster: &cluster,
        };
        let millis = |time: &Option<values::Duration>| time.as_ref().map(values::Duration::as_millis);
        let readers = PodSet::readers(&values, around);
        let voters = PodSet::voters(&values, around);
        backup.schedule(&values.backup.scheduled, &names, &voters);
        access.certify(&values, &names, release, &voters.members);
        let monitoring = Monitoring::resolve(&values, exporter, (release, &names), &metadata, &access, &voters);
        Self {
            release: release.name.to_string(),
            namespace: release.namespace.to_string(),
            kube_version: release.kube_version,
            api_versions: release.api_versions.clone(),
            prune: values.membership.prune,
            recovery: values.membership.recovery.clone(),
            grace_millis: millis(&values.membership.grace),
            reader_grace_millis: millis(&values.membership.reader_grace),
            rqlite_version: Version::from_tag(values.image.tag(&release.chart.app_version)),
            services: Services::resolve(&values, &names, &metadata, &voters.members),
            ingress: Ingress::resolve(&values, &metadata, access.https),
            gateway: Gateway::resolve(&values, &metadata),
            unused_routes: routes::unused(&values),
            network_policy: NetworkPolicy::resolve(&values, &metadata),
            extra_objects: objects::resolve(&values, release, &metadata),
            autoscaler: values.readers.autoscaling.as_ref().map(|wanted| Autoscaler::resolve(wanted, &names)),
            patches: values.patches,
            settings: Settings {
                readers: values.readers,
                backup: values.backup,
                restore: values.restore,
                extensions: values.rqlite.extensions,
                raft: values.rqlite.raft,
                cdc: values.cdc,
                metrics: values.metrics,
            },
            voters,
            readers,
            access,
            backup,
            cdc,
            monitoring,
            names,
            metadata,
            cluster,
        }
    }
}

impl Topology {
    /// Every set of pods, the one whose first pods vote before the others.
    pub fn sets(&self) -> impl Iterator<Item = &PodSet> {
        std::iter::once(&self.voters).chain(&self.readers)
    }

    /// The sources of the chart's own volumes that somebody else fills.
    pub fn foreign_sources(&self) -> Vec<&Value> {
        let own = [&self.names.scripts, &self.names.metrics, &self.names.cdc, &self.names.backup];
        let is_own = |mount: &&Mount| {
            let name = mount.source.pointer("/configMap/name").and_then(Value::as_str);
            name.is_some_and(|name| own.iter().any(|own| *own == name) && !mount.is_extension())
        };
        // What is made of users and certificates may be rendered, so those say it themselves.
        let access = |mount: &&Mount| self.access.mounts.contains(mount);
        self.voters
            .pod
            .mounts
            .iter()
            .filter(|mount| !is_own(mount) && !access(mount))
            .map(|mount| &mount.source)
            .collect()
    }

    /// Whether there are Kubernetes objects, or parts of them, that somebody wrote, which no schema of ours describes.
    pub fn has_foreign_parts(&self) -> bool {
        !(self.extra_objects.is_empty() && self.patches.is_empty())
            || self.autoscaler.as_ref().is_some_and(|autoscaler| autoscaler.is_foreign)
            || self.sets().any(|set| !set.storage.extra_claims.is_empty() || set.pod.has_foreign_parts())
    }
}

/// What values make of a release, for tests.
#[cfg(test)]
pub(crate) fn resolved(values: &serde_json::Value) -> Topology {
    let values = crate::schema::validate(values).unwrap_or_else(|findings| panic!("{values}: {findings:?}"));
    Topology::resolve(values, &crate::release::example())
}
