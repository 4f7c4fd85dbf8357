//! Objects compared field by field.

use rqchart_core::plan::{Fate, FieldChange, ObjectChange};
use rqchart_core::values::Quantity;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::refused;
use crate::Manifest;
use crate::diff::lines;
use crate::secrets;

/// The longest text that is shown of a value.
const LONGEST: usize = 100;

/// What identifies the entries of a list, the first that all entries have, no two the same.
const KEYS: &[&str] =
    &["/mountPath", "/name", "/metadata/name", "/containerPort", "/port", "/topologyKey", "/ip", "/host"];

/// Fields that an API server leaves out where they are false.
const TRUE_OR_ABSENT: &[&str] = &[
    "volumeMounts.readOnly",
    "spec.hostNetwork",
    "spec.hostPID",
    "spec.hostIPC",
    "containers.stdin",
    "containers.stdinOnce",
    "containers.tty",
];

/// The objects that are different, in the order of the new ones; those that go come last.
pub(super) fn objects(old: &[Manifest], new: &[Manifest]) -> Vec<ObjectChange> {
    let here = |manifest: &Manifest, others: &[Manifest]| others.iter().position(|other| is_same(manifest, other));
    let bare = |manifest: &Manifest, fate| {
        ObjectChange::new(&manifest.kind, manifest.namespace.as_deref(), &manifest.name, fate)
    };
    let mut found: Vec<_> = new
        .iter()
        .filter_map(|manifest| {
            let Some(at) = here(manifest, old) else { return Some(bare(manifest, Fate::Added)) };
            let fields = fields(&old[at], manifest);
            let fate = if fields.iter().any(|field| field.refused) { Fate::Replaced } else { Fate::Changed };
            let mut change = bare(manifest, fate);
            change.fields = fields;
            (!change.fields.is_empty()).then_some(change)
        })
        .collect();
    let gone = old.iter().filter(|manifest| here(manifest, new).is_none());
    found.extend(gone.map(|manifest| bare(manifest, Fate::Removed)));
    found
}

/// Whether they are the same object, in whatever version of its API.
pub(super) fn is_same(one: &Manifest, other: &Manifest) -> bool {
    let group = |manifest: &Manifest| {
        let version = manifest.text("/apiVersion").unwrap_or_default();
        version.split_once('/').map_or("", |(group, _)| group).to_owned()
    };
    one.kind == other.kind
        && one.name == other.name
        && (one.is_cluster_scoped() || one.namespace == other.namespace)
        && group(one) == group(other)
}

fn fields(old: &Manifest, new: &Manifest) -> Vec<FieldChange> {
    let mut comparison = Comparison { old, new, found: Vec::new() };
    comparison.values(&mut Vec::new(), Some(&old.object), Some(&new.object));
    comparison.found
}

struct Comparison<'a> {
    old: &'a Manifest,
    new: &'a Manifest,
    found: Vec<FieldChange>,
}

