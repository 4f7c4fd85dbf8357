//! Objects that are different, and what that means where they are no StatefulSets.

use schemars::JsonSchema;
use serde::Serialize;

use super::outline::{Outline, Phase};
use super::{Kind, quoted};

/// What becomes of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ObjectFate")]
pub enum Fate {
    /// It is new.
    Added,
    /// Some of its fields change.
    Changed,
    /// Kubernetes refuses to change some of its fields: it must be made anew.
    Replaced,
    /// It goes.
    Removed,
}

/// An object that is different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ObjectChange {
    /// Its kind.
    pub kind: String,
    /// Its namespace, if it is in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// What becomes of it.
    pub change: Fate,
    /// The fields that change; empty where it is new or goes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldChange>,
}

/// A field that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FieldChange {
    /// Where it is: `spec.template.spec.containers[rqlite].image`.
    pub path: String,
    /// What it was; none where it was not there, and of secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it becomes; none where it goes, and of secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Whether Kubernetes refuses that.
    pub refused: bool,
}

impl ObjectChange {
    /// A change without fields.
    pub fn new(kind: &str, namespace: Option<&str>, name: &str, change: Fate) -> Self {
        Self {
            kind: kind.to_owned(),
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
            change,
            fields: Vec::new(),
        }
    }

    /// With one more field.
    #[must_use]
    pub fn with(mut self, field: FieldChange) -> Self {
        self.fields.push(field);
        self
    }

    /// Its kind and name, as kubectl takes them.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }

    /// Whether a field within one of these changes.
    pub(super) fn touches(&self, path: &str) -> bool {
        self.fields.iter().any(|field| field.is_within(path))
    }

    fn kubectl_name(&self) -> String {
        quoted(&format!("{}/{}", self.kind.to_lowercase(), self.name))
    }

    fn holds_data(&self) -> bool {
        matches!(self.kind.as_str(), "PersistentVolumeClaim" | "PersistentVolume")
    }
}

impl FieldChange {
    /// A field that Kubernetes lets change.
    pub fn new(path: &str, from: Option<&str>, to: Option<&str>) -> Self {
        Self { path: path.to_owned(), from: from.map(str::to_owned), to: to.map(str::to_owned), refused: false }
    }

    /// The same, but Kubernetes refuses it.
    #[must_use]
    pub fn refused(mut self) -> Self {
        self.refused = true;
        self
    }

    fn is_within(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }
}

/// Objects that Kubernetes refuses to change in place, beside StatefulSets.
pub(super) fn refused(outline: &mut Outline<'_>) {
    for object in
        outline.objects.iter().filter(|object| object.change == Fate::Replaced && object.kind != "StatefulSet")
    {
        let fields: Vec<_> =
            object.fields.iter().filter(|field| field.refused).map(|field| field.path.as_str()).collect();
        let fields = fields.join(", ");
        if object.holds_data() {
            let message = format!(
                "Kubernetes refuses to change {fields}. Keep it as it is, or move the data: a new claim with \
                 another name, a copy, and then the old one"
            );
            outline.about(Kind::VolumeReplaced, object, message);
            let text = format!("Move the data of {} first, or keep its {fields} as it is", object.reference());
            outline.step(Phase::Prepare, text, Vec::new());
            continue;
        }
        let gap = if object.kind == "Service" { "; its name answers nobody until it is there again" } else { "" };
        outline.about(Kind::ObjectReplaced, object, format!("Kubernetes refuses to change {fields}{gap}"));
        let command = format!("kubectl delete{} {}", outline.flag(object.namespace.as_deref()), object.kubectl_name());
        outline.step(
            Phase::Detach,
            format!("Delete {}, which the next step makes anew", object.reference()),
            vec![command],
        );
    }
}

/// Names in DNS that go.
pub(super) fn services(outline: &mut Outline<'_>) {
    if outline.leaves_old() {
        return; // the whole cluster has other names then
    }
    for object in outline.objects.iter().filter(|object| object.kind == "Service" && object.change == Fate::Removed) {
        let name = [Some(object.name.as_str()), object.namespace.as_deref()];
        let name = name.into_iter().flatten().collect::<Vec<_>>().join(".");
        let heads_set =
            outline.old.sets.iter().any(|set| set.service == object.name && set.namespace == object.namespace);
        if heads_set {
            continue; // said of its set
        }
        outline.about(Kind::ServiceGone, object, format!("clients that ask for {name} find nothing any more"));
        outline.step(
            Phase::Apply,
            format!("Give the clients of {name} their new address before the old one is deleted"),
            Vec::new(),
        );
    }
}

