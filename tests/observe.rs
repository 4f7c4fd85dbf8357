//! What is said of a cluster, held to the real programs: `cargo test -p rqchart-tests --test observe`.
//!
//! In: `rqlited` (`$RQLITED`), `json_exporter` (`$JSON_EXPORTER`) and `promtool` (`$PROMTOOL`), or each on PATH. Out: every
//! metric has a value, every alert fires when it should and not otherwise, and changes arrive.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use rqchart_core::metrics::{METRICS, Metric, Source};
use rqchart_core::topology::ALERTS;
use rqchart_tests::drill::credentials::Credentials;
use rqchart_tests::drill::http::{Client, Request};
use rqchart_tests::node::{Node, PATIENCE, free_ports, program};
use rqchart_tests::rendered::{object, rendered, secrets, secured};
use rqchart_tests::skipped;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A running exporter; it ends with this.
struct Exporter {
    process: Child,
    address: SocketAddr,
}

impl Exporter {
    /// With this configuration. None where there is no such program.
    fn start(config: &Path) -> Option<Self> {
        let Some(program) = program("JSON_EXPORTER", "json_exporter") else {
            skipped("set JSON_EXPORTER, or put json_exporter on PATH");
            return None;
        };
        let [address, _] = free_ports();
        let process = Command::new(program)
            .args([format!("--config.file={}", config.display()), format!("--web.listen-address={address}")])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let this = Self { process, address };
        let deadline = Instant::now() + Duration::from_secs(20);
        while Client::PLAIN.send(address, &Request::get("/", PATIENCE)).is_err() {
            assert!(Instant::now() < deadline, "the exporter does not answer");
            sleep(Duration::from_millis(50));
        }
        Some(this)
    }

    /// Everything that it makes of one of a node's answers.
    fn probe(&self, source: Source, scheme: &str, node: SocketAddr) -> String {
        let path = format!("/probe?module={}&target={scheme}://{node}{}", source.module(), source.path());
        let answer = Client::PLAIN.send(self.address, &Request::get(&path, PATIENCE)).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The samples of a metric: what stands behind its name.
fn samples<'a>(text: &'a str, metric: &str) -> Vec<(&'a str, f64)> {
    let of_metric = |line: &'a str| {
        let rest = line.strip_prefix(metric).filter(|rest| rest.starts_with(['{', ' ']))?;
        let (labels, value) = rest.rsplit_once(' ')?;
        Some((labels, value.parse().unwrap()))
    };
    text.lines().filter_map(of_metric).collect()
}

/// Each metric that has no value.
fn missing(exporter: &Exporter, scheme: &str, node: &Node) -> Vec<&'static str> {
    let answers: BTreeMap<_, _> =
        Source::ALL.map(|source| (source, exporter.probe(source, scheme, node.address))).into();
    let is_there = |metric: &&Metric| {
        let text = &answers[&metric.source];
        let found = samples(text, metric.name);
        let kind = format!("# TYPE {} {}\n", metric.name, metric.kind.name());
        let named = |labels: &str| {
            metric
                .labels
                .iter()
                .all(|(name, _)| labels.contains(&format!("{name}=\"")) && !labels.contains(&format!("{name}=\"\"")))
        };
        text.contains(&kind)
            && !found.is_empty()
            && found.iter().all(|(labels, value)| !value.is_nan() && named(labels))
    };
    METRICS.iter().filter(|metric| !is_there(metric)).map(|metric| metric.name).collect()
}

