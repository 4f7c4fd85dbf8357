//! Startup, readiness and liveness probes, as the kubelet runs them.
//!
//! In: a probe's specification and the way into a container. Out: [`Prober`], a thread that asks at every period and a
//! verdict that changes at the thresholds. What follows from a verdict is decided in [`super::pod`].

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use crate::drill::cluster::{Failure, Outcome};
use crate::drill::http::{Client, Request};
use crate::drill::tls::Tls;

use super::container::{Door, TICK};
use super::spec::{self, Handler, Probe, Scheme};

/// What a probe has found so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Neither threshold was reached yet.
    Unknown = 0,
    Passed = 1,
    Failed = 2,
}

/// Carries out one handler once; preStop hooks use it too.
#[derive(Debug, Clone)]
pub(super) struct Action {
    pub(super) handler: Handler,
    pub(super) door: Door,
    pub(super) address: Ipv4Addr,
    pub(super) container: spec::Container,
}

impl Action {
    pub(super) fn run(&self, timeout: Duration) -> Outcome {
        match &self.handler {
            Handler::Exec(exec) => self.door.exec(&exec.command, timeout).map(drop),
            Handler::HttpGet(get) => {
                let client = match get.scheme {
                    Scheme::Http => Client::PLAIN,
                    Scheme::Https => Client::over(Tls::blind()?),
                };
                let response = client.send(self.socket(&get.port)?, &Request::get(&get.path, timeout))?;
                // The kubelet takes redirects for success too.
                if (200..400).contains(&response.status) { Ok(()) } else { Err(Failure::new(response.body)) }
            }
            Handler::TcpSocket(tcp) => Ok(TcpStream::connect_timeout(&self.socket(&tcp.port)?, timeout).map(drop)?),
        }
    }

    fn socket(&self, port: &serde_json::Value) -> Outcome<SocketAddr> {
        let number = self.container.port(port).ok_or_else(|| Failure::new(format!("no port is called {port}")))?;
        Ok((self.address, number).into())
    }
}

/// A probe at work; it ends when dropped.
#[derive(Debug)]
pub(super) struct Prober {
    verdict: Arc<AtomicU8>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Prober {
    pub(super) fn start(probe: Probe, action: Action) -> Self {
        let (verdict, stop) = (Arc::new(AtomicU8::new(Verdict::Unknown as u8)), Arc::new(AtomicBool::new(false)));
        let (v, s) = (Arc::clone(&verdict), Arc::clone(&stop));
        let thread = thread::spawn(move || ask(&probe, &action, &v, &s));
        Self { verdict, stop, thread: Some(thread) }
    }

    pub(super) fn verdict(&self) -> Verdict {
        match self.verdict.load(Ordering::Relaxed) {
            1 => Verdict::Passed,
            2 => Verdict::Failed,
            _ => Verdict::Unknown,
        }
    }
}

impl Drop for Prober {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Not joined: a handler may have a while to go, and the container must not wait for it.
        drop(self.thread.take());
    }
}

fn ask(probe: &Probe, action: &Action, verdict: &AtomicU8, stop: &AtomicBool) {
    let mut next = Instant::now() + probe.initial_delay();
    let (mut passed, mut failed) = (0, 0);
    loop {
        while Instant::now() < next {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            sleep(TICK);
        }
        if action.run(probe.timeout()).is_ok() {
            (passed, failed) = (passed + 1, 0);
        } else {
            (passed, failed) = (0, failed + 1);
        }
        if stop.load(Ordering::Relaxed) {
            return;
        }
        if passed >= probe.successes() {
            verdict.store(Verdict::Passed as u8, Ordering::Relaxed);
        } else if failed >= probe.failures() {
            verdict.store(Verdict::Failed as u8, Ordering::Relaxed);
        }
        // A ticker: a slow answer does not shift the next question, but none is asked twice at once.
        next = (next + probe.period()).max(Instant::now());
    }
}
