//! Every kind of finding: its stable name, why it is reported, what to do about it, and examples.
//!
//! `rqchart explain CODE` and docs/codes.md are made of this table; a test produces each code from its examples.

use std::fmt;

use serde::Serialize;

use super::Severity;

/// What produces a finding, as small as it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// How bad the finding is then.
    pub severity: Severity,
    /// What to type.
    pub input: Input,
}

/// What to type, to see a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// Values, as YAML.
    Values(&'static str),
    /// A line for a shell.
    Command(&'static str),
}

macro_rules! codes {
    ($(
        $variant:ident $name:literal {
            because $cause:literal
            fix $fix:literal
            $($severity:ident $input:ident $example:literal)+
        }
    )*) => {
        /// The stable name of a kind of finding.
        ///
        /// Scripts and `rqchart explain CODE` rely on these names: one is never given another meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $cause] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the pipeline's stages.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the name that is printed between brackets.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns why it is reported.
            pub const fn cause(self) -> &'static str {
                match self { $(Self::$variant => $cause,)* }
            }

            /// Returns what to do about it.
            pub const fn fix(self) -> &'static str {
                match self { $(Self::$variant => $fix,)* }
            }

            /// Returns what produces it: one example for each severity that it can have.
            pub const fn examples(self) -> &'static [Example] {
                match self {
                    $(Self::$variant => &[$(
                        Example { severity: Severity::$severity, input: Input::$input($example) }
                    ),+],)*
                }
            }
        }
    };
}

