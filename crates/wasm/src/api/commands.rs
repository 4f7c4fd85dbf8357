//! What somebody types, or commits, to use the values.

use schemars::JsonSchema;
use serde::Serialize;

use super::request::Input;

/// What somebody types to use values.
#[derive(Serialize, JsonSchema)]
pub(super) struct Commands {
    /// What renders them, which all of the others begin with.
    render: String,
    commands: Vec<Command>,
}

/// Text to copy.
#[derive(Serialize, JsonSchema)]
struct Command {
    tool: Tool,
    title: &'static str,
    text: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Tool {
    Rqchart,
    Kubectl,
    Kustomize,
    Argo,
    Flux,
}

pub(super) fn commands(input: &Input) -> Result<Commands, String> {
    // Once the release is checked, nothing in it means anything to a shell or to YAML.
    let release = input
        .release
        .check()
        .map_err(|findings| findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let (name, namespace) = (release.name.to_string(), release.namespace.to_string());
    let mut render = format!("rqchart template {name} --namespace {namespace}");
    if input.release.kube_version.is_some() {
        let version = release.kube_version;
        render.push_str(&format!(" --kube-version {}.{}", version.major, version.minor));
    }
    if !input.release.api_versions.is_empty() {
        render.push_str(&format!(" --api-versions {}", input.release.api_versions.join(",")));
    }
    render.push_str(" --values values.yaml");
    let commit = format!("mkdir -p {name} && {render} > {name}/manifests.yaml");
    let command = |tool, title, text| Command { tool, title, text };
    let commands = vec![
        command(Tool::Rqchart, "Render", format!("{render} > manifests.yaml\n")),
        command(
            Tool::Kubectl,
            "Look at the difference, then apply",
            format!("{}{render} | kubectl diff -f -\n{render} | kubectl apply -f -\n", create(&namespace)),
        ),
        command(
            Tool::Kubectl,
            "Without rqchart: apply the one file that is downloaded here",
            format!("{}kubectl apply -f {name}.yaml\n", create(&namespace)),
        ),
        command(Tool::Kustomize, "Render into a base", kustomize(&commit, &name, &namespace)),
        command(
            Tool::Argo,
            "Commit the manifests; the Application names their folder",
            argo(&commit, &name, &namespace),
        ),
        command(
            Tool::Flux,
            "Commit the manifests; the Kustomization names their folder",
            flux(&commit, &name, &namespace),
        ),
    ];
    Ok(Commands { render, commands })
}

/// What makes the namespace, where no cluster has it from the start.
fn create(namespace: &str) -> String {
    if namespace == "default" {
        return String::new();
    }
    format!("kubectl create namespace {namespace} --dry-run=client -o yaml | kubectl apply -f -\n")
}

fn kustomize(commit: &str, name: &str, namespace: &str) -> String {
    let create = create(namespace);
    format!(
        "\
{commit}
cat > {name}/kustomization.yaml <<'END'
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - manifests.yaml
END
{create}kubectl apply -k {name}
"
    )
}

fn argo(commit: &str, name: &str, namespace: &str) -> String {
    format!(
        "\
# {commit}
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: \"{name}\"
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://git.example.com/clusters.git
    targetRevision: HEAD
    path: \"{name}\"
  destination:
    server: https://kubernetes.default.svc
    namespace: \"{namespace}\"
  syncPolicy:
    automated:
      prune: true
      selfHeal: true
    syncOptions:
      - CreateNamespace=true
"
    )
}

fn flux(commit: &str, name: &str, namespace: &str) -> String {
    let create = create(namespace);
    let create = if create.is_empty() { create } else { format!("# {create}") };
    format!(
        "\
# {commit}
{create}apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: \"{name}\"
  namespace: flux-system
spec:
  interval: 10m
  sourceRef:
    kind: GitRepository
    name: flux-system
  path: \"./{name}\"
  prune: true
  wait: true
"
    )
}
