//! Programs that are run to their end, within a time.
//!
//! In: a command line, standard input, a limit. Out: standard output, or why there is none. Knows nothing of Kubernetes.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::drill::cluster::{Failure, Outcome};

/// What coreutils' `timeout` exits with when the time is up.
const TIME_IS_UP: i32 = 124;

/// Runs a program that reads `input` before it writes much (pipes are small) and returns what it wrote.
pub(super) fn run(command: &[&str], input: &str, limit: Duration) -> Outcome<String> {
    let what = || command.join(" ");
    let mut child = Command::new("timeout")
        .args(["--kill-after=2", &limit.as_secs().to_string()])
        .args(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Failure::from(error).while_doing("starting coreutils' timeout"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that fails early does not read: its own words say more than a broken pipe.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let reason = match output.status.code() {
        Some(TIME_IS_UP) => format!("not within {limit:?}"),
        _ => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    };
    Err(Failure::new(reason).while_doing(what()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_secs(1);

    #[test]
    fn a_program_gets_its_input_and_gives_its_output() {
        assert_eq!(run(&["cat"], "a word", SHORT).unwrap(), "a word");
    }

    #[test]
    fn a_program_that_fails_is_quoted() {
        let failure = run(&["sh", "-c", "echo why >&2; exit 3"], "", SHORT).unwrap_err();
        assert!(failure.to_string().ends_with("why"), "{failure}");
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let failure = run(&["sleep", "60"], "", SHORT).unwrap_err();
        assert_eq!(failure.to_string(), "sleep 60: not within 1s");
    }
}
