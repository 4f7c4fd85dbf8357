//! What a changed setting restarts is what its annotation says: nothing, the pods, or nothing that Kubernetes allows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use rqchart_core::schema::{self, Dialect, Reference};
use serde_json::{Value, json};

use crate::{golden, release, render};

/// A setting that stands alone: its JSON pointer, its `effect`, values that it may take, and what its group demands beside
/// it, each with a value.
pub(crate) struct Setting {
    pub(crate) pointer: String,
    pub(crate) effect: String,
    pub(crate) candidates: Vec<Value>,
    demanded: Vec<(String, Value)>,
}

/// Every setting that is not a group of others.
pub(crate) fn settings() -> Vec<Setting> {
    fn candidates(of: schema::Setting<'_>, name: &str) -> Vec<Value> {
        of.child(name).map_or_else(Vec::new, |setting| setting.alternatives())
    }
    fn walk(schema: &Value, root: &Value, of: schema::Setting<'_>, at: &str, found: &mut Vec<Setting>) {
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let demanded = required.filter_map(|name| {
            let example = candidates(of, name).into_iter().next()?;
            Some((format!("{at}/{name}"), example))
        });
        let demanded: Vec<_> = demanded.collect();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let target = followed(field, root);
            let pointer = format!("{at}/{name}");
            if target["properties"].is_object() {
                walk(target, root, of.child(name).unwrap(), &pointer, found);
            } else if let Some(effect) = field["x-rqchart"]["effect"].as_str() {
                let mut candidates = candidates(of, name);
                candidates.retain(|candidate| *candidate != field["default"]);
                let demanded = demanded.iter().filter(|(other, _)| *other != pointer).cloned().collect();
                found.push(Setting { pointer, effect: effect.to_owned(), candidates, demanded });
            }
        }
    }
    let (root, mut found) = (schema::generate(Dialect::Draft2020), Vec::new());
    walk(&root, &root, Reference::built_in().root(), "", &mut found);
    found
}

fn followed<'a>(field: &'a Value, root: &'a Value) -> &'a Value {
    let either = field.pointer("/anyOf/0").or_else(|| field.pointer("/allOf/0")).unwrap_or(field);
    either["$ref"].as_str().map_or(either, |at| root.pointer(&at[1..]).unwrap())
}

fn set(values: &mut Value, pointer: &str, value: &Value) {
    let place = pointer.split('/').skip(1).fold(values, |place, key| &mut place[key]);
    *place = value.clone();
}

/// Values beside which a setting means something.
pub(crate) fn base(pointer: &str) -> Value {
    if pointer.starts_with("/readers/") { json!({ "readers": { "replicas": 1 } }) } else { json!({}) }
}

impl Setting {
    pub(crate) fn alone(&self, value: &Value) -> Value {
        let mut values = base(&self.pointer);
        let demanded = self.demanded.iter().map(|(pointer, value)| (pointer, value));
        for (pointer, value) in demanded.chain([(&self.pointer, value)]) {
            set(&mut values, pointer, value);
        }
        values
    }
}

/// Of each StatefulSet by its role: what restarts its pods when it changes, and what cannot change.
type Sets = BTreeMap<bool, (Value, Value)>;

fn stateful_sets(values: &Value) -> Option<Sets> {
    schema::validate(values).ok()?;
    let rendering = render(values, &release("shop", "default"));
    let manifests = rqchart::manifest::parse(&rendering.documents).ok()?;
    let sets = manifests.into_iter().filter(|manifest| manifest.kind == "StatefulSet").map(|manifest| manifest.object);
    let sets: Sets =
        sets.map(|set| (set["metadata"]["name"].as_str().unwrap().ends_with("-readers"), parts(&set))).collect();
    (!sets.is_empty()).then_some(sets)
}

fn parts(set: &Value) -> (Value, Value) {
    let (mut spec, name) = (set["spec"].clone(), set["metadata"]["name"].clone());
    let template = spec["template"].take();
    for mutable in [
        "replicas",
        "updateStrategy",
        "minReadySeconds",
        "persistentVolumeClaimRetentionPolicy",
        "revisionHistoryLimit",
        "template",
    ] {
        spec.as_object_mut().unwrap().remove(mutable);
    }
    (template, json!([name, spec]))
}

static CASES: LazyLock<Vec<Value>> = LazyLock::new(|| golden::cases().into_iter().map(|case| case.values).collect());

/// A setting's values beside which others have a meaning: golden cases with it and without it.
pub(crate) fn in_golden_cases(pointer: &str) -> Vec<(Value, Value)> {
    let cases = CASES.iter().filter(|values| values.pointer(pointer).is_some());
    cases
        .map(|values| {
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            let mut without = values.clone();
            without.pointer_mut(parent).and_then(Value::as_object_mut).unwrap().remove(key);
            (values.clone(), without)
        })
        .collect()
}

