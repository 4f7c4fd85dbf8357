//! `cargo xtask web`: the configurator's page, one folder that any static host serves.
//!
//! The engine is compiled to wasm, its glue is written by wasm-bindgen, the default release's preview is made for the time
//! before the wasm runs, and Vite bundles. The engine is three wasm files of one crate: what the page needs at once, what it
//! loads when somebody asks what will happen, and what it loads when somebody takes an archive. The result lies in web/dist, and
//! in crates/cli/page, where the program embeds it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{command, exists, root, run};

const TARGET: &str = "wasm32-unknown-unknown";
/// Where the page looks for the engine.
const ENGINE: &str = "web/src/engine/wasm";
/// Its files, each a feature of the crate, and the profile that it is built with.
const PARTS: [(&str, &str); 3] = [("engine", "engine"), ("ahead", "ahead"), ("archives", "engine")];
/// What the page shows before the engine runs.
const FIRST: &str = "web/src/engine/first.txt";
/// What the program embeds.
const EMBEDDED: &str = "crates/cli/page";
/// The release that the page begins with.
const RELEASE: &str = r#"{ "release": { "name": "rqlite", "namespace": "default" }, "text": "" }"#;

/// Builds engine and page.
pub(crate) fn build() -> Result<(), String> {
    engine()?;
    page()
}

/// Bundles the page around an engine that is built.
pub(crate) fn page() -> Result<(), String> {
    let first = root().join(FIRST);
    fs::write(&first, rqchart_wasm::api::preview(RELEASE)).map_err(|error| format!("{FIRST}: {error}"))?;
    run("npm --prefix web ci --no-audit --no-fund")?;
    run("npm --prefix web run build")?;
    embed()
}

/// Compiles the engine and writes its glue.
pub(crate) fn engine() -> Result<(), String> {
    for (part, profile) in PARTS {
        let wasm = compile(part, profile)?;
        let out = root().join(ENGINE);
        let (wasm, out) = (wasm.display(), out.display());
        // A program of its own in this workspace: wasm-bindgen's two halves then have one version, that of Cargo.lock.
        run(&format!("cargo run --quiet -p xtask --features glue --bin glue -- {wasm} {out} {part}"))?;
    }
    Ok(())
}

/// Whether rustc can compile for browsers, as it is or with what rustup brings.
pub(crate) fn has_target() -> bool {
    let output = command(&format!("rustc --print target-libdir --target {TARGET}")).output();
    output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

/// Debian's compiler for browsers: its rustc has no std for wasm, but brings its sources.
const DEBIAN: &str = "rustc-web cargo-web rust-web-src lld-19";

fn compile(part: &str, profile: &str) -> Result<PathBuf, String> {
    if !has_target() && exists("rustup") {
        let _ = run(&format!("rustup target add {TARGET}"));
    }
    let build = format!(
        "build --quiet --profile {profile} -p rqchart-wasm --target {TARGET} --no-default-features --features {part}"
    );
    let line = if has_target() {
        format!("cargo {build}")
    } else {
        format!("/usr/bin/cargo {build} -Zbuild-std=std,panic_abort")
    };
    let mut cargo = command(&line);
    if !has_target() {
        if !exists("wasm-ld-19") {
            run("apt-get update -qq")?;
            run(&format!("apt-get install -y -qq {DEBIAN}"))?;
        }
        cargo.env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1");
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-19");
    }
    eprintln!("$ {line}");
    match cargo.status() {
        Ok(status) if status.success() => Ok(target_dir().join(TARGET).join(profile).join("rqchart_wasm.wasm")),
        Ok(status) => Err(format!("{line}: {status}")),
        Err(error) => Err(format!("{line}: {error}")),
    }
}

/// Where cargo puts what it builds.
pub(crate) fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Puts the page where the next build of the program takes it from.
fn embed() -> Result<(), String> {
    let embedded = root().join(EMBEDDED);
    for entry in fs::read_dir(&embedded).map_err(|error| format!("{EMBEDDED}: {error}"))?.flatten() {
        let path = entry.path();
        let removed = match path.is_dir() {
            true => fs::remove_dir_all(&path),
            false if entry.file_name() == ".gitignore" => Ok(()),
            false => fs::remove_file(&path),
        };
        removed.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    copy(&root().join("web/dist"), &embedded)
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", from.display());
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target).map_err(failed)?;
        }
    }
    Ok(())
}
