//! Sets of pods: what one StatefulSet governs.

use std::collections::BTreeMap;

use super::metadata::SetLabels;
use super::{
    Access, Argument, Backup, Budget, Cdc, Cluster, Exporter, Headless, Member, Metadata, Names, Pod, Rollout, Storage,
    arguments, members,
};
use crate::release::Release;
use crate::values::{Formation, UpdateStrategy, Values};

/// What the pods of a set are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Component {
    /// They are the database: the first of them vote.
    Database,
    /// They only read.
    Reader,
}

impl Component {
    /// The value of the label app.kubernetes.io/component.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Reader => "reader",
        }
    }
}

/// What one StatefulSet governs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PodSet {
    /// The StatefulSet's name, and the beginning of its pods' names.
    pub name: String,
    /// The Service that gives its pods their names in DNS.
    pub headless: Headless,
    /// How many pods there are; none where an autoscaler decides.
    pub replicas: Option<u32>,
    /// In which order pods start.
    pub formation: Formation,
    /// What selects its pods. Kubernetes never lets a StatefulSet's selector change, so no setting reaches it but
    /// nameOverride.
    pub selector: BTreeMap<String, String>,
    /// On its pods. Versions are not among them: pods would restart when only the chart's version changed.
    pub pod_labels: BTreeMap<String, String>,
    /// On its pods.
    pub pod_annotations: BTreeMap<String, String>,
    /// Its pods, by ordinal; those that there are at least, where an autoscaler decides.
    pub members: Vec<Member>,
    /// The flags of rqlited that are the same in every pod, in the order of the command line.
    pub arguments: Vec<Argument>,
    /// How pods are replaced.
    pub update_strategy: UpdateStrategy,
    /// What else the StatefulSet is told about replacing them.
    pub rollout: Rollout,
    /// The pods.
    pub pod: Pod,
    /// The volumes.
    pub storage: Storage,
    /// The disruption budget, if one is rendered.
    pub budget: Option<Budget>,
    /// The settings that are not those of all pods, as JSON pointers behind that of the set.
    pub(super) own: Vec<&'static str>,
}

/// What is decided before any set of pods, and for all of them.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) release: &'a Release,
    pub(super) names: &'a Names,
    pub(super) metadata: &'a Metadata,
    pub(super) access: &'a Access,
    pub(super) backup: &'a Backup,
    pub(super) cdc: Option<&'a Cdc>,
    pub(super) exporter: Option<&'a Exporter>,
    pub(super) cluster: &'a Cluster,
}

impl PodSet {
    /// The set whose first pods vote.
    pub(super) fn voters(values: &Values, around: Around<'_>) -> Self {
        let replicas = around.cluster.replicas;
        let budget = Budget::resolve(values, around.cluster);
        let arguments = arguments::resolve(values, around.access, around.backup, around.cdc);
        Self::resolve(values, around, Component::Database, replicas, (Some(replicas), budget, arguments, Vec::new()))
    }

    /// The pool of readers, if there is one.
    pub(super) fn readers(values: &Values, around: Around<'_>) -> Option<Self> {
        let readers = Some(&values.readers).filter(|readers| readers.exist())?;
        let (count, replicas) = match &readers.autoscaling {
            Some(autoscaling) => (autoscaling.min_replicas.count(), None),
            None => (readers.replicas.count(), Some(readers.replicas.count())),
        };
        let budget = readers.pod_disruption_budget.as_ref().map(Budget::of_readers);
        let of_readers = readers.over(values);
        let around = Around { backup: &Backup::resolve(&of_readers, around.names), cdc: None, ..around };
        let arguments = arguments::of_readers(arguments::resolve(&of_readers, around.access, around.backup, None));
        let own = (replicas, budget, arguments, readers.own());
        Some(Self::resolve(&of_readers, around, Component::Reader, count, own))
    }

    fn resolve(
        values: &Values,
        around: Around<'_>,
        component: Component,
        count: u32,
        (replicas, budget, arguments, own): (Option<u32>, Option<Budget>, Vec<Argument>, Vec<&'static str>),
    ) -> Self {
        let Around { names, metadata, .. } = around;
        let (name, headless) = names.of(component);
        let SetLabels { selector, pod_labels, pod_annotations } = SetLabels::resolve(values, around, component);
        let members = members::resolve(values, around, component, count);
        Self {
            headless: Headless::resolve(values, metadata, headless),
            name: name.to_owned(),
            replicas,
            formation: values.formation,
            storage: Storage::resolve(values, &selector, &members),
            selector,
            pod_labels,
            pod_annotations,
            members,
            arguments,
            update_strategy: values.update_strategy.clone(),
            rollout: Rollout::resolve(values),
            budget,
            own,
            pod: Pod::resolve(values, around),
        }
    }

    /// The JSON pointer of a setting, as it holds for this set: `/readers/tolerations`, or `/tolerations` where readers
    /// have none of their own.
    pub fn setting(&self, pointer: &str) -> String {
        let is_own = self
            .own
            .iter()
            .any(|own| pointer.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
        format!("{}{pointer}", if is_own { "/readers" } else { "" })
    }
}
