//! Everything that a user can set, typed.
//!
//! In: JSON that [`crate::schema`] accepts. Out: [`Values`], the input of [`crate::topology`].
//! Doc comments here are what operators read: they become the schema's descriptions, the generated `values.yaml`, the
//! README's table and `rqchart explain`. Defaults live here and nowhere else.

mod access;
mod backup;
mod cdc;
mod container;
mod dns;
mod extensions;
mod image;
mod membership;
mod metrics;
mod objects;
mod pod;
mod policy;
mod readers;
mod resources;
mod routes;
mod rqlite;
mod scalar;
mod scheduling;
mod security;
mod selector;
mod services;
mod storage;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use access::Side;
pub use access::{Auth, ClientTls, Issuer, IssuerKind, NodeTls, Permission, Tls, User};
pub use backup::{
    AutomaticBackup, Backup, BackupVolume, FileStore, Gcs, GcsCredentials, Restore, S3, S3Credentials, ScheduledBackup,
};
pub use cdc::{Cdc, CdcTls, EndpointSecret, RetryPolicy};
pub use container::{
    Container, EnvFrom, EnvSource, EnvVar, Lifecycle, MountPropagation, NamedObject, TerminationMessagePolicy,
    VolumeMount,
};
pub use dns::{DnsConfig, DnsOption, DnsPolicy, HostAlias};
pub use extensions::{BuiltinExtension, ConfigMapFile, Extension, ImageFile};
pub use image::{Image, PullPolicy};
pub use membership::{Formation, Membership, Recovery};
pub use metrics::{AlertName, Alerts, Dashboard, Exporter, ExporterImage, Metrics, Otlp, PodMonitor, Thresholds};
pub use objects::{ExtraMetadata, ExtraObject, JsonOp, JsonOperation, Patch};
pub use pod::{Object, Probe, ReadinessGate, Strategy, UpdateStrategy};
pub use policy::{Egress, EgressRule, IngressRule, IpBlock, NetworkPeer, NetworkPolicy, NetworkPort, Protocol};
pub use readers::{Autoscaling, Metric, MetricType, ReaderBudget, ReaderStorage, Readers};
pub use resources::{
    ExporterLimits, ExporterRequests, ExporterResources, JobLimits, JobRequests, JobResources, Limits, Requests,
    Resources,
};
pub use routes::{
    Gateway, HttpRoute, Ingress, IngressHost, IngressPath, IngressTls, ParentKind, ParentRef, PathType, RoutePath,
    RoutePathType, TlsRoute,
};
pub use rqlite::{ClusterTraffic, Database, Http, Profiles, Raft, RaftLogLevel, Rqlite, WriteQueue};
pub(crate) use scalar::QualifiedNameForm;
pub use scalar::{
    AbsolutePath, AddressTemplate, ApiVersion, Bucket, Cidr, CommonName, ConfigKey, CronSchedule, Digest, DnsLabel,
    DnsName, Duration, Endpoint, EnvName, FORMS, FileName, Flag, Form, GroupVersion, HeaderValue, HostPattern,
    HostPort, Id, ImageReference, Int, Ip, JsonPointer, Kind, LabelValue, MetricLabel, ObjectKey, ObjectName, Password,
    Port, QualifiedName, Quantity, Region, Registry, Repository, ResolverOption, ResolverValue, SeLinuxPart, Seconds,
    SecretKey, ServiceName, Share, SysctlName, Tag, TaintKey, Text, TimeZone, Url, UrlPath, Username,
};
pub use scheduling::{
    AntiAffinity, DisruptionBudget, EvictionPolicy, NodePolicy, Spread, TaintEffect, Toleration, TolerationOperator,
    TopologySpread, WhenUnsatisfiable,
};
pub use security::{
    AppArmorProfile, AppArmorType, Capabilities, ChangePolicy, ContainerSecurity, GroupsPolicy, PodSecurity,
    SeLinuxOptions, SeccompProfile, SeccompType, ServiceAccount, Sysctl,
};
pub use selector::{LabelCondition, LabelOperator, LabelSelector};
pub use services::{
    ClientService, HeadlessService, IpFamily, IpFamilyPolicy, PerPodServices, ServiceType, Services, SessionAffinity,
    TrafficDistribution, TrafficPolicy,
};
pub use storage::{AccessMode, ClaimTemplate, DataSource, LocalVolumes, Retention, RetentionPolicy, Storage};

/// Labels: keys and values of limited form, which selectors can use.
pub type Labels = BTreeMap<QualifiedName, LabelValue>;
/// Annotations: keys of limited form, any text as value.
pub type Annotations = BTreeMap<QualifiedName, String>;

