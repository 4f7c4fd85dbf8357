//! The scalar types of values: each states once, as a pattern or a range, what it accepts.
//!
//! Deserialising and the JSON Schema both read that one statement, so they cannot drift apart: what serde accepts is
//! what the schema accepts.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use regex_lite::Regex;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::{Serialize, Serializer};

/// The greatest integer that is taken as text: every reader of JSON keeps it exactly.
const MAX_INTEGER: u64 = (1 << 53) - 1;

/// The integer that a float stands for, if it stands for one.
fn whole(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "compared with the original just after")]
    let whole = number as i64;
    #[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "a float that is no integer must differ")]
    (whole as f64 == number).then_some(whole)
}

/// A fraction as somebody would write it; no quantity is more exact than to a billionth.
fn decimal(number: f64) -> String {
    format!("{number:.9}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The form that a kind of text must have.
pub trait Form: 'static {
    /// The name in the schema and in messages: "a DNS label".
    const WHAT: &'static str;
    /// An anchored regular expression in the subset that ECMA 262 and Rust read alike (ASCII classes only).
    const PATTERN: &'static str;
    /// Another one that it must match too: the subset cannot say of a part what it looks like and how long it is at once.
    /// The schema gets it when it is complete (`schema::generate`), because schemars knows of one pattern for a text.
    const ALSO: Option<&'static str> = None;
    /// The greatest number of characters.
    const MAX: usize;
    /// A value that fits, for messages and documentation.
    const EXAMPLE: &'static str;
    /// Whether a plain YAML integer is taken as its text: `cpu: 1`.
    const INTEGER: bool = false;
    /// Whether any plain YAML number is: `cpu: 0.5`.
    const NUMBER: bool = false;
    /// Whether it is a secret, which programs take and never show again.
    const SECRET: bool = false;

    /// The compiled patterns, made once per form.
    fn regexes() -> &'static [Regex];

    /// Whether a text matches them.
    fn matches(text: &str) -> bool {
        Self::regexes().iter().all(|regex| regex.is_match(text))
    }
}

/// Text of a given form. Holding one proves that it has that form.
pub struct Text<F: Form>(Cow<'static, str>, PhantomData<fn() -> F>);

impl<F: Form> Text<F> {
    /// Makes a default from text that is known to fit; debug builds check it.
    pub(crate) fn known(text: &'static str) -> Self {
        debug_assert!(Self::fits(text), "the default {text:?} is not {}", F::WHAT);
        Self(Cow::Borrowed(text), PhantomData)
    }

    /// Returns the text if it has the form.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        Self::fits(&text).then_some(Self(Cow::Owned(text), PhantomData))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn fits(text: &str) -> bool {
        // Patterns are ASCII, so text that matches has as many characters as bytes.
        text.len() <= F::MAX && F::matches(text)
    }
}

impl<F: Form> Clone for Text<F> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<F: Form> PartialEq for Text<F> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<F: Form> Eq for Text<F> {}

impl<F: Form> PartialOrd for Text<F> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<F: Form> Ord for Text<F> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl<F: Form> fmt::Debug for Text<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<F: Form> fmt::Display for Text<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<F: Form> Serialize for Text<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, F: Form> Deserialize<'de> for Text<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let reader = TextReader {
            what: F::WHAT,
            example: F::EXAMPLE,
            integer: F::INTEGER || F::NUMBER,
            number: F::NUMBER,
            fits: Self::fits,
        };
        Ok(Self(Cow::Owned(deserializer.deserialize_any(reader)?), PhantomData))
    }
}

/// Reads text of any form: one reader, because there are many forms.
struct TextReader {
    what: &'static str,
    example: &'static str,
    integer: bool,
    number: bool,
    fits: fn(&str) -> bool,
}

