//! The objects, and the controllers that turn them into pods.
//!
//! In: applied objects, orders from a drill. Out: pods that are started and deleted, claims, names for DNS. Called under one
//! lock; nothing here waits.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use crate::drill::cluster::{Delete, Eviction, Failure, Outcome};

use super::budget::{self, Census};
use super::objects::{NAMESPACE, Objects, pod_spec, selects};
use super::pod::{Blueprint, Node, Phase, PodHandle};
use super::statefulset::{self, Action, View, Wanted};

/// Everything that is known about one cluster.
pub(super) struct World {
    pub(super) objects: Objects,
    pub(super) node: Arc<Node>,
    /// Pods by name, those of Deployments too.
    pub(super) pods: BTreeMap<String, PodHandle>,
    pub(super) held: BTreeSet<u32>,
    pub(super) power_off: bool,
    /// `kubectl rollout restart` so far.
    pub(super) rollouts: u32,
    root: PathBuf,
    serial: u32,
    /// What could not be done lately, for the report of a drill that waits in vain.
    pub(super) troubles: BTreeSet<String>,
}

impl World {
    pub(super) fn new(node: Arc<Node>, root: PathBuf) -> Self {
        Self {
            objects: Objects::default(),
            node,
            pods: BTreeMap::new(),
            held: BTreeSet::new(),
            power_off: false,
            rollouts: 0,
            root,
            serial: 0,
            troubles: BTreeSet::new(),
        }
    }

    /// One round of all controllers.
    pub(super) fn reconcile(&mut self) {
        if self.power_off {
            return;
        }
        let gone: Vec<_> = self
            .pods
            .iter()
            .filter(|(_, pod)| pod.state().phase == Phase::Gone)
            .map(|(name, _)| name.clone())
            .collect();
        for name in gone {
            self.bury(&name);
        }
        let result = self.reconcile_set().and_then(|()| self.reconcile_deployments());
        if let Err(failure) = result {
            self.troubles.insert(failure.to_string());
        }
    }

    fn reconcile_set(&mut self) -> Outcome {
        let Ok(set) = self.objects.set() else { return Ok(()) };
        let (replicas, template) = (set.replicas, set.revision(self.rollouts));
        let wanted = Wanted { replicas, ordered: set.ordered, rolling: set.rolling, held: self.held.clone() };
        for action in statefulset::decide(&wanted, &self.views(&template)) {
            match action {
                Action::Create(ordinal) => self.create_replica(ordinal)?,
                Action::Delete(ordinal) => self.pod(ordinal)?.delete(Delete::Gracefully),
            }
        }
        Ok(())
    }

    fn views(&self, revision: &str) -> BTreeMap<u32, View> {
        let view = |pod: &PodHandle| View {
            healthy: pod.is_healthy(),
            terminating: pod.is_terminating(),
            current: pod.blueprint().revision == revision,
        };
        self.replicas().map(|(ordinal, pod)| (ordinal, view(pod))).collect()
    }

    fn reconcile_deployments(&mut self) -> Outcome {
        for deployment in self.objects.deployments()? {
            let revision = deployment.template.to_string();
            for index in 0..deployment.replicas {
                let name = format!("{}-{index}", deployment.name);
                match self.pods.get(&name) {
                    None => self.create(name, None, &deployment.template, revision.clone())?,
                    Some(pod) if pod.blueprint().revision != revision => {
                        pod.delete(Delete::Gracefully);
                    }
                    Some(_) => {}
                }
            }
        }
        Ok(())
    }

    /// The StatefulSet's pods.
    pub(super) fn replicas(&self) -> impl Iterator<Item = (u32, &PodHandle)> {
        let prefix = self.objects.set().map(|set| format!("{}-", set.name)).unwrap_or_default();
        self.pods.iter().filter_map(move |(name, pod)| Some((name.strip_prefix(&prefix)?.parse().ok()?, pod)))
    }

    pub(super) fn pod(&self, ordinal: u32) -> Outcome<&PodHandle> {
        let name = self.objects.set()?.pod(ordinal);
        self.pods.get(&name).ok_or_else(|| Failure::new(format!("there is no pod {name}")))
    }

    fn create_replica(&mut self, ordinal: u32) -> Outcome {
        let set = self.objects.set()?;
        let name = set.pod(ordinal);
        let (template, revision, subdomain) = (set.template.clone(), set.revision(self.rollouts), set.service.clone());
        self.create(name, Some(subdomain), &template, revision)
    }

