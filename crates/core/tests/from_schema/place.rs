//! Every place of a schema, and values that are odd there.

use serde_json::{Map, Value, json};

use super::{alternatives, followed, longest, types};

/// A place that the schema describes.
pub(crate) struct Place<'a> {
    schema: &'a Value,
    /// From the top: the key that leads on, beside the keys that must be there too; none leads into a list.
    steps: Vec<Option<(String, Map<String, Value>)>>,
}

/// Every place of the schema, the top level among them.
pub(crate) fn places(root: &Value) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    collect(Place { schema: root, steps: Vec::new() }, root, &mut places);
    places
}

fn collect<'a>(place: Place<'a>, root: &'a Value, places: &mut Vec<Place<'a>>) {
    let schema = followed(place.schema, root);
    let inner = |schema: &'a Value, step| {
        let steps = place.steps.iter().cloned().chain(step).collect();
        Place { schema, steps }
    };
    for branch in alternatives(schema).into_iter().flatten().filter(|branch| branch.get("const").is_none()) {
        collect(inner(branch, None), root, places);
    }
    for (key, value) in schema["properties"].as_object().into_iter().flatten() {
        collect(inner(value, Some(Some((key.clone(), required(schema))))), root, places);
    }
    for (_, value) in schema["patternProperties"].as_object().into_iter().flatten() {
        collect(inner(value, Some(Some(("example.com/team".to_owned(), Map::new())))), root, places);
    }
    if let Some(items) = schema.get("items") {
        collect(inner(items, Some(None)), root, places);
    }
    places.push(Place { schema, ..place });
}

/// The keys that an object must have, each with its example.
fn required(schema: &Value) -> Map<String, Value> {
    let keys = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    keys.map(|key| (key.to_owned(), schema["properties"][key]["examples"][0].clone())).collect()
}

impl Place<'_> {
    /// The smallest document with this value at the place.
    pub(crate) fn document(&self, value: Value) -> Value {
        self.steps.iter().rev().fold(value, |value, step| match step {
            None => json!([value]),
            Some((key, beside)) => {
                let mut object = beside.clone();
                object.insert(key.clone(), value);
                Value::Object(object)
            }
        })
    }

    /// Values of every type, beside every limit, and almost of the form that is wanted.
    pub(crate) fn odd_values(&self) -> Vec<Value> {
        let mut odd = vec![
            json!(null),
            json!(true),
            json!(0),
            json!(-1),
            json!(-0.0),
            json!(1.0),
            json!(1.5),
            json!(1e19),
            json!(9_223_372_036_854_775_808_f64),
            json!(u64::MAX),
            json!(i64::MIN),
            json!(1e300),
            json!(""),
            json!("true"),
            json!("3"),
            json!([]),
            json!([null]),
            json!([[]]),
            json!({}),
            json!({ "": null }),
            json!({ "name": "x" }),
            json!([{ "name": "x" }]),
        ]; // beyond these, what the schema itself says
        odd.extend(self.limits().flat_map(beside));
        odd.extend(self.words().flat_map(|word| {
            let upper = word.to_uppercase();
            [json!(word), json!(upper), json!({ word: null }), json!({ word: {} }), json!([word])]
        }));
        if let Some(example) = self.schema["examples"][0].as_str() {
            odd.extend(almost(example, longest(self.schema)).into_iter().map(Value::from));
        }
        if types(self.schema).contains(&"object") {
            odd.extend(self.objects());
        }
        odd
    }

    fn limits(&self) -> impl Iterator<Item = i64> {
        ["minimum", "maximum"].iter().filter_map(|keyword| self.schema[keyword].as_i64())
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        alternatives(self.schema).into_iter().flatten().filter_map(|branch| branch["const"].as_str())
    }

    /// Objects with one key that may not be there, or with all that must be there but one; and the same as lists.
    fn objects(&self) -> Vec<Value> {
        let required = required(self.schema);
        let with = |key: &str| {
            let mut object = required.clone();
            object.insert(key.to_owned(), json!("x"));
            Value::Object(object)
        };
        let mut objects: Vec<_> = keys().iter().map(|key| with(key)).collect();
        for missing in required.keys() {
            let mut object = required.clone();
            object.shift_remove(missing);
            objects.push(Value::Object(object));
        }
        objects.push(required.values().cloned().collect());
        objects
    }
}

#[expect(clippy::cast_precision_loss, reason = "no limit is beyond 2^53")]
fn beside(limit: i64) -> [Value; 6] {
    let float = limit as f64;
    [json!(limit - 1), json!(limit), json!(limit + 1), json!(float), json!(float + 1.0), json!(float + 0.5)]
}

/// Keys of labels, also almost so, and of settings.
pub(crate) fn keys() -> Vec<String> {
    let beside = |part: &str, most: usize| [most, most + 1].map(|length| part.repeat(length));
    let prefixes = beside("p", 253).into_iter().chain(["p".repeat(400)]).map(|prefix| format!("{prefix}/a"));
    let names = beside("k", 63).into_iter().chain(["replicas", "global", "a..b/c", "a-.b/c"].map(str::to_owned));
    almost("a.example/b", 317).into_iter().chain(prefixes).chain(names).collect()
}

/// Texts that differ from one of the right form by little.
pub(crate) fn almost(example: &str, most: usize) -> Vec<String> {
    let mut texts =
        vec![example.to_owned(), example.to_uppercase(), example.repeat(2), format!("{example}{example}\n")];
    for c in "\n\r\t\0 -._/:=@~+%,09aZé\u{2028}\u{1f600}".chars() {
        let (first, last) = example.split_at(example.len() / 2);
        texts.extend([format!("{c}"), format!("{c}{example}"), format!("{example}{c}"), format!("{first}{c}{last}")]);
    }
    for length in [most - 1, most, most + 1] {
        texts.extend([example.repeat(length)[..length].to_owned(), "a".repeat(length), "1".repeat(length)]);
        texts.push(format!("{example}{}", "a".repeat(length.saturating_sub(example.len()))));
    }
    texts
}