impl Visitor<'_> for TextReader {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} such as {:?}", self.what, self.example)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        if (self.fits)(text) { Ok(text.to_owned()) } else { Err(E::invalid_value(Unexpected::Str(text), &self)) }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<String, E> {
        if self.integer && number <= MAX_INTEGER {
            self.visit_str(&number.to_string())
        } else {
            Err(E::invalid_type(Unexpected::Unsigned(number), &self))
        }
    }

    // JSON Schema takes 3.0 for an integer, so serde must too.
    fn visit_f64<E: Error>(self, number: f64) -> Result<String, E> {
        match whole(number) {
            Some(whole) => self.visit_i64(whole),
            None if self.number && number > 0.0 && number.fract() > 0.0 => self.visit_str(&decimal(number)),
            None => Err(E::invalid_type(Unexpected::Float(number), &self)),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<String, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::invalid_type(Unexpected::Signed(number), &self)),
        }
    }
}

impl<F: Form> JsonSchema for Text<F> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        F::WHAT.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut schema = json_schema!({
            "type": "string", "pattern": F::PATTERN, "maxLength": F::MAX, "examples": [F::EXAMPLE],
            "x-form": F::WHAT,
        });
        if F::SECRET {
            schema.insert("writeOnly".into(), true.into());
        }
        if F::INTEGER || F::NUMBER {
            let number = if F::NUMBER { "number" } else { "integer" };
            schema.insert("type".into(), serde_json::json!(["string", number]));
            schema.insert("minimum".into(), 0.into());
            schema.insert("maximum".into(), MAX_INTEGER.into());
        }
        schema
    }
}

/// The parts of patterns of addresses and schedules, which only `concat!` can put together.
macro_rules! part {
    (cron $value:expr) => {
        concat!(cron_item!($value), "(,", cron_item!($value), ")*")
    };
    (ipv4) => {
        r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3}"
    };
    (ipv6) => {
        concat!(
            r"(([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,7}:",
            r"|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,5}(:[0-9a-fA-F]{1,4}){1,2}",
            r"|([0-9a-fA-F]{1,4}:){1,4}(:[0-9a-fA-F]{1,4}){1,3}|([0-9a-fA-F]{1,4}:){1,3}(:[0-9a-fA-F]{1,4}){1,4}",
            r"|([0-9a-fA-F]{1,4}:){1,2}(:[0-9a-fA-F]{1,4}){1,5}|[0-9a-fA-F]{1,4}:(:[0-9a-fA-F]{1,4}){1,6}",
            r"|:((:[0-9a-fA-F]{1,4}){1,7}|:))"
        )
    };
}

/// One of a list in a schedule: any, one, or a range, in steps.
macro_rules! cron_item {
    ($value:expr) => {
        concat!(r"(\*|", $value, "(-", $value, ")?)(/[1-9][0-9]?)?")
    };
}

// What the patterns of names say, without a regular expression: there may be thousands of them, and most values hold some.

/// Whether text of up to so many bytes begins and ends with certain ones, with these and some more between them.
fn is_part(text: &str, most: usize, is_end: fn(&u8) -> bool, inside: &[u8]) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= most
        && bytes.first().is_some_and(is_end)
        && bytes.last().is_some_and(is_end)
        && bytes.iter().all(|byte| is_end(byte) || inside.contains(byte))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as the methods of u8 have it")]
fn is_small(byte: &u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn is_dns_label(text: &str) -> bool {
    is_part(text, usize::MAX, is_small, b"-")
}

fn is_service_name(text: &str) -> bool {
    is_dns_label(text) && text.starts_with(|first: char| first.is_ascii_lowercase())
}

fn is_dns_name(text: &str) -> bool {
    text.split('.').all(is_dns_label)
}

fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_part(text, usize::MAX, u8::is_ascii_alphanumeric, b"-_.")
}

fn is_qualified_name(text: &str) -> bool {
    let (prefix, name) = text.split_once('/').map_or((None, text), |(prefix, name)| (Some(prefix), name));
    prefix.is_none_or(|prefix| prefix.len() <= 253 && is_dns_name(prefix))
        && is_part(name, 63, u8::is_ascii_alphanumeric, b"-_.")
}

/// What comes before a slash is a DNS name; the other patterns of qualified names say how long it is.
const PREFIX: &str = r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[^/]*$";

