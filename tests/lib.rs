//! What the tests of this workspace share.
//!
//! Nothing here is part of the product: no crate outside `tests/` may depend on it.

#![expect(clippy::duration_suboptimal_units, reason = "Duration::from_mins needs Rust 1.91")]

pub mod drill;
