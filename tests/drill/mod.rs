//! Drills: what a rendered release must survive, run with real `rqlited` processes.
//!
//! In: manifests, exactly as they would be given to `kubectl apply`, and something that carries them out ([`Cluster`]).
//! Out: for each drill a [`report::Report`], or the first promise that was broken.
//!
//! A drill speaks to a cluster in Kubernetes' terms only, so that the same drill runs against the pods that [`netns`] makes
//! from plain processes and against a real Kubernetes. It must not know which of the two it has, and it must not know
//! anything about how the chart keeps its promises: only what a user sees (rows, members, leaders, Ready).

pub mod checks;
pub mod cluster;
pub mod credentials;
pub mod drills;
pub mod http;
pub mod kubernetes;
pub mod manifests;
pub mod netns;
pub mod report;
pub mod rqlite;
pub mod stage;
pub mod store;
pub mod tls;
pub mod trial;
pub mod variant;
pub mod watch;
pub mod writer;

pub use cluster::{Cluster, Failure, Outcome};
