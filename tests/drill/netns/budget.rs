//! What the eviction API would answer.
//!
//! In: a PodDisruptionBudget and the pods it selects. Out: whether one of them may go now. Pure.

use serde_json::Value;

use crate::drill::cluster::{Eviction, Failure, Outcome};

/// The numbers a budget is judged by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Census {
    /// Pods that their owner wants (`spec.replicas`).
    pub(super) expected: u32,
    /// Ready pods that are not being deleted.
    pub(super) healthy: u32,
}

/// Whether a pod may be evicted; `healthy` says whether it is among those counted.
///
/// A pod that is not ready may go as soon as enough others are (`unhealthyPodEvictionPolicy: IfHealthyBudget`, the default).
pub(super) fn judge(budget: &Value, census: Census, healthy: bool) -> Outcome<Eviction> {
    let wanted = match (&budget["spec"]["minAvailable"], &budget["spec"]["maxUnavailable"]) {
        (Value::Null, Value::Null) => 0,
        (Value::Null, max) => census.expected.saturating_sub(scaled(max, census.expected)?),
        (min, _) => scaled(min, census.expected)?,
    };
    let always = budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow";
    let allowed = if healthy { census.healthy > wanted } else { always || census.healthy >= wanted };
    Ok(if allowed { Eviction::Accepted } else { Eviction::Refused })
}

/// A count, or a percentage of the expected pods, rounded up as Kubernetes does for both fields.
fn scaled(value: &Value, expected: u32) -> Outcome<u32> {
    let number = match value {
        Value::String(text) => {
            text.strip_suffix('%').and_then(|percent| percent.parse::<u32>().ok()).map(|p| (p * expected).div_ceil(100))
        }
        other => other.as_u64().and_then(|n| u32::try_from(n).ok()),
    };
    number.ok_or_else(|| Failure::new(format!("a PodDisruptionBudget cannot say {value}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn allows(spec: &Value, expected: u32, healthy: u32) -> bool {
        let census = Census { expected, healthy };
        judge(&json!({ "spec": spec }), census, true).unwrap() == Eviction::Accepted
    }

    #[test]
    fn one_may_go_while_all_others_are_well() {
        assert!(allows(&json!({"maxUnavailable": 1}), 3, 3));
        assert!(!allows(&json!({"maxUnavailable": 1}), 3, 2));
        assert!(!allows(&json!({"minAvailable": 3}), 3, 3));
    }

    #[test]
    fn percentages_are_rounded_up() {
        // 34 % of 3 is 1.02: two may be missing.
        assert!(allows(&json!({"maxUnavailable": "34%"}), 3, 2));
        assert!(!allows(&json!({"minAvailable": "67%"}), 3, 3));
    }

    #[test]
    fn an_ill_pod_may_go_when_it_is_not_needed() {
        let budget = json!({"spec": {"minAvailable": 2}});
        assert_eq!(judge(&budget, Census { expected: 3, healthy: 2 }, false).unwrap(), Eviction::Accepted);
        assert_eq!(judge(&budget, Census { expected: 3, healthy: 1 }, false).unwrap(), Eviction::Refused);
    }
}
