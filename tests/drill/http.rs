//! Just enough HTTP to ask an rqlite node something.
//!
//! In: a [`Client`], an address and a request. Out: status and body. HTTP/1.0 on purpose: Go then answers without chunks and
//! closes the connection, so that a body ends where the stream ends. No redirects, no reuse of connections.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::tls::Tls;

/// Where rqlited answers HTTP, unless told otherwise.
pub const RQLITE_PORT: u16 = 4001;
/// Where it talks to the others.
pub const RAFT_PORT: u16 = 4002;

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

/// How somebody asks: over what, and as whom.
#[derive(Debug, Clone)]
pub struct Client {
    tls: Option<Tls>,
    /// The value of the header.
    authorization: Option<String>,
}

impl Client {
    /// Without TLS, as nobody.
    pub const PLAIN: Self = Self { tls: None, authorization: None };

    /// Over TLS, as nobody.
    pub const fn over(tls: Tls) -> Self {
        Self { tls: Some(tls), authorization: None }
    }

    /// The same as this user (basic authentication).
    #[must_use]
    pub fn as_user(self, name: &str, password: &str) -> Self {
        let authorization = format!("Basic {}", STANDARD.encode(format!("{name}:{password}")));
        Self { authorization: Some(authorization), ..self }
    }

    /// Sends one request and reads the answer to its end.
    ///
    /// # Errors
    /// When there is no connection, no answer in time, or an answer that is not HTTP.
    pub fn send(&self, to: SocketAddr, request: &Request<'_>) -> io::Result<Response> {
        let mut stream = Timed::connect(to, request.timeout)?;
        let question = self.question(to, request);
        match &self.tls {
            None => exchange(&mut stream, &question),
            Some(tls) => exchange(&mut tls.over(stream)?, &question),
        }
    }

    fn question(&self, to: SocketAddr, request: &Request<'_>) -> String {
        let (method, body) = (if request.body.is_some() { "POST" } else { "GET" }, request.body.unwrap_or_default());
        let authorization = self.authorization.iter().map(|value| format!("Authorization: {value}\r\n"));
        format!(
            "{method} {} HTTP/1.0\r\nHost: {to}\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            request.path,
            authorization.collect::<String>(),
            body.len()
        )
    }
}

fn exchange(stream: &mut (impl Read + Write), question: &str) -> io::Result<Response> {
    stream.write_all(question.as_bytes())?;
    stream.flush()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    parse(&answer)
}

/// A connection whose every step must end before one deadline.
#[derive(Debug)]
pub(super) struct Timed {
    stream: TcpStream,
    deadline: Instant,
}

impl Timed {
    pub(super) fn connect(to: SocketAddr, timeout: Duration) -> io::Result<Self> {
        let deadline = Instant::now() + timeout;
        Ok(Self { stream: TcpStream::connect_timeout(&to, timeout)?, deadline })
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.left()?))?;
        self.stream.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.left()?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
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
    fn a_user_is_named_in_each_question() {
        let to = SocketAddr::from(([127, 0, 0, 1], 1));
        let request = Request::get("/readyz", Duration::from_secs(1));
        // The example of RFC 7617.
        let question = Client::PLAIN.as_user("Aladdin", "open sesame").question(to, &request);
        assert!(question.contains("\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"), "{question}");
        assert!(!Client::PLAIN.question(to, &request).contains("Authorization"));
    }

    #[test]
    fn an_answer_without_headers_is_an_error() {
        assert!(parse(b"nonsense").is_err());
    }
}
