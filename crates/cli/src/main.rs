//! The program `rqchart`: reads arguments and files, lets the library work, prints.

#![expect(clippy::disallowed_methods, reason = "this is the crate that touches files")]

mod args;
mod commands;
mod failure;
mod kubectl;
mod load;
mod output;
mod page;
mod release;
mod report;
mod state;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use failure::Failure;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Exit code 0.
    Fine,
    /// Exit code 1: somebody's input has errors, or warnings with --strict.
    Findings,
    /// Exit code 3: a plan needs steps.
    NeedsSteps,
    /// Exit code 4: a plan is dangerous.
    Dangerous,
}

fn main() -> ExitCode {
    let result = match Cli::try_parse() {
        Ok(cli) => run(cli.command),
        Err(error) if error.use_stderr() => {
            report::usage(&error.to_string());
            return ExitCode::from(2);
        }
        Err(help) => output::print(&help.to_string()).map(|()| Verdict::Fine),
    };
    match result {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::Findings) => ExitCode::from(1),
        Ok(Verdict::NeedsSteps) => ExitCode::from(3),
        Ok(Verdict::Dangerous) => ExitCode::from(4),
        Err(failure) => {
            report::failure(&failure);
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<Verdict, Failure> {
    match command {
        Command::Template(args) => commands::template::run(&args),
        Command::Lint(args) => commands::lint::run(&args),
        Command::Plan(args) => commands::plan::run(&args),
        Command::Simulate(args) => commands::simulate::run(&args),
        Command::Explain(args) => commands::explain::run(&args),
        Command::Schema(args) => commands::schema::run(&args),
        Command::Show(args) => commands::show::run(&args),
        Command::Create(args) => commands::create::run(&args),
        Command::Package(args) => commands::package::run(&args),
        Command::Serve(args) => commands::serve::run(&args),
        Command::Completion(args) => commands::manual::completion(&args),
        Command::Man => commands::manual::man(),
    }
}
