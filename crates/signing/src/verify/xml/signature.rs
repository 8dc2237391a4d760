//! One `ds:Signature`, judged.

use std::collections::BTreeSet;

use copihue_core::Timestamp;
use roxmltree::Node;

use super::properties::{Properties, tokens};
use super::reference::{Around, Reference, Target};
use super::{attribute, base64_of, child, children, transform};
use crate::hash::Hash;
use crate::pki::Certificate;
use crate::verify::algorithm::{self, Family};
use crate::verify::archive::{self, Archived};
use crate::verify::chain::MAX_PATH;
use crate::verify::check::{self, Described, Learnt, signer_facts};
use crate::verify::effort;
use crate::verify::material::Material;
use crate::verify::timestamp::{Known, Token};
use crate::verify::trust::TrustStore;
use crate::verify::verdict::{Changes, Coverage, SignatureVerdict, SubIndication};
use crate::xml::{DSIG, Form, Part, SIGNED_PROPERTIES};

/// More than any honest signature has; each costs a pass over what it names.
const MAX_REFERENCES: usize = 200;
/// All that a signature is over, in bytes, whole documents counted as often as they are named.
const MAX_OCTETS: usize = 256 << 20;

type Checked<T> = Result<T, SubIndication>;

const DAMAGED: SubIndication = SubIndication::FormatFailure;

/// A signature's answer, and what it is over.
pub(super) struct One {
    pub(super) verdict: SignatureVerdict,
    pub(super) files: BTreeSet<String>,
    pub(super) is_covered: bool,
}

pub(super) fn judge(around: Around<'_, '_>, number: usize, trust: &TrustStore, known_at: Timestamp) -> One {
    let mut judge =
        Judge { around, learnt: Learnt::default(), claimed: None, is_ades: false, over: Over::default() };
    let problem = judge.check(trust, known_at).err();
    let Judge { learnt, claimed, is_ades, over, .. } = judge;
    let is_whole = over.is_document && around.files.iter().all(|f| over.files.contains(f.name));
    let described = Described {
        id: attribute(around.signature, "Id").map_or_else(|| format!("Firma {number}"), str::to_owned),
        format: if is_ades { "XAdES" } else { "XML-DSig" }.to_owned(),
        claimed_time: claimed,
        reason: None,
        coverage: if is_whole { Coverage::Whole } else { Coverage::Partial },
        changes_after: Changes::None,
        is_archived: false,
    };
    let mut verdict = check::verdict(problem, learnt, described);
    if !over.is_document && !over.parts.is_empty() {
        verdict.messages_es.push(format!("Firma solo estas partes del archivo: {}.", over.parts.join(", ")));
    }
    One { verdict, files: over.files, is_covered: over.is_document }
}

/// Whether it is over the whole document, and was made with the key of this certificate.
pub(super) fn is_whole_by(around: Around<'_, '_>, signer: &Certificate) -> Option<bool> {
    let (judge, ..) = opened(around, Some(signer))?;
    Some(judge.over.is_document)
}

/// By whom it is, whatever that certificate is worth, and the elements of the document that it is over.
pub(super) fn signer_and_nodes<'a, 'i>(around: Around<'a, 'i>) -> Option<(Certificate, Vec<Node<'a, 'i>>)> {
    let (_, signer, references) = opened(around, None)?;
    let node = |r: &Reference<'a, 'i>| match r.target {
        Target::Whole => Some(around.document.root_element()),
        Target::Element(node) => Some(node),
        Target::File(_) => None,
    };
    Some((signer, references.iter().filter_map(node).collect()))
}

/// A signature that is right by its digests and its value: by the certificate that is given, or by one that it brings.
fn opened<'a, 'i>(
    around: Around<'a, 'i>,
    signer: Option<&Certificate>,
) -> Option<(Judge<'a, 'i>, Certificate, Vec<Reference<'a, 'i>>)> {
    let mut judge =
        Judge { around, learnt: Learnt::default(), claimed: None, is_ades: false, over: Over::default() };
    let layout = Layout::read(around.signature).ok()?;
    let properties = Properties::of(around.signature).ok()?;
    let references = judge.references(&layout, properties.as_ref()).ok()?;
    let sent = match signer {
        Some(signer) => vec![signer.clone()],
        None => certificates(layout.key?).ok()?,
    };
    let by = judge.check_value(&layout, properties.as_ref(), &sent).ok()?.clone();
    judge.note_what_is_covered(&layout, properties.as_ref(), &references);
    Some((judge, by, references))
}

