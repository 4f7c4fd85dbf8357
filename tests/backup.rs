//! Copies of the database, by a real rqlited: `cargo test -p rqchart-tests --test backup`.
//!
//! In: `rqlited` with `rqlite` beside it, as `$RQLITED` or on PATH, and a busybox; for uploads a server of S3 (moto's, as
//! `$S3_SERVER` or `moto_server` on PATH). Out: that `backup.sh` keeps what can be restored and nothing else, and that a
//! cluster begins with what another one uploaded, both with exactly the files that are rendered.

#![expect(clippy::disallowed_methods, reason = "the environment says where the programs are")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use rqchart::Chart;
use rqchart_tests::drill::http::Client;
use rqchart_tests::node::{Node, free_ports, program};
use rqchart_tests::rendered::{object, rendered};
use rqchart_tests::skipped;
use serde_json::{Value, json};
use tempfile::TempDir;

const LIMIT: Duration = Duration::from_secs(60);
/// What `backup.sh` uses beside rqlite's programs.
const APPLETS: [&str; 14] =
    ["busybox", "cat", "cmp", "date", "grep", "mv", "rm", "sh", "sleep", "sync", "tail", "timeout", "wc", "wget"];

/// A process that ends with this.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One rqlited that leads.
fn leader() -> Node {
    started(&[], &["-node-id=rqdb-0"], &[])
}

fn started(files: &[Value], options: &[&str], variables: &[(&str, &str)]) -> Node {
    let node = Node::start_with(files, options, variables).expect("there is an rqlited");
    node.wait_ready(&Client::PLAIN);
    node
}

fn wait(holds: &mut dyn FnMut() -> bool, log: impl Fn() -> String) {
    let deadline = Instant::now() + LIMIT;
    while !holds() {
        assert!(Instant::now() < deadline, "it never was so: {}", log());
        sleep(Duration::from_millis(50));
    }
}

fn rqlited() -> Option<PathBuf> {
    let found = program("RQLITED", "rqlited").filter(|file| file.with_file_name("rqlite").is_file());
    if found.is_none() {
        skipped("set RQLITED, or put rqlited and rqlite on PATH");
    }
    found
}

/// The pod of a job, as a folder: the scripts with their paths there, which find ordinal 0, and nobody else, at an address.
struct Job {
    folder: TempDir,
    first: SocketAddr,
}

