//! As much of a store of S3 as rqlited needs, in the test program.
//!
//! In: an address that pods reach. Out: one object, which uploads replace, whatever they call it, and which every download gets.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::cluster::Outcome;

/// The Secret of its keys, by the name that the example says.
pub const SECRET: &str = "rqdb-s3";

/// Who goes silent in the middle of something is not waited for: its power may have been cut.
const PATIENCE: Duration = Duration::from_secs(10);

/// A store that answers until the program ends.
#[derive(Debug, Clone)]
pub struct Store {
    address: SocketAddr,
    object: Arc<Mutex<Option<Object>>>,
}

#[derive(Debug, Clone)]
struct Object {
    bytes: Vec<u8>,
    since: Instant,
}

impl Store {
    /// An empty store, which thinks for this long before each answer.
    ///
    /// # Errors
    /// When this program has no such address.
    pub fn start(host: Ipv4Addr, slow: Duration) -> Outcome<Self> {
        let listener = TcpListener::bind((host, 0))?;
        let store = Self { address: listener.local_addr()?, object: Arc::default() };
        let own = store.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let own = own.clone();
                // Who has gone asks again.
                thread::spawn(move || own.answer(stream, slow));
            }
        });
        Ok(store)
    }

    /// Where it answers.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Puts this in place of what is there.
    pub fn put(&self, bytes: Vec<u8>) {
        *self.object.lock().expect("nobody panics with it") = Some(Object { bytes, since: Instant::now() });
    }

    /// When the last upload ended.
    pub fn last_upload(&self) -> Option<Instant> {
        self.object.lock().expect("nobody panics with it").as_ref().map(|object| object.since)
    }

    /// What lets anybody in who has read the example.
    pub fn secret() -> Value {
        let keys = json!({ "access-key-id": "id", "secret-access-key": "key" });
        json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": SECRET }, "stringData": keys })
    }

    fn answer(&self, stream: TcpStream, slow: Duration) -> io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let lengths = head.lines().filter_map(|line| line.split_once(": "));
        let length =
            lengths.filter(|(name, _)| name.eq_ignore_ascii_case("content-length")).find_map(|(_, n)| n.parse().ok());
        let mut body = vec![0; length.unwrap_or_default()];
        reader.read_exact(&mut body)?;
        sleep(slow);
        let mut stream = reader.into_inner();
        let method = head.split(' ').next().unwrap_or_default();
        let object = self.object.lock().expect("nobody panics with it").clone();
        match (method, object) {
            ("PUT", _) => {
                self.put(body);
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nETag: \"drill\"\r\nContent-Length: 0\r\n\r\n")
            }
            (_, None) => stream.write_all(b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
            (_, Some(Object { bytes, .. })) => {
                let (length, last) = (bytes.len(), bytes.len().saturating_sub(1));
                let head = format!(
                    "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nContent-Length: {length}\r\n\
                     Content-Range: bytes 0-{last}/{length}\r\n\r\n"
                );
                stream.write_all(head.as_bytes())?;
                if method == "GET" { stream.write_all(&bytes) } else { Ok(()) }
            }
        }
    }
}
