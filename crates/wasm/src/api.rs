//! What the page may ask: JSON in, JSON out, so that nothing but text crosses the boundary (and the bytes of archives).
//!
//! Each function takes a request and gives its answer, or `{"error": …}` when the request itself is none or something is
//! broken. What is wrong with values is no error but a finding in the answer. The page's TypeScript types are made from
//! the structs here by `cargo xtask codegen`.
//!
//! What is answered to each keystroke has the texts of its files behind the JSON, each after a NUL, in the place of the empty
//! ones in it: to escape them as JSON took as long as to render them. None holds a NUL, which YAML has in quotes, escaped.

mod about;
mod ahead;
mod archives;
mod changes;
mod commands;
#[cfg(not(target_arch = "wasm32"))]
mod contract;
mod links;
mod manifests;
mod preview;
mod request;

use std::sync::LazyLock;

use rqchart::{Chart, Renderer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[cfg(not(target_arch = "wasm32"))]
pub use contract::{Call, contract};

/// Templates that were parsed once stay parsed: that takes longer than rendering them.
static RENDERER: LazyLock<Renderer> =
    LazyLock::new(|| Renderer::new(Chart::bare()).expect("the chart that is built in has no syntax errors"));

/// What never changes while the page is open: version, schema, defaults, groups of settings, examples. The request is
/// not read.
pub fn about(_request: &str) -> String {
    text(&about::about())
}

/// What values make: findings, files, and what the text says as JSON. The texts of the files stand behind it.
///
/// # Example
///
/// ```
/// let request = r#"{ "release": { "name": "rqdb", "namespace": "db" }, "text": "replicas: 4 # even\n" }"#;
/// let answer = rqchart_wasm::api::preview(request);
/// let (answer, texts) = answer.split_once('\0').unwrap();
/// let answer: serde_json::Value = answer.parse().unwrap();
/// assert_eq!(answer["findings"][0]["code"], "even-voters");
/// assert_eq!((&answer["findings"][0]["line"], &answer["findings"][0]["column"]), (&1.into(), &11.into()));
/// assert_eq!(answer["values"]["replicas"], 4);
/// assert_eq!(answer["files"][0]["kind"], "NetworkPolicy");
/// assert!(texts.lines().any(|line| line == "kind: NetworkPolicy"));
/// ```
pub fn preview(request: &str) -> String {
    let mut texts = Vec::new();
    let answer = answer(request, |request| Ok(preview::preview(&request)?.without_texts(&mut texts)));
    beside(answer, &texts)
}

/// What somebody types to use the values: for rqchart, kubectl, Kustomize, Argo CD and Flux.
pub fn commands(request: &str) -> String {
    answer(request, |request| commands::commands(&request))
}

/// A text with one thing written into it or taken out of it; everything else of it stays. With a release, also what it makes
/// as values, as [`preview`] answers.
pub fn edit(request: &str) -> String {
    let mut texts = Vec::new();
    let answer = answer(request, |request| Ok(changes::edit(&request)?.without_texts(&mut texts)));
    beside(answer, &texts)
}

/// Where a setting stands in a text: the line, from 1; null where it does not.
///
/// # Example
///
/// ```
/// let request = r#"{ "text": "readers: { affinity: {} }\naffinity: {}\n", "path": "/affinity" }"#;
/// assert_eq!(rqchart_wasm::api::locate(request), "2");
/// ```
pub fn locate(request: &str) -> String {
    answer(request, |request| Ok(changes::locate(&request)))
}

/// Which settings make each line of the files, and which lines a setting makes. Takes some hundred times as long as a
/// preview.
pub fn origins(request: &str) -> String {
    answer(request, |request| changes::origins(&request))
}

/// What one text of values changes against another, in the files and in a cluster that runs.
pub fn diff(request: &str) -> String {
    answer(request, |request| changes::difference(&request))
}

/// What the calls below play scenarios on, made from values: opaque JSON, null where they are invalid.
pub fn simulator(request: &str) -> String {
    answer(request, |request| ahead::simulator(&request))
}

/// The scenarios that are built in, as far as a cluster has the pods for them.
pub fn scenarios(request: &str) -> String {
    answer(request, |request| Ok(ahead::scenarios(&request)))
}

/// A scenario, played on a cluster.
///
/// # Example
///
/// ```
/// use rqchart_wasm::api;
/// use serde_json::{Value, json};
///
/// let simulator = api::simulator(r#"{ "release": { "name": "rqdb", "namespace": "db" }, "text": "" }"#);
/// let simulator: Value = simulator.parse().unwrap();
/// let text = "{ name: mine, steps: [{ at: 0s, what: kill, which: [leader] }] }";
/// let played = api::play(&json!({ "simulator": simulator, "text": text, "seed": 1 }).to_string());
/// let played: Value = played.parse().unwrap();
/// assert_eq!((&played["trace"]["verdict"], &played["trace"]["lost"]), (&"held".into(), &0.into()));
/// ```
pub fn play(request: &str) -> String {
    answer(request, |request| Ok(ahead::play(&request)))
}

/// What a single fault does to a cluster, where that is bad: what `rqchart lint` says beyond a preview's findings.
///
/// # Example
///
/// ```
/// use rqchart_wasm::api;
/// use serde_json::{Value, json};
///
/// let text = "antiAffinity: { host: none }\ntopologySpreadConstraints: []\n";
/// let request = json!({ "release": { "name": "rqdb", "namespace": "db" }, "text": text });
/// let simulator: Value = api::simulator(&request.to_string()).parse().unwrap();
/// let found: Value = api::faults(&json!({ "simulator": simulator, "text": text }).to_string()).parse().unwrap();
/// assert_eq!((&found[0]["code"], &found[0]["line"]), (&"single-fault".into(), &1.into()));
/// ```
pub fn faults(request: &str) -> String {
    answer(request, |request| Ok(ahead::faults(&request)))
}

/// A link that carries a scenario, too.
pub fn attach(request: &str) -> String {
    answer(request, |request| Ok(ahead::attach(&request)))
}

/// The scenario that a link carries.
pub fn attached(request: &str) -> String {
    answer(request, |request| ahead::attached(&request))
}

/// What going from one set of manifests to another does, and how it is done.
pub fn plan(request: &str) -> String {
    answer(request, |request| ahead::plan(&request))
}

/// What a link carries of the release and its values, and no secret. Browsers can compress it, and [`packed`] makes the link.
pub fn unpacked(request: &str) -> String {
    answer(request, |request| links::unpacked(&request))
}

/// The link of what [`unpacked`] gave, which is compressed (raw deflate).
///
/// # Errors
///
/// When it would be too long.
pub fn packed(json: &str, deflated: &[u8]) -> Result<String, String> {
    rqchart::link::packed(json, deflated).map_err(|finding| finding.message)
}

/// What a link carries.
pub fn open(request: &str) -> String {
    answer(request, |request| links::open(&request))
}

/// What is rendered, as people take it away; an error when the values have any.
///
/// # Example
///
/// ```
/// use serde_json::Value;
///
/// let request = r#"{ "release": { "name": "rqdb", "namespace": "db" }, "text": "" }"#;
/// let manifests: Value = rqchart_wasm::api::manifests(request).parse().unwrap();
/// assert!(manifests["stream"].as_str().unwrap().starts_with("---\n# Source: rqlite/templates/"));
/// assert_eq!(manifests["files"][0]["path"], "values.yaml");
/// ```
pub fn manifests(request: &str) -> String {
    answer(request, |request| manifests::manifests(&request))
}

/// The chart with these values, as `rqchart package --values` writes it.
///
/// # Errors
///
/// When the request is none.
pub fn pack(request: &str) -> Result<Vec<u8>, String> {
    Ok(archives::pack(&read(request)?))
}

/// Files as a zip archive.
///
/// # Errors
///
/// When the request is none.
///
/// # Example
///
/// ```
/// let request = r#"{ "files": [{ "path": "values.yaml", "text": "replicas: 5\n" }] }"#;
/// assert!(rqchart_wasm::api::zip(request).unwrap().starts_with(b"PK"));
/// ```
pub fn zip(request: &str) -> Result<Vec<u8>, String> {
    Ok(archives::zip(&read(request)?))
}

fn answer<Q: DeserializeOwned, A: Serialize>(request: &str, work: impl FnOnce(Q) -> Result<A, String>) -> String {
    match read(request).and_then(work) {
        Ok(answer) => text(&answer),
        Err(error) => text(&serde_json::json!({ "error": error })),
    }
}

fn read<Q: DeserializeOwned>(request: &str) -> Result<Q, String> {
    // By way of a Value: reading each kind of request from text would cost the page's engine 3 KB.
    let value: Value = serde_json::from_str(request).map_err(unreadable)?;
    Q::deserialize(value).map_err(unreadable)
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unreadable(error: serde_json::Error) -> String {
    format!("the request cannot be read: {error}")
}

fn beside(mut answer: String, texts: &[String]) -> String {
    for text in texts {
        answer.push('\0');
        answer.push_str(text);
    }
    answer
}

fn text(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).expect("structs with text for keys can be written")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ask(call: fn(&str) -> String, release: &Value, values: &str) -> Value {
        answered(&call(&json!({ "release": release, "text": values }).to_string())).0
    }

    /// An answer, and the texts that stand beside it.
    fn answered(answer: &str) -> (Value, Vec<&str>) {
        let mut parts = answer.split('\0');
        (parts.next().unwrap().parse().unwrap(), parts.collect())
    }

    fn rqdb() -> Value {
        json!({ "name": "rqdb", "namespace": "db" })
    }

    #[test]
    fn findings_and_errors_are_told_apart() {
        let invalid = ask(preview, &rqdb(), "replicas: 0\n");
        assert_eq!(invalid["files"], json!([]));
        assert_eq!(invalid["findings"][0]["path"], "/replicas");
        assert!(preview("{").starts_with(r#"{"error":"the request cannot be read"#));
        assert!(preview(r#"{"release":{"name":"a","namespace":"b"},"txt":""}"#).contains("unknown field `txt`"));
    }

    #[test]
    fn a_release_that_cannot_be_is_a_finding_beside_those_about_values() {
        let answer = ask(preview, &json!({ "name": "RQ", "namespace": "db", "kubeVersion": "x" }), "replicas: 0\n");
        let codes: Vec<_> = answer["findings"].as_array().unwrap().iter().map(|finding| &finding["code"]).collect();
        assert_eq!(codes, ["out-of-range", "invalid-value", "invalid-name"]);
        assert!(ask(commands, &json!({ "name": "RQ", "namespace": "db" }), "")["error"].is_string());
    }

    #[test]
    fn text_that_cannot_be_read_has_no_values() {
        let answer = ask(preview, &rqdb(), "replicas: [\n");
        assert_eq!(answer["values"], Value::Null);
        assert_eq!(answer["findings"][0]["code"], "yaml-syntax");
    }

    #[test]
    fn every_example_is_rendered_and_packed_without_an_error() {
        let about: Value = about("").parse().unwrap();
        for example in about["examples"].as_array().unwrap() {
            let text = example["text"].as_str().unwrap();
            let files = ask(preview, &rqdb(), text)["files"].as_array().unwrap().len();
            assert!(files > 3, "{}", example["name"]);
            let taken = ask(manifests, &rqdb(), text);
            assert!(!taken["stream"].as_str().unwrap().is_empty(), "{}", example["name"]);
            let archives =
                || [pack(&json!({ "text": text }).to_string()), zip(&json!({ "files": taken["files"] }).to_string())];
            assert!(
                archives().iter().all(|bytes| bytes.as_ref().is_ok_and(|bytes| !bytes.is_empty())),
                "{}",
                example["name"]
            );
            assert_eq!(archives(), archives(), "{}", example["name"]);
        }
    }

    #[test]
    fn beside_an_answer_stands_a_text_for_each_file_whatever_is_in_the_values() {
        // What is added is written as it is said, but for what YAML cannot hold raw.
        let object =
            json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a" }, "data": { "b": "\0" } });
        let values = json!({ "extraObjects": [object], "labels": { "team": "a" } }).to_string();
        let request = json!({ "release": rqdb(), "text": values });
        let previewed = preview(&request.to_string());
        let (answer, texts) = answered(&previewed);
        let kinds: Vec<_> = texts.iter().map(|text| text.lines().find(|line| line.starts_with("kind: "))).collect();
        let files = answer["files"].as_array().unwrap();
        let expected: Vec<_> = files.iter().map(|file| format!("kind: {}", file["kind"].as_str().unwrap())).collect();
        assert!(kinds.iter().flatten().eq(&expected), "{kinds:?} {expected:?}");
        assert!(
            files.iter().all(|file| file["text"] == "") && texts.iter().any(|text| text.contains(r#"b: "\u0000""#))
        );
        // An edit answers with the same.
        let before = json!({ "extraObjects": [object] }).to_string();
        let request = json!({ "release": rqdb(), "text": before, "path": "/labels", "value": { "team": "a" } });
        let edited = edit(&request.to_string());
        let (edited, beside) = answered(&edited);
        assert_eq!((&edited["preview"], beside), (&answer, texts));
    }

    #[test]
    fn what_has_errors_is_not_taken_away() {
        assert!(ask(manifests, &rqdb(), "replicas: 0")["error"].as_str().unwrap().contains("replicas"));
    }

    #[test]
    fn commands_name_the_release_and_what_the_cluster_has() {
        let release = json!({ "name": "a", "namespace": "b", "kubeVersion": "v1.33.1", "apiVersions": ["batch/v1"] });
        let answer = ask(commands, &release, "");
        let commands = &answer["commands"];
        let tools: Vec<_> = commands.as_array().unwrap().iter().map(|command| command["tool"].as_str()).collect();
        assert_eq!(tools, ["rqchart", "kubectl", "kubectl", "kustomize", "argo", "flux"].map(Some));
        let line = "rqchart template a --namespace b --kube-version 1.33 --api-versions batch/v1 --values values.yaml";
        for (at, command) in commands.as_array().unwrap().iter().enumerate() {
            let text = command["text"].as_str().unwrap();
            // What is downloaded is rendered.
            assert!(text.contains(if at == 2 { "kubectl apply -f a.yaml" } else { line }), "{command}");
            assert!(matches!(at, 0 | 4) || text.contains("kubectl create namespace b --dry-run=client"), "{command}");
        }
    }
}
