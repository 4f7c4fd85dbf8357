//! What never changes while the page is open.

use rqchart::chart::examples;
use rqchart_core::schema::{self, GROUPS, Reference};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::request::chart;

/// Everything that the page knows before anybody has typed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct About {
    /// The version of rqchart.
    version: &'static str,
    /// The chart's name, which paths in archives begin with.
    chart: &'static str,
    /// The chart's file name as a package.
    archive: String,
    /// The version of rqlite that the chart was made for.
    rqlite: &'static str,
    /// The JSON Schema of values, with `x-rqchart` annotations.
    schema: &'static Value,
    /// All settings as they are when nobody sets them; null and empty lists are left out.
    defaults: &'static Value,
    /// The groups of settings (`x-rqchart.group`), in the order in which people decide.
    groups: Vec<Group>,
    /// The chart's examples.
    examples: Vec<Example>,
}

#[derive(Serialize, JsonSchema)]
struct Group {
    id: &'static str,
    title: &'static str,
}

/// A values file to begin with.
#[derive(Serialize, JsonSchema)]
struct Example {
    name: &'static str,
    /// What it is for, in a line.
    about: &'static str,
    text: &'static str,
}

pub(super) fn about() -> About {
    let example = |(name, text): (&'static str, &'static str)| {
        let about = text.lines().next().unwrap_or_default().trim_start_matches("# ");
        Example { name, about, text }
    };
    About {
        version: env!("CARGO_PKG_VERSION"),
        chart: &chart().name,
        archive: rqchart::package::file_name(&rqchart::Chart::bare()),
        rqlite: &chart().app_version,
        schema: schema::document(),
        defaults: Reference::built_in().defaults(),
        groups: GROUPS.iter().map(|(id, title)| Group { id, title }).collect(),
        examples: examples().map(example).collect(),
    }
}
