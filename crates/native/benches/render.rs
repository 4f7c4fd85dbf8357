//! Warm times in one process: what a library's user or the page pays for each rendering.

use divan::{Bencher, black_box};
use rqchart::diff::diff;
use rqchart::layers::{Layer, edit, merge};
use rqchart::origins::origins;
use rqchart::{Chart, Renderer};
use rqchart_core::release::{KubeVersion, Release};

const VALUES: &[u8] = b"replicas: 5\nformation: parallel\nstorage:\n  size: 20Gi\n  storageClassName: fast\n\
    resources:\n  requests:\n    memory: 512Mi\nlabels:\n  team: storage\n";

fn main() {
    divan::main();
}

fn release(number: usize) -> Release {
    let chart = Chart::embedded().info().clone();
    Release::new(&format!("rqdb-{number}"), "default", chart, KubeVersion::DEFAULT).expect("the name is valid")
}

fn render(renderer: &Renderer, release: &Release) {
    let merged = merge(&[Layer::File { name: "values.yaml", text: VALUES }]);
    let rendering = renderer.render(merged.values(), release).expect("the chart renders");
    assert!(!black_box(rendering).documents.is_empty());
}

/// Merge, validate and render one release, the chart being ready.
#[divan::bench]
fn one_release(bencher: Bencher<'_, '_>) {
    let (renderer, release) = (Renderer::new(Chart::embedded()).expect("the chart is right"), release(0));
    bencher.bench_local(|| render(&renderer, &release));
}

/// The same for other releases, the chart being made ready once.
#[divan::bench(args = [100, 1_000], max_time = 10)]
fn releases(count: usize) {
    let renderer = Renderer::new(Chart::embedded()).expect("the chart is right");
    for number in 0..count {
        render(&renderer, &release(number));
    }
}

/// What 300 replicas cost against 3.
#[divan::bench(args = [3, 30, 300])]
fn replicas(bencher: Bencher<'_, '_>, replicas: usize) {
    let (renderer, release) = (Renderer::new(Chart::embedded()).expect("the chart is right"), release(0));
    let values = serde_json::json!({ "replicas": replicas });
    bencher.bench_local(|| black_box(renderer.render(&values, &release).expect("the chart renders")));
}

/// Reading values alone.
#[divan::bench]
fn merge_values() {
    black_box(merge(&[Layer::File { name: "values.yaml", text: VALUES }, Layer::Set("replicas=3,image.tag=10.2.7")]));
}

/// One setting of a long values file, as each change in a form is.
#[divan::bench(args = [10, 2_000])]
fn edit_a_file(bencher: Bencher<'_, '_>, lines: usize) {
    let labels: String = (2..lines).map(|number| format!("  key-{number}: value # {number}\n")).collect();
    let text = format!("replicas: 3\npodAnnotations:\n{labels}");
    let five = serde_json::json!(5);
    bencher.bench_local(|| black_box(edit(&text, "/replicas", Some(&five)).expect("it can be edited")));
}

/// Which settings made which lines: every setting is tried.
#[divan::bench(args = [3, 300], sample_count = 3)]
fn origins_of_lines(bencher: Bencher<'_, '_>, replicas: usize) {
    let (renderer, release) = (Renderer::new(Chart::embedded()).expect("the chart is right"), release(0));
    let values = serde_json::json!({ "replicas": replicas });
    bencher.bench_local(|| black_box(origins(&renderer, &values, &release).expect("the chart renders")));
}

/// Five changed settings.
#[divan::bench]
fn difference(bencher: Bencher<'_, '_>) {
    let (renderer, release) = (Renderer::new(Chart::embedded()).expect("the chart is right"), release(0));
    let merged = merge(&[Layer::File { name: "values.yaml", text: VALUES }]);
    let none = serde_json::json!({});
    bencher.bench_local(|| black_box(diff(&renderer, &none, merged.values(), &release).expect("the chart renders")));
}
