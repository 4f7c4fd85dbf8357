//! The API server, as plain HTTP on loopback: a `kubectl proxy`, which takes care of addresses, keys and TLS.
//!
//! In: paths. Out: JSON, or lines as they come. Two halves: [`Proxy`] owns the process, [`Api`] is a copyable way to it,
//! so that threads can read streams until the proxy, and with it every stream, ends.

use std::io::{self, BufRead, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::drill::cluster::{Failure, Outcome};
use crate::drill::http::{Client, Request, Response};

/// For one question.
const PATIENCE: Duration = Duration::from_secs(10);
/// Without a word on a stream. Watches are told to end before that; a log may well be silent.
const SILENCE: Duration = Duration::from_secs(90);

/// The process; its end is the end of every stream.
#[derive(Debug)]
pub(super) struct Proxy(Child);

impl Proxy {
    pub(super) fn start() -> Outcome<(Self, Api)> {
        let child = Command::new("kubectl")
            .args(["proxy", "--port=0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut proxy = Self(child);
        // "Starting to serve on 127.0.0.1:46185"
        let mut line = String::new();
        if let Some(stdout) = proxy.0.stdout.as_mut() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        let port: u16 = port.ok_or_else(|| Failure::new(format!("kubectl proxy says {line:?}")))?;
        Ok((proxy, Api { address: (Ipv4Addr::LOCALHOST, port).into() }))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where the proxy answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Api {
    address: SocketAddr,
}

impl Api {
    pub(super) fn get(self, path: &str) -> Outcome<Value> {
        let response = Client::PLAIN.send(self.address, &Request::get(path, PATIENCE))?;
        if response.status != 200 {
            return Err(Failure::new(format!("{path}: {} {}", response.status, response.body)));
        }
        Ok(serde_json::from_str(&response.body)?)
    }

    pub(super) fn post(self, path: &str, body: &Value) -> io::Result<Response> {
        Client::PLAIN.send(self.address, &Request::post(path, &body.to_string(), PATIENCE))
    }

    /// The lines of an answer that has no end yet.
    pub(super) fn stream(self, path: &str) -> io::Result<impl BufRead + use<>> {
        let mut stream = TcpStream::connect_timeout(&self.address, PATIENCE)?;
        stream.set_read_timeout(Some(SILENCE))?;
        // HTTP/1.0, as in http.rs: no chunks.
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address)?;
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        match head.split(' ').nth(1) {
            Some("200") => Ok(reader),
            _ => Err(io::Error::other(head.lines().next().unwrap_or_default().to_owned())),
        }
    }
}
