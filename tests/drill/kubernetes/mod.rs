//! A cluster that is a real Kubernetes: the one of `$KUBECONFIG`.
//!
//! In: manifests and a drill's orders. Out: the same drills as with [`super::netns`], carried out by real controllers, kubelet,
//! container runtime, DNS and storage. Each drill has a namespace of its own, under the `restricted` pod security standard,
//! and deletes it in the end.
//!
//! Orders are given with kubectl, as a person would; what is asked many times a second goes over one `kubectl proxy`
//! ([`api`]). What Kubernetes has no words for (power cut, frozen pod, cut cable) is done on the node ([`node`]), and drills
//! that need it are skipped where `$RQCHART_NODE_SHELL` is not set. Must not assume anything else about the cluster but: the
//! addresses of pods answer from here, there is a default storage class, and rqlite's image can be had.

mod api;
pub mod forms;
mod hold;
mod kubectl;
mod logs;
mod node;
mod pods;
mod program;

use std::collections::BTreeSet;
use std::env;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::cluster::{Claim, Cluster, Delete, Eviction, Failure, Log, Outcome, Pod, Which};
use super::credentials::Credentials;
use super::variant::Access;

use api::{Api, Proxy};
use hold::Holds;
use kubectl::Kubectl;
use logs::Logs;
use node::NodeShell;
use pods::{PodWatch, Replica};

/// Says that the cluster of `$KUBECONFIG` may be hurt.
const CONSENT: &str = "RQCHART_CLUSTER_TESTS";
/// Says that older versions of rqlite can be pulled.
const OLDER_IMAGES: &str = "RQCHART_OLDER_IMAGES";

/// Drills that hurt what Kubernetes has no words for.
const NEED_NODE: &[&str] =
    &["join_rule", "frozen", "cut_off", "lagging_and_empty", "disk_lost_leader_silent", "two_disks_lost", "power_cut"];

/// Why this drill cannot run here, if so.
pub fn missing(drill: &str) -> Option<String> {
    if let Some(hint) = cluster_missing() {
        return Some(hint);
    }
    if drill == "begins_with_a_backup" {
        return Some(
            "its pods must reach a store in the test program: only the cluster of processes has that".to_owned(),
        );
    }
    if drill == "upgrade" && env::var_os(OLDER_IMAGES).is_none_or(|value| value != "1") {
        return Some(format!("set {OLDER_IMAGES}=1 where nodes can pull the versions of rqlite that it begins with"));
    }
    if NEED_NODE.contains(&drill) { node_missing() } else { None }
}

/// Why nothing can run here, if so.
pub fn cluster_missing() -> Option<String> {
    let on_path = |program| env::split_paths(&env::var_os("PATH")?).find(|p| Path::is_file(&p.join(program)));
    if env::var_os(CONSENT).is_none_or(|value| value != "1") || env::var_os("KUBECONFIG").is_none() {
        return Some(format!("set {CONSENT}=1 and KUBECONFIG"));
    }
    on_path("kubectl").is_none().then(|| "put kubectl on PATH".to_owned())
}

/// Why nothing can run here that hurts what Kubernetes has no words for, if so.
pub fn node_missing() -> Option<String> {
    let needs_node = NodeShell::find().is_none();
    needs_node.then(|| format!("set {}, a command that runs its arguments on the node", node::SHELL))
}

/// One namespace of a real cluster, seen from one of its StatefulSets. It is deleted when the last view of it is dropped.
pub struct Kubernetes {
    place: Arc<Place>,
    which: Which,
}

struct Place {
    kubectl: Kubectl,
    api: Api,
    watch: PodWatch,
    logs: Arc<Logs>,
    holds: Holds,
    node: Option<NodeShell>,
    /// The names of the StatefulSets, once they are applied.
    sets: [(Which, OnceLock<String>); 2],
    /// Containers that died with the power. Until the kubelet says so itself, the API server shows them as Ready.
    dead: Mutex<BTreeSet<String>>,
    dark: AtomicBool,
    credentials: Option<Credentials>,
    /// Taken away first when dropped, so that the threads end.
    proxy: Option<Proxy>,
}

