//! JSON made from a JSON Schema: values that it describes, every place that it has, and values that are odd there.

mod mutation;
mod place;

use proptest::prelude::*;
use serde_json::{Value, json};

pub(crate) use mutation::mutation;
pub(crate) use place::places;

/// The schema that a reference stands for.
fn followed<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(at) => root.pointer(at.trim_start_matches('#')).expect("references stay within the schema"),
        None => schema,
    }
}

fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    ["oneOf", "anyOf"].iter().find_map(|keyword| schema.get(keyword)?.as_array())
}

fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one],
        several => several.as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
    }
}

fn is_free(schema: &Value) -> bool {
    schema["additionalProperties"] != false
}

/// Makes values that the whole schema describes.
pub(crate) fn valid(root: &Value) -> BoxedStrategy<Value> {
    described(root, root)
}

fn described(schema: &Value, root: &Value) -> BoxedStrategy<Value> {
    let schema = followed(schema, root);
    if let Some(word) = schema.get("const") {
        return Just(word.clone()).boxed();
    }
    if let Some(branches) = alternatives(schema) {
        let branches: Vec<_> = branches.iter().map(|branch| described(branch, root)).collect();
        return proptest::strategy::Union::new(branches).boxed();
    }
    if types(schema).is_empty() {
        return free().boxed();
    }
    let kinds = types(schema).into_iter().map(|kind| match kind {
        "null" => Just(Value::Null).boxed(),
        "boolean" => any::<bool>().prop_map(Value::from).boxed(),
        "integer" => number(schema),
        "number" => {
            prop_oneof![number(schema), (0.0..1e6).prop_map(Value::from), (0.0..1e-6).prop_map(Value::from)].boxed()
        }
        "string" => text(schema),
        "array" => {
            let least = schema["minItems"].as_u64().map_or(0, |least| usize::try_from(least).expect("a length"));
            prop::collection::vec(described(&schema["items"], root), least..least + 3).prop_map(Value::from).boxed()
        }
        "object" => object(schema, root),
        other => panic!("the generator does not know the type {other}"),
    });
    proptest::strategy::Union::new(kinds).boxed()
}

fn number(schema: &Value) -> BoxedStrategy<Value> {
    let limit = |keyword: &str| schema[keyword].as_i64().unwrap_or_else(|| panic!("an integer without {keyword}"));
    let (least, most) = (limit("minimum"), limit("maximum"));
    let whole = prop_oneof![Just(least), Just(most), least..=most];
    #[expect(clippy::cast_precision_loss, reason = "no limit is beyond 2^53")]
    (whole, any::<bool>()).prop_map(|(n, float)| if float { json!(n as f64) } else { json!(n) }).boxed()
}

fn text(schema: &Value) -> BoxedStrategy<Value> {
    match schema["examples"][0].as_str() {
        Some(example) => fitting(schema, place::almost(example, longest(schema))),
        None => words().prop_map(Value::from).boxed(),
    }
}

/// The greatest length that is worth trying.
fn longest(schema: &Value) -> usize {
    schema["maxLength"].as_u64().map_or(64, |most| usize::try_from(most).expect("a length"))
}

/// Those texts that the schema takes.
fn fitting(schema: &Value, texts: Vec<String>) -> BoxedStrategy<Value> {
    let also = schema.get("allOf").cloned().unwrap_or_else(|| json!([{}]));
    let form = json!({ "pattern": schema["pattern"], "maxLength": longest(schema), "allOf": also });
    let form = jsonschema::validator_for(&form).expect("the schema compiles");
    let texts: Vec<Value> = texts.into_iter().map(Value::from).filter(|text| form.is_valid(text)).collect();
    prop::sample::select(texts).boxed()
}

fn object(schema: &Value, root: &Value) -> BoxedStrategy<Value> {
    let required = |key: &str| schema["required"].as_array().is_some_and(|keys| keys.contains(&key.into()));
    let known: Vec<_> = schema["properties"].as_object().into_iter().flatten().collect();
    let names: Vec<String> = known.iter().map(|(key, _)| (*key).clone()).collect();
    let values: Vec<_> = known
        .iter()
        .map(|(key, value)| match described(value, root) {
            value if required(key) => value.prop_map(Some).boxed(),
            value => prop::option::weighted(0.25, value).boxed(),
        })
        .collect();
    let further = match schema["patternProperties"].as_object().and_then(|patterns| patterns.iter().next()) {
        Some((pattern, value)) => {
            let also = schema.get("propertyNames").cloned().unwrap_or_else(|| json!({}));
            let key = fitting(&json!({ "pattern": pattern, "maxLength": 317, "allOf": [also] }), place::keys());
            let key = key.prop_map(|key| key.as_str().expect("keys are text").to_owned());
            prop::collection::btree_map(key, described(value, root), 0..3).boxed()
        }
        None if is_free(schema) => prop::collection::btree_map(words(), free(), 0..3).boxed(),
        None => Just(std::collections::BTreeMap::new()).boxed(),
    };
    (values, further)
        .prop_map(move |(values, further)| {
            let known = names.iter().cloned().zip(values).filter_map(|(key, value)| Some((key, value?)));
            Value::Object(further.into_iter().filter(|(key, _)| !names.contains(key)).chain(known).collect())
        })
        .boxed()
}

/// Any text. (`any::<String>()` compiles a regular expression each time.)
fn words() -> BoxedStrategy<String> {
    prop::collection::vec(any::<char>(), 0..8).prop_map(String::from_iter).boxed()
}

/// Any JSON at all.
fn free() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(words(), inner, 0..3).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
    .boxed()
}
