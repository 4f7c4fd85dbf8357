//! The two kinds of patches on plain JSON, then what they find and change in a rendered release.

use rqchart_core::release::{KubeVersion, Release};
use serde_json::json;

use super::*;
use crate::{Chart, Renderer, Rendering};

/// What the default values make of membership.grace.
const REAP: &str = "-raft-reap-node-timeout=90s";
const REAP_READERS: &str = "-raft-reap-read-only-node-timeout=90s";

fn merged(target: &Value, patch: &Value) -> Result<Value, (String, String)> {
    let mut target = target.as_object().unwrap().clone();
    let merged = merge::map(&mut target, patch.as_object().unwrap(), "");
    merged.map(|()| target.into()).map_err(|Failure { at, message }| (at, message))
}

#[test]
fn merging_follows_kubernetes() {
    let pod = json!({
        "a": { "b": 1, "c": 2 },
        "containers": [
            { "name": "x", "env": [{ "name": "A", "value": "1" }], "args": ["p", "q"], "ports": [{ "name": "http", "containerPort": 1 }] },
            { "name": "y" },
        ],
        "tolerations": [{ "key": "t" }],
    });
    let one = |key: &str, value: Value| {
        let mut other = pod.clone();
        other[key] = value;
        other
    };
    let x = |change: Value| {
        let mut other = pod.clone();
        other["containers"][0].as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        other
    };
    let cases = [
        (json!({}), pod.clone()),
        (json!({ "a": { "b": null, "d": { "e": null, "f": 3 } } }), one("a", json!({ "c": 2, "d": { "f": 3 } }))),
        (json!({ "a": { "$patch": "replace", "d": 3 } }), one("a", json!({ "d": 3 }))),
        (json!({ "a": 1 }), one("a", json!(1))),
        (json!({ "n": null, "m": { "$patch": "delete" } }), pod.clone()),
        (json!({ "n": { "m": {} } }), one("n", json!({ "m": {} }))),
        // Lists: replaced, or merged by a key
        (json!({ "tolerations": [{ "key": "u" }] }), one("tolerations", json!([{ "key": "u" }]))),
        (json!({ "tolerations": [] }), one("tolerations", json!([]))),
        (json!({ "containers": [] }), pod.clone()),
        (json!({ "containers": [{ "name": "x", "args": ["r"] }] }), x(json!({ "args": ["r"] }))),
        (
            json!({ "containers": [{ "name": "x", "env": [{ "name": "B" }, { "name": "A", "value": null, "valueFrom": {} }] }] }),
            x(json!({ "env": [{ "name": "A", "valueFrom": {} }, { "name": "B" }] })),
        ),
        (
            json!({ "containers": [{ "name": "x", "ports": [{ "containerPort": 2 }, { "containerPort": 1, "name": "web" }] }] }),
            x(json!({ "ports": [{ "name": "web", "containerPort": 1 }, { "containerPort": 2 }] })),
        ),
        (json!({ "containers": [{ "name": "x", "$patch": "delete" }] }), one("containers", json!([{ "name": "y" }]))),
        (
            json!({ "containers": [{ "name": "y", "$patch": "replace", "image": "i" }, { "name": "x", "$patch": "delete" }] }),
            one("containers", json!([{ "image": "i", "name": "y" }])),
        ),
        (
            json!({ "containers": [{ "name": "z" }, { "$patch": "replace" }] }),
            one("containers", json!([{ "name": "z" }])),
        ),
        (
            json!({ "volumes": [{ "name": "v", "emptyDir": { "medium": null } }] }),
            one("volumes", json!([{ "name": "v", "emptyDir": {} }])),
        ),
    ];
    for (patch, expected) in cases {
        assert_eq!(merged(&pod, &patch), Ok(expected), "{patch}");
    }
}

