use rqchart_core::plan::{Fate, FieldChange, Kind, SetRole, Strategy};
use rqchart_core::release::{KubeVersion, Release};
use serde_json::{Value, json};

use super::*;
use crate::{Chart, Renderer, manifest};

fn read(text: &str) -> Vec<Manifest> {
    stream::read("t.yaml", text).unwrap_or_else(|findings| panic!("{findings:?}"))
}

fn object(kind: &str, body: &str) -> Vec<Manifest> {
    let version = match kind {
        "StatefulSet" | "Deployment" => "apps/v1",
        "Job" => "batch/v1",
        "RoleBinding" => "rbac.authorization.k8s.io/v1",
        _ => "v1",
    };
    read(&format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a, namespace: b}}\n{body}\n"))
}

/// What changes between two forms of an object, a line each; `!` before what Kubernetes refuses.
fn changes(kind: &str, old: &str, new: &str) -> Vec<String> {
    let objects = compare::objects(&object(kind, old), &object(kind, new));
    let told = |field: &FieldChange| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let refused = if field.refused { "!" } else { "" };
        format!("{refused}{}: {} > {}", field.path, text(&field.from), text(&field.to))
    };
    objects.iter().flat_map(|object| &object.fields).map(told).collect()
}

#[test]
fn fields_are_found_by_the_names_of_what_they_are_in() {
    let spec = "spec: {template: {spec: {containers: [{name: x, image: i}, {name: y, args: [-a=1, -b=2, -c]}]}}}";
    let with = |from: &str, to: &str| changes("Deployment", spec, &spec.replace(from, to));
    assert_eq!(with("image: i", "image: j"), ["spec.template.spec.containers[x].image: i > j"]);
    assert_eq!(with("-b=2", "-b=3"), ["spec.template.spec.containers[y].args: -b=2 > -b=3"]);
    assert_eq!(with("-b=2, ", ""), ["spec.template.spec.containers[y].args: -b=2 > "]);
    assert_eq!(
        with("-a=1, -b=2", "-b=2, -a=1"),
        ["spec.template.spec.containers[y].args (order): -a=1, -b=2, -c > -b=2, -a=1, -c"]
    );
    let swapped = "spec: {template: {spec: {containers: [{name: y, args: [-a=1, -b=2, -c]}, {name: x, image: i}]}}}";
    assert_eq!(changes("Deployment", spec, swapped), ["spec.template.spec.containers (order): x, y > y, x"]);
}

/// Who compares each entry with each other takes an hour for them.
#[test]
fn long_lists_are_compared() {
    let container = |value: &str| {
        let env: Vec<_> = (0..50_000).map(|at| json!({ "name": at.to_string(), "value": value })).collect();
        let mut manifest = object("Deployment", "");
        manifest[0].object["spec"] = json!({ "template": { "spec": { "containers": [{ "name": "x", "env": env }] } } });
        manifest
    };
    let (mut old, new) = (container("a"), container("b"));
    assert_eq!(compare::objects(&old, &new)[0].fields.len(), 50_000);
    old[0].object["metadata"]["uid"] = json!("1");
    assert_eq!(compare::objects(&live::known(&old, &new), &new)[0].fields.len(), 50_000);
}

#[test]
fn what_means_the_same_to_kubernetes_is_no_change() {
    let resources = |cpu: &str| {
        format!("spec: {{template: {{spec: {{containers: [{{name: x, resources: {{requests: {{cpu: {cpu}}}}}}}]}}}}}}")
    };
    assert_eq!(changes("Deployment", &resources("1000m"), &resources("'1'")), [""; 0]);
    assert_eq!(changes("Deployment", &resources("1000m"), &resources("2")).len(), 1);
    assert_eq!(changes("Service", "spec: {externalIPs: [], a: null, b: {}}", "spec: {}"), [""; 0]);
    let pod = |spec: &str| format!("spec: {{template: {{spec: {{{spec}}}}}}}");
    let affinity = |rules: &str| pod(&format!("affinity: {{podAffinity: {{{rules}}}}}"));
    assert_eq!(
        changes("Deployment", &affinity(""), &affinity("requiredDuringSchedulingIgnoredDuringExecution: []")),
        [""; 0]
    );
    let mount = |rest: &str| pod(&format!("containers: [{{name: x, volumeMounts: [{{mountPath: /a{rest}}}]}}]"));
    assert_eq!(changes("Deployment", &mount(""), &mount(", readOnly: false")), [""; 0]);
    assert_eq!(changes("Deployment", &mount(""), &mount(", readOnly: true")).len(), 1);
    // Kubernetes' default is true.
    assert_eq!(changes("Deployment", &pod(""), &pod("enableServiceLinks: false")).len(), 1);
}

