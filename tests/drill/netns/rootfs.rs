//! What a container finds on its file system.
//!
//! In: the tools, a pod's volumes. Out: folders, and the script that mounts them in the container's own mount namespace.
//! The image is the least that Alpine's rqlite image has too: busybox, `rqlited`, `rqlite`, a C library. Nothing of the
//! machine is visible but that library and the plain devices.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::drill::cluster::{Failure, Outcome};

use super::tools::Tools;

/// Bound into each container at the same place, read-only, because `rqlited` is linked against the machine's C library.
const LIBRARIES: [&str; 3] = ["lib", "lib64", "usr/lib"];

/// A folder of this machine that a container sees.
#[derive(Debug, Clone)]
pub(super) struct Mount {
    pub(super) from: PathBuf,
    pub(super) to: String,
    pub(super) read_only: bool,
}

/// Fills a folder with the programs of the image, once a cluster.
pub(super) fn build_image(tools: &Tools, rqlited: &Path, bin: &Path) -> Outcome {
    fs::create_dir_all(bin)?;
    let shell = rqlited.with_file_name("rqlite");
    for (program, name) in [(&*tools.busybox, "busybox"), (rqlited, "rqlited"), (&shell, "rqlite")] {
        fs::copy(program, bin.join(name))?;
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755))?;
    }
    let list = Command::new(&tools.busybox).arg("--list").output()?;
    let applets = String::from_utf8_lossy(&list.stdout);
    for applet in applets.lines().filter(|name| *name != "busybox") {
        symlink("busybox", bin.join(applet))?;
    }
    if bin.join("sh").exists() {
        return Ok(());
    }
    Err(Failure::new(format!("{} has no sh applet", tools.busybox.display())))
}

/// The names a container gets from its kubelet, as files.
pub(super) struct Names<'a> {
    pub(super) hostname: &'a str,
    /// `IP pod.service.namespace.svc.cluster.local pod`, or without the middle one for pods without a subdomain.
    pub(super) hosts: String,
    pub(super) resolv_conf: String,
}

/// Makes the folder that will be the container's root: mount points and the kubelet's files.
pub(super) fn build_root(root: &Path, names: &Names<'_>, mounts: &[Mount]) -> Outcome {
    for folder in ["bin", "dev", "etc", "proc"].iter().chain(&LIBRARIES) {
        fs::create_dir_all(root.join(folder))?;
    }
    for mount in mounts {
        let at = root.join(mount.to.trim_start_matches('/'));
        if mount.from.is_dir() {
            fs::create_dir_all(at)?;
        } else {
            fs::create_dir_all(at.parent().unwrap_or(root))?;
            fs::write(at, "")?;
        }
    }
    let etc = root.join("etc");
    fs::write(etc.join("hostname"), format!("{}\n", names.hostname))?;
    fs::write(etc.join("hosts"), &names.hosts)?;
    fs::write(etc.join("resolv.conf"), &names.resolv_conf)?;
    fs::write(etc.join("nsswitch.conf"), "hosts: files dns\n")?;
    fs::write(etc.join("passwd"), "root:x:0:0:root:/:/bin/sh\nrqlite:x:1000:1000:rqlite:/:/bin/sh\n")?;
    Ok(())
}

/// The script that process 1 of a container runs before it becomes the container's command: `sh -eu -c SCRIPT sh COMMAND…`.
///
/// It ends with `exec`, so that the command is process 1 itself, hears SIGTERM, and is not saved from signals by a shell.
pub(super) fn entry_script(tools: &Tools, bin: &Path, root: &Path, hostname: &str, entry: &Entry<'_>) -> String {
    let mount = tools.mount.display();
    let at = root.display();
    let mut script = format!(
        "echo {hostname} >/proc/sys/kernel/hostname\n{mount} --bind {at} {at}\n{mount} -t proc proc {at}/proc\n\
         {mount} -t tmpfs -o mode=755 dev {at}/dev\n{}/ln -s /proc/self/fd {at}/dev/fd\n",
        bin.display()
    );
    for device in ["null", "zero", "full", "random", "urandom"] {
        let _ = writeln!(script, ": >{at}/dev/{device}; {mount} --bind /dev/{device} {at}/dev/{device}");
    }
    let mut bind = |from: &Path, to: &str, read_only: bool| {
        let (from, to) = (from.display(), format!("{at}/{}", to.trim_start_matches('/')));
        let _ = writeln!(script, "{mount} --bind {from} {to}");
        if read_only {
            let _ = writeln!(script, "{mount} -o remount,bind,ro {to}");
        }
    };
    bind(bin, "bin", true);
    for library in LIBRARIES.iter().filter(|folder| Path::new("/").join(folder).is_dir()) {
        bind(&Path::new("/").join(library), library, true);
    }
    for volume in entry.mounts {
        bind(&volume.from, &volume.to, volume.read_only);
    }
    if entry.read_only_root {
        let _ = writeln!(script, "{mount} -o remount,bind,ro {at}");
    }
    // The hostname is set through /proc, so that no host program is needed for it; `started` opens the pod to exec.
    let _ = writeln!(script, ": >{}", entry.started.display());
    let _ = writeln!(script, "exec {} {} {at} \"$@\"", tools.chroot.display(), entry.user.chroot_options());
    script
}

/// How the container's command is entered.
pub(super) struct Entry<'a> {
    pub(super) mounts: &'a [Mount],
    pub(super) read_only_root: bool,
    pub(super) user: User,
    /// A file that appears when the root is complete.
    pub(super) started: &'a Path,
}

/// Who a container's processes are.
#[derive(Debug, Clone, Copy)]
pub(super) struct User {
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) fs_group: Option<u32>,
}

impl User {
    pub(super) fn chroot_options(self) -> String {
        let groups = self.fs_group.unwrap_or(self.gid);
        format!("--userspec={}:{} --groups={groups}", self.uid, self.gid)
    }
}

/// Hands a volume to the pod's group, as the kubelet does for `fsGroup`.
pub(super) fn give_to_group(folder: &Path, group: Option<u32>) -> Outcome {
    if let Some(group) = group {
        chown(folder, None, Some(group))?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o2775))?;
    } else {
        // Without fsGroup a volume belongs to root; an emptyDir may be written by everybody.
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}
