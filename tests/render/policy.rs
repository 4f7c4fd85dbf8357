//! What policy tools find in the default render is what docs/policy.md lists, no more and no less.
//!
//! In: those of the tools that are on PATH. Those that are not there are named as skipped.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::{release, render};

type Ids = BTreeSet<String>;

/// A tool: its program, its arguments with `@` for the folder of what is judged, and how it writes a finding.
struct Tool {
    program: &'static str,
    arguments: &'static str,
    finding: fn(&Map<String, Value>) -> Ids,
}

const TOOLS: &[Tool] = &[
    Tool {
        program: "checkov",
        arguments: "--file @/manifests.yaml --framework kubernetes secrets --output json --compact --quiet --skip-download",
        finding: |object| one(object.get("check_id").filter(|_| object["check_result"]["result"] == "FAILED")),
    },
    Tool {
        program: "kube-linter",
        arguments: "lint --format json @/manifests.yaml",
        finding: |object| one(object.get("Check").filter(|_| object.contains_key("Diagnostic"))),
    },
    Tool {
        program: "kube-score",
        arguments: "score --output-format json @/manifests.yaml",
        finding: |object| {
            let bad = object.get("grade").and_then(Value::as_i64).is_some_and(|grade| grade < 10);
            one(object.get("check").filter(|_| bad && object["skipped"] == false).map(|check| &check["id"]))
        },
    },
    Tool {
        program: "kubesec",
        // It would fetch schemas; ours allow everything, as every object is held to Kubernetes' types elsewhere.
        arguments: "scan --exit-code 0 --schema-location @/{{.ResourceKind}}{{.KindSuffix}}.json @/workloads.yaml",
        finding: |object| {
            let scores = ["critical", "advise"].into_iter().filter_map(|list| object.get(list)?.as_array());
            scores.flatten().flat_map(|score| one(score.get("id"))).collect()
        },
    },
    Tool {
        program: "polaris",
        arguments: "audit --audit-path @/manifests.yaml --format json",
        finding: |object| {
            let bad = object.get("Success") == Some(&json!(false)) && object["Severity"] != "ignore";
            one(object.get("ID").filter(|_| bad))
        },
    },
];

fn one(id: Option<&Value>) -> Ids {
    id.and_then(Value::as_str).map(str::to_owned).into_iter().collect()
}

impl Tool {
    fn is_installed(&self) -> bool {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(self.program).is_file())
    }

    /// Every check that does not pass.
    fn findings(&self, folder: &Path) -> Ids {
        let arguments = self.arguments.split(' ').map(|word| word.replace('@', folder.to_str().unwrap()));
        let output = Command::new(self.program).args(arguments).output().unwrap();
        // Exit codes tell whether there are findings, in a way of each tool's own.
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!("{}: {error}\n{}", self.program, String::from_utf8_lossy(&output.stderr));
        });
        let mut found = Ids::new();
        self.collect(&report, &mut found);
        found
    }

    fn collect(&self, value: &Value, found: &mut Ids) {
        match value {
            Value::Array(list) => list.iter().for_each(|inner| self.collect(inner, found)),
            Value::Object(object) => {
                found.extend((self.finding)(object));
                object.values().for_each(|inner| self.collect(inner, found));
            }
            _ => {}
        }
    }
}

/// The checks that the page says cannot pass: rows of `| tool | check | reason |`.
fn waived(tool: &str) -> Ids {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/policy.md")).unwrap();
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        (cells.len() == 3 && cells[0] == tool).then(|| cells[1].split(", ").map(str::to_owned).collect::<Vec<_>>())
    });
    rows.flatten().map(|check| check.trim_matches('`').to_owned()).collect()
}

/// The default render, in a namespace of its own; the workloads apart, which are all that kubesec reads.
fn manifests() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let documents = render(&json!({}), &release("rqdb", "databases")).documents;
    let all = documents.iter().map(|document| document.text.as_str()).collect::<Vec<_>>().join("---\n");
    fs::write(folder.path().join("manifests.yaml"), all).unwrap();
    let workload = documents.iter().find(|document| document.template == "templates/statefulset.yaml").unwrap();
    fs::write(folder.path().join("workloads.yaml"), &workload.text).unwrap();
    fs::write(folder.path().join("statefulset-apps-v1.json"), "{}").unwrap();
    folder
}

#[test]
fn policy_tools_find_what_the_page_lists() {
    let folder = manifests();
    let (installed, missing): (Vec<&Tool>, Vec<&Tool>) = TOOLS.iter().partition(|tool| tool.is_installed());
    for tool in installed {
        assert_eq!(tool.findings(folder.path()), waived(tool.program), "{}: found, and listed", tool.program);
    }
    if !missing.is_empty() {
        let names: Vec<&str> = missing.iter().map(|tool| tool.program).collect();
        rqchart_tests::skipped(&format!("policy tools that are not on PATH: {}", names.join(", ")));
    }
}

#[test]
fn every_tool_has_its_rows() {
    for tool in TOOLS.iter().filter(|tool| tool.program != "kube-linter") {
        assert!(!waived(tool.program).is_empty(), "docs/policy.md lists nothing of {}", tool.program);
    }
}
