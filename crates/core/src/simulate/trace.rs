//! What is written down of a run.

use schemars::JsonSchema;
use serde::Serialize;

use super::scenario::What;
use crate::quorum::majority;

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Trace {
    /// The scenario's name.
    pub scenario: String,
    /// What it was played with.
    pub seed: u64,
    /// How it ended.
    pub verdict: Verdict,
    /// Why, where that is not how it should.
    pub cause: Option<String>,
    /// How long it took until nothing happened any more, in milliseconds.
    pub lasts: u64,
    /// For how long at most no write was acknowledged, in milliseconds.
    pub longest_outage: u64,
    /// How many rows were acknowledged.
    pub acknowledged: u64,
    /// How many of them are gone.
    pub lost: u64,
    /// How many clusters were founded.
    pub foundings: u32,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// How the cluster was, from each moment at which that changed.
    pub states: Vec<State>,
    /// The pods at the end.
    pub pods: Vec<PodState>,
    /// How many pods of a large cluster were left out. They have no vote.
    pub left_out: usize,
    /// Whether there were more events than a run may have, so that the end is not known.
    pub cut_short: bool,
}

/// How a run ended, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// As it should.
    Held,
    /// Writes stood still for longer than they may.
    Interrupted,
    /// It serves, but not all pods are Ready members.
    Degraded,
    /// Nobody leads, and it does not get better by itself.
    Stuck,
    /// Somebody leads, though a person should have decided.
    Led,
    /// Acknowledged rows are gone.
    Lost,
    /// There was a second cluster.
    Split,
}

impl Verdict {
    /// What it says of a cluster.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Interrupted => "interrupted",
            Self::Degraded => "degraded",
            Self::Stuck => "stuck",
            Self::Led => "led",
            Self::Lost => "rows lost",
            Self::Split => "split",
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Event {
    /// When, in milliseconds.
    pub at: u64,
    /// To which pod, if it was one.
    pub pod: Option<String>,
    /// Whether it is a step of the scenario, and not what came of it.
    pub step: bool,
    /// What, in words.
    pub text: String,
}

/// How a cluster is, for a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct State {
    /// Since when, in milliseconds.
    pub from: u64,
    /// The pod that leads.
    pub leader: Option<String>,
    /// The term that it leads in; 0 where nobody does.
    pub term: u32,
    /// Whether a majority of its members follows it.
    pub quorum: bool,
    /// Whether writes are acknowledged.
    pub writes: bool,
    /// Whether a Ready pod answers reads that need no leader.
    pub reads: bool,
    /// The pods that there are.
    pub pods: Vec<String>,
    /// Those of them in which something answers.
    pub answering: Vec<String>,
    /// Those that are Ready.
    pub ready: Vec<String>,
}

/// A pod, at the end of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PodState {
    /// Its name.
    pub name: String,
    /// Whether Kubernetes calls it Ready.
    pub ready: bool,
    /// Whether it answers.
    pub answers: bool,
    /// Who leads, as it knows.
    pub leader: Option<String>,
    /// The voters that it knows of.
    pub voters: Vec<String>,
    /// The members without a vote that it knows of.
    pub non_voters: Vec<String>,
    /// How many acknowledged rows it lacks.
    pub lacks: u64,
}

/// What can happen to a pod, or to nobody in particular.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Step(What),
    Ended(What),
    Created,
    Deleted,
    Evicted,
    Started { empty: bool },
    Ready,
    Unready,
    RestartedByProbe,
    DiskLost,
    StruckOff,
    Recovered,
    Refused,
    EndedAlone,
    Joined { votes: bool },
    GaveUp,
    Left,
    Founded { beside: Option<usize> },
    Elected { term: u32, lacking: u64, forgetful: Option<usize> },
    SteppedDown,
    Dropped,
    Pruned,
}