#[test]
fn what_cannot_be_merged_is_said_where_it_stands() {
    let target = json!({ "containers": [{ "name": "x" }] });
    for (patch, at, message) in [
        (json!({ "$patch": "delete" }), "", "an object cannot remove itself"),
        (json!({ "a": { "$patch": "keep" } }), "/a/$patch", "$patch is one of merge, replace and delete"),
        (
            json!({ "a": { "$retainKeys": [] } }),
            "/a/$retainKeys",
            "the directive \"$retainKeys\" is not supported; $patch is",
        ),
        (
            json!({ "containers": [{ "name": "x" }, { "image": "i" }] }),
            "/containers/1",
            "entries of this list are merged by name, which this one lacks",
        ),
        (
            json!({ "containers": ["x"] }),
            "/containers/0",
            "entries of this list are merged by name, which this one lacks",
        ),
        (
            json!({ "containers": [{ "name": "z", "$patch": "delete" }] }),
            "/containers/0",
            "there is no entry with name \"z\"",
        ),
        (
            json!({ "args": [{ "$patch": "delete", "a": 1 }] }),
            "/args/0",
            "the list is replaced whole: write the entries that stay",
        ),
    ] {
        assert_eq!(merged(&target, &patch), Err((at.to_owned(), message.to_owned())), "{patch}");
    }
}

fn operated(object: &Value, operations: &Value) -> Result<Value, (String, String)> {
    let operations: Vec<_> = serde_json::from_value(operations.clone()).unwrap();
    let mut object = object.clone();
    operations::apply(&mut object, &operations).map_err(|Failure { at, message }| (at, message))?;
    Ok(object)
}

/// RFC 6902, appendix A, except for what does not concern an object's inside.
#[test]
fn operations_do_what_the_rfc_says() {
    for (object, operation, expected) in [
        (
            json!({ "foo": "bar" }),
            json!({ "op": "add", "path": "/baz", "value": "qux" }),
            json!({ "baz": "qux", "foo": "bar" }),
        ),
        (json!({ "foo": [1, 2] }), json!({ "op": "add", "path": "/foo/1", "value": 3 }), json!({ "foo": [1, 3, 2] })),
        (json!({ "foo": [1] }), json!({ "op": "add", "path": "/foo/1", "value": [2] }), json!({ "foo": [1, [2]] })),
        (json!({ "foo": [1] }), json!({ "op": "add", "path": "/foo/-", "value": null }), json!({ "foo": [1, null] })),
        (json!({ "foo": 1 }), json!({ "op": "add", "path": "/foo", "value": {} }), json!({ "foo": {} })),
        (json!({ "baz": 1, "foo": 2 }), json!({ "op": "remove", "path": "/baz" }), json!({ "foo": 2 })),
        (json!({ "foo": [1, 2, 3] }), json!({ "op": "remove", "path": "/foo/1" }), json!({ "foo": [1, 3] })),
        (json!({ "foo": 1 }), json!({ "op": "replace", "path": "/foo", "value": 2 }), json!({ "foo": 2 })),
        (
            json!({ "foo": { "bar": 1, "waldo": 2 }, "qux": {} }),
            json!({ "op": "move", "from": "/foo/waldo", "path": "/qux/thud" }),
            json!({ "foo": { "bar": 1 }, "qux": { "thud": 2 } }),
        ),
        (
            json!({ "foo": [1, 2, 3] }),
            json!({ "op": "move", "from": "/foo/0", "path": "/foo/2" }),
            json!({ "foo": [2, 3, 1] }),
        ),
        (json!({ "a": 1 }), json!({ "op": "copy", "from": "/a", "path": "/b" }), json!({ "a": 1, "b": 1 })),
        (
            json!({ "a/b": { "~1": 1 } }),
            json!({ "op": "test", "path": "/a~1b/~01", "value": 1 }),
            json!({ "a/b": { "~1": 1 } }),
        ),
        (json!({ "": 1 }), json!({ "op": "replace", "path": "/", "value": 2 }), json!({ "": 2 })),
    ] {
        assert_eq!(operated(&object, &json!([operation])), Ok(expected), "{operation}");
    }
}

