//! Hostile text in every place that takes text changes the parsed value of that place and nothing else, whoever reads it.
//!
//! `hostile/values.yaml` has a token in each such place. Values and expectation are made alike: from the values, and from
//! what the tokens themselves render to, by replacing tokens.

mod readers;
mod texts;

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use rqchart_core::release::Release;
use serde_json::Value;

use crate::{release, render};
use readers::{READERS, Read, pyyaml};
use texts::{Kind, random, texts};

static VALUES: LazyLock<Value> =
    LazyLock::new(|| serde_yaml::from_str(include_str!("hostile/values.yaml")).expect("the values are YAML"));
static TOKENS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let text = format!("{} {RELEASE_NAME} {NAMESPACE}", *VALUES);
    let mut tokens: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| Kind::of(word).is_some()).map(str::to_owned).collect();
    tokens.sort();
    tokens.dedup();
    tokens
});
const RELEASE_NAME: &str = "servicex90";
const NAMESPACE: &str = "dnsx91";

/// What stands in the place of each token.
#[derive(Debug, Clone)]
struct Replacements(Vec<(&'static str, String)>);

impl Replacements {
    /// Chooses for each token a text of the form that its place takes.
    fn choose(choice: impl Fn(usize, Kind) -> String) -> Self {
        let kind = |token: &str| Kind::of(token).expect("only tokens with a kind are collected");
        Self(TOKENS.iter().enumerate().map(|(i, token)| (token.as_str(), choice(i, kind(token)))).collect())
    }

    fn text(&self, text: &str) -> String {
        let mut rest = text;
        let mut replaced = String::new();
        while let Some((at, token, by)) = self.first(rest) {
            replaced.extend([&rest[..at], by]);
            rest = &rest[at + token.len()..];
        }
        replaced + rest
    }

    /// The first token in a text. What replaces one is never searched for others.
    fn first(&self, text: &str) -> Option<(usize, &str, &str)> {
        let found = self.0.iter().filter_map(|(token, by)| Some((text.find(token)?, *token, by.as_str())));
        found.min_by_key(|(at, ..)| *at)
    }

    fn tree(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(list) => list.iter().map(|value| self.tree(value)).collect(),
            Value::Object(map) => map.iter().map(|(key, value)| (self.text(key), self.tree(value))).collect(),
            other => other.clone(),
        }
    }

    fn release(&self) -> Release {
        release(&self.text(RELEASE_NAME), &self.text(NAMESPACE))
    }

    /// The rendered documents of values with these texts in them, except for the pods' scripts, which are nobody's values.
    fn documents(&self) -> Vec<String> {
        let rendering = render(&self.tree(&VALUES), &self.release());
        assert!(!rendering.documents.is_empty(), "{:?}", rendering.diagnostics);
        let documents = rendering.documents.into_iter();
        documents.filter(|document| !document.template.contains("scripts")).map(|document| document.text).collect()
    }
}

static TOKEN_DOCUMENTS: LazyLock<Vec<String>> = LazyLock::new(|| Replacements(vec![]).documents());
/// The tokens' documents, as each reader in this process reads them.
static TOKENS_READ: LazyLock<Vec<Vec<Value>>> = LazyLock::new(|| {
    READERS.iter().map(|(_, read)| all(*read, &TOKEN_DOCUMENTS).expect("tokens are harmless")).collect()
});
/// Sets of texts that bring every text to every place that takes it, and what they render to.
static EVERYWHERE: LazyLock<Vec<(Replacements, Vec<String>)>> =
    LazyLock::new(|| every_text_everywhere().into_iter().map(|set| (set.clone(), set.documents())).collect());

fn all(read: Read, documents: &[String]) -> Result<Vec<Value>, String> {
    documents.iter().map(|text| read(text)).collect()
}

/// Compares what was read with what the tokens' documents say it must be.
fn difference(reader: &str, read: &[Value], tokens: &[Value], replacements: &Replacements) -> Result<(), String> {
    for (read, token) in read.iter().zip(tokens) {
        let expected = replacements.tree(token);
        if *read != expected {
            return Err(format!("{reader} reads\n{read}\ninstead of\n{expected}"));
        }
    }
    if read.len() == tokens.len() { Ok(()) } else { Err(format!("{reader} reads {} documents", read.len())) }
}

fn check(replacements: &Replacements, documents: &[String]) -> Result<(), String> {
    READERS.iter().zip(&*TOKENS_READ).try_for_each(|((name, reader), tokens)| {
        let read = all(*reader, documents).map_err(|error| format!("{name}: {error}\n{replacements:?}"))?;
        difference(name, &read, tokens, replacements)
    })
}

fn every_text_everywhere() -> Vec<Replacements> {
    let most = Kind::ALL.iter().map(|kind| texts(*kind).len()).max().unwrap_or_default();
    let nth = |round: usize| {
        move |index: usize, kind: Kind| {
            let texts = texts(kind);
            texts[(round + index) % texts.len()].clone()
        }
    };
    (0..most).map(|round| Replacements::choose(nth(round))).collect()
}

#[test]
fn every_token_is_rendered() {
    let rendered = TOKEN_DOCUMENTS.concat();
    let lost: Vec<_> = TOKENS.iter().filter(|token| !rendered.contains(token.as_str())).collect();
    assert_eq!(lost, Vec::<&String>::new());
    assert!(TOKENS.len() > 70, "{}", TOKENS.len());
}

#[test]
fn every_hostile_text_keeps_to_its_place() {
    for (replacements, documents) in &*EVERYWHERE {
        check(replacements, documents).unwrap();
    }
}

#[test]
fn a_reader_of_yaml_1_1_agrees() {
    let hostile = EVERYWHERE.iter().flat_map(|(_, documents)| documents);
    let documents = TOKEN_DOCUMENTS.iter().chain(hostile).collect();
    let Some(read) = pyyaml(&documents) else {
        rqchart_tests::skipped("no python3 with PyYAML (pip install pyyaml)");
        return;
    };
    let (tokens, read) = read.split_at(TOKEN_DOCUMENTS.len());
    assert_eq!(read.len(), EVERYWHERE.len() * tokens.len());
    for (read, (replacements, _)) in read.chunks(tokens.len()).zip(&*EVERYWHERE) {
        difference("PyYAML", read, tokens, replacements).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text_keeps_to_its_place(free in prop::collection::vec(random(), TOKENS.len()), other: Index) {
        let replacements = Replacements::choose(|i, kind| match kind {
            Kind::Field | Kind::Free => free[i].clone(),
            // One after the other, because two containers must not get the same name.
            _ => texts(kind)[(other.index(texts(kind).len()) + i) % texts(kind).len()].clone(),
        });
        prop_assert_eq!(check(&replacements, &replacements.documents()), Ok(()));
    }
}
