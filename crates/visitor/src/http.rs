//! HTTP/1.1 over one socket, enough for our own server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Why a visit failed.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The host doesn't answer, or cut the line.
    #[error("connection: {0}")]
    Io(#[from] std::io::Error),
    /// What came is not HTTP.
    #[error("not an HTTP answer: {0}")]
    Malformed(String),
    /// A redirect that says nowhere.
    #[error("a redirect without Location")]
    NoLocation,
    /// Redirects in a circle.
    #[error("too many redirects")]
    TooManyRedirects,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, chunks joined.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

pub(crate) struct Connection {
    address: String,
    pub(crate) accept: String,
    stream: Option<BufReader<TcpStream>>,
}

/// What a browser asks for.
const BROWSER: &str = "text/html,application/json;q=0.9,*/*;q=0.5";

impl Connection {
    pub(crate) fn new(address: &str) -> Self {
        Self { address: address.to_owned(), accept: BROWSER.to_owned(), stream: None }
    }

    pub(crate) fn twin(&self) -> Self {
        Self { address: self.address.clone(), accept: self.accept.clone(), stream: None }
    }

    /// The path of an address of this host; a path stays as it is.
    pub(crate) fn own_path(&self, to: &str) -> String {
        let own = to.strip_prefix("http://").and_then(|rest| rest.split_once('/'));
        own.map_or_else(|| to.to_owned(), |(_, path)| format!("/{path}"))
    }

    pub(crate) fn exchange(
        &mut self,
        method: &str,
        path: &str,
        cookies: &str,
        body: Option<(&str, &[u8])>,
    ) -> Result<Answer, Failed> {
        let request = self.head(method, path, cookies, body);
        let kept = self.stream.is_some();
        match self.try_exchange(&request, body) {
            // The server may have closed a connection that rested: once more on a new one.
            Err(Failed::Io(_) | Failed::Malformed(_)) if kept => {
                self.stream = None;
                self.try_exchange(&request, body)
            }
            other => other,
        }
    }

    fn head(&self, method: &str, path: &str, cookies: &str, body: Option<(&str, &[u8])>) -> String {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept: {}\r\nAccept-Language: es-CL\r\n",
            self.address, self.accept
        );
        if !cookies.is_empty() {
            head.push_str(&format!("Cookie: {cookies}\r\n"));
        }
        if method == "POST" {
            head.push_str(&format!("Origin: http://{}\r\nSec-Fetch-Site: same-origin\r\n", self.address));
        }
        if let Some((content_type, body)) = body {
            head.push_str(&format!("Content-Type: {content_type}\r\nContent-Length: {}\r\n", body.len()));
        }
        head + "\r\n"
    }

    fn try_exchange(&mut self, head: &str, body: Option<(&str, &[u8])>) -> Result<Answer, Failed> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let socket = TcpStream::connect(&self.address)?;
                socket.set_nodelay(true)?;
                socket.set_read_timeout(Some(Duration::from_secs(60)))?;
                none.insert(BufReader::new(socket))
            }
        };
        let mut message = head.as_bytes().to_vec();
        message.extend_from_slice(body.map_or(&[][..], |b| b.1));
        stream.get_mut().write_all(&message)?;
        let answer = read_answer(stream)?;
        if answer.header("connection").is_some_and(|c| c.eq_ignore_ascii_case("close")) {
            self.stream = None;
        }
        Ok(answer)
    }
}

fn read_answer(stream: &mut impl BufRead) -> Result<Answer, Failed> {
    let line = read_line(stream)?;
    let status =
        line.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or_else(|| Failed::Malformed(line.clone()))?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(stream)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(|| Failed::Malformed(line.clone()))?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut answer = Answer { status, headers, body: Vec::new() };
    read_body(stream, &mut answer)?;
    Ok(answer)
}

fn read_body(stream: &mut impl BufRead, answer: &mut Answer) -> Result<(), Failed> {
    if answer.status == 204 || answer.status == 304 {
        return Ok(());
    }
    if answer.header("transfer-encoding").is_some_and(|t| t.eq_ignore_ascii_case("chunked")) {
        loop {
            let line = read_line(stream)?;
            let size = usize::from_str_radix(line.trim(), 16).map_err(|_| Failed::Malformed(line))?;
            read_exactly(stream, &mut answer.body, size)?;
            read_line(stream)?;
            if size == 0 {
                return Ok(());
            }
        }
    }
    let length = answer.header("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    read_exactly(stream, &mut answer.body, length)
}

fn read_exactly(stream: &mut impl Read, into: &mut Vec<u8>, length: usize) -> Result<(), Failed> {
    let at = into.len();
    into.resize(at + length, 0);
    Ok(stream.read_exact(&mut into[at..])?)
}

fn read_line(stream: &mut impl BufRead) -> Result<String, Failed> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
