//! Drills in which copies of the database are taken.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::drill::checks;
use crate::drill::cluster::{Cluster, Failure, Outcome};
use crate::drill::credentials::Credentials;
use crate::drill::manifests::{manifests, manifests_that_restore};
use crate::drill::stage::Stage;
use crate::drill::store::{SECRET, Store};

/// The rendered job takes a copy while rows are written, tries it, and keeps it; and again after the leader was killed. Then
/// what a person does with a copy: loads it into the cluster, which has written more rows meanwhile. That is last: nothing may
/// be written between the copy and its return, or it would be lost, as it should.
pub(super) fn backup_and_restore(stage: &mut Stage) -> Outcome {
    let objects = manifests(&stage.case)?;
    let job = objects.iter().find(|object| object["kind"] == "CronJob");
    let job = job.ok_or_else(|| Failure::new("no job takes copies: the folder's manifests have none"))?;
    for run in ["rqdb-backup-first", "rqdb-backup-second"] {
        stage.cluster.apply(&[one_job(job, run)])?;
        wait_for(stage, run, ", and can be restored")?;
        let leader = stage.leader()?;
        stage.kill_and_wait(&leader, Duration::from_secs(60))?;
    }
    stage.writer.pause(true);
    stage.write_for(Duration::from_secs(2));
    let mut back = one_job(job, "rqdb-restore");
    let script = format!("sh /etc/rqlite/backup.sh && {} && sleep 600", load("/backups/rqdb-*.sqlite", "rqdb-client"));
    back["spec"]["template"]["spec"]["containers"][0]["command"] = json!(["sh", "-c", script]);
    stage.cluster.apply(&[back])?;
    wait_for(stage, "rqdb-restore", "restored successfully")?;
    stage.writer.pause(false);
    stage.finish(3)
}

/// All disks are lost, and there is a copy in a bucket whose store takes longer than a liveness probe has patience. The cluster
/// that is founded anew begins with it. Nothing of that happens again when the disk of ordinal 0 is lost, nor when all start
/// again: rows that were written since stay.
pub(super) fn begins_with_a_backup(stage: &mut Stage) -> Outcome {
    const SLOW: Duration = Duration::from_secs(45);
    const BACK: Duration = Duration::from_secs(120);
    stage.writer.pause(true);
    stage.write_for(Duration::from_secs(2));
    let here = stage.cluster.here().ok_or_else(|| Failure::new("no pod reaches a store of this program"))?;
    let store = Store::start(here, SLOW)?;
    store.put(STANDARD.decode(copy_of(&*stage.cluster)?).map_err(Failure::new)?);

    stage.cluster.scale(0)?;
    stage.wait_all_ready("stopped after", 0, BACK)?;
    for ordinal in 0..3 {
        stage.cluster.lose_disk(ordinal)?;
    }
    // Nobody founds beside a reader that still has the rows.
    for reader in stage.readers.pods() {
        stage.readers.lose_disk(reader.ordinal)?;
    }
    stage.foundings = 2;
    stage.cluster.apply(&[Store::secret()])?;
    let place = json!({
        "bucket": "drill", "path": "copy", "endpoint": format!("http://{}", store.address()), "forcePathStyle": true,
        "credentialsSecret": { "name": SECRET },
    });
    stage.cluster.apply(&manifests_that_restore(&stage.case, &json!({ "s3": place }))?)?;
    stage.wait_all_ready("founded anew after", 3, BACK + SLOW)?;
    checks::no_restarts(&stage.cluster.pods(), &BTreeMap::new())?;

    stage.writer.pause(false);
    stage.write_for(Duration::from_secs(2));
    let pod = stage.pod(0)?;
    stage.cluster.lose_disk(0)?;
    stage.wait_replaced("ordinal 0 back after", &pod, BACK)?;
    stage.write_for(Duration::from_secs(2));
    stage.cluster.power_off()?;
    stage.cluster.power_on()?;
    stage.wait_all_ready("back after", 3, BACK)?;
    stage.excuse_restarts();
    stage.finish(3)
}

/// A copy of what pod 0 has, as base64, by the chart's user for copies where there are users.
pub(super) fn copy_of(cluster: &dyn Cluster) -> Outcome<String> {
    let script = "cd /etc/rqlite && . ./ask.sh && echo '.backup /tmp/copy' | shell 20 backup \"$(hostname -f)\" >/dev/null && \
                  base64 /tmp/copy";
    Ok(cluster.exec(0, &["sh", "-c", script])?.split_whitespace().collect())
}

/// The command that loads a file into the database, in a pod: nobody of the chart's own users may do that.
pub(super) fn load(file: &str, host: &str) -> String {
    let user = Credentials::user();
    format!(". /etc/rqlite/ask.sh && auth=/none && echo .restore {file} | shell 20 - {host} -u {user}")
}

fn wait_for(stage: &mut Stage, pod: &str, said: &str) -> Outcome {
    let cluster = Arc::clone(&stage.cluster);
    let holds = || {
        let logs = cluster.logs();
        let own: Vec<_> = logs.iter().filter(|log| log.name.starts_with(pod)).map(|log| log.text.trim()).collect();
        if own.iter().any(|text| text.contains(said)) { Ok(()) } else { Err(Failure::new(own.join("; "))) }
    };
    stage.wait_for(&format!("{pod} done after"), Duration::from_secs(90), holds).map(drop)
}

/// What the CronJob's controller would make of it, as far as it can be carried out: a pod of the same template, which ends
/// and is started again. The volume of the copies is one of the pod.
fn one_job(cron_job: &Value, name: &str) -> Value {
    let mut template = cron_job["spec"]["jobTemplate"]["spec"]["template"].clone();
    if let Some(volumes) = template["spec"]["volumes"].as_array_mut() {
        for volume in volumes.iter_mut().filter(|volume| volume.get("persistentVolumeClaim").is_some()) {
            *volume = json!({ "name": volume["name"], "emptyDir": {} });
        }
    }
    if let Some(spec) = template["spec"].as_object_mut() {
        spec.remove("restartPolicy"); // a job's, which no other pods may have
    }
    template["metadata"]["labels"]["drill"] = name.into();
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": name },
        "spec": { "replicas": 1, "selector": { "matchLabels": { "drill": name } }, "template": template },
    })
}