#[test]
fn secrets_are_not_shown_and_long_texts_only_where_they_differ() {
    let secret = |word: &str| format!("stringData: {{password: {word}}}");
    assert_eq!(changes("Secret", &secret("one"), &secret("two")), ["stringData.password:  > "]);
    let map = |text: &str| format!("data: {{x.sh: {text:?}}}");
    assert_eq!(changes("ConfigMap", &map("a\nb\nc\n"), &map("a\nd\nc\n")), ["data[x.sh]: b > d"]);
    let long = "line of text\n".repeat(20);
    assert_eq!(changes("ConfigMap", &map("a\n"), &map(&long)), ["data[x.sh]: a > (20 lines)"]);
    let password = |word: &str| map(&format!("a=1\nb_password={word}\n"));
    assert_eq!(changes("ConfigMap", &password("one"), &password("two")), ["data[x.sh]: (1 lines) > (1 lines)"]);
}

#[test]
fn secrets_outside_secrets_are_not_shown_either() {
    let between = |old: &str, new: &str| {
        let pod = |container: &str| format!("spec: {{template: {{spec: {{containers: [{container}]}}}}}}");
        changes("Deployment", &pod(old), &pod(new))
    };
    let env = |word: &str| format!("{{name: x, env: [{{name: API_TOKEN, value: {word}}}, {{name: A, value: b}}]}}");
    let arguments = |word: &str| format!("{{name: x, args: [--password={word}, -a]}}");
    let (with_env, with_arguments) = (env("one"), arguments("one"));
    for (old, new, expected) in [
        (&*with_env, &*env("two"), "containers[x].env[API_TOKEN].value:  > "),
        (&with_arguments, &arguments("two"), "containers[x].args:  > "),
        (&with_arguments, "{name: x, args: [-a, --password=one]}", "containers[x].args (order):  > "),
        (
            "{name: x, args: [--password, one, -a, -b]}",
            "{name: x, args: [--password, two, -a, -b]}",
            "containers[x].args:  > ",
        ),
        (
            &with_env,
            "{name: x, env: [{name: A, value: b}]}",
            r#"containers[x].env[API_TOKEN]: {"name":"API_TOKEN"} > "#,
        ),
        ("{name: y}", &format!("{{name: y}}, {with_arguments}"), r#"containers[x]:  > {"name":"x","args":["-a"]}"#),
        // Nor beside what is none.
        (
            "{name: x, env: [{name: A, value: 'https://ada:one@b'}]}",
            "{name: x, env: [{name: A, value: c}]}",
            "containers[x].env[A].value:  > ",
        ),
    ] {
        assert_eq!(between(old, new), [format!("spec.template.spec.{expected}")]);
    }
}

#[test]
fn what_is_too_long_to_show_is_compared_all_the_same() {
    let container = |body: &str| format!("spec: {{template: {{spec: {{containers: [{{name: x, {body}}}]}}}}}}");
    let between = |old: &str, new: &str| changes("Deployment", &container(old), &container(new));
    let script = |line: &str| format!(r#"command: [sh, -c, "echo one\n{line}\n"]"#);
    assert_eq!(
        between(&script("echo two"), &script("rm -rf /x")),
        ["spec.template.spec.containers[x].command: echo two > rm -rf /x"]
    );
    let long = "x".repeat(100);
    assert_eq!(
        between(&format!("args: [-a={long}1]"), &format!("args: [-a={long}2]")),
        ["spec.template.spec.containers[x].args: …xxxxxxxxxxxxxxxxxxxx1 > …xxxxxxxxxxxxxxxxxxxx2"]
    );
    let mounts = |sub: &str| {
        format!("volumeMounts: [{{mountPath: {long}1, subPath: a}}, {{mountPath: {long}2, subPath: {sub}}}]")
    };
    assert_eq!(between(&mounts("a"), &mounts("b")).len(), 1);
}

#[test]
fn what_kubernetes_refuses_is_known() {
    let refused = |kind: &str, old: &str, new: &str| {
        let changes = changes(kind, old, new);
        assert!(!changes.is_empty(), "{kind}: {old} and {new} are equal");
        changes.iter().any(|change| change.starts_with('!'))
    };
    for (kind, old, new, expected) in [
        ("StatefulSet", "spec: {replicas: 3}", "spec: {replicas: 5}", false),
        ("StatefulSet", "spec: {template: {a: 1}}", "spec: {template: {a: 2}}", false),
        ("StatefulSet", "spec: {updateStrategy: {type: a}}", "spec: {}", false),
        ("StatefulSet", "spec: {ordinals: {start: 1}}", "spec: {}", false),
        ("StatefulSet", "spec: {minReadySeconds: 1}", "spec: {}", false),
        ("StatefulSet", "spec: {persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}}", "spec: {}", false),
        ("StatefulSet", "spec: {revisionHistoryLimit: 1}", "spec: {}", false),
        ("StatefulSet", "spec: {serviceName: a}", "spec: {serviceName: b}", true),
        ("StatefulSet", "spec: {podManagementPolicy: Parallel}", "spec: {}", true),
        ("StatefulSet", "spec: {selector: {matchLabels: {a: b}}}", "spec: {selector: {matchLabels: {a: c}}}", true),
        ("StatefulSet", "spec: {volumeClaimTemplates: [{metadata: {name: a}}]}", "spec: {}", true),
        ("StatefulSet", "metadata: {name: a, namespace: b, labels: {a: b}}", "", false),
        ("Deployment", "spec: {selector: {matchLabels: {a: b}}}", "spec: {selector: {matchLabels: {a: c}}}", true),
        ("Deployment", "spec: {template: {a: 1}}", "spec: {template: {a: 2}}", false),
        ("Job", "spec: {template: {a: 1}}", "spec: {template: {a: 2}}", true),
        ("Job", "spec: {backoffLimit: 1}", "spec: {backoffLimit: 2}", false),
        ("Service", "spec: {clusterIP: None}", "spec: {clusterIP: 10.0.0.1}", true),
        ("Service", "spec: {}", "spec: {clusterIP: 10.0.0.1}", true),
        ("Service", "spec: {clusterIP: 10.0.0.1}", "spec: {}", false),
        ("Service", "spec: {type: ExternalName}", "spec: {clusterIP: 10.0.0.1}", false),
        ("Service", "spec: {ipFamilies: [IPv4]}", "spec: {ipFamilies: [IPv4, IPv6]}", false),
        ("Service", "spec: {ipFamilies: [IPv4]}", "spec: {ipFamilies: [IPv6]}", true),
        ("Service", "spec: {type: LoadBalancer}", "spec: {type: LoadBalancer, loadBalancerClass: a}", true),
        ("Service", "spec: {type: ClusterIP}", "spec: {type: LoadBalancer, loadBalancerClass: a}", false),
        ("Service", "spec: {selector: {a: b}}", "spec: {selector: {a: c}}", false),
        (
            "PersistentVolumeClaim",
            "spec: {resources: {requests: {storage: 1Gi}}}",
            "spec: {resources: {requests: {storage: 2Gi}}}",
            false,
        ),
        (
            "PersistentVolumeClaim",
            "spec: {resources: {requests: {storage: 2Gi}}}",
            "spec: {resources: {requests: {storage: 1Gi}}}",
            true,
        ),
        ("PersistentVolumeClaim", "spec: {storageClassName: a}", "spec: {storageClassName: b}", true),
        (
            "PersistentVolumeClaim",
            "spec: {volumeAttributesClassName: a}",
            "spec: {volumeAttributesClassName: b}",
            false,
        ),
        ("PersistentVolume", "spec: {hostPath: {path: /a}}", "spec: {hostPath: {path: /b}}", true),
        ("PersistentVolume", "spec: {persistentVolumeReclaimPolicy: Retain}", "spec: {}", false),
        ("RoleBinding", "roleRef: {name: a}", "roleRef: {name: b}", true),
        ("RoleBinding", "subjects: [{name: a}]", "subjects: [{name: b}]", false),
        ("Secret", "type: a", "type: b", true),
        ("Secret", "immutable: true\ndata: {a: YQ==}", "immutable: true\ndata: {a: Yg==}", true),
        ("ConfigMap", "data: {a: b}", "data: {a: c}", false),
        ("ConfigMap", "immutable: true\ndata: {a: b}", "data: {a: b}", true),
    ] {
        let (old, new) = (old.replace("metadata: {name: a, namespace: b, ", "x: {"), new);
        assert_eq!(refused(kind, &old, new), expected, "{kind}: {old} → {new}");
    }
}

#[test]
fn objects_come_change_and_go() {
    let fates = |old: &[Manifest], new: &[Manifest]| -> Vec<_> {
        compare::objects(old, new).iter().map(|object| (object.name.clone(), object.change)).collect()
    };
    let service = |name: &str, port: u32| {
        read(&format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{ports: [{{port: {port}}}]}}\n"
        ))
    };
    let name = "a".to_owned();
    assert_eq!(fates(&[], &service("a", 1)), [(name.clone(), Fate::Added)]);
    assert_eq!(fates(&service("a", 1), &service("a", 2)), [(name.clone(), Fate::Changed)]);
    assert_eq!(fates(&service("a", 1), &service("a", 1)), []);
    assert_eq!(fates(&service("a", 1), &service("b", 1)), [("b".to_owned(), Fate::Added), (name, Fate::Removed)]);
}

