//! What a state is that somebody names: values, manifests or a chart; and its objects.

use std::fs;
use std::path::{Path, PathBuf};

use rqchart::layers::Layer;
use rqchart::plan::stream;
use rqchart::{Chart, Manifest, Renderer, manifest, placed};
use rqchart_core::diagnostic::Diagnostic;
use rqchart_core::plan::{Source, quoted};

use crate::args::{PlaceArgs, ReleaseArgs, ValueArgs};
use crate::failure::Failure;
use crate::{kubectl, load, release};

/// A state as it was read.
pub(crate) enum Given {
    /// Files with values, each with what is in it.
    Values(Vec<(String, Vec<u8>)>),
    /// A chart with values of its own.
    Chart(PathBuf, Box<Chart>),
    /// Objects, or findings about them; and how kubectl is given them.
    Manifests(Result<Vec<Manifest>, Vec<Diagnostic>>, Source),
}

/// What the states that are rendered are installed as.
pub(crate) struct Wanted {
    pub(crate) release: Option<String>,
    pub(crate) place: PlaceArgs,
}

/// The objects of a state.
pub(crate) struct Objects {
    pub(crate) manifests: Vec<Manifest>,
    pub(crate) findings: Vec<Diagnostic>,
    pub(crate) source: Source,
    /// What they are installed as, as far as it was decided here.
    pub(crate) release: kubectl::Release,
}

impl Wanted {
    /// Fills in what nobody has said.
    pub(crate) fn learn(&mut self, known: Option<kubectl::Release>) {
        if let Some((name, namespace)) = known {
            self.release.get_or_insert(name);
            self.place.namespace.get_or_insert(namespace);
        }
    }
}

impl Given {
    /// Values that flags alone say.
    pub(crate) fn values() -> Self {
        Self::Values(Vec::new())
    }

    /// Reads what somebody names.
    pub(crate) fn read(name: &str) -> Result<Self, Failure> {
        let path = Path::new(name);
        if path.is_dir() {
            return Self::folder(path);
        }
        let names: Vec<_> = if path.exists() { vec![name] } else { name.split(',').collect() };
        let mut files = Vec::new();
        for name in names {
            let bytes = load::bytes(name)?;
            if name == "-" && bytes.trim_ascii().is_empty() {
                // As kubectl leaves it when it finds nothing, or fails.
                return Err(Failure::new("standard input is empty: no state; `{}` is all defaults"));
            }
            files.push((name.to_owned(), bytes));
        }
        if let [(name, bytes)] = &files[..]
            && bytes.starts_with(&[0x1f, 0x8b])
        {
            let path = PathBuf::from(name);
            let chart = load::unpacked(&path, bytes)?;
            return Ok(Self::Chart(path, Box::new(chart)));
        }
        let is_manifests = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok_and(stream::is_manifests);
        match files.iter().filter(|(_, bytes)| is_manifests(bytes)).count() {
            0 => Ok(Self::Values(files)),
            count if count == files.len() => Self::manifests(&files, source_of_files(&files)),
            _ => Err(Failure::new(format!("{name}: some of these files are values, and some are manifests"))),
        }
    }

    fn folder(path: &Path) -> Result<Self, Failure> {
        if path.join("Chart.yaml").is_file() {
            return Ok(Self::Chart(path.to_owned(), Box::new(load::chart(Some(path))?)));
        }
        let mut files = Vec::new();
        collect(path, &mut files)?;
        if files.is_empty() {
            return Err(Failure::new(format!("{} holds neither a chart nor manifests", path.display())));
        }
        Self::manifests(&files, Source::Files(format!("-R -f {}", quoted(&path.display().to_string()))))
    }

    fn manifests(files: &[(String, Vec<u8>)], source: Source) -> Result<Self, Failure> {
        let (mut manifests, mut findings) = (Vec::new(), Vec::new());
        for (name, bytes) in files {
            let shown = load::display_name(name);
            let text = std::str::from_utf8(bytes).map_err(|_| Failure::new(format!("{shown} is not UTF-8 text")))?;
            match stream::read(shown, text) {
                Ok(found) => manifests.extend(found),
                Err(found) => findings.extend(found),
            }
        }
        Ok(Self::Manifests(if findings.is_empty() { Ok(manifests) } else { Err(findings) }, source))
    }

    /// What the objects of manifests are installed as.
    pub(crate) fn release(&self) -> Option<kubectl::Release> {
        let Self::Manifests(Ok(manifests), _) = self else { return None };
        let set = manifests.iter().find(|manifest| manifest.kind == "StatefulSet")?;
        let name = set.object.pointer("/metadata/labels/app.kubernetes.io~1instance")?.as_str()?;
        Some((name.to_owned(), set.namespace.clone().unwrap_or_else(|| "default".to_owned())))
    }

    /// Its objects, with flags over its values.
    pub(crate) fn objects(self, wanted: &Wanted, flags: &ValueArgs) -> Result<Objects, Failure> {
        match self {
            Self::Manifests(..) if has_any(flags) => {
                Err(Failure::new("NEW is manifests, which value flags cannot change"))
            }
            Self::Manifests(objects, source) => {
                let release = (wanted.release.clone(), wanted.place.namespace.clone());
                let release = (release.0.unwrap_or_default(), release.1.unwrap_or_else(|| "default".to_owned()));
                let (manifests, findings) = match objects {
                    Ok(manifests) => (manifests, Vec::new()),
                    Err(findings) => (Vec::new(), findings),
                };
                Ok(Objects { manifests, findings, source, release })
            }
            Self::Chart(path, chart) => {
                let place = PlaceArgs { chart: Some(path), ..wanted.place.clone() };
                rendered(*chart, &[], wanted.release.clone(), place, flags)
            }
            Self::Values(files) => {
                let chart = load::chart(wanted.place.chart.as_deref())?;
                rendered(chart, &files, wanted.release.clone(), wanted.place.clone(), flags)
            }
        }
    }
}