    fn create(&mut self, name: String, subdomain: Option<String>, template: &Value, revision: String) -> Outcome {
        self.serial += 1;
        let uid = format!("{:04}", self.serial);
        let folder = self.root.join("pods").join(format!("{name}-{uid}"));
        let spec = pod_spec(template)?;
        let claims = if subdomain.is_some() { self.claim(&name)? } else { BTreeMap::new() };
        let volumes = self.objects.volumes(&spec, claims, &folder)?;
        let blueprint = Blueprint {
            env: self.objects.environment(&spec, &name, &uid)?,
            namespace: NAMESPACE.to_owned(),
            labels: serde_json::from_value(template["metadata"]["labels"].clone()).unwrap_or_default(),
            logs: self.logs(),
            name: name.clone(),
            uid,
            subdomain,
            revision,
            spec,
            volumes,
            folder,
        };
        self.pods.insert(name, PodHandle::start(Arc::clone(&self.node), blueprint));
        Ok(())
    }

    /// The folder of each claim template for this pod, made when it is missing, as the provisioner does.
    fn claim(&self, pod: &str) -> Outcome<BTreeMap<String, PathBuf>> {
        let mut folders = BTreeMap::new();
        for template in self.objects.set()?.claim_templates() {
            let folder = self.claims().join(format!("{template}-{pod}"));
            fs::create_dir_all(&folder)?;
            folders.insert(template, folder);
        }
        Ok(folders)
    }

    /// Where the claims' folders are.
    pub(super) fn claims(&self) -> PathBuf {
        self.root.join("claims")
    }

    /// Where the containers' logs are.
    pub(super) fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// The folders of this ordinal's claims.
    pub(super) fn claims_of(&self, ordinal: u32) -> Outcome<Vec<PathBuf>> {
        let set = self.objects.set()?;
        let pod = set.pod(ordinal);
        Ok(set.claim_templates().map(|template| self.claims().join(format!("{template}-{pod}"))).collect())
    }

    /// Removes the object of a pod that has ended, and its claims where the set says so.
    fn bury(&mut self, name: &str) {
        let Some(pod) = self.pods.remove(name) else { return };
        // What a pod leaves behind is its log, which lies elsewhere; a folder in use by a late probe goes with the run.
        let _ = fs::remove_dir_all(&pod.blueprint().folder);
        let Ok(set) = self.objects.set() else { return };
        let ordinal = name.strip_prefix(&format!("{}-", set.name)).and_then(|n| n.parse::<u32>().ok());
        let Some(ordinal) = ordinal.filter(|ordinal| set.deletes_claims_when_scaled && *ordinal >= set.replicas) else {
            return;
        };
        for folder in self.claims_of(ordinal).unwrap_or_default() {
            let _ = fs::remove_dir_all(folder);
        }
    }

    /// The eviction API.
    pub(super) fn evict(&self, ordinal: u32) -> Outcome<Eviction> {
        let pod = self.pod(ordinal)?;
        if pod.is_terminating() {
            return Ok(Eviction::Accepted);
        }
        for budget in self.objects.of_kind("PodDisruptionBudget") {
            let selector = &budget["spec"]["selector"]["matchLabels"];
            if !selects(selector, &pod.blueprint().labels) {
                continue;
            }
            let covered = || self.replicas().filter(|(_, pod)| selects(selector, &pod.blueprint().labels));
            let healthy = covered().filter(|(_, pod)| pod.is_healthy()).count();
            let census =
                Census { expected: self.objects.set()?.replicas, healthy: u32::try_from(healthy).unwrap_or(u32::MAX) };
            if budget::judge(budget, census, pod.is_healthy())? == Eviction::Refused {
                return Ok(Eviction::Refused);
            }
        }
        pod.delete(Delete::Gracefully);
        Ok(Eviction::Accepted)
    }

    /// What DNS says about a name; none when there is no such name.
    pub(super) fn resolve(&self, name: &str) -> Option<Vec<Ipv4Addr>> {
        let local = name.strip_suffix(&format!(".{NAMESPACE}.svc.cluster.local"))?;
        let (pod, service) = local.split_once('.').map_or((None, local), |(pod, service)| (Some(pod), service));
        let object = self.objects.get("Service", service)?;
        let headless = object["spec"]["clusterIP"] == "None";
        let all = object["spec"]["publishNotReadyAddresses"] == true;
        let chosen = |handle: &&PodHandle| {
            selects(&object["spec"]["selector"], &handle.blueprint().labels)
                && (all || handle.is_healthy())
                && pod.is_none_or(|pod| {
                    handle.blueprint().name == pod && handle.blueprint().subdomain.as_deref() == Some(service)
                })
        };
        let addresses: Vec<_> = self.pods.values().filter(chosen).filter_map(PodHandle::address).collect();
        // A service with an address of its own keeps its name without endpoints. (Here that address is those of its pods.)
        if addresses.is_empty() && headless { None } else { Some(addresses) }
    }
}
