//! Just enough HTTP to ask an rqlite node something.
//!
//! In: an address and a request. Out: status and body. HTTP/1.0 on purpose: Go then answers without chunks and closes the
//! connection, so that a body ends where the stream ends. No TLS, no redirects, no reuse of connections.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Where rqlited answers HTTP, unless told otherwise.
pub const RQLITE_PORT: u16 = 4001;

/// A request to send.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Path and query.
    pub path: &'a str,
    /// JSON to POST; without it the request is a GET.
    pub body: Option<&'a str>,
    /// For all of it: connecting, sending, reading.
    pub timeout: Duration,
}

impl<'a> Request<'a> {
    /// A GET.
    pub const fn get(path: &'a str, timeout: Duration) -> Self {
        Self { path, body: None, timeout }
    }

    /// A POST of JSON.
    pub const fn post(path: &'a str, body: &'a str, timeout: Duration) -> Self {
        Self { path, body: Some(body), timeout }
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Everything after the headers.
    pub body: String,
}

/// Sends one request and reads the answer to its end.
///
/// # Errors
/// When there is no connection, no answer in time, or an answer that is not HTTP.
pub fn send(to: SocketAddr, request: &Request<'_>) -> io::Result<Response> {
    let deadline = Instant::now() + request.timeout;
    let mut stream = TcpStream::connect_timeout(&to, request.timeout)?;
    stream.set_write_timeout(Some(left(deadline)?))?;
    let body = request.body.unwrap_or_default();
    let method = if request.body.is_some() { "POST" } else { "GET" };
    let head = format!(
        "{method} {} HTTP/1.0\r\nHost: {to}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        request.path,
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())?;
    parse(&read_all(&mut stream, deadline)?)
}

fn read_all(stream: &mut TcpStream, deadline: Instant) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        stream.set_read_timeout(Some(left(deadline)?))?;
        match stream.read(&mut buffer)? {
            0 => return Ok(all),
            n => all.extend_from_slice(&buffer[..n]),
        }
    }
}

fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

fn parse(answer: &[u8]) -> io::Result<Response> {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
    Ok(Response { status, body: body.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_split_at_the_empty_line() {
        let answer = parse(b"HTTP/1.0 503 Service Unavailable\r\nX: y\r\n\r\nno leader").unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (503, "no leader"));
    }

    #[test]
    fn an_answer_without_headers_is_an_error() {
        assert!(parse(b"nonsense").is_err());
    }
}
