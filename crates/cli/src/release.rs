//! What the commands that render have in common: arguments → values, release and chart → a rendering.

use std::mem::ManuallyDrop;

use rqchart::layers::Merged;
use rqchart::{Renderer, Rendering};
use rqchart_core::diagnostic::{Code, Diagnostic};
use rqchart_core::release::{ApiVersions, ChartInfo, KubeVersion, Release};
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
    let chart = load::chart(release.chart.as_deref())?;
    let chart_name = chart.info().name.clone();
    let sources = load::Sources::read(values)?;
    let merged = sources.merge();
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
    let (name, namespace) = (release.name.as_ref(), release.namespace.as_ref());
    let (name, namespace) = (name.unwrap_or(&target.name), namespace.unwrap_or(&target.namespace));
    let (release, findings) = match Release::new(name, namespace, info.clone(), kube_version) {
        Ok(release) => (release.with_api_versions(api_versions), Vec::new()),
        Err(findings) => (stand_in(info), findings),
    };
    let mut diagnostics = merged.diagnostics().to_vec();
    diagnostics.extend(sources.finding());
    let mut rendering = if diagnostics.iter().any(hides_more) {
        Rendering::failed(Vec::new())
    } else {
        // Left to the kernel: the program is about to end, and freeing every template by hand takes a twentieth of a cold run.
        let renderer = ManuallyDrop::new(Renderer::new(chart)?);
        work(&renderer, merged.values(), &release)?
    };
    rendering.diagnostics.splice(..0, findings);
    // A value that could not be read for sure is not judged a second time for what it might mean.
    let unread: Vec<_> = diagnostics.iter().map(|finding| finding.path.clone()).collect();
    let findings = std::mem::take(&mut rendering.diagnostics).into_iter();
    let new = findings.filter(|finding| finding.path.is_empty() || !unread.contains(&finding.path));
    diagnostics.extend(new.map(|finding| place(finding, &merged)));
    if diagnostics.iter().any(Diagnostic::is_error) {
        rendering = Rendering::failed(Vec::new());
    }
    rendering.diagnostics = in_order_of_text(diagnostics);
    Ok(Outcome { chart_name, rendering })
}

/// Findings as one reads the text: source by source, from the top; those about no text come last.
fn in_order_of_text(mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut sources: Vec<String> = Vec::new();
    for location in findings.iter().filter_map(|finding| finding.location.as_ref()) {
        if !sources.contains(&location.source) {
            sources.push(location.source.clone());
        }
    }
    findings.sort_by_key(|finding| {
        let at = finding.location.as_ref();
        at.map_or((usize::MAX, 0, 0), |at| {
            (sources.iter().position(|source| *source == at.source).unwrap_or(0), at.line, at.column)
        })
    });
    findings
}

/// Values are judged, too, when the release that they are for cannot be: all mistakes in one run.
fn stand_in(chart: ChartInfo) -> Release {
    Release::new("rqlite", "default", chart, KubeVersion::DEFAULT).expect("the arguments' defaults are valid")
}

/// Whether part of the text could not be read, so that findings about the rest would mislead.
fn hides_more(finding: &Diagnostic) -> bool {
    let unread =
        [Code::InvalidUtf8, Code::YamlSyntax, Code::YamlLimit, Code::NotAMapping, Code::SetSyntax, Code::InvalidLink];
    unread.contains(&finding.code)
}

fn place(finding: Diagnostic, merged: &Merged<'_>) -> Diagnostic {
    let location = match finding.code {
        _ if finding.path.is_empty() => None,
        Code::UnknownKey | Code::InvalidName => merged.locate_key(&finding.path),
        _ => merged.locate(&finding.path),
    };
    let overrides = if location.is_some() { merged.overridden(&finding.path) } else { Vec::new() };
    Diagnostic { location, overrides, ..finding }
}