/// RFC 6902, 4.6.
#[test]
fn a_test_compares_numbers_by_what_they_are_worth() {
    let object = json!({ "n": 3, "deep": [{ "b": -0.5, "a": 4001.0 }] });
    let test =
        |path: &str, value: Value| operated(&object, &json!([{ "op": "test", "path": path, "value": value }])).is_ok();
    assert!(test("/n", json!(3.0)) && test("/n", json!(3)));
    assert!(test("/deep", json!([{ "a": 4001, "b": -0.5 }])));
    assert!(!test("/n", json!(3.5)) && !test("/n", json!("3")) && !test("/n", json!(true)));
    assert!(!test("/deep", json!([{ "a": 4001 }])) && !test("/deep", json!([{ "a": 4001, "b": 0.5 }])));
    assert!(!test("/deep", json!([])) && !test("/deep/0", json!({ "a": 4001, "c": -0.5 })));
}

#[test]
fn an_operation_that_does_not_apply_says_which_and_why() {
    let object = json!({ "a": { "b": [1] }, "s": "x" });
    for (operation, message) in [
        (json!({ "op": "add", "path": "/x/y", "value": 1 }), "add: there is nothing at /x"),
        (
            json!({ "op": "add", "path": "/s/y", "value": 1 }),
            "add: what /s/y leads into is neither a mapping nor a list",
        ),
        (json!({ "op": "add", "path": "/a/b/2", "value": 1 }), "add: the list at /a/b/2 has 1 entries"),
        (json!({ "op": "add", "path": "/a/b/00", "value": 1 }), "add: the list at /a/b/00 has 1 entries"),
        (json!({ "op": "remove", "path": "/a/c" }), "remove: there is nothing at /a/c"),
        (json!({ "op": "remove", "path": "/a/b/1" }), "remove: there is nothing at /a/b/1"),
        (json!({ "op": "remove", "path": "/a/b/-" }), "remove: there is nothing at /a/b/-"),
        (json!({ "op": "replace", "path": "/a/c", "value": 1 }), "replace: there is nothing at /a/c"),
        (json!({ "op": "move", "from": "/a", "path": "/a/b/0" }), "move: /a/b/0 lies within /a"),
        (json!({ "op": "copy", "from": "/z", "path": "/a/z" }), "copy: there is nothing at /z"),
        (json!({ "op": "test", "path": "/s", "value": "y" }), "test: /s has another value"),
    ] {
        let first = json!({ "op": "test", "path": "/s", "value": "x" });
        assert_eq!(operated(&object, &json!([first, operation])), Err(("/json/1".to_owned(), message.to_owned())));
    }
}

fn rendered(values: &Value) -> Rendering {
    let chart = Chart::embedded();
    let release = Release::new("rqdb", "default", chart.info().clone(), KubeVersion::DEFAULT).unwrap();
    Renderer::new(chart).unwrap().render(values, &release).unwrap()
}

fn found(patches: &Value) -> Vec<String> {
    let rendering = rendered(&json!({ "patches": patches }));
    let findings = rendering.diagnostics;
    assert_eq!(rendering.documents.is_empty(), findings.iter().any(Diagnostic::is_error));
    findings.iter().map(|finding| format!("{} {} {}", finding.severity, finding.code, finding.path)).collect()
}

#[test]
fn only_what_a_patch_names_is_written_anew() {
    let plain = rendered(&json!({})).documents;
    let patch =
        json!({ "kind": "Service", "name": "rqdb-client", "merge": { "metadata": { "labels": { "a": "no" } } } });
    let patched = rendered(&json!({ "patches": [patch] }));
    assert_eq!(patched.diagnostics, []);
    for (before, after) in plain.iter().zip(&patched.documents) {
        if before.template == "templates/service-client.yaml" {
            assert_eq!(after.path, "/patches/0");
            assert_eq!(
                after.text,
                before
                    .text
                    .replace("    helm.sh/chart: rqlite-0.1.0\n", "    helm.sh/chart: rqlite-0.1.0\n    a: \"no\"\n")
            );
        } else {
            assert_eq!(before, after);
        }
    }
}

