//! One pod without a cluster: a folder with the scripts, the other nodes' answers, and time.
//!
//! Real: busybox's shell and applets, files, processes and signals. Not real: `rqlited`, `rqlite`, `wget`, `hostname` and
//! `sleep`, and the function `within`, which are the small scripts in `stubs/`. They note what they were asked and answer from
//! files, so that a test needs neither root nor network nor time.
//!
//! The scripts name fixed paths and find programs on PATH. What runs is a copy in which `/tmp/`, `/backups` and `/rqlite/file/data` lie
//! in the pod's folder, and in which the stubs that are applets or a function too are called by their path: a busybox may be
//! built to take its applets first (Debian's is).

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, test_kill_process};
use tempfile::TempDir;

/// What follows the name of the headless Service in a pod's full name.
const NAMESPACE: &str = "shop.svc.cluster.local";
/// What follows the name of a pod of the set that votes in its full name.
pub const DOMAIN: &str = "rqdb-headless.shop.svc.cluster.local";

/// What the scripts ask a node for.
pub const CONFIGURATION: &str = "status?key=store.raft.latest_configuration";
pub const LEADER: &str = "status?key=store.leader";

const STUBS: [(&str, &str); 6] = [
    ("hostname", include_str!("stubs/hostname.sh")),
    ("rqlite", include_str!("stubs/rqlite.sh")),
    ("rqlited", include_str!("stubs/rqlited.sh")),
    ("sleep", include_str!("stubs/sleep.sh")),
    ("wget", include_str!("stubs/wget.sh")),
    ("within", include_str!("stubs/within.sh")),
];

/// Everything else that the scripts may use, besides what the shell itself has.
const APPLETS: [&str; 13] =
    ["busybox", "cat", "date", "find", "grep", "mkdir", "rm", "sed", "sh", "sync", "tail", "tr", "wc"];

/// Far beyond what any run takes, also on a machine that does a hundred other things.
const DEADLINE: Duration = Duration::from_secs(50);

static PROGRAMS: OnceLock<PathBuf> = OnceLock::new();

/// The programs that all pods find, until it is dropped.
pub struct Image {
    _folder: TempDir,
}

impl Image {
    pub fn build(busybox: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let busybox = busybox.canonicalize().unwrap();
        for applet in APPLETS {
            symlink(&busybox, folder.path().join(applet)).unwrap();
        }
        for (name, text) in STUBS {
            let file = folder.path().join(name);
            fs::write(&file, format!("#!{} sh\n{text}", busybox.display())).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        PROGRAMS.set(folder.path().to_owned()).expect("there is one image");
        Self { _folder: folder }
    }

    pub fn programs() -> &'static Path {
        PROGRAMS.get().expect("no test runs without an image")
    }
}

/// The scripts as they are, by name.
pub fn scripts() -> Vec<(String, String)> {
    let chart = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../chart/scripts");
    let folder = std::env::var_os("RQCHART_SCRIPTS").map_or_else(chart, PathBuf::from);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut scripts: Vec<_> = files
        .map(|file| file.unwrap().path())
        .map(|file| (file.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&file).unwrap()))
        .collect();
    scripts.sort();
    scripts
}

/// The full name of the pod `name`; readers of the pool have a headless Service of their own.
pub fn fqdn(name: &str) -> String {
    match name.rsplit_once('-') {
        Some((set, _)) if set.ends_with("-readers") => format!("{name}.{set}-headless.{NAMESPACE}"),
        _ => format!("{name}.{DOMAIN}"),
    }
}

/// The set of those that vote in the pod's cluster.
pub fn voters(name: &str) -> &str {
    let set = name.rsplit_once('-').map_or(name, |(set, _)| set);
    set.strip_suffix("-readers").unwrap_or(set)
}

/// What a node says of its Raft configuration. Members vote, but for those that are written `Nonvoter NAME`.
pub fn configuration(members: &[&str]) -> String {
    let server = |member: &&str| {
        let (suffrage, id) = member.split_once(' ').unwrap_or(("Voter", member));
        format!("{{Suffrage:{suffrage} ID:{id} Address:{}:4002}}", fqdn(id))
    };
    format!("\"[{}]\"", members.iter().map(server).collect::<Vec<_>>().join(" "))
}

