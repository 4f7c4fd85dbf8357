//! What the command line may say. Declarations only.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Packages rqlite for Kubernetes: renders, checks and explains.
#[derive(Debug, Parser)]
#[command(name = "rqchart", version, propagate_version = true, disable_help_subcommand = true)]
#[command(
    after_help = "Exit codes: 0 fine, 1 findings of severity error (or any with --strict), 2 could not run; plan: 3 needs steps, 4 dangerous."
)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Render the manifests of a release to standard output
    Template(Template),
    /// Report what is wrong or doubtful about values, and render nothing
    Lint(Lint),
    /// Say what going from one state to another does to a cluster that runs, and how to get there
    Plan(Plan),
    /// Play failures and operations on the cluster that the values describe
    Simulate(Simulate),
    /// Explain a setting (`storage.size`) or the code of a finding (`even-voters`)
    Explain(Explain),
    /// Print the JSON Schema of values
    Schema(Schema),
    /// Print a part of the chart
    Show(Show),
    /// Write the chart's files into a folder, to edit them and render with --chart
    Create(Create),
    /// Write the chart as an archive, the same bytes for the same chart
    Package(Package),
    /// Serve the configurator's page on this machine: design a cluster, and see what comes of it
    Serve(Serve),
    /// Print a completion script for a shell
    Completion(Completion),
    /// Print the manual page
    #[command(hide = true)]
    Man,
}

/// Where values come from, in Helm's order: files (below them a preset, then a link), then --set-json, --set, --set-string, --set-file, --set-literal.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Values")]
pub(crate) struct ValueArgs {
    /// Begin with an example's values (rqchart show examples); everything else wins over it
    #[arg(long = "preset", value_name = "EXAMPLE", value_delimiter = ',')]
    pub(crate) presets: Vec<String>,
    /// Begin with the values and the release of a link; files and flags win over it
    #[arg(long, value_name = "LINK")]
    pub(crate) from_link: Option<String>,
    /// A YAML file with values, or - for standard input; later ones win
    #[arg(short = 'f', long = "values", value_name = "FILE", value_delimiter = ',')]
    pub(crate) files: Vec<String>,
    /// Set values: replicas=5,image.tag=10.2.7
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Set values that are text, whatever they look like
    #[arg(long, value_name = "KEY=TEXT")]
    pub(crate) set_string: Vec<String>,
    /// Set values to JSON: tolerations=[{"key":"db"}], or a whole object
    #[arg(long, value_name = "KEY=JSON")]
    pub(crate) set_json: Vec<String>,
    /// Set values to the text of files
    #[arg(long, value_name = "KEY=FILE")]
    pub(crate) set_file: Vec<String>,
    /// Set one value to text in which no character is special
    #[arg(long, value_name = "KEY=TEXT")]
    pub(crate) set_literal: Vec<String>,
}

