//! What is wrong with somebody's input, where, and what to write instead.
//!
//! Every stage that meets a user's mistake adds a [`Diagnostic`] and goes on, so that one run reports all of them.
//! This module knows nothing of how they are printed.

use std::fmt;

use serde::Serialize;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Works, but is probably not what was meant, or will hurt later.
    Warning,
    /// Nothing is rendered.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

macro_rules! codes {
    ($($variant:ident $name:literal $about:literal)*) => {
        /// The stable name of a kind of finding.
        ///
        /// Scripts and `rqchart explain CODE` rely on these names: one is never given another meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $about] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the pipeline's stages.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the name that is printed between brackets.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns why it is reported and what to do about it.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$variant => $about,)* }
            }
        }
    };
}

codes! {
    InvalidUtf8 "invalid-utf8"
        "A values file is not UTF-8 text. Save it as UTF-8; values that need other bytes go into a Secret."
    YamlSyntax "yaml-syntax"
        "A values file, or the JSON of --set-json, cannot be parsed. Nothing after the place that is named was read."
    YamlLimit "yaml-limit"
        "A values file is nested more than 100 deep, or its aliases grow to more than a million nodes. No values need that; such files are made to exhaust memory."
    DuplicateKey "duplicate-key"
        "A mapping has the same key twice. Helm silently takes the last one; rqchart does not guess which was meant. Remove one of them."
    AmbiguousScalar "ambiguous-scalar"
        "YAML 1.1 (Helm, kubectl, Ansible) and YAML 1.2 read this plain scalar differently, for example `yes`, `012` or `1_000`. Put it in quotes if it is text, write `true`, `10` or `1000` if it is not."
    UnsupportedYaml "unsupported-yaml"
        "A values file uses what has no meaning in values: a tag of its own, a key that is not a string, or a merge key of something else than a mapping."
    NotAMapping "not-a-mapping"
        "The top level of values must be a mapping of keys, such as `replicas: 3`."
    SetSyntax "set-syntax"
        "An argument of --set or one of its relatives cannot be parsed. Its grammar is Helm's: `a.b=1,list={x,y},list[0]=z`, with `\\` before a comma or dot that belongs to a name or value."
    ScalarOverMap "scalar-over-map"
        "A later layer replaces a mapping by something else, or the other way round. Helm drops one of them; rqchart refuses. Use null to remove what an earlier layer set."
    ListReplaced "list-replaced"
        "An index such as --set list[2]=x sets an element of a list that no layer has made, or leaves gaps in it."
    UnknownKey "unknown-key"
        "No setting has this name. Look at the hint for one that is spelt alike, or at `rqchart show values` for all of them."
    WrongType "wrong-type"
        "The value has another type than the setting, for example text where a number belongs."
    InvalidValue "invalid-value"
        "The value has the right type, but not a form that the setting can take."
    OutOfRange "out-of-range"
        "The number is smaller or larger than the setting allows."
    MissingKey "missing-key"
        "An entry lacks a key without which it has no meaning."
    InvalidName "invalid-name"
        "A name that Kubernetes would refuse: it must be lower-case letters, digits and dashes, start with a letter and end with a letter or digit."
    NameTooLong "name-too-long"
        "A name that is derived from the release is longer than Kubernetes allows. A StatefulSet's name has at most 52 characters, because the controller appends a hash of 11 to it in a label of 63; a Service's has at most 63."
    NameClash "name-clash"
        "Two things of the same kind would have the same name, so that one would overwrite the other."
    EvenVoters "even-voters"
        "An even number of voters tolerates no more failures than one voter fewer, and is one more node that can fail. Use an odd number."
    SingleVoter "single-voter"
        "With one voter every restart is an outage, and a lost disk loses the data. That is fine for development; otherwise use three."
    EphemeralStorage "ephemeral-storage"
        "The data directory lives in an emptyDir: a pod that is deleted or moved has lost its disk, and when a majority is lost at once so are the rows."
    CopiedVolumes "copied-volumes"
        "storage.dataSourceRef makes every new volume a copy of the same data, which is one member's. The members' names and addresses are part of it, so only a release of the same name and namespace can lead with it; another one never finds a leader. Acknowledged rows that this member had not received are missing. A replica that is added later begins with the same old data, so take the setting out when the pods are Ready; Kubernetes changes it only in a StatefulSet that is made anew."
    GraceTooShort "grace-too-short"
        "A member that stays away longer than membership.grace is dropped by the leader. Below 60 s an ordinary restart may take longer, above all where DNS caches for 30 s."
    TerminationTooShort "termination-too-short"
        "rqlited stores a snapshot before it ends. A pod that is killed before that has to restore its whole database at the next start, which takes minutes when it is large."
    ScaleInManual "scale-in-manual"
        "Nothing removes the members of pods that a scale-in took away, so they stay voters and every scale-in brings the quorum nearer to its loss. Remove them with `.remove` in the rqlite shell."
    ReservedArgument "reserved-argument"
        "An entry of extraArgs sets what rqchart decides per pod (identity, addresses, joining, bootstrapping), or is not a flag of rqlited. Setting it twice breaks the cluster."
    Contradiction "contradiction"
        "Two settings say different things about the same."
    OpenAccess "open-access"
        "Whoever can reach rqlite may do everything, or more than ask how it is. Name users in auth."
    UnknownFlag "unknown-flag"
        "rqlited, or the version of it that image.tag names, does not know the flag. It would end at once, in every pod."
    UntriedVersion "untried-version"
        "The drills were not run with this version of rqlite; what the scripts rely on may differ."
    ReservedName "reserved-name"
        "An extra environment variable, volume, container or label has a name that the rendered pod already uses."
    DisruptionUnsafe "disruption-unsafe"
        "The disruption budget lets more voters go at once than the quorum can spare: a node drain would stop all writes."
    HardAntiAffinity "hard-anti-affinity"
        "With a hard rule a replica that finds no node or zone of its own stays Pending for ever."
    InvalidQuantity "invalid-quantity"
        "A Kubernetes quantity that makes no sense here, such as a storage size of zero or a limit below its request."
    UnusedValue "unused-value"
        "The setting has no effect together with the others."
    UnknownPlaceholder "unknown-placeholder"
        "A word in braces looks like a placeholder, but is none, so it stays in the text. `{ordinal}` and `{pod}` stand for a pod's number and name."
    KubernetesTooOld "kubernetes-too-old"
        "The setting needs a newer Kubernetes than the one that is rendered for, which `--kube-version` says. An older API server refuses the object or drops the field."
    ApiMissing "api-missing"
        "An object is rendered of a kind that the cluster does not have: `--api-versions` lists what it has. Install what brings the kind, or leave out the setting that asks for it. Without --api-versions nothing is known and nothing is said."
    BlockedPort "blocked-port"
        "The NetworkPolicy cuts something off that a setting needs: a container of extraContainers declares a port that nobody may reach (add a rule to networkPolicy.ingress, or remove the port if only the pod itself uses it), or the pods may not get to an endpoint that they are to call (add a rule to networkPolicy.egress.rules)."
    UnboundedQueue "unbounded-queue"
        "cdc.transmitMaxRetries is not set, so rqlited tries for ever to send a change. While the endpoint is away, every change waits in a queue on the disk of every voter; when the disk is full, the node stops. Set a number and accept that changes are lost after it, or keep room on the volumes and the alert on that queue."
    PatchTarget "patch-target"
        "A patch names an object that is not rendered: its kind or its name is spelt otherwise, or a setting renders no such object. Patches do not reach extraObjects."
    PatchFailed "patch-failed"
        "A patch cannot be applied to the object that it names: an operation of a JSON patch finds nothing at its path or a `test` fails, or an entry of a merged list lacks the key that the list is merged by."
    PatchIdentity "patch-identity"
        "A patch changes what rqchart and the pods' scripts decide together: the objects' names, the StatefulSet's selector, Service and replicas, how the rqlite container starts, where its volume is, how pods find each other. Another value there founds a second cluster, loses members or data, or is refused by Kubernetes. Most of it has a setting; wrapping the start script in another command is a warning only."
    DanglingReference "dangling-reference"
        "A rendered object refers to another one, or to a volume, port or service, that is not rendered."
    SelectorMismatch "selector-mismatch"
        "A rendered selector does not select the pods that it is made for."
    DuplicateObject "duplicate-object"
        "Two rendered documents have the same kind, namespace and name: the second would overwrite the first."
    InvalidManifest "invalid-manifest"
        "A rendered document is not a Kubernetes object: it is not YAML, or lacks apiVersion, kind, metadata.name or its namespace."
}