macro_rules! forms {
    ($($(#[$doc:meta])* $form:ident as $name:ident: $what:literal, $pattern:expr $(, also $also:expr)?, max $max:literal, like $example:literal $(, integer $integer:literal)? $(, number $number:literal)? $(, secret $secret:literal)? $(, by $matches:ident)?;)*) => {
        $(
            #[doc = concat!("The form of ", $what, ".")]
            pub struct $form;

            impl Form for $form {
                const WHAT: &'static str = $what;
                const PATTERN: &'static str = $pattern;
                $(const ALSO: Option<&'static str> = Some($also);)?
                const MAX: usize = $max;
                const EXAMPLE: &'static str = $example;
                $(const INTEGER: bool = $integer;)?
                $(const NUMBER: bool = $number;)?
                $(const SECRET: bool = $secret;)?

                fn regexes() -> &'static [Regex] {
                    static REGEXES: OnceLock<Vec<Regex>> = OnceLock::new();
                    let compiled = |pattern| Regex::new(pattern).expect("a test compiles every pattern");
                    REGEXES.get_or_init(|| std::iter::once(Self::PATTERN).chain(Self::ALSO).map(compiled).collect())
                }

                $(fn matches(text: &str) -> bool {
                    $matches(text)
                })?
            }

            $(#[$doc])*
            pub type $name = Text<$form>;
        )*

        /// Every form: what it is called, its pattern, an example.
        pub const FORMS: &[(&str, &str, &str)] = &[$(($what, $pattern, $example)),*];
    };
}

forms! {
    /// A name of a Service, and of what Services and pods are named after (RFC 1035 label).
    ServiceNameForm as ServiceName: "a DNS label that starts with a letter", r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max 63, like "rqdb", by is_service_name;
    /// A name of a namespace, container or volume (RFC 1123 label).
    DnsLabelForm as DnsLabel: "a DNS label", r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", max 63, like "data", by is_dns_label;
    /// A name of most other objects (RFC 1123 subdomain).
    DnsNameForm as DnsName: "a DNS name", r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", max 253, like "my-name", by is_dns_name;
    /// Key of a label or annotation, with an optional DNS prefix.
    QualifiedNameForm as QualifiedName: "a qualified name", r"^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$", also PREFIX, max 317, like "example.com/team", by is_qualified_name;
    /// Value of a label.
    LabelValueForm as LabelValue: "a label value", r"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$", max 63, like "storage", by is_label_value;
    /// A Kubernetes quantity of bytes or cores.
    QuantityForm as Quantity: "a quantity", r"^(0|[1-9][0-9]*)(\.[0-9]+)?([KMGTPE]i|[mkMGTPE]|[eE][0-9]{1,2})?$", max 32, like "10Gi", number true;
    /// A number of pods, or a share of them.
    ShareForm as Share: "a number of pods or a percentage of them", r"^([0-9]{1,16}|(100|[1-9]?[0-9])%)$", max 16, like "25%", integer true;
    /// A length of time as Go writes it.
    DurationForm as Duration: "a duration", r"^([0-9]{1,6}(\.[0-9]{1,3})?(ms|s|m)|[0-9]{1,5}(\.[0-9]{1,3})?h)+$", max 32, like "90s";
    /// Host, and optionally port, of an image registry.
    RegistryForm as Registry: "an image registry", r"^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*(:[0-9]{1,5})?$", max 253, like "docker.io";
    /// An image's path within its registry.
    RepositoryForm as Repository: "an image repository", r"^[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*)*$", max 255, like "rqlite/rqlite";
    /// An image's tag.
    TagForm as Tag: "an image tag", r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max 128, like "10.2.7";
    /// An image's digest.
    DigestForm as Digest: "an image digest", r"^sha256:[a-f0-9]{64}$", max 71, like "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    /// Name of an environment variable.
    EnvNameForm as EnvName: "the name of an environment variable", r"^[A-Za-z_][A-Za-z0-9_.-]*$", max 256, like "TZ";
    /// An absolute path in a container or on a node.
    AbsolutePathForm as AbsolutePath: "an absolute path", r"^/[A-Za-z0-9._/-]*$", max 1024, like "/srv/rqlite";
    /// A path of an Ingress, which some controllers read as a regular expression.
    UrlPathForm as UrlPath: "a path that begins with a slash", r"^/[\x21-\x7e]*$", max 1024, like "/rqlite";
    /// One command line flag of rqlited; a flag and its value are one argument: `-raft-snap=16384`.
    FlagForm as Flag: "a flag of rqlited in the form -name or -name=value", r"^-[a-z][a-z0-9-]*(=[\x20-\x7e]*)?$", max 4096, like "-raft-log-level=INFO";
    /// A name that a user of the HTTP API logs in with.
    UsernameForm as Username: "a user name without a colon", r"^[\x21-\x39\x3b-\x7e]+$", max 255, like "app";
    /// A password that HTTP and a shell can carry.
    PasswordForm as Password: "a password of printable characters without a colon", r"^[\x20-\x39\x3b-\x7e]+$", max 1024, like "correct horse battery staple", secret true;
    /// The common name of a certificate.
    CommonNameForm as CommonName: "a common name", r"^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$", max 64, like "rqlite";
    /// What stands in an HTTP header, such as an origin.
    HeaderValueForm as HeaderValue: "a value of an HTTP header", r"^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$", max 1024, like "https://app.example.com";
    /// An IPv4 or IPv6 address.
    IpForm as Ip: "an IP address", concat!("^(", part!(ipv4), "|", part!(ipv6), ")$"), max 39, like "192.0.2.10";
    /// A range of IPv4 or IPv6 addresses.
    CidrForm as Cidr: "a range of IP addresses (CIDR)", concat!("^(", part!(ipv4), "/(3[0-2]|[12]?[0-9])|", part!(ipv6), "/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$"), max 43, like "192.0.2.0/24";
    /// A place in the network that each pod has one of: a host and a port, with `{ordinal}` and `{pod}` in it.
    AddressTemplateForm as AddressTemplate: "a host and port with {ordinal} or {pod} in it", r"^([A-Za-z0-9.-]|\{(ordinal|pod)\})+:([0-9]|\{ordinal\})+$", max 253, like "db-{ordinal}.example.com:4001";
    /// A host's name in addresses that people write, which is no IP address; `*.` stands for any first label.
    HostPatternForm as HostPattern: "a host name", r"^(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z]([-a-z0-9]*[a-z0-9])?$", max 253, like "db.example.com";
    /// A version of an API of Kubernetes, as Helm's --api-versions takes it: group, version, and perhaps a kind.
    ApiVersionForm as ApiVersion: "an API version", r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?v[0-9]+((alpha|beta)[0-9]+)?(/[A-Z][A-Za-z0-9]*)?$", max 317, like "gateway.networking.k8s.io/v1";
    /// An address that HTTP reaches.
    UrlForm as Url: "an HTTP URL", r"^https?://[\x21-\x7e]+$", max 2048, like "https://example.com/changes";
    /// A host and a port.
    HostPortForm as HostPort: "a host and port", r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?:[0-9]{1,5}$", max 259, like "collector.monitoring.svc:4317";
    /// A label of a metric.
    MetricLabelForm as MetricLabel: "the name of a label of a metric", r"^[a-zA-Z_][a-zA-Z0-9_]{0,127}$", max 128, like "team";
    /// A key in a ConfigMap or a Secret.
    ConfigKeyForm as ConfigKey: "a key of a ConfigMap or Secret", r"^([-A-Za-z0-9_]|\.[-A-Za-z0-9_])[-A-Za-z0-9_.]*$", max 253, like "crypto.so";
    /// A whole reference to an image.
    ImageReferenceForm as ImageReference: "an image reference", r"^[A-Za-z0-9][A-Za-z0-9._:/@-]*$", max 512, like "registry.example.com/extensions:1";
    /// Name of an option in resolv.conf.
    ResolverOptionForm as ResolverOption: "an option of the resolver", r"^[a-z][a-z0-9-]*$", max 63, like "ndots";
    /// What stands behind the colon of such an option.
    ResolverValueForm as ResolverValue: "a number", r"^[0-9]{1,16}$", max 16, like "2", integer true;
    /// A part of an SELinux context.
    SeLinuxPartForm as SeLinuxPart: "a part of an SELinux context", r"^[A-Za-z0-9_.:,-]+$", max 253, like "s0:c123,c456";
    /// Name of a kernel parameter.
    SysctlNameForm as SysctlName: "the name of a sysctl", r"^[a-z0-9]([-_a-z0-9]*[a-z0-9])?([./][a-z0-9]([-_a-z0-9]*[a-z0-9])?)*$", max 253, like "net.ipv4.tcp_keepalive_time";
    /// A kind of Kubernetes objects.
    KindForm as Kind: "a kind", r"^[A-Z][A-Za-z0-9]*$", max 63, like "StatefulSet";
    /// A group and version of the Kubernetes API.
    GroupVersionForm as GroupVersion: "a group and version", r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?v[a-z0-9]+$", max 317, like "apps/v1";
    /// A name of any Kubernetes object: a role's may have a colon.
    ObjectNameForm as ObjectName: "a name of an object", r"^[A-Za-z0-9]([-A-Za-z0-9._:]*[A-Za-z0-9])?$", max 253, like "rqdb-client";
    /// A place in an object (RFC 6901), other than the whole of it.
    JsonPointerForm as JsonPointer: "a JSON pointer", r"^(/([ -.0-}]|~[01])*)+$", max 1024, like "/metadata/annotations";
    /// A bucket of an object store, or a project.
    BucketForm as Bucket: "a bucket's name", r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max 222, like "rqlite-backups";
    /// An object in a bucket. rqlited takes a dollar sign for the beginning of a variable, and there is no way to write one.
    ObjectKeyForm as ObjectKey: "an object's name without a dollar sign (rqlited expands $NAME)", r"^[\x21-\x23\x25-\x2e\x30-\x7e]([\x20-\x23\x25-\x7e]*[\x21-\x23\x25-\x2e\x30-\x7e])?$", max 1024, like "rqdb/db.sqlite.gz";
    /// A region of an object store.
    RegionForm as Region: "a region", r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$", max 63, like "eu-central-1";
    /// Where an object store answers.
    EndpointForm as Endpoint: "an address of an object store", r"^(https?://)?([A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*/?$", max 253, like "https://minio.example.com:9000";
    /// A file in a folder that is named elsewhere; rqlited expands variables in it.
    FileNameForm as FileName: "a file's name", r"^[A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$", max 200, like "db.sqlite.gz";
    /// A key of a Secret.
    SecretKeyForm as SecretKey: "a key of a Secret", r"^[A-Za-z0-9_-][-._A-Za-z0-9]*$", max 253, like "access-key-id";
    /// When a job runs: five fields, or a word for them.
    CronScheduleForm as CronSchedule: "a schedule of cron", concat!("^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|", part!(cron "[0-5]?[0-9]"), " ", part!(cron "([01]?[0-9]|2[0-3])"), " ", part!(cron "(0?[1-9]|[12][0-9]|3[01])"), " ", part!(cron "(0?[1-9]|1[0-2]|[A-Za-z]{3})"), " ", part!(cron "([0-6]|[A-Za-z]{3})"), ")$"), max 255, like "30 3 * * *";
    /// A time zone of the IANA database.
    TimeZoneForm as TimeZone: "a time zone", r"^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$", max 63, like "Europe/Berlin";
    /// A taint's or label's key in a toleration; empty together with `operator: Exists` matches every taint.
    TaintKeyForm as TaintKey: "a taint key", r"^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$", also PREFIX, max 317, like "dedicated", by is_qualified_name;
}

impl Quantity {
    /// The amount in thousandths of a byte or core; quantities in the schema's range never overflow it.
    ///
    /// ```
    /// # use rqchart_core::values::Quantity;
    /// assert!(Quantity::new("1Gi").unwrap().millis() > Quantity::new("1G").unwrap().millis());
    /// assert_eq!(Quantity::new("500m").unwrap().millis(), 500);
    /// ```
    pub fn millis(&self) -> u128 {
        let text = self.as_str();
        let unit = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(unit);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let scale: u128 = match unit {
            "m" => 1,
            "" => 1_000,
            "k" => 1_000_000,
            "M" => 1_000_000_000,
            "G" => 1_000_000_000_000,
            "T" => 1_000_000_000_000_000,
            "P" => 1_000_000_000_000_000_000,
            "E" => 1_000_000_000_000_000_000_000,
            _ if unit.ends_with('i') => {
                let power = "KMGTPE".find(&unit[..1]).map_or(0, |index| u32::try_from(index).unwrap_or(0) + 1);
                1_000 * 1024_u128.pow(power)
            }
            exponent => 1_000_u128.saturating_mul(10_u128.saturating_pow(exponent[1..].parse().unwrap_or(0))),
        };
        let digits = u32::try_from(fraction.len()).unwrap_or(0);
        let fraction = fraction.parse::<u128>().unwrap_or(0).saturating_mul(scale) / 10_u128.saturating_pow(digits);
        whole.parse::<u128>().unwrap_or(u128::MAX).saturating_mul(scale).saturating_add(fraction)
    }
}

impl Duration {
    /// So many seconds, as far as the form goes: 99,999 hours.
    ///
    /// ```
    /// # use rqchart_core::values::Duration;
    /// assert_eq!(Duration::seconds(90).to_string(), "90s");
    /// assert_eq!(Duration::seconds(2_592_000).as_millis(), 2_592_000_000);
    /// ```
    pub fn seconds(seconds: u32) -> Self {
        // A number in it has at most six digits, one of hours five: Go's durations end at 2,562,047 hours.
        let text = match seconds {
            0..1_000_000 => format!("{seconds}s"),
            _ => format!("{}h{}s", (seconds / 3600).min(99_999), seconds % 3600),
        };
        Self::new(text).expect("whole hours and seconds are a duration")
    }

    /// The length in milliseconds.
    ///
    /// ```
    /// # use rqchart_core::values::Duration;
    /// assert_eq!(Duration::new("1m30s").unwrap().as_millis(), 90_000);
    /// assert_eq!(Duration::new("0.5s").unwrap().as_millis(), 500);
    /// ```
    pub fn as_millis(&self) -> u64 {
        let mut rest = self.as_str();
        let mut total = 0.0;
        while let Some(end) = rest.find(|c: char| c.is_ascii_alphabetic()) {
            let after = rest[end..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |next| end + next);
            let scale = match &rest[end..after] {
                "ms" => 1.0,
                "s" => 1e3,
                "m" => 60e3,
                _ => 3_600e3,
            };
            total += rest[..end].parse::<f64>().unwrap_or(0.0) * scale;
            rest = &rest[after..];
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most five groups of 99999 h")]
        {
            total as u64
        }
    }
}

/// A whole number from `MIN` to `MAX`.
///
/// `3.0` is taken for 3, as JSON Schema does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Int<const MIN: i64, const MAX: i64>(i64);

/// A TCP port.
pub type Port = Int<1, 65535>;
/// A number of seconds, up to a day.
pub type Seconds = Int<0, 86400>;
/// A user or group id. The API server takes no larger one.
pub type Id = Int<0, 2_147_483_647>;

impl<const MIN: i64, const MAX: i64> Int<MIN, MAX> {
    /// Makes a default; a number outside of the range does not compile.
    pub(crate) const fn known<const N: i64>() -> Self {
        const { assert!(MIN <= N && N <= MAX) }
        Self(N)
    }

    /// Returns the number if it is in range.
    pub const fn new(number: i64) -> Option<Self> {
        if MIN <= number && number <= MAX { Some(Self(number)) } else { None }
    }

    /// The number itself.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The number as a count; only for types whose range has room for it.
    pub const fn count(self) -> u32 {
        const { assert!(MIN >= 0 && MAX <= u32::MAX as i64) }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the assertion above")]
        {
            self.0 as u32
        }
    }
}

impl<const MAX: i64> Default for Int<0, MAX> {
    fn default() -> Self {
        Self(0)
    }
}

impl<const MIN: i64, const MAX: i64> fmt::Debug for Int<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<const MIN: i64, const MAX: i64> fmt::Display for Int<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<const MIN: i64, const MAX: i64> Serialize for Int<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Int<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntReader(MIN..=MAX)).map(Self)
    }
}

/// Reads a whole number of any range.
struct IntReader(RangeInclusive<i64>);

impl Visitor<'_> for IntReader {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {} to {}", self.0.start(), self.0.end())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<i64, E> {
        if self.0.contains(&number) { Ok(number) } else { Err(E::invalid_value(Unexpected::Signed(number), &self)) }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<i64, E> {
        match whole(number) {
            Some(whole) => self.visit_i64(whole),
            None => Err(E::invalid_value(Unexpected::Float(number), &self)),
        }
    }
}

