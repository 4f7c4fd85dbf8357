//! The schema read as documentation: one setting at a time, by the path that people write.

use std::borrow::Cow;
use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::document;
use crate::diagnostic::pointer_keys;

/// The schema and the defaults, to look settings up in.
#[derive(Debug)]
pub struct Reference {
    schema: Cow<'static, Value>,
    defaults: Value,
    /// What settings are called elsewhere, with their paths.
    also: Vec<(String, String)>,
}

/// A setting, as its schema describes it.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    root: &'a Value,
    /// The schema at the field: its text wins over that of its type.
    field: &'a Value,
    /// The schema of its type, with references followed and null left aside.
    target: &'a Value,
    /// What it is when nobody sets it; none within lists and maps, which are empty then.
    default: Option<&'a Value>,
}

impl Reference {
    /// The schema that is built in, read once.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Reference> = OnceLock::new();
        BUILT_IN.get_or_init(|| Self::of(Cow::Borrowed(document())))
    }

    /// Reads another schema of values.
    pub fn new(schema: Value) -> Self {
        Self::of(Cow::Owned(schema))
    }

    fn of(schema: Cow<'static, Value>) -> Self {
        let nothing = Value::Object(Map::new());
        let root = Setting::new(&schema, &schema, None);
        let (defaults, mut also) = (root.filled(Some(&nothing)).unwrap_or(nothing), Vec::new());
        root.collect_also("", &mut also);
        Self { schema, defaults, also }
    }

    /// All settings as they are when nobody sets them.
    pub fn defaults(&self) -> &Value {
        &self.defaults
    }

    /// Valid values with every default written out.
    ///
    /// ```
    /// # use rqchart_core::schema::Reference;
    /// # use serde_json::json;
    /// let filled = Reference::built_in().filled(&json!({ "storage": { "size": "20Gi" }, "livenessProbe": null }));
    /// assert_eq!((&filled["replicas"], &filled["storage"]["ephemeral"]), (&json!(3), &json!(false)));
    /// assert_eq!(filled["livenessProbe"], json!(null));
    /// ```
    pub fn filled(&self, values: &Value) -> Value {
        self.root().filled(Some(&super::without_global(values))).unwrap_or_default()
    }

    /// Finds a setting by its path, as findings say it: `storage.size`, `tolerations[0].key`, `labels["example.com/team"]`; the
    /// empty path is the whole.
    ///
    /// # Errors
    ///
    /// When there is none: the names that exist where the path left the schema.
    ///
    /// # Example
    ///
    /// ```
    /// # use rqchart_core::schema::Reference;
    /// let reference = Reference::built_in();
    /// assert_eq!(reference.find("resources.requests.cpu").unwrap().default(), "100m");
    /// assert_eq!(reference.find(r#"labels["example.com/team"]"#).unwrap().kind(), "a label value");
    /// assert!(reference.find("storage.sise").unwrap_err().contains(&"size".to_owned()));
    /// ```
    pub fn find(&self, path: &str) -> Result<Setting<'_>, Vec<String>> {
        let mut setting = Setting::new(&self.schema, &self.schema, Some(&self.defaults));
        for key in keys(path) {
            let names = || setting.properties().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
            setting = setting.child(&key).ok_or_else(names)?;
        }
        Ok(setting)
    }

    /// The whole, of which every setting is a part.
    pub fn root(&self) -> Setting<'_> {
        Setting::new(&self.schema, &self.schema, Some(&self.defaults))
    }

    /// The settings that are called so elsewhere (`also`), or what is in it: in other charts, or in short. Their paths.
    ///
    /// ```
    /// # use rqchart_core::schema::Reference;
    /// let reference = Reference::built_in();
    /// assert_eq!(reference.known_as("replicaCount"), ["replicas"]);
    /// assert_eq!(reference.known_as("hpa"), ["readers.autoscaling"]);
    /// ```
    pub fn known_as(&self, name: &str) -> Vec<String> {
        let is_it = |also: &str| {
            also.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
                && matches!(also.as_bytes().get(name.len()), None | Some(b'.'))
        };
        let mut paths: Vec<_> =
            self.also.iter().filter(|(also, _)| is_it(also)).map(|(_, path)| path.clone()).collect();
        paths.dedup();
        paths
    }

    /// What a change of the setting at a JSON pointer does, by the annotation that is nearest to it.
    ///
    /// ```
    /// # use rqchart_core::schema::{Effect, Reference};
    /// let reference = Reference::built_in();
    /// assert_eq!(reference.effect("/replicas"), Effect::None);
    /// assert_eq!(reference.effect("/storage/size"), Effect::Immutable);
    /// assert_eq!(reference.effect("/tolerations/0/key"), Effect::Roll);
    /// ```
    pub fn effect(&self, pointer: &str) -> Effect {
        let (mut setting, mut effect) = (self.root(), None);
        for key in pointer_keys(pointer) {
            let Some(child) = setting.child(&key) else { break };
            setting = child;
            effect = setting.effect().or(effect);
        }
        effect.unwrap_or(Effect::None)
    }
}

