//! Change data capture: every changed row, sent to an HTTP endpoint.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ConfigKey, DnsName, Duration, HostPattern, Int, Url};

/// Change data capture: rqlited sends every change of a row to an HTTP endpoint, at least once. The leader sends; all voters keep what was not sent yet in a queue on their disk.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Cdc {
    /// Where changes are sent; null sends none, unless endpointSecret says where. Not with a user in it: it is rendered into a ConfigMap.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll", "flag": "-cdc-config", "since": "8.43.4", "docs": "https://rqlite.io/docs/guides/cdc/" }))]
    pub endpoint: Option<Url>,
    /// The same from a Secret, for an endpoint with a user, a password or a token in it. rqlited reads it when it starts: after a change, change `revision`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll" }))]
    pub endpoint_secret: Option<EndpointSecret>,
    /// A name for this cluster in what is sent, for those who receive from several.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll" }))]
    pub service_id: Option<String>,
    /// Whether rows are named only, without what is in them.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll" }))]
    pub row_ids_only: bool,
    /// A regular expression of Go (RE2): changes to tables whose names match are sent, and no others. null sends all.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll" }))]
    pub table_filter: Option<String>,
    /// How an endpoint with HTTPS is checked.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll" }))]
    pub tls: CdcTls,
    /// How many changes one request has at most. null means 10.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll", "unit": "changes" }))]
    pub max_batch_size: Option<Int<1, 1_000_000>>,
    /// How long a batch that is not full waits. null means 200ms.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll", "unit": "duration" }))]
    pub max_batch_delay: Option<Duration>,
    /// How often the leader tells the others what it has sent, so that they drop it. After a change of the leader what was sent since is sent again. null means 1s.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "cdc", "effect": "roll", "unit": "duration" }))]
    pub high_watermark_interval: Option<Duration>,
    /// How long a request may take. null means 5s.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll", "unit": "duration" }))]
    pub transmit_timeout: Option<Duration>,
    /// After how many failures a batch is given up and lost. null never gives up: while the endpoint is away the queue grows on the voters' disks until they are full.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll" }))]
    pub transmit_max_retries: Option<Int<1, 1_000_000_000>>,
    /// How the pauses between failures grow.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll" }))]
    pub retry_policy: RetryPolicy,
    /// The first pause after a failure. null means 1s.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll", "unit": "duration" }))]
    pub min_backoff: Option<Duration>,
    /// The longest pause, for exponential. null means 30s.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll", "unit": "duration" }))]
    pub max_backoff: Option<Duration>,
}

impl Cdc {
    /// Whether anything is sent.
    pub(crate) fn is_on(&self) -> bool {
        self.endpoint.is_some() || self.endpoint_secret.is_some()
    }
}

/// A Secret with an endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EndpointSecret {
    /// Its name.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll" }))]
    pub name: DnsName,
    /// The key of the endpoint in it; `endpoint` unless it says otherwise.
    #[serde(default = "endpoint")]
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll" }))]
    pub key: ConfigKey,
}

fn endpoint() -> ConfigKey {
    ConfigKey::known("endpoint")
}

/// How an endpoint with HTTPS is checked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct CdcTls {
    /// A Secret with the CA of the endpoint's certificate as `ca.crt`; null means those that the image knows.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll" }))]
    pub ca_secret_name: Option<DnsName>,
    /// A Secret with a certificate to show to the endpoint, as `tls.crt` and `tls.key`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "cdc", "effect": "roll" }))]
    pub secret_name: Option<DnsName>,
    /// The name in the endpoint's certificate, where it is not that of the endpoint.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "cdc", "effect": "roll" }))]
    pub server_name: Option<HostPattern>,
    /// Takes any certificate: whoever can stand between sees and changes what is sent.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "cdc", "effect": "roll" }))]
    pub insecure_skip_verify: bool,
}

/// How pauses between failures grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RetryPolicy {
    /// Not at all.
    #[default]
    Linear,
    /// Each is twice as long as the one before.
    Exponential,
}