impl Kubernetes {
    /// An empty namespace; one of this name that an earlier run has left is deleted first.
    ///
    /// # Errors
    /// When the API server refuses something.
    pub fn create(name: &str, access: Access) -> Outcome<Self> {
        let namespace = format!("rqchart-drill-{}", name.replace("::", "-").replace('_', "-"));
        let credentials = Credentials::for_access(access, &namespace)?;
        let kubectl = Kubectl { namespace: namespace.clone() };
        kubectl.run(&["delete", "namespace", &namespace, "--ignore-not-found", "--timeout=90s"])?;
        let labels = json!({ "pod-security.kubernetes.io/enforce": "restricted" });
        let object =
            json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace, "labels": labels } });
        kubectl.feed(&["create", "--filename=-"], &object.to_string())?;
        let holds = Holds::install(&kubectl)?;
        let (proxy, api) = Proxy::start()?;
        let logs = Arc::new(Logs::new(api));
        let collector = Arc::clone(&logs);
        let watch = PodWatch::start(api, &namespace, move |pod| collector.look(pod));
        let place = Place {
            kubectl,
            api,
            watch,
            logs,
            holds,
            node: NodeShell::find(),
            sets: [Which::Voters, Which::Readers].map(|which| (which, OnceLock::new())),
            dead: Mutex::default(),
            dark: AtomicBool::new(false),
            credentials,
            proxy: Some(proxy),
        };
        Ok(Self { place: Arc::new(place), which: Which::Voters })
    }

    fn set(&self) -> Outcome<&str> {
        let set = self.place.sets.iter().find(|(which, _)| *which == self.which).and_then(|(_, name)| name.get());
        set.map(String::as_str).ok_or_else(|| Failure::new("there is no StatefulSet"))
    }

    /// The pods of the StatefulSet.
    fn replicas(&self) -> Vec<Replica> {
        let Ok(set) = self.set() else { return Vec::new() };
        let mut replicas = self.place.watch.replicas();
        replicas.retain(|replica| replica.name == format!("{set}-{}", replica.pod.ordinal));
        replicas
    }

    fn replica(&self, ordinal: u32) -> Outcome<Replica> {
        let found = self.replicas().into_iter().find(|replica| replica.pod.ordinal == ordinal);
        found.ok_or_else(|| Failure::new(format!("there is no pod {ordinal}")))
    }

    fn node(&self) -> Outcome<&NodeShell> {
        let hint = || Failure::new(format!("set {}, and name this drill among those that need it", node::SHELL));
        self.place.node.as_ref().ok_or_else(hint)
    }

    /// `kubectl get` of what the namespace has of a kind.
    fn list(&self, kind: &str) -> Outcome<Vec<Value>> {
        let mut list = self.place.api.get(&format!("/api/v1/namespaces/{}/{kind}", self.place.kubectl.namespace))?;
        Ok(list["items"].as_array_mut().map(std::mem::take).unwrap_or_default())
    }

    /// The claims of the StatefulSet that are not being deleted.
    fn claims_of_set(&self) -> Outcome<Vec<(u32, Claim)>> {
        let infix = format!("-{}-", self.set()?);
        let read = |claim: Value| {
            let name = claim["metadata"]["name"].as_str()?.to_owned();
            let ordinal = name.rsplit_once(&infix)?.1.parse().ok()?;
            let stays = claim["metadata"].get("deletionTimestamp").is_none();
            stays.then(|| (ordinal, Claim { name, bound: claim["status"]["phase"] == "Bound" }))
        };
        Ok(self.list("persistentvolumeclaims")?.into_iter().filter_map(read).collect())
    }

    /// SIGKILL, then the order to delete. Kubernetes alone sends SIGTERM even when told `--grace-period=0`, and rqlited
    /// would hand over leadership first. A pod that is gone by the time of the order is what was asked for: drills wait for
    /// its successor by its uid.
    fn delete_now(&self, replica: &Replica) -> Outcome {
        if let (Some(node), false) = (&self.place.node, self.place.dark.load(Ordering::Relaxed)) {
            node.kill(&replica.pod.uid)?;
        }
        self.place
            .kubectl
            .run(&["delete", "pod", &replica.name, "--ignore-not-found", "--grace-period=0", "--force", "--wait=false"])
            .map(drop)
    }

    /// The API server learns within moments which names are held: a successor that was too fast goes the same way.
    fn delete_until_held(&self, ordinal: u32) -> Outcome {
        self.delete_now(&self.replica(ordinal)?)?;
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(2) {
            match self.replica(ordinal) {
                Ok(replica) if replica.gated => return Ok(()),
                // In order, none is created while one before it is away.
                Err(_) => sleep(Duration::from_millis(50)),
                Ok(replica) => self.delete_now(&replica)?,
            }
        }
        Ok(())
    }

    /// What Kubernetes says about it all, for a person who looks for the cause of a failure.
    fn events(&self) -> Option<Log> {
        let text = self.place.kubectl.run(&["get", "events", "--sort-by=.lastTimestamp", "--output=wide"]).ok()?;
        let pods = self.place.kubectl.run(&["get", "pods", "--output=wide"]).unwrap_or_default();
        Some(Log { name: "kubernetes".to_owned(), text: format!("{pods}\n{text}") })
    }
}