/// What a signature is over.
#[derive(Default)]
struct Over {
    files: BTreeSet<String>,
    /// The document itself, whole, as far as it says something.
    is_document: bool,
    /// Elements of it, for people.
    parts: Vec<String>,
}

struct Judge<'a, 'i> {
    around: Around<'a, 'i>,
    learnt: Learnt,
    claimed: Option<Timestamp>,
    is_ades: bool,
    over: Over,
}

/// The children of a `ds:Signature`, each in its place.
struct Layout<'a, 'i> {
    info: Node<'a, 'i>,
    value: Node<'a, 'i>,
    key: Option<Node<'a, 'i>>,
    objects: Vec<Node<'a, 'i>>,
}

impl<'a, 'i> Layout<'a, 'i> {
    fn read(signature: Node<'a, 'i>) -> Checked<Self> {
        let mut nodes = signature.children().filter(Node::is_element).peekable();
        let mut next = |name| nodes.next_if(|n: &Node<'_, '_>| n.has_tag_name((DSIG, name)));
        let (info, value, key) = (next("SignedInfo"), next("SignatureValue"), next("KeyInfo"));
        let objects: Vec<_> = std::iter::from_fn(|| next("Object")).collect();
        match (info, value, nodes.next()) {
            (Some(info), Some(value), None) => Ok(Self { info, value, key, objects }),
            _ => Err(DAMAGED),
        }
    }
}

impl<'a, 'i> Judge<'a, 'i> {
    fn check(&mut self, trust: &TrustStore, known_at: Timestamp) -> Checked<()> {
        let layout = Layout::read(self.around.signature)?;
        let properties = Properties::of(self.around.signature)?;
        self.is_ades = properties.is_some();
        self.claimed = properties.as_ref().and_then(|p| p.claimed);
        let sent = layout.key.map(certificates).transpose()?.unwrap_or_default();
        self.learnt.signer = sent.first().map(signer_facts);
        let references = self.references(&layout, properties.as_ref())?;
        let leaf = self.check_value(&layout, properties.as_ref(), &sent)?.clone();
        self.learnt.signer = Some(signer_facts(&leaf));
        self.note_what_is_covered(&layout, properties.as_ref(), &references);
        let Some(properties) = &properties else {
            let material = Material::default();
            let known = Known { trust, material: &material, at: known_at };
            return check::check_certificate(&leaf, &sent, None, known, &mut self.learnt);
        };
        let material = Material::of_data(&properties.material());
        let known = Known { trust, material: &material, at: known_at };
        self.check_stamps(&layout, properties, &references, (&sent, known))?;
        let claimed = properties.claimed.ok_or(SubIndication::SigConstraintsFailure)?;
        let known = known.since(self.learnt.best_time());
        check::check_certificate(&leaf, &sent, Some(claimed), known, &mut self.learnt)
    }

    /// Each reference, resolved and compared. The properties must be under one of them, as the very node that is read.
    fn references(
        &self,
        layout: &Layout<'a, 'i>,
        properties: Option<&Properties<'a, 'i>>,
    ) -> Checked<Vec<Reference<'a, 'i>>> {
        let nodes: Vec<_> = children(layout.info, (DSIG, "Reference")).collect();
        let is_file =
            |n: &&Node<'_, '_>| attribute(**n, "URI").is_some_and(|u| !u.is_empty() && !u.starts_with('#'));
        let named = nodes.iter().filter(is_file).count();
        if nodes.is_empty() || nodes.len() > MAX_REFERENCES {
            return Err(DAMAGED);
        }
        let mut all = Vec::new();
        let mut octets = 0;
        for node in nodes {
            let reference = Reference::read(node, self.around, named)?;
            let is_properties = |n: Node<'_, '_>| properties.is_some_and(|p| p.signed == n);
            let says_so = reference.kind == Some(SIGNED_PROPERTIES);
            if says_so != matches!(reference.target, Target::Element(n) if is_properties(n)) {
                return Err(DAMAGED);
            }
            octets += reference.size(self.around);
            if octets > MAX_OCTETS {
                return Err(DAMAGED);
            }
            reference.check(self.around)?;
            all.push(reference);
        }
        let is_signed = all.iter().any(|r| r.kind == Some(SIGNED_PROPERTIES));
        if properties.is_some() && !is_signed { Err(SubIndication::SigConstraintsFailure) } else { Ok(all) }
    }

