//! How traffic is protected, and what the pods must know for that.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::Serialize;
use serde_json::{Value, json};

use super::metadata::checksum;
use super::{Member, Mount, Names, placeholder};
use crate::release::Release;
use crate::values::{Auth, IssuerKind, Permission, Side, Text, Tls, User, Values};

/// Where the pods find the Secret with users. Not below the scripts' folder: nothing can be mounted within a `ConfigMap`.
pub(super) const AUTH: &str = "/etc/rqlite-auth";
/// The user that asks how nodes are.
pub const PROBE_USER: &str = "rqchart-probe";
/// The user that takes copies of the database.
pub const BACKUP_USER: &str = "rqchart-backup";
/// The user that nodes join and leave as.
pub const MEMBER_USER: &str = "rqchart-member";

/// Who may use the API, and how traffic is encrypted.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Access {
    /// Whether the HTTP API asks for a user.
    #[serde(skip)]
    pub authenticates: bool,
    /// Whether nodes speak HTTPS to clients.
    #[serde(skip)]
    pub https: bool,
    /// Whether clients must show a certificate.
    #[serde(skip)]
    pub is_mutual: bool,
    /// The Secret with users that is rendered, if any.
    pub users: Option<UsersSecret>,
    /// The Secrets that the pods mount.
    #[serde(skip)] // among all mounts of a pod
    pub mounts: Vec<Mount>,
    /// The certificates that cert-manager is asked for.
    #[serde(skip)] // in a list with their metadata
    pub certificates: Vec<Certificate>,
    /// Who may do what. Passwords: templates do not see it.
    #[serde(skip)]
    pub auth: Auth,
    /// Where certificates come from, and what is checked.
    #[serde(skip)]
    pub tls: Tls,
}

/// A Secret made of values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UsersSecret {
    /// Its name.
    #[serde(skip)] // its metadata has it
    pub name: String,
    /// rqlited's file of users.
    pub users_json: String,
    /// The password of [`PROBE_USER`].
    pub probe_password: String,
    /// The password of [`MEMBER_USER`].
    pub member_password: String,
    /// The password of [`BACKUP_USER`], where there is that user.
    pub backup_password: Option<String>,
    /// Changes when anything in it does, so that the pods restart: rqlited reads it once.
    #[serde(skip)] // an annotation of the pods
    pub checksum: String,
}

/// A Certificate of cert-manager.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Certificate {
    /// Its name, which is also that of its Secret.
    pub name: String,
    /// Who issues it.
    pub issuer: String,
    /// Whom that issuer serves.
    pub issuer_kind: IssuerKind,
    /// The common name, where one is checked.
    pub common_name: Option<String>,
    /// The names that it is right for.
    pub dns_names: Vec<String>,
    /// The addresses that it is right for.
    pub ip_addresses: Vec<String>,
}

impl Access {
    pub(super) fn resolve(values: &Values, names: &Names) -> Self {
        let (auth, tls) = (&values.auth, &values.tls);
        let users = UsersSecret::resolve(auth, names);
        let users_secret = auth.existing_secret.as_ref().map(ToString::to_string);
        let users_secret = users_secret.or_else(|| users.as_ref().map(|users| users.name.clone()));
        let mut this = Self {
            authenticates: users_secret.is_some(),
            https: tls.client.is_some(),
            is_mutual: tls.client.as_ref().is_some_and(|client| client.mutual),
            users,
            mounts: Vec::new(),
            certificates: Vec::new(),
            auth: auth.clone(),
            tls: tls.clone(),
        };
        if let Some(secret) = users_secret {
            this.mounts.push(Mount::read_only("auth", AUTH, secret_source(&secret, None)));
        }
        for side in tls.sides() {
            let (name, path) = tls_volume(&side);
            let secret = text(side.secret_name).unwrap_or_else(|| own_secret(&side, names));
            this.mounts.push(Mount::read_only(name, path, secret_source(&secret, text(side.ca_secret_name))));
        }
        this
    }

