//! XML signatures (XML-DSig, XAdES), judged. What is digested is the very node that was found, in the document as it was parsed
//! once: no DTD, no entities, nothing fetched, no transform that is not on the list.

mod own;
mod properties;
mod reference;
mod signature;
mod transform;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use copihue_core::Timestamp;
use roxmltree::Node;

use super::file::Given;
use super::trust::TrustStore;
use super::verdict::SignatureVerdict;
pub(crate) use own::signed_as_asked;

use crate::hash::Hash;
use crate::pki::Certificate;
use crate::xml::{DSIG, Source, parse};

/// More than any honest document carries.
const MAX_SIGNATURES: usize = 50;

/// What is said of a document.
pub(super) struct Judged {
    pub(super) signatures: Vec<SignatureVerdict>,
    /// Files beside it that a signature which counts is over.
    pub(super) files: BTreeSet<String>,
    /// Whether each thing in the document itself is under a signature.
    pub(super) is_covered: bool,
}

/// Judges each signature of a document, over itself or over these files.
///
/// # Errors
/// What it is not, for a technician.
pub(super) fn judge_all(
    bytes: &[u8],
    files: &[Given<'_>],
    trust: &TrustStore,
    known_at: Timestamp,
) -> Result<Judged, &'static str> {
    let source = Source::read(bytes).map_err(|_| "not XML in UTF-8 or Latin-1")?;
    let document = parse(&source.text).map_err(|_| "not XML that is well-formed, or with a DTD")?;
    let is_signature = |n: &Node<'_, '_>| n.has_tag_name((DSIG, "Signature"));
    // One within another, such as a countersignature, speaks of that one and not of the document.
    let is_own = |n: &Node<'_, '_>| is_signature(n) && !n.ancestors().skip(1).any(|a| is_signature(&a));
    let found: Vec<_> = document.descendants().filter(is_own).take(MAX_SIGNATURES + 1).collect();
    if found.len() > MAX_SIGNATURES {
        return Err("more signatures than are judged");
    }
    let mut judged = Judged { signatures: Vec::new(), files: BTreeSet::new(), is_covered: false };
    for (n, node) in found.into_iter().enumerate() {
        let around = reference::Around { document: &document, signature: node, files };
        let one = signature::judge(around, n + 1, trust, known_at);
        judged.is_covered |= one.is_covered;
        judged.files.extend(one.files);
        judged.signatures.push(one.verdict);
    }
    Ok(judged)
}

/// Whether a document carries one signature alone, over all of it, by exactly this certificate: whatever that is for.
pub(super) fn is_whole_signed_by(bytes: &[u8], signer: &Certificate) -> bool {
    let check = || {
        let source = Source::read(bytes).ok()?;
        let document = parse(&source.text).ok()?;
        let mut found = document.descendants().filter(|n| n.has_tag_name((DSIG, "Signature")));
        let (node, None) = (found.next()?, found.next()) else { return None };
        signature::is_whole_by(reference::Around { document: &document, signature: node, files: &[] }, signer)
    };
    check().unwrap_or(false)
}

/// Whether these bytes are an XML document with a signature in it.
pub(super) fn has_signature(bytes: &[u8]) -> bool {
    let read = || {
        let source = Source::read(bytes).ok()?;
        let document = parse(&source.text).ok()?;
        Some(document.descendants().any(|n| n.has_tag_name((DSIG, "Signature"))))
    };
    read().unwrap_or(false)
}

/// An attribute without a namespace.
pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attribute(name)
}

pub(super) fn children<'a, 'i>(
    node: Node<'a, 'i>,
    name: (&'static str, &'static str),
) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |n| n.has_tag_name(name))
}

/// The only child of this name.
pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, name: (&'static str, &'static str)) -> Option<Node<'a, 'i>> {
    let mut all = children(node, name);
    all.next().filter(|_| all.next().is_none())
}

/// All text of an element, decoded. It holds nothing but text.
pub(super) fn base64_of(node: Node<'_, '_>) -> Option<Vec<u8>> {
    let mut text = String::new();
    for part in node.children() {
        // A comment within would hide that the text has two parts.
        part.is_text().then_some(())?;
        text.extend(part.text()?.chars().filter(|c| !c.is_ascii_whitespace()));
    }
    STANDARD.decode(text).ok()
}

/// A hash that still counts, by its address.
pub(super) fn hash_of(address: &str) -> Option<Hash> {
    match address {
        "http://www.w3.org/2001/04/xmlenc#sha256" => Some(Hash::Sha256),
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => Some(Hash::Sha384),
        "http://www.w3.org/2001/04/xmlenc#sha512" => Some(Hash::Sha512),
        _ => None,
    }
}
