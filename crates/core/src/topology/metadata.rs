//! What objects are called, and how they are labelled.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{Access, Cdc};
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
    /// The ConfigMap with the pods' scripts.
    pub scripts: String,
    /// The ServiceAccount.
    pub service_account: String,
    /// The Deployment that removes members after a scale-in, when there is one.
    pub prune: String,
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
            scripts: format!("{fullname}-scripts"),
            service_account: match &account.name {
                Some(name) => name.to_string(),
                None if account.create => fullname.clone(),
                None => "default".to_owned(),
            },
            prune: format!("{fullname}-prune"),
            metrics: format!("{fullname}-metrics"),
            exporter: "metrics".to_owned(),
            dashboard: format!("{fullname}-dashboard"),
            cdc: format!("{fullname}-cdc"),
            volume: "data".to_owned(),
            container: "rqlite".to_owned(),
            fullname,
        }
    }
}

/// Labels and annotations, by what they are put on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Metadata {
    /// On every object.
    pub labels: BTreeMap<String, String>,
    /// On every object.
    pub annotations: BTreeMap<String, String>,
    /// What selects the database's pods. Kubernetes never lets a StatefulSet's selector change, so no setting reaches it but nameOverride.
    pub selector: BTreeMap<String, String>,
    /// On the database's pods. Versions are not among them: pods would restart when only the chart's version changed.
    pub pod_labels: BTreeMap<String, String>,
    /// On the database's pods.
    pub pod_annotations: BTreeMap<String, String>,
    /// What selects the pod that removes members after a scale-in.
    pub prune_selector: BTreeMap<String, String>,
    /// On the pod that removes members after a scale-in.
    pub prune_labels: BTreeMap<String, String>,
    /// What selects all pods of the release for its NetworkPolicy. One label that nobody else has: polaris takes a policy
    /// for the pod's own only if they share exactly one.
    pub policy_selector: BTreeMap<String, String>,
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

    pub(super) fn resolve(
        values: &Values,
        release: &Release,
        names: &Names,
        access: &Access,
        cdc: Option<&Cdc>,
    ) -> Self {
        let name = values.name_override.as_ref().map_or(release.chart.name.as_str(), |name| name.as_str());
        let selector_of = |component: &str| {
            strings([
                ("app.kubernetes.io/name", name),
                ("app.kubernetes.io/instance", release.name.as_str()),
                ("app.kubernetes.io/component", component),
            ])
        };
        let selector = selector_of("database");
        let version = label_value(&release.chart.app_version);
        let chart = label_value(&format!("{}-{}", release.chart.name, release.chart.version));
        let mut labels = texts(&values.labels);
        labels.extend(strings([
            ("app.kubernetes.io/name", name),
            ("app.kubernetes.io/instance", release.name.as_str()),
            ("app.kubernetes.io/version", &version),
            ("app.kubernetes.io/managed-by", "rqchart"),
            ("helm.sh/chart", &chart),
        ]));
        let mut pod_labels = merged(&texts(&values.labels), &values.pod_labels);
        let policy_selector = strings([("rqchart/pods-of", &names.fullname)]);
        pod_labels.extend(selector.clone());
        let mut pod_annotations = texts(&values.pod_annotations);
        let checksum = access.users.as_ref().map(|users| ("rqchart/auth-checksum", users.checksum.as_str()));
        let cdc = cdc.map(|cdc| ("rqchart/cdc-checksum", cdc.checksum.as_str()));
        let revision = values.revision.as_ref().map(|revision| ("rqchart/revision", revision.as_str()));
        let own = [checksum, cdc, revision].into_iter().flatten();
        pod_annotations.extend(own.map(|(key, value)| (key.to_owned(), value.to_owned())));
        pod_labels.extend(policy_selector.clone());
        let prune_selector = selector_of("prune");
        let mut prune_labels = prune_selector.clone();
        prune_labels.extend(policy_selector.clone());
        Self {
            labels,
            annotations: texts(&values.annotations),
            pod_labels,
            pod_annotations,
            prune_selector,
            prune_labels,
            policy_selector,
            chosen: [
                ("/labels", &values.labels),
                ("/podLabels", &values.pod_labels),
                ("/storage/labels", &values.storage.labels),
                ("/services/client/labels", &values.services.client.labels),
                ("/services/headless/labels", &values.services.headless.labels),
                ("/services/perPod/labels", &values.services.per_pod.labels),
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
            selector,
        }
    }
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
    let mut map = below.clone();
    map.extend(texts(above));
    map
}

fn strings<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
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