impl Code {
    /// Finds a code by its printed name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A place in a text that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// The file's name as it was given, `<stdin>`, or a flag such as `--set #2`.
    pub source: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters to underline, at least 1.
    pub length: usize,
    /// The text of that line, without its line break. A line of more than 200 characters is cut to a window around the
    /// column; `…` then stands for the character at which it was cut.
    pub text: String,
    /// The column of the first character of `text`: 1, or more where the line was cut. The caret goes under character
    /// `column - text_start` (from 0) of `text`.
    pub text_start: usize,
}

/// One finding about somebody's input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The stable kind of finding.
    pub code: Code,
    /// Whether rendering stops.
    pub severity: Severity,
    /// JSON pointer (RFC 6901) to the value that is meant; empty for the whole.
    pub path: String,
    /// Where that value was written, if anybody wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to write instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Where earlier layers wrote the same value, which this one replaced; the latest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Location>,
}

impl Diagnostic {
    /// Makes an error about the value at a JSON pointer.
    ///
    /// # Example
    ///
    /// ```
    /// use rqchart_core::diagnostic::{Code, Diagnostic};
    /// let finding = Diagnostic::error(Code::OutOfRange, "/replicas", "0 is less than 1").with_hint("use 3");
    /// assert_eq!(finding.to_string(), "error[out-of-range]: replicas: 0 is less than 1 (use 3)");
    /// ```
    pub fn error(code: Code, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            path: path.into(),
            location: None,
            message: message.into(),
            hint: None,
            overrides: Vec::new(),
        }
    }

    /// Makes a warning about the value at a JSON pointer.
    pub fn warning(code: Code, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, path, message) }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds where it was written.
    #[must_use]
    pub fn with_location(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// Whether rendering must stop.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The path as people write it: `storage.size`, `services.perPod[0]`.
    pub fn dotted_path(&self) -> String {
        dotted(&self.path)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: ", self.severity, self.code)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.dotted_path())?;
        }
        f.write_str(&self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " ({hint})"))
    }
}

