//! What is meant, by labels.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{LabelValue, Labels, QualifiedName};

/// Which labels something must have; `{}` means all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct LabelSelector {
    /// Labels with their values.
    #[serde(skip_serializing_if = "Labels::is_empty")]
    pub match_labels: Labels,
    /// Conditions that labels must meet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub match_expressions: Vec<LabelCondition>,
}

/// A condition that a label must meet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LabelCondition {
    /// The label's key.
    pub key: QualifiedName,
    /// How its value is compared.
    #[serde(default)]
    pub operator: LabelOperator,
    /// The values, for `In` and `NotIn`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<LabelValue>,
}

/// How a label's value is compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum LabelOperator {
    /// One of the values.
    #[default]
    In,
    /// None of the values, or no such label.
    NotIn,
    /// Any value.
    Exists,
    /// No such label.
    DoesNotExist,
}

impl LabelOperator {
    /// Whether a condition of this kind has values.
    pub(crate) fn takes_values(self) -> bool {
        matches!(self, Self::In | Self::NotIn)
    }
}
