//! The observer: what must never be seen at any moment of a drill.
//!
//! In: a cluster, and the rows that are owed. Out: [`Sighting`]s. Looks at every pod a few times a second and judges only
//! what holds at every moment: one cluster, and Ready means that the data is there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use super::cluster::{Cluster, Pod};
use super::rqlite;

/// Between two looks at the pods.
const PERIOD: Duration = Duration::from_millis(200);

/// What the observer has seen.
#[derive(Debug, Default, Clone)]
pub struct Sighting {
    /// A node that leads a cluster of its own, or two leaders of one term: a drill fails for these.
    pub second_cluster: Vec<String>,
    /// Ready pods without rows acknowledged before they became Ready: reported.
    pub ready_without_data: Vec<String>,
    /// The first pod seen to lead.
    pub first_leader: Option<u32>,
    /// The pods in the order in which they were first seen to be Ready.
    pub first_ready: Vec<u32>,
    /// Moments at which somebody led.
    pub led: Vec<Instant>,
    /// The fewest pods seen in service at once since [`Watch::count_in_service`]: running, not being deleted, and Ready at
    /// some time. (Not Ready now: a healthy follower is not Ready while a new leader is elected.)
    pub fewest_in_service: Option<usize>,
    /// A configuration of one voter is a second cluster, where several pods have founded the first.
    alone_is_right: bool,
    /// Which terms were led by whom.
    leaders: BTreeMap<u64, u32>,
}

/// Asked for rows that are owed at a moment.
pub type Owed = dyn Fn(Instant) -> BTreeSet<u64> + Send + Sync;

/// An observer at work; it stops when dropped.
pub struct Watch {
    seen: Arc<Mutex<Sighting>>,
    owed: Arc<Mutex<Option<Box<Owed>>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Begins to look at a cluster that so many pods found together.
    pub fn start(cluster: &Arc<dyn Cluster>, seeds: u32) -> Self {
        let (seen, stop) = (Arc::new(Mutex::new(Sighting::default())), Arc::new(AtomicBool::new(false)));
        seen.lock().expect("nobody else has it yet").alone_is_right = seeds == 1;
        let owed = Arc::new(Mutex::new(None));
        let observer = Observer {
            cluster: Arc::clone(cluster),
            seen: Arc::clone(&seen),
            owed: Arc::clone(&owed),
            ready: BTreeMap::new(),
            ever_ready: BTreeSet::new(),
        };
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || observer.run(&stopped));
        Self { seen, owed, stop, thread: Some(thread) }
    }

    /// From now on rows are owed.
    pub fn owe(&self, owed: Box<Owed>) {
        *self.owed.lock().expect("the observer does not panic") = Some(owed);
    }

    /// What was seen so far.
    pub fn seen(&self) -> Sighting {
        self.seen.lock().expect("the observer does not panic").clone()
    }

    /// From now on a node may lead itself only: a person has decided so.
    pub fn allow_leading_alone(&self) {
        self.seen.lock().expect("the observer does not panic").alone_is_right = true;
    }

    /// Begins to count pods in service anew.
    pub fn count_in_service(&self) {
        self.seen.lock().expect("the observer does not panic").fewest_in_service = None;
    }

    /// Stops looking.
    pub fn stop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop();
    }
}

struct Observer {
    cluster: Arc<dyn Cluster>,
    seen: Arc<Mutex<Sighting>>,
    owed: Arc<Mutex<Option<Box<Owed>>>>,
    /// Which pods were Ready at the last look, by uid.
    ready: BTreeMap<String, u32>,
    /// Which pods were Ready at any look, by uid.
    ever_ready: BTreeSet<String>,
}

impl Observer {
    fn run(mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            let begin = Instant::now();
            let pods = self.cluster.pods();
            self.look_at_ready(&pods, begin);
            self.look_at_leaders(&pods);
            sleep(PERIOD.saturating_sub(begin.elapsed()));
        }
    }

    fn look_at_ready(&mut self, pods: &[Pod], now: Instant) {
        let ready: BTreeMap<_, _> = pods.iter().filter(|p| p.ready).map(|p| (p.uid.clone(), p.ordinal)).collect();
        self.ever_ready.extend(ready.keys().cloned());
        let serves = |pod: &&Pod| pod.running && !pod.terminating && self.ever_ready.contains(&pod.uid);
        let in_service = pods.iter().filter(serves).count();
        let fresh: Vec<_> = ready.iter().filter(|(uid, _)| !self.ready.contains_key(*uid)).map(|(_, o)| *o).collect();
        {
            let mut seen = self.seen.lock().expect("the observer does not panic");
            seen.fewest_in_service = Some(seen.fewest_in_service.map_or(in_service, |fewest| fewest.min(in_service)));
            for ordinal in &fresh {
                if !seen.first_ready.contains(ordinal) {
                    seen.first_ready.push(*ordinal);
                }
            }
        }
        for ordinal in fresh {
            self.look_at_data(ordinal, now);
        }
        self.ready = ready;
    }

    /// A pod has just become Ready. Its probe was asked up to a period ago, so only older rows are owed.
    fn look_at_data(&self, ordinal: u32, now: Instant) {
        let before = now.checked_sub(Duration::from_secs(3)).unwrap_or(now);
        let owed = self.owed.lock().expect("the observer does not panic");
        let Some(owed) = owed.as_ref().map(|owed| owed(before)) else { return };
        let missing = match rqlite::row_ids(&*self.cluster, ordinal) {
            Ok(there) => owed.difference(&there).count(),
            Err(_) => owed.len(),
        };
        if missing > 0 {
            let text = format!("pod {ordinal} was Ready without {missing} of {} rows", owed.len());
            self.seen.lock().expect("the observer does not panic").ready_without_data.push(text);
        }
    }

    fn look_at_leaders(&self, pods: &[Pod]) {
        let ask = |pod: &Pod| Some((pod.ordinal, rqlite::raft_state(&*self.cluster, pod.ordinal).ok()?));
        // Side by side: one pod that hangs must not hide what the others do meanwhile.
        let states: Vec<_> = thread::scope(|scope| {
            let asked: Vec<_> = pods.iter().filter(|p| p.running).map(|p| scope.spawn(move || ask(p))).collect();
            asked.into_iter().filter_map(|thread| thread.join().ok().flatten()).collect()
        });
        let mut seen = self.seen.lock().expect("the observer does not panic");
        for (ordinal, state) in states.iter().filter(|(_, state)| state.leads) {
            seen.led.push(Instant::now());
            seen.first_leader.get_or_insert(*ordinal);
            let other = *seen.leaders.entry(state.term).or_insert(*ordinal);
            if other != *ordinal {
                seen.second_cluster.push(format!("pods {other} and {ordinal} both lead term {}", state.term));
            }
            if state.voters == 1 && !seen.alone_is_right {
                seen.second_cluster.push(format!("pod {ordinal} leads a cluster of its own"));
            }
        }
    }
}
