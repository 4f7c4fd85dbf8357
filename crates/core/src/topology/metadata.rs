//! What objects are called, and how they are labelled.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::sets::{Around, Component};
use crate::release::Release;
use crate::values::{Annotations, Labels, QualifiedName, Values};

/// The name of every object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Names {
    /// The StatefulSet's, and the beginning of the others.
    pub fullname: String,
    /// The Service for clients.
    pub client: String,
    /// The headless Service.
    pub headless: String,
    /// The StatefulSet of readers, when there is one.
    pub readers: String,
    /// The Service for clients of readers, when there are any.
    pub readers_client: String,
    /// The headless Service of readers, when there are any.
    pub readers_headless: String,
    /// The ConfigMap with the pods' scripts.
    pub scripts: String,
    /// The ServiceAccount.
    pub service_account: String,
    /// The Deployment that removes members after a scale-in, when there is one.
    pub prune: String,
    /// Where copies of the database are described, and the job that takes some.
    pub backup: String,
    /// The ConfigMap with the exporter's configuration, and what else is made for metrics.
    pub metrics: String,
    /// The exporter's container.
    pub exporter: String,
    /// The ConfigMap with the dashboard.
    pub dashboard: String,
    /// The ConfigMap with rqlited's file for change data capture.
    pub cdc: String,
    /// The volume within the pod, and the beginning of the claims' names.
    pub volume: String,
    /// The rqlite container.
    pub container: String,
}

impl Names {
    pub(super) fn resolve(values: &Values, release: &Release) -> Self {
        let fullname = values.fullname_override.as_ref().unwrap_or(&release.name).to_string();
        let or_derived = |name: Option<String>, suffix: &str| name.unwrap_or_else(|| format!("{fullname}-{suffix}"));
        let services = &values.services;
        let account = &values.service_account;
        Self {
            client: or_derived(services.client.name.as_ref().map(ToString::to_string), "client"),
            headless: or_derived(services.headless.name.as_ref().map(ToString::to_string), "headless"),
            readers: format!("{fullname}-readers"),
            readers_client: or_derived(values.readers.service.name.as_ref().map(ToString::to_string), "readers"),
            readers_headless: format!("{fullname}-readers-headless"),
            scripts: format!("{fullname}-scripts"),
            service_account: match &account.name {
                Some(name) => name.to_string(),
                None if account.create => fullname.clone(),
                None => "default".to_owned(),
            },
            prune: format!("{fullname}-prune"),
            backup: format!("{fullname}-backup"),
            metrics: format!("{fullname}-metrics"),
            exporter: "metrics".to_owned(),
            dashboard: format!("{fullname}-dashboard"),
            cdc: format!("{fullname}-cdc"),
            volume: "data".to_owned(),
            container: "rqlite".to_owned(),
            fullname,
        }
    }

    /// A StatefulSet and its headless Service.
    pub(super) fn of(&self, component: Component) -> (&str, &str) {
        match component {
            Component::Database => (&self.fullname, &self.headless),
            Component::Reader => (&self.readers, &self.readers_headless),
        }
    }
}

/// Labels and annotations, by what they are put on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Metadata {
    /// On every object.
    #[serde(skip)] // an object's metadata has them
    pub labels: BTreeMap<String, String>,
    /// On every object.
    #[serde(skip)] // an object's metadata has them
    pub annotations: BTreeMap<String, String>,
    /// What selects all pods of the release for its NetworkPolicy. One label that nobody else has: polaris takes a policy
    /// for the pod's own only if they share exactly one.
    pub policy_selector: BTreeMap<String, String>,
    /// The labels by which everything of the release is known.
    #[serde(skip)] // within the others
    identity: BTreeMap<String, String>,
    /// The keys of labels that somebody chose, by the JSON pointer of the setting.
    #[serde(skip)]
    pub chosen: Vec<(&'static str, Vec<String>)>,
}

impl Metadata {
    /// The labels of an object that has some of its own.
    pub(super) fn labels_with(&self, own: &Labels) -> BTreeMap<String, String> {
        merged(&self.labels, own)
    }

    /// The annotations of an object that has some of its own.
    pub(super) fn annotations_with(&self, own: &Annotations) -> BTreeMap<String, String> {
        merged(&self.annotations, own)
    }

    /// The annotations of what Helm leaves when it uninstalls the release.
    pub fn of_kept(&self) -> BTreeMap<String, String> {
        merged_texts(&self.annotations, strings(&[("helm.sh/resource-policy", "keep")]))
    }

    /// The labels of a pod that runs beside the cluster.
    pub fn of_helper(&self, component: &str) -> BTreeMap<String, String> {
        merged_texts(&self.selector(component), self.policy_selector.clone())
    }

