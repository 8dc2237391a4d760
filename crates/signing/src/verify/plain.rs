//! A CMS as others send it: in PEM, or in BER with lengths that are only told at the end. Both are written anew in DER, which is all that
//! is judged; nothing of what is signed changes by it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::detect::Kind;
use crate::asn1::{element_length, tag, tlv};

/// How deep honest ones nest.
const MAX_DEPTH: u8 = 32;
/// Elements that an honest one has at most.
const MAX_ELEMENTS: usize = 100_000;
/// What was read, and what stands after it.
type Read<'a, T> = Option<(T, &'a [u8])>;

/// How the end of a content is told.
#[derive(Clone, Copy)]
enum End {
    /// By a length: it is all there is.
    Length,
    /// By two zeros.
    Zeros,
}

const CONSTRUCTED: u8 = 0x20;
const INDEFINITE: u8 = 0x80;

/// The CMS in DER, where the file is one in another form; `None` for everything else.
pub(super) fn as_der(bytes: &[u8]) -> Option<Vec<u8>> {
    let read = match pem(bytes) {
        Some(inside) => inside,
        None if bytes.starts_with(&[tag::SEQUENCE, INDEFINITE]) => bytes.to_vec(),
        None => return None,
    };
    let der = definite(&read)?;
    matches!(Kind::of(&der), Kind::Cms | Kind::Timestamp).then_some(der)
}

/// The bytes of the first block (RFC 7468), with nothing but white space before it.
fn pem(bytes: &[u8]) -> Option<Vec<u8>> {
    const LABELS: [&str; 3] = ["PKCS7", "CMS", "PKCS #7 SIGNED DATA"];
    let text = bytes.trim_ascii_start();
    let text = std::str::from_utf8(text.starts_with(b"-----BEGIN ").then_some(text)?).ok()?;
    let label = LABELS.into_iter().find(|l| text.starts_with(&format!("-----BEGIN {l}-----")))?;
    let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
    let (inside, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let inside: String = inside.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(inside).ok()
}

/// The same element with every length told at its beginning, and strings in one piece.
fn definite(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut left = MAX_ELEMENTS;
    let (element, rest) = next(bytes, 0, &mut left)?;
    // What stands after it belongs to nothing that is signed.
    rest.is_empty().then(|| element.into_owned())
}

/// The next element, and what stands after it.
fn next<'a>(bytes: &'a [u8], depth: u8, left: &mut usize) -> Read<'a, Cow<'a, [u8]>> {
    *left = left.checked_sub(1)?;
    let (&kind, &length) = (bytes.first()?, bytes.get(1)?);
    // A tag of more than one byte is in no CMS.
    if depth > MAX_DEPTH || kind & 0x1f == 0x1f {
        return None;
    }
    if length != INDEFINITE {
        let whole = element_length(bytes).ok()?;
        let (element, rest) = bytes.split_at_checked(whole)?;
        if kind & CONSTRUCTED == 0 {
            return Some((Cow::Borrowed(element), rest));
        }
        let head = head_length(element)?;
        let parts = parts(&element[head..], End::Length, depth, left)?.0;
        let is_same =
            kind != (tag::OCTET_STRING | CONSTRUCTED) && parts.iter().all(|p| matches!(p, Cow::Borrowed(_)));
        let element = if is_same { Cow::Borrowed(element) } else { Cow::Owned(written(kind, &parts)?) };
        return Some((element, rest));
    }
    if kind & CONSTRUCTED == 0 {
        return None;
    }
    let (parts, rest) = parts(&bytes[2..], End::Zeros, depth, left)?;
    Some((Cow::Owned(written(kind, &parts)?), rest))
}

/// The elements of a content: all of it, or up to the two zeros that end it.
fn parts<'a>(mut bytes: &'a [u8], end: End, depth: u8, left: &mut usize) -> Read<'a, Vec<Cow<'a, [u8]>>> {
    let mut parts = Vec::new();
    loop {
        match end {
            End::Length if bytes.is_empty() => return Some((parts, bytes)),
            End::Zeros if bytes.starts_with(&[0, 0]) => return Some((parts, &bytes[2..])),
            _ => {}
        }
        let (part, rest) = next(bytes, depth + 1, left)?;
        parts.push(part);
        bytes = rest;
    }
}

/// An element of these; a string in pieces becomes one.
fn written(kind: u8, parts: &[Cow<'_, [u8]>]) -> Option<Vec<u8>> {
    if kind != tag::OCTET_STRING | CONSTRUCTED {
        let all: Vec<&[u8]> = parts.iter().map(AsRef::as_ref).collect();
        return Some(tlv(kind, &all));
    }
    let mut whole = Vec::new();
    for part in parts {
        (part.first() == Some(&tag::OCTET_STRING)).then_some(())?;
        whole.extend_from_slice(part.get(head_length(part)?..)?);
    }
    Some(tlv(tag::OCTET_STRING, &[&whole]))
}

/// Bytes of tag and length, where the length is told.
fn head_length(element: &[u8]) -> Option<usize> {
    let length = *element.get(1)?;
    Some(if length < INDEFINITE { 2 } else { 2 + usize::from(length & 0x7f) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sig_20_lengths_told_at_the_end_are_told_at_the_beginning() {
        // SEQUENCE { OCTET STRING in two pieces, SEQUENCE {} }, all without lengths.
        let ber = [0x30, 0x80, 0x24, 0x80, 4, 1, b'a', 4, 2, b'b', b'c', 0, 0, 0x30, 0x80, 0, 0, 0, 0];
        assert_eq!(definite(&ber).unwrap(), [0x30, 7, 4, 3, b'a', b'b', b'c', 0x30, 0]);
        let der = [0x30, 7, 4, 3, b'a', b'b', b'c', 0x30, 0];
        assert_eq!(definite(&der).unwrap(), der);
        for n in 0..ber.len() {
            assert_eq!(definite(&ber[..n]), None, "{n}");
        }
        assert_eq!(definite(&[&ber[..], &[0]].concat()), None, "something after it");
        let deep: Vec<u8> = std::iter::repeat_n([0x30, 0x80], 100).flatten().collect();
        assert_eq!(definite(&deep), None);
        assert_eq!(as_der(&ber), None, "no CMS");
    }
}
