//! One broken manifest for each finding, made from three that are right.

use rqchart_core::release::{KubeVersion, Release};
use rqchart_core::schema;
use serde_json::json;

use super::*;
use crate::{Chart, Document, manifest};

const RIGHT: &str = "
apiVersion: v1
kind: Service
metadata: {name: db-headless, namespace: default}
spec:
  clusterIP: None
  selector: {app: db}
  ports: [{name: http, port: 4001, targetPort: http}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: db, namespace: default}
spec:
  selector: {matchLabels: {app: db}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: default}
spec:
  serviceName: db-headless
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db, team: storage}}
    spec:
      initContainers: [{name: first}]
      containers:
        - name: db
          ports: [{name: http, containerPort: 4001}]
          startupProbe: {tcpSocket: {port: http}}
          readinessProbe: {httpGet: {path: /, port: http}}
          volumeMounts: [{name: data, mountPath: /data}, {name: users, mountPath: /users}]
      volumes: [{name: users, secret: {secretName: users}}]
  volumeClaimTemplates: [{metadata: {name: data}}]
";

/// What is found after a piece of the right manifests became something else, without the name of the object.
fn found(piece: &str, other: &str) -> Vec<String> {
    assert!(piece.is_empty() || RIGHT.matches(piece).count() == 1, "{piece:?} is not there once");
    let text = if piece.is_empty() { format!("{RIGHT}---\n{other}") } else { RIGHT.replace(piece, other) };
    let documents = text.split("---\n").map(|text| Document::from_template("t", text.to_owned()));
    let manifests = manifest::parse(&documents.collect::<Vec<_>>()).unwrap();
    let release = Release::new("db", "default", Chart::embedded().info().clone(), KubeVersion::DEFAULT).unwrap();
    let values = json!({ "extraVolumes": [{ "name": "users", "secret": { "secretName": "users" } }] });
    let topology = Topology::resolve(schema::validate(&values).unwrap(), &release);
    check(&manifests, &topology).iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_right_has_no_findings() {
    assert_eq!(found("", "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: pv}\n"), [""; 0]);
    // Somebody else's endpoints, a pod of a StatefulSet by its name, a port by its number
    assert_eq!(found("  selector: {app: db}\n", ""), [""; 0]);
    assert_eq!(found("{app: db}\n  ports", "{app: db, statefulset.kubernetes.io/pod-name: db-0}\n  ports"), [""; 0]);
    assert_eq!(found("targetPort: http", "targetPort: 4001"), [""; 0]);
}

#[test]
fn one_object_twice() {
    let twice = "apiVersion: v1\nkind: Service\nmetadata: {name: db-headless, namespace: default}\n";
    assert_eq!(found("", twice), ["error[duplicate-object]: Service db-headless: is rendered twice (t)"]);
    assert_eq!(found("", &twice.replace("Service", "ConfigMap")), [""; 0]);
}

#[test]
fn an_object_in_the_wrong_namespace() {
    let account = |metadata: &str| format!("apiVersion: v1\nkind: ServiceAccount\nmetadata: {metadata}\n");
    assert_eq!(
        found("", &account("{name: a}")),
        ["error[invalid-manifest]: ServiceAccount a: there is no metadata.namespace (t)"]
    );
    assert_eq!(
        found("", &account("{name: a, namespace: other}")),
        [r#"error[invalid-manifest]: ServiceAccount a: is in the namespace "other" (t)"#]
    );
    assert_eq!(
        found("", "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: pv, namespace: default}\n"),
        ["error[invalid-manifest]: PersistentVolume pv: this kind is in no namespace (t)"]
    );
}

#[test]
fn an_autoscaler_of_what_is_not_there_or_counts_for_itself() {
    let scaler = |name: &str| {
        format!(
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {{name: a, namespace: default}}\n\
             spec: {{scaleTargetRef: {{kind: StatefulSet, name: {name}}}}}\n"
        )
    };
    assert_eq!(found("", &scaler("db")), [""; 0]);
    let nobody =
        r#"error[dangling-reference]: HorizontalPodAutoscaler a: it scales a StatefulSet "x" that is not rendered (t)"#;
    assert_eq!(found("", &scaler("x")), [nobody]);
    let counting = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: b, namespace: default}\n\
        spec: {replicas: 3, serviceName: db-headless, selector: {matchLabels: {app: db}}, \
        template: {metadata: {labels: {app: db}}}}\n---\n";
    let undone = "error[contradiction]: HorizontalPodAutoscaler a: StatefulSet b has a number of replicas: each apply \
        undoes what this one chose (t)";
    assert_eq!(found("", &format!("{counting}{}", scaler("b"))), [undone]);
}

#[test]
fn a_selector_that_misses_its_pods() {
    let own = "error[selector-mismatch]: StatefulSet db: its selector does not select its own pods (t)";
    let in_set = "serviceName: db-headless\n  selector: {matchLabels: {app: db}}";
    assert_eq!(found(in_set, "serviceName: db-headless\n  selector: {matchLabels: {app: other}}"), [own]);
    assert_eq!(found(in_set, "serviceName: db-headless\n  selector: {}"), [own]);
    let service = "error[selector-mismatch]: Service db-headless: it selects no pods (t)";
    assert_eq!(found("{app: db}\n  ports", "{app: other}\n  ports"), [service]);
    let budget = "error[selector-mismatch]: PodDisruptionBudget db: it selects no pods (t)";
    let in_budget = "spec:\n  selector: {matchLabels: {app: db}}";
    assert_eq!(found(in_budget, "spec:\n  selector: {matchLabels: {app: other}}"), [budget]);
    assert_eq!(found(in_budget, "spec: {a: b}"), [budget]);
}

#[test]
fn two_things_of_a_pod_with_one_name() {
    assert_eq!(
        found(
            "volumeClaimTemplates: [{metadata: {name: data}}]",
            "volumeClaimTemplates: [{metadata: {name: data}}, {metadata: {name: users}}]"
        ),
        [r#"error[duplicate-object]: StatefulSet db: two volumes are called "users" (t)"#]
    );
    assert_eq!(
        found("{name: first}", "{name: db}"),
        [r#"error[duplicate-object]: StatefulSet db: two containers are called "db" (t)"#]
    );
    assert_eq!(
        found("mountPath: /users", "mountPath: /data"),
        [r#"error[duplicate-object]: StatefulSet db: db mounts two volumes at "/data" (t)"#]
    );
}

#[test]
fn a_reference_to_what_there_is_not() {
    let set = "error[dangling-reference]: StatefulSet db:";
    assert_eq!(
        found("{name: data, mountPath", "{name: date, mountPath"),
        [format!(r#"{set} db mounts a volume "date" that there is not (t)"#)]
    );
    assert_eq!(
        found("tcpSocket: {port: http}", "tcpSocket: {port: htpp}"),
        [format!(r#"{set} startupProbe asks a port "htpp" that there is not (t)"#)]
    );
    assert_eq!(
        found("path: /, port: http", "path: /, port: htpp"),
        [format!(r#"{set} readinessProbe asks a port "htpp" that there is not (t)"#)]
    );
    assert_eq!(
        found("secretName: users", "secretName: people"),
        [format!(r#"{set} mounts a Secret "people" that is not rendered (t)"#)]
    );
    assert_eq!(
        found("secret: {secretName: users}", "configMap: {name: people}"),
        [format!(r#"{set} mounts a ConfigMap "people" that is not rendered (t)"#)]
    );
    assert_eq!(
        found("targetPort: http", "targetPort: htpp"),
        [r#"error[dangling-reference]: Service db-headless: its pods have no port "htpp" (t)"#]
    );
    let headless = format!(r#"{set} there is no headless Service "db-headless" (t)"#);
    assert_eq!(found("clusterIP: None", "type: ClusterIP"), [headless.as_str()]);
    assert_eq!(found("metadata: {name: db-headless,", "metadata: {name: other,"), [headless.as_str()]);
}

#[test]
fn a_route_to_what_there_is_not() {
    let ingress = |to: &str| {
        let head = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a, namespace: default}\nspec:\n";
        found("", &format!("{head}  rules: [{{http: {{paths: [{{path: /, backend: {{service: {to}}}}}]}}}}]\n"))
    };
    assert_eq!(ingress("{name: db-headless, port: {name: http}}"), [""; 0]);
    assert_eq!(ingress("{name: db-headless, port: {number: 4001}}"), [""; 0]);
    assert_eq!(
        ingress("{name: db, port: {name: http}}"),
        [r#"error[dangling-reference]: Ingress a: leads to a Service "db" that is not rendered (t)"#]
    );
    assert_eq!(
        ingress("{name: db-headless, port: {name: raft}}"),
        [
            r#"error[dangling-reference]: Ingress a: leads to a port "raft" that the Service "db-headless" does not have (t)"#
        ]
    );
    let route = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: a, namespace: default}\n\
        spec: {rules: [{backendRefs: [{name: db-headless, port: 1}]}]}\n";
    assert_eq!(
        found("", route),
        [
            r#"error[dangling-reference]: HTTPRoute a: leads to a port 1 that the Service "db-headless" does not have (t)"#
        ]
    );
}

#[test]
fn a_policy_for_nobody() {
    let policy = |app: &str| {
        let head = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: default}\n";
        found("", &format!("{head}spec: {{podSelector: {{matchLabels: {{app: {app}}}}}}}\n"))
    };
    assert_eq!(policy("db"), [""; 0]);
    assert_eq!(policy("other"), ["error[selector-mismatch]: NetworkPolicy a: it selects no pods (t)"]);
}

#[test]
fn a_selector_is_read_as_kubernetes_reads_it() {
    let selector = |selector: &str| {
        let head = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: default}\n";
        found("", &format!("{head}spec: {{podSelector: {selector}}}\n")).is_empty()
    };
    let condition = |rest: &str| selector(&format!("{{matchExpressions: [{{{rest}}}]}}"));
    assert!(selector("{}") && selector("{matchLabels: {app: db, team: storage}}"));
    assert!(!selector("{matchLabels: {app: db, team: none}}"));
    assert!(condition("key: app, operator: In, values: [a, db]") && !condition("key: app, operator: In, values: [a]"));
    assert!(
        condition("key: app, operator: NotIn, values: [a]") && !condition("key: app, operator: NotIn, values: [db]")
    );
    assert!(condition("key: app, operator: Exists") && !condition("key: a, operator: Exists"));
    assert!(condition("key: a, operator: DoesNotExist") && !condition("key: app, operator: DoesNotExist"));
    let indexed = "{app: db, apps.kubernetes.io/pod-index: \"0\"}\n  ports";
    assert_eq!(found("{app: db}\n  ports", indexed), [""; 0]);
}

#[test]
fn two_budgets_for_the_same_pods() {
    let budget = |selector: &str| {
        let head = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: a, namespace: default}\n";
        found("", &format!("{head}spec: {{selector: {selector}}}\n"))
    };
    let other = "it selects pods of the StatefulSet db";
    let both = |name: &str, other_name: &str| {
        format!(
            "error[drain-blocked]: PodDisruptionBudget {name}: {other}, as {other_name} does: a drain of their nodes waits for ever (t)"
        )
    };
    assert_eq!(budget("{}"), [both("db", "a"), both("a", "db")]);
    assert_eq!(
        budget("{matchLabels: {app: x}}"),
        ["error[selector-mismatch]: PodDisruptionBudget a: it selects no pods (t)"]
    );
}

#[test]
fn a_script_that_its_config_map_does_not_have() {
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: scripts, namespace: default}\n\
        data: {start.sh: a}\nbinaryData: {other.sh: YQ==}\n";
    let pod = |container: &str, volume: &str| {
        format!(
            "{config}---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d, namespace: default}}\n\
             spec:\n  selector: {{matchLabels: {{app: d}}}}\n  template:\n    metadata: {{labels: {{app: d}}}}\n    \
             spec:\n      containers: [{{name: c, volumeMounts: [{{name: s, mountPath: /s}}], {container}}}]\n      \
             volumes: [{{name: s, configMap: {{name: scripts{volume}}}}}]\n"
        )
    };
    let missing =
        r#"error[dangling-reference]: Deployment d: c runs /s/x.sh, but the ConfigMap "scripts" has no "x.sh" (t)"#;
    for container in [
        "command: [sh, /s/x.sh]",
        "args: [/s/x.sh]",
        "command: [sh, -c, 'exec /s/x.sh; exit']",
        "readinessProbe: {exec: {command: [sh, /s/x.sh]}}",
        "lifecycle: {preStop: {exec: {command: [/s/x.sh]}}}",
    ] {
        assert_eq!(found("", &pod(container, "")), [missing], "{container}");
    }
    for container in ["command: [sh, /s/start.sh, /s/other.sh]", "command: [/t/x.sh, /s/x]"] {
        assert_eq!(found("", &pod(container, "")), [""; 0], "{container}");
    }
    let items = ", items: [{key: start.sh, path: x.sh}]";
    assert_eq!(found("", &pod("command: [/s/x.sh]", items)), [""; 0]);
}
