//! `rqchart package`: the chart as an archive.

use rqchart::package;

use crate::args::Package;
use crate::failure::Failure;
use crate::{Verdict, load, output};

pub(crate) fn run(args: &Package) -> Result<Verdict, Failure> {
    let mut chart = load::chart(args.chart.as_deref())?;
    if let Some(name) = &args.values {
        chart = chart.with_values(&load::text(name)?);
    }
    let name = package::file_name(&chart);
    output::write_files(&args.destination, &[(name.clone(), package::pack(&chart))])?;
    output::print(&format!("{}\n", args.destination.join(name).display()))?;
    Ok(Verdict::Fine)
}
