//! One real rqlited on loopback, without any cluster.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, fs};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::drill::http::{Client, Request};
use crate::skipped;

/// How long one answer may take.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// One rqlited on loopback, with files beside it; it ends with this.
pub struct Node {
    process: Child,
    /// Where it answers HTTP.
    pub address: SocketAddr,
    /// Where it speaks Raft.
    pub raft: SocketAddr,
    folder: TempDir,
}

impl Node {
    /// Starts it with these Secrets' files and these options, in which `@` stands for the folder of the files. None where
    /// there is no rqlited.
    pub fn start(secrets: &[Value], options: &[&str]) -> Option<Self> {
        Self::start_with(secrets, options, &[])
    }

    /// The same with variables, and no others.
    pub fn start_with(secrets: &[Value], options: &[&str], variables: &[(&str, &str)]) -> Option<Self> {
        let Some(rqlited) = program("RQLITED", "rqlited") else {
            skipped("set RQLITED, or put rqlited on PATH");
            return None;
        };
        let folder = TempDir::new().unwrap();
        for secret in secrets {
            for (name, content) in secret["stringData"].as_object().unwrap() {
                fs::write(folder.path().join(name), content.as_str().unwrap()).unwrap();
            }
        }
        let [http, raft] = free_ports();
        let process = Command::new(rqlited)
            .args([format!("-http-addr={http}"), format!("-raft-addr={raft}")])
            .args(options.iter().map(|option| option.replace('@', &folder.path().display().to_string())))
            .arg(folder.path().join("data"))
            .env_clear()
            .env("TMPDIR", folder.path())
            .env("AWS_EC2_METADATA_DISABLED", "true") // or it looks for credentials on the network
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        Some(Self { process, address: http, raft, folder })
    }

    /// The folder of its files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The status of an answer; none when there is none.
    pub fn ask(&self, client: &Client, request: &Request<'_>) -> Option<u16> {
        client.send(self.address, request).ok().map(|response| response.status)
    }

    /// Waits until this client is told that there is a leader.
    pub fn wait_ready(&self, client: &Client) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.ask(client, &Request::get("/readyz", PATIENCE)) != Some(200) {
            assert!(Instant::now() < deadline, "not ready: {}", self.log());
            sleep(Duration::from_millis(50));
        }
    }

    /// Executes a statement, without TLS and users.
    pub fn execute(&self, statement: &str) {
        let body = json!([statement]).to_string();
        let answer = Client::PLAIN.send(self.address, &Request::post("/db/execute", &body, PATIENCE)).unwrap();
        assert!(answer.status == 200 && !answer.body.contains("error"), "{}", answer.body);
    }

    /// How many rows table `t` has, if there is one.
    pub fn rows(&self) -> Option<u64> {
        let count = Request::get("/db/query?q=SELECT%20count(*)%20FROM%20t", PATIENCE);
        let answer: Value = serde_json::from_str(&Client::PLAIN.send(self.address, &count).ok()?.body).unwrap();
        answer["results"][0]["values"][0][0].as_u64()
    }

    /// What it has written.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A program, by the variable that names it or from PATH. A variable that is empty names none.
pub fn program(variable: &str, name: &str) -> Option<PathBuf> {
    match env::var_os(variable).filter(|path| !path.is_empty()) {
        Some(path) => Some(PathBuf::from(path)),
        None => env::split_paths(&env::var_os("PATH")?).map(|p| p.join(name)).find(|file| Path::is_file(file)),
    }
}

/// Two that nobody listened to a moment ago.
pub fn free_ports() -> [SocketAddr; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    listeners.map(|listener| listener.local_addr().unwrap())
}
