//! `rqchart package`: the chart as an archive.

use rqchart::{Rendering, layers, package, placed};
use rqchart_core::release::{KubeVersion, Release};
use rqchart_core::schema;

use crate::args::Package;
use crate::failure::Failure;
use crate::{Verdict, load, output, report};

pub(crate) fn run(args: &Package) -> Result<Verdict, Failure> {
    let mut chart = load::chart(args.chart.as_deref())?;
    if let Some(name) = &args.values {
        let text = load::text(name)?;
        // Every release of the chart would be refused. What they lack may come with a release, so rules are not asked.
        let merged = layers::file(load::display_name(name), text.as_bytes());
        let release = Release::new("rqlite", "default", chart.info().clone(), KubeVersion::DEFAULT);
        let findings = placed::render(&merged, release, chart.info(), |values, _| {
            Ok(Rendering::failed(schema::validate(values).err().unwrap_or_default()))
        })?
        .diagnostics;
        report::findings(&findings);
        if matches!(report::verdict(&findings, false), Verdict::Findings) {
            return Ok(Verdict::Findings);
        }
        chart = chart.with_values(&text);
    }
    let name = package::file_name(&chart);
    output::write_files(&args.destination, &[(name.clone(), package::pack(&chart))])?;
    output::print(&format!("{}\n", args.destination.join(name).display()))?;
    Ok(Verdict::Fine)
}
