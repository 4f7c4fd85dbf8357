//! YAML text into values with places.
//!
//! In: the text of one file. Out: the mapping of each of its documents, and what is wrong with them. Nothing here
//! recurses on the way in: the parser reports events, and nesting is a stack that may not grow past [`MAX_DEPTH`].

mod characters;
mod tag;

use std::collections::BTreeMap;

use rqchart_core::diagnostic::{Code, Diagnostic, pointer};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};
use serde_json::Value;

use super::node::{Kind, Map, Node};
use super::place::{Failure, Findings, Place, abridge, narrow};
use super::scalar;
use super::{MAX_DEPTH, MAX_NODES};

/// Reads all documents of a file, up to the first that cannot be parsed.
pub(super) fn read(source: u32, text: &str, findings: &mut Findings) -> Vec<Node> {
    let mut builder =
        Builder { source, findings, frames: Vec::new(), anchors: BTreeMap::new(), spent: 0, documents: Vec::new() };
    if let Err(failure) = builder.read(text) {
        builder.findings.add_failure(failure);
    }
    builder.documents
}

/// What is known about the documents so far.
struct Builder<'f> {
    source: u32,
    findings: &'f mut Findings,
    /// The collections that are open, outermost first.
    frames: Vec<Frame>,
    anchors: BTreeMap<usize, Anchored>,
    /// How many nodes were made, with those that aliases repeat.
    spent: usize,
    documents: Vec<Node>,
}

/// An open collection.
struct Frame {
    content: Content,
    place: Place,
    anchor: usize,
}

enum Content {
    List(Vec<Node>),
    Map {
        map: Map,
        /// The key whose value comes next.
        key: Option<Key>,
        /// The mappings of merge keys; earlier ones win.
        merged: Vec<Map>,
    },
}

enum Key {
    Name(String, Place),
    /// A plain `<<`.
    Merge(Place),
    /// One that was reported; its value is read and dropped.
    Unusable(Place),
}

/// A node that aliases may repeat.
struct Anchored {
    node: Node,
    cost: usize,
    height: usize,
}

