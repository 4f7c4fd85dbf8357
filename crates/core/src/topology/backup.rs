//! Copies of the database: the files that rqlited reads, what the pods need for them, and the job that takes copies.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::access::secret_source;
use super::metadata::checksum;
use super::{Mount, Names, PodSet};
use crate::values::{
    AccessMode, AutomaticBackup, BackupVolume, EnvName, EnvVar, FileStore, Gcs, JobResources, NamedObject, Quantity,
    S3, S3Credentials, ScheduledBackup, Values, VolumeMount,
};

/// Where the pods find the files that rqlited reads.
const FOLDER: &str = "/etc/rqlite-backup";
/// Where the job finds its volume.
const COPIES: &str = "/backups";
/// The format of rqlited's files.
const FORMAT: u32 = 1;

/// Copies of the database.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Backup {
    /// rqlited's files by name; they hold no secrets.
    #[serde(skip)] // in a list of files
    pub files: BTreeMap<&'static str, String>,
    /// Changes when what the leader uploads does, so that the pods restart: rqlited reads it once. What a new cluster
    /// begins with is read when one is founded, and restarts nobody.
    #[serde(skip)] // an annotation of the pods
    pub checksum: Option<String>,
    /// Variables with keys for object stores, which rqlited puts into its files.
    #[serde(skip)] // among all variables of the container
    pub environment: Vec<EnvVar>,
    /// What the pods mount for rqlited.
    #[serde(skip)] // among all mounts of a pod
    pub mounts: Vec<Mount>,
    /// Where the leader uploads to, by the JSON pointer of the setting.
    #[serde(skip)]
    pub uploads: Vec<(&'static str, Place)>,
    /// What a new cluster begins with, by the JSON pointer of the setting.
    #[serde(skip)]
    pub begins_with: Vec<(&'static str, Place)>,
    /// The job that takes copies, if there is one.
    pub scheduled: Option<Scheduled>,
}

/// Where a copy is.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// In a bucket of S3.
    S3(S3),
    /// In a bucket of Google Cloud Storage.
    Gcs(Gcs),
    /// In a folder of the pod.
    File(FileStore),
}

/// The job that takes copies.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Scheduled {
    /// When it runs, and what Kubernetes keeps of it.
    pub spec: ScheduleSpec,
    /// How long it may take, in seconds.
    pub active_deadline_seconds: i64,
    /// How many copies are kept.
    pub keep: String,
    /// CPU, memory and local disk.
    pub resources: JobResources,
    /// Arguments of the rqlited that tries a copy.
    pub arguments: Vec<String>,
    /// What it mounts.
    #[serde(skip)] // templates see volumes and their mounts
    pub mounts: Vec<Mount>,
    /// Those of the pods' further volumes that bring it extensions.
    #[serde(skip)] // the same
    pub extra_volumes: Vec<NamedObject>,
    /// Where it finds them.
    #[serde(skip)] // the same
    pub extra_mounts: Vec<VolumeMount>,
    /// The claim that is rendered for it, if none exists.
    pub claim: Option<BackupClaim>,
}

/// When a job runs, and what Kubernetes keeps of it, with Kubernetes' names for its parts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ScheduleSpec {
    /// When.
    pub schedule: String,
    /// In which time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Not for now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub suspend: bool,
    /// How late it may start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starting_deadline_seconds: Option<i64>,
    /// How many that worked are kept.
    pub successful_jobs_history_limit: i64,
    /// How many that failed are kept.
    pub failed_jobs_history_limit: i64,
}

/// The claim of the job's volume.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BackupClaim {
    /// The size.
    pub size: Quantity,
    /// The StorageClass; none means the cluster's default.
    pub storage_class_name: Option<String>,
    /// How nodes may mount it.
    pub access_modes: Vec<AccessMode>,
}