impl<const MIN: i64, const MAX: i64> JsonSchema for Int<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Int_{MIN}_{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_is_anchored_and_accepts_its_example() {
        for (what, pattern, example) in FORMS {
            let regex = Regex::new(pattern).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(pattern.starts_with('^') && pattern.ends_with('$'), "{what} is not anchored");
            assert!(regex.is_match(example), "{what} refuses its example {example:?}");
            assert!(!regex.is_match(&format!("{example}\n")), "{what} accepts a line break at the end");
        }
    }

    #[test]
    fn names_are_those_of_their_patterns() {
        fn assert_same<F: Form>(text: &str) {
            let said = F::regexes().iter().all(|regex| regex.is_match(text));
            assert_eq!(F::matches(text), said, "{}: {text:?}", F::WHAT);
        }
        let parts = [
            "", "a", "A", "-", ".", "_", "a-a", "a.a", "a..a", "a_a", "A-a", "a-", "-a", "a.", "ä", "a\n", "a b", "9",
            "9.a", "a.-a", "a-.a",
        ];
        let long = [62, 63, 64, 252, 253, 254].map(|length| "a".repeat(length));
        let parts: Vec<&str> = parts.into_iter().chain(long.iter().map(String::as_str)).collect();
        for name in &parts {
            let prefixed = parts.iter().flat_map(|prefix| [format!("{prefix}/{name}"), format!("{prefix}/{name}/a")]);
            for text in prefixed.chain([(*name).to_owned()]) {
                assert_same::<QualifiedNameForm>(&text);
                assert_same::<TaintKeyForm>(&text);
                assert_same::<ServiceNameForm>(&text);
                assert_same::<DnsLabelForm>(&text);
                assert_same::<DnsNameForm>(&text);
                assert_same::<LabelValueForm>(&text);
            }
        }
    }

