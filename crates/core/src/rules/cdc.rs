//! Change data capture.

use regex_lite::Regex;

use super::policy;
use crate::diagnostic::{Code, Diagnostic};
use crate::topology::Topology;
use crate::values::{Cdc, CdcTls, Duration};

/// What is set for changes that nobody gets.
pub(super) fn endpoint(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let settings = &topology.settings.cdc;
    if !settings.is_on() && *settings != Cdc::default() {
        let finding = Diagnostic::error(Code::UnusedValue, "/cdc", "no change is sent without an endpoint");
        findings.push(finding.with_hint("set cdc.endpoint or cdc.endpointSecret"));
    }
    if settings.endpoint.is_some() && settings.endpoint_secret.is_some() {
        let message = "the endpoint is in values and in a Secret";
        let finding = Diagnostic::error(Code::Contradiction, "/cdc/endpointSecret", message);
        findings.push(finding.with_hint("keep one of endpoint and endpointSecret"));
    }
    if settings.endpoint.as_ref().and_then(|url| authority(url.as_str())).is_some_and(|(_, place)| place.contains('@'))
    {
        let message = "the user in the endpoint would be in a ConfigMap, for everybody to read";
        let finding = Diagnostic::error(Code::InvalidValue, "/cdc/endpoint", message);
        findings.push(finding.with_hint("put it into a Secret and name that in cdc.endpointSecret"));
    }
}

pub(super) fn tls(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Cdc { endpoint, tls, .. } = &topology.settings.cdc;
    if endpoint.as_ref().is_some_and(|url| url.as_str().starts_with("http://")) && *tls != CdcTls::default() {
        let finding = Diagnostic::error(Code::UnusedValue, "/cdc/tls", "the endpoint has no TLS");
        findings.push(finding.with_hint("write https:// in cdc.endpoint"));
    }
    if tls.insecure_skip_verify && (tls.ca_secret_name.is_some() || tls.server_name.is_some()) {
        let message = "the certificate is both checked and not";
        let finding = Diagnostic::error(Code::Contradiction, "/cdc/tls/insecureSkipVerify", message);
        findings.push(finding.with_hint("leave it out"));
    }
}

/// rqlited ends when it cannot read the expression, which is Go's: of that a check by hand, of the rest what neither can read.
pub(super) fn table_filter(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Some(filter) = &topology.settings.cdc.table_filter else { return };
    let is_gos_own = ["\\p", "\\P", "\\Q", "\\C", "\\0", "\\1", "{,", "&&"].iter().any(|own| filter.contains(own));
    let ours = || Regex::new(filter).err().filter(|_| !is_gos_own).map(|error| error.to_string());
    if let Some(error) = refused_by_go(filter).map(str::to_owned).or_else(ours) {
        let message = format!("rqlited cannot read it: {error}");
        let finding = Diagnostic::error(Code::InvalidValue, "/cdc/tableFilter", message);
        findings.push(finding.with_hint("such as ^(orders|invoices)$"));
    }
}

/// What Go's expressions have not, and others have: repetitions of repetitions, long ones, some escapes and flags.
fn refused_by_go(filter: &str) -> Option<&'static str> {
    let (mut rest, mut was_repeated) = (filter, false);
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        let mut is_repeated = matches!(c, '*' | '+' | '?');
        match c {
            '\\' => {
                let escaped = rest.chars().next().unwrap_or('a');
                if escaped.is_ascii_alphabetic() && !"AaBbCDdEfnPpQrSstvWwxz".contains(escaped) {
                    return Some("an escape that it does not know");
                }
                rest = rest.get(escaped.len_utf8()..).unwrap_or_default();
                if escaped == 'Q' {
                    rest = rest.split_once("\\E").map_or("", |(_, behind)| behind);
                }
            }
            '[' => {
                let inner = rest.strip_prefix('^').unwrap_or(rest);
                rest = inner.strip_prefix(']').unwrap_or(inner);
                let mut is_escaped = false;
                let is_end = |c: char| {
                    let is_end = c == ']' && !is_escaped;
                    is_escaped = c == '\\' && !is_escaped;
                    is_end
                };
                rest = rest.split_once(is_end).map_or("", |(_, behind)| behind);
            }
            '{' => {
                let counts = rest.split('}').next().filter(|counts| counts.len() < rest.len()).unwrap_or_default();
                let is_count = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
                let (least, most) = counts.split_once(',').unwrap_or((counts, ""));
                if !least.is_empty() && is_count(least) && is_count(most) {
                    if [least, most].iter().any(|count| count.parse().unwrap_or(0) > 1000 || count.len() > 4) {
                        return Some("a repetition of more than 1000");
                    }
                    rest = &rest[counts.len() + 1..];
                    is_repeated = true;
                }
            }
            '(' if rest.starts_with('?') => {
                let flags = &rest[1..];
                if !flags.starts_with("P<") && !flags.starts_with('<') {
                    let end = flags.find([':', ')']).unwrap_or(flags.len());
                    if !flags[..end].chars().all(|flag| "imsU-".contains(flag)) {
                        return Some("a flag that it does not know");
                    }
                }
                rest = flags;
            }
            _ => {}
        }
        if is_repeated {
            if was_repeated {
                return Some("a repetition of a repetition");
            }
            rest = rest.strip_prefix('?').unwrap_or(rest);
        }
        was_repeated = is_repeated;
    }
    None
}

