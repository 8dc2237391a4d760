//! What XAdES adds to a signature (EN 319 132-1): when and with which certificate, timestamps, and what proves them.

use copihue_core::Timestamp;
use copihue_core::secret::constant_time_eq;
use roxmltree::Node;

use super::{attribute, base64_of, child, children, hash_of, transform};
use crate::hash::Hash;
use crate::pdf::ValidationData;
use crate::pki::Certificate;
use crate::verify::verdict::SubIndication;
use crate::xml::{DSIG, Form, XADES, XADES_141};

/// More than any honest signature has.
const MOST: usize = 64;

/// Qualifying properties, read.
pub(super) struct Properties<'a, 'i> {
    /// The object that holds them.
    pub(super) object: Node<'a, 'i>,
    pub(super) signed: Node<'a, 'i>,
    pub(super) claimed: Option<Timestamp>,
    ids: Vec<(Option<Hash>, Vec<u8>)>,
    /// The unsigned ones, in order.
    pub(super) unsigned: Vec<Node<'a, 'i>>,
}

type Checked<T> = Result<T, SubIndication>;

const DAMAGED: SubIndication = SubIndication::FormatFailure;

impl<'a, 'i> Properties<'a, 'i> {
    /// Of a signature, if it has any.
    pub(super) fn of(signature: Node<'a, 'i>) -> Checked<Option<Self>> {
        let objects = children(signature, (DSIG, "Object"));
        let mut found =
            objects.flat_map(|o| children(o, (XADES, "QualifyingProperties")).map(move |q| (o, q)));
        let Some((object, qualifying)) = found.next() else { return Ok(None) };
        let own = attribute(signature, "Id").map(|id| format!("#{id}"));
        // Those of another signature would say of this one what nobody signed.
        if found.next().is_some() || attribute(qualifying, "Target").map(str::to_owned) != own {
            return Err(DAMAGED);
        }
        let mut signed = children(qualifying, (XADES, "SignedProperties"));
        let (Some(signed), None) = (signed.next(), signed.next()) else { return Err(DAMAGED) };
        let own = child(signed, (XADES, "SignedSignatureProperties"));
        let time = own.and_then(|n| child(n, (XADES, "SigningTime")));
        let unsigned = child(qualifying, (XADES, "UnsignedProperties"))
            .and_then(|n| child(n, (XADES, "UnsignedSignatureProperties")))
            .map(|n| n.children().filter(Node::is_element).collect::<Vec<_>>())
            .unwrap_or_default();
        if unsigned.len() > MOST {
            return Err(DAMAGED);
        }
        let claimed = time.map(|n| read_time(n.text().unwrap_or_default()).ok_or(DAMAGED)).transpose()?;
        Ok(Some(Self {
            object,
            signed,
            claimed,
            ids: own.map(ids).transpose()?.unwrap_or_default(),
            unsigned,
        }))
    }

    /// The certificate that the signer meant, among those that are sent.
    pub(super) fn signer<'c>(&self, sent: &'c [Certificate]) -> Checked<&'c Certificate> {
        use SubIndication as S;
        if self.ids.is_empty() {
            return Err(S::SigConstraintsFailure);
        }
        let known: Vec<(Hash, &Vec<u8>)> =
            self.ids.iter().filter_map(|(hash, digest)| Some(((*hash)?, digest))).collect();
        if known.is_empty() {
            return Err(S::CryptoConstraintsFailure);
        }
        let is_meant = |c: &&Certificate| {
            known.iter().any(|(hash, digest)| constant_time_eq(hash.of(&[c.der()]).as_ref(), digest))
        };
        // Sent from the signer's up: the first that is meant is the signer's.
        sent.iter().find(is_meant).ok_or(S::NoSigningCertificateFound)
    }

    /// Tokens over the signature value.
    pub(super) fn stamps(&self) -> impl Iterator<Item = Node<'a, 'i>> {
        self.unsigned.iter().copied().filter(|n| n.has_tag_name((XADES, "SignatureTimeStamp")))
    }

    /// Archive timestamps, each with its place.
    pub(super) fn archive(&self) -> impl Iterator<Item = (usize, Node<'a, 'i>)> {
        let all = self.unsigned.iter().copied().enumerate();
        all.filter(|(_, n)| n.has_tag_name((XADES_141, "ArchiveTimeStamp")))
    }

    /// What proves that certificates counted. What can't be read proves nothing.
    pub(super) fn material(&self) -> ValidationData {
        let mut data = ValidationData::default();
        for property in &self.unsigned {
            if property.has_tag_name((XADES_141, "TimeStampValidationData")) {
                property.children().for_each(|n| take(n, &mut data));
            } else {
                take(*property, &mut data);
            }
        }
        data
    }
}

fn take(property: Node<'_, '_>, data: &mut ValidationData) {
    let of = |name: &'static str| {
        let all = property.descendants().filter(move |n| n.has_tag_name((XADES, name)));
        all.filter_map(base64_of).collect::<Vec<_>>()
    };
    if property.has_tag_name((XADES, "CertificateValues")) {
        data.certificates.extend(of("EncapsulatedX509Certificate"));
    }
    if property.has_tag_name((XADES, "RevocationValues")) {
        data.crls.extend(of("EncapsulatedCRLValue"));
        data.ocsps.extend(of("EncapsulatedOCSPValue"));
    }
}

/// The form that a timestamp asks for, and its tokens.
pub(super) fn tokens(stamp: Node<'_, '_>) -> Checked<(Form, Vec<Vec<u8>>)> {
    let form = match child(stamp, (DSIG, "CanonicalizationMethod")) {
        Some(method) => {
            let address = attribute(method, "Algorithm").ok_or(DAMAGED)?;
            transform::form(method, address).ok_or(DAMAGED)?
        }
        None => Form::INCLUSIVE,
    };
    let tokens = children(stamp, (XADES, "EncapsulatedTimeStamp")).map(base64_of);
    Ok((form, tokens.collect::<Option<_>>().ok_or(DAMAGED)?))
}

/// The digests by which it says which certificates it means, in the newer form or the older one.
fn ids(signed: Node<'_, '_>) -> Checked<Vec<(Option<Hash>, Vec<u8>)>> {
    let list = ["SigningCertificateV2", "SigningCertificate"].iter().find_map(|n| child(signed, (XADES, *n)));
    let read = |cert: Node<'_, '_>| {
        let digest = child(cert, (XADES, "CertDigest"))?;
        let method = attribute(child(digest, (DSIG, "DigestMethod"))?, "Algorithm")?;
        Some((hash_of(method), base64_of(child(digest, (DSIG, "DigestValue"))?)?))
    };
    let all: Option<Vec<_>> =
        list.into_iter().flat_map(|n| children(n, (XADES, "Cert"))).take(MOST).map(read).collect();
    all.ok_or(DAMAGED)
}

/// `xs:dateTime`; without a zone it is UTC.
fn read_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let with_zone = text.parse::<jiff::Timestamp>().ok();
    let at = with_zone.or_else(|| {
        let local = text.parse::<jiff::civil::DateTime>().ok()?;
        jiff::tz::Offset::UTC.to_timestamp(local).ok()
    });
    at.map(Timestamp::from)
}
