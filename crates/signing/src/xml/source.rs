//! A document's text: read, parsed without DTD or entities, and put back with a signature in it.

use copihue_core::Error;
use roxmltree::{Document, ParsingOptions};

use super::canonical::{self, TooDeep};

/// More nodes than any document of five megabytes that says something.
const MAX_NODES: u32 = 500_000;
/// Each element that declares a namespace costs as many steps as there are ones around it.
const MAX_NAMESPACES: usize = 2_000;

/// Why an XML document was not signed.
#[derive(Debug)]
pub(crate) enum XmlError {
    /// It is not well-formed, or names nodes that are not there, or twice.
    Content,
    /// It is signed already.
    Signed,
    /// The key refused.
    Key(Error),
}

impl From<TooDeep> for XmlError {
    fn from(_: TooDeep) -> Self {
        Self::Content
    }
}

pub(crate) fn parse(text: &str) -> Result<Document<'_>, XmlError> {
    if text.matches("xmlns").nth(MAX_NAMESPACES).is_some() {
        return Err(XmlError::Content);
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|_| XmlError::Content)
}

/// The document's text with a last child in its root; nothing else changes.
pub(super) fn insert(document: &Document<'_>, child: &str) -> String {
    let (text, root) = (document.input_text(), document.root_element());
    let range = root.range();
    let inside = &text[range.clone()];
    let (head, tail) = (&text[..range.start], &text[range.end..]);
    match inside.strip_suffix("/>") {
        Some(open) if !inside.contains("</") && !root.has_children() => {
            let name = canonical::qualified_name(root, document);
            format!("{head}{open}>{child}</{name}>{tail}")
        }
        _ => {
            let close = inside.rfind("</").unwrap_or(inside.len());
            format!("{head}{}{child}{}{tail}", &inside[..close], &inside[close..])
        }
    }
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// A document's text, and how it was written.
pub(crate) struct Source {
    pub(crate) text: String,
    has_mark: bool,
    is_latin: bool,
}

impl Source {
    /// A document of our own.
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), has_mark: false, is_latin: false }
    }

    /// UTF-8, or the Latin-1 that the declaration of older systems says.
    pub(crate) fn read(content: &[u8]) -> Result<Self, XmlError> {
        let (has_mark, bytes) = match content.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => (true, rest),
            None => (false, content),
        };
        let head: String = bytes.iter().take(200).map(|b| char::from(b.to_ascii_lowercase())).collect();
        let declaration = head.split("?>").next().unwrap_or_default();
        let is_latin = declaration.starts_with("<?xml") && declaration.contains("iso-8859-1");
        let text = if is_latin {
            bytes.iter().map(|b| char::from(*b)).collect()
        } else {
            String::from_utf8(bytes.to_vec()).map_err(|_| XmlError::Content)?
        };
        Ok(Self { text, has_mark, is_latin })
    }

    pub(super) fn write(&self, text: &str) -> Result<Vec<u8>, XmlError> {
        if self.is_latin {
            return text.chars().map(|c| u8::try_from(u32::from(c)).map_err(|_| XmlError::Content)).collect();
        }
        let mark: &[u8] = if self.has_mark { b"\xef\xbb\xbf" } else { b"" };
        Ok([mark, text.as_bytes()].concat())
    }
}
