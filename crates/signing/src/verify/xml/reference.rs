//! What a signature is over: found once, and digested where it was found.

use roxmltree::{Document, Node};

use super::transform::{Last, LeavesOut, Transforms};
use super::{attribute, base64_of, child, hash_of};
use crate::hash::Hash;
use crate::verify::effort;
use crate::verify::file::{Given, find};
use crate::verify::verdict::SubIndication;
use crate::xml::{DSIG, Form, Part, parse, with_id};

/// Where the data of a signature may be.
#[derive(Clone, Copy)]
pub(super) struct Around<'a, 'i> {
    pub(super) document: &'a Document<'i>,
    /// The signature that is judged.
    pub(super) signature: Node<'a, 'i>,
    pub(super) files: &'a [Given<'a>],
}

/// What a reference leads to.
#[derive(Clone, Copy)]
pub(super) enum Target<'a, 'i> {
    /// The whole document around the signature.
    Whole,
    Element(Node<'a, 'i>),
    File(&'a [u8]),
}

/// A `ds:Reference`, resolved.
pub(super) struct Reference<'a, 'i> {
    pub(super) kind: Option<&'a str>,
    pub(super) target: Target<'a, 'i>,
    transforms: Transforms,
    /// `None`: a hash that no longer counts.
    hash: Option<Hash>,
    digest: Vec<u8>,
}

type Checked<T> = Result<T, SubIndication>;

const DAMAGED: SubIndication = SubIndication::FormatFailure;

impl<'a, 'i> Reference<'a, 'i> {
    /// `named`: how many references there are to files.
    pub(super) fn read(node: Node<'a, 'i>, around: Around<'a, 'i>, named: usize) -> Checked<Self> {
        let transforms = match child(node, (DSIG, "Transforms")) {
            Some(list) => Transforms::read(list)?,
            None => Transforms::default(),
        };
        let method = child(node, (DSIG, "DigestMethod")).and_then(|n| attribute(n, "Algorithm"));
        let digest = child(node, (DSIG, "DigestValue")).and_then(base64_of).ok_or(DAMAGED)?;
        Ok(Self {
            kind: attribute(node, "Type"),
            target: resolve(attribute(node, "URI").ok_or(DAMAGED)?, around, named)?,
            transforms,
            hash: hash_of(method.ok_or(DAMAGED)?),
            digest,
        })
    }

    /// About how many bytes it is over.
    pub(super) fn size(&self, around: Around<'a, 'i>) -> usize {
        match self.target {
            Target::Whole => around.document.input_text().len(),
            Target::Element(node) => node.range().len(),
            Target::File(bytes) => bytes.len(),
        }
    }

    /// Whether the data is what was signed.
    pub(super) fn check(&self, around: Around<'a, 'i>) -> Checked<()> {
        let hash = self.hash.ok_or(SubIndication::CryptoConstraintsFailure)?;
        let octets = self.octets(around, &Form::INCLUSIVE)?;
        if hash.of(&[&octets]).as_ref() == self.digest { Ok(()) } else { Err(SubIndication::HashFailure) }
    }

    /// What is digested. `form`: of nodes for which the signature asks for no form of its own.
    pub(super) fn octets(&self, around: Around<'a, 'i>, form: &Form) -> Checked<Vec<u8>> {
        effort::spend_made(self.size(around))?;
        let form = match &self.transforms.last {
            Some(Last::Base64) => return self.decoded(),
            Some(Last::Canonical(own)) => own,
            None => form,
        };
        if let Target::File(bytes) = self.target {
            return self.of_file(bytes, form);
        }
        let signature = around.signature.id();
        let leaves_out = self.transforms.leaves_out;
        let is_left_out = |node: Node<'_, '_>| match leaves_out {
            Some(LeavesOut::Own) => node.id() == signature,
            Some(LeavesOut::Each) => node.has_tag_name((DSIG, "Signature")),
            None => false,
        };
        let form = form.clone().without_comments();
        let part = Part { document: around.document, form: &form, is_left_out: &is_left_out };
        let text = match self.target {
            Target::Element(node) => part.subtree(node),
            _ => part.whole(),
        };
        Ok(text.map_err(|_| DAMAGED)?.into_bytes())
    }

    /// A file as it is, or in a canonical form.
    fn of_file(&self, bytes: &[u8], form: &Form) -> Checked<Vec<u8>> {
        match &self.transforms {
            Transforms { leaves_out: None, last: None } => Ok(bytes.to_vec()),
            Transforms { leaves_out: None, last: Some(_) } => {
                let text = std::str::from_utf8(bytes).map_err(|_| DAMAGED)?;
                let document = parse(text).map_err(|_| DAMAGED)?;
                let part = Part { document: &document, form, is_left_out: &|_| false };
                Ok(part.whole().map_err(|_| DAMAGED)?.into_bytes())
            }
            // There is no signature within it to leave out.
            _ => Err(DAMAGED),
        }
    }

    fn decoded(&self) -> Checked<Vec<u8>> {
        match self.target {
            Target::Element(node) if self.transforms.leaves_out.is_none() => base64_of(node).ok_or(DAMAGED),
            _ => Err(DAMAGED),
        }
    }
}

/// Nothing is ever fetched: a part of this document, or one of the files that were given.
fn resolve<'a, 'i>(uri: &'a str, around: Around<'a, 'i>, named: usize) -> Checked<Target<'a, 'i>> {
    if uri.is_empty() {
        return Ok(Target::Whole);
    }
    let Some(id) = uri.strip_prefix('#') else {
        let file = find(around.files, uri, named);
        return file.map(Target::File).ok_or(SubIndication::SignedDataNotFound);
    };
    let mut found = with_id(around.document, id);
    match (found.next(), found.next()) {
        (Some(node), None) => Ok(Target::Element(node)),
        (None, _) => Err(SubIndication::SignedDataNotFound),
        // Two elements of one id: which one is signed, and which is read, would be anybody's choice (wrapping).
        _ => Err(DAMAGED),
    }
}