    /// What selects the pods of a component.
    pub fn selector(&self, component: &str) -> BTreeMap<String, String> {
        merged_texts(&self.identity, strings(&[("app.kubernetes.io/component", component)]))
    }

    pub(super) fn resolve(values: &Values, release: &Release, names: &Names) -> Self {
        let name = values.name_override.as_ref().map_or(release.chart.name.as_str(), |name| name.as_str());
        let identity =
            strings(&[("app.kubernetes.io/name", name), ("app.kubernetes.io/instance", release.name.as_str())]);
        let version = label_value(&release.chart.app_version);
        let chart = label_value(&format!("{}-{}", release.chart.name, release.chart.version));
        let mut labels = texts(&values.labels);
        labels.extend(identity.clone());
        labels.extend(strings(&[
            ("app.kubernetes.io/version", &version),
            ("app.kubernetes.io/managed-by", "rqchart"),
            ("helm.sh/chart", &chart),
        ]));
        Self {
            labels,
            annotations: texts(&values.annotations),
            policy_selector: strings(&[("rqchart/pods-of", &names.fullname)]),
            identity,
            chosen: [
                ("/labels", &values.labels),
                ("/podLabels", &values.pod_labels),
                ("/storage/labels", &values.storage.labels),
                ("/services/client/labels", &values.services.client.labels),
                ("/services/headless/labels", &values.services.headless.labels),
                ("/services/perPod/labels", &values.services.per_pod.labels),
                ("/readers/podLabels", &values.readers.pod_labels),
                ("/readers/service/labels", &values.readers.service.labels),
                ("/ingress/labels", &values.ingress.labels),
                ("/gateway/httpRoute/labels", &values.gateway.http_route.labels),
                ("/gateway/tlsRoute/labels", &values.gateway.tls_route.labels),
                ("/networkPolicy/labels", &values.network_policy.labels),
                ("/metrics/podMonitor/labels", &values.metrics.pod_monitor.labels),
                ("/metrics/alerts/labels", &values.metrics.alerts.labels),
                ("/metrics/dashboard/labels", &values.metrics.dashboard.labels),
            ]
            .map(|(setting, labels)| (setting, labels.keys().map(ToString::to_string).collect()))
            .into(),
        }
    }
}

/// The labels and annotations of a set of pods.
pub(super) struct SetLabels {
    pub(super) selector: BTreeMap<String, String>,
    pub(super) pod_labels: BTreeMap<String, String>,
    pub(super) pod_annotations: BTreeMap<String, String>,
}

impl SetLabels {
    pub(super) fn resolve(values: &Values, around: Around<'_>, component: Component) -> Self {
        let Around { metadata, access, backup, cdc, exporter, .. } = around;
        let selector = metadata.selector(component.label());
        let mut pod_labels = merged(&texts(&values.labels), &values.pod_labels);
        pod_labels.extend(selector.clone());
        pod_labels.extend(metadata.policy_selector.clone());
        let mut pod_annotations = texts(&values.pod_annotations);
        let checksum = access.users.as_ref().map(|users| ("rqchart/auth-checksum", users.checksum.as_str()));
        let revision = values.revision.as_ref().map(|revision| ("rqchart/revision", revision.as_str()));
        let uploads = backup.checksum.as_ref().map(|checksum| ("rqchart/backup-checksum", checksum.as_str()));
        let cdc = cdc.map(|cdc| ("rqchart/cdc-checksum", cdc.checksum.as_str()));
        let own = [checksum, uploads, cdc, revision].into_iter().flatten();
        pod_annotations.extend(own.map(|(key, value)| (key.to_owned(), value.to_owned())));
        pod_annotations.extend(exporter.into_iter().flat_map(|exporter| exporter.pod_annotations.clone()));
        Self { selector, pod_labels, pod_annotations }
    }
}

fn merged_texts(below: &BTreeMap<String, String>, above: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut map = below.clone();
    map.extend(above);
    map
}

/// Changes when one of the texts does.
pub(super) fn checksum<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// One map over another.
pub(super) fn merged<V: ToString>(
    below: &BTreeMap<String, String>,
    above: &BTreeMap<QualifiedName, V>,
) -> BTreeMap<String, String> {
    merged_texts(below, texts(above))
}

fn strings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// A map with plain text for keys and values.
pub(super) fn texts<V: ToString>(map: &BTreeMap<QualifiedName, V>) -> BTreeMap<String, String> {
    map.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

/// A version as a label's value: `+` and what else labels refuse becomes `_`, and 63 characters are the most.
fn label_value(version: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let value: String = version.chars().map(fits).take(63).collect();
    value.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned()
}
