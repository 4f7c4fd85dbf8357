//! A cluster during a drill, with its writer and its observer.
//!
//! In: a [`Case`] and an empty cluster. Out: the acts that drills are made of, and the waits between them, all bounded.
//! [`Stage::finish`] ends every drill with the same checks, so that no drill can forget one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::checks;
use super::cluster::{Cluster, Delete, Eviction, Failure, Outcome, Pod};
use super::manifests::{Case, MAX_VOTERS, certificates, manifests};
use super::report::Report;
use super::rqlite;
use super::store::Store;
use super::variant::Variant;
use super::watch::Watch;
use super::writer::Writer;

/// Between two looks at what is waited for.
const LOOK: Duration = Duration::from_millis(100);

/// A drill's view of everything.
pub struct Stage {
    /// What is drilled.
    pub cluster: Arc<dyn Cluster>,
    /// What was rendered.
    pub case: Case,
    /// How late name changes may be seen.
    pub dns_cache: Duration,
    /// What was measured.
    pub report: Report,
    /// The client.
    pub writer: Writer,
    /// The observer.
    pub watch: Watch,
    /// The pool of readers.
    pub readers: Arc<dyn Cluster>,
    /// How many readers there should be.
    pub reader_count: u32,
    /// The observer of readers: nobody there ever leads.
    reader_watch: Watch,
    /// Where the leader uploads to; none where there are no uploads, or pods do not reach this program.
    store: Option<Store>,
    /// How often a cluster is founded: once, unless the drill takes every disk away.
    pub foundings: usize,
    /// Restarts that were there before, or that the drill itself caused: by uid.
    excused: BTreeMap<String, u32>,
    /// Readers may follow with restarts of their own what the drill did to the others.
    readers_excused: bool,
    /// Whether a reader may have led: only where a person made it so.
    readers_may_lead: bool,
}

impl Stage {
    /// Installs the release, waits until it is complete, and begins to write.
    ///
    /// # Errors
    /// When it does not come up in time.
    pub fn open(case: Case, dns_cache: Duration, cluster: Arc<dyn Cluster>) -> Outcome<Self> {
        let mut report = Report::default();
        let readers = cluster.readers();
        let (watch, reader_watch) = (Watch::start(&cluster, case.seeds()), Watch::start(&readers, 0));
        if let Some(credentials) = cluster.credentials() {
            cluster.apply(&credentials.secrets(&certificates(&case)?)?)?;
        }
        let host = cluster.here().filter(|_| case.variant == Variant::BackedUp);
        let store = host.map(|host| Store::start(host, Duration::ZERO)).transpose()?;
        let case = Case { store: store.as_ref().map(Store::address), ..case };
        if case.variant == Variant::BackedUp {
            cluster.apply(&[Store::secret()])?;
        }
        cluster.apply(&manifests(&case)?)?;
        let begin = Instant::now();
        // In order each pod may have to outwait the answer that its own name does not exist.
        let names_cached = case.replicas.max(3) * dns_cache;
        until("the installation", Duration::from_secs(120) + names_cached, || {
            all_ready(&*cluster, case.replicas)?;
            all_ready(&*readers, case.readers)
        })?;
        report.took("installed", begin.elapsed());
        let ready = Instant::now();
        // Ready before anybody leads is a promise that is too early: reported, like Ready without data.
        until("a table", Duration::from_secs(20) + 3 * dns_cache, || Writer::prepare(&*cluster))?;
        if ready.elapsed() > LOOK {
            report.took("all Ready before the first write by", ready.elapsed());
        }
        let writer = Writer::start(&cluster);
        watch.owe(writer.owed());
        reader_watch.owe(writer.owed());
        let stage = Self {
            cluster,
            case,
            dns_cache,
            report,
            writer,
            watch,
            foundings: 1,
            readers,
            reader_count: case.readers,
            reader_watch,
            store,
            excused: BTreeMap::new(),
            readers_excused: false,
            readers_may_lead: false,
        };
        // Rows to lose: every drill begins with some.
        sleep(Duration::from_secs(2));
        Ok(stage)
    }

    /// Waits until something holds; at most `limit`, and three times the DNS cache on top, because one change may have to
    /// be seen by one node after another.
    ///
    /// # Errors
    /// When it never held.
    pub fn wait(&mut self, what: &str, limit: Duration, mut holds: impl FnMut() -> bool) -> Outcome<Duration> {
        self.wait_for(what, limit, || if holds() { Ok(()) } else { Err(Failure::new("it never was so")) })
    }

