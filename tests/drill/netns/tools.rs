//! The programs that the processes here are made with.
//!
//! In: `$RQLITED`, `$BUSYBOX`, `$PATH`. Out: [`Tools`], or what is missing and how to get it. Looks once, starts nothing.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use crate::drill::cluster::{Failure, Outcome};

/// The major version that is drilled.
const PRESENT: &str = "10";
/// Those that a drill upgrades from, with where they are.
const OLDER: [(&str, &str); 2] = [("8", "RQLITED_8"), ("9", "RQLITED_9")];

#[derive(Debug, Clone)]
pub(super) struct Tools {
    /// `rqlited` by its major version; beside each, because scripts in the pod use it, rqlite's shell.
    rqlited: BTreeMap<&'static str, PathBuf>,
    pub(super) busybox: PathBuf,
    pub(super) chroot: PathBuf,
    pub(super) mount: PathBuf,
    pub(super) nsenter: PathBuf,
    pub(super) unshare: PathBuf,
}

impl Tools {
    pub(super) fn find() -> Outcome<Self> {
        if !rustix::process::geteuid().is_root() {
            return Err(Failure::new("run as root: pods are made with network, mount and pid namespaces"));
        }
        let rqlited = named("RQLITED", "rqlited", "set RQLITED to rqlited 10.2.7, or put it on PATH")?;
        let mut rqlited = BTreeMap::from([(PRESENT, rqlited)]);
        for (major, variable) in OLDER {
            if env::var_os(variable).is_some() {
                rqlited.insert(major, named(variable, "rqlited", "set it to an rqlited of that version")?);
            }
        }
        for shell in rqlited.values().map(|rqlited| rqlited.with_file_name("rqlite")) {
            if !shell.is_file() {
                return Err(Failure::new(format!("put rqlite's shell beside rqlited: {} is missing", shell.display())));
            }
        }
        on_path("ip", "install iproute2")?;
        on_path("setpriv", "install util-linux")?;
        Ok(Self {
            rqlited,
            busybox: named("BUSYBOX", "busybox", "install busybox-static, or set BUSYBOX")?,
            chroot: on_path("chroot", "install coreutils")?,
            mount: on_path("mount", "install mount")?,
            nsenter: on_path("nsenter", "install util-linux")?,
            unshare: on_path("unshare", "install util-linux")?,
        })
    }

    /// Why older versions of rqlite cannot run here, if so.
    pub(super) fn older_missing(&self) -> Option<String> {
        let missing = OLDER.iter().find(|(major, _)| !self.rqlited.contains_key(major));
        missing.map(|(major, variable)| format!("set {variable} to an rqlited of version {major}"))
    }

    /// The major version that an image's tag promises, and its `rqlited`.
    pub(super) fn rqlited(&self, image: &str) -> Outcome<(&'static str, &Path)> {
        let tag = image.rsplit(':').next().unwrap_or_default();
        let found = self.rqlited.iter().find(|(major, _)| tag.split('.').next() == Some(major));
        let (major, rqlited) = found.ok_or_else(|| Failure::new(format!("no rqlited here is {image}")))?;
        Ok((major, rqlited))
    }
}

fn named(variable: &str, program: &str, hint: &str) -> Outcome<PathBuf> {
    match env::var_os(variable).map(PathBuf::from) {
        None => on_path(program, hint),
        Some(path) if path.is_file() => Ok(path.canonicalize()?),
        Some(path) => Err(Failure::new(format!("{variable}={} is not a file: {hint}", path.display()))),
    }
}

fn on_path(program: &str, hint: &str) -> Outcome<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // Debian keeps some of these where only root's login shell looks.
    env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| Path::is_file(file))
        .ok_or_else(|| Failure::new(hint))
}
