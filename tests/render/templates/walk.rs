//! Follows every path that templates read through the context that they see.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::parse::{Part, Token};

/// What came of following all paths.
pub(super) struct Walk<'a> {
    /// Paths that lead nowhere, behind the template and the components that they stand in.
    pub(super) missing: Vec<String>,
    /// Where those that lead somewhere do, as JSON pointers; `*` is any entry of a list.
    pub(super) read: BTreeSet<String>,
    /// Those of them that are written as they are, with all that is in them.
    pub(super) written: BTreeSet<String>,
    components: BTreeMap<&'a str, &'a [Part]>,
}

/// Something of the context, and its JSON pointer.
#[derive(Debug, Clone)]
struct Found {
    pointer: String,
    value: Value,
}

/// The names that a place sees: those of loops, `set`s and parameters, and around them the context.
type Scope = Vec<(String, Found)>;

impl Found {
    /// What is nowhere in the context. Its pointer is none, least of all that of the whole context, which is empty.
    fn nowhere(value: Value) -> Self {
        Self { pointer: "nowhere".to_owned(), value }
    }
}

impl<'a> Walk<'a> {
    pub(super) fn through(templates: &'a [(String, Vec<Part>)], context: &Value) -> Self {
        let components = templates.iter().flat_map(|(_, parts)| components(parts)).collect();
        let mut walk = Self { missing: Vec::new(), read: BTreeSet::new(), written: BTreeSet::new(), components };
        let context = context.as_object().expect("the context is a map");
        let found = |(key, value): (&String, &Value)| Found { pointer: format!("/{key}"), value: value.clone() };
        let scope: Scope = context.iter().map(|entry| (entry.0.clone(), found(entry))).collect();
        for (name, parts) in templates.iter().filter(|(name, _)| !name.starts_with('_')) {
            walk.parts(name, parts, scope.clone());
        }
        walk
    }

    fn parts(&mut self, name: &str, parts: &[Part], mut scope: Scope) {
        let mut loops = Vec::new();
        for part in parts {
            let tokens = match part {
                Part::Interpolation(tokens) if tokens[0].is("<") => {
                    self.component(name, tokens, &scope);
                    continue;
                }
                Part::Interpolation(tokens) | Part::Statement(tokens) => tokens,
            };
            match (tokens[0].path().unwrap_or_default(), part) {
                ("for", Part::Statement(_)) => {
                    loops.push(scope.len());
                    let list = self.follow(name, tokens[3].path().expect("loops run over paths"), &scope);
                    let all = list.value.as_array().into_iter().flatten().cloned().reduce(united).unwrap_or_default();
                    let any = Found { pointer: format!("{}/*", list.pointer), value: all };
                    scope.push((tokens[1].path().expect("loops have a variable").to_owned(), any));
                }
                ("endfor", Part::Statement(_)) => scope.truncate(loops.pop().expect("loops begin before they end")),
                ("set", Part::Statement(_)) => {
                    let value = self.follow(name, tokens[3].path().expect("names are set to paths"), &scope);
                    scope.push((tokens[1].path().expect("a name is set").to_owned(), value));
                }
                _ => {
                    for path in paths(tokens) {
                        let found = self.follow(name, path, &scope);
                        if matches!(part, Part::Interpolation(_)) {
                            self.written.insert(found.pointer);
                        }
                    }
                }
            }
        }
    }

    /// Walks through a component's body with the arguments of one call.
    fn component(&mut self, name: &str, tokens: &[Token], scope: &Scope) {
        let component = tokens[1].path().expect("a component has a name");
        let parts =
            *self.components.get(component).unwrap_or_else(|| panic!("{name}: there is no component {component}"));
        let mut arguments = Scope::new();
        for (at, _) in tokens.iter().enumerate().filter(|(_, token)| token.is("=")) {
            let parameter = tokens[at - 1].path().expect("a parameter has a name");
            match &tokens[at + 1..] {
                [Token::Sign("{"), Token::Path(path), Token::Sign("}"), ..] => {
                    arguments.push((parameter.to_owned(), self.follow(name, path, scope)));
                }
                _ => arguments.push((parameter.to_owned(), Found::nowhere(Value::from("literal")))),
            }
        }
        self.parts(&format!("{name}: {component}"), parts, arguments);
    }

    fn follow(&mut self, name: &str, path: &str, scope: &Scope) -> Found {
        let mut keys = path.split('.');
        let first = keys.next().unwrap_or_default();
        let start = scope.iter().rev().find(|(known, _)| known == first).map(|(_, found)| found.clone());
        let below = |found: Found, key: &str| {
            let value = found.value.get(key)?.clone();
            Some(Found { pointer: format!("{}/{key}", found.pointer), value })
        };
        if let Some(found) = start.and_then(|start| keys.try_fold(start, below)) {
            self.read.insert(found.pointer.clone());
            return found;
        }
        self.missing.push(format!("{name}: {path}"));
        Found::nowhere(Value::Null)
    }
}

/// The components of a template, by name.
fn components(parts: &[Part]) -> BTreeMap<&str, &[Part]> {
    let word = |part: &Part| part.statement().and_then(|tokens| tokens[0].path().map(str::to_owned));
    let begins = parts.iter().enumerate().filter(|(_, part)| word(part).as_deref() == Some("component"));
    begins
        .map(|(at, part)| {
            let name = part.statement().and_then(|tokens| tokens[1].path()).expect("a component has a name");
            let length = parts[at..].iter().position(|part| word(part).as_deref() == Some("endcomponent"));
            (name, &parts[at + 1..at + length.expect("a component ends")])
        })
        .collect()
}

/// The paths that an expression reads: no filters, no arguments' names, no words of the language.
fn paths(tokens: &[Token]) -> impl Iterator<Item = &str> {
    const WORDS: [&str; 11] = ["when", "if", "elif", "else", "endif", "not", "and", "or", "true", "false", "in"];
    tokens.iter().enumerate().filter_map(move |(at, token)| {
        let is_filter = at > 0 && tokens[at - 1].is("|");
        let is_argument = tokens.get(at + 1).is_some_and(|next| next.is("="));
        token.path().filter(|path| !is_filter && !is_argument && !WORDS.contains(path))
    })
}

/// What any entry of a list has.
fn united(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Object(mut one), Value::Object(other)) => {
            one.extend(other);
            Value::Object(one)
        }
        (one, _) => one,
    }
}
