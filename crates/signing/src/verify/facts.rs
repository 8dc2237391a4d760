//! What a PDF says of itself: title, verification code, document id.

use copihue_core::VerificationCode;

use super::verdict::DocumentFacts;
use crate::pdf::{Object, PdfError, Reader, decode_text};

const MAX_XMP: usize = 256 << 10;

pub(super) fn read(reader: &Reader<'_>) -> Result<DocumentFacts, PdfError> {
    let info = reader.value(reader.trailer(), "Info")?;
    let info = info.as_dict();
    let title = info.and_then(|i| i.text("Title")).map(decode_text);
    let mut texts: Vec<String> = Vec::new();
    for (_, value) in info.map(|i| i.0.as_slice()).unwrap_or_default() {
        if let Object::Text(text) = value {
            texts.push(decode_text(text));
        }
    }
    let xmp = xmp(reader)?.unwrap_or_default();
    let document_id = texts.iter().find_map(|t| document_in(t)).or_else(|| between(&xmp, "xmpMM:DocumentID"));
    let document_id = document_id.map(str::to_owned);
    texts.push(xmp);
    Ok(DocumentFacts {
        title,
        code: texts.iter().find_map(|t| code_in(t)),
        document_id,
        ..DocumentFacts::default()
    })
}

fn xmp(reader: &Reader<'_>) -> Result<Option<String>, PdfError> {
    let (_, catalog) = reader.root()?;
    let Some(id) = catalog.get("Metadata").and_then(Object::as_ref) else { return Ok(None) };
    let Ok((_, bytes)) = reader.stream(id.number) else { return Ok(None) };
    Ok((bytes.len() <= MAX_XMP).then(|| String::from_utf8_lossy(&bytes).into_owned()))
}

/// The value of an XMP property, written as an element or as an attribute.
fn between<'a>(xmp: &'a str, property: &str) -> Option<&'a str> {
    let rest = &xmp[xmp.find(property)? + property.len()..];
    let value = rest.strip_prefix('>').and_then(|r| r.split('<').next());
    value.or_else(|| rest.strip_prefix("=\"").and_then(|r| r.split('"').next())).filter(|v| !v.is_empty())
}

/// The id in keywords of the form `documento=ID, codigo=…`, as our own documents carry it.
fn document_in(keywords: &str) -> Option<&str> {
    keywords.split(',').find_map(|k| k.trim().strip_prefix("documento="))
}

/// The first text with the shape of a code, four groups of four, whose check symbol is right.
fn code_in(text: &str) -> Option<VerificationCode> {
    const LENGTH: usize = 19;
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    words
        .filter(|w| w.len() == LENGTH && w.bytes().enumerate().all(|(i, b)| (b == b'-') == (i % 5 == 4)))
        .find_map(|w| w.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_among_words() {
        let found = code_in("https://copihue.cl/v/RTZZ-AERD-F9JG-66PK</x>").unwrap();
        assert_eq!(found.to_string(), "RTZZ-AERD-F9JG-66PK");
        assert!(code_in("RTZZ-AERD-F9JG-66PU 2026-1234-1234-1234").is_none());
    }

    #[test]
    fn properties_are_read_in_both_forms() {
        assert_eq!(between("<xmpMM:DocumentID>a</xmpMM:DocumentID>", "xmpMM:DocumentID"), Some("a"));
        assert_eq!(between("<x xmpMM:DocumentID=\"b\"/>", "xmpMM:DocumentID"), Some("b"));
    }
}
