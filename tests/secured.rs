//! The drills' client and credentials, held to a real rqlited: `cargo test -p rqchart-tests --test secured`.
//!
//! In: `rqlited`, as `$RQLITED` or on PATH. Out: who is let in and who is not, with TLS on both ports and users. What a
//! cluster makes of it is for the drills.

#![expect(clippy::disallowed_methods, reason = "the environment says where rqlited is")]

use std::env;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rqchart_tests::drill::credentials::{AUTH_SECRET, Credentials};
use rqchart_tests::drill::http::{Client, Request};
use rqchart_tests::drill::tls::Tls;
use rqchart_tests::skipped;
use serde_json::Value;
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(3);
const WRITE: &str = r#"["CREATE TABLE t (id INTEGER PRIMARY KEY)"]"#;

/// One rqlited on loopback, with the files of the drills' Secrets; it ends with this.
struct Node {
    process: Child,
    address: SocketAddr,
    raft: SocketAddr,
    folder: TempDir,
}

impl Node {
    /// Starts it with these options, in which `@` stands for the folder of the files. None where there is no rqlited.
    fn start(credentials: &Credentials, options: &[&str]) -> Option<Self> {
        let Some(rqlited) = rqlited() else {
            skipped("set RQLITED, or put rqlited on PATH");
            return None;
        };
        let folder = TempDir::new().unwrap();
        for secret in credentials.secrets() {
            for (name, content) in secret["stringData"].as_object().unwrap() {
                fs::write(folder.path().join(name), content.as_str().unwrap()).unwrap();
            }
        }
        let [http, raft] = free_ports();
        let process = Command::new(rqlited)
            .args([format!("-http-addr={http}"), format!("-raft-addr={raft}")])
            .args(options.iter().map(|option| option.replace('@', &folder.path().display().to_string())))
            .arg(folder.path().join("data"))
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        Some(Self { process, address: http, raft, folder })
    }

    /// The status of an answer; none when there is none.
    fn ask(&self, client: &Client, request: &Request<'_>) -> Option<u16> {
        client.send(self.address, request).ok().map(|response| response.status)
    }

