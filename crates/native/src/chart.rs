//! The chart: what is rendered, as files in memory.
//!
//! In: the files that are built in, or those of a folder that somebody read. Out: [`Chart`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use rqchart_core::release::ChartInfo;
use rqchart_core::values::{LabelValue, Tag};
use serde::Deserialize;

use crate::Error;

macro_rules! files {
    ($(#[doc = $about:literal])* $name:ident: $($path:literal)*) => {
        $(#[doc = $about])*
        const $name: &[(&str, &str)] = &[$(($path, include_str!(concat!("../../../chart/", $path)))),*];
    };
}

files! {
    /// What is rendered, and the examples.
    SOURCES:
    "Chart.yaml"
    "dashboards/rqlite.json"
    "examples/development.yaml"
    "examples/gitops.yaml"
    "examples/many-readers.yaml"
    "examples/monitoring.yaml"
    "examples/openshift.yaml"
    "examples/s3-backup.yaml"
    "examples/seed.yaml"
    "examples/seed-local-volumes.yaml"
    "examples/single-node.yaml"
    "examples/three-zones.yaml"
    "examples/users-and-tls.yaml"
    "scripts/alive.sh"
    "scripts/ask.sh"
    "scripts/backup.sh"
    "scripts/env.sh"
    "scripts/prune.sh"
    "scripts/ready.sh"
    "scripts/start.sh"
    "templates/certificates.yaml.tera"
    "templates/configmap-backup.yaml.tera"
    "templates/configmap-cdc.yaml.tera"
    "templates/configmap-dashboard.yaml.tera"
    "templates/configmap-metrics.yaml.tera"
    "templates/configmap-scripts.yaml.tera"
    "templates/cronjob-backup.yaml.tera"
    "templates/deployment-prune.yaml.tera"
    "templates/horizontalpodautoscaler.yaml.tera"
    "templates/httproute.yaml.tera"
    "templates/ingress.yaml.tera"
    "templates/networkpolicy.yaml.tera"
    "templates/persistentvolumeclaim-backup.yaml.tera"
    "templates/persistentvolumes.yaml.tera"
    "templates/poddisruptionbudget.yaml.tera"
    "templates/podmonitor.yaml.tera"
    "templates/prometheusrule.yaml.tera"
    "templates/secret-auth.yaml.tera"
    "templates/service-client.yaml.tera"
    "templates/service-headless.yaml.tera"
    "templates/serviceaccount.yaml.tera"
    "templates/services-per-pod.yaml.tera"
    "templates/statefulset.yaml.tera"
    "templates/tlsroute.yaml.tera"
}

files! {
    /// What people and editors read, and nothing that is rendered depends on.
    DOCUMENTS:
    "README.md"
    "values.schema.json"
    "values.yaml"
}

/// A chart: its description, templates and scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    info: ChartInfo,
    files: BTreeMap<Text, Text>,
    built_in: bool,
}

type Text = Cow<'static, str>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    name: String,
    version: String,
    app_version: String,
}

impl Chart {
    /// The chart that is built in.
    ///
    /// ```
    /// assert_eq!(rqchart::Chart::embedded().info().name, "rqlite");
    /// ```
    pub fn embedded() -> Self {
        Self::built_in(embedded_files())
    }

    /// The chart that is built in without what people and editors read of it: README.md, values.yaml and values.schema.json. It
    /// renders the same. A program that packs no chart, such as the page's engine, need not carry them.
    ///
    /// ```
    /// # use rqchart::Chart;
    /// let (whole, bare) = (Chart::embedded(), Chart::bare());
    /// assert_eq!(whole.files().count(), bare.files().count() + 3);
    /// assert!(whole.templates().eq(bare.templates()) && whole.scripts().eq(bare.scripts()));
    /// ```
    pub fn bare() -> Self {
        Self::built_in(SOURCES.iter().copied())
    }

    fn built_in(files: impl Iterator<Item = (&'static str, &'static str)>) -> Self {
        let files = files.map(|(path, text)| (Cow::Borrowed(path), Cow::Borrowed(text)));
        // One field a line, found without a YAML reader: parsing this file would take a tenth of a cold run.
        let text = SOURCES.iter().find(|(path, _)| *path == "Chart.yaml").map_or("", |(_, text)| text);
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned();
        let info = ChartInfo { name: field("name: "), version: field("version: "), app_version: field("appVersion: ") };
        Self { info, files: files.collect(), built_in: true }
    }