impl Kind {
    pub(super) fn in_words(self, name: &dyn Fn(usize) -> String) -> String {
        match self {
            Self::Step(what) => what.name().to_owned(),
            Self::Ended(what) => format!("{} ends", what.name()),
            Self::Created => "created".to_owned(),
            Self::Deleted => "asked to end".to_owned(),
            Self::Evicted => "evicted".to_owned(),
            Self::Started { empty: true } => "starts without data".to_owned(),
            Self::Started { empty: false } => "starts with its data".to_owned(),
            Self::Ready => "Ready".to_owned(),
            Self::Unready => "not Ready".to_owned(),
            Self::RestartedByProbe => "its liveness probe fails: restarted".to_owned(),
            Self::DiskLost => "its disk is gone".to_owned(),
            Self::StruckOff => "struck off the members, to join as a new one".to_owned(),
            Self::Recovered => "becomes the only member: a person said so".to_owned(),
            Self::Refused => "no recovery: somebody leads, or it has no data".to_owned(),
            Self::EndedAlone => "ends: it is the only member of its cluster, and was to join another".to_owned(),
            Self::Joined { votes: true } => "joins as a voter".to_owned(),
            Self::Joined { votes: false } => "joins without a vote".to_owned(),
            Self::GaveUp => "ends: nobody let it join".to_owned(),
            Self::Left => "leaves the members because it stops".to_owned(),
            Self::Founded { beside: None } => "founds the cluster".to_owned(),
            Self::Founded { beside: Some(other) } => format!("founds a second cluster beside {}", name(other)),
            Self::Elected { term, lacking: 0, .. } => format!("leads in term {term}"),
            Self::Elected { term, lacking, .. } => {
                format!("leads in term {term}, without {lacking} acknowledged rows")
            }
            Self::SteppedDown => "leads no more".to_owned(),
            Self::Dropped => "dropped by the leader: away for too long".to_owned(),
            Self::Pruned => "removed from the members: beyond replicas".to_owned(),
        }
    }

    /// What a verdict may be put down to.
    fn is_telling(self) -> bool {
        matches!(self, Self::Founded { beside: Some(_) } | Self::Elected { lacking: 1.., .. } | Self::Recovered)
    }
}

/// A moment's state, as numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) leader: Option<usize>,
    pub(super) term: u32,
    pub(super) quorum: bool,
    pub(super) writes: bool,
    pub(super) reads: bool,
    pub(super) pods: u128,
    pub(super) answering: u128,
    pub(super) ready: u128,
}

/// Writes down what happens; only what a verdict needs, unless somebody wants to see it all.
#[derive(Debug, Clone, Default)]
pub(super) struct Recorder {
    pub(super) keeps_all: bool,
    pub(super) events: Vec<(u64, Option<usize>, Kind)>,
    pub(super) telling: Vec<(usize, Kind)>,
    pub(super) moments: Vec<(u64, Moment)>,
    pub(super) last: Moment,
    /// Since when nothing is acknowledged.
    pub(super) silent_since: Option<u64>,
    pub(super) longest_outage: u64,
    /// Who has a vote, as whoever led last counts them: of those Raft needs a majority. Not of those that are wanted: whoever was
    /// scaled away counts until it is dropped, so that a rolling update before that stops all writes; whoever is to come does
    /// not count before it has joined, so that a scale-out takes no quorum away.
    voters: u128,
    /// How many voters were Ready, of how many, when most were lacking for a majority.
    pub(super) fewest: Option<(u32, u32)>,
    /// Who led in which term of which founding.
    leaders: Vec<(Option<u8>, u32, usize)>,
    /// Two led in the same term: Raft is broken, by voters that forgot.
    pub(super) two_in_a_term: bool,
}

impl Recorder {
    pub(super) fn note(&mut self, at: u64, pod: Option<usize>, kind: Kind) {
        if kind.is_telling() {
            self.telling.extend(pod.map(|pod| (pod, kind)));
        }
        if self.keeps_all {
            self.events.push((at, pod, kind));
        }
    }

    pub(super) fn led(&mut self, term: u32, pod: usize, founding: Option<u8>) {
        self.two_in_a_term |= self.leaders.iter().any(|led| (led.0, led.1) == (founding, term) && led.2 != pod);
        self.leaders.push((founding, term, pod));
    }

    /// Without a leader there are no voters that one knows of: they are those there were.
    pub(super) fn moment(&mut self, at: u64, moment: Moment, voters: Option<u128>) {
        self.voters = voters.unwrap_or(self.voters);
        let ready = ((moment.ready & self.voters).count_ones(), self.voters.count_ones());
        let lacking = |(ready, voters): (u32, u32)| majority(voters).saturating_sub(ready);
        if self.voters != 0 && lacking(ready) > self.fewest.map_or(0, lacking) {
            self.fewest = Some(ready);
        }
        if moment.writes {
            if let Some(since) = self.silent_since.take() {
                self.longest_outage = self.longest_outage.max(at - since);
            }
        } else if self.silent_since.is_none() {
            self.silent_since = Some(at);
        }
        if self.keeps_all && (moment != self.last || self.moments.is_empty()) {
            match self.moments.last_mut() {
                Some((last, state)) if *last == at => *state = moment,
                _ => self.moments.push((at, moment)),
            }
        }
        self.last = moment;
    }

    /// Forgets what there was before a scenario.
    pub(super) fn begin(&mut self) {
        self.events.clear();
        self.moments.clear();
        self.telling.clear();
        self.silent_since = None;
        self.longest_outage = 0;
        self.fewest = None;
    }
}