#[test]
fn every_metric_has_a_value() {
    let Some(node) = Node::start(&[], &["-node-id=rqdb-0"]) else { return };
    let manifests = rendered(&json!({ "metrics": { "exporter": { "enabled": true } } }));
    let config = object(&manifests, "ConfigMap", "rqdb-metrics")["data"]["config.yml"].as_str().unwrap().to_owned();
    fs::write(node.folder().join("config.yml"), config).unwrap();
    let Some(exporter) = Exporter::start(&node.folder().join("config.yml")) else { return };
    node.wait_ready(&Client::PLAIN);
    assert_eq!(missing(&exporter, "http", &node), [""; 0]);
    let status = exporter.probe(Source::Status, "http", node.address);
    assert_eq!(samples(&status, "rqlite_raft_state"), [(r#"{state="Leader"}"#, 1.0)]);
    assert_eq!(samples(&status, "rqlite_raft_member"), [(r#"{id="rqdb-0",suffrage="voter"}"#, 1.0)]);
    let ready = |text: &str| samples(text, "rqlite_ready").first().map(|(_, value)| *value);
    assert_eq!(ready(&status), Some(1.0));
}

#[test]
fn every_metric_has_a_value_with_users_and_certificates_on_both_sides() {
    let credentials = Credentials::make("default").unwrap();
    let options = [
        "-auth=@/users.json",
        "-http-cert=@/tls.crt",
        "-http-key=@/tls.key",
        "-http-ca-cert=@/ca.crt",
        "-http-verify-client",
    ];
    let Some(node) = Node::start(&secrets(&credentials), &options) else { return };
    let mut values = secured();
    values["metrics"] = json!({ "exporter": { "enabled": true } });
    let manifests = rendered(&values);
    let config = object(&manifests, "ConfigMap", "rqdb-metrics")["data"]["config.yml"].as_str().unwrap().to_owned();
    let folder = node.folder().to_str().unwrap();
    // What the pods mount lies in one folder here.
    let config = config
        .replace("/etc/rqlite-auth/", &format!("{folder}/"))
        .replace("/etc/rqlite-tls/client/", &format!("{folder}/"));
    fs::write(node.folder().join("config.yml"), &config).unwrap();
    let Some(exporter) = Exporter::start(&node.folder().join("config.yml")) else { return };
    node.wait_ready(credentials.client());
    assert_eq!(missing(&exporter, "https", &node), [""; 0]);

    // Nobody else is let in by the same way: what is seen above is the user and the certificate.
    let is_shown = |line: &&str| line.contains("cert_file") || line.contains("key_file");
    let nameless = config.lines().filter(|line| !is_shown(line)).collect::<Vec<_>>().join("\n");
    let others = [("password", config.replace("probe-password", "member-password")), ("certificate", nameless)];
    for (what, other) in others {
        assert_ne!(config, other);
        fs::write(node.folder().join("other.yml"), other).unwrap();
        let other = Exporter::start(&node.folder().join("other.yml")).unwrap();
        let path = format!("/probe?module=status&target=https://{}/status", node.address);
        let answer = Client::PLAIN.send(other.address, &Request::get(&path, PATIENCE));
        assert!(answer.is_err() || answer.unwrap().status != 200, "without the right {what}");
    }
}

/// Takes requests one after the other, and passes their bodies on.
fn receiver() -> (SocketAddr, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, bodies) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream);
            loop {
                let mut length = 0;
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                    if let Some((_, value)) =
                        line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                    {
                        length = value.trim().parse().unwrap();
                    }
                    line.clear();
                }
                let mut body = vec![0; length];
                if length == 0 || reader.read_exact(&mut body).is_err() {
                    break;
                }
                let _ = reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                if sender.send(serde_json::from_slice(&body).unwrap()).is_err() {
                    return;
                }
            }
        }
    });
    (address, bodies)
}