fn has_any(flags: &ValueArgs) -> bool {
    let ValueArgs { presets, from_link, files, set, set_string, set_json, set_file, set_literal } = flags;
    from_link.is_some()
        || [presets, files, set, set_string, set_json, set_file, set_literal].iter().any(|list| !list.is_empty())
}

fn rendered(
    chart: Chart,
    files: &[(String, Vec<u8>)],
    name: Option<String>,
    place: PlaceArgs,
    flags: &ValueArgs,
) -> Result<Objects, Failure> {
    let mut values = flags.clone();
    values.files.splice(..0, files.iter().map(|(name, _)| name.clone()));
    let mut read = |name: &str| match files.iter().find(|(known, _)| known == name) {
        Some((_, bytes)) => Ok(bytes.clone()),
        None => load::bytes(name),
    };
    let sources = load::Sources::read(&values, &mut read)?;
    let target = sources.target();
    let name = name.unwrap_or(target.name);
    let namespace = place.namespace.clone().unwrap_or(target.namespace);
    let release =
        ReleaseArgs { name: Some(name.clone()), place: PlaceArgs { namespace: Some(namespace.clone()), ..place } };
    let source = source_of_values(&release, &values);
    let rendering = release::of_sources(Renderer::lint, &release, chart, &sources)?.rendering;
    let manifests = manifest::parse(&rendering.documents).expect("lint has read them back");
    Ok(Objects { manifests, findings: rendering.diagnostics, source, release: (name, namespace) })
}

/// The command that renders it.
fn source_of_values(release: &ReleaseArgs, values: &ValueArgs) -> Source {
    let PlaceArgs { namespace, kube_version, api_versions, chart } = &release.place;
    let ValueArgs { presets, from_link, files, set, set_string, set_json, set_file, set_literal } = values;
    if files.iter().any(|name| name == "-") {
        return Source::Unknown;
    }
    let mut words: Vec<String> = ["rqchart", "template"].map(str::to_owned).to_vec();
    words.extend(release.name.clone());
    let chart = chart.as_ref().map(|path| path.display().to_string());
    let one = [("-n", namespace), ("--kube-version", kube_version), ("--chart", &chart), ("--from-link", from_link)];
    let many = [
        ("--api-versions", api_versions),
        ("--preset", presets),
        ("-f", files),
        ("--set-json", set_json),
        ("--set", set),
        ("--set-string", set_string),
        ("--set-file", set_file),
        ("--set-literal", set_literal),
    ];
    let one = one.iter().flat_map(|(flag, value)| value.iter().map(move |value| (*flag, value)));
    let many = many.iter().flat_map(|(flag, values)| values.iter().map(move |value| (*flag, value)));
    let mut secrets = 0;
    for (flag, value) in one.chain(many) {
        let word = if says_secrets(flag, value) {
            secrets += 1;
            without_secret(value, secrets)
        } else {
            quoted(value)
        };
        words.extend([flag.to_owned(), word]);
    }
    Source::Rendered(words.join(" "))
}

fn says_secrets(flag: &str, value: &str) -> bool {
    let layer = match flag {
        "--set-json" => Layer::SetJson(value),
        "--set" => Layer::Set(value),
        "--set-string" => Layer::SetString(value),
        "--set-literal" => Layer::SetLiteral(value),
        _ => return false, // names of files, links without secrets
    };
    placed::says_secrets(layer)
}

/// What a flag says with a variable instead: plans are kept in pull requests. A shell that does not know it stops.
fn without_secret(value: &str, number: u32) -> String {
    // What begins so is JSON as a whole.
    let path = value.split_once('=').filter(|(path, _)| !path.contains('{'));
    let path = path.map_or_else(String::new, |(path, _)| format!("{}=", quoted(path)));
    format!("{path}\"${{SECRET{number}:?}}\"")
}

fn source_of_files(files: &[(String, Vec<u8>)]) -> Source {
    if files.iter().any(|(name, _)| name == "-") {
        return Source::Unknown;
    }
    let flags: Vec<_> = files.iter().map(|(name, _)| format!("-f {}", quoted(name))).collect();
    Source::Files(flags.join(" "))
}

/// Collects the manifests below a folder. Links are not followed.
fn collect(dir: &Path, files: &mut Vec<(String, Vec<u8>)>) -> Result<(), Failure> {
    let failed = |error| Failure::io("read", dir, &error);
    let mut entries = fs::read_dir(dir).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (kind, path) = (entry.file_type().map_err(failed)?, entry.path());
        let is_manifest = path.extension().is_some_and(|end| ["yaml", "yml", "json"].iter().any(|known| end == *known));
        if kind.is_dir() {
            collect(&path, files)?;
        } else if kind.is_file() && is_manifest {
            let bytes = fs::read(&path).map_err(|error| Failure::io("read", &path, &error))?;
            files.push((path.display().to_string(), bytes));
        }
    }
    Ok(())
}