/// The keys of a path in the form of [`dotted`](crate::diagnostic::dotted).
fn keys(path: &str) -> Vec<String> {
    let (mut keys, mut rest) = (Vec::new(), path);
    while let Some(c) = rest.chars().next() {
        if c == '"' {
            // Up to the next quote that no backslash stands before.
            let mut escaped = false;
            let end = rest[1..].find(|c| {
                let is_end = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                is_end
            });
            let (quoted, behind) = end.map_or((rest, ""), |end| rest.split_at(end + 2));
            keys.push(serde_json::from_str(quoted).unwrap_or_else(|_| quoted.to_owned()));
            rest = behind;
        } else if matches!(c, '.' | '[' | ']') {
            rest = &rest[1..];
        } else {
            let (key, behind) = rest.split_at(rest.find(['.', '[', ']']).unwrap_or(rest.len()));
            keys.push(key.to_owned());
            rest = behind;
        }
    }
    keys
}

/// What a change of a setting does to a cluster that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// No pod restarts.
    None,
    /// The pods restart, one after the other.
    Roll,
    /// Kubernetes refuses it.
    Immutable,
    /// Data may change or go.
    Data,
}

impl Effect {
    /// What a change does, as the end of a sentence about it.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::None => "restarts nothing",
            Self::Roll => "restarts the pods, one after the other",
            Self::Immutable => "Kubernetes refuses to change it on a StatefulSet that exists: a plan has the steps",
            Self::Data => "touches data",
        }
    }
}

impl<'a> Setting<'a> {
    pub(super) fn new(root: &'a Value, field: &'a Value, default: Option<&'a Value>) -> Self {
        let mut target = field;
        loop {
            let alternative = ["anyOf", "allOf"].iter().find_map(|keyword| target.get(keyword)?.as_array());
            let inner = match (target.get("$ref").and_then(Value::as_str), alternative) {
                (Some(reference), _) => root.pointer(reference.trim_start_matches('#')),
                // What has a type says with allOf only what else its texts look like.
                (None, Some(branches)) if target.get("type").is_none() => {
                    branches.iter().find(|branch| branch["type"] != "null")
                }
                (None, _) => None,
            };
            match inner {
                Some(inner) => target = inner,
                None => return Self { root, field, target, default },
            }
        }
    }

    /// A part of it: a field, an entry of a list by its index, or one of a map.
    pub fn child(&self, key: &str) -> Option<Self> {
        let property = || self.target.get("properties")?.get(key);
        let entry = || self.target.get("items").filter(|_| key.bytes().all(|byte| byte.is_ascii_digit()));
        let value = || self.target.get("patternProperties")?.as_object()?.values().next();
        let items = || Self::new(self.root, self.target.get("items")?, None).child(key).map(|setting| setting.field);
        property()
            .or_else(entry)
            .or_else(value)
            .or_else(items)
            .map(|field| Self::new(self.root, field, self.default.and_then(|default| default.get(key))))
    }

