//! Disks: their size and class, whether there are any, and when they are deleted.

use super::membership::{estranged, in_old_form};
use super::outline::{Outline, Phase, Way};
use super::state::DATABASE;
use super::{FieldChange, Kind, ObjectChange, Set, SetRole, quoted};
use crate::quorum::tolerated_losses;

const TEMPLATES: &str = "spec.volumeClaimTemplates";

/// What Kubernetes refuses to change on StatefulSets.
pub(super) fn volumes(outline: &mut Outline<'_>) {
    for (old, new) in outline.pairs() {
        let Some(change) = outline.change(old) else { continue };
        if outline.leaves_old() && old.is_rqlite() {
            continue;
        }
        presence(outline, old, new);
        let mut others = Vec::new();
        let mut disks = Vec::new();
        for field in change.fields.iter().filter(|field| field.refused) {
            match kind_of(field, old, new) {
                _ if field.path == "spec.serviceName" && old.is_rqlite() => {} // said of addresses
                _ if is_presence(field, old, new) => {}
                Some(Kind::SelectorChange) => selector(outline, old, field),
                Some(Kind::VolumeExpansion) => enlarge(outline, old, new, field),
                Some(Kind::VolumeAttributes) => attributes(outline, old, new, field),
                Some(Kind::VolumeChange) => disks.push(field),
                _ => others.push(field.path.as_str()),
            }
        }
        if !disks.is_empty() {
            replace(outline, old, new, &disks);
        }
        if !others.is_empty() {
            let about_claims = others.iter().any(|path| path.starts_with(TEMPLATES));
            let more = if about_claims { "; claims that exist stay as they are" } else { "" };
            let message = format!("Kubernetes refuses to change {}{more}", others.join(", "));
            outline.about_set(Kind::ImmutableField, old, message);
            outline.go(Way::Around);
        }
    }
}

/// Whether pods that stay are to get other disks, which begin empty.
pub(super) fn gives_up_disks(outline: &Outline<'_>, old: &Set, new: &Set) -> bool {
    let is_other = |field: &FieldChange| field.refused && kind_of(field, old, new) == Some(Kind::VolumeChange);
    old.is_rqlite() && outline.change(old).is_some_and(|change| change.fields.iter().any(is_other))
}

fn kind_of(field: &FieldChange, old: &Set, new: &Set) -> Option<Kind> {
    if field.path.starts_with("spec.selector") {
        return Some(Kind::SelectorChange);
    }
    let (claim, rest) = within_claim(&field.path)?;
    match rest {
        "spec.resources.requests.storage" => {
            let size = |set: &Set| set.claims.iter().find(|known| known.name == claim)?.size.clone();
            let larger = size(new)?.millis() > size(old)?.millis();
            Some(if larger { Kind::VolumeExpansion } else { Kind::VolumeChange })
        }
        "spec.volumeAttributesClassName" => Some(Kind::VolumeAttributes),
        "spec.storageClassName" | "spec.volumeMode" => Some(Kind::VolumeChange),
        _ if rest.starts_with("spec.accessModes") => Some(Kind::VolumeChange),
        _ => None,
    }
}

/// `spec.volumeClaimTemplates[data].spec.x` → `data`, `spec.x`.
fn within_claim(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix(TEMPLATES)?.strip_prefix('[')?.split_once("].")
}

/// The claim of the database comes or goes as a whole.
fn is_presence(field: &FieldChange, old: &Set, new: &Set) -> bool {
    old.holds_claims() != new.holds_claims()
        && (field.path == TEMPLATES || field.path == format!("{TEMPLATES}[{DATABASE}]"))
}

