//! A signature within the document that it is over: `ds:Signature` as the last child of the root.

use std::collections::BTreeSet;

use roxmltree::{Document, Node};

use super::canonical;
use super::dsig::{self, DSIG, ENVELOPED, EXCLUSIVE, Reference};
use super::source::{Source, XmlError, escape, insert, parse};
use crate::signer::{Hashes, Signer};

/// How the whole of a document is taken, with the signature in it; a node without the first.
const WHOLE: [&str; 2] = [ENVELOPED, EXCLUSIVE];
/// More than any form of the State asks for; each costs a pass over what it names.
const MAX_REFERENCES: usize = 20;

/// What of a document is to be signed: the nodes with these ids (`#…` or bare), or the whole of it when there are none. Each object
/// is put into the signature, and signed with the rest.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) content: &'a [u8],
    pub(crate) references: &'a [String],
    pub(crate) objects: &'a [String],
}

impl<'a> Asked<'a> {
    /// The ids of the nodes.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &'a str> {
        self.references.iter().map(|r| r.trim_start_matches('#'))
    }

    /// The document with a signature in its place that holds the objects and nothing else.
    ///
    /// # Errors
    /// When the document or an object is not well-formed, or an id is missing or not unique.
    pub(crate) fn draft(&self) -> Result<String, XmlError> {
        let source = self.source()?;
        let document = parse(&source.text)?;
        let objects = written(self.objects, &document)?;
        Ok(insert(&document, &format!("<ds:Signature xmlns:ds=\"{DSIG}\">{objects}</ds:Signature>")))
    }

    /// The document, once it is known that it can be signed so.
    fn source(&self) -> Result<Source, XmlError> {
        let distinct: BTreeSet<&str> = self.ids().collect();
        let most = self.references.len().max(self.objects.len());
        if distinct.len() != self.references.len() || most > MAX_REFERENCES {
            return Err(XmlError::Content);
        }
        let source = Source::read(self.content)?;
        let document = parse(&source.text)?;
        if document.root_element().has_tag_name((DSIG, "Signature")) {
            return Err(XmlError::Content);
        }
        self.ids().try_for_each(|id| by_id(&document, id).map(drop))?;
        Ok(source)
    }
}

/// Signs a document.
///
/// # Errors
/// As [`Asked::draft`]; and when the key refuses.
pub(crate) fn sign(signer: &Signer, hashes: Hashes, asked: &Asked<'_>) -> Result<Vec<u8>, XmlError> {
    let source = asked.source()?;
    let document = parse(&source.text)?;
    let to_xml = |reference: Reference<'_>, text: &str| {
        let hash = hashes.references;
        reference.to_xml(hash, hash.of(&[text.as_bytes()]).as_ref())
    };
    let mut signed_info = Vec::new();
    if asked.references.is_empty() {
        let text = canonical::document(&document)?;
        signed_info.push(to_xml(Reference { transforms: &WHOLE, ..Reference::default() }, &text));
    }
    for id in asked.ids() {
        let node = by_id(&document, id)?;
        let text = canonical::subtree(node, &document)?;
        let transforms = if node == document.root_element() { &WHOLE[..] } else { &WHOLE[1..] };
        let uri = format!("#{}", escape(id));
        signed_info.push(to_xml(Reference { uri: &uri, transforms, ..Reference::default() }, &text));
    }
    let objects = written(asked.objects, &document)?;
    // In its place, so that prefixes of the document around it mean there what they will mean later.
    let draft = asked.draft()?;
    let draft = parse(&draft)?;
    for node in draft.descendants().filter(|n| is_ours(*n)) {
        let text = canonical::subtree(node, &draft)?;
        let uri = format!("#{}", node.attribute("Id").unwrap_or_default());
        let reference = Reference { uri: &uri, transforms: &WHOLE[1..], ..Reference::default() };
        signed_info.push(to_xml(reference, &text));
    }
    let signed =
        dsig::signed(signer, hashes.signature, &signed_info.concat(), None).map_err(XmlError::Key)?;
    let signature = format!("<ds:Signature xmlns:ds=\"{DSIG}\">{signed}{objects}</ds:Signature>");
    source.write(&insert(&document, &signature))
}

fn is_ours(node: Node<'_, '_>) -> bool {
    node.has_tag_name((DSIG, "Object"))
        && node.attribute("Id").is_some_and(|id| id.starts_with("CustomObject_"))
        && node.parent().is_some_and(|p| p.parent() == Some(node.document().root_element()))
}

/// The nodes with this id; without a DTD any attribute of that name is taken for one.
pub(crate) fn with_id<'a, 'i>(document: &'a Document<'i>, id: &'a str) -> impl Iterator<Item = Node<'a, 'i>> {
    const XML: &str = "http://www.w3.org/XML/1998/namespace";
    let has = move |n: &Node<'_, '_>| {
        let own = ["Id", "ID", "id"].iter().any(|name| n.attribute(*name) == Some(id));
        !id.is_empty() && (own || n.attribute((XML, "id")) == Some(id))
    };
    document.descendants().filter(has)
}

/// The only one.
fn by_id<'a, 'i>(document: &'a Document<'i>, id: &'a str) -> Result<Node<'a, 'i>, XmlError> {
    let mut found = with_id(document, id);
    match (found.next(), found.next()) {
        // Two nodes of one id: which one is signed, and which is read, would be anybody's choice.
        (Some(node), None) => Ok(node),
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