    fn get(&self, keyword: &str) -> Option<&'a Value> {
        self.field.get(keyword).or_else(|| self.target.get(keyword))
    }

    /// What it means.
    pub fn description(&self) -> &'a str {
        self.get("description").and_then(Value::as_str).unwrap_or_default()
    }

    /// What it is when nobody sets it. Empty lists are left out of defaults as well as null: its type tells which it is.
    pub fn default(&self) -> &'a Value {
        static NONE: (Value, Value) = (Value::Null, Value::Array(Vec::new()));
        let absent = if self.target["type"] == "array" && !self.may_be_null() { &NONE.1 } else { &NONE.0 };
        self.default.unwrap_or(absent)
    }

    /// What may be in it, where that has names.
    fn fields(&self) -> Option<&'a Map<String, Value>> {
        self.target.get("properties").and_then(Value::as_object)
    }

    /// Below it, what settings are called elsewhere, with their paths.
    fn collect_also(&self, path: &str, found: &mut Vec<(String, String)>) {
        for (key, _) in self.fields().into_iter().flatten() {
            let Some(child) = self.child(key) else { continue };
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            found.extend(child.also().map(|also| (also.to_owned(), path.clone())));
            child.collect_also(&path, found);
        }
    }

    /// A value with every default in it written out; none where it and a default are missing.
    pub(super) fn filled(&self, value: Option<&Value>) -> Option<Value> {
        let properties = self.fields();
        let Some(value) = value.or_else(|| self.get("default")) else {
            return properties.filter(|_| !self.may_be_null()).and_then(|_| self.filled(Some(&json!({}))));
        };
        match value {
            Value::Array(entries) => {
                let entry = |entry: &Value| {
                    self.child("0").map_or_else(|| Some(entry.clone()), |each| each.filled(Some(entry)))
                };
                Some(entries.iter().filter_map(entry).collect())
            }
            Value::Object(map) => {
                let named = properties.into_iter().flatten().map(|(name, _)| name);
                let keys =
                    named.chain(map.keys().filter(|key| properties.is_none_or(|named| !named.contains_key(*key))));
                let field = |key: &String| {
                    let filled = match self.child(key) {
                        Some(setting) => setting.filled(map.get(key)),
                        None => map.get(key).cloned(),
                    };
                    Some((key.clone(), filled?))
                };
                Some(Value::Object(keys.filter_map(field).collect()))
            }
            other => Some(other.clone()),
        }
    }

    /// An example.
    pub fn example(&self) -> Option<&'a Value> {
        self.get("examples")?.get(0)
    }

    /// An annotation of `x-rqchart`, such as `unit` or `effect`.
    pub fn annotation(&self, key: &str) -> Option<&'a Value> {
        self.field.get("x-rqchart")?.get(key)
    }

    /// What it is called elsewhere: in other charts (`persistence`), or in short (`PDB`).
    pub fn also(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.annotation("also").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// What a change of it does; none where only what is around it says.
    pub fn effect(&self) -> Option<Effect> {
        self.annotation("effect").and_then(|effect| Effect::deserialize(effect).ok())
    }

    /// Whether it is a secret: programs take it, and never show it again.
    pub fn is_secret(&self) -> bool {
        self.get("writeOnly").is_some_and(|secret| *secret == json!(true))
    }

    /// Values that it may well take, of every kind that its schema knows. Some of them may not be valid, and one may be
    /// the default.
    ///
    /// ```
    /// # use rqchart_core::schema::Reference;
    /// # use serde_json::json;
    /// let reference = Reference::built_in();
    /// assert_eq!(reference.find("storage.ephemeral").unwrap().alternatives(), [json!(true), json!(false)]);
    /// ```
    pub fn alternatives(&self) -> Vec<Value> {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let schema = self.target;
        let mut found = [list(&schema["enum"]), list(&schema["examples"])].concat();
        found.extend(list(&schema["oneOf"]).iter().map(|one| one["const"].clone()).filter(|value| !value.is_null()));
        let kinds = [list(&schema["type"]), vec![schema["type"].clone()]].concat();
        for kind in kinds.iter().filter_map(Value::as_str) {
            match kind {
                "boolean" => found.extend([json!(true), json!(false)]),
                "integer" | "number" => {
                    let least = schema["minimum"].as_i64().unwrap_or(0);
                    found.extend([least, least + 1, least + 4, least + 59].map(Value::from));
                }
                "string" => {
                    // An example may be the default.
                    let texts = found.iter().filter_map(Value::as_str);
                    let others: Vec<_> = texts.map(|text| [format!("{text}1"), format!("1{text}")]).collect();
                    found.extend(others.concat().into_iter().chain(["text".to_owned()]).map(Value::from));
                }
                "array" => {
                    let items = schema
                        .get("items")
                        .map_or_else(Vec::new, |items| Self::new(self.root, items, None).alternatives());
                    found.extend(items.into_iter().map(|item| json!([item])).chain([json!([])]));
                }
                "object" if schema["properties"].is_null() => found.push(json!({ "example.com/key": "value" })),
                _ => {}
            }
        }
        found
    }

    /// What may be written, in a word or two.
    pub fn kind(&self) -> String {
        let form = self.target.get("x-form").and_then(Value::as_str);
        let kinds = match self.target.get("type") {
            Some(Value::String(kind)) => kind.clone(),
            Some(Value::Array(kinds)) => {
                let kinds: Vec<_> = kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect();
                kinds.join(" or ")
            }
            _ if self.options().next().is_some() => "one of the words below".to_owned(),
            _ => "anything".to_owned(),
        };
        let kind = form.map_or(kinds, str::to_owned);
        if self.may_be_null() { format!("{kind}, or null") } else { kind }
    }

    /// Whether null is a value of its own.
    pub fn may_be_null(&self) -> bool {
        let types = |schema: &Value| {
            schema["type"] == "null" || schema["type"].as_array().is_some_and(|t| t.contains(&"null".into()))
        };
        types(self.field) || self.field["anyOf"].as_array().is_some_and(|branches| branches.iter().any(types))
    }

    /// The least and the greatest number.
    pub fn range(&self) -> Option<String> {
        let form = self.target.get("x-form").is_some();
        let (least, most) = (self.target.get("minimum")?, self.target.get("maximum")?);
        (!form).then(|| format!("{least} to {most}"))
    }

    /// The words that may be written, each with its meaning.
    pub fn options(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let text = |value: &'a Value, key: &str| value.get(key).and_then(Value::as_str);
        let branches = self.target.get("oneOf").and_then(Value::as_array).into_iter().flatten();
        branches
            .filter_map(move |branch| Some((text(branch, "const")?, text(branch, "description").unwrap_or_default())))
    }

    /// The settings in it, or in each of its entries, with the first sentence about each.
    pub fn properties(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let inner = match self.target.get("items") {
            Some(items) => Self::new(self.root, items, None).target,
            None => self.target,
        };
        let root = self.root;
        let properties = inner.get("properties").and_then(Value::as_object).into_iter().flatten();
        properties.map(move |(name, field)| {
            let text = Self::new(root, field, None).description();
            (name.as_str(), text.split_inclusive(". ").next().unwrap_or(text).trim_end())
        })
    }
}
