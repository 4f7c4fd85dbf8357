//! The same change to values that are no text: what an edited text must read as, and the steps to it.

use rqchart_core::diagnostic::{dotted, pointer};
use serde_json::Value;

use super::Refusal;
use super::write::nested;

/// One step: the keys that lead to a setting, and its value, or none to remove it.
pub(super) type Step = (Vec<String>, Option<Value>);

/// More steps than this are one: the whole value is written anew.
const MOST: usize = 64;

/// Sets one value.
pub(super) fn set(root: &mut Value, keys: &[String], value: &Value) -> Result<(), Refusal> {
    let mut place = root;
    for (at, key) in keys.iter().enumerate() {
        let is_absent = match place {
            Value::Object(map) => !map.contains_key(key),
            Value::Array(items) => match key.parse::<usize>() {
                Ok(index) if index <= items.len() => index == items.len(),
                _ => {
                    let list = dotted(&keys[..at].iter().fold(String::new(), |path, key| pointer(&path, key)));
                    let count = items.len();
                    return Err(Refusal::new(format!("{list} is a list of {count}, which has no place for `{key}`")));
                }
            },
            // Text or a number gives way to what is set below it.
            other => {
                *other = nested(&keys[at..], value);
                return Ok(());
            }
        };
        if is_absent {
            let new = nested(&keys[at + 1..], value);
            match place {
                Value::Object(map) => _ = map.insert(key.clone(), new),
                Value::Array(items) => items.push(new),
                _ => {}
            }
            return Ok(());
        }
        place = match place {
            Value::Object(map) => &mut map[key.as_str()],
            other => &mut other[key.parse::<usize>().unwrap_or_default()],
        };
    }
    *place = value.clone();
    Ok(())
}

/// Removes one value, with the mappings that become empty; returns whether it was there.
pub(super) fn remove(root: &mut Value, keys: &[String]) -> bool {
    let Some((key, rest)) = keys.split_first() else { return false };
    match root {
        Value::Object(map) => {
            let Some(inner) = map.get_mut(key) else { return false };
            let was_there = rest.is_empty() || remove(inner, rest);
            let is_empty = inner.as_object().is_some_and(serde_json::Map::is_empty);
            if was_there && (rest.is_empty() || is_empty) {
                map.shift_remove(key);
            }
            was_there
        }
        Value::Array(items) => {
            let Some(at) = key.parse::<usize>().ok().filter(|at| *at < items.len()) else { return false };
            if rest.is_empty() {
                items.remove(at);
                return true;
            }
            remove(&mut items[at], rest)
        }
        _ => false,
    }
}

/// The steps that make one value of another and leave alone what is the same; a list's last entries go last first.
pub(super) fn steps(keys: &[String], old: Option<&Value>, new: &Value) -> Vec<Step> {
    let mut steps = Vec::new();
    collect(keys, old, new, &mut steps);
    if steps.len() > MOST { vec![(keys.to_vec(), Some(new.clone()))] } else { steps }
}

fn collect(keys: &[String], old: Option<&Value>, new: &Value, steps: &mut Vec<Step>) {
    let below = |key: &str| [keys, &[key.to_owned()]].concat();
    match (old, new) {
        (Some(old), new) if old == new => {}
        (Some(Value::Object(old)), Value::Object(new)) if !(old.is_empty() || new.is_empty()) => {
            for (key, value) in new {
                collect(&below(key), old.get(key), value, steps);
            }
            steps.extend(old.keys().filter(|key| !new.contains_key(*key)).map(|key| (below(key), None)));
        }
        (Some(Value::Array(old)), Value::Array(new)) if !(old.is_empty() || new.is_empty()) => {
            for (at, value) in new.iter().enumerate() {
                collect(&below(&at.to_string()), old.get(at), value, steps);
            }
            steps.extend((new.len()..old.len()).rev().map(|at| (below(&at.to_string()), None)));
        }
        _ => steps.push((keys.to_vec(), Some(new.clone()))),
    }
}
