//! A browser that does as little as possible: one connection, kept alive, and answers whose headers can be asked for.

use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::load::read_answer_with;
use crate::Outcome;

/// What came back.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: Vec<String>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// A header's value; its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// Every cookie that it sets, as a request sends them.
    pub(super) fn cookies(&self) -> String {
        let set = self.headers.iter().filter_map(|line| line.split_once(':'));
        let set = set.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        let pairs = set.filter_map(|(_, value)| value.trim().split(';').next());
        pairs.filter(|pair| !pair.ends_with('=')).collect::<Vec<_>>().join("; ")
    }

    /// A query parameter of the address that it leads to, as it is written.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let (_, query) = self.header("location")?.split_once('?')?;
        query.split('&').find_map(|pair| pair.split_once('=').filter(|(n, _)| *n == name).map(|(_, v)| v))
    }

    /// The value of a hidden field.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.body);
        let (_, rest) = text.split_once(&format!("name=\"{name}\" value=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    }
}

/// A connection.
pub(super) struct Connection {
    address: String,
    reader: BufReader<TcpStream>,
}

impl Connection {
    pub(super) fn open(address: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { address: address.to_owned(), reader: BufReader::with_capacity(16 * 1024, stream) })
    }

    pub(super) fn get(&mut self, path: &str, cookies: &str) -> Outcome<Answer> {
        self.send(&format!("GET {path}"), cookies, "")
    }

    pub(super) fn post(&mut self, path: &str, cookies: &str, form: &str) -> Outcome<Answer> {
        self.send(&format!("POST {path}"), cookies, form)
    }

    fn send(&mut self, what: &str, cookies: &str, form: &str) -> Outcome<Answer> {
        let request = format!(
            "{what} HTTP/1.1\r\nHost: {}\r\nAccept: */*\r\nCookie: {cookies}\r\nContent-Type: \
             application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.address,
            form.len()
        );
        self.reader.get_mut().write_all(request.as_bytes())?;
        let mut answer = Answer::default();
        let headers = &mut answer.headers;
        answer.status =
            read_answer_with(&mut self.reader, &mut answer.body, |line| headers.push(line.to_owned()))?;
        Ok(answer)
    }
}
