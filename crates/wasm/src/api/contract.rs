//! The schemas of requests and answers, from which the page's TypeScript types are made. Not in the wasm.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

use super::request::Input;
use super::{about, ahead, archives, changes, commands, links, manifests, preview};

/// One function of the contract.
pub struct Call {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// What it takes; none where the request is not read.
    pub request: Option<Schema>,
    /// What it gives; none where that is bytes.
    pub answer: Option<Schema>,
}

/// Every function, and the definitions that its schemas refer to.
pub fn contract() -> (Vec<Call>, Vec<(String, Value)>) {
    let mut types = Types {
        requests: SchemaSettings::draft2020_12().into_generator(),
        answers: SchemaSettings::draft2020_12().for_serialize().into_generator(),
    };
    let mut calls = vec![
        types.call("about", "What never changes while the page is open.", None, Some(Types::answer::<about::About>)),
        types.call(
            "preview",
            "What values make.",
            Some(Types::request::<Input>),
            Some(Types::answer::<preview::Preview>),
        ),
        types.call(
            "commands",
            "What somebody types to use the values.",
            Some(Types::request::<Input>),
            Some(Types::answer::<commands::Commands>),
        ),
        types.call(
            "edit",
            "One setting written into a text, or taken out of it, and what the text then makes of a release.",
            Some(Types::request::<changes::EditRequest>),
            Some(Types::answer::<changes::Edited>),
        ),
        types.call(
            "locate",
            "The line where a setting stands in a text; null where it does not.",
            Some(Types::request::<changes::LocateRequest>),
            Some(Types::answer::<Option<usize>>),
        ),
        types.call(
            "origins",
            "Which settings make each line; null where values are invalid.",
            Some(Types::request::<Input>),
            Some(Types::answer::<Option<rqchart::origins::Origins>>),
        ),
        types.call(
            "diff",
            "What one text of values changes against another; null where one is invalid.",
            Some(Types::request::<changes::DiffRequest>),
            Some(Types::answer::<Option<rqchart::diff::Difference>>),
        ),
        types.call(
            "share",
            "A link that carries the release and its values, but no secret.",
            Some(Types::request::<Input>),
            Some(Types::answer::<rqchart::link::Shared>),
        ),
        types.call(
            "open",
            "What a link carries.",
            Some(Types::request::<links::OpenRequest>),
            Some(Types::answer::<links::Opened>),
        ),
        types.call(
            "simulator",
            "What scenarios are played on; null where values are invalid.",
            Some(Types::request::<Input>),
            Some(Types::answer::<Value>),
        ),
        types.call(
            "manifests",
            "What is rendered, as people take it away.",
            Some(Types::request::<Input>),
            Some(Types::answer::<manifests::Manifests>),
        ),
    ];
    calls.extend(ahead_calls(&mut types));
    calls.extend(archive_calls(&mut types));
    (calls, types.definitions())
}

fn ahead_calls(types: &mut Types) -> Vec<Call> {
    vec![
        types.call(
            "scenarios",
            "The scenarios that are built in.",
            Some(Types::request::<ahead::Cluster>),
            Some(Types::answer::<Vec<ahead::Offered>>),
        ),
        types.call(
            "play",
            "A scenario, played.",
            Some(Types::request::<ahead::PlayRequest>),
            Some(Types::answer::<ahead::Played>),
        ),
        types.call(
            "faults",
            "Which single faults the cluster does not bear, as findings about the text.",
            Some(Types::request::<ahead::FaultsRequest>),
            Some(Types::answer::<Vec<preview::Finding>>),
        ),
        types.call(
            "attach",
            "A link that carries a scenario, too.",
            Some(Types::request::<ahead::AttachRequest>),
            Some(Types::answer::<ahead::Link>),
        ),
        types.call(
            "attached",
            "The scenario that a link carries, or null.",
            Some(Types::request::<ahead::Link>),
            Some(Types::answer::<Option<String>>),
        ),
        types.call(
            "plan",
            "The way from one set of manifests to another.",
            Some(Types::request::<ahead::PlanRequest>),
            Some(Types::answer::<ahead::Planned>),
        ),
    ]
}

fn archive_calls(types: &mut Types) -> Vec<Call> {
    vec![
        types.call("pack", "The chart with these values.", Some(Types::request::<archives::PackRequest>), None),
        types.call("zip", "Files as a zip archive.", Some(Types::request::<archives::ZipRequest>), None),
    ]
}

/// What is read may leave out what has a default; what is written has it.
struct Types {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
}

type Make = fn(&mut Types) -> Schema;

impl Types {
    fn call(&mut self, name: &'static str, about: &'static str, request: Option<Make>, answer: Option<Make>) -> Call {
        Call { name, about, request: request.map(|make| make(self)), answer: answer.map(|make| make(self)) }
    }

    fn request<T: JsonSchema>(&mut self) -> Schema {
        self.requests.subschema_for::<T>()
    }

    fn answer<T: JsonSchema>(&mut self) -> Schema {
        self.answers.subschema_for::<T>()
    }

    /// Sorted by name; a type of both directions is as it is read.
    fn definitions(mut self) -> Vec<(String, Value)> {
        let mut all = self.answers.take_definitions(true);
        all.extend(self.requests.take_definitions(true));
        let mut all: Vec<_> = all.into_iter().collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }
}