/// What setting a thing changes: the pods' template, and what of the StatefulSet never changes.
fn changes(setting: &Setting) -> Vec<(bool, bool)> {
    let differ = |with: &Value, without: &Value| {
        let (with, without) = (stateful_sets(with)?, stateful_sets(without)?);
        // A set that comes or goes restarts no other.
        let both: Vec<_> = with.iter().filter_map(|(role, set)| Some((set, without.get(role)?))).collect();
        Some((both.iter().any(|((a, _), (b, _))| a != b), both.iter().any(|((_, a), (_, b))| a != b)))
    };
    let alone = setting.candidates.iter().filter_map(|value| differ(&setting.alone(value), &base(&setting.pointer)));
    let alone: Vec<_> = alone.collect();
    if alone.iter().any(|(template, fixed)| *template || *fixed) {
        return alone;
    }
    let company = in_company().into_iter().filter(|(pointer, ..)| *pointer == setting.pointer);
    let company = company.map(|(pointer, before, value)| {
        let mut after = before.clone();
        set(&mut after, pointer, &value);
        (after, before)
    });
    let others = in_golden_cases(&setting.pointer).into_iter().chain(company);
    alone.into_iter().chain(others.filter_map(|(with, without)| differ(&with, &without))).collect()
}

/// Settings that are refused, or mean nothing, without others: values with all of them, and another value of the setting.
fn in_company() -> Vec<(&'static str, Value, Value)> {
    let users = json!({
        "auth": {
            "users": [{ "username": "app", "password": "a", "permissions": ["query"] }],
            "probePassword": "p", "memberPassword": "m", "backupPassword": "b",
        },
        "backup": { "scheduled": { "schedule": "@daily" } },
    });
    let claim = |size: &str| {
        let resources = json!({ "requests": { "storage": size } });
        json!([{ "name": "more", "spec": { "accessModes": ["ReadWriteOnce"], "resources": resources } }])
    };
    let route = json!({
        "gateway": { "tlsRoute": { "hostnames": ["a.example"], "parentRefs": [{ "name": "g" }] } },
        "tls": { "client": { "secretName": "client" } },
    });
    let profile =
        |context: &str, kind: &str| json!({ context: { kind: { "type": "Localhost", "localhostProfile": "a" } } });
    let object = |data: &str| json!([{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "own" }, "data": { "a": data } }]);
    let patch = |seconds: u8| {
        let pods = json!({ "spec": { "template": { "spec": { "activeDeadlineSeconds": seconds } } } });
        json!([{ "kind": "StatefulSet", "merge": pods }])
    };
    let probe = |path: &str| json!({ "httpGet": { "path": path, "port": "http" } });
    vec![
        ("/auth/backupPassword", users.clone(), json!("other")),
        ("/auth/memberPassword", users.clone(), json!("other")),
        ("/auth/probePassword", users, json!("other")),
        ("/extraObjects", json!({ "extraObjects": object("1") }), object("2")),
        ("/extraVolumeClaimTemplates", json!({ "extraVolumeClaimTemplates": claim("1Gi") }), claim("2Gi")),
        ("/extraVolumes", json!({ "extraVolumes": [{ "name": "more", "emptyDir": {} }] }), json!([])),
        ("/gateway/tlsRoute/hostnames", route.clone(), json!(["b.example"])),
        ("/gateway/tlsRoute/parentRefs", route, json!([{ "name": "h" }])),
        (
            "/metrics/otlp/endpoint",
            json!({ "image": { "tag": "10.3.0" }, "metrics": { "otlp": { "endpoint": "a:4317" } } }),
            json!("b:4317"),
        ),
        ("/patches", json!({ "patches": patch(1) }), patch(2)),
        (
            "/podSecurityContext/appArmorProfile/localhostProfile",
            profile("podSecurityContext", "appArmorProfile"),
            json!("b"),
        ),
        (
            "/podSecurityContext/seccompProfile/localhostProfile",
            profile("podSecurityContext", "seccompProfile"),
            json!("b"),
        ),
        (
            "/securityContext/appArmorProfile/localhostProfile",
            profile("securityContext", "appArmorProfile"),
            json!("b"),
        ),
        ("/securityContext/seccompProfile/localhostProfile", profile("securityContext", "seccompProfile"), json!("b")),
        ("/startupProbe/handler", json!({ "startupProbe": { "handler": probe("/a") } }), probe("/b")),
        (
            "/tls/client/caSecretName",
            json!({ "tls": { "client": { "secretName": "client", "caSecretName": "a" } } }),
            json!("b"),
        ),
    ]
}

#[test]
fn a_change_restarts_what_the_annotation_says() {
    let (mut wrong, mut not_tried) = (Vec::new(), BTreeSet::new());
    for setting in settings() {
        let changed = changes(&setting);
        let (rolls, replaces) = (changed.iter().any(|(t, _)| *t), changed.iter().any(|(_, f)| *f));
        let Setting { pointer, effect, .. } = setting;
        let right = match effect.as_str() {
            "none" => !rolls && !replaces,
            "roll" => rolls && !replaces,
            "immutable" => replaces,
            _ => true,
        };
        // What touches data, no manifest can show.
        let is_shown = effect == "none" || effect == "data" || rolls || replaces;
        if changed.is_empty() || !is_shown {
            not_tried.insert(pointer);
        } else if !right {
            wrong.push(format!("{pointer} is said to be {effect}: rolls {rolls}, replaces {replaces}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert_eq!(not_tried, BTreeSet::new(), "what they restart was not tried");
}
