//! The grammar of `--set` and its relatives, which is Helm's (its package `pkg/strvals`).
//!
//! In: one argument. Out: what it assigns, one path and value after the other. Knows nothing of earlier layers.
//!
//! Stricter than Helm where Helm silently drops what was written: an empty name, an index without a value, a backslash at
//! the end, text between two assignments.

use rqchart_core::diagnostic::{Code, Diagnostic, pointer};
use serde_json::Value;

use super::MAX_DEPTH;
use super::cursor::Cursor;
use super::json;
use super::node::{Kind, Node};
use super::place::{Failure, Findings, Place, abridge};

/// The highest index, as in Helm.
const MAX_INDEX: usize = 65_536;
/// The most dots in a path, as in Helm.
const MAX_DOTS: usize = 30;

/// How an argument's values are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `--set`: whole numbers, booleans and null are told from text.
    Typed,
    /// `--set-string`, and `--set-file`, whose values are paths: everything is text.
    Text,
    /// `--set-json`.
    Json,
    /// `--set-literal`: the rest of the argument, as it stands.
    Literal,
}

/// One part of a path.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub key: Key,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Key {
    Name(String),
    Index(usize),
}

/// A value and where it goes.
#[derive(Debug)]
pub(super) struct Assignment {
    /// Never empty, and its first step is a name.
    pub path: Vec<Step>,
    pub value: Node,
}

/// Writes a path as a JSON pointer.
pub(super) fn path_pointer(path: &[Step]) -> String {
    path.iter().fold(String::new(), |parent, step| match &step.key {
        Key::Name(name) => pointer(&parent, name),
        Key::Index(index) => format!("{parent}/{index}"),
    })
}

/// Reads the assignments of an argument.
#[derive(Debug)]
pub(super) struct Assignments<'a> {
    cursor: Cursor<'a>,
    style: Style,
}

/// Some characters, without their escapes, and what ended them.
struct Run {
    text: String,
    place: Place,
    /// The character behind it, or none at the end of the argument.
    end: Option<char>,
}

impl<'a> Assignments<'a> {
    pub(super) fn new(cursor: Cursor<'a>, style: Style) -> Self {
        Self { cursor, style }
    }

    /// Returns the next assignment, or none after the last.
    pub(super) fn next(&mut self, findings: &mut Findings) -> Option<Result<Assignment, Failure>> {
        self.cursor.peek()?;
        Some(self.assignment(findings))
    }

    fn assignment(&mut self, findings: &mut Findings) -> Result<Assignment, Failure> {
        let path = self.path()?;
        let value = match self.style {
            Style::Json => self.json(&path, findings)?,
            Style::Literal => self.literal(),
            Style::Typed | Style::Text if self.cursor.peek() == Some('{') => self.list(&path, findings)?,
            Style::Typed | Style::Text => {
                let run = self.run(",")?;
                self.scalar(run)
            }
        };
        Ok(Assignment { path, value })
    }

    /// Reads a path up to and including its `=`.
    fn path(&mut self) -> Result<Vec<Step>, Failure> {
        let stops = if self.style == Style::Literal { "=[." } else { "=[,." };
        let mut path = Vec::new();
        let mut dots = 0;
        loop {
            let name = self.run(stops)?;
            if name.text.is_empty() {
                return Err(error(&path, "a name is missing here", name.place, "write NAME=VALUE"));
            }
            let written = abridge(&name.text).into_owned();
            let mut place = name.place;
            let mut end = name.end;
            path.push(Step { key: Key::Name(name.text), place });
            while end == Some('[') {
                (place, end) = self.index(&mut path)?;
            }
            match end {
                Some('=') => return Ok(path),
                Some('.') => dots += 1,
                _ => {
                    let hint = format!("write {written}=VALUE");
                    return Err(error(&path, &format!("`{written}` has no value"), place, &hint));
                }
            }
            if dots > MAX_DOTS || path.len() >= MAX_DEPTH {
                let message = format!("the path has more than {MAX_DOTS} dots, or {MAX_DEPTH} parts");
                return Err(error(&path, &message, place, "use a values file"));
            }
        }
    }

