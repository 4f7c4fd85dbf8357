//! Renders rqlite for Kubernetes: values in, checked manifests out.
//!
//! # Example
//!
//! ```
//! use rqchart::{Chart, Renderer};
//! use rqchart_core::release::{KubeVersion, Release};
//!
//! let chart = Chart::embedded();
//! let release = Release::new("rqdb", "default", chart.info().clone(), KubeVersion::DEFAULT).unwrap();
//! let renderer = Renderer::new(chart)?;
//!
//! let rendering = renderer.render(&serde_json::json!({ "replicas": 5 }), &release)?;
//! assert!(rendering.diagnostics.is_empty());
//! let set = rendering.documents.last().unwrap();
//! assert_eq!(set.template, "templates/statefulset.yaml");
//! assert!(set.text.contains("replicas: 5"));
//! # Ok::<(), rqchart::Error>(())
//! ```
//!
//! # Stages
//!
//! [`layers::merge`]: text → JSON. Then, behind [`Renderer::render`]: `rqchart_core`'s `schema`, `topology` and
//! `rules`; [`context::build`] → what templates see; the templates → [`Document`]s; patches → the same, changed; [`manifest::parse`] and
//! [`check::check`] → what is wrong with them. [`placed::render`] does all of it and says where in the text each finding is.
//!
//! # What this crate does not do
//!
//! It reads no files, clock, environment or network, and makes no secrets: the same input gives the same bytes.

#![deny(clippy::disallowed_methods)]

pub mod bundle;
pub mod chart;
pub mod check;
#[cfg(feature = "package")]
mod checksum;
pub mod context;
pub mod diff;
mod error;
mod escape;
pub mod layers;
#[cfg(feature = "package")]
pub mod link;
pub mod manifest;
pub mod origins;
#[cfg(feature = "package")]
pub mod package;
mod patch;
pub mod placed;
pub mod plan;
mod render;
mod secrets;

pub use chart::Chart;
pub use error::Error;
pub use escape::{document as yaml_document, yaml_string};
pub use manifest::Manifest;
pub use render::{Document, Renderer, Rendering};