    /// The certificate whose key made the value over `SignedInfo`.
    fn check_value<'c>(
        &mut self,
        layout: &Layout<'a, 'i>,
        properties: Option<&Properties<'a, 'i>>,
        sent: &'c [Certificate],
    ) -> Checked<&'c Certificate> {
        use SubIndication as S;
        let named =
            |name| child(layout.info, (DSIG, name)).and_then(|n| Some((n, attribute(n, "Algorithm")?)));
        let (node, address) = named("CanonicalizationMethod").ok_or(DAMAGED)?;
        let form = transform::form(node, address).ok_or(DAMAGED)?;
        let (_, method) = named("SignatureMethod").ok_or(DAMAGED)?;
        let scheme = scheme(method).ok_or(S::CryptoConstraintsFailure)?;
        let message = self.canonical(layout.info, &form)?;
        let value = base64_of(layout.value).ok_or(DAMAGED)?;
        let verify = |key: &Certificate| algorithm::verify_raw(key, scheme, &message, &value);
        let leaf = match properties {
            Some(properties) => properties.signer(sent)?,
            // Plain XML-DSig sends certificates in any order, and says of none that it is the signer's.
            None => sent
                .iter()
                .find(|c| verify(c).is_ok())
                .or(sent.first())
                .ok_or(S::NoSigningCertificateFound)?,
        };
        self.learnt.algorithm = Some(verify(leaf)?);
        Ok(leaf)
    }

    fn check_stamps(
        &mut self,
        layout: &Layout<'a, 'i>,
        properties: &Properties<'a, 'i>,
        references: &[Reference<'a, 'i>],
        (sent, known): (&[Certificate], Known<'_>),
    ) -> Checked<()> {
        let mut read = Vec::new();
        for (place, stamp) in properties.archive() {
            let (form, tokens) = tokens(stamp)?;
            let mut over = self.archived(layout, (properties, place), references, &form)?;
            let named = self.named_objects(layout, references, &form)?;
            let is_so = |token: &Vec<u8>| {
                Token::open(token).is_ok_and(|t| t.info().is_of(&[&over, &named]) == Some(true))
            };
            // Some also take the objects that references took already: both ways cover the same.
            if !named.is_empty() && tokens.iter().all(is_so) {
                over.extend(named);
            }
            for token in tokens {
                effort::spend_made(over.len())?;
                read.push((token, over.clone()));
            }
        }
        let mut archived = Vec::new();
        for (token, over) in &read {
            let token = Token::open(token).map_err(|_| SubIndication::SigConstraintsFailure)?;
            archived.push(Archived { token, over: vec![over.clone()] });
        }
        self.learnt.archive = archive::judge(archived, sent, known)?;
        let known = known.since(self.learnt.best_time());
        let mut stamps = Vec::new();
        for stamp in properties.stamps() {
            let (form, tokens) = tokens(stamp)?;
            let over = self.canonical(layout.value, &form)?;
            let tokens: Vec<&[u8]> = tokens.iter().map(Vec::as_slice).collect();
            stamps.extend(check::check_timestamps(&tokens, &[&over], sent, known)?);
        }
        self.learnt.timestamps = stamps;
        Ok(())
    }

    /// What an archive timestamp at this place among the unsigned properties is over (EN 319 132-1 §5.5.2.2).
    fn archived(
        &self,
        layout: &Layout<'a, 'i>,
        (properties, place): (&Properties<'a, 'i>, usize),
        references: &[Reference<'a, 'i>],
        form: &Form,
    ) -> Checked<Vec<u8>> {
        let mut out = Vec::new();
        for reference in references {
            out.extend(reference.octets(self.around, form)?);
        }
        let is_named = |object: &Node<'_, '_>| {
            references.iter().any(|r| matches!(r.target, Target::Element(n) if n.id() == object.id()))
        };
        let own = [layout.info, layout.value].into_iter().chain(layout.key);
        let before = properties.unsigned.iter().copied().take(place);
        let objects = layout.objects.iter().copied().filter(|o| *o != properties.object && !is_named(o));
        for node in own.chain(before).chain(objects) {
            out.extend(self.canonical(node, form)?);
        }
        Ok(out)
    }

    /// The objects that references name, but for the one of the properties.
    fn named_objects(
        &self,
        layout: &Layout<'a, 'i>,
        references: &[Reference<'a, 'i>],
        form: &Form,
    ) -> Checked<Vec<u8>> {
        let is_named = |object: &Node<'_, '_>| {
            references.iter().any(|r| matches!(r.target, Target::Element(n) if n.id() == object.id()))
        };
        let mut out = Vec::new();
        for object in layout.objects.iter().copied().filter(is_named) {
            out.extend(self.canonical(object, form)?);
        }
        Ok(out)
    }

    fn canonical(&self, node: Node<'a, 'i>, form: &Form) -> Checked<Vec<u8>> {
        let part = Part { document: self.around.document, form, is_left_out: &|_| false };
        Ok(part.subtree(node).map_err(|_| DAMAGED)?.into_bytes())
    }

    fn note_what_is_covered(
        &mut self,
        layout: &Layout<'a, 'i>,
        properties: Option<&Properties<'a, 'i>>,
        references: &[Reference<'a, 'i>],
    ) {
        let (root, mut elements) = (self.around.document.root_element(), Vec::new());
        for reference in references.iter().filter(|r| r.kind != Some(SIGNED_PROPERTIES)) {
            match reference.target {
                Target::Whole => elements.push(root),
                Target::Element(node) => elements.push(node),
                Target::File(bytes) => {
                    let named = self.around.files.iter().filter(|f| std::ptr::eq(f.bytes, bytes));
                    self.over.files.extend(named.map(|f| f.name.to_owned()));
                }
            }
        }
        // A document that is nothing but the signature says what its objects say.
        let is_bare =
            self.around.signature == root || self.around.signature.parent() == Some(root) && is_wrapper(root);
        let is_covered = |o: &Node<'_, '_>| {
            properties.is_some_and(|p| p.object.id() == o.id()) || elements.iter().any(|e| e.id() == o.id())
        };
        self.over.is_document = elements.contains(&root) || is_bare && layout.objects.iter().all(is_covered);
        let named = |n: &Node<'_, '_>| {
            let id = ["Id", "ID", "id"].iter().find_map(|name| n.attribute(*name)).unwrap_or_default();
            format!("«{}» ({id})", n.tag_name().name())
        };
        self.over.parts = elements.iter().map(named).collect();
    }
}