    /// Makes a chart of files: paths relative to its folder, with `/`, and their text. What does not belong to a chart
    /// ([`Chart::has_file`]) is left aside. So are marks of byte order, and lines end as Unix ends them: a checkout on Windows is
    /// the same chart, whose scripts a shell must be able to read.
    ///
    /// # Errors
    ///
    /// When there is no `Chart.yaml`, or it is not one, or its name is no value of a label, its version could lead out of a
    /// folder or its `appVersion` is no tag of an image, or there are no templates.
    pub fn from_files(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, Error> {
        let files = files.into_iter().filter(|(path, _)| Self::has_file(path));
        Self::load(files.map(|(path, text)| (path.into(), unix(text).into())).collect())
    }

    fn load(files: BTreeMap<Text, Text>) -> Result<Self, Error> {
        let missing = || Error::Chart { file: "Chart.yaml".to_owned(), reason: "there is none".to_owned() };
        let info = describe(files.get("Chart.yaml").ok_or_else(missing)?)?;
        let chart = Self { info, files, built_in: false };
        if chart.templates().next().is_none() {
            return Err(Error::Chart { file: "templates".to_owned(), reason: "there are none".to_owned() });
        }
        Ok(chart)
    }

    /// The values that it brings; none when its `values.yaml` is that of the chart that is built in, which only says what
    /// the defaults are.
    pub fn own_values(&self) -> Option<&str> {
        let text = self.files.get("values.yaml")?;
        (Some(&**text) != embedded_file("values.yaml")).then_some(text)
    }

    /// The chart with another `values.yaml`.
    #[must_use]
    pub fn with_values(mut self, text: &str) -> Self {
        self.files.insert("values.yaml".into(), unix(text.to_owned()).into());
        self
    }

    /// Whether it is the chart that is built in, whose every document the tests have checked.
    pub(crate) fn is_built_in(&self) -> bool {
        self.built_in
    }

    /// Whether a file of this path belongs to a chart.
    pub fn has_file(path: &str) -> bool {
        match path.split_once('/') {
            None => matches!(path, "Chart.yaml" | "README.md" | "values.yaml" | "values.schema.json"),
            Some(("templates", name)) => !name.contains('/') && name.ends_with(".tera"),
            Some(("scripts", name)) => !name.contains('/') && name.ends_with(".sh"),
            Some(("dashboards", name)) => !name.contains('/') && name.ends_with(".json"),
            Some(("examples", name)) => !name.contains('/') && name.ends_with(".yaml"),
            Some(_) => false,
        }
    }

    /// Whether a folder of this path belongs to a chart.
    pub fn has_folder(path: &str) -> bool {
        matches!(path, "templates" | "scripts" | "examples" | "dashboards")
    }

    /// What the chart says of itself.
    pub fn info(&self) -> &ChartInfo {
        &self.info
    }

    /// All of its files, by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (&**path, &**text))
    }

    /// The templates by file name. Those that begin with `_` make no document of their own.
    pub fn templates(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter_map(|(path, text)| Some((path.strip_prefix("templates/")?, text)))
    }

    /// The dashboard for Grafana; empty in a chart that has none.
    pub(crate) fn dashboard(&self) -> &str {
        self.files.get("dashboards/rqlite.json").map_or("", |text| text)
    }

    /// What must be true of the context for a template to be rendered, from its first line: `{#- when: budget -#}`.
    pub(crate) fn condition(text: &str) -> Option<&str> {
        text.lines().next()?.strip_prefix("{#- when: ")?.strip_suffix(" -#}")
    }

    /// The pods' scripts by file name.
    pub fn scripts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter_map(|(path, text)| Some((path.strip_prefix("scripts/")?, text)))
    }
}

/// The files of the chart that is built in, by path.
pub fn embedded_files() -> impl Iterator<Item = (&'static str, &'static str)> {
    SOURCES.iter().chain(DOCUMENTS).copied()
}

/// A file of the chart that is built in.
pub fn embedded_file(path: &str) -> Option<&'static str> {
    embedded_files().find(|(known, _)| *known == path).map(|(_, text)| text)
}

/// The examples of the chart that is built in, by name.
pub fn examples() -> impl Iterator<Item = (&'static str, &'static str)> {
    let name = |path: &'static str| path.strip_prefix("examples/")?.strip_suffix(".yaml");
    SOURCES.iter().filter_map(move |(path, text)| Some((name(path)?, *text)))
}

/// Text with the line ends of Unix, and without a mark of its byte order.
fn unix(mut text: String) -> String {
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    if text.contains("\r\n") { text.replace("\r\n", "\n") } else { text }
}

fn describe(text: &str) -> Result<ChartInfo, Error> {
    let description: Description = serde_yaml::from_str(text)
        .map_err(|error| Error::Chart { file: "Chart.yaml".to_owned(), reason: error.to_string() })?;
    let Description { name, version, app_version } = description;
    let refuse = |field: &str, text: &str, form: &str| {
        Err(Error::Chart { file: "Chart.yaml".to_owned(), reason: format!("the {field} {text:?} is not {form}") })
    };
    // Both are what Kubernetes takes for labels and images. Files are named after the name and the version: neither may lead
    // out of the folder that somebody named.
    if name.is_empty() || LabelValue::new(name.as_str()).is_none() {
        return refuse("name", &name, "1 to 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends");
    }
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_.+".contains(c);
    if !version.starts_with(|c: char| c.is_ascii_alphanumeric()) || !version.chars().all(harmless) {
        return refuse("version", &version, "letters, digits, `-`, `_`, `.` and `+`");
    }
    if Tag::new(app_version.as_str()).is_none() {
        return refuse("appVersion", &app_version, "the tag of an image, such as \"10.2.7\"");
    }
    Ok(ChartInfo { name, version, app_version })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chart_that_is_built_in_reads_its_own_description_right() {
        let read = describe(embedded_file("Chart.yaml").unwrap()).unwrap();
        assert_eq!(Chart::embedded().info(), &read);
    }
}
