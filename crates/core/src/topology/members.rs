//! Who is in the cluster, and who may do what.

use serde::Serialize;

use super::Names;
use super::sets::{Around, Component};
use crate::quorum;
use crate::release::Release;
use crate::values::Values;

/// How many pods at most may found a cluster: the seed ordinals 0, 1 and 2.
///
/// A new replica must be able to join while any one of them is up, so there is more than one; and the list is part of
/// every pod's command line, so it must not change when the set is scaled.
const MOST_SEEDS: u32 = 3;

/// Sizes and votes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cluster {
    /// How many pods there are.
    pub replicas: u32,
    /// The first ordinal that never votes, however far the set is scaled.
    pub max_voters: u32,
    /// How many pods vote.
    pub voters: u32,
    /// How many pods found the cluster together; ordinals from 0.
    pub seeds: u32,
    /// How many voters must agree.
    pub majority: u32,
    /// How many voters may be lost.
    pub tolerated_losses: u32,
}

impl Cluster {
    pub(super) fn resolve(values: &Values) -> Self {
        let (replicas, max_voters) = (values.replicas.count(), values.max_voters.count());
        let voters = replicas.min(max_voters);
        Self {
            replicas,
            max_voters,
            voters,
            seeds: voters.min(MOST_SEEDS),
            majority: quorum::majority(voters),
            tolerated_losses: quorum::tolerated_losses(voters),
        }
    }

    /// What the pod of an ordinal is to the cluster, however far the set is scaled.
    fn role(&self, ordinal: u32) -> Role {
        match ordinal {
            _ if ordinal < self.seeds => Role::Seed,
            _ if ordinal < self.max_voters => Role::Voter,
            _ => Role::NonVoter,
        }
    }
}

/// What a pod is to the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Votes, founds the cluster with the other seeds, and is asked by those who join.
    Seed,
    /// Votes; joins only.
    Voter,
    /// Holds all data, has no vote; joins only.
    NonVoter,
}

/// One pod.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Member {
    /// Its number in the StatefulSet.
    pub ordinal: u32,
    /// Its name, which is also its id in Raft.
    pub pod: String,
    /// Its name in DNS, by which the others know it.
    pub address: String,
    /// What it is to the cluster.
    pub role: Role,
    /// The name of its PersistentVolumeClaim.
    pub claim: String,
}

/// What follows a pod's name in its name in DNS.
fn domain(values: &Values, release: &Release, names: &Names, component: Component) -> String {
    let (_, headless) = names.of(component);
    format!("{headless}.{}.svc.{}", release.namespace, values.cluster_domain)
}

/// The name in DNS of the first pod of the voters, which is always there.
pub(super) fn first_address(values: &Values, release: &Release, names: &Names) -> String {
    format!("{}-0.{}", names.fullname, domain(values, release, names, Component::Database))
}

pub(super) fn resolve(values: &Values, around: Around<'_>, component: Component, count: u32) -> Vec<Member> {
    let Around { release, names, cluster, .. } = around;
    let (set, _) = names.of(component);
    let domain = domain(values, release, names, component);
    let member = |ordinal| {
        let pod = format!("{set}-{ordinal}");
        Member {
            ordinal,
            address: format!("{pod}.{domain}"),
            role: match component {
                Component::Database => cluster.role(ordinal),
                Component::Reader => Role::NonVoter,
            },
            claim: format!("{}-{pod}", names.volume),
            pod,
        }
    };
    (0..count).map(member).collect()
}
