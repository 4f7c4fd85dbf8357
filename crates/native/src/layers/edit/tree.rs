//! Where each key and value of a YAML text begins and ends, in bytes.
//!
//! In: a text that [`super::super::merge()`] could read. Out: its one mapping. The parser says where scalars are; the signs
//! between them (`:`, `-`, `,`, brackets) are found by walking forward over what is neither space nor comment.

use std::ops::Range;
use std::vec::IntoIter;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::super::scalar;
use super::Refusal;

/// A value.
#[derive(Debug)]
pub(super) struct Node {
    /// Its first byte; anchors and tags are part of it. Where it was left out, the place behind its `:` or `-`.
    pub start: usize,
    /// The byte behind its last; line breaks at the end of a literal block are not part of it, unless it keeps them.
    pub end: usize,
    pub kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Scalar,
    /// `key:` with nothing behind it.
    LeftOut,
    Alias,
    Map {
        flow: bool,
        entries: Vec<Entry>,
    },
    List {
        flow: bool,
        items: Vec<Item>,
    },
}

/// A key and its value.
#[derive(Debug)]
pub(super) struct Entry {
    /// None for `<<` and for what is no name.
    pub name: Option<String>,
    /// Where the key begins.
    pub start: usize,
    /// The byte behind the `:`.
    pub colon: usize,
    pub value: Node,
}

/// An element of a list.
#[derive(Debug)]
pub(super) struct Item {
    /// Where it begins: its dash in a block.
    pub start: usize,
    pub value: Node,
}

/// A text and what is where in it.
#[derive(Debug)]
pub(super) struct Tree<'t> {
    pub text: &'t str,
    /// None when there are comments only.
    pub root: Option<Node>,
    /// Scalars, in order: nothing in them is a comment.
    pub leaves: Vec<Range<usize>>,
}

impl<'t> Tree<'t> {
    pub(super) fn read(text: &'t str) -> Result<Self, Refusal> {
        let mut reader = Reader::new(text)?;
        let mut roots = Vec::new();
        let mut from = 0;
        while let Some((event, span)) = reader.events.next() {
            match event {
                Event::DocumentStart(true) => from = reader.byte(span.end.index()).max(from),
                Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) | Event::Alias(..) => {
                    let root = reader.node(event, span, from)?;
                    from = root.end;
                    if !matches!(root.kind, Kind::LeftOut) {
                        roots.push(root);
                    }
                }
                _ => {}
            }
        }
        if roots.len() > 1 {
            return Err(Refusal::new("the text holds several documents: edit it by hand"));
        }
        Ok(Self { text, root: roots.pop(), leaves: reader.leaves })
    }

    /// The line around a byte, without its line break.
    pub(super) fn line(&self, at: usize) -> Range<usize> {
        let start = self.text[..at].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[at..].find('\n').map_or(self.text.len(), |end| at + end);
        let end = if self.text[start..end].ends_with('\r') { end - 1 } else { end };
        start..end.max(at)
    }

    /// The byte behind the line break that ends at the end of a line.
    pub(super) fn behind(&self, line_end: usize) -> usize {
        let rest = &self.text[line_end..];
        line_end + if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) }
    }

    /// Whether nothing but spaces stands before a byte in its line.
    pub(super) fn begins_line(&self, at: usize) -> bool {
        self.text[self.line(at).start..at].trim_matches(' ').is_empty()
    }

    /// Where the comment of a stretch of one line begins, if there is one in it.
    pub(super) fn comment(&self, within: Range<usize>) -> Option<usize> {
        let is_outside = |at: usize| {
            let next = self.leaves.partition_point(|leaf| leaf.end <= at);
            self.leaves.get(next).is_none_or(|leaf| leaf.start > at)
        };
        let begins = |at: usize| at == 0 || self.text[..at].ends_with([' ', '\t', '\n', '\r']);
        let signs = self.text[within.clone()].match_indices('#').map(|(at, _)| within.start + at);
        signs.into_iter().find(|&at| begins(at) && is_outside(at))
    }

    /// The column of a byte, from 0.
    pub(super) fn column(&self, at: usize) -> usize {
        self.text[self.line(at).start..at].chars().count()
    }
}