impl Backup {
    pub(super) fn resolve(values: &Values, names: &Names) -> Self {
        let (automatic, restore) = (&values.backup.automatic, &values.restore);
        let s3 = |at, s3: &Option<S3>| s3.clone().map(|s3| (at, Place::S3(s3)));
        let gcs = |at, gcs: &Option<Gcs>| gcs.clone().map(|gcs| (at, Place::Gcs(gcs)));
        let file = automatic.file.clone().map(|file| ("/backup/automatic/file", Place::File(file)));
        let uploads = [s3("/backup/automatic/s3", &automatic.s3), gcs("/backup/automatic/gcs", &automatic.gcs), file];
        let begins_with = [s3("/restore/s3", &restore.s3), gcs("/restore/gcs", &restore.gcs)];
        let mut this = Self {
            files: BTreeMap::new(),
            checksum: None,
            environment: Vec::new(),
            mounts: Vec::new(),
            scheduled: None,
            uploads: uploads.into_iter().flatten().collect(),
            begins_with: begins_with.into_iter().flatten().collect(),
        };
        if let Some((_, place)) = this.uploads.first() {
            let AutomaticBackup { interval, vacuum, compress, timestamp, .. } = automatic;
            let file = json!({
                "version": FORMAT,
                "type": place.kind(),
                "interval": interval,
                "vacuum": vacuum,
                "no_compress": !compress,
                "timestamp": timestamp,
                "sub": place.description(Purpose::Backup),
            });
            this.checksum = Some(checksum([file.to_string().as_str()]));
            this.files.insert(Purpose::Backup.file(), file.to_string());
        }
        if let Some((_, place)) = this.begins_with.first() {
            let file = json!({
                "version": FORMAT,
                "type": place.kind(),
                "timeout": restore.timeout,
                "continue_on_failure": restore.continue_on_failure,
                "sub": place.description(Purpose::Restore),
            });
            this.files.insert(Purpose::Restore.file(), file.to_string());
        }
        if !this.files.is_empty() {
            this.mounts.push(Mount::for_nodes("backup", FOLDER, json!({ "configMap": { "name": names.backup } })));
        }
        let sides = [(Purpose::Backup, this.uploads.first()), (Purpose::Restore, this.begins_with.first())];
        for (purpose, place) in sides.into_iter().filter_map(|(purpose, place)| Some((purpose, &place?.1))) {
            match place {
                Place::S3(S3 { credentials_secret: Some(secret), .. }) => {
                    this.environment.extend(purpose.variables(secret));
                }
                Place::Gcs(gcs) => this.mounts.push(Mount::for_nodes(
                    purpose.key_volume().0,
                    purpose.key_volume().1,
                    secret_source(gcs.credentials_secret.name.as_str(), None),
                )),
                Place::S3(_) | Place::File(_) => {}
            }
        }
        this
    }

    /// Decides the job, which mounts what helps the nodes, with a /tmp of known size and a volume for the copies.
    pub(super) fn schedule(&mut self, job: &ScheduledBackup, names: &Names, voters: &PodSet) {
        let Some(schedule) = &job.schedule else { return };
        let BackupVolume { size, storage_class_name, access_modes, existing_claim } = &job.volume;
        let claim_name = existing_claim.as_ref().map_or_else(|| names.backup.clone(), ToString::to_string);
        let scratch = job.resources.limits.ephemeral_storage.as_ref();
        let scratch = scratch.map_or_else(|| json!({}), |size| json!({ "sizeLimit": size }));
        let own = |mount: &Mount| match &*mount.name {
            "tmp" => Mount { source: json!({ "emptyDir": scratch }), ..mount.clone() },
            _ => mount.clone(),
        };
        // Without them a database with their virtual tables cannot be checked.
        let arguments = voters.arguments.iter().filter(|argument| argument.flag() == "extensions-path");
        let (extra_volumes, extra_mounts) = volumes_with(
            arguments.clone().flat_map(|argument| argument.value().unwrap_or_default().split(',')),
            voters,
        );
        let copies = json!({ "persistentVolumeClaim": { "claimName": claim_name } });
        let copies = Mount { read_only: false, ..Mount::read_only("backups", COPIES, copies) };
        self.scheduled = Some(Scheduled {
            spec: ScheduleSpec {
                schedule: schedule.to_string(),
                time_zone: job.time_zone.as_ref().map(ToString::to_string),
                suspend: job.suspend,
                starting_deadline_seconds: job.starting_deadline_seconds.map(crate::values::Int::get),
                successful_jobs_history_limit: job.successful_jobs_history_limit.get(),
                failed_jobs_history_limit: job.failed_jobs_history_limit.get(),
            },
            active_deadline_seconds: job.active_deadline_seconds.get(),
            keep: job.keep.get().to_string(),
            resources: job.resources.clone(),
            arguments: arguments.map(|argument| argument.text.clone()).collect(),
            mounts: voters.pod.mounts.iter().filter(|mount| !mount.only_nodes).map(own).chain([copies]).collect(),
            extra_volumes,
            extra_mounts,
            claim: existing_claim.is_none().then(|| BackupClaim {
                size: size.clone(),
                storage_class_name: storage_class_name.as_ref().map(ToString::to_string),
                access_modes: access_modes.clone(),
            }),
        });
    }
}

