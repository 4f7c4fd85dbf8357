//! One drill as one test, on whatever cluster it is given.
//!
//! In: a drill, an empty cluster, a folder for evidence. Out: one line with what was measured, and pass or fail. The logs of
//! all containers are kept, those of a drill that passed too: what it remarked upon may be worth a look.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::Failed;

use super::cluster::Cluster;
use super::drills::Drill;
use super::manifests::Formation;
use super::variant::Variant;

/// Runs a drill and keeps its logs in `folder`, in a folder of its own.
///
/// # Errors
/// When a promise is broken, with what was measured until then.
pub fn run(
    name: &str,
    (drill, form): (&Drill, (Formation, Variant)),
    dns_cache: Duration,
    cluster: &Arc<dyn Cluster>,
    folder: &Path,
) -> Result<(), Failed> {
    let (report, outcome) = drill.perform(form, dns_cache, Arc::clone(cluster));
    let report = report.map_or_else(|| "never came up".to_owned(), |report| report.to_string());
    let verdict = outcome.as_ref().err().map(|failure| format!("\n     {failure}")).unwrap_or_default();
    let _ = writeln!(io::stdout(), "     {name}: {report}{verdict}");
    let folder = folder.join(name.replace("::", "-"));
    let kept = keep_logs(&folder, &**cluster).map_or_else(|e| e.to_string(), |()| folder.display().to_string());
    outcome.map_err(|failure| Failed::from(format!("{failure}\n{report}\nlogs: {kept}")))
}

/// Copies the containers' logs to where they outlive the run.
fn keep_logs(folder: &Path, cluster: &dyn Cluster) -> io::Result<()> {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder)?;
    for log in cluster.logs() {
        fs::write(folder.join(log.name), log.text)?;
    }
    Ok(())
}
