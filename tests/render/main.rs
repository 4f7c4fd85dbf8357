//! What is rendered: compared with what was accepted, with Kubernetes' types, with itself, and read by others.

mod cert_manager;
mod chart_files;
mod conformance;
mod effects;
mod gateway_api;
mod golden;
mod hostile;
mod monitoring;
mod official_chart;
mod plan;
mod plan_played;
mod policy;
mod prometheus_operator;
mod reach;
mod server;
mod templates;

use std::sync::LazyLock;

use rqchart::{Chart, Renderer, Rendering};
use rqchart_core::release::{KubeVersion, Release};
use serde_json::Value;

static RENDERER: LazyLock<Renderer> =
    LazyLock::new(|| Renderer::new(Chart::embedded()).expect("the chart that is built in has no syntax errors"));

fn release(name: &str, namespace: &str) -> Release {
    Release::new(name, namespace, Chart::embedded().info().clone(), KubeVersion::DEFAULT).unwrap()
}

fn render(values: &Value, release: &Release) -> Rendering {
    RENDERER.lint(values, release).unwrap_or_else(|error| panic!("{error}\n{values}"))
}
