//! Alerts and the dashboard: what they speak of is there.

use std::collections::BTreeSet;

use rqchart::chart::embedded_file;
use rqchart_core::metrics::METRICS;
use rqchart_core::topology::ALERTS;
use serde_json::{Value, json};

use crate::{release, render};

/// Every word of a text that looks like a metric of the exporter.
fn metrics_in(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with("rqlite_")).collect()
}

fn unknown(text: &str) -> Vec<&str> {
    let known = |word: &&str| METRICS.iter().any(|metric| metric.name == *word);
    metrics_in(text).into_iter().filter(|word| !known(word)).collect()
}

fn rules() -> Vec<Value> {
    let values = json!({
        "metrics": { "exporter": { "enabled": true }, "alerts": { "enabled": true } },
        "cdc": { "endpoint": "http://example.com/" },
        "extraArgs": ["-auto-backup=/etc/backup.json"],
    });
    let documents = render(&values, &release("rqdb", "default")).documents;
    let manifests = rqchart::manifest::parse(&documents).unwrap();
    let rule = manifests.iter().find(|manifest| manifest.kind == "PrometheusRule").unwrap();
    rule.object.pointer("/spec/groups/0/rules").unwrap().as_array().unwrap().clone()
}

#[test]
fn alerts_ask_for_metrics_that_the_exporter_has() {
    let rules = rules();
    assert_eq!(rules.len(), ALERTS.len());
    for rule in &rules {
        let expr = rule["expr"].as_str().unwrap();
        assert_eq!(unknown(expr), [""; 0], "{}", rule["alert"]);
        assert!(expr.contains(r#"namespace="default""#), "{}", rule["alert"]);
    }
}

#[test]
fn every_alert_leads_to_a_runbook_and_every_runbook_is_of_an_alert() {
    let page = include_str!("../../docs/operations.md");
    let headings: BTreeSet<_> =
        page.lines().filter_map(|line| line.strip_prefix("### ")).filter(|line| line.starts_with("Rqlite")).collect();
    let alerts = rules();
    let named: BTreeSet<_> = alerts.iter().map(|rule| rule["alert"].as_str().unwrap()).collect();
    assert_eq!(headings, named);
    for rule in &alerts {
        // GitHub makes a heading's anchor of it by taking lower case.
        let url = rule["annotations"]["runbook_url"].as_str().unwrap();
        let anchor = url.rsplit_once("/docs/operations.md#").unwrap().1;
        assert_eq!(anchor, rule["alert"].as_str().unwrap().to_lowercase());
    }
}

#[test]
fn alerts_are_those_of_what_there_is() {
    let alerts = |values: Value| {
        let mut values = values;
        values["metrics"] =
            json!({ "exporter": { "enabled": true }, "alerts": { "enabled": true, "disabled": ["RqliteWalLarge"] } });
        let documents = render(&values, &release("rqdb", "default")).documents;
        let text = documents.into_iter().find(|document| document.text.contains("kind: PrometheusRule")).unwrap().text;
        ["RqliteNoLeader", "RqliteWalLarge", "RqliteBackupOld", "RqliteCdcBacklog"].map(|name| text.contains(name))
    };
    assert_eq!(alerts(json!({})), [true, false, false, false]);
    assert_eq!(alerts(json!({ "cdc": { "endpoint": "https://example.com" } })), [true, false, false, true]);
    assert_eq!(alerts(json!({ "extraArgs": ["-auto-backup=/tmp/x"] })), [true, false, true, false]);
}

#[test]
fn the_dashboard_shows_metrics_that_the_exporter_has() {
    let text = embedded_file("dashboards/rqlite.json").unwrap();
    let dashboard: Value = text.parse().unwrap();
    assert!(dashboard["schemaVersion"].is_u64() && dashboard.get("id").is_none(), "an import gives it its id");
    assert!(metrics_in(text).len() > 25);
    assert_eq!(unknown(text), [""; 0]);
    let variables = dashboard.pointer("/templating/list").unwrap().as_array().unwrap();
    let names: Vec<_> = variables.iter().map(|variable| variable["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["datasource", "namespace", "release"]);
    let mut ids = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{}", panel["title"]);
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expr = target["expr"].as_str().unwrap();
            let selectors = expr.matches(r#"namespace="$namespace",pod=~"$release-[0-9]+""#).count();
            assert!(selectors > 0 && selectors == expr.matches("rqlite_").count(), "{expr}");
        }
    }
}

#[test]
fn no_secret_is_in_what_the_exporter_reads() {
    let values = json!({
        "auth": {
            "users": [{ "username": "app", "password": "pw-of-app", "permissions": ["all"] }],
            "probePassword": "pw-of-probe", "memberPassword": "pw-of-member",
        },
        "metrics": { "exporter": { "enabled": true } },
    });
    for document in render(&values, &release("rqdb", "default")).documents {
        assert!(document.text.contains("kind: Secret\n") || !document.text.contains("pw-of-"), "{}", document.template);
    }
}

#[test]
fn another_configuration_of_the_exporter_restarts_the_pods() {
    let checksum = |more: Value| {
        let mut values = more;
        values["metrics"] = json!({ "exporter": { "enabled": true } });
        let documents = render(&values, &release("rqdb", "default")).documents;
        let text = documents.into_iter().find(|document| document.text.contains("kind: StatefulSet")).unwrap().text;
        text.lines().find(|line| line.contains("rqchart/metrics-checksum")).unwrap().to_owned()
    };
    let plain = checksum(json!({}));
    assert_eq!(plain, checksum(json!({ "replicas": 5 })));
    assert_ne!(plain, checksum(json!({ "auth": { "existingSecret": "users" } })));
}
