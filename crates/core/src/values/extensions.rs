//! SQLite extensions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AbsolutePath, ConfigKey, DnsName, ImageReference, PullPolicy};

/// A SQLite extension, or an archive or folder of some. It has one of builtin, path, configMap and image. Archives are zip or tar.gz without folders in them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Extension {
    /// One that rqlite's image brings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub builtin: Option<BuiltinExtension>,
    /// A file, archive or folder in the container: of the image, or of a volume of extraVolumes, which a container of extraInitContainers may have filled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<AbsolutePath>,
    /// A file or archive in a ConfigMap (binaryData), which has room for 1 MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_map: Option<ConfigMapFile>,
    /// A file, archive or folder of another image, which is mounted; needs image volumes of Kubernetes 1.35, or their feature gate from 1.33 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageFile>,
}

/// An extension that rqlite's image brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BuiltinExtension {
    /// Functions for text, dates, statistics, hashes and more (sqlean).
    Sqlean,
    /// Search of vectors (sqlite-vec).
    SqliteVec,
    /// Search of vectors (SQLite AI).
    SqliteaiVector,
    /// Comparing and searching text in the way of a language (ICU).
    Icu,
    /// SQLite's own collection.
    Misc,
}

impl BuiltinExtension {
    /// What its archive in the image is called.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlean => "sqlean",
            Self::SqliteVec => "sqlite-vec",
            Self::SqliteaiVector => "sqliteai-vector",
            Self::Icu => "icu",
            Self::Misc => "misc",
        }
    }
}

/// A file in a ConfigMap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConfigMapFile {
    /// The ConfigMap.
    pub name: DnsName,
    /// The key, which is the file's name.
    pub key: ConfigKey,
}

/// A file of an image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ImageFile {
    /// The image. Better with a digest: it becomes a part of the database.
    pub reference: ImageReference,
    /// Where the file, archive or folder is in it.
    pub path: AbsolutePath,
    /// When a node asks the registry.
    #[serde(default)]
    pub pull_policy: PullPolicy,
}
