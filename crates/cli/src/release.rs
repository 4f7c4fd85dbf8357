//! What the commands that render have in common: arguments → values, release and chart → a rendering.

use std::mem::ManuallyDrop;

use rqchart::{Chart, Renderer, Rendering, placed};
use rqchart_core::release::{ApiVersions, KubeVersion, Release};
use rqchart_core::values::ApiVersion;
use serde_json::Value;

use crate::args::{ReleaseArgs, ValueArgs};
use crate::failure::Failure;
use crate::load;

/// A rendering with every finding placed in the text that it is about.
pub(crate) struct Outcome {
    pub(crate) chart_name: String,
    pub(crate) rendering: Rendering,
}

/// What is done with values: [`Renderer::render`] or [`Renderer::lint`].
pub(crate) type Work = fn(&Renderer, &Value, &Release) -> Result<Rendering, rqchart::Error>;

/// Does it to what the arguments name.
pub(crate) fn run(work: Work, release: &ReleaseArgs, values: &ValueArgs) -> Result<Outcome, Failure> {
    let chart = load::chart(release.place.chart.as_deref())?;
    let sources = load::Sources::read(values, &mut load::bytes)?;
    of_sources(work, release, chart, &sources)
}

/// Does it to a chart and values that were read.
pub(crate) fn of_sources(
    work: Work,
    release: &ReleaseArgs,
    chart: Chart,
    sources: &load::Sources<'_>,
) -> Result<Outcome, Failure> {
    let chart_name = chart.info().name.clone();
    let (name, release) = (release.name.as_ref(), &release.place);
    let of_chart = chart.clone();
    let merged = sources.merge(&of_chart);
    if let Some(finding) = sources.finding() {
        let diagnostics = merged.diagnostics().iter().cloned().chain([finding]).collect();
        return Ok(Outcome { chart_name, rendering: Rendering::failed(diagnostics) });
    }
    // What is said on the command line wins over what a link says.
    let target = sources.target();
    let kube_version = match release.kube_version.as_ref().or(target.kube_version.as_ref()) {
        None => KubeVersion::DEFAULT,
        Some(text) => KubeVersion::parse(text)
            .ok_or_else(|| Failure::new(format!("{text:?} is not a version of Kubernetes; write one such as 1.34")))?,
    };
    let api_version = |text: &String| {
        let refused = || Failure::new(format!("{text:?} is not an API version; write one such as apps/v1"));
        ApiVersion::new(text.as_str()).ok_or_else(refused)
    };
    let api_versions = if release.api_versions.is_empty() { &target.api_versions } else { &release.api_versions };
    let api_versions = api_versions.iter().map(api_version).collect::<Result<ApiVersions, Failure>>()?;
    let info = chart.info().clone();
    let namespace = release.namespace.as_ref();
    let (name, namespace) = (name.unwrap_or(&target.name), namespace.unwrap_or(&target.namespace));
    let release = Release::new(name, namespace, info.clone(), kube_version)
        .map(|release| release.with_api_versions(api_versions));
    let rendering = placed::render(&merged, release, &info, |values, release| {
        // Left to the kernel: the program is about to end, and freeing every template by hand takes a twentieth of a cold run.
        let renderer = ManuallyDrop::new(Renderer::new(chart)?);
        work(&renderer, values, release)
    })?;
    Ok(Outcome { chart_name, rendering })
}
