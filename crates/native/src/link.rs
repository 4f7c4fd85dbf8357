//! A release and its values as a short text, which a page's address or a flag carries.
//!
//! `v=1,s=…`: the version of the form, and the state: what is not a default, as JSON, compressed (deflate), in the
//! alphabet of base64url; `,p=…`, where somebody adds it, a scenario to play. No character of it means anything to a shell, or
//! half a link would be taken for a whole one.
//! Secrets are left out, because links are kept in histories and logs. A link that somebody sends is hostile until
//! [`open`] has bounded its length, what it inflates to and how deep it is nested; what its values mean is judged like any
//! other values.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use rqchart_core::diagnostic::{Code, Diagnostic};
use rqchart_core::release::KubeVersion;
use rqchart_core::schema::{self, Reference, Setting};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{escape, secrets};

mod base64;

/// The most characters of a link.
const MOST_TEXT: usize = 256 << 10;
/// What the part of a state begins with.
const STATE: &str = "s=";
/// What the part of a scenario begins with.
const SCENARIO: &str = "p=";
/// The most bytes that it may inflate to.
const MOST_BYTES: u64 = 1 << 20;
/// The most characters of a name, and the most APIs.
const MOST_NAME: usize = 317;
const MOST_NAMES: usize = 1_000;

/// What a link carries.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct State {
    /// What the values are installed as.
    #[serde(skip_serializing_if = "Target::is_default")]
    pub release: Target,
    /// The values that are no defaults.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub values: Map<String, Value>,
}

/// What values are installed as, as somebody wrote it: nothing of it has been checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Target {
    /// The release's name.
    #[serde(skip_serializing_if = "is_default_name")]
    pub name: String,
    /// Its namespace.
    #[serde(skip_serializing_if = "is_default_namespace")]
    pub namespace: String,
    /// The version of Kubernetes; none means [`KubeVersion::DEFAULT`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kube_version: Option<String>,
    /// The APIs that the cluster was said to have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub api_versions: Vec<String>,
}

const NAME: &str = "rqlite";
const NAMESPACE: &str = "default";

impl Default for Target {
    fn default() -> Self {
        let (name, namespace) = (NAME.to_owned(), NAMESPACE.to_owned());
        Self { name, namespace, kube_version: None, api_versions: Vec::new() }
    }
}

impl Target {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }

    fn is_bounded(&self) -> bool {
        let texts = [&self.name, &self.namespace].into_iter().chain(&self.kube_version).chain(&self.api_versions);
        self.api_versions.len() <= MOST_NAMES && texts.into_iter().all(|text| text.len() <= MOST_NAME)
    }
}

fn is_default_name(name: &String) -> bool {
    name == NAME
}

fn is_default_namespace(namespace: &String) -> bool {
    namespace == NAMESPACE
}

impl State {
    /// The values as the text of a values file, in the order of the documentation.
    pub fn text(&self) -> String {
        if self.values.is_empty() {
            return String::new();
        }
        let reference = Reference::built_in();
        escape::document(&arranged(Some(reference.root()), &Value::Object(self.values.clone())))
    }
}

/// A link, and what is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Shared {
    /// The text, which an address takes as it is.
    pub link: String,
    /// The settings that were left out because they are secrets, as JSON pointers.
    pub omitted: Vec<String>,
}

/// Writes a link. The same release and values, in whatever order, give the same text.
///
/// # Errors
///
/// When the values are too many for a link.
///
/// # Example
///
/// ```
/// use rqchart::link::{Target, open, share};
/// use serde_json::json;
///
/// let users = json!([{ "username": "app", "password": "s3cret", "permissions": ["all"] }]);
/// let shared = share(&Target::default(), &json!({ "replicas": 5, "maxVoters": 5, "auth": { "users": users } })).unwrap();
/// assert_eq!(shared.omitted, ["/auth/users/0/password"]);
/// let state = open(&shared.link).unwrap();
/// assert_eq!(state.values["replicas"], 5);
/// assert!(!state.text().contains("s3cret"));
///
/// assert_eq!(open("v=9").unwrap_err().code.name(), "invalid-link");
/// ```
pub fn share(release: &Target, values: &Value) -> Result<Shared, Box<Diagnostic>> {
    let Unpacked { json, omitted } = unpacked(release, values)?;
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
    deflated.write_all(json.as_bytes()).expect("writing to memory does not fail");
    let deflated = deflated.finish().expect("writing to memory does not fail");
    Ok(Shared { link: packed(&json, &deflated)?, omitted })
}

