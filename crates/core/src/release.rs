//! What a set of values is installed as.

use serde::Serialize;

use crate::diagnostic::{Code, Diagnostic};
use crate::values::{DnsLabel, Form, ServiceName, Text};

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
            Some((name, namespace)) if findings.is_empty() => Ok(Self { name, namespace, chart, kube_version }),
            _ => Err(findings),
        }
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
