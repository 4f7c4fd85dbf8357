//! The chart that is built in is the folder `chart/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rqchart::chart;
use rqchart::layers::{self, Layer};
use rqchart_core::schema;
use rqchart_core::values::Values;

#[test]
fn the_chart_that_is_built_in_has_every_file_of_its_folder() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../chart");
    let mut files = BTreeMap::new();
    collect(&root, &root, &mut files);
    let built_in = || chart::embedded_files().map(|(path, text)| (path.to_owned(), text.to_owned()));
    let embedded: BTreeMap<_, _> = built_in().collect();
    assert_eq!(files.keys().collect::<Vec<_>>(), embedded.keys().collect::<Vec<_>>());
    assert_eq!(files, embedded);
    assert_eq!(embedded.len(), built_in().count(), "a file is built in twice");
}

fn collect(folder: &Path, root: &Path, files: &mut BTreeMap<String, String>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect(&path, root, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn values_yaml_says_the_defaults() {
    let text = chart::embedded_file("values.yaml").unwrap();
    let merged = layers::merge(&[Layer::File { name: "values.yaml", text: text.as_bytes() }]);
    assert_eq!(merged.diagnostics(), []);
    assert_eq!(schema::validate(merged.values()).unwrap(), Values::default());
}

#[test]
fn every_example_renders_without_an_error() {
    assert!(chart::examples().count() > 0);
    for (name, text) in chart::examples() {
        let merged = layers::merge(&[Layer::File { name, text: text.as_bytes() }]);
        assert_eq!(merged.diagnostics(), [], "{name}");
        let rendering = crate::render(merged.values(), &crate::release("rqdb", "default"));
        let errors: Vec<_> = rendering.diagnostics.iter().filter(|finding| finding.is_error()).collect();
        assert!(text.starts_with("# "), "{name}: `rqchart show examples` shows its first line, a comment");
        assert!(errors.is_empty() && !rendering.documents.is_empty(), "{name}: {errors:?}");
    }
}