/// Ports at which clients ask.
pub(super) fn ports(outline: &mut Outline<'_>) {
    let is_port = |field: &&FieldChange| field.path.starts_with("spec.ports[") && field.path.ends_with("].port");
    for object in outline.objects.iter().filter(|object| object.kind == "Service" && object.change == Fate::Changed) {
        let Some(field) = object.fields.iter().find(is_port) else { continue };
        let (Some(from), Some(to)) = (&field.from, &field.to) else { continue };
        outline.about(Kind::PortChange, object, format!("it answers at port {to} and no longer at {from}"));
        let text = format!("Tell the clients of {} that its port is {to} from the next step on", object.name);
        outline.step(Phase::Detach, text, Vec::new());
    }
}

/// A number of replicas that somebody else decides from now on.
pub(super) fn autoscaler(outline: &mut Outline<'_>) {
    for (old, new) in outline.pairs() {
        let Some(count) = old.replicas.filter(|count| *count > 1 && new.replicas.is_none()) else { continue };
        let message = format!(
            "spec.replicas is no longer in the manifest: kubectl apply takes that for 1 until the autoscaler \
             has decided, and {} of {count} readers go meanwhile",
            count - 1
        );
        outline.about_set(Kind::AutoscalerTakesOver, new, message);
        let flag = outline.flag(new.namespace.as_deref());
        let command = format!("kubectl apply edit-last-applied{flag} {}", quoted(&format!("statefulset/{}", new.name)));
        outline.step(
            Phase::Prepare,
            "Take spec.replicas out of what kubectl remembers, in the editor that this opens".into(),
            vec![command],
        );
    }
}

/// The pods' scripts, which are no part of their template.
pub(super) fn scripts(outline: &mut Outline<'_>) {
    let is_script = |field: &FieldChange| field.path.starts_with("data[") && field.path.ends_with(".sh]");
    let changed = outline.objects.iter().filter(|object| object.kind == "ConfigMap" && object.change == Fate::Changed);
    for object in changed.filter(|object| object.fields.iter().any(is_script)) {
        let message =
            "the pods' scripts change: probes use the new ones within a minute or two, start.sh at a pod's next start";
        outline.about(Kind::ScriptsChange, object, message.to_owned());
    }
}

/// Objects that are no longer rendered.
pub(super) fn removed(outline: &mut Outline<'_>) {
    let removed: Vec<_> = outline.objects.iter().filter(|object| object.change == Fate::Removed).collect();
    for object in removed.iter().filter(|object| object.holds_data()) {
        outline.about(
            Kind::VolumeLeft,
            object,
            "it is no longer rendered, and not deleted by these steps: it may hold data".into(),
        );
    }
    if outline.leaves_old() {
        return; // the old cluster goes as a whole, when its rows are in the new one
    }
    let others: Vec<_> = removed.into_iter().filter(|object| !object.holds_data()).collect();
    if others.is_empty() {
        return;
    }
    let names: Vec<_> = others.iter().map(|object| object.reference()).collect();
    let message = format!(
        "no longer rendered: {}. kubectl apply leaves what is there; Helm, and Argo CD with pruning, delete it",
        names.join(", ")
    );
    outline.add(Kind::ObjectsRemoved, None, message);
    let mut commands: Vec<(String, Vec<String>)> = Vec::new();
    for object in others {
        let flag = outline.flag(object.namespace.as_deref());
        match commands.iter_mut().find(|(known, _)| *known == flag) {
            Some((_, names)) => names.push(object.kubectl_name()),
            None => commands.push((flag, vec![object.kubectl_name()])),
        }
    }
    let commands =
        commands.into_iter().map(|(flag, names)| format!("kubectl delete{flag} {}", names.join(" "))).collect();
    outline.step(Phase::Clean, "Delete what is no longer rendered".into(), commands);
}
