//! A trace as text.

use std::fmt::Write;

use super::trace::{State, Trace};
use super::verdict::seconds;

impl Trace {
    /// The story, a line for each event: when, who leads, whether writes are acknowledged, how many are Ready, and what
    /// happened. What the scenario did is marked by an arrow.
    pub fn timeline(&self) -> String {
        let mut text = format!("{}: {}\n", self.scenario, self.sentence());
        let leader =
            self.states.iter().filter_map(|state| state.leader.as_ref()).map(String::len).max().unwrap_or(0).max(6);
        let pod = self.events.iter().filter_map(|event| event.pod.as_ref()).map(String::len).max().unwrap_or(0);
        let _ = writeln!(text, "{:>10}  {:<leader$}  writes  ready", "time", "leader");
        for event in &self.events {
            // An event's consequences at the same moment belong to it.
            let none = State::default();
            let state = self.states.iter().rev().find(|state| state.from <= event.at).unwrap_or(&none);
            let line = format!(
                "{:>10}  {:<leader$}  {:<6}  {:>5}  {} {:<pod$}  {}",
                seconds(event.at),
                state.leader.as_deref().unwrap_or("-"),
                if state.writes { "yes" } else { "-" },
                state.ready.len(),
                if event.step { ">" } else { " " },
                event.pod.as_deref().unwrap_or_default(),
                event.text,
            );
            let _ = writeln!(text, "{}", line.trim_end());
        }
        text
    }

    /// The verdict, with its cause and numbers.
    pub fn sentence(&self) -> String {
        let mut text = self.verdict.in_words().to_owned();
        if let Some(cause) = &self.cause {
            let _ = write!(text, ": {cause}");
        }
        let _ = write!(
            text,
            " (longest time without writes {}, {} rows acknowledged",
            seconds(self.longest_outage),
            self.acknowledged
        );
        if self.cut_short {
            text.push_str(", cut short: too many events");
        }
        text.push(')');
        text
    }
}
