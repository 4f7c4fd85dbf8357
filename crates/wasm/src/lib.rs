//! rqchart in the browser.

pub mod api;
#[cfg(target_arch = "wasm32")]
pub mod bindings;
