//! `rqchart completion` and `rqchart man`: what clap makes of the declarations in `args`.

use clap::CommandFactory;

use crate::args::{Cli, Completion};
use crate::failure::Failure;
use crate::{Verdict, output};

pub(crate) fn completion(args: &Completion) -> Result<Verdict, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "rqchart", &mut script);
    print(&script)
}

pub(crate) fn man() -> Result<Verdict, Failure> {
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
    rendered.map_err(|error| Failure::new(format!("cannot write the manual page: {error}")))?;
    print(&page)
}

fn print(bytes: &[u8]) -> Result<Verdict, Failure> {
    output::print(&String::from_utf8_lossy(bytes))?;
    Ok(Verdict::Fine)
}
