//! Texts that some reader, template engine or shell takes for something else.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use rqchart_core::values::{AbsolutePath, DnsLabel, EnvName, Flag, LabelValue, QualifiedName, ServiceName, Tag};

/// The form that a place takes, and the beginning of its tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Dns,
    Env,
    /// A key of an object that Kubernetes checks. Readers of YAML take keys of up to 1024 characters.
    Field,
    Flag,
    Free,
    Key,
    Label,
    Path,
    Service,
    Tag,
}

impl Kind {
    pub(super) const ALL: [Self; 10] = [
        Self::Dns,
        Self::Env,
        Self::Field,
        Self::Flag,
        Self::Free,
        Self::Key,
        Self::Label,
        Self::Path,
        Self::Service,
        Self::Tag,
    ];

    /// The kind of a token such as `freex01`.
    pub(super) fn of(token: &str) -> Option<Self> {
        let (word, number) = token.split_once('x')?;
        number.get(..2)?.parse::<u8>().ok()?;
        Self::ALL.into_iter().find(|kind| format!("{kind:?}").to_lowercase() == word)
    }

    fn takes(self, text: &str) -> bool {
        match self {
            Self::Dns => text.len() < 50 && DnsLabel::new(text).is_some(),
            Self::Env => EnvName::new(text).is_some(),
            Self::Flag => Flag::new(format!("-a={text}")).is_some(),
            Self::Field | Self::Free => true,
            Self::Key => QualifiedName::new(text).is_some(),
            Self::Label => LabelValue::new(text).is_some(),
            Self::Path => AbsolutePath::new(format!("/{text}")).is_some(),
            Self::Service => text.len() < 40 && ServiceName::new(text).is_some(),
            // Also a registry, so without `_`.
            Self::Tag => Tag::new(text).is_some() && !text.contains('_') && !text.ends_with(['.', '-']),
        }
    }
}

const WORDS: &str = "y n yes no on off true false null none Y N Yes NO On OFF True FALSE Null NULL ~ = << \
    0 1 -1 +1 01 08 0777 0o17 0x1F 0b101 1_000 0b1010_1010 0x_1 1. .5 1.5 1e3 1E3 1e+3 1.0e+3 1e3_0 e1 0e0 .1_0 0_ \
    .inf -.inf .Inf .nan .NaN inf nan 1:20 8:30 22:22:22 190:20:30.15 2024-01-01 2024-01-01T00:00:00Z 10.2.7 1.10 \
    12345678901234567890123 0O17 0X1F 0B1 a-b a.b a_b x-n no-0 123abc 1m 10Gi";

const SIGNS: &[&str] = &[
    "",
    " ",
    "  leading",
    "trailing ",
    "\t",
    "\n",
    "\n\n",
    "a\nb",
    "a\nb\n",
    "a\n\nb\n",
    "a\n  b\n",
    " a\nb\n",
    "a \nb\n",
    "a\nb\n\n",
    "\na\nb\n",
    "a\r\nb\r\n",
    "a\tb\n\tc\n",
    "---",
    "--- a",
    "...",
    "a\n---\nb\n",
    "a\n...\nb\n",
    "\n---\n",
    "# comment",
    "a # comment",
    "a #comment",
    "a: b",
    "a:b",
    "a:",
    ":",
    ": ",
    "-",
    "- a",
    "?",
    "? a",
    "[a",
    "]",
    "{a",
    "}",
    "[]",
    "{}",
    "[a, b]",
    "{a: b}",
    ",",
    "&anchor",
    "*alias",
    "!tag",
    "!!str a",
    "%YAML 1.1",
    "@at",
    "`tick`",
    "|",
    "|-",
    ">",
    "'",
    "''",
    "\"",
    "\"\"",
    "it's",
    "say \"no\"",
    "\\",
    "\\n",
    "\\u0041",
    "\\",
    "a\\",
    "/",
    "\\/",
    "${HOME}",
    "$(id)",
    "$(A)",
    "{{ 1 + 1 }}",
    "{{",
    "}}",
    "{%",
    "{% if x %}",
    "{#",
    "#}",
    "{{ names.fullname | yaml }}",
    "</script>",
    "\0",
    "\u{1}",
    "\u{7}",
    "\u{8}",
    "\u{b}",
    "\u{c}",
    "\u{1b}[31m",
    "\u{1f}",
    "\u{7f}",
    "\u{80}",
    "\u{85}",
    "a\u{85}b",
    "\u{9f}",
    "\u{a0}",
    "\u{ad}",
    "\u{200b}",
    "\u{202e}",
    "\u{2028}",
    "a\u{2028}b\n",
    "\u{2029}",
    "\u{d7ff}",
    "\u{e000}",
    "\u{feff}",
    "\u{feff}a",
    "\u{fffd}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{1f600}",
    "\u{10ffff}",
    "é",
    "e\u{301}",
    "Ünï",
    "日本語",
    "kind: Secret\n",
    "x\"\nkind: Secret\n#",
    "x\n  labels:\n    a: b\n",
];

static TEXTS: LazyLock<BTreeMap<Kind, Vec<String>>> = LazyLock::new(|| {
    let long = ["x".repeat(63), "1".repeat(63), "0".repeat(40)];
    let all: Vec<String> =
        WORDS.split_ascii_whitespace().chain(SIGNS.iter().copied()).map(str::to_owned).chain(long).collect();
    let of = |kind: Kind| all.iter().filter(|text| kind.takes(text)).cloned().collect();
    let mut texts: BTreeMap<Kind, Vec<String>> = Kind::ALL.into_iter().map(|kind| (kind, of(kind))).collect();
    texts.entry(Kind::Flag).or_default().push("~!@#$%^&*()_+{}|:\"<>?`-=[]\\;',./ ".repeat(100));
    texts.entry(Kind::Free).or_default().push("--- {{ }} \n\t\"#é\0 a: b".repeat(64 * 1024 / 24));
    texts
});

/// The hostile texts that a place of this kind takes.
pub(super) fn texts(kind: Kind) -> &'static [String] {
    &TEXTS[&kind]
}

/// Any text of characters that mean something to somebody, among them all of Unicode.
pub(super) fn random() -> impl Strategy<Value = String> {
    let sign = prop::sample::select(" \n\n\t\r:#-?[]{},&*!|>'\"%@`\\~=.0159eExyYnN_+/$%".chars().collect::<Vec<_>>());
    let c = prop_oneof![3 => sign, 1 => any::<char>()];
    prop::collection::vec(c, 0..12).prop_map(String::from_iter)
}
