//! The page as a web server's answers: requests' text in, answers' bytes out. Knows no sockets.

/// What was embedded, by path; nothing where `cargo xtask web` had not run.
pub(crate) const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// Nothing but the page's own files, no evaluation of text, no other page around it.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; frame-ancestors 'none'";

/// Answers the head of a request. Only what is in the table can be had, by its exact path.
pub(crate) fn answer(files: &[(&str, &'static [u8])], head: &str) -> Vec<u8> {
    let mut words = head.lines().next().unwrap_or_default().split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_http = words.next().is_some_and(|version| version.starts_with("HTTP/1."));
    let path = target.split('?').next().unwrap_or_default();
    let path = if path == "/" { "/index.html" } else { path };
    let found = files.iter().find(|(name, _)| path.strip_prefix('/') == Some(*name));
    let (status, kind, body) = match (method, found) {
        _ if !is_http => ("400 Bad Request", "text/plain; charset=utf-8", b"not HTTP\n".as_slice()),
        ("GET" | "HEAD", Some((name, bytes))) => ("200 OK", media_type(name), *bytes),
        ("GET" | "HEAD", None) => ("404 Not Found", "text/plain; charset=utf-8", b"there is no such file\n".as_slice()),
        _ => ("405 Method Not Allowed", "text/plain; charset=utf-8", b"only GET and HEAD\n".as_slice()),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nContent-Security-Policy: {POLICY}\r\n\
         X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-cache\r\nConnection: close\r\n\r\n"
    );
    let body = if method == "HEAD" { &[] } else { body };
    [head.as_bytes(), body].concat()
}

/// The type of a file by its name: scripts and wasm of another type are not run.
fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[(&str, &[u8])] = &[("assets/engine.wasm", b"\0asm"), ("index.html", b"<!doctype html>")];

    fn ask(line: &str) -> String {
        String::from_utf8(answer(TABLE, &format!("{line}\r\nHost: 127.0.0.1\r\n\r\n"))).unwrap()
    }

    #[test]
    fn files_have_their_type_and_the_policy() {
        let page = ask("GET / HTTP/1.1");
        assert!(
            page.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 15\r\n")
        );
        assert!(page.contains("Content-Security-Policy: default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"));
        assert!(page.ends_with("\r\n\r\n<!doctype html>"));
        assert!(ask("GET /assets/engine.wasm?v=1 HTTP/1.1").contains("Content-Type: application/wasm\r\n"));
        assert!(ask("HEAD / HTTP/1.1").ends_with("\r\n\r\n"));
    }

    #[test]
    fn nothing_else_can_be_had() {
        for path in ["/../Cargo.toml", "//etc/passwd", "/assets/", "/assets/..%2findex.html", "index.html", ""] {
            assert!(ask(&format!("GET {path} HTTP/1.1")).starts_with("HTTP/1.1 404 "), "{path}");
        }
        assert!(ask("POST / HTTP/1.1").starts_with("HTTP/1.1 405 "));
        assert!(ask("\u{16}\u{3}").starts_with("HTTP/1.1 400 "));
    }
}
