//! The programs that the processes here are made with.
//!
//! In: `$RQLITED`, `$BUSYBOX`, `$PATH`. Out: [`Tools`], or what is missing and how to get it. Looks once, starts nothing.

use std::env;
use std::path::{Path, PathBuf};

use crate::drill::cluster::{Failure, Outcome};

#[derive(Debug, Clone)]
pub(super) struct Tools {
    pub(super) rqlited: PathBuf,
    /// rqlite's shell, from the folder of `rqlited`, because scripts in the pod use it.
    pub(super) rqlite: PathBuf,
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
        let rqlite = rqlited.with_file_name("rqlite");
        if !rqlite.is_file() {
            return Err(Failure::new(format!("put rqlite's shell beside rqlited: {} is missing", rqlite.display())));
        }
        on_path("ip", "install iproute2")?;
        on_path("setpriv", "install util-linux")?;
        Ok(Self {
            rqlited,
            rqlite,
            busybox: named("BUSYBOX", "busybox", "install busybox-static, or set BUSYBOX")?,
            chroot: on_path("chroot", "install coreutils")?,
            mount: on_path("mount", "install mount")?,
            nsenter: on_path("nsenter", "install util-linux")?,
            unshare: on_path("unshare", "install util-linux")?,
        })
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