    /// [`Stage::wait`] for what can say why it does not hold.
    ///
    /// # Errors
    /// When it never held, with the last reason.
    pub fn wait_for(&mut self, what: &str, limit: Duration, holds: impl FnMut() -> Outcome) -> Outcome<Duration> {
        let begin = Instant::now();
        until(what, limit + 3 * self.dns_cache, holds)?;
        self.report.took(what, begin.elapsed());
        Ok(begin.elapsed())
    }

    /// Waits until exactly this many pods are there and Ready.
    ///
    /// # Errors
    /// When that never was so.
    pub fn wait_all_ready(&mut self, what: &str, replicas: u32, limit: Duration) -> Outcome {
        let cluster = Arc::clone(&self.cluster);
        self.wait_for(what, limit, || all_ready(&*cluster, replicas)).map(drop)
    }

    /// Waits until exactly so many readers are there and Ready as there should be.
    ///
    /// # Errors
    /// When that never was so.
    pub fn wait_readers(&mut self, what: &str, limit: Duration) -> Outcome {
        let (readers, count) = (Arc::clone(&self.readers), self.reader_count);
        self.wait_for(what, limit, || all_ready(&*readers, count)).map(drop)
    }

    /// Waits until this reader has another uid than before and is Ready.
    ///
    /// # Errors
    /// When that never was so.
    pub fn wait_reader_replaced(&mut self, what: &str, old: &Pod, limit: Duration) -> Outcome {
        let (readers, old) = (Arc::clone(&self.readers), old.clone());
        self.wait(what, limit, || is_replaced(&*readers, &old)).map(drop)
    }

    /// Waits until this pod has another uid than before and is Ready.
    ///
    /// # Errors
    /// When that never was so.
    pub fn wait_replaced(&mut self, what: &str, old: &Pod, limit: Duration) -> Outcome {
        let (cluster, old) = (Arc::clone(&self.cluster), old.clone());
        self.wait(what, limit, || is_replaced(&*cluster, &old)).map(drop)
    }

    /// Waits until the members are exactly these pods, the first five as voters, as seen from the leader.
    ///
    /// # Errors
    /// When that never was so.
    pub fn wait_members(&mut self, what: &str, replicas: u32, limit: Duration) -> Outcome {
        let (cluster, readers) = (Arc::clone(&self.cluster), self.reader_count);
        self.wait_for(what, limit, || checks::members(&*cluster, replicas, readers)).map(drop)
    }

    /// The pod that leads now.
    ///
    /// # Errors
    /// When nobody does for a while.
    pub fn leader(&self) -> Outcome<Pod> {
        let mut found = Err(Failure::new("nobody leads"));
        until("somebody to lead", Duration::from_secs(20), || {
            let leader = self.cluster.pods().into_iter().find(|pod| self.leads(pod.ordinal));
            found = leader.ok_or_else(|| Failure::new("nobody leads"));
            found.clone().map(drop)
        })?;
        found
    }

    /// Whether this pod says that it leads.
    pub fn leads(&self, ordinal: u32) -> bool {
        rqlite::raft_state(&*self.cluster, ordinal).is_ok_and(|state| state.leads)
    }

    /// A voter that does not lead, the highest ordinal among them.
    ///
    /// # Errors
    /// When there is none.
    pub fn follower(&self) -> Outcome<Pod> {
        let leader = self.leader()?.ordinal;
        let others = self.cluster.pods().into_iter().filter(|p| p.ordinal != leader && p.ordinal < MAX_VOTERS);
        others.max_by_key(|pod| pod.ordinal).ok_or_else(|| Failure::new("there is no follower"))
    }

    /// This pod, if there is one.
    ///
    /// # Errors
    /// When there is none.
    pub fn pod(&self, ordinal: u32) -> Outcome<Pod> {
        let found = self.cluster.pods().into_iter().find(|pod| pod.ordinal == ordinal);
        found.ok_or_else(|| Failure::new(format!("there is no pod {ordinal}")))
    }

    /// Kills a pod without grace and waits for the one that takes its place.
    ///
    /// # Errors
    /// When none does.
    pub fn kill_and_wait(&mut self, pod: &Pod, limit: Duration) -> Outcome {
        self.cluster.delete_pod(pod.ordinal, Delete::Now)?;
        self.wait_replaced(&format!("pod {} back after", pod.ordinal), pod, limit)
    }

    /// Evicts every pod, each as soon as the eviction API allows, as a drain of each node would.
    ///
    /// # Errors
    /// When a pod could not be evicted in time.
    pub fn evict_all(&mut self, limit: Duration) -> Outcome {
        let mut left = self.cluster.pods();
        let cluster = Arc::clone(&self.cluster);
        self.wait("evicted all after", limit, || {
            left.retain(|pod| !matches!(cluster.evict(pod.ordinal), Ok(Eviction::Accepted)));
            left.is_empty()
        })
        .map(drop)
    }

