//! Distinguished names and the RUT that Chilean certificates carry.

use const_oid::ObjectIdentifier;
use copihue_core::Run;

use crate::asn1::{self, Reader, tag};
use crate::oid;

/// A name from its attributes, in order. Countries and serial numbers are `PrintableString`, all else UTF-8.
pub(crate) fn name(attributes: &[(ObjectIdentifier, &str)]) -> Vec<u8> {
    let rdns: Vec<Vec<u8>> = attributes
        .iter()
        .map(|(id, value)| {
            let printable = matches!(*id, oid::COUNTRY | oid::SERIAL_NUMBER);
            let kind = if printable { tag::PRINTABLE_STRING } else { tag::UTF8_STRING };
            let value = asn1::tlv(kind, &[value.as_bytes()]);
            asn1::tlv(tag::SET, &[&asn1::seq(&[&asn1::oid(*id), &value])])
        })
        .collect();
    asn1::seq(&rdns.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// The first value of an attribute of a name.
pub(crate) fn attribute(name: &[u8], id: ObjectIdentifier) -> Option<String> {
    let mut rdns = Reader::only(name, tag::SEQUENCE).ok()?;
    while !rdns.is_empty() {
        let mut set = rdns.enter(tag::SET).ok()?;
        while !set.is_empty() {
            let mut pair = set.enter(tag::SEQUENCE).ok()?;
            if pair.oid().ok()? == id {
                let value = pair.any().ok()?;
                return decode(value.tag, value.content);
            }
        }
    }
    None
}

fn decode(kind: u8, bytes: &[u8]) -> Option<String> {
    const TELETEX: u8 = 0x14;
    const BMP: u8 = 0x1e;
    match kind {
        tag::UTF8_STRING | tag::PRINTABLE_STRING | tag::IA5_STRING => String::from_utf8(bytes.to_vec()).ok(),
        TELETEX => Some(bytes.iter().map(|b| char::from(*b)).collect()),
        BMP => {
            let units: Vec<u16> = bytes.chunks_exact(2).map(|c| u16::from_be_bytes([c[0], c[1]])).collect();
            String::from_utf16(&units).ok()
        }
        _ => None,
    }
}

/// `SEQUENCE { OID, [0] IA5String "NNNNNNNN-D" }`: the RUT in an alternative name (DS 181/2002).
#[must_use]
pub fn rut_other_name(run: Run) -> Vec<u8> {
    other_name(oid::RUT_OF_HOLDER, run)
}

pub(crate) fn other_name(id: ObjectIdentifier, run: Run) -> Vec<u8> {
    let text = asn1::tlv(tag::IA5_STRING, &[run.compact().as_bytes()]);
    [asn1::oid(id), asn1::tlv(tag::context(0), &[&text])].concat()
}

/// The RUT in an `otherName` of general names, if any.
pub(crate) fn rut_in_general_names(general_names: &[u8]) -> Option<Run> {
    let mut names = Reader::only(general_names, tag::SEQUENCE).ok()?;
    while !names.is_empty() {
        let element = names.any().ok()?;
        if element.tag != tag::context(0) {
            continue;
        }
        let mut other = Reader::new(element.content);
        if other.oid().ok()? == oid::RUT_OF_HOLDER {
            let value = other.enter(tag::context(0)).ok()?.any().ok()?;
            return decode(value.tag, value.content)?.parse().ok();
        }
    }
    None
}

/// `NNNNNNNN-D` anywhere in a common name, as older certificates write it.
pub(crate) fn run_in_text(text: &str) -> Option<Run> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.'))
        .filter(|word| word.contains('-') && word.len() >= 9)
        .find_map(|word| word.parse().ok())
}

/// A RUN that can be shown to anybody: `••.•••.111-1`.
#[must_use]
pub fn mask_run(run: Run) -> String {
    let text = run.to_string();
    let keep = text.len().saturating_sub(5);
    text.char_indices().map(|(i, c)| if i < keep && c.is_ascii_digit() { '•' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sig_03_golden_other_name_of_the_rut() {
        let run: Run = "11111111-1".parse().unwrap();
        assert_eq!(hex::encode(rut_other_name(run)), "06082b06010401c10101a00c160a31313131313131312d31");
        assert_eq!(mask_run(run), "••.•••.111-1");
    }

    #[test]
    fn names_of_other_encodings_are_read() {
        assert_eq!(decode(0x1e, &[0, b'a', 0, 0xf1]).as_deref(), Some("añ"));
        assert_eq!(run_in_text("JUAN PEREZ 11.111.111-1").map(Run::compact).as_deref(), Some("11111111-1"));
        assert_eq!(run_in_text("SIN NUMERO"), None);
    }
}