fn presence(outline: &mut Outline<'_>, old: &Set, new: &Set) {
    if old.holds_claims() == new.holds_claims() || !old.is_rqlite() {
        return;
    }
    outline.go(Way::Around);
    let voters = new.voting();
    if voters == 0 {
        let message = "the readers start with empty disks, and take all rows from the leader again".to_owned();
        outline.about_set(Kind::DisksStartEmpty, old, message);
        return;
    }
    outline.copy(old, "Take a copy of the rows");
    if join_with_empty_disks(outline, old, new) {
        return;
    }
    if new.holds_claims() && tolerated_losses(voters) > 0 {
        let message =
            "each pod starts with an empty volume when its turn comes, and gets every row before it votes again"
                .to_owned();
        outline.about_set(Kind::DisksStartEmpty, old, message);
    } else if new.holds_claims() {
        outline.about_set(
            Kind::DataLost,
            old,
            "the voters cannot spare one, and each starts with an empty disk".into(),
        );
        outline.load(new);
    } else {
        let message = "rows are kept in the pods from then on: a pod that is deleted has lost its disk, and with most of the voters at once \
             every row is gone. The volumes stay behind";
        outline.about_set(Kind::BecomesEphemeral, old, message.to_owned());
        if tolerated_losses(voters) == 0 {
            outline.about_set(
                Kind::DataLost,
                old,
                "the voters cannot spare one, and each starts with an empty disk".into(),
            );
            outline.load(new);
        }
    }
}

/// Pods that come back with empty disks while they cannot join those that are left.
fn join_with_empty_disks(outline: &mut Outline<'_>, old: &Set, new: &Set) -> bool {
    let Some((_, why)) = estranged(old, new).filter(|_| tolerated_losses(new.voting()) > 0) else { return false };
    let message = format!("each pod comes back with an empty disk, and {why}: the first one would never be Ready");
    outline.about_set(Kind::JoinWithChange, old, message);
    outline.go(Way::Beside);
    true
}

fn selector(outline: &mut Outline<'_>, old: &Set, field: &FieldChange) {
    let message = format!(
        "Kubernetes refuses to change {}, and a new StatefulSet would not take over pods with other labels",
        field.path
    );
    outline.about_set(Kind::SelectorChange, old, message);
    outline.go(Way::Stopped);
}