#[test]
fn a_patch_without_a_name_reaches_all_of_its_kind_and_a_later_one_sees_the_earlier() {
    let patches = json!([
        { "kind": "Service", "merge": { "metadata": { "labels": { "a": "b" } } } },
        { "kind": "Service", "json": [{ "op": "move", "from": "/metadata/labels/a", "path": "/metadata/labels/c" }] },
    ]);
    let documents = rendered(&json!({ "patches": patches })).documents;
    let with_label: Vec<_> = documents.iter().filter(|document| document.text.contains("    c: b\n")).collect();
    assert!(with_label.len() == 2 && with_label.iter().all(|document| document.text.contains("kind: Service")));
}

#[test]
fn a_patch_for_nothing_names_what_there_is() {
    let finding = |patch: Value| rendered(&json!({ "patches": [patch] })).diagnostics.remove(0).to_string();
    assert_eq!(
        finding(json!({ "kind": "Statefulset", "merge": {} })),
        "error[patch-target]: patches[0].kind: no Statefulset is rendered (did you mean \"StatefulSet\"?)"
    );
    assert_eq!(
        finding(json!({ "kind": "Service", "name": "rqdb-clients", "json": [] })),
        "error[patch-target]: patches[0].name: no Service called \"rqdb-clients\" is rendered (did you mean \"rqdb-client\"?)"
    );
    assert_eq!(
        finding(json!({ "kind": "Ingress", "name": "x", "json": [] })),
        "error[patch-target]: patches[0].kind: no Ingress is rendered (rendered are NetworkPolicy, PodDisruptionBudget, ServiceAccount, ConfigMap, Service, StatefulSet)"
    );
}

#[test]
fn what_decides_who_the_members_are_does_not_change() {
    let set = |merge: Value| json!([{ "kind": "StatefulSet", "merge": merge }]);
    let container = |fields: Value| {
        let mut container = json!({ "name": "rqlite" });
        container.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        set(json!({ "spec": { "template": { "spec": { "containers": [container] } } } }))
    };
    let identity = |place: &str| vec![format!("error patch-identity /patches/0/{place}")];
    let in_container = identity("merge/spec/template/spec/containers");
    for (patches, expected) in [
        (set(json!({ "metadata": { "name": "other" } })), identity("merge/metadata/name")),
        (set(json!({ "spec": { "serviceName": "other" } })), identity("merge/spec/serviceName")),
        (set(json!({ "spec": { "ordinals": { "start": 1 } } })), identity("merge/spec/ordinals")),
        (set(json!({ "spec": { "replicas": null } })), identity("merge/spec/replicas")),
        (set(json!({ "spec": { "podManagementPolicy": "Parallel" } })), identity("merge/spec/podManagementPolicy")),
        (
            set(json!({ "spec": { "template": { "spec": { "hostNetwork": true } } } })),
            identity("merge/spec/template/spec/hostNetwork"),
        ),
        (
            json!([{ "kind": "StatefulSet", "json": [
                { "op": "add", "path": "/metadata/labels/a", "value": "b" },
                { "op": "add", "path": "/spec/selector/matchLabels/a", "value": "b" },
                { "op": "add", "path": "/spec/template/metadata/labels/a", "value": "b" },
            ] }]),
            identity("json/1"),
        ),
        (
            json!([{ "kind": "ConfigMap", "json": [{ "op": "remove", "path": "/data/cluster.env" }] }]),
            identity("json/0"),
        ),
        (
            json!([{ "kind": "Service", "name": "rqdb-headless", "merge": { "spec": { "publishNotReadyAddresses": false } } }]),
            identity("merge/spec/publishNotReadyAddresses"),
        ),
        (
            json!([{ "kind": "PodDisruptionBudget", "merge": { "spec": { "selector": { "matchLabels": { "app.kubernetes.io/component": null } } } } }]),
            identity("merge/spec/selector"),
        ),
        (
            json!([{ "kind": "PodDisruptionBudget", "merge": { "spec": { "maxUnavailable": "100%" } } }]),
            identity("merge/spec/maxUnavailable"),
        ),
        // The rqlite container
        (container(json!({ "command": ["rqlited"] })), in_container.clone()),
        (container(json!({ "args": [REAP, REAP_READERS, "-fk=true", "-join=elsewhere:4002"] })), in_container.clone()),
        (
            container(json!({ "command": ["sh", "-c", "exec sh /etc/rqlite/start.sh \"$@\"", "sh"] })),
            vec!["warning patch-identity /patches/0/merge/spec/template/spec/containers".to_owned()],
        ),
        (
            container(json!({ "volumeMounts": [{ "mountPath": "/rqlite/file", "$patch": "delete" }] })),
            in_container.clone(),
        ),
        (container(json!({ "ports": [{ "containerPort": 4002, "name": "r" }] })), in_container),
        // What is nobody's business
        (container(json!({ "image": "other", "tty": true, "args": [REAP_READERS, REAP, "-fk=true"] })), vec![]),
        (set(json!({ "spec": { "revisionHistoryLimit": 3, "template": { "spec": { "hostIPC": true } } } })), vec![]),
    ] {
        assert_eq!(found(&patches), expected, "{patches}");
    }
}