impl Builder<'_> {
    fn read(&mut self, text: &str) -> Result<(), Failure> {
        characters::check(self.source, text, self.findings)?;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| self.syntax_error(text, &error))?;
            self.event(event, span)?;
        }
        Ok(())
    }

    fn syntax_error(&self, text: &str, error: &ScanError) -> Failure {
        let mut place = self.place(Span::empty(*error.marker()));
        let mut message = error.info();
        if message.starts_with("simple key expect") {
            // The parser notices it only in the next line.
            let marker = error.marker();
            let lines = text.lines().take(marker.line() - usize::from(marker.col() == 0)).enumerate();
            let (at, line) = lines.filter(|(_, line)| !line.trim().is_empty()).last().unwrap_or_default();
            let key = line.trim();
            let column = line.len() - line.trim_start().len() + 1; // what stands before it are spaces
            let length = narrow(key.chars().count());
            place = Place { line: narrow(at + 1), column: narrow(column), length, ..place };
            message = "a key without `:`";
        }
        if error.info() == "recursion limit exceeded" {
            return Failure::new(Code::YamlLimit, "", format!("the file is nested more than {MAX_DEPTH} deep"), place);
        }
        let failure = Failure::new(Code::YamlSyntax, "", message, place);
        match characters::hint(error.info()) {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Failure> {
        match event {
            // Anchors end with their document, although the parser remembers them.
            Event::DocumentStart(_) => self.anchors.clear(),
            Event::Scalar(text, style, anchor, tag) => {
                let place = self.scalar_place(&text, style, span, anchor > 0 || tag.is_some());
                self.spend(1, place)?;
                if style == ScalarStyle::Plain && text == "<<" && tag.is_none() && self.expects_key() {
                    self.merge_key(place);
                    return Ok(());
                }
                let value = self.scalar(&text, style, tag.as_deref(), place);
                self.complete(Node::scalar(value, place), anchor)?;
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(Content::List(Vec::new()), anchor, tag.as_deref(), "seq", span)?;
            }
            Event::MappingStart(anchor, tag) => {
                let content = Content::Map { map: Map::default(), key: None, merged: Vec::new() };
                self.open(content, anchor, tag.as_deref(), "map", span)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close()?,
            Event::Alias(anchor) => self.alias(anchor, span)?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn place(&self, span: Span) -> Place {
        let length = if span.start.line() == span.end.line() { span.len() } else { usize::MAX };
        Place {
            source: self.source,
            line: narrow(span.start.line()),
            column: narrow(span.start.col() + 1),
            length: narrow(length),
        }
    }

    /// Returns a scalar's place; for a value that was left out this is its key, because the parser names the next token.
    fn scalar_place(&self, text: &str, style: ScalarStyle, span: Span, decorated: bool) -> Place {
        let is_left_out = text.is_empty() && style == ScalarStyle::Plain && !decorated;
        match self.frames.last() {
            Some(Frame { content: Content::Map { key: Some(key), .. }, .. }) if is_left_out => key.place(),
            _ => self.place(span),
        }
    }

    /// Reads a scalar, whether plain, quoted or tagged.
    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, place: Place) -> Value {
        let kind = match tag {
            None if style == ScalarStyle::Plain => None,
            None => return Value::from(text),
            Some(tag) => match tag::core_name(tag) {
                Some("str") => return Value::from(text),
                Some(kind @ ("null" | "bool" | "int" | "float")) => Some(kind),
                _ => {
                    self.unsupported_tag(tag, place);
                    None
                }
            },
        };
        let (value, problem) = scalar::read(text);
        if let Some(problem) = problem {
            let finding = Diagnostic::error(problem.code, self.pointer(), problem.message);
            self.findings.add(finding.with_hint(problem.hint), place);
            return value;
        }
        match (kind, value) {
            (Some("float"), Value::Number(number)) => scalar::float(&number.to_string()).unwrap_or_default(),
            (Some(kind), value) if !tag::is_of(kind, &value) => {
                let message = format!("`{}` is not of the type !!{kind}", abridge(text));
                self.findings.add(Diagnostic::error(Code::InvalidValue, self.pointer(), message), place);
                value
            }
            (_, value) => value,
        }
    }

    fn unsupported_tag(&mut self, tag: &Tag, place: Place) {
        let name = tag::describe(tag);
        let name = abridge(&name);
        let finding =
            Diagnostic::error(Code::UnsupportedYaml, self.pointer(), format!("the tag {name} has no meaning here"));
        self.findings.add(finding.with_hint("remove the tag"), place);
    }

    /// Starts a collection.
    fn open(
        &mut self,
        content: Content,
        anchor: usize,
        tag: Option<&Tag>,
        kind: &str,
        span: Span,
    ) -> Result<(), Failure> {
        let place = self.place(span);
        self.spend(1, place)?;
        self.check_depth(1, place)?;
        if let Some(tag) = tag.filter(|tag| tag::core_name(tag) != Some(kind)) {
            self.unsupported_tag(tag, place);
        }
        self.frames.push(Frame { content, place, anchor });
        Ok(())
    }

    /// Ends the innermost collection.
    fn close(&mut self) -> Result<(), Failure> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let kind = match frame.content {
            Content::List(items) => Kind::List(items),
            Content::Map { mut map, merged, .. } => {
                for (name, entry) in merged.into_iter().flat_map(Map::into_entries) {
                    if map.get(&name).is_none() {
                        map.insert(name, entry.key, entry.node);
                    }
                }
                Kind::Map(map)
            }
        };
        self.complete(Node::new(kind, frame.place), frame.anchor)
    }

    /// Repeats an anchored node.
    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Failure> {
        let place = self.place(span);
        let Some(Anchored { node, cost, height }) = self.anchors.get(&anchor) else {
            let message = "the alias is inside of its own anchor, or of another document";
            return Err(Failure::new(Code::YamlSyntax, &self.pointer(), message, place));
        };
        let (cost, height) = (*cost, *height);
        let node = (self.spent + cost <= MAX_NODES).then(|| node.clone());
        self.spend(cost, place)?;
        self.check_depth(height, place)?;
        node.map_or(Ok(()), |node| self.complete(node, 0))
    }

    fn spend(&mut self, cost: usize, place: Place) -> Result<(), Failure> {
        self.spent = self.spent.saturating_add(cost);
        if self.spent <= MAX_NODES {
            return Ok(());
        }
        let message = format!("the file has more than {MAX_NODES} nodes, counting those that its aliases repeat");
        Err(Failure::new(Code::YamlLimit, &self.pointer(), message, place))
    }

    fn check_depth(&self, height: usize, place: Place) -> Result<(), Failure> {
        if self.frames.len() + height <= MAX_DEPTH {
            return Ok(());
        }
        let message = format!("the file is nested more than {MAX_DEPTH} deep");
        Err(Failure::new(Code::YamlLimit, "", message, place))
    }

    /// Puts a complete node where it belongs.
    fn complete(&mut self, node: Node, anchor: usize) -> Result<(), Failure> {
        if anchor > 0 {
            let (cost, height) = node.measure();
            self.spend(cost, node.place)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), cost, height });
        }
        if self.expects_key() {
            let key = self.name(node);
            self.set_key(key);
            return Ok(());
        }
        let Some(frame) = self.frames.last_mut() else {
            self.document(node);
            return Ok(());
        };
        match &mut frame.content {
            Content::List(items) => items.push(node),
            Content::Map { map, key, .. } => match key.take() {
                Some(Key::Name(name, place)) => map.insert(name, place, node),
                Some(Key::Merge(place)) => self.merge(node, place),
                Some(Key::Unusable(_)) | None => {}
            },
        }
        Ok(())
    }

    fn document(&mut self, node: Node) {
        match node.kind {
            Kind::Map(_) => self.documents.push(node),
            Kind::Scalar(Value::Null) => {}
            _ => {
                let finding =
                    Diagnostic::error(Code::NotAMapping, "", format!("the file holds {}, not a mapping", node.noun()));
                self.findings.add(finding.with_hint("write keys and values, such as `replicas: 3`"), node.place);
            }
        }
    }

    fn expects_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame { content: Content::Map { key: None, .. }, .. }))
    }

    fn set_key(&mut self, next: Key) {
        if let Some(Frame { content: Content::Map { key, .. }, .. }) = self.frames.last_mut() {
            *key = Some(next);
        }
    }

    /// Starts a merge key.
    fn merge_key(&mut self, place: Place) {
        let Some(Frame { content: Content::Map { merged, .. }, .. }) = self.frames.last() else { return };
        if !merged.is_empty() {
            let finding = Diagnostic::error(Code::DuplicateKey, self.pointer(), "`<<` is set already in this mapping");
            self.findings.add(finding.with_hint("write `<<: [*one, *other]`"), place);
        }
        self.set_key(Key::Merge(place));
    }

    /// Makes a key of a node: text as it is, whole numbers as their text.
    fn name(&mut self, node: Node) -> Key {
        let name = match node.kind {
            Kind::Scalar(Value::String(name)) => name,
            Kind::Scalar(Value::Number(number)) if !number.is_f64() => number.to_string(),
            _ => {
                let message = format!("a key must be text, not {}", node.noun());
                let finding = Diagnostic::error(Code::UnsupportedYaml, self.pointer(), message);
                self.findings.add(finding.with_hint("put the key in quotes"), node.place);
                return Key::Unusable(node.place);
            }
        };
        if let Some(first) = self.current_map().and_then(|map| map.get(&name)).map(|entry| entry.key) {
            let message = format!("`{}` is set already in line {}", abridge(&name), first.line);
            let finding = Diagnostic::error(Code::DuplicateKey, pointer(&self.pointer(), &name), message);
            self.findings.add(finding.with_hint("remove one of them"), node.place);
        }
        Key::Name(name, node.place)
    }

    fn current_map(&self) -> Option<&Map> {
        match self.frames.last() {
            Some(Frame { content: Content::Map { map, .. }, .. }) => Some(map),
            _ => None,
        }
    }

    /// Keeps the mapping of a merge key, or the mappings if it is a list of them.
    fn merge(&mut self, node: Node, place: Place) {
        let nodes = match node.kind {
            Kind::List(items) => items,
            _ => vec![node],
        };
        for node in nodes {
            if let Kind::Map(over) = node.kind {
                self.merge_map(over, place);
            } else {
                let message = "`<<` needs a mapping or a list of mappings";
                let finding = Diagnostic::error(Code::UnsupportedYaml, self.pointer(), message);
                self.findings.add(finding.with_hint("write `<<: *anchor`, or \"<<\" if it is a name"), place);
            }
        }
    }

    /// Keeps one such mapping. Keys that stand before `<<` are findings: Helm lets the merged ones win, YAML does not.
    fn merge_map(&mut self, over: Map, place: Place) {
        let path = self.pointer();
        let Some(Frame { content: Content::Map { map, merged, .. }, .. }) = self.frames.last_mut() else { return };
        for (name, _) in over.nodes().filter(|(name, _)| map.get(name).is_some()) {
            let message = format!("`{}` is set already, before `<<` merges it", abridge(name));
            let finding = Diagnostic::error(Code::DuplicateKey, pointer(&path, name), message);
            self.findings.add(finding.with_hint("write `<<` before the keys that are to win"), place);
        }
        merged.push(over);
    }

    /// Returns the JSON pointer of the value that comes next, or of the mapping if that is a key.
    fn pointer(&self) -> String {
        self.frames.iter().fold(String::new(), |parent, frame| match &frame.content {
            Content::List(items) => format!("{parent}/{}", items.len()),
            Content::Map { key: Some(Key::Name(name, _)), .. } => pointer(&parent, name),
            Content::Map { .. } => parent,
        })
    }
}

impl Key {
    fn place(&self) -> Place {
        match self {
            Self::Name(_, place) | Self::Merge(place) | Self::Unusable(place) => *place,
        }
    }
}

#[cfg(test)]
mod tests;
