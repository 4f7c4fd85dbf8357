//! Reads the files that the command line names: values, and charts.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rqchart::Chart;
use rqchart::chart::examples;
use rqchart::layers::{self, Layer, Merged};
use rqchart::link::{self, Target};
use rqchart_core::diagnostic::Diagnostic;

use crate::args::ValueArgs;
use crate::failure::Failure;

/// How reports call the values that a chart brings.
const CHART_VALUES: &str = "the chart's values.yaml";

/// What the value flags name, read.
pub(crate) struct Sources<'a> {
    args: &'a ValueArgs,
    presets: Vec<(String, &'static str)>,
    /// What the link names, and its values as text.
    link: Option<Result<(Target, String), Box<Diagnostic>>>,
    files: Vec<Vec<u8>>,
    set_files: Vec<Vec<Vec<u8>>>,
}

impl<'a> Sources<'a> {
    /// Reads every file; reports all of those that cannot be read.
    pub(crate) fn read(
        args: &'a ValueArgs,
        reader: &mut dyn FnMut(&str) -> Result<Vec<u8>, Failure>,
    ) -> Result<Self, Failure> {
        let mut failures = Vec::new();
        let mut read = |name: &str| {
            reader(name).unwrap_or_else(|failure| {
                failures.push(failure.to_string());
                Vec::new()
            })
        };
        let files = args.files.iter().map(|name| read(name)).collect();
        let preset = |name: &String| Ok((format!("--preset {name}"), example(name)?));
        let presets = args.presets.iter().map(preset).collect::<Result<_, Failure>>()?;
        let named = args.set_file.iter().map(|argument| layers::set_file_paths(argument));
        let set_files = named.map(|paths| paths.iter().map(|path| read(path)).collect()).collect();
        let opened = |link: &String| link::open(link).map(|state| (state.release.clone(), state.text()));
        let link = args.from_link.as_ref().map(opened);
        if failures.is_empty() {
            return Ok(Self { args, presets, link, files, set_files });
        }
        Err(Failure::new(failures.join("\n       "))) // each under the first one's `error: `
    }

    /// What the link names; none without a link that can be opened.
    pub(crate) fn target(&self) -> Target {
        self.link.iter().flatten().next().map_or_else(Target::default, |(target, _)| target.clone())
    }

    /// What is wrong with the link.
    pub(crate) fn finding(&self) -> Option<Diagnostic> {
        self.link.as_ref()?.as_ref().err().map(|finding| (**finding).clone())
    }

    /// Merges them with the flags, all over the values that the chart brings.
    pub(crate) fn merge<'b>(&'b self, chart: &'b Chart) -> Merged<'b> {
        let Self { args, presets, link, files, set_files } = self;
        let presets = presets.iter().map(|(name, text)| Layer::File { name, text: text.as_bytes() });
        let files = args.files.iter().zip(files).map(|(name, text)| Layer::File { name: display_name(name), text });
        let link = link.iter().flatten().map(|(_, text)| Layer::File { name: "--from-link", text: text.as_bytes() });
        let set_files = args.set_file.iter().zip(set_files);
        let flags = [
            args.set_json.iter().map(|set| Layer::SetJson(set)).collect::<Vec<_>>(),
            args.set.iter().map(|set| Layer::Set(set)).collect(),
            args.set_string.iter().map(|set| Layer::SetString(set)).collect(),
            set_files.map(|(argument, contents)| Layer::SetFile { argument, contents }).collect(),
            args.set_literal.iter().map(|set| Layer::SetLiteral(set)).collect(),
        ];
        let of_chart = chart.own_values().map(|text| Layer::File { name: CHART_VALUES, text: text.as_bytes() });
        let files = of_chart.into_iter().chain(presets).chain(link).chain(files);
        let layers: Vec<Layer<'_>> = files.chain(flags.into_iter().flatten()).collect();
        layers::merge(&layers)
    }
}

/// The text of an example.
pub(crate) fn example(name: &str) -> Result<&'static str, Failure> {
    let found = examples().find(|(known, _)| *known == name.trim_end_matches(".yaml"));
    found.map(|(_, text)| text).ok_or_else(|| {
        let names: Vec<_> = examples().map(|(name, _)| name).collect();
        Failure::new(format!("there is no example {name:?}; there are {}", names.join(", ")))
    })
}

/// How reports call a file.
pub(crate) fn display_name(name: &str) -> &str {
    if name == "-" { "<stdin>" } else { name }
}

/// What is in a file, or on standard input.
pub(crate) fn bytes(name: &str) -> Result<Vec<u8>, Failure> {
    if name == "-" {
        static IS_READ: AtomicBool = AtomicBool::new(false);
        if IS_READ.swap(true, Ordering::Relaxed) {
            return Err(Failure::new("standard input can be read only once, but `-` names it twice"));
        }
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map_err(|error| Failure::io("read", Path::new("<stdin>"), &error))?;
        return Ok(bytes);
    }
    fs::read(name).map_err(|error| Failure::io("read", Path::new(name), &error))
}

/// The text of a values file.
pub(crate) fn text(name: &str) -> Result<String, Failure> {
    String::from_utf8(bytes(name)?).map_err(|_| Failure::new(format!("{} is not UTF-8 text", display_name(name))))
}

/// The chart of a folder or an archive, or the one that is built in.
pub(crate) fn chart(path: Option<&Path>) -> Result<Chart, Failure> {
    let Some(path) = path else { return Ok(Chart::embedded()) };
    let metadata = fs::metadata(path).map_err(|error| Failure::io("read", path, &error))?;
    if !metadata.is_dir() {
        let bytes = fs::read(path).map_err(|error| Failure::io("read", path, &error))?;
        return unpacked(path, &bytes);
    }
    let mut files = Vec::new();
    let root = fs::canonicalize(path).map_err(|error| Failure::io("read", path, &error))?;
    collect(&root, path, "", &mut files)?;
    Chart::from_files(files).map_err(|error| Failure::chart(path, &error))
}

/// The chart of an archive.
pub(crate) fn unpacked(path: &Path, bytes: &[u8]) -> Result<Chart, Failure> {
    rqchart::package::unpack(bytes).map_err(|error| Failure::chart(path, &error))
}

/// Collects a chart folder's files. Links are followed within it, because a mounted ConfigMap is made of them; what a link
/// brings from elsewhere is no part of a chart.
fn collect(root: &Path, dir: &Path, prefix: &str, files: &mut Vec<(String, String)>) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::io("read", dir, &error);
    let mut entries = fs::read_dir(dir).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = format!("{prefix}{name}");
        let is_folder = Chart::has_folder(&path);
        if !is_folder && !Chart::has_file(&path) {
            continue;
        }
        let entry = entry.path();
        let failed = |error: io::Error| Failure::io("read", &entry, &error);
        let place = fs::canonicalize(&entry).map_err(failed)?;
        if !place.starts_with(root) {
            return Err(Failure::new(format!("{} is a link that leads out of the chart's folder", entry.display())));
        }
        let kind = fs::metadata(&place).map_err(failed)?;
        if is_folder && kind.is_dir() {
            collect(root, &entry, &format!("{path}/"), files)?;
        } else if !is_folder && kind.is_file() {
            let bytes = fs::read(&place).map_err(failed)?;
            let text =
                String::from_utf8(bytes).map_err(|_| Failure::new(format!("{} is not UTF-8 text", entry.display())))?;
            files.push((path, text));
        } else {
            let what = if is_folder { "folder" } else { "file" };
            return Err(Failure::new(format!("{} is no {what}", entry.display())));
        }
    }
    Ok(())
}
