//! The chart: what is rendered, as files in memory.
//!
//! In: the files that are built in, or those of a folder that somebody read. Out: [`Chart`].

use std::collections::BTreeMap;

use rqchart_core::release::ChartInfo;
use serde::Deserialize;

use crate::Error;

macro_rules! files {
    ($($path:literal)*) => {
        /// The chart that is built in, by path.
        pub const EMBEDDED: &[(&str, &str)] = &[$(($path, include_str!(concat!("../../../chart/", $path)))),*];
    };
}

files! {
    "Chart.yaml"
    "scripts/alive.sh"
    "scripts/env.sh"
    "scripts/prune.sh"
    "scripts/ready.sh"
    "scripts/start.sh"
    "templates/_metadata.yaml.tera"
    "templates/_pod.yaml.tera"
    "templates/configmap-scripts.yaml.tera"
    "templates/deployment-prune.yaml.tera"
    "templates/persistentvolumes.yaml.tera"
    "templates/poddisruptionbudget.yaml.tera"
    "templates/service-client.yaml.tera"
    "templates/service-headless.yaml.tera"
    "templates/serviceaccount.yaml.tera"
    "templates/services-per-pod.yaml.tera"
    "templates/statefulset.yaml.tera"
}

/// A chart: its description, templates and scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    info: ChartInfo,
    templates: BTreeMap<String, String>,
    scripts: BTreeMap<String, String>,
}

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
        Self::from_files(EMBEDDED.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())))
            .expect("a test loads the chart that is built in")
    }

    /// Makes a chart of files: paths relative to its folder, with `/`, and their text. Others than `Chart.yaml`,
    /// `templates/*.tera` and `scripts/*.sh` are left aside.
    ///
    /// # Errors
    ///
    /// When there is no `Chart.yaml`, or it is not one.
    pub fn from_files(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, Error> {
        let mut description = None;
        let (mut templates, mut scripts) = (BTreeMap::new(), BTreeMap::new());
        for (path, text) in files {
            if path == "Chart.yaml" {
                description = Some(describe(&text)?);
            } else if let Some(name) = path.strip_prefix("templates/").filter(|name| name.ends_with(".tera")) {
                templates.insert(name.to_owned(), text);
            } else if let Some(name) = path.strip_prefix("scripts/").filter(|name| name.ends_with(".sh")) {
                scripts.insert(name.to_owned(), text);
            }
        }
        let missing = || Error::Chart { file: "Chart.yaml".to_owned(), reason: "there is none".to_owned() };
        Ok(Self { info: description.ok_or_else(missing)?, templates, scripts })
    }

    /// What the chart says of itself.
    pub fn info(&self) -> &ChartInfo {
        &self.info
    }

    /// The templates by file name. Those that begin with `_` make no document of their own.
    pub fn templates(&self) -> impl Iterator<Item = (&str, &str)> {
        self.templates.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The pods' scripts by file name.
    pub fn scripts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.scripts.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}

fn describe(text: &str) -> Result<ChartInfo, Error> {
    let description: Description = serde_yaml::from_str(text)
        .map_err(|error| Error::Chart { file: "Chart.yaml".to_owned(), reason: error.to_string() })?;
    let Description { name, version, app_version } = description;
    Ok(ChartInfo { name, version, app_version })
}
