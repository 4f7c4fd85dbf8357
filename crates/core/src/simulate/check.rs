//! What is wrong with a scenario that somebody wrote.
//!
//! In: JSON, and the cluster that it is for. Out: a [`Scenario`], or every finding about it, as for values.

use serde_json::{Map, Value};

use super::Simulator;
use super::log::Pods;
use super::scenario::{Ends, PARTS, Scenario, Step, What};
use super::settings::Settings;
use crate::diagnostic::{Code, Diagnostic, closest, pointer};
use crate::values::Duration;

/// How many steps a scenario has at most.
pub const MOST_STEPS: usize = 1000;
/// How long after the beginning something may happen, in milliseconds: a week.
const LONGEST: u64 = 7 * 24 * 3_600_000;
const KEYS: [&str; 7] = ["name", "about", "fromNothing", "steps", "ends", "longestOutage", "keepsQuorum"];
const STEP_KEYS: [&str; 5] = ["at", "what", "which", "for", "replicas"];

/// Reads a scenario.
///
/// # Errors
///
/// Everything that is wrong with it, each with the JSON pointer of the place.
///
/// # Example
///
/// ```
/// # use rqchart_core::release::{ChartInfo, KubeVersion, Release};
/// # use rqchart_core::{simulate::{self, Simulator}, topology::Topology, values::Values};
/// # use serde_json::json;
/// # let chart = ChartInfo { name: "rqlite".into(), version: "0.1.0".into(), app_version: "10.2.7".into() };
/// # let release = Release::new("rqdb", "default", chart, KubeVersion::DEFAULT).unwrap();
/// # let topology = Topology::resolve(Values::default(), &release);
/// let written = json!({ "name": "mine", "steps": [{ "at": "-5s", "what": "kill", "which": "leader" }] });
/// let findings = simulate::read(&written, &Simulator::of(&topology)).unwrap_err();
/// assert_eq!(findings[0].path, "/steps/0/at");
/// assert_eq!(findings[0].message, "nothing happens before the beginning");
/// ```
pub fn read(json: &Value, simulator: &Simulator) -> Result<Scenario, Vec<Diagnostic>> {
    let mut reader = Reader { findings: Vec::new() };
    let read = reader.scenario(json);
    let mut findings = reader.findings;
    let Some((scenario, steps)) = read else { return Err(findings) };
    findings.extend(check_steps(scenario.from_nothing, &steps, &simulator.settings));
    let steps: Option<Vec<_>> = steps.into_iter().collect();
    match steps {
        Some(steps) if findings.is_empty() => Ok(Scenario { steps, ..scenario }),
        _ => Err(findings),
    }
}

struct Reader {
    findings: Vec<Diagnostic>,
}

impl Reader {
    fn add(&mut self, code: Code, path: &str, message: impl Into<String>) -> &mut Diagnostic {
        self.findings.push(Diagnostic::error(code, path, message));
        self.findings.last_mut().expect("one was added")
    }

    fn hint(&mut self, hint: impl Into<String>) {
        if let Some(finding) = self.findings.last_mut() {
            finding.hint = Some(hint.into());
        }
    }

