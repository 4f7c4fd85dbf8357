//! A pool of pods that only read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Annotations, AntiAffinity, AutomaticBackup, Cdc, ClientService, DnsName, EvictionPolicy, Formation, Int, Labels,
    Object, Quantity, Resources, Restore, Retention, Share, Toleration, TopologySpread, UpdateStrategy, Values,
};

/// A second StatefulSet, whose pods hold all data and serve reads, and never vote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Readers {
    /// How many readers there are; 0 renders none, unless autoscaling is set. More readers slow no write down, but the leader sends every row to each of them.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "readers", "effect": "none", "unit": "pods", "docs": "https://rqlite.io/docs/clustering/read-only-nodes/" }))]
    pub replicas: Int<0, 999>,
    /// Lets Kubernetes decide how many readers there are, by their load; null renders none. It needs the metrics API (metrics-server). The StatefulSet then has no number of replicas, so that applying the manifests again does not undo what the autoscaler chose; leave `replicas` out.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "none", "also": ["HPA", "HorizontalPodAutoscaler"] }))]
    pub autoscaling: Option<Autoscaling>,
    /// Where the readers' databases live; what is null here is as in `storage`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "immutable" }))]
    pub storage: ReaderStorage,
    /// CPU and memory of each reader's rqlite container, as a whole; null means as in `resources`.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "readers", "effect": "roll" }))]
    pub resources: Option<Resources>,
    /// The readers' Service: reaches the readers that are Ready.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "none" }))]
    pub service: ClientService,
    /// How many readers a node drain may take at once; null renders none.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "none" }))]
    pub pod_disruption_budget: Option<ReaderBudget>,
    /// How strongly readers keep apart from each other; null means as in `antiAffinity`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "roll" }))]
    pub anti_affinity: Option<AntiAffinity>,
    /// Spreads the readers evenly over nodes or zones; null means as in `topologySpreadConstraints`. Readers are spread among themselves.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "roll" }))]
    pub topology_spread_constraints: Option<Vec<TopologySpread>>,
    /// Labels that a reader's node must have; null means as in `nodeSelector`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "roll" }))]
    pub node_selector: Option<Labels>,
    /// Taints that the readers tolerate; null means as in `tolerations`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "roll" }))]
    pub tolerations: Option<Vec<Toleration>>,
    /// A Kubernetes affinity, which replaces the one that antiAffinity makes; null means as in `affinity`.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "readers", "effect": "roll" }))]
    pub affinity: Option<Object>,
    /// The PriorityClass of the readers; null means as in `priorityClassName`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "roll" }))]
    pub priority_class_name: Option<DnsName>,
    /// How readers are replaced when something changes that needs a restart.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "readers", "effect": "none" }))]
    pub update_strategy: UpdateStrategy,
    /// Further labels of the readers, beside `podLabels`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "roll" }))]
    pub pod_labels: Labels,
    /// Further annotations of the readers, beside `podAnnotations`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "roll" }))]
    pub pod_annotations: Annotations,
}

impl Default for Readers {
    fn default() -> Self {
        Self {
            replicas: Int::default(),
            autoscaling: None,
            storage: ReaderStorage::default(),
            resources: None,
            service: ClientService::default(),
            pod_disruption_budget: Some(ReaderBudget::default()),
            anti_affinity: None,
            topology_spread_constraints: None,
            node_selector: None,
            tolerations: None,
            affinity: None,
            priority_class_name: None,
            update_strategy: UpdateStrategy::default(),
            pod_labels: Labels::new(),
            pod_annotations: Annotations::new(),
        }
    }
}

impl Readers {
    /// Whether there is a pool.
    pub(crate) fn exist(&self) -> bool {
        self.replicas.get() > 0 || self.autoscaling.is_some()
    }

    /// The values as they hold for the pool's pods: those of all pods, with what is said here in their place.
    pub(crate) fn over(&self, values: &Values) -> Values {
        fn put<T: Clone>(own: Option<&T>, place: &mut T) {
            if let Some(own) = own {
                place.clone_from(own);
            }
        }
        let mut of_all = values.clone();
        // Readers need no order: each takes everything from the leader, and none waits for another.
        of_all.formation = Formation::Parallel;
        put(self.resources.as_ref(), &mut of_all.resources);
        put(self.anti_affinity.as_ref(), &mut of_all.anti_affinity);
        put(self.topology_spread_constraints.as_ref(), &mut of_all.topology_spread_constraints);
        put(self.node_selector.as_ref(), &mut of_all.node_selector);
        put(self.tolerations.as_ref(), &mut of_all.tolerations);
        of_all.affinity = self.affinity.clone().or(of_all.affinity);
        of_all.priority_class_name = self.priority_class_name.clone().or(of_all.priority_class_name);
        of_all.update_strategy = self.update_strategy.clone();
        of_all.pod_labels.extend(self.pod_labels.clone());
        of_all.pod_annotations.extend(self.pod_annotations.clone());
        let (own, storage) = (&self.storage, &mut of_all.storage);
        put(own.size.as_ref(), &mut storage.size);
        put(own.ephemeral.as_ref(), &mut storage.ephemeral);
        put(own.retention.as_ref(), &mut storage.retention);
        storage.storage_class_name = own.storage_class_name.clone().or(storage.storage_class_name.take());
        let class = own.volume_attributes_class_name.clone();
        storage.volume_attributes_class_name = class.or(storage.volume_attributes_class_name.take());
        // Only a leader uploads and sends changes, only founders restore.
        of_all.cdc = Cdc::default();
        of_all.backup.automatic = AutomaticBackup::default();
        of_all.restore = Restore::default();
        // Neither would be a reader's: the one is a copy of a voter, the other are volumes for the voters.
        storage.data_source_ref = None;
        storage.local_volumes = None;
        of_all
    }

