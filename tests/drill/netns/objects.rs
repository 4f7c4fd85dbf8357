//! The applied objects, and what can be read from them.
//!
//! In: manifests. Out: the StatefulSet and Deployments in the few fields that matter here, environment and files of a pod.
//! Refuses what it cannot carry out. Starts nothing.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::drill::cluster::{Failure, Outcome, Which};

use super::pod::EnvSource;
use super::rootfs::give_to_group;
use super::spec::{KeyRef, PodSpec, ValueFrom};
use super::volumes::VolumeSource;

/// The only namespace there is here.
pub(super) const NAMESPACE: &str = "default";

/// Kinds that are carried out; below them those that have no effect on processes.
const CARRIED_OUT: [&str; 7] =
    ["ConfigMap", "Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Secret", "Service", "StatefulSet"];
const NO_EFFECT: [&str; 8] = [
    "CronJob",
    "NetworkPolicy",
    "PersistentVolumeClaim",
    "Role",
    "RoleBinding",
    "ServiceAccount",
    "ServiceMonitor",
    "PodMonitor",
];

/// What was applied, by kind and name.
#[derive(Debug, Default)]
pub(super) struct Objects {
    by_name: BTreeMap<(String, String), Value>,
}

/// A StatefulSet in the fields that matter here.
#[derive(Debug)]
pub(super) struct Set<'a> {
    pub(super) name: String,
    pub(super) service: String,
    pub(super) replicas: u32,
    pub(super) ordered: bool,
    pub(super) rolling: bool,
    pub(super) deletes_claims_when_scaled: bool,
    pub(super) template: &'a Value,
    claims: &'a Value,
}

/// A Deployment in the fields that matter here.
#[derive(Debug)]
pub(super) struct Deployment {
    pub(super) name: String,
    pub(super) replicas: u32,
    pub(super) template: Value,
}

impl Set<'_> {
    pub(super) fn pod(&self, ordinal: u32) -> String {
        format!("{}-{ordinal}", self.name)
    }

    /// Pods of another revision are outdated.
    pub(super) fn revision(&self, rollouts: u32) -> String {
        format!("{rollouts} {}", self.template)
    }

    pub(super) fn claim_templates(&self) -> impl Iterator<Item = String> {
        let templates = self.claims.as_array().into_iter().flatten();
        templates.filter_map(|template| template["metadata"]["name"].as_str().map(str::to_owned))
    }
}

impl Objects {
    pub(super) fn apply(&mut self, object: &Value) -> Outcome {
        let kind = text(object, "/kind")?;
        let name = text(object, "/metadata/name")?;
        if NO_EFFECT.contains(&kind.as_str()) {
            return Ok(());
        }
        if !CARRIED_OUT.contains(&kind.as_str()) {
            return Err(Failure::new(format!("{kind}/{name}: this kind is not carried out here")));
        }
        if object["spec"]["updateStrategy"]["rollingUpdate"]["partition"].as_u64().is_some_and(|n| n > 0) {
            return Err(Failure::new(format!("{kind}/{name}: a partition is not carried out here")));
        }
        if kind == "StatefulSet" || kind == "Deployment" {
            pod_spec(&object["spec"]["template"]).map_err(|e| e.while_doing(format!("{kind}/{name}")))?;
        }
        let mut object = object.clone();
        if kind == "StatefulSet" && object["spec"]["replicas"].is_null() {
            // Who does not say how many leaves them as many as there are.
            let old = self.get(&kind, &name).map(|old| old["spec"]["replicas"].clone());
            object["spec"]["replicas"] = old.unwrap_or_default();
        }
        self.by_name.insert((kind, name), object);
        Ok(())
    }

    pub(super) fn get(&self, kind: &str, name: &str) -> Option<&Value> {
        self.by_name.get(&(kind.to_owned(), name.to_owned()))
    }