    fn object<'a>(&mut self, json: &'a Value, path: &str, keys: &[&str]) -> Option<&'a Map<String, Value>> {
        let Some(object) = json.as_object() else {
            self.add(Code::WrongType, path, "a mapping belongs here");
            return None;
        };
        for key in object.keys().filter(|key| !keys.contains(&key.as_str())) {
            self.add(Code::UnknownKey, &pointer(path, key), "there is no such key");
            self.hint(match closest(key, keys.iter().copied()) {
                Some(known) => format!("did you mean {known:?}?"),
                None => format!("there are {}", keys.join(", ")),
            });
        }
        Some(object)
    }

    /// What can be read of a scenario, and its steps, each if it could be.
    fn scenario(&mut self, json: &Value) -> Option<(Scenario, Vec<Option<Step>>)> {
        let object = self.object(json, "", &KEYS)?;
        let ends = self.one_of(object.get("ends"), "/ends", &["serving", "waiting", "either"]);
        let scenario = Scenario {
            name: self.text(object.get("name"), "/name").unwrap_or_default(),
            about: self.text(object.get("about"), "/about").unwrap_or_default(),
            from_nothing: self.truth(object.get("fromNothing"), "/fromNothing"),
            keeps_quorum: self.truth(object.get("keepsQuorum"), "/keepsQuorum"),
            ends: ends.map_or(Ends::Serving, |index| [Ends::Serving, Ends::Waiting, Ends::Either][index]),
            longest_outage: object.get("longestOutage").and_then(|time| self.time(time, "/longestOutage")),
            steps: Vec::new(),
        };
        for (path, text) in [("/name", &scenario.name), ("/about", &scenario.about)] {
            // A terminal would do what they say.
            if text.contains(char::is_control) {
                self.add(Code::InvalidValue, path, "it holds characters that cannot be shown");
                self.hint("write it on one line");
            }
        }
        if scenario.name.is_empty() && object.get("name").is_none_or(Value::is_string) {
            self.add(Code::MissingKey, "/name", "a scenario needs a name");
        }
        let steps = match object.get("steps") {
            Some(Value::Array(steps)) if steps.len() <= MOST_STEPS => steps,
            Some(Value::Array(steps)) => {
                let message = format!("{} steps are more than {MOST_STEPS}", steps.len());
                self.add(Code::OutOfRange, "/steps", message);
                return None;
            }
            Some(_) => {
                self.add(Code::WrongType, "/steps", "a list of steps belongs here");
                return None;
            }
            None => {
                self.add(Code::MissingKey, "/steps", "a scenario needs steps");
                self.hint("such as `- { at: 0s, what: kill, which: leader }`");
                return None;
            }
        };
        let read = steps.iter().enumerate().map(|(index, step)| self.step(step, &format!("/steps/{index}")));
        Some((scenario, read.collect()))
    }

    fn step(&mut self, json: &Value, path: &str) -> Option<Step> {
        let object = self.object(json, path, &STEP_KEYS)?;
        let at = |key: &str| format!("{path}/{key}");
        let names = What::ALL.map(What::name);
        let (when, what) = (object.get("at"), object.get("what"));
        if when.is_none() {
            self.add(Code::MissingKey, &at("at"), "when does it happen?");
            self.hint("a time after the beginning, such as 90s");
        }
        if what.is_none() {
            self.add(Code::MissingKey, &at("what"), "what happens?");
            self.hint(format!("one of {}", names.join(", ")));
        }
        let when = when.and_then(|when| self.time(when, &at("at")));
        let what = self.one_of(what, &at("what"), &names).map(|index| What::ALL[index]);
        let which = match object.get("which") {
            None | Some(Value::Null) => Some(Vec::new()),
            Some(Value::String(one)) => Some(vec![one.clone()]),
            Some(Value::Array(several)) => several.iter().map(|one| one.as_str().map(str::to_owned)).collect(),
            Some(_) => None,
        };
        if which.is_none() {
            self.add(Code::WrongType, &at("which"), "the name of a pod, or a list of names, belongs here");
        }
        let time = object.get("for").map(|time| self.time(time, &at("for")));
        let replicas = object.get("replicas").map(|replicas| {
            let number = replicas.as_u64().and_then(|number| u32::try_from(number).ok());
            if number.is_none() {
                self.add(Code::WrongType, &at("replicas"), "a number of pods belongs here");
            }
            number
        });
        if time == Some(None) || replicas == Some(None) {
            return None;
        }
        Some(Step { at: when?, what: what?, which: which?, time: time.flatten(), replicas: replicas.flatten() })
    }

    fn text(&mut self, json: Option<&Value>, path: &str) -> Option<String> {
        let text = json?.as_str().map(str::to_owned);
        if text.is_none() {
            self.add(Code::WrongType, path, "text belongs here");
        }
        text
    }

    fn truth(&mut self, json: Option<&Value>, path: &str) -> bool {
        match json {
            None | Some(Value::Null) => false,
            Some(Value::Bool(yes)) => *yes,
            Some(_) => {
                self.add(Code::WrongType, path, "true or false belongs here");
                false
            }
        }
    }

    fn time(&mut self, json: &Value, path: &str) -> Option<Duration> {
        let text = match json {
            Value::String(text) => text.clone(),
            Value::Number(number) => {
                self.add(Code::WrongType, path, format!("{number} has no unit"));
                self.hint(format!("{}s for seconds", number.to_string().trim_start_matches('-')));
                return None;
            }
            _ => {
                self.add(Code::WrongType, path, "a time belongs here");
                self.hint("such as 90s");
                return None;
            }
        };
        if text.starts_with('-') {
            self.add(Code::OutOfRange, path, "nothing happens before the beginning");
            self.hint("times are counted from the scenario's beginning, such as 90s");
            return None;
        }
        let time = Duration::new(text.as_str()).filter(|time| time.as_millis() <= LONGEST);
        if time.is_none() {
            self.add(Code::InvalidValue, path, format!("{text:?} is not a time of up to a week"));
            self.hint("such as 90s, 1m30s or 0.5s");
        }
        time
    }

    fn one_of(&mut self, json: Option<&Value>, path: &str, words: &[&str]) -> Option<usize> {
        let text = self.text(Some(json?), path)?;
        let found = words.iter().position(|word| *word == text);
        if found.is_none() {
            self.add(Code::InvalidValue, path, format!("{text:?} is not known"));
            self.hint(match closest(&text, words.iter().copied()) {
                Some(known) => format!("did you mean {known:?}?"),
                None => format!("one of {}", words.join(", ")),
            });
        }
        found
    }
}

