//! Which image runs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Digest, DnsName, Registry, Repository, Tag};

/// An image reference in its parts, so that a mirror needs one of them only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Image {
    /// The registry, or a mirror of it.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "image", "effect": "roll" }))]
    pub registry: Registry,
    /// The image's path within the registry.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "image", "effect": "roll" }))]
    pub repository: Repository,
    /// The version of rqlite; null means the chart's appVersion.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "image", "effect": "roll" }))]
    pub tag: Option<Tag>,
    /// Pins the image's bytes; the tag is then documentation only.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "image", "effect": "roll" }))]
    pub digest: Option<Digest>,
    /// When a node asks the registry.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "image", "effect": "roll" }))]
    pub pull_policy: PullPolicy,
    /// Names of Secrets with credentials for the registry.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "image", "effect": "roll" }))]
    pub pull_secrets: Vec<DnsName>,
}

impl Default for Image {
    fn default() -> Self {
        Self {
            registry: Registry::known("docker.io"),
            repository: Repository::known("rqlite/rqlite"),
            tag: None,
            digest: None,
            pull_policy: PullPolicy::default(),
            pull_secrets: Vec::new(),
        }
    }
}

impl Image {
    /// The tag that is pulled.
    pub(crate) fn tag<'a>(&'a self, app_version: &'a str) -> &'a str {
        self.tag.as_ref().map_or(app_version, |tag| tag.as_str())
    }
}

/// When a node asks the registry for an image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PullPolicy {
    /// At every start of a container; no start without the registry.
    Always,
    /// When the node does not have it yet.
    #[default]
    IfNotPresent,
    /// Not at all.
    Never,
}
