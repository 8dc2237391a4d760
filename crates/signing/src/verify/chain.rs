//! The path from a signer's certificate to an authority that is trusted (a minimal RFC 5280 §6).

use copihue_core::Timestamp;
use x509_cert::ext::pkix::KeyUsages;

use super::algorithm;
use super::trust::{AnchorKind, TrustStore};
use super::verdict::SubIndication;
use crate::oid;
use crate::pki::Certificate;

/// The longest path that is looked at.
pub(super) const MAX_PATH: usize = 8;
/// How far a signer's clock may be ahead.
const CLOCK_DRIFT_S: i64 = 300;

/// What the certificate at the end of a path must be for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Purpose {
    /// Signing documents.
    Document,
    /// Stamping times.
    Timestamp,
}

/// Certificates from the signer's to the anchor's.
pub(super) struct Path {
    pub(super) certificates: Vec<Certificate>,
    pub(super) kind: AnchorKind,
    /// From when on, and until when, its anchor is trusted.
    trusted: (Option<Timestamp>, Option<Timestamp>),
}

/// A certificate that the search reached, and the place in the list of the one below it.
struct Reached<'a> {
    certificate: &'a Certificate,
    below: Option<usize>,
}

/// Looks for the shortest path whose signatures fit.
///
/// Each certificate is looked at once, however many ways lead to it: authorities that issued each other would have more
/// ways between them than anybody could try.
pub(super) fn build(
    leaf: &Certificate,
    sent: &[Certificate],
    trust: &TrustStore,
    purpose: Purpose,
) -> Option<Path> {
    let mut reached = vec![Reached { certificate: leaf, below: None }];
    let mut at = 0;
    while let Some(last) = reached.get(at).map(|r| r.certificate) {
        let mut anchors = trust.anchors().iter().filter(|a| a.trusted_for.covers(purpose));
        let end = anchors.clone().find(|a| a.certificate == *last);
        if let Some(anchor) = end.or_else(|| anchors.find(|a| issued(&a.certificate, last))) {
            let mut certificates = down(&reached, at);
            if anchor.certificate != *last {
                certificates.push(anchor.certificate.clone());
            }
            let trusted = (anchor.from, anchor.until);
            let path = Path { certificates, kind: anchor.kind, trusted };
            return (path.certificates.len() <= MAX_PATH).then_some(path);
        }
        for candidate in sent.iter().chain(trust.intermediates()) {
            if !reached.iter().any(|r| r.certificate == candidate) && issued(candidate, last) {
                reached.push(Reached { certificate: candidate, below: Some(at) });
            }
        }
        at += 1;
    }
    None
}

/// The certificates from the signer's up to this one.
fn down(reached: &[Reached<'_>], top: usize) -> Vec<Certificate> {
    let below = |at: &Reached<'_>| at.below.and_then(|i| reached.get(i));
    let mut path: Vec<_> =
        std::iter::successors(reached.get(top), |at| below(at)).map(|r| r.certificate.clone()).collect();
    path.reverse();
    path
}

/// Whether `issuer` issued `certificate`: the names meet and the signature fits.
pub(crate) fn issued(issuer: &Certificate, certificate: &Certificate) -> bool {
    let parsed = certificate.parsed();
    issuer.subject_name() == certificate.issuer_name()
        // Both places must name the same algorithm (RFC 5280 §4.1.1.2).
        && parsed.signature_algorithm == parsed.tbs_certificate.signature
        && algorithm::verify_x509(
            issuer,
            &parsed.signature_algorithm,
            certificate.tbs(),
            &parsed.signature,
        )
        .is_ok()
}

/// Whether each certificate that travels with the signature is whole: on the path, or issued by one that is known.
/// A damaged one has no part in the path, and without this check nobody would notice.
pub(super) fn none_damaged(path: &Path, sent: &[Certificate], trust: &TrustStore) -> bool {
    let known = || path.certificates.iter().chain(sent).chain(trust.anchors().iter().map(|a| &a.certificate));
    sent.iter().all(|c| path.certificates.contains(c) || known().any(|issuer| issued(issuer, c)))
}

/// Since when certificates of a path no longer count.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Revocations {
    /// The one at its end, which signed.
    pub(super) leaf: Option<Timestamp>,
    /// The first of the authorities above it.
    pub(super) authority: Option<Timestamp>,
}

