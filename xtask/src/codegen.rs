//! Files made from Rust types: the chart's schema, `values.yaml` and README table; the pages of codes, of metrics and of plans; the page's TypeScript types.

mod codes;
mod metrics;
mod plan;
mod readme;
mod schema;
mod types;
mod values;

use std::fs;

use rqchart_core::schema::{Dialect, Reference, generate};

use crate::command::root;

/// Every generated file, by its path in the workspace.
fn files() -> Result<Vec<(&'static str, String)>, String> {
    let current = generate(Dialect::Draft2020);
    let text = schema::text(&current);
    let reference = Reference::new(current);
    let readme = fs::read_to_string(root().join("chart/README.md")).unwrap_or_default();
    let monitoring = fs::read_to_string(root().join("docs/monitoring.md")).unwrap_or_default();
    let plan = fs::read_to_string(root().join("docs/plan.md")).unwrap_or_default();
    Ok(vec![
        ("crates/core/src/schema/values.schema.json", text),
        // Draft 7, which editors and Helm understand best; the program itself validates by the newest draft.
        ("chart/values.schema.json", schema::text(&generate(Dialect::Draft07))),
        ("chart/values.yaml", values::yaml(&reference)),
        ("docs/monitoring.md", metrics::with_table(&monitoring)?),
        ("docs/plan.md", plan::with_table(&plan)?),
        ("chart/README.md", readme::with_table(&readme, &reference)?),
        ("docs/codes.md", codes::page()),
        ("web/src/engine/types.ts", types::page()),
    ])
}

/// Writes them.
pub(crate) fn write() -> Result<(), String> {
    for (path, text) in files()? {
        let target = root().join(path);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(|error| format!("{path}: {error}"))?;
        }
        fs::write(target, text).map_err(|error| format!("{path}: {error}"))?;
    }
    Ok(())
}

/// Tells whether they are what they would be written as.
pub(crate) fn check() -> Result<(), String> {
    let stale: Vec<_> = files()?
        .into_iter()
        .filter(|(path, text)| fs::read_to_string(root().join(path)).ok().as_ref() != Some(text))
        .map(|(path, _)| path)
        .collect();
    if stale.is_empty() { Ok(()) } else { Err(format!("run `cargo xtask codegen`: stale are {}", stale.join(", "))) }
}
