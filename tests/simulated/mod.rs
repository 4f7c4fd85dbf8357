//! The simulator held to a cluster of any kind.
//!
//! In: a case, what is done to it, and an empty [`Cluster`]. Out: whether the cluster came to rest, after each act, in the
//! state that the simulator says: the same pods, Ready or not, a leader or none, the same members with the same votes; and
//! at the end the same answer to whether rows were lost.

pub mod acts;

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use rqchart_core::simulate::{Behaviour, Simulator, Trace};
use rqchart_core::topology::Topology;

use crate::drill::manifests::{self, Case, Formation};
use crate::drill::stage::Stage;
use crate::drill::variant::Variant;
use crate::drill::{Cluster, Failure, Outcome, rqlite};

use acts::{Act, Away, Chance};

/// How many random ones are played where nobody asks for another number.
const FEW: u64 = 4;
/// How many others have the same operations.
const SEEDS: std::ops::Range<u64> = 1..17;
/// How long a member may stay away, so that a run need not wait for long.
const GRACE: Duration = Duration::from_secs(20);
/// What a DNS that caches repeats (that of kubeadm before v1.34).
const SLOW_DNS: Duration = Duration::from_secs(30);
/// For a cluster to come to rest.
const REST: Duration = Duration::from_secs(120);
/// For how long it must stay as it is to count as at rest; longer where nobody leads, because somebody may soon, and where
/// names are remembered.
const STILL: Duration = Duration::from_secs(3);
const LEADERLESS: Duration = Duration::from_secs(12);

/// A cluster, and what is done to it.
#[derive(Debug, Clone)]
pub struct Play {
    /// Names its formation and its seed, or says what is remarkable about it.
    pub name: String,
    /// How the pods are brought up.
    pub formation: Formation,
    /// How many pods, and how many readers, it has at first.
    pub replicas: (u32, u32),
    /// What is done.
    pub acts: Vec<Act>,
    /// How long names are remembered.
    pub dns_cache: Duration,
}

impl Play {
    /// As many random ones as `$RQCHART_SIMULATED` says.
    pub fn random() -> impl Iterator<Item = Self> {
        let count = std::env::var("RQCHART_SIMULATED").ok().and_then(|count| count.parse().ok()).unwrap_or(FEW);
        (0..count).map(Self::of_seed)
    }

    fn of_seed(seed: u64) -> Self {
        let (mut chance, mut more) = (Chance(seed), Chance(!seed));
        let formation = if chance.below(2) == 0 { Formation::Ordered } else { Formation::Parallel };
        let replicas = [3, 3, 5, 6, 2, 1][chance.below(6) as usize];
        let slow = more.below(6) == 0;
        let slowly = if slow { "slow_dns::" } else { "" };
        Self {
            name: format!("{formation}::{slowly}seed_{seed}"),
            formation,
            replicas: (replicas, 0),
            acts: chance.acts(replicas, &mut more),
            dns_cache: if slow { SLOW_DNS } else { Duration::ZERO },
        }
    }

    /// Plays it on both. Keeps the logs in a folder of `kept` when they disagree.
    ///
    /// # Errors
    /// When they disagree, or the cluster could not be used.
    pub fn run(&self, cluster: &Arc<dyn Cluster>, kept: &Path) -> Result<(), Failed> {
        let outcome = self.compare(cluster);
        let said = outcome.as_ref().map_or_else(ToString::to_string, ToString::to_string);
        let Self { name, replicas: (replicas, _), acts, .. } = self;
        let _ = writeln!(io::stdout(), "     {name}: {replicas} replicas, {acts:?}: {said}");
        if outcome.is_err() {
            let folder = kept.join(name.replace("::", "-"));
            let _ = std::fs::create_dir_all(&folder);
            for log in cluster.logs() {
                let _ = std::fs::write(folder.join(log.name), log.text);
            }
        }
        outcome.map(drop).map_err(Failed::from)
    }

    /// Does everything, and looks after each act whether both came to rest in the same state.
    fn compare(&self, cluster: &Arc<dyn Cluster>) -> Outcome<String> {
        let case = self.case();
        let simulators = simulators(&manifests::topology(&case)?);
        let mut stage = Stage::open(case, self.dns_cache, Arc::clone(cluster))?;
        // What it looks for several times a second the simulator says too, and no drill is judged here.
        stage.watch.stop();
        let mut said = String::new();
        for index in 0..self.acts.len() {
            let done = &self.acts[..=index];
            let (scenario, away) = (acts::scenario(done, self.dns_cache), Away::after(done));
            let stories = simulators.iter().flat_map(|simulator| SEEDS.map(|seed| simulator.play(&scenario, seed)));
            let mut expected: Vec<(State, bool)> = Vec::new();
            for story in stories {
                let outcome = (State::told(&story, &away), story.lost > 0);
                if !expected.contains(&outcome) {
                    expected.push(outcome);
                }
            }
            let doing = || format!("at the last of {done:?}, when it was {}", State::seen(&stage, &away));
            acts::perform(&stage, self.acts[index]).map_err(|failure| failure.while_doing(doing()))?;
            let is_last = done.len() == self.acts.len();
            if matches!(self.acts[index], Act::Lost(_)) && !is_last {
                // It is not at rest before whoever only joins gives up, ten minutes later.
                sleep(Duration::from_secs(20));
                continue;
            }
            let begin = Instant::now();
            let found = wait_for(&stage, &away, &expected)
                .map_err(|failure| failure.while_doing(format!("after {done:?}, expected {}", expected[0].0)))?;
            let _ = write!(said, "{:.0?} {}", begin.elapsed(), if found > 0 { "(one of several) " } else { "" });
            if is_last {
                rows(&mut stage, &expected[found].0, &expected)?;
            }
        }
        Ok(said)
    }

