//! Whether it is the same cluster at all: names, namespaces, addresses.

use super::outline::{Outline, Way};
use super::{Kind, Set};

pub(super) fn first_install(outline: &mut Outline<'_>) {
    if let Some(new) = outline.new.voters().filter(|_| outline.old.sets.is_empty()) {
        let message = match new.voting() {
            1 => "nothing is there yet; one voter founds the cluster".to_owned(),
            voters => format!("nothing is there yet; {voters} voters found the cluster when all of them are up"),
        };
        outline.about_set(Kind::FirstInstall, new, message);
    }
}

/// Voters where something is that nobody knows: in their place, or in another that would be given up for theirs.
pub(super) fn unknown(outline: &mut Outline<'_>) {
    let Some(new) = outline.new.voters() else { return };
    let goes = |set: &&Set| !set.is_rqlite() && outline.old.voters().is_none() && outline.new.find(set).is_none();
    let there = outline.old.find(new).filter(|old| !old.is_rqlite());
    if let Some(old) = there.or_else(|| outline.old.sets.iter().find(goes)) {
        let message = "the StatefulSet that is there was not made by this chart, or the ConfigMap of its scripts is not among the \
             manifests: who votes, and where the rows are, is not known";
        outline.about_set(Kind::UnknownCluster, old, message.to_owned());
        outline.go(Way::Beside);
    }
}

/// The voters go, or others come.
pub(super) fn gone(outline: &mut Outline<'_>) {
    let Some(old) = outline.old.voters() else { return };
    match outline.new.voters() {
        None => {
            let fate =
                if old.deletes_with_set { "and their volumes are deleted with them" } else { "and their volumes stay" };
            outline.about_set(
                Kind::ClusterRemoved,
                old,
                format!("no voters are rendered any more: the cluster ends, {fate}"),
            );
            outline.copy(old, "Take a copy of the rows, if anybody may want them again");
        }
        Some(new) if !old.is_same(new) => {
            let place = |set: &Set| match &set.namespace {
                Some(namespace) => format!("{} in {namespace}", set.name),
                None => set.name.clone(),
            };
            let message = format!(
                "{} is another cluster than {}: it starts empty, and the rows stay behind",
                place(new),
                place(old)
            );
            outline.about_set(Kind::DataLeftBehind, old, message);
            outline.go(Way::Beside);
        }
        Some(_) => {}
    }
}

/// The members' addresses.
pub(super) fn addresses(outline: &mut Outline<'_>) {
    for (old, new) in outline.pairs() {
        if old.service == new.service || !old.is_rqlite() {
            continue;
        }
        let (from, to) = (&old.service, &new.service);
        if old.voting() == 0 {
            let message = format!(
                "the headless Service is {to} and no longer {from}: these readers get new addresses, and join anew"
            );
            outline.about_set(Kind::ImmutableField, old, message);
            outline.go(Way::Around);
            continue;
        }
        let message = format!(
            "the headless Service is {to} and no longer {from}, and its name is a part of every member's address. Members know each \
             other by the old ones, so none of them finds a leader again"
        );
        outline.about_set(Kind::AddressesChange, old, message);
        outline.go(Way::Beside);
    }
}
