//! `rqchart create`: the chart's files, to edit.

use std::fs;

use rqchart::chart;

use crate::args::Create;
use crate::failure::Failure;
use crate::{Verdict, output};

pub(crate) fn run(args: &Create) -> Result<Verdict, Failure> {
    let in_use = fs::read_dir(&args.dir).is_ok_and(|mut entries| entries.next().is_some());
    if in_use {
        return Err(Failure::new(format!("{} is not empty", args.dir.display())));
    }
    let files: Vec<_> = chart::embedded_files().map(|(path, text)| (path.to_owned(), text)).collect();
    output::write_files(&args.dir, &files)?;
    Ok(Verdict::Fine)
}
