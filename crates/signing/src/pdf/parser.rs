//! Reads PDF syntax at a position.

use std::cell::Cell;
use std::ops::Range;

use super::object::{Dict, Object, Ref};
use super::{PdfError, PdfResult};

const MAX_DEPTH: u8 = 64;
/// Values of one object, those within it included.
const MAX_VALUES: usize = 1_000_000;

pub(crate) struct Parser<'a> {
    data: &'a [u8],
    pub(crate) pos: usize,
    depth: u8,
    /// How many values were read.
    pub(crate) values: usize,
    /// Where the value of `/Contents` of the outermost dictionary stands, delimiters included.
    pub(crate) contents: Option<Range<usize>>,
    at_end: Cell<bool>,
}

/// No word that is looked for is longer.
const LONGEST_WORD: usize = 16;

fn is_space(b: u8) -> bool {
    matches!(b, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_delimiter(b: u8) -> bool {
    matches!(b, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

impl<'a> Parser<'a> {
    pub(crate) fn new(data: &'a [u8], pos: usize) -> Self {
        Self { data, pos, depth: 0, values: 0, contents: None, at_end: Cell::new(false) }
    }

    /// Whether what was read might be another thing if there were more bytes behind these.
    pub(crate) fn met_end(&self) -> bool {
        self.at_end.get() || self.pos + LONGEST_WORD > self.data.len()
    }

    fn peek(&self) -> Option<u8> {
        let next = self.data.get(self.pos).copied();
        if next.is_none() {
            self.at_end.set(true);
        }
        next
    }

    fn rest(&self) -> &'a [u8] {
        let rest = self.data.get(self.pos..).unwrap_or_default();
        if rest.len() < LONGEST_WORD {
            self.at_end.set(true);
        }
        rest
    }

    pub(crate) fn skip_space(&mut self) {
        while let Some(b) = self.peek() {
            if b == b'%' {
                while self.peek().is_some_and(|b| b != b'\n' && b != b'\r') {
                    self.pos += 1;
                }
            } else if is_space(b) {
                self.pos += 1;
            } else {
                return;
            }
        }
    }

    /// Takes `word` when it stands here, after space.
    pub(crate) fn keyword(&mut self, word: &str) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(word.as_bytes())
            && self.rest().get(word.len()).is_none_or(|b| is_space(*b) || is_delimiter(*b));
        if found {
            self.pos += word.len();
        }
        found
    }

    pub(crate) fn unsigned(&mut self) -> PdfResult<u64> {
        self.skip_space();
        let digits = self.rest().iter().take_while(|b| b.is_ascii_digit()).count();
        let text = std::str::from_utf8(&self.rest()[..digits]).unwrap_or_default();
        let value = text.parse().map_err(|_| PdfError::Broken("number"))?;
        self.pos += digits;
        Ok(value)
    }

    /// `12 0 obj`, and the object's name.
    pub(crate) fn object_header(&mut self) -> PdfResult<Ref> {
        let broken = |_| PdfError::Broken("object header");
        let number = u32::try_from(self.unsigned()?).map_err(broken)?;
        let generation = u16::try_from(self.unsigned()?).map_err(broken)?;
        // "obj" may touch what follows it.
        self.skip_space();
        if !self.rest().starts_with(b"obj") {
            return Err(PdfError::Broken("object header"));
        }
        self.pos += 3;
        Ok(Ref { number, generation })
    }

    pub(crate) fn object(&mut self) -> PdfResult<Object> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(PdfError::Limit("depth"));
        }
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(PdfError::Limit("values"));
        }
        self.skip_space();
        let value = match self.peek().ok_or(PdfError::Broken("end of file"))? {
            b'/' => self.name().map(Object::Name),
            b'(' => self.literal().map(Object::Text),
            b'<' if self.rest().starts_with(b"<<") => self.dict().map(Object::Dict),
            b'<' => self.hex().map(Object::Text),
            b'[' => self.array(),
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number_or_ref(),
            _ => self.constant(),
        };
        self.depth -= 1;
        value
    }

    fn constant(&mut self) -> PdfResult<Object> {
        for (word, value) in
            [("null", Object::Null), ("true", Object::Bool(true)), ("false", Object::Bool(false))]
        {
            if self.keyword(word) {
                return Ok(value);
            }
        }
        Err(PdfError::Broken("unknown token"))
    }

    fn number_or_ref(&mut self) -> PdfResult<Object> {
        let length = self.rest().iter().take_while(|b| !is_space(**b) && !is_delimiter(**b)).count();
        let token = &self.rest()[..length];
        self.pos += length;
        let Ok(text) = std::str::from_utf8(token) else { return Err(PdfError::Broken("number")) };
        let Ok(n) = text.parse::<i64>() else {
            let real = text.parse::<f64>().is_ok();
            return if real { Ok(Object::Real(token.to_vec())) } else { Err(PdfError::Broken("number")) };
        };
        Ok(self.reference_after(n).unwrap_or(Object::Int(n)))
    }

    fn reference_after(&mut self, n: i64) -> Option<Object> {
        let number = u32::try_from(n).ok()?;
        let back = self.pos;
        if self.peek().is_some_and(is_space)
            && let Ok(generation) = self.unsigned()
            && self.peek().is_some_and(is_space)
            && self.keyword("R")
            && let Ok(generation) = u16::try_from(generation)
        {
            return Some(Object::Ref(Ref { number, generation }));
        }
        self.pos = back;
        None
    }

    fn name(&mut self) -> PdfResult<Vec<u8>> {
        self.pos += 1;
        let length = self.rest().iter().take_while(|b| !is_space(**b) && !is_delimiter(**b)).count();
        let raw = &self.rest()[..length];
        self.pos += length;
        if !raw.contains(&b'#') {
            return Ok(raw.to_vec());
        }
        let mut name = Vec::with_capacity(length);
        let mut i = 0;
        while i < raw.len() {
            let code = raw.get(i + 1..i + 3).and_then(|h| hex::decode(h).ok());
            match code {
                Some(code) if raw[i] == b'#' => {
                    name.push(code[0]);
                    i += 3;
                }
                _ => {
                    name.push(raw[i]);
                    i += 1;
                }
            }
        }
        Ok(name)
    }

    fn hex(&mut self) -> PdfResult<Vec<u8>> {
        self.pos += 1;
        let Some(length) = self.rest().iter().position(|b| *b == b'>') else {
            self.at_end.set(true);
            return Err(PdfError::Broken("string"));
        };
        let mut digits: Vec<u8> = self.rest()[..length].iter().copied().filter(|b| !is_space(*b)).collect();
        if digits.len() % 2 == 1 {
            digits.push(b'0');
        }
        self.pos += length + 1;
        hex::decode(digits).map_err(|_| PdfError::Broken("string"))
    }

    fn literal(&mut self) -> PdfResult<Vec<u8>> {
        self.pos += 1;
        let (mut text, mut open) = (Vec::new(), 1);
        loop {
            let b = self.peek().ok_or(PdfError::Broken("string"))?;
            self.pos += 1;
            match b {
                b'\\' => self.escape(&mut text)?,
                b'(' => {
                    open += 1;
                    text.push(b);
                }
                b')' if open == 1 => return Ok(text),
                b')' => {
                    open -= 1;
                    text.push(b);
                }
                _ => text.push(b),
            }
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> PdfResult<()> {
        let b = self.peek().ok_or(PdfError::Broken("string"))?;
        self.pos += 1;
        match b {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\r' if self.peek() == Some(b'\n') => self.pos += 1,
            b'\r' | b'\n' => {}
            b'0'..=b'7' => {
                let mut value = u32::from(b - b'0');
                for _ in 0..2 {
                    let Some(d @ b'0'..=b'7') = self.peek() else { break };
                    value = value * 8 + u32::from(d - b'0');
                    self.pos += 1;
                }
                text.push(value as u8);
            }
            other => text.push(other),
        }
        Ok(())
    }

    fn array(&mut self) -> PdfResult<Object> {
        self.pos += 1;
        let mut items = Vec::new();
        loop {
            self.skip_space();
            if self.peek() == Some(b']') {
                self.pos += 1;
                return Ok(Object::Array(items));
            }
            items.push(self.object()?);
        }
    }

    fn dict(&mut self) -> PdfResult<Dict> {
        self.pos += 2;
        let mut dict = Dict::default();
        loop {
            self.skip_space();
            if self.rest().starts_with(b">>") {
                self.pos += 2;
                return Ok(dict);
            }
            if self.peek() != Some(b'/') {
                return Err(PdfError::Broken("dictionary"));
            }
            let key = self.name()?;
            self.skip_space();
            let start = self.pos;
            let value = self.object()?;
            if self.depth == 1 && key == b"Contents" {
                self.contents = Some(start..self.pos);
            }
            dict.0.push((key, value));
        }
    }

    /// Where a stream's bytes begin, when `stream` stands here.
    pub(crate) fn stream_start(&mut self) -> Option<usize> {
        self.skip_space();
        let rest = self.rest().strip_prefix(b"stream")?;
        let newline = if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n")) };
        (newline > 0).then_some(self.pos + 6 + newline)
    }
}
