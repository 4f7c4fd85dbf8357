//! The client that writes all the time.
//!
//! In: a cluster. Out: which rows were acknowledged and when, and how long it took between two of them at most. Writes 20
//! rows a second through pods that are Ready, chosen at random as a Service would. A row is written once and never again,
//! whatever the answer: only what was acknowledged is owed.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use serde_json::json;

use super::cluster::{Cluster, Outcome};
use super::rqlite::{self, TABLE};
use super::watch::Owed;

/// Side by side, so that a pod that hangs holds up a share of the rows only.
const HANDS: u64 = 4;
/// Between two rows of one hand: 20 rows a second in all.
const PAUSE: Duration = Duration::from_millis(1000 * HANDS / 20);

/// What has been acknowledged so far.
#[derive(Debug, Default)]
struct Ledger {
    acknowledged: Vec<(u64, Instant)>,
}

impl Ledger {
    fn before(&self, moment: Instant) -> BTreeSet<u64> {
        self.acknowledged.iter().filter(|(_, at)| *at < moment).map(|(id, _)| *id).collect()
    }
}

/// A client at work; it stops when dropped.
pub struct Writer {
    ledger: Arc<Mutex<Ledger>>,
    paused: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    hands: Vec<JoinHandle<()>>,
}

impl Writer {
    /// Makes the table through some Ready pod.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn prepare(cluster: &dyn Cluster) -> Outcome {
        // A first attempt may have been made without an answer.
        let create = json!([format!("CREATE TABLE IF NOT EXISTS {TABLE} (id INTEGER PRIMARY KEY)")]);
        rqlite::execute(cluster, choose(cluster, 0).unwrap_or_default(), &create)
    }

    /// Begins to write.
    pub fn start(cluster: &Arc<dyn Cluster>) -> Self {
        let (ledger, stop) = (Arc::new(Mutex::new(Ledger::default())), Arc::new(AtomicBool::new(false)));
        let (next, paused) = (Arc::new(AtomicU64::new(1)), Arc::new(AtomicBool::new(false)));
        let hand = |_| {
            let (cluster, ledger, stop) = (Arc::clone(cluster), Arc::clone(&ledger), Arc::clone(&stop));
            let (next, paused) = (Arc::clone(&next), Arc::clone(&paused));
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let begin = Instant::now();
                    if !paused.load(Ordering::Relaxed) {
                        write(&*cluster, &ledger, next.fetch_add(1, Ordering::Relaxed));
                    }
                    sleep(PAUSE.saturating_sub(begin.elapsed()));
                }
            })
        };
        let hands = (0..HANDS).map(hand).collect();
        Self { ledger, paused, stop, hands }
    }

    /// Rows acknowledged before this moment.
    pub fn acknowledged_before(&self, moment: Instant) -> BTreeSet<u64> {
        self.ledger.lock().expect("no writer panics").before(moment)
    }

    /// [`Writer::acknowledged_before`] for somebody who looks on.
    pub fn owed(&self) -> Box<Owed> {
        let ledger = Arc::clone(&self.ledger);
        Box::new(move |moment| ledger.lock().expect("no writer panics").before(moment))
    }

    /// How many rows were acknowledged since.
    pub fn count_since(&self, moment: Instant) -> usize {
        let ledger = self.ledger.lock().expect("no writer panics");
        ledger.acknowledged.iter().filter(|(_, at)| *at >= moment).count()
    }

    /// The longest time without an acknowledgement that ended or lasts after this moment.
    pub fn longest_outage_since(&self, moment: Instant) -> Duration {
        let ledger = self.ledger.lock().expect("no writer panics");
        let mut times: Vec<_> = ledger.acknowledged.iter().map(|(_, at)| *at).filter(|at| *at >= moment).collect();
        times.push(moment);
        times.push(Instant::now());
        times.sort();
        times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
    }

    /// Begins no row for as long as this is on. What is under way is not waited for.
    pub fn pause(&self, on: bool) {
        self.paused.store(on, Ordering::Relaxed);
    }

    /// Stops writing; what is under way is waited for.
    pub fn stop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for hand in self.hands.drain(..) {
            let _ = hand.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn write(cluster: &dyn Cluster, ledger: &Mutex<Ledger>, id: u64) {
    let insert = json!([[format!("INSERT INTO {TABLE}(id) VALUES(?)"), id]]);
    if choose(cluster, id).is_some_and(|ordinal| rqlite::execute(cluster, ordinal, &insert).is_ok()) {
        ledger.lock().expect("no writer panics").acknowledged.push((id, Instant::now()));
    }
}

/// Some Ready pod; which one is as good as random and the same for the same row.
fn choose(cluster: &dyn Cluster, row: u64) -> Option<u32> {
    let ready: Vec<_> = cluster.pods().into_iter().filter(|pod| pod.ready).map(|pod| pod.ordinal).collect();
    // Knuth's multiplicative hash spreads consecutive numbers.
    let spread = row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let count = u64::try_from(ready.len()).unwrap_or(u64::MAX);
    ready.get(usize::try_from(spread.checked_rem(count)?).ok()?).copied()
}
