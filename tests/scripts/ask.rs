//! How a command is bounded, with real commands and real time: what `within` of `ask.sh` does, which is a stub elsewhere.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::process::{Command, ExitStatus, Stdio};

use tempfile::TempDir;

use crate::Test;
use crate::pod::{Image, scripts};

pub fn tests() -> Vec<Test> {
    crate::tests![
        a_command_reads_writes_and_ends_as_if_nothing_bounded_it,
        a_command_that_takes_too_long_is_ended,
        nobody_waits_for_the_rest_of_a_limit,
        no_process_is_left_when_the_command_has_ended,
        no_process_is_left_when_the_command_was_ended,
    ]
}

/// What came of some lines of shell behind `ask.sh`.
struct Run {
    status: ExitStatus,
    out: String,
    err: String,
    /// The command lines of processes that outlive the shell.
    left: Vec<String>,
}

fn run(lines: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    for applet in ["cat", "sh", "tail", "true"] {
        symlink(Image::programs().join("busybox"), folder.path().join(applet)).unwrap();
    }
    let (_, ask) = scripts().into_iter().find(|(name, _)| name == "ask.sh").unwrap();
    fs::write(folder.path().join("script"), format!("set -eu\n{ask}\n{lines}\n")).unwrap();
    let output = |name| Stdio::from(File::create(folder.path().join(name)).unwrap());
    let mut command = Command::new(Image::programs().join("sh"));
    command.arg(folder.path().join("script")).env_clear().env("PATH", folder.path());
    let status = command.stdin(Stdio::null()).stdout(output("out")).stderr(output("err")).status().unwrap();
    let left = left(&folder);
    let read = |name| fs::read_to_string(folder.path().join(name)).unwrap();
    Run { status, out: read("out"), err: read("err"), left }
}

/// The processes that have this folder for their PATH, which the shell has given them.
fn left(folder: &TempDir) -> Vec<String> {
    let path = format!("PATH={}", folder.path().display());
    let processes = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
    let read = |file| String::from_utf8_lossy(&fs::read(file).unwrap_or_default()).into_owned();
    let ours = processes.filter(|process| read(process.join("environ")).split('\0').any(|variable| variable == path));
    ours.map(|process| read(process.join("cmdline")).replace('\0', " ")).collect()
}

fn a_command_reads_writes_and_ends_as_if_nothing_bounded_it() {
    let run = run("echo told | within 50 sh -c 'cat; echo complains >&2; exit 3' || echo $?");
    assert_eq!((&*run.out, &*run.err, run.status.code()), ("told\n3\n", "complains\n", Some(0)));
}

fn a_command_that_takes_too_long_is_ended() {
    let run = run("within 0.1 tail -f /dev/null || echo $?");
    assert_eq!((&*run.out, &*run.err, run.status.code()), ("143\n", "", Some(0)));
}

/// A day for each of them: the test would not end.
fn nobody_waits_for_the_rest_of_a_limit() {
    let run = run("within 86400 true; answer=$(within 86400 echo told); echo \"$answer\" | within 86400 cat");
    assert_eq!((&*run.out, run.status.code()), ("told\n", Some(0)));
}

fn no_process_is_left_when_the_command_has_ended() {
    assert_eq!(run("within 50 true").left, [""; 0]);
}

fn no_process_is_left_when_the_command_was_ended() {
    assert_eq!(run("within 0.1 tail -f /dev/null || :").left, [""; 0]);
}
