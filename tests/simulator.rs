//! Holds the simulator to real rqlited: `cargo test -p rqchart-tests --test simulator [FILTER]`.
//!
//! Random operations are carried out on a cluster of processes (that of the drills), with the scripts and probes that are
//! rendered, while rows are written. After each of them the cluster must come to rest in the state that the simulator says:
//! the same pods, Ready or not, a leader or none, the same members with the same votes; and at the end the same answer to
//! whether rows were lost. `RQCHART_SIMULATED=200` plays that many; the seed is in a test's name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use libtest_mimic::{Completion, Failed, Trial};
use rqchart_core::simulate::{Behaviour, Ends, Scenario, Simulator, Step, Trace, What};
use rqchart_core::topology::Topology;
use rqchart_tests::drill::cluster::Delete;
use rqchart_tests::drill::manifests::{self, Case, Formation, MAX_VOTERS};
use rqchart_tests::drill::netns::{self, Netns};
use rqchart_tests::drill::stage::Stage;
use rqchart_tests::drill::variant::{Access, Variant};
use rqchart_tests::drill::{Cluster, Failure, Outcome, rqlite};

/// How many are played where nobody asks for another number.
const FEW: u64 = 4;
/// How long a member may stay away, so that a run need not wait for long.
const GRACE: Duration = Duration::from_secs(20);
/// For a cluster to come to rest.
const REST: Duration = Duration::from_secs(120);
/// For how long it must stay as it is to count as at rest; longer where nobody leads, because somebody may soon.
const STILL: Duration = Duration::from_secs(4);
const LEADERLESS: Duration = Duration::from_secs(20);
/// In a scenario's time, from one operation to the next: whatever waits is done by then.
const APART: u32 = 1000;

/// What is done to a cluster.
#[derive(Debug, Clone, Copy)]
enum Act {
    Kill(u32),
    Restart(u32),
    LoseDisk(u32),
    Freeze(u32),
    Down(u32),
    Up(u32),
    PowerCut,
    Scale(u32),
    Upgrade,
    /// The power fails, and the disks of so many voters, from the first, are lost.
    Lost(u32),
    FreezeReader(u32),
}

/// Those whose outcome is remarkable, and the seeds in whose names they are played.
const KNOWN: &[(&str, (u32, u32), &[Act])] = &[
    ("voters_lost_and_reader_silent", (3, 1), &[Act::Lost(3), Act::FreezeReader(0)]),
    ("disk_of_one_of_two", (2, 0), &[Act::LoseDisk(0)]),
    ("two_disks_of_three", (3, 0), &[Act::Down(0), Act::LoseDisk(1), Act::Up(0)]),
    ("dropped_then_all_stop", (3, 0), &[Act::Down(0), Act::Scale(0), Act::Up(0), Act::Scale(3)]),
    ("three_to_one", (3, 0), &[Act::Scale(1), Act::Scale(3)]),
];

fn main() -> ExitCode {
    netns::main("simulator", trials)
}

fn trials(missing: Option<&str>) -> Vec<Trial> {
    let count = std::env::var("RQCHART_SIMULATED").ok().and_then(|count| count.parse().ok()).unwrap_or(FEW);
    let mut trials = Vec::new();
    for formation in [Formation::Ordered, Formation::Parallel] {
        for (name, replicas, acts) in KNOWN {
            // Minutes each: asked for with --ignored.
            let name = format!("{formation}::{name}");
            trials.push(trial(name, formation, *replicas, acts.to_vec(), missing).with_ignored_flag(true));
        }
    }
    for seed in 0..count {
        let mut chance = Chance(seed);
        let formation = if chance.below(2) == 0 { Formation::Ordered } else { Formation::Parallel };
        let replicas = [3, 3, 5, 6, 2, 1][chance.below(6) as usize];
        trials.push(trial(
            format!("{formation}::seed_{seed}"),
            formation,
            (replicas, 0),
            chance.acts(replicas),
            missing,
        ));
    }
    trials
}

fn trial(name: String, formation: Formation, replicas: (u32, u32), acts: Vec<Act>, missing: Option<&str>) -> Trial {
    let missing = missing.map(str::to_owned);
    let own = name.clone();
    Trial::ignorable_test(name, move || match missing {
        Some(hint) => Ok(Completion::ignored_with(format!("skipped: {hint}"))),
        None => run(&own, formation, replicas, &acts).map(|()| Completion::Completed),
    })
}

fn run(name: &str, formation: Formation, (replicas, readers): (u32, u32), acts: &[Act]) -> Result<(), Failed> {
    let case = Case {
        formation,
        variant: Variant::Plain,
        replicas,
        grace: GRACE,
        prune: false,
        survivor: None,
        readers,
        store: None,
        rqlite: None,
    };
    let cluster: Arc<dyn Cluster> = Arc::new(Netns::create(name, Duration::ZERO, Access::Open)?);
    let outcome = compare(case, acts, &cluster);
    let said = outcome.as_ref().map_or_else(ToString::to_string, ToString::to_string);
    let _ = writeln!(io::stdout(), "     {name}: {replicas} replicas, {acts:?}: {said}");
    if outcome.is_err() {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("simulator").join(name.replace("::", "-"));
        let _ = std::fs::create_dir_all(&folder);
        for log in cluster.logs() {
            let _ = std::fs::write(folder.join(log.name), log.text);
        }
    }
    outcome.map(drop).map_err(Failed::from)
}

