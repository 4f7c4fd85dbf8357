//! The main job: `rqchart template`.

use insta::assert_snapshot;
use serde_json::Value;

use crate::place::Place;

/// The lines that say which template a document comes from.
fn sources(manifests: &str) -> Vec<&str> {
    manifests.lines().filter_map(|line| line.strip_prefix("# Source: ")).collect()
}

#[test]
fn every_document_says_where_it_comes_from_in_the_order_of_installation() {
    let place = Place::new();
    let run = place.run("rqchart template rqdb");
    assert!(run.fine().starts_with("---\n# Source: rqlite/templates/"));
    assert_snapshot!(sources(run.fine()).join("\n"), @"
    rqlite/templates/networkpolicy.yaml
    rqlite/templates/poddisruptionbudget.yaml
    rqlite/templates/serviceaccount.yaml
    rqlite/templates/configmap-scripts.yaml
    rqlite/templates/service-client.yaml
    rqlite/templates/service-headless.yaml
    rqlite/templates/statefulset.yaml
    ");
}

#[test]
fn the_namespace_is_every_objects_and_the_release_names_them() {
    let place = Place::new();
    let run = place.run("rqchart template other -n data -o json");
    let list: Value = serde_json::from_str(run.fine()).unwrap();
    for item in list["items"].as_array().unwrap() {
        assert_eq!(item["metadata"]["namespace"], "data");
        assert!(item["metadata"]["name"].as_str().unwrap().starts_with("other"), "{item}");
    }
    assert_eq!(place.run("rqchart template").fine(), place.run("rqchart template rqlite -n default").fine());
}

#[test]
fn json_is_one_list_of_the_same_objects() {
    let place = Place::new();
    let run = place.run("rqchart template rqdb -o json");
    let list: Value = serde_json::from_str(run.fine()).unwrap();
    assert_eq!((&list["apiVersion"], &list["kind"]), (&Value::from("v1"), &Value::from("List")));
    let kinds: Vec<_> = list["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect();
    let yaml = place.run("rqchart template rqdb");
    let in_yaml: Vec<_> = yaml.fine().lines().filter_map(|line| line.strip_prefix("kind: ")).collect();
    assert_eq!(kinds, in_yaml);
}

#[test]
fn one_template_is_shown_under_any_of_its_names() {
    let place = Place::new();
    let asked = |names: &str| place.run(&format!("rqchart template rqdb {names}")).fine().to_owned();
    let expected = asked("-s templates/statefulset.yaml");
    assert_eq!(sources(&expected), ["rqlite/templates/statefulset.yaml"]);
    for same in ["statefulset.yaml", "templates/statefulset.yaml.tera", "rqlite/templates/statefulset.yaml"] {
        assert_eq!(asked(&format!("--show-only {same}")), expected, "{same}");
    }
    let both = asked("-s statefulset.yaml -s serviceaccount.yaml");
    assert_eq!(sources(&both), ["rqlite/templates/serviceaccount.yaml", "rqlite/templates/statefulset.yaml"]);
}

#[test]
fn a_template_that_rendered_nothing_is_told_from_those_that_did() {
    let place = Place::new();
    assert_snapshot!(place.session(&[
        "rqchart template rqdb -s nonsense.yaml",
        "rqchart template rqdb -s statefulset.yaml -s deployment-prune.yaml",
    ]), @r#"
    $ rqchart template rqdb -s nonsense.yaml
    ! error: no document comes from "nonsense.yaml"; rendered were templates/networkpolicy.yaml, templates/poddisruptionbudget.yaml, templates/serviceaccount.yaml, templates/configmap-scripts.yaml, templates/service-client.yaml, templates/service-headless.yaml, templates/statefulset.yaml
    exit 2
    $ rqchart template rqdb -s statefulset.yaml -s deployment-prune.yaml
    ! error: no document comes from "deployment-prune.yaml"; rendered were templates/networkpolicy.yaml, templates/poddisruptionbudget.yaml, templates/serviceaccount.yaml, templates/configmap-scripts.yaml, templates/service-client.yaml, templates/service-headless.yaml, templates/statefulset.yaml
    exit 2
    "#);
}

#[test]
fn warnings_are_said_and_strict_makes_them_count() {
    let place = Place::with_values("replicas: 2\n");
    assert_snapshot!(place.session(&[
        "rqchart template rqdb -f values.yaml | grep -c '^kind:'",
        "rqchart template rqdb -f values.yaml --strict",
        "rqchart template rqdb -f values.yaml --strict -o json",
        "rqchart template rqdb -f values.yaml --strict --output-dir out; ls",
    ]), @"
    $ rqchart template rqdb -f values.yaml | grep -c '^kind:'
    7
    ! values.yaml:1:11: warning[even-voters]: replicas: 2 voters tolerate the loss of 0, as 1 do
    !  1 | replicas: 2
    !    |           ^
    !   hint: use 1 or 3
    $ rqchart template rqdb -f values.yaml --strict
    ! values.yaml:1:11: warning[even-voters]: replicas: 2 voters tolerate the loss of 0, as 1 do
    !  1 | replicas: 2
    !    |           ^
    !   hint: use 1 or 3
    exit 1
    $ rqchart template rqdb -f values.yaml --strict -o json
    ! values.yaml:1:11: warning[even-voters]: replicas: 2 voters tolerate the loss of 0, as 1 do
    !  1 | replicas: 2
    !    |           ^
    !   hint: use 1 or 3
    exit 1
    $ rqchart template rqdb -f values.yaml --strict --output-dir out; ls
    values.yaml
    ! values.yaml:1:11: warning[even-voters]: replicas: 2 voters tolerate the loss of 0, as 1 do
    !  1 | replicas: 2
    !    |           ^
    !   hint: use 1 or 3
    ");
}

#[test]
fn values_come_from_every_flag_in_helms_order() {
    let place = Place::with_values("labels: {file: values, text: lost}\n");
    place.write("more.yaml", "labels: {file: more}\n");
    place.write("text", "from-a-file");
    let flags = "--set-literal labels.literal=1.5 --set-file labels.path=text --set-string labels.text=012 \
                 --set labels.set=x --set-json 'labels.json=\"y\"' -f values.yaml,more.yaml";
    let run = place.run(&format!("rqchart template rqdb {flags} -s serviceaccount.yaml"));
    let labels = ["file", "json", "set", "text", "path", "literal"];
    let lines =
        run.fine().lines().filter(|line| labels.iter().any(|label| line.trim().starts_with(&format!("{label}:"))));
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    file: more
    json: "y"
    literal: "1.5"
    path: from-a-file
    set: x
    text: "012"
    "#);
}

#[test]
fn the_release_and_the_version_of_kubernetes_are_checked_too() {
    let place = Place::new();
    let long = "a".repeat(64);
    assert_snapshot!(place.session(&[
        "rqchart template 'My App' -n x_y",
        &format!("rqchart template {long}"),
        &format!("rqchart template {}", &long[..53]),
        "rqchart template rqdb --kube-version latest",
        "rqchart template rqdb --kube-version 1.10",
        "rqchart template rqdb --api-versions apps/v1,Gateway",
        "rqchart template rqdb -a apps/v1 --api-versions gateway.networking.k8s.io/v1/TLSRoute \
            --set gateway.httpRoute.parentRefs[0].name=public",
    ]), @r#"
    $ rqchart template 'My App' -n x_y
    ! error[invalid-name]: the release name "My App" is not a DNS label that starts with a letter
    !   hint: use at most 63 lower-case letters, digits and dashes
    ! error[invalid-name]: the namespace "x_y" is not a DNS label
    !   hint: use at most 63 lower-case letters, digits and dashes
    exit 1
    $ rqchart template aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    ! error[invalid-name]: the release name "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" is not a DNS label that starts with a letter
    !   hint: use at most 63 lower-case letters, digits and dashes
    exit 1
    $ rqchart template aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    ! error[name-too-long]: fullnameOverride: the StatefulSet's name "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" has 53 characters, 52 are allowed
    !   hint: choose a shorter release name or fullnameOverride
    exit 1
    $ rqchart template rqdb --kube-version latest
    ! error: "latest" is not a version of Kubernetes; write one such as 1.34
    exit 2
    $ rqchart template rqdb --kube-version 1.10
    ! error[out-of-range]: Kubernetes 1.10 lacks fields that are rendered
    !   hint: 1.27 is the oldest that has them
    exit 1
    $ rqchart template rqdb --api-versions apps/v1,Gateway
    ! error: "Gateway" is not an API version; write one such as apps/v1
    exit 2
    $ rqchart template rqdb -a apps/v1 --api-versions gateway.networking.k8s.io/v1/TLSRoute --set gateway.httpRoute.parentRefs[0].name=public
    ! --set:1:9: warning[open-access]: gateway.httpRoute: an HTTPRoute lets whoever reaches it read and write everything
    !  1 | gateway.httpRoute.parentRefs[0].name=public
    !    |         ^^^^^^^^^
    !   hint: set auth
    ! --set:1:19: error[api-missing]: gateway.httpRoute.parentRefs: the cluster was said to have no HTTPRoute of gateway.networking.k8s.io/v1
    !  1 | gateway.httpRoute.parentRefs[0].name=public
    !    |                   ^^^^^^^^^^
    !   hint: install the Gateway API, or add it to --api-versions
    exit 1
    "#);
}