    /// Waits until this client is told that there is a leader.
    fn wait_ready(&self, client: &Client) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.ask(client, &Request::get("/readyz", PATIENCE)) != Some(200) {
            assert!(Instant::now() < deadline, "not ready: {}", self.log());
            sleep(Duration::from_millis(50));
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn rqlited() -> Option<PathBuf> {
    match env::var_os("RQLITED") {
        Some(path) => Some(PathBuf::from(path)),
        None => env::split_paths(&env::var_os("PATH")?).map(|p| p.join("rqlited")).find(|file| Path::is_file(file)),
    }
}

/// Two that nobody listened to a moment ago.
fn free_ports() -> [SocketAddr; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    listeners.map(|listener| listener.local_addr().unwrap())
}

const SECURED: [&str; 10] = [
    "-auth=@/users.json",
    "-http-cert=@/tls.crt",
    "-http-key=@/tls.key",
    "-http-ca-cert=@/ca.crt",
    "-http-verify-client",
    "-node-cert=@/tls.crt",
    "-node-key=@/tls.key",
    "-node-ca-cert=@/ca.crt",
    "-node-verify-client",
    "-node-verify-server-name=rqdb-client",
];

#[test]
fn the_drills_client_is_let_in_and_nobody_else() {
    let credentials = Credentials::make("default").unwrap();
    let Some(node) = Node::start(&credentials, &SECURED) else { return };
    node.wait_ready(credentials.client());
    assert_eq!(node.ask(credentials.client(), &Request::post("/db/execute", WRITE, PATIENCE)), Some(200));

    let readyz = Request::get("/readyz", PATIENCE);
    let (mutual, stranger) = (credentials.nobody().unwrap(), Tls::blind().unwrap());
    let of_another_authority = Credentials::make("default").unwrap();
    assert_eq!(node.ask(&mutual, &readyz), Some(401), "a certificate without a user");
    assert_eq!(node.ask(&mutual.clone().as_user("drill", "wrong"), &readyz), Some(401), "a wrong password");
    assert_eq!(node.ask(&Client::over(stranger.clone()), &readyz), None, "no certificate");
    assert!(stranger.is_refused(node.address, PATIENCE).unwrap());
    assert!(stranger.is_refused(node.raft, PATIENCE).unwrap());
    assert_eq!(node.ask(of_another_authority.client(), &readyz), None, "another authority");
    // Go's answer to HTTP on a port of HTTPS.
    assert_eq!(node.ask(&Client::PLAIN, &readyz), Some(400), "no TLS");
}

#[test]
fn the_charts_users_may_do_what_they_must_and_no_more() {
    let credentials = Credentials::make("default").unwrap();
    let Some(node) = Node::start(&credentials, &SECURED) else { return };
    node.wait_ready(credentials.client());
    let secrets = credentials.secrets();
    let auth = secrets.iter().find(|secret| secret["metadata"]["name"] == AUTH_SECRET).unwrap();
    let user = |name: &str, key: &str| {
        let password = auth["stringData"][key].as_str().unwrap();
        credentials.nobody().unwrap().as_user(name, password)
    };
    let (probe, member) = (user("rqchart-probe", "probe-password"), user("rqchart-member", "member-password"));
    let (execute, remove) =
        (Request::post("/db/execute", WRITE, PATIENCE), Request::post("/remove", r#"{"id": "x"}"#, PATIENCE));
    for path in ["/readyz", "/status", "/nodes"] {
        assert_eq!(node.ask(&probe, &Request::get(path, PATIENCE)), Some(200), "{path}");
    }
    assert_eq!(node.ask(&probe, &execute), Some(401));
    assert_eq!(node.ask(&probe, &remove), Some(401));
    assert_eq!(node.ask(&member, &execute), Some(401));
    // DELETE is what it wants: allowed, but not so.
    assert_eq!(node.ask(&member, &remove), Some(405));
}

#[test]
fn a_port_without_a_lock_is_seen_as_such() {
    let credentials = Credentials::make("default").unwrap();
    let half = ["-node-cert=@/tls.crt", "-node-key=@/tls.key", "-node-ca-cert=@/ca.crt"];
    let Some(node) = Node::start(&credentials, &half) else { return };
    node.wait_ready(&Client::PLAIN);
    let stranger = Tls::blind().unwrap();
    let briefly = Duration::from_secs(1);
    assert!(!stranger.is_refused(node.address, briefly).unwrap(), "no TLS");
    assert!(!stranger.is_refused(node.raft, briefly).unwrap(), "TLS for everybody");
}

#[test]
fn the_kubelet_asks_over_tls_whoever_answers() {
    let credentials = Credentials::make("default").unwrap();
    let Some(node) = Node::start(&credentials, &["-http-cert=@/tls.crt", "-http-key=@/tls.key"]) else { return };
    node.wait_ready(&Client::over(Tls::blind().unwrap()));
}

#[test]
fn other_namespaces_have_other_names() {
    let credentials = Credentials::make("default").unwrap();
    let Some(node) = Node::start(&credentials, &["-http-cert=@/tls.crt", "-http-key=@/tls.key"]) else { return };
    let named = |name: &str| Client::over(Tls::mutual(credentials.identity(), name).unwrap());
    node.wait_ready(&named("rqdb-2.rqdb-headless.default.svc.cluster.local"));
    let readyz = Request::get("/readyz", PATIENCE);
    assert_eq!(node.ask(&named("rqdb-client.default.svc.cluster.local"), &readyz), Some(200));
    assert_eq!(node.ask(&named("rqdb-client.other.svc.cluster.local"), &readyz), None);
}

#[test]
fn passwords_are_in_both_forms() {
    let [auth, _] = Credentials::make("default").unwrap().secrets();
    let users: Value = serde_json::from_str(auth["stringData"]["users.json"].as_str().unwrap()).unwrap();
    for (user, key) in [(0, "probe-password"), (1, "member-password")] {
        assert_eq!(users[user]["password"], auth["stringData"][key]);
    }
}
