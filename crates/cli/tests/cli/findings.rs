//! Settings that are wrong or doubtful: every one with its place and what to write instead.

use insta::assert_snapshot;
use rqchart_core::schema::Reference;
use serde_json::Value;

use crate::place::Place;

/// What is said about values, one text after the other; all of them end with this exit code.
fn said_about(code: i32, texts: &[&str]) -> String {
    let place = Place::new();
    let said = texts.iter().map(|text| {
        place.write("v.yaml", text);
        let run = place.run("rqchart lint rqdb -f v.yaml");
        format!("{}\n", run.refused(code))
    });
    said.collect()
}

/// The table of docs/migrating.md and the schema's `also` say the same.
#[test]
fn settings_of_the_other_chart_lead_to_those_of_this_one() {
    let guide = include_str!("../../../../docs/migrating.md");
    let named = |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let rows = guide.lines().filter(|line| line.starts_with("| `")).map(|line| {
        let cells: Vec<_> = line.split('|').collect();
        (named(cells[1]), named(cells[2]))
    });
    let reference = Reference::built_in();
    let mut count = 0;
    for (theirs, ours) in rows {
        for path in &ours {
            let path = path.split(':').next().unwrap().replace("[]", "[0]");
            assert!(reference.find(&path).is_ok(), "there is no {path}");
        }
        for name in theirs.iter().filter(|name| reference.find(name).is_err() && !name.contains('[')) {
            let known = reference.known_as(name);
            let leads =
                |path: &String| ours.iter().any(|ours| ours.starts_with(path.as_str()) || path.starts_with(ours));
            assert!(!known.is_empty() && known.iter().all(leads), "{name} leads to {known:?}, not to {ours:?}");
            count += 1;
        }
    }
    assert!(count > 10, "the table has only {count} other names");
}

/// What was read in another way than its author may think was read all the same.
#[test]
fn a_warning_about_the_command_line_hides_nothing() {
    let run = Place::new().run("rqchart lint --set 'securityContext.capabilities.drop={},replicas=x'");
    assert!(run.refused(1).contains("error[wrong-type]: replicas"), "{run}");
    let run = Place::new().run("rqchart template --set 'securityContext.capabilities.drop={}'");
    assert!(run.stdout().contains("kind: StatefulSet"), "{run}");
}

