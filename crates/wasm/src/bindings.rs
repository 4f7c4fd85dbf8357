//! One line for each function of `api`, in the wasm file that the feature is for.

#[cfg(any(feature = "archives", feature = "engine"))]
use wasm_bindgen::prelude::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::api;

/// Makes a panic throw its message, instead of a trap without one: a text, where functions throw an `Error`. What panicked
/// must not be used again.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| wasm_bindgen::throw_val(panic.to_string().into())));
}

macro_rules! texts {
    ($feature:literal: $($name:ident)*) => {$(
        #[cfg(feature = $feature)]
        #[doc = concat!("See [`crate::api::", stringify!($name), "`].")]
        #[wasm_bindgen]
        pub fn $name(request: &str) -> String {
            api::$name(request)
        }
    )*};
}

texts! { "engine":
    about
    preview
    commands
    edit
    locate
    manifests
    origins
    diff
    unpacked
    open
    simulator
}

/// See [`crate::api::packed`].
#[cfg(feature = "engine")]
#[wasm_bindgen]
pub fn packed(json: &str, deflated: &[u8]) -> Result<String, JsError> {
    api::packed(json, deflated).map_err(|error| JsError::new(&error))
}

texts! { "ahead":
    scenarios
    play
    faults
    attach
    attached
    plan
}

macro_rules! bytes {
    ($feature:literal: $($name:ident)*) => {$(
        #[cfg(feature = $feature)]
        #[doc = concat!("See [`crate::api::", stringify!($name), "`].")]
        #[wasm_bindgen]
        pub fn $name(request: &str) -> Result<Vec<u8>, JsError> {
            api::$name(request).map_err(|error| JsError::new(&error))
        }
    )*};
}

bytes! { "archives":
    pack
    zip
}
