//! Commands that tell: `explain`, `schema`, `show`, `completion`, `man`, `--help`.

use insta::assert_snapshot;
use serde_json::Value;

use crate::place::Place;

#[test]
fn a_setting_is_explained() {
    assert_snapshot!(Place::new().session(&[
        "rqchart explain storage.size",
        "rqchart explain formation",
        "rqchart explain membership",
    ]), @r#"
    $ rqchart explain storage.size
    storage.size

    Size of each volume: two to three times the database.

    type      a quantity
    default   "10Gi"
    example   "10Gi"
    unit      bytes
    changing  Kubernetes refuses to change it on a StatefulSet that exists: a plan has the steps
    $ rqchart explain formation
    formation

    In which order pods start.

    type      one of the words below
    default   "ordered"
    changing  Kubernetes refuses to change it on a StatefulSet that exists: a plan has the steps

    One of
      ordered            One after the other, each when the one before is Ready (OrderedReady).
      parallel           All at once (Parallel): a pod that is stuck holds up no other.
    $ rqchart explain membership
    membership

    How members that are gone leave the cluster.

    type      object
    changing  restarts the pods, one after the other

    Settings in it
      grace                          How long a member may stay away before the leader drops it.
      readerGrace                    The same for non-voters, those of the reader pool and those beyond maxVoters; null means as in grace.
      prune                          Renders a small Deployment that knows `replicas` and removes the members of pods that a scale-in took away within about ten seconds.
      recovery                       What to do when a majority of the voters' disks is lost for good: one survivor's data becomes the truth, and the others join it.
    "#);
}

#[test]
fn a_setting_is_found_by_the_path_that_findings_print() {
    let place = Place::new();
    for path in [r#"labels["a.b/c"]"#, r#"nodeSelector["a\"]["]"#, r#"podAnnotations[""]"#] {
        let run = place.run(&format!("rqchart explain '{path}'"));
        assert!(run.fine().starts_with(&format!("{path}\n")), "{run}");
    }
}

#[test]
fn a_finding_is_explained_by_its_code() {
    assert_snapshot!(Place::new().session(&["rqchart explain even-voters"]), @"
    $ rqchart explain even-voters
    even-voters

    An even number of voters tolerates no more failures than one voter fewer, and is one more node that can fail.
    Use an odd number.

    Given as warning by these values
      replicas: 4
    ");
}

#[test]
fn nonsense_is_answered_with_what_there_is() {
    assert_snapshot!(Place::new().session(&[
        "rqchart explain nonsense | head -1",
        "rqchart explain storage.siz",
        "rqchart explain even-voter",
        "rqchart explain replicas.x",
        "rqchart explain ''",
        "rqchart explain",
    ]), @r#"
    $ rqchart explain nonsense | head -1
    ! error: there is no setting "nonsense"; here there are replicas, maxVoters, formation, membership, readers, rqlite, auth, tls, metrics, cdc, revision, image, storage, backup, restore, resources, services, ingress, gateway, networkPolicy, clusterDomain, antiAffinity, topologySpreadConstraints, nodeSelector, tolerations, affinity, priorityClassName, schedulerName, runtimeClassName, hostAliases, dnsPolicy, dnsConfig, podDisruptionBudget, startupProbe, livenessProbe, readinessProbe, readinessGates, terminationGracePeriodSeconds, lifecycle, terminationMessagePolicy, updateStrategy, minReadySeconds, revisionHistoryLimit, shareProcessNamespace, hostUsers, podSecurityContext, securityContext, serviceAccount, labels, annotations, podLabels, podAnnotations, extraArgs, extraEnv, extraEnvFrom, extraVolumes, extraVolumeClaimTemplates, extraVolumeMounts, extraContainers, extraInitContainers, extraObjects, patches, nameOverride, fullnameOverride, global
    $ rqchart explain storage.siz
    ! error: there is no setting "storage.siz"; here there are size, storageClassName, accessModes, retention, ephemeral, labels, annotations, volumeAttributesClassName, selector, dataSourceRef, localVolumes
    exit 2
    $ rqchart explain even-voter
    ! error: there is no finding "even-voter"; there are invalid-utf8, yaml-syntax, yaml-limit, duplicate-key, ambiguous-scalar, unsupported-yaml, not-a-mapping, set-syntax, invalid-link, scalar-over-map, list-replaced, unknown-key, wrong-type, invalid-value, out-of-range, missing-key, invalid-name, name-too-long, name-clash, even-voters, single-voter, ephemeral-storage, copied-volumes, grace-too-short, termination-too-short, scale-in-manual, recovery-asked, reserved-argument, contradiction, restore-own-backup, open-access, plain-passwords, unknown-flag, untried-version, reserved-name, disruption-unsafe, drain-blocked, volume-owner, kubernetes-field, single-fault, probe-fails, hard-anti-affinity, invalid-quantity, unused-value, unknown-placeholder, kubernetes-too-old, api-missing, blocked-port, unbounded-queue, patch-target, patch-failed, patch-identity, dangling-reference, selector-mismatch, duplicate-object, invalid-manifest
    exit 2
    $ rqchart explain replicas.x
    ! error: "replicas.x" is neither a setting nor the code of a finding
    exit 2
    $ rqchart explain ''
    values

    Values of the rqlite chart.

    type      object

    Settings in it
      replicas                       How many pods there are.
      maxVoters                      How many pods, counted from ordinal 0, may vote.
      formation                      In which order pods start.
      membership                     How members that are gone leave the cluster.
      readers                        A pool of pods that only read: a second StatefulSet of non-voters, with a size, volumes and a Service of its own.
      rqlite                         Settings of rqlited itself.
      auth                           Who may use the HTTP API; unset, everybody who can reach it.
      tls                            Encryption of the traffic with clients and between nodes.
      metrics                        Metrics for Prometheus, alerts and a dashboard.
      cdc                            Every change of a row, sent to an HTTP endpoint.
      revision                       Change it to restart the pods one after the other, for example after a Secret that they read was changed by somebody else.
      image                          The image that the pods run.
      storage                        Where the database lives.
      backup                         Copies of the database, taken by rqlited itself or by a job.
      restore                        What a new cluster begins with.
      resources                      CPU and memory of each rqlite container.
      services                       The Services in front of the pods.
      ingress                        An Ingress to the Service for clients; rendered when it has hosts.
      gateway                        Routes of the Gateway API to the Service for clients, which need its CRDs in the cluster.
      networkPolicy                  Who may talk to the pods, and whom they may talk to.
      clusterDomain                  The DNS domain of the Kubernetes cluster.
      antiAffinity                   How strongly pods keep apart from each other.
      topologySpreadConstraints      Spreads the pods evenly over nodes or zones; pods of this release are meant.
      nodeSelector                   Labels that a node must have.
      tolerations                    Taints that the pods tolerate.
      affinity                       A Kubernetes affinity, which replaces the one that antiAffinity makes.
      priorityClassName              The PriorityClass of the pods.
      schedulerName                  The scheduler that places the pods; null means Kubernetes' own.
      runtimeClassName               The RuntimeClass of the pods, for example a sandbox; null means the node's own runtime.
      hostAliases                    Lines of /etc/hosts in the pods.
      dnsPolicy                      Whom pods ask for names.
      dnsConfig                      Additions to the pods' resolver.
      podDisruptionBudget            How many pods a node drain may take at once; null renders none.
      startupProbe                   Gives a container time to start before its liveness counts; null renders none.
      livenessProbe                  Restarts a container that does not answer, or that runs without being a member of the cluster; null renders none.
      readinessProbe                 Keeps clients away from a pod that lacks a leader or data; null renders none.
      readinessGates                 Conditions that others must set before a pod is Ready.
      terminationGracePeriodSeconds  How long a pod may take to end.
      lifecycle                      What is run when the rqlite container has begun, and before it ends.
      terminationMessagePolicy       What `kubectl describe` shows of an rqlite container that has ended.
      updateStrategy                 How pods are replaced when something changes that needs a restart.
      minReadySeconds                How long a pod must be Ready before the next one is replaced.
      revisionHistoryLimit           How many earlier forms of the pods are kept for `kubectl rollout undo`; null means Kubernetes' 10.
      shareProcessNamespace          Whether the containers of a pod see and may signal each other's processes.
      hostUsers                      Whether users in the pods are users of the node.
      podSecurityContext             Security settings of the pods.
      securityContext                Security settings of the rqlite container.
      serviceAccount                 The ServiceAccount that the pods run as.
      labels                         Labels of every object.
      annotations                    Annotations of every object.
      podLabels                      Further labels of the pods.
      podAnnotations                 Further annotations of the pods.
      extraArgs                      Further flags of rqlited, one argument each: `-raft-log-level=INFO`.
      extraEnv                       Further environment variables of the rqlite container.
      extraEnvFrom                   ConfigMaps and Secrets whose keys all become environment variables of the rqlite container; extraEnv wins over them.
      extraVolumes                   Further volumes of the pods.
      extraVolumeClaimTemplates      Further volumes that each pod has for itself; storage.retention holds for them too.
      extraVolumeMounts              Further volume mounts of the rqlite container.
      extraContainers                Further containers beside rqlite.
      extraInitContainers            Containers that run before rqlite starts.
      extraObjects                   Further Kubernetes objects, rendered and checked with the others.
      patches                        Changes to rendered objects, made last and in this order, for fields that no setting reaches.
      nameOverride                   The value of the label app.kubernetes.io/name; null means the chart's name.
      fullnameOverride               The name of the StatefulSet, and the beginning of all other names; null means the release's name.
      global                         Ignored: accepted because Helm's umbrella charts share it.
    $ rqchart explain
    ! error: the following required arguments were not provided:
    !   <PATH|CODE>
    ! 
    ! Usage: rqchart explain <PATH|CODE>
    ! 
    ! For more information, try '--help'.
    exit 2
    "#);
}

#[test]
fn schemas_are_json_in_their_dialect() {
    let place = Place::new();
    for (flag, dialect) in [("", "2020-12"), ("--draft07", "draft-07")] {
        let schema: Value = serde_json::from_str(place.run(&format!("rqchart schema {flag}")).fine()).unwrap();
        assert!(schema["$schema"].as_str().unwrap().contains(dialect), "{schema}");
        assert!(schema["properties"]["replicas"].is_object());
    }
}

#[test]
fn parts_of_the_chart_are_shown_as_they_lie_in_it() {
    let place = Place::new();
    place.run("rqchart create chart").fine();
    for (part, file) in [("values", "values.yaml"), ("chart", "Chart.yaml"), ("readme", "README.md")] {
        assert!(place.run(&format!("rqchart show {part}")).fine() == place.read(&format!("chart/{file}")), "{part}");
    }
    let example = place.run("rqchart show examples seed");
    assert_eq!(example.fine(), place.read("chart/examples/seed.yaml"));
    assert_eq!(place.run("rqchart show examples seed.yaml").fine(), example.fine());
    let unchanged = place.run("rqchart show values | rqchart template rqdb -f -");
    assert!(unchanged.fine() == place.run("rqchart template rqdb").fine(), "the defaults change something");
}

#[test]
fn every_example_is_listed_and_renders() {
    let place = Place::new();
    let list = place.run("rqchart show examples");
    assert_snapshot!(list, @"
    $ rqchart show examples
    development             One small pod for kind, minikube, k3s and the like: not for data that anybody needs
    gitops                  Argo CD and Flux: everything is in git, nothing differs from one rendering to the next
    many-readers            Three voters for the writes, and two to ten readers, as many as the reads need.
    monitoring              Metrics, alerts and a dashboard for a Prometheus and a Grafana that the Prometheus operator's usual stack has installed as
    openshift               OpenShift: the security context constraint restricted-v2 chooses user and groups, so none are named here
    s3-backup               Uploads to a bucket of S3 every 15 minutes, and every night a copy on a volume that was restored to try it.
    seed                    The cluster of the document that this chart grew from: StatefulSet rqdb behind the headless Service rqlite
    seed-local-volumes      The seed's cluster with PersistentVolumes pv0, pv1, … in /tmp/pv0, /tmp/pv1, … of the node, one for each replica
    single-node             One replica with a volume of its own: for tools and tests that keep their data, not for what must stay up
    three-zones             Five voters over three zones: the loss of any one zone leaves a majority.
    users-and-tls           Users from a Secret, certificates from cert-manager, asked for on both sides of both ports.
    ");
    for name in list.fine().lines().filter_map(|line| line.split_whitespace().next()) {
        let run = place.run(&format!("rqchart show examples {name} | rqchart template rqdb -f -"));
        assert!(run.code == 0 && run.stdout().contains("kind: StatefulSet"), "{run}");
        let preset = place.run(&format!("rqchart template rqdb --preset {name}"));
        assert_eq!((preset.code, preset.stdout()), (0, run.stdout()), "{name}");
    }
    place.write("values.yaml", "replicas: 4\n");
    assert_snapshot!(place.session(&["rqchart lint --preset three-zones -f values.yaml", "rqchart lint --preset a"]), @r#"
    $ rqchart lint --preset three-zones -f values.yaml
    ! values.yaml:1:11: warning[even-voters]: replicas: 4 voters tolerate the loss of 1, as 3 do
    !  1 | replicas: 4
    !    |           ^
    !   note: replaces --preset three-zones:3:11
    !   hint: use 3 or 5
    $ rqchart lint --preset a
    ! error: there is no example "a"; there are development, gitops, many-readers, monitoring, openshift, s3-backup, seed, seed-local-volumes, single-node, three-zones, users-and-tls
    exit 2
    "#);
    assert_snapshot!(place.session(&["rqchart show examples nonsense"]), @r#"
    $ rqchart show examples nonsense
    ! error: there is no example "nonsense"; there are development, gitops, many-readers, monitoring, openshift, s3-backup, seed, seed-local-volumes, single-node, three-zones, users-and-tls
    exit 2
    "#);
}

#[test]
fn completion_scripts_are_ones_that_their_shells_accept() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = place.run(&format!("rqchart completion {shell}"));
        assert!(script.fine().contains("output-dir"), "{shell}");
    }
    assert_eq!(place.run("rqchart completion bash > script && bash -n script").fine(), "");
    assert_snapshot!(place.session(&["rqchart completion tcsh"]), @"
    $ rqchart completion tcsh
    ! error: invalid value 'tcsh' for '<SHELL>'
    !   [possible values: bash, elvish, fish, powershell, zsh]
    ! 
    !   tip: a similar value exists: 'zsh'
    ! 
    ! For more information, try '--help'.
    exit 2
    ");
}

#[test]
fn the_manual_page_is_roff() {
    let place = Place::new();
    let page = place.run("rqchart man");
    assert!(page.fine().contains(".TH rqchart 1") && page.fine().contains("Exit codes"), "{}", page.fine());
}

#[test]
fn help_and_version_go_to_standard_output() {
    let place = Place::new();
    assert_snapshot!(place.session(&["rqchart --help", "rqchart template -h", "rqchart --version"]), @r#"
    $ rqchart --help
    Packages rqlite for Kubernetes: renders, checks and explains

    Usage: rqchart <COMMAND>

    Commands:
      template    Render the manifests of a release to standard output
      lint        Report what is wrong or doubtful about values, and render nothing
      plan        Say what going from one state to another does to a cluster that runs, and how to get there
      simulate    Play failures and operations on the cluster that the values describe
      explain     Explain a setting (`storage.size`) or the code of a finding (`even-voters`)
      schema      Print the JSON Schema of values
      show        Print a part of the chart
      create      Write the chart's files into a folder, to edit them and render with --chart
      package     Write the chart as an archive, the same bytes for the same chart
      serve       Serve the configurator's page on this machine: design a cluster, and see what comes of it
      completion  Print a completion script for a shell

    Options:
      -h, --help     Print help
      -V, --version  Print version

    Exit codes: 0 fine, 1 findings of severity error (or any with --strict), 2 could not run; plan: 3 needs steps, 4 dangerous.
    $ rqchart template -h
    Render the manifests of a release to standard output

    Usage: rqchart template [OPTIONS] [RELEASE]

    Options:
      -s, --show-only <TEMPLATE>  Print only the documents of this template: templates/statefulset.yaml
          --output-dir <DIR>      Write one file for each template below this folder instead
      -o, --output <OUTPUT>       How manifests are written [default: yaml] [possible values: yaml, json]
          --strict                Render nothing when there are warnings either
      -h, --help                  Print help (see more with '--help')
      -V, --version               Print version

    Release:
      -n, --namespace <NAMESPACE>   The namespace of every object [default: default]
          --kube-version <VERSION>  The version of Kubernetes to render for, such as 1.34
      -a, --api-versions <VERSION>  What the cluster has, such as gateway.networking.k8s.io/v1 or .../v1/HTTPRoute; other APIs count as missing
          --chart <PATH>            Render this chart's folder or archive instead of the chart that is built in
      [RELEASE]                     The release's name, which objects are named after [default: rqlite]

    Values:
          --preset <EXAMPLE>        Begin with an example's values (rqchart show examples); everything else wins over it
          --from-link <LINK>        Begin with the values and the release of a link; files and flags win over it
      -f, --values <FILE>           A YAML file with values, or - for standard input; later ones win
          --set <KEY=VALUE>         Set values: replicas=5,image.tag=10.2.7
          --set-string <KEY=TEXT>   Set values that are text, whatever they look like
          --set-json <KEY=JSON>     Set values to JSON: tolerations=[{"key":"db"}], or a whole object
          --set-file <KEY=FILE>     Set values to the text of files
          --set-literal <KEY=TEXT>  Set one value to text in which no character is special
    $ rqchart --version
    rqchart 0.1.0
    "#);
    assert_eq!(place.run("rqchart lint --version").fine(), "rqchart-lint 0.1.0\n");
}

#[test]
fn arguments_that_mean_nothing_are_refused() {
    assert_snapshot!(Place::new().session(&[
        "rqchart | head -1",
        "rqchart templat",
        "rqchart template a b",
        "rqchart template --sett replicas=3",
        "rqchart template --set",
        "rqchart template -o xml",
    ]), @"
    $ rqchart | head -1
    ! Packages rqlite for Kubernetes: renders, checks and explains
    ! 
    ! Usage: rqchart <COMMAND>
    ! 
    ! Commands:
    !   template    Render the manifests of a release to standard output
    !   lint        Report what is wrong or doubtful about values, and render nothing
    !   plan        Say what going from one state to another does to a cluster that runs, and how to get there
    !   simulate    Play failures and operations on the cluster that the values describe
    !   explain     Explain a setting (`storage.size`) or the code of a finding (`even-voters`)
    !   schema      Print the JSON Schema of values
    !   show        Print a part of the chart
    !   create      Write the chart's files into a folder, to edit them and render with --chart
    !   package     Write the chart as an archive, the same bytes for the same chart
    !   serve       Serve the configurator's page on this machine: design a cluster, and see what comes of it
    !   completion  Print a completion script for a shell
    ! 
    ! Options:
    !   -h, --help     Print help
    !   -V, --version  Print version
    ! 
    ! Exit codes: 0 fine, 1 findings of severity error (or any with --strict), 2 could not run; plan: 3 needs steps, 4 dangerous.
    $ rqchart templat
    ! error: unrecognized subcommand 'templat'
    ! 
    !   tip: some similar subcommands exist: 'explain', 'template'
    ! 
    ! Usage: rqchart <COMMAND>
    ! 
    ! For more information, try '--help'.
    exit 2
    $ rqchart template a b
    ! error: unexpected argument 'b' found
    ! 
    ! Usage: rqchart template [OPTIONS] [RELEASE]
    ! 
    ! For more information, try '--help'.
    exit 2
    $ rqchart template --sett replicas=3
    ! error: unexpected argument '--sett' found
    ! 
    !   tip: a similar argument exists: '--set'
    ! 
    ! Usage: rqchart template --set <KEY=VALUE> [RELEASE]
    ! 
    ! For more information, try '--help'.
    exit 2
    $ rqchart template --set
    ! error: a value is required for '--set <KEY=VALUE>' but none was supplied
    ! 
    ! For more information, try '--help'.
    exit 2
    $ rqchart template -o xml
    ! error: invalid value 'xml' for '--output <OUTPUT>'
    !   [possible values: yaml, json]
    ! 
    !   tip: a similar value exists: 'yaml'
    ! 
    ! For more information, try '--help'.
    exit 2
    ");
}