#[test]
fn no_argument_is_forgotten_in_a_list_that_is_replaced() {
    let messages = |values: &Value, patch: Value| -> Vec<String> {
        let mut values = values.clone();
        values["patches"] = json!([patch]);
        let findings = rendered(&values).diagnostics;
        findings.iter().filter(|finding| finding.code == Code::PatchIdentity).map(ToString::to_string).collect()
    };
    let args = |args: Value| {
        let container = json!({ "name": "rqlite", "args": args });
        json!({ "kind": "StatefulSet", "merge": { "spec": { "template": { "spec": { "containers": [container] } } } } })
    };
    let open = json!({ "rqlite": { "raft": { "logLevel": "WARN" } } });
    let closed = json!({
        "auth": {
            "users": [{ "username": "ada", "password": "a", "permissions": ["all"] }],
            "probePassword": "p", "memberPassword": "m",
        },
        "tls": { "node": { "secretName": "node", "mutual": true } },
    });
    let lost = |place: &str, flags: &str| {
        format!(
            "error[patch-identity]: patches[0].{place}: StatefulSet rqdb: the container \"rqlite\" loses {flags}: a list of \
             arguments is replaced whole (use extraArgs, or a JSON patch: `add` to /spec/template/spec/containers/0/args/-)"
        )
    };
    let merge = "merge.spec.template.spec.containers";
    let all = "-raft-reap-node-timeout, -raft-reap-read-only-node-timeout, -auth, -join-as, -node-cert, -node-key, \
               -node-ca-cert, -node-verify-client";
    let remove = json!({ "op": "remove", "path": "/spec/template/spec/containers/0/args" });
    for (values, patch, expected) in [
        (&closed, args(json!(["-raft-log-level=INFO"])), vec![lost(merge, all)]),
        (&closed, json!({ "kind": "StatefulSet", "json": [remove] }), vec![lost("json[0]", all)]),
        // What nobody relies on is forgotten, too, but may be another
        (&open, args(json!([REAP, REAP_READERS])), vec![lost(merge, "-raft-log-level")]),
        (&open, args(json!([REAP, REAP_READERS, "-raft-log-level=INFO"])), vec![]),
        (&open, args(json!([REAP, REAP_READERS, "-raft-log-level=WARN", "-fk"])), vec![]),
    ] {
        assert_eq!(messages(values, patch.clone()), expected, "{patch}");
    }
    let add = |value: &str| {
        let operation = json!({ "op": "add", "path": "/spec/template/spec/containers/0/args/-", "value": value });
        messages(&closed, json!({ "kind": "StatefulSet", "json": [operation] }))
    };
    assert_eq!(add("-fk=true"), [""; 0]);
    let [finding] = &add("-auth=/tmp/none.json")[..] else { panic!("the last of two flags wins") };
    assert!(finding.ends_with("has another value of -auth, on which others rely (set auth.users)"), "{finding}");
    // A command that keeps the arguments to itself
    let command = json!({ "op": "replace", "path": "/spec/template/spec/containers/0/command",
        "value": ["sh", "-c", "exec sh /etc/rqlite/start.sh"] });
    let findings = messages(&closed, json!({ "kind": "StatefulSet", "json": [command] }));
    assert!(findings.contains(&lost("json[0]", all)), "{findings:?}");
}