#[test]
fn a_setting_of_the_other_chart_is_named_as_it_is_here() {
    assert_snapshot!(said_about(1, &["replicaCount: 3\n", "config: {users: []}\n", "ingress: {hosts: [a]}\n"]), @r#"
    v.yaml:1:1: error[unknown-key]: replicaCount: there is no setting "replicaCount" here
     1 | replicaCount: 3
       | ^^^^^^^^^^^^
      hint: here that is replicas

    v.yaml:1:1: error[unknown-key]: config: there is no setting "config" here
     1 | config: {users: []}
       | ^^^^^^
      hint: here that is auth.users, tls, backup.automatic, restore

    v.yaml:1:19: error[wrong-type]: ingress.hosts[0]: expected a mapping, got the text "a"
     1 | ingress: {hosts: [a]}
       |                   ^
      hint: its settings are host, paths
    "#);
}

#[test]
fn unknown_keys_are_found_at_any_depth() {
    assert_snapshot!(said_about(1, &[
        "replica: 3\n",
        "storage:\n  size: 1Gi\n  siz: 2Gi\n",
        "services: {client: {prot: 80}}\n",
        "tolerations:\n  - key: a\n    operater: Exists\n",
        "completely: different\n",
    ]), @r#"
    v.yaml:1:1: error[unknown-key]: replica: there is no setting "replica" here
     1 | replica: 3
       | ^^^^^^^
      hint: did you mean "replicas"?

    v.yaml:3:3: error[unknown-key]: storage.siz: there is no setting "siz" here
     3 |   siz: 2Gi
       |   ^^^
      hint: did you mean "size"?

    v.yaml:1:21: error[unknown-key]: services.client.prot: there is no setting "prot" here
     1 | services: {client: {prot: 80}}
       |                     ^^^^
      hint: did you mean "port"?

    v.yaml:3:5: error[unknown-key]: tolerations[0].operater: there is no setting "operater" here
     3 |     operater: Exists
       |     ^^^^^^^^
      hint: did you mean "operator"?

    v.yaml:1:1: error[unknown-key]: completely: there is no setting "completely" here
     1 | completely: different
       | ^^^^^^^^^^
      hint: `rqchart show values` lists all settings
    "#);
}

#[test]
fn wrong_types_are_named_in_words() {
    assert_snapshot!(said_about(1, &[
        "replicas: \"3\"\n",
        "replicas: true\n",
        "replicas: {}\n",
        "replicas: 2.5\n",
        "storage: 10Gi\n",
        "storage: {size: [10Gi]}\n",
        "tolerations: {}\n",
        "labels: {a: 1}\n",
        "membership: {prune: 'no'}\n",
    ]), @r#"
    v.yaml:1:11: error[wrong-type]: replicas: expected a whole number, got the text "3"
     1 | replicas: "3"
       |           ^^^
      hint: write 3 without quotes

    v.yaml:1:11: error[wrong-type]: replicas: expected a whole number, got the boolean true
     1 | replicas: true
       |           ^^^^

    v.yaml:1:11: error[wrong-type]: replicas: expected a whole number, got a mapping
     1 | replicas: {}
       |           ^

    v.yaml:1:11: error[wrong-type]: replicas: expected a whole number, got the number 2.5
     1 | replicas: 2.5
       |           ^^^

    v.yaml:1:10: error[wrong-type]: storage: expected a mapping, got the text "10Gi"
     1 | storage: 10Gi
       |          ^^^^
      hint: its settings are size, storageClassName, accessModes, retention, ephemeral, labels, annotations, volumeAttributesClassName, selector, dataSourceRef, localVolumes

    v.yaml:1:17: error[wrong-type]: storage.size: expected text or a number, got a list
     1 | storage: {size: [10Gi]}
       |                 ^
      hint: such as "10Gi"

    v.yaml:1:14: error[wrong-type]: tolerations: expected a list, got a mapping
     1 | tolerations: {}
       |              ^
      hint: begin each entry with `- `

    v.yaml:1:13: error[wrong-type]: labels.a: expected text, got the number 1
     1 | labels: {a: 1}
       |             ^
      hint: put it in quotes: "1"

    v.yaml:1:21: error[wrong-type]: membership.prune: expected true or false, got the text "no"
     1 | membership: {prune: 'no'}
       |                     ^^^^
      hint: write false without quotes
    "#);
}

#[test]
fn numbers_are_held_to_their_range() {
    assert_snapshot!(said_about(1, &[
        "replicas: 0\n",
        "replicas: -1\n",
        "replicas: 1000000000\n",
        "replicas: 99999999999999999999999\n",
        "services: {client: {port: 65536}}\n",
    ]), @r#"
    v.yaml:1:11: error[out-of-range]: replicas: 0 is out of range
     1 | replicas: 0
       |           ^
      hint: write a number from 1 to 999

    v.yaml:1:11: error[out-of-range]: replicas: -1 is out of range
     1 | replicas: -1
       |           ^^
      hint: write a number from 1 to 999

    v.yaml:1:11: error[out-of-range]: replicas: 1000000000 is out of range
     1 | replicas: 1000000000
       |           ^^^^^^^^^^
      hint: write a number from 1 to 999

    v.yaml:1:11: error[invalid-value]: replicas: `99999999999999999999999` is larger than a 64-bit number
     1 | replicas: 99999999999999999999999
       |           ^^^^^^^^^^^^^^^^^^^^^^^
      hint: write "99999999999999999999999" if it is text

    v.yaml:1:27: error[out-of-range]: services.client.port: 65536 is out of range
     1 | services: {client: {port: 65536}}
       |                           ^^^^^
      hint: write a number from 1 to 65535
    "#);
}

#[test]
fn words_quantities_and_durations_are_checked() {
    assert_snapshot!(said_about(1, &[
        "formation: paralel\n",
        "storage: {size: 10GB}\n",
        "storage: {size: \"0\"}\n",
        "storage: {size: -1Gi}\n",
        "resources: {requests: {memory: 2Gi}, limits: {memory: 1Gi}}\n",
        "membership: {grace: soon}\n",
    ]), @r#"
    v.yaml:1:12: error[invalid-value]: formation: "paralel" is not one of ordered, parallel
     1 | formation: paralel
       |            ^^^^^^^
      hint: did you mean "parallel"?

    v.yaml:1:17: error[invalid-value]: storage.size: "10GB" is not a quantity
     1 | storage: {size: 10GB}
       |                 ^^^^
      hint: such as "10Gi"

    v.yaml:1:17: error[invalid-quantity]: storage.size: a volume needs a size
     1 | storage: {size: "0"}
       |                 ^^^
      hint: such as "10Gi"

    v.yaml:1:17: error[invalid-value]: storage.size: "-1Gi" is not a quantity
     1 | storage: {size: -1Gi}
       |                 ^^^^
      hint: such as "10Gi"

    v.yaml:1:55: error[invalid-quantity]: resources.limits.memory: the limit 1Gi is below the request 2Gi
     1 | resources: {requests: {memory: 2Gi}, limits: {memory: 1Gi}}
       |                                                       ^^^

    v.yaml:1:21: error[invalid-value]: membership.grace: "soon" is not a duration
     1 | membership: {grace: soon}
       |                     ^^^^
      hint: such as "90s"
    "#);
}

#[test]
fn names_that_are_too_long_or_no_names_are_refused() {
    let long = "n".repeat(64);
    assert_snapshot!(said_about(1, &[
        &format!("fullnameOverride: {long}\n"),
        &format!("fullnameOverride: {}\n", &long[..53]),
        "fullnameOverride: My_Name\n",
        &format!("nameOverride: {long}\n"),
        &format!("labels: {{{long}: x}}\n"),
        &format!("labels: {{x: {long}}}\n"),
    ]), @r#"
    v.yaml:1:19: error[invalid-value]: fullnameOverride: "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn… is not a DNS label that starts with a letter
     1 | fullnameOverride: nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
       |                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: it has 64 characters, 63 are allowed

    v.yaml:1:19: error[name-too-long]: fullnameOverride: the StatefulSet's name "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" has 53 characters, 52 are allowed
     1 | fullnameOverride: nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
       |                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: choose a shorter release name or fullnameOverride

    v.yaml:1:19: error[invalid-value]: fullnameOverride: "My_Name" is not a DNS label that starts with a letter
     1 | fullnameOverride: My_Name
       |                   ^^^^^^^
      hint: such as "rqdb"

    v.yaml:1:15: error[invalid-value]: nameOverride: "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn… is not a label value
     1 | nameOverride: nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
       |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: it has 64 characters, 63 are allowed

    v.yaml:1:10: error[invalid-name]: labels.nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn: "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" is not a qualified name
     1 | labels: {nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn: x}
       |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: write letters, digits, `-`, `_` and `.`, such as "example.com/team"

    v.yaml:1:13: error[invalid-value]: labels.x: "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn… is not a label value
     1 | labels: {x: nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn}
       |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: it has 64 characters, 63 are allowed
    "#);
}

#[test]
fn what_is_doubtful_is_a_warning() {
    assert_snapshot!(said_about(0, &["replicas: 4\n", "replicas: 1\n", "membership: {grace: 5s}\n"]), @"
    v.yaml:1:11: warning[even-voters]: replicas: 4 voters tolerate the loss of 1, as 3 do
     1 | replicas: 4
       |           ^
      hint: use 3 or 5

    v.yaml:1:11: warning[single-voter]: replicas: with one voter every restart is an outage, and a lost disk loses the data
     1 | replicas: 1
       |           ^
      hint: use 3 outside of development

    v.yaml:1:21: warning[grace-too-short]: membership.grace: an ordinary restart may take longer, and the member is dropped
     1 | membership: {grace: 5s}
       |                     ^^
      hint: use 90s or more
    ");
}

#[test]
fn several_mistakes_are_reported_at_once_from_every_stage_and_layer() {
    let place = Place::with_values("replicas: 2.5\nstorage:\n  siz: 1Gi\n  size: 10GB\nlabels: {a: yes}\nlabels: {}\n");
    assert_snapshot!(place.session(&[
        "rqchart template rqdb -f values.yaml --set formation=x --set-json 'extraArgs={}' -n X",
        "rqchart lint rqdb --set replicas=2,storage.ephemeral=true --strict",
    ]), @r#"
    $ rqchart template rqdb -f values.yaml --set formation=x --set-json 'extraArgs={}' -n X
    ! values.yaml:1:11: error[wrong-type]: replicas: expected a whole number, got the number 2.5
    !  1 | replicas: 2.5
    !    |           ^^^
    ! values.yaml:3:3: error[unknown-key]: storage.siz: there is no setting "siz" here
    !  3 |   siz: 1Gi
    !    |   ^^^
    !   hint: did you mean "size"?
    ! values.yaml:4:9: error[invalid-value]: storage.size: "10GB" is not a quantity
    !  4 |   size: 10GB
    !    |         ^^^^
    !   hint: such as "10Gi"
    ! values.yaml:5:13: error[ambiguous-scalar]: labels.a: `yes` is text in YAML 1.2 and true in YAML 1.1
    !  5 | labels: {a: yes}
    !    |             ^^^
    !   hint: write true, or "yes" if it is text
    ! values.yaml:6:1: error[duplicate-key]: labels: `labels` is set already in line 5
    !  6 | labels: {}
    !    | ^^^^^^
    !   hint: remove one of them
    ! --set-json:1:11: error[wrong-type]: extraArgs: expected a list, got a mapping
    !  1 | extraArgs={}
    !    |           ^
    !   hint: begin each entry with `- `
    ! --set:1:11: error[invalid-value]: formation: "x" is not one of ordered, parallel
    !  1 | formation=x
    !    |           ^
    ! error[invalid-name]: the namespace "X" is not a DNS label
    !   hint: use at most 63 lower-case letters, digits and dashes
    exit 1
    $ rqchart lint rqdb --set replicas=2,storage.ephemeral=true --strict
    ! --set:1:10: warning[even-voters]: replicas: 2 voters tolerate the loss of 0, as 1 do
    !  1 | replicas=2,storage.ephemeral=true
    !    |          ^
    !   hint: use 1 or 3
    ! --set:1:10: warning[single-fault]: replicas: a single fault leaves nobody who can lead: the scenario disk-lost, and 8 others do
    !  1 | replicas=2,storage.ephemeral=true
    !    |          ^
    !   hint: see how: rqchart simulate --scenario disk-lost --output timeline
    ! --set:1:30: warning[ephemeral-storage]: storage.ephemeral: a pod that is deleted or moved loses its disk; when a majority does at once, all rows are lost
    !  1 | replicas=2,storage.ephemeral=true
    !    |                              ^^^^
    exit 1
    "#);
}

#[test]
fn findings_for_programs_are_json_with_the_same_exit_code() {
    let place = Place::with_values("replicas: 2\nstorage: {siz: 1Gi}\n");
    let run = place.run("rqchart lint rqdb -f values.yaml -o json");
    let report: Value = serde_json::from_str(run.stdout()).unwrap();
    assert_eq!((run.code, &report["errors"]), (1, &Value::from(1)), "{run}");
    assert_snapshot!(run, @r#"
    $ rqchart lint rqdb -f values.yaml -o json
    {
      "diagnostics": [
        {
          "code": "unknown-key",
          "severity": "error",
          "path": "/storage/siz",
          "location": {
            "source": "values.yaml",
            "line": 2,
            "column": 11,
            "length": 3,
            "text": "storage: {siz: 1Gi}",
            "textStart": 1
          },
          "message": "there is no setting \"siz\" here",
          "hint": "did you mean \"size\"?"
        }
      ],
      "errors": 1,
      "warnings": 0
    }
    exit 1
    "#);
    assert_snapshot!(place.session(&["rqchart lint rqdb -o json"]), @r#"
    $ rqchart lint rqdb -o json
    {
      "diagnostics": [],
      "errors": 0,
      "warnings": 0
    }
    "#);
    assert_eq!(place.run("rqchart lint rqdb --set replicas=2 -o json").code, 0);
    assert_eq!(place.run("rqchart lint rqdb --set replicas=2 -o json --strict").code, 1);
}
