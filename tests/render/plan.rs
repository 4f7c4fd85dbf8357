//! What a plan says of each setting, and of any two sets of values.

use std::collections::{BTreeMap, BTreeSet};

use rqchart::plan::{plan, state, text};
use rqchart::{Manifest, manifest};
use rqchart_core::plan::{Fate, Kind, Plan, SetRole, Sources, Verdict};
use rqchart_core::schema;
use serde_json::Value;

use crate::effects::{self, Setting};
use crate::{golden, release, render};

fn objects(values: &Value) -> Option<Vec<Manifest>> {
    schema::validate(values).ok()?;
    let documents = render(values, &release("shop", "default")).documents;
    (!documents.is_empty()).then(|| manifest::parse(&documents).unwrap())
}

fn between(old: &Value, new: &Value) -> Option<Plan> {
    Some(plan(&objects(old)?, &objects(new)?, &Sources::default()))
}

/// Settings that restart nothing, and yet are more than an apply: what they do, and with which consequence.
const MORE_THAN_APPLIED: &[(&str, &[Kind])] = &[
    ("/backup/scheduled/volume/accessModes", &[Kind::VolumeReplaced]),
    ("/backup/scheduled/volume/storageClassName", &[Kind::VolumeReplaced]),
    ("/maxVoters", &[Kind::RoleChange]),
    ("/membership/recovery/attempt", &[Kind::Recovery]),
    ("/membership/recovery/survivor", &[Kind::Recovery]),
    ("/readers/service/clusterIP", &[Kind::ObjectReplaced]),
    ("/readers/service/enabled", &[Kind::ServiceGone]),
    ("/readers/service/loadBalancerClass", &[Kind::ObjectReplaced]),
    ("/readers/service/name", &[Kind::ServiceGone]),
    ("/readers/service/port", &[Kind::PortChange]),
    ("/replicas", &[Kind::ScaleInLosesQuorum]),
    ("/services/client/clusterIP", &[Kind::ObjectReplaced]),
    ("/services/client/enabled", &[Kind::ServiceGone]),
    ("/services/client/loadBalancerClass", &[Kind::ObjectReplaced]),
    ("/services/client/name", &[Kind::ServiceGone]),
    ("/services/client/port", &[Kind::PortChange]),
    ("/services/perPod/loadBalancerClass", &[Kind::ObjectReplaced]),
    ("/storage/localVolumes/pathPrefix", &[Kind::VolumeReplaced]),
];

/// Settings about data whose change loses none: every row of a reader is with the voters.
const NO_DATA: &[&str] = &["/readers/storage/retention/whenDeleted", "/readers/storage/retention/whenScaled"];

/// How a plan says that pods restart, also where an autoscaler decides how many there are.
const RESTARTS: &[Kind] = &[Kind::RollingRestart, Kind::WritePause, Kind::RestartByHand];

/// Every plan that a setting alone can make, with and without it.
fn plans(setting: &Setting) -> Vec<Plan> {
    let Some(base) = objects(&effects::base(&setting.pointer)) else { return Vec::new() };
    let with = |value: &Value| Some(plan(&base, &objects(&setting.alone(value))?, &Sources::default()));
    let alone: Vec<_> = setting.candidates.iter().filter_map(with).collect();
    if alone.iter().any(|plan| !plan.objects.is_empty()) {
        return alone;
    }
    let golden = effects::in_golden_cases(&setting.pointer);
    golden.iter().filter_map(|(with, without)| between(without, with)).collect()
}