impl Cluster for Kubernetes {
    fn apply(&self, manifests: &[Value]) -> Outcome {
        let mut items = manifests.to_vec();
        for object in &mut items {
            if object["metadata"].get("namespace").is_some() {
                object["metadata"]["namespace"] = json!(self.place.kubectl.namespace);
            }
            let sets = self.place.sets.iter().filter(|(which, _)| object["kind"] == "StatefulSet" && which.is(object));
            for (_, name) in sets {
                name.get_or_init(|| object["metadata"]["name"].as_str().unwrap_or_default().to_owned());
            }
        }
        let list = json!({ "apiVersion": "v1", "kind": "List", "items": items });
        self.place.kubectl.feed(&["apply", "--filename=-"], &list.to_string()).map(drop)
    }

    fn scale(&self, replicas: u32) -> Outcome {
        self.place.kubectl.run(&["scale", "statefulset", self.set()?, &format!("--replicas={replicas}")]).map(drop)
    }

    fn rolling_restart(&self) -> Outcome {
        self.place.kubectl.run(&["rollout", "restart", "statefulset", self.set()?]).map(drop)
    }

    fn pods(&self) -> Vec<Pod> {
        let dead = self.place.dead.lock().expect("nobody panics with it");
        let mut pods = Vec::new();
        for Replica { mut pod, containers, .. } in self.replicas() {
            let alive = !containers.iter().any(|id| dead.contains(id));
            (pod.running, pod.ready) = (pod.running && alive, pod.ready && alive);
            pods.push(pod);
        }
        pods
    }

    fn claims(&self) -> Vec<Claim> {
        self.claims_of_set().unwrap_or_default().into_iter().map(|(_, claim)| claim).collect()
    }

    fn delete_pod(&self, ordinal: u32, how: Delete) -> Outcome {
        let replica = self.replica(ordinal)?;
        match how {
            Delete::Gracefully => self
                .place
                .kubectl
                .run(&["delete", "pod", &replica.name, "--wait=false", "--ignore-not-found"])
                .map(drop),
            Delete::Now => self.delete_now(&replica),
        }
    }

