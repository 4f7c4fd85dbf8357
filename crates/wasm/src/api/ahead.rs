//! What will happen: scenarios played on a cluster, and the way from one set of manifests to another.
//!
//! This half of the contract is a wasm file of its own, which the page loads when somebody asks. It renders nothing: a cluster
//! comes as the [`Simulator`] that the other half made of its values, manifests as that one's text, or anybody's.

use rqchart::{layers, link, placed, plan};
use rqchart_core::plan::{Plan, Source, Sources};
use rqchart_core::simulate::{self, Scenario, Simulator, Trace};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::preview::Finding;
use super::request::Input;

/// How a scenario's text is called where a finding names its source.
const FILE: &str = "scenario.yaml";

/// What plays scenarios on the cluster that values describe, for the calls that play; null where values are invalid.
pub(super) fn simulator(input: &Input) -> Result<Option<Simulator>, String> {
    let rendering = super::preview::render(&input.release, &input.text)?;
    Ok(rendering.topology.as_deref().map(Simulator::of))
}

/// A cluster, as `simulator` gives it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Cluster {
    #[schemars(with = "Value")]
    simulator: Simulator,
}

/// A scenario that is built in.
#[derive(Serialize, JsonSchema)]
pub(super) struct Offered {
    name: String,
    /// What it shows, in a sentence.
    about: String,
    /// The scenario, as YAML.
    text: String,
}

pub(super) fn scenarios(cluster: &Cluster) -> Vec<Offered> {
    let offered = |scenario: Scenario| Offered {
        text: rqchart::yaml_document(&json!(scenario)),
        name: scenario.name,
        about: scenario.about,
    };
    simulate::builtin(&cluster.simulator).into_iter().map(offered).collect()
}

/// A cluster, and the text of values that it was made of.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultsRequest {
    #[schemars(with = "Value")]
    simulator: Simulator,
    text: String,
}

pub(super) fn faults(request: &FaultsRequest) -> Vec<Finding> {
    let merged = layers::file(super::preview::FILE, request.text.as_bytes());
    let found = simulate::lint(&request.simulator).into_iter().map(|finding| placed::place(finding, &merged));
    found.map(Finding::from).collect()
}

/// A scenario to play.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlayRequest {
    #[schemars(with = "Value")]
    simulator: Simulator,
    /// The scenario, as JSON or YAML.
    text: String,
    seed: u64,
}

/// What became of a scenario.
#[derive(Serialize, JsonSchema)]
pub(super) struct Played {
    /// What is wrong with it.
    findings: Vec<Finding>,
    /// As it was read; null where it has findings.
    scenario: Option<Scenario>,
    /// Null where it has findings.
    trace: Option<Trace>,
}

pub(super) fn play(request: &PlayRequest) -> Played {
    let merged = layers::file(FILE, request.text.as_bytes());
    let (scenario, found) = placed::scenario(&merged, &request.simulator);
    let trace = scenario.as_ref().map(|scenario| request.simulator.play(scenario, request.seed));
    Played { findings: found.into_iter().map(Finding::from).collect(), scenario, trace }
}

/// A link, and a scenario that it is to carry, too.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AttachRequest {
    link: String,
    /// The scenario, as YAML.
    text: String,
}

/// A link.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    link: String,
}

pub(super) fn attach(request: &AttachRequest) -> Link {
    let merged = layers::file(FILE, request.text.as_bytes());
    Link { link: link::with_scenario(&request.link, merged.values()) }
}

/// Null where the link carries none. What it is, `play` judges.
pub(super) fn attached(request: &Link) -> Result<Option<String>, String> {
    let scenario = link::scenario(&request.link).map_err(|finding| finding.message)?;
    Ok(scenario.as_ref().map(rqchart::yaml_document))
}

/// Two states, as manifests.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanRequest {
    old: String,
    new: String,
    /// What renders the new ones.
    command: String,
}

/// The way from one state to another.
#[derive(Serialize, JsonSchema)]
pub(super) struct Planned {
    plan: Plan,
    /// The same for a pull request.
    markdown: String,
}

pub(super) fn plan(request: &PlanRequest) -> Result<Planned, String> {
    let read = |name, text| {
        let told = |findings: Vec<rqchart_core::diagnostic::Diagnostic>| {
            findings.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>().join("\n")
        };
        plan::stream::read(name, text).map_err(told)
    };
    let (old, new) = (read("what is there", &request.old)?, read("what is to be", &request.new)?);
    let sources = Sources { old: Source::Unknown, new: Source::Rendered(request.command.clone()) };
    let plan = plan::plan(&old, &new, &sources);
    Ok(Planned { markdown: plan::text::markdown(&plan), plan })
}