#[test]
fn streams_hold_documents_and_lists() {
    assert_eq!(read("---\n# nothing\n---\napiVersion: v1\nkind: A\nmetadata: {name: a}\n---\n").len(), 1);
    let item = |name: &str| json!({ "apiVersion": "v1", "kind": "A", "metadata": { "name": name } });
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": [item("a"), item("b")] });
    assert_eq!(read(&list.to_string()).len(), 2);
    assert_eq!(read("").len(), 0);
    assert!(stream::is_manifests("---\n---\n# nothing\n---\n---\napiVersion: v1\nkind: A\n"));
    assert!(!stream::is_manifests("---\n---\n---\nreplicas: 3\n---\napiVersion: v1\nkind: A\n"));
    assert!(!stream::is_manifests("---\n---\n---\n") && !stream::is_manifests("a: [\n"));
    let findings = stream::read("t.yaml", "kind: A\n---\na: [\n").unwrap_err();
    let messages: Vec<_> = findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(messages[0], "t.yaml: document 1: there is no apiVersion");
    assert!(messages[1].starts_with("t.yaml: document 2: "), "{messages:?}");
}

#[test]
fn what_an_api_server_adds_is_no_difference_and_what_was_applied_before_is() {
    let new = object("StatefulSet", "spec: {replicas: 3, template: {spec: {containers: [{name: x, image: i}]}}}");
    let applied = r#"{"spec":{"replicas":3,"minReadySeconds":5,"template":{"spec":{"containers":[{"name":"x","image":"i","tty":true}]}}}}"#;
    let live = |replicas: u32, applied: &str| {
        read(&json!({
            "apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": {
                "name": "a", "namespace": "b", "uid": "1", "resourceVersion": "2",
                "annotations": { "kubectl.kubernetes.io/last-applied-configuration": applied },
            },
            "spec": {
                "replicas": replicas, "minReadySeconds": 5, "revisionHistoryLimit": 10,
                "template": { "spec": {
                    "dnsPolicy": "ClusterFirst", "containers": [{ "name": "x", "image": "i", "tty": true, "imagePullPolicy": "Always" }],
                } },
            },
            "status": { "replicas": 3 },
        }).to_string())
    };
    assert_eq!(changed(&live(3, "{}"), &new), [""; 0]);
    assert_eq!(changed(&live(5, "{}"), &new), ["spec.replicas"]);
    assert_eq!(changed(&live(3, applied), &new), ["spec.minReadySeconds", "spec.template.spec.containers[x].tty"]);
}

