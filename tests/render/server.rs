//! A real API server takes everything that is rendered for it (`kubectl apply --dry-run=server`), and what it makes of that is
//! the same release to `rqchart plan`.
//!
//! In: `RQCHART_CLUSTER_TESTS=1` and `KUBECONFIG`, as for the drills; kubectl. An API server with its etcd is enough, no pod
//! runs. What it has and how old it is decides what is rendered, as with `--api-versions` and `--kube-version`. Out: what
//! it refuses; on standard error the kinds that it lacks.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use rqchart::plan::{plan, stream};
use rqchart::{Chart, Manifest, manifest};
use rqchart_core::diagnostic::{Code, Diagnostic};
use rqchart_core::plan::Sources;
use rqchart_core::release::{KubeVersion, Release};
use rqchart_core::values::ApiVersion;
use rqchart_tests::drill::kubernetes;
use serde_json::Value;

use crate::golden::{self, Case};
use crate::render;

/// Refusals that are about this cluster's network and not about the objects: a case names addresses and families.
const NETWORK: &[&str] = &["is not in the valid range", "not configured on this cluster"];

/// Runs kubectl with something on standard input; its words when it fails.
fn kubectl(arguments: &str, input: &str) -> Result<String, String> {
    let mut command = Command::new("kubectl");
    command.args(arguments.split(' ')).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

/// What a server is and has.
struct Server {
    version: KubeVersion,
    kinds: Vec<ApiVersion>,
    namespaces: BTreeSet<String>,
}

impl Server {
    fn ask() -> Self {
        let version: Value = kubectl("version -o json", "").unwrap().parse().unwrap();
        let resources = kubectl("api-resources --no-headers", "").unwrap();
        let kinds = resources.lines().map(|line| {
            let words: Vec<&str> = line.split_whitespace().rev().take(3).collect();
            ApiVersion::new(format!("{}/{}", words[2], words[0])).unwrap()
        });
        let namespaces = kubectl("get namespaces -o name", "").unwrap();
        Self {
            version: KubeVersion::parse(version["serverVersion"]["gitVersion"].as_str().unwrap()).unwrap(),
            kinds: kinds.collect(),
            namespaces: namespaces
                .lines()
                .filter_map(|line| line.strip_prefix("namespace/"))
                .map(str::to_owned)
                .collect(),
        }
    }

    /// The case as a release on this server, in a namespace that it has.
    fn release(&self, case: &Case) -> Release {
        Release::new(&case.release_name(), "default", Chart::embedded().info().clone(), self.version).unwrap()
    }

    /// Whether it takes the objects of one case, and makes the same of them; what it says if not, or what is different.
    fn take(&self, case: &Case, lacking: &mut BTreeSet<String>) -> Result<(), String> {
        let known = render(&case.values, &self.release(case).with_api_versions(self.kinds.iter().cloned().collect()));
        let (missing, other): (Vec<Diagnostic>, Vec<Diagnostic>) = known
            .diagnostics
            .into_iter()
            .filter(Diagnostic::is_error)
            .partition(|found| found.code == Code::ApiMissing);
        if other.iter().any(|found| found.code == Code::KubernetesTooOld) {
            lacking.extend(other.iter().map(|found| format!("{}: {found}", case.name)));
            return Ok(());
        }
        lacking.extend(missing.iter().map(|found| format!("{}: {found}", case.name)));
        // The other objects of such a case are still worth a question.
        let rendering = render(&case.values, &self.release(case));
        let has = |object: &Manifest| {
            let kind = format!("{}/{}", object.text("/apiVersion").unwrap_or_default(), object.kind);
            self.kinds.iter().any(|known| known.as_str() == kind)
        };
        let objects = manifest::parse(&rendering.documents).unwrap();
        let (asked, left): (Vec<_>, Vec<_>) =
            objects.iter().zip(&rendering.documents).partition(|(object, _)| has(object));
        assert!(left.is_empty() || !missing.is_empty(), "{}: what the server lacks was not found", case.name);
        let (mut text, mut given) = (String::new(), Vec::new());
        for (object, document) in asked {
            let namespace = object.namespace.as_deref().unwrap_or("default");
            if self.namespaces.contains(namespace) {
                let _ = write!(text, "---\n{}", document.text);
                given.push(object.clone());
            } else {
                lacking.insert(format!("{}: the namespace {namespace} of {} {}", case.name, object.kind, object.name));
            }
        }
        let words = match kubectl("apply --dry-run=server -o json -f -", &text) {
            Ok(made) => {
                let made = stream::read("kubectl", &made).unwrap();
                let different = plan(&made, &given, &Sources::default()).objects;
                return if different.is_empty() { Ok(()) } else { Err(format!("{}: {different:?}", case.name)) };
            }
            Err(words) => words,
        };
        // kubectl goes on after an object that is refused, with a line for each.
        let (network, refused): (Vec<&str>, Vec<&str>) =
            words.lines().partition(|line| NETWORK.iter().any(|own| line.contains(own)));
        lacking.extend(network.iter().map(|line| format!("{}: {line}", case.name)));
        if refused.is_empty() { Ok(()) } else { Err(format!("{}: {}", case.name, refused.join("\n"))) }
    }
}

#[test]
fn an_api_server_takes_every_example_and_golden_case() {
    if let Some(reason) = kubernetes::missing("") {
        rqchart_tests::skipped(&reason);
        return;
    }
    let (server, mut lacking) = (Server::ask(), BTreeSet::new());
    let cases = golden::cases().into_iter().filter(|case| !case.render().documents.is_empty());
    let results: Vec<_> = cases.map(|case| server.take(&case, &mut lacking)).collect();
    let KubeVersion { major, minor } = server.version;
    let _ = writeln!(std::io::stderr(), "Kubernetes {major}.{minor}: asked about {} cases", results.len());
    for what in lacking {
        let _ = writeln!(std::io::stderr(), "not asked: {what}");
    }
    let refused: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    assert!(refused.is_empty(), "refused, or not the same:\n{}", refused.join("\n"));
}
