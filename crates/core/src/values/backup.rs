//! Copies of the database: where rqlited itself uploads them, when a job takes them, and what a new cluster begins with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    AbsolutePath, AccessMode, Bucket, CronSchedule, DnsName, Duration, Endpoint, FileName, Int, JobResources,
    ObjectKey, Quantity, Region, SecretKey, TimeZone,
};

/// Copies of the database.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Backup {
    /// Uploads by rqlited itself: the leader writes the whole database to one place whenever it has changed. Done when one of s3, gcs and file is set. The copy is made in /tmp: resources.limits.ephemeral-storage must have room for it.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "backup", "effect": "roll", "docs": "https://rqlite.io/docs/guides/backup/#automatic-backups", "also": ["config.backup"] }))]
    pub automatic: AutomaticBackup,
    /// A CronJob that takes a copy through the API, loads it into an rqlited of its own to see that it can be restored, and keeps the newest ones on a volume. Rendered when it has a schedule.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "backup", "effect": "none" }))]
    pub scheduled: ScheduledBackup,
}

/// Uploads by rqlited itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct AutomaticBackup {
    /// Into a bucket of S3, or of anything that speaks its language.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "backup", "effect": "roll", "flag": "-auto-backup", "docs": "https://rqlite.io/docs/guides/backup/#amazon-s3" }))]
    pub s3: Option<S3>,
    /// Into a bucket of Google Cloud Storage.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "backup", "effect": "roll", "flag": "-auto-backup", "docs": "https://rqlite.io/docs/guides/backup/#google-cloud-storage" }))]
    pub gcs: Option<Gcs>,
    /// Into a folder of the pod that leads: each pod has its own, and a pod that never led has none. On the database's own volume it helps against a mistaken DELETE, not against a lost disk.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "backup", "effect": "roll", "flag": "-auto-backup", "docs": "https://rqlite.io/docs/guides/backup/#automatic-backups" }))]
    pub file: Option<FileStore>,
    /// How often the leader looks whether there is something new to upload; what was written since the last upload is lost with the cluster.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "backup", "effect": "roll", "unit": "duration" }))]
    pub interval: Duration,
    /// Whether the copy is vacuumed first: smaller, but it reads and writes the whole database.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "backup", "effect": "roll" }))]
    pub vacuum: bool,
    /// Whether the copy is compressed (gzip). Restoring finds that out by itself.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "backup", "effect": "roll" }))]
    pub compress: bool,
    /// Whether each copy has a name of its own: the time and `_` come before the last part of the name. Without it each copy overwrites the one before. rqlited removes none: use a lifecycle rule of the bucket.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "backup", "effect": "roll" }))]
    pub timestamp: bool,
}

impl Default for AutomaticBackup {
    fn default() -> Self {
        Self {
            s3: None,
            gcs: None,
            file: None,
            interval: Duration::known("15m"),
            vacuum: false,
            compress: true,
            timestamp: false,
        }
    }
}

/// An object in a bucket of S3, or of anything that speaks its language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct S3 {
    /// The bucket, which must exist.
    pub bucket: Bucket,
    /// The object's name in the bucket, such as `rqdb/db.sqlite.gz`.
    pub path: ObjectKey,
    /// The bucket's region. Stores other than Amazon's mostly take any.
    #[serde(default = "region")]
    pub region: Region,
    /// The address of a store other than Amazon's; without `http://` it is asked over HTTPS.
    #[serde(default)]
    pub endpoint: Option<Endpoint>,
    /// Whether the bucket is part of the path instead of the host's name; MinIO, Ceph and the like need it.
    #[serde(default)]
    pub force_path_style: bool,
    /// Where the keys are. null means what the AWS SDK finds by itself: a workload identity (see serviceAccount.annotations), variables of extraEnv, or the node's role.
    #[serde(default)]
    pub credentials_secret: Option<S3Credentials>,
}

fn region() -> Region {
    Region::known("us-east-1")
}

/// A Secret with keys for S3. rqlited puts both into JSON as they are: neither may hold a double quote or a backslash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct S3Credentials {
    /// Its name.
    pub name: DnsName,
    /// The key in it with the access key's id.
    #[serde(default = "access_key_id")]
    pub access_key_id_key: SecretKey,
    /// The key in it with the secret access key.
    #[serde(default = "secret_access_key")]
    pub secret_access_key_key: SecretKey,
}

fn access_key_id() -> SecretKey {
    SecretKey::known("access-key-id")
}

fn secret_access_key() -> SecretKey {
    SecretKey::known("secret-access-key")
}

/// An object in a bucket of Google Cloud Storage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Gcs {
    /// The bucket, which must exist.
    pub bucket: Bucket,
    /// The object's name in the bucket, such as `rqdb/db.sqlite.gz`.
    pub name: ObjectKey,
    /// The project. rqlited 10.2.7 needs none for a bucket that exists.
    #[serde(default)]
    pub project_id: Option<Bucket>,
    /// The address of a store other than Google's, with `http://` or `https://`. rqlited 10.2.7 asks oauth2.googleapis.com for a token all the same.
    #[serde(default)]
    pub endpoint: Option<Endpoint>,
    /// Where the key file of a service account is. rqlited takes nothing else: no workload identity.
    pub credentials_secret: GcsCredentials,
}

/// A Secret with the key file of a service account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GcsCredentials {
    /// Its name.
    pub name: DnsName,
    /// The key in it with the file (JSON).
    #[serde(default = "key_file")]
    pub key: SecretKey,
}

