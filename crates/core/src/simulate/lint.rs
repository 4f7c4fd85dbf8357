//! What values must bear: a single fault, or an ordinary operation.

use super::scenario::Scenario;
use super::trace::Verdict;
use super::{Simulator, builtin};
use crate::diagnostic::{Code, Diagnostic};
use crate::quorum::tolerated_losses;

/// The scenarios in which one thing happens, each with the setting that decides most about it.
const SINGLE: [(&str, &str); 11] = [
    ("disk-lost", "/replicas"),
    ("node-lost", "/antiAffinity/host"),
    ("down-long", "/replicas"),
    ("leader-kill", "/replicas"),
    ("leader-restart", "/replicas"),
    ("follower-kill", "/replicas"),
    ("cut-off", "/replicas"),
    ("frozen", "/replicas"),
    ("power-cut", "/replicas"),
    ("drain", "/podDisruptionBudget"),
    ("rolling-restart", "/readinessProbe"),
];

/// Plays them, and reports those after which nobody leads, rows are gone, or writes stand still for long.
///
/// With a single voter nothing is played: another finding says what that means.
pub fn lint(simulator: &Simulator) -> Vec<Diagnostic> {
    let settings = &simulator.settings;
    if settings.voters < 2 {
        return Vec::new();
    }
    // Where no voter may be lost, no other setting helps.
    let spare = tolerated_losses(u32::try_from(settings.voters).unwrap_or(u32::MAX));
    let replicas = settings.sets.first().map_or(0, |set| set.replicas);
    let votes = if replicas > settings.max_voters { "/maxVoters" } else { "/replicas" };
    let deciding = |setting| if spare == 0 || setting == "/replicas" { votes } else { setting };
    let scenarios = builtin(simulator);
    let bad = SINGLE.iter().filter_map(|(name, setting)| {
        let scenario = scenarios.iter().find(|scenario| scenario.name == *name)?;
        let verdict = simulator.verdict(scenario, 1);
        (verdict != Verdict::Held && verdict != Verdict::Degraded).then_some((scenario, deciding(*setting), verdict))
    });
    let bad: Vec<(&Scenario, &str, Verdict)> = bad.collect();
    // What a setting does is said once, by the first of its scenarios; the others only name themselves.
    let mut findings: Vec<Diagnostic> = Vec::new();
    for (scenario, setting, verdict) in &bad {
        if findings.iter().any(|finding| finding.path == *setting) {
            continue;
        }
        let others = bad.iter().filter(|(other, of, _)| of == setting && other.name != scenario.name).count();
        let more = match others {
            0 => String::new(),
            1 => ", and another one does".to_owned(),
            others => format!(", and {others} others do"),
        };
        let what = match verdict {
            Verdict::Lost => "loses acknowledged rows",
            Verdict::Split => "makes a second cluster",
            Verdict::Stuck | Verdict::Led => "leaves nobody who can lead",
            _ => "stops all writes",
        };
        let message = format!("a single fault {what}: the scenario {}{more}", scenario.name);
        let hint = format!("see how: rqchart simulate --scenario {} --output timeline", scenario.name);
        findings.push(Diagnostic::warning(Code::SingleFault, *setting, message).with_hint(hint));
    }
    findings
}
