//! What a secured release is installed with, and what its client needs to be let in.
//!
//! In: the cluster's namespace. Out: two Secrets, made anew each time ([`Credentials::secrets`]), and a [`Client`] that may do
//! everything. One certificate for all: every pod shows it to clients and to the other pods, and clients show it to pods.

use std::collections::BTreeSet;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use serde_json::{Value, json};

use super::cluster::{Failure, Outcome};
use super::http::Client;
use super::manifests::Access;
use super::tls::{Identity, Tls};

/// The Secret of users: `users.json`, `probe-password`, `member-password`, `backup-password`.
pub const AUTH_SECRET: &str = "drill-auth";
/// The Secret of certificates: `tls.crt`, `tls.key`, `ca.crt`.
pub const TLS_SECRET: &str = "drill-tls";

/// The name by which the drills' client knows every pod: it connects to addresses, which no certificate names in advance.
pub const CLIENT_SERVICE: &str = "rqdb-client";

/// The chart's users, with what each may do, and the drills' own.
const PROBE: User =
    User { name: "rqchart-probe", password: r#"probe/+= "it's" $HOME %41 \n"#, may: &["ready", "status"] };
const MEMBER: User = User {
    name: "rqchart-member",
    password: r#"member/+= 'it"s' $(ls) %41 \"#,
    may: &["join", "join-read-only", "remove"],
};
const BACKUP: User = User { name: "rqchart-backup", password: r#"backup/+= "it's" $HOME %41 \n"#, may: &["backup"] };
const DRILL: User = User { name: "drill", password: "drill", may: &["all"] };

/// Passwords are those that a generator may make, without a colon, which rqlite's shell cannot take: nobody but a parser of shells, URLs or JSON finds anything in them.
struct User {
    name: &'static str,
    password: &'static str,
    may: &'static [&'static str],
}

/// The keys of one installation.
#[derive(Debug)]
pub struct Credentials {
    identity: Identity,
    client: Client,
}

impl Credentials {
    /// [`Credentials::make`] where they are needed.
    ///
    /// # Errors
    /// As there.
    pub fn for_access(access: Access, namespace: &str) -> Outcome<Option<Self>> {
        match access {
            Access::Open => Ok(None),
            Access::Secured => Self::make(namespace).map(Some),
        }
    }

    /// For the release `rqdb` in this namespace.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn make(namespace: &str) -> Outcome<Self> {
        let identity = identity(namespace).map_err(Failure::new)?;
        let client = Client::over(Tls::mutual(&identity, CLIENT_SERVICE)?).as_user(DRILL.name, DRILL.password);
        Ok(Self { identity, client })
    }

    /// To be applied before the release.
    pub fn secrets(&self) -> [Value; 2] {
        let users = [PROBE, MEMBER, BACKUP, DRILL];
        let users = users.map(|user| json!({"username": user.name, "password": user.password, "perms": user.may}));
        let secret =
            |name, data| json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data});
        let Identity { certificate, key, authority } = &self.identity;
        [
            secret(
                AUTH_SECRET,
                json!({
                    "users.json": json!(users).to_string(),
                    "probe-password": PROBE.password,
                    "member-password": MEMBER.password,
                    "backup-password": BACKUP.password,
                }),
            ),
            secret(TLS_SECRET, json!({"tls.crt": certificate, "tls.key": key, "ca.crt": authority})),
        ]
    }

    /// The values that make the chart use these Secrets.
    pub fn values() -> Value {
        let tls = json!({"secretName": TLS_SECRET, "mutual": true});
        json!({"auth": {"existingSecret": AUTH_SECRET}, "tls": {"client": tls, "node": tls}})
    }

    /// Who may do everything.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Who has a certificate and no password.
    ///
    /// # Errors
    /// Never, as things are.
    pub fn nobody(&self) -> Outcome<Client> {
        Ok(Client::over(Tls::mutual(&self.identity, CLIENT_SERVICE)?))
    }

    /// What every side shows.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }
}

fn identity(namespace: &str) -> Result<Identity, rcgen::Error> {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "drill authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority_key = KeyPair::generate()?;
    let authority_certificate = authority.self_signed(&authority_key)?;

    // The release is rendered for the namespace `default`, wherever it is applied: its texts may name either.
    let names = ["default", namespace].map(|namespace| {
        let service = format!("{namespace}.svc.cluster.local");
        [format!("*.rqdb-headless.{service}"), format!("rqdb-client.{service}")]
    });
    let names: BTreeSet<_> = names.into_iter().flatten().chain([CLIENT_SERVICE.to_owned()]).collect();
    let mut node = CertificateParams::new(names.into_iter().collect::<Vec<_>>())?;
    node.distinguished_name.push(DnType::CommonName, "drill");
    node.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    node.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate()?;
    let certificate = node.signed_by(&key, &Issuer::from_params(&authority, &authority_key))?;
    Ok(Identity { certificate: certificate.pem(), key: key.serialize_pem(), authority: authority_certificate.pem() })
}
