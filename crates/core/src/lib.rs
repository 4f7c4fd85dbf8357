//! rqlite on Kubernetes, as data: what can be set, what it means, and what is wrong with it.
//!
//! # Stages
//!
//! 1. [`schema::validate`]: JSON → [`values::Values`], or every finding about it.
//! 2. [`topology::Topology::resolve`]: values and a [`release::Release`] → the cluster with everything decided.
//! 3. [`rules::check`]: the cluster → findings across settings.
//!
//! [`picture::Picture`] and [`summary::Summary`] are the cluster as a drawing shows it, and in words.
//!
//! Rendering is the business of the crate `rqchart`.
//!
//! # What this crate does not do
//!
//! It reads no files, clock, environment or network, and it writes no YAML.

#![deny(clippy::disallowed_methods)]

pub mod diagnostic;
pub mod metrics;
pub mod picture;
pub mod plan;
pub mod quorum;
pub mod release;
pub mod rqlited;
pub mod rules;
pub mod schema;
pub mod simulate;
pub mod summary;
pub mod topology;
pub mod values;
