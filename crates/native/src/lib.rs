//! Values in, checked manifests out.

pub mod layers;
