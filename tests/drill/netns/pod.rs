//! One pod: the kubelet's part.
//!
//! In: a specification with every name decided, and the volumes' folders. Out: [`PodHandle`], with the pod's status and the
//! orders a pod can be given. Its thread starts the containers, restarts them with back-off, runs the probes and the hooks,
//! and ends when the pod is deleted. It never creates or replaces a pod: that is the controller's part.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::drill::cluster::{Delete, Failure, Outcome};

use super::container::Door;
use super::kubelet;
use super::network::{Link, Network};
use super::rootfs::{self, Mount, User};
use super::spec::{self, PodSpec};
use super::tools::Tools;

/// What the controller has decided about a pod.
#[derive(Debug, Clone)]
pub(super) struct Blueprint {
    pub(super) name: String,
    pub(super) uid: String,
    pub(super) namespace: String,
    /// The headless service that gives the pod a name of its own.
    pub(super) subdomain: Option<String>,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) revision: String,
    pub(super) spec: PodSpec,
    /// Environment of each container by its name, before `$(POD_IP)` and the like are known.
    pub(super) env: BTreeMap<String, Vec<(String, EnvSource)>>,
    /// Folder of each volume by its name.
    pub(super) volumes: BTreeMap<String, PathBuf>,
    /// Where the pod may put what it needs while it lives.
    pub(super) folder: PathBuf,
    pub(super) logs: PathBuf,
}

/// Where a variable's value comes from.
#[derive(Debug, Clone)]
pub(super) enum EnvSource {
    Text(String),
    PodIp,
}

/// What every pod of the cluster needs.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) tools: Tools,
    pub(super) network: Network,
    /// A folder for each image that a container asked for.
    images: Mutex<PathBuf>,
}

impl Node {
    pub(super) fn new(tools: Tools, network: Network, images: PathBuf) -> Self {
        Self { tools, network, images: Mutex::new(images) }
    }

    /// The folder with an image's programs; made when it is first asked for.
    pub(super) fn pull(&self, image: &str) -> Outcome<PathBuf> {
        let (major, rqlited) = self.tools.rqlited(image)?;
        let images = self.images.lock().expect("nobody panics while an image is made");
        let bin = images.join(major);
        if !bin.exists() {
            rootfs::build_image(&self.tools, rqlited, &bin)?;
        }
        Ok(bin)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Phase {
    #[default]
    Pending,
    Running,
    /// Its last container has ended for good; the object can go.
    Gone,
}

/// The part of a pod's state that others may look at.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) phase: Phase,
    pub(super) ready: bool,
    pub(super) restarts: u32,
    pub(super) door: Option<Door>,
    pub(super) link: Option<Link>,
    pub(super) deletion: Option<Delete>,
    pub(super) power_off: bool,
    /// Starts of containers so far, for the names of logs and folders.
    pub(super) starts: u32,
    /// Why the last start failed, if it did.
    pub(super) trouble: Option<String>,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) node: Arc<Node>,
    pub(super) blueprint: Blueprint,
    state: Mutex<State>,
}

impl Shared {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread panics while it holds a pod's state")
    }

    /// Whether the container must end now, and with how much time.
    pub(super) fn order(&self) -> Option<Duration> {
        let state = self.state();
        match state.deletion {
            _ if state.power_off => Some(Duration::ZERO),
            Some(Delete::Now) => Some(Duration::ZERO),
            Some(Delete::Gracefully) => Some(self.grace()),
            None => None,
        }
    }

    pub(super) const fn grace(&self) -> Duration {
        Duration::from_secs(self.blueprint.spec.termination_grace_period_seconds)
    }

    pub(super) fn mounts(&self, container: &spec::Container) -> Outcome<Vec<Mount>> {
        let volumes = &self.blueprint.volumes;
        let find = |mount: &spec::VolumeMount| {
            let folder = volumes.get(&mount.name);
            let folder = folder.ok_or_else(|| Failure::new(format!("no volume is called {}", mount.name)))?;
            let from = mount.sub_path.as_ref().map_or_else(|| folder.clone(), |path| folder.join(path));
            Ok(Mount { from, to: mount.mount_path.clone(), read_only: mount.read_only })
        };
        container.volume_mounts.iter().map(find).collect()
    }

    pub(super) fn user(&self, container: &spec::Container) -> User {
        let (pod, own) = (&self.blueprint.spec.security_context, &container.security_context);
        User {
            uid: own.run_as_user.or(pod.run_as_user).unwrap_or(0),
            gid: own.run_as_group.or(pod.run_as_group).unwrap_or(0),
            fs_group: pod.fs_group,
        }
    }
}

/// A pod that was started.
#[derive(Debug)]
pub(super) struct PodHandle {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl PodHandle {
    pub(super) fn start(node: Arc<Node>, blueprint: Blueprint) -> Self {
        let shared = Arc::new(Shared { node, blueprint, state: Mutex::default() });
        let own = Arc::clone(&shared);
        let thread = thread::spawn(move || kubelet::run(&own));
        Self { shared, thread: Some(thread) }
    }

    pub(super) fn blueprint(&self) -> &Blueprint {
        &self.shared.blueprint
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }

    pub(super) fn address(&self) -> Option<Ipv4Addr> {
        self.state().link.as_ref().map(|link| link.address)
    }

    /// Orders the deletion; one without grace overtakes one with.
    pub(super) fn delete(&self, how: Delete) {
        let mut state = self.state();
        state.ready = false;
        if state.deletion != Some(Delete::Now) {
            state.deletion = Some(how);
        }
    }

    pub(super) fn is_terminating(&self) -> bool {
        self.state().deletion.is_some()
    }

    /// Ready, and not being deleted.
    pub(super) fn is_healthy(&self) -> bool {
        let state = self.state();
        state.phase == Phase::Running && state.ready && state.deletion.is_none()
    }

    /// Kills the container with the whole node, or lets it start again.
    pub(super) fn power(&self, on: bool) {
        let mut state = self.state();
        state.power_off = !on;
        if let (false, Some(door)) = (on, state.door.as_ref()) {
            door.kill();
        }
    }
}

impl Drop for PodHandle {
    fn drop(&mut self) {
        self.delete(Delete::Now);
        if let Some(thread) = self.thread.take() {
            // It panicked or not: the pod is gone either way.
            let _ = thread.join();
        }
    }
}