    /// Reads an index behind its `[`, and the character that follows its `]`.
    fn index(&mut self, path: &mut Vec<Step>) -> Result<(Place, Option<char>), Failure> {
        let run = self.run("]")?;
        let hint = "write a number from 0, such as list[0]";
        if run.end.is_none() || run.text.is_empty() {
            let message = if run.end.is_none() { "`[` is not closed" } else { "an index is missing here" };
            return Err(error(path, message, run.place, hint));
        }
        let index: i64 = run
            .text
            .parse()
            .map_err(|_| error(path, &format!("`{}` is not an index", abridge(&run.text)), run.place, hint))?;
        let Ok(index) = usize::try_from(index) else {
            return Err(error(path, &format!("the index {index} is negative"), run.place, hint));
        };
        if index > MAX_INDEX || path.len() >= MAX_DEPTH {
            let message = format!("the index {index} is larger than {MAX_INDEX}, or the path has {MAX_DEPTH} parts");
            return Err(error(path, &message, run.place, "use a values file"));
        }
        path.push(Step { key: Key::Index(index), place: run.place });
        let place = self.cursor.place(1);
        match self.cursor.bump() {
            end @ (Some('[' | '.' | '=') | None) => Ok((run.place, end)),
            Some(other) => Err(error(
                path,
                &format!("`{other}` cannot follow `]`"),
                place,
                "write list[0]=VALUE or list[0].name=VALUE",
            )),
        }
    }

    /// Reads `{a,b}` and the comma behind it.
    fn list(&mut self, path: &[Step], findings: &mut Findings) -> Result<Node, Failure> {
        let start = self.cursor.clone();
        self.cursor.bump();
        let mut items = Vec::new();
        loop {
            let run = self.run(",}")?;
            let end = run.end;
            items.push(self.scalar(run));
            match end {
                Some('}') => break,
                Some(_) => {}
                None => return Err(error(path, "the list is not closed", start.place(1), "write {a,b}")),
            }
        }
        let place = start.place_until(&self.cursor);
        if start.text_until(&self.cursor) == "{}" {
            let finding =
                Diagnostic::warning(Code::SetSyntax, path_pointer(path), "{} is a list of one empty text, as in Helm");
            findings.add(finding.with_hint("write --set-json NAME=[] for an empty list"), place);
        }
        self.separator(path)?;
        Ok(Node::new(Kind::List(items), place))
    }

    /// Reads a JSON value, with blanks and a comma behind it; no value at all is null.
    fn json(&mut self, path: &[Step], findings: &mut Findings) -> Result<Node, Failure> {
        let place = self.cursor.place(1);
        self.cursor.skip_space();
        if matches!(self.cursor.peek(), None | Some(',')) {
            self.cursor.bump();
            return Ok(Node::scalar(Value::Null, place));
        }
        let value = json::read(&mut self.cursor, findings, path_pointer(path))?;
        self.cursor.skip_space();
        self.separator(path)?;
        Ok(value)
    }

    fn literal(&mut self) -> Node {
        let start = self.cursor.clone();
        while self.cursor.bump().is_some() {}
        Node::scalar(start.rest(), start.place_until(&self.cursor))
    }

    /// Moves behind the comma that separates two assignments.
    fn separator(&mut self, path: &[Step]) -> Result<(), Failure> {
        let place = self.cursor.place(1);
        match self.cursor.bump() {
            None | Some(',') => Ok(()),
            Some(other) => {
                Err(error(path, &format!("`{other}` follows a value"), place, "write a comma between two assignments"))
            }
        }
    }

    /// Reads up to one of some characters, and behind it.
    fn run(&mut self, stops: &str) -> Result<Run, Failure> {
        let start = self.cursor.clone();
        let mut text = String::new();
        loop {
            let before = self.cursor.clone();
            let next = self.cursor.bump();
            let character = match next {
                Some('\\') if self.style != Style::Literal => self.cursor.bump().ok_or_else(|| {
                    error(&[], "the last `\\` escapes nothing", before.place(1), "write `\\\\` for a backslash")
                })?,
                Some(other) if !stops.contains(other) => other,
                end => return Ok(Run { text, place: start.place_until(&before), end }),
            };
            text.push(character);
        }
    }

    fn scalar(&self, run: Run) -> Node {
        let value = if self.style == Style::Typed { typed(run.text) } else { Value::from(run.text) };
        Node::scalar(value, run.place)
    }
}

/// Tells booleans, null and whole numbers from text, as Helm does: `012`, `1.5` and `1e6` are text.
fn typed(text: String) -> Value {
    for (word, value) in [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)] {
        if text.eq_ignore_ascii_case(word) {
            return value;
        }
    }
    let is_candidate = text == "0" || !text.starts_with('0');
    text.parse::<i64>().ok().filter(|_| is_candidate).map_or(Value::String(text), Value::from)
}

fn error(path: &[Step], message: &str, place: Place, hint: &str) -> Failure {
    Failure::new(Code::SetSyntax, &path_pointer(path), message, place).with_hint(hint)
}

#[cfg(test)]
mod tests;
