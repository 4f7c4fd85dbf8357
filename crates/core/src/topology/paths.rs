//! Paths in the file system of a container.

/// A path's folders, however it is spelt: `/etc//rqlite/` is `/etc/rqlite`, and so is `/etc/x/../rqlite`.
///
/// ```
/// # use rqchart_core::topology::path_segments;
/// assert_eq!(path_segments("/etc//rqlite/./"), ["etc", "rqlite"]);
/// assert_eq!(path_segments("/../tmp/../etc/rqlite"), ["etc", "rqlite"]);
/// ```
pub fn path_segments(path: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => _ = segments.pop(),
            _ => segments.push(segment),
        }
    }
    segments
}

/// Whether `..` is among a path's folders: Kubernetes refuses it wherever it stands.
pub(crate) fn climbs(path: &str) -> bool {
    path.split('/').any(|segment| segment == "..")
}

/// Whether a path that belongs into a folder may lead out of it.
pub(crate) fn leaves(path: &str) -> bool {
    path.starts_with('/') || climbs(path)
}

/// Whether a path leads to a folder or into it.
///
/// ```
/// # use rqchart_core::topology::lies_in;
/// assert!(lies_in("/rqlite/file//data/raft", "/rqlite/file/data"));
/// assert!(!lies_in("/rqlite/file/data/../backups", "/rqlite/file/data"));
/// ```
pub fn lies_in(path: &str, folder: &str) -> bool {
    path_segments(path).starts_with(&path_segments(folder))
}