/// Those of the pods' further volumes that hold files, and where. Not those that are empty before something in the pod fills
/// them, nor what is mounted by a variable that only pods have.
fn volumes_with<'a>(paths: impl Iterator<Item = &'a str>, voters: &PodSet) -> (Vec<NamedObject>, Vec<VolumeMount>) {
    let (mut volumes, mut mounts) = (Vec::<NamedObject>::new(), Vec::<VolumeMount>::new());
    for mount in paths.filter_map(|path| voters.pod.extra_mount_with(path)) {
        let begins_empty = |volume: &NamedObject| volume.fields.keys().all(|source| source == "emptyDir");
        let volume = voters.pod.volumes.iter().find(|volume| volume.name == mount.name);
        let Some(volume) = volume.filter(|volume| !begins_empty(volume) && mount.sub_path_expr.is_none()) else {
            continue;
        };
        if !volumes.contains(volume) {
            volumes.push(volume.clone());
        }
        if !mounts.iter().any(|other| other.mount_path == mount.mount_path) {
            mounts.push(VolumeMount { read_only: true, ..mount.clone() });
        }
    }
    (volumes, mounts)
}

/// The flags that name rqlited's files, with the settings that they come from.
pub(super) fn flags(backup: &Backup) -> impl Iterator<Item = (&'static str, &'static str, String)> {
    let flag = |places: &[(&'static str, Place)], flag, purpose: Purpose| {
        places.first().map(|(setting, _)| (*setting, flag, format!("{FOLDER}/{}", purpose.file())))
    };
    let upload = flag(&backup.uploads, "auto-backup", Purpose::Backup);
    upload.into_iter().chain(flag(&backup.begins_with, "auto-restore", Purpose::Restore))
}

/// What a place is for: both may name other keys.
#[derive(Clone, Copy)]
enum Purpose {
    Backup,
    Restore,
}

impl Purpose {
    fn file(self) -> &'static str {
        match self {
            Self::Backup => "backup.json",
            Self::Restore => "restore.json",
        }
    }

    /// The names of the variables with an S3 store's keys.
    fn names(self) -> [EnvName; 2] {
        match self {
            Self::Backup => ["RQCHART_BACKUP_ACCESS_KEY_ID", "RQCHART_BACKUP_SECRET_ACCESS_KEY"],
            Self::Restore => ["RQCHART_RESTORE_ACCESS_KEY_ID", "RQCHART_RESTORE_SECRET_ACCESS_KEY"],
        }
        .map(EnvName::known)
    }

    fn variables(self, secret: &S3Credentials) -> impl Iterator<Item = EnvVar> {
        let from = |key: &crate::values::SecretKey| {
            let source = json!({ "secretKeyRef": { "name": secret.name, "key": key } });
            source.as_object().cloned()
        };
        let keys = [from(&secret.access_key_id_key), from(&secret.secret_access_key_key)];
        let variable = |(name, value_from)| EnvVar { name, value: None, value_from };
        self.names().into_iter().zip(keys).map(variable)
    }

    /// The volume with a key file, and where the pods find it.
    fn key_volume(self) -> (&'static str, &'static str) {
        match self {
            Self::Backup => ("backup-key", "/etc/rqlite-backup-key"),
            Self::Restore => ("restore-key", "/etc/rqlite-restore-key"),
        }
    }
}

