//! The program as people use it: a command line in, what it prints and its exit code out.
//!
//! Each test works in a folder of its own ([`place::Place`]); sessions are compared as a whole, so that a message that
//! changes is seen where it is read. Accept changes with `cargo insta test -p rqchart-cli --review`.

#![expect(clippy::disallowed_methods, reason = "these tests make the files that the program reads")]

mod broken_charts;
mod charts;
mod codes;
mod findings;
mod flags;
mod output_dir;
mod place;
mod plan;
mod simulate;
mod streams;
mod template;
mod values_files;
mod words;
