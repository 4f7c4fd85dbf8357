//! Renders rqlite for Kubernetes: values in, checked manifests out.

#![deny(clippy::disallowed_methods)]

pub mod chart;
pub mod context;
mod error;
mod escape;
pub mod layers;
pub mod render;

pub use chart::Chart;
pub use error::Error;
pub use render::{Document, Renderer};
