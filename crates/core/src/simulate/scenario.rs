//! What happens to a cluster, and when.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::Duration;

/// What happens to a cluster, and what must come of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// What it shows, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Whether it begins with nothing, and the installation belongs to it. Otherwise it begins when all pods are Ready.
    #[serde(default)]
    pub from_nothing: bool,
    /// What happens. Of what happens at the same time, the first comes first.
    pub steps: Vec<Step>,
    /// What must be so at the end.
    #[serde(default)]
    pub ends: Ends,
    /// For how long at most no write may be acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_outage: Option<Duration>,
    /// Whether a majority of the voters must be Ready all the time.
    #[serde(default)]
    pub keeps_quorum: bool,
}

/// One thing that happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Step {
    /// When, counted from the scenario's beginning.
    pub at: Duration,
    /// What.
    pub what: What,
    /// To which pods. None means all of them, where that makes sense.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub which: Vec<String>,
    /// For how long, where it ends by itself.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub time: Option<Duration>,
    /// How many pods `scale` asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u32>,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum What {
    /// A pod is deleted without grace.
    Kill,
    /// A pod is deleted with grace.
    Restart,
    /// rqlited ends, and its container starts again in the same pod.
    Crash,
    /// rqlited stands still: it answers nothing and forgets nothing.
    Freeze,
    /// The network around these pods is cut: they reach each other, and nobody else.
    CutOff,
    /// The power fails: whatever runs there ends at once, and nothing starts before it is back.
    PowerCut,
    /// The volume is lost; a pod that uses it is replaced.
    LoseDisk,
    /// Nodes are drained: pods are evicted as the disruption budget allows.
    Drain,
    /// Ends what `freeze`, `cutOff`, `powerCut` and `drain` began.
    Restore,
    /// The StatefulSet is scaled, as by `kubectl scale`.
    Scale,
    /// Every pod is replaced by a rolling update.
    Upgrade,
    /// From now on, names of new pods are found only after this time.
    SlowDns,
    /// Nobody writes.
    Quiet,
    /// A person makes this pod's data the truth: membership.recovery, and its pod starts again.
    Recover,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Kill,
        Self::Restart,
        Self::Crash,
        Self::Freeze,
        Self::CutOff,
        Self::PowerCut,
        Self::LoseDisk,
        Self::Drain,
        Self::Restore,
        Self::Scale,
        Self::Upgrade,
        Self::SlowDns,
        Self::Quiet,
        Self::Recover,
    ];

    /// Its name in a file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Restart => "restart",
            Self::Crash => "crash",
            Self::Freeze => "freeze",
            Self::CutOff => "cutOff",
            Self::PowerCut => "powerCut",
            Self::LoseDisk => "loseDisk",
            Self::Drain => "drain",
            Self::Restore => "restore",
            Self::Scale => "scale",
            Self::Upgrade => "upgrade",
            Self::SlowDns => "slowDns",
            Self::Quiet => "quiet",
            Self::Recover => "recover",
        }
    }

    /// Whether it ends by itself when a step says for how long.
    pub const fn lasts(self) -> bool {
        matches!(self, Self::Freeze | Self::CutOff | Self::PowerCut | Self::Drain | Self::Quiet)
    }

    /// Whether it can happen to everything: a step need not say to which pods.
    pub const fn can_be_general(self) -> bool {
        !matches!(self, Self::Kill | Self::Freeze | Self::CutOff | Self::LoseDisk | Self::Crash | Self::Recover)
    }
}

/// What must be so at the end of a scenario. Rows that were acknowledged are never lost, and there is never a second
/// cluster: that need not be said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Ends {
    /// One leads, all pods are Ready, and they are the members.
    #[default]
    Serving,
    /// Nobody leads, and every row is still there: a person must decide.
    Waiting,
    /// Either of the two.
    Either,
}

/// Words that mean a pod by what it is when the scenario begins: who leads, the highest ordinal among the other voters, and
/// the lowest of the rest.
pub const PARTS: [&str; 3] = ["leader", "follower", "other"];

impl Scenario {
    /// One of these steps, of a cluster that is up.
    pub fn new(name: impl Into<String>, about: impl Into<String>, steps: Vec<Step>) -> Self {
        Self {
            name: name.into(),
            about: about.into(),
            from_nothing: false,
            steps,
            ends: Ends::Serving,
            longest_outage: None,
            keeps_quorum: false,
        }
    }

    /// In which a majority of the voters must be Ready all the time.
    #[must_use]
    pub fn keeping_quorum(mut self) -> Self {
        self.keeps_quorum = true;
        self
    }

    /// With another end.
    #[must_use]
    pub fn ending(mut self, ends: Ends) -> Self {
        self.ends = ends;
        self
    }

    /// With a limit to the time without writes.
    #[must_use]
    pub fn with_outage_at_most(mut self, seconds: u32) -> Self {
        self.longest_outage = Some(Duration::seconds(seconds));
        self
    }
}

impl Step {
    /// What happens, to whom, after so many seconds.
    pub fn new<S: Into<String>>(seconds: u32, what: What, which: impl IntoIterator<Item = S>) -> Self {
        let which = which.into_iter().map(Into::into).collect();
        Self { at: Duration::seconds(seconds), what, which, time: None, replicas: None }
    }

    /// What happens to all.
    pub fn to_all(seconds: u32, what: What) -> Self {
        Self::new(seconds, what, [""; 0])
    }

    /// For so many seconds.
    #[must_use]
    pub fn lasting(mut self, seconds: u32) -> Self {
        self.time = Some(Duration::seconds(seconds));
        self
    }

    /// `kubectl scale`.
    pub fn scale(seconds: u32, replicas: u32) -> Self {
        Self { replicas: Some(replicas), ..Self::to_all(seconds, What::Scale) }
    }
}
