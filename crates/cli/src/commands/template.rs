//! `rqchart template`: values → manifests.

use rqchart::bundle::{files, stream};
use rqchart::{Document, Renderer, manifest};
use serde_json::json;

use crate::Verdict;
use crate::args::{ManifestFormat, Template};
use crate::failure::Failure;
use crate::{output, release, report};

pub(crate) fn run(args: &Template) -> Result<Verdict, Failure> {
    let release::Outcome { chart_name, rendering } = release::run(Renderer::render, &args.release, &args.values)?;
    report::findings(&rendering.diagnostics);
    let verdict = report::verdict(&rendering.diagnostics, args.strict);
    if verdict == Verdict::Findings {
        return Ok(verdict);
    }
    let documents = wanted(&rendering.documents, &chart_name, &args.show_only)?;
    match (&args.output_dir, args.output) {
        (Some(dir), ManifestFormat::Yaml) => output::write_files(dir, &files(&documents, &chart_name))?,
        (Some(_), ManifestFormat::Json) => return Err(Failure::new("--output-dir writes YAML only")),
        (None, ManifestFormat::Yaml) => output::print(&stream(&documents, &chart_name))?,
        (None, ManifestFormat::Json) => output::print(&list(&documents))?,
    }
    Ok(verdict)
}

/// The documents whose template was asked for; all when none was.
fn wanted<'a>(documents: &'a [Document], chart_name: &str, show_only: &[String]) -> Result<Vec<&'a Document>, Failure> {
    let is_meant = |document: &Document, asked: &str| {
        let asked = asked.strip_suffix(".tera").unwrap_or(asked);
        let asked = asked.strip_prefix(chart_name).and_then(|rest| rest.strip_prefix('/')).unwrap_or(asked);
        document.template == asked || document.template.strip_prefix("templates/") == Some(asked)
    };
    if let Some(unknown) = show_only.iter().find(|asked| !documents.iter().any(|d| is_meant(d, asked))) {
        let mut rendered: Vec<&str> = documents.iter().map(|document| document.template.as_str()).collect();
        rendered.dedup();
        let rendered = rendered.join(", ");
        return Err(Failure::new(format!("no document comes from {unknown:?}; rendered were {rendered}")));
    }
    let asked_for =
        |document: &Document| show_only.is_empty() || show_only.iter().any(|asked| is_meant(document, asked));
    Ok(documents.iter().filter(|document| asked_for(document)).collect())
}

fn list(documents: &[&Document]) -> String {
    let documents: Vec<Document> = documents.iter().copied().cloned().collect();
    let manifests = manifest::parse(&documents).expect("an edited chart's documents were read back, ours are tested");
    let items: Vec<_> = manifests.into_iter().map(|manifest| manifest.object).collect();
    format!("{:#}\n", json!({ "apiVersion": "v1", "kind": "List", "items": items }))
}
