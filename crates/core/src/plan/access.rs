//! TLS and users.

use super::Kind;
use super::outline::{Outline, Phase, Way};

/// Traffic between nodes.
pub(super) fn node_tls(outline: &mut Outline<'_>) {
    let Some((old, new)) = voters(outline) else { return };
    let is_alone = |set: &super::Set, state: &super::State| set.replicas == Some(1) && state.sets.len() == 1;
    let alone = is_alone(old, outline.old) && is_alone(new, outline.new);
    if old.nodes == new.nodes || alone || outline.leaves_old() {
        return;
    }
    let message = match (old.nodes.tls, new.nodes.tls) {
        (false, true) => "nodes speak TLS to each other: those that do cannot talk to those that do not yet",
        (true, false) => {
            "nodes no longer speak TLS to each other: those that do cannot talk to those that do not any more"
        }
        _ => "nodes ask each other for certificates otherwise: those that ask may refuse those that show none",
    };
    outline.about_set(
        Kind::NodeTlsChange,
        old,
        format!("{message}. Pod after pod, the first one would never be Ready"),
    );
    outline.go(Way::Stopped);
}

/// Traffic with clients.
pub(super) fn clients(outline: &mut Outline<'_>) {
    let Some((old, new)) = voters(outline) else { return };
    if old.clients != new.clients {
        let message = match (old.clients.tls, new.clients.tls) {
            (false, true) if new.clients.mutual => "clients must speak HTTPS and show a certificate",
            (false, true) => "clients must speak HTTPS",
            (true, false) => "clients must speak HTTP",
            _ if new.clients.mutual => "clients must show a certificate",
            _ => "clients need not show a certificate any more",
        };
        outline.about_set(
            Kind::ClientTlsChange,
            old,
            format!("{message}; while pods restart, some nodes want the one and some the other"),
        );
        outline.step(Phase::Prepare, format!("Make the clients ready: {message}"), Vec::new());
    }
    if old.authenticates != new.authenticates {
        let message = if new.authenticates {
            "clients must log in"
        } else {
            "clients need not log in any more: whoever reaches the API may do everything"
        };
        outline.about_set(Kind::AuthChange, old, message.to_owned());
        if new.authenticates {
            let text = "Give the clients their users: nodes that ask for none yet do not mind".to_owned();
            outline.step(Phase::Prepare, text, Vec::new());
        }
    }
}

/// The voters of both sides, if they are the same set.
fn voters<'a>(outline: &Outline<'a>) -> Option<(&'a super::Set, &'a super::Set)> {
    let (old, new) = (outline.old.voters()?, outline.new.voters()?);
    old.is_same(new).then_some((old, new))
}
