//! SQLite extensions: where each lies in the container, and the volume that brings it.

use serde_json::json;

use super::Mount;
use crate::values::{Extension, Values};

/// Where rqlite's image has its own.
const BUILTIN: &str = "/opt/extensions";
/// Below it lies what volumes bring, each in a folder of its own.
const MOUNTED: &str = "/etc/rqlite-extensions";

/// What the names of their volumes begin with.
const VOLUME: &str = "extension-";

impl Mount {
    /// Whether it brings an extension.
    pub fn is_extension(&self) -> bool {
        self.name.starts_with(VOLUME)
    }
}

/// A path for each, in their order; none for one that is nothing, which a rule reports.
pub(super) fn paths(values: &Values) -> Vec<String> {
    values.rqlite.extensions.iter().enumerate().filter_map(|(index, extension)| path(index, extension)).collect()
}

fn path(index: usize, extension: &Extension) -> Option<String> {
    let Extension { builtin, path, config_map, image } = extension;
    let builtin = builtin.map(|builtin| format!("{BUILTIN}/{}.zip", builtin.name()));
    let path = path.as_ref().map(ToString::to_string);
    let key = config_map.as_ref().map(|file| format!("{MOUNTED}/{index}/{}", file.key));
    let image = image.as_ref().map(|file| format!("{MOUNTED}/{index}{}", file.path));
    builtin.or(path).or(key).or(image)
}

/// The volumes of those that others bring.
pub(super) fn mounts(values: &Values) -> Vec<Mount> {
    let mount = |(index, extension): (usize, &Extension)| {
        let config_map = extension.config_map.as_ref().map(|file| {
            let items = [json!({ "key": file.key, "path": file.key })];
            json!({ "configMap": { "name": file.name, "items": items } })
        });
        let image = extension
            .image
            .as_ref()
            .map(|file| json!({ "image": { "reference": file.reference, "pullPolicy": file.pull_policy } }));
        let source = config_map.or(image)?;
        Some(Mount::read_only(format!("{VOLUME}{index}"), format!("{MOUNTED}/{index}"), source))
    };
    values.rqlite.extensions.iter().enumerate().filter_map(mount).collect()
}
