//! One module for each subcommand.

pub(crate) mod create;
pub(crate) mod explain;
pub(crate) mod lint;
pub(crate) mod manual;
pub(crate) mod package;
pub(crate) mod plan;
pub(crate) mod schema;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod simulate;
pub(crate) mod template;
