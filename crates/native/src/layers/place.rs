//! Where things were written: sources, places in them, and the excerpts that reports show.
//!
//! A [`Place`] is four numbers, cheap enough to keep one per key and value. Only a report needs a [`Location`] with its
//! line of text, so that is made when asked for.

use std::borrow::Cow;
use std::sync::OnceLock;

use rqchart_core::diagnostic::{Code, Diagnostic, Location};

/// The most characters that a [`Location`] shows of a line.
const EXCERPT: usize = 200;
/// How many of them come before the place itself, where the line is longer.
const EXCERPT_BEFORE: usize = 80;

/// A stretch of one line of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The source's number.
    pub source: u32,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// How many characters; more than the line has means up to its end.
    pub length: u32,
}

/// Narrows a count for a [`Place`]: past 4 GiB reports point at the end.
pub(super) fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Shortens what a message quotes.
pub(super) fn abridge(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(60) {
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
        None => Cow::Borrowed(text),
    }
}

/// A file or an argument that values came from.
#[derive(Debug)]
pub(super) struct Source<'a> {
    /// The file's name as it was given, or a flag such as `--set #2`.
    pub name: String,
    /// All of its text, without a byte order mark.
    pub text: &'a str,
    lines: OnceLock<Lines>,
}

/// What finds a line in a text without reading the text again.
#[derive(Debug)]
struct Lines {
    /// The offset of each line's first byte.
    starts: Vec<usize>,
    /// Whether columns are bytes.
    ascii: bool,
}

impl<'a> Source<'a> {
    pub(super) fn new(name: String, text: &'a str) -> Self {
        Self { name, text, lines: OnceLock::new() }
    }

    /// Makes the location that a report prints for a place of this source.
    pub(super) fn location(&self, place: Place) -> Location {
        let lines = self.lines.get_or_init(|| Lines::of(self.text));
        let line = lines.text(self.text, place.line as usize);
        excerpt(&self.name, line, lines.ascii, place)
    }
}

impl Lines {
    /// Finds the lines of a text as YAML does: they end in LF, CR LF or CR.
    fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|&(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { starts, ascii: text.is_ascii() }
    }

    /// Returns a line without its line break; a line that does not exist is empty.
    fn text<'t>(&self, text: &'t str, number: usize) -> &'t str {
        let Some(&start) = self.starts.get(number.saturating_sub(1)) else { return "" };
        let end = self.starts.get(number).copied().unwrap_or(text.len());
        text.get(start..end).unwrap_or_default().trim_end_matches(['\r', '\n'])
    }
}

/// Cuts what is shown around a place out of its line.
fn excerpt(source: &str, line: &str, ascii: bool, place: Place) -> Location {
    let column = place.column.max(1) as usize;
    let long = if ascii { line.len() > EXCERPT } else { line.chars().nth(EXCERPT).is_some() };
    let text_start = if long { column.saturating_sub(EXCERPT_BEFORE).max(1) } else { 1 };
    let skip = text_start - 1;
    let rest = if ascii {
        line.get(skip..).unwrap_or_default()
    } else {
        line.char_indices().nth(skip).map_or("", |(at, _)| &line[at..])
    };
    let mut text: Vec<char> = rest.chars().take(EXCERPT + 1).collect();
    if text.len() > EXCERPT {
        text.truncate(EXCERPT);
        text[EXCERPT - 1] = '…';
    }
    if skip > 0 && !text.is_empty() {
        text[0] = '…';
    }
    let room = (text_start + text.len()).saturating_sub(column);
    Location {
        source: source.to_owned(),
        line: place.line as usize,
        column,
        length: (place.length as usize).clamp(1, room.max(1)),
        text: text.into_iter().collect(),
        text_start,
    }
}

/// What no report shows, though it stands in a line that one does.
#[derive(Debug)]
pub(crate) struct Covers<'a> {
    sources: &'a [Source<'a>],
    places: Vec<Place>,
}

