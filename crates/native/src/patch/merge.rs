//! Strategic merge patches: mappings are merged, null removes, lists are replaced or merged by a key.
//!
//! Kubernetes reads the keys from its own types; the few lists that it merges are listed here, by the field's name.

use rqchart_core::diagnostic::pointer;
use rqchart_core::values::Object;
use serde_json::Value;

use super::Failure;

/// Lists that Kubernetes merges, and by what. Of several keys, the first that an entry has.
const KEYS: &[(&str, &[&str])] = &[
    ("containers", &["name"]),
    ("env", &["name"]),
    ("ephemeralContainers", &["name"]),
    ("hostAliases", &["ip"]),
    ("imagePullSecrets", &["name"]),
    ("initContainers", &["name"]),
    ("ownerReferences", &["uid"]),
    ("ports", &["containerPort", "port"]),
    ("resourceClaims", &["name"]),
    ("schedulingGates", &["name"]),
    ("topologySpreadConstraints", &["topologyKey"]),
    ("volumeDevices", &["devicePath"]),
    ("volumeMounts", &["mountPath"]),
    ("volumes", &["name"]),
];

/// What kubectl writes into patches that it computes; people have no use for it.
const UNSUPPORTED: &[&str] = &["$setElementOrder/", "$deleteFromPrimitiveList/", "$retainKeys"];

/// What an entry or a mapping says of itself.
#[derive(Clone, Copy, PartialEq)]
enum Directive {
    Merge,
    Replace,
    Delete,
}

/// Merges a patch into a mapping. `at` is where the patch stands.
pub(super) fn map(target: &mut Object, patch: &Object, at: &str) -> Result<(), Failure> {
    match directive(patch, at)? {
        Directive::Merge => {}
        Directive::Replace => target.clear(),
        Directive::Delete => return Err(failure(at, "an object cannot remove itself")),
    }
    for (key, value) in patch.iter().filter(|(key, _)| *key != "$patch") {
        let at = pointer(at, key);
        if UNSUPPORTED.iter().any(|directive| key.starts_with(directive)) {
            return Err(failure(&at, format!("the directive {key:?} is not supported; $patch is")));
        }
        match value {
            Value::Null => drop(target.shift_remove(key)),
            Value::Object(patch) if directive(patch, &at)? == Directive::Delete => drop(target.shift_remove(key)),
            Value::Object(patch) => map(map_at(target, key), patch, &at)?,
            Value::Array(patch) => list(target, key, patch, &at)?,
            scalar => drop(target.insert(key.clone(), scalar.clone())),
        }
    }
    Ok(())
}

/// The mapping at a key, made if something else or nothing is there.
fn map_at<'a>(target: &'a mut Object, key: &str) -> &'a mut Object {
    let value = target.entry(key).or_insert(Value::Null);
    if !value.is_object() {
        *value = Value::Object(Object::new());
    }
    value.as_object_mut().expect("it was just made one")
}

fn list(target: &mut Object, field: &str, patch: &[Value], at: &str) -> Result<(), Failure> {
    let is_replace = |entry: &Value| entry.as_object().is_some_and(|entry| is_bare(entry, "replace"));
    let entries: Vec<_> = patch.iter().enumerate().filter(|(_, entry)| !is_replace(entry)).collect();
    let keys = KEYS.iter().find(|(known, _)| *known == field).map(|(_, keys)| *keys);
    let Some(keys) = keys.filter(|_| entries.len() == patch.len()) else {
        if let Some((index, _)) = entries.iter().find(|(_, entry)| entry.get("$patch").is_some()) {
            return Err(failure(&format!("{at}/{index}"), "the list is replaced whole: write the entries that stay"));
        }
        let entries = entries.into_iter().map(|(_, entry)| entry.clone()).collect();
        target.insert(field.to_owned(), entries);
        return Ok(());
    };
    let target = target.entry(field).or_insert(Value::Null);
    if !target.is_array() {
        *target = Value::Array(Vec::new());
    }
    let target = target.as_array_mut().expect("it was just made one");
    entries.into_iter().try_for_each(|(index, patch)| entry(target, keys, patch, &format!("{at}/{index}")))
}

/// Merges an entry into the one with the same key; adds it at the end when there is none. kubectl would put it first; here
/// the rqlite container stays the one that `kubectl logs` shows and that JSON patches find at 0.
fn entry(target: &mut Vec<Value>, keys: &[&str], patch: &Value, at: &str) -> Result<(), Failure> {
    let found = patch.as_object().zip(keys.iter().find(|key| patch.get(**key).is_some_and(|value| !value.is_null())));
    let Some((patch, key)) = found else {
        return Err(failure(
            at,
            format!("entries of this list are merged by {}, which this one lacks", keys.join(" or ")),
        ));
    };
    let known = target.iter().position(|entry| entry.get(key) == Some(&patch[*key]));
    match (directive(patch, at)?, known) {
        (Directive::Delete, Some(index)) => drop(target.remove(index)),
        (Directive::Delete, None) => return Err(failure(at, format!("there is no entry with {key} {}", patch[*key]))),
        (_, Some(index)) => {
            let mut entry = target[index].as_object().cloned().unwrap_or_default();
            map(&mut entry, patch, at)?;
            target[index] = entry.into();
        }
        (_, None) => {
            let mut entry = Object::new();
            map(&mut entry, patch, at)?;
            target.push(entry.into());
        }
    }
    Ok(())
}

/// Whether a mapping is a directive and nothing else.
fn is_bare(patch: &Object, word: &str) -> bool {
    patch.len() == 1 && patch.get("$patch").and_then(Value::as_str) == Some(word)
}

fn directive(patch: &Object, at: &str) -> Result<Directive, Failure> {
    match patch.get("$patch").map(Value::as_str) {
        None | Some(Some("merge")) => Ok(Directive::Merge),
        Some(Some("replace")) => Ok(Directive::Replace),
        Some(Some("delete")) => Ok(Directive::Delete),
        _ => Err(failure(&pointer(at, "$patch"), "$patch is one of merge, replace and delete")),
    }
}

fn failure(at: &str, message: impl Into<String>) -> Failure {
    Failure { at: at.to_owned(), message: message.into() }
}
