//! Who may use the API, and encryption.

use std::collections::BTreeSet;

use super::routes::rendered;
use super::services::services;
use crate::diagnostic::{Code, Diagnostic};
use crate::topology::{BACKUP_USER, MEMBER_USER, PROBE_USER, Topology};
use crate::values::{CommonName, DnsName, Issuer, Permission, ServiceType};

/// Users come from one place, and those of the pods are among them.
pub(super) fn users(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let auth = &topology.access.auth;
    let inline = !auth.users.is_empty() || !auth.anonymous.is_empty();
    let is_twofold = inline && auth.existing_secret.is_some();
    if is_twofold {
        let (name, hint) = if auth.users.is_empty() {
            ("anonymous", "leave it out: users.json of the Secret says it, as the user `*`")
        } else {
            ("existingSecret", "keep one of users and existingSecret")
        };
        let message = "users are in values and in an existing Secret";
        let finding = Diagnostic::error(Code::Contradiction, format!("/auth/{name}"), message);
        findings.push(finding.with_hint(hint));
    }
    let takes_copies = topology.backup.scheduled.is_some();
    for (name, user, password, is_needed) in [
        ("probePassword", PROBE_USER, &auth.probe_password, inline),
        ("memberPassword", MEMBER_USER, &auth.member_password, inline),
        ("backupPassword", BACKUP_USER, &auth.backup_password, inline && takes_copies),
    ] {
        let path = format!("/auth/{name}");
        if is_twofold {
            // Whose passwords are needed depends on which of them stays.
        } else if is_needed && password.is_none() {
            let finding = Diagnostic::error(Code::MissingKey, path, format!("the pods' user {user} needs a password"));
            findings.push(finding.with_hint("any long random text"));
        } else if !inline && password.is_some() {
            let finding = Diagnostic::error(Code::UnusedValue, path, "it belongs to users, and there are none");
            findings.push(finding.with_hint("add users, or leave it out"));
        } else if !is_needed && password.is_some() {
            let finding =
                Diagnostic::error(Code::UnusedValue, path, "it belongs to backup.scheduled, and there is none");
            findings.push(finding.with_hint("set backup.scheduled.schedule, or leave it out"));
        }
    }
    let mut seen = BTreeSet::from([PROBE_USER, MEMBER_USER, BACKUP_USER, "*"]);
    for (index, user) in auth.users.iter().enumerate() {
        if !seen.insert(user.username.as_str()) {
            let message = format!("the user name {:?} is taken", user.username.as_str());
            let finding = Diagnostic::error(Code::ReservedName, format!("/auth/users/{index}/username"), message);
            findings.push(match user.username.as_str() {
                "*" => finding.with_hint("auth.anonymous says what everybody may do"),
                _ => finding.with_hint("take another one"),
            });
        }
    }
}

/// What anybody can do to the database who can reach it.
pub(super) fn openness(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let access = &topology.access;
    let harmful =
        |permission: &&Permission| !matches!(permission, Permission::Ready | Permission::Status | Permission::Ui);
    if let Some(permission) = access.auth.anonymous.iter().find(harmful) {
        let name = serde_json::to_value(permission).unwrap_or_default();
        let message = format!("everybody may do {name} without a password");
        findings
            .push(Diagnostic::warning(Code::OpenAccess, "/auth/anonymous", message).with_hint("name a user for it"));
    }
    if access.authenticates {
        return;
    }
    let outside = services(topology).filter(|(service, _)| service.spec.kind != ServiceType::ClusterIP);
    let services =
        outside.map(|(service, path)| (format!("{path}/type"), format!("a Service of type {:?}", service.spec.kind)));
    let routes =
        rendered(topology).map(|(what, asked)| (asked.trim_end_matches("/parentRefs").to_owned(), what.to_owned()));
    for (path, way) in services.chain(routes) {
        let message = format!("{way} lets whoever reaches it read and write everything");
        findings.push(Diagnostic::warning(Code::OpenAccess, path, message).with_hint("set auth"));
    }
}

pub(super) fn certificates(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for side in topology.access.tls.sides() {
        let at = format!("/tls/{}", side.name);
        certificate(&at, side.secret_name, side.issuer, findings);
        common_name(&at, side.common_name, side.mutual, findings);
    }
}

fn certificate(at: &str, secret: Option<&DnsName>, issuer: Option<&Issuer>, findings: &mut Vec<Diagnostic>) {
    match (secret, issuer) {
        (None, None) => {
            let finding = Diagnostic::error(Code::MissingKey, at, "nothing says where the certificate is from");
            findings.push(finding.with_hint("set secretName, or issuer for cert-manager"));
        }
        (Some(_), Some(_)) => {
            let message = "the certificate is in a Secret and made by an issuer";
            let finding = Diagnostic::error(Code::Contradiction, format!("{at}/issuer"), message);
            findings.push(finding.with_hint("keep one of secretName and issuer"));
        }
        _ => {}
    }
}

/// rqlited ends when it is told to check the name of a certificate that it does not ask for.
fn common_name(at: &str, name: Option<&CommonName>, is_mutual: bool, findings: &mut Vec<Diagnostic>) {
    if name.is_some() && !is_mutual {
        let message = "a name can be checked only where certificates are asked for";
        let finding = Diagnostic::error(Code::UnusedValue, format!("{at}/commonName"), message);
        findings.push(finding.with_hint("set mutual: true"));
    }
}
