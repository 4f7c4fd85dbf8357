//! What a secured release is installed with, and what its client needs to be let in.
//!
//! In: the cluster's namespace. Out: what an operator and cert-manager would make, anew each time ([`Credentials::secrets`]), and
//! a [`Client`] that may do everything, with a certificate of the same authority and no names.

use std::collections::BTreeSet;
use std::fmt;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::cluster::{Failure, Outcome};
use super::http::Client;
use super::tls::{Identity, Tls};
use super::variant::Access;

/// The Secret of users, by the name that the example says: `users.json`, `probe-password`, `member-password`, and for the jobs
/// of drills `backup-password`.
pub const AUTH_SECRET: &str = "rqlite-users";

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
pub struct Credentials {
    issuer: Issuer<'static, KeyPair>,
    authority: String,
    namespace: String,
    identity: Identity,
    client: Client,
}

/// What is done of a Certificate's `spec`; one that says more is refused.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "some fields are there to be accepted")]
struct Wanted {
    secret_name: String,
    dns_names: Vec<String>,
    #[serde(default)]
    usages: Vec<String>,
    issuer_ref: IgnoredAny,
    private_key: IgnoredAny,
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
        let (issuer, authority) = authority().map_err(Failure::new)?;
        let own = [ExtendedKeyUsagePurpose::ClientAuth];
        let identity = identity(&issuer, &authority, &BTreeSet::new(), &own).map_err(Failure::new)?;
        let client = Client::over(Tls::mutual(&identity, CLIENT_SERVICE)?).as_user(DRILL.name, DRILL.password);
        Ok(Self { issuer, authority, namespace: namespace.to_owned(), identity, client })
    }

    /// To be applied before the release: the users, and one Secret for each of its objects of the kind Certificate.
    ///
    /// # Errors
    /// When a Certificate asks for something that is not done here.
    pub fn secrets(&self, certificates: &[Value]) -> Outcome<Vec<Value>> {
        let users = [PROBE, MEMBER, BACKUP, DRILL];
        let users = users.map(|user| json!({"username": user.name, "password": user.password, "perms": user.may}));
        let users = secret(
            AUTH_SECRET,
            &json!({
                "users.json": json!(users).to_string(),
                "probe-password": PROBE.password,
                "member-password": MEMBER.password,
                "backup-password": BACKUP.password,
            }),
        );
        [Ok(users)].into_iter().chain(certificates.iter().map(|certificate| self.issued(certificate))).collect()
    }

    /// What cert-manager would make of this: a certificate with these names and usages, and no others.
    fn issued(&self, certificate: &Value) -> Outcome<Value> {
        let wanted = Wanted::deserialize(&certificate["spec"])?;
        // The release is rendered for the namespace `default`, wherever it is applied: its texts may name either.
        let elsewhere = format!(".{}", self.namespace);
        let names = wanted.dns_names.iter().flat_map(|name| [name.clone(), name.replace(".default", &elsewhere)]);
        let usage = |usage: &String| match usage.as_str() {
            "server auth" => Ok(ExtendedKeyUsagePurpose::ServerAuth),
            "client auth" => Ok(ExtendedKeyUsagePurpose::ClientAuth),
            other => Err(Failure::new(format!("certificates for {other:?} are not made here"))),
        };
        let usages = wanted.usages.iter().map(usage).collect::<Outcome<Vec<_>>>()?;
        let made = identity(&self.issuer, &self.authority, &names.collect(), &usages).map_err(Failure::new)?;
        let Identity { certificate, key, authority } = made;
        Ok(secret(&wanted.secret_name, &json!({"tls.crt": certificate, "tls.key": key, "ca.crt": authority})))
    }

    /// The drills' own user, who may do everything, as rqlite's shell takes it.
    pub fn user() -> String {
        format!("{}:{}", DRILL.name, DRILL.password)
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

    /// What the drills' client shows.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("namespace", &self.namespace).finish_non_exhaustive()
    }
}

fn secret(name: &str, data: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data})
}

/// Who is believed, and its certificate.
fn authority() -> Result<(Issuer<'static, KeyPair>, String), rcgen::Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "drill authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?.pem();
    Ok((Issuer::new(params, key), certificate))
}

/// Without usages it is for everything, and names are the alternative ones only, as with cert-manager.
fn identity(
    issuer: &Issuer<'_, KeyPair>,
    authority: &str,
    names: &BTreeSet<String>,
    usages: &[ExtendedKeyUsagePurpose],
) -> Result<Identity, rcgen::Error> {
    let mut params = CertificateParams::new(names.iter().cloned().collect::<Vec<_>>())?;
    params.distinguished_name = DistinguishedName::new();
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = usages.to_vec();
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    Ok(Identity { certificate: certificate.pem(), key: key.serialize_pem(), authority: authority.to_owned() })
}