    /// The settings that the pool has of its own, as JSON pointers behind `/readers`: the others are those of all pods.
    pub(crate) fn own(&self) -> Vec<&'static str> {
        let maybe = [
            (self.storage.size.is_some(), "/storage/size"),
            (self.storage.ephemeral.is_some(), "/storage/ephemeral"),
            (self.storage.volume_attributes_class_name.is_some(), "/storage/volumeAttributesClassName"),
            (self.resources.is_some(), "/resources"),
            (self.anti_affinity.is_some(), "/antiAffinity"),
            (self.topology_spread_constraints.is_some(), "/topologySpreadConstraints"),
            (self.tolerations.is_some(), "/tolerations"),
            (true, "/updateStrategy"),
        ];
        maybe.into_iter().filter(|(is_own, _)| *is_own).map(|(_, pointer)| pointer).collect()
    }
}

/// Where the readers' databases live; what is null here is as in `storage`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct ReaderStorage {
    /// Size of each volume; null means as in `storage`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "immutable", "unit": "bytes" }))]
    pub size: Option<Quantity>,
    /// The StorageClass; null means as in `storage`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "immutable" }))]
    pub storage_class_name: Option<DnsName>,
    /// What becomes of volumes whose readers are gone; null means as in `storage`. A reader that an autoscaler brings back needs fewer rows from the leader if its volume is still there.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "data" }))]
    pub retention: Option<Retention>,
    /// Keeps the readers' databases in the pods (emptyDir) instead of volumes; null means as in `storage`. No row is lost with such a reader, but each new one takes the whole database from the leader.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "immutable" }))]
    pub ephemeral: Option<bool>,
    /// The VolumeAttributesClass of the volumes; null means as in `storage`.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "readers", "effect": "immutable" }))]
    pub volume_attributes_class_name: Option<DnsName>,
}

/// A HorizontalPodAutoscaler for the readers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Autoscaling {
    /// How many readers there are at least.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "none", "unit": "pods" }))]
    pub min_replicas: Int<1, 999>,
    /// How many readers there are at most.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "none", "unit": "pods" }))]
    pub max_replicas: Int<1, 999>,
    /// The CPU that rqlite should use on average, in percent of its request; null means that CPU does not count.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "none", "unit": "%" }))]
    #[serde(rename = "targetCPUUtilizationPercentage")]
    pub target_cpu: Option<Int<1, 10_000>>,
    /// The memory that rqlite should use on average, in percent of its request; null means that memory does not count. A database's memory grows with its data and seldom shrinks.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "readers", "effect": "none", "unit": "%" }))]
    #[serde(rename = "targetMemoryUtilizationPercentage")]
    pub target_memory: Option<Int<1, 10_000>>,
    /// Further metrics of Kubernetes' HorizontalPodAutoscaler (autoscaling/v2).
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "readers", "effect": "none" }))]
    pub metrics: Vec<Metric>,
    /// How fast it scales: Kubernetes' `behavior` of a HorizontalPodAutoscaler; null means Kubernetes' own.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "readers", "effect": "none" }))]
    pub behavior: Option<Object>,
}

impl Default for Autoscaling {
    fn default() -> Self {
        Self {
            min_replicas: Int::known::<2>(),
            max_replicas: Int::known::<6>(),
            target_cpu: None,
            target_memory: None,
            metrics: Vec::new(),
            behavior: None,
        }
    }
}

/// What an autoscaler looks at: a metric of Kubernetes' HorizontalPodAutoscaler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Metric {
    /// Whose metric it is.
    #[serde(rename = "type")]
    pub kind: MetricType,
    /// Everything else, as Kubernetes has it.
    #[serde(flatten)]
    pub fields: Object,
}

/// Whose metric it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum MetricType {
    /// Of one container in each reader.
    ContainerResource,
    /// Of something outside of Kubernetes.
    External,
    /// Of one Kubernetes object.
    Object,
    /// Of the readers, on average.
    #[default]
    Pods,
    /// Of all containers of a reader together.
    Resource,
}

/// How many readers may leave at once by somebody's will, such as a node drain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct ReaderBudget {
    /// How many readers, or which share of them, may be away. null, with minAvailable null too, means one.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "none" }))]
    pub max_unavailable: Option<Share>,
    /// How many readers, or which share of them, must stay; instead of maxUnavailable.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "readers", "effect": "none" }))]
    pub min_available: Option<Share>,
    /// Whether readers that are not Ready may be evicted at any time: no quorum depends on them.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "readers", "effect": "none" }))]
    pub unhealthy_pod_eviction_policy: EvictionPolicy,
}

impl Default for ReaderBudget {
    fn default() -> Self {
        Self { max_unavailable: None, min_available: None, unhealthy_pod_eviction_policy: EvictionPolicy::AlwaysAllow }
    }
}