/// Judges the path at the claimed signing time, for a document known to exist at `known_at`.
pub(super) fn judge(
    path: &Path,
    revoked: Revocations,
    purpose: Purpose,
    claimed: Timestamp,
    known_at: Timestamp,
) -> Option<SubIndication> {
    use SubIndication as S;
    let (leaf, authorities) = path.certificates.split_first()?;
    if !fits(leaf, purpose)
        || !authorities_fit(authorities)
        || path.certificates.iter().any(Certificate::has_unknown_critical)
    {
        return Some(S::ChainConstraintsFailure);
    }
    if claimed > known_at.plus_seconds(CLOCK_DRIFT_S) {
        return Some(S::TimestampOrderFailure);
    }
    let (from, _) = leaf.validity();
    if claimed < from {
        return Some(S::NotYetValid);
    }
    if path.certificates.iter().any(|c| !c.valid_at(claimed)) {
        return Some(S::Expired);
    }
    match path.trusted {
        (Some(from), _) if claimed < from => return Some(S::NoCertificateChainFound),
        (_, Some(until)) if claimed >= until => return Some(S::NoCertificateChainFound),
        (_, Some(until)) if known_at >= until => return Some(S::NoCertificateChainFoundNoPoe),
        _ => {}
    }
    let before = |at: Option<Timestamp>, then: Timestamp| at.is_some_and(|at| at <= then);
    if before(revoked.leaf, claimed) || before(revoked.authority, claimed) {
        return Some(S::Revoked);
    }
    if before(revoked.leaf, known_at) {
        return Some(S::RevokedNoPoe);
    }
    if before(revoked.authority, known_at) {
        return Some(S::RevokedCaNoPoe);
    }
    // The last one is trusted by itself, as long as whoever configures it wants.
    let below_anchor = path.certificates.split_last().map_or(&[][..], |(_, below)| below);
    let ended = |c: &Certificate| !c.valid_at(known_at);
    (ended(leaf) || below_anchor.iter().any(ended)).then_some(S::OutOfBoundsNoPoe)
}

fn fits(leaf: &Certificate, purpose: Purpose) -> bool {
    match purpose {
        Purpose::Document => may_sign(leaf),
        Purpose::Timestamp => may_stamp(leaf),
    }
}

/// A timestamp authority's certificate has that use alone, and marks it critical (RFC 3161 §2.3).
fn may_stamp(leaf: &Certificate) -> bool {
    leaf.extension(oid::EXTENDED_KEY_USAGE).is_some_and(|(critical, _)| critical)
        && leaf.extended_usage().is_some_and(|all| all == [oid::TIME_STAMPING])
        && (leaf.allows(KeyUsages::DigitalSignature) || leaf.allows(KeyUsages::NonRepudiation))
}

/// Key usage of a signer; and extended usage, where it is there, must be for documents or mail.
fn may_sign(leaf: &Certificate) -> bool {
    let usage = leaf.allows(KeyUsages::NonRepudiation) || leaf.allows(KeyUsages::DigitalSignature);
    let uses = [oid::EMAIL_PROTECTION, oid::DOCUMENT_SIGNING, oid::ANY_EXTENDED_USAGE];
    usage && leaf.extended_usage().is_none_or(|all| all.iter().any(|u| uses.contains(u)))
}

fn authorities_fit(authorities: &[Certificate]) -> bool {
    authorities.iter().enumerate().all(|(below, certificate)| {
        certificate.authority().is_some_and(|limit| limit.is_none_or(|n| usize::from(n) >= below))
            && certificate.allows(KeyUsages::KeyCertSign)
    })
}
