//! Paths in the file system of a container.

/// A path's folders: `/etc//rqlite/` is `/etc/rqlite`.
///
/// ```
/// # use rqchart_core::topology::path_segments;
/// assert_eq!(path_segments("/etc//rqlite/./"), ["etc", "rqlite"]);
/// ```
pub fn path_segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !matches!(*segment, "" | ".")).collect()
}

/// Whether a path leads into a folder.
pub(crate) fn lies_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a path leads to a folder or into it.
pub(crate) fn lies_in(path: &str, folder: &str) -> bool {
    path == folder.trim_end_matches('/') || lies_below(path, folder)
}
