//! Values are read as Helm reads them: the same layers through `helm template` and through [`rqchart::layers::merge`].
//!
//! Uses the program `$HELM`, or `helm` on PATH. The cases are in `helm_values/cases.rs`; those on which we differ on
//! purpose are listed there too, each with its reason, and fail when they no longer differ.

#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

#[path = "helm_values/cases.rs"]
mod cases;

use std::path::PathBuf;
use std::process::Command;

use rqchart::layers::{Layer, merge, set_file_paths};
use serde_json::Value;

/// A layer of a case.
#[derive(Debug, Clone, Copy)]
enum Arg {
    File(&'static str),
    SetJson(&'static str),
    Set(&'static str),
    SetString(&'static str),
    SetFile(&'static str),
    SetLiteral(&'static str),
}

/// What a reader makes of a case: values, or a refusal with its messages.
type Reading = Result<Value, String>;

/// The files that `--set-file` of the cases names.
const FILES: [(&str, &str); 3] = [("one.txt", "1\n"), ("two.txt", "päth: {x}\n"), ("with,comma.txt", "comma")];

const TEMPLATE: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: values}\nvalues: {{ toJson .Values }}\n";

/// A folder with a chart that prints its values, and with the files of the cases.
struct Bench {
    helm: PathBuf,
    folder: tempfile::TempDir,
}

impl Bench {
    /// Sets up, or returns none where there is no helm.
    fn new() -> std::io::Result<Option<Self>> {
        let given = std::env::var_os("HELM").map(PathBuf::from);
        let is_given = given.is_some();
        let helm = given.unwrap_or_else(|| PathBuf::from("helm"));
        match Command::new(&helm).arg("version").output() {
            Err(error) if is_given => return Err(error),
            Err(_) => return Ok(None),
            Ok(_) => {}
        }
        let folder = tempfile::tempdir()?;
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text);
        std::fs::create_dir_all(folder.path().join("chart/templates"))?;
        write("chart/Chart.yaml", "apiVersion: v2\nname: values\nversion: 1.0.0\n")?;
        write("chart/templates/values.yaml", TEMPLATE)?;
        for (name, text) in FILES {
            write(name, text)?;
        }
        Ok(Some(Self { helm, folder }))
    }

    /// Reads a case with helm.
    fn helm(&self, case: &[Arg]) -> std::io::Result<Reading> {
        let mut command = Command::new(&self.helm);
        command.current_dir(self.folder.path()).args(["template", "chart"]);
        for (at, arg) in case.iter().enumerate() {
            let (flag, argument) = match *arg {
                Arg::File(text) => {
                    let name = format!("values-{at}.yaml");
                    std::fs::write(self.folder.path().join(&name), text)?;
                    command.args(["--values", &name]);
                    continue;
                }
                Arg::SetJson(argument) => ("--set-json", argument),
                Arg::Set(argument) => ("--set", argument),
                Arg::SetString(argument) => ("--set-string", argument),
                Arg::SetFile(argument) => ("--set-file", argument),
                Arg::SetLiteral(argument) => ("--set-literal", argument),
            };
            command.args([flag, argument]);
        }
        let output = command.output()?;
        if !output.status.success() {
            return Ok(Err(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let json = text.lines().find_map(|line| line.strip_prefix("values: "));
        Ok(serde_json::from_str(json.unwrap_or("")).map_err(|error| format!("{error} in {text}")))
    }
}

/// Reads a case with rqchart.
fn rqchart(case: &[Arg]) -> Reading {
    let names: Vec<_> = (0..case.len()).map(|at| format!("values-{at}.yaml")).collect();
    let contents: Vec<_> = case.iter().map(contents).collect();
    let layers: Vec<_> = case
        .iter()
        .enumerate()
        .map(|(at, arg)| match *arg {
            Arg::File(text) => Layer::File { name: &names[at], text: text.as_bytes() },
            Arg::SetJson(argument) => Layer::SetJson(argument),
            Arg::Set(argument) => Layer::Set(argument),
            Arg::SetString(argument) => Layer::SetString(argument),
            Arg::SetFile(argument) => Layer::SetFile { argument, contents: &contents[at] },
            Arg::SetLiteral(argument) => Layer::SetLiteral(argument),
        })
        .collect();
    let merged = merge(&layers);
    let errors: Vec<_> =
        merged.diagnostics().iter().filter(|finding| finding.is_error()).map(ToString::to_string).collect();
    if errors.is_empty() { Ok(merged.values().clone()) } else { Err(errors.join("; ")) }
}

fn contents(arg: &Arg) -> Vec<Vec<u8>> {
    let Arg::SetFile(argument) = arg else { return Vec::new() };
    let read = |path: String| FILES.iter().find(|(name, _)| *name == path).map(|(_, text)| text.as_bytes().to_vec());
    set_file_paths(argument).into_iter().map_while(read).collect()
}

/// Whether two values print alike: Helm holds the numbers of files as floats, so only their size counts.
fn is_alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => size(a) == size(b),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_alike(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| is_alike(a, b)))
        }
        _ => a == b,
    }
}

/// Returns a number's size, the same for 0 and -0.
fn size(number: &serde_json::Number) -> Option<u64> {
    number.as_f64().map(|number| (number + 0.0).to_bits())
}

/// Returns what is wrong with a case, if anything is.
fn compare(bench: &Bench, case: &[Arg], differs: bool) -> std::io::Result<Option<String>> {
    let (theirs, ours) = (bench.helm(case)?, rqchart(case));
    let alike = match (&theirs, &ours) {
        (Ok(theirs), Ok(ours)) => is_alike(theirs, ours),
        (Err(_), Err(_)) => true,
        _ => false,
    };
    let expected = if differs { "differ" } else { "be alike" };
    Ok((alike == differs).then(|| format!("should {expected}: {case:?}\n  helm:    {theirs:?}\n  rqchart: {ours:?}")))
}

/// Returns what is wrong with some cases, each of them with whether it should differ.
fn compare_all(cases: &[(&[Arg], bool)]) -> std::io::Result<Vec<String>> {
    let Some(bench) = Bench::new()? else { return Ok(Vec::new()) };
    cases.iter().filter_map(|(case, differs)| compare(&bench, case, *differs).transpose()).collect()
}

#[test]
fn values_are_read_as_helm_reads_them() -> std::io::Result<()> {
    if Bench::new()?.is_none() {
        println!("skipped: no helm on PATH (set $HELM)");
        return Ok(());
    }
    let alike = cases::ALIKE.iter().map(|case| (*case, false));
    let different = cases::DIFFERENT.iter().flat_map(|(_, cases)| cases.iter().map(|case| (*case, true)));
    let all: Vec<_> = alike.chain(different).collect();
    let workers = std::thread::available_parallelism()?.get();
    let wrong: Vec<Vec<String>> = std::thread::scope(|scope| {
        let parts = all.chunks(all.len().div_ceil(workers)).map(|part| scope.spawn(move || compare_all(part)));
        let parts: Vec<_> = parts.collect();
        parts.into_iter().map(|part| part.join().expect("a worker panicked")).collect::<Result<_, _>>()
    })?;
    let wrong = wrong.concat();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
