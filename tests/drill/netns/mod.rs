//! A cluster of plain processes: what kubelet and controllers would make of the manifests, without Kubernetes.
//!
//! In: manifests and a drill's orders. Out: pods whose container is process 1 of its own network, mount, pid and host name
//! namespaces, with probes, restarts, claims, DNS and evictions as Kubernetes documents them. What it does not know how to
//! carry out it refuses. Left out on purpose: images but for their version of rqlite, nodes, schedulers, kube-proxy (a Service's name means its ready
//! pods), resource limits, capabilities (a container runs as the user it names, without any).
//!
//! Nothing of it touches the machine: [`sandbox`] puts the whole test program into namespaces that die with it.

mod budget;
mod container;
mod dns;
mod kubelet;
mod network;
mod objects;
mod pod;
mod probe;
mod rootfs;
mod sandbox;
mod spec;
mod statefulset;
mod tools;
mod volumes;
mod world;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Trial};
use serde_json::Value;

use super::cluster::{Claim, Cluster, Delete, Eviction, Failure, Log, Outcome, Pod, Which};
use super::credentials::Credentials;
use super::variant::Access;

use container::{Door, TICK};
use dns::Dns;
use network::Network;
use pod::{Node, Phase, PodHandle};
use tools::Tools;
use world::World;

/// The `main` of a program whose tests run in clusters of this kind: it goes into the namespaces and runs them there. Each test
/// is told what is missing here, if anything.
pub fn main(program: &str, trials: fn(Option<&str>) -> Vec<Trial>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Drills mostly wait, but each runs up to seven databases.
    arguments.test_threads.get_or_insert(2);
    let missing = missing();
    if missing.is_none() && !arguments.list {
        match sandbox::go_in() {
            Ok(None) => {}
            Ok(Some(code)) => return code,
            Err(failure) => {
                let _ = writeln!(io::stderr(), "{program}: {failure}");
                return ExitCode::from(2);
            }
        }
    }
    libtest_mimic::run(&arguments, trials(missing.as_deref())).exit_code()
}

/// Why drills cannot run here, if so.
pub fn missing() -> Option<String> {
    Tools::find().err().map(|failure| failure.to_string())
}

/// Why a drill that upgrades from older versions of rqlite cannot run here, if so.
pub fn older_missing() -> Option<String> {
    Tools::find().ok()?.older_missing()
}

/// One cluster, seen from one of its StatefulSets. Everything it started is gone when the last view of it is dropped.
pub struct Netns {
    place: Arc<Place>,
    which: Which,
}

struct Place {
    world: Arc<Mutex<World>>,
    stop: Arc<AtomicBool>,
    controller: Option<JoinHandle<()>>,
    dns: Option<Dns>,
    root: PathBuf,
    credentials: Option<Credentials>,
}

impl Netns {
    /// An empty cluster, whose DNS repeats each of its answers for `dns_cache`.
    ///
    /// # Errors
    /// When a tool is missing or a namespace cannot be made.
    pub fn create(name: &str, dns_cache: Duration, access: Access) -> Outcome<Self> {
        let credentials = Credentials::for_access(access, objects::NAMESPACE)?;
        let (tools, network) = (Tools::find()?, Network::create()?);
        let root = PathBuf::from(sandbox::ROOT).join(name.replace("::", "-"));
        for folder in ["claims", "images", "logs", "pods"] {
            fs::create_dir_all(root.join(folder))?;
        }
        let address = network.dns();
        let world = World::new(Arc::new(Node::new(tools, network, root.join("images"))), root.clone());
        let (world, stop) = (Arc::new(Mutex::new(world)), Arc::new(AtomicBool::new(false)));
        let names = Arc::clone(&world);
        let dns = Dns::start(address, dns_cache, Box::new(move |name| lock(&names).resolve(name)))?;
        let (own, stopped) = (Arc::clone(&world), Arc::clone(&stop));
        let controller = thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                lock(&own).reconcile();
                sleep(TICK);
            }
        });
        let place = Place { world, stop, controller: Some(controller), dns: Some(dns), root, credentials };
        Ok(Self { place: Arc::new(place), which: Which::Voters })
    }

    fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.place.world)
    }

    fn door(&self, ordinal: u32) -> Outcome<Door> {
        let door = self.world().pod(self.which, ordinal)?.state().door.clone();
        door.ok_or_else(|| Failure::new(format!("no container runs in pod {ordinal}")))
    }
}

fn lock(world: &Mutex<World>) -> MutexGuard<'_, World> {
    world.lock().expect("no thread panics while it holds the world")
}

impl Cluster for Netns {
    fn apply(&self, manifests: &[Value]) -> Outcome {
        let mut world = self.world();
        for object in manifests {
            world.objects.apply(object)?;
        }
        for pod in world.pods.values() {
            world.objects.refresh(&pod.blueprint().spec, &pod.blueprint().folder)?;
        }
        Ok(())
    }

    fn scale(&self, replicas: u32) -> Outcome {
        self.world().objects.scale(self.which, replicas)
    }

    fn rolling_restart(&self) -> Outcome {
        let mut world = self.world();
        *world.rollouts.entry(self.which).or_default() += 1;
        world.objects.set(self.which).map(drop)
    }

    fn pods(&self) -> Vec<Pod> {
        let world = self.world();
        let mut pods: Vec<_> = world.replicas(self.which).map(|(ordinal, pod)| status(ordinal, pod)).collect();
        pods.sort_by_key(|pod| pod.ordinal);
        pods
    }

