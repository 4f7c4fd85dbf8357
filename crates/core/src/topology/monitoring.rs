//! How the cluster is watched: the exporter beside rqlited, who asks it, and what is made of its metrics.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::access::{AUTH, secret_source, tls_volume};
use super::metadata::checksum;
use super::pod::image_reference;
use super::{Access, HTTP_PORT, Metadata, Mount, Names, PROBE_USER, PodSet, alerts, members};
use crate::metrics::{METRICS, Metric, Source};
use crate::release::Release;
use crate::values::{ContainerSecurity, DnsName, Duration, ExporterResources, NetworkPeer, PullPolicy, Values};

/// Where the exporter finds its configuration.
const CONFIG: &str = "/etc/exporter";
/// The exporter's port by name.
const PORT_NAME: &str = "metrics";

/// Where rqlited finds the CA of a collector of OpenTelemetry.
pub(super) const OTLP_CA: &str = "/etc/rqlite-otlp-ca";
/// Where it finds a certificate to show to it.
pub(super) const OTLP_TLS: &str = "/etc/rqlite-otlp-tls";

/// What rqlited needs for a collector of OpenTelemetry.
pub(super) fn otlp_mounts(values: &Values) -> impl Iterator<Item = Mount> {
    let otlp = &values.metrics.otlp;
    let secret = |name: &DnsName| secret_source(name.as_str(), None);
    let ca = otlp.ca_secret_name.as_ref().map(|name| Mount::for_nodes("otlp-ca", OTLP_CA, secret(name)));
    let tls = otlp.secret_name.as_ref().map(|name| Mount::for_nodes("otlp-tls", OTLP_TLS, secret(name)));
    ca.into_iter().chain(tls)
}

/// How the cluster is watched.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Monitoring {
    /// The exporter, if there is one.
    pub exporter: Option<Exporter>,
    /// Who asks it, for the Prometheus operator.
    pub pod_monitor: Option<PodMonitor>,
    /// The alerts.
    pub alerts: Option<Alerts>,
    /// The dashboard.
    pub dashboard: Option<Dashboard>,
}

/// The container that makes metrics of what rqlited says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Exporter {
    /// Its port.
    #[serde(skip)]
    pub port: i64,
    /// Its configuration: for each of rqlited's answers, how to ask and what to take.
    pub modules: Value,
    /// Who reaches it; empty means everybody.
    #[serde(skip)]
    pub scrapers: Vec<NetworkPeer>,
    /// Its container.
    #[serde(skip)] // among all containers
    pub container: SideCar,
    /// The volume with its configuration.
    #[serde(skip)] // among all volumes
    pub volume: Mount,
    /// Annotations of the pods that it is in.
    #[serde(skip)] // among all of theirs
    pub pod_annotations: BTreeMap<String, String>,
}

/// A container of the chart's own beside rqlite, in Kubernetes' form.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SideCar {
    name: String,
    image: String,
    image_pull_policy: PullPolicy,
    args: [String; 2],
    ports: Value,
    liveness_probe: Value,
    /// What it may use.
    pub resources: ExporterResources,
    security_context: ContainerSecurity,
    volume_mounts: Vec<Value>,
}

/// A PodMonitor.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PodMonitor {
    /// What Prometheus asks of each pod.
    pub endpoints: Vec<Value>,
    /// All of its labels.
    #[serde(skip)] // an object's metadata has them
    pub labels: BTreeMap<String, String>,
    /// All of its annotations.
    #[serde(skip)] // an object's metadata has them
    pub annotations: BTreeMap<String, String>,
}

/// A PrometheusRule.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Alerts {
    /// The name of its one group.
    pub group: String,
    /// The rules.
    pub rules: Vec<Value>,
    /// All of its labels.
    #[serde(skip)] // an object's metadata has them
    pub labels: BTreeMap<String, String>,
    /// All of its annotations.
    #[serde(skip)] // an object's metadata has them
    pub annotations: BTreeMap<String, String>,
}

