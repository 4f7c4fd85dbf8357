//! `cargo xtask bench`: how long a cold run takes, as a ratio to others on the same machine in the same minutes; and how long
//! the page takes from a keystroke to what comes of it.
//!
//! Machines are noisy, so the runs of all programs are interleaved, and minima are compared.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::command::{command, exists, root, run};
use crate::{dist, web};

const ROUNDS: usize = 300;

/// Builds the release binary and prints the table.
pub(crate) fn run_bench() -> Result<(), String> {
    let program = dist::build()?;
    let output = root().join("target/bench.yaml");
    let rendered = command(&format!("{} template rqdb", program.display())).output().map_err(|e| e.to_string())?;
    std::fs::write(&output, rendered.stdout).map_err(|error| error.to_string())?;
    let mut lines = vec![
        format!("cat {}", output.display()),
        "true".to_owned(),
        format!("{} template rqdb", program.display()),
        format!("{} template rqdb --set replicas=300", program.display()),
        format!("{} lint rqdb", program.display()),
    ];
    if let (true, Ok(chart)) = (exists("helm"), std::env::var("HELM_CHART")) {
        lines.push(format!("helm template rqdb {chart}"));
    }
    if exists("jrsonnet") {
        // The least that Jsonnet can have to do: its program is the result.
        let result = command(&format!("{} template rqdb --output json", program.display())).output();
        let path = root().join("target/bench.jsonnet");
        std::fs::write(&path, result.map_err(|e| e.to_string())?.stdout).map_err(|error| error.to_string())?;
        lines.push(format!("jrsonnet {}", path.display()));
    }
    let minima = measure(&lines)?;
    let floor = minima[0].as_secs_f64();
    println!("| command | min ms | x cat |\n| --- | --- | --- |");
    for (line, time) in lines.iter().zip(&minima) {
        let shown = line.replace(&format!("{}/", root().display()), "");
        println!("| {shown} | {:.2} | {:.1} |", time.as_secs_f64() * 1e3, time.as_secs_f64() / floor);
    }
    instructions(&program);
    run("cargo bench --quiet -p rqchart")?;
    frames()
}

/// Types into the page in a real Chromium, and compares with a frame.
fn frames() -> Result<(), String> {
    if !exists("npm") {
        println!("\nthe page: not measured, there is no npm");
        return Ok(());
    }
    web::build()?;
    run("cargo bench --quiet -p rqchart-wasm")?;
    run("node web/bench.mjs")
}

/// Counts instructions where callgrind is: the one figure that a busy machine does not change.
fn instructions(program: &Path) {
    if !exists("valgrind") {
        println!("\ninstructions: not counted, there is no valgrind");
        return;
    }
    let line = "valgrind --tool=callgrind --callgrind-out-file=/dev/null";
    let output = command(&format!("{line} {} template rqdb", program.display())).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stderr).into_owned()).unwrap_or_default();
    let count = text.lines().find_map(|line| line.split_once("refs:")).map_or("unknown", |(_, count)| count.trim());
    println!("\ninstructions of one cold run: {count}\n");
}

fn measure(lines: &[String]) -> Result<Vec<Duration>, String> {
    let mut minima = vec![Duration::MAX; lines.len()];
    for _ in 0..ROUNDS {
        for (line, minimum) in lines.iter().zip(&mut minima) {
            let mut command = command(line);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let start = Instant::now();
            let status = command.status().map_err(|error| format!("{line}: {error}"))?;
            *minimum = (*minimum).min(start.elapsed());
            if !status.success() {
                return Err(format!("{line}: {status}"));
            }
        }
    }
    Ok(minima)
}