struct Reader<'t> {
    text: &'t str,
    events: IntoIter<(Event<'t>, Span)>,
    /// The byte of each character; empty for ASCII, where they are the same.
    bytes: Vec<usize>,
    leaves: Vec<Range<usize>>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Result<Self, Refusal> {
        let events: Result<Vec<_>, _> = Parser::new_from_str(text).collect();
        let events = events.map_err(|error| Refusal::new(error.info()))?.into_iter();
        let bytes = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()
        };
        Ok(Self { text, events, bytes, leaves: Vec::new() })
    }

    fn byte(&self, index: usize) -> usize {
        if self.bytes.is_empty() { index.min(self.text.len()) } else { self.bytes[index.min(self.bytes.len() - 1)] }
    }

    /// The next byte that is neither space nor in a comment.
    fn content(&self, mut at: usize) -> usize {
        loop {
            let rest = &self.text[at..];
            at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
            if !self.text[at..].starts_with('#') {
                return at;
            }
            at += self.text[at..].find('\n').unwrap_or(self.text.len() - at);
        }
    }

    /// Moves over a sign that must come next.
    fn sign(&self, at: usize, sign: char) -> Result<usize, Refusal> {
        let at = self.content(at);
        if self.text[at..].starts_with(sign) {
            return Ok(at + 1);
        }
        let line = self.text[..at].matches('\n').count() + 1;
        Err(Refusal::new(format!("line {line} is written in a way that is edited by hand only")))
    }

    /// Moves over anchors and tags.
    fn undecorated(&self, mut at: usize) -> usize {
        loop {
            at = self.content(at);
            let rest = &self.text[at..];
            if !rest.starts_with(['&', '!']) {
                return at;
            }
            at += rest.find([' ', '\t', '\n', '\r']).unwrap_or(rest.len());
        }
    }

    fn next(&mut self) -> Result<(Event<'t>, Span), Refusal> {
        self.events.next().ok_or_else(|| Refusal::new("the text ends too early"))
    }

    /// Reads a value whose first event this is, and which begins behind a byte.
    fn node(&mut self, event: Event<'t>, span: Span, from: usize) -> Result<Node, Refusal> {
        let start = self.content(from);
        let end = self.byte(span.end.index());
        // A bracket's span may reach over the spaces behind it.
        let open = self.undecorated(start);
        let opens = |sign| self.text[open..].starts_with(sign);
        match event {
            Event::Scalar(text, ScalarStyle::Plain, 0, None) if text.is_empty() => {
                Ok(Node { start: from, end: from, kind: Kind::LeftOut })
            }
            Event::Scalar(_, style, ..) => {
                let end = self.scalar(style, start, span);
                Ok(Node { start, end, kind: Kind::Scalar })
            }
            Event::Alias(_) => Ok(Node { start, end, kind: Kind::Alias }),
            Event::MappingStart(..) if opens('{') => self.flow_map(start, open + 1),
            Event::MappingStart(..) => self.block_map(start),
            Event::SequenceStart(..) if opens('[') => self.flow_list(start, open + 1),
            Event::SequenceStart(..) => self.block_list(start),
            _ => Err(Refusal::new("the text cannot be read")),
        }
    }

    /// Returns where a scalar ends, and remembers where it is.
    fn scalar(&mut self, style: ScalarStyle, start: usize, span: Span) -> usize {
        let (first, end) = (self.byte(span.start.index()), self.byte(span.end.index()));
        if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            self.leaves.push(start..end);
            return end;
        }
        let header = self.undecorated(start);
        let header = header..header + self.text[header..].find(['\n', '\r']).unwrap_or(self.text.len() - header);
        let keeps = self.text[header.clone()].split(' ').next().is_some_and(|signs| signs.contains('+'));
        let body = &self.text[..end.max(header.end)];
        let end = if keeps {
            let body = body.trim_end_matches(' ');
            body.strip_suffix('\n').map_or(body, |body| body.strip_suffix('\r').unwrap_or(body)).len()
        } else {
            body.trim_end_matches([' ', '\t', '\n', '\r']).len()
        };
        let end = end.max(header.start + 1);
        self.leaves.push(first.min(end).max(header.end.min(end))..end);
        end
    }

    /// Reads a key: its name, where it begins, and the byte behind its colon.
    fn key(&mut self, event: &Event<'t>, span: Span, from: usize) -> Result<(Option<String>, usize, usize), Refusal> {
        let start = self.content(from);
        let end = self.byte(span.end.index());
        let name = match event {
            Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<" => None,
            Event::Scalar(text, ScalarStyle::Plain, _, None) => match scalar::read(text).0 {
                serde_json::Value::String(name) => Some(name),
                serde_json::Value::Number(number) if !number.is_f64() => Some(number.to_string()),
                _ => None,
            },
            Event::Scalar(text, ..) => Some(text.to_string()),
            _ => return Err(self.sign(start, '\0').err().unwrap_or_default()),
        };
        self.leaves.push(start..end);
        Ok((name, start, self.sign(end, ':')?))
    }

    fn block_map(&mut self, start: usize) -> Result<Node, Refusal> {
        let (mut entries, mut end) = (Vec::new(), self.undecorated(start));
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Node { start, end, kind: Kind::Map { flow: false, entries } });
            }
            let (name, start, colon) = self.key(&event, span, end)?;
            let (event, span) = self.next()?;
            let value = self.node(event, span, colon)?;
            end = value.end;
            entries.push(Entry { name, start, colon, value });
        }
    }

    fn block_list(&mut self, start: usize) -> Result<Node, Refusal> {
        let (mut items, mut end) = (Vec::new(), self.undecorated(start));
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Node { start, end, kind: Kind::List { flow: false, items } });
            }
            let dash = self.sign(end, '-')?;
            let value = self.node(event, span, dash)?;
            end = value.end;
            items.push(Item { start: dash - 1, value });
        }
    }

    fn flow_map(&mut self, start: usize, mut end: usize) -> Result<Node, Refusal> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Node { start, end: self.closed(end, '}')?, kind: Kind::Map { flow: true, entries } });
            }
            end = if entries.is_empty() { end } else { self.sign(end, ',')? };
            let (name, start, colon) = self.key(&event, span, end)?;
            let (event, span) = self.next()?;
            let value = self.node(event, span, colon)?;
            end = value.end;
            entries.push(Entry { name, start, colon, value });
        }
    }

    fn flow_list(&mut self, start: usize, mut end: usize) -> Result<Node, Refusal> {
        let mut items: Vec<Item> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Node { start, end: self.closed(end, ']')?, kind: Kind::List { flow: true, items } });
            }
            end = if items.is_empty() { end } else { self.sign(end, ',')? };
            let value = self.node(event, span, end)?;
            // `[a: 1]` is a mapping without brackets.
            if matches!(value.kind, Kind::Map { flow: false, .. }) {
                return Err(self.sign(value.start, '{').err().unwrap_or_default());
            }
            end = value.end;
            items.push(Item { start: value.start, value });
        }
    }

    /// Moves over the bracket that closes, and a comma before it.
    fn closed(&self, at: usize, bracket: char) -> Result<usize, Refusal> {
        self.sign(self.sign(at, ',').unwrap_or(at), bracket)
    }
}
