use rqchart_core::release::KubeVersion;
use serde_json::json;

use super::*;
use crate::Chart;

fn difference(from: &Value, to: &Value) -> Difference {
    let chart = Chart::embedded();
    let release = Release::new("rqdb", "default", chart.info().clone(), KubeVersion::DEFAULT).unwrap();
    diff(&Renderer::new(chart).unwrap(), from, to, &release).unwrap().unwrap()
}

fn changed(difference: &Difference) -> Vec<String> {
    let documents = difference.documents.iter().filter(|document| document.change != Fate::Same);
    documents
        .map(|document| {
            let DocumentDifference { kind, name, change, effect, settings, .. } = document;
            format!("{change:?} {kind} {name}, {effect:?}, by {}", settings.join(" "))
        })
        .collect()
}

#[test]
fn nothing_differs_between_equal_values() {
    for (a, b) in [(json!({}), json!({})), (json!({}), json!({ "replicas": 3, "labels": {}, "tolerations": [] }))] {
        let difference = difference(&a, &b);
        assert_eq!(changed(&difference), [""; 0]);
        assert_eq!(difference.effects, []);
        assert!(difference.documents.iter().all(|document| document.hunks.is_empty()));
    }
}

#[test]
fn each_object_names_the_settings_that_change_it() {
    let to = json!({ "replicas": 5, "image": { "tag": "10.2.8" }, "storage": { "size": "20Gi" },
        "services": { "client": { "enabled": false } }, "readers": { "replicas": 1 } });
    let difference = difference(&json!({}), &to);
    insta::assert_snapshot!(changed(&difference).join("\n"), @"
    Changed NetworkPolicy rqdb, None, by /readers/replicas
    Added PodDisruptionBudget rqdb-readers, None, by /readers/replicas
    Changed ConfigMap rqdb-scripts, None, by /replicas /readers/replicas
    Added Service rqdb-readers, None, by /readers/replicas
    Added Service rqdb-readers-headless, None, by /readers/replicas
    Changed StatefulSet rqdb, Immutable, by /replicas /image/tag /storage/size
    Added StatefulSet rqdb-readers, None, by /readers/replicas /image/tag /storage/size
    Removed Service rqdb-client, None, by /services/client/enabled
    ");
    let sentences: Vec<_> = difference.effects.iter().map(|effect| effect.sentence.as_str()).collect();
    insta::assert_snapshot!(sentences.join("\n"), @"
    storage.size: Kubernetes refuses to change it on a StatefulSet that exists: a plan has the steps.
    A change of image.tag restarts the pods, one after the other.
    A change of replicas restarts nothing.
    A change of readers.replicas restarts nothing.
    A change of services.client.enabled restarts nothing.
    ");
}

#[test]
fn changed_lines_stand_among_some_that_stay() {
    let old: String = (0..20).map(|line| format!("{line}\n")).collect();
    let new = old.replace("3\n", "three\n").replace("\n5\n", "\n").replace("\n18\n", "\n18\nmore\n");
    let shown: String = hunks(&old, &new)
        .iter()
        .map(|hunk| {
            let line =
                |line: &Line| format!("{}{}\n", serde_json::to_value(line.tag).unwrap().as_str().unwrap(), line.text);
            format!("@ {} {}\n{}", hunk.from_line, hunk.to_line, hunk.lines.iter().map(line).collect::<String>())
        })
        .collect();
    insta::assert_snapshot!(shown, @"
    @ 1 1
     0
     1
     2
    -3
    +three
     4
    -5
     6
     7
     8
    @ 11 10
     10
     11
     12
    -13
    +1three
     14
     15
     16
     17
     18
    +more
     19
    ");
}