    fn claims(&self) -> Vec<Claim> {
        let world = self.world();
        let folders = fs::read_dir(world.claims()).into_iter().flatten().flatten();
        let Ok(set) = world.objects.set(self.which) else { return Vec::new() };
        let infix = format!("-{}-", set.name);
        let is_own =
            |name: &String| name.rsplit_once(&infix).is_some_and(|(_, ordinal)| ordinal.parse::<u32>().is_ok());
        let names: BTreeSet<_> =
            folders.filter_map(|entry| entry.file_name().into_string().ok()).filter(is_own).collect();
        names.into_iter().map(|name| Claim { name, bound: true }).collect()
    }

    fn delete_pod(&self, ordinal: u32, how: Delete) -> Outcome {
        self.world().pod(self.which, ordinal)?.delete(how);
        Ok(())
    }

    fn evict(&self, ordinal: u32) -> Outcome<Eviction> {
        self.world().evict(self.which, ordinal)
    }

    fn hold_down(&self, ordinal: u32, held: bool) -> Outcome {
        let mut world = self.world();
        if !held {
            world.held.remove(&(self.which, ordinal));
            return Ok(());
        }
        world.held.insert((self.which, ordinal));
        world.pod(self.which, ordinal)?.delete(Delete::Now);
        Ok(())
    }

    fn freeze(&self, ordinal: u32, frozen: bool) -> Outcome {
        self.door(ordinal)?.freeze(frozen)
    }

    fn cut_off(&self, ordinal: u32, cut: bool) -> Outcome {
        let world = self.world();
        let state = world.pod(self.which, ordinal)?.state();
        state.link.as_ref().ok_or_else(|| Failure::new("the pod has no network"))?.cut_off(cut)
    }

    fn power_off(&self) -> Outcome {
        let mut world = self.world();
        world.power_off = true;
        for pod in world.pods.values() {
            pod.power(false);
        }
        settle("all containers to end", || world.pods.values().all(|pod| pod.state().door.is_none()))
    }

    fn power_on(&self) -> Outcome {
        let mut world = self.world();
        world.power_off = false;
        for pod in world.pods.values() {
            pod.power(true);
        }
        Ok(())
    }

    fn lose_disk(&self, ordinal: u32) -> Outcome {
        let world = self.world();
        let folders = world.claims_of(self.which, ordinal)?;
        if folders.is_empty() {
            return Err(Failure::new(format!("ordinal {ordinal} has no claim to lose")));
        }
        if let (Ok(pod), false) = (world.pod(self.which, ordinal), world.power_off) {
            pod.delete(Delete::Now);
            // A claim in use is protected: it goes when the container has ended, and before another one starts, because
            // the pod cannot be replaced while this lock is held.
            settle("the pod to end", || pod.state().phase == Phase::Gone)?;
        }
        for folder in folders.values() {
            empty(folder)?;
        }
        Ok(())
    }

    fn exec(&self, ordinal: u32, command: &[&str]) -> Outcome<String> {
        self.door(ordinal)?.exec(command, Duration::from_secs(20))
    }

    fn logs(&self) -> Vec<Log> {
        let read = |entry: fs::DirEntry| {
            let text = String::from_utf8_lossy(&fs::read(entry.path()).ok()?).into_owned();
            Some(Log { name: entry.file_name().into_string().ok()?, text })
        };
        let mut logs: Vec<_> =
            fs::read_dir(self.world().logs()).into_iter().flatten().flatten().filter_map(read).collect();
        logs.sort_by(|a, b| a.name.cmp(&b.name));
        let world = self.world();
        let mut troubles = world.troubles.iter().cloned().collect::<Vec<_>>();
        troubles.extend(world.pods.values().filter_map(|pod| pod.state().trouble.clone()));
        if !troubles.is_empty() {
            logs.push(Log { name: "kubelet".to_owned(), text: troubles.join("\n") });
        }
        logs
    }

    fn readers(&self) -> Arc<dyn Cluster> {
        Arc::new(Self { place: Arc::clone(&self.place), which: Which::Readers })
    }

    fn credentials(&self) -> Option<&Credentials> {
        self.place.credentials.as_ref()
    }

    fn here(&self) -> Option<Ipv4Addr> {
        Some(self.world().node.network.dns())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(controller) = self.controller.take() {
            let _ = controller.join();
        }
        let pods = std::mem::take(&mut lock(&self.world).pods);
        for pod in pods.values() {
            pod.delete(Delete::Now);
        }
        drop(pods);
        drop(self.dns.take());
        // In memory, and private to the run: gone with it at the latest.
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn status(ordinal: u32, pod: &PodHandle) -> Pod {
    let state = pod.state();
    Pod {
        ordinal,
        uid: pod.blueprint().uid.clone(),
        address: state.link.as_ref().map(|link| IpAddr::V4(link.address)),
        running: state.phase == Phase::Running && state.door.is_some(),
        ready: state.ready && state.deletion.is_none(),
        terminating: state.deletion.is_some(),
        restarts: state.restarts,
    }
}

/// Waits for what the kernel does after SIGKILL.
fn settle(what: &str, mut done: impl FnMut() -> bool) -> Outcome {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !done() {
        if Instant::now() > deadline {
            return Err(Failure::new(format!("waited in vain for {what}")));
        }
        sleep(TICK);
    }
    Ok(())
}

/// Empties a volume but keeps its folder, with the owner and mode that `fsGroup` gave it.
fn empty(folder: &std::path::Path) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
    }
    Ok(())
}
