//! `rqchart plan`: what states may be, what is said of a change, and how it ends.

use insta::assert_snapshot;
use serde_json::Value;

use crate::place::Place;

/// Only the lines that begin so, of a session.
fn lines(session: &str, beginnings: &[&str]) -> String {
    let is_meant = |line: &&str| beginnings.iter().any(|beginning| line.starts_with(beginning));
    session.lines().filter(is_meant).map(|line| format!("{line}\n")).collect()
}

fn place() -> Place {
    let place = Place::with_values("replicas: 3\n");
    place.write("larger.yaml", "storage:\n  size: 20Gi\n");
    place
}

#[test]
fn a_plan_says_what_happens_and_what_to_do() {
    assert_snapshot!(place().session(&["rqchart plan values.yaml larger.yaml -r rqdb --set resources.requests.cpu=1"]), @r#"
    $ rqchart plan values.yaml larger.yaml -r rqdb --set resources.requests.cpu=1
    Verdict: needs steps

    What happens
      needs steps [volume-expansion] StatefulSet/rqdb: the volumes data grow from 10Gi to 20Gi; no pod restarts for it
      safe [rolling-restart] StatefulSet/rqdb: rqdb-2 to rqdb-0 restart, one after the other; when the leader does, writes stop for about two seconds

    Objects
      ± StatefulSet/rqdb in default (must be made anew)
          spec.template.spec.containers[rqlite].resources.requests.cpu: 100m → 1
          spec.volumeClaimTemplates[data].spec.resources.requests.storage: 10Gi → 20Gi (Kubernetes refuses)

    Restarts, in this order
      rqdb-2: 2 of 3 voters up, writes go on
      rqdb-1: 2 of 3 voters up, writes go on
      rqdb-0: 2 of 3 voters up, writes go on

    Steps
      1. See that all pods are Ready
           kubectl get -n default statefulset/rqdb
      2. Enlarge the claims that exist; their StorageClass must say allowVolumeExpansion: true
           for i in $(seq 0 2); do kubectl patch -n default pvc/data-rqdb-$i -p '{"spec":{"resources":{"requests":{"storage":"20Gi"}}}}' || break; done
      3. Make the StatefulSet anew around its pods, in one breath and while no node is drained: nobody restarts a pod that goes away meanwhile
           kubectl delete -n default statefulset/rqdb --cascade=orphan
           rqchart template rqdb -n default -f larger.yaml --set resources.requests.cpu=1 | kubectl apply -f -
      4. Wait until all pods are Ready
           kubectl wait --timeout=1h -n default statefulset/rqdb --for=jsonpath='{.status.updatedReplicas}'=3
           kubectl rollout status -n default statefulset/rqdb
    exit 3
    "#);
}

#[test]
fn the_exit_code_is_the_verdict() {
    let session = place().session(&[
        "rqchart plan values.yaml values.yaml",
        "rqchart plan values.yaml values.yaml --set revision=a",
        "rqchart plan values.yaml larger.yaml",
        "rqchart plan values.yaml values.yaml --set fullnameOverride=other",
    ]);
    assert_snapshot!(lines(&session, &["$", "Verdict", "exit"]), @"
    $ rqchart plan values.yaml values.yaml
    Verdict: safe
    $ rqchart plan values.yaml values.yaml --set revision=a
    Verdict: safe
    $ rqchart plan values.yaml larger.yaml
    Verdict: needs steps
    exit 3
    $ rqchart plan values.yaml values.yaml --set fullnameOverride=other
    Verdict: dangerous
    exit 4
    ");
}

#[test]
fn what_flags_say_of_secrets_is_in_no_step() {
    let place = place();
    place.write("users.yaml", "auth: {users: [{username: ada, password: x, permissions: [all]}]}\n");
    let flags = "--set auth.probePassword=hunter2,replicas=3 --set revision=b --set-string auth.memberPassword=hunter2";
    let session = place.session(&[&format!("rqchart plan values.yaml users.yaml -r rqdb {flags}")]);
    assert_snapshot!(lines(&session, &["Verdict", "       rqchart template"]), @r#"
    Verdict: needs steps
           rqchart template rqdb -n default -f users.yaml --set auth.probePassword="${SECRET1:?}" --set revision=b --set-string auth.memberPassword="${SECRET2:?}" | kubectl apply -f -
    "#);
    assert_eq!(session.matches("hunter2").count(), 2, "what was typed: {session}");
}

#[test]
fn a_state_may_be_values_manifests_a_package_or_a_folder() {
    let place = place();
    place.run("rqchart template rqdb -n db > manifests.yaml && rqchart template rqdb -n db -o json > list.json").fine();
    place.run("rqchart template rqdb -n db --output-dir folder && rqchart create chart").fine();
    place.run("rqchart package -f values.yaml -d packages").fine();
    let session = place.session(&[
        "rqchart plan manifests.yaml list.json",
        "rqchart plan folder manifests.yaml",
        "rqchart plan manifests.yaml values.yaml",
        "rqchart plan manifests.yaml packages/rqlite-0.1.0.tgz",
        "rqchart plan manifests.yaml chart",
        "rqchart plan manifests.yaml values.yaml,larger.yaml",
        "rqchart plan manifests.yaml -f larger.yaml",
        "rqchart plan manifests.yaml - < larger.yaml",
        "rqchart plan - values.yaml < manifests.yaml",
        "rqchart plan values.yaml --preset three-zones",
        "rqchart plan packages/rqlite-0.1.0.tgz packages/rqlite-0.1.0.tgz --set 'podAnnotations.a=it is'",
        "rqchart plan values.yaml manifests.yaml --chart chart",
        "rqchart plan manifests.yaml folder -n other",
    ]);
    assert_snapshot!(lines(&session, &["$", "Verdict", "exit", "       rqchart", "       kubectl apply"]), @"
    $ rqchart plan manifests.yaml list.json
    Verdict: safe
    $ rqchart plan folder manifests.yaml
    Verdict: safe
    $ rqchart plan manifests.yaml values.yaml
    Verdict: safe
    $ rqchart plan manifests.yaml packages/rqlite-0.1.0.tgz
    Verdict: safe
    $ rqchart plan manifests.yaml chart
    Verdict: safe
    $ rqchart plan manifests.yaml values.yaml,larger.yaml
    Verdict: needs steps
           rqchart template rqdb -n db -f values.yaml -f larger.yaml | kubectl apply -f -
    exit 3
    $ rqchart plan manifests.yaml -f larger.yaml
    Verdict: needs steps
           rqchart template rqdb -n db -f larger.yaml | kubectl apply -f -
    exit 3
    $ rqchart plan manifests.yaml - < larger.yaml
    Verdict: needs steps
           kubectl apply -f NEW
    exit 3
    $ rqchart plan - values.yaml < manifests.yaml
    Verdict: safe
    $ rqchart plan values.yaml --preset three-zones
    Verdict: needs steps
           rqchart template rqlite -n default --preset three-zones | kubectl apply -f -
    exit 3
    $ rqchart plan packages/rqlite-0.1.0.tgz packages/rqlite-0.1.0.tgz --set 'podAnnotations.a=it is'
    Verdict: safe
           rqchart template rqlite -n default --chart packages/rqlite-0.1.0.tgz --set 'podAnnotations.a=it is' | kubectl apply -f -
    $ rqchart plan values.yaml manifests.yaml --chart chart
    Verdict: safe
    $ rqchart plan manifests.yaml folder -n other
    Verdict: safe
    ");
}

#[test]
fn what_cannot_be_planned_is_said() {
    let place = place();
    place.write("manifests.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n");
    place.write("broken.yaml", "apiVersion: v1\nkind: Service\n---\napiVersion: v1\nmetadata: {name: b}\n---\na: [\n");
    place.write("wrong.yaml", "replicas: many\n");
    place.write("empty/readme.txt", "nothing\n");
    assert_snapshot!(place.session(&[
        "rqchart plan",
        "rqchart plan values.yaml",
        "rqchart plan values.yaml --set replicas=5",
        "rqchart plan --from-cluster values.yaml larger.yaml",
        "rqchart plan - values.yaml",
        "rqchart plan missing.yaml values.yaml",
        "rqchart plan empty values.yaml",
        "rqchart plan values.yaml,manifests.yaml values.yaml",
        "rqchart plan values.yaml manifests.yaml --set replicas=5",
        "rqchart plan wrong.yaml values.yaml --set repilcas=5",
        "rqchart plan broken.yaml values.yaml",
        "rqchart plan values.yaml values.yaml --set replicas=4 --strict",
    ]), @r#"
    $ rqchart plan
    ! error: say what is there: OLD, or --from-cluster
    exit 2
    $ rqchart plan values.yaml
    ! error: say what is to be there: NEW, or -f with values
    exit 2
    $ rqchart plan values.yaml --set replicas=5
    ! error: say what is to be there: NEW, or -f with values
    exit 2
    $ rqchart plan --from-cluster values.yaml larger.yaml
    ! error: with --from-cluster there is one state, NEW: the cluster says OLD
    exit 2
    $ rqchart plan - values.yaml
    ! error: standard input is empty: no state; `{}` is all defaults
    exit 2
    $ rqchart plan missing.yaml values.yaml
    ! error: cannot read missing.yaml: No such file or directory
    exit 2
    $ rqchart plan empty values.yaml
    ! error: empty holds neither a chart nor manifests
    exit 2
    $ rqchart plan values.yaml,manifests.yaml values.yaml
    ! error: values.yaml,manifests.yaml: some of these files are values, and some are manifests
    exit 2
    $ rqchart plan values.yaml manifests.yaml --set replicas=5
    ! error: NEW is manifests, which value flags cannot change
    exit 2
    $ rqchart plan wrong.yaml values.yaml --set repilcas=5
    ! wrong.yaml:1:11: error[wrong-type]: replicas: expected a whole number, got the text "many"
    !  1 | replicas: many
    !    |           ^^^^
    ! --set:1:1: error[unknown-key]: repilcas: there is no setting "repilcas" here
    !  1 | repilcas=5
    !    | ^^^^^^^^
    !   hint: did you mean "replicas"?
    exit 1
    $ rqchart plan broken.yaml values.yaml
    ! error[invalid-manifest]: broken.yaml: document 1: there is no metadata.name
    ! error[invalid-manifest]: broken.yaml: document 2: there is no kind
    ! error[invalid-manifest]: broken.yaml: document 3: did not find expected node content at line 8 column 1, while parsing a flow node
    exit 1
    $ rqchart plan values.yaml values.yaml --set replicas=4 --strict
    ! --set:1:10: warning[even-voters]: replicas: 4 voters tolerate the loss of 1, as 3 do
    !  1 | replicas=4
    !    |          ^
    !   note: replaces values.yaml:1:11
    !   hint: use 3 or 5
    exit 1
    "#);
}

#[test]
fn markdown_is_for_people_and_json_for_programs() {
    let place = place();
    assert_snapshot!(place.session(&[
        "rqchart plan values.yaml larger.yaml -r rqdb -o markdown",
        "rqchart plan values.yaml larger.yaml -r rqdb -o json",
    ]), @r#"
    $ rqchart plan values.yaml larger.yaml -r rqdb -o markdown
    ### Plan: needs steps

    | verdict | what | object | why |
    | --- | --- | --- | --- |
    | needs steps | `volume-expansion` | `StatefulSet/rqdb` | the volumes data grow from 10Gi to 20Gi; no pod restarts for it |

    <details><summary>Objects: 1 made anew</summary>

    ```diff
    ! StatefulSet/rqdb in default (must be made anew)
    !     spec.volumeClaimTemplates[data].spec.resources.requests.storage: 10Gi → 20Gi (Kubernetes refuses)
    ```

    </details>

    **Steps**

    1. See that all pods are Ready

       ```sh
       kubectl get -n default statefulset/rqdb
       ```

    2. Enlarge the claims that exist; their StorageClass must say allowVolumeExpansion: true

       ```sh
       for i in $(seq 0 2); do kubectl patch -n default pvc/data-rqdb-$i -p '{"spec":{"resources":{"requests":{"storage":"20Gi"}}}}' || break; done
       ```

    3. Make the StatefulSet anew around its pods, in one breath and while no node is drained: nobody restarts a pod that goes away meanwhile

       ```sh
       kubectl delete -n default statefulset/rqdb --cascade=orphan
       rqchart template rqdb -n default -f larger.yaml | kubectl apply -f -
       ```

    4. Wait until all pods are Ready

       ```sh
       kubectl rollout status -n default statefulset/rqdb
       ```
    exit 3
    $ rqchart plan values.yaml larger.yaml -r rqdb -o json
    {
      "verdict": "needs-steps",
      "consequences": [
        {
          "id": "volume-expansion",
          "verdict": "needs-steps",
          "object": "StatefulSet/rqdb",
          "message": "the volumes data grow from 10Gi to 20Gi; no pod restarts for it"
        }
      ],
      "objects": [
        {
          "kind": "StatefulSet",
          "namespace": "default",
          "name": "rqdb",
          "change": "replaced",
          "fields": [
            {
              "path": "spec.volumeClaimTemplates[data].spec.resources.requests.storage",
              "from": "10Gi",
              "to": "20Gi",
              "refused": true
            }
          ]
        }
      ],
      "restarts": [],
      "steps": [
        {
          "text": "See that all pods are Ready",
          "commands": [
            "kubectl get -n default statefulset/rqdb"
          ]
        },
        {
          "text": "Enlarge the claims that exist; their StorageClass must say allowVolumeExpansion: true",
          "commands": [
            "for i in $(seq 0 2); do kubectl patch -n default pvc/data-rqdb-$i -p '{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"20Gi\"}}}}' || break; done"
          ]
        },
        {
          "text": "Make the StatefulSet anew around its pods, in one breath and while no node is drained: nobody restarts a pod that goes away meanwhile",
          "commands": [
            "kubectl delete -n default statefulset/rqdb --cascade=orphan",
            "rqchart template rqdb -n default -f larger.yaml | kubectl apply -f -"
          ]
        },
        {
          "text": "Wait until all pods are Ready",
          "commands": [
            "kubectl rollout status -n default statefulset/rqdb"
          ]
        }
      ]
    }
    exit 3
    "#);
}

#[test]
fn a_plan_of_nothing_has_every_field() {
    assert_snapshot!(place().session(&["rqchart plan values.yaml values.yaml -o json"]), @r#"
    $ rqchart plan values.yaml values.yaml -o json
    {
      "verdict": "safe",
      "consequences": [],
      "objects": [],
      "restarts": [],
      "steps": []
    }
    "#);
}

#[test]
fn names_from_manifests_drive_neither_the_shell_nor_the_terminal_nor_the_page() {
    let place = place();
    let hostile =
        "apiVersion: v1\nkind: Service\nmetadata: {name: \"a; touch b\\e[2J`x` <b>|\", namespace: \"$(id)\"}\n";
    place.write("hostile.yaml", hostile);
    place.write("none.yaml", "apiVersion: v1\nkind: List\nitems: []\n");
    assert_snapshot!(place.session(&[
        "rqchart plan hostile.yaml none.yaml",
        "rqchart plan hostile.yaml none.yaml -o markdown",
    ]), @r"
    $ rqchart plan hostile.yaml none.yaml
    Verdict: needs steps

    What happens
      needs steps [service-gone] Service/a; touch b�[2J`x` <b>|: clients that ask for a; touch b�[2J`x` <b>|.$(id) find nothing any more
      safe [objects-removed] no longer rendered: Service/a; touch b�[2J`x` <b>|. kubectl apply leaves what is there; Helm, and Argo CD with pruning, delete it

    Objects
      - Service/a; touch b�[2J`x` <b>| in $(id)

    Steps
      1. Give the clients of a; touch b�[2J`x` <b>|.$(id) their new address before the old one is deleted
      2. Apply the new state
           kubectl apply -f none.yaml
      3. Delete what is no longer rendered
           kubectl delete -n '$(id)' 'service/a; touch b�[2J`x` <b>|'
    exit 3
    $ rqchart plan hostile.yaml none.yaml -o markdown
    ### Plan: needs steps

    | verdict | what | object | why |
    | --- | --- | --- | --- |
    | needs steps | `service-gone` | `Service/a; touch b�[2J'x' <b>\|` | clients that ask for a; touch b�\[2J\`x\` &lt;b&gt;\|.$(id) find nothing any more |
    | safe | `objects-removed` |  | no longer rendered: Service/a; touch b�\[2J\`x\` &lt;b&gt;\|. kubectl apply leaves what is there; Helm, and Argo CD with pruning, delete it |

    <details><summary>Objects: 1 removed</summary>

    ```diff
    - Service/a; touch b�[2J`x` <b>| in $(id)
    ```

    </details>

    **Steps**

    1. Give the clients of a; touch b�\[2J\`x\` &lt;b&gt;\|.$(id) their new address before the old one is deleted

    2. Apply the new state

       ```sh
       kubectl apply -f none.yaml
       ```

    3. Delete what is no longer rendered

       ```sh
       kubectl delete -n '$(id)' 'service/a; touch b�[2J`x` <b>|'
       ```
    exit 3
    ");
}

/// A kubectl that answers from a file, and notes what it was asked.
fn with_kubectl(place: &Place, script: &str) -> String {
    place.write("bin/kubectl", format!("#!/bin/sh\necho \"$@\" >>asked\n{script}\n"));
    place.run("chmod +x bin/kubectl").fine();
    "PATH=$PWD/bin:$PATH; ".to_owned()
}

#[test]
fn the_cluster_is_asked_and_what_it_adds_is_no_difference() {
    let place = place();
    place.run("rqchart template rqdb -n db -o json > list.json").fine();
    let path = with_kubectl(
        &place,
        "case $2 in *cronjobs*) echo \"error: the server doesn't have a resource type \\\"cronjobs\\\"\" >&2; exit 1 ;; *statefulsets*) cat list.json ;; *) echo \"error: the server doesn't have a resource type \\\"$2\\\"\" >&2; exit 1 ;; esac",
    );
    let session = place.session(&[
        &format!("{path}rqchart plan --from-cluster values.yaml -r rqdb -n db"),
        &format!("{path}rqchart plan --from-cluster -f larger.yaml -r rqdb -n db"),
    ]);
    assert_snapshot!(lines(&session, &["$", "Verdict", "exit"]), @"
    $ PATH=$PWD/bin:$PATH; rqchart plan --from-cluster values.yaml -r rqdb -n db
    Verdict: safe
    $ PATH=$PWD/bin:$PATH; rqchart plan --from-cluster -f larger.yaml -r rqdb -n db
    Verdict: needs steps
    exit 3
    ");
    assert_snapshot!(place.read("asked").lines().take(4).collect::<Vec<_>>().join("\n"), @"
    get networkpolicies,poddisruptionbudgets,serviceaccounts,secrets,configmaps,persistentvolumes,persistentvolumeclaims,services,deployments,horizontalpodautoscalers,statefulsets,cronjobs,ingresses -n db -l app.kubernetes.io/instance=rqdb -o json --ignore-not-found
    get networkpolicies,poddisruptionbudgets,serviceaccounts,secrets,configmaps,persistentvolumes,persistentvolumeclaims,services,deployments,horizontalpodautoscalers,statefulsets,ingresses -n db -l app.kubernetes.io/instance=rqdb -o json --ignore-not-found
    get Certificate.v1.cert-manager.io -n db -l app.kubernetes.io/instance=rqdb -o json --ignore-not-found
    get HTTPRoute.v1.gateway.networking.k8s.io -n db -l app.kubernetes.io/instance=rqdb -o json --ignore-not-found
    ");
}

#[test]
fn what_kubectl_get_prints_is_compared_as_from_the_cluster() {
    let place = place();
    let list = place.run("rqchart template rqdb -n db -o json").fine().to_owned();
    let served = list
        .replace(r#""metadata": {"#, r#""metadata": { "uid": "1", "resourceVersion": "2", "#)
        .replace(r#""spec": {"#, r#""status": { "phase": "a" }, "spec": { "volumeMode": "Filesystem", "#);
    assert_ne!(served, list);
    place.write("live.yaml", served);
    let path = with_kubectl(&place, "case $2 in *statefulsets*) cat live.yaml ;; esac");
    assert_snapshot!(place.session(&[
        "rqchart plan live.yaml values.yaml",
        &format!("{path}rqchart plan --from-cluster values.yaml -r rqdb -n db"),
    ]), @"
    $ rqchart plan live.yaml values.yaml
    Verdict: safe

    Nothing is different.
    $ PATH=$PWD/bin:$PATH; rqchart plan --from-cluster values.yaml -r rqdb -n db
    Verdict: safe

    Nothing is different.
    ");
    let plan = |old: &str| place.run(&format!("{path}rqchart plan {old} larger.yaml -r rqdb -n db")).to_string();
    let answer = |old: &str| plan(old).lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(answer("live.yaml"), answer("--from-cluster"));
}

/// A kubectl that answers from a file, and as a server does that does not let the user read some kinds.
fn that_forbids(place: &Place, kinds: &[&str]) -> String {
    let refused = |kind: &&str| {
        let (name, group) = kind.split_once('.').unwrap_or((kind, ""));
        let why = format!(r#"User "dev" cannot list resource "{name}" in API group "{group}" in the namespace "db""#);
        let said = format!("Error from server (Forbidden): {kind} is forbidden: {why}");
        format!("case ,$2, in *,{name},*) echo '{said}' >&2; failed=1 ;; esac\n")
    };
    let refusals: String = kinds.iter().map(refused).collect();
    with_kubectl(place, &format!("{refusals}case $2 in *statefulsets*) cat list.json ;; esac\nexit ${{failed:-0}}"))
}

#[test]
fn a_plan_goes_on_without_kinds_that_the_user_may_not_read() {
    let place = place();
    let mut list: Value = place.run("rqchart template rqdb -n db -o json").fine().parse().unwrap();
    list["items"].as_array_mut().unwrap().retain(|object| object["kind"] != "Service");
    place.write("list.json", list.to_string());
    let path = that_forbids(&place, &["networkpolicies.networking.k8s.io", "persistentvolumes", "services"]);
    let unchanged = format!("{path}rqchart plan --from-cluster values.yaml -r rqdb -n db");
    assert_snapshot!(place.session(&[&unchanged, &format!("{unchanged} --strict")]), @r#"
    $ PATH=$PWD/bin:$PATH; rqchart plan --from-cluster values.yaml -r rqdb -n db
    Verdict: safe

    Nothing is different.
    ! warning: the plan says nothing of NetworkPolicy objects: networkpolicies.networking.k8s.io is forbidden: User "dev" cannot list resource "networkpolicies" in API group "networking.k8s.io" in the namespace "db"
    ! warning: the plan says nothing of PersistentVolume objects: persistentvolumes is forbidden: User "dev" cannot list resource "persistentvolumes" in API group "" in the namespace "db"
    ! warning: the plan says nothing of Service objects: services is forbidden: User "dev" cannot list resource "services" in API group "" in the namespace "db"
    $ PATH=$PWD/bin:$PATH; rqchart plan --from-cluster values.yaml -r rqdb -n db --strict
    ! warning: the plan says nothing of NetworkPolicy objects: networkpolicies.networking.k8s.io is forbidden: User "dev" cannot list resource "networkpolicies" in API group "networking.k8s.io" in the namespace "db"
    ! warning: the plan says nothing of PersistentVolume objects: persistentvolumes is forbidden: User "dev" cannot list resource "persistentvolumes" in API group "" in the namespace "db"
    ! warning: the plan says nothing of Service objects: services is forbidden: User "dev" cannot list resource "services" in API group "" in the namespace "db"
    exit 1
    "#);
    let path = that_forbids(&place, &["persistentvolumes", "statefulsets.apps"]);
    assert_snapshot!(place.session(&[&format!("{path}rqchart plan --from-cluster values.yaml -r rqdb -n db")]), @r#"
    $ PATH=$PWD/bin:$PATH; rqchart plan --from-cluster values.yaml -r rqdb -n db
    ! error: nothing can be planned without StatefulSet objects: statefulsets.apps is forbidden: User "dev" cannot list resource "statefulsets" in API group "apps" in the namespace "db"
    exit 2
    "#);
}

#[test]
fn a_cluster_that_does_not_answer_is_a_failure() {
    let place = place();
    let path = with_kubectl(&place, "echo 'Unable to connect to the server: EOF' >&2; exit 1");
    assert_snapshot!(place.session(&[
        &format!("{path}rqchart plan --from-cluster values.yaml"),
        "PATH=${PATH%%:*}; rqchart plan --from-cluster values.yaml",
    ]), @"
    $ PATH=$PWD/bin:$PATH; rqchart plan --from-cluster values.yaml
    ! error: kubectl get networkpolicies,poddisruptionbudgets,serviceaccounts,secrets,configmaps,persistentvolumes,persistentvolumeclaims,services,deployments,horizontalpodautoscalers,statefulsets,cronjobs,ingresses -n default -l app.kubernetes.io/instance=rqlite -o json --ignore-not-found failed: Unable to connect to the server: EOF
    exit 2
    $ PATH=${PATH%%:*}; rqchart plan --from-cluster values.yaml
    ! error: cannot run kubectl: No such file or directory
    exit 2
    ");
}
