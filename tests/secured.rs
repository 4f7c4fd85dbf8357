//! The drills' client and credentials, held to a real rqlited: `cargo test -p rqchart-tests --test secured`.
//!
//! In: `rqlited`, as `$RQLITED` or on PATH. Out: who is let in and who is not, with TLS on both ports and users. What a
//! cluster makes of it is for the drills.

use std::time::Duration;

use rqchart_tests::drill::credentials::{AUTH_SECRET, Credentials};
use rqchart_tests::drill::http::{Client, Request};
use rqchart_tests::drill::tls::Tls;
use rqchart_tests::node::{Node, PATIENCE};
use rqchart_tests::rendered::secrets;
use serde_json::Value;

const WRITE: &str = r#"["CREATE TABLE t (id INTEGER PRIMARY KEY)"]"#;

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
    let Some(node) = Node::start(&secrets(&credentials), &SECURED) else { return };
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
    let Some(node) = Node::start(&secrets(&credentials), &SECURED) else { return };
    node.wait_ready(credentials.client());
    let secrets = secrets(&credentials);
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
    let Some(node) = Node::start(&secrets(&credentials), &half) else { return };
    node.wait_ready(&Client::PLAIN);
    let stranger = Tls::blind().unwrap();
    let briefly = Duration::from_secs(1);
    assert!(!stranger.is_refused(node.address, briefly).unwrap(), "no TLS");
    assert!(!stranger.is_refused(node.raft, briefly).unwrap(), "TLS for everybody");
}

#[test]
fn the_kubelet_asks_over_tls_whoever_answers() {
    let credentials = Credentials::make("default").unwrap();
    let Some(node) = Node::start(&secrets(&credentials), &["-http-cert=@/tls.crt", "-http-key=@/tls.key"]) else {
        return;
    };
    node.wait_ready(&Client::over(Tls::blind().unwrap()));
}

#[test]
fn other_namespaces_have_other_names() {
    let credentials = Credentials::make("default").unwrap();
    let Some(node) = Node::start(&secrets(&credentials), &["-http-cert=@/tls.crt", "-http-key=@/tls.key"]) else {
        return;
    };
    let named = |name: &str| Client::over(Tls::mutual(credentials.identity(), name).unwrap());
    node.wait_ready(&named("rqdb-2.rqdb-headless.default.svc.cluster.local"));
    let readyz = Request::get("/readyz", PATIENCE);
    assert_eq!(node.ask(&named("rqdb-client.default.svc.cluster.local"), &readyz), Some(200));
    assert_eq!(node.ask(&named("rqdb-client.other.svc.cluster.local"), &readyz), None);
}

#[test]
fn passwords_are_in_both_forms() {
    let auth = &Credentials::make("default").unwrap().secrets(&[]).unwrap()[0];
    let users: Value = serde_json::from_str(auth["stringData"]["users.json"].as_str().unwrap()).unwrap();
    for (user, key) in [(0, "probe-password"), (1, "member-password")] {
        assert_eq!(users[user]["password"], auth["stringData"][key]);
    }
}