/// What a node says of the members: who they are, who of them answers it, and who leads.
pub fn nodes(members: &[(&str, bool)], leader: &str) -> String {
    let node = |(id, reachable): &(&str, bool)| {
        let (host, leads) = (fqdn(id), *id == leader);
        format!(
            r#"{{"id":"{id}","api_addr":"http://{host}:4001","addr":"{host}:4002","version":"v10.2.7","voter":true,"reachable":{reachable},"leader":{leads},"time":0.000035623,"time_s":"35.783µs"}}"#
        )
    };
    format!(r#"{{"nodes":[{}]}}"#, members.iter().map(node).collect::<Vec<_>>().join(","))
}

/// The first three voters found the cluster.
pub fn seeds(voters: u32) -> u32 {
    voters.min(3)
}

pub struct Pod {
    set: String,
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Pod {
    /// A pod with an empty disk in a cluster of three voters, which may become five, where nobody answers.
    pub fn new(name: &str) -> Self {
        let set = voters(name).to_owned();
        let pod = Self { set, folder: tempfile::tempdir().unwrap(), variables: Vec::new() };
        for folder in ["answers", "backups", "data", "scripts", "tmp"] {
            fs::create_dir(pod.path(folder)).unwrap();
        }
        let here = pod.folder.path().to_str().unwrap();
        let programs = Image::programs().to_str().unwrap();
        for (name, text) in scripts() {
            let mut text = text.replace("/tmp/", &format!("{here}/tmp/"));
            text = text.replace("/rqlite/file/data", &format!("{here}/data"));
            text = text.replace("/etc/rqlite-", &format!("{here}/etc/rqlite-"));
            text = text.replace("=/backups", &format!("={here}/backups"));
            for stubbed in ["hostname ", "sleep ", "wget ", "within "] {
                text = text.replace(stubbed, &format!("{programs}/{stubbed}"));
            }
            pod.write(&format!("scripts/{name}"), &text);
        }
        pod.write("fqdn", &fqdn(name));
        pod.write("signal", "TERM");
        pod.cluster(3, 5).rounds(0)
    }

    /// A pod beside those of `set`, which knows their cluster.
    pub fn beside(set: &str, name: &str) -> Self {
        Self::new(&format!("{set}-0")).text("fqdn", &fqdn(name))
    }

    /// Sets what the `ConfigMap` says.
    pub fn cluster(self, voters: u32, max_voters: u32) -> Self {
        let numbers = format!("SEEDS={}\nVOTERS={voters}\nMAX_VOTERS={max_voters}\n", seeds(voters));
        let names = format!("SET={}\nHEADLESS=rqdb-headless\n", self.set);
        self.write("scripts/cluster.env", &(numbers + &names));
        self
    }

    /// Sets what the `ConfigMap` says of pods that never vote.
    pub fn readers(self, replicas: u32, readers: u32) -> Self {
        let numbers = self.read("scripts/cluster.env");
        let names = format!("READER_SET={0}-readers\nREADER_HEADLESS={0}-readers-headless\n", self.set);
        self.text("scripts/cluster.env", &format!("{numbers}REPLICAS={replicas}\nREADERS={readers}\n{names}"))
    }

    /// Sets what the `ConfigMap` says of a recovery.
    pub fn recovery(self, survivor: u32, attempt: &str) -> Self {
        let numbers = self.read("scripts/cluster.env");
        self.text("scripts/cluster.env", &format!("{numbers}SURVIVOR={survivor}\nRECOVERY={attempt}\n"))
    }

    /// Gives the pod passwords.
    pub fn with_users(self) -> Self {
        self.file("etc/rqlite-auth/users.json")
            .text("etc/rqlite-auth/probe-password", "p w")
            .text("etc/rqlite-auth/member-password", "$m")
            .text("etc/rqlite-auth/backup-password", "b*")
    }

    /// Gives the pod certificates for HTTPS.
    pub fn with_certificates(self) -> Self {
        self.file("etc/rqlite-tls/client/tls.crt")
    }

    /// Gives the pod a disk with a cluster's data.
    pub fn with_state(self) -> Self {
        self.write("data/raft.db", "state");
        self
    }

    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// How often the script may sleep. At the next time it is told to stop.
    pub fn rounds(self, rounds: u32) -> Self {
        self.write("rounds", &rounds.to_string());
        self
    }

    /// How it is told to stop.
    pub fn stopped_by(self, signal: &str) -> Self {
        self.write("signal", signal);
        self
    }

    /// From the given number of sleeps on, `host` answers `text` to `path`; to a path that begins with a point, its shell does.
    pub fn says_after(self, round: u32, host: &str, path: &str, text: &str) -> Self {
        let when = if round == 0 { String::new() } else { format!("round/{round}/") };
        let address = if host.contains(':') { host.to_owned() } else { format!("{host}:4001") };
        self.write(&format!("{when}answers/{address}/{path}"), text);
        self
    }

    pub fn says(self, host: &str, path: &str, text: &str) -> Self {
        self.says_after(0, host, path, text)
    }

    /// The node `name` has a cluster's data and counts `members`; without members it has none.
    pub fn counts(self, name: &str, members: &[&str]) -> Self {
        self.says(&fqdn(name), CONFIGURATION, &configuration(members))
    }

    pub fn counts_after(self, round: u32, name: &str, members: &[&str]) -> Self {
        self.says_after(round, &fqdn(name), CONFIGURATION, &configuration(members))
    }

    /// The node `name` knows who leads; without a name it knows that nobody does.
    pub fn follows(self, name: &str, leader: &str) -> Self {
        self.follows_after(0, name, leader)
    }

    pub fn follows_after(self, round: u32, name: &str, leader: &str) -> Self {
        let address = if leader.is_empty() { String::new() } else { format!("{}:4002", fqdn(leader)) };
        self.says_after(round, &fqdn(name), LEADER, &format!(r#"{{"addr":"{address}","node_id":"{leader}"}}"#))
    }

    /// A file in the pod, named from the pod's folder.
    pub fn file(self, name: &str) -> Self {
        self.text(name, "")
    }

    pub fn text(self, name: &str, text: &str) -> Self {
        self.write(name, text);
        self
    }

    pub fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    /// Runs a script to its end, without a complaint of the shell or of a program.
    pub fn run(&self, script: &str, arguments: &[&str]) -> Run {
        let run = self.run_with_complaints(script, arguments);
        assert_eq!(self.read("err"), "", "{script} complains");
        run
    }

    /// Runs a script to its end; the complaints are in the file `err`.
    pub fn run_with_complaints(&self, script: &str, arguments: &[&str]) -> Run {
        let output = |name| Stdio::from(fs::File::create(self.path(name)).unwrap());
        let mut command = Command::new(Image::programs().join("sh"));
        command.arg(self.path("scripts").join(script)).args(arguments).current_dir(self.folder.path());
        command.env_clear().env("PATH", Image::programs()).env("STAGE", self.folder.path());
        if script == "start.sh" && self.read("data/raft.db").is_empty() {
            command.env("PLACEHOLDER", "yes");
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let mut child = command.stdin(Stdio::null()).stdout(output("out")).stderr(output("err")).spawn().unwrap();
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if start.elapsed() > DEADLINE {
                child.kill().unwrap();
                panic!("{script} does not end:\n{}", self.read("log"));
            }
            thread::sleep(Duration::from_millis(1));
        };
        let lines = |name| self.read(name).lines().map(str::to_owned).collect();
        Run { status, pid: child.id(), log: lines("log"), out: lines("out") }
    }

    /// How `rqlited`, or the `placeholder`, was started.
    pub fn started(&self, role: &str) -> Option<Started> {
        let lines = |name| self.read(&format!("{role}.{name}")).lines().map(str::to_owned).collect::<Vec<_>>();
        self.has(&format!("{role}.args")).then(|| Started {
            pid: self.read(&format!("{role}.pid")).trim().parse().unwrap(),
            arguments: lines("args"),
            environment: lines("env"),
            finds: lines("finds"),
        })
    }
}

/// What a script did.
#[derive(Debug)]
pub struct Run {
    pub status: ExitStatus,
    pub pid: u32,
    /// What it asked, with the limits in seconds, and when it slept.
    pub log: Vec<String>,
    /// What it said.
    pub out: Vec<String>,
}

impl Run {
    /// The commands that were given to other nodes' shells.
    pub fn commands(&self) -> Vec<&str> {
        self.log.iter().filter(|line| line.contains(": .remove ")).map(String::as_str).collect()
    }
}

#[derive(Debug)]
pub struct Started {
    pub pid: u32,
    pub arguments: Vec<String>,
    pub environment: Vec<String>,
    /// What should be gone, or should be there, when it starts.
    pub finds: Vec<String>,
}

impl Started {
    /// Whether the process is gone, or will be in a moment.
    pub fn ended(&self) -> bool {
        let pid = Pid::from_raw(self.pid.try_into().unwrap()).unwrap();
        let is_zombie = || {
            let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
            stat.rsplit(") ").next().is_some_and(|fields| fields.starts_with('Z'))
        };
        (0..10_000).any(|_| {
            thread::sleep(Duration::from_millis(1));
            test_kill_process(pid).is_err() || is_zombie()
        })
    }
}
