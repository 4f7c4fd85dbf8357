//! `cargo xtask dist`: the binary that is released.
//!
//! It is linked statically, without the dynamic linker's work at each start: about a quarter of a cold run's time. A plain
//! `cargo build --release` stays dynamic, because not every machine has the static C library.
//!
//! It is built twice: the second time by what the first one did while it rendered the examples. A cold run is the kernel's
//! work on the pages that it touches, and what ran then is put on pages of its own: a fifth less memory, a seventh fewer
//! instructions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rqchart::chart::examples;

use crate::command::{command, output, root};

/// Without the dynamic linker, and at fixed addresses: nothing is left to do at start.
const FLAGS: [&str; 2] = ["-Ctarget-feature=+crt-static", "-Crelocation-model=static"];
/// Keeps what ran, what did not and the rest apart. GNU's linker does so unasked.
const SEPARATE: &str = "-Clink-arg=-Wl,-z,keep-text-section-prefix";

/// Builds it and says where it is.
pub(crate) fn run() -> Result<(), String> {
    let path = build()?;
    println!("{}", path.display());
    Ok(())
}

/// Builds it; returns its path.
pub(crate) fn build() -> Result<PathBuf, String> {
    let version = output(&mut command("rustc -vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc tells no host")?;
    let dist = root().join("target/dist");
    fs::create_dir_all(&dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    let built = match profile(host) {
        Ok(profile) => compile(host, "static", &[SEPARATE, &format!("-Cprofile-use={}", profile.display())])?,
        Err(reason) => {
            eprintln!("built without a profile: {reason}");
            compile(host, "static", &[])?
        }
    };
    fs::copy(&built, dist.join("rqchart")).map_err(|error| format!("{}: {error}", built.display()))?;
    Ok(dist.join("rqchart"))
}

fn compile(host: &str, folder: &str, flags: &[&str]) -> Result<PathBuf, String> {
    let folder = root().join("target").join(folder);
    let flags = [&FLAGS, flags].concat().join("\x1f"); // as cargo separates them: paths may have spaces
    let mut build = command(&format!("cargo build --quiet --profile dist -p rqchart-cli --target {host} --target-dir"));
    output(build.arg(&folder).env("CARGO_ENCODED_RUSTFLAGS", flags).stderr(Stdio::inherit()))?;
    Ok(folder.join(host).join("dist/rqchart"))
}

/// What ran while the examples were rendered.
fn profile(host: &str) -> Result<PathBuf, String> {
    let merge = profdata(host)?;
    let folder = root().join("target/profile");
    let _ = fs::remove_dir_all(&folder); // what another build has counted
    let program = compile(host, "counting", &[&format!("-Cprofile-generate={}", folder.display())])?;
    let template = || {
        let mut template = Command::new(&program);
        template.args(["template", "rqdb"]).stderr(Stdio::null());
        template
    };
    output(&mut template())?;
    for (name, _) in examples() {
        output(template().args(["--preset", name]))?;
    }
    let merged = folder.join("merged.profdata");
    output(Command::new(merge).args(["merge", "-o"]).args([&merged, &folder]))?;
    Ok(merged)
}

/// The program that merges counts, of this compiler's own LLVM.
fn profdata(host: &str) -> Result<PathBuf, String> {
    let sysroot = output(&mut command("rustc --print sysroot"))?;
    let program = Path::new(sysroot.trim()).join(format!("lib/rustlib/{host}/bin/llvm-profdata"));
    if !program.is_file() {
        output(&mut command("rustup component add llvm-tools"))
            .map_err(|error| format!("there is no llvm-profdata: {error}"))?;
    }
    Ok(program)
}
