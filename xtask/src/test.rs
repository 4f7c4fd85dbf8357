//! `cargo xtask test`: installs what the tests need, runs all of them, and counts.
//!
//! A test that cannot run where it is says why and counts as skipped, never as passed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::command::{command, exists, run};
use crate::{codegen, web};

/// Programs that tests use, with the Debian package that has them.
const PROGRAMS: &[(&str, &str)] = &[
    ("shellcheck", "shellcheck"),
    ("busybox", "busybox-static"),
    ("ip", "iproute2"),
    ("setpriv", "util-linux"),
    ("chromium", "chromium"),
];

/// Where tests write why they could not run, among what cargo builds.
const SKIPPED: &str = "skipped.txt";

#[derive(Debug, Default)]
struct Count {
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// Runs everything.
pub(crate) fn run_all() -> Result<(), String> {
    install();
    let mut count = Count::default();
    count.step("generated files are up to date", codegen::check());
    count.step("the code is formatted", run("cargo fmt --all --check"));
    count.step("clippy finds nothing", run("cargo clippy --workspace --all-targets --quiet -- -Dwarnings"));
    count.tests("cargo test --workspace --no-fail-fast")?;
    count.engine();
    let Count { passed, failed, skipped } = count;
    println!("\n{passed} passed, {failed} failed, {skipped} skipped");
    if failed == 0 { Ok(()) } else { Err("some tests failed".to_owned()) }
}

/// Installs missing programs where that is possible; tests tell for themselves what they miss.
fn install() {
    let missing: Vec<&str> =
        PROGRAMS.iter().filter(|(program, _)| !exists(program)).map(|(_, package)| *package).collect();
    if !missing.is_empty() && exists("apt-get") {
        let _ = run("apt-get update -qq");
        let _ = run(&format!("apt-get install -y -qq {}", missing.join(" ")));
    }
    let has_yaml = || Command::new("python3").args(["-c", "import yaml"]).status().is_ok_and(|status| status.success());
    if exists("python3") && !has_yaml() {
        let _ = run("python3 -m pip install --quiet pyyaml");
    }
}

impl Count {
    fn step(&mut self, what: &str, result: Result<(), String>) {
        match result {
            Ok(()) => {
                println!("ok: {what}");
                self.passed += 1;
            }
            Err(message) => {
                println!("FAILED: {what}: {message}");
                self.failed += 1;
            }
        }
    }

    /// The engine as a browser gets it.
    fn engine(&mut self) {
        let built = web::engine();
        let is_built = built.is_ok();
        self.step("the engine is built for browsers", built);
        if !is_built {
            return;
        }
        if !exists("node") {
            return self.skip("the engine in wasm: there is no node");
        }
        let program = web::target_dir().join("debug/rqchart");
        let compare = |test: &str| run(&format!("node tests/wasm/{test}.mjs {}", program.display()));
        let compared = run("cargo build --quiet -p rqchart-cli").and_then(|()| compare("same_bytes"));
        self.step("the engine gives the same bytes as the program", compared);
        self.step("it plays and plans as the program does", compare("ahead"));
        if !exists("npm") {
            return self.skip("the page: there is no npm");
        }
        let built = web::page();
        let is_built = built.is_ok();
        self.step("the page is built", built);
        self.step("downloads are no larger than they were", run("node tests/wasm/sizes.mjs"));
        if is_built {
            self.step("the page's types fit", run("npm --prefix web run check"));
            // Once more: now there is a page for it to embed.
            self.step("the program embeds the page", run("cargo build --quiet -p rqchart-cli"));
            self.stories();
        }
    }

    /// The page in a real Chromium.
    fn stories(&mut self) {
        let output = command("npm --prefix web test").output();
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        println!("{text}");
        let number = |word: &str| {
            // Node's reporters begin these lines with other signs.
            let line = text
                .lines()
                .find_map(|line| line.trim_start_matches(['#', 'ℹ', ' ']).strip_prefix(&format!("{word} ")));
            line.and_then(|count| count.parse::<usize>().ok())
        };
        let (passed, failed, skipped) = (number("pass"), number("fail"), number("skipped"));
        self.passed += passed.unwrap_or(0);
        self.failed += failed.unwrap_or(1); // it did not even begin
        self.skipped += skipped.unwrap_or(0);
    }

    fn skip(&mut self, reason: &str) {
        println!("skipped: {reason}");
        self.skipped += 1;
    }

    /// Runs a test command, passes its output on, and adds up the `test result:` lines of its binaries.
    fn tests(&mut self, line: &str) -> Result<(), String> {
        println!("$ {line}");
        let reasons = web::target_dir().join(SKIPPED);
        let _ = fs::remove_file(&reasons);
        let mut command = command(line);
        let mut child = command
            .env("RQCHART_SKIPPED", &reasons)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{line}: {error}"))?;
        let failed_before = self.failed;
        for text in BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok) {
            println!("{text}");
            if let Some(result) = text.strip_prefix("test result: ") {
                let number = |word: &str| {
                    let part = result.split([';', '.']).find(|part| part.trim().ends_with(word))?;
                    part.trim().split(' ').next()?.parse::<usize>().ok()
                };
                self.passed += number("passed").unwrap_or(0);
                self.failed += number("failed").unwrap_or(0);
                self.skipped += number("ignored").unwrap_or(0);
            }
        }
        let status = child.wait().map_err(|error| format!("{line}: {error}"))?;
        if !status.success() && self.failed == failed_before {
            self.failed += 1; // it did not even compile
        }
        for reason in fs::read_to_string(reasons).unwrap_or_default().lines() {
            self.passed -= 1; // as which the harness counted it
            self.skip(reason);
        }
        Ok(())
    }
}