codes! {
    InvalidUtf8 "invalid-utf8" {
        because "A values file is not UTF-8 text."
        fix "Save it as UTF-8; values that need other bytes go into a Secret."
        Error Command r"printf 'clusterDomain: \377' | rqchart lint -f -"
    }
    YamlSyntax "yaml-syntax" {
        because "A values file, or the JSON of --set-json, cannot be parsed. Nothing after the place that is named was read."
        fix "Look at the place that is named and the line before it: a bracket or quote that is not closed, a tab, an indentation that fits no level."
        Error Values "replicas: [3\n"
    }
    YamlLimit "yaml-limit" {
        because "A values file is nested more than 100 deep, or its aliases grow to more than a million nodes. Such files are made to exhaust memory."
        fix "No values need that: find out where the file comes from."
        Error Command r"{ printf 'labels: '; printf '[%.0s' $(seq 101); } | rqchart lint -f -"
    }
    DuplicateKey "duplicate-key" {
        because "A mapping has the same key twice. Helm silently takes the last one; rqchart does not guess which was meant."
        fix "Remove one of them."
        Error Values "replicas: 3\nreplicas: 5\n"
    }
    AmbiguousScalar "ambiguous-scalar" {
        because "YAML 1.1 (Helm, kubectl, Ansible) and YAML 1.2 read this plain scalar differently, for example `yes`, `012` or `1_000`."
        fix "Put it in quotes if it is text; write `true`, `10` or `1000` if it is not."
        Error Values "membership:\n  prune: yes\n"
    }
    UnsupportedYaml "unsupported-yaml" {
        because "A values file uses what has no meaning in values: a tag of its own, a key that is not a string, or a merge key of something else than a mapping."
        fix "Write the value itself, and keys in quotes."
        Error Values "labels: !team { team: data }\n"
    }
    NotAMapping "not-a-mapping" {
        because "The top level of values is a list or a scalar."
        fix "Write a mapping of keys, such as `replicas: 3`."
        Error Values "- replicas: 3\n"
    }
    SetSyntax "set-syntax" {
        because "An argument of --set or one of its relatives cannot be parsed, or makes something else than its author may think."
        fix "Its grammar is Helm's: `a.b=1,list={x,y},list[0]=z`, with `\\` before a comma or dot that belongs to a name or value. An empty list is `--set-json 'list=[]'`."
        Error Command "rqchart lint --set replicas"
        Warning Command "rqchart lint --set 'securityContext.capabilities.drop={}'"
    }
    InvalidLink "invalid-link" {
        because "A link cannot be opened: it was cut off or changed, is of a version that is not known here, or is larger than any link of rqchart."
        fix "Copy the whole link again, or ask for the values file."
        Error Command "rqchart lint --from-link v=9"
    }
    ScalarOverMap "scalar-over-map" {
        because "A later layer replaces a mapping by something else, or the other way round. Helm drops one of them; rqchart refuses."
        fix "Use null to remove what an earlier layer set."
        Error Command "rqchart lint --set image.tag=10.2.7 --set image=rqlite"
    }
    ListReplaced "list-replaced" {
        because "An index such as --set list[2]=x sets an element of a list that no layer has made, or leaves gaps in it."
        fix "Begin at index 0, or write the whole list: `--set 'list={x,y}'`."
        Error Command "rqchart lint --set 'extraArgs[1]=-fk=true'"
    }
    UnknownKey "unknown-key" {
        because "No setting has this name."
        fix "Look at the hint for one that is spelt alike, or at `rqchart show values` for all of them."
        Error Values "replica: 3\n"
    }
    WrongType "wrong-type" {
        because "The value has another type than the setting, for example text where a number belongs."
        fix "`rqchart explain SETTING` says which type it has, with an example."
        Error Values "replicas: three\n"
    }
    InvalidValue "invalid-value" {
        because "The value has the right type, but not a form that the setting can take, alone or together with the others."
        fix "The message names the form; `rqchart explain SETTING` has an example."
        Error Values "storage:\n  size: 10 gigabytes\n"
        Warning Values "backup:\n  scheduled: { schedule: \"@daily\", timeZone: Nowhere/Here }\n"
    }
    OutOfRange "out-of-range" {
        because "The number is smaller or larger than the setting allows, or a list is too long."
        fix "Use a number within the range that the message names."
        Error Values "replicas: 0\n"
        Warning Values "auth:\n  existingSecret: users\nservices:\n  client: { type: NodePort, nodePort: 8080 }\n"
    }
    MissingKey "missing-key" {
        because "An entry lacks a key without which it has no meaning."
        fix "Add the key that the message names."
        Error Values "tls:\n  client: {}\n"
        Warning Values "backup:\n  automatic:\n    s3: { bucket: copies, path: db.sqlite, endpoint: \"https://store.example.com\" }\n"
    }
    InvalidName "invalid-name" {
        because "A name that Kubernetes would refuse: of the release, of its namespace, or a key of labels or annotations. Or one that rqlited would refuse: it takes a pod's address for a URL if it begins with `http`."
        fix "Release and namespace have lower-case letters, digits and dashes, at most 63. A key has letters, digits, `-`, `_` and `.`, with one prefix before a `/` at most: `example.com/team`."
        Error Command "rqchart lint My_Database"
    }
    NameTooLong "name-too-long" {
        because "A name that is derived from the release is longer than Kubernetes allows. A StatefulSet's name has at most 52 characters, because the controller appends a hash of 11 to it in a label of 63; a Service's has at most 63."
        fix "Set fullnameOverride, or the name that the message gives, to something shorter."
        Error Values "fullnameOverride: a-database-of-the-department-for-very-long-descriptions\n"
    }
    NameClash "name-clash" {
        because "Two things of the same kind would have the same name, address or port, so that one would overwrite or hide the other."
        fix "Rename one of them."
        Error Values "services:\n  client: { name: db }\n  headless: { name: db }\n"
        Warning Values "extraContainers:\n  - { name: proxy, image: envoy, ports: [{ name: http, containerPort: 8080 }] }\nnetworkPolicy: { ingress: [{}] }\n"
    }
    EvenVoters "even-voters" {
        because "An even number of voters tolerates no more failures than one voter fewer, and is one more node that can fail."
        fix "Use an odd number."
        Warning Values "replicas: 4\n"
    }
    SingleVoter "single-voter" {
        because "With one voter every restart is an outage, and a lost disk loses the data."
        fix "That is fine for development; otherwise use three."
        Warning Values "replicas: 1\n"
    }
    EphemeralStorage "ephemeral-storage" {
        because "The data directory lives in an emptyDir: a pod that is deleted or moved has lost its disk, and when a majority is lost at once so are the rows."
        fix "Set storage.ephemeral to false, unless the rows may be lost."
        Warning Values "storage:\n  ephemeral: true\n"
    }
    CopiedVolumes "copied-volumes" {
        because "storage.dataSourceRef makes every new volume a copy of the same data, which is one member's. The members' names and addresses are part of it, so only a release of the same name and namespace can lead with it; another one never finds a leader. Acknowledged rows that this member had not received are missing."
        fix "Take the setting out when the pods are Ready: a replica that is added later would begin with the same old data. Kubernetes changes it only in a StatefulSet that is made anew."
        Warning Values "storage:\n  dataSourceRef: { apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: monday }\n"
    }
    GraceTooShort "grace-too-short" {
        because "A member that stays away longer than membership.grace is dropped by the leader. Below 60 s an ordinary restart may take longer, above all where DNS caches for 30 s."
        fix "Use 90s or more."
        Warning Values "membership:\n  grace: 30s\n"
    }
    TerminationTooShort "termination-too-short" {
        because "rqlited stores a snapshot before it ends. A pod that is killed before that has to restore its whole database at the next start, which takes minutes when it is large."
        fix "Give it 90 s, more for a large database, and let preStop take only a small part of that."
        Warning Values "terminationGracePeriodSeconds: 10\n"
    }
    ScaleInManual "scale-in-manual" {
        because "Nothing removes the members of pods that a scale-in took away, so they stay voters and every scale-in brings the quorum nearer to its loss."
        fix "Set membership.grace or membership.prune; or remove them with `.remove` in the rqlite shell, after every scale-in."
        Warning Values "membership:\n  grace: null\n"
    }
    RecoveryAsked "recovery-asked" {
        because "membership.recovery makes one pod's data the truth and drops all other members when that pod starts. That is for a majority of disks that are lost for good, and for nothing else."
        fix "Delete the pod that is named, wait until all are Ready, and take the setting out. A disk takes part in each attempt once."
        Warning Values "membership:\n  recovery: { survivor: 2, attempt: \"2026-05-01\" }\n"
    }
    ReservedArgument "reserved-argument" {
        because "An entry of extraArgs sets what rqchart decides per pod (identity, addresses, joining, bootstrapping) what a setting has set already, or what the pods' probes and scripts must know of too (users, certificates). Setting it there breaks the cluster."
        fix "Use the setting that the hint names, or remove the entry."
        Error Values "extraArgs: [-bootstrap-expect=1]\n"
    }
    Contradiction "contradiction" {
        because "Two settings say different things about the same, or one of them keeps what the other asks for from working."
        fix "Remove one of them, or add what the hint names."
        Error Values "tls:\n  client:\n    secretName: rqlite-tls\n    issuer: { name: internal }\n"
        Warning Values "auth: { existingSecret: users }\ntls:\n  client: { secretName: rqlite-tls }\ngateway:\n  httpRoute: { parentRefs: [{ name: public }] }\n"
    }
    RestoreOwnBackup "restore-own-backup" {
        because "restore names the object that backup.automatic writes. As long as nothing was uploaded there is none, so the first installation cannot download it. With restore.continueOnFailure the cluster would begin empty after any failed download and then overwrite the last copy; with backup.automatic.timestamp uploads have other names and it is never found."
        fix "Install without restore and add it when there is an upload; or name one upload that stays as it is."
        Warning Values "backup:\n  automatic:\n    s3: { bucket: copies, path: db.sqlite.gz }\nrestore:\n  s3: { bucket: copies, path: db.sqlite.gz }\n"
        Error Values "backup:\n  automatic:\n    s3: { bucket: copies, path: db.sqlite.gz }\nrestore:\n  continueOnFailure: true\n  s3: { bucket: copies, path: db.sqlite.gz }\n"
    }
    OpenAccess "open-access" {
        because "Whoever can reach rqlite may do everything, or more than ask how it is."
        fix "Name users in auth, and keep auth.anonymous to ready and status."
        Warning Values "services:\n  client: { type: LoadBalancer }\n"
    }
    PlainPasswords "plain-passwords" {
        because "The Ingress has no certificate, so users' passwords cross the network for everybody on the way to read."
        fix "Name a certificate in ingress.tls. Where something else ends TLS before the controller, say so to it by an annotation, as clouds want it."
        Warning Values "auth: { existingSecret: users }\ningress:\n  hosts: [{ host: db.example.com }]\n"
    }
    UnknownFlag "unknown-flag" {
        because "rqlited, or the version of it that image.tag names, does not know the flag, or what is set with it. It would end at once, in every pod."
        fix "Look at the hint for one that is spelt alike; leave the flag out for this version, or use a version that has it."
        Error Values "extraArgs: [-raft-timeout=1s]\n"
    }
    UntriedVersion "untried-version" {
        because "The drills were not run with this version of rqlite; what the scripts rely on may differ."
        fix "Leave image.tag to the chart, or try an upgrade on a copy first: docs/upgrading.md."
        Warning Values "image:\n  tag: 9.4.1\n"
    }
    ReservedName "reserved-name" {
        because "An extra environment variable, volume, container, label or user has a name that rqchart already uses."
        fix "Choose another name."
        Error Values "extraContainers:\n  - { name: rqlite, image: busybox }\n"
    }
    DisruptionUnsafe "disruption-unsafe" {
        because "The disruption budget lets more voters go at once than the quorum can spare: a node drain would stop all writes."
        fix "Leave podDisruptionBudget to the chart, which knows the quorum."
        Error Values "podDisruptionBudget:\n  maxUnavailable: 2\n"
    }
    DrainBlocked "drain-blocked" {
        because "The disruption budget lets no pod go: whoever drains a node with one of them waits for ever, and with him every upgrade of nodes."
        fix "Leave podDisruptionBudget to the chart, or let one pod go."
        Warning Values "podDisruptionBudget:\n  minAvailable: 3\n"
    }
    VolumeOwner "volume-owner" {
        because "A new volume is root's. Kubernetes gives it to the pods' group, fsGroup, but not what lies on the node itself (hostPath). rqlited runs as another user and could not write there: the pods would end at once."
        fix "Leave podSecurityContext.fsGroup as it is. For storage.localVolumes make the folders first, for the pods' user, or run as root where that does not matter."
        Warning Values "podSecurityContext:\n  fsGroup: null\n"
    }
    KubernetesField "kubernetes-field" {
        because "A container, a volume, an affinity or another part of values that goes to Kubernetes as it is has a field that Kubernetes 1.37 does not have there, lacks one that it needs, or has something else in one. The API server or kubectl refuses such an object, and with it the whole change."
        fix "Write the field that is named. `kubectl explain statefulset.spec.template.spec` shows them all; one of a later Kubernetes stays as it is."
        Warning Values "extraContainers:\n  - name: proxy\n    images: envoy\n"
    }
    SingleFault "single-fault" {
        because "Played on these values, a single fault or an ordinary operation stops all writes for long, leaves nobody who can lead, or loses rows."
        fix "Three voters on nodes of their own bear each of them. `rqchart simulate` plays the scenario that the message names, and says why it ends so."
        Warning Values "podDisruptionBudget: null\n"
    }
    ProbeFails "probe-fails" {
        because "A probe that somebody wrote fails although the node is well. The kubelet asks by HTTP without a password or certificate, and by the scheme that the handler names; and `/readyz` fails on every node while there is no leader, so that a liveness probe restarts them in the midst of an election."
        fix "Leave the handler to the chart, whose scripts have what they need. Or set scheme: HTTPS where tls.client is, let everybody ask by auth.anonymous, and ask `/readyz?noleader`."
        Error Values "tls:\n  client: { secretName: rqlite-tls }\nstartupProbe:\n  handler: { httpGet: { path: \"/readyz?noleader\", port: http } }\n"
        Warning Values "livenessProbe:\n  handler: { httpGet: { path: /readyz, port: http } }\n"
    }
    HardAntiAffinity "hard-anti-affinity" {
        because "With a hard rule a replica that finds no node or zone of its own stays Pending for ever."
        fix "Use soft, or see that there are as many nodes or zones as replicas."
        Warning Values "antiAffinity:\n  zone: hard\n"
    }
    InvalidQuantity "invalid-quantity" {
        because "A Kubernetes quantity that makes no sense here, such as a storage size of zero or without a unit, a limit below its request or a part of a byte: `m` is a thousandth, `M` a million."
        fix "Give storage a size, limits no less than requests, and bytes whole numbers."
        Error Values "resources:\n  requests: { memory: 2Gi }\n  limits: { memory: 2G }\n"
        Warning Values "storage:\n  size: 1.3Gi\n"
    }
    UnusedValue "unused-value" {
        because "The setting has no effect together with the others."
        fix "Remove it, or set what it belongs to."
        Error Values "services:\n  client: { nodePort: 30001 }\n"
        Warning Values "readers:\n  podLabels: { team: data }\n"
    }
    UnknownPlaceholder "unknown-placeholder" {
        because "A word in braces looks like a placeholder, but is none, so it stays in the text."
        fix "`{ordinal}` and `{pod}` stand for a pod's number and name."
        Warning Values "services:\n  perPod:\n    enabled: true\n    annotations: { example.com/host: \"{name}.example.com\" }\n"
    }
    KubernetesTooOld "kubernetes-too-old" {
        because "The setting needs a newer Kubernetes than the one that is rendered for, which `--kube-version` says. An older API server refuses the object or drops the field."
        fix "Leave the setting out, or give the version that the cluster has."
        Error Command "rqchart lint --kube-version 1.30 --set services.client.trafficDistribution=PreferClose"
        Warning Values "rqlite:\n  extensions:\n    - image: { reference: registry.example.com/extensions:1, path: /vec.so }\n"
    }
    ApiMissing "api-missing" {
        because "An object is rendered of a kind that the cluster does not have: `--api-versions` lists what it has. Without --api-versions nothing is known and nothing is said."
        fix "Install what brings the kind, or leave out the setting that asks for it."
        Error Command "rqchart lint --api-versions apps/v1 --set auth.existingSecret=users,gateway.httpRoute.parentRefs[0].name=public"
    }
    BlockedPort "blocked-port" {
        because "The NetworkPolicy cuts something off that a setting needs: a container of extraContainers declares a port that nobody may reach, or the pods may not get to an endpoint or store that they are to call. Where they may not even ask for names it is an error: no pod finds another."
        fix "Add a rule to networkPolicy.ingress that says who may reach the port (or remove the port if only the pod itself uses it), or one to networkPolicy.egress.rules."
        Warning Values "extraContainers:\n  - { name: exporter, image: exporter, ports: [{ containerPort: 9000 }] }\n"
        Error Values "networkPolicy:\n  egress: { allowAll: false, dnsPorts: [] }\n"
    }
    UnboundedQueue "unbounded-queue" {
        because "cdc.transmitMaxRetries is not set, so rqlited tries for ever to send a change. While the endpoint is away, every change waits in a queue on the disk of every voter; when the disk is full, the node stops."
        fix "Set a number and accept that changes are lost after it, or keep room on the volumes and the alert on that queue."
        Warning Values "cdc: { endpoint: \"https://changes.example.com\" }\n"
    }
    PatchTarget "patch-target" {
        because "A patch names an object that is not rendered: its kind or its name is spelt otherwise, or a setting renders no such object. Patches do not reach extraObjects."
        fix "Look at the hint for the names that are rendered."
        Error Values "patches:\n  - kind: Service\n    name: rqlite-reader\n    merge: {}\n"
    }
    PatchFailed "patch-failed" {
        because "A patch cannot be applied to the object that it names: an operation of a JSON patch finds nothing at its path or a `test` fails, or an entry of a merged list lacks the key that the list is merged by."
        fix "Compare the path with what `rqchart template` renders without the patch."
        Error Values "patches:\n  - kind: StatefulSet\n    json: [{ op: remove, path: /spec/nothing }]\n"
    }
    PatchIdentity "patch-identity" {
        because "A patch changes what rqchart and the pods' scripts decide together: the objects' names, the StatefulSet's selector, Service and replicas, how the rqlite container starts and with which arguments, where its scripts and its volume come from, how pods find each other. Another value there founds a second cluster, loses members, data or passwords, or is refused by Kubernetes. A list of arguments is replaced whole: one that a patch leaves out is lost."
        fix "Most of it has a setting, which the hint names. Wrapping the start script in another command is a warning only."
        Error Values "patches:\n  - kind: StatefulSet\n    merge: { spec: { replicas: 5 } }\n"
        Warning Values "patches:\n  - kind: StatefulSet\n    json: [{ op: add, path: /spec/template/spec/containers/0/command/0, value: /bin/tini }]\n"
    }
    DanglingReference "dangling-reference" {
        because "An object refers to another one, or to a volume, port or service, that is not there. In extraObjects it may belong to objects that are not rendered here, so there it is a warning."
        fix "Correct the name, or add what it names."
        Error Values "extraVolumeMounts:\n  - { name: nowhere, mountPath: /mnt }\n"
        Warning Values "extraObjects:\n  - apiVersion: v1\n    kind: Service\n    metadata: { name: metrics }\n    spec:\n      selector: { app.kubernetes.io/name: rqlite }\n      ports: [{ port: 80, targetPort: metrics }]\n"
    }
    SelectorMismatch "selector-mismatch" {
        because "A selector does not select the pods that it is made for. In extraObjects it may select pods that are not rendered here, so there it is a warning."
        fix "Use the labels that `rqchart template` gives the pods."
        Error Values "patches:\n  - kind: Service\n    name: rqlite-client\n    merge: { spec: { selector: { app: database } } }\n"
        Warning Values "extraObjects:\n  - apiVersion: v1\n    kind: Service\n    metadata: { name: metrics }\n    spec:\n      selector: { app: database }\n      ports: [{ port: 80 }]\n"
    }
    DuplicateObject "duplicate-object" {
        because "Two rendered documents have the same kind, namespace and name, or two parts of a pod the same name: the second would overwrite the first."
        fix "Rename one of them."
        Error Values "extraObjects:\n  - apiVersion: v1\n    kind: Service\n    metadata: { name: rqlite-client }\n    spec: { type: ExternalName, externalName: db.example.com }\n"
    }
    InvalidManifest "invalid-manifest" {
        because "A rendered document is not a Kubernetes object: it is not YAML, or lacks apiVersion, kind, metadata.name or its namespace, or has one although its kind has none."
        fix "Correct the object in extraObjects, or the template of your own chart."
        Error Values "extraObjects:\n  - apiVersion: v1\n    kind: Namespace\n    metadata: { name: databases, namespace: databases }\n"
    }
}

impl Code {
    /// Finds a code by its printed name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_kebab_case_and_explained() {
        for code in Code::ALL {
            assert_eq!(Code::from_name(code.name()), Some(*code), "two codes are called {code}");
            assert!(code.name().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{code}");
            assert!([code.cause(), code.fix()].iter().all(|text| text.ends_with('.')), "{code}");
        }
    }
}
