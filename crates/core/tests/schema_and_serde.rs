//! The schema and the types are one judge: what one accepts, so does the other.
//!
//! Serde decides at run time and a walk through the schema explains; editors and Helm know the schema only. A complete
//! validator is held against both. JSON is made from the schema itself, so a new setting is covered as soon as it exists.

mod from_schema;

use std::sync::LazyLock;

use from_schema::{mutation, places, valid};
use jsonschema::Validator;
use proptest::prelude::*;
use rqchart_core::schema::{self, Dialect};
use serde_json::{Value, json};

static SCHEMA: LazyLock<Value> = LazyLock::new(|| schema::generate(Dialect::Draft2020));
static VALIDATORS: LazyLock<[Validator; 2]> = LazyLock::new(|| {
    [Dialect::Draft2020, Dialect::Draft07]
        .map(|dialect| jsonschema::validator_for(&schema::generate(dialect)).expect("the schema compiles"))
});

/// Asks every judge, and whether a refusal says what is wrong and where.
fn disagreement(json: &Value) -> Result<(), String> {
    let [current, draft07] = VALIDATORS.each_ref().map(|validator| validator.is_valid(json));
    let serde = schema::validate(json);
    if (current, draft07) != (serde.is_ok(), serde.is_ok()) {
        let serde = if serde.is_ok() { "accepts" } else { "refuses" };
        return Err(format!("serde {serde}, draft 2020 says {current}, draft 07 says {draft07}: {json}"));
    }
    let findings = serde.err().unwrap_or_default();
    let places: Vec<&str> = findings.iter().map(|finding| finding.path.as_str()).collect();
    if let Some(lost) = places.iter().find(|place| json.pointer(place).is_none()) {
        return Err(format!("{lost} is not in {json}"));
    }
    // An unknown key, and what is wrong with the alternative that was meant, are found below the place of the error.
    let errors: Vec<String> =
        VALIDATORS[0].iter_errors(json).map(|error| error.instance_path().as_str().to_owned()).collect();
    let is_below = |place: &str, other: &str| {
        place.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if let Some(missed) = errors.iter().find(|error| !places.iter().any(|place| is_below(place, error))) {
        return Err(format!("nothing is said about {missed:?} of {json}: {findings:?}"));
    }
    match places.iter().find(|place| !errors.iter().any(|error| is_below(place, error))) {
        Some(made_up) => Err(format!("nothing is wrong with {made_up:?} of {json}: {findings:?}")),
        None => Ok(()),
    }
}

#[test]
fn every_setting_alone_takes_or_refuses_each_odd_value_alike() {
    let mut wrong = Vec::new();
    let places = places(&SCHEMA);
    assert!(places.len() > 150, "only {} places were found in the schema", places.len());
    for place in &places {
        wrong.extend(place.odd_values().into_iter().filter_map(|odd| disagreement(&place.document(odd)).err()));
    }
    assert!(wrong.is_empty(), "{} disagreements\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
}

#[test]
fn only_the_top_level_has_the_key_global() {
    for json in [json!({ "global": { "a": 1 } }), json!({ "global": null }), json!({ "storage": { "global": {} } })] {
        disagreement(&json).unwrap();
    }
    assert!(schema::validate(&json!({ "global": { "a": 1 } })).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn values_made_from_the_schema_are_accepted(json in valid(&SCHEMA)) {
        prop_assert_eq!(disagreement(&json), Ok(()));
        prop_assert!(schema::validate(&json).is_ok(), "{:?} {}", schema::validate(&json), json);
    }

    #[test]
    fn values_with_their_defaults_written_out_mean_the_same(json in valid(&SCHEMA)) {
        let filled = schema::Reference::built_in().filled(&json);
        prop_assert_eq!(schema::accepted(&filled), schema::accepted(&json), "{}", filled);
        prop_assert_eq!(schema::Reference::built_in().filled(&filled), filled);
    }

    #[test]
    fn mutated_values_are_judged_alike(
        mut json in valid(&SCHEMA),
        mutations in prop::collection::vec(mutation(), 1..4),
    ) {
        for mutation in &mutations {
            mutation.apply(&mut json);
        }
        prop_assert_eq!(disagreement(&json), Ok(()));
    }
}