#[test]
fn what_scripts_and_database_are_mounted_from_does_not_change() {
    let pod = |spec: Value| json!({ "spec": { "template": { "spec": spec } } });
    let mounts = |mounts: Value| pod(json!({ "containers": [{ "name": "rqlite", "volumeMounts": mounts }] }));
    let volume = |volume: Value| pod(json!({ "volumes": [volume] }));
    let mut unclaimed = volume(json!({ "name": "data", "emptyDir": {} }));
    unclaimed["spec"]["volumeClaimTemplates"] = Value::Null;
    let (containers, volumes) = ("template/spec/containers", "template/spec/volumes");
    let claimed = json!({});
    let ephemeral = json!({ "storage": { "ephemeral": true } });
    for (values, merge, expected) in [
        (&claimed, mounts(json!([{ "mountPath": "/etc/rqlite", "$patch": "delete" }])), Some(containers)),
        (&claimed, mounts(json!([{ "mountPath": "/etc/rqlite", "subPath": "x" }])), Some(containers)),
        (&claimed, mounts(json!([{ "mountPath": "/etc/rqlite/start.sh", "name": "tmp" }])), Some(containers)),
        (&claimed, mounts(json!([{ "mountPath": "/etc//rqlite/", "name": "tmp" }])), Some(containers)),
        (&claimed, mounts(json!([{ "mountPath": "/rqlite/file", "readOnly": true }])), Some(containers)),
        (&claimed, mounts(json!([{ "mountPath": "/rqlite/file", "subPath": "x" }])), Some(containers)),
        (&claimed, mounts(json!([{ "mountPath": "/rqlite/file/data", "name": "tmp" }])), Some(containers)),
        (&claimed, volume(json!({ "name": "scripts", "configMap": { "name": "other" } })), Some(volumes)),
        (&claimed, unclaimed, Some("volumeClaimTemplates")),
        (&ephemeral, volume(json!({ "name": "data", "emptyDir": null, "hostPath": { "path": "/x" } })), Some(volumes)),
        // What is nobody's business
        (&ephemeral, volume(json!({ "name": "data", "emptyDir": { "medium": "Memory" } })), None),
        (&claimed, mounts(json!([{ "mountPath": "/etc/rqlite-more", "name": "tmp" }])), None),
        (&claimed, mounts(json!([{ "mountPath": "/tmp", "readOnly": false, "subPath": "x" }])), None),
        (&claimed, mounts(json!([{ "mountPath": "/rqlite/file", "readOnly": false }])), None),
    ] {
        let mut values = values.clone();
        values["patches"] = json!([{ "kind": "StatefulSet", "merge": merge }]);
        let findings = rendered(&values).diagnostics;
        let identity = findings.iter().filter(|finding| finding.code == Code::PatchIdentity);
        let found: Vec<_> = identity.map(|finding| finding.path.clone()).collect();
        let expected: Vec<_> = expected.iter().map(|place| format!("/patches/0/merge/spec/{place}")).collect();
        assert_eq!(found, expected, "{merge}");
    }
}