/// The fields that change between two sets of objects.
fn changed(old: &[Manifest], new: &[Manifest]) -> Vec<String> {
    let objects = plan(old, new, &Sources::default()).objects;
    objects.iter().flat_map(|object| &object.fields).map(|field| field.path.clone()).collect()
}

#[test]
fn each_object_says_whether_a_server_has_written_it() {
    let set = |name: &str, metadata: &str, rest: &str| {
        let metadata = format!("metadata: {{name: {name}{metadata}}}");
        format!("- {{apiVersion: apps/v1, kind: StatefulSet, {metadata}, spec: {{replicas: 1{rest}}}}}\n")
    };
    let list =
        |items: &str| read(&format!("apiVersion: v1\nkind: List\nmetadata: {{resourceVersion: ''}}\nitems:\n{items}"));
    let new = list(&(set("a", "", "") + &set("b", "", "")));
    let old =
        |metadata: &str| list(&(set("a", metadata, ", minReadySeconds: 5") + &set("b", "", ", minReadySeconds: 5")));
    assert_eq!(changed(&old(""), &new), ["spec.minReadySeconds"; 2]);
    assert_eq!(changed(&old(", uid: x"), &new), ["spec.minReadySeconds"]);
    assert_eq!(changed(&old(", resourceVersion: '5'"), &new), ["spec.minReadySeconds"]);
}

