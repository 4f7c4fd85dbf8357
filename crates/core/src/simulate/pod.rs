//! A pod, what runs in it, and what its volume holds.

use super::log::{Log, Members, Pods};

/// No moment.
pub(super) const NEVER: u64 = u64::MAX;

/// What a pod can wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// Its container starts.
    Start,
    /// It has ended.
    Stop,
    /// The start script has decided.
    Decide,
    /// It joins.
    Join,
    /// It gives up joining.
    GiveUp,
    /// It founds a cluster.
    Found,
    /// It campaigns.
    Campaign,
    /// It stops leading.
    Lease,
    /// It has what the leader has.
    CatchUp,
    /// Its name leads to it.
    Known,
    /// It becomes Ready.
    Ready,
    /// It is Ready no longer.
    Unready,
    /// Its container is restarted.
    Restart,
    /// The leader drops it.
    Drop,
    /// The Deployment removes it.
    Prune,
}

pub(super) const WAITS: [Wait; 15] = [
    Wait::Start,
    Wait::Stop,
    Wait::Decide,
    Wait::Join,
    Wait::GiveUp,
    Wait::Found,
    Wait::Campaign,
    Wait::Lease,
    Wait::CatchUp,
    Wait::Known,
    Wait::Ready,
    Wait::Unready,
    Wait::Restart,
    Wait::Drop,
    Wait::Prune,
];

/// What runs in a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Process {
    /// Nothing.
    None,
    /// The start script, which has not decided yet; its placeholder answers.
    Deciding,
    /// rqlited.
    Running(Way),
}

/// How rqlited was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// `-bootstrap-expect` with a number that it can reach.
    Founds,
    /// `-bootstrap-expect` with one that it cannot.
    Notifies,
    /// `-join` alone.
    Joins,
    /// Neither.
    Alone,
}

/// What a volume holds.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk {
    /// Whether rqlited ever ran with it.
    pub(super) used: bool,
    pub(super) term: u32,
    pub(super) log: Log,
    /// A person wrote peers.json.
    pub(super) recovers: bool,
}

/// A pod, or the room for one.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each can be so or not whatever the others are")]
pub(super) struct Pod {
    pub(super) exists: bool,
    pub(super) leaving: bool,
    pub(super) leaving_since: u64,
    pub(super) revision: u32,
    pub(super) ready: bool,
    pub(super) ready_since: u64,
    pub(super) process: Process,
    pub(super) joining: bool,
    pub(super) crashes: u32,
    /// Those without a vote that had a cluster's data when they answered its script last.
    pub(super) keepers: Pods,
    /// When its process started.
    pub(super) started: u64,
    /// How long its container waits before it starts.
    pub(super) delay: u64,
    pub(super) powered: bool,
    pub(super) frozen: bool,
    pub(super) cordoned: bool,
    /// Whom it can reach: those on its side of every cut; 0 where nothing cuts it off.
    pub(super) side: Pods,
    /// Whether its name leads to it.
    pub(super) known: bool,
    pub(super) disk: Disk,
    /// Who leads, as it knows.
    pub(super) leader: Option<usize>,
    /// Since when it knows of no leader.
    pub(super) alone_since: u64,
    /// Whether it has what that leader has, and gets what comes.
    pub(super) synced: bool,
    pub(super) waits: [u64; WAITS.len()],
}

impl Pod {
    pub(super) fn none() -> Self {
        Self {
            exists: false,
            leaving: false,
            leaving_since: 0,
            revision: 0,
            ready: false,
            ready_since: 0,
            process: Process::None,
            joining: false,
            crashes: 0,
            keepers: 0,
            started: 0,
            delay: 0,
            powered: true,
            frozen: false,
            cordoned: false,
            side: 0,
            known: false,
            disk: Disk::default(),
            leader: None,
            alone_since: 0,
            synced: false,
            waits: [NEVER; WAITS.len()],
        }
    }

    pub(super) fn members(&self) -> Members {
        self.disk.log.members()
    }

    pub(super) fn running(&self) -> Option<Way> {
        match self.process {
            Process::Running(way) => Some(way),
            _ => None,
        }
    }
}
