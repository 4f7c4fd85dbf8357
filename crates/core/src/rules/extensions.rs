//! SQLite extensions.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::release::KubeVersion;
use crate::topology::Topology;

/// From here on every kubelet can mount an image; from [`GATED`] on those that were told to.
const IMAGES: KubeVersion = KubeVersion { major: 1, minor: 35 };
const GATED: KubeVersion = KubeVersion { major: 1, minor: 33 };

pub(super) fn forms(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let mut files = BTreeMap::new();
    for (index, extension) in topology.settings.extensions.iter().enumerate() {
        let path = format!("/rqlite/extensions/{index}");
        let forms = [
            extension.builtin.is_some(),
            extension.path.is_some(),
            extension.config_map.is_some(),
            extension.image.is_some(),
        ];
        if forms.into_iter().filter(|is_set| *is_set).count() != 1 {
            let message = "an extension has one of builtin, path, configMap and image";
            let finding = Diagnostic::error(Code::InvalidValue, path, message);
            findings.push(finding.with_hint("such as {builtin: icu}"));
            continue;
        }
        // rqlited copies all of them into one folder.
        let builtin = extension.builtin.map(|builtin| format!("{}.zip", builtin.name()));
        let file = |path: &str| path.trim_end_matches('/').rsplit('/').next().map(str::to_owned);
        let named = extension.path.as_ref().and_then(|path| file(path.as_str()));
        let key = extension.config_map.as_ref().map(|file| file.key.to_string());
        let image = extension.image.as_ref().and_then(|image| file(image.path.as_str()));
        let Some(file) = builtin.or(named).or(key).or(image) else { continue };
        if let Some(first) = files.get(&file) {
            let message = format!("extension {first} has a file {file:?} too: rqlited keeps the last one only");
            findings.push(Diagnostic::error(Code::NameClash, path, message).with_hint("give it another name"));
        } else {
            files.insert(file, index);
        }
    }
}

/// An older Kubernetes drops the volume's source, or starts no pod.
pub(super) fn kubernetes(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let version = topology.kube_version;
    for (index, _) in topology.settings.extensions.iter().enumerate().filter(|(_, extension)| extension.image.is_some())
    {
        if version >= IMAGES {
            continue;
        }
        let path = format!("/rqlite/extensions/{index}/image");
        findings.push(if version < GATED {
            let message = format!("Kubernetes 1.{} is the first that can mount an image", GATED.minor);
            Diagnostic::error(Code::KubernetesTooOld, path, message)
        } else {
            let message = format!("before Kubernetes 1.{} the feature gate ImageVolume must be set", IMAGES.minor);
            Diagnostic::warning(Code::KubernetesTooOld, path, message)
        });
    }
}
