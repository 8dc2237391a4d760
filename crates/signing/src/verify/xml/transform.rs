//! What may be done to signed data before it is digested. A closed list: no XSLT, no XPath but the one that leaves signatures
//! out, nothing that could show one thing and digest another.

use roxmltree::Node;

use super::attribute;
use crate::verify::verdict::SubIndication;
use crate::xml::{DSIG, ENVELOPED, Form};

const EXCLUSIVE_NS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const BASE64: &str = "http://www.w3.org/2000/09/xmldsig#base64";
const XPATH: &str = "http://www.w3.org/TR/1999/REC-xpath-19991116";
const FILTER: &str = "http://www.w3.org/2002/06/xmldsig-filter2";
/// More than any honest reference has.
const MOST: usize = 4;

/// What is done to the data of a reference.
#[derive(Default)]
pub(super) struct Transforms {
    pub(super) leaves_out: Option<LeavesOut>,
    pub(super) last: Option<Last>,
}

/// Which elements are left out; of two, the later one here leaves out what the earlier one does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum LeavesOut {
    /// The signature itself.
    Own,
    /// Each signature.
    Each,
}

/// What makes octets of nodes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Last {
    Canonical(Form),
    /// The text, decoded.
    Base64,
}

impl Transforms {
    /// Of a `ds:Transforms`.
    pub(super) fn read(node: Node<'_, '_>) -> Result<Self, SubIndication> {
        const DAMAGED: SubIndication = SubIndication::FormatFailure;
        let mut all = Self::default();
        let list: Vec<_> = node.children().filter(Node::is_element).collect();
        if list.len() > MOST {
            return Err(DAMAGED);
        }
        for transform in list {
            // What comes after octets were made would work on a document of its own.
            if !transform.has_tag_name((DSIG, "Transform")) || all.last.is_some() {
                return Err(DAMAGED);
            }
            let algorithm = attribute(transform, "Algorithm").ok_or(DAMAGED)?;
            match algorithm {
                ENVELOPED => all.leave_out(LeavesOut::Own),
                XPATH | FILTER if leaves_signatures_out(transform, algorithm) => {
                    all.leave_out(LeavesOut::Each)
                }
                BASE64 => all.last = Some(Last::Base64),
                _ => all.last = Some(Last::Canonical(form(transform, algorithm).ok_or(DAMAGED)?)),
            }
        }
        Ok(all)
    }

    fn leave_out(&mut self, what: LeavesOut) {
        self.leaves_out = self.leaves_out.max(Some(what));
    }
}

/// A canonical form by its address, with the prefixes that are asked for besides.
pub(super) fn form(node: Node<'_, '_>, algorithm: &str) -> Option<Form> {
    let besides = node.children().find(|n| n.has_tag_name((EXCLUSIVE_NS, "InclusiveNamespaces")));
    let prefixes = besides.and_then(|n| attribute(n, "PrefixList")).unwrap_or_default();
    Form::from_address(algorithm, prefixes)
}

/// Whether it is exactly the expression that others write to leave every signature out, with the prefix that it is about: as a
/// condition, or as a part to subtract.
fn leaves_signatures_out(transform: Node<'_, '_>, algorithm: &str) -> bool {
    let mut inside = transform.children().filter(Node::is_element);
    let (Some(xpath), None) = (inside.next(), inside.next()) else { return false };
    let text: String = xpath.text().unwrap_or_default().split_whitespace().collect();
    let name = if algorithm == FILTER {
        let subtracts =
            xpath.has_tag_name((FILTER, "XPath")) && attribute(xpath, "Filter") == Some("subtract");
        text.strip_prefix("/descendant::").filter(|_| subtracts)
    } else {
        let condition = text.strip_prefix("not(ancestor-or-self::").and_then(|t| t.strip_suffix(')'));
        condition.filter(|_| xpath.has_tag_name((DSIG, "XPath")))
    };
    let prefix = name.and_then(|n| n.strip_suffix(":Signature"));
    prefix.is_some_and(|p| xpath.lookup_namespace_uri(Some(p)) == Some(DSIG))
}