/// Does everything, and looks after each act whether both came to rest in the same state.
fn compare(case: Case, acts: &[Act], cluster: &Arc<dyn Cluster>) -> Outcome<String> {
    let simulators = simulators(&manifests::topology(&case)?);
    let mut stage = Stage::open(case, Duration::ZERO, Arc::clone(cluster))?;
    stage.watch.allow_leading_alone();
    let mut down = BTreeSet::new();
    let mut said = String::new();
    for index in 0..acts.len() {
        match acts[index] {
            Act::Down(ordinal) => down.insert(ordinal),
            Act::Up(ordinal) => down.remove(&ordinal),
            _ => false,
        };
        let scenario = scenario(&acts[..=index]);
        let stories = simulators.iter().flat_map(|simulator| (1..9).map(|seed| simulator.play(&scenario, seed)));
        let mut expected: Vec<_> = stories.map(|story| (State::told(&story, &down), story.lost > 0)).collect();
        expected.dedup();
        perform(&mut stage, acts[index])?;
        if matches!(acts[index], Act::Lost(_)) && index + 1 < acts.len() {
            // It is not at rest before whoever only joins gives up, ten minutes later.
            sleep(Duration::from_secs(20));
            continue;
        }
        let begin = Instant::now();
        let found = wait_for(&stage, &expected).map_err(|failure| {
            failure.while_doing(format!("after {:?}, expected {}", &acts[..=index], expected[0].0))
        })?;
        let _ = write!(said, "{:.0?} {}", begin.elapsed(), if found > 0 { "(one of several) " } else { "" });
        if index + 1 == acts.len() {
            rows(&mut stage, &expected[found].0, &expected)?;
        }
    }
    Ok(said)
}

/// Where it hangs on moments who is faster, any of the outcomes is right: a pod of processes is there before a leader that lost
/// its quorum knows it, one of Kubernetes mostly is not; and who leads, chance decides.
fn simulators(topology: &Topology) -> [Simulator; 2] {
    let mut fast = Behaviour::of(topology);
    fast.start_millis = 50;
    [Simulator::behaving(topology, fast), Simulator::of(topology)]
}

/// The same acts, as the simulator takes them.
fn scenario(acts: &[Act]) -> Scenario {
    let pod = |ordinal: u32| [format!("rqdb-{ordinal}")];
    let step = |(index, act): (u32, &Act)| {
        let at = index * if matches!(acts[0], Act::Lost(_)) { 20 } else { APART };
        match *act {
            Act::Kill(ordinal) => Step::new(at, What::Kill, pod(ordinal)),
            Act::Restart(ordinal) => Step::new(at, What::Restart, pod(ordinal)),
            Act::LoseDisk(ordinal) => Step::new(at, What::LoseDisk, pod(ordinal)),
            Act::Freeze(ordinal) => Step::new(at, What::Freeze, pod(ordinal)).lasting(4),
            Act::Down(ordinal) => Step::new(at, What::PowerCut, pod(ordinal)),
            Act::Up(ordinal) => Step::new(at, What::Restore, pod(ordinal)),
            Act::PowerCut => Step::to_all(at, What::PowerCut).lasting(2),
            Act::Scale(replicas) => Step::scale(at, replicas),
            Act::Upgrade => Step::to_all(at, What::Upgrade),
            Act::Lost(_) => Step::to_all(at, What::PowerCut).lasting(3),
            Act::FreezeReader(ordinal) => Step::new(at, What::Freeze, [format!("rqdb-readers-{ordinal}")]).lasting(4),
        }
    };
    let lost = (0..).zip(acts).filter_map(|(index, act)| match *act {
        Act::Lost(count) => {
            Some(Step::new(index * APART + 1, What::LoseDisk, (0..count).map(|ordinal| format!("rqdb-{ordinal}"))))
        }
        // A pod of processes is gone with its node, and so is its name.
        Act::Down(ordinal) => Some(Step::new(index * APART, What::Kill, pod(ordinal))),
        _ => None,
    });
    let steps = (0..).zip(acts).map(step).chain(lost).collect();
    Scenario::new("differential", "", steps).ending(Ends::Either)
}