/// Values of the rqlite chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Values {
    /// How many pods there are. Use 3 or 5; every pod from the (maxVoters + 1)th on is a non-voter, which holds all data and serves reads, but has no vote.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "cluster", "effect": "none", "unit": "pods", "docs": "https://rqlite.io/docs/clustering/general-guidelines/", "also": ["replicaCount"] }))]
    pub replicas: Int<1, 999>,
    /// How many pods, counted from ordinal 0, may vote. An odd number: 5 voters survive the loss of any 2. A pod takes another role only when it joins anew.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cluster", "effect": "none", "unit": "pods", "flag": "-raft-non-voter", "docs": "https://rqlite.io/docs/clustering/read-only-nodes/" }))]
    pub max_voters: Int<1, 31>,
    /// In which order pods start.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "cluster", "effect": "immutable" }))]
    pub formation: Formation,
    /// How members that are gone leave the cluster.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "cluster", "effect": "roll" }))]
    pub membership: Membership,
    /// A pool of pods that only read: a second StatefulSet of non-voters, with a size, volumes and a Service of its own.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "readers", "effect": "none", "docs": "https://rqlite.io/docs/clustering/read-only-nodes/", "also": ["readonly", "read replicas"] }))]
    pub readers: Readers,
    /// Settings of rqlited itself.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "rqlite", "effect": "roll", "docs": "https://rqlite.io/docs/guides/config/" }))]
    pub rqlite: Rqlite,
    /// Who may use the HTTP API; unset, everybody who can reach it.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "access", "effect": "roll", "docs": "https://rqlite.io/docs/guides/security/" }))]
    pub auth: Auth,
    /// Encryption of the traffic with clients and between nodes.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "access", "effect": "roll", "docs": "https://rqlite.io/docs/guides/security/", "also": ["config.tls", "mTLS", "SSL"] }))]
    pub tls: Tls,
    /// Metrics for Prometheus, alerts and a dashboard.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "monitoring", "effect": "roll" }))]
    pub metrics: Metrics,
    /// Every change of a row, sent to an HTTP endpoint.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll", "docs": "https://rqlite.io/docs/guides/cdc/" }))]
    pub cdc: Cdc,
    /// Change it to restart the pods one after the other, for example after a Secret that they read was changed by somebody else.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "pods", "effect": "roll" }))]
    pub revision: Option<LabelValue>,
    /// The image that the pods run.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "image", "effect": "roll" }))]
    pub image: Image,
    /// Where the database lives.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "storage", "effect": "immutable", "also": ["persistence", "PVC"] }))]
    pub storage: Storage,
    /// Copies of the database, taken by rqlited itself or by a job.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "backup", "effect": "roll", "docs": "https://rqlite.io/docs/guides/backup/" }))]
    pub backup: Backup,
    /// What a new cluster begins with.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "backup", "effect": "roll", "docs": "https://rqlite.io/docs/guides/backup/", "also": ["config.backup.autoRestore"] }))]
    pub restore: Restore,
    /// CPU and memory of each rqlite container.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "pods", "effect": "roll" }))]
    pub resources: Resources,
    /// The Services in front of the pods.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "network", "effect": "none" }))]
    pub services: Services,
    /// An Ingress to the Service for clients; rendered when it has hosts.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "network", "effect": "none" }))]
    pub ingress: Ingress,
    /// Routes of the Gateway API to the Service for clients, which need its CRDs in the cluster.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub gateway: Gateway,
    /// Who may talk to the pods, and whom they may talk to. It needs a network of Kubernetes that heeds policies.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "network", "effect": "none" }))]
    pub network_policy: NetworkPolicy,
    /// The DNS domain of the Kubernetes cluster. Pods learn it by themselves; rendered addresses need it.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "network", "effect": "none" }))]
    pub cluster_domain: DnsName,
    /// How strongly pods keep apart from each other.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "scheduling", "effect": "roll" }))]
    pub anti_affinity: AntiAffinity,
    /// Spreads the pods evenly over nodes or zones; pods of this release are meant. By default over zones, where possible.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "scheduling", "effect": "roll" }))]
    pub topology_spread_constraints: Vec<TopologySpread>,
    /// Labels that a node must have.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "scheduling", "effect": "roll" }))]
    pub node_selector: Labels,
    /// Taints that the pods tolerate.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "scheduling", "effect": "roll" }))]
    pub tolerations: Vec<Toleration>,
    /// A Kubernetes affinity, which replaces the one that antiAffinity makes.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "scheduling", "effect": "roll" }))]
    pub affinity: Option<Object>,
    /// The PriorityClass of the pods.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "scheduling", "effect": "roll" }))]
    pub priority_class_name: Option<DnsName>,
    /// The scheduler that places the pods; null means Kubernetes' own.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "scheduling", "effect": "roll" }))]
    pub scheduler_name: Option<DnsName>,
    /// The RuntimeClass of the pods, for example a sandbox; null means the node's own runtime.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "scheduling", "effect": "roll" }))]
    pub runtime_class_name: Option<DnsName>,
    /// Lines of /etc/hosts in the pods.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "roll" }))]
    pub host_aliases: Vec<HostAlias>,
    /// Whom pods ask for names. The members find each other by them.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "roll" }))]
    pub dns_policy: DnsPolicy,
    /// Additions to the pods' resolver.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "network", "effect": "roll" }))]
    pub dns_config: DnsConfig,
    /// How many pods a node drain may take at once; null renders none.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "scheduling", "effect": "none", "also": ["PDB"] }))]
    pub pod_disruption_budget: Option<DisruptionBudget>,
    /// Gives a container time to start before its liveness counts; null renders none.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "probes", "effect": "roll" }))]
    pub startup_probe: Option<Probe>,
    /// Restarts a container that does not answer, or that runs without being a member of the cluster; null renders none.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "probes", "effect": "roll" }))]
    pub liveness_probe: Option<Probe>,
    /// Keeps clients away from a pod that lacks a leader or data; null renders none.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "probes", "effect": "roll" }))]
    pub readiness_probe: Option<Probe>,
    /// Conditions that others must set before a pod is Ready. With `formation: ordered` the next pod waits for them too.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "probes", "effect": "roll" }))]
    pub readiness_gates: Vec<ReadinessGate>,
    /// How long a pod may take to end. rqlited hands over leadership and stores a snapshot in that time; a large database needs more.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "pods", "effect": "roll", "unit": "s" }))]
    pub termination_grace_period_seconds: Seconds,
    /// What is run when the rqlite container has begun, and before it ends.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "pods", "effect": "roll" }))]
    pub lifecycle: Lifecycle,
    /// What `kubectl describe` shows of an rqlite container that has ended.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "pods", "effect": "roll" }))]
    pub termination_message_policy: TerminationMessagePolicy,
    /// How pods are replaced when something changes that needs a restart.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "pods", "effect": "none" }))]
    pub update_strategy: UpdateStrategy,
    /// How long a pod must be Ready before the next one is replaced.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "pods", "effect": "none", "unit": "s" }))]
    pub min_ready_seconds: Seconds,
    /// How many earlier forms of the pods are kept for `kubectl rollout undo`; null means Kubernetes' 10.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "pods", "effect": "none" }))]
    pub revision_history_limit: Option<Int<0, 1000>>,
    /// Whether the containers of a pod see and may signal each other's processes.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    pub share_process_namespace: bool,
    /// Whether users in the pods are users of the node. false gives each pod a user namespace of its own, if the node and its file systems can do that.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    pub host_users: bool,
    /// Security settings of the pods. The defaults meet the restricted Pod Security Standard.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    pub pod_security_context: PodSecurity,
    /// Security settings of the rqlite container. The defaults meet the restricted Pod Security Standard.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "security", "effect": "roll" }))]
    pub security_context: ContainerSecurity,
    /// The ServiceAccount that the pods run as. rqlite never talks to the Kubernetes API.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "security", "effect": "roll" }))]
    pub service_account: ServiceAccount,
    /// Labels of every object.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "metadata", "effect": "roll" }))]
    pub labels: Labels,
    /// Annotations of every object.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "metadata", "effect": "none" }))]
    pub annotations: Annotations,
    /// Further labels of the pods.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "metadata", "effect": "roll" }))]
    pub pod_labels: Labels,
    /// Further annotations of the pods.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "metadata", "effect": "roll" }))]
    pub pod_annotations: Annotations,
    /// Further flags of rqlited, one argument each: `-raft-log-level=INFO`. Those that decide identity and membership are rqchart's own, and most others are settings.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "pods", "effect": "roll", "docs": "https://rqlite.io/docs/guides/config/" }))]
    pub extra_args: Vec<Flag>,
    /// Further environment variables of the rqlite container.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "pods", "effect": "roll" }))]
    pub extra_env: Vec<EnvVar>,
    /// ConfigMaps and Secrets whose keys all become environment variables of the rqlite container; extraEnv wins over them.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "pods", "effect": "roll" }))]
    pub extra_env_from: Vec<EnvFrom>,
    /// Further volumes of the pods.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "pods", "effect": "roll", "also": ["extraFiles"] }))]
    pub extra_volumes: Vec<NamedObject>,
    /// Further volumes that each pod has for itself; storage.retention holds for them too.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "pods", "effect": "immutable" }))]
    pub extra_volume_claim_templates: Vec<ClaimTemplate>,
    /// Further volume mounts of the rqlite container.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "pods", "effect": "roll" }))]
    pub extra_volume_mounts: Vec<VolumeMount>,
    /// Further containers beside rqlite.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "pods", "effect": "roll", "also": ["sidecars"] }))]
    pub extra_containers: Vec<Container>,
    /// Containers that run before rqlite starts. One with `restartPolicy: Always` stays beside rqlite, and ends after it.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "pods", "effect": "roll" }))]
    pub extra_init_containers: Vec<Container>,
    /// Further Kubernetes objects, rendered and checked with the others. They get the release's namespace, labels and annotations where they have none of their own.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "objects", "effect": "none" }))]
    pub extra_objects: Vec<ExtraObject>,
    /// Changes to rendered objects, made last and in this order, for fields that no setting reaches. They do not reach extraObjects. What decides who the members are cannot be changed; everything else is checked as if the chart had rendered it.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "objects", "effect": "roll", "docs": "https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/" }))]
    pub patches: Vec<Patch>,
    /// The value of the label app.kubernetes.io/name; null means the chart's name.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "metadata", "effect": "immutable" }))]
    pub name_override: Option<LabelValue>,
    /// The name of the StatefulSet, and the beginning of all other names; null means the release's name.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "metadata", "effect": "immutable" }))]
    pub fullname_override: Option<ServiceName>,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            replicas: Int::known::<3>(),
            max_voters: Int::known::<5>(),
            formation: Formation::default(),
            membership: Membership::default(),
            readers: Readers::default(),
            rqlite: Rqlite::default(),
            auth: Auth::default(),
            tls: Tls::default(),
            metrics: Metrics::default(),
            cdc: Cdc::default(),
            revision: None,
            image: Image::default(),
            storage: Storage::default(),
            backup: Backup::default(),
            restore: Restore::default(),
            resources: Resources::default(),
            services: Services::default(),
            ingress: Ingress::default(),
            gateway: Gateway::default(),
            network_policy: NetworkPolicy::default(),
            cluster_domain: DnsName::known("cluster.local"),
            anti_affinity: AntiAffinity::default(),
            topology_spread_constraints: TopologySpread::over_zones(),
            node_selector: Labels::new(),
            tolerations: Vec::new(),
            affinity: None,
            priority_class_name: None,
            scheduler_name: None,
            runtime_class_name: None,
            host_aliases: Vec::new(),
            dns_policy: DnsPolicy::default(),
            dns_config: DnsConfig::default(),
            pod_disruption_budget: Some(DisruptionBudget::default()),
            startup_probe: Some(Probe::default()),
            liveness_probe: Some(Probe::default()),
            readiness_probe: Some(Probe::default()),
            readiness_gates: Vec::new(),
            termination_grace_period_seconds: Int::known::<90>(),
            lifecycle: Lifecycle::default(),
            termination_message_policy: TerminationMessagePolicy::default(),
            update_strategy: UpdateStrategy::default(),
            min_ready_seconds: Int::known::<0>(),
            revision_history_limit: None,
            share_process_namespace: false,
            host_users: true,
            pod_security_context: PodSecurity::default(),
            security_context: ContainerSecurity::default(),
            service_account: ServiceAccount::default(),
            labels: Labels::new(),
            annotations: Annotations::new(),
            pod_labels: Labels::new(),
            pod_annotations: Annotations::new(),
            extra_args: Vec::new(),
            extra_env: Vec::new(),
            extra_env_from: Vec::new(),
            extra_volumes: Vec::new(),
            extra_volume_claim_templates: Vec::new(),
            extra_volume_mounts: Vec::new(),
            extra_containers: Vec::new(),
            extra_init_containers: Vec::new(),
            extra_objects: Vec::new(),
            patches: Vec::new(),
            name_override: None,
            fullname_override: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::schema;
    use serde_json::{Value, json};

    /// Every group whose default is not null, as a JSON pointer.
    fn groups(defaults: &Value, at: &str, found: &mut Vec<String>) {
        for (key, value) in defaults.as_object().into_iter().flatten() {
            if value.is_object() {
                let pointer = format!("{at}/{key}");
                groups(value, &pointer, found);
                found.push(pointer);
            }
        }
    }

    fn read(values: &Value) -> Value {
        serde_json::to_value(schema::validate(values).unwrap_or_else(|findings| panic!("{values}: {findings:?}")))
            .unwrap()
    }

    #[test]
    fn an_empty_group_is_the_default_one() {
        let defaults = read(&json!({}));
        let mut found = Vec::new();
        groups(&defaults, "", &mut found);
        assert!(found.len() > 40, "only {found:?}");
        let lost = found.into_iter().filter(|pointer| {
            let mut values = json!({});
            let place = pointer.split('/').skip(1).fold(&mut values, |place, key| &mut place[key]);
            *place = json!({});
            read(&values) != defaults
        });
        assert_eq!(lost.collect::<Vec<_>>(), [""; 0]);
    }
}
