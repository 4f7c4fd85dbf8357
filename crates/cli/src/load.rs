//! Reads the files that the command line names: values, and charts.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use rqchart::Chart;
use rqchart::layers::{self, Layer, Merged};

use crate::args::ValueArgs;
use crate::failure::Failure;

/// Reads all values files and merges them with the flags.
pub(crate) fn values(args: &ValueArgs) -> Result<Merged, Failure> {
    let mut failures = Vec::new();
    let mut contents = Vec::new();
    for name in &args.files {
        match read(name) {
            Ok(bytes) => contents.push((display_name(name), bytes)),
            Err(failure) => failures.push(failure.to_string()),
        }
    }
    if !failures.is_empty() {
        return Err(Failure::new(failures.join("\n       "))); // under the first one's `error: `
    }
    let files = contents.iter().map(|(name, text)| Layer::File { name, text });
    let flags = [
        args.set_json.iter().map(|set| Layer::SetJson(set)).collect::<Vec<_>>(),
        args.set.iter().map(|set| Layer::Set(set)).collect(),
        args.set_string.iter().map(|set| Layer::SetString(set)).collect(),
        args.set_literal.iter().map(|set| Layer::SetLiteral(set)).collect(),
    ];
    let layers: Vec<Layer<'_>> = files.chain(flags.into_iter().flatten()).collect();
    Ok(layers::merge(&layers))
}

fn display_name(name: &str) -> &str {
    if name == "-" { "<stdin>" } else { name }
}

fn read(name: &str) -> Result<Vec<u8>, Failure> {
    if name == "-" {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map_err(|error| Failure::io("read", Path::new("<stdin>"), &error))?;
        return Ok(bytes);
    }
    fs::read(name).map_err(|error| Failure::io("read", Path::new(name), &error))
}

/// The chart of a folder or an archive, or the one that is built in.
pub(crate) fn chart(path: Option<&Path>) -> Result<Chart, Failure> {
    let Some(path) = path else { return Ok(Chart::embedded()) };
    let metadata = fs::metadata(path).map_err(|error| Failure::io("read", path, &error))?;
    if !metadata.is_dir() {
        let bytes = fs::read(path).map_err(|error| Failure::io("read", path, &error))?;
        return Ok(rqchart::package::unpack(&bytes)?);
    }
    let mut files = Vec::new();
    collect(path, "", &mut files)?;
    Ok(Chart::from_files(files)?)
}

/// Collects a chart folder's files. Links are not followed: a chart is what is in its folder.
fn collect(dir: &Path, prefix: &str, files: &mut Vec<(String, String)>) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::io("read", dir, &error);
    let mut entries = fs::read_dir(dir).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let kind = entry.file_type().map_err(failed)?;
        let path = format!("{prefix}{name}");
        if kind.is_dir() && Chart::has_folder(&path) {
            collect(&entry.path(), &format!("{path}/"), files)?;
        } else if kind.is_file() && Chart::has_file(&path) {
            let text = fs::read_to_string(entry.path()).map_err(|error| Failure::io("read", &entry.path(), &error))?;
            files.push((path, text));
        }
    }
    Ok(())
}
