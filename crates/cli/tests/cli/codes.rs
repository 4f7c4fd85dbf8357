//! Every code of a finding is produced by its examples: none is without one, and none says what is not so.

use std::collections::BTreeSet;

use rqchart_core::diagnostic::{Code, Example, Input};
use serde_json::Value;

use crate::place::Place;

/// What is found: severity and code of each finding.
fn found(input: Input) -> BTreeSet<(String, String)> {
    let (place, line) = match input {
        Input::Values(values) => (Place::with_values(values), "rqchart lint -f values.yaml"),
        Input::Command(line) => (Place::new(), line),
    };
    let run = place.run(&format!("{line} -o json"));
    let report: Value = serde_json::from_str(run.stdout()).unwrap_or_else(|error| panic!("{error}: {run}"));
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let findings = report["diagnostics"].as_array().unwrap_or_else(|| panic!("no findings: {report}"));
    findings.iter().map(|finding| (text(finding, "severity"), text(finding, "code"))).collect()
}

#[test]
fn each_example_produces_its_code_and_no_other() {
    let mut wrong = Vec::new();
    for code in Code::ALL {
        for Example { severity, input } in code.examples() {
            let found = found(*input);
            if found != BTreeSet::from([(severity.to_string(), code.to_string())]) {
                wrong.push(format!("{code}: not {severity}, but {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_severity_has_one_example() {
    for code in Code::ALL {
        let severities: BTreeSet<_> = code.examples().iter().map(|example| example.severity).collect();
        assert_eq!(severities.len(), code.examples().len(), "{code}");
    }
}
