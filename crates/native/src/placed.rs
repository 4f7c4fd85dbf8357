//! Values as text, taken through every stage: a rendering whose every finding knows where in that text its value stands.
//!
//! In: merged [`layers`](crate::layers), and the release that they are for. Out: a [`Rendering`].

use rqchart_core::diagnostic::{Code, Diagnostic};
use rqchart_core::release::{ChartInfo, KubeVersion, Release};
use rqchart_core::schema::Reference;
use rqchart_core::simulate::{self, Scenario, Simulator};
use serde_json::Value;

use crate::layers::{self, Layer, Merged};
use crate::{Error, Rendering, secrets};

/// Does `work` ([`crate::Renderer::render`] or [`crate::Renderer::lint`]) to merged values and places what it finds.
///
/// Without a valid release (its findings instead) values are judged all the same: all mistakes in one run.
///
/// # Errors
///
/// Those of `work`.
///
/// # Example
///
/// ```
/// use rqchart::layers::{Layer, merge};
/// use rqchart::{Chart, Renderer, placed};
/// use rqchart_core::release::{KubeVersion, Release};
///
/// let chart = Chart::embedded();
/// let info = chart.info().clone();
/// let renderer = Renderer::new(chart)?;
/// let merged = merge(&[Layer::File { name: "values.yaml", text: b"replicas: 4\n" }]);
/// let release = Release::new("rqdb", "default", info.clone(), KubeVersion::DEFAULT);
/// let rendering = placed::render(&merged, release, &info, |values, release| renderer.render(values, release))?;
/// assert_eq!(rendering.diagnostics[0].location.as_ref().unwrap().column, 11);
/// # Ok::<(), rqchart::Error>(())
/// ```
pub fn render(
    merged: &Merged<'_>,
    release: Result<Release, Vec<Diagnostic>>,
    chart: &ChartInfo,
    work: impl FnOnce(&Value, &Release) -> Result<Rendering, Error>,
) -> Result<Rendering, Error> {
    let mut diagnostics = merged.diagnostics().to_vec();
    let (release, findings) = match release {
        Ok(release) => (release, Vec::new()),
        Err(findings) => (stand_in(chart), findings),
    };
    let mut rendering =
        if is_readable(merged) { work(merged.values(), &release)? } else { Rendering::failed(Vec::new()) };
    rendering.diagnostics.splice(..0, findings);
    // A value that could not be read for sure is not judged a second time for what it might mean.
    let unread: Vec<_> = diagnostics.iter().map(|finding| finding.path.clone()).collect();
    let findings = std::mem::take(&mut rendering.diagnostics).into_iter();
    let new = findings.filter(|finding| finding.path.is_empty() || !unread.contains(&finding.path));
    diagnostics.extend(new.map(|finding| place(finding, merged)));
    hide_secrets(&mut diagnostics, merged);
    if diagnostics.iter().any(Diagnostic::is_error) {
        rendering = Rendering::failed(Vec::new());
    }
    rendering.diagnostics = in_order_of_text(diagnostics);
    Ok(rendering)
}

/// Whether all of the text could be read; if not, findings about the rest would mislead, and so would its values.
pub fn is_readable(merged: &Merged<'_>) -> bool {
    let unread = [Code::InvalidUtf8, Code::YamlSyntax, Code::YamlLimit, Code::NotAMapping, Code::SetSyntax];
    !merged.diagnostics().iter().any(|finding| finding.is_error() && unread.contains(&finding.code))
}

/// Findings as one reads the text: source by source, from the top; those about no text come last.
fn in_order_of_text(mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut sources: Vec<String> = Vec::new();
    for location in findings.iter().filter_map(|finding| finding.location.as_ref()) {
        if !sources.contains(&location.source) {
            sources.push(location.source.clone());
        }
    }
    // By one number, as documents are: each type of key that something is sorted by costs the page's engine a kilobyte.
    findings.sort_by_cached_key(|finding| {
        let Some(at) = &finding.location else { return u64::MAX };
        let source = sources.iter().position(|source| *source == at.source).unwrap_or(0);
        [at.line, at.column].iter().fold(source as u64, |key, part| (key << 26) | (*part as u64).min((1 << 26) - 1))
    });
    findings
}

fn stand_in(chart: &ChartInfo) -> Release {
    Release::new("rqlite", "default", chart.clone(), KubeVersion::DEFAULT).expect("a DNS label each")
}

/// Reads a scenario for a cluster. Everything found comes with its place in the text; with an error there is none.
pub fn scenario(merged: &Merged<'_>, simulator: &Simulator) -> (Option<Scenario>, Vec<Diagnostic>) {
    let read = is_readable(merged).then(|| simulate::read(merged.values(), simulator));
    let (scenario, found) = match read {
        Some(Ok(scenario)) => (Some(scenario), Vec::new()),
        Some(Err(found)) => (None, found),
        None => (None, Vec::new()),
    };
    let found = located(found, merged);
    (scenario.filter(|_| !found.iter().any(Diagnostic::is_error)), found)
}

