//! A signature within the document that it is over: `ds:Signature` as the last child of the root.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use copihue_core::Error;
use copihue_core::json::sha256;
use roxmltree::{Document, Node, ParsingOptions};

use super::canonical::{self, TooDeep};
use crate::keys::Algorithm;
use crate::signer::Signer;

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// More nodes than any document of five megabytes that says something.
const MAX_NODES: u32 = 500_000;

/// Why an XML document was not signed.
#[derive(Debug)]
pub(crate) enum XmlError {
    /// It is not well-formed, or names nodes that are not there, or twice.
    Content,
    /// The key refused.
    Key(Error),
}

impl From<TooDeep> for XmlError {
    fn from(_: TooDeep) -> Self {
        Self::Content
    }
}

/// Each element that declares a namespace costs as many steps as there are ones around it.
const MAX_NAMESPACES: usize = 2_000;
/// More than any form of the State asks for; each costs a pass over what it names.
const MAX_REFERENCES: usize = 20;

fn parse(text: &str) -> Result<Document<'_>, XmlError> {
    if text.matches("xmlns").nth(MAX_NAMESPACES).is_some() {
        return Err(XmlError::Content);
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|_| XmlError::Content)
}

/// Signs a document: the nodes with these ids (`#…` or bare), or the whole of it when there are none. Each object is put
/// into the signature, and signed with the rest.
///
/// # Errors
/// When the document or an object is not well-formed, an id is missing or not unique, or the key refuses.
pub(crate) fn sign(
    signer: &Signer,
    content: &[u8],
    references: &[String],
    objects: &[String],
) -> Result<Vec<u8>, XmlError> {
    let distinct: BTreeSet<&str> = references.iter().map(|r| r.trim_start_matches('#')).collect();
    if distinct.len() != references.len() || references.len().max(objects.len()) > MAX_REFERENCES {
        return Err(XmlError::Content);
    }
    let source = Source::read(content)?;
    let document = parse(&source.text)?;
    if document
        .descendants()
        .any(|n| n.has_tag_name((DSIG, "Signature")) && n.parent() == Some(document.root()))
    {
        return Err(XmlError::Content);
    }
    let mut signed_info = Vec::new();
    if references.is_empty() {
        let digest = sha256(canonical::document(&document)?.as_bytes());
        signed_info.push(reference("", &[ENVELOPED, EXCLUSIVE], &digest));
    }
    for id in references.iter().map(|r| r.trim_start_matches('#')) {
        let node = by_id(&document, id)?;
        let digest = sha256(canonical::subtree(node, &document)?.as_bytes());
        let whole = [ENVELOPED, EXCLUSIVE];
        let transforms = if node == document.root_element() { &whole[..] } else { &whole[1..] };
        signed_info.push(reference(&format!("#{}", escape(id)), transforms, &digest));
    }
    let objects = written(objects, &document)?;
    // In its place, so that prefixes of the document around it mean there what they will mean later.
    let draft = insert(&document, &format!("<ds:Signature xmlns:ds=\"{DSIG}\">{objects}</ds:Signature>"));
    let draft = parse(&draft)?;
    for node in draft.descendants().filter(|n| is_ours(*n)) {
        let digest = sha256(canonical::subtree(node, &draft)?.as_bytes());
        let id = node.attribute("Id").unwrap_or_default();
        signed_info.push(reference(&format!("#{id}"), &[EXCLUSIVE], &digest));
    }
    let signature = signature(signer, &signed_info.concat(), &objects).map_err(XmlError::Key)?;
    source.write(&insert(&document, &signature))
}

fn is_ours(node: Node<'_, '_>) -> bool {
    node.has_tag_name((DSIG, "Object"))
        && node.attribute("Id").is_some_and(|id| id.starts_with("CustomObject_"))
        && node.parent().is_some_and(|p| p.parent() == Some(node.document().root_element()))
}