/// A dashboard in a `ConfigMap`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Dashboard {
    /// The name of its file: of one for each release, as Grafana's side-car puts all into one folder.
    pub file: String,
    /// All of its labels.
    #[serde(skip)] // an object's metadata has them
    pub labels: BTreeMap<String, String>,
    /// All of its annotations.
    #[serde(skip)] // an object's metadata has them
    pub annotations: BTreeMap<String, String>,
}

impl Monitoring {
    pub(super) fn resolve(
        values: &Values,
        exporter: Option<Exporter>,
        (release, names): (&Release, &Names),
        metadata: &Metadata,
        access: &Access,
        voters: &PodSet,
    ) -> Self {
        let metrics = &values.metrics;
        let (alerts, dashboard) = (&metrics.alerts, &metrics.dashboard);
        Self {
            pod_monitor: metrics.pod_monitor.enabled.then(|| PodMonitor::resolve(values, metadata, access)),
            alerts: alerts.enabled.then(|| Alerts {
                group: names.fullname.clone(),
                rules: alerts::rules(values, names, release.namespace.as_str(), &voters.arguments),
                labels: metadata.labels_with(&alerts.labels),
                annotations: metadata.annotations_with(&alerts.annotations),
            }),
            dashboard: dashboard.enabled.then(|| Dashboard {
                file: format!("{}-{}.json", release.namespace, names.fullname),
                labels: {
                    let mut labels = metadata.labels_with(&dashboard.labels);
                    labels.entry("grafana_dashboard".to_owned()).or_insert_with(|| "1".to_owned());
                    labels
                },
                annotations: metadata.annotations_with(&dashboard.annotations),
            }),
            exporter,
        }
    }
}

impl Exporter {
    pub(super) fn resolve(values: &Values, release: &Release, names: &Names, access: &Access) -> Option<Self> {
        let exporter = Some(&values.metrics.exporter).filter(|exporter| exporter.enabled)?;
        let image = &exporter.image;
        let volume = Mount::read_only("metrics", CONFIG, json!({ "configMap": { "name": names.metrics } }));
        let mut mounts = vec![json!({ "name": volume.name, "mountPath": volume.path, "readOnly": true })];
        if access.authenticates {
            // One key, so that the other passwords stay out of this container.
            let file = format!("{AUTH}/probe-password");
            mounts.push(json!({ "name": "auth", "mountPath": file, "subPath": "probe-password", "readOnly": true }));
        }
        if let Some((name, folder)) = client_tls(access) {
            mounts.push(json!({ "name": name, "mountPath": folder, "readOnly": true }));
        }
        let port = exporter.port.get();
        let container = SideCar {
            name: names.exporter.clone(),
            image: image_reference(&image.registry, &image.repository, image.tag.as_str(), image.digest.as_ref()),
            image_pull_policy: image.pull_policy,
            args: [format!("--config.file={CONFIG}/config.yml"), format!("--web.listen-address=:{port}")],
            ports: json!([{ "name": PORT_NAME, "containerPort": port }]),
            // No readiness: clients must not lose a database because its metrics are late.
            liveness_probe: json!({
                "httpGet": { "path": "/", "port": PORT_NAME }, "periodSeconds": 30, "timeoutSeconds": 5,
            }),
            resources: exporter.resources.clone(),
            security_context: ContainerSecurity::default(),
            volume_mounts: mounts,
        };
        let modules = modules(access, &members::first_address(values, release, names));
        // It reads its configuration when it starts, and never again.
        let text = modules.to_string();
        let mut pod_annotations = BTreeMap::from([("rqchart/metrics-checksum".to_owned(), checksum([text.as_str()]))]);
        if exporter.scrape_annotations {
            pod_annotations.extend(scrape_annotations(port, access));
        }
        Some(Self { port, modules, scrapers: exporter.scrapers.clone(), container, volume, pod_annotations })
    }
}

/// The volume with the certificates of clients, if there is one.
fn client_tls(access: &Access) -> Option<(&'static str, &'static str)> {
    access.tls.sides().find(|side| side.name == "client").map(|side| tls_volume(&side))
}

