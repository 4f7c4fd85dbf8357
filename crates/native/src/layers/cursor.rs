//! A position in a text that counts lines and columns as it moves.

use super::place::{Place, narrow};

/// The rest of a source, and where it starts.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    rest: &'a str,
    source: u32,
    line: u32,
    column: u32,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(source: u32, text: &'a str) -> Self {
        Self { rest: text, source, line: 1, column: 1 }
    }

    /// Returns what was not read yet.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Returns the next character and moves behind it.
    pub(super) fn bump(&mut self) -> Option<char> {
        let mut rest = self.rest.chars();
        let next = rest.next()?;
        self.rest = rest.as_str();
        if next == '\n' || next == '\r' && !self.rest.starts_with('\n') {
            (self.line, self.column) = (self.line + 1, 1);
        } else {
            self.column += 1;
        }
        Some(next)
    }

    /// Moves behind white space.
    pub(super) fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.bump();
        }
    }

    /// Moves to a line of the rest, and to a byte of that line; both count from 1.
    pub(super) fn skip_to(&mut self, line: usize, byte: usize) {
        let start: usize = self.rest.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        self.skip_bytes(start + byte.saturating_sub(1));
    }

    /// Moves over some bytes, or to the end if there are fewer.
    pub(super) fn skip_bytes(&mut self, count: usize) {
        let remaining = self.rest.len().saturating_sub(count);
        while self.rest.len() > remaining {
            self.bump();
        }
    }

    /// Returns the place of the next characters.
    pub(super) fn place(&self, length: usize) -> Place {
        Place { source: self.source, line: self.line, column: self.column, length: narrow(length) }
    }

    /// Returns what lies between this position and a later one.
    pub(super) fn text_until(&self, later: &Self) -> &'a str {
        &self.rest[..self.rest.len() - later.rest.len()]
    }

    /// Returns the place of what lies between this position and a later one.
    pub(super) fn place_until(&self, later: &Self) -> Place {
        let length = if self.line == later.line { later.column - self.column } else { u32::MAX };
        Place { source: self.source, line: self.line, column: self.column, length }
    }
}