fn enlarge(outline: &mut Outline<'_>, old: &Set, new: &Set, field: &FieldChange) {
    let Some((claim, _)) = within_claim(&field.path) else { return };
    let size = |set: &Set| set.claims.iter().find(|known| known.name == claim).and_then(|claim| claim.size.clone());
    let text = |set: &Set| size(set).map_or_else(String::new, |size| size.to_string());
    let (from, to) = (text(old), text(new));
    outline.about_set(
        Kind::VolumeExpansion,
        old,
        format!("the volumes {claim} grow from {from} to {to}; no pod restarts for it"),
    );
    let patch = format!(r#"{{"spec":{{"resources":{{"requests":{{"storage":"{to}"}}}}}}}}"#);
    let text = "Enlarge the claims that exist; their StorageClass must say allowVolumeExpansion: true".to_owned();
    claims(outline, (old, new), claim, &patch, text);
}

fn attributes(outline: &mut Outline<'_>, old: &Set, new: &Set, field: &FieldChange) {
    let Some((claim, _)) = within_claim(&field.path) else { return };
    outline.about_set(
        Kind::VolumeAttributes,
        old,
        format!("the volumes {claim} get another VolumeAttributesClass; no pod restarts for it"),
    );
    if let Some(class) = &field.to {
        let patch = format!(r#"{{"spec":{{"volumeAttributesClassName":"{class}"}}}}"#);
        claims(outline, (old, new), claim, &patch, "Change the claims that exist".to_owned());
    }
    outline.go(Way::Around);
}

/// Changes the claim of each pod that there is.
fn claims(outline: &mut Outline<'_>, (old, new): (&Set, &Set), claim: &str, patch: &str, text: String) {
    let flag = outline.flag(old.namespace.as_deref());
    let claim = format!("pvc/{claim}-{}-", old.name);
    // Those of a scale-in stay, too, and a later scale-out takes them again.
    let stay = if old.deletes_when_scaled || new.deletes_when_scaled { None } else { old.replicas };
    let count = in_old_form(old, new).map(|pods| pods.max(stay.unwrap_or(0)));
    let command = format!(
        "for i in $(seq 0 {}); do kubectl patch{flag} {}$i -p {} || break; done",
        outline.last_ordinal(&old.sized(count)),
        quoted(&claim),
        quoted(patch)
    );
    outline.step(Phase::Claims, text, vec![command]);
    outline.go(Way::Around);
}

/// Other disks, one after the other.
fn replace(outline: &mut Outline<'_>, set: &Set, new: &Set, fields: &[&FieldChange]) {
    let changes: Vec<_> = fields
        .iter()
        .map(|field| {
            let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "the default".to_owned());
            format!("{} from {} to {}", field.path, or_none(&field.from), or_none(&field.to))
        })
        .collect();
    let message = format!("{}: claims that exist stay as they are, only later ones are so", changes.join(", "));
    outline.about_set(Kind::VolumeChange, set, message);
    outline.go(Way::Around);
    let only_database =
        fields.iter().all(|field| within_claim(&field.path).is_some_and(|(claim, _)| claim == DATABASE));
    if !set.is_rqlite() || !only_database {
        return;
    }
    if new.voting() > 0 && tolerated_losses(new.voting()) == 0 {
        outline.copy(set, "Take a copy of the rows");
        let text = "If the volumes that exist are to change, load the copy into a release of another name: these voters cannot spare one";
        outline.step(Phase::Disks, text.to_owned(), Vec::new());
        return;
    }
    if set.voting() > 0 {
        outline.copy(set, "Take a copy of the rows");
    }
    let flag = outline.flag(set.namespace.as_deref());
    let claim = quoted(&format!("pvc/{DATABASE}-{}-", set.name));
    let give_up = format!("kubectl delete{flag} --wait=false {claim}$i");
    let command = outline.downward(
        &set.sized(in_old_form(set, new)),
        &format!("{give_up} && {} && {}", outline.delete_each(set), outline.rollout(new)),
    );
    let text = "If the volumes that exist are to change, give up one after the other: each pod comes back with an empty disk, and gets \
         every row before it votes again";
    outline.step(Phase::Disks, text.to_owned(), vec![command]);
}

/// When volumes are deleted.
pub(super) fn retention(outline: &mut Outline<'_>) {
    for (old, new) in outline.pairs() {
        if old.role == SetRole::Readers {
            continue; // every row of theirs is with the voters
        }
        let pairs = [
            (old.deletes_with_set, new.deletes_with_set, "with the StatefulSet"),
            (old.deletes_when_scaled, new.deletes_when_scaled, "with the pods of a scale-in"),
        ];
        let changed = |to: bool| -> Vec<_> {
            pairs.iter().filter(|(old, new, _)| old != new && *new == to).map(|(_, _, when)| *when).collect()
        };
        let (deletes, keeps) = (changed(true), changed(false));
        if !deletes.is_empty() {
            outline.about_set(
                Kind::RetentionDeletes,
                old,
                format!("volumes are deleted {} from then on", deletes.join(", and ")),
            );
            outline.copy(old, "Take a copy of the rows");
        }
        if !keeps.is_empty() {
            outline.about_set(
                Kind::RetentionKeeps,
                old,
                format!("volumes are no longer deleted {}", keeps.join(", or ")),
            );
        }
    }
}

/// Pods that keep rows in themselves, and restart.
pub(super) fn ephemeral(outline: &mut Outline<'_>) {
    for (old, new) in outline.pairs() {
        let stopped = outline.way == Way::Stopped;
        let restarts = stopped || outline.rolls(old);
        if old.holds_claims() || new.holds_claims() || new.voting() == 0 || !restarts || outline.leaves_old() {
            continue;
        }
        if !stopped && (join_with_empty_disks(outline, old, new) || tolerated_losses(new.voting()) > 0) {
            continue;
        }
        let why = if stopped { "all voters stop at once" } else { "the voters cannot spare one" };
        outline.about_set(
            Kind::DataLost,
            old,
            format!("{why}, and they keep their rows in the pods themselves (storage.ephemeral)"),
        );
        outline.copy(old, "Take a copy of the rows");
        outline.load(new);
    }
}

/// Whether a change of a StatefulSet needs it made anew.
pub(super) fn is_refused(change: &ObjectChange) -> bool {
    change.fields.iter().any(|field| field.refused)
}