    /// Decides the certificates that are asked for, which name what the pods are reached by.
    pub(super) fn certify(&mut self, values: &Values, names: &Names, release: &Release, members: &[Member]) {
        let certificate = |side: &Side<'_>| {
            let issuer = side.issuer?;
            let (dns_names, ip_addresses) = reached_by(side, values, names, release, members);
            Some(Certificate {
                name: own_secret(side, names),
                issuer: issuer.name.to_string(),
                issuer_kind: issuer.kind,
                common_name: text(side.common_name),
                dns_names,
                ip_addresses,
            })
        };
        self.certificates = values.tls.sides().filter_map(|side| certificate(&side)).collect();
    }

    /// The Secrets that must be there already.
    pub fn existing_secrets(&self) -> Vec<&str> {
        let of_tls = self.tls.sides().flat_map(|side| [side.secret_name, side.ca_secret_name]);
        of_tls.chain([self.auth.existing_secret.as_ref()]).flatten().map(Text::as_str).collect()
    }

    /// Whether probes of the kubelet's own can ask a node: they can say no password and show no certificate.
    pub fn lets_kubelet_ask(&self) -> bool {
        !self.authenticates && !self.is_mutual
    }
}

/// A volume's source: one Secret, or its certificate with the `ca.crt` of another one.
pub(super) fn secret_source(secret: &str, ca_secret: Option<String>) -> Value {
    let Some(ca) = ca_secret else {
        return json!({ "secret": { "secretName": secret } });
    };
    let source = |secret: &str, keys: &[&str]| {
        let items: Vec<_> = keys.iter().map(|key| json!({ "key": key, "path": key })).collect();
        json!({ "secret": { "name": secret, "items": items } })
    };
    let sources = [source(secret, &["tls.crt", "tls.key"]), source(&ca, &["ca.crt"])];
    json!({ "projected": { "sources": sources } })
}

/// The volume with a side's certificates: its name, and where the pods find it.
pub(super) fn tls_volume(side: &Side<'_>) -> (&'static str, &'static str) {
    match side.name {
        "client" => ("client-tls", "/etc/rqlite-tls/client"),
        _ => ("node-tls", "/etc/rqlite-tls/node"),
    }
}

impl UsersSecret {
    fn resolve(auth: &Auth, names: &Names) -> Option<Self> {
        if auth.users.is_empty() && auth.anonymous.is_empty() {
            return None;
        }
        let probe_password = text(auth.probe_password.as_ref()).unwrap_or_default();
        let member_password = text(auth.member_password.as_ref()).unwrap_or_default();
        // Each entry has all three keys: rqlited lets one that lacks a key inherit it from the entry before.
        let entry = |username: &str, password: &str, perms: &[Permission]| json!({ "username": username, "password": password, "perms": perms });
        let mut list = vec![
            entry(PROBE_USER, &probe_password, &[Permission::Ready, Permission::Status]),
            entry(MEMBER_USER, &member_password, &[Permission::Join, Permission::JoinReadOnly, Permission::Remove]),
        ];
        let backup_password = text(auth.backup_password.as_ref());
        list.extend(backup_password.iter().map(|password| entry(BACKUP_USER, password, &[Permission::Backup])));
        list.extend(
            auth.users.iter().map(|User { username, password, permissions }| {
                entry(username.as_str(), password.as_str(), permissions)
            }),
        );
        if !auth.anonymous.is_empty() {
            list.push(entry("*", "", &auth.anonymous));
        }
        let users_json = serde_json::Value::from(list).to_string();
        let checksum = checksum([&*users_json, &probe_password, &member_password]); // that of backups is among the users
        let name = format!("{}-auth", names.fullname);
        Some(Self { name, users_json, probe_password, member_password, backup_password, checksum })
    }
}

/// The Secret of a side's certificate, where no other one is named.
fn own_secret(side: &Side<'_>, names: &Names) -> String {
    format!("{}-{}", names.fullname, tls_volume(side).0)
}