#[test]
fn changes_arrive_as_the_values_say() {
    let (address, bodies) = receiver();
    let manifests = rendered(&json!({ "cdc": {
        "endpoint": format!("http://{address}/changes"), "serviceId": "shop", "rowIdsOnly": true,
        "tableFilter": "^orders$", "maxBatchSize": 1, "maxBatchDelay": "50ms", "highWatermarkInterval": "500ms",
        "transmitTimeout": "2s", "transmitMaxRetries": 3, "retryPolicy": "exponential", "minBackoff": "100ms", "maxBackoff": "1s",
    } }));
    let config = object(&manifests, "ConfigMap", "rqdb-cdc")["data"]["cdc.json"].as_str().unwrap().to_owned();
    let file = json!({ "stringData": { "cdc.json": config } });
    let Some(node) = Node::start(&[file], &["-cdc-config=@/cdc.json"]) else { return };
    node.wait_ready(&Client::PLAIN);
    let write = |statements: &str| {
        assert_eq!(node.ask(&Client::PLAIN, &Request::post("/db/execute", statements, PATIENCE)), Some(200));
    };
    write(
        r#"["CREATE TABLE others (id INTEGER PRIMARY KEY)", "CREATE TABLE orders (id INTEGER PRIMARY KEY, what TEXT)"]"#,
    );
    write(r#"["INSERT INTO others VALUES (1)"]"#);
    write(r#"["INSERT INTO orders VALUES (7, 'secret')"]"#);
    let body = bodies.recv_timeout(Duration::from_secs(20)).expect("a change arrives");
    let text = body.to_string();
    assert_eq!(body["service_id"], "shop", "{text}");
    assert_eq!(body.pointer("/payload/0/events/0/table"), Some(&json!("orders")), "{text}");
    assert_eq!(body.pointer("/payload/0/events/0/new_row_id"), Some(&json!(7)), "{text}");
    assert!(!text.contains("secret") && !text.contains("others"), "{text}");
    assert!(bodies.recv_timeout(Duration::from_millis(500)).is_err(), "only the one");
}

/// Everything that alerts depend on, so that all of them are there.
fn alerting() -> Value {
    json!({
        "metrics": { "exporter": { "enabled": true }, "alerts": { "enabled": true } },
        "cdc": { "endpoint": "http://example.com/" },
        "extraArgs": ["-auto-backup=/etc/backup.json"],
    })
}

fn promtool(folder: &Path, arguments: &[&str]) -> Option<(bool, String)> {
    let Some(program) = program("PROMTOOL", "promtool") else {
        skipped("set PROMTOOL, or put promtool on PATH");
        return None;
    };
    let output = Command::new(program).current_dir(folder).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
}

fn rules(folder: &Path) -> Value {
    let rule = object(&rendered(&alerting()), "PrometheusRule", "rqdb");
    fs::write(folder.join("rules.yaml"), rule["spec"].to_string()).unwrap();
    rule["spec"]["groups"][0]["rules"].clone()
}

#[test]
fn prometheus_takes_the_rules() {
    let folder = TempDir::new().unwrap();
    rules(folder.path());
    let Some((is_fine, text)) =
        promtool(folder.path(), &["check", "rules", "--lint=all", "--lint-fatal", "rules.yaml"])
    else {
        return;
    };
    assert!(is_fine && text.contains(&format!("{} rules found", ALERTS.len())), "{text}");
}

#[test]
fn alerts_fire_when_they_should_and_not_otherwise() {
    let folder = TempDir::new().unwrap();
    let rules = rules(folder.path());
    let tests = include_str!("observe/alerts.yaml");
    fs::write(folder.path().join("tests.yaml"), tests).unwrap();
    // Each alert is seen to fire and seen not to fire, by what the file says.
    let said: Value = serde_yaml::from_str(tests).unwrap();
    let all = said["tests"].as_array().unwrap().iter().flat_map(|test| test["alert_rule_test"].as_array().unwrap());
    let mut seen = BTreeSet::new();
    for test in all {
        let fires = test["exp_alerts"].as_array().is_some_and(|alerts| !alerts.is_empty());
        seen.insert((test["alertname"].as_str().unwrap(), fires));
    }
    for rule in rules.as_array().unwrap() {
        let name = rule["alert"].as_str().unwrap();
        assert!(seen.contains(&(name, true)) && seen.contains(&(name, false)), "{name} is not tried both ways");
    }
    let Some((is_fine, text)) = promtool(folder.path(), &["test", "rules", "tests.yaml"]) else { return };
    assert!(is_fine, "{text}");
}
