//! Template text, cut into interpolations and statements, and those into tokens.
//!
//! It knows as little of Tera's grammar as the templates use, and panics at everything else.

/// An interpolation or a statement, in the order of the text.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// `{{ … }}`
    Interpolation(Vec<Token>),
    /// `{% … %}`, and `{#- when: … -#}`, which says when a template makes documents at all
    Statement(Vec<Token>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A word, or words with dots between them.
    Path(String),
    /// Text in quotes, or a number: its value does not matter.
    Literal,
    Sign(&'static str),
}

impl Part {
    pub(super) fn statement(&self) -> Option<&[Token]> {
        match self {
            Self::Statement(tokens) => Some(tokens),
            Self::Interpolation(_) => None,
        }
    }
}

impl Token {
    pub(super) fn path(&self) -> Option<&str> {
        match self {
            Self::Path(path) => Some(path),
            _ => None,
        }
    }

    pub(super) fn sign(&self) -> Option<&'static str> {
        match self {
            Self::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    pub(super) fn is(&self, sign: &str) -> bool {
        self.sign() == Some(sign)
    }
}

/// Cuts a template.
pub(super) fn parts(name: &str, text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    // The renderer reads the first line's condition, `{#- when: budget -#}`, as an `if` around the whole.
    if let Some((condition, body)) = text.strip_prefix("{#- when: ").and_then(|text| text.split_once(" -#}")) {
        parts.push(Part::Statement(tokens(&format!("if {condition}"))));
        rest = body;
    }
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).chain(rest.find("{#")).min() {
        let (open, body) = rest[at..].split_at(2);
        let (close, part): (_, fn(_) -> _) = match open {
            "{{" => ("}}", Part::Interpolation),
            "{%" => ("%}", Part::Statement),
            _ => ("#}", Part::Statement),
        };
        let end = body.find(close).unwrap_or_else(|| panic!("{name}: {open} is not closed"));
        let inner = body[..end].trim_start_matches('-').trim_end_matches('-');
        let tokens = tokens(inner);
        assert!(!tokens.is_empty(), "{name}: {open} {close} is empty");
        parts.push(part(tokens));
        rest = &body[end + 2..];
    }
    parts
}

const SIGNS: [&str; 17] = ["==", "!=", "<=", ">=", "/>", "<", ">", "|", "(", ")", "{", "}", "=", ",", ":", "~", "+"];

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' | '\'' => rest[1..].find(c).expect("text ends with the quote it began with") + 2,
            _ if c.is_ascii_alphanumeric() || c == '_' => {
                rest.find(|c: char| !c.is_ascii_alphanumeric() && !"._".contains(c)).unwrap_or(rest.len())
            }
            _ => SIGNS
                .iter()
                .find(|sign| rest.starts_with(**sign))
                .map_or_else(|| panic!("what is {rest:?}?"), |s| s.len()),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(match SIGNS.iter().find(|sign| **sign == token) {
            Some(sign) => Token::Sign(sign),
            None if c.is_ascii_alphabetic() || c == '_' => Token::Path(token.to_owned()),
            None => Token::Literal,
        });
        rest = after.trim_start();
    }
    tokens
}