/// Checks a scenario against the cluster that it is for.
pub fn check(scenario: &Scenario, simulator: &Simulator) -> Vec<Diagnostic> {
    let steps: Vec<_> = scenario.steps.iter().cloned().map(Some).collect();
    check_steps(scenario.from_nothing, &steps, &simulator.settings)
}

fn check_steps(from_nothing: bool, steps: &[Option<Step>], settings: &Settings) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let readable = || steps.iter().enumerate().filter_map(|(index, step)| Some((index, step.as_ref()?)));
    for (index, step) in readable() {
        check_step(from_nothing, step, &format!("/steps/{index}"), settings, &mut findings);
        let clash =
            readable().take_while(|(earlier, _)| *earlier < index).find(|(_, one)| contradict(one, step, settings));
        if let Some((earlier, _)) = clash {
            let message = format!("it contradicts step {earlier}, which happens to the same pods at the same time");
            findings.push(Diagnostic::error(Code::Contradiction, format!("/steps/{index}"), message));
        }
    }
    findings
}

fn check_step(from_nothing: bool, step: &Step, path: &str, settings: &Settings, findings: &mut Vec<Diagnostic>) {
    let at = |key: &str| format!("{path}/{key}");
    let what = step.what.name();
    let mut error = |code, key: &str, message: String, hint: String| {
        let finding = Diagnostic::error(code, at(key), message);
        findings.push(if hint.is_empty() { finding } else { finding.with_hint(hint) });
    };
    for name in &step.which {
        let is_part = PARTS.contains(&name.as_str());
        if is_part && from_nothing {
            let message = format!("nobody is {name:?} yet when the scenario begins with nothing");
            error(Code::Contradiction, "which", message, "name a pod".to_owned());
        } else if !is_part && settings.named(name).is_none() {
            let known = settings.at_first().map(|pod| settings.pods[pod].name.as_str());
            let near = closest(name, known.chain(PARTS));
            let hint = near
                .map_or_else(|| format!("or one of {}", PARTS.join(", ")), |near| format!("did you mean {near:?}?"));
            error(Code::DanglingReference, "which", format!("there is no pod, set, node or zone {name:?}"), hint);
        }
    }
    match (step.which.is_empty(), step.what) {
        (true, one) if !one.can_be_general() => {
            error(Code::MissingKey, "which", format!("{what} needs the name of a pod"), String::new());
        }
        (false, What::Upgrade | What::SlowDns | What::Quiet) => {
            error(Code::UnusedValue, "which", format!("{what} concerns everybody"), String::new());
        }
        _ => {}
    }
    match (step.time.is_some(), step.what) {
        (false, What::SlowDns) => {
            error(Code::MissingKey, "for", "for how long are names remembered?".to_owned(), "such as 30s".to_owned());
        }
        (true, one) if !one.lasts() && one != What::SlowDns => {
            error(Code::UnusedValue, "for", format!("{what} has no end"), String::new());
        }
        _ => {}
    }
    let scaled = &settings.sets[settings.scaled(&step.which)];
    match (step.replicas, step.what) {
        (None, What::Scale) => error(Code::MissingKey, "replicas", "scale to how many pods?".to_owned(), String::new()),
        (Some(replicas), What::Scale) if replicas as usize > scaled.room => {
            error(
                Code::OutOfRange,
                "replicas",
                format!("at most {} pods of {} are simulated", scaled.room, scaled.name),
                String::new(),
            );
        }
        (Some(_), other) if other != What::Scale => {
            error(Code::UnusedValue, "replicas", format!("{what} does not scale"), String::new());
        }
        _ => {}
    }
}

fn contradict(one: &Step, other: &Step, settings: &Settings) -> bool {
    if one.at.as_millis() != other.at.as_millis() || pods(one, settings) & pods(other, settings) == 0 {
        return false;
    }
    let restores =
        |step: &Step, other: &Step| step.what == What::Restore && (other.what.lasts() || other.what == What::Restore);
    match (one.what, other.what) {
        (What::Scale, What::Scale) => {
            one.replicas != other.replicas && settings.scaled(&one.which) == settings.scaled(&other.which)
        }
        (What::Recover, What::Recover) => true,
        _ => restores(one, other) || restores(other, one),
    }
}

fn pods(step: &Step, settings: &Settings) -> Pods {
    if step.which.is_empty() || step.what == What::Recover {
        return Pods::MAX;
    }
    step.which.iter().filter_map(|name| settings.named(name)).fold(0, |all, pods| all | pods)
}
