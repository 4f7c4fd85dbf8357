//! What the pods' scripts do, step by step: `cargo test -p rqchart-tests --test scripts [FILTER]`.
//!
//! In: `chart/scripts`, or the folder `$RQCHART_SCRIPTS` (for broken ones, which prove that a test can fail), and a busybox.
//! Out: one test a sentence; all count as ignored, with the reason, where there is no busybox. See [`pod`] for what is real
//! in them and what is not. That the steps together keep a cluster's rows is what the drills show.

mod alive;
mod ask;
mod backup;
mod empty_disk;
mod pod;
mod prune;
mod ready;
mod restore;
mod secured;
mod start;
mod text;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Trial};
use pod::Image;

/// A sentence, and what proves it.
type Test = (&'static str, Box<dyn FnOnce() -> Completion + Send>);

/// The functions as tests, by their names.
macro_rules! tests {
    ($($function:ident),* $(,)?) => {
        vec![$((stringify!($function), crate::test($function))),*]
    };
}
pub(crate) use tests;

fn test(body: impl FnOnce() + Send + 'static) -> Box<dyn FnOnce() -> Completion + Send> {
    Box::new(move || {
        body();
        Completion::Completed
    })
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let busybox = busybox();
    // Before the first test starts: no other thread may hold a program open for writing while one runs it.
    let image = busybox.as_deref().map(Image::build);
    let modules = [
        ("alive", alive::tests()),
        ("ask", ask::tests()),
        ("backup", backup::tests()),
        ("empty_disk", empty_disk::tests()),
        ("prune", prune::tests()),
        ("ready", ready::tests()),
        ("restore", restore::tests()),
        ("secured", secured::tests()),
        ("start", start::tests()),
        ("text", text::tests()),
    ];
    let mut trials = Vec::new();
    for (module, tests) in modules {
        for (name, body) in tests {
            let can_run = image.is_some();
            trials.push(Trial::ignorable_test(format!("{module}::{name}"), move || {
                Ok(if can_run {
                    body()
                } else {
                    Completion::ignored_with("skipped: install busybox-static, or set BUSYBOX")
                })
            }));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn busybox() -> Option<PathBuf> {
    match env::var_os("BUSYBOX") {
        Some(path) => Some(PathBuf::from(path)).filter(|path| path.is_file()),
        None => on_path("busybox"),
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}
