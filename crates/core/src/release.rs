//! What a set of values is installed as.

use serde::Serialize;

use crate::diagnostic::{Code, Diagnostic};
use crate::values::{ApiVersion, DnsLabel, Form, ServiceName, Text};

/// The chart that is rendered: what labels and the default image tag need to know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChartInfo {
    /// The chart's name, the default of the label `app.kubernetes.io/name`.
    pub name: String,
    /// The chart's own version.
    pub version: String,
    /// The version of rqlite that it was made for: the default image tag.
    pub app_version: String,
}

/// A version of Kubernetes, as far as manifests depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct KubeVersion {
    /// Always 1 so far.
    pub major: u32,
    /// The minor version.
    pub minor: u32,
}

impl KubeVersion {
    /// The version that is rendered for when nothing is said.
    pub const DEFAULT: Self = Self { major: 1, minor: 34 };
    /// The oldest version that every rendered field exists in.
    pub const OLDEST: Self = Self { major: 1, minor: 27 };

    /// Reads `1.34`, `v1.34.2` or `1.34.2-gke.100`.
    ///
    /// ```
    /// # use rqchart_core::release::KubeVersion;
    /// assert_eq!(KubeVersion::parse("v1.34.2-gke.100"), Some(KubeVersion { major: 1, minor: 34 }));
    /// assert_eq!(KubeVersion::parse("latest"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.strip_prefix('v').unwrap_or(text).split(['.', '-', '+']);
        Some(Self { major: numbers.next()?.parse().ok()?, minor: numbers.next()?.parse().ok()? })
    }
}

/// The APIs that a cluster was said to have. Nothing said means that it may have any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiVersions(Vec<ApiVersion>);

impl ApiVersions {
    /// Whether objects of this kind can be created, as far as anything was said.
    ///
    /// A group's version alone stands for all of its kinds, until one of them is named.
    ///
    /// ```
    /// # use rqchart_core::{release::ApiVersions, values::ApiVersion};
    /// let said = |texts: &[&str]| ApiVersions::from_iter(texts.iter().map(|text| ApiVersion::new(*text).unwrap()));
    /// assert!(said(&[]).has("gateway.networking.k8s.io/v1", "HTTPRoute"));
    /// assert!(!said(&["apps/v1"]).has("gateway.networking.k8s.io/v1", "HTTPRoute"));
    /// assert!(said(&["gateway.networking.k8s.io/v1"]).has("gateway.networking.k8s.io/v1", "TLSRoute"));
    /// let kinds = said(&["gateway.networking.k8s.io/v1", "gateway.networking.k8s.io/v1/HTTPRoute"]);
    /// assert!(kinds.has("gateway.networking.k8s.io/v1", "HTTPRoute"));
    /// assert!(!kinds.has("gateway.networking.k8s.io/v1", "TLSRoute"));
    /// ```
    pub fn has(&self, api_version: &str, kind: &str) -> bool {
        let of = |said: &ApiVersion| said.as_str().strip_prefix(api_version)?.strip_prefix('/').map(str::to_owned);
        let mut kinds = self.0.iter().filter_map(of).peekable();
        match kinds.peek() {
            Some(_) => kinds.any(|said| said == kind),
            None => self.0.is_empty() || self.0.iter().any(|said| said.as_str() == api_version),
        }
    }
}

impl FromIterator<ApiVersion> for ApiVersions {
    fn from_iter<I: IntoIterator<Item = ApiVersion>>(said: I) -> Self {
        Self(said.into_iter().collect())
    }
}

/// A release: the name and place that a set of values is installed under.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Release {
    /// The release's name.
    pub name: ServiceName,
    /// The namespace that every object is in.
    pub namespace: DnsLabel,
    /// The chart it is rendered from.
    pub chart: ChartInfo,
    /// The version of Kubernetes it is rendered for.
    pub kube_version: KubeVersion,
    /// The APIs that the cluster was said to have.
    pub api_versions: ApiVersions,
}

impl Release {
    /// Checks a release's name and namespace.
    ///
    /// # Errors
    ///
    /// A finding for each that Kubernetes would refuse.
    ///
    /// # Example
    ///
    /// ```
    /// # use rqchart_core::release::{ChartInfo, KubeVersion, Release};
    /// # let chart = ChartInfo { name: "rqlite".into(), version: "0.1.0".into(), app_version: "10.2.7".into() };
    /// let findings = Release::new("RQ", "default", chart, KubeVersion::DEFAULT).unwrap_err();
    /// assert_eq!(findings[0].message, r#"the release name "RQ" is not a DNS label that starts with a letter"#);
    /// ```
    pub fn new(
        name: &str,
        namespace: &str,
        chart: ChartInfo,
        kube_version: KubeVersion,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut findings = Vec::new();
        let name = checked("release name", name, &mut findings);
        let namespace = checked("namespace", namespace, &mut findings);
        if kube_version < KubeVersion::OLDEST {
            let KubeVersion { major, minor } = kube_version;
            let message = format!("Kubernetes {major}.{minor} lacks fields that are rendered");
            let hint =
                format!("{}.{} is the oldest that has them", KubeVersion::OLDEST.major, KubeVersion::OLDEST.minor);
            findings.push(Diagnostic::error(Code::OutOfRange, "", message).with_hint(hint));
        }
        match name.zip(namespace) {
            Some((name, namespace)) if findings.is_empty() => {
                Ok(Self { name, namespace, chart, kube_version, api_versions: ApiVersions::default() })
            }
            _ => Err(findings),
        }
    }

    /// Says which APIs the cluster has.
    #[must_use]
    pub fn with_api_versions(mut self, api_versions: ApiVersions) -> Self {
        self.api_versions = api_versions;
        self
    }
}

fn checked<F: Form>(role: &str, text: &str, findings: &mut Vec<Diagnostic>) -> Option<Text<F>> {
    let checked = Text::new(text);
    if checked.is_none() {
        let message = format!("the {role} {text:?} is not {}", F::WHAT);
        let hint = "use at most 63 lower-case letters, digits and dashes";
        findings.push(Diagnostic::error(Code::InvalidName, "", message).with_hint(hint));
    }
    checked
}

/// Any release, for tests.
#[cfg(test)]
pub(crate) fn example() -> Release {
    let chart = ChartInfo { name: "rqlite".into(), version: "0.1.0".into(), app_version: "10.2.7".into() };
    Release::new("rqdb", "default", chart, KubeVersion::DEFAULT).expect("the name is valid")
}
