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

use crate::drill::cluster::{Delete, Eviction, Failure, Outcome, Which};

use super::budget::{self, Census};
use super::objects::{NAMESPACE, Objects, pod_spec, selects};
use super::pod::{Blueprint, Node, Phase, PodHandle};
use super::statefulset::{self, Action, View, Wanted};

const SETS: [Which; 2] = [Which::Voters, Which::Readers];

/// Everything that is known about one cluster.
pub(super) struct World {
    pub(super) objects: Objects,
    pub(super) node: Arc<Node>,
    /// Pods by name, those of Deployments too.
    pub(super) pods: BTreeMap<String, PodHandle>,
    /// Pods whose node is away.
    pub(super) held: BTreeSet<(Which, u32)>,
    pub(super) power_off: bool,
    /// `kubectl rollout restart` so far.
    pub(super) rollouts: BTreeMap<Which, u32>,
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
            rollouts: BTreeMap::new(),
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
        let sets = SETS.into_iter().try_for_each(|which| self.reconcile_set(which));
        let result = sets.and_then(|()| self.reconcile_deployments());
        if let Err(failure) = result {
            self.troubles.insert(failure.to_string());
        }
    }

    fn reconcile_set(&mut self, which: Which) -> Outcome {
        let Ok(set) = self.objects.set(which) else { return Ok(()) };
        let (replicas, template) = (set.replicas, set.revision(self.rollouts_of(which)));
        let held = self.held.iter().filter(|(of, _)| *of == which).map(|(_, ordinal)| *ordinal).collect();
        let wanted = Wanted { replicas, ordered: set.ordered, rolling: set.rolling, held };
        for action in statefulset::decide(&wanted, &self.views(which, &template)) {
            match action {
                Action::Create(ordinal) => self.create_replica(which, ordinal)?,
                Action::Delete(ordinal) => self.pod(which, ordinal)?.delete(Delete::Gracefully),
            }
        }
        Ok(())
    }

    fn rollouts_of(&self, which: Which) -> u32 {
        self.rollouts.get(&which).copied().unwrap_or_default()
    }

    fn views(&self, which: Which, revision: &str) -> BTreeMap<u32, View> {
        let view = |pod: &PodHandle| View {
            healthy: pod.is_healthy(),
            terminating: pod.is_terminating(),
            current: pod.blueprint().revision == revision,
        };
        self.replicas(which).map(|(ordinal, pod)| (ordinal, view(pod))).collect()
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
    pub(super) fn replicas(&self, which: Which) -> impl Iterator<Item = (u32, &PodHandle)> {
        let prefix = self.objects.set(which).map(|set| format!("{}-", set.name)).ok();
        self.pods.iter().filter_map(move |(name, pod)| Some((name.strip_prefix(prefix.as_ref()?)?.parse().ok()?, pod)))
    }

    pub(super) fn pod(&self, which: Which, ordinal: u32) -> Outcome<&PodHandle> {
        let name = self.objects.set(which)?.pod(ordinal);
        self.pods.get(&name).ok_or_else(|| Failure::new(format!("there is no pod {name}")))
    }

    fn create_replica(&mut self, which: Which, ordinal: u32) -> Outcome {
        let set = self.objects.set(which)?;
        let name = set.pod(ordinal);
        let (template, revision) = (set.template.clone(), set.revision(self.rollouts_of(which)));
        let owner = (set.service.clone(), self.claims_of(which, ordinal)?);
        self.create(name, Some(owner), &template, revision)
    }

    /// Of a StatefulSet's pod also: the Service that gives it its name, and the folders of its claims.
    fn create(
        &mut self,
        name: String,
        owner: Option<(String, BTreeMap<String, PathBuf>)>,
        template: &Value,
        revision: String,
    ) -> Outcome {
        self.serial += 1;
        let uid = format!("{:04}", self.serial);
        let folder = self.root.join("pods").join(format!("{name}-{uid}"));
        let spec = pod_spec(template)?;
        let (service, claims) = owner.unzip();
        let subdomain = service.or_else(|| spec.subdomain.clone());
        let claims = claims.unwrap_or_default();
        // A missing one is made, as the provisioner does.
        claims.values().try_for_each(fs::create_dir_all)?;
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

    /// Where the claims' folders are.
    pub(super) fn claims(&self) -> PathBuf {
        self.root.join("claims")
    }

    /// Where the containers' logs are.
    pub(super) fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// The folders of this ordinal's claims, by template.
    pub(super) fn claims_of(&self, which: Which, ordinal: u32) -> Outcome<BTreeMap<String, PathBuf>> {
        let set = self.objects.set(which)?;
        let pod = set.pod(ordinal);
        let folder = |template: String| (template.clone(), self.claims().join(format!("{template}-{pod}")));
        Ok(set.claim_templates().map(folder).collect())
    }

    /// Removes the object of a pod that has ended, and its claims where the set says so.
    fn bury(&mut self, name: &str) {
        let Some(pod) = self.pods.remove(name) else { return };
        // What a pod leaves behind is its log, which lies elsewhere; a folder in use by a late probe goes with the run.
        let _ = fs::remove_dir_all(&pod.blueprint().folder);
        for which in SETS {
            let Ok(set) = self.objects.set(which) else { continue };
            let ordinal = name.strip_prefix(&format!("{}-", set.name)).and_then(|n| n.parse::<u32>().ok());
            let gone = |ordinal: &u32| set.deletes_claims_when_scaled && *ordinal >= set.replicas;
            let Some(ordinal) = ordinal.filter(gone) else { continue };
            for folder in self.claims_of(which, ordinal).unwrap_or_default().values() {
                let _ = fs::remove_dir_all(folder);
            }
        }
    }

    /// The eviction API.
    pub(super) fn evict(&self, which: Which, ordinal: u32) -> Outcome<Eviction> {
        let pod = self.pod(which, ordinal)?;
        if pod.is_terminating() {
            return Ok(Eviction::Accepted);
        }
        for budget in self.objects.of_kind("PodDisruptionBudget") {
            let selector = &budget["spec"]["selector"]["matchLabels"];
            if !selects(selector, &pod.blueprint().labels) {
                continue;
            }
            let covered = || self.replicas(which).filter(|(_, pod)| selects(selector, &pod.blueprint().labels));
            let healthy = covered().filter(|(_, pod)| pod.is_healthy()).count();
            let expected = self.objects.set(which)?.replicas;
            let census = Census { expected, healthy: u32::try_from(healthy).unwrap_or(u32::MAX) };
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
