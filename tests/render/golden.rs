//! Folders of `golden/`, and the chart's examples: values and a release in, everything that is found and rendered out.
//!
//! `INSTA_UPDATE=always cargo test -p rqchart-tests --test render golden` accepts what is rendered now.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, thread};

use rqchart::{Chart, Rendering, chart};
use rqchart_core::release::{KubeVersion, Release};
use rqchart_core::values::ApiVersion;
use serde_json::{Value, json};

use crate::{RENDERER, render};

/// The folder whose expectation has the pods' scripts too; the others would only repeat them.
const WITH_SCRIPTS: &str = "defaults_render_three_replicas";

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) values: Value,
    pub(crate) release: Release,
    folder: PathBuf,
}

impl Case {
    fn read(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join("values.yaml")).unwrap();
        let release = fs::read_to_string(folder.join("release.json"));
        let release = release.map_or(json!({ "name": "rqdb", "namespace": "default" }), |text| text.parse().unwrap());
        let version = release["kubeVersion"].as_str().map_or(KubeVersion::DEFAULT, |v| KubeVersion::parse(v).unwrap());
        let text_of = |key: &str| release[key].as_str().unwrap();
        let api_versions = release["apiVersions"].as_array().into_iter().flatten();
        let api_versions = api_versions.map(|said| ApiVersion::new(said.as_str().unwrap()).unwrap()).collect();
        let chart = Chart::embedded().info().clone();
        let named = Release::new(text_of("name"), text_of("namespace"), chart, version).unwrap();
        Self {
            name: folder.file_name().unwrap().to_str().unwrap().to_owned(),
            values: serde_yaml::from_str(&text).unwrap(),
            release: named.with_api_versions(api_versions),
            folder: folder.to_owned(),
        }
    }

    pub(crate) fn release_name(&self) -> String {
        self.release.name.to_string()
    }

    pub(crate) fn render(&self) -> Rendering {
        render(&self.values, &self.release)
    }

    /// An example of the chart, installed as `rqdb`. What is accepted lies in `examples/`.
    fn example(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            values: serde_yaml::from_str(text).unwrap(),
            release: crate::release("rqdb", "default"),
            folder: Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"),
        }
    }

    fn assert_accepted(&self, file: &str) {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&self.folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.remove_input_file();
        settings.remove_snapshot_suffix();
        settings.bind(|| insta::assert_snapshot!(file, self.shown()));
    }

    /// Findings as comments, then the documents.
    fn shown(&self) -> String {
        let Rendering { diagnostics, documents, .. } = self.render();
        let mut text = String::new();
        for finding in diagnostics {
            let _ = writeln!(text, "# {finding}");
        }
        for document in documents {
            let body = match document.text.split_once("\n  alive.sh: |\n") {
                Some((head, _)) if self.name != WITH_SCRIPTS => format!("{head}\n  # and the scripts\n"),
                _ => match document.text.split_once(".json: |\n") {
                    Some((head, _)) if document.template.contains("dashboard") => {
                        format!("{head}.json: |\n  # and the dashboard\n")
                    }
                    _ => document.text,
                },
            };
            let _ = write!(text, "---\n# Source: {}\n{body}", document.template);
        }
        text
    }
}

/// The folders and the examples.
pub(crate) fn cases() -> Vec<Case> {
    folders().into_iter().chain(examples()).collect()
}

pub(crate) fn examples() -> impl Iterator<Item = Case> {
    chart::examples().map(|(name, text)| Case::example(name, text))
}

fn folders() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut folders: Vec<_> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders.iter().map(|folder| Case::read(folder)).collect()
}

/// One of them by its folder's name.
pub(crate) fn case(name: &str) -> Case {
    Case::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name))
}

#[test]
fn each_folder_renders_what_was_accepted() {
    insta::glob!("../golden", "*/values.yaml", |values| {
        Case::read(values.parent().unwrap()).assert_accepted("expected");
    });
}

#[test]
fn each_golden_example_renders_what_was_accepted() {
    let accepted = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")).unwrap();
    let accepted: BTreeSet<String> = accepted.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let known: BTreeSet<String> = examples().map(|case| format!("{}.snap", case.name)).collect();
    let left_over: Vec<_> = accepted.difference(&known).collect();
    assert!(left_over.is_empty(), "{left_over:?} belongs to no example");
    for case in examples() {
        case.assert_accepted(&case.name);
    }
}

#[test]
fn folders_hold_nothing_else_and_are_few() {
    let known = BTreeSet::from(["values.yaml", "release.json", "expected.snap"].map(str::to_owned));
    let cases = folders();
    for case in &cases {
        let entries = fs::read_dir(&case.folder).unwrap();
        let files: BTreeSet<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        let left_over: Vec<_> = files.difference(&known).collect();
        assert!(left_over.is_empty(), "{}: {left_over:?} belongs to nothing", case.name);
        assert!(files.contains("expected.snap"), "{}: nothing was accepted", case.name);
    }
    assert!(cases.len() <= 25, "{} cases: a property or unit test says more with less", cases.len());
}

#[test]
fn reading_the_documents_back_finds_nothing_that_rendering_did_not() {
    for case in cases() {
        let rendered = RENDERER.render(&case.values, &case.release).unwrap();
        let checked = case.render();
        assert_eq!(checked.diagnostics, rendered.diagnostics, "{}", case.name);
        assert_eq!(checked.documents, rendered.documents, "{}", case.name);
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_again_and_on_other_threads() {
    let all = || cases().iter().map(|case| case.render().documents).collect::<Vec<_>>();
    let first = all();
    assert!(first.iter().flatten().count() > 50);
    let others: Vec<_> = (0..2).map(|_| thread::spawn(all)).collect();
    assert!(first == all(), "a second time differs");
    assert!(others.into_iter().all(|other| other.join().unwrap() == first), "another thread differs");
}
