//! `rqchart schema`: the JSON Schema of values.

use rqchart::chart;
use rqchart_core::schema;

use crate::args::Schema;
use crate::failure::Failure;
use crate::{Verdict, output};

pub(crate) fn run(args: &Schema) -> Result<Verdict, Failure> {
    if args.draft07 {
        output::print(chart::embedded_file("values.schema.json").expect("the built-in chart has a schema"))?;
    } else {
        output::print(schema::TEXT)?;
    }
    Ok(Verdict::Fine)
}