/// What a link is to carry, before it is compressed, and what is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Unpacked {
    /// The state, as JSON.
    pub json: String,
    /// The settings that were left out because they are secrets, as JSON pointers.
    pub omitted: Vec<String>,
}

/// What [`share`] compresses: for those who have a compressor of their own, as browsers do.
///
/// # Errors
///
/// When the values are too many for a link.
pub fn unpacked(release: &Target, values: &Value) -> Result<Unpacked, Box<Diagnostic>> {
    let reference = Reference::built_in();
    let mut values = values.clone();
    let omitted = secrets::remove(&mut values, reference);
    let short = without_defaults(&values, reference);
    let mut release = release.clone();
    let KubeVersion { major, minor } = KubeVersion::DEFAULT;
    release.kube_version = release.kube_version.filter(|version| *version != format!("{major}.{minor}"));
    let state = State { release, values: sorted(&short).as_object().cloned().unwrap_or_default() };
    let json = serde_json::to_string(&state).expect("a state is plain data");
    if json.len() as u64 > MOST_BYTES { Err(too_many()) } else { Ok(Unpacked { json, omitted }) }
}

/// The link of a state, which is compressed (raw deflate).
///
/// # Errors
///
/// When it would be too long.
///
/// # Example
///
/// ```
/// use rqchart::link::{Target, open, packed, unpacked};
/// use serde_json::json;
///
/// let unpacked = unpacked(&Target::default(), &json!({ "replicas": 5 })).unwrap();
/// let deflated = [&[1, 25, 0, 230, 255], unpacked.json.as_bytes()].concat(); // a block that is stored as it is
/// assert_eq!(open(&packed(&unpacked.json, &deflated).unwrap()).unwrap().values["replicas"], 5);
/// ```
pub fn packed(json: &str, deflated: &[u8]) -> Result<String, Box<Diagnostic>> {
    let link = if json == "{}" { "v=1".to_owned() } else { format!("v=1,{STATE}{}", base64::encode(deflated)) };
    if link.len() > MOST_TEXT { Err(too_many()) } else { Ok(link) }
}

fn too_many() -> Box<Diagnostic> {
    refused("the values are too many for a link", "hand on the values file instead")
}

/// A link that carries a scenario, too, in place of one that it may carry.
pub fn with_scenario(link: &str, scenario: &Value) -> String {
    let kept: Vec<_> = link.split(',').filter(|part| !part.starts_with(SCENARIO)).collect();
    format!("{},{SCENARIO}{}", kept.join(","), base64::encode(scenario.to_string().as_bytes()))
}

/// The scenario that a link carries, as it was written: nothing of it has been checked.
///
/// # Errors
///
/// A finding `invalid-link`.
///
/// # Example
///
/// ```
/// use rqchart::link::{open, scenario, with_scenario};
/// use serde_json::json;
///
/// let link = with_scenario("v=1", &json!({ "name": "mine", "steps": [] }));
/// assert_eq!(scenario(&link).unwrap().unwrap()["name"], "mine");
/// assert_eq!((open(&link), scenario("v=1")), (open("v=1"), Ok(None)));
/// ```
pub fn scenario(link: &str) -> Result<Option<Value>, Box<Diagnostic>> {
    let Some(text) = part(link, SCENARIO)? else { return Ok(None) };
    let json = base64::decode(text).and_then(|json| serde_json::from_slice(&json).ok());
    json.map(Some).ok_or_else(cut)
}