#[test]
fn whom_the_pruner_removes_and_which_pod_a_service_leads_to_does_not_change() {
    let values = json!({ "membership": { "prune": true }, "services": { "perPod": { "enabled": true } } });
    let of_pod = |fields: Value| json!({ "template": { "spec": fields } });
    let of_container = |key: &str, entry: Value| of_pod(json!({ "containers": [{ "name": "prune", key: entry }] }));
    for (kind, spec, expected) in [
        ("Deployment", json!({ "replicas": 2 }), Some("replicas")),
        ("Deployment", json!({ "strategy": { "type": "RollingUpdate" } }), Some("strategy")),
        (
            "Deployment",
            of_container("env", json!([{ "name": "REPLICAS", "value": "1" }])),
            Some("template/spec/containers"),
        ),
        ("Deployment", of_container("command", json!(["true"])), Some("template/spec/containers")),
        (
            "Deployment",
            of_pod(json!({ "volumes": [{ "name": "scripts", "configMap": { "name": "other" } }] })),
            Some("template/spec/volumes"),
        ),
        ("Deployment", of_container("env", json!([{ "name": "TZ", "value": "UTC" }])), None),
        ("Service", json!({ "selector": { "statefulset.kubernetes.io/pod-name": "rqdb-0" } }), Some("selector")),
    ] {
        let name = if kind == "Service" { "rqdb-1" } else { "rqdb-prune" };
        let mut values = values.clone();
        values["patches"] = json!([{ "kind": kind, "name": name, "merge": { "spec": spec } }]);
        let findings = rendered(&values).diagnostics;
        let identity = findings.iter().filter(|finding| finding.code == Code::PatchIdentity);
        let found: Vec<_> = identity.map(|finding| finding.path.clone()).collect();
        let expected: Vec<_> = expected.iter().map(|place| format!("/patches/0/merge/spec/{place}")).collect();
        assert!(!findings.iter().any(|finding| finding.code == Code::PatchTarget), "{findings:?}");
        assert_eq!(found, expected, "{spec}");
    }
}

#[test]
fn what_makes_readers_members_does_not_change_either() {
    for (kind, name, merge, place) in [
        ("StatefulSet", "rqdb-readers", json!({ "spec": { "serviceName": "other" } }), "spec/serviceName"),
        ("StatefulSet", "rqdb-readers", json!({ "spec": { "replicas": 9 } }), "spec/replicas"),
        ("Service", "rqdb-readers-headless", json!({ "spec": { "clusterIP": "192.0.2.1" } }), "spec/clusterIP"),
        (
            "StatefulSet",
            "rqdb-readers",
            json!({ "spec": { "template": { "spec": { "containers": [{ "name": "rqlite", "args": ["-join=elsewhere:4002"] }] } } } }),
            "spec/template/spec/containers",
        ),
    ] {
        let patches = json!([{ "kind": kind, "name": name, "merge": merge }]);
        let findings = rendered(&json!({ "readers": { "replicas": 2 }, "patches": patches })).diagnostics;
        let found: Vec<_> = findings.iter().map(|f| format!("{} {}", f.code, f.path)).collect();
        assert_eq!(found, [format!("patch-identity /patches/0/merge/{place}")], "{patches}");
    }
}

#[test]
fn what_patches_break_is_found_and_said_of_the_patch() {
    let patch = |spec: Value| json!([{ "kind": "Service", "name": "rqdb-client", "merge": { "spec": spec } }]);
    assert_eq!(found(&patch(json!({ "selector": { "a": "b" } }))), ["error selector-mismatch /patches/0"]);
    assert_eq!(
        found(&patch(json!({ "ports": [{ "port": 4001, "targetPort": "web" }] }))),
        ["error dangling-reference /patches/0"]
    );
    let wrong = json!([{ "kind": "Service", "name": "rqdb-client", "json": [{ "op": "remove", "path": "/spec/type" }, { "op": "remove", "path": "/spec/type" }] }]);
    assert_eq!(found(&wrong), ["error patch-failed /patches/0/json/1"]);
}

#[test]
fn what_a_patch_finds_in_a_secret_is_in_no_finding() {
    let auth = json!({
        "users": [{ "username": "ada", "password": "hidden-1", "permissions": ["all"] }],
        "probePassword": "hidden-2", "memberPassword": "hidden-3",
    });
    for path in ["/stringData", "/stringData/users.json", "/stringData/probe-password"] {
        let patch = json!({ "kind": "Secret", "json": [{ "op": "test", "path": path, "value": 1 }] });
        let findings = rendered(&json!({ "auth": auth, "patches": [patch] })).diagnostics;
        assert_eq!(findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), [Code::PatchFailed]);
        assert!(!format!("{findings:?}").contains("hidden"), "{findings:?}");
    }
}

