//! Metrics for Prometheus, and what is made of them: alerts and a dashboard.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pod::objects;
use super::{
    Annotations, Digest, DnsName, Duration, ExporterResources, HostPort, Int, Labels, MetricLabel, NetworkPeer, Object,
    Port, PullPolicy, Quantity, Registry, Repository, Tag, Url,
};

/// Metrics. rqlited itself speaks JSON (`/status`, `/debug/vars`); an exporter beside it makes Prometheus' format of that.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Metrics {
    /// A container in each pod that asks rqlited and answers Prometheus.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "monitoring", "effect": "roll" }))]
    pub exporter: Exporter,
    /// A PodMonitor for the Prometheus operator, which makes Prometheus ask the exporters.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "monitoring", "effect": "none", "also": ["ServiceMonitor"] }))]
    pub pod_monitor: PodMonitor,
    /// rqlited's own way, from 10.3 on: it sends its metrics to a collector of OpenTelemetry.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "roll" }))]
    pub otlp: Otlp,
    /// A PrometheusRule for the Prometheus operator, with alerts on the exporter's metrics.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "monitoring", "effect": "none" }))]
    pub alerts: Alerts,
    /// A dashboard for Grafana, in a ConfigMap.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "monitoring", "effect": "none" }))]
    pub dashboard: Dashboard,
}

/// A container in each pod that asks rqlited and answers Prometheus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Exporter {
    /// Whether it is there.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "monitoring", "effect": "roll" }))]
    pub enabled: bool,
    /// Its image: `json_exporter` of the Prometheus community.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "roll" }))]
    pub image: ExporterImage,
    /// Its port.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "roll" }))]
    pub port: Port,
    /// CPU and memory of the exporter.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "roll" }))]
    pub resources: ExporterResources,
    /// Who reaches it; empty means everybody. It fetches whatever address it is asked for, and with `auth` says the password of `rqchart-probe` there: name Prometheus here.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "monitoring", "effect": "none" }))]
    pub scrapers: Vec<NetworkPeer>,
    /// Whether the pods have the annotations `prometheus.io/…` that many a configuration of Prometheus without the operator goes by. They have room for one of the two lists of metrics, that of `/status`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "roll" }))]
    pub scrape_annotations: bool,
}

impl Default for Exporter {
    fn default() -> Self {
        Self {
            enabled: false,
            image: ExporterImage::default(),
            port: Port::known::<7979>(),
            resources: ExporterResources::default(),
            scrapers: Vec::new(),
            scrape_annotations: false,
        }
    }
}

/// The exporter's image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct ExporterImage {
    /// The registry, or a mirror of it. `image.pullSecrets` are for this one, too.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "roll" }))]
    pub registry: Registry,
    /// The image's path within the registry.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "roll" }))]
    pub repository: Repository,
    /// Its version.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "roll" }))]
    pub tag: Tag,
    /// Pins the image's bytes; the tag is then documentation only.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "roll" }))]
    pub digest: Option<Digest>,
    /// When a node asks the registry.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "roll" }))]
    pub pull_policy: PullPolicy,
}

impl Default for ExporterImage {
    fn default() -> Self {
        Self {
            registry: Registry::known("quay.io"),
            repository: Repository::known("prometheuscommunity/json-exporter"),
            tag: Tag::known("v0.7.0"),
            digest: None,
            pull_policy: PullPolicy::default(),
        }
    }
}

/// A PodMonitor for the Prometheus operator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct PodMonitor {
    /// Whether it is rendered. It needs the operator's CRDs in the cluster.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "monitoring", "effect": "none" }))]
    pub enabled: bool,
    /// How often Prometheus asks.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "none", "unit": "duration" }))]
    pub interval: Duration,
    /// How long it waits for an answer; at most the interval.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "none", "unit": "duration" }))]
    pub scrape_timeout: Duration,
    /// Its labels. A Prometheus that selects monitors by label takes no other ones: often it is `release` with the name of its own release.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "monitoring", "effect": "none" }))]
    pub labels: Labels,
    /// Its annotations.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "monitoring", "effect": "none" }))]
    pub annotations: Annotations,
    /// Further rules for the labels of the pods before they are asked. The alerts and the dashboard need `namespace` and `pod`.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "monitoring", "effect": "none" }))]
    #[serde(deserialize_with = "objects")]
    pub relabelings: Vec<Object>,
    /// Rules for what they answered, for example to drop metrics.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "monitoring", "effect": "none" }))]
    #[serde(deserialize_with = "objects")]
    pub metric_relabelings: Vec<Object>,
}

impl Default for PodMonitor {
    fn default() -> Self {
        Self {
            enabled: false,
            interval: Duration::known("30s"),
            scrape_timeout: Duration::known("10s"),
            labels: Labels::new(),
            annotations: Annotations::new(),
            relabelings: Vec::new(),
            metric_relabelings: Vec::new(),
        }
    }
}