    pub(super) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.by_name.iter().filter(move |((k, _), _)| k == kind).map(|(_, object)| object)
    }

    pub(super) fn set(&self, which: Which) -> Outcome<Set<'_>> {
        let object = self.of_kind("StatefulSet").find(|set| which.is(set));
        let object = object.ok_or_else(|| Failure::new(format!("no StatefulSet of {which:?} was applied")))?;
        let (spec, name) = (&object["spec"], text(object, "/metadata/name")?);
        Ok(Set {
            replicas: count(&spec["replicas"]).max(self.fewest(&name, &spec["replicas"])),
            name,
            service: text(object, "/spec/serviceName")?,
            ordered: spec["podManagementPolicy"] != "Parallel",
            rolling: spec["updateStrategy"]["type"] != "OnDelete",
            deletes_claims_when_scaled: spec["persistentVolumeClaimRetentionPolicy"]["whenScaled"] == "Delete",
            template: &spec["template"],
            claims: &spec["volumeClaimTemplates"],
        })
    }

    /// All that an autoscaler does that has no metrics: no fewer pods than it says, unless they are switched off.
    fn fewest(&self, set: &str, replicas: &Value) -> u32 {
        let mut all = self.of_kind("HorizontalPodAutoscaler");
        let own = all.find(|scaler| scaler["spec"]["scaleTargetRef"]["name"] == set && *replicas != 0);
        own.map_or(0, |scaler| count(&scaler["spec"]["minReplicas"]))
    }

    /// `kubectl scale`.
    pub(super) fn scale(&mut self, which: Which, replicas: u32) -> Outcome {
        let key = ("StatefulSet".to_owned(), self.set(which)?.name);
        if let Some(object) = self.by_name.get_mut(&key) {
            object["spec"]["replicas"] = replicas.into();
        }
        Ok(())
    }

    pub(super) fn deployments(&self) -> Outcome<Vec<Deployment>> {
        let read = |object: &Value| {
            let (name, spec) = (text(object, "/metadata/name")?, &object["spec"]);
            Ok(Deployment { name, replicas: count(&spec["replicas"]), template: spec["template"].clone() })
        };
        self.of_kind("Deployment").map(read).collect()
    }

    /// The environment of each container, in the order in which it is written.
    pub(super) fn environment(
        &self,
        spec: &PodSpec,
        pod: &str,
        uid: &str,
    ) -> Outcome<BTreeMap<String, Vec<(String, EnvSource)>>> {
        let mut all = BTreeMap::new();
        for container in spec.containers.iter().chain(&spec.init_containers) {
            let mut env = Vec::new();
            for variable in &container.env {
                let value = match (&variable.value, &variable.value_from) {
                    (_, Some(ValueFrom::FieldRef(field))) => field_of_pod(&field.field_path, pod, uid)?,
                    (_, Some(ValueFrom::ConfigMapKeyRef(key))) => EnvSource::Text(self.key("ConfigMap", key)?),
                    (_, Some(ValueFrom::SecretKeyRef(key))) => EnvSource::Text(self.key("Secret", key)?),
                    (value, None) => EnvSource::Text(value.clone().unwrap_or_default()),
                };
                env.push((variable.name.clone(), value));
            }
            all.insert(container.name.clone(), env);
        }
        Ok(all)
    }

    fn key(&self, kind: &str, key: &KeyRef) -> Outcome<String> {
        let missing = || Failure::new(format!("{kind}/{} has no key {}", key.name, key.key));
        self.files(kind, &key.name)?.and_then(|mut files| files.remove(&key.key)).ok_or_else(missing)
    }

    /// The folder of each volume of a pod. Those of ConfigMaps and Secrets are filled; see [`Objects::refresh`].
    pub(super) fn volumes(
        &self,
        spec: &PodSpec,
        mut folders: BTreeMap<String, PathBuf>,
        pod: &Path,
    ) -> Outcome<BTreeMap<String, PathBuf>> {
        for volume in &spec.volumes {
            let folder = pod.join("volumes").join(&volume.name);
            fs::create_dir_all(&folder)?;
            if matches!(volume.source, VolumeSource::PersistentVolumeClaim(_)) {
                return Err(Failure::new(format!("volume {}: only claim templates are carried out here", volume.name)));
            }
            folders.insert(volume.name.clone(), folder);
        }
        self.refresh(spec, pod)?;
        for (name, folder) in &folders {
            let volume = spec.volumes.iter().find(|volume| volume.name == *name);
            match (volume, spec.security_context.fs_group) {
                (Some(volume), _) if volume.is_generated() => {}
                (Some(_), None) => fs::set_permissions(folder, fs::Permissions::from_mode(0o777))?,
                (_, group) => give_to_group(folder, group)?,
            }
        }
        Ok(folders)
    }

    /// Writes the files that a pod has of each ConfigMap and Secret.
    pub(super) fn refresh(&self, spec: &PodSpec, pod: &Path) -> Outcome {
        let find = |kind: &str, name: &str| self.files(kind, name);
        for volume in &spec.volumes {
            volume.fill(&pod.join("volumes").join(&volume.name), spec.security_context.fs_group, &find)?;
        }
        Ok(())
    }

    /// The keys of a ConfigMap or Secret, if there is one.
    fn files(&self, kind: &str, name: &str) -> Outcome<Option<BTreeMap<String, String>>> {
        let Some(object) = self.get(kind, name) else { return Ok(None) };
        let field = if kind == "Secret" { "stringData" } else { "data" };
        if kind == "Secret" && object.get("data").is_some() {
            return Err(Failure::new(format!("Secret/{name}: only stringData is carried out here")));
        }
        Ok(Some(serde_json::from_value(object[field].clone()).unwrap_or_default()))
    }
}

/// The part of a pod template that is carried out.
pub(super) fn pod_spec(template: &Value) -> Outcome<PodSpec> {
    let spec: PodSpec = serde_json::from_value(template["spec"].clone())?;
    if spec.containers.len() != 1 {
        return Err(Failure::new("exactly one container can be carried out here"));
    }
    if let Some(container) = spec.containers.iter().chain(&spec.init_containers).find(|c| c.command.is_empty()) {
        return Err(Failure::new(format!("container {} must say its command: there is no image", container.name)));
    }
    Ok(spec)
}

fn field_of_pod(path: &str, pod: &str, uid: &str) -> Outcome<EnvSource> {
    match path {
        "metadata.name" => Ok(EnvSource::Text(pod.to_owned())),
        "metadata.namespace" => Ok(EnvSource::Text(NAMESPACE.to_owned())),
        "metadata.uid" => Ok(EnvSource::Text(uid.to_owned())),
        "status.podIP" => Ok(EnvSource::PodIp),
        other => Err(Failure::new(format!("fieldPath {other} is not carried out here"))),
    }
}

/// Whether equality-based selection by `selector` takes a pod with these labels. An empty selector takes none.
pub(super) fn selects(selector: &Value, labels: &BTreeMap<String, String>) -> bool {
    let Some(selector) = selector.as_object().filter(|selector| !selector.is_empty()) else { return false };
    selector.iter().all(|(key, value)| labels.get(key).map(String::as_str) == value.as_str())
}

fn count(replicas: &Value) -> u32 {
    replicas.as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(1)
}

fn text(object: &Value, pointer: &str) -> Outcome<String> {
    let found = object.pointer(pointer).and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| Failure::new(format!("an object without {pointer}: {object}")))
}
