//! The pods of one namespace, as the API server knows them at this moment.
//!
//! In: the API. Out: [`PodWatch::replicas`], cheap enough to be asked all the time: a thread lists once, then follows the
//! changes. Whoever else wants each state of each pod gets it as it comes ([`PodWatch::start`]'s `tell`).

use std::collections::BTreeMap;
use std::io::BufRead as _;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, sleep};
use std::time::Duration;

use serde_json::Value;

use crate::drill::cluster::{Failure, Outcome, Pod};

use super::api::Api;

/// A watch is begun anew after so many seconds: shorter than what counts as silence.
const WATCH_SECONDS: u32 = 60;

/// A pod of the StatefulSet.
#[derive(Debug, Clone)]
pub(super) struct Replica {
    pub(super) name: String,
    pub(super) pod: Pod,
    /// The containers that run in it or have last run in it, by the runtime's id.
    pub(super) containers: Vec<String>,
    /// Something keeps the scheduler from giving it a node.
    pub(super) gated: bool,
}

type Table = Arc<Mutex<BTreeMap<String, Replica>>>;

/// The thread that follows; it ends with the proxy.
#[derive(Debug)]
pub(super) struct PodWatch {
    table: Table,
    thread: Option<JoinHandle<()>>,
}

impl PodWatch {
    /// Begins to follow. `tell` is given every pod of the namespace, each time something about it changes.
    pub(super) fn start(api: Api, namespace: &str, tell: impl Fn(&Value) + Send + 'static) -> Self {
        let table = Table::default();
        let follower =
            Follower { api, path: format!("/api/v1/namespaces/{namespace}/pods"), table: Arc::clone(&table) };
        let thread = thread::spawn(move || {
            // The list fails when the proxy is gone, which is how this ends; the watch may end at any time.
            while let Ok(version) = follower.list_patiently(&tell) {
                let _ = follower.watch(&version, &tell);
            }
        });
        Self { table, thread: Some(thread) }
    }

    /// The StatefulSet's pods, by ordinal.
    pub(super) fn replicas(&self) -> Vec<Replica> {
        let table = self.table.lock().expect("the watch does not panic");
        let mut replicas: Vec<_> = table.values().cloned().collect();
        replicas.sort_by_key(|replica| replica.pod.ordinal);
        replicas
    }

    /// Waits for the end of the thread; the proxy must be gone.
    pub(super) fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Follower {
    api: Api,
    path: String,
    table: Table,
}

impl Follower {
    /// The API server may be slow for a moment; a proxy that refuses connections is gone.
    fn list_patiently(&self, tell: &impl Fn(&Value)) -> Outcome<String> {
        let mut result = self.list(tell);
        for _ in 0..5 {
            if result.is_ok() {
                break;
            }
            sleep(Duration::from_millis(200));
            result = self.list(tell);
        }
        result
    }

    /// Learns all pods at once; returns the version from which on changes are of interest.
    fn list(&self, tell: &impl Fn(&Value)) -> Outcome<String> {
        let list = self.api.get(&self.path)?;
        let items = list["items"].as_array().ok_or_else(|| Failure::new("a list without items"))?;
        items.iter().for_each(tell);
        let replicas = items.iter().filter_map(read).map(|replica| (replica.name.clone(), replica)).collect();
        *self.table.lock().expect("nobody panics with it") = replicas;
        Ok(list["metadata"]["resourceVersion"].as_str().unwrap_or_default().to_owned())
    }

    fn watch(&self, version: &str, tell: &impl Fn(&Value)) -> Outcome {
        let path = format!("{}?watch=1&resourceVersion={version}&timeoutSeconds={WATCH_SECONDS}", self.path);
        for line in self.api.stream(&path)?.lines() {
            let event: Value = serde_json::from_str(&line?)?;
            let object = &event["object"];
            match event["type"].as_str() {
                Some("ADDED" | "MODIFIED") => {
                    tell(object);
                    if let Some(replica) = read(object) {
                        self.table.lock().expect("nobody panics with it").insert(replica.name.clone(), replica);
                    }
                }
                Some("DELETED") => {
                    let name = object["metadata"]["name"].as_str().unwrap_or_default();
                    self.table.lock().expect("nobody panics with it").remove(name);
                }
                // The version is too old, for example.
                _ => return Err(Failure::new(event)),
            }
        }
        Ok(())
    }
}

/// What a drill sees of a pod, if a StatefulSet owns it.
fn read(object: &Value) -> Option<Replica> {
    let (metadata, status) = (&object["metadata"], &object["status"]);
    metadata["ownerReferences"].as_array()?.iter().find(|owner| owner["kind"] == "StatefulSet")?;
    let name = metadata["name"].as_str()?;
    let containers = || status["containerStatuses"].as_array().into_iter().flatten();
    let terminating = metadata.get("deletionTimestamp").is_some();
    let conditions = status["conditions"].as_array();
    let restarts = containers().filter_map(|container| container["restartCount"].as_u64()).sum::<u64>();
    Some(Replica {
        name: name.to_owned(),
        pod: Pod {
            ordinal: name.rsplit('-').next()?.parse().ok()?,
            uid: metadata["uid"].as_str()?.to_owned(),
            address: status["podIP"].as_str().and_then(|address| address.parse().ok()),
            running: containers().any(|container| container["state"].get("running").is_some()),
            ready: !terminating && conditions.into_iter().flatten().any(is_ready),
            terminating,
            restarts: u32::try_from(restarts).unwrap_or(u32::MAX),
        },
        containers: containers().filter_map(|c| c["containerID"].as_str()).map(str::to_owned).collect(),
        gated: object["spec"].get("schedulingGates").is_some(),
    })
}

fn is_ready(condition: &Value) -> bool {
    condition["type"] == "Ready" && condition["status"] == "True"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object() -> Value {
        json!({
            "metadata": { "name": "rqdb-1", "uid": "u", "ownerReferences": [{ "kind": "StatefulSet" }] },
            "spec": {},
            "status": {
                "podIP": "10.0.0.1",
                "conditions": [{ "type": "Ready", "status": "True" }],
                "containerStatuses": [{ "containerID": "c", "restartCount": 2, "state": { "running": {} } }]
            }
        })
    }

    #[test]
    fn a_replica_is_read() {
        let replica = read(&object()).unwrap();
        assert_eq!((replica.pod.ordinal, replica.pod.restarts, replica.pod.ready), (1, 2, true));
        assert!(replica.pod.running && !replica.gated);
    }

    #[test]
    fn a_pod_that_is_being_deleted_is_not_ready() {
        let mut object = object();
        object["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
        let pod = read(&object).unwrap().pod;
        assert!(pod.terminating && !pod.ready);
    }

    #[test]
    fn pods_of_others_are_no_replicas() {
        let mut object = object();
        object["metadata"]["ownerReferences"][0]["kind"] = json!("ReplicaSet");
        assert!(read(&object).is_none());
    }
}