#[test]
fn objects_of_ones_own_stand_where_their_kind_is_installed_with_the_releases_metadata() {
    let object = |kind: &str, version: &str, name: &str| json!({ "apiVersion": version, "kind": kind, "metadata": { "name": name } });
    let mut elsewhere = object("Secret", "v1", "s");
    elsewhere["metadata"]["namespace"] = "monitoring".into();
    elsewhere["metadata"]["labels"] = json!({ "app.kubernetes.io/name": "mine", "team": "yes" });
    let mut nowhere = object("Widget", "example.com/v1", "w");
    nowhere["metadata"]["namespace"] = Value::Null;
    let values = json!({ "labels": { "team": "storage" }, "extraObjects": [
        object("Ingress", "networking.k8s.io/v1", "i"), elsewhere, object("ClusterRole", "rbac.authorization.k8s.io/v1", "a:b"), nowhere,
    ] });
    let rendering = rendered(&values);
    assert_eq!(rendering.diagnostics, []);
    let order: Vec<_> = rendering.documents.iter().map(|document| document.template.as_str()).collect();
    assert_eq!(order[3..5], ["extraObjects/1.yaml", "templates/configmap-scripts.yaml"]);
    assert_eq!(order[5], "extraObjects/2.yaml");
    assert_eq!(order[order.len() - 2..], ["extraObjects/0.yaml", "extraObjects/3.yaml"]);
    let manifests = manifest::parse(&rendering.documents).unwrap();
    let of = |name: &str| manifests.iter().find(|manifest| manifest.name == name).unwrap();
    let namespace = |name: &str| of(name).namespace.as_deref();
    assert_eq!(
        [namespace("i"), namespace("s"), namespace("a:b"), namespace("w")],
        [Some("default"), Some("monitoring"), None, None]
    );
    let labels = |name: &str| of(name).object["metadata"]["labels"].clone();
    assert_eq!(labels("i"), labels("rqdb-client"));
    assert_eq!((&labels("s")["app.kubernetes.io/name"], &labels("s")["team"]), (&json!("mine"), &json!("yes")));
    assert_eq!(labels("s")["app.kubernetes.io/instance"], "rqdb");
}

#[test]
fn objects_of_ones_own_are_checked_and_patches_do_not_reach_them() {
    let found = |values: Value| -> Vec<String> {
        rendered(&values).diagnostics.iter().map(|f| format!("{} {} {}", f.severity, f.code, f.path)).collect()
    };
    let service = |name: &str, selector: Value| {
        let spec = json!({ "selector": selector, "ports": [{ "port": 1, "targetPort": "http" }] });
        json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": name }, "spec": spec })
    };
    let ours = json!({ "app.kubernetes.io/instance": "rqdb", "app.kubernetes.io/component": "database" });
    assert_eq!(found(json!({ "extraObjects": [service("x", ours.clone())] })), [""; 0]);
    assert_eq!(
        found(json!({ "extraObjects": [service("rqdb-client", ours.clone())] })),
        ["error duplicate-object /extraObjects/0"]
    );
    assert_eq!(
        found(json!({ "extraObjects": [service("x", json!({ "app": "y" }))] })),
        ["warning selector-mismatch /extraObjects/0"]
    );
    assert_eq!(
        found(
            json!({ "extraObjects": [service("x", ours)], "patches": [{ "kind": "Service", "name": "x", "merge": {} }] })
        ),
        ["error patch-target /patches/0/name"]
    );
    let job = json!({ "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "j" }, "spec": { "template": { "spec": {
        "serviceAccountName": "theirs", "containers": [{ "name": "c", "volumeMounts": [{ "name": "v", "mountPath": "/v" }] }],
        "volumes": [{ "name": "v", "secret": { "secretName": "theirs" } }],
    } } } });
    assert_eq!(found(json!({ "extraObjects": [job] })), [""; 0]);
    let mut job = job;
    job["spec"]["template"]["spec"]["volumes"] = json!([]);
    assert_eq!(found(json!({ "extraObjects": [job] })), ["error dangling-reference /extraObjects/0"]);
}
