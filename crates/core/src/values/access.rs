//! Who may do what with the HTTP API, and how traffic is protected.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CommonName, DnsName, Password, Username};

/// Who may use the HTTP API.
///
/// The pods need two users themselves: `rqchart-probe` (ready, status) asks how nodes are, and `rqchart-member` (join,
/// join-read-only, remove) lets them join, and lets a pod that lost its disk leave first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct Auth {
    /// A Secret that holds everything: `users.json` (rqlited's file, with both users of the pods), `probe-password` and `member-password`, neither with a colon. With backup.scheduled also the user `rqchart-backup` (backup) and its `backup-password`. rqlited reads it when it starts: restart the pods after a change, for example with `revision`.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "access", "effect": "roll", "flag": "-auth", "docs": "https://rqlite.io/docs/guides/security/" }))]
    pub existing_secret: Option<DnsName>,
    /// Users, instead of an existing Secret: they become a Secret of the release. Values with passwords are secrets themselves.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "access", "effect": "roll", "docs": "https://rqlite.io/docs/guides/security/", "also": ["config.users"] }))]
    pub users: Vec<User>,
    /// The password of `rqchart-probe`; needed beside `users`.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "access", "effect": "roll" }))]
    pub probe_password: Option<Password>,
    /// The password of `rqchart-member`; needed beside `users`.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "access", "effect": "roll" }))]
    pub member_password: Option<Password>,
    /// The password of `rqchart-backup` (backup), which the job of backup.scheduled is; needed beside `users` when there is one.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "access", "effect": "roll" }))]
    pub backup_password: Option<Password>,
    /// What everybody may do who can reach a node, without a password; for `users`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "access", "effect": "roll" }))]
    pub anonymous: Vec<Permission>,
}

/// A user of the HTTP API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct User {
    /// The name.
    pub username: Username,
    /// The password, as it is typed: rqlite knows no hashes.
    pub password: Password,
    /// What the user may do. An empty list is nothing.
    pub permissions: Vec<Permission>,
}

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// Everything.
    All,
    /// Make a node a voter of the cluster.
    Join,
    /// Make a node a reader of the cluster.
    JoinReadOnly,
    /// Remove a node from the cluster.
    Remove,
    /// Write: run statements that change rows.
    Execute,
    /// Read: run queries.
    Query,
    /// Look at a node's state and profiles.
    Status,
    /// Ask whether a node is ready.
    Ready,
    /// Take a copy of the database.
    Backup,
    /// Replace the database.
    Load,
    /// Store a snapshot.
    Snapshot,
    /// Ask the leader to hand over.
    LeaderOps,
    /// Open the console.
    Ui,
}

/// Encryption.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct Tls {
    /// Between clients and nodes (HTTPS); null means plain HTTP.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "access", "effect": "roll", "docs": "https://rqlite.io/docs/guides/security/" }))]
    pub client: Option<ClientTls>,
    /// Between nodes (Raft); null means plain. Nodes with and without it cannot talk to each other: to switch it on or off, scale to 0 and back.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "access", "effect": "data", "docs": "https://rqlite.io/docs/guides/security/" }))]
    pub node: Option<NodeTls>,
}

/// What is set for the certificates of one side, whichever it is.
pub(crate) struct Side<'a> {
    /// Its name among the settings.
    pub(crate) name: &'static str,
    pub(crate) secret_name: Option<&'a DnsName>,
    pub(crate) ca_secret_name: Option<&'a DnsName>,
    pub(crate) issuer: Option<&'a Issuer>,
    pub(crate) mutual: bool,
    pub(crate) common_name: Option<&'a CommonName>,
}

impl Tls {
    /// The sides that are encrypted.
    pub(crate) fn sides(&self) -> impl Iterator<Item = Side<'_>> {
        let client = self.client.as_ref().map(|client| Side {
            name: "client",
            secret_name: client.secret_name.as_ref(),
            ca_secret_name: client.ca_secret_name.as_ref(),
            issuer: client.issuer.as_ref(),
            mutual: client.mutual,
            common_name: client.common_name.as_ref(),
        });
        let node = self.node.as_ref().map(|node| Side {
            name: "node",
            secret_name: node.secret_name.as_ref(),
            ca_secret_name: node.ca_secret_name.as_ref(),
            issuer: node.issuer.as_ref(),
            mutual: node.mutual,
            common_name: node.common_name.as_ref(),
        });
        client.into_iter().chain(node)
    }
}

/// Encryption between clients and nodes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct ClientTls {
    /// The Secret with `tls.crt`, `tls.key` and, unless caSecretName says otherwise, `ca.crt`. The certificate must be right for the pods' names in the headless Service, such as `*.rqdb-headless.default.svc.cluster.local`. null means the one that `issuer` makes. rqlited takes a new certificate up by itself; after a new CA the pods must restart (`revision`).
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "access", "effect": "roll", "flag": "-http-cert" }))]
    pub secret_name: Option<DnsName>,
    /// Another Secret with the CA as `ca.crt`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "access", "effect": "roll", "flag": "-http-ca-cert" }))]
    pub ca_secret_name: Option<DnsName>,
    /// Has cert-manager make the certificate.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "access", "effect": "roll" }))]
    pub issuer: Option<Issuer>,
    /// Whether clients must show a certificate of the CA, probes and nodes included.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "access", "effect": "roll", "flag": "-http-verify-client" }))]
    pub mutual: bool,
    /// The common name that clients' certificates must have; the pods' own certificate too, because they ask each other.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "access", "effect": "roll", "flag": "-http-verify-common-name", "since": "10.2.0" }))]
    pub common_name: Option<CommonName>,
}

/// Encryption between nodes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[derive(Default)]
pub struct NodeTls {
    /// The Secret with `tls.crt`, `tls.key` and, unless caSecretName says otherwise, `ca.crt`. The certificate must be right for the pods' names in the headless Service, or for serverName. null means the one that `issuer` makes.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "access", "effect": "roll", "flag": "-node-cert" }))]
    pub secret_name: Option<DnsName>,
    /// Another Secret with the CA as `ca.crt`.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "access", "effect": "roll", "flag": "-node-ca-cert" }))]
    pub ca_secret_name: Option<DnsName>,
    /// Has cert-manager make the certificate.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "access", "effect": "roll" }))]
    pub issuer: Option<Issuer>,
    /// Whether nodes must show each other certificates of the CA. Without it anybody who reaches the Raft port may speak to a node.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "access", "effect": "roll", "flag": "-node-verify-client" }))]
    pub mutual: bool,
    /// The common name that nodes' certificates must have.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "access", "effect": "roll", "flag": "-node-verify-common-name", "since": "10.2.0" }))]
    pub common_name: Option<CommonName>,
    /// The name that every node's certificate has, instead of the name of its pod.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "access", "effect": "roll", "flag": "-node-verify-server-name", "since": "8.13.0" }))]
    pub server_name: Option<DnsName>,
}

/// Who issues certificates in cert-manager.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Issuer {
    /// Its name.
    pub name: DnsName,
    /// Whether it serves its namespace or the whole cluster.
    #[serde(default)]
    pub kind: IssuerKind,
}

/// Whom an issuer serves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum IssuerKind {
    /// Its namespace.
    #[default]
    Issuer,
    /// The whole cluster.
    ClusterIssuer,
}
