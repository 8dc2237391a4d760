//! DER, written and read as raw slices.
//!
//! A signature lives or dies by exact bytes, so the reader hands out the slices that stand in the file and never
//! encodes anything again, and the writer only concatenates. Definite, minimal lengths only: what is not DER is refused.

use const_oid::ObjectIdentifier;
use copihue_core::Timestamp;

/// The bytes are not DER, or not the structure that was expected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not the expected DER")]
pub struct DerError;

pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const ENUMERATED: u8 = 0x0a;
    pub(crate) const UTF8_STRING: u8 = 0x0c;
    pub(crate) const PRINTABLE_STRING: u8 = 0x13;
    pub(crate) const IA5_STRING: u8 = 0x16;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;
    /// `[n]` constructed.
    pub(crate) const fn context(n: u8) -> u8 {
        0xa0 | n
    }
    /// `[n]` primitive.
    pub(crate) const fn context_primitive(n: u8) -> u8 {
        0x80 | n
    }
}

/// One element: its tag, its content, and the whole of it as it stands in the input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    pub(crate) whole: &'a [u8],
}

/// Reads elements one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self(input)
    }

    /// The content of the single element with this tag that `input` must be.
    pub(crate) fn only(input: &'a [u8], tag: u8) -> Result<Self, DerError> {
        let mut outer = Self(input);
        let inner = outer.expect(tag)?;
        outer.end()?;
        Ok(Self(inner.content))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn end(&self) -> Result<(), DerError> {
        if self.0.is_empty() { Ok(()) } else { Err(DerError) }
    }

    pub(crate) fn peek_tag(&self) -> Option<u8> {
        self.0.first().copied()
    }

    pub(crate) fn any(&mut self) -> Result<Element<'a>, DerError> {
        let (tag, length, header) = header(self.0)?;
        let end = header.checked_add(length).ok_or(DerError)?;
        let whole = self.0.get(..end).ok_or(DerError)?;
        self.0 = &self.0[end..];
        Ok(Element { tag, content: &whole[header..], whole })
    }

    pub(crate) fn expect(&mut self, tag: u8) -> Result<Element<'a>, DerError> {
        if self.peek_tag() == Some(tag) { self.any() } else { Err(DerError) }
    }

    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, DerError> {
        if self.peek_tag() == Some(tag) { self.any().map(Some) } else { Ok(None) }
    }

    pub(crate) fn enter(&mut self, tag: u8) -> Result<Self, DerError> {
        Ok(Self(self.expect(tag)?.content))
    }

    pub(crate) fn oid(&mut self) -> Result<ObjectIdentifier, DerError> {
        ObjectIdentifier::from_bytes(self.expect(tag::OID)?.content).map_err(|_| DerError)
    }
}

/// The length of the element that starts `input`, header included.
pub(crate) fn element_length(input: &[u8]) -> Result<usize, DerError> {
    let (_, length, header) = header(input)?;
    let total = header.checked_add(length).ok_or(DerError)?;
    if total <= input.len() { Ok(total) } else { Err(DerError) }
}

fn header(input: &[u8]) -> Result<(u8, usize, usize), DerError> {
    let (&tag, &first) = (input.first().ok_or(DerError)?, input.get(1).ok_or(DerError)?);
    if tag & 0x1f == 0x1f {
        return Err(DerError);
    }
    if first < 0x80 {
        return Ok((tag, usize::from(first), 2));
    }
    let count = usize::from(first & 0x7f);
    if !(1..=4).contains(&count) {
        return Err(DerError);
    }
    let bytes = input.get(2..2 + count).ok_or(DerError)?;
    let length = bytes.iter().fold(0usize, |n, b| n << 8 | usize::from(*b));
    let minimal = bytes[0] != 0 && length >= 0x80;
    if minimal { Ok((tag, length, 2 + count)) } else { Err(DerError) }
}

/// One element of `tag` around the concatenation of `parts`.
pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|p| p.len()).sum();
    let mut out = Vec::with_capacity(length + 6);
    out.push(tag);
    match length {
        0..0x80 => out.push(length as u8),
        0x80..0x100 => out.extend([0x81, length as u8]),
        0x100..0x1_0000 => out.extend([0x82, (length >> 8) as u8, length as u8]),
        0x1_0000..0x100_0000 => {
            out.push(0x83);
            out.extend(&(length as u32).to_be_bytes()[1..]);
        }
        _ => {
            out.push(0x84);
            out.extend((length as u32).to_be_bytes());
        }
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// `SEQUENCE` of the parts.
pub(crate) fn seq(parts: &[&[u8]]) -> Vec<u8> {
    tlv(tag::SEQUENCE, parts)
}

/// `SET OF` the parts under `tag`, in the order DER demands.
pub(crate) fn set_of(tag: u8, mut parts: Vec<&[u8]>) -> Vec<u8> {
    parts.sort_unstable();
    tlv(tag, &parts)
}

/// `OBJECT IDENTIFIER`.
pub(crate) fn oid(id: ObjectIdentifier) -> Vec<u8> {
    tlv(tag::OID, &[id.as_bytes()])
}

/// A non-negative `INTEGER` from its big-endian bytes.
pub(crate) fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let significant = bytes.iter().position(|b| *b != 0).map_or(&[0][..], |at| &bytes[at..]);
    if significant[0] & 0x80 == 0 {
        tlv(tag::INTEGER, &[significant])
    } else {
        tlv(tag::INTEGER, &[&[0], significant])
    }
}