impl Job {
    /// None where a program is missing.
    fn new(rqlited: &Path, first: SocketAddr) -> Option<Self> {
        let Some(busybox) = program("BUSYBOX", "busybox") else {
            skipped("install busybox-static, or set BUSYBOX");
            return None;
        };
        let job = Self { folder: TempDir::new().unwrap(), first };
        for folder in ["backups", "bin", "scripts", "tmp"] {
            fs::create_dir(job.path(folder)).unwrap();
        }
        for applet in APPLETS {
            symlink(busybox.canonicalize().unwrap(), job.path("bin").join(applet)).unwrap();
        }
        for name in ["rqlited", "rqlite"] {
            symlink(rqlited.canonicalize().unwrap().with_file_name(name), job.path("bin").join(name)).unwrap();
        }
        Some(job)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn copies_by_hand(&self, names: &[&str]) {
        for name in names {
            fs::write(self.path("backups").join(name), name).unwrap();
        }
    }

    fn run(&self, keep: u32) -> Output {
        self.run_with(keep, &[])
    }

    fn run_with(&self, keep: u32, arguments: &[&str]) -> Output {
        let here = self.folder.path().display();
        let [http, raft] = free_ports();
        for (path, text) in Chart::embedded().scripts() {
            let text = text
                .replace("/tmp/", &format!("{here}/tmp/"))
                .replace("=/backups", &format!("={here}/backups"))
                .replace("/etc/rqlite-", &format!("{here}/etc/rqlite-"))
                .replace("port=4001", &format!("port={}", self.first.port()))
                .replace("$base-$i.$domain", &self.first.ip().to_string())
                .replace("$id.$domain", &self.first.ip().to_string())
                .replace("$(hostname -f)", "rqdb-backup-x.rqdb-headless.shop.svc.cluster.local")
                .replace("127.0.0.1:4001", &http.to_string())
                .replace("-p 4001", &format!("-p {}", http.port()))
                .replace("127.0.0.1:4002", &raft.to_string());
            fs::write(self.path("scripts").join(path), text).unwrap();
        }
        let cluster = "SEEDS=1\nVOTERS=1\nMAX_VOTERS=1\nSET=rqdb\nHEADLESS=rqdb-headless\n";
        fs::write(self.path("scripts/cluster.env"), cluster).unwrap();
        let mut command = Command::new(self.path("bin/sh"));
        command.arg(self.path("scripts/backup.sh")).args(arguments).env_clear().env("PATH", self.path("bin"));
        command.env("NAME", "rqdb").env("KEEP", keep.to_string());
        command.stdin(Stdio::null()).output().unwrap()
    }

    /// What is on the volume.
    fn copies(&self) -> Vec<String> {
        let files = fs::read_dir(self.path("backups")).unwrap();
        let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

const OLD: [&str; 3] = ["rqdb-20250101T000000Z.sqlite", "rqdb-20250102T000000Z.sqlite", "rqdb-20250103T000000Z.sqlite"];
const OTHERS: [&str; 4] =
    ["rqdb-2-20250101T000000Z.sqlite", "rqdb-20250101T000000Z.sqlite.keep", "rqdb-mine.sqlite", "notes"];

#[test]
fn a_copy_that_can_be_restored_is_kept_and_the_oldest_goes() {
    let Some(rqlited) = rqlited() else { return };
    let node = leader();
    node.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)");
    node.execute("INSERT INTO t(x) VALUES('one')");
    let Some(job) = Job::new(&rqlited, node.address) else { return };
    job.copies_by_hand(&OLD);
    job.copies_by_hand(&OTHERS);
    job.copies_by_hand(&[".rqdb.17.part"]);
    let output = job.run(2);
    assert!(output.status.success(), "{}", said(&output));
    let mut copies = job.copies();
    let new = copies.iter().position(|name| name.as_str() > OLD[2] && name.ends_with("Z.sqlite")).unwrap();
    let new = copies.remove(new);
    let mut left: Vec<_> = OTHERS.into_iter().chain([OLD[2]]).collect();
    left.sort_unstable();
    assert_eq!(copies, left, "{}", said(&output));

    // What an operator does with it, in a cluster that runs: the shell's .restore.
    let other = leader();
    let script = format!("echo .restore {}", job.path("backups").join(&new).display());
    let script = format!("{script} | {} -p {}", rqlited.with_file_name("rqlite").display(), other.address.port());
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(said(&output).contains("successfully"), "{}", said(&output));
    assert_eq!(other.rows(), Some(1));
}

#[test]
fn without_a_copy_nothing_is_removed() {
    let Some(rqlited) = rqlited() else { return };
    let [nobody, _] = free_ports();
    let Some(job) = Job::new(&rqlited, nobody) else { return };
    job.copies_by_hand(&OLD);
    let output = job.run(1);
    assert!(!output.status.success() && said(&output).contains("no copy"), "{}", said(&output));
    assert_eq!(job.copies(), OLD);
}

#[test]
fn an_empty_database_pushes_no_copy_out() {
    let Some(rqlited) = rqlited() else { return };
    let node = leader();
    node.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)");
    node.execute("DROP TABLE t");
    let Some(job) = Job::new(&rqlited, node.address) else { return };
    let output = job.run(1);
    assert!(output.status.success(), "the first one may be empty: {}", said(&output));
    let first = job.copies();
    assert_eq!(first.len(), 1);
    sleep(Duration::from_secs(1));
    let output = job.run(1);
    assert!(!output.status.success() && said(&output).contains("no table"), "{}", said(&output));
    assert_eq!(job.copies(), first);
}

/// Leads, and answers all other questions with this copy, as a node would that has it.
fn node_with(copy: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let Ok(length) = stream.read(&mut request) else { continue };
            let leader = br#"{"node_id":"rqdb-0"}"#;
            let asks_who_leads = request[..length].starts_with(b"GET /status?key=store.leader");
            let body = if asks_who_leads { &leader[..] } else { &copy };
            let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        }
    });
    address
}

