//! `rqchart lint`: values → findings.

use rqchart::Renderer;

use crate::Verdict;
use crate::args::{Lint, ReportFormat};
use crate::failure::Failure;
use crate::{output, release, report};

pub(crate) fn run(args: &Lint) -> Result<Verdict, Failure> {
    let findings = release::run(Renderer::lint, &args.release, &args.values)?.rendering.diagnostics;
    match args.output {
        ReportFormat::Text => report::findings(&findings),
        ReportFormat::Json => output::print(&report::json(&findings))?,
    }
    Ok(report::verdict(&findings, args.strict))
}
