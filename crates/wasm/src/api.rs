//! What the page may ask: JSON in, JSON out, so that nothing but text crosses the boundary.

use rqchart::{Chart, Renderer};
use rqchart_core::release::{KubeVersion, Release};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Request {
    release: String,
    namespace: String,
    #[serde(default)]
    values: Map<String, Value>,
}

#[derive(Serialize)]
struct File<'a> {
    template: &'a str,
    text: &'a str,
}

/// Renders values: `{"release", "namespace", "values"}` in, `{"files", "diagnostics", "topology"}` or `{"error"}` out.
///
/// # Example
///
/// ```
/// let answer = rqchart_wasm::api::preview(r#"{"release":"rqdb","namespace":"default","values":{"replicas":5}}"#);
/// assert!(answer.contains(r#""template":"templates/statefulset.yaml""#));
/// ```
pub fn preview(request: &str) -> String {
    match answer(request) {
        Ok(answer) => answer.to_string(),
        Err(error) => serde_json::json!({ "error": error }).to_string(),
    }
}

fn answer(request: &str) -> Result<Value, String> {
    let request: Request = serde_json::from_str(request).map_err(|error| error.to_string())?;
    let chart = Chart::embedded();
    let release = Release::new(&request.release, &request.namespace, chart.info().clone(), KubeVersion::DEFAULT);
    let release = match release {
        Ok(release) => release,
        Err(diagnostics) => {
            return Ok(serde_json::json!({ "files": [], "diagnostics": diagnostics, "topology": null }));
        }
    };
    let renderer = Renderer::new(chart).map_err(|error| error.to_string())?;
    let rendering = renderer.render(&Value::Object(request.values), &release).map_err(|error| error.to_string())?;
    let files: Vec<File<'_>> = rendering
        .documents
        .iter()
        .map(|document| File { template: &document.template, text: &document.text })
        .collect();
    Ok(serde_json::json!({
        "files": files,
        "diagnostics": rendering.diagnostics,
        "topology": rendering.topology,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_and_errors_are_told_apart() {
        let ask = |text: &str| serde_json::from_str::<Value>(&preview(text)).unwrap();
        let invalid = ask(r#"{"release":"rqdb","namespace":"default","values":{"replicas":0}}"#);
        assert_eq!(invalid["files"].as_array().map(Vec::len), Some(0));
        assert!(!invalid["diagnostics"].as_array().unwrap().is_empty());
        assert!(ask("{").get("error").is_some());
    }
}
