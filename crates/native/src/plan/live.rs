//! Objects as a cluster has them → what somebody has asked for.
//!
//! An API server adds to what it is given: status, defaults, its own notes. What nobody has asked for is no difference. Which
//! objects a server has written is told by looking at each: they come from kubectl, or from files that it filled.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::compare::is_same;
use crate::Manifest;
use crate::manifest::{list, text};

/// What `kubectl apply` was last given.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// Annotations that controllers write.
const NOTES: &[&str] = &[
    LAST_APPLIED,
    "deployment.kubernetes.io/revision",
    "pv.kubernetes.io/bind-completed",
    "pv.kubernetes.io/bound-by-controller",
];

/// Old objects, as far as they can be compared with new ones. Those that an API server has written are without fields that
/// neither the new object nor the last `kubectl apply` mentions; those that other objects have made are not the release's.
///
/// A field that another tool than `kubectl apply` has set, and that the new object leaves out, is not seen.
pub(super) fn known(old: &[Manifest], new: &[Manifest]) -> Vec<Manifest> {
    let known = |manifest: &Manifest| if is_live(manifest) { asked_for(manifest, new) } else { manifest.clone() };
    of_release(old).map(known).collect()
}

/// New objects as somebody asks for them. Those that an API server has written are without its notes, but with its defaults:
/// an apply sets them.
pub(super) fn wanted(new: &[Manifest]) -> Vec<Manifest> {
    let wanted = |manifest: &Manifest| {
        let object = manifest.object.clone();
        Manifest { object: if is_live(manifest) { without_notes(object) } else { object }, ..manifest.clone() }
    };
    of_release(new).map(wanted).collect()
}

/// Whether an API server has written it: nobody else numbers objects and their versions.
fn is_live(manifest: &Manifest) -> bool {
    ["/metadata/uid", "/metadata/resourceVersion"]
        .iter()
        .any(|number| manifest.text(number).is_some_and(|number| !number.is_empty()))
}

/// Without what other objects have made in a cluster.
fn of_release(objects: &[Manifest]) -> impl Iterator<Item = &Manifest> {
    let is_owned = |manifest: &Manifest| list(&manifest.object, "/metadata/ownerReferences").next().is_some();
    // Claims of a StatefulSet have no owner unless they are deleted with it: they are named after it.
    let sets: Vec<String> = objects.iter().filter(|object| object.kind == "StatefulSet").flat_map(claims).collect();
    let is_claim = move |manifest: &Manifest| {
        let stem =
            manifest.name.rsplit_once('-').filter(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
        manifest.kind == "PersistentVolumeClaim" && stem.is_some_and(|(stem, _)| sets.iter().any(|set| set == stem))
    };
    objects.iter().filter(move |manifest| !(is_live(manifest) && (is_owned(manifest) || is_claim(manifest))))
}

/// What the claims of a set are named, without their number.
fn claims(set: &Manifest) -> Vec<String> {
    let name = |template: &Value| Some(format!("{}-{}", text(template, "/metadata/name")?, set.name));
    list(&set.object, "/spec/volumeClaimTemplates").filter_map(name).collect()
}

fn asked_for(manifest: &Manifest, new: &[Manifest]) -> Manifest {
    let applied = manifest.text(&format!("/metadata/annotations/{}", LAST_APPLIED.replace('/', "~1")));
    let applied: Option<Value> = applied.and_then(|text| serde_json::from_str(text).ok());
    let mut object = without_notes(manifest.object.clone());
    let wanted = new.iter().find(|other| is_same(manifest, other)).map(|other| encoded(other.object.clone()));
    let applied = applied.map(encoded);
    let mentioned: Vec<&Value> = wanted.iter().chain(&applied).collect();
    if wanted.is_some() {
        object = only(object, &mentioned);
    }
    if manifest.kind == "Secret" {
        object = as_text(object, new.iter().find(|other| is_same(manifest, other)));
    }
    Manifest { object, ..manifest.clone() }
}

/// Without what an API server and controllers write for themselves.
fn without_notes(mut object: Value) -> Value {
    if let Some(map) = object.as_object_mut() {
        map.remove("status");
    }
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.retain(|key, _| ["name", "namespace", "labels", "annotations"].contains(&key.as_str()));
        if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
            annotations.retain(|key, _| !NOTES.contains(&key.as_str()));
        }
    }
    let claims = object.pointer_mut("/spec/volumeClaimTemplates").and_then(Value::as_array_mut);
    for claim in claims.into_iter().flatten().filter_map(Value::as_object_mut) {
        claim.remove("status");
    }
    object
}

