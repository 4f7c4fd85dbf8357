//! The schema read as documentation: one setting at a time, by the path that people write.

use serde_json::Value;

use super::document;
use crate::values::Values;

/// The schema and the defaults, to look settings up in.
#[derive(Debug)]
pub struct Reference {
    schema: Value,
    defaults: Value,
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

impl Default for Reference {
    fn default() -> Self {
        Self::new(document())
    }
}

impl Reference {
    /// Reads a schema of values.
    pub fn new(schema: Value) -> Self {
        let defaults = serde_json::to_value(Values::default()).expect("values are plain data");
        Self { schema, defaults }
    }

    /// Finds a setting by its path: `storage.size`, `tolerations[0].key`; the empty path is the whole.
    ///
    /// # Errors
    ///
    /// When there is none: the names that exist where the path left the schema.
    ///
    /// # Example
    ///
    /// ```
    /// # use rqchart_core::schema::Reference;
    /// let reference = Reference::default();
    /// assert_eq!(reference.find("resources.requests.cpu").unwrap().default(), "100m");
    /// assert!(reference.find("storage.sise").unwrap_err().contains(&"size".to_owned()));
    /// ```
    pub fn find(&self, path: &str) -> Result<Setting<'_>, Vec<String>> {
        let mut setting = Setting::new(&self.schema, &self.schema, Some(&self.defaults));
        for key in path.split(['.', '[', ']']).filter(|key| !key.is_empty()) {
            let names = || setting.properties().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
            setting = setting.child(key).ok_or_else(names)?;
        }
        Ok(setting)
    }
}

impl<'a> Setting<'a> {
    fn new(root: &'a Value, field: &'a Value, default: Option<&'a Value>) -> Self {
        let mut target = field;
        loop {
            let alternative = ["anyOf", "allOf"].iter().find_map(|keyword| target.get(keyword)?.as_array());
            let inner = match (target.get("$ref").and_then(Value::as_str), alternative) {
                (Some(reference), _) => root.pointer(reference.trim_start_matches('#')),
                (None, Some(branches)) => branches.iter().find(|branch| branch["type"] != "null"),
                (None, None) => None,
            };
            match inner {
                Some(inner) => target = inner,
                None => return Self { root, field, target, default },
            }
        }
    }

    fn child(&self, key: &str) -> Option<Self> {
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

    /// An example.
    pub fn example(&self) -> Option<&'a Value> {
        self.get("examples")?.get(0)
    }

    /// An annotation of `x-rqchart`, such as `unit` or `effect`.
    pub fn annotation(&self, key: &str) -> Option<&'a Value> {
        self.field.get("x-rqchart")?.get(key)
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