impl Comparison<'_> {
    fn values(&mut self, path: &mut Vec<String>, old: Option<&Value>, new: Option<&Value>) {
        // Also of an empty one: what the other has may be empty fields alone.
        if let (Some(Value::Object(old)), Some(Value::Object(new))) = (old, new) {
            self.maps(path, old, new);
            return;
        }
        let is_there = |value: &&Value| !is_empty(path, value);
        match (old.filter(is_there), new.filter(is_there)) {
            (None, None) => {}
            // A map that comes or goes is told by its fields, so that what Kubernetes refuses of it is seen.
            (Some(Value::Object(old)), None) if path.len() < 3 => self.maps(path, old, &Map::new()),
            (None, Some(Value::Object(new))) if path.len() < 3 => self.maps(path, &Map::new(), new),
            (Some(Value::Array(old)), Some(Value::Array(new))) => self.lists(path, old, new),
            (Some(old), Some(new)) if is_equal(path, old, new) => {}
            (old, new) => self.add(path, old, new),
        }
    }

    fn maps(&mut self, path: &mut Vec<String>, old: &Map<String, Value>, new: &Map<String, Value>) {
        for key in old.keys().chain(new.keys().filter(|key| !old.contains_key(*key))) {
            path.push(key.clone());
            self.values(path, old.get(key), new.get(key));
            path.pop();
        }
    }

    fn lists(&mut self, path: &mut Vec<String>, old: &[Value], new: &[Value]) {
        if old.iter().chain(new).all(|value| !value.is_object() && !value.is_array()) {
            self.scalars(path, old, new);
            return;
        }
        let Some((old, new)) = KEYS.iter().find_map(|key| Some((by_name(key, old)?, by_name(key, new)?))) else {
            for at in 0..old.len().max(new.len()) {
                path.push(format!("[{at}]"));
                self.values(path, old.get(at), new.get(at));
                path.pop();
            }
            return;
        };
        let count = self.found.len();
        for name in old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))) {
            path.push(format!("[{}]", shown(name)));
            self.values(path, old.get(name), new.get(name));
            path.pop();
        }
        let names = |entries: &Map<_, _>| entries.keys().cloned().map(Value::String).collect::<Vec<_>>();
        let (old, new) = (names(&old), names(&new));
        if count == self.found.len() && old != new {
            self.order(path, &old, &new);
        }
    }

    /// Texts and numbers: those that go and those that come, in pairs where one sets what the other did.
    fn scalars(&mut self, path: &[String], old: &[Value], new: &[Value]) {
        let (mut gone, mut come) = (Vec::from_iter(old), Vec::from_iter(new));
        come.retain(|value| take(&mut gone, |other| other == *value).is_none());
        if gone.is_empty() && come.is_empty() {
            if old != new {
                self.order(path, old, new);
            }
            return;
        }
        let refused = self.is_refused(path, Some(&Value::from(old.to_vec())), Some(&Value::from(new.to_vec())));
        let mut changes: Vec<(Option<&Value>, Option<&Value>)> = Vec::new();
        let secrets = [secrets_in(old), secrets_in(new)].concat();
        let is_secret = |value: &Value| secrets.contains(&value);
        for value in gone {
            let is_partner = |other: &Value| {
                stem(value) == stem(other) && (stem(value).is_some() || is_secret(value) && is_secret(other))
            };
            let partner = take(&mut come, is_partner);
            changes.push((Some(value), partner));
        }
        changes.extend(come.into_iter().map(|value| (None, Some(value))));
        for (from, to) in changes {
            let is_secret = from.is_some_and(is_secret) || to.is_some_and(is_secret);
            let told = |value: Option<&Value>| value.filter(|_| !is_secret).map(written_out);
            let (from, to) = (told(from), told(to));
            self.push(&written(path), (from.as_deref(), to.as_deref()), refused);
        }
    }

    fn order(&mut self, path: &[String], old: &[Value], new: &[Value]) {
        let refused = self.is_refused(path, None, None);
        let is_secret = !secrets_in(old).is_empty();
        let told = |list: &[Value]| {
            (!is_secret).then(|| list.iter().map(|value| shown(&written_out(value))).collect::<Vec<_>>().join(", "))
        };
        self.push(&format!("{} (order)", written(path)), (told(old).as_deref(), told(new).as_deref()), refused);
    }

    fn add(&mut self, path: &[String], old: Option<&Value>, new: Option<&Value>) {
        let refused = self.is_refused(path, old, new);
        let (key, around) = path.split_last().map_or(("", path), |(key, around)| (key.as_str(), around));
        let entry = around.last().and_then(|part| part.strip_prefix('[')?.strip_suffix(']'));
        let public = |value: Option<&Value>| value.map(|value| secrets::without(entry, key, value));
        let (old, new) = (public(old), public(new));
        let is_secret = [&old, &new].contains(&&Some(None))
            || self.new.kind == "Secret" && path.first().is_some_and(|part| part == "data" || part == "stringData");
        let told = |value: Option<Option<Value>>| value.flatten().filter(|_| !is_secret).as_ref().map(written_out);
        let (from, to) = (told(old), told(new));
        self.push(&written(path), (from.as_deref(), to.as_deref()), refused);
    }

    fn push(&mut self, path: &str, texts: (Option<&str>, Option<&str>), refused: bool) {
        let (from, to) = match texts {
            (Some(from), Some(to)) if from.contains('\n') || to.contains('\n') => {
                let (from, to) = different_lines(from, to);
                (Some(from), Some(to))
            }
            (Some(from), Some(to)) => {
                let (from, to) = behind_what_is_same(from, to);
                (Some(from), Some(to))
            }
            (from, to) => (from.map(shown), to.map(shown)),
        };
        let field = FieldChange::new(path, from.as_deref(), to.as_deref());
        self.found.push(if refused { field.refused() } else { field });
    }

    fn is_refused(&self, path: &[String], old: Option<&Value>, new: Option<&Value>) -> bool {
        refused::is_refused((self.old, self.new), &path.iter().map(String::as_str).collect::<Vec<_>>(), old, new)
    }
}