/// The candidate that is spelt most alike, if any is alike enough; none without the feature `findings`.
pub fn closest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    #[cfg(feature = "findings")]
    {
        let score = |candidate: &str| strsim::jaro_winkler(&word.to_lowercase(), &candidate.to_lowercase());
        let (best, likeness) = candidates.map(|c| (c, score(c))).max_by(|a, b| a.1.total_cmp(&b.1))?;
        (likeness > 0.85).then_some(best) // below that, suggestions are guesses: "size" for "sides"
    }
    #[cfg(not(feature = "findings"))]
    {
        let _ = (word, candidates);
        None
    }
}

/// Appends a key to a JSON pointer, escaped as RFC 6901 wants it.
///
/// ```
/// # use rqchart_core::diagnostic::pointer;
/// assert_eq!(pointer("/labels", "a/b~c"), "/labels/a~1b~0c");
/// ```
#[must_use]
pub fn pointer(parent: &str, key: &str) -> String {
    format!("{parent}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Splits a JSON pointer into its unescaped keys.
pub fn pointer_keys(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~"))
}

/// Writes a JSON pointer the way people name a setting.
///
/// ```
/// # use rqchart_core::diagnostic::dotted;
/// assert_eq!(dotted("/tolerations/0/key"), "tolerations[0].key");
/// assert_eq!(dotted("/labels/example.com~1team"), r#"labels["example.com/team"]"#);
/// ```
#[must_use]
pub fn dotted(pointer: &str) -> String {
    let mut path = String::new();
    for key in pointer_keys(pointer) {
        if !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit()) {
            path.extend(["[", &key, "]"]);
        } else if key.is_empty() || key.contains(['.', '/', ' ', '"', '[', '=']) {
            path.extend(["[", &format!("{key:?}"), "]"]);
        } else {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(&key);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_kebab_case_and_explained() {
        for code in Code::ALL {
            assert_eq!(Code::from_name(code.name()), Some(*code), "two codes are called {code}");
            assert!(code.name().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{code}");
            assert!(code.about().ends_with('.'), "{code}");
        }
    }
}
