//! The forms that `rqchart lint` knows, held to those of the API server.

use serde_json::Value;

use crate::drill::cluster::{Failure, Outcome};

use super::api::Proxy;

/// For each group and version of the server: ours, and its type.
const PAIRS: [(&str, &[(&str, &str)]); 2] = [
    (
        "api/v1",
        &[
            ("/Affinity", "io.k8s.api.core.v1.Affinity"),
            ("/Containers/items", "io.k8s.api.core.v1.Container"),
            ("/Volumes/items", "io.k8s.api.core.v1.Volume"),
            ("/Probe", "io.k8s.api.core.v1.Probe"),
            ("/Handler", "io.k8s.api.core.v1.LifecycleHandler"),
            ("/ClaimSpec", "io.k8s.api.core.v1.PersistentVolumeClaimSpec"),
        ],
    ),
    ("apis/autoscaling/v2", &[("/Behavior", "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior")]),
];

/// Every field that one of them has and the other not, wherever ours says anything about fields.
///
/// # Errors
///
/// They, or why the server does not tell.
pub fn are_those_of_the_server(forms: &Value) -> Outcome {
    let (_proxy, api) = Proxy::start()?;
    let mut different = Vec::new();
    for (group, pairs) in PAIRS {
        let document = api.get(&format!("/openapi/v3/{group}"))?;
        for (ours, theirs) in pairs {
            let here = (forms.pointer(ours), document.pointer(&format!("/components/schemas/{theirs}")));
            compare((forms, &document), here, theirs, &mut different);
        }
    }
    if different.is_empty() { Ok(()) } else { Err(Failure::new(different.join("\n"))) }
}

fn compare(roots: (&Value, &Value), here: (Option<&Value>, Option<&Value>), path: &str, different: &mut Vec<String>) {
    let (Some(ours), Some(theirs)) = here else {
        different.push(format!("{path}: not on both sides"));
        return;
    };
    let (ours, theirs) = (followed(roots.0, ours), followed(roots.1, theirs));
    if let Some(fields) = ours.get("properties").and_then(Value::as_object) {
        let empty = serde_json::Map::new();
        let known = theirs.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let new = known.keys().filter(|field| !fields.contains_key(*field));
        different.extend(new.map(|field| format!("{path}.{field}: not here")));
        for (field, form) in fields {
            compare(roots, (Some(form), known.get(field)), &format!("{path}.{field}"), different);
        }
    }
    if let Some(entry) = ours.get("items") {
        compare(roots, (Some(entry), theirs.get("items")), &format!("{path}[]"), different);
    }
}

/// The schema that a schema stands for; the server wraps references that have a default.
fn followed<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = schema.get("$ref").or_else(|| schema.pointer("/allOf/0/$ref")).and_then(Value::as_str);
    reference.and_then(|at| root.pointer(&at[1..])).map_or(schema, |target| followed(root, target))
}
