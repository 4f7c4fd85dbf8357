use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::layers::{Layer, merge};

fn shared(values: &Value) -> Shared {
    share(&Target::default(), values).unwrap()
}

fn values_of(link: &str) -> Value {
    Value::Object(open(link).unwrap().values)
}

#[test]
fn only_what_is_no_default_is_in_a_link() {
    assert_eq!(shared(&json!({})).link, "v=1");
    assert_eq!(shared(&json!({ "replicas": 3, "storage": { "size": "10Gi" }, "labels": {} })).link, "v=1");
    let some = json!({ "replicas": 5, "storage": { "size": "10Gi", "ephemeral": true } });
    assert_eq!(values_of(&shared(&some).link), json!({ "replicas": 5, "storage": { "ephemeral": true } }));
    // null removes a default; an empty group that changes nothing is none.
    let groups = json!({ "podDisruptionBudget": null, "readers": { "replicas": 1, "podDisruptionBudget": {} } });
    let short = json!({ "podDisruptionBudget": null, "readers": { "replicas": 1 } });
    assert_eq!(values_of(&shared(&groups).link), short);
    assert_eq!(values_of(&shared(&json!({ "replicsa": 5 })).link), json!({ "replicsa": 5 }));
}

#[test]
fn equal_values_give_equal_links() {
    let link = |text: &str| shared(&serde_json::from_str(text).unwrap()).link;
    assert_eq!(
        link(r#"{ "replicas": 5, "labels": { "a": "b", "c": "d" } }"#),
        link(r#"{ "labels": { "c": "d", "a": "b" }, "replicas": 5 }"#)
    );
}

#[test]
fn the_release_is_in_a_link_where_it_is_another_one() {
    let release = Target {
        name: "shop".into(),
        namespace: "databases".into(),
        kube_version: Some("1.34".into()),
        api_versions: vec!["apps/v1".into()],
    };
    let opened = open(&share(&release, &json!({})).unwrap().link).unwrap();
    assert_eq!(opened.release, Target { kube_version: None, ..release });
}

#[test]
fn secrets_are_left_out() {
    let user = json!({ "username": "app", "password": "hidden1", "permissions": ["all"] });
    let values = json!({
        "auth": { "users": [user], "probePassword": "hidden2", "memberPassword": "hidden3", "backupPassword": "hidden4", "existingSecret": "shown1" },
        "extraEnv": [{ "name": "API_TOKEN", "value": "hidden5" }, { "name": "TZ", "value": "shown2" }],
        "extraArgs": ["-raft-log-level=shown3", "-x-password=hidden6"],
        "cdc": { "endpoint": "https://app:hidden7@example.com/shown" },
        "extraObjects": [
            { "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "shown4" }, "stringData": { "a": "hidden8" }, "data": { "b": "hidden9" } },
            { "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "shown5" }, "data": { "clientSecret": "hidden10", "secretName": "shown6", "key": "-----BEGIN RSA PRIVATE KEY-----\nhidden11" } },
        ],
        "patches": [{ "kind": "Service", "json": [{ "op": "add", "path": "/metadata/annotations/token", "value": "hidden12" }] }],
    });
    let shared = shared(&values);
    let text = open(&shared.link).unwrap().text();
    assert!(!text.contains("hidden"), "{text}");
    (1..=6).for_each(|number| assert!(text.contains(&format!("shown{number}")), "{number}: {text}"));
    assert_eq!(shared.omitted.len(), 12, "{:?}", shared.omitted);
    assert!(shared.omitted.contains(&"/extraArgs/1".to_owned()));
}

#[test]
fn every_setting_that_is_typed_as_a_secret_is_said_to_be_one() {
    let reference = Reference::built_in();
    for path in ["auth.users[0].password", "auth.probePassword", "auth.memberPassword", "auth.backupPassword"] {
        assert!(reference.find(path).unwrap().is_secret(), "{path}");
    }
    for path in ["auth.existingSecret", "auth.users[0].username", "tls.client.secretName"] {
        assert!(!reference.find(path).unwrap().is_secret(), "{path}");
    }
}

#[test]
fn what_is_no_link_is_a_finding() {
    let bomb = |size: usize| {
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
        deflated.write_all(&vec![b' '; size]).unwrap();
        format!("v=1,s={}", base64::encode(&deflated.finish().unwrap()))
    };
    let of = |json: &str| {
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
        deflated.write_all(json.as_bytes()).unwrap();
        format!("v=1,s={}", base64::encode(&deflated.finish().unwrap()))
    };
    let whole = shared(&json!({ "replicas": 5 })).link;
    let deep = format!("{{\"values\":{{\"a\":{}{}}}}}", "[".repeat(1_000), "]".repeat(1_000));
    let message = |link: &str| open(link).unwrap_err().message;
    assert_eq!(open(&of("{}")), Ok(State::default()));
    insta::assert_snapshot!(
        [
            message(""),
            message("v=1x"),
            message("v=2,s=abc"),
            message(&format!("v=1,s={}", "a".repeat(MOST_TEXT))),
            message(&whole[..whole.len() - 2]),
            message(&format!("{whole}ä")),
            message(&bomb(50 << 20)),
            message(&of(&deep)),
            message(&of("[]")),
            message(&of("{\"release\":[]}")),
            message(&of("{\"values\":{},\"more\":1}")),
            message(&of(&json!({ "release": { "name": "x".repeat(1_000) } }).to_string())),
        ]
        .join("\n"),
        @"
    a link begins with `v=1`
    a link begins with `v=1`
    the link is of version 2, which is not known here
    the link has more than 262144 characters
    the link was cut off or changed
    the link was cut off or changed
    the link inflates to more than 1048576 bytes
    the link was cut off or changed
    the link was cut off or changed
    the link was cut off or changed
    the link was cut off or changed
    the names in the link are too long
    "
    );
    for half in ["v=1,", "v=1,s", "v=1,bogus", "v=1,s=,x", &format!("{whole},")] {
        assert_eq!(open(half).unwrap_err().message, "the link was cut off or changed", "{half}");
    }
    assert_eq!(values_of("v=1"), json!({}));
    assert_eq!(values_of(&format!("https://example.com/page/#{whole}")), json!({ "replicas": 5 }));
    assert!(share(&Target::default(), &json!({ "labels": { "a": "x".repeat(2 << 20) } })).is_err());
}

#[test]
fn a_scenario_takes_the_place_of_another_and_leaves_the_rest() {
    let plain = shared(&json!({ "replicas": 5 })).link;
    let (one, two) = (json!({ "name": "one" }), json!({ "name": "two", "steps": [] }));
    let link = with_scenario(&with_scenario(&plain, &one), &two);
    assert_eq!((open(&link), scenario(&link)), (open(&plain), Ok(Some(two))));
    assert_eq!(scenario(&plain), Ok(None));
    let message = |link: &str| scenario(link).unwrap_err().message;
    assert_eq!(message(&link[..link.len() - 2]), "the link was cut off or changed");
    assert_eq!(message("v=2,p=e30"), "the link is of version 2, which is not known here");
    let deep = format!("v=1,p={}", base64::encode("[".repeat(1_000).as_bytes()));
    assert_eq!(message(&deep), "the link was cut off or changed");
}

proptest! {
    #[test]
    fn values_come_back_as_a_text_that_means_the_same(
        labels in vec(("[a-z]{1,4}", "[ -~é\n]{0,12}"), 0..4), replicas in 1..9u8,
    ) {
        let labels: Map<_, _> = labels.into_iter().map(|(key, text)| (key, Value::from(text))).collect();
        let values = json!({ "replicas": replicas, "podAnnotations": labels });
        prop_assume!(secrets::remove(&mut values.clone(), Reference::built_in()).is_empty());
        let text = open(&shared(&values).link).unwrap().text();
        let merged = merge(&[Layer::File { name: "f", text: text.as_bytes() }]);
        prop_assert_eq!(merged.diagnostics(), &[]);
        prop_assert_eq!(schema::accepted(merged.values()), schema::accepted(&values));
    }

    #[test]
    fn no_link_makes_it_panic(text in "(v=[0-9]{0,2})?,?([sp]=)?[A-Za-z0-9_-]{0,40}\\PC{0,4}") {
        let _ = (open(&text), scenario(&text));
    }
}
