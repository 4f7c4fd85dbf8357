//! rqlite on Kubernetes, as data.

#![deny(clippy::disallowed_methods)]

pub mod diagnostic;
