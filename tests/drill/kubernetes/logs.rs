//! What the containers of one namespace write, kept when they and their pods are gone.
//!
//! In: pods as they change ([`Logs::look`]). Out: [`Logs::all`], one text a pod. A container is followed from its first
//! line as soon as it runs. Lines carry the kubelet's time stamps, and a line that is seen twice is kept once: so a stream
//! may be followed anew at any time, and it does no harm that the API names containers by their place and not by their id.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead as _;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use serde_json::Value;

use crate::drill::cluster::Log;

use super::api::Api;

/// How often a stream is followed anew that was cut or silent.
const ATTEMPTS: u32 = 20;

#[derive(Debug, Default)]
struct Lines {
    seen: BTreeSet<String>,
    text: String,
}

impl Lines {
    fn add(&mut self, line: String) {
        if !self.seen.contains(&line) {
            self.text.extend([line.as_str(), "\n"]);
            self.seen.insert(line);
        }
    }
}

type Texts = Arc<Mutex<BTreeMap<String, Lines>>>;

/// All logs of a namespace.
#[derive(Debug)]
pub(super) struct Logs {
    api: Api,
    texts: Texts,
    followed: Mutex<BTreeSet<String>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Logs {
    pub(super) fn new(api: Api) -> Self {
        Self { api, texts: Texts::default(), followed: Mutex::default(), threads: Mutex::default() }
    }

    /// Follows the containers of this pod that are not followed yet.
    pub(super) fn look(&self, pod: &Value) {
        let text = |field: &str| pod["metadata"][field].as_str().unwrap_or_default();
        for status in pod["status"]["containerStatuses"].as_array().into_iter().flatten() {
            let Some(id) = status["containerID"].as_str() else { continue };
            if !self.followed.lock().expect("nobody panics with it").insert(id.to_owned()) {
                continue;
            }
            let path = format!(
                "/api/v1/namespaces/{}/pods/{}/log?follow=true&timestamps=true&container={}",
                text("namespace"),
                text("name"),
                status["name"].as_str().unwrap_or_default()
            );
            // By uid: the next pod of this name is another one.
            let name = format!("{}-{}", text("name"), text("uid").split('-').next().unwrap_or_default());
            let (api, texts) = (self.api, Arc::clone(&self.texts));
            let thread = thread::spawn(move || follow(api, &path, &name, &texts));
            self.threads.lock().expect("nobody panics with it").push(thread);
        }
    }

    /// Everything so far.
    pub(super) fn all(&self) -> Vec<Log> {
        let texts = self.texts.lock().expect("nobody panics with it");
        texts.iter().map(|(name, lines)| Log { name: name.clone(), text: lines.text.clone() }).collect()
    }

    /// Waits for the end of all streams; the proxy must be gone.
    pub(super) fn join(&self) {
        for thread in self.threads.lock().expect("nobody panics with it").drain(..) {
            let _ = thread.join();
        }
    }
}

fn follow(api: Api, path: &str, name: &str, texts: &Texts) {
    for _ in 0..ATTEMPTS {
        let Ok(stream) = api.stream(path) else { return };
        let mut whole = true;
        for line in stream.lines() {
            match line {
                Ok(line) => texts.lock().expect("nobody panics with it").entry(name.to_owned()).or_default().add(line),
                Err(_) => whole = false, // silent for long, or not text: begin anew
            }
            if !whole {
                break;
            }
        }
        if whole {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_seen_twice_is_kept_once() {
        let mut lines = Lines::default();
        for line in ["1 a", "2 b", "1 a", "2 b", "3 a"] {
            lines.add(line.to_owned());
        }
        assert_eq!(lines.text, "1 a\n2 b\n3 a\n");
    }
}