    #[test]
    fn the_prefix_of_a_qualified_name_is_a_dns_name() {
        for prefix in ["a..b", "-a", "a-", "a.-b", "a-.b", ".a", "a.", "", "A", "a_b"] {
            assert_eq!(QualifiedName::new(format!("{prefix}/c")), None, "{prefix}");
            assert_eq!(TaintKey::new(format!("{prefix}/c")), None, "{prefix}");
        }
        assert!(QualifiedName::new("xn--a.b-c.9/D_e.f").is_some());
    }

    #[test]
    fn addresses_are_those_that_the_standard_library_reads() {
        let texts = "1.2.3.4 255.255.255.255 256.1.1.1 1.2.3 01.2.3.4 1.2.3.4.5 :: ::1 1:: 1::2 1:2:3:4:5:6:7:8 1:2:3:4:5:6:7:: \
            ::2:3:4:5:6:7:8 1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 1::2::3 1:::2 : g::1 12345::1 fd00:10:96::80 FE80::1 ::1:2:3:4:5:6:7:8";
        for text in texts.split_whitespace() {
            assert_eq!(Ip::new(text).is_some(), text.parse::<std::net::IpAddr>().is_ok(), "{text}");
            for length in ["0", "32", "33", "128", "129", "01", ""] {
                let range = format!("{text}/{length}");
                let most = if text.contains(':') { 128 } else { 32 };
                let fits = length.parse().is_ok_and(|length: u8| length <= most) && length != "01";
                assert_eq!(Cidr::new(&*range).is_some(), fits && Ip::new(text).is_some(), "{range}");
            }
        }
    }

    #[test]
    fn quantities_compare_across_units() {
        let millis = |text: &str| Quantity::new(text).unwrap().millis();
        assert_eq!(millis("1.5Ki"), 1_536_000);
        assert_eq!(millis("1e3"), millis("1k"));
        assert_eq!(millis("0.5"), 500);
        assert!(millis("1Ei") > millis("999Pi"));
    }
}
