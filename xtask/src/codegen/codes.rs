//! `docs/codes.md`: every code of a finding, with cause, fix and what produces it.

use rqchart_core::diagnostic::{Code, Example, Input};

const HEAD: &str = "\
# Codes of findings

Generated from crates/core/src/diagnostic/codes.rs by `cargo xtask codegen`; `rqchart explain CODE` prints the same. Names are
stable: none is ever given another meaning. An *error* stops rendering; a *warning* does so with `--strict` only. A test
produces each code from its examples here. An example in YAML is a values file (`rqchart lint -f values.yaml`).
";

/// Writes the page.
pub(super) fn page() -> String {
    let mut text = String::from(HEAD);
    text.push_str("\n| code | severity |\n| --- | --- |\n");
    for code in Code::ALL {
        text.push_str(&format!("| [{code}](#{code}) | {} |\n", severities(*code)));
    }
    for code in Code::ALL {
        text.push_str(&format!("\n## {code}\n\n{}\n\n**Fix:** {}\n", code.cause(), code.fix()));
        for Example { severity, input } in code.examples() {
            let (language, example) = match input {
                Input::Values(values) => ("yaml", values.trim_end()),
                Input::Command(line) => ("sh", *line),
            };
            text.push_str(&format!("\nAs {severity}:\n\n```{language}\n{example}\n```\n"));
        }
    }
    text
}

fn severities(code: Code) -> String {
    code.examples().iter().map(|example| example.severity.to_string()).collect::<Vec<_>>().join(", ")
}
