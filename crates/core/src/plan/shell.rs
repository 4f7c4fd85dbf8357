//! Words for a shell.

/// A word as a POSIX shell reads it: names come from manifests that anybody may have written.
///
/// ```
/// # use rqchart_core::plan::quoted;
/// assert_eq!(quoted("new.yaml"), "new.yaml");
/// assert_eq!(quoted("a b; c"), "'a b; c'");
/// assert_eq!(quoted("it's"), r"'it'\''s'");
/// ```
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
