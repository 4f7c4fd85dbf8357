//! What developers and CI run: `cargo xtask <task>`.

mod bench;
mod codegen;
mod command;
mod dist;
mod test;
mod web;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask codegen [--check]   write the files that are made from Rust types, or tell whether they are up to date
cargo xtask test                install what the tests need, then run all of them
cargo xtask dist                build the binary that is released, into target/dist
cargo xtask web                 build the configurator's page, into web/dist, and where the program embeds it
cargo xtask bench               measure the program against cat, helm and jrsonnet, and the page against a frame
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match args.as_slice() {
        ["codegen"] => codegen::write(),
        ["codegen", "--check"] => codegen::check(),
        ["test"] => test::run_all(),
        ["dist"] => dist::run(),
        ["web"] => web::build(),
        ["bench"] => bench::run_bench(),
        _ => Err(HELP.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{}", message.trim_end());
            ExitCode::FAILURE
        }
    }
}
