//! Volumes that are not claims: what a pod finds in them.
//!
//! In: the `volumes` of a pod, the files of each ConfigMap and Secret. Out: folders with those files, owned and readable as
//! the kubelet makes them. Other kinds of volumes are refused.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::drill::cluster::{Failure, Outcome};

/// Kubernetes' default for all of these.
const MODE: u32 = 0o644;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Volume {
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) source: VolumeSource,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum VolumeSource {
    ConfigMap(ConfigMapVolume),
    Secret(SecretVolume),
    Projected(ProjectedVolume),
    EmptyDir(IgnoredAny),
    PersistentVolumeClaim(IgnoredAny),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ConfigMapVolume {
    name: String,
    default_mode: Option<u32>,
    items: Option<Vec<Item>>,
    #[serde(default)]
    optional: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SecretVolume {
    secret_name: String,
    default_mode: Option<u32>,
    items: Option<Vec<Item>>,
    #[serde(default)]
    optional: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProjectedVolume {
    default_mode: Option<u32>,
    sources: Vec<Projection>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Projection {
    ConfigMap(Keys),
    Secret(Keys),
}

/// Which keys of an object become files.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    name: String,
    items: Option<Vec<Item>>,
    #[serde(default)]
    optional: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    key: String,
    path: String,
    mode: Option<u32>,
}

/// A file to write.
struct File {
    path: String,
    content: String,
    mode: u32,
}

/// The files of a kind and name; none when there is no such object.
pub(super) type Find<'a> = dyn Fn(&str, &str) -> Outcome<Option<BTreeMap<String, String>>> + 'a;

impl Volume {
    /// Whether its files come from other objects.
    pub(super) const fn is_generated(&self) -> bool {
        matches!(self.source, VolumeSource::ConfigMap(_) | VolumeSource::Secret(_) | VolumeSource::Projected(_))
    }

    /// Writes the files that it has, each whole or not at all.
    pub(super) fn fill(&self, folder: &Path, group: Option<u32>, find: &Find<'_>) -> Outcome {
        for file in self.files(find).map_err(|e| e.while_doing(format!("volume {}", self.name)))? {
            let at = folder.join(&file.path);
            let new = at.with_file_name(format!("..{}", at.file_name().unwrap_or_default().display()));
            fs::create_dir_all(at.parent().unwrap_or(folder))?;
            fs::write(&new, file.content)?;
            // The kubelet gives such files to the pod's group, and lets owner and group read whatever the mode says.
            chown(&new, None, group)?;
            let mode = file.mode | if group.is_some() { 0o440 } else { 0 };
            fs::set_permissions(&new, fs::Permissions::from_mode(mode))?;
            fs::rename(new, at)?;
        }
        Ok(())
    }

    fn files(&self, find: &Find<'_>) -> Outcome<Vec<File>> {
        match &self.source {
            VolumeSource::ConfigMap(ConfigMapVolume { name, default_mode, items, optional }) => {
                let keys = Keys { name: name.clone(), items: items.clone(), optional: *optional };
                keys.files("ConfigMap", *default_mode, find)
            }
            VolumeSource::Secret(SecretVolume { secret_name, default_mode, items, optional }) => {
                let keys = Keys { name: secret_name.clone(), items: items.clone(), optional: *optional };
                keys.files("Secret", *default_mode, find)
            }
            VolumeSource::Projected(ProjectedVolume { default_mode, sources }) => {
                let files = sources.iter().map(|source| match source {
                    Projection::ConfigMap(keys) => keys.files("ConfigMap", *default_mode, find),
                    Projection::Secret(keys) => keys.files("Secret", *default_mode, find),
                });
                Ok(files.collect::<Outcome<Vec<_>>>()?.into_iter().flatten().collect())
            }
            VolumeSource::EmptyDir(_) | VolumeSource::PersistentVolumeClaim(_) => Ok(Vec::new()),
        }
    }
}

impl Keys {
    fn files(&self, kind: &str, mode: Option<u32>, find: &Find<'_>) -> Outcome<Vec<File>> {
        let mode = mode.unwrap_or(MODE);
        let object = match find(kind, &self.name)? {
            Some(object) => object,
            None if self.optional => return Ok(Vec::new()),
            None => return Err(Failure::new(format!("there is no {kind}/{}", self.name))),
        };
        let Some(items) = &self.items else {
            return Ok(object.into_iter().map(|(path, content)| File { path, content, mode }).collect());
        };
        let mut files = Vec::new();
        for item in items {
            match object.get(&item.key) {
                Some(content) => files.push(File {
                    path: item.path.clone(),
                    content: content.clone(),
                    mode: item.mode.unwrap_or(mode),
                }),
                None if self.optional => {}
                None => return Err(Failure::new(format!("{kind}/{} has no key {}", self.name, item.key))),
            }
        }
        Ok(files)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use serde_json::{Value, json};

    use super::*;

    /// Files and their modes in the folder of this volume, where there is one Secret `s` with the keys `a` and `b`.
    fn filled(volume: Value, group: Option<u32>) -> Outcome<BTreeMap<String, u32>> {
        let secret = BTreeMap::from(["a", "b"].map(|key| (key.to_owned(), format!("{key}'s content"))));
        let find = |kind: &str, name: &str| Ok(((kind, name) == ("Secret", "s")).then(|| secret.clone()));
        let folder = tempfile::tempdir()?;
        let volume: Volume = serde_json::from_value(volume)?;
        volume.fill(folder.path(), group, &find)?;
        let mut modes = BTreeMap::new();
        for entry in fs::read_dir(folder.path())? {
            let (entry, mut metadata) = entry.map(|entry| (entry.path(), entry.metadata()))?;
            if entry.is_dir() {
                metadata = fs::metadata(entry.join("file"));
            }
            modes.insert(entry.file_name().unwrap().display().to_string(), metadata?.mode() & 0o777);
        }
        Ok(modes)
    }

    fn modes<const N: usize>(modes: [(&str, u32); N]) -> BTreeMap<String, u32> {
        modes.map(|(name, mode)| (name.to_owned(), mode)).into()
    }

    #[test]
    fn a_secret_is_a_file_a_key() {
        let all = filled(json!({"name": "v", "secret": {"secretName": "s"}}), None).unwrap();
        assert_eq!(all, modes([("a", 0o644), ("b", 0o644)]));
    }

    #[test]
    fn the_pods_group_may_read_what_the_mode_would_keep_from_it() {
        let group = rustix::process::getgid().as_raw();
        let volume = json!({"name": "v", "secret": {"secretName": "s", "defaultMode": 0o400}});
        assert_eq!(filled(volume.clone(), Some(group)).unwrap(), modes([("a", 0o440), ("b", 0o440)]));
        assert_eq!(filled(volume, None).unwrap(), modes([("a", 0o400), ("b", 0o400)]));
    }

    #[test]
    fn a_projected_volume_takes_some_keys_of_some_objects() {
        let some = json!({"secret": {"name": "s", "items": [{"key": "a", "path": "folder/file", "mode": 0o600}]}});
        let others = json!({"secret": {"name": "s", "items": [{"key": "b", "path": "c"}]}});
        let missing = json!({"configMap": {"name": "none", "optional": true}});
        let volume = |sources| json!({"name": "v", "projected": {"defaultMode": 0o640, "sources": sources}});
        let all = filled(volume(json!([some, others, missing])), None).unwrap();
        assert_eq!(all, modes([("folder", 0o600), ("c", 0o640)]));
        let token = json!({"serviceAccountToken": {"path": "token"}});
        assert!(filled(volume(json!([token])), None).is_err(), "other sources are refused");
    }

    #[test]
    fn what_is_missing_is_named() {
        let secret = |name, key| {
            let items = json!([{"key": key, "path": "x"}]);
            filled(json!({"name": "v", "secret": {"secretName": name, "items": items}}), None).unwrap_err().to_string()
        };
        assert_eq!(secret("s", "c"), "volume v: Secret/s has no key c");
        assert_eq!(secret("t", "a"), "volume v: there is no Secret/t");
    }
}
