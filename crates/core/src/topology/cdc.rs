//! Change data capture: rqlited's configuration file, and where its parts come from.

use serde::Serialize;
use serde_json::{Value, json};

use super::metadata::checksum;
use super::{Mount, Names};
use crate::values::{self, Duration, RetryPolicy, Values};

/// Where the pods find the file.
const CONFIG: &str = "/etc/rqlite-cdc";
/// Where they find an endpoint that is a secret, as the file `endpoint`. `start.sh` makes one file of the two.
const ENDPOINT: &str = "/etc/rqlite-cdc-endpoint";
const CA: &str = "/etc/rqlite-cdc-ca";
const TLS: &str = "/etc/rqlite-cdc-tls";

/// Change data capture.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Cdc {
    /// rqlited's file, without the endpoint if that is a secret.
    pub config: String,
    /// Where `start.sh` finds it.
    #[serde(skip)]
    pub path: String,
    /// Changes when anything in it does, so that the pods restart: rqlited reads it once.
    #[serde(skip)] // among the pods' annotations
    pub checksum: String,
    /// The volumes with it and with secrets.
    #[serde(skip)] // among all mounts of a pod
    pub mounts: Vec<Mount>,
}

impl Cdc {
    pub(super) fn resolve(values: &Values, names: &Names) -> Option<Self> {
        let cdc = &values.cdc;
        if !cdc.is_on() {
            return None;
        }
        let config = format!("{:#}\n", config(cdc));
        let secret = |name: &str, keys: &[(&str, &str)]| {
            let items: Vec<_> = keys.iter().map(|(key, path)| json!({ "key": key, "path": path })).collect();
            json!({ "secret": { "secretName": name, "items": items } })
        };
        let file = Mount::for_nodes("cdc", CONFIG, json!({ "configMap": { "name": names.cdc } }));
        let endpoint = cdc.endpoint_secret.as_ref().map(|endpoint| {
            let source = secret(endpoint.name.as_str(), &[(endpoint.key.as_str(), "endpoint")]);
            Mount::for_nodes("cdc-endpoint", ENDPOINT, source)
        });
        let ca = cdc
            .tls
            .ca_secret_name
            .as_ref()
            .map(|name| Mount::for_nodes("cdc-ca", CA, secret(name.as_str(), &[("ca.crt", "ca.crt")])));
        let tls = cdc.tls.secret_name.as_ref().map(|name| {
            let keys = [("tls.crt", "tls.crt"), ("tls.key", "tls.key")];
            Mount::for_nodes("cdc-tls", TLS, secret(name.as_str(), &keys))
        });
        Some(Self {
            checksum: checksum([config.as_str()]),
            config,
            path: format!("{CONFIG}/cdc.json"),
            mounts: [Some(file), endpoint, ca, tls].into_iter().flatten().collect(),
        })
    }
}

/// rqlited's file. Its documentation writes times as text and the policy as a word, but it reads whole nanoseconds and 0
/// or 1 (10.2.7).
fn config(cdc: &values::Cdc) -> Value {
    let values::Cdc {
        endpoint,
        endpoint_secret: _,
        service_id,
        row_ids_only,
        table_filter,
        tls,
        max_batch_size,
        max_batch_delay,
        high_watermark_interval,
        transmit_timeout,
        transmit_max_retries,
        retry_policy,
        min_backoff,
        max_backoff,
    } = cdc;
    let nanos = |duration: &Option<Duration>| duration.as_ref().map(|duration| duration.as_millis() * 1_000_000);
    let policy = match retry_policy {
        RetryPolicy::Linear => 0,
        RetryPolicy::Exponential => 1,
    };
    let fields = json!({
        "endpoint": endpoint,
        "service_id": service_id,
        "row_ids_only": row_ids_only,
        "table_filter": table_filter,
        "tls": without_nulls(json!({
            "ca_cert_file": tls.ca_secret_name.as_ref().map(|_| format!("{CA}/ca.crt")),
            "cert_file": tls.secret_name.as_ref().map(|_| format!("{TLS}/tls.crt")),
            "key_file": tls.secret_name.as_ref().map(|_| format!("{TLS}/tls.key")),
            "server_name": tls.server_name,
            "insecure_skip_verify": tls.insecure_skip_verify.then_some(true),
        })),
        "max_batch_size": max_batch_size,
        "max_batch_delay": nanos(max_batch_delay),
        "high_watermark_interval": nanos(high_watermark_interval),
        "transmit_timeout": nanos(transmit_timeout),
        "transmit_max_retries": transmit_max_retries,
        "transmit_retry_policy": policy,
        "transmit_min_backoff": nanos(min_backoff),
        "transmit_max_backoff": nanos(max_backoff),
    });
    without_nulls(fields)
}

/// What is not set is left to rqlited; so is an empty group.
fn without_nulls(mut value: Value) -> Value {
    if let Some(map) = value.as_object_mut() {
        map.retain(|_, value| !value.is_null() && value.as_object().is_none_or(|map| !map.is_empty()));
    }
    value
}