/// Reads a link, or the part of an address that begins with its `#`.
///
/// # Errors
///
/// A finding `invalid-link`: it is too long, of another version, cut off or changed.
pub fn open(link: &str) -> Result<State, Box<Diagnostic>> {
    let Some(text) = part(link, STATE)? else { return Ok(State::default()) };
    let deflated = base64::decode(text).ok_or_else(cut)?;
    let mut json = Vec::new();
    DeflateDecoder::new(&deflated[..]).take(MOST_BYTES + 1).read_to_end(&mut json).map_err(|_| cut())?;
    if json.len() as u64 > MOST_BYTES {
        return Err(again(&format!("the link inflates to more than {MOST_BYTES} bytes")));
    }
    // serde_json refuses what is nested more than 128 deep, but takes a list for a struct.
    let state: Value = serde_json::from_slice(&json).map_err(|_| cut())?;
    if !(state.is_object() && state.get("release").is_none_or(Value::is_object)) {
        return Err(cut());
    }
    let state: State = serde_json::from_value(state).map_err(|_| cut())?;
    if state.release.is_bounded() { Ok(state) } else { Err(again("the names in the link are too long")) }
}

/// A part of a link, if it has it.
fn part<'a>(link: &'a str, name: &str) -> Result<Option<&'a str>, Box<Diagnostic>> {
    let link = link.trim();
    let link = link.split_once('#').map_or(link, |(_, link)| link);
    if link.len() > MOST_TEXT {
        return Err(again(&format!("the link has more than {MOST_TEXT} characters")));
    }
    let mut parts = link.split(',');
    match parts.next().and_then(|part| part.strip_prefix("v=")) {
        Some("1") => {}
        Some(version) if version.len() < 9 && version.parse::<u32>().is_ok() => {
            let message = format!("the link is of version {version}, which is not known here");
            return Err(refused(message, "use a newer version of rqchart"));
        }
        _ => return Err(again("a link begins with `v=1`")),
    }
    // Half a name of a part is no part: such a link would be taken for one of the defaults.
    let parts: Vec<_> = parts.collect();
    if parts.iter().any(|part| ![STATE, SCENARIO].iter().any(|known| part.starts_with(known))) {
        return Err(cut());
    }
    Ok(parts.iter().find_map(|part| part.strip_prefix(name)))
}

fn again(message: &str) -> Box<Diagnostic> {
    refused(message, "copy the whole link again")
}

fn cut() -> Box<Diagnostic> {
    again("the link was cut off or changed")
}

fn refused(message: impl Into<String>, hint: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(Code::InvalidLink, "", message).with_hint(hint))
}

/// Values without those that say what holds anyway; all of them where that would change the meaning.
fn without_defaults(values: &Value, reference: &Reference) -> Value {
    let mut short = values.clone();
    prune(reference.root(), &mut short);
    if schema::accepted(&short) == schema::accepted(values) { short } else { values.clone() }
}

fn prune(setting: Setting<'_>, values: &mut Value) {
    let Value::Object(map) = values else { return };
    map.retain(|key, value| {
        let Some(child) = setting.child(key) else { return true };
        let default = child.default();
        if value == default {
            return false;
        }
        prune(child, value);
        // A group that is absent by default begins to exist by being there.
        !(default.is_object() && value.as_object().is_some_and(Map::is_empty))
    });
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// Values with the keys in the order of the schema, and behind them those that it does not know.
fn arranged(setting: Option<Setting<'_>>, value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let named: Vec<_> = setting.iter().flat_map(Setting::properties).map(|(name, _)| name).collect();
            let known = named.iter().filter_map(|name| map.get_key_value(*name));
            let others = map.iter().filter(|(key, _)| !named.contains(&key.as_str()));
            let arranged = known.chain(others).map(|(key, value)| {
                let child = setting.and_then(|setting| setting.child(key));
                (key.clone(), arranged(child, value))
            });
            Value::Object(arranged.collect())
        }
        Value::Array(items) => {
            let item = |(at, item): (usize, &Value)| arranged(setting.and_then(|of| of.child(&at.to_string())), item);
            items.iter().enumerate().map(item).collect()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
