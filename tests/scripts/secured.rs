//! How the scripts ask where users, certificates or both are wanted.

use crate::pod::{CONFIGURATION, LEADER, Pod, fqdn};
use crate::start::{Way, expected, start};
use crate::{Test, tests};

const CONNECTED: &str = "Connected to https://rqdb:4001 running version v10.2.7\nbye~\n";

pub fn tests() -> Vec<Test> {
    tests![
        users_are_named_and_nothing_is_asked_without_them,
        certificates_are_shown_and_checked,
        with_certificates_it_asks_itself_by_its_name,
        removal_is_another_users_right,
        the_placeholder_is_as_well_protected,
        an_answer_may_be_long,
        no_password_is_told,
        pruning_names_its_users_too,
    ]
}

/// What of a line of the log is about the way to ask.
fn options(line: &str) -> String {
    let (_, options) = line.split_once(" rqlite ").unwrap_or_else(|| panic!("{line:?} asks without the shell"));
    options.split_once(": .").unwrap().0.to_owned()
}

fn users_are_named_and_nothing_is_asked_without_them() {
    let pod = Pod::new("rqdb-1").with_state().with_users();
    let (run, _) = start(&pod);
    for (line, ordinal) in run.log.iter().zip([0, 2, 3, 4]) {
        let host = fqdn(&format!("rqdb-{ordinal}"));
        assert_eq!(options(line), format!("-H {host} -p 4001 -u rqchart-probe:p w -P /{CONFIGURATION}&"));
        assert!(line.starts_with("4 "), "{line}");
    }
    assert_eq!(run.log.len(), 4);
}

fn certificates_are_shown_and_checked() {
    let pod = Pod::new("rqdb-1").with_state().with_certificates().counts("rqdb-0", &["rqdb-0"]);
    let (run, started) = start(&pod);
    let folder = pod.path("etc/rqlite-tls/client");
    let folder = folder.to_str().unwrap();
    let shown = format!("-s https -c {folder}/ca.crt -d {folder}/tls.crt -k {folder}/tls.key");
    let asked = options(&run.log[0]);
    assert_eq!(asked, format!("-H {} -p 4001 {shown} -P /{CONFIGURATION}&", fqdn("rqdb-0")));
    // And it understands what it is told.
    assert_eq!(started.arguments, expected(&pod, "rqdb-1", 3, &Way::Joins(&[0, 2]), &[]));
}

fn with_certificates_it_asks_itself_by_its_name() {
    let answers = |host: &str| Pod::new("rqdb-1").with_certificates().says(host, "readyz?noleader", "[+]node ok");
    let by_name = answers(&fqdn("rqdb-1")).says(&fqdn("rqdb-1"), LEADER, r#"{"node_id":"rqdb-0"}"#);
    assert_eq!(by_name.run("ready.sh", &["answers"]).status.code(), Some(0));
    assert_eq!(by_name.run("alive.sh", &[]).status.code(), Some(0));
    assert_eq!(answers("127.0.0.1").run("ready.sh", &["answers"]).status.code(), Some(1));
}

fn removal_is_another_users_right() {
    let pod = Pod::new("rqdb-1").with_users().counts("rqdb-0", &["rqdb-0", "rqdb-1"]);
    let pod = pod.says(&fqdn("rqdb-0"), ".remove rqdb-1", CONNECTED);
    let (run, _) = start(&pod);
    let command = format!("15 rqlite -H {} -p 4001 -u rqchart-member:$m: .remove rqdb-1", fqdn("rqdb-0"));
    assert_eq!(run.commands(), [command]);
}

fn the_placeholder_is_as_well_protected() {
    const PROTECTION: [&str; 6] = [
        "-auth=/a/users.json",
        "-http-cert=/c",
        "-http-key=/k",
        "-http-ca-cert=/ca",
        "-http-verify-client=true",
        "-http-verify-common-name=two  words *",
    ];
    const OTHERS: [&str; 5] =
        ["-join-as=x", "-node-cert=/n", "-http-allow-origin=a b", "-raft-snap=1", "-auto-backup=/b"];
    let pod = Pod::new("rqdb-1");
    let flags: Vec<_> = OTHERS.iter().chain(&PROTECTION).copied().collect();
    pod.run("start.sh", &flags);
    let arguments = pod.started("placeholder").unwrap().arguments;
    let kept = |flag: &&str| arguments.iter().any(|argument| argument == flag);
    assert_eq!(flags.iter().copied().filter(kept).collect::<Vec<_>>(), PROTECTION);
}

fn an_answer_may_be_long() {
    let members: Vec<String> = (0..400).map(|ordinal| format!("Nonvoter rqdb-{ordinal}")).collect();
    let members: Vec<&str> = members.iter().map(String::as_str).filter(|name| !name.ends_with("rqdb-1")).collect();
    let pod = Pod::new("rqdb-1").with_state().with_users().counts("rqdb-0", &members);
    let (_, started) = start(&pod);
    assert_eq!(started.arguments, expected(&pod, "rqdb-1", 3, &Way::Joins(&[0, 2]), &[]));
}

fn no_password_is_told() {
    let pod = Pod::new("rqdb-1").with_users().with_certificates().counts("rqdb-0", &["rqdb-0"]).rounds(2);
    let run = pod.run("start.sh", &["-auth=/etc/rqlite-auth/users.json"]);
    let said = run.out.join("\n");
    assert!(!said.contains("p w") && !said.contains("$m"), "{said}");
    let environment = pod.started("placeholder").unwrap().environment.join("\n");
    assert!(!environment.contains("p w") && !environment.contains("$m"), "{environment}");
}

fn pruning_names_its_users_too() {
    let pod = Pod::beside("rqdb", "rqdb-prune-x").with_users().rounds(1).follows("rqdb-0", "rqdb-1");
    let run = pod.variable("NAME", "rqdb").variable("REPLICAS", "3").run("prune.sh", &[]);
    let asked = |host: &str, path| format!("-H {} -p 4001 -u rqchart-probe:p w -P /{path}&", fqdn(host));
    assert_eq!(options(&run.log[1]), asked("rqdb-0", LEADER));
    assert_eq!(options(&run.log[2]), asked("rqdb-1", "nodes?nonvoters&ver=2&timeout=2s"));
}
