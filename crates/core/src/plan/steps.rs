//! What to do, as commands in the order in which it is safe.

use schemars::JsonSchema;
use serde::Serialize;

use super::outline::{Outline, Phase, Way};
use super::volumes::is_refused;
use super::{Kind, Set, Strategy, quoted, versions};
use crate::rqlited::Version;

/// A step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PlanStep")]
#[non_exhaustive]
pub struct Step {
    /// What is done.
    pub text: String,
    /// The commands of a POSIX shell that do it, one after the other; none where a person must.
    pub commands: Vec<String>,
}

/// How a side is applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Source {
    /// By rendering it: the command that prints its manifests, to which `--set` can be added.
    Rendered(String),
    /// By giving files to kubectl: `-f new.yaml`.
    Files(String),
    /// Nobody said how.
    #[default]
    Unknown,
}

/// How each side is applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// What is there.
    pub old: Source,
    /// What is to be there.
    pub new: Source,
}

impl Source {
    /// The command that applies it.
    fn apply(&self) -> String {
        match self {
            Self::Rendered(command) => format!("{command} | kubectl apply -f -"),
            Self::Files(files) => format!("kubectl apply {files}"),
            Self::Unknown => "kubectl apply -f NEW".to_owned(),
        }
    }

    /// The same with other values for some settings, where it is rendered.
    fn apply_with(&self, settings: &str) -> Option<String> {
        match self {
            Self::Rendered(command) => Some(format!("{command} --set {settings} | kubectl apply -f -")),
            Self::Files(_) | Self::Unknown => None,
        }
    }
}

/// Commands.
impl Outline<'_> {
    fn of_set(&self, verb: &str, set: &Set, rest: &str) -> String {
        let flag = self.flag(set.namespace.as_deref());
        format!("kubectl {verb}{flag} {}{rest}", quoted(&format!("statefulset/{}", set.name)))
    }

    pub(super) fn scaled(&self, set: &Set, replicas: u32) -> String {
        self.of_set("scale", set, &format!(" --replicas={replicas}"))
    }

    pub(super) fn rollout(&self, set: &Set) -> String {
        if set.strategy == Strategy::OnDelete {
            self.ready(set, set.replicas.unwrap_or(1))
        } else {
            self.of_set("rollout status", set, "")
        }
    }

    /// Waits until so many pods are Ready.
    pub(super) fn ready(&self, set: &Set, pods: u32) -> String {
        self.of_set("wait --timeout=10m", set, &format!(" --for=jsonpath='{{.status.readyReplicas}}'={pods}"))
    }

    pub(super) fn delete_pod(&self, set: &Set, pod: &str) -> String {
        format!("kubectl delete{} {}", self.flag(set.namespace.as_deref()), quoted(&format!("pod/{pod}")))
    }

    /// Runs something in the first pod.
    fn exec(&self, set: &Set, rest: &str) -> String {
        let flag = self.flag(set.namespace.as_deref());
        format!("kubectl exec{flag} {} -c {} -- {rest}", quoted(&set.pod(0)), quoted(&set.container))
    }

    /// Gives the rqlite shell in the first pod something to do.
    fn rqlite(&self, set: &Set, line: &str) -> String {
        self.exec(set, &format!("sh -c {}", quoted(&format!("echo {} | {}", quoted(line), rqlite_shell(set)))))
    }

    pub(super) fn remove(&self, set: &Set, pod: &str) -> String {
        self.rqlite(set, &format!(".remove {pod}"))
    }

    /// Shows the members.
    pub(super) fn members(&self, set: &Set) -> String {
        self.rqlite(set, ".nodes")
    }
}

