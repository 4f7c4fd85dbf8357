//! `rqchart serve`: the configurator's page, for a browser on this machine.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crate::args::Serve;
use crate::failure::Failure;
use crate::page::{FILES, answer};
use crate::{Verdict, output};

/// The longest head of a request.
const LONGEST: u64 = 16 << 10;
/// How long a browser may be silent.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn run(args: &Serve) -> Result<Verdict, Failure> {
    if FILES.is_empty() {
        return Err(Failure::new(
            "this rqchart was built without the page; in a clone, run `cargo xtask web` and build it again",
        ));
    }
    let failed = |error: io::Error| Failure::new(format!("cannot listen on port {}: {error}", args.port));
    // Loopback alone: there is nothing to see for others, and no one to ask for a password.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    output::print(&format!("http://127.0.0.1:{port}/\n"))?;
    for connection in listener.incoming().flatten() {
        // A thread each: browsers open connections that they use later, or never.
        thread::spawn(move || serve(connection));
    }
    Ok(Verdict::Fine)
}

/// Answers one request. A connection that breaks is the browser's affair.
fn serve(mut connection: TcpStream) -> Option<()> {
    connection.set_read_timeout(Some(PATIENCE)).ok()?;
    connection.set_write_timeout(Some(PATIENCE)).ok()?;
    let head = read_head(&mut connection).ok()?;
    connection.write_all(&answer(FILES, &String::from_utf8_lossy(&head))).ok()?;
    connection.shutdown(Shutdown::Write).ok()
}

fn read_head(connection: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut bounded = connection.take(LONGEST);
    let mut part = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match bounded.read(&mut part)? {
            0 => break,
            length => head.extend_from_slice(&part[..length]),
        }
    }
    Ok(head)
}
