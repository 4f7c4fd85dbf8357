//! What to do, as commands in the order in which it is safe.

use schemars::JsonSchema;
use serde::Serialize;

use super::membership::in_old_form;
use super::outline::{Outline, Phase, Way};
use super::volumes::is_refused;
use super::{Kind, Set, SetRole, Strategy, quoted, versions};
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
            Self::Rendered(_) if settings.is_empty() => Some(self.apply()),
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

    /// Waits until all pods are Ready, and have the form that they should have where Kubernetes replaces them.
    pub(super) fn rollout(&self, set: &Set) -> String {
        if set.strategy == Strategy::OnDelete { self.ready(set) } else { self.of_set("rollout status", set, "") }
    }

    /// Waits until all pods are Ready.
    fn ready(&self, set: &Set) -> String {
        let pods = set.replicas.map_or_else(|| self.asked_size(set), |pods| pods.to_string());
        self.of_set("wait --timeout=10m", set, &format!(" --for=jsonpath='{{.status.readyReplicas}}'={pods}"))
    }

    /// How many pods there are where an autoscaler decides: the cluster is asked.
    fn asked_size(&self, set: &Set) -> String {
        format!("$({})", self.of_set("get", set, " -o jsonpath='{.spec.replicas}'"))
    }

    /// The ordinal of the last pod, as a word of a command.
    pub(super) fn last_ordinal(&self, set: &Set) -> String {
        let asked = || format!("$(({} - 1))", self.asked_size(set));
        set.replicas.map_or_else(asked, |pods| pods.saturating_sub(1).to_string())
    }

    /// Deletes so many of the pods, one after the other, and waits for each.
    pub(super) fn restarted(&self, set: &Set, pods: Option<u32>) -> String {
        self.downward(&set.sized(pods), &format!("{} && {}", self.delete_each(set), self.ready(set)))
    }

    /// Does something for each pod, the last one first, until it fails; the pod's number is `$i`.
    pub(super) fn downward(&self, set: &Set, command: &str) -> String {
        format!("for i in $(seq {} -1 0); do {command} || break; done", self.last_ordinal(set))
    }

    /// Deletes the pod whose number is `$i`.
    pub(super) fn delete_each(&self, set: &Set) -> String {
        format!("{}$i", self.delete_pod(set, &format!("{}-", set.name)))
    }

    /// Waits until all pods have their new form; where nobody else replaces them, replaces them.
    fn replaced(&self, set: &Set) -> String {
        match set.strategy {
            Strategy::OnDelete => self.restarted(set, set.replicas),
            Strategy::Rolling { .. } => self.rollout(set),
        }
    }

    /// Gives pods from this ordinal on their new form, and no others.
    fn partitioned(&self, set: &Set, partition: u32) -> String {
        let patch = format!(r#"{{"spec":{{"updateStrategy":{{"rollingUpdate":{{"partition":{partition}}}}}}}}}"#);
        self.patched(set, &patch)
    }

    fn patched(&self, set: &Set, patch: &str) -> String {
        self.of_set("patch", set, &format!(" -p {}", quoted(patch)))
    }

    fn image(&self, set: &Set, image: &str) -> String {
        self.of_set("set image", set, &format!(" {}", quoted(&format!("{}={image}", set.container))))
    }

    /// Lets the pods that a partition holds back have their new form, too.
    fn unheld(&self, set: &Set) -> Option<String> {
        matches!(set.strategy, Strategy::Rolling { partition } if partition > 0).then(|| self.partitioned(set, 0))
    }

    /// Gives all pods another image: for one that is left out, the version after it would be too far.
    fn all_to(&self, set: &Set, image: &str) -> Vec<String> {
        self.unheld(set).into_iter().chain([self.image(set, image), self.replaced(set)]).collect()
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
        let sets = self.old.sets.iter().filter(|set| set.is_rqlite());
        let commands = sets.flat_map(|set| self.all_to(set, &versions::with_tag(&set.image, version))).collect();
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

    fn is_major_upgrade(&self) -> bool {
        self.has(Kind::MajorUpgrade) || self.has(Kind::UpgradeSkips)
    }

    fn plainly(&mut self) {
        if self.is_major_upgrade() {
            self.carefully();
        }
        self.step(Phase::Apply, "Apply the new state".to_owned(), vec![self.sources.new.apply()]);
    }

    /// For a major version: more patience for slow nodes, until all is done. Gives the setting that says so, where it is needed.
    fn patience(&mut self, set: &Set) -> Option<&'static str> {
        if !self.has(Kind::NoWayBack) {
            return None;
        }
        let grace = "membership.grace=1h";
        let old = self.old.voters()?;
        // What it applies has the old number of replicas in it.
        let scaled = match (old.replicas, set.replicas) {
            (Some(old), Some(new)) if old != new => format!("{grace},replicas={new}"),
            _ => grace.to_owned(),
        };
        let there = old.sized(in_old_form(old, set));
        let (text, commands) = match self.sources.old.apply_with(&scaled) {
            Some(apply) => {
                let all = [apply].into_iter().chain(self.unheld(old)).chain([self.replaced(&there)]);
                ("Drop no member meanwhile: it could not join again", all.collect())
            }
            None => (
                "Set membership.grace to 1h until all is done, so that no member is dropped: it could not join again",
                Vec::new(),
            ),
        };
        self.step(Phase::ScaleOut, text.to_owned(), commands);
        Some(grace)
    }

    /// A major version: one pod before the others.
    fn carefully(&mut self) {
        let Some(set) = self.new.voters() else { return };
        let grace = self.patience(set);
        let last = set.replicas.unwrap_or(1).saturating_sub(1);
        let by_hand = set.strategy == Strategy::OnDelete;
        let mut one: Vec<_> = grace.into_iter().map(str::to_owned).collect();
        if !by_hand {
            one.push(format!("updateStrategy.partition={last}"));
            // Readers that are there wait for the voters.
            let pools = self.new.sets.iter().filter(|set| set.role == SetRole::Readers && self.old.find(set).is_some());
            one.extend(pools.filter_map(|set| Some(format!("readers.updateStrategy.partition={}", set.replicas?))));
        }
        if let Some(apply) = self.sources.new.apply_with(&one.join(",")).filter(|_| last > 1) {
            let mut commands = vec![apply];
            commands.extend(by_hand.then(|| self.delete_pod(set, &set.pod(last))));
            commands.push(self.rollout(set));
            self.alone(set, last, commands);
        }
        if let Some(apply) = grace.and_then(|grace| self.sources.new.apply_with(grace)) {
            let commands = vec![apply, self.replaced(set)];
            self.step(Phase::Hop, "Then with the other pods".to_owned(), commands);
        }
    }

    /// A major version where the new form is more than an apply: the version first, and everything else in the old form.
    fn version_first(&mut self) {
        let (Some(old), Some(new)) = (self.old.voters(), self.new.voters()) else { return };
        let there = old.sized(in_old_form(old, new));
        self.patience(new);
        let last = there.replicas.unwrap_or(1).saturating_sub(1);
        let image = self.image(old, &new.image);
        let mut rest = match old.strategy {
            _ if last < 2 => self.all_to(&there, &new.image),
            Strategy::OnDelete => {
                let commands = vec![image, self.delete_pod(old, &old.pod(last)), self.rollout(&there)];
                self.alone(old, last, commands);
                vec![self.replaced(&there)]
            }
            Strategy::Rolling { .. } => {
                let commands = vec![self.partitioned(old, last), image, self.rollout(&there)];
                self.alone(old, last, commands);
                vec![self.partitioned(old, 0), self.replaced(&there)]
            }
        };
        let others = self.pairs().into_iter().filter(|(set, _)| set.role == SetRole::Readers);
        rest.extend(others.flat_map(|(set, new)| self.all_to(set, &new.image)));
        self.step(Phase::Hop, "Then with the other pods".to_owned(), rest);
    }

    fn alone(&mut self, set: &Set, ordinal: u32, commands: Vec<String>) {
        let pod = set.pod(ordinal);
        let text = format!("Try it with {pod} alone: look at its log, at the members and at the clients");
        self.step(Phase::Hop, text, commands);
    }

    /// With StatefulSets that are made anew, around their pods or while there are none.
    fn anew(&mut self) {
        if self.is_major_upgrade() {
            self.version_first();
        }
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
                let command = self.patched(old, &patch);
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
        if old.is_same(new) || old.shares_pods(new) {
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
                // A status of 0 is left out, and nothing to wait for.
                let updated = replicas.saturating_sub(partition);
                commands.extend((updated > 0).then(|| {
                    let until = format!(" --for=jsonpath='{{.status.updatedReplicas}}'={updated}");
                    self.of_set("wait --timeout=1h", set, &until)
                }));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Fate, FieldChange, ObjectChange, State, plan};

    #[test]
    fn pods_get_more_patience_as_the_old_form_lets_them() {
        let on_delete = "for i in $(seq 2 -1 0); do kubectl delete -n default pod/rqdb-$i &&";
        let rollout = "kubectl rollout status -n default statefulset/rqdb";
        let unheld = "kubectl patch -n default statefulset/rqdb";
        let (held, all) = (Strategy::Rolling { partition: 3 }, Strategy::Rolling { partition: 0 });
        for (old, new, expected) in [
            (Strategy::OnDelete, all, vec!["", on_delete]),
            (all, Strategy::OnDelete, vec!["", rollout]),
            (held, all, vec!["", unheld, rollout]),
        ] {
            let state = |strategy, tag| {
                let version = Version::from_tag(tag);
                let set = Set { strategy, version, image: tag.to_owned(), ..Set::voters("rqdb", "default", 3) };
                State { sets: vec![set] }
            };
            let field = FieldChange::new("spec.template.x", None, None);
            let set = ObjectChange::new("StatefulSet", Some("default"), "rqdb", Fate::Changed).with(field);
            let source = Source::Rendered("render".to_owned());
            let sources = Sources { old: source.clone(), new: source };
            let plan = plan(&state(old, "9.4.5"), &state(new, "10.2.7"), vec![set], &sources);
            let step = plan.steps.iter().find(|step| step.text.starts_with("Drop no member")).unwrap();
            let is_so = step.commands.iter().zip(&expected).all(|(found, expected)| found.starts_with(expected));
            assert!(is_so && step.commands.len() == expected.len(), "{old:?} to {new:?}: {:?}", step.commands);
        }
    }

    #[test]
    fn a_flag_that_would_set_nothing_is_left_out() {
        let source = Source::Rendered("render".to_owned());
        assert_eq!(source.apply_with("").as_deref(), Some("render | kubectl apply -f -"));
        assert_eq!(source.apply_with("a=1").as_deref(), Some("render --set a=1 | kubectl apply -f -"));
    }
}