/// The one node with this id; without a DTD any attribute of that name is taken for one.
fn by_id<'a, 'i>(document: &'a Document<'i>, id: &str) -> Result<Node<'a, 'i>, XmlError> {
    let has = |n: &Node<'_, '_>| ["Id", "ID", "id"].iter().any(|name| n.attribute(*name) == Some(id));
    let mut found = document.descendants().filter(has);
    match (found.next(), found.next()) {
        // Two nodes of one id: which one is signed, and which is read, would be anybody's choice.
        (Some(node), None) if !id.is_empty() => Ok(node),
        _ => Err(XmlError::Content),
    }
}

fn written(objects: &[String], document: &Document<'_>) -> Result<String, XmlError> {
    let mut out = String::new();
    for (n, object) in objects.iter().enumerate() {
        let id = format!("CustomObject_{:03}", n + 1);
        if by_id(document, &id).is_ok() {
            return Err(XmlError::Content);
        }
        let fragment = object.trim().trim_start_matches('\u{feff}');
        // By itself it must be well-formed, so that it can't close what it stands in.
        parse(&format!("<fragment>{fragment}</fragment>"))?;
        out.push_str(&format!("<ds:Object Id=\"{id}\">{fragment}</ds:Object>"));
    }
    Ok(out)
}

/// Already in canonical form: that is what the digest of `SignedInfo` is over.
fn reference(uri: &str, transforms: &[&str], digest: &[u8; 32]) -> String {
    let transforms: String =
        transforms.iter().map(|t| format!("<ds:Transform Algorithm=\"{t}\"></ds:Transform>")).collect();
    format!(
        "<ds:Reference URI=\"{uri}\"><ds:Transforms>{transforms}</ds:Transforms>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>\
         <ds:DigestValue>{}</ds:DigestValue></ds:Reference>",
        STANDARD.encode(digest)
    )
}

fn signature(signer: &Signer, references: &str, objects: &str) -> copihue_core::Result<String> {
    let method = match signer.algorithm() {
        Algorithm::P256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        Algorithm::Rsa2048 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    };
    let inside = format!(
        "<ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"{method}\"></ds:SignatureMethod>{references}</ds:SignedInfo>"
    );
    let canonical = format!("<ds:SignedInfo xmlns:ds=\"{DSIG}\">{inside}");
    // XML carries an ECDSA signature as JOSE does: r and s, one behind the other.
    let value = STANDARD.encode(signer.sign_raw(canonical.as_bytes())?);
    let certificates: String = std::iter::once(signer.certificate())
        .chain(signer.chain())
        .map(|c| format!("<ds:X509Certificate>{}</ds:X509Certificate>", STANDARD.encode(c.der())))
        .collect();
    Ok(format!(
        "<ds:Signature xmlns:ds=\"{DSIG}\"><ds:SignedInfo>{inside}<ds:SignatureValue>{value}</ds:SignatureValue>\
         <ds:KeyInfo><ds:X509Data>{certificates}</ds:X509Data></ds:KeyInfo>{objects}</ds:Signature>"
    ))
}

/// The document's text with a last child in its root; nothing else changes.
fn insert(document: &Document<'_>, child: &str) -> String {
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

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// A document's text, and how it was written.
struct Source {
    text: String,
    has_mark: bool,
    is_latin: bool,
}

impl Source {
    /// UTF-8, or the Latin-1 that the declaration of older systems says.
    fn read(content: &[u8]) -> Result<Self, XmlError> {
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

    fn write(&self, text: &str) -> Result<Vec<u8>, XmlError> {
        if self.is_latin {
            return text.chars().map(|c| u8::try_from(u32::from(c)).map_err(|_| XmlError::Content)).collect();
        }
        let mark: &[u8] = if self.has_mark { b"\xef\xbb\xbf" } else { b"" };
        Ok([mark, text.as_bytes()].concat())
    }
}
