//! What a changed setting restarts is what its annotation says: nothing, the pods, or nothing that Kubernetes allows.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rqchart_core::schema::{self, Dialect};
use serde_json::{Value, json};

use crate::{golden, release, render};

/// A setting that stands alone: its JSON pointer, its `effect`, and values that it may take.
struct Setting {
    pointer: String,
    effect: String,
    candidates: Vec<Value>,
}

/// Every setting that is not a group of others.
fn settings() -> Vec<Setting> {
    fn walk(schema: &Value, root: &Value, at: &str, found: &mut Vec<Setting>) {
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let target = followed(field, root);
            let pointer = format!("{at}/{name}");
            if target["properties"].is_object() {
                walk(target, root, &pointer, found);
            } else if let Some(effect) = field["x-rqchart"]["effect"].as_str() {
                let candidates = candidates(target, root);
                found.push(Setting { pointer, effect: effect.to_owned(), candidates });
            }
        }
    }
    let (root, mut found) = (schema::generate(Dialect::Draft2020), Vec::new());
    walk(&root, &root, "", &mut found);
    found
}

fn followed<'a>(field: &'a Value, root: &'a Value) -> &'a Value {
    let either = field.pointer("/anyOf/0").or_else(|| field.pointer("/allOf/0")).unwrap_or(field);
    either["$ref"].as_str().map_or(either, |at| root.pointer(&at[1..]).unwrap())
}

fn candidates(schema: &Value, root: &Value) -> Vec<Value> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut found = [list(&schema["enum"]), list(&schema["examples"])].concat();
    found.extend(list(&schema["oneOf"]).iter().map(|one| one["const"].clone()).filter(|value| !value.is_null()));
    let kinds = [list(&schema["type"]), vec![schema["type"].clone()]].concat();
    for kind in kinds.iter().filter_map(Value::as_str) {
        match kind {
            "boolean" => found.extend([json!(true), json!(false)]),
            "integer" => {
                let least = schema["minimum"].as_i64().unwrap_or(0);
                found.extend([least, least + 1, least + 4, least + 59].map(Value::from));
            }
            "string" => {
                // An example may be the default.
                let others: Vec<_> = found
                    .iter()
                    .filter_map(Value::as_str)
                    .map(|text| [format!("{text}1"), format!("1{text}")])
                    .collect();
                found.extend(others.concat().into_iter().chain(["text".to_owned()]).map(Value::from));
            }
            "array" => found.extend(candidates(followed(&schema["items"], root), root).into_iter().map(|v| json!([v]))),
            "object" if schema["properties"].is_null() => found.push(json!({ "example.com/key": "value" })),
            _ => {}
        }
    }
    found
}

fn set(pointer: &str, value: &Value) -> Value {
    pointer
        .split('/')
        .skip(1)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .fold(value.clone(), |inner, key| json!({ key: inner }))
}

/// What of the StatefulSet a change of restarts the pods, and what of it cannot change.
fn stateful_set(values: &Value) -> Option<(Value, Value)> {
    schema::validate(values).ok()?;
    let rendering = render(values, &release("shop", "default"));
    let manifests = rqchart::manifest::parse(&rendering.documents).ok()?;
    let set = manifests.into_iter().find(|manifest| manifest.kind == "StatefulSet")?.object;
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
        spec.as_object_mut()?.remove(mutable);
    }
    Some((template, json!([name, spec])))
}

static CASES: LazyLock<Vec<Value>> = LazyLock::new(|| golden::cases().into_iter().map(|case| case.values).collect());

/// A setting's values beside which others have a meaning: golden cases with it and without it.
fn in_golden_cases(pointer: &str) -> Vec<(Value, Value)> {
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
        let ((t1, f1), (t2, f2)) = (stateful_set(with)?, stateful_set(without)?);
        Some((t1 != t2, f1 != f2))
    };
    let alone = setting.candidates.iter().filter_map(|value| differ(&set(&setting.pointer, value), &json!({})));
    let alone: Vec<_> = alone.collect();
    if alone.iter().any(|(template, fixed)| *template || *fixed) {
        return alone;
    }
    let golden = in_golden_cases(&setting.pointer);
    alone.into_iter().chain(golden.iter().filter_map(|(with, without)| differ(with, without))).collect()
}

/// Settings that no case sets, or that are refused or mean nothing without others: what they restart was not tried.
const NOT_TRIED: &[&str] = &[
    "/auth/memberPassword",
    "/auth/probePassword",
    "/extraObjects",
    "/extraVolumeClaimTemplates",
    "/extraVolumes",
    "/gateway/tlsRoute/hostnames",
    "/gateway/tlsRoute/parentRefs",
    "/metrics/otlp/endpoint", // refused by the version that is rendered for
    "/patches",
    "/podSecurityContext/appArmorProfile/localhostProfile",
    "/podSecurityContext/seccompProfile/localhostProfile",
    "/securityContext/appArmorProfile/localhostProfile",
    "/securityContext/seccompProfile/localhostProfile",
    "/startupProbe/handler",
    "/tls/client/caSecretName",
    "/tls/client/mutual",
    "/tls/node/mutual",
];

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
    assert_eq!(not_tried, NOT_TRIED.iter().map(|pointer| (*pointer).to_owned()).collect());
}