    fn case(&self) -> Case {
        Case {
            formation: self.formation,
            variant: Variant::Plain,
            replicas: self.replicas.0,
            grace: GRACE,
            prune: false,
            survivor: None,
            readers: self.replicas.1,
            store: None,
            rqlite: None,
        }
    }
}

/// Where it hangs on moments who is faster, any of the outcomes is right: a pod of processes is there before a leader that lost
/// its quorum knows it, one of Kubernetes mostly is not; and who leads, chance decides.
fn simulators(topology: &Topology) -> [Simulator; 2] {
    let mut fast = Behaviour::of(topology);
    fast.start_millis = 50;
    [Simulator::behaving(topology, fast), Simulator::of(topology)]
}

/// What both are compared by.
#[derive(Debug, PartialEq, Eq)]
struct State {
    /// Which pods there are, and whether each is Ready.
    pods: BTreeMap<u32, bool>,
    /// The members as the leader sees them, each with whether it votes; none where nobody leads that can be asked.
    members: Option<BTreeMap<String, bool>>,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pods {:?}, members {:?}", self.pods, self.members)
    }
}

impl State {
    fn told(story: &Trace, away: &Away) -> Self {
        let ordinal = |name: &str| name.strip_prefix("rqdb-").and_then(|ordinal| ordinal.parse().ok());
        let pods = story.pods.iter().filter_map(|pod| Some((ordinal(&pod.name)?, pod.ready)));
        let leader = story.states.last().filter(|state| state.quorum).and_then(|state| state.leader.as_ref());
        let answers = |name: &str| ordinal(name).is_some_and(|ordinal| !away.cut.contains(&ordinal));
        let leader = story.pods.iter().find(|pod| Some(&pod.name) == leader && answers(&pod.name));
        Self {
            pods: pods.filter(|(ordinal, _)| !away.down.contains(ordinal)).collect(),
            members: leader.map(|leader| {
                let voters = leader.voters.iter().map(|name| (name.clone(), true));
                voters.chain(leader.non_voters.iter().map(|name| (name.clone(), false))).collect()
            }),
        }
    }

    fn seen(stage: &Stage, away: &Away) -> Self {
        let mut pods = stage.cluster.pods();
        // One that no node takes may be there, waiting.
        pods.retain(|pod| !away.down.contains(&pod.ordinal));
        let leader = pods.iter().find(|pod| !away.cut.contains(&pod.ordinal) && stage.leads(pod.ordinal));
        let members = leader.and_then(|leader| rqlite::members(&*stage.cluster, leader.ordinal).ok());
        Self {
            pods: pods.iter().map(|pod| (pod.ordinal, pod.ready)).collect(),
            members: members.map(|all| all.into_iter().map(|member| (member.id, member.voter)).collect()),
        }
    }
}

/// The first of these states that the cluster comes to rest in.
fn wait_for(stage: &Stage, away: &Away, expected: &[(State, bool)]) -> Outcome<usize> {
    let deadline = Instant::now() + REST + 3 * stage.dns_cache;
    let mut still: Option<(usize, Instant)> = None;
    loop {
        let seen = State::seen(stage, away);
        let found = expected.iter().position(|(state, _)| seen == *state);
        if let Some(found) = found {
            let since = match still {
                Some((same, since)) if same == found => since,
                _ => Instant::now(),
            };
            // Who has an old address may still be dropped for it.
            let enough = stage.dns_cache + if seen.members.is_some() { STILL } else { LEADERLESS };
            if since.elapsed() >= enough {
                return Ok(found);
            }
            still = Some((found, since));
        } else {
            still = None;
            if Instant::now() > deadline {
                return Err(Failure::new(format!("but it is {seen}")));
            }
        }
        sleep(Duration::from_millis(500));
    }
}

/// Whether acknowledged rows are gone, where somebody leads who could be asked.
fn rows(stage: &mut Stage, rest: &State, expected: &[(State, bool)]) -> Outcome {
    stage.writer.stop();
    let owed = stage.writer.acknowledged_before(Instant::now());
    let leads = stage.cluster.pods().into_iter().find(|pod| stage.leads(pod.ordinal));
    let Some(leader) = leads.filter(|_| rest.members.is_some()) else { return Ok(()) };
    let there = rqlite::row_ids(&*stage.cluster, leader.ordinal).unwrap_or_default();
    let lost = owed.difference(&there).count();
    if expected.iter().any(|(told, loses)| told == rest && *loses == (lost > 0)) {
        return Ok(());
    }
    Err(Failure::new(format!("{lost} of {} rows are lost, which was not expected", owed.len())))
}
