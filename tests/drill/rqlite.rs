//! The questions a drill asks an rqlite node.
//!
//! In: a cluster and an ordinal. Out: members, Raft state, rows, as that one node sees them. No retries: who asks decides.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::cluster::{Cluster, Failure, Outcome, Which};
use super::http::Request;

/// The drills' table.
pub const TABLE: &str = "drill";

/// How long a node may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// A member of the cluster, as `/nodes` shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// The node id.
    pub id: String,
    /// Whether it counts for the quorum.
    pub voter: bool,
    /// Whether the asked node takes it for the leader.
    pub leader: bool,
}

impl Member {
    /// The pod that it is, by its id.
    pub fn pod(&self) -> Option<(Which, u32)> {
        let (set, ordinal) = self.id.rsplit_once('-')?;
        let which = if set.ends_with("-readers") { Which::Readers } else { Which::Voters };
        Some((which, ordinal.parse().ok()?))
    }
}

/// A node's own view of Raft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaftState {
    /// It says that it leads.
    pub leads: bool,
    /// Raft's term.
    pub term: u64,
    /// How many voters its latest configuration has; 0 for a node without any state.
    pub voters: usize,
    /// Whether that configuration names it.
    pub member: bool,
}

/// The members this node knows of.
///
/// # Errors
/// When it does not answer, or answers something else.
pub fn members(cluster: &dyn Cluster, ordinal: u32) -> Outcome<Vec<Member>> {
    let answer = get(cluster, ordinal, "/nodes?nonvoters&ver=2&timeout=1s")?;
    let nodes = answer["nodes"].as_array().ok_or_else(|| Failure::new(format!("no members in {answer}")))?;
    let read = |node: &Value| Member {
        id: node["id"].as_str().unwrap_or_default().to_owned(),
        voter: node["voter"] == true,
        leader: node["leader"] == true,
    };
    let mut members: Vec<_> = nodes.iter().map(read).collect();
    members.sort();
    Ok(members)
}

/// What this node says about itself.
///
/// # Errors
/// When it does not answer, or answers something else.
pub fn raft_state(cluster: &dyn Cluster, ordinal: u32) -> Outcome<RaftState> {
    let raft = get(cluster, ordinal, "/status?key=store.raft")?;
    let configuration = raft["latest_configuration"].as_str().unwrap_or_default();
    let me = get(cluster, ordinal, "/status?key=store.node_id")?;
    let id = format!("ID:{} ", me.as_str().unwrap_or_default());
    Ok(RaftState {
        leads: raft["state"] == "Leader",
        term: raft["term"].as_u64().unwrap_or_default(),
        voters: configuration.matches("Suffrage:Voter").count(),
        member: configuration.contains(&id),
    })
}

/// The ids of all rows in this node's own database (`level=none`: nobody else is asked).
///
/// # Errors
/// When it does not answer, or has no such table.
pub fn row_ids(cluster: &dyn Cluster, ordinal: u32) -> Outcome<BTreeSet<u64>> {
    let body = json!([format!("SELECT id FROM {TABLE}")]).to_string();
    let answer = post(cluster, ordinal, "/db/query?level=none", &body)?;
    let result = &answer["results"][0];
    if let Some(error) = result["error"].as_str() {
        return Err(Failure::new(error));
    }
    let rows = result["values"].as_array().into_iter().flatten();
    Ok(rows.filter_map(|row| row[0].as_u64()).collect())
}

/// Executes statements, given as rqlite's JSON, through this node. `Ok` means acknowledged.
///
/// # Errors
/// When it does not answer, or any statement failed; a write may still have been made.
pub fn execute(cluster: &dyn Cluster, ordinal: u32, statements: &Value) -> Outcome {
    let answer = post(cluster, ordinal, "/db/execute?timeout=2s", &statements.to_string())?;
    let results = answer["results"].as_array().ok_or_else(|| Failure::new(format!("no results in {answer}")))?;
    // A node that finds no leader answers 200, with an error beside an empty list.
    if results.is_empty() || answer.get("error").is_some() || results.iter().any(|r| r.get("error").is_some()) {
        return Err(Failure::new(answer));
    }
    Ok(())
}

/// The version of rqlite that this node runs: `10.2.7`.
///
/// # Errors
/// When it does not answer, or answers something else.
pub fn version(cluster: &dyn Cluster, ordinal: u32) -> Outcome<String> {
    let answer = get(cluster, ordinal, "/status?key=build.version")?;
    let version = answer.as_str().and_then(|version| version.strip_prefix('v'));
    version.map(str::to_owned).ok_or_else(|| Failure::new(format!("no version in {answer}")))
}

fn get(cluster: &dyn Cluster, ordinal: u32, path: &str) -> Outcome<Value> {
    ask(cluster, ordinal, &Request::get(path, PATIENCE))
}

fn post(cluster: &dyn Cluster, ordinal: u32, path: &str, body: &str) -> Outcome<Value> {
    ask(cluster, ordinal, &Request::post(path, body, PATIENCE))
}

fn ask(cluster: &dyn Cluster, ordinal: u32, request: &Request<'_>) -> Outcome<Value> {
    let response = cluster.http(ordinal, request)?;
    if response.status != 200 {
        return Err(Failure::new(format!("{}: {}", response.status, response.body.trim())));
    }
    Ok(serde_json::from_str(&response.body)?)
}