#[test]
fn a_plan_says_of_each_setting_what_its_annotation_does() {
    let (mut wrong, mut more) = (Vec::new(), BTreeMap::new());
    for setting in effects::settings() {
        let plans = plans(&setting);
        let any = |is: &dyn Fn(&Plan) -> bool| plans.iter().any(is);
        let replaces = |plan: &Plan| {
            plan.objects.iter().any(|object| object.kind == "StatefulSet" && object.change == Fate::Replaced)
        };
        let said = |plan: &Plan| plan.consequences.iter().any(|said| RESTARTS.contains(&said.id));
        let restarts = |plan: &Plan| !plan.restarts.is_empty() || said(plan);
        let Setting { pointer, effect, .. } = setting;
        if plans.iter().all(|plan| plan.objects.is_empty()) {
            continue; // refused, or without a meaning alone
        }
        let is_right = match effect.as_str() {
            "none" => !any(&restarts) && !any(&replaces),
            "roll" => any(&restarts) && !any(&replaces),
            "immutable" => any(&|plan| plan.verdict > Verdict::Safe),
            _ => any(&|plan| plan.verdict > Verdict::Safe) || NO_DATA.contains(&pointer.as_str()),
        };
        if !is_right {
            wrong.push(format!("{pointer} is {effect}, and its plans say otherwise"));
        }
        let ids = plans.iter().flat_map(|plan| &plan.consequences).filter(|said| said.verdict > Verdict::Safe);
        let ids: BTreeSet<_> = ids.map(|said| said.id.name()).collect();
        if effect == "none" && !ids.is_empty() {
            more.insert(pointer, ids);
        }
    }
    assert_eq!(wrong, [""; 0]);
    let known = MORE_THAN_APPLIED
        .iter()
        .map(|(pointer, ids)| ((*pointer).to_owned(), ids.iter().map(|id| id.name()).collect::<BTreeSet<_>>()));
    assert_eq!(more, known.collect());
}

#[test]
fn any_two_cases_have_a_plan_with_a_way_and_equal_ones_have_none() {
    let cases: Vec<_> = golden::cases().iter().filter_map(|case| objects(&case.values)).collect();
    for old in &cases {
        for new in &cases {
            let plan = plan(old, new, &Sources::default());
            let same = std::ptr::eq(old, new);
            assert_eq!(plan.objects.is_empty(), same || old == new);
            assert_eq!(plan.steps.is_empty(), plan.objects.is_empty());
            let worst = plan.consequences.iter().map(|said| said.verdict).max();
            assert_eq!(plan.verdict, worst.unwrap_or(Verdict::Safe));
            let told = [text::plain(&plan), text::markdown(&plan)];
            assert!(told.iter().all(|text| text.contains(plan.verdict.in_words())));
            assert_eq!(told[1].matches("```").count() % 2, 0, "{}", told[1]);
        }
    }
}

#[test]
fn what_is_read_from_objects_is_what_the_topology_decided() {
    for case in golden::cases() {
        let rendering = case.render();
        let Some(topology) = rendering.topology.filter(|_| !rendering.documents.is_empty()) else { continue };
        let state = state(&manifest::parse(&rendering.documents).unwrap());
        assert_eq!(state.sets.len(), topology.sets().count(), "{}", case.name);
        for (read, set) in
            state.sets.iter().map(|read| (read, topology.sets().find(|set| set.name == read.name).unwrap()))
        {
            // Somebody may have said them as extraArgs.
            let flag = |name| set.arguments.iter().any(|argument| argument.flag() == name);
            let is_voters = set.name == topology.voters.name;
            let role =
                if is_voters { SetRole::Voters { max_voters: topology.cluster.max_voters } } else { SetRole::Readers };
            assert_eq!(
                (read.role, read.replicas, &read.service),
                (role, set.replicas, &set.headless.name),
                "{}",
                case.name
            );
            if is_voters {
                assert_eq!(read.voting(), topology.cluster.voters, "{}", case.name);
                assert_eq!(read.grace.is_some(), topology.grace_millis.is_some_and(|grace| grace > 0), "{}", case.name);
                assert_eq!(read.prunes, topology.prune, "{}", case.name);
            }
            assert_eq!(read.selector, set.selector);
            assert_eq!(read.version, topology.rqlite_version, "{}", case.name);
            assert_eq!(read.container, topology.names.container);
            assert_eq!(read.authenticates, flag("auth"), "{}", case.name);
            assert_eq!(read.clients.tls, flag("http-cert"), "{}", case.name);
            assert_eq!(read.clients.mutual, topology.access.is_mutual, "{}", case.name);
            assert_eq!(read.nodes.tls, flag("node-cert"), "{}", case.name);
            let volumes: Vec<_> =
                set.storage.volumes(&topology.names.volume).filter(|volume| volume.is_claimed).collect();
            let claims: Vec<_> = volumes.iter().map(|volume| (volume.name, volume.size.as_ref())).collect();
            assert_eq!(
                read.claims.iter().map(|claim| (claim.name.as_str(), claim.size.as_ref())).collect::<Vec<_>>(),
                claims
            );
        }
    }
}

