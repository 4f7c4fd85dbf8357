//! What a drill may do to a cluster, and what it may see of it.
//!
//! Everything is said in Kubernetes' terms: objects, pods, claims, ordinals. One release is meant, and its StatefulSet whose
//! first pods vote; [`Cluster::readers`] is the same cluster with the StatefulSet of readers in its place. Names, claims and
//! ports come from the manifests. Implementations must not wait for anything that rqlite does: a call
//! returns when Kubernetes would have accepted the order, and the drill watches [`Cluster::pods`] for the effect.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use serde_json::Value;

use super::credentials::Credentials;
use super::http::{self, Client};

/// What went wrong, for a person to read.
#[derive(Debug, Clone)]
pub struct Failure(String);

/// The result of anything a drill does.
pub type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// A failure with this text.
    pub fn new(text: impl fmt::Display) -> Self {
        Self(text.to_string())
    }

    /// Puts what was being done in front of what went wrong.
    #[must_use]
    pub fn while_doing(self, what: impl fmt::Display) -> Self {
        Self(format!("{what}: {}", self.0))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::new(error)
    }
}

/// Which StatefulSet of the release is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    /// The one whose first pods vote.
    Voters,
    /// The pool of readers.
    Readers,
}

impl Which {
    /// Whether a StatefulSet is this one, by the label of its pods.
    pub fn is(self, set: &Value) -> bool {
        let component = &set["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/component"];
        (component == "reader") == (self == Self::Readers)
    }
}

/// A pod of the StatefulSet, as the API server would show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pod {
    /// The number at the end of its name.
    pub ordinal: u32,
    /// Changes when the pod is replaced by another one of the same name.
    pub uid: String,
    /// Where it can be reached; none before it has a network.
    pub address: Option<IpAddr>,
    /// Its container runs.
    pub running: bool,
    /// Its Ready condition, false as soon as it is being deleted.
    pub ready: bool,
    /// It is being deleted.
    pub terminating: bool,
    /// How often its container was started again.
    pub restarts: u32,
}

/// A volume claim of the StatefulSet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Kubernetes' name: `<template>-<set>-<ordinal>`.
    pub name: String,
    /// A volume was found for it.
    pub bound: bool,
}

/// How a pod is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delete {
    /// SIGTERM, and SIGKILL after `terminationGracePeriodSeconds`.
    Gracefully,
    /// SIGKILL at once (`--grace-period=0 --force`).
    Now,
}

/// What the eviction API answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eviction {
    /// The pod is being deleted.
    Accepted,
    /// 429: a PodDisruptionBudget forbids it for now.
    Refused,
}

/// Everything one container wrote, kept after its pod is gone.
#[derive(Debug, Clone)]
pub struct Log {
    /// Names the pod and which of its starts this is.
    pub name: String,
    /// Standard output and error.
    pub text: String,
}

/// A place that carries out manifests, and that can be hurt.
pub trait Cluster: Send + Sync {
    /// Creates the objects or replaces them, as `kubectl apply` does. A StatefulSet keeps a replica count set by
    /// [`Cluster::scale`] only until the next apply, as with kubectl.
    ///
    /// # Errors
    /// When an object is malformed or says something this cluster cannot do.
    fn apply(&self, manifests: &[Value]) -> Outcome;

    /// `kubectl scale statefulset`: nothing but the replica count changes.
    ///
    /// # Errors
    /// When there is no StatefulSet.
    fn scale(&self, replicas: u32) -> Outcome;

    /// `kubectl rollout restart statefulset`: every pod is replaced, one after the other.
    ///
    /// # Errors
    /// When there is no StatefulSet.
    fn rolling_restart(&self) -> Outcome;

    /// The StatefulSet's pods, by ordinal.
    fn pods(&self) -> Vec<Pod>;

    /// The StatefulSet's claims, by name.
    fn claims(&self) -> Vec<Claim>;

    /// `kubectl delete pod`.
    ///
    /// # Errors
    /// When there is no such pod.
    fn delete_pod(&self, ordinal: u32, how: Delete) -> Outcome;

    /// Asks the eviction API to remove the pod, as `kubectl drain` does.
    ///
    /// # Errors
    /// When there is no such pod.
    fn evict(&self, ordinal: u32) -> Outcome<Eviction>;

    /// The node of this pod goes away (pod gone, none can take its place) or comes back.
    ///
    /// # Errors
    /// When the cluster cannot do it.
    fn hold_down(&self, ordinal: u32, held: bool) -> Outcome;

    /// SIGSTOP or SIGCONT to every process of the pod.
    ///
    /// # Errors
    /// When there is no such pod.
    fn freeze(&self, ordinal: u32, frozen: bool) -> Outcome;

    /// Takes the pod's network from it, to other pods and to DNS, or gives it back. The pod's own kubelet still reaches it.
    ///
    /// # Errors
    /// When there is no such pod.
    fn cut_off(&self, ordinal: u32, cut: bool) -> Outcome;

    /// Every container dies by SIGKILL at once and none is started, until [`Cluster::power_on`]. The objects stay.
    ///
    /// # Errors
    /// When the cluster cannot do it.
    fn power_off(&self) -> Outcome;

    /// After [`Cluster::power_off`]: the same pods start again, all at once, whatever the pod management policy.
    ///
    /// # Errors
    /// When the cluster cannot do it.
    fn power_on(&self) -> Outcome;

    /// The volume of this ordinal is lost and a new empty one takes its place. A pod that has it is deleted without grace;
    /// while the power is off, its container finds the empty volume when it starts again.
    ///
    /// # Errors
    /// When there is no such claim.
    fn lose_disk(&self, ordinal: u32) -> Outcome;

    /// `kubectl exec`: runs a command in the pod's container and returns what it wrote.
    ///
    /// # Errors
    /// When there is no such container or the command fails.
    fn exec(&self, ordinal: u32, command: &[&str]) -> Outcome<String>;

    /// What every container has written so far, those of deleted pods included.
    fn logs(&self) -> Vec<Log>;

    /// The same cluster, with the StatefulSet of readers meant wherever an ordinal or the StatefulSet is; pods are those of
    /// that set alone, also where there are none.
    fn readers(&self) -> Arc<dyn Cluster>;

    /// What a secured release is installed with here; none where rqlite is open to everybody.
    fn credentials(&self) -> Option<&Credentials>;

    /// Where pods reach this test program, if they do.
    fn here(&self) -> Option<Ipv4Addr>;

    /// One request to a pod, ready or not, over HTTP or, with credentials, HTTPS.
    ///
    /// # Errors
    /// When the pod has no address or does not answer in time.
    fn http(&self, ordinal: u32, request: &http::Request<'_>) -> io::Result<http::Response> {
        let pod = self.pods().into_iter().find(|pod| pod.ordinal == ordinal);
        let address = pod.and_then(|pod| pod.address).ok_or(io::ErrorKind::AddrNotAvailable)?;
        let client = self.credentials().map_or(&Client::PLAIN, Credentials::client);
        client.send((address, http::RQLITE_PORT).into(), request)
    }
}
