//! The part of a pod's specification that the processes here can be given.
//!
//! In: the JSON of a pod template. Out: [`PodSpec`]. A key that is neither carried out nor listed as without effect here
//! is refused, so that a chart that starts to use it is not drilled without it in silence.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::volumes::Volume;

/// A field that is accepted and has no effect on processes without containers, images or nodes.
type NoEffect = Option<IgnoredAny>;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "the fields of type NoEffect are there to be accepted")]
pub(super) struct PodSpec {
    pub(super) containers: Vec<Container>,
    #[serde(default)]
    pub(super) init_containers: Vec<Container>,
    #[serde(default)]
    pub(super) volumes: Vec<Volume>,
    #[serde(default)]
    pub(super) security_context: PodSecurity,
    #[serde(default = "default_grace")]
    pub(super) termination_grace_period_seconds: u64,
    pub(super) subdomain: Option<String>,
    #[serde(default)]
    affinity: NoEffect,
    #[serde(default)]
    automount_service_account_token: NoEffect,
    #[serde(default)]
    enable_service_links: NoEffect,
    #[serde(default)]
    image_pull_secrets: NoEffect,
    #[serde(default)]
    node_selector: NoEffect,
    #[serde(default)]
    priority_class_name: NoEffect,
    #[serde(default)]
    restart_policy: NoEffect,
    #[serde(default)]
    service_account_name: NoEffect,
    #[serde(default)]
    tolerations: NoEffect,
    #[serde(default)]
    topology_spread_constraints: NoEffect,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "the fields of type NoEffect are there to be accepted")]
pub(super) struct Container {
    pub(super) name: String,
    #[serde(default)]
    pub(super) command: Vec<String>,
    #[serde(default)]
    pub(super) args: Vec<String>,
    #[serde(default)]
    pub(super) env: Vec<EnvVar>,
    #[serde(default)]
    pub(super) volume_mounts: Vec<VolumeMount>,
    #[serde(default)]
    pub(super) ports: Vec<Port>,
    pub(super) startup_probe: Option<Probe>,
    pub(super) readiness_probe: Option<Probe>,
    pub(super) liveness_probe: Option<Probe>,
    pub(super) lifecycle: Option<Lifecycle>,
    #[serde(default)]
    pub(super) security_context: ContainerSecurity,
    pub(super) image: String,
    #[serde(default)]
    image_pull_policy: NoEffect,
    #[serde(default)]
    resources: NoEffect,
    #[serde(default)]
    termination_message_policy: NoEffect,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Port {
    pub(super) name: Option<String>,
    #[serde(rename = "containerPort")]
    pub(super) container_port: u16,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EnvVar {
    pub(super) name: String,
    pub(super) value: Option<String>,
    pub(super) value_from: Option<ValueFrom>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::enum_variant_names, reason = "the names are Kubernetes'")]
pub(super) enum ValueFrom {
    FieldRef(FieldRef),
    ConfigMapKeyRef(KeyRef),
    SecretKeyRef(KeyRef),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FieldRef {
    pub(super) field_path: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct KeyRef {
    pub(super) name: String,
    pub(super) key: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct VolumeMount {
    pub(super) name: String,
    pub(super) mount_path: String,
    pub(super) sub_path: Option<String>,
    #[serde(default)]
    pub(super) read_only: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodSecurity {
    pub(super) run_as_user: Option<u32>,
    pub(super) run_as_group: Option<u32>,
    pub(super) fs_group: Option<u32>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContainerSecurity {
    pub(super) run_as_user: Option<u32>,
    pub(super) run_as_group: Option<u32>,
    #[serde(default)]
    pub(super) read_only_root_filesystem: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Lifecycle {
    pub(super) pre_stop: Option<Handler>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Probe {
    #[serde(flatten)]
    pub(super) handler: Handler,
    #[serde(default)]
    initial_delay_seconds: u64,
    period_seconds: Option<u64>,
    timeout_seconds: Option<u64>,
    failure_threshold: Option<u32>,
    success_threshold: Option<u32>,
    pub(super) termination_grace_period_seconds: Option<u64>,
}

impl Probe {
    pub(super) const fn initial_delay(&self) -> Duration {
        Duration::from_secs(self.initial_delay_seconds)
    }

    /// How often it asks (Kubernetes' default: 10 s).
    pub(super) fn period(&self) -> Duration {
        Duration::from_secs(self.period_seconds.unwrap_or(10))
    }

    /// How long it waits (Kubernetes' default: 1 s).
    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.unwrap_or(1))
    }

    /// After how many failures in a row it counts as failed (Kubernetes' default: 3).
    pub(super) fn failures(&self) -> u32 {
        self.failure_threshold.unwrap_or(3)
    }

    /// After how many successes in a row it counts as passed (Kubernetes' default: 1).
    pub(super) fn successes(&self) -> u32 {
        self.success_threshold.unwrap_or(1)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Handler {
    Exec(ExecAction),
    HttpGet(HttpGet),
    TcpSocket(TcpSocket),
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct ExecAction {
    pub(super) command: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HttpGet {
    #[serde(default = "root")]
    pub(super) path: String,
    pub(super) port: Value,
    #[serde(default)]
    pub(super) scheme: Scheme,
}

/// How a probe asks. With HTTPS the kubelet believes any certificate and has none of its own.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Scheme {
    #[default]
    Http,
    Https,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct TcpSocket {
    pub(super) port: Value,
}

impl Container {
    /// A port given as a number or by its name.
    pub(super) fn port(&self, port: &Value) -> Option<u16> {
        match port {
            Value::String(name) => {
                self.ports.iter().find(|p| p.name.as_deref() == Some(name)).map(|p| p.container_port)
            }
            number => number.as_u64().and_then(|n| u16::try_from(n).ok()),
        }
    }
}

/// Expands `$(NAME)` from what is known, as Kubernetes does: `$$` is a dollar, an unknown name stays as it is.
pub(super) fn expand(text: &str, known: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|r| r.split_once(')')) {
            match known.get(name) {
                Some(value) => out.push_str(value),
                None => out.extend(["$(", name, ")"]),
            }
            rest = after;
        } else {
            out.push('$');
        }
    }
    out + rest
}

const fn default_grace() -> u64 {
    30
}

fn root() -> String {
    "/".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_names_are_expanded() {
        let known = BTreeMap::from([("A".to_owned(), "1".to_owned())]);
        assert_eq!(expand("$(A)-$(B)-$$(A)-$A-$", &known), "1-$(B)-$(A)-$A-$");
    }

    #[test]
    fn what_would_be_ignored_in_silence_is_refused() {
        let spec = serde_json::json!({"containers": [], "hostNetwork": true});
        let error = serde_json::from_value::<PodSpec>(spec).unwrap_err();
        assert!(error.to_string().contains("hostNetwork"), "{error}");
    }
}
