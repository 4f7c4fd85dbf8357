//! Text that says something else for each pod: `{ordinal}` and `{pod}` stand for its number and its name.

use super::Member;

/// Every placeholder that means something.
pub const PLACEHOLDERS: &[&str] = &["{ordinal}", "{pod}"];

/// The text for one pod. Other braces stay as they are: annotations hold JSON, too.
///
/// In one pass, so that what stands in a pod's name is never taken for a placeholder.
pub fn filled(text: &str, member: &Member) -> String {
    let mut rest = text;
    let mut filled = String::with_capacity(text.len());
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        rest = if let Some(after) = from.strip_prefix("{ordinal}") {
            filled.push_str(&member.ordinal.to_string());
            after
        } else if let Some(after) = from.strip_prefix("{pod}") {
            filled.push_str(&member.pod);
            after
        } else {
            filled.push('{');
            &from[1..]
        };
    }
    filled + rest
}

/// What looks like a placeholder and is none: a word in braces.
pub fn unknown(text: &str) -> impl Iterator<Item = &str> {
    let words = text.match_indices('{').filter_map(|(at, _)| {
        let inner = &text[at + 1..];
        let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')?;
        (end > 0 && inner[end..].starts_with('}')).then(|| &text[at..at + end + 2])
    });
    words.filter(|word| !PLACEHOLDERS.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::Role;

    #[test]
    fn placeholders_are_filled_and_other_braces_stay() {
        let member = Member {
            ordinal: 2,
            pod: "db-2".to_owned(),
            address: String::new(),
            role: Role::Seed,
            claim: String::new(),
        };
        let filled = |text| filled(text, &member);
        assert_eq!(filled("n{ordinal}.{pod}.example.com"), "n2.db-2.example.com");
        assert_eq!(filled(r#"{"a": "{pod}", "b": {}}"#), r#"{"a": "db-2", "b": {}}"#);
        assert_eq!(filled("{{ordinal}} {ordinal"), "{2} {ordinal");
    }

    #[test]
    fn a_word_in_braces_looks_like_a_placeholder() {
        let found = |text| unknown(text).collect::<Vec<_>>();
        assert_eq!(found("{ordinal}{pod}"), [""; 0]);
        assert_eq!(found("{Pod} {pod_name} {ordinal }"), ["{Pod}", "{pod_name}"]);
        assert_eq!(found(r#"{"pod": {}} {{ .Name }} {é}"#), [""; 0]);
    }
}
