//! Whether a document that came back signed is the one that was sent, signed as it was asked for.

use copihue_core::Timestamp;
use roxmltree::{Document, Node};

use super::reference::Around;
use super::{DSIG, MAX_SIGNATURES, children, signature};
use crate::pki::Certificate;
use crate::verify::trust::TrustStore;
use crate::verify::verdict::Indication;
use crate::xml::{Asked, Form, Part, Source, parse, with_id};

/// The signer's certificate, where the answer is what was sent and one signature more, which counts now and is over all that it was
/// asked to be over: the nodes or the whole, and each object.
pub(crate) fn signed_as_asked(
    answer: &[u8],
    asked: &Asked<'_>,
    trust: &TrustStore,
    now: Timestamp,
) -> Option<Certificate> {
    let (sent, answer) = (Source::read(asked.content).ok()?, Source::read(answer).ok()?);
    let (sent, answer) = (parse(&sent.text).ok()?, parse(&answer.text).ok()?);
    let before = canonical(&sent, None)?;
    let is_signature = |n: &Node<'_, '_>| n.has_tag_name((DSIG, "Signature"));
    let signatures: Vec<_> = answer.descendants().filter(is_signature).take(MAX_SIGNATURES + 1).collect();
    if signatures.len() != sent.descendants().filter(is_signature).count() + 1 {
        return None;
    }
    let is_added = |n: &Node<'_, '_>| canonical(&answer, Some(*n)).as_ref() == Some(&before);
    let signature = signatures.into_iter().rev().find(is_added)?;
    let around = Around { document: &answer, signature, files: &[] };
    let (signer, over) = signature::signer_and_nodes(around)?;
    let is_over = |node: Node<'_, '_>| over.iter().any(|o| o.id() == node.id());
    let is_whole = || is_over(answer.root_element());
    let named = || asked.ids().all(|id| only(&answer, id).is_some_and(is_over));
    let is_complete = if asked.references.is_empty() { is_whole() } else { named() };
    let counts = signature::judge(around, 1, trust, now).verdict.indication == Indication::TotalPassed;
    (is_complete && counts && holds_objects(signature, asked, &is_over)?).then_some(signer)
}

/// Whether each object is in the signature as it was sent, and under it.
fn holds_objects(
    signature: Node<'_, '_>,
    asked: &Asked<'_>,
    is_over: &dyn Fn(Node<'_, '_>) -> bool,
) -> Option<bool> {
    if asked.objects.is_empty() {
        return Some(true);
    }
    let draft = asked.draft().ok()?;
    let draft = parse(&draft).ok()?;
    let mut expected = objects(draft.root_element().children().rfind(Node::is_element)?);
    let mut found = objects(signature).filter(|o| is_over(*o));
    // In their order; what else the service signs of its own is its matter.
    Some(expected.all(|object| {
        let wanted = inside(object);
        wanted.is_some() && found.any(|o| inside(o) == wanted)
    }))
}

fn objects<'a, 'i>(signature: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    children(signature, (DSIG, "Object"))
}

/// What an object holds, in one form.
fn inside(object: Node<'_, '_>) -> Option<String> {
    let mut out = String::new();
    for node in object.children() {
        if node.is_element() {
            out.push_str(&part(object.document(), &|_| false).subtree(node).ok()?);
        } else if node.is_text() {
            out.push_str(node.text()?);
        }
    }
    Some(out)
}

/// The only node of an id.
fn only<'a, 'i>(document: &'a Document<'i>, id: &'a str) -> Option<Node<'a, 'i>> {
    let mut all = with_id(document, id);
    all.next().filter(|_| all.next().is_none())
}

/// A document in one form, without one node of it.
fn canonical(document: &Document<'_>, without: Option<Node<'_, '_>>) -> Option<String> {
    part(document, &|n| without.is_some_and(|w| w.id() == n.id())).whole().ok()
}

fn part<'a, 'd, 'i>(
    document: &'d Document<'i>,
    is_left_out: &'a dyn Fn(Node<'_, '_>) -> bool,
) -> Part<'a, 'd, 'i> {
    const FORM: &Form = &Form::EXCLUSIVE;
    Part { document, form: FORM, is_left_out }
}
