//! `rqchart explain`: what a setting means, or why something was found.

use rqchart_core::diagnostic::{Code, Example, Input};
use rqchart_core::schema::{Reference, Setting};
use serde_json::Value;

use crate::args::Explain;
use crate::failure::Failure;
use crate::{Verdict, output};

pub(crate) fn run(args: &Explain) -> Result<Verdict, Failure> {
    if let Some(code) = Code::from_name(&args.what) {
        output::print(&found(code))?;
        return Ok(Verdict::Fine);
    }
    let reference = Reference::built_in();
    let described = match reference.find(&args.what) {
        Ok(setting) => described(&args.what, &setting),
        Err(known) => {
            let meant = reference.known_as(&args.what);
            let settings = meant.iter().filter_map(|path| Some(described(path, &reference.find(path).ok()?)));
            let settings: Vec<_> = settings.collect();
            if settings.is_empty() {
                return Err(unknown(&args.what, &known));
            }
            settings.join("\n")
        }
    };
    output::print(&described)?;
    Ok(Verdict::Fine)
}

/// What a code says, and what produces it.
fn found(code: Code) -> String {
    let mut text = format!("{code}\n\n{}\n{}\n", code.cause(), code.fix());
    for Example { severity, input } in code.examples() {
        let (what, example) = match input {
            Input::Values(values) => ("these values", values),
            Input::Command(line) => ("this command", line),
        };
        text.push_str(&format!("\nGiven as {severity} by {what}\n"));
        text.extend(example.lines().map(|line| format!("  {line}\n")));
    }
    text
}

fn unknown(what: &str, known: &[String]) -> Failure {
    if what.contains('-') {
        let codes: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        return Failure::new(format!("there is no finding {what:?}; there are {}", codes.join(", ")));
    }
    match known {
        [] => Failure::new(format!("{what:?} is neither a setting nor the code of a finding")),
        known => Failure::new(format!("there is no setting {what:?}; here there are {}", known.join(", "))),
    }
}

fn described(path: &str, setting: &Setting<'_>) -> String {
    let title = if path.is_empty() { "values" } else { path };
    let mut text = format!("{title}\n\n{}\n\n", setting.description());
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            text.push_str(&format!("{name:<10}{value}\n"));
        }
    };
    let about = |key: &str| setting.annotation(key).and_then(Value::as_str).map(str::to_owned);
    line("type", Some(setting.kind()));
    line("default", (!setting.default().is_object()).then(|| setting.default().to_string()));
    line("range", setting.range());
    line("example", setting.example().map(ToString::to_string));
    line("unit", about("unit"));
    line("flag", about("flag"));
    line("also", Some(setting.also().collect::<Vec<_>>().join(", ")).filter(|also| !also.is_empty()));
    line("since", about("since").map(|version| format!("rqlite {version}")));
    line("changing", setting.effect().map(|effect| effect.in_words().to_owned()));
    line("see", about("docs"));
    let mut options = setting.options().peekable();
    if options.peek().is_some() {
        text.push_str("\nOne of\n");
        for (option, meaning) in options {
            text.push_str(&format!("  {option:<18} {meaning}\n"));
        }
    }
    let mut inner = setting.properties().peekable();
    if inner.peek().is_some() {
        text.push_str("\nSettings in it\n");
        for (name, meaning) in inner {
            text.push_str(&format!("  {name:<30} {meaning}\n"));
        }
    }
    text
}