/// Steps that several rules ask for.
impl Outline<'_> {
    /// Takes a copy of the rows.
    pub(super) fn copy(&mut self, set: &Set, why: &str) {
        let Some(set) = Some(set).filter(|set| set.voting() > 0) else { return };
        if self.steps.iter().any(|(phase, _)| *phase == Phase::Copy) {
            return;
        }
        let file = quoted(&format!("{}.sqlite", set.name));
        let fetch = if set.authenticates || set.clients.tls {
            let line = format!("echo .backup /tmp/copy | {} >&2 && cat /tmp/copy && rm /tmp/copy", rqlite_shell(set));
            self.exec(set, &format!("sh -c {}", quoted(&line)))
        } else {
            self.exec(set, "wget -q -O - http://127.0.0.1:4001/db/backup")
        };
        let commands = vec![format!("{fetch} > {file}"), format!("sqlite3 {file} 'pragma integrity_check'")];
        self.step(Phase::Copy, why.to_owned(), commands);
    }

    /// Loads that copy.
    pub(super) fn load(&mut self, set: &Set) {
        let line = format!("cat >/tmp/copy && echo .restore /tmp/copy | {}; rm /tmp/copy", rqlite_shell(set));
        let load = self.exec(set, &format!("sh -c {}", quoted(&line))).replacen("kubectl exec", "kubectl exec -i", 1);
        let old = self.old.voters().map_or(&set.name, |old| &old.name);
        let command = format!("{load} < {}", quoted(&format!("{old}.sqlite")));
        self.step(Phase::Disks, "Load the copy; it must say that it restored".to_owned(), vec![command]);
    }

    /// Goes to a version in between.
    pub(super) fn hop(&mut self, version: Version) {
        let sets: Vec<_> = self.old.sets.iter().filter(|set| set.is_rqlite()).collect();
        let mut commands = Vec::new();
        for set in sets {
            let image = quoted(&format!("{}={}", set.container, versions::with_tag(&set.image, version)));
            commands.extend([self.of_set("set image", set, &format!(" {image}")), self.rollout(set)]);
        }
        self.step(Phase::Hop, format!("Go to {version} first, and see that all is well"), commands);
    }

    /// What every plan has: what is looked at first, how the new form gets there, and what is waited for.
    pub(super) fn frame(&mut self) {
        let changed: Vec<_> = self.pairs().into_iter().filter(|(old, _)| self.change(old).is_some()).collect();
        if !changed.is_empty() && !self.leaves_old() {
            let commands = changed.iter().map(|(old, _)| self.of_set("get", old, "")).collect();
            self.step(Phase::Look, "See that all pods are Ready".to_owned(), commands);
        }
        match self.way {
            Way::Apply => self.plainly(),
            Way::Around | Way::Stopped => self.anew(),
            Way::Beside => self.beside(),
        }
        if !self.leaves_old() {
            self.watch();
        }
    }

    fn plainly(&mut self) {
        if self.has(Kind::MajorUpgrade) || self.has(Kind::UpgradeSkips) {
            self.carefully();
        }
        self.step(Phase::Apply, "Apply the new state".to_owned(), vec![self.sources.new.apply()]);
    }

    /// A major version: with more patience for slow nodes, and one pod before the others.
    fn carefully(&mut self) {
        let Some(set) = self.new.voters() else { return };
        let grace = if self.has(Kind::NoWayBack) { "membership.grace=1h" } else { "" };
        // What it applies has the old number of replicas in it.
        let scaled = match (self.old.voters().and_then(|old| old.replicas), set.replicas) {
            (Some(old), Some(new)) if old != new => format!("{grace},replicas={new}"),
            _ => grace.to_owned(),
        };
        if let Some(apply) = self.sources.old.apply_with(&scaled).filter(|_| !grace.is_empty()) {
            let commands = vec![apply, self.rollout(set)];
            self.step(Phase::ScaleOut, "Drop no member meanwhile: it could not join again".to_owned(), commands);
        } else if !grace.is_empty() {
            self.step(
                Phase::ScaleOut,
                "Set membership.grace to 1h until all is done, so that no member is dropped: it could not join again"
                    .to_owned(),
                Vec::new(),
            );
        }
        let last = set.replicas.unwrap_or(1).saturating_sub(1);
        let with = |more: &str| [grace, more].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(",");
        let one = with(&format!("updateStrategy.partition={last}"));
        if let Some(apply) = self.sources.new.apply_with(&one).filter(|_| last > 1) {
            let commands = vec![apply, self.rollout(set)];
            let text =
                format!("Try it with {} alone: look at its log, at the members and at the clients", set.pod(last));
            self.step(Phase::Hop, text, commands);
        }
        if let Some(apply) = self.sources.new.apply_with(grace).filter(|_| !grace.is_empty()) {
            let commands = vec![apply, self.rollout(set)];
            self.step(Phase::Hop, "Then with the other pods".to_owned(), commands);
        }
    }

    /// With StatefulSets that are made anew, around their pods or while there are none.
    fn anew(&mut self) {
        let stopped = self.way == Way::Stopped;
        let (mut stop, mut apply) = (Vec::new(), Vec::new());
        for (old, new) in self.pairs() {
            let refused = self.change(old).is_some_and(is_refused);
            if !(refused || stopped && old.is_rqlite()) {
                continue;
            }
            let dangers =
                [(refused && old.deletes_with_set, "whenDeleted"), (stopped && old.deletes_when_scaled, "whenScaled")];
            for (_, field) in dangers.iter().filter(|(is, _)| *is) {
                let patch = format!(r#"{{"spec":{{"persistentVolumeClaimRetentionPolicy":{{"{field}":"Retain"}}}}}}"#);
                let command = self.of_set("patch", old, &format!(" -p {}", quoted(&patch)));
                self.step(Phase::Prepare, format!("Keep the volumes of {} meanwhile", old.name), vec![command]);
            }
            if stopped && old.is_rqlite() {
                stop.push(self.scaled(old, 0));
                stop.push(self.of_set("wait --timeout=10m", old, " --for=jsonpath='{.status.replicas}'=0"));
            }
            if refused {
                apply.push(self.of_set("delete", old, " --cascade=orphan"));
            }
            if stopped && new.replicas.is_none() {
                stop.push(format!("# {}: its autoscaler starts again when it is scaled to 1", old.name));
            }
        }
        if !stop.is_empty() {
            self.step(Phase::Stop, "Stop all pods: nothing is read or written until they are back".to_owned(), stop);
        }
        let text = match (apply.is_empty(), stopped) {
            (true, _) => "Apply the new state",
            (false, true) => "Make the StatefulSet anew",
            (false, false) => {
                "Make the StatefulSet anew around its pods, in one breath and while no node is drained: nobody restarts a pod that goes away meanwhile"
            }
        };
        apply.push(self.sources.new.apply());
        self.step(Phase::Apply, text.to_owned(), apply);
    }

    /// A new cluster with a copy of the rows.
    fn beside(&mut self) {
        self.steps.clear(); // of a way that is not taken
        let Some(new) = self.new.voters() else { return };
        let Some(old) = self.old.voters() else {
            let text = "Install the new state as a release of another name, and load a backup into it";
            self.step(Phase::Apply, text.to_owned(), Vec::new());
            return;
        };
        self.step(
            Phase::Look,
            "Stop the clients that write: rows written after the copy stay behind".to_owned(),
            Vec::new(),
        );
        self.copy(old, "Take a copy of the rows, and read it once");
        if old.is_same(new) {
            let text =
                "Install the new state beside the old one, as a release of another name, and load the copy into it";
            self.step(Phase::Apply, text.to_owned(), Vec::new());
        } else {
            let commands = vec![self.sources.new.apply(), self.rollout(new)];
            self.step(Phase::Apply, "Install the new state beside the old one".to_owned(), commands);
            self.load(new);
        }
        self.step(Phase::Join, "Count the rows, and lead the clients to the new cluster".to_owned(), Vec::new());
        self.step(Phase::Clean, "Delete the old release, and later its claims".to_owned(), Vec::new());
    }

    /// Waits for pods that start.
    fn watch(&mut self) {
        let starts = |set: &&Set| match self.old.find(set) {
            None => set.is_rqlite(),
            Some(old) => {
                let grows = set.replicas > old.replicas;
                set.strategy != Strategy::OnDelete
                    && (grows || self.rolls(set) || self.change(set).is_some_and(is_refused))
            }
        };
        let mut commands = Vec::new();
        for set in self.new.sets.iter().filter(starts) {
            // Of a set that was made anew `rollout status` says that it is done before it has begun: there is no earlier revision.
            let anew = self.change(set).is_some_and(is_refused) && self.rolls(set);
            if let (true, Some(replicas), Strategy::Rolling { partition }) = (anew, set.replicas, set.strategy) {
                let updated = replicas.saturating_sub(partition);
                commands.push(self.of_set(
                    "wait --timeout=1h",
                    set,
                    &format!(" --for=jsonpath='{{.status.updatedReplicas}}'={updated}"),
                ));
            }
            commands.push(self.rollout(set));
        }
        if !commands.is_empty() {
            self.step(Phase::Watch, "Wait until all pods are Ready".to_owned(), commands);
        }
    }
}

/// The rqlite shell in a pod, as far as it is known who may use it.
fn rqlite_shell(set: &Set) -> String {
    let mut line = r#"rqlite -H "$(hostname -f)""#.to_owned();
    if set.clients.tls {
        let at = "/etc/rqlite-tls/client";
        line.push_str(&format!(" -s https -c {at}/ca.crt -d {at}/tls.crt -k {at}/tls.key"));
    }
    if set.authenticates {
        line.push_str(" -u NAME:PASSWORD");
    }
    line
}