/// Who retries for ever keeps everything meanwhile.
pub(super) fn retries(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let settings = &topology.settings.cdc;
    if !settings.is_on() {
        return;
    }
    if settings.transmit_max_retries.is_none() {
        let message = "while the endpoint is away, changes pile up on the voters' disks until these are full";
        let finding = Diagnostic::warning(Code::UnboundedQueue, "/cdc/transmitMaxRetries", message);
        findings.push(finding.with_hint("set it and accept that changes are lost, or watch RqliteCdcBacklog"));
    }
    let max = settings.max_backoff.as_ref();
    if max.is_some() && settings.retry_policy == crate::values::RetryPolicy::Linear {
        let finding = Diagnostic::error(Code::UnusedValue, "/cdc/maxBackoff", "linear pauses do not grow");
        findings.push(finding.with_hint("set cdc.retryPolicy to exponential"));
    }
    let millis = |duration: Option<&Duration>, default| duration.map_or(default, Duration::as_millis);
    if max.is_some() && millis(max, 0) < millis(settings.min_backoff.as_ref(), 1000) {
        let message = "the longest pause is shorter than the first one";
        findings.push(Diagnostic::error(Code::InvalidValue, "/cdc/maxBackoff", message));
    }
    // rqlited takes 0 for "not set".
    for (name, duration) in [
        ("maxBatchDelay", &settings.max_batch_delay),
        ("highWatermarkInterval", &settings.high_watermark_interval),
        ("transmitTimeout", &settings.transmit_timeout),
        ("minBackoff", &settings.min_backoff),
        ("maxBackoff", &settings.max_backoff),
    ] {
        if duration.as_ref().map(Duration::as_millis) == Some(0) {
            let path = format!("/cdc/{name}");
            let finding = Diagnostic::error(Code::InvalidValue, path, "rqlited takes 0 for its default");
            findings.push(finding.with_hint("leave it out, or write at least 1ms"));
        }
    }
}

pub(super) fn ways_out(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let settings = &topology.settings.cdc;
    if let Some(url) = &settings.endpoint {
        policy::way_out(topology, "/cdc/endpoint", port(url.as_str()), findings);
    } else if settings.is_on() {
        policy::way_out(topology, "/cdc/endpointSecret", None, findings);
    }
}

/// A URL's scheme, and what stands between it and the path: `user@host:port`.
fn authority(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    Some((scheme, rest.split(['/', '?', '#']).next()?))
}

/// The port that a URL names or means.
pub(super) fn port(url: &str) -> Option<i64> {
    let (scheme, place) = authority(url)?;
    let named = place.rsplit_once(':').filter(|(_, port)| !port.contains(']'));
    match named {
        Some((_, port)) => port.parse().ok(),
        None => Some(if scheme == "https" { 443 } else { 80 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Go 1.26 reads them.
    #[test]
    fn an_expression_is_read_as_go_reads_it() {
        let refused =
            ["a**", "a*+", "a*??", "a{2}{3}", "a{1001}", "a{5,2000}", r"\u0041", "(?x)a", "(?R)a", "(?=a)", "(?P>a)"];
        for filter in refused {
            assert!(refused_by_go(filter).is_some(), "{filter}");
        }
        let read = [
            "^(orders|invoices)$",
            "a{,3}",
            "[a-z&&b]",
            r"\123",
            "a*?",
            "a{2,}?",
            "(?i)a",
            "(?i:a)*",
            "(?P<n>a)+",
            "(?<n>a)",
            "[*+]*",
            r"[\]*+]",
            "[]*+]",
            "[^]*+]",
            "[[:alpha:]]+",
            r"\Q**\E",
            r"\++",
            "a{x}*",
            "{}*",
            r"\pL+",
            "é+",
        ];
        for filter in read {
            assert_eq!(refused_by_go(filter), None, "{filter}");
        }
    }
}
