//! JSON patches (RFC 6902).

use rqchart_core::diagnostic::pointer_keys;
use rqchart_core::values::{JsonOp, JsonOperation};
use serde_json::Value;

use super::Failure;

/// Applies the operations in their order.
pub(super) fn apply(object: &mut Value, operations: &[JsonOperation]) -> Result<(), Failure> {
    for (index, operation) in operations.iter().enumerate() {
        let name = format!("{:?}", operation.op).to_lowercase();
        step(object, operation)
            .map_err(|reason| Failure { at: format!("/json/{index}"), message: format!("{name}: {reason}") })?;
    }
    Ok(())
}

fn step(object: &mut Value, operation: &JsonOperation) -> Result<(), String> {
    let path = operation.path.as_str();
    // A rule has refused operations that lack either.
    let value = || operation.value.clone().unwrap_or_default();
    let from = operation.from.as_ref().map_or("", |from| from.as_str());
    match operation.op {
        JsonOp::Add => add(object, path, value()),
        JsonOp::Remove => remove(object, path).map(drop),
        JsonOp::Replace => {
            let place = object.pointer_mut(path).ok_or_else(|| missing(path))?;
            *place = value();
            Ok(())
        }
        JsonOp::Move if path.strip_prefix(from).is_some_and(|rest| rest.starts_with('/')) => {
            Err(format!("{path} lies within {from}"))
        }
        JsonOp::Move => {
            let value = remove(object, from)?;
            add(object, path, value)
        }
        JsonOp::Copy => {
            let value = object.pointer(from).ok_or_else(|| missing(from))?.clone();
            add(object, path, value)
        }
        JsonOp::Test => match object.pointer(path) {
            None => Err(missing(path)),
            Some(there) if is_equal(there, &value()) => Ok(()),
            // What is there is not quoted: it may be a password.
            Some(_) => Err(format!("{path} has another value")),
        },
    }
}

/// Whether two values are the same to RFC 6902: numbers are if they are numerically, as 3 and 3.0.
fn is_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || (one.is_f64() || other.is_f64()) && one.as_f64() == other.as_f64()
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_equal(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let same = |(key, one): (&String, _)| other.get(key).is_some_and(|other| is_equal(one, other));
            one.len() == other.len() && one.iter().all(same)
        }
        _ => one == other,
    }
}

fn missing(path: &str) -> String {
    format!("there is nothing at {path}")
}

/// The mapping or list that a path leads into, and the key there.
fn parent<'a>(object: &'a mut Value, path: &str) -> Result<(&'a mut Value, String), String> {
    let (above, _) = path.rsplit_once('/').unwrap_or_default();
    let key = pointer_keys(path).last().unwrap_or_default();
    Ok((object.pointer_mut(above).ok_or_else(|| missing(above))?, key))
}

fn add(object: &mut Value, path: &str, value: Value) -> Result<(), String> {
    match parent(object, path)? {
        (Value::Object(map), key) => drop(map.insert(key, value)),
        (Value::Array(list), key) if key == "-" => list.push(value),
        (Value::Array(list), key) => match index(&key) {
            Some(index) if index <= list.len() => list.insert(index, value),
            _ => return Err(format!("the list at {path} has {} entries", list.len())),
        },
        _ => return Err(format!("what {path} leads into is neither a mapping nor a list")),
    }
    Ok(())
}

fn remove(object: &mut Value, path: &str) -> Result<Value, String> {
    let removed = match parent(object, path)? {
        (Value::Object(map), key) => map.shift_remove(&key),
        (Value::Array(list), key) => index(&key).filter(|index| *index < list.len()).map(|index| list.remove(index)),
        _ => None,
    };
    removed.ok_or_else(|| missing(path))
}

/// An index as RFC 6901 writes it: digits without leading zeros.
fn index(key: &str) -> Option<usize> {
    let plain = key == "0" || !key.starts_with(['0', '+']);
    plain.then(|| key.parse().ok()).flatten()
}
