//! Links that carry a release and its values.

use rqchart::link::{self, State, Target, Unpacked};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::changes::values;
use super::request::{Input, Release};

/// A link that somebody opens.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenRequest {
    /// The link, or the part of an address from its `#` on.
    link: String,
}

/// What a link holds.
#[derive(Serialize, JsonSchema)]
pub(super) struct Opened {
    release: Release,
    /// Its values, as the text of `values.yaml`.
    text: String,
}

pub(super) fn unpacked(input: &Input) -> Result<Unpacked, String> {
    let values = values(&input.text).ok_or("the values cannot be read")?;
    let Release { name, namespace, kube_version, api_versions } = &input.release;
    let mut target = Target::default();
    (target.name, target.namespace) = (name.clone(), namespace.clone());
    (target.kube_version, target.api_versions) = (kube_version.clone(), api_versions.clone());
    link::unpacked(&target, &values).map_err(|finding| finding.message)
}

pub(super) fn open(request: &OpenRequest) -> Result<Opened, String> {
    let state = link::open(&request.link).map_err(|finding| finding.message)?;
    let text = state.text();
    let State { release: Target { name, namespace, kube_version, api_versions, .. }, .. } = state;
    Ok(Opened { text, release: Release { name, namespace, kube_version, api_versions } })
}