fn key_file() -> SecretKey {
    SecretKey::known("key.json")
}

/// A file in the pods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FileStore {
    /// Its folder: one of extraVolumeMounts, or `/rqlite/file/backups` on the database's own volume, which then needs room for it.
    pub dir: AbsolutePath,
    /// Its name.
    pub name: FileName,
}

/// A job that takes copies and tries them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct ScheduledBackup {
    /// When, as cron has it: minute, hour, day of the month, month, day of the week.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "backup", "effect": "none", "docs": "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax" }))]
    pub schedule: Option<CronSchedule>,
    /// The time zone of the schedule; null means that of the kube-controller-manager.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "backup", "effect": "none" }))]
    pub time_zone: Option<TimeZone>,
    /// Whether no job is started for now.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "backup", "effect": "none" }))]
    pub suspend: bool,
    /// How many copies are kept. Older ones are removed after a new one has passed its check, and never before.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "backup", "effect": "none", "unit": "copies" }))]
    pub keep: Int<1, 10000>,
    /// Where they are kept: files `<fullname>-<UTC time>.sqlite`, not compressed.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "backup", "effect": "none" }))]
    pub volume: BackupVolume,
    /// CPU, memory and local disk of the job. It tries each copy in /tmp: limits.ephemeral-storage must be three times the database.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "backup", "effect": "none" }))]
    pub resources: JobResources,
    /// How late a job may still start; null means at any time.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "backup", "effect": "none", "unit": "s" }))]
    pub starting_deadline_seconds: Option<Int<10, 604_800>>,
    /// How long a job may take, its further attempts included.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "backup", "effect": "none", "unit": "s" }))]
    pub active_deadline_seconds: Int<60, 604_800>,
    /// How many jobs that worked are kept, with their logs.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "backup", "effect": "none" }))]
    pub successful_jobs_history_limit: Int<0, 100>,
    /// How many jobs that failed are kept, with their logs.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "backup", "effect": "none" }))]
    pub failed_jobs_history_limit: Int<0, 100>,
}

impl Default for ScheduledBackup {
    fn default() -> Self {
        Self {
            schedule: None,
            time_zone: None,
            suspend: false,
            keep: Int::known::<7>(),
            volume: BackupVolume::default(),
            resources: JobResources::default(),
            starting_deadline_seconds: None,
            active_deadline_seconds: Int::known::<3600>(),
            successful_jobs_history_limit: Int::known::<3>(),
            failed_jobs_history_limit: Int::known::<3>(),
        }
    }
}

/// The volume of scheduled copies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct BackupVolume {
    /// Its size: the database, times the copies that are kept and two. For the claim that is rendered.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "backup", "effect": "none", "unit": "bytes" }))]
    pub size: Quantity,
    /// Its StorageClass; null means the cluster's default one. Kubernetes refuses to change it.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "backup", "effect": "none" }))]
    pub storage_class_name: Option<DnsName>,
    /// How nodes may mount it. Kubernetes refuses to change them.
    #[schemars(extend("x-rqchart" = { "level": "expert", "group": "backup", "effect": "none" }))]
    #[schemars(length(min = 1))]
    #[serde(deserialize_with = "super::storage::not_empty")]
    pub access_modes: Vec<AccessMode>,
    /// A claim that exists; then none is rendered.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "backup", "effect": "none" }))]
    pub existing_claim: Option<DnsName>,
}

impl Default for BackupVolume {
    fn default() -> Self {
        Self {
            size: Quantity::known("10Gi"),
            storage_class_name: None,
            access_modes: vec![AccessMode::ReadWriteOnce],
            existing_claim: None,
        }
    }
}

/// What a new cluster begins with: the database as it was uploaded. Only who founds a cluster reads it: ordinal 0, while no voter has data. A cluster that exists is never touched.
///
/// Without such an object ordinal 0 ends and tries again until there is one, so the first installation of a cluster that
/// restores its own uploads needs an object, or no `restore`. It is held in memory while it is loaded; rqlite advises
/// against it beyond 100 MB.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Restore {
    /// From a bucket of S3, or of anything that speaks its language.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "backup", "effect": "roll", "flag": "-auto-restore", "docs": "https://rqlite.io/docs/guides/backup/#automatically-restoring" }))]
    pub s3: Option<S3>,
    /// From a bucket of Google Cloud Storage.
    #[schemars(extend("x-rqchart" = { "level": "essential", "group": "backup", "effect": "roll", "flag": "-auto-restore", "docs": "https://rqlite.io/docs/guides/backup/#automatically-restoring" }))]
    pub gcs: Option<Gcs>,
    /// How long the download may take.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "backup", "effect": "roll", "unit": "duration" }))]
    pub timeout: Duration,
    /// Whether the cluster begins empty when the download fails, for whatever reason: also when the store cannot be reached for a moment.
    #[schemars(extend("x-rqchart" = { "level": "advanced", "group": "backup", "effect": "none" }))]
    pub continue_on_failure: bool,
}

impl Restore {
    /// For how long a founder may be at its download, in seconds; none without one.
    pub(crate) fn download_seconds(&self) -> Option<i64> {
        let is_wanted = self.s3.is_some() || self.gcs.is_some();
        is_wanted.then(|| i64::try_from(self.timeout.as_millis().div_ceil(1000)).unwrap_or(i64::MAX))
    }
}

impl Default for Restore {
    fn default() -> Self {
        Self { s3: None, gcs: None, timeout: Duration::known("5m"), continue_on_failure: false }
    }
}
