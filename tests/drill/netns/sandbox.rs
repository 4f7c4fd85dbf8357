//! The namespaces around the whole run.
//!
//! In: the command line of the test program. Out: the same program once more, as process 1 of namespaces of its own, in
//! which every bridge, mount, file and process of the drills lives. When it ends in whatever way, or the program that
//! started it does, the kernel removes all of that: there is no clean-up that could be forgotten.

use std::env;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitCode};

use crate::drill::cluster::{Failure, Outcome};

/// Set for the program inside.
const INSIDE: &str = "RQCHART_DRILLS_INSIDE";

/// Where everything lives that the drills write: in memory, seen by nobody else.
pub(super) const ROOT: &str = "/run/rqchart-drills";

/// Goes into the namespaces; what is returned is the result of the run inside, or nothing where this is that run.
///
/// # Errors
/// When they cannot be made, or are not what they should be.
pub(super) fn go_in() -> Outcome<Option<ExitCode>> {
    if env::var_os(INSIDE).is_some() { prepare().map(|()| None) } else { enter().map(Some) }
}

/// Runs this program again inside, and waits for it.
fn enter() -> Outcome<ExitCode> {
    // unshare ignores SIGINT, and process 1 of a namespace every signal it does not handle: so it is not they who hear
    // Ctrl-C but this process, and its death is passed on by the kernel (pdeathsig, kill-child).
    let status = Command::new("setpriv")
        .args([
            "--pdeathsig",
            "KILL",
            "unshare",
            "--net",
            "--mount",
            "--pid",
            "--ipc",
            "--uts",
            "--fork",
            "--kill-child",
        ])
        .arg("--mount-proc")
        .arg(env::current_exe()?)
        .args(env::args_os().skip(1))
        .env(INSIDE, "1")
        .status()?;
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}

/// Prepares the inside, once: an empty /run for `ip netns` and for our own files, and a loopback device.
fn prepare() -> Outcome {
    if std::process::id() != 1 {
        return Err(Failure::new(format!("{INSIDE} is set outside of the namespaces it stands for: unset it")));
    }
    must(Command::new("mount").args(["-t", "tmpfs", "-o", "mode=755", "drills", "/run"]))?;
    must(Command::new("ip").args(["link", "set", "lo", "up"]))?;
    std::fs::create_dir(ROOT)?;
    Ok(())
}

fn must(command: &mut Command) -> Outcome {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(Failure::new(String::from_utf8_lossy(&output.stderr).trim()).while_doing(format!("{command:?}")))
}
