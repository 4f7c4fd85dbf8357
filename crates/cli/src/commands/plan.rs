//! `rqchart plan`: two states → what going from one to the other does, and how.

use rqchart::Manifest;
use rqchart::plan::text;
use rqchart_core::plan::{Plan, Source, Sources, Verdict as Worst};

use crate::args::{self, PlanFormat};
use crate::failure::Failure;
use crate::kubectl::{self, Forbidden, Found};
use crate::state::{Given, Objects, Wanted};
use crate::{Verdict, output, report};

pub(crate) fn run(args: &args::Plan) -> Result<Verdict, Failure> {
    let (old, new) = states(args)?;
    let Some(((old, old_source), (new, new_source))) = objects(args, old, new)? else { return Ok(Verdict::Findings) };
    let plan = rqchart::plan::plan(&old, &new, &Sources { old: old_source, new: new_source });
    output::print(&written(&plan, args.output))?;
    Ok(match plan.verdict {
        Worst::Safe => Verdict::Fine,
        Worst::NeedsSteps => Verdict::NeedsSteps,
        Worst::Dangerous => Verdict::Dangerous,
    })
}

/// What the arguments name: what is there, unless the cluster says it, and what is to be there.
fn states(args: &args::Plan) -> Result<(Option<Given>, Given), Failure> {
    let (old, new) = match (args.from_cluster, &args.old, &args.new) {
        (true, new, None) => (None, new),
        (true, Some(_), Some(_)) => {
            return Err(Failure::new("with --from-cluster there is one state, NEW: the cluster says OLD"));
        }
        (_, None, _) => return Err(Failure::new("say what is there: OLD, or --from-cluster")),
        (false, Some(old), new) => (Some(old), new),
    };
    let says_new = !(args.values.files.is_empty() && args.values.presets.is_empty()) || args.values.from_link.is_some();
    let new = match new {
        Some(new) => Given::read(new)?,
        None if says_new => Given::values(),
        None => return Err(Failure::new("say what is to be there: NEW, or -f with values")),
    };
    Ok((old.map(|old| Given::read(old)).transpose()?, new))
}

type Side = (Vec<Manifest>, Source);

/// The objects of both sides; none where values have errors, or anything has warnings with `--strict`: they are reported.
fn objects(args: &args::Plan, old: Option<Given>, new: Given) -> Result<Option<(Side, Side)>, Failure> {
    let mut wanted = Wanted { release: args.release.clone(), place: args.place.clone() };
    // A release that exists says what it is called to one that is rendered.
    wanted.learn(old.as_ref().and_then(Given::release).or_else(|| new.release()));
    let none = args::ValueArgs::default();
    let old = old.map(|old| old.objects(&wanted, &none)).transpose()?;
    let new = new.objects(&wanted, &args.values)?;
    let mut findings = old.as_ref().map_or_else(Vec::new, |old| old.findings.clone());
    // The same file on both sides has the same to say.
    let more: Vec<_> = new.findings.iter().filter(|finding| !findings.contains(finding)).cloned().collect();
    findings.extend(more);
    report::findings(&findings);
    if report::verdict(&findings, args.strict) == Verdict::Findings {
        return Ok(None);
    }
    let Objects { manifests: new, source: new_source, release, .. } = new;
    if let Some(old) = old {
        return Ok(Some(((old.manifests, old.source), (new, new_source))));
    }
    let Found { mut objects, forbidden } = kubectl::objects(&release, &new)?;
    for Forbidden { kind, reason } in &forbidden {
        report::warning(&format!("the plan says nothing of {kind} objects: {reason}"));
    }
    if args.strict && !forbidden.is_empty() {
        return Ok(None);
    }
    // What the user may not read is neither new nor different, so far as the plan knows.
    let is_forbidden = |object: &&Manifest| forbidden.iter().any(|forbidden| forbidden.kind == object.kind);
    objects.extend(new.iter().filter(is_forbidden).cloned());
    Ok(Some(((objects, Source::Unknown), (new, new_source))))
}

fn written(plan: &Plan, format: PlanFormat) -> String {
    match format {
        PlanFormat::Text => report::printable_lines(&text::plain(plan)),
        PlanFormat::Markdown => report::printable_lines(&text::markdown(plan)),
        PlanFormat::Json => output::json(plan),
    }
}