    /// Restarts so far are the drill's own doing (a power cut, a frozen pod that its kubelet rightly kills).
    pub fn excuse_restarts(&mut self) {
        for pod in self.cluster.pods() {
            self.excused.insert(pod.uid, pod.restarts);
        }
        self.readers_excused = true;
    }

    /// A person makes a reader lead, alone.
    pub fn readers_may_lead(&mut self) {
        self.readers_may_lead = true;
        self.reader_watch.allow_leading_alone();
    }

    /// Lets the client write for a while.
    pub fn write_for(&self, time: Duration) {
        sleep(time);
    }

    /// Notes for how long nothing was acknowledged at most, and fails when that was too long.
    ///
    /// # Errors
    /// When it was longer than `limit`.
    pub fn check_outage(&mut self, since: Instant, limit: Duration) -> Outcome {
        let outage = self.writer.longest_outage_since(since);
        self.report.took("write outage", outage);
        let limit = limit + 2 * self.dns_cache;
        if outage <= limit { Ok(()) } else { Err(Failure::new(format!("no write for {outage:.1?}, limit {limit:?}"))) }
    }

    /// Stops writing and checks what every drill must leave behind: `replicas` Ready pods and the readers, which are the
    /// members, all acknowledged rows on each and in the store, one leader, one founding, no restart that nobody caused, no way
    /// in for strangers, no dead processes.
    ///
    /// # Errors
    /// When any of that is not so.
    pub fn finish(&mut self, replicas: u32) -> Outcome {
        let end = Instant::now();
        self.write_for(Duration::from_secs(1));
        self.writer.stop();
        self.wait_all_ready("all Ready at the end", replicas, Duration::from_secs(60))?;
        self.wait_readers("readers Ready at the end", Duration::from_secs(90))?;
        self.wait_members("members at the end", replicas, Duration::from_secs(15))?;
        let owed = self.writer.acknowledged_before(Instant::now());
        // What was acknowledged last may be on its way to a follower.
        until("all rows everywhere", Duration::from_secs(5), || {
            checks::rows(&*self.cluster, replicas, &owed)?;
            checks::rows(&*self.readers, self.reader_count, &owed).map_err(|failure| failure.while_doing("readers"))
        })?;
        self.report.note(format!("{} rows", owed.len()));
        if let Some(store) = &self.store {
            let uploaded = || if store.last_upload() > Some(end) { Ok(()) } else { Err(Failure::new("it is older")) };
            until("an upload of the last rows", Duration::from_secs(15), uploaded)?;
        }
        for (whose, watch) in [("", &mut self.watch), ("reader: ", &mut self.reader_watch)] {
            watch.stop();
            let seen = watch.seen();
            for remark in &seen.ready_without_data {
                self.report.note(format!("{whose}{remark}"));
            }
            checks::one_cluster(&seen)?;
        }
        if !self.readers_may_lead {
            checks::readers_never_lead(&self.reader_watch.seen())?;
        }
        checks::foundings(self.foundings, &self.cluster.logs())?;
        checks::strangers_kept_out(&*self.cluster)?;
        checks::strangers_kept_out(&*self.readers)?;
        checks::no_dead_processes(&*self.cluster)?;
        checks::no_dead_processes(&*self.readers)?;
        if !self.readers_excused {
            checks::no_restarts(&self.readers.pods(), &BTreeMap::new()).map_err(|f| f.while_doing("readers"))?;
        }
        checks::no_restarts(&self.cluster.pods(), &self.excused)
    }
}

fn is_replaced(cluster: &dyn Cluster, old: &Pod) -> bool {
    cluster.pods().iter().any(|pod| pod.ordinal == old.ordinal && pod.uid != old.uid && pod.ready)
}

fn all_ready(cluster: &dyn Cluster, replicas: u32) -> Outcome {
    let pods = cluster.pods();
    if pods.len() == replicas as usize && pods.iter().all(|pod| pod.ready) {
        return Ok(());
    }
    let state = |pod: &Pod| format!("{} {}", pod.ordinal, if pod.ready { "Ready" } else { "not Ready" });
    Err(Failure::new(format!("pods: {}", pods.iter().map(state).collect::<Vec<_>>().join(", "))))
}

fn until(what: &str, limit: Duration, mut holds: impl FnMut() -> Outcome) -> Outcome {
    let deadline = Instant::now() + limit;
    loop {
        match holds() {
            Ok(()) => return Ok(()),
            Err(failure) if Instant::now() >= deadline => {
                return Err(Failure::new(format!("not within {limit:?}: {what}: {failure}")));
            }
            Err(_) => sleep(LOOK),
        }
    }
}