/// What holds the signatures of a container and nothing else.
fn is_wrapper(root: Node<'_, '_>) -> bool {
    root.has_tag_name(("http://uri.etsi.org/02918/v1.2.1#", "XAdESSignatures"))
        && root.children().all(|n| !n.is_element() || n.has_tag_name((DSIG, "Signature")))
}

fn certificates(key: Node<'_, '_>) -> Checked<Vec<Certificate>> {
    let data = children(key, (DSIG, "X509Data"));
    let list: Vec<_> = data.flat_map(|d| children(d, (DSIG, "X509Certificate"))).take(4 * MAX_PATH).collect();
    let read = |n: &Node<'_, '_>| Certificate::from_der(&base64_of(*n)?).ok();
    list.iter().map(read).collect::<Option<_>>().ok_or(SubIndication::CertificateChainGeneralFailure)
}

/// RFC 9231. What hashes with SHA-1, or has a key that both sides know, does not count.
fn scheme(address: &str) -> Option<(Family, Hash)> {
    Some(match address {
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => (Family::Rsa, Hash::Sha256),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => (Family::Rsa, Hash::Sha384),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => (Family::Rsa, Hash::Sha512),
        "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1" => (Family::Pss, Hash::Sha256),
        "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1" => (Family::Pss, Hash::Sha384),
        "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1" => (Family::Pss, Hash::Sha512),
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => (Family::Ecdsa, Hash::Sha256),
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => (Family::Ecdsa, Hash::Sha384),
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512" => (Family::Ecdsa, Hash::Sha512),
        _ => return None,
    })
}