/// What of a value others mention.
fn only(value: Value, mentioned: &[&Value]) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.into_iter().filter_map(|(key, value)| {
                let inner: Vec<&Value> = mentioned.iter().filter_map(|other| other.get(&key)).collect();
                (!inner.is_empty()).then(|| (key, only(value, &inner)))
            });
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(list) => {
            let mentioned: Vec<Entries> = mentioned.iter().filter_map(|other| Entries::of(other)).collect();
            let entry = |(at, value): (usize, Value)| {
                let inner: Vec<&Value> = mentioned.iter().filter_map(|others| others.partner(&value, at)).collect();
                // An entry that nobody mentions is one that somebody has added.
                if inner.is_empty() { value } else { only(value, &inner) }
            };
            Value::Array(list.into_iter().enumerate().map(entry).collect())
        }
        value => value,
    }
}

/// What names an entry of a list, the first that it has.
const NAMES: [&str; 5] = ["/mountPath", "/name", "/metadata/name", "/containerPort", "/port"];

/// A list, and its entries by each of their names.
struct Entries<'v> {
    list: &'v [Value],
    named: HashMap<(&'static str, String), &'v Value>,
}

impl<'v> Entries<'v> {
    fn of(list: &'v Value) -> Option<Self> {
        let list = list.as_array()?;
        let mut named = HashMap::new();
        for entry in list {
            for key in NAMES {
                if let Some(name) = entry.pointer(key) {
                    named.entry((key, name.to_string())).or_insert(entry);
                }
            }
        }
        Some(Self { list, named })
    }

    /// The one that is the same thing as an entry of another list: of the same name, or at the same place.
    fn partner(&self, entry: &Value, at: usize) -> Option<&'v Value> {
        let name = NAMES.iter().find_map(|key| Some((*key, entry.pointer(key)?.to_string())));
        match name {
            Some(name) => self.named.get(&name).copied(),
            None => self.list.get(at),
        }
    }
}

/// A Secret's `stringData` is kept as `data`, whose keys are the same.
fn encoded(mut object: Value) -> Value {
    if object["kind"] == "Secret"
        && let Some(Value::Object(texts)) = object.as_object_mut().and_then(|map| map.remove("stringData"))
    {
        if !object["data"].is_object() {
            object["data"] = json!({});
        }
        for (key, _) in texts {
            object["data"][&key] = Value::Null;
        }
    }
    object
}

/// A Secret's `data` as the text that the new one has, where it is the same.
fn as_text(mut object: Value, new: Option<&Manifest>) -> Value {
    let Some(texts) = new.and_then(|new| new.object["stringData"].as_object()) else { return object };
    let Some(data) = object.get_mut("data").and_then(Value::as_object_mut) else { return object };
    let mut plain = Map::new();
    for key in texts.keys() {
        let Some(text) = data.remove(key) else { continue };
        let decoded = text.as_str().and_then(base64).and_then(|bytes| String::from_utf8(bytes).ok());
        plain.insert(key.clone(), decoded.map_or(text, Value::from));
    }
    object["stringData"] = Value::Object(plain);
    object
}

/// Decodes base64 (RFC 4648, section 4).
fn base64(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let six = ALPHABET.iter().position(|known| *known == byte)?;
        bits = bits << 6 | u32::try_from(six).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(bytes)
}