impl<'a> Covers<'a> {
    pub(super) fn new(sources: &'a [Source<'a>], places: Vec<Place>) -> Self {
        Self { sources, places }
    }

    /// Stars out what is covered of a location's line. Columns stay.
    pub(crate) fn cover(&self, location: &mut Location) {
        for place in &self.places {
            let is_there = self.sources.get(place.source as usize).is_some_and(|source| source.name == location.source);
            if !is_there || place.line as usize != location.line {
                continue;
            }
            let first = place.column as usize;
            let covered = first..first.saturating_add(place.length as usize);
            let cover = |(at, shown)| if covered.contains(&(location.text_start + at)) { '*' } else { shown };
            location.text = location.text.chars().enumerate().map(cover).collect();
        }
    }
}

/// A finding that ends the reading of its file or argument.
#[derive(Debug)]
pub(super) struct Failure {
    // Boxed, so that every `Result` on the way is small.
    diagnostic: Box<Diagnostic>,
    place: Place,
}

impl Failure {
    /// Makes a failure; its path is that of the value that was being read.
    pub(super) fn new(code: Code, path: &str, message: impl Into<String>, place: Place) -> Self {
        Self { diagnostic: Box::new(Diagnostic::error(code, path, message)), place }
    }

    /// Adds what to do about it.
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.diagnostic.hint = Some(hint.into());
        self
    }
}

/// Findings on their way out, each with its place until all sources are known.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<(Diagnostic, Option<Place>)>);

impl Findings {
    pub(super) fn add(&mut self, diagnostic: Diagnostic, place: Place) {
        self.0.push((diagnostic, Some(place)));
    }

    pub(super) fn add_failure(&mut self, failure: Failure) {
        self.add(*failure.diagnostic, failure.place);
    }

    /// Adds one that has its location already.
    pub(super) fn add_located(&mut self, diagnostic: Diagnostic) {
        self.0.push((diagnostic, None));
    }

    /// Gives every finding its location.
    pub(super) fn locate(self, sources: &[Source<'_>]) -> Vec<Diagnostic> {
        let locate = |(diagnostic, place): (Diagnostic, Option<Place>)| match place.and_then(|p| locate(sources, p)) {
            Some(location) => diagnostic.with_location(location),
            None => diagnostic,
        };
        self.0.into_iter().map(locate).collect()
    }
}

/// Makes the location of a place in whichever source it is in.
pub(super) fn locate(sources: &[Source<'_>], place: Place) -> Option<Location> {
    sources.get(place.source as usize).map(|source| source.location(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, line: u32, column: u32, length: u32) -> Location {
        Source::new("f".into(), text).location(Place { source: 0, line, column, length })
    }

    #[test]
    fn lines_end_as_yaml_says() {
        for text in ["a\nbc\nd", "a\r\nbc\r\nd", "a\rbc\rd"] {
            assert_eq!(at(text, 2, 1, 9), Location { length: 2, ..at("x\nbc", 2, 1, 2) }, "{text:?}");
            assert_eq!(at(text, 3, 1, 1).text, "d");
            assert_eq!(at(text, 4, 1, 1).text, "");
        }
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        for filler in ["a", "ä"] {
            let line = format!("{}X{}", filler.repeat(9_999), filler.repeat(9_999));
            let location = at(&line, 1, 10_000, 1);
            assert_eq!(location.text.chars().nth(location.column - location.text_start), Some('X'));
            assert_eq!(location.text.chars().count(), EXCERPT);
            assert!(location.text.starts_with('…') && location.text.ends_with('…'));
            assert_eq!(at(&line, 1, 10_000, u32::MAX).length, EXCERPT - EXCERPT_BEFORE);
            assert_eq!(at(&line, 1, 1, 1).text_start, 1);
        }
    }

    #[test]
    fn a_place_past_the_end_is_one_character_wide() {
        assert_eq!(at("ab", 1, 3, 7).length, 1);
        assert_eq!(at("", 1, 1, 0).length, 1);
    }
}
