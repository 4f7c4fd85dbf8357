//! One run of one container: a process that is process 1 of its own namespaces.
//!
//! In: a [`Plan`] with everything decided. Out: [`Container`], which can be asked whether it ended, signalled, and entered
//! by further commands as `kubectl exec` and exec probes do. Restarts and probes are not its business.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::drill::cluster::{Failure, Outcome};

use super::rootfs::{self, Entry, Mount, Names, User};
use super::tools::Tools;

/// How often anything that is waited for is looked at.
pub(super) const TICK: Duration = Duration::from_millis(20);

/// Everything a container needs to start.
pub(super) struct Plan<'a> {
    pub(super) tools: &'a Tools,
    pub(super) bin: &'a Path,
    /// A folder of its own for this start.
    pub(super) folder: PathBuf,
    /// The pod's network namespace.
    pub(super) network: &'a str,
    pub(super) names: Names<'a>,
    pub(super) mounts: Vec<Mount>,
    pub(super) read_only_root: bool,
    pub(super) user: User,
    pub(super) env: BTreeMap<String, String>,
    pub(super) command: Vec<String>,
    pub(super) log: &'a Path,
}

#[derive(Debug)]
pub(super) struct Container {
    /// `unshare`, which ends as the container ends.
    child: Child,
    /// The container's process 1, by the number it has out here.
    init: Pid,
    terminated: bool,
    root: PathBuf,
    started: PathBuf,
    user: User,
    env: BTreeMap<String, String>,
    tools: Tools,
}

impl Container {
    pub(super) fn start(plan: &Plan<'_>) -> Outcome<Self> {
        let (root, started) = (plan.folder.join("root"), plan.folder.join("started"));
        rootfs::build_root(&root, &plan.names, &plan.mounts)?;
        let entry =
            Entry { mounts: &plan.mounts, read_only_root: plan.read_only_root, user: plan.user, started: &started };
        let script = rootfs::entry_script(plan.tools, plan.bin, &root, plan.names.hostname, &entry);
        let log = File::options().create(true).append(true).open(plan.log)?;
        let child = Command::new(&plan.tools.nsenter)
            .arg(format!("--net=/run/netns/{}", plan.network))
            .arg(&plan.tools.unshare)
            .args(["--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child"])
            .arg(plan.bin.join("sh"))
            .args(["-eu", "-c", &script, "sh"])
            .args(&plan.command)
            .env_clear()
            .envs(&plan.env)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let init = first_child(&child)?;
        let (user, env) = (plan.user, plan.env.clone());
        Ok(Self { child, init, terminated: false, root, started, user, env, tools: plan.tools.clone() })
    }

    /// How it ended, if it did.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// SIGTERM, the first time it is asked for.
    pub(super) fn terminate_once(&mut self) {
        if !self.terminated {
            self.terminated = true;
            // It may just have ended: then there is nothing to signal.
            let _ = kill_process(self.init, Signal::TERM);
        }
    }

    /// SIGKILL, and waits until the kernel has taken everything in the namespace away.
    pub(super) fn kill(&mut self) {
        if self.ended().is_none() {
            let _ = kill_process(self.init, Signal::KILL);
            let _ = self.child.wait();
        }
    }

    /// The way in, for threads that outlive a borrow of the container.
    pub(super) fn door(&self) -> Door {
        Door {
            init: self.init,
            root: self.root.clone(),
            started: self.started.clone(),
            user: self.user,
            env: self.env.clone(),
            tools: self.tools.clone(),
        }
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The way into a running container.
#[derive(Debug, Clone)]
pub(super) struct Door {
    init: Pid,
    root: PathBuf,
    started: PathBuf,
    user: User,
    env: BTreeMap<String, String>,
    tools: Tools,
}

impl Door {
    /// SIGKILL without waiting for the effect.
    pub(super) fn kill(&self) {
        let _ = kill_process(self.init, Signal::KILL);
    }

    /// SIGSTOP or SIGCONT to every process of the container.
    pub(super) fn freeze(&self, frozen: bool) -> Outcome {
        let signal = if frozen { Signal::STOP } else { Signal::CONT };
        let namespace = fs::read_link(format!("/proc/{}/ns/pid", self.init.as_raw_nonzero()))?;
        for entry in fs::read_dir("/proc")?.flatten() {
            let pid = entry.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw);
            let same = fs::read_link(entry.path().join("ns/pid")).is_ok_and(|other| other == namespace);
            if let (Some(pid), true) = (pid, same) {
                let _ = kill_process(pid, signal);
                // nsenter stops itself when what it started is stopped, and would never see its end.
                if let Some(nsenter) = parent(pid).filter(|_| !frozen) {
                    let _ = kill_process(nsenter, Signal::CONT);
                }
            }
        }
        Ok(())
    }

    /// Runs a command inside, as the container's user. Failed or late commands are errors that say what was written.
    pub(super) fn exec<S: AsRef<str>>(&self, command: &[S], timeout: Duration) -> Outcome<String> {
        if !self.started.exists() {
            return Err(Failure::new("the container has not started yet"));
        }
        let output = self.root.with_file_name(format!("exec-{:?}", std::thread::current().id()));
        let log = File::create(&output)?;
        let mut child = Command::new(&self.tools.nsenter)
            .arg(format!("--target={}", self.init.as_raw_nonzero()))
            .args(["--mount", "--uts", "--ipc", "--net", "--pid"])
            .arg(&self.tools.chroot)
            .args(self.user.chroot_options().split(' '))
            .arg(&self.root)
            .args(command.iter().map(AsRef::as_ref))
            .env_clear()
            .envs(&self.env)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let status = wait(&mut child, timeout);
        let text = fs::read(&output).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        match status {
            Some(status) if status.success() => Ok(text),
            Some(status) => Err(Failure::new(format!("{status}: {}", text.trim()))),
            None => Err(Failure::new(format!("no end within {timeout:?}: {}", text.trim()))),
        }
    }
}

/// Waits for an end, and makes one when the time is up.
fn wait(child: &mut Child, timeout: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + timeout;
    while Instant::now() < deadline {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        sleep(TICK);
    }
    // nsenter waits for its child, which is the command itself and does not die with it. Nobody else would: while there is
    // a process of a container that nobody has waited for, the container does not end.
    if let Some(command) = children(child.id()).first() {
        let _ = kill_process(*command, Signal::KILL);
    }
    if let Some(nsenter) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process(nsenter, Signal::CONT);
    }
    let deadline = Instant::now() + Duration::from_secs(2);
    while Instant::now() < deadline && !matches!(child.try_wait(), Ok(Some(_))) {
        sleep(TICK);
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}

fn parent(pid: Pid) -> Option<Pid> {
    let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    Pid::from_raw(line.trim().parse().ok()?)
}

/// The process that `unshare` forks, after the fork.
fn first_child(unshare: &Child) -> Outcome<Pid> {
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        if let Some(pid) = children(unshare.id()).first() {
            return Ok(*pid);
        }
        sleep(Duration::from_millis(2));
    }
    Err(Failure::new("unshare started no process"))
}

fn children(pid: u32) -> Vec<Pid> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    text.split_ascii_whitespace().filter_map(|pid| pid.parse().ok()).filter_map(Pid::from_raw).collect()
}