/// `INTEGER` from its content as it was read.
pub(crate) fn integer(content: &[u8]) -> Vec<u8> {
    tlv(tag::INTEGER, &[content])
}

/// Fails unless something holds.
pub(crate) fn require(holds: bool) -> Result<(), DerError> {
    if holds { Ok(()) } else { Err(DerError) }
}

/// `GeneralizedTime` in whole seconds.
pub(crate) fn generalized_time(at: Timestamp) -> Vec<u8> {
    let utc = jiff::Timestamp::from(at).to_zoned(jiff::tz::TimeZone::UTC);
    tlv(tag::GENERALIZED_TIME, &[utc.strftime("%Y%m%d%H%M%SZ").to_string().as_bytes()])
}

/// A `GeneralizedTime` in UTC, with or without a fraction of a second.
pub(crate) fn read_generalized_time(content: &[u8]) -> Result<Timestamp, DerError> {
    let text = std::str::from_utf8(content).ok().and_then(|t| t.strip_suffix('Z')).ok_or(DerError)?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    require(whole.len() == 14 && !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit()))?;
    let at = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", whole).map_err(|_| DerError)?;
    let at = jiff::tz::Offset::UTC.to_timestamp(at).map_err(|_| DerError)?;
    let millis = fraction.bytes().chain(*b"00").take(3).fold(0, |n, b| n * 10 + i64::from(b - b'0'));
    Ok(Timestamp::from(at).plus_millis(millis))
}

/// A `UTCTime` or a `GeneralizedTime`, in UTC. Two digits are a year from 1950 to 2049 (RFC 5652 §11.3).
pub(crate) fn read_time(element: Element<'_>) -> Result<Timestamp, DerError> {
    match element.tag {
        tag::GENERALIZED_TIME => read_generalized_time(element.content),
        tag::UTC_TIME => {
            let century: &[u8] =
                if element.content.first().is_some_and(|d| *d < b'5') { b"20" } else { b"19" };
            read_generalized_time(&[century, element.content].concat())
        }
        _ => Err(DerError),
    }
}

/// `UTCTime` up to 2049, `GeneralizedTime` from 2050 on (RFC 5280 §4.1.2.5); whole seconds.
pub(crate) fn time(at: Timestamp) -> Vec<u8> {
    let utc = jiff::Timestamp::from(at).to_zoned(jiff::tz::TimeZone::UTC);
    if (1950..2050).contains(&utc.year()) {
        tlv(tag::UTC_TIME, &[utc.strftime("%y%m%d%H%M%SZ").to_string().as_bytes()])
    } else {
        generalized_time(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_written_in_as_few_bytes_as_it_takes() {
        for (length, header) in
            [(0x7f, 2), (0x80, 3), (0xff, 3), (0x100, 4), (0xffff, 4), (0x1_0000, 5), (0x100_0000, 6)]
        {
            let content = vec![0; length];
            let element = tlv(tag::OCTET_STRING, &[&content]);
            assert_eq!(element.len(), length + header, "{length:x}");
            assert!(Reader::only(&element, tag::OCTET_STRING).is_ok(), "{length:x}");
        }
    }

    #[test]
    fn lengths_that_are_not_minimal_are_refused() {
        assert!(Reader::new(&[0x04, 0x01, 7]).any().is_ok());
        assert!(Reader::new(&[0x04, 0x81, 0x01, 7]).any().is_err());
        assert!(Reader::new(&[0x04, 0x80, 7, 0, 0]).any().is_err());
        assert!(Reader::new(&[0x04, 0x84, 0xff, 0xff, 0xff, 0xff]).any().is_err());
    }

    #[test]
    fn times_are_read_with_their_fraction() {
        let read = |t: &str| read_generalized_time(t.as_bytes()).map(|t| t.to_string());
        assert_eq!(read("20261121193000Z").as_deref(), Ok("2026-11-21T19:30:00.000Z"));
        assert_eq!(read("20261121193000.25Z").as_deref(), Ok("2026-11-21T19:30:00.250Z"));
        for bad in
            ["20261121193000", "20261121193000.Z", "2026112119300Z", "20261321193000Z", "20261121193000.a5Z"]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn years_of_two_digits_are_read_as_they_are_written() {
        for at in [
            "1999-12-31T23:59:59.000Z",
            "2000-01-01T00:00:00.000Z",
            "2049-12-31T23:59:59.000Z",
            "2050-01-01T00:00:00.000Z",
        ] {
            let at = Timestamp::parse(at).unwrap();
            assert_eq!(read_time(Reader::new(&time(at)).any().unwrap()), Ok(at));
        }
    }

    #[test]
    fn integers_keep_their_sign() {
        assert_eq!(unsigned(&[0, 0, 0x80]), [2, 2, 0, 0x80]);
        assert_eq!(unsigned(&[0]), [2, 1, 0]);
    }
}
