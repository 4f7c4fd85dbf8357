//! `rqchart schema`: the JSON Schema of values.

use rqchart_core::schema::{self, Dialect};

use crate::args::Schema;
use crate::failure::Failure;
use crate::{Verdict, output};

pub(crate) fn run(args: &Schema) -> Result<Verdict, Failure> {
    let dialect = if args.draft07 { Dialect::Draft07 } else { Dialect::Draft2020 };
    output::print(&format!("{:#}\n", schema::generate(dialect)))?;
    Ok(Verdict::Fine)
}