/// What was found in a text, and about what it says: each with its place, in the order of the text.
pub fn located(found: Vec<Diagnostic>, merged: &Merged<'_>) -> Vec<Diagnostic> {
    let found = found.into_iter().map(|finding| place(finding, merged));
    in_order_of_text(merged.diagnostics().iter().cloned().chain(found).collect())
}

/// Whether a secret is among what a layer says.
///
/// # Example
///
/// ```
/// use rqchart::layers::Layer;
/// use rqchart::placed::says_secrets;
///
/// assert!(says_secrets(Layer::Set("replicas=3,auth.probePassword=x")) && !says_secrets(Layer::Set("replicas=3")));
/// ```
pub fn says_secrets(layer: Layer<'_>) -> bool {
    !secrets::find(layers::merge(&[layer]).values(), Reference::built_in()).is_empty()
}

/// Takes secrets out of what findings say and show: reports are kept in logs. What the schema and the rules say of a secret
/// does not quote it; whoever read its text did not know that it is one.
fn hide_secrets(findings: &mut [Diagnostic], merged: &Merged<'_>) {
    if findings.is_empty() {
        return;
    }
    let secrets = secrets::find(merged.values(), Reference::built_in());
    let covers = merged.covers(&secrets);
    let is_unread = !is_readable(merged);
    for finding in findings {
        if finding.code == Code::AmbiguousScalar && secrets.contains(&finding.path) {
            "YAML 1.1 and YAML 1.2 read this differently".clone_into(&mut finding.message);
            finding.hint = Some("put it in quotes".to_owned());
        }
        for location in finding.location.iter_mut().chain(&mut finding.overrides) {
            covers.cover(location);
            if is_unread {
                secrets::cover_unread(&mut location.text);
            }
        }
    }
}

/// A finding with its place in the text.
pub fn place(finding: Diagnostic, merged: &Merged<'_>) -> Diagnostic {
    let location = match finding.code {
        _ if finding.path.is_empty() => None,
        Code::UnknownKey | Code::InvalidName => merged.locate_key(&finding.path),
        _ => merged.locate(&finding.path),
    };
    let overrides = if location.is_some() { merged.overridden(&finding.path) } else { Vec::new() };
    Diagnostic { location, overrides, ..finding }
}

#[cfg(test)]
mod tests {
    use rqchart_core::rules;

    use super::*;
    use crate::layers::merge;

    /// What is found in values, without what a chart adds to it.
    fn found(layers: &[Layer<'_>]) -> Vec<Diagnostic> {
        let chart = ChartInfo { name: "rqlite".into(), version: "0.1.0".into(), app_version: "10.2.7".into() };
        let release = Release::new("rqdb", "default", chart.clone(), KubeVersion::DEFAULT);
        let work = |values: &Value, release: &Release| {
            let values = rqchart_core::schema::validate(values);
            let topology = values.map(|values| rqchart_core::topology::Topology::resolve(values, release));
            Ok(Rendering::failed(topology.map_or_else(|findings| findings, |topology| rules::check(&topology))))
        };
        render(&merge(layers), release, &chart, work).unwrap().diagnostics
    }

    #[test]
    fn secrets_are_in_no_finding_nor_in_the_line_that_it_shows() {
        let file = |text: &'static str| Layer::File { name: "v.yaml", text: text.as_bytes() };
        for layers in [
            vec![file("auth:\n  probePassword: hid:den\n")],
            vec![file(
                "auth: {users: [{username: ada, password: hidden, permisions: [all]}], memberPassword: 'hidden'}\n",
            )],
            vec![file("auth: {users: [{username: ada, pasword: hidden, permissions: [all]}]}\n")],
            vec![file("auth: {users: [ada:hidden], probePassword: 0471, memberPassword: 471}\n")],
            vec![Layer::SetString("auth.probePassword=hid:den")],
            vec![Layer::SetString("auth.probePassword=hidden,replicas=x")],
            // So is what could not be read, or is of another type.
            vec![file("auth: {probePassword: \"hidden\n")],
            vec![file("replicas: 3\nauth: {users: [{password: hidden, permissions: [all}]}\n")],
            vec![file("auth: [probePassword, hidden]\n")],
            vec![Layer::SetJson("auth={\"probePassword\":\"hidden\",}")],
            vec![Layer::SetJson("auth.probePassword=hidden")],
            vec![Layer::Set("auth.probePassword[0=hidden")],
            // What was replaced is shown, too.
            vec![file("auth: {probePassword: hidden}\n"), Layer::SetString("auth.probePassword=hid:den")],
            vec![file(
                "patches: [{kind: Secret, json: [{op: test, path: /data, value: hidden}, {op: tast, path: /a}]}]\n",
            )],
        ] {
            let findings = found(&layers);
            assert!(findings.iter().any(|finding| finding.location.is_some()), "{layers:?}: {findings:?}");
            let text = format!("{findings:?}");
            let secrets = ["hidden", "hid:den", "471", "313"]; // 0471 in octal
            assert!(!secrets.iter().any(|secret| text.contains(secret)), "{text}");
        }
        let at = found(&[Layer::SetString("auth.probePassword=hid:den")]).remove(0).location.unwrap();
        assert_eq!((at.column, at.length, &*at.text), (20, 7, "auth.probePassword=*******"));
    }
}
