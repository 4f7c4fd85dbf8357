//! Whether the parts of values that go to Kubernetes as they are have its form.
//!
//! In: merged JSON. Out: warnings, because a later Kubernetes may have fields that are not known here. The forms are those of
//! Kubernetes 1.37 as far as somebody writes them into values, in `kubernetes.json`: what lies deeper is not judged.

use std::sync::OnceLock;

use serde_json::Value;

use super::findings;
use super::violations::{self, Kind, Violation};
use crate::diagnostic::{Code, Diagnostic, closest, pointer};

/// Settings, and the forms of what Kubernetes reads there.
const PARTS: &[(&str, &str)] = &[
    ("/affinity", "Affinity"),
    ("/startupProbe/handler", "Probe"),
    ("/livenessProbe/handler", "Probe"),
    ("/readinessProbe/handler", "Probe"),
    ("/lifecycle/postStart", "Handler"),
    ("/lifecycle/preStop", "Handler"),
    ("/readers/autoscaling/behavior", "Behavior"),
    ("/extraEnv", "Env"),
    ("/extraVolumes", "Volumes"),
    ("/extraVolumeClaimTemplates", "ClaimTemplates"),
    ("/extraContainers", "Containers"),
    ("/extraInitContainers", "Containers"),
];

pub(super) fn forms() -> &'static Value {
    static FORMS: OnceLock<Value> = OnceLock::new();
    FORMS.get_or_init(|| serde_json::from_str(include_str!("kubernetes.json")).expect("a test reads it"))
}

/// What Kubernetes will not take of containers, volumes, an affinity and the like that somebody wrote. The values are valid.
///
/// ```
/// # use rqchart_core::schema;
/// let values = serde_json::json!({ "extraContainers": [{ "name": "proxy", "image": "envoy", "arg": [] }] });
/// let findings = schema::lint(&values);
/// assert_eq!(findings[0].path, "/extraContainers/0/arg");
/// assert_eq!(findings[0].hint.as_deref(), Some(r#"did you mean "args"?"#));
/// ```
pub fn lint(values: &Value) -> Vec<Diagnostic> {
    let parts = PARTS.iter().filter_map(|(path, form)| Some((path, values.pointer(path)?, &forms()[form])));
    let parts = parts.filter(|(_, part, _)| !part.is_null());
    parts
        .flat_map(|(path, part, form)| violations::all(part, form, forms(), path))
        .map(|violation| finding(&violation))
        .collect()
}

fn finding(violation: &Violation<'_>) -> Diagnostic {
    let warning = |path: &str, message| Diagnostic::warning(Code::KubernetesField, path, message);
    match &violation.kind {
        Kind::UnknownKey(key) => {
            let finding = warning(&pointer(&violation.path, key), format!("Kubernetes has no field {key:?} here"));
            let fields = findings::known(violation.here);
            finding.with_hint(match closest(key, fields.iter().copied()) {
                Some(meant) => format!("did you mean {meant:?}?"),
                None => format!("the fields here are {}", fields.join(", ")),
            })
        }
        Kind::MissingKey(key) => warning(&violation.path, format!("Kubernetes needs the field {key:?} here")),
        _ => {
            let Diagnostic { path, message, hint, .. } = findings::about_value(violation);
            Diagnostic { hint, ..warning(&path, message) }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diagnostic::dotted;
    use crate::schema::Reference;

    #[test]
    fn every_form_is_there_and_belongs_to_a_setting() {
        for (path, form) in PARTS {
            assert!(forms().get(form).is_some(), "{form}");
            assert!(Reference::built_in().find(&dotted(path)).is_ok(), "{path}");
        }
    }

    #[test]
    fn what_kubernetes_refuses_is_said_where_it_stands() {
        let term = json!([{ "labelSelector": {} }]);
        let pods = json!({ "requiredDuringSchedulingIgnoredDuringExecution": term });
        let port = json!([{ "containerPort": "http" }]);
        let value = json!([{ "name": "N", "value": 1 }]);
        for (values, expected) in [
            (
                json!({ "affinity": { "podAffinty": {} } }),
                &["affinity.podAffinty: Kubernetes has no field \"podAffinty\" here (did you mean \"podAffinity\"?)"]
                    as &[_],
            ),
            (
                json!({ "affinity": { "podAntiAffinity": pods } }),
                &[
                    "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: Kubernetes needs the field \"topologyKey\" here",
                ],
            ),
            (
                json!({ "extraVolumes": [{ "name": "ca", "secret": { "name": "ca" } }] }),
                &[
                    "extraVolumes[0].secret.name: Kubernetes has no field \"name\" here (the fields here are secretName, items, defaultMode, defaultUser, optional)",
                    "extraVolumes[0].secret: Kubernetes needs the field \"secretName\" here",
                ],
            ),
            (
                json!({ "extraInitContainers": [{ "name": "a", "image": "b", "env": value, "ports": port }] }),
                &[
                    "extraInitContainers[0].env[0].value: expected text, got a number (put it in quotes)",
                    "extraInitContainers[0].ports[0].containerPort: expected a whole number, got the text \"http\"",
                ],
            ),
            (json!({ "affinity": null, "extraVolumes": [{ "name": "scratch", "emptyDir": {} }] }), &[]),
        ] {
            let said: Vec<String> = lint(&values).iter().map(ToString::to_string).collect();
            assert_eq!(
                said,
                expected.iter().map(|one| format!("warning[kubernetes-field]: {one}")).collect::<Vec<_>>()
            );
        }
    }
}