/// Old values, new values, and what a plan says of them: the verdict, and the ids of all consequences.
const SAID: &[(&str, &str, &str)] = &[
    ("{}", "replicas: 5", "safe: scale-out"),
    ("replicas: 5", "replicas: 3", "safe: scale-in"),
    ("{}", "replicas: 1", "dangerous: scale-in-loses-quorum objects-removed"),
    ("replicas: 5", "replicas: 3\nrevision: a", "needs steps: scale-in-with-restart rolling-restart"),
    ("replicas: 5\nmembership: {grace: null}", "replicas: 3\nmembership: {grace: null}", "needs steps: members-stay"),
    (
        "{}",
        "replicas: 2\nstorage: {retention: {whenScaled: Delete}}",
        "needs steps: claims-deleted retention-deletes scale-in",
    ),
    ("storage: {retention: {whenScaled: Delete}}", "{}", "safe: retention-keeps"),
    (
        "replicas: 7\nmembership: {grace: null, readerGrace: 90s}",
        "membership: {grace: null, readerGrace: 90s}\nreplicas: 5",
        "safe: scale-in",
    ),
    (
        "readers: {replicas: 3}\nmembership: {grace: null, prune: true}",
        "membership: {grace: null, prune: true}",
        "needs steps: members-stay service-gone readers-gone objects-removed",
    ),
    ("replicas: 7", "replicas: 7\nmaxVoters: 7", "needs steps: role-change"),
    ("{}", "revision: a", "safe: rolling-restart"),
    ("replicas: 1", "replicas: 1\nrevision: a", "safe: write-pause"),
    ("{}", "revision: a\nupdateStrategy: {partition: 2}", "safe: partition-holds rolling-restart"),
    ("{}", "revision: a\nupdateStrategy: {type: OnDelete}", "needs steps: restart-by-hand"),
    ("{}", "image: {tag: 10.2.6}", "needs steps: downgrade rolling-restart"),
    ("image: {tag: 10.2.6}", "{}", "safe: version-change rolling-restart"),
    ("image: {tag: 9.4.5}", "{}", "needs steps: major-upgrade no-way-back rolling-restart"),
    (
        "image: {tag: 9.4.5}",
        "replicas: 5",
        "needs steps: major-upgrade no-way-back scale-with-upgrade scale-out rolling-restart",
    ),
    ("image: {tag: 8.43.4}", "image: {tag: 9.4.5}", "needs steps: major-upgrade rolling-restart"),
    ("image: {tag: 8.43.4}", "{}", "dangerous: upgrade-skips no-way-back rolling-restart"),
    ("{}", "image: {tag: 9.4.5}", "dangerous: downgrade-impossible"),
    ("image: {tag: 9.4.5}", "image: {tag: 10.0.1}", "dangerous: unsupported-version"),
    ("{}", "image: {tag: latest}", "needs steps: unknown-version rolling-restart"),
    ("{}", "storage: {size: 20Gi}", "needs steps: volume-expansion"),
    ("{}", "storage: {size: 5Gi}", "needs steps: volume-change"),
    ("{}", "storage: {storageClassName: fast}", "needs steps: volume-change"),
    ("replicas: 1", "replicas: 1\nstorage: {storageClassName: fast}", "needs steps: volume-change"),
    ("{}", "storage: {volumeAttributesClassName: fast}", "needs steps: volume-attributes"),
    ("{}", "storage: {labels: {a: b}}", "needs steps: immutable-field"),
    ("{}", "storage: {ephemeral: true}", "dangerous: becomes-ephemeral rolling-restart"),
    ("storage: {ephemeral: true}", "{}", "needs steps: disks-start-empty rolling-restart"),
    ("replicas: 1\nstorage: {ephemeral: true}", "replicas: 1", "dangerous: data-lost write-pause"),
    (
        "replicas: 1\nstorage: {ephemeral: true}",
        "replicas: 1\nstorage: {ephemeral: true}\nrevision: a",
        "dangerous: data-lost write-pause",
    ),
    (
        "storage: {ephemeral: true}",
        "storage: {ephemeral: true}\ntls: {node: {secretName: a, serverName: b}}",
        "dangerous: data-lost node-tls-change write-pause",
    ),
    ("{}", "formation: parallel", "needs steps: immutable-field rolling-restart"),
    ("{}", "nameOverride: other", "needs steps: selector-change immutable-field write-pause"),
    ("{}", "fullnameOverride: other", "dangerous: data-left-behind"),
    ("{}", "services: {headless: {name: other}}", "dangerous: addresses-change"),
    ("{}", "tls: {node: {secretName: a, serverName: b}}", "needs steps: node-tls-change write-pause"),
    ("{}", "tls: {client: {secretName: a}}", "needs steps: client-tls-change rolling-restart"),
    ("{}", "auth: {existingSecret: a}", "needs steps: auth-change rolling-restart"),
    ("{}", "services: {client: {clusterIP: 10.0.0.9}}", "needs steps: object-replaced"),
    ("{}", "services: {client: {name: other}}", "needs steps: service-gone objects-removed"),
    ("{}", "networkPolicy: {enabled: false}", "safe: objects-removed"),
    ("backup: {scheduled: {schedule: '@daily'}}", "{}", "safe: scripts-change volume-left objects-removed"),
    (
        "backup: {scheduled: {schedule: '@daily'}}",
        "backup: {scheduled: {schedule: '@daily', volume: {storageClassName: a}}}",
        "dangerous: volume-replaced",
    ),
    (
        "readers: {replicas: 3}",
        "readers: {autoscaling: {minReplicas: 2, maxReplicas: 4, targetCPUUtilizationPercentage: 70}}",
        "needs steps: autoscaler-takes-over",
    ),
    ("readers: {replicas: 3}", "readers: {replicas: 1, storage: {retention: {whenScaled: Delete}}}", "safe: scale-in"),
    ("readers: {replicas: 3}", "{}", "needs steps: service-gone readers-gone objects-removed"),
    (
        "readers: {replicas: 3}\nmembership: {grace: null}",
        "membership: {grace: null}",
        "needs steps: members-stay service-gone readers-gone objects-removed",
    ),
    // Who joins anew must be understood by those that are there.
    (
        "replicas: 1",
        "tls: {node: {secretName: a, serverName: b}}",
        "needs steps: node-tls-change scale-out write-pause",
    ),
    (
        "{}",
        "replicas: 5\ntls: {client: {secretName: a}}",
        "needs steps: join-with-change client-tls-change scale-out rolling-restart",
    ),
    ("auth: {existingSecret: a}", "replicas: 5", "needs steps: join-with-change auth-change scale-out rolling-restart"),
    ("{}", "replicas: 5\nauth: {existingSecret: a}", "needs steps: auth-change scale-out rolling-restart"),
    (
        "storage: {ephemeral: true}\nimage: {tag: 9.4.5}",
        "storage: {ephemeral: true}",
        "needs steps: major-upgrade no-way-back join-with-change",
    ),
    (
        "storage: {ephemeral: true}\nimage: {tag: 9.4.5}",
        "{}",
        "needs steps: major-upgrade no-way-back join-with-change",
    ),
    (
        "replicas: 5\nmembership: {grace: null}",
        "membership: {grace: null}\nrevision: a",
        "needs steps: scale-in-with-restart rolling-restart",
    ),
    ("{}", "membership: {recovery: {survivor: 1, attempt: x1}}", "needs steps: recovery"),
    (
        "membership: {recovery: {survivor: 1, attempt: x1}}",
        "tls: {node: {secretName: a, serverName: b}}\nmembership: {recovery: {survivor: 1, attempt: x1}}",
        "needs steps: node-tls-change write-pause",
    ),
    (
        "{}",
        "tls: {node: {secretName: a, serverName: b}}\nmembership: {recovery: {survivor: 0, attempt: x1}}",
        "dangerous: recovery-while-stopped node-tls-change write-pause",
    ),
    ("replicas: 5", "storage: {storageClassName: fast}", "needs steps: scale-in-with-restart volume-change"),
    ("{}", "services: {client: {port: 80}}", "needs steps: port-change"),
];

