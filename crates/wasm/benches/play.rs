//! Scenarios played in wasm against the same calls in native code: by node, where it is, and the wasm is built.

#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "it takes the time, and says it")]

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rqchart_wasm::api;
use serde_json::{Value, json};

/// How often each is played: what counts is the least.
const ROUNDS: usize = 30;

fn main() {
    let input = json!({ "release": { "name": "rqdb", "namespace": "default" }, "text": "replicas: 5" });
    let simulator: Value = api::simulator(&input.to_string()).parse().expect("JSON");
    let cluster = json!({ "simulator": &simulator }).to_string();
    let scenarios: Vec<Value> = serde_json::from_str(&api::scenarios(&cluster)).expect("a list");
    let request =
        |scenario: &Value| json!({ "simulator": &simulator, "text": &scenario["text"], "seed": 1 }).to_string();
    let requests: Vec<_> = scenarios.iter().map(request).collect();
    let native = (0..ROUNDS).map(|_| play(&requests)).min().unwrap_or_default().as_secs_f64() * 1e3;

    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = std::env::temp_dir().join(format!("rqchart-play-{}.json", std::process::id()));
    std::fs::write(&file, json!(requests).to_string()).expect("there is room for a file");
    let output = Command::new("node").arg(here.join("benches/play.mjs")).arg(&file).arg(ROUNDS.to_string()).output();
    let _ = std::fs::remove_file(&file);
    let wasm = output.ok().and_then(|output| String::from_utf8(output.stdout).ok()?.trim().parse::<f64>().ok());
    let scenarios = requests.len();
    let against = wasm.map_or("wasm not measured: there is no node, or no wasm".to_owned(), |wasm| {
        format!("wasm {wasm:.2} ms, x {:.1}", wasm / native)
    });
    println!("{scenarios} scenarios: native {native:.2} ms, {against}");
}

fn play(requests: &[String]) -> Duration {
    let start = Instant::now();
    for request in requests {
        black_box(api::play(request));
    }
    start.elapsed()
}
