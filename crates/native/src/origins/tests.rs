use std::sync::LazyLock;

use rqchart_core::release::KubeVersion;

use super::*;
use crate::Chart;

/// One set of values for all tests: each renders hundreds of times.
static FOUND: LazyLock<(Vec<Document>, Origins)> = LazyLock::new(|| {
    let object =
        json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "own" }, "data": { "a": "b" } });
    let values = json!({
        "storage": { "size": "20Gi" },
        "tolerations": [{ "key": "db", "operator": "Exists" }],
        "labels": { "team": "storage" },
        "fullnameOverride": "db",
        "extraObjects": [object],
    });
    let chart = Chart::embedded();
    let release = Release::new("rqdb", "default", chart.info().clone(), KubeVersion::DEFAULT).unwrap();
    let renderer = Renderer::new(chart).unwrap();
    let documents = renderer.render(&values, &release).unwrap().documents;
    let origins = origins(&renderer, &values, &release).unwrap().unwrap();
    (documents, origins)
});

/// The lines of a setting, as `kind: line`.
fn lines_of(setting: &str) -> Vec<String> {
    let (documents, origins) = &*FOUND;
    let line = |(document, line): (usize, usize)| {
        let document: &Document = &documents[document];
        format!("{}: {}", document.kind(), document.text.lines().nth(line).unwrap().trim())
    };
    origins.lines_of(setting).into_iter().map(line).collect()
}

#[test]
fn every_line_of_every_document_is_there() {
    let (documents, origins) = &*FOUND;
    let shapes = documents.iter().map(|document| (document.kind(), document.text.lines().count()));
    let found = origins.documents.iter().map(|document| (&*document.kind, document.lines.len()));
    assert!(shapes.eq(found));
}

#[test]
fn a_setting_makes_the_lines_that_change_with_it() {
    assert_eq!(lines_of("/storage/size"), ["StatefulSet: storage: \"20Gi\""]);
    assert_eq!(lines_of("/tolerations/0/key"), ["StatefulSet: - key: db"]);
    assert_eq!(lines_of("/image/tag"), ["StatefulSet: image: \"docker.io/rqlite/rqlite:10.2.7\""]);
    let own = lines_of("/extraObjects/0");
    assert!(own.contains(&"ConfigMap: a: b".to_owned()), "{own:?}");
}

#[test]
fn a_default_makes_lines_too_and_what_is_not_used_makes_none() {
    assert!(lines_of("/replicas").contains(&"StatefulSet: replicas: 3".to_owned()));
    assert_eq!(lines_of("/readers/nodeSelector"), [""; 0]);
}

#[test]
fn the_narrowest_setting_of_a_line_comes_first() {
    let (documents, origins) = &*FOUND;
    let (at, set) = documents.iter().enumerate().find(|(_, document)| document.kind() == "StatefulSet").unwrap();
    let line = set.text.lines().position(|line| line == "    team: storage").unwrap();
    assert_eq!(origins.settings[origins.documents[at].lines[line][0]], "/labels/team");
}

#[test]
fn lines_of_a_group_are_those_of_its_settings() {
    let (_, origins) = &*FOUND;
    assert!(origins.lines_of("/storage").len() > origins.lines_of("/storage/size").len());
    assert_eq!(origins.lines_of("/stor"), []);
}