    fn evict(&self, ordinal: u32) -> Outcome<Eviction> {
        let (name, namespace) = (self.replica(ordinal)?.name, &self.place.kubectl.namespace);
        let metadata = json!({ "name": name, "namespace": namespace });
        let order = json!({ "apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata });
        let response = self.place.api.post(&format!("/api/v1/namespaces/{namespace}/pods/{name}/eviction"), &order)?;
        match response.status {
            200 | 201 => Ok(Eviction::Accepted),
            429 => Ok(Eviction::Refused),
            other => Err(Failure::new(format!("eviction of {name}: {other} {}", response.body))),
        }
    }

    fn hold_down(&self, ordinal: u32, held: bool) -> Outcome {
        let name = format!("{}-{ordinal}", self.set()?);
        self.place.holds.set(&name, held)?;
        match (held, self.replica(ordinal)) {
            (true, _) => self.delete_until_held(ordinal),
            (false, Ok(replica)) if replica.gated => self.place.holds.release(&name),
            (false, _) => Ok(()),
        }
    }

    fn freeze(&self, ordinal: u32, frozen: bool) -> Outcome {
        self.node()?.freeze(&self.replica(ordinal)?.pod.uid, frozen)
    }

    fn cut_off(&self, ordinal: u32, cut: bool) -> Outcome {
        self.node()?.cut_off(&self.replica(ordinal)?.pod.uid, cut)
    }

    fn power_off(&self) -> Outcome {
        let node = self.node()?;
        let replicas = self.place.watch.replicas();
        self.place.dark.store(true, Ordering::Relaxed);
        let uids: Vec<_> = replicas.iter().map(|replica| replica.pod.uid.as_str()).collect();
        let result = node.power_off(&uids);
        let containers = replicas.iter().flat_map(|replica| replica.containers.iter().cloned());
        self.place.dead.lock().expect("nobody panics with it").extend(containers);
        result
    }

    fn power_on(&self) -> Outcome {
        if self.place.dark.swap(false, Ordering::Relaxed) { self.node()?.power_on() } else { Ok(()) }
    }

    fn lose_disk(&self, ordinal: u32) -> Outcome {
        let claims = self.claims_of_set()?;
        let names: Vec<_> =
            claims.iter().filter(|(o, _)| *o == ordinal).map(|(_, claim)| claim.name.as_str()).collect();
        if names.is_empty() {
            return Err(Failure::new(format!("ordinal {ordinal} has no claim to lose")));
        }
        // A claim in use is protected and stays until its pod is gone; the next pod waits for a new one.
        self.place.kubectl.run(&[&["delete", "pvc", "--wait=false"], names.as_slice()].concat())?;
        match self.replica(ordinal) {
            Ok(replica) => self.delete_now(&replica),
            Err(_) => Ok(()),
        }
    }

    fn exec(&self, ordinal: u32, command: &[&str]) -> Outcome<String> {
        let name = self.replica(ordinal)?.name;
        self.place.kubectl.run(&[&["exec", &name, "--"], command].concat())
    }

    fn logs(&self) -> Vec<Log> {
        self.place.logs.all().into_iter().chain(self.events()).collect()
    }

    fn readers(&self) -> Arc<dyn Cluster> {
        Arc::new(Self { place: Arc::clone(&self.place), which: Which::Readers })
    }

    fn credentials(&self) -> Option<&Credentials> {
        self.place.credentials.as_ref()
    }

    fn here(&self) -> Option<Ipv4Addr> {
        None
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Nothing to be done if one of these fails: the next run deletes what is left.
        if self.dark.swap(false, Ordering::Relaxed) {
            let _ = self.node.as_ref().map(NodeShell::power_on);
        }
        let _ = self.kubectl.run(&["delete", "namespace", &self.kubectl.namespace, "--wait=false"]);
        drop(self.proxy.take());
        self.watch.join();
        self.logs.join();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drill::drills::DRILLS;

    #[test]
    fn drills_that_need_the_node_exist() {
        let unknown = NEED_NODE.iter().find(|name| DRILLS.iter().all(|drill| drill.name != **name));
        assert_eq!(unknown, None);
    }
}