/// What the values are installed as.
#[derive(Debug, Args)]
#[command(next_help_heading = "Release")]
pub(crate) struct ReleaseArgs {
    /// The release's name, which objects are named after [default: rqlite]
    #[arg(value_name = "RELEASE")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Where a release is installed, and which chart it is.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Release")]
pub(crate) struct PlaceArgs {
    /// The namespace of every object [default: default]
    #[arg(short, long)]
    pub(crate) namespace: Option<String>,
    /// The version of Kubernetes to render for, such as 1.34
    #[arg(long, value_name = "VERSION")]
    pub(crate) kube_version: Option<String>,
    /// What the cluster has, such as gateway.networking.k8s.io/v1 or .../v1/HTTPRoute; other APIs count as missing
    #[arg(short, long, value_name = "VERSION", value_delimiter = ',')]
    pub(crate) api_versions: Vec<String>,
    /// Render this chart's folder or archive instead of the chart that is built in
    #[arg(long, value_name = "PATH")]
    pub(crate) chart: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Template {
    /// Print only the documents of this template: templates/statefulset.yaml
    #[arg(short, long, value_name = "TEMPLATE")]
    pub(crate) show_only: Vec<String>,
    /// Write one file for each template below this folder instead
    #[arg(long, value_name = "DIR")]
    pub(crate) output_dir: Option<PathBuf>,
    /// How manifests are written
    #[arg(short, long, value_enum, default_value_t = ManifestFormat::Yaml)]
    pub(crate) output: ManifestFormat,
    /// Render nothing when there are warnings either
    #[arg(long)]
    pub(crate) strict: bool,
    // Behind the others: a heading holds for all that follow it.
    #[command(flatten)]
    pub(crate) release: ReleaseArgs,
    #[command(flatten)]
    pub(crate) values: ValueArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Lint {
    /// How findings are written
    #[arg(short, long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) output: ReportFormat,
    /// Fail when there are warnings, too
    #[arg(long)]
    pub(crate) strict: bool,
    // Behind the others: a heading holds for all that follow it.
    #[command(flatten)]
    pub(crate) release: ReleaseArgs,
    #[command(flatten)]
    pub(crate) values: ValueArgs,
}

/// A state is values (several files with commas between), manifests, a chart's package, or a folder: a chart's, or one of
/// manifests. Value flags and -f are laid over NEW; without NEW they are all of it, and one of them is -f, --preset or --from-link.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 safe, 1 findings of severity error, 2 could not run, 3 needs steps, 4 dangerous."
)]
pub(crate) struct Plan {
    /// What is there; - for standard input
    #[arg(value_name = "OLD")]
    pub(crate) old: Option<String>,
    /// What is to be there
    #[arg(value_name = "NEW")]
    pub(crate) new: Option<String>,
    /// Ask the cluster (by kubectl get) what is there; the only state is then NEW
    #[arg(long)]
    pub(crate) from_cluster: bool,
    /// How the plan is written
    #[arg(short, long, value_enum, default_value_t = PlanFormat::Text)]
    pub(crate) output: PlanFormat,
    /// Plan nothing when there are warnings either
    #[arg(long)]
    pub(crate) strict: bool,
    /// The release's name where a state is values or a chart [default: that of the other state, or rqlite]
    #[arg(short, long, value_name = "RELEASE", help_heading = "Release")]
    pub(crate) release: Option<String>,
    // Behind the others: a heading holds for all that follow it.
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) values: ValueArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// Play only this one: a name (--list), a YAML file, or - for standard input
    #[arg(short, long, value_name = "NAME|FILE")]
    pub(crate) scenario: Vec<String>,
    /// Play every scenario that is built in, as without --scenario
    #[arg(long, conflicts_with = "scenario")]
    pub(crate) all: bool,
    /// List the scenarios that are built in
    #[arg(long)]
    pub(crate) list: bool,
    /// Play every combination of up to so many faults instead, and show the worst
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=4), conflicts_with_all = ["scenario", "list", "all"])]
    pub(crate) faults: Option<u32>,
    /// What chance is made of: the same number, the same outcome
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u64,
    /// How the outcome is written
    #[arg(short, long, value_enum, default_value_t = TraceFormat::Table)]
    pub(crate) output: TraceFormat,
    // Behind the others: a heading holds for all that follow it.
    #[command(flatten)]
    pub(crate) release: ReleaseArgs,
    #[command(flatten)]
    pub(crate) values: ValueArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// For people
    Text,
    /// For a pull request
    Markdown,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceFormat {
    /// A line for each scenario
    Table,
    /// What happened, in order
    Timeline,
    /// For programs
    Json,
    /// A picture of one scenario
    Svg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ManifestFormat {
    /// Documents separated by ---
    Yaml,
    /// One object of kind List
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A setting's path, or the code of a finding
    #[arg(value_name = "PATH|CODE")]
    pub(crate) what: String,
}

#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// In draft 7, which editors and Helm understand best
    #[arg(long)]
    pub(crate) draft07: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    #[command(subcommand)]
    pub(crate) part: Part,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Part {
    /// All settings with their defaults
    Values,
    /// What the chart says of itself
    Chart,
    /// The chart's README
    Readme,
    /// The names of the examples, or one of them
    Examples {
        /// The example to print
        name: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// The folder, which must not exist or be empty
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Package {
    /// Package this chart's folder instead of the chart that is built in
    #[arg(long, value_name = "PATH")]
    pub(crate) chart: Option<PathBuf>,
    /// Package it with this file, or - for standard input, as its values.yaml
    #[arg(short = 'f', long, value_name = "FILE")]
    pub(crate) values: Option<String>,
    /// Where the archive goes
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    pub(crate) destination: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The port on loopback; 0 takes any that is free
    #[arg(short, long, default_value_t = 8080)]
    pub(crate) port: u16,
}

#[derive(Debug, Args)]
pub(crate) struct Completion {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}
