//! `rqchart simulate`: what becomes of a cluster when something happens to it.

use rqchart::Renderer;
use rqchart::{layers, link, placed};
use rqchart_core::simulate::{self, Scenario, Search, Simulator, Trace, Verdict as Fate, builtin};
use serde_json::json;

use crate::Verdict;
use crate::args::{Simulate, TraceFormat};
use crate::failure::Failure;
use crate::{load, output, release, report};

pub(crate) fn run(args: &Simulate) -> Result<Verdict, Failure> {
    let rendering = release::run(Renderer::lint, &args.release, &args.values)?.rendering;
    report::findings(&rendering.diagnostics);
    let verdict = report::verdict(&rendering.diagnostics, false);
    let Some(topology) = rendering.topology.filter(|_| verdict == Verdict::Fine) else {
        return Ok(Verdict::Findings);
    };
    let simulator = Simulator::of(&topology);
    if args.list {
        let line = |scenario: &Scenario| format!("{:<24}{}\n", scenario.name, scenario.about);
        output::print(&builtin(&simulator).iter().map(line).collect::<String>())?;
        return Ok(Verdict::Fine);
    }
    if let Some(faults) = args.faults {
        return search(&simulator, faults, args);
    }
    let Some(scenarios) = wanted(args, &simulator)? else { return Ok(Verdict::Findings) };
    let traces: Vec<_> = scenarios.iter().map(|scenario| simulator.play(scenario, args.seed)).collect();
    output::print(&match args.output {
        TraceFormat::Table => table(&traces),
        TraceFormat::Timeline => traces.iter().map(Trace::timeline).collect::<Vec<_>>().join("\n"),
        TraceFormat::Json => format!("{:#}\n", json!({ "traces": traces })),
        TraceFormat::Svg => match &traces[..] {
            [trace] => trace.svg(),
            _ => return Err(Failure::new("a picture shows one scenario: name it with --scenario")),
        },
    })?;
    let held = traces.iter().all(|trace| trace.verdict == Fate::Held && !trace.cut_short);
    Ok(if held { Verdict::Fine } else { Verdict::Findings })
}

/// Every combination of so many faults.
fn search(simulator: &Simulator, faults: u32, args: &Simulate) -> Result<Verdict, Failure> {
    let progress = report::Progress::new("runs");
    let search = simulator.search(faults, args.seed, |done, all| progress.show(done, all));
    progress.end();
    let stories = || search.worst.iter().map(|found| simulator.play(&found.scenario, args.seed).timeline());
    output::print(&match args.output {
        TraceFormat::Table => summary(&search),
        TraceFormat::Timeline => stories().collect::<Vec<_>>().join("\n"),
        TraceFormat::Json => format!("{:#}\n", json!(search)),
        TraceFormat::Svg => return Err(Failure::new("a picture shows one scenario, not a search")),
    })?;
    Ok(if search.worst.is_empty() { Verdict::Fine } else { Verdict::Findings })
}

/// How many combinations ended how, and the worst of them.
fn summary(search: &Search) -> String {
    let mut text = format!("{} combinations of up to {} faults\n", search.runs, search.faults);
    for (verdict, times) in &search.verdicts {
        text.push_str(&format!("{times:>10}  {}\n", verdict.in_words()));
    }
    for found in &search.worst {
        let cause = found.cause.as_deref().unwrap_or_default();
        let alike = match found.alike {
            1 => String::new(),
            all => format!(" (and {} more of the kind)", all - 1),
        };
        text.push_str(&format!("\n{}: {}{alike}\n  {cause}\n", found.verdict.in_words(), found.scenario.about));
    }
    text
}

/// The scenarios that are named; that of a link, or all that are built in, when none is; none where one has findings, which are
/// reported then.
fn wanted(args: &Simulate, simulator: &Simulator) -> Result<Option<Vec<Scenario>>, Failure> {
    let known = builtin(simulator);
    if args.scenario.is_empty() {
        return Ok(match args.values.from_link.as_deref().map(link::scenario) {
            Some(Ok(Some(scenario))) => {
                read("--from-link", scenario.to_string().as_bytes(), simulator).map(|scenario| vec![scenario])
            }
            Some(Err(finding)) => {
                report::findings(&[*finding]);
                None
            }
            Some(Ok(None)) | None => Some(known),
        });
    }
    let (mut scenarios, mut complete) = (Vec::new(), true);
    for name in &args.scenario {
        if let Some(found) = known.iter().find(|scenario| scenario.name == *name) {
            scenarios.push(found.clone());
        } else if name.contains(['.', '/']) || name == "-" {
            match read(load::display_name(name), &load::bytes(name)?, simulator) {
                Some(scenario) => scenarios.push(scenario),
                None => complete = false,
            }
        } else {
            let names: Vec<_> = known.iter().map(|scenario| scenario.name.as_str()).collect();
            return Err(Failure::new(format!("there is no scenario {name:?}; there are {}", names.join(", "))));
        }
    }
    Ok(complete.then_some(scenarios))
}

fn read(name: &str, text: &[u8], simulator: &Simulator) -> Option<Scenario> {
    let merged = layers::file(name, text);
    let (scenario, findings) = placed::scenario(&merged, simulator);
    report::findings(&findings);
    scenario
}

/// A line for each, the names in a column as wide as the longest.
fn table(traces: &[Trace]) -> String {
    let width = traces.iter().map(|trace| trace.scenario.len()).max().unwrap_or(0).max(8);
    let mut text = format!("{:<width$}  verdict      no writes  cause\n", "scenario");
    for trace in traces {
        let (name, verdict) = (&trace.scenario, trace.verdict.in_words());
        let cause = trace.cause.as_deref().unwrap_or_default();
        let outage = simulate::seconds(trace.longest_outage);
        let line = format!("{name:<width$}  {verdict:<11}  {outage:>9}  {cause}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