/// Those of a list that are not shown.
fn secrets_in(list: &[Value]) -> Vec<&Value> {
    list.iter().zip(secrets::tell(list)).filter(|(_, is_secret)| *is_secret).map(|(value, _)| value).collect()
}

/// The first one that is meant, taken out.
fn take<'v>(values: &mut Vec<&'v Value>, is_it: impl Fn(&Value) -> bool) -> Option<&'v Value> {
    values.iter().position(|value| is_it(value)).map(|at| values.remove(at))
}

/// What a text sets: `-a` of `-a=1`. A list has hardly more than one text of several lines, as the script of `sh -c`.
fn stem(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    if text.contains('\n') { Some("\n") } else { text.split_once('=').map(|(stem, _)| stem) }
}

/// The entries of a list by what identifies them; none where one has nothing that does, or two have the same.
fn by_name(key: &str, list: &[Value]) -> Option<Map<String, Value>> {
    let mut entries = Map::new();
    for value in list {
        let name = value.pointer(key).filter(|name| !name.is_object()).map(written_out)?;
        if entries.insert(name, value.clone()).is_some() {
            return None;
        }
    }
    Some(entries)
}

/// What an API server leaves out.
fn is_empty(path: &[String], value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(false) => {
            let place =
                path.iter().filter(|part| !part.starts_with('[')).map(String::as_str).collect::<Vec<_>>().join(".");
            TRUE_OR_ABSENT.iter().any(|field| place.ends_with(field))
        }
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// Whether they are the same to Kubernetes, which writes quantities in one way only.
fn is_equal(path: &[String], old: &Value, new: &Value) -> bool {
    let counts =
        path.iter().any(|part| ["resources", "limits", "requests", "capacity", "sizeLimit"].contains(&part.as_str()));
    let quantity = |value: &Value| Quantity::deserialize(value).ok().map(|quantity| quantity.millis());
    old == new || counts && quantity(old).is_some_and(|old| Some(old) == quantity(new))
}

/// A path as people write it: `spec.template.spec.containers[rqlite].image`.
fn written(path: &[String]) -> String {
    let mut text = String::new();
    for part in path {
        if part.starts_with('[') {
            text.push_str(part);
        } else if part.contains(['.', '/']) {
            text.push_str(&format!("[{part}]"));
        } else {
            text.push_str(if text.is_empty() { "" } else { "." });
            text.push_str(part);
        }
    }
    text
}

/// All of a value as text; what is compared is never what is [`shown`], which may be the same of different values.
fn written_out(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A text as a report has room for it.
fn shown(text: &str) -> String {
    if text.contains('\n') {
        return format!("({} lines)", text.lines().count());
    }
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Two texts of one line; of long ones that differ late only what stands about the place.
fn behind_what_is_same(from: &str, to: &str) -> (String, String) {
    /// How much of what is the same is shown before it.
    const AROUND: usize = 20;
    let same = from.chars().zip(to.chars()).take_while(|(from, to)| from == to).count();
    let skipped = if same + AROUND < LONGEST { 0 } else { same - AROUND };
    let told = |text: &str| {
        let start = if skipped == 0 { "" } else { "…" };
        let (at, _) = text.char_indices().nth(skipped).unwrap_or((text.len(), ' '));
        format!("{start}{}", shown(&text[at..]))
    };
    (told(from), told(to))
}

/// Of texts of several lines those that are different, or how many if they are too many to show.
fn different_lines(old: &str, new: &str) -> (String, String) {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let changes = lines::changes(&old, &new);
    let gone: Vec<_> = changes.iter().flat_map(|change| &old[change.old.clone()]).copied().collect();
    let come: Vec<_> = changes.iter().flat_map(|change| &new[change.new.clone()]).copied().collect();
    let told = |lines: &[&str]| {
        let text = lines.join("; ");
        let is_shown = text.chars().count() <= LONGEST && !lines.iter().any(|line| secrets::tells(line));
        if is_shown { text } else { format!("({} lines)", lines.len()) }
    };
    (told(&gone), told(&come))
}
