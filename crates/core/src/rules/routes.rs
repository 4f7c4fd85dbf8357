//! Ways from outside by host name, and the APIs that they need.

use crate::diagnostic::{Code, Diagnostic};
use crate::topology::{OPTIONAL_APIS, Topology};
use crate::values::{IngressPath, ParentRef, PathType};

/// Each kind of route that is rendered, with the pointer to what asks for it.
pub(super) fn rendered(topology: &Topology) -> impl Iterator<Item = (&'static str, &'static str)> {
    let gateway = &topology.gateway;
    let routes = [
        (topology.ingress.is_some(), "an Ingress", "/ingress/hosts"),
        (gateway.http_route.is_some(), "an HTTPRoute", "/gateway/httpRoute/parentRefs"),
        (gateway.tls_route.is_some(), "a TLSRoute", "/gateway/tlsRoute/parentRefs"),
    ];
    routes.into_iter().filter_map(|(rendered, what, path)| rendered.then_some((what, path)))
}

pub(super) fn backend(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    if topology.services.client.is_none() {
        for (_, path) in rendered(topology) {
            let message = "it leads to the Service for clients, which is not rendered";
            let finding = Diagnostic::error(Code::DanglingReference, path, message);
            findings.push(finding.with_hint("set services.client.enabled to true"));
        }
    }
    // Whoever wrote annotations has thought of it: clouds and controllers each have their own.
    let silent = topology.ingress.as_ref().filter(|ingress| {
        let own = |key: &String| key.ends_with("/backend-protocol") || topology.metadata.annotations.contains_key(key);
        ingress.annotations.keys().all(own)
    });
    let auth = &topology.access.auth;
    let has_passwords = auth.existing_secret.is_some() || !auth.users.is_empty();
    if has_passwords && silent.is_some_and(|ingress| ingress.tls.is_empty()) {
        let message = "users' passwords reach the Ingress in plain text";
        let finding = Diagnostic::warning(Code::PlainPasswords, "/ingress/hosts", message);
        findings.push(finding.with_hint("name a certificate in ingress.tls"));
    }
    let Some(tls) = &topology.access.tls.client else { return };
    let mut warn = |path: &str, message: &str, hint: &str| {
        findings.push(Diagnostic::warning(Code::Contradiction, path, message).with_hint(hint));
    };
    if tls.mutual
        && topology
            .ingress
            .as_ref()
            .is_some_and(|ingress| !ingress.annotations.keys().any(|key| shows_certificate(key)))
    {
        let message = "rqlite asks the controller for a certificate (tls.client.mutual), and nothing says which one";
        let hint = "name a Secret in nginx.ingress.kubernetes.io/proxy-ssl-secret, or use gateway.tlsRoute";
        warn("/ingress/hosts", message, hint);
    }
    let class = silent.and_then(|ingress| ingress.class_name.as_deref()).filter(|class| !class.contains("nginx"));
    let says_it = topology.services.client.as_ref().is_some_and(|service| !service.annotations.is_empty());
    if let Some(class) = class.filter(|_| !says_it) {
        let message = format!("nothing tells the controller of {class} that the pods take HTTPS alone (tls.client)");
        let hint = "annotate ingress or services.client as its documentation says, or use gateway.tlsRoute";
        warn("/ingress/className", &message, hint);
    }
    let is_policy = |object: &serde_json::Value| object["kind"] == "BackendTLSPolicy";
    if topology.gateway.http_route.is_some() && !topology.extra_objects.iter().any(is_policy) {
        let message = "a Gateway speaks plain HTTP to the pods, which take HTTPS alone (tls.client)";
        let hint = "add a BackendTLSPolicy to extraObjects, or use gateway.tlsRoute and a listener of mode Passthrough";
        warn("/gateway/httpRoute/parentRefs", message, hint);
    }
}

/// Whether an annotation says what a controller shows to those whom it passes requests to: nginx's, or `HAProxy`'s.
fn shows_certificate(annotation: &str) -> bool {
    ["/proxy-ssl-secret", "/secure-crt-secret"].iter().any(|name| annotation.ends_with(name))
}

pub(super) fn hosts(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let Some(ingress) = &topology.ingress else { return };
    for (i, host) in ingress.hosts.iter().enumerate() {
        if ingress.hosts[..i].iter().any(|other| other.host == host.host) {
            let message = format!("{} is listed twice", host.host);
            let finding = Diagnostic::error(Code::NameClash, format!("/ingress/hosts/{i}/host"), message);
            findings.push(finding.with_hint("put all paths of a host into one entry"));
        }
    }
    for (i, tls) in ingress.tls.iter().enumerate() {
        for (j, host) in tls.hosts.iter().enumerate() {
            if !ingress.hosts.iter().any(|known| is_for(host.as_str(), &known.host)) {
                let path = format!("/ingress/tls/{i}/hosts/{j}");
                let message = format!("the Ingress answers for no host {host}");
                findings.push(Diagnostic::error(Code::UnusedValue, path, message));
            }
        }
    }
}

