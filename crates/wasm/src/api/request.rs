//! What requests have in common: a release, and the text of its values.

use rqchart::chart::Chart;
use rqchart_core::diagnostic::{Code, Diagnostic};
use rqchart_core::release::{ApiVersions, ChartInfo, KubeVersion};
use rqchart_core::values::ApiVersion;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

static CHART: LazyLock<ChartInfo> = LazyLock::new(|| Chart::bare().info().clone());

/// What the chart says of itself.
pub(super) fn chart() -> &'static ChartInfo {
    &CHART
}

/// What values are installed as.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Release {
    /// Its name, which objects are named after.
    pub(super) name: String,
    /// The namespace of every object.
    pub(super) namespace: String,
    /// The version of Kubernetes to render for, such as `1.34`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) kube_version: Option<String>,
    /// What the cluster has, such as `gateway.networking.k8s.io/v1`; nothing said means that it may have any.
    #[serde(default)]
    pub(super) api_versions: Vec<String>,
}

/// A release and the text of its values file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    pub(super) release: Release,
    /// What stands in `values.yaml`.
    pub(super) text: String,
}

impl Release {
    /// The release, or everything that is wrong with it.
    pub(super) fn check(&self) -> Result<rqchart_core::release::Release, Vec<Diagnostic>> {
        let mut findings = Vec::new();
        let mut refuse = |text: &str, what: &str, example: &str| {
            let finding = Diagnostic::error(Code::InvalidValue, "", format!("{text:?} is not {what}"));
            findings.push(finding.with_hint(format!("write one such as {example}")));
        };
        let version = self.kube_version.as_deref().map_or(Some(KubeVersion::DEFAULT), KubeVersion::parse);
        if version.is_none() {
            refuse(self.kube_version.as_deref().unwrap_or_default(), "a version of Kubernetes", "1.34");
        }
        let mut said = Vec::new();
        for text in &self.api_versions {
            match ApiVersion::new(text.as_str()) {
                Some(version) => said.push(version),
                None => refuse(text, "an API version", "apps/v1"),
            }
        }
        let version = version.unwrap_or(KubeVersion::DEFAULT);
        match rqchart_core::release::Release::new(&self.name, &self.namespace, chart().clone(), version) {
            Ok(release) if findings.is_empty() => Ok(release.with_api_versions(ApiVersions::from_iter(said))),
            Ok(_) => Err(findings),
            Err(more) => Err(findings.into_iter().chain(more).collect()),
        }
    }
}
