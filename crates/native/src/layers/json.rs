//! JSON text into values with places.
//!
//! In: a cursor at the first character of a JSON value. Out: the value, with the cursor behind it.

use rqchart_core::diagnostic::{Code, Diagnostic, pointer};
use serde::de::IgnoredAny;
use serde_json::{Deserializer, Value};

use super::MAX_DEPTH;
use super::cursor::Cursor;
use super::node::{Kind, Map, Node};
use super::place::{Failure, Findings, Place, abridge};
use super::scalar;

/// Reads one value, which is to be at a JSON pointer; what follows it is left to the caller.
pub(super) fn read(cursor: &mut Cursor<'_>, findings: &mut Findings, pointer: String) -> Result<Node, Failure> {
    let mut values = Deserializer::from_str(cursor.rest()).into_iter::<IgnoredAny>();
    let message = match values.next() {
        Some(Ok(_)) => return Reader { cursor, findings, pointer, depth: 0 }.value(),
        Some(Err(error)) => {
            cursor.skip_to(error.line(), error.column());
            error.to_string()
        }
        None => "no JSON value".to_owned(),
    };
    // The place says what serde_json appends in words.
    let message = message.split(" at line ").next().unwrap_or_default();
    Err(Failure::new(Code::YamlSyntax, &pointer, message, cursor.place(1)))
}

/// Walks over text that is known to be JSON, to find out where its parts are.
struct Reader<'c, 'a> {
    cursor: &'c mut Cursor<'a>,
    findings: &'c mut Findings,
    pointer: String,
    depth: usize,
}

impl Reader<'_, '_> {
    fn value(&mut self) -> Result<Node, Failure> {
        self.cursor.skip_space();
        let place = self.cursor.place(1);
        match self.cursor.peek() {
            Some(open @ ('{' | '[')) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    let message = format!("nested more than {MAX_DEPTH} deep");
                    return Err(Failure::new(Code::YamlLimit, &self.pointer, message, place));
                }
                self.cursor.bump();
                let kind = if open == '{' { self.object()? } else { self.array()? };
                self.depth -= 1;
                Ok(Node::new(kind, place))
            }
            Some('"') => {
                let (text, place) = self.string()?;
                Ok(Node::scalar(text, place))
            }
            _ => Ok(self.word()),
        }
    }

    fn object(&mut self) -> Result<Kind, Failure> {
        let mut map = Map::default();
        while !self.closes('}') {
            let (key, place) = self.string()?;
            let outer = self.pointer.len();
            self.pointer = pointer(&self.pointer, &key);
            if map.get(&key).is_some() {
                let finding =
                    Diagnostic::error(Code::DuplicateKey, &*self.pointer, format!("`{}` is set twice", abridge(&key)));
                self.findings.add(finding.with_hint("remove one of them"), place);
            }
            self.cursor.skip_space();
            self.cursor.bump();
            let node = self.value()?;
            map.insert(key, place, node);
            self.pointer.truncate(outer);
        }
        Ok(Kind::Map(map))
    }

    fn array(&mut self) -> Result<Kind, Failure> {
        let mut items = Vec::new();
        while !self.closes(']') {
            let outer = self.pointer.len();
            self.pointer = pointer(&self.pointer, &items.len().to_string());
            items.push(self.value()?);
            self.pointer.truncate(outer);
        }
        Ok(Kind::List(items))
    }

    /// Skips what separates elements, and the closing bracket if it is next.
    fn closes(&mut self, close: char) -> bool {
        self.cursor.skip_space();
        if self.cursor.peek() == Some(',') {
            self.cursor.bump();
            self.cursor.skip_space();
        }
        // The text is known to be complete; should that be wrong, its end closes everything.
        let closes = self.cursor.peek().is_none_or(|next| next == close);
        if closes {
            self.cursor.bump();
        }
        closes
    }

    fn string(&mut self) -> Result<(String, Place), Failure> {
        let start = self.cursor.clone();
        self.cursor.bump();
        while let Some(next) = self.cursor.bump() {
            match next {
                '"' => break,
                '\\' => _ = self.cursor.bump(),
                _ => {}
            }
        }
        let text = start.text_until(self.cursor);
        let place = start.place_until(self.cursor);
        serde_json::from_str(text).map(|text| (text, place)).map_err(|_| {
            let message = "this text has an escape that stands for no character";
            Failure::new(Code::YamlSyntax, &self.pointer, message, place)
        })
    }

    /// Reads a number, `true`, `false` or `null`.
    fn word(&mut self) -> Node {
        let start = self.cursor.clone();
        while self.cursor.peek().is_some_and(|next| next.is_ascii_alphanumeric() || "+-.".contains(next)) {
            self.cursor.bump();
        }
        let place = start.place_until(self.cursor);
        let text = start.text_until(self.cursor);
        let value = match text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            "null" => Some(Value::Null),
            number if number.contains(['.', 'e', 'E']) => scalar::float(number),
            number => scalar::integer(number),
        };
        if value.is_none() {
            let text = abridge(text);
            let message = format!("`{text}` is larger than a 64-bit number");
            let finding = Diagnostic::error(Code::InvalidValue, &*self.pointer, message);
            self.findings.add(finding.with_hint(format!("write \"{text}\" if it is text")), place);
        }
        Node::scalar(value.unwrap_or_default(), place)
    }
}