/// The names and addresses by which clients and nodes reach nodes at a side.
fn reached_by(
    side: &Side<'_>,
    values: &Values,
    names: &Names,
    release: &Release,
    members: &[Member],
) -> (Vec<String>, Vec<String>) {
    let namespace = &release.namespace;
    let full = format!("{namespace}.svc.{}", values.cluster_domain);
    let nodes = |headless: &str| {
        [format!("*.{headless}.{full}"), format!("*.{headless}.{namespace}.svc"), format!("{headless}.{full}")]
    };
    let clients = |client: &str| {
        [
            client.to_owned(),
            format!("{client}.{namespace}"),
            format!("{client}.{namespace}.svc"),
            format!("{client}.{full}"),
        ]
    };
    let mut list = Vec::from(nodes(&names.headless));
    if values.services.client.enabled {
        list.extend(clients(&names.client));
    }
    if values.readers.exist() {
        list.extend(nodes(&names.readers_headless));
        list.extend(clients(&names.readers_client).into_iter().filter(|_| values.readers.service.enabled));
    }
    list.push("localhost".to_owned());
    if side.name == "node" {
        // Nodes ask for it instead of the pod's name.
        list.extend(values.tls.node.as_ref().and_then(|node| text(node.server_name.as_ref())));
    } else {
        let per_pod = &values.services.per_pod;
        list.extend(members.iter().filter(|_| per_pod.enabled).flat_map(|member| clients(&member.pod)));
        let advertised = members.iter().zip(std::iter::repeat(per_pod.advertise.as_ref()));
        list.extend(advertised.filter_map(|(member, template)| {
            let address = placeholder::filled(template?.as_str(), member);
            Some(address.rsplit_once(':')?.0.to_owned())
        }));
        list.extend(values.gateway.tls_route.hostnames.iter().map(ToString::to_string));
    }
    let mut seen = BTreeSet::new();
    list.retain(|name| seen.insert(name.clone()));
    list.into_iter().partition(|name| name.parse::<IpAddr>().is_err())
}

fn text(value: Option<&impl ToString>) -> Option<String> {
    value.map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::resolved;

    /// The names and addresses in the certificate of a side.
    fn reached_by(side: &str, tls: &Value, more: &Value) -> Vec<String> {
        let mut values = json!({ "tls": { side: tls } });
        values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let certificate = resolved(&values).access.certificates.into_iter().next().unwrap();
        [certificate.dns_names, certificate.ip_addresses].concat()
    }

    #[test]
    fn the_certificate_of_nodes_has_the_name_that_they_ask_for() {
        let named =
            |name: Value| reached_by("node", &json!({ "issuer": { "name": "ca" }, "serverName": name }), &json!({}));
        assert!(named(json!("rqdb.example.com")).contains(&"rqdb.example.com".to_owned()));
        let all = named(json!("localhost"));
        assert_eq!(all, named(json!(null)), "it is there already");
    }

    #[test]
    fn the_certificate_for_clients_has_what_they_dial() {
        let of_clients = |more: &Value| reached_by("client", &json!({ "issuer": { "name": "ca" } }), more);
        let own = of_clients(&json!({}));
        let added = |more: &Value| of_clients(more).into_iter().filter(|name| !own.contains(name)).collect::<Vec<_>>();
        let per_pod = added(&json!({ "replicas": 3, "services": { "perPod": { "enabled": true } } }));
        assert_eq!(per_pod.len(), 12);
        assert_eq!(
            per_pod[8..],
            ["rqdb-2", "rqdb-2.default", "rqdb-2.default.svc", "rqdb-2.default.svc.cluster.local"]
        );
        let advertised = |address: &str| added(&json!({ "services": { "perPod": { "advertise": address } } }));
        assert_eq!(advertised("db-{ordinal}.example.com:4001"), [0, 1, 2].map(|i| format!("db-{i}.example.com")));
        assert_eq!(advertised("10.0.0.{ordinal}:4001"), [0, 1, 2].map(|i| format!("10.0.0.{i}")));
        let gateway = json!({ "tlsRoute": { "parentRefs": [{ "name": "g" }], "hostnames": ["db.example.com"] } });
        assert_eq!(added(&json!({ "gateway": gateway })), ["db.example.com"]);
    }
}
