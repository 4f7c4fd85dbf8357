//! `--set` and its relatives: mistakes in them, and what they replace.

use insta::assert_snapshot;
use rqchart::link::{Target, share};
use serde_json::json;

use crate::place::Place;

#[test]
fn a_mistake_in_a_flag_is_placed_in_that_flag() {
    let place = Place::with_values("replicas: 3\nstorage: {size: 1Gi}\n");
    place.write("bytes", b"\xff");
    let said = [
        "--set replicas=3 --set 'a.b['",
        "--set replicas=x",
        "--set replicas=3 --set labels.a=b,replicaz=5",
        "--set storage=1 -f values.yaml",
        "--set 'tolerations[2].key=x'",
        "--set replicas",
        "--set =3",
        "--set-json 'labels={'",
        "--set-json '{\"replicas\": 3}x'",
        "--set-string replicas=3",
        "--set-file labels.a=bytes",
        "--set-literal labels=x",
        "--set replicas=3 -f values.yaml --set replicas=0",
    ]
    .map(|flags| {
        let run = place.run(&format!("rqchart lint rqdb {flags}"));
        format!("{flags}\n  {}\n", run.refused(1).lines().next().unwrap_or_default())
    });
    assert_snapshot!(said.concat(), @r#"
    --set replicas=3 --set 'a.b['
      --set #2:1:5: error[set-syntax]: a.b: `[` is not closed
    --set replicas=x
      --set:1:10: error[wrong-type]: replicas: expected a whole number, got the text "x"
    --set replicas=3 --set labels.a=b,replicaz=5
      --set #2:1:12: error[unknown-key]: replicaz: there is no setting "replicaz" here
    --set storage=1 -f values.yaml
      --set:1:9: error[scalar-over-map]: storage: a number would replace a mapping from values.yaml:2:10
    --set 'tolerations[2].key=x'
      --set:1:13: error[list-replaced]: tolerations[0]: no layer sets this element of the list
    --set replicas
      --set:1:1: error[set-syntax]: replicas: `replicas` has no value
    --set =3
      --set:1:1: error[set-syntax]: a name is missing here
    --set-json 'labels={'
      --set-json:1:8: error[yaml-syntax]: labels: EOF while parsing an object
    --set-json '{"replicas": 3}x'
      --set-json:1:16: error[yaml-syntax]: nothing can follow the JSON object
    --set-string replicas=3
      --set-string:1:10: error[wrong-type]: replicas: expected a whole number, got the text "3"
    --set-file labels.a=bytes
      --set-file:1:10: error[invalid-utf8]: labels.a: bytes is not UTF-8 text
    --set-literal labels=x
      --set-literal:1:8: error[wrong-type]: labels: expected a mapping, got the text "x"
    --set replicas=3 -f values.yaml --set replicas=0
      --set #2:1:10: error[out-of-range]: replicas: 0 is out of range
    "#);
}

#[test]
fn a_mistake_says_what_it_replaced() {
    let place = Place::with_values("replicas: 3\n");
    assert_snapshot!(place.session(&["rqchart lint rqdb -f values.yaml --set replicas=0"]), @"
    $ rqchart lint rqdb -f values.yaml --set replicas=0
    ! --set:1:10: error[out-of-range]: replicas: 0 is out of range
    !  1 | replicas=0
    !    |          ^
    !   note: replaces values.yaml:1:11
    !   hint: write a number from 1 to 999
    exit 1
    ");
}

#[test]
fn a_flag_can_be_hostile_too() {
    let place = Place::new();
    let deep = "a.".repeat(20_000);
    let lists = "[".repeat(20_000);
    place
        .write("deep.sh", format!("rqchart lint rqdb --set {deep}b=1 --set-json 'a={lists}' --set 'a[99999999999]=1'"));
    let run = place.run("sh deep.sh");
    assert!(run.refused(1).len() < 3000, "{run}");
}

#[test]
fn a_link_begins_with_what_it_says_and_anything_else_wins() {
    let place = Place::new();
    let release = Target { name: "shop".to_owned(), namespace: "databases".to_owned(), ..Target::default() };
    let link = share(&release, &json!({ "replicas": 5, "labels": { "team": "storage" } })).unwrap().link;
    let same = place.run("rqchart template shop -n databases --set replicas=5,labels.team=storage");
    assert_eq!(place.run(&format!("rqchart template --from-link {link}")).stdout(), same.stdout());
    let others = place.run("rqchart template rqdb -n databases --set replicas=7,labels.team=storage");
    let overridden = place.run(&format!("rqchart template rqdb --from-link {link} --set replicas=7"));
    assert_eq!((overridden.code, overridden.stdout()), (0, others.stdout()));
    let broken = place.run(&format!("rqchart template --from-link {}", &link[..link.len() - 4]));
    assert!(broken.code == 1 && broken.to_string().contains("error[invalid-link]"), "{broken}");
}