/// The default release with some values.
fn rendered(values: &Value) -> Vec<Manifest> {
    let chart = Chart::embedded();
    let release = Release::new("rqdb", "default", chart.info().clone(), KubeVersion::DEFAULT).unwrap();
    manifest::parse(&Renderer::new(chart).unwrap().render(values, &release).unwrap().documents).unwrap()
}

/// Objects as `kubectl get` shows them after they were applied.
fn served(objects: &[Manifest]) -> Vec<Manifest> {
    let served = |manifest: &Manifest| {
        let mut manifest = manifest.clone();
        let applied = manifest.object.to_string();
        let object = &mut manifest.object;
        object["metadata"]["uid"] = json!("c0a80101");
        object["metadata"]["resourceVersion"] = json!("712");
        object["metadata"]["creationTimestamp"] = json!("2026-01-01T00:00:00Z");
        object["metadata"]["generation"] = json!(1);
        object["metadata"]["managedFields"] =
            json!([{ "manager": "kubectl-client-side-apply", "operation": "Update" }]);
        object["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] = json!(applied);
        object["status"] = json!({ "observedGeneration": 1 });
        if manifest.kind == "Service" {
            object["spec"]["sessionAffinity"] = json!("None");
            object["spec"]["ipFamilies"] = json!(["IPv4"]);
            object["spec"]["ports"][0]["protocol"] = json!("TCP");
        }
        if manifest.kind == "StatefulSet" {
            object["spec"]["revisionHistoryLimit"] = json!(10);
            object["spec"]["updateStrategy"] = json!({ "type": "RollingUpdate", "rollingUpdate": { "partition": 0 } });
            let pod = &mut object["spec"]["template"]["spec"];
            pod["restartPolicy"] = json!("Always");
            pod["dnsPolicy"] = json!("ClusterFirst");
            pod["containers"][0]["ports"][0]["protocol"] = json!("TCP");
            let claim = &mut object["spec"]["volumeClaimTemplates"][0];
            claim["apiVersion"] = json!("v1");
            claim["kind"] = json!("PersistentVolumeClaim");
            claim["spec"]["volumeMode"] = json!("Filesystem");
            claim["status"] = json!({ "phase": "Pending" });
        }
        manifest
    };
    objects.iter().map(served).collect()
}

#[test]
fn a_release_as_a_server_has_it_is_the_release() {
    let (same, other) = (rendered(&json!({})), rendered(&json!({ "storage": { "size": "20Gi" } })));
    let plan = |old: &[Manifest], new: &[Manifest]| super::plan(old, new, &Sources::default());
    assert_eq!(plan(&served(&same), &same).objects, []);
    assert_eq!(plan(&served(&same), &other), plan(&same, &other));
    // On both sides, for example before and after.
    assert_eq!(plan(&served(&same), &served(&same)).objects, []);
    assert_eq!(plan(&served(&same), &served(&other)), plan(&same, &other));
}

#[test]
fn defaults_that_the_new_state_writes_out_are_applied() {
    let release = rendered(&json!({}));
    let added = changed(&release, &served(&release));
    assert!(added.contains(&"spec.revisionHistoryLimit".to_owned()), "{added:?}");
    assert_eq!(added.iter().find(|path| path.starts_with("metadata") || path.contains("status")), None);
}

/// An object that a server has numbered.
fn live(kind: &str, body: &str) -> Vec<Manifest> {
    let mut live = object(kind, body);
    live[0].object["metadata"]["uid"] = json!("1");
    live
}

#[test]
fn secrets_of_a_cluster_are_compared_with_the_text_that_made_them() {
    let live = live("Secret", "data: {a: b25lIHR3bw==, b: YQ==}\ntype: Opaque");
    let same = object("Secret", "stringData: {a: one two}\ndata: {b: YQ==}");
    assert_eq!(changed(&live, &same), [""; 0]);
    let other = object("Secret", "stringData: {a: one}\ndata: {b: YQ==}");
    assert_eq!(changed(&live, &other), ["stringData.a"]);
}

#[test]
fn what_other_objects_have_made_is_not_the_releases() {
    let mut live = live("StatefulSet", "spec: {volumeClaimTemplates: [{metadata: {name: data}}]}");
    live[0].name = "db".to_owned();
    let claim = |name: &str, rest: &str| {
        read(&format!("apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: {name}{rest}}}\n"))
    };
    for (name, owner) in
        [("data-db-0", ""), ("data-db-x", ""), ("backup", ""), ("owned", ", ownerReferences: [{name: x}]")]
    {
        live.extend(claim(name, &format!(", uid: x{owner}")));
    }
    live.extend(claim("data-db-1", ""));
    let kept = |objects: Vec<Manifest>| objects.into_iter().map(|object| object.name).collect::<Vec<_>>();
    assert_eq!(kept(live::known(&live, &[])), ["db", "data-db-x", "backup", "data-db-1"]);
    assert_eq!(kept(live::wanted(&live)), kept(live::known(&live, &[])));
}

#[test]
fn a_state_is_read_from_any_manifests() {
    let foreign = object(
        "StatefulSet",
        "spec: {serviceName: h, updateStrategy: {type: OnDelete}, template: {spec: {containers: [{name: proxy}, {name: rqlite, \
         image: 'r:5000/rqlite:9.4.5@sha256:00', volumeMounts: [{name: data}], args: [-http-cert=a, -node-cert=b, -node-verify-client=true]}]}}}",
    );
    let state = state(&foreign);
    let set = &state.sets[0];
    assert_eq!((set.role, set.replicas, set.strategy), (SetRole::Other, Some(1), Strategy::OnDelete));
    assert_eq!((set.container.as_str(), set.version.unwrap().to_string().as_str()), ("rqlite", "9.4.5"));
    assert_eq!((set.clients.tls, set.clients.mutual, set.nodes.tls, set.nodes.mutual), (true, false, true, true));
    assert_eq!(set.grace, None);
}

#[test]
fn commands_hold_names_that_a_shell_does_not_read() {
    let old = read("apiVersion: v1\nkind: Service\nmetadata: {name: 'a; b', namespace: '$(c)'}\n");
    let plan = plan(&old, &[], &Sources::default());
    assert_eq!(plan.consequences[0].id, Kind::ServiceGone);
    assert_eq!(plan.steps.last().unwrap().commands, ["kubectl delete -n '$(c)' 'service/a; b'"]);
}