/// The exporter's configuration.
fn modules(access: &Access, first_pod: &str) -> Value {
    let mut client = Map::from_iter([("follow_redirects".to_owned(), false.into())]);
    if access.authenticates {
        let password = format!("{AUTH}/probe-password");
        client.insert("basic_auth".into(), json!({ "username": PROBE_USER, "password_file": password }));
    }
    if let Some((_, folder)) = client_tls(access) {
        // It asks 127.0.0.1, which no certificate names. All pods show the same one, so it is right for the first pod's name.
        let mut tls = json!({ "ca_file": format!("{folder}/ca.crt"), "server_name": first_pod });
        if access.is_mutual {
            tls["cert_file"] = format!("{folder}/tls.crt").into();
            tls["key_file"] = format!("{folder}/tls.key").into();
        }
        client.insert("tls_config".into(), tls);
    }
    let module = |source: Source| {
        let metrics: Vec<_> = METRICS.iter().filter(|metric| metric.source == source).map(exported).collect();
        (source.module().to_owned(), json!({ "http_client_config": client, "metrics": metrics }))
    };
    Source::ALL.into_iter().map(module).collect::<Map<_, _>>().into()
}

/// A metric, as the exporter's configuration has it.
fn exported(metric: &Metric) -> Value {
    let path = |path: &str| if path.starts_with('.') { format!("{{ {path} }}") } else { path.to_owned() };
    let labels: Map<_, _> = metric.labels.iter().map(|(name, from)| ((*name).to_owned(), path(from).into())).collect();
    let mut exported = json!({ "name": metric.name, "help": metric.help, "valuetype": metric.kind.name() });
    if let Some(each) = metric.each {
        // The exporter puts the value's name behind the metric's.
        let (name, value) = metric.name.rsplit_once('_').expect("names have parts");
        exported["name"] = name.into();
        exported["type"] = "object".into();
        exported["path"] = path(each).into();
        exported["values"] = json!({ value: path(metric.value) });
    } else {
        exported["path"] = path(metric.value).into();
    }
    if !labels.is_empty() {
        exported["labels"] = labels.into();
    }
    exported
}

/// What the exporter is to ask for one of rqlited's answers.
fn target(source: Source, access: &Access) -> String {
    let scheme = if access.https { "https" } else { "http" };
    format!("{scheme}://127.0.0.1:{HTTP_PORT}{}", source.path())
}

fn scrape_annotations(port: i64, access: &Access) -> [(String, String); 5] {
    let source = Source::Status;
    let annotation = |name: &str, value: String| (format!("prometheus.io/{name}"), value);
    [
        annotation("scrape", "true".to_owned()),
        annotation("port", port.to_string()),
        annotation("path", "/probe".to_owned()),
        annotation("param_module", source.module().to_owned()),
        annotation("param_target", target(source, access)),
    ]
}

impl PodMonitor {
    fn resolve(values: &Values, metadata: &Metadata, access: &Access) -> Self {
        let monitor = &values.metrics.pod_monitor;
        let endpoint = |source: Source| {
            // Both answers come from one port: without a label of its own, `up` of the one would be that of the other.
            let own = json!({ "targetLabel": "endpoint", "replacement": source.module() });
            let relabelings: Vec<_> =
                std::iter::once(own).chain(monitor.relabelings.iter().cloned().map(Value::from)).collect();
            let mut endpoint = json!({
                "port": PORT_NAME,
                "path": "/probe",
                "params": { "module": [source.module()], "target": [target(source, access)] },
                "interval": prometheus(&monitor.interval),
                "scrapeTimeout": prometheus(&monitor.scrape_timeout),
                "relabelings": relabelings,
            });
            if !monitor.metric_relabelings.is_empty() {
                endpoint["metricRelabelings"] =
                    monitor.metric_relabelings.clone().into_iter().map(Value::from).collect();
            }
            endpoint
        };
        Self {
            endpoints: Source::ALL.map(endpoint).into(),
            labels: metadata.labels_with(&monitor.labels),
            annotations: metadata.annotations_with(&monitor.annotations),
        }
    }
}

/// A length of time as Prometheus writes it, which has no fractions.
pub(super) fn prometheus(duration: &Duration) -> String {
    let millis = duration.as_millis();
    if millis.is_multiple_of(1000) { format!("{}s", millis / 1000) } else { format!("{millis}ms") }
}
