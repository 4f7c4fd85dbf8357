//! What going from one state of a release to another does to a cluster that runs, and the commands that get there.
//!
//! In: two [`State`]s, the objects that are different between them, and how each is applied. Out: a [`Plan`]. Who compares
//! objects, and reads states from them, is the crate `rqchart`.
//!
//! A consequence has one [`Verdict`], which is about the new state applied as it is, with `kubectl apply` or by a tool that
//! does the same. The steps are the way that loses nothing, where there is one.

mod access;
mod consequences;
mod membership;
mod objects;
mod outline;
mod places;
mod restarts;
mod shell;
mod state;
mod steps;
mod versions;
mod volumes;

use schemars::JsonSchema;
use serde::Serialize;

pub use consequences::Kind;
pub use objects::{Fate, FieldChange, ObjectChange};
pub use restarts::{Restart, Standing};
pub use shell::quoted;
pub use state::{Claim, Recovery, Set, SetRole, State, Strategy, Traffic};
pub use steps::{Source, Sources, Step};
pub use versions::LAST_OF_9;

use outline::Outline;

/// What a new state does when it is applied as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "PlanVerdict")]
pub enum Verdict {
    /// It gets there, and nothing is lost. Writes may stop for moments.
    Safe,
    /// Kubernetes refuses it, or it does not get where it should. Nothing is lost; the steps get there.
    NeedsSteps,
    /// Rows are lost or left behind, or the cluster does not come back by itself.
    Dangerous,
}

impl Verdict {
    /// In words.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::NeedsSteps => "needs steps",
            Self::Dangerous => "dangerous",
        }
    }
}

/// What going from one state to another does.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Plan {
    /// The worst of the consequences.
    pub verdict: Verdict,
    /// What it does, the worst first.
    pub consequences: Vec<Consequence>,
    /// The objects that are different, in the order of the new ones; those that go come last.
    pub objects: Vec<ObjectChange>,
    /// The pods that restart, in the order in which they do.
    pub restarts: Vec<Restart>,
    /// What to do, in the order in which it is safe. Empty when nothing is different.
    pub steps: Vec<Step>,
}

/// One thing that it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PlanConsequence")]
#[non_exhaustive]
pub struct Consequence {
    /// Its stable id.
    pub id: Kind,
    /// How bad it is.
    pub verdict: Verdict,
    /// The object that it is about: `StatefulSet/rqdb`; none where it is about all of the release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// What happens, and why.
    pub message: String,
}

/// Plans the way from one state to another.
///
/// # Example
///
/// ```
/// use rqchart_core::plan::{self, Fate, FieldChange, Kind, ObjectChange, Set, Sources, State, Verdict};
///
/// let state = |replicas| State { sets: vec![Set::voters("rqdb", "default", replicas)] };
/// let set = ObjectChange::new("StatefulSet", Some("default"), "rqdb", Fate::Changed)
///     .with(FieldChange::new("spec.replicas", Some("5"), Some("1")));
/// let plan = plan::plan(&state(5), &state(1), vec![set], &Sources::default());
/// assert_eq!((plan.verdict, plan.consequences[0].id), (Verdict::Dangerous, Kind::ScaleInLosesQuorum));
/// assert!(plan.steps.iter().any(|step| step.commands[0] == "kubectl scale -n default statefulset/rqdb --replicas=3"));
/// ```
pub fn plan(old: &State, new: &State, objects: Vec<ObjectChange>, sources: &Sources) -> Plan {
    if objects.is_empty() {
        return Plan {
            verdict: Verdict::Safe,
            consequences: Vec::new(),
            objects,
            restarts: Vec::new(),
            steps: Vec::new(),
        };
    }
    let mut outline = Outline::new(old, new, &objects, sources);
    for rule in RULES {
        rule(&mut outline);
    }
    let restarts = restarts::restarts(&mut outline);
    let (mut consequences, steps) = outline.finish();
    consequences.sort_by_key(|consequence| std::cmp::Reverse(consequence.verdict));
    let verdict = consequences.iter().map(|consequence| consequence.verdict).max().unwrap_or(Verdict::Safe);
    Plan { verdict, consequences, objects, restarts, steps }
}

/// In the order in which consequences of one verdict are told.
const RULES: &[fn(&mut Outline<'_>)] = &[
    places::first_install,
    places::unknown,
    places::gone,
    places::addresses,
    versions::versions,
    membership::scale,
    membership::roles,
    volumes::volumes,
    volumes::retention,
    access::node_tls,
    access::clients,
    volumes::ephemeral,
    membership::recovery,
    objects::refused,
    objects::services,
    objects::ports,
    objects::autoscaler,
    objects::scripts,
    objects::removed,
];