#[test]
fn a_copy_that_cannot_be_restored_is_not_kept() {
    let Some(rqlited) = rqlited() else { return };
    let node = leader();
    node.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)");
    node.execute("INSERT INTO t(x) VALUES('haystack')");
    node.execute("CREATE INDEX i ON t(x)");
    let Some(job) = Job::new(&rqlited, node.address) else { return };
    assert!(job.run(1).status.success());
    let copies = job.copies();
    let good = fs::read(job.path("backups").join(&copies[0])).unwrap();
    // In the index the word is another one than in the table.
    let mut damaged = good.clone();
    let at = good.windows(8).rposition(|word| word == b"haystack").unwrap();
    damaged[at] = b'p';
    let cut = good[..4096].to_vec();
    for (copy, reason) in [(damaged, "damaged"), (cut, "cannot be restored"), (Vec::new(), "empty")] {
        let job = Job { first: node_with(copy), ..Job::new(&rqlited, node.address).unwrap() };
        job.copies_by_hand(&OLD);
        let output = job.run(1);
        assert!(!output.status.success() && said(&output).contains(reason), "{}", said(&output));
        assert_eq!(job.copies(), OLD);
    }
    // Nor is one that no rqlited could try.
    let output = job.run_with(1, &["-no-such-flag"]);
    assert!(said(&output).contains("does not start"), "{}", said(&output));
    assert_eq!(job.copies(), copies);
}

/// A server of S3 with the bucket `backups`. None where there is none.
fn s3() -> Option<(Process, SocketAddr)> {
    let Some(server) = program("S3_SERVER", "moto_server") else {
        skipped("set S3_SERVER, or put moto_server on PATH (pip install 'moto[server]')");
        return None;
    };
    let [address, _] = free_ports();
    let mut command = Command::new(server);
    command.args(["-H", "127.0.0.1", "-p", &address.port().to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut server = Process(command.spawn().unwrap());
    let bucket = format!("PUT /backups HTTP/1.0\r\nHost: {address}\r\nContent-Length: 0\r\n\r\n");
    let deadline = Instant::now() + LIMIT;
    loop {
        let mut answer = String::new();
        let asked = std::net::TcpStream::connect(address).and_then(|mut stream| {
            stream.write_all(bucket.as_bytes())?;
            stream.read_to_string(&mut answer)
        });
        if asked.is_ok() && answer.contains("200") {
            return Some((server, address));
        }
        if server.0.try_wait().unwrap().is_some() {
            skipped("moto_server does not start: set S3_SERVER to one that does");
            return None;
        }
        assert!(Instant::now() < deadline, "the S3 server does not answer: {answer}");
        sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_cluster_begins_with_what_another_one_uploaded() {
    if rqlited().is_none() {
        return;
    }
    let Some((_server, address)) = s3() else { return };
    let place = json!({
        "bucket": "backups", "path": "a folder/\"db\".sqlite.gz", "endpoint": format!("http://{address}"),
        "forcePathStyle": true, "credentialsSecret": { "name": "s3" },
    });
    let manifests = rendered(&json!({
        "backup": { "automatic": { "s3": place, "interval": "1s" } }, "restore": { "s3": place, "timeout": "10s" },
    }));
    let files = [json!({ "stringData": object(&manifests, "ConfigMap", "rqdb-backup")["data"] })];
    // The variables are those that the rendered container has; what is in them is as a generator makes it.
    let keys = ["AKIAEXAMPLE", "se/cr+et$HOME="];
    let upload = [("RQCHART_BACKUP_ACCESS_KEY_ID", keys[0]), ("RQCHART_BACKUP_SECRET_ACCESS_KEY", keys[1])];
    let node = started(&files, &["-auto-backup=@/backup.json"], &upload);
    node.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)");
    node.execute("INSERT INTO t(id) VALUES(1),(2),(3)");
    wait(&mut || node.log().contains("completed auto upload"), || node.log());
    node.execute("INSERT INTO t(id) VALUES(4)");
    wait(&mut || node.log().matches("completed auto upload").count() > 1, || node.log());

    let download = [("RQCHART_RESTORE_ACCESS_KEY_ID", keys[0]), ("RQCHART_RESTORE_SECRET_ACCESS_KEY", keys[1])];
    let other = started(&files, &["-auto-restore=@/restore.json"], &download);
    assert_eq!(other.rows(), Some(4), "{}", other.log());
}
