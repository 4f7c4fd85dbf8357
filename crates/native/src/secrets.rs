//! What of values is a secret: what the schema says is one, and free text that looks like one.

use rqchart_core::diagnostic::pointer;
use rqchart_core::schema::{Reference, Setting};
use serde_json::{Value, json};

/// Where a Secret, or a patch of one, has its content.
const CONTENT: [&str; 4] = ["data", "stringData", "merge", "json"];

/// Finds secrets in values, valid or not; returns their JSON pointers.
pub(crate) fn find(values: &Value, reference: &Reference) -> Vec<String> {
    remove(&mut values.clone(), reference)
}

/// Removes secrets from values; returns their JSON pointers.
pub(crate) fn remove(values: &mut Value, reference: &Reference) -> Vec<String> {
    let mut found = Vec::new();
    walk(Some(reference.root()), values, "", &mut found);
    found
}

/// A field of an object without its secrets; none where it is one. `entry` is the name of what it is a field of: of an
/// environment variable, say, whose value it is.
pub(crate) fn without(entry: Option<&str>, key: &str, value: &Value) -> Option<Value> {
    let mut object = json!({ "name": entry, key: value });
    walk(None, &mut object, "", &mut Vec::new());
    object.as_object_mut()?.remove(key)
}

fn walk(setting: Option<Setting<'_>>, value: &mut Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            let named: Vec<_> = setting.iter().flat_map(Setting::properties).map(|(name, _)| name).collect();
            // A key that is not known beside secrets may be one of them, misspelt.
            let is_beside = setting.is_some_and(holds_secrets);
            let is_secret_object = map.get("kind").is_some_and(|kind| kind == "Secret");
            let speaks_of = ["name", "path"].iter().find_map(|key| map.get(*key)?.as_str());
            let hides_value = speaks_of.is_some_and(is_telling);
            map.retain(|key, value| {
                let child = setting.and_then(|setting| setting.child(key));
                let is_free = !named.contains(&key.as_str());
                let is_secret = !value.is_null()
                    && (is_beside && is_free
                        || is_in_place_of_secrets(child, value)
                        || child.is_some_and(|child| child.is_secret())
                        || is_secret_object && CONTENT.contains(&key.as_str())
                        || value.is_string() && (is_free && is_telling(key) || hides_value && key == "value")
                        || value.as_str().is_some_and(tells));
                if is_secret {
                    found.push(pointer(path, key));
                } else {
                    walk(child, value, &pointer(path, key), found);
                }
                !is_secret
            });
        }
        Value::Array(items) => {
            let mut told = tell(items).into_iter();
            let mut at = 0;
            items.retain_mut(|item| {
                let key = at.to_string();
                at += 1;
                let child = setting.and_then(|setting| setting.child(&key));
                let is_secret = told.next().unwrap_or_default() || is_in_place_of_secrets(child, item);
                if is_secret {
                    found.push(pointer(path, &key));
                } else {
                    walk(child, item, &pointer(path, &key), found);
                }
                !is_secret
            });
        }
        _ => {}
    }
}

/// Whether a setting, or each entry of it, has a secret among its parts.
fn holds_secrets(setting: Setting<'_>) -> bool {
    setting.properties().any(|(name, _)| setting.child(name).is_some_and(|child| child.is_secret()))
}

/// Whether a value stands where a mapping with secrets belongs: `ada:password`, say.
fn is_in_place_of_secrets(setting: Option<Setting<'_>>, value: &Value) -> bool {
    let is_list = |setting: Setting<'_>| setting.child("0").is_some();
    setting.is_some_and(|setting| {
        let is_other = value.is_string() || value.is_number() || value.is_array() && !is_list(setting);
        is_other && holds_secrets(setting)
    })
}

/// Whether a name promises a secret. The name of a Secret is none.
fn is_telling(name: &str) -> bool {
    const WORDS: [&str; 10] = [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "credential",
        "apikey",
        "accesskey",
        "privatekey",
        "authorization",
    ];
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let refers = ["name", "ref", "namespace", "path", "file"].iter().any(|end| name.ends_with(end));
    !refers && WORDS.iter().any(|word| name.contains(word))
}

/// Puts stars for what stands behind a name that promises a secret, in a line that could not be read.
pub(crate) fn cover_unread(line: &mut String) {
    let is_no_word = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'));
    let is_between = |c: char| matches!(c, ' ' | ':' | '=' | '"' | '\'' | '[' | '{');
    let mut start = 0;
    for word in line.split_inclusive(is_no_word) {
        start += word.len();
        if is_telling(word.trim_end_matches(is_no_word)) {
            break;
        }
    }
    let behind = &line[start..];
    let value = start + behind.len() - behind.trim_start_matches(is_between).len();
    let hidden = "*".repeat(line[value..].chars().count());
    line.replace_range(value.., &hidden);
}

/// Whether a text itself shows that it holds a secret: a private key, a password in an address or in `name=value`.
pub(crate) fn tells(text: &str) -> bool {
    let in_address = |rest: &str| {
        let authority = rest.split(['/', '?', '#', ' ']).next().unwrap_or_default();
        authority.split_once('@').is_some_and(|(user, _)| user.contains(':'))
    };
    text.contains("PRIVATE KEY-----")
        || text.split("://").skip(1).any(in_address)
        || text
            .split_once('=')
            .is_some_and(|(name, value)| !value.is_empty() && !name.contains(char::is_whitespace) && is_telling(name))
}

/// Which entries of a list are secrets, by what they are or by the option in front of them: `["--password", "x"]`.
pub(crate) fn tell(list: &[Value]) -> Vec<bool> {
    let mut is_asked_for = false;
    let tell = |value: &Value| {
        let Some(text) = value.as_str() else {
            is_asked_for = false;
            return false;
        };
        let is_option = text.starts_with('-');
        let is_secret = tells(text) || is_asked_for && !is_option;
        is_asked_for = is_option && is_telling(text) && !text.contains('=');
        is_secret
    };
    list.iter().map(tell).collect()
}
