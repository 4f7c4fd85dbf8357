//! Drills in which copies of the database are taken.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::drill::cluster::{Failure, Outcome};
use crate::drill::manifests::{Access, manifests};
use crate::drill::stage::Stage;

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
    if stage.case.access != Access::Secured {
        // Whose shell may load is nobody of the chart's own.
        stage.writer.pause(true);
        stage.write_for(Duration::from_secs(2));
        let mut back = one_job(job, "rqdb-restore");
        let script = "sh /etc/rqlite/backup.sh && echo .restore /backups/rqdb-*.sqlite | rqlite -H rqdb-client && sleep 600";
        back["spec"]["template"]["spec"]["containers"][0]["command"] = json!(["sh", "-c", script]);
        stage.cluster.apply(&[back])?;
        wait_for(stage, "rqdb-restore", "restored successfully")?;
        stage.writer.pause(false);
    }
    stage.finish(3)
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
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": name },
        "spec": { "replicas": 1, "template": template },
    })
}
