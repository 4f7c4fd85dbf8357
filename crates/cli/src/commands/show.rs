//! `rqchart show`: parts of the chart that is built in.

use rqchart::chart;

use crate::args::{Part, Show};
use crate::failure::Failure;
use crate::load::example;
use crate::{Verdict, output};

pub(crate) fn run(args: &Show) -> Result<Verdict, Failure> {
    let text = match &args.part {
        Part::Values => file("values.yaml"),
        Part::Chart => file("Chart.yaml"),
        Part::Readme => file("README.md"),
        Part::Examples { name: None } => list(),
        Part::Examples { name: Some(name) } => example(name)?.to_owned(),
    };
    output::print(&text)?;
    Ok(Verdict::Fine)
}

fn file(path: &str) -> String {
    chart::embedded_file(path).expect("a test holds the list of files to the folder").to_owned()
}

fn list() -> String {
    let about = |text: &str| text.lines().next().unwrap_or_default().trim_start_matches("# ").to_owned();
    chart::examples().map(|(name, text)| format!("{name:<24}{}\n", about(text))).collect()
}