/// Old values, new values, and a part of the steps that they need, in this order.
const STEPS: &[(&str, &str, &[&str])] = &[
    (
        "{}",
        "replicas: 5\ntls: {client: {secretName: a}}",
        &["kubectl scale -n default statefulset/shop --replicas=5", "kubectl apply"],
    ),
    // With the same labels its Services would take pods of both.
    ("{}", "fullnameOverride: other", &["as a release of another name, and load the copy"]),
    (
        "replicas: 5",
        "storage: {storageClassName: fast}",
        &["--replicas=3", "for i in $(seq 2 -1 0); do kubectl delete -n default --wait=false pvc/data-shop-$i"],
    ),
    (
        "image: {tag: 8.43.4}\nupdateStrategy: {type: OnDelete}",
        "updateStrategy: {type: OnDelete}",
        &["rqlite:9.4.5", "for i in $(seq 2 -1 0); do kubectl delete", "kubectl apply", "for i in $(seq 2 -1 0)"],
    ),
    (
        "image: {tag: 8.43.4}\nupdateStrategy: {partition: 2}",
        "updateStrategy: {partition: 2}",
        &[r#"{"rollingUpdate":{"partition":0}}"#, "rqlite:9.4.5", "kubectl rollout status"],
    ),
    (
        "updateStrategy: {type: OnDelete}",
        "replicas: 5\nrevision: a\nupdateStrategy: {type: OnDelete}",
        &["for i in $(seq 2 -1 0); do kubectl delete", "readyReplicas}'=5"],
    ),
    (
        "image: {tag: 9.4.5}\nupdateStrategy: {type: OnDelete}",
        "replicas: 5\nupdateStrategy: {type: OnDelete}",
        &["--replicas=5", "readyReplicas}'=5", "for i in $(seq 4 -1 0); do kubectl delete"],
    ),
    (
        "image: {tag: 9.4.5}",
        "replicas: 5\nstorage: {size: 20Gi}",
        &[
            "--replicas=5",
            "membership.grace",
            "shop-4 alone",
            r#"{"partition":4}"#,
            "rqlite:10.2.7",
            r#"{"partition":0}"#,
            "for i in $(seq 0 4); do kubectl patch -n default",
            "--cascade=orphan",
        ],
    ),
    (
        "readers: {autoscaling: {minReplicas: 2, maxReplicas: 6, targetCPUUtilizationPercentage: 50}}",
        "storage: {size: 20Gi}\nreaders: {autoscaling: {minReplicas: 2, maxReplicas: 6, targetCPUUtilizationPercentage: 50}}",
        &[
            "for i in $(seq 0 $(($(kubectl get -n default statefulset/shop-readers -o jsonpath='{.spec.replicas}') - 1)))",
        ],
    ),
    (
        "readers: {replicas: 3}\nmembership: {grace: null}",
        "membership: {grace: null}",
        &["Remove the member shop-readers-2"],
    ),
    (
        "replicas: 7\nmembership: {grace: null}",
        "membership: {grace: null}\nrevision: a",
        &["--replicas=3", ".remove shop-6", ".remove shop-5", ".remove shop-4", ".remove shop-3"],
    ),
];

fn read(text: &str) -> Vec<Manifest> {
    objects(&serde_yaml::from_str(text).unwrap()).unwrap_or_else(|| panic!("{text}"))
}

fn said(plan: &Plan) -> String {
    let ids: Vec<_> = plan.consequences.iter().map(|said| said.id.name()).collect();
    format!("{}: {}", plan.verdict.in_words(), ids.join(" "))
}

#[test]
fn each_kind_of_consequence_is_said_where_it_should_be() {
    let mut wrong = Vec::new();
    for (old, new, expected) in SAID {
        let found = said(&plan(&read(old), &read(new), &Sources::default()));
        if found != *expected {
            wrong.push(format!("({old:?}, {new:?}, {found:?}),"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_scale_in_says_when_the_leader_drops_whom() {
    for (membership, from, to, expected) in [
        ("{}", 7, 5, "after 90s (membership.grace)"),
        ("{readerGrace: 1h}", 7, 5, "after 1h (membership.readerGrace)"),
        ("{readerGrace: 1h}", 7, 4, "after 90s (membership.grace) or after 1h (membership.readerGrace)"),
        ("{grace: null, readerGrace: 1h}", 7, 5, "after 1h (membership.readerGrace)"),
    ] {
        let state = |pods: u32| read(&format!("replicas: {pods}\nmembership: {membership}"));
        let told = text::plain(&plan(&state(from), &state(to), &Sources::default()));
        assert!(told.contains(&format!("drops them {expected};")), "{membership}: {told}");
    }
    let pool =
        |pods: u32| read(&format!("readers: {{replicas: {pods}}}\nmembership: {{grace: null, readerGrace: 90s}}"));
    let told = text::plain(&plan(&pool(3), &pool(2), &Sources::default()));
    assert!(told.contains("drops them after 90s (membership.readerGrace)"), "{told}");
}

#[test]
fn steps_come_in_the_order_in_which_nothing_is_lost() {
    for (old, new, expected) in STEPS {
        let told = text::plain(&plan(&read(old), &read(new), &Sources::default()));
        let mut rest = told.split_once("Steps").map_or("", |(_, steps)| steps);
        for part in *expected {
            let Some((_, behind)) = rest.split_once(part) else { panic!("{old:?} to {new:?}: no {part} in\n{told}") };
            rest = behind;
        }
    }
}

#[test]
fn what_comes_and_goes_as_a_whole_is_said_too_and_no_kind_is_never_said() {
    let cluster = objects(&serde_json::json!({})).unwrap();
    let foreign: Vec<_> = cluster.iter().filter(|object| object.kind != "ConfigMap").cloned().collect();
    let mut stopped = cluster.clone();
    for object in stopped.iter_mut().filter(|object| object.kind == "StatefulSet") {
        object.object["spec"]["replicas"] = 0.into();
    }
    let between = |old: &[Manifest], new: &[Manifest]| said(&plan(old, new, &Sources::default()));
    let whole = [
        (between(&[], &cluster), "safe: first-install"),
        (between(&cluster, &[]), "dangerous: cluster-removed service-gone objects-removed"),
        (between(&foreign, &cluster), "dangerous: unknown-cluster"),
        (
            between(&foreign, &objects(&serde_json::json!({ "fullnameOverride": "other" })).unwrap()),
            "dangerous: unknown-cluster",
        ),
        (between(&cluster, &stopped), "safe: write-pause"),
    ];
    for (found, expected) in &whole {
        assert_eq!(found, expected);
    }
    let said: BTreeSet<_> = SAID.iter().map(|(_, _, said)| *said).chain(whole.map(|(_, expected)| expected)).collect();
    let said: BTreeSet<_> = said.iter().flat_map(|said| said.split(' ')).collect();
    let never: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).filter(|name| !said.contains(name)).collect();
    assert_eq!(never, [""; 0]);
}
