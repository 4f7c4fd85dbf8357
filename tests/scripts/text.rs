//! The scripts as text: a shell can read them, and shellcheck has nothing to say.

use std::process::{Command, Output};

use libtest_mimic::Completion;

use crate::Test;
use crate::pod::{Image, Pod, scripts};

pub fn tests() -> Vec<Test> {
    let mut tests = crate::tests![busybox_can_read_every_script];
    tests.push(("shellcheck_finds_nothing", Box::new(shellcheck_finds_nothing)));
    tests
}

fn busybox_can_read_every_script() {
    let pod = Pod::new("rqdb-0");
    for (name, _) in scripts() {
        let check = Command::new(Image::programs().join("sh")).arg("-n").arg(pod.path("scripts").join(&name)).output();
        assert_says_nothing(&name, &check.unwrap());
    }
}

fn shellcheck_finds_nothing() -> Completion {
    let Some(shellcheck) = crate::on_path("shellcheck") else {
        return Completion::ignored_with("skipped: install shellcheck");
    };
    let pod = Pod::new("rqdb-0");
    let mut check = Command::new(shellcheck);
    check.args(["-x", "-s", "sh", "-P"]).arg(pod.path("scripts")).current_dir(pod.path("scripts"));
    check.args(scripts().into_iter().map(|(name, _)| name));
    assert_says_nothing("shellcheck", &check.output().unwrap());
    Completion::Completed
}

fn assert_says_nothing(what: &str, output: &Output) {
    let said = [String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)].concat();
    assert!(output.status.success() && said.is_empty(), "{what}: {}\n{said}", output.status);
}
