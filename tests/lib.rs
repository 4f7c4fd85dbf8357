//! What the tests of this workspace share.
//!
//! Nothing here is part of the product: no crate outside `tests/` may depend on it.

pub mod drill;
