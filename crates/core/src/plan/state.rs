//! What of a side decides about members, disks and restarts.

use std::collections::BTreeMap;

use crate::rqlited::Version;
use crate::values::Quantity;

/// One side of a plan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// Its StatefulSets.
    pub sets: Vec<Set>,
}

/// What the pods of a set are to the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetRole {
    /// Ordinals below this one vote.
    Voters {
        /// The first ordinal that never votes.
        max_voters: u32,
    },
    /// They only read.
    Readers,
    /// Not known: somebody else's.
    Other,
}

/// How pods are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// By Kubernetes, from the highest ordinal down to this one.
    Rolling {
        /// The lowest that is replaced.
        partition: u32,
    },
    /// By whoever deletes them.
    OnDelete,
}

/// How a port speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// With TLS.
    pub tls: bool,
    /// With certificates on both sides.
    pub mutual: bool,
}

/// A StatefulSet.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Set {
    /// Its name, and the beginning of its pods' names.
    pub name: String,
    /// Its namespace.
    pub namespace: Option<String>,
    /// What its pods are to the cluster.
    pub role: SetRole,
    /// How many pods there are; none where an autoscaler decides.
    pub replicas: Option<u32>,
    /// The Service that gives its pods their names in DNS.
    pub service: String,
    /// What its pods are selected by.
    pub selector: BTreeMap<String, String>,
    /// How pods are replaced.
    pub strategy: Strategy,
    /// The claims of each pod, by name.
    pub claims: Vec<Claim>,
    /// Whether claims are deleted with the set.
    pub deletes_with_set: bool,
    /// Whether claims are deleted with their pods in a scale-in.
    pub deletes_when_scaled: bool,
    /// The container that rqlited runs in.
    pub container: String,
    /// The image of that container.
    pub image: String,
    /// The version that the image's tag promises.
    pub version: Option<Version>,
    /// How long a member with a vote may stay away before the leader drops it; none means for ever.
    pub grace: Option<String>,
    /// The same for members without one.
    pub reader_grace: Option<String>,
    /// Whether a Deployment removes the members of pods that a scale-in took away.
    pub prunes: bool,
    /// The recovery that its pods are told of.
    pub recovery: Option<Recovery>,
    /// Whether the API asks for a user.
    pub authenticates: bool,
    /// Traffic with clients.
    pub clients: Traffic,
    /// Traffic between nodes.
    pub nodes: Traffic,
}

/// One of the voters becomes the only member when it starts, unless another pod knows a leader then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// The ordinal of that pod.
    pub survivor: u32,
    /// A word for it: each disk takes part in a recovery of that name once.
    pub attempt: String,
}

/// A claim that each pod of a set has.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Its name within the pod.
    pub name: String,
    /// Its size.
    pub size: Option<Quantity>,
}

/// The claim that holds the database.
pub(super) const DATABASE: &str = "data";

impl Set {
    /// The voters of a cluster as the defaults have it.
    pub fn voters(name: &str, namespace: &str, replicas: u32) -> Self {
        Self {
            name: name.to_owned(),
            namespace: Some(namespace.to_owned()),
            role: SetRole::Voters { max_voters: 5 },
            replicas: Some(replicas),
            service: format!("{name}-headless"),
            selector: BTreeMap::from([("app.kubernetes.io/instance".to_owned(), name.to_owned())]),
            strategy: Strategy::Rolling { partition: 0 },
            claims: vec![Claim { name: DATABASE.to_owned(), size: None }],
            deletes_with_set: false,
            deletes_when_scaled: false,
            container: "rqlite".to_owned(),
            image: String::new(),
            version: None,
            grace: Some("90s".to_owned()),
            reader_grace: Some("90s".to_owned()),
            prunes: false,
            recovery: None,
            authenticates: false,
            clients: Traffic::default(),
            nodes: Traffic::default(),
        }
    }

    /// How many of its pods vote.
    pub fn voting(&self) -> u32 {
        match self.role {
            SetRole::Voters { max_voters } => self.replicas.unwrap_or(1).min(max_voters),
            SetRole::Readers | SetRole::Other => 0,
        }
    }

    /// Whether the pod of an ordinal votes.
    pub(super) fn votes(&self, ordinal: u32) -> bool {
        matches!(self.role, SetRole::Voters { max_voters } if ordinal < max_voters)
    }

    /// How long the pod of an ordinal may stay away before the leader drops it, and the setting that says so.
    pub(super) fn grace_of(&self, ordinal: u32) -> Option<(&str, &'static str)> {
        // Without a time of their own, those without a vote have that of the voters.
        if self.votes(ordinal) || self.grace == self.reader_grace {
            Some((self.grace.as_deref()?, "membership.grace"))
        } else {
            Some((self.reader_grace.as_deref()?, "membership.readerGrace"))
        }
    }

    /// Whether its pods are the cluster's, as far as that is known.
    pub(super) fn is_rqlite(&self) -> bool {
        self.role != SetRole::Other
    }

    /// The same set with another number of pods.
    pub(super) fn sized(&self, replicas: Option<u32>) -> Self {
        Self { replicas, ..self.clone() }
    }

    pub(super) fn pod(&self, ordinal: u32) -> String {
        format!("{}-{ordinal}", self.name)
    }

    pub(super) fn holds_claims(&self) -> bool {
        self.claims.iter().any(|claim| claim.name == DATABASE)
    }

    /// Whether Services and budgets of the one would take pods of the other for theirs, if both were there.
    pub(super) fn shares_pods(&self, other: &Self) -> bool {
        self.namespace == other.namespace && self.selector == other.selector
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.name == other.name && self.namespace == other.namespace
    }
}

impl State {
    /// The set whose first pods vote.
    pub(super) fn voters(&self) -> Option<&Set> {
        self.sets.iter().find(|set| matches!(set.role, SetRole::Voters { .. }))
    }

    /// The same set here.
    pub(super) fn find(&self, set: &Set) -> Option<&Set> {
        self.sets.iter().find(|other| other.is_same(set))
    }
}