fn perform(stage: &mut Stage, act: Act) -> Outcome {
    let cluster = &stage.cluster;
    match act {
        Act::Kill(ordinal) => cluster.delete_pod(ordinal, Delete::Now),
        Act::Restart(ordinal) => cluster.delete_pod(ordinal, Delete::Gracefully),
        Act::LoseDisk(ordinal) => cluster.lose_disk(ordinal),
        Act::Freeze(ordinal) => {
            cluster.freeze(ordinal, true)?;
            sleep(Duration::from_secs(4));
            cluster.freeze(ordinal, false)
        }
        Act::Down(ordinal) => cluster.hold_down(ordinal, true),
        Act::Up(ordinal) => cluster.hold_down(ordinal, false),
        Act::PowerCut => {
            cluster.power_off()?;
            sleep(Duration::from_secs(2));
            cluster.power_on()
        }
        Act::Scale(replicas) => cluster.scale(replicas),
        Act::Upgrade => cluster.rolling_restart(),
        Act::Lost(count) => {
            cluster.power_off()?;
            (0..count).try_for_each(|ordinal| cluster.lose_disk(ordinal))?;
            cluster.power_on()
        }
        Act::FreezeReader(ordinal) => {
            stage.readers.freeze(ordinal, true)?;
            sleep(Duration::from_secs(4));
            stage.readers.freeze(ordinal, false)
        }
    }
}

/// What both are compared by.
#[derive(Debug, PartialEq, Eq)]
struct State {
    /// Which pods there are, and whether each is Ready.
    pods: BTreeMap<u32, bool>,
    /// The members as the leader sees them, each with whether it votes; none where nobody leads.
    members: Option<BTreeMap<String, bool>>,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pods {:?}, members {:?}", self.pods, self.members)
    }
}

impl State {
    fn told(story: &Trace, down: &BTreeSet<u32>) -> Self {
        let ordinal = |name: &str| name.strip_prefix("rqdb-").and_then(|ordinal| ordinal.parse().ok());
        let pods = story.pods.iter().filter_map(|pod| Some((ordinal(&pod.name)?, pod.ready)));
        let leader = story.states.last().filter(|state| state.quorum).and_then(|state| state.leader.as_ref());
        let leader = story.pods.iter().find(|pod| Some(&pod.name) == leader);
        Self {
            pods: pods.filter(|(ordinal, _)| !down.contains(ordinal)).collect(),
            members: leader.map(|leader| {
                let voters = leader.voters.iter().map(|name| (name.clone(), true));
                voters.chain(leader.non_voters.iter().map(|name| (name.clone(), false))).collect()
            }),
        }
    }

    fn seen(stage: &Stage) -> Self {
        let pods = stage.cluster.pods();
        let leader = pods.iter().find(|pod| stage.leads(pod.ordinal));
        let members = leader.and_then(|leader| rqlite::members(&*stage.cluster, leader.ordinal).ok());
        Self {
            pods: pods.iter().map(|pod| (pod.ordinal, pod.ready)).collect(),
            members: members.map(|all| all.into_iter().map(|member| (member.id, member.voter)).collect()),
        }
    }
}

/// The first of these states that the cluster comes to rest in.
fn wait_for(stage: &Stage, expected: &[(State, bool)]) -> Outcome<usize> {
    let deadline = Instant::now() + REST;
    let mut still: Option<(usize, Instant)> = None;
    loop {
        let seen = State::seen(stage);
        let found = expected.iter().position(|(state, _)| seen == *state);
        if let Some(found) = found {
            let since = match still {
                Some((same, since)) if same == found => since,
                _ => Instant::now(),
            };
            if since.elapsed() >= if seen.members.is_some() { STILL } else { LEADERLESS } {
                return Ok(found);
            }
            still = Some((found, since));
        } else {
            still = None;
            if Instant::now() > deadline {
                return Err(Failure::new(format!("but it is {seen}")));
            }
        }
        sleep(Duration::from_millis(250));
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

/// Numbers that look random and are the same for the same seed (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(end)).expect("it is below `end`")
    }

    /// Three to five acts. What is done to a pod is done to one that there is.
    fn acts(&mut self, replicas: u32) -> Vec<Act> {
        let (mut size, mut down, mut acts) = (replicas, None, Vec::new());
        for _ in 0..3 + self.below(3) {
            let pod = self.below(size);
            let is_up = down != Some(pod);
            let act = match self.below(10) {
                0 if is_up => Act::Kill(pod),
                1 if is_up => Act::Restart(pod),
                2 | 3 if is_up => Act::LoseDisk(pod),
                4 if is_up => Act::Freeze(pod),
                5 if down.is_none() && size > 2 => {
                    down = Some(pod);
                    Act::Down(pod)
                }
                // Nothing else is known of a pod whose node is away.
                _ if down.is_some() => Act::Up(down.take().unwrap_or_default()),
                6 => Act::PowerCut,
                7 | 8 => {
                    let out = size < MAX_VOTERS + 2 && self.below(2) == 0;
                    size = if out || size < 4 { size + 1 } else { size - 1 };
                    Act::Scale(size)
                }
                _ => Act::Upgrade,
            };
            acts.push(act);
        }
        acts
    }
}
