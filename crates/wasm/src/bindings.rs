//! One line for each function of `api`.

use wasm_bindgen::prelude::wasm_bindgen;

/// See [`crate::api::preview`].
#[wasm_bindgen]
pub fn preview(request: &str) -> String {
    crate::api::preview(request)
}