/// What rqlited sends to a collector of OpenTelemetry.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Otlp {
    /// The collector's host and port for gRPC; null sends nothing.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "roll", "flag": "-otlp-endpoint", "since": "10.3.0" }))]
    pub endpoint: Option<HostPort>,
    /// How often. null means 30s.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "roll", "flag": "-otlp-interval", "unit": "duration", "since": "10.3.0" }))]
    pub interval: Option<Duration>,
    /// Whether it speaks without TLS.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "roll", "flag": "-otlp-insecure", "since": "10.3.0" }))]
    pub insecure: bool,
    /// A Secret with the CA of the collector's certificate as `ca.crt`; null means those that the image knows.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "roll", "flag": "-otlp-ca-cert", "since": "10.3.0" }))]
    pub ca_secret_name: Option<DnsName>,
    /// A Secret with a certificate to show to the collector, as `tls.crt` and `tls.key`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "roll", "flag": "-otlp-cert", "since": "10.3.0" }))]
    pub secret_name: Option<DnsName>,
}

/// A PrometheusRule with alerts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Alerts {
    /// Whether it is rendered. It needs the operator's CRDs in the cluster, and the exporter's metrics with the labels `namespace` and `pod`.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "monitoring", "effect": "none" }))]
    pub enabled: bool,
    /// Labels of the PrometheusRule, by which a Prometheus may select it.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "monitoring", "effect": "none" }))]
    pub labels: Labels,
    /// Annotations of the PrometheusRule.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "monitoring", "effect": "none" }))]
    pub annotations: Annotations,
    /// Labels of each alert, beside `severity`, by which Alertmanager may route it.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "none" }))]
    pub alert_labels: BTreeMap<MetricLabel, String>,
    /// Where the runbooks are: `#` and the alert's name are put behind it.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "none" }))]
    pub runbook_url: Url,
    /// Alerts that are left out.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "none" }))]
    pub disabled: Vec<AlertName>,
    /// When they fire.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "none" }))]
    pub thresholds: Thresholds,
    /// Further rules of the same group, as Prometheus has them.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "monitoring", "effect": "none" }))]
    #[serde(deserialize_with = "objects")]
    pub extra_rules: Vec<Object>,
}

impl Default for Alerts {
    fn default() -> Self {
        Self {
            enabled: false,
            labels: Labels::new(),
            annotations: Annotations::new(),
            alert_labels: BTreeMap::new(),
            runbook_url: Url::known("https://github.com/rqchart/rqchart/blob/main/docs/operations.md"),
            disabled: Vec::new(),
            thresholds: Thresholds::default(),
            extra_rules: Vec::new(),
        }
    }
}

/// When alerts fire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Thresholds {
    /// `RqliteDiskFilling`: how much of a volume is used.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "none", "unit": "percent" }))]
    pub disk_used: Int<1, 99>,
    /// `RqliteFollowerLagging`: how many entries of the log a node lacks that are committed.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "none", "unit": "entries" }))]
    pub lag: Int<1, 1_000_000_000>,
    /// `RqliteLeaderChanging`: how many changes of the leader in a quarter of an hour are normal.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "none" }))]
    pub leader_changes: Int<1, 1000>,
    /// `RqliteRestarting`: how many restarts of a node in an hour are normal.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "none" }))]
    pub restarts: Int<1, 100>,
    /// `RqliteWalLarge`: the size of SQLite's WAL that snapshots should keep it below.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "none", "unit": "bytes" }))]
    pub wal_size: Quantity,
    /// `RqliteBackupOld`: how long there may be no backup. Longer than the interval of automatic backups.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "none", "unit": "duration" }))]
    pub backup_age: Duration,
    /// `RqliteCdcBacklog`: how many changes may wait for their way out.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "none", "unit": "changes" }))]
    pub cdc_backlog: Int<1, 1_000_000_000>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            disk_used: Int::known::<80>(),
            lag: Int::known::<1000>(),
            leader_changes: Int::known::<3>(),
            restarts: Int::known::<2>(),
            wal_size: Quantity::known("256Mi"),
            backup_age: Duration::known("24h"),
            cdc_backlog: Int::known::<10_000>(),
        }
    }
}

/// An alert of the chart's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum AlertName {
    /// Nobody leads: no writes, and no reads but of level none.
    RqliteNoLeader,
    /// Two nodes say that they lead.
    RqliteTwoLeaders,
    /// One more voter lost, and nothing can be written. Only with three voters or more.
    RqliteNoMargin,
    /// Fewer nodes are ready than the values ask for.
    RqliteMemberMissing,
    /// A node is far behind the leader.
    RqliteFollowerLagging,
    /// Leaders change often.
    RqliteLeaderChanging,
    /// A node restarts again and again.
    RqliteRestarting,
    /// A volume is nearly full.
    RqliteDiskFilling,
    /// Snapshots fail, so that the log grows.
    RqliteSnapshotFailing,
    /// SQLite's WAL grows.
    RqliteWalLarge,
    /// There was no automatic backup for long. Only where rqlited makes them.
    RqliteBackupOld,
    /// Changes wait for their way out. Only with `cdc`.
    RqliteCdcBacklog,
    /// Changes were given up: whoever receives them lacks some. Only with `cdc`.
    RqliteCdcDropping,
}

/// A dashboard for Grafana.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Dashboard {
    /// Whether it is rendered.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "monitoring", "effect": "none" }))]
    pub enabled: bool,
    /// Labels of the ConfigMap, by which Grafana's side-car finds it: `grafana_dashboard: "1"`, unless this says otherwise.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "none" }))]
    pub labels: Labels,
    /// Annotations of the ConfigMap, such as `grafana_folder`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "monitoring", "effect": "none" }))]
    pub annotations: Annotations,
}