/// Whether a certificate's name is that of a host; `*` stands for one label in either.
fn is_for(name: &str, host: &str) -> bool {
    let stands_for = |one: &str, other: &str| {
        one.strip_prefix("*.").is_some_and(|rest| other.split_once('.').is_some_and(|(_, of)| of == rest))
    };
    name == host || stands_for(name, host) || stands_for(host, name)
}

/// The annotation that classes had before they were a field: the API server refuses another name in it.
pub(super) fn class(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    const OLD: &str = "kubernetes.io/ingress.class";
    let Some(ingress) = &topology.ingress else { return };
    let said = ingress.annotations.get(OLD).or_else(|| topology.metadata.annotations.get(OLD));
    if let (Some(said), Some(class)) = (said, &ingress.class_name)
        && said.as_str() != class.as_str()
    {
        let message = format!("the annotation {OLD} says {said}");
        let finding = Diagnostic::error(Code::Contradiction, "/ingress/className", message);
        findings.push(finding.with_hint("leave the annotation out"));
    }
}

/// Kubernetes refuses paths that could mean two things.
pub(super) fn paths(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let hosts = topology.ingress.iter().flat_map(|ingress| ingress.hosts.iter().enumerate());
    let ingress = hosts.flat_map(|(i, host)| {
        let path = move |(j, path): (usize, &IngressPath)| {
            (path.path.to_string(), format!("/ingress/hosts/{i}/paths/{j}/path"))
        };
        // What is left to the controller may be a regular expression.
        let compared = host.paths.iter().enumerate();
        compared.filter(|(_, path)| path.path_type != PathType::ImplementationSpecific).map(path)
    });
    let route = topology.gateway.http_route.iter().flat_map(|route| route.paths.iter().enumerate());
    let route = route.map(|(i, path)| (path.path.to_string(), format!("/gateway/httpRoute/paths/{i}/path")));
    for (path, setting) in ingress.chain(route) {
        if path.contains("//")
            || path.to_ascii_lowercase().contains("%2f")
            || path.split('/').any(|part| part == "." || part == "..")
        {
            let message = format!("{path:?} has `//`, `/./`, `/../` or `%2f` in it");
            findings.push(Diagnostic::error(Code::InvalidValue, setting, message));
        }
    }
}

pub(super) fn hostnames(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let (http, tls) = (&topology.gateway.http_route, &topology.gateway.tls_route);
    for (route, setting) in [(http, "httpRoute"), (tls, "tlsRoute")] {
        let Some(route) = route else { continue };
        let counts = [
            ("hostnames", route.hostnames.len(), 16),
            ("parentRefs", route.parent_refs.len(), 32),
            ("paths", route.paths.len(), 64),
        ];
        for (key, _, most) in counts.into_iter().filter(|(_, count, most)| count > most) {
            let message = format!("the Gateway API takes at most {most}");
            findings.push(Diagnostic::error(Code::OutOfRange, format!("/gateway/{setting}/{key}"), message));
        }
    }
    if tls.as_ref().is_some_and(|route| route.hostnames.is_empty()) {
        let message = "the Gateway API wants at least one host";
        findings.push(Diagnostic::error(Code::MissingKey, "/gateway/tlsRoute/hostnames", message));
    }
}

/// The Gateway API (standard channel) wants to know by name which listener is meant when one Gateway is named twice.
pub(super) fn parents(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    let gateway = &topology.gateway;
    for (route, setting) in [(&gateway.http_route, "httpRoute"), (&gateway.tls_route, "tlsRoute")] {
        let parents = route.as_ref().map_or(&[][..], |route| &route.parent_refs);
        for (i, parent) in parents.iter().enumerate() {
            if parents[..i].iter().any(|other| is_same(&other.reference, &parent.reference)) {
                let path = format!("/gateway/{setting}/parentRefs/{i}");
                let message = format!("{} is named twice for the same listeners", parent.reference.name);
                let finding = Diagnostic::error(Code::NameClash, path, message);
                findings.push(finding.with_hint("give each of them a sectionName of its own"));
            }
        }
    }
}

fn is_same(one: &ParentRef, other: &ParentRef) -> bool {
    let parent = |of: &ParentRef| (of.kind.unwrap_or_default(), of.namespace.clone(), of.name.clone());
    let either = one.section_name.is_none() || other.section_name.is_none();
    parent(one) == parent(other) && (either || one.section_name == other.section_name)
}

/// Settings of an Ingress or a route that is not rendered.
pub(super) fn unrendered(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for (setting, needed) in &topology.unused_routes {
        let message = format!("nothing is rendered without {}", crate::diagnostic::dotted(needed));
        findings.push(Diagnostic::error(Code::UnusedValue, *setting, message));
    }
}

pub(super) fn apis(topology: &Topology, findings: &mut Vec<Diagnostic>) {
    for api in OPTIONAL_APIS.iter().filter(|api| (api.is_rendered)(topology)) {
        if !topology.api_versions.has(api.api_version, api.kind) {
            let message = format!("the cluster was said to have no {} of {}", api.kind, api.api_version);
            let finding = Diagnostic::error(Code::ApiMissing, api.setting, message);
            findings.push(finding.with_hint(format!("install {}, or add it to --api-versions", api.from)));
        }
    }
}