impl Place {
    /// rqlited's word for it.
    fn kind(&self) -> &'static str {
        match self {
            Self::S3(_) => "s3",
            Self::Gcs(_) => "gcs",
            Self::File(_) => "file",
        }
    }

    /// The part of rqlited's file about it.
    fn description(&self, purpose: Purpose) -> Value {
        match self {
            Self::S3(S3 { bucket, path, region, endpoint, force_path_style, credentials_secret }) => {
                // rqlited puts the variables' values there; without both of them it asks the AWS SDK.
                let [id, key] = purpose
                    .names()
                    .map(|name| format!("${name}"))
                    .map(|variable| credentials_secret.as_ref().map_or_else(String::new, |_| variable));
                json!({
                    "access_key_id": id,
                    "secret_access_key": key,
                    "endpoint": endpoint.as_ref().map_or("", |endpoint| endpoint.as_str()),
                    "region": region,
                    "bucket": bucket,
                    "path": path,
                    "force_path_style": force_path_style,
                })
            }
            Self::Gcs(Gcs { bucket, name, project_id, endpoint, credentials_secret }) => json!({
                "endpoint": endpoint.as_ref().map_or("", |endpoint| endpoint.as_str()),
                "project_id": project_id.as_ref().map_or("", |project| project.as_str()),
                "bucket": bucket,
                "name": name,
                "credentials_path": format!("{}/{}", purpose.key_volume().1, credentials_secret.key),
            }),
            Self::File(FileStore { dir, name }) => json!({ "dir": dir, "name": name }),
        }
    }

    /// Whether another one is the same object of the same store.
    pub fn is_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::S3(one), Self::S3(other)) => {
                (&one.bucket, &one.path, &one.endpoint) == (&other.bucket, &other.path, &other.endpoint)
            }
            (Self::Gcs(one), Self::Gcs(other)) => {
                (&one.bucket, &one.name, &one.endpoint) == (&other.bucket, &other.name, &other.endpoint)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;
    use crate::topology::resolved;

    #[test]
    fn uploads_restart_the_pods_when_they_change_and_what_a_cluster_begins_with_does_not() {
        let pods = |bucket: &str, begin: &str| {
            let topology = resolved(&json!({
                "backup": { "automatic": { "s3": { "bucket": bucket, "path": "p" } } },
                "restore": { "s3": { "bucket": begin, "path": "p" } },
            }));
            (topology.voters.pod_annotations, topology.voters.arguments, topology.voters.pod, topology.backup.files)
        };
        let (one, restored_from_elsewhere, other) = (pods("a", "b"), pods("a", "c"), pods("b", "b"));
        assert_eq!(
            (&one.0, &one.1, &one.2),
            (&restored_from_elsewhere.0, &restored_from_elsewhere.1, &restored_from_elsewhere.2)
        );
        assert_ne!(one.3, restored_from_elsewhere.3);
        assert_ne!(one.0, other.0);
    }

    #[test]
    fn rqlited_reads_no_dollar_that_somebody_wrote() {
        let credentials = json!({ "name": "s3", "accessKeyIdKey": "id" });
        let topology = resolved(&json!({ "backup": { "automatic": { "s3": {
            "bucket": "b", "path": "a \"quoted\"/name", "credentialsSecret": credentials,
        } } } }));
        let file: Value = serde_json::from_str(&topology.backup.files["backup.json"]).unwrap();
        assert_eq!(file["sub"]["path"], "a \"quoted\"/name");
        assert_eq!(file["sub"]["access_key_id"], "$RQCHART_BACKUP_ACCESS_KEY_ID");
        assert_eq!(topology.backup.files["backup.json"].matches('$').count(), 2);
        let key = &topology.voters.pod.env[0].value_from.as_ref().unwrap()["secretKeyRef"];
        assert_eq!(key, &json!({ "name": "s3", "key": "id" }));
        for (setting, value) in
            [("path", "a$b"), ("path", "$HOME"), ("bucket", "a$"), ("region", "$r"), ("endpoint", "$e")]
        {
            let mut s3 = json!({ "bucket": "b", "path": "p" });
            s3[setting] = value.into();
            assert!(schema::validate(&json!({ "restore": { "s3": s3 } })).is_err(), "{setting}: {value}");
        }
    }

    #[test]
    fn helpers_see_no_key_of_a_store() {
        let gcs = json!({ "bucket": "b", "name": "n", "credentialsSecret": { "name": "gcs" } });
        let topology = resolved(&json!({
            "backup": { "automatic": { "gcs": gcs }, "scheduled": { "schedule": "@daily" } }, "restore": { "gcs": gcs },
        }));
        let names = |mounts: &[Mount]| mounts.iter().map(|mount| mount.name.to_string()).collect::<Vec<_>>();
        assert_eq!(names(&topology.voters.pod.mounts), ["scripts", "tmp", "backup", "backup-key", "restore-key"]);
        assert_eq!(names(&topology.backup.scheduled.unwrap().mounts), ["scripts", "tmp", "backups"]);
    }

    #[test]
    fn a_job_has_the_volumes_that_bring_extensions_and_no_others() {
        let topology = resolved(&json!({
            "backup": { "scheduled": { "schedule": "@daily" } },
            "rqlite": { "extensions": [{ "path": "/ext/in/foo.so" }, { "path": "/ext/bar.so" }, { "builtin": "icu" }] },
            "extraVolumes": [
                { "name": "ext", "configMap": { "name": "ext" } }, { "name": "other", "configMap": { "name": "other" } },
                { "name": "in", "persistentVolumeClaim": { "claimName": "in" } },
            ],
            "extraVolumeMounts": [
                { "name": "ext", "mountPath": "/ext/" }, { "name": "other", "mountPath": "/ex" },
                { "name": "in", "mountPath": "/ext/in", "subPath": "a" },
            ],
        }));
        let job = topology.backup.scheduled.unwrap();
        assert_eq!(job.extra_volumes.iter().map(|volume| volume.name.as_str()).collect::<Vec<_>>(), ["in", "ext"]);
        assert_eq!(
            json!(job.extra_mounts),
            json!([
                { "name": "in", "mountPath": "/ext/in", "subPath": "a", "readOnly": true },
                { "name": "ext", "mountPath": "/ext/", "readOnly": true },
            ])
        );
    }

    #[test]
    fn a_job_has_as_much_room_to_try_a_copy_as_its_limit_says() {
        let tmp = |resources: Value| {
            let topology =
                resolved(&json!({ "backup": { "scheduled": { "schedule": "@daily", "resources": resources } } }));
            topology.backup.scheduled.unwrap().mounts[1].source.clone()
        };
        let limits = json!({ "limits": { "ephemeral-storage": "30Gi" } });
        assert_eq!(tmp(limits), json!({ "emptyDir": { "sizeLimit": "30Gi" } }));
        assert_eq!(tmp(json!({ "limits": { "ephemeral-storage": null } })), json!({ "emptyDir": {} }));
    }

    #[test]
    fn a_schedule_is_one_that_kubernetes_reads() {
        let is_read =
            |schedule: &str| schema::validate(&json!({ "backup": { "scheduled": { "schedule": schedule } } })).is_ok();
        for schedule in ["0 3 * * *", "*/15 0-6/2,22 1,15 jan-MAR mon-fri", "@daily", "5/20 * 31 12 0", "59 23 * * 6"] {
            assert!(is_read(schedule), "{schedule}");
        }
        for schedule in [
            "",
            "0 3 * *",
            "60 * * * *",
            "0 24 * * *",
            "0 0 0 * *",
            "0 0 * 13 *",
            "0 0 * * 7",
            "* * * * * *",
            "TZ=UTC 0 3 * * *",
            "@reboot",
            "daily",
            "*/0 * * * *",
            "1- * * * *",
        ] {
            assert!(!is_read(schedule), "{schedule}");
        }
    }
}
