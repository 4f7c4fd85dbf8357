//! The cluster's DNS, as far as rqlite and a shell ask it.
//!
//! In: a function from a name to its addresses now. Out: answers over UDP to A queries; AAAA gets an empty answer for names
//! that exist. With a cache time every answer, NXDOMAIN too, is repeated for that long after it was first given, which is
//! what `CoreDNS` does with `cache 30` and kubeadm clusters did before v1.34.

use std::collections::HashMap;
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::drill::cluster::Outcome;

/// Addresses of a name; none at all means that there is no such name.
pub(super) type Resolve = dyn Fn(&str) -> Option<Vec<Ipv4Addr>> + Send + Sync;

const TYPE_A: u16 = 1;

/// A running server; it ends when dropped.
pub(super) struct Dns {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Dns {
    pub(super) fn start(address: Ipv4Addr, cache: Duration, resolve: Box<Resolve>) -> Outcome<Self> {
        let socket = UdpSocket::bind((address, 53))?;
        socket.set_read_timeout(Some(Duration::from_millis(100)))?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || serve(&socket, cache, &resolve, &stopped));
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Dns {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

type Cached = HashMap<String, (Instant, Option<Vec<Ipv4Addr>>)>;

fn serve(socket: &UdpSocket, cache: Duration, resolve: &Resolve, stop: &AtomicBool) {
    let mut cached = Cached::new();
    let mut buffer = [0; 512];
    while !stop.load(Ordering::Relaxed) {
        let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
        let Some(question) = Question::parse(&buffer[..length]) else { continue };
        cached.retain(|_, (asked, _)| asked.elapsed() < cache);
        let answer = match cached.get(&question.name) {
            Some((_, answer)) => answer.clone(),
            None => resolve(&question.name),
        };
        cached.entry(question.name.clone()).or_insert_with(|| (Instant::now(), answer.clone()));
        // The one who asked may be gone: it asks again if it is not.
        let _ = socket.send_to(&question.answer(answer.as_deref()), from);
    }
}

/// A query with one question, which is all that resolvers send.
struct Question<'a> {
    id: &'a [u8],
    /// Name, type and class, to be repeated in the answer.
    raw: &'a [u8],
    name: String,
    kind: u16,
}

impl<'a> Question<'a> {
    fn parse(packet: &'a [u8]) -> Option<Self> {
        let body = packet.get(12..)?;
        let (mut labels, mut at) = (Vec::new(), 0);
        loop {
            let length = usize::from(*body.get(at)?);
            at += 1;
            if length == 0 {
                break;
            }
            labels.push(String::from_utf8_lossy(body.get(at..at + length)?).to_ascii_lowercase());
            at += length;
        }
        let kind = u16::from_be_bytes(body.get(at..at + 2)?.try_into().ok()?);
        Some(Self { id: packet.get(..2)?, raw: body.get(..at + 4)?, name: labels.join("."), kind })
    }

    fn answer(&self, addresses: Option<&[Ipv4Addr]>) -> Vec<u8> {
        let found = if self.kind == TYPE_A { addresses.unwrap_or_default() } else { &[] };
        let code = if addresses.is_some() { 0 } else { 3 }; // 3 is NXDOMAIN
        let count = u8::try_from(found.len()).unwrap_or(u8::MAX);
        let mut packet = self.id.to_vec();
        // Answer, authoritative, recursion wanted and available; one question, so many answers.
        packet.extend([0x85, 0x80 | code, 0, 1, 0, count, 0, 0, 0, 0]);
        packet.extend(self.raw);
        for address in found.iter().take(usize::from(count)) {
            // Name: see byte 12. Type A, class IN, valid for 5 s, four bytes.
            packet.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4]);
            packet.extend(address.octets());
        }
        packet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: &[u8] = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x02bc\x00\x00\x01\x00\x01";

    #[test]
    fn a_name_is_read_and_answered() {
        let question = Question::parse(QUERY).unwrap();
        assert_eq!((question.name.as_str(), question.kind), ("a.bc", TYPE_A));
        let answer = question.answer(Some(&[Ipv4Addr::new(10, 0, 0, 7)]));
        assert_eq!((&answer[..2], answer[3] & 15, answer[7]), (&QUERY[..2], 0, 1));
        assert!(answer.ends_with(&[10, 0, 0, 7]));
    }

    #[test]
    fn a_name_that_is_not_there_is_denied() {
        assert_eq!(Question::parse(QUERY).unwrap().answer(None)[3] & 15, 3);
    }

    #[test]
    fn half_a_packet_is_no_question() {
        assert!(Question::parse(&QUERY[..14]).is_none());
    }
}
