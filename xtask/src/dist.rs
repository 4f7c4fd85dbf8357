//! `cargo xtask dist`: the binary that is released.
//!
//! It is linked statically, without the dynamic linker's work at each start: about a quarter of a cold run's time. A plain
//! `cargo build --release` stays dynamic, because not every machine has the static C library.

use std::fs;
use std::path::PathBuf;

use crate::command::{command, root};

/// Builds it and says where it is.
pub(crate) fn run() -> Result<(), String> {
    let path = build()?;
    println!("{}", path.display());
    Ok(())
}

/// Builds it; returns its path.
pub(crate) fn build() -> Result<PathBuf, String> {
    let version = command("rustc -vV").output().map_err(|error| format!("rustc: {error}"))?.stdout;
    let version = String::from_utf8_lossy(&version).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc tells no host")?;
    let line = format!("cargo build --quiet --profile dist -p rqchart-cli --target {host} --target-dir target/static");
    let flags = "-C target-feature=+crt-static -C relocation-model=static";
    let status = command(&line).env("RUSTFLAGS", flags).status().map_err(|error| format!("{line}: {error}"))?;
    if !status.success() {
        return Err(format!("{line}: {status}"));
    }
    let dist = root().join("target/dist");
    fs::create_dir_all(&dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    let built = root().join(format!("target/static/{host}/dist/rqchart"));
    fs::copy(&built, dist.join("rqchart")).map_err(|error| format!("{}: {error}", built.display()))?;
    Ok(dist.join("rqchart"))
}
