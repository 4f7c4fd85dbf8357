//! A plan while rules are at work on it.

use super::objects::{Fate, ObjectChange};
use super::state::{Set, State};
use super::steps::{Sources, Step};
use super::{Consequence, Kind, quoted};

/// When a step is taken: in this order nothing is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// See that all is well.
    Look,
    /// Take a copy of the rows.
    Copy,
    /// What must be so before anything else.
    Prepare,
    /// Fewer pods, under the old form.
    ScaleIn,
    /// More pods, under the old form.
    ScaleOut,
    /// Versions in between.
    Hop,
    /// Claims that exist.
    Claims,
    /// All pods away.
    Stop,
    /// What must not be there when the new form comes.
    Detach,
    /// The new form.
    Apply,
    /// Wait for it.
    Watch,
    /// One disk after the other.
    Disks,
    /// Pods that must join anew.
    Join,
    /// What is left over.
    Clean,
}

/// How the new form gets there; a later one does what the earlier ones do, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// Apply it.
    Apply,
    /// Make StatefulSets anew around their pods.
    Around,
    /// While no pod runs.
    Stopped,
    /// Beside the old one, with a copy of its rows.
    Beside,
}

/// What rules see, and what they have said so far.
pub(super) struct Outline<'a> {
    pub(super) old: &'a State,
    pub(super) new: &'a State,
    pub(super) objects: &'a [ObjectChange],
    pub(super) sources: &'a Sources,
    pub(super) way: Way,
    pub(super) steps: Vec<(Phase, Step)>,
    consequences: Vec<Consequence>,
}

impl<'a> Outline<'a> {
    pub(super) fn new(old: &'a State, new: &'a State, objects: &'a [ObjectChange], sources: &'a Sources) -> Self {
        Self { old, new, objects, sources, way: Way::Apply, steps: Vec::new(), consequences: Vec::new() }
    }

    /// Says a consequence.
    pub(super) fn add(&mut self, id: Kind, object: Option<String>, message: String) {
        self.consequences.push(Consequence { id, verdict: id.verdict(), object, message });
    }

    pub(super) fn about(&mut self, id: Kind, object: &ObjectChange, message: String) {
        self.add(id, Some(object.reference()), message);
    }

    pub(super) fn about_set(&mut self, id: Kind, set: &Set, message: String) {
        self.add(id, Some(format!("StatefulSet/{}", set.name)), message);
    }

    pub(super) fn has(&self, id: Kind) -> bool {
        self.consequences.iter().any(|consequence| consequence.id == id)
    }

    /// Asks for a step, once.
    pub(super) fn step(&mut self, phase: Phase, text: String, commands: Vec<String>) {
        let step = Step { text, commands };
        if !self.steps.iter().any(|(_, known)| *known == step) {
            self.steps.push((phase, step));
        }
    }

    /// Asks for this way, or one that does more.
    pub(super) fn go(&mut self, way: Way) {
        self.way = self.way.max(way);
    }

    /// Whether the old cluster stays where it is, and another one is made.
    pub(super) fn leaves_old(&self) -> bool {
        self.way == Way::Beside
    }

    /// Sets that are on both sides.
    pub(super) fn pairs(&self) -> Vec<(&'a Set, &'a Set)> {
        self.old.sets.iter().filter_map(|set| Some((set, self.new.find(set)?))).collect()
    }

    /// What changes of a set.
    pub(super) fn change(&self, set: &Set) -> Option<&'a ObjectChange> {
        let is_it = |object: &&ObjectChange| {
            object.kind == "StatefulSet" && object.name == set.name && object.namespace == set.namespace
        };
        self.objects.iter().find(is_it).filter(|object| matches!(object.change, Fate::Changed | Fate::Replaced))
    }

    /// Whether the pods of a set get another form.
    pub(super) fn rolls(&self, set: &Set) -> bool {
        self.change(set).is_some_and(|change| change.touches("spec.template"))
    }

    /// The flag for a namespace.
    #[expect(clippy::unused_self, reason = "it reads as a part of a command")]
    pub(super) fn flag(&self, namespace: Option<&str>) -> String {
        namespace.map_or_else(String::new, |namespace| format!(" -n {}", quoted(namespace)))
    }

    /// What was said, and the steps in their order.
    pub(super) fn finish(mut self) -> (Vec<Consequence>, Vec<Step>) {
        self.frame();
        self.steps.sort_by_key(|(phase, _)| *phase);
        (self.consequences, self.steps.into_iter().map(|(_, step)| step).collect())
    }
}
