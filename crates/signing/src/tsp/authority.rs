//! Our own timestamp authority (RFC 3161 §2.4): for closed networks, and where no other can be reached.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use copihue_core::{Random, Result, Timestamp, random};

use super::info;
use super::query::{Query, Refusal};
use crate::asn1::{self, tag};
use crate::cms;
use crate::hash::Hash;
use crate::oid;
use crate::signer::Signer;

/// The policy under which this authority issues, an identifier of its own under `2.25`: time by the machine's clock,
/// exact to a second, no claim of audit.
pub const POLICY: [u8; 21] =
    *b"\x06\x13\x69\x9d\xda\xc8\xa5\xf6\xe2\x82\xa7\xcb\xac\xd5\xc8\xd9\x89\xae\xb3\x9b\x7f";

/// How far the clock may step back before nothing is issued any more: it was set, and nobody knows when it was right.
const BACKWARDS_MS: i64 = 1_000;

/// An authority that stamps with one certificate.
pub struct Authority {
    signer: Arc<Signer>,
    last: AtomicI64,
}

impl Authority {
    /// With a certificate whose only use is timestamps.
    #[must_use]
    pub fn new(signer: Arc<Signer>) -> Self {
        Self { signer, last: AtomicI64::new(i64::MIN) }
    }

    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Answers a request in DER with a response in DER; a refusal is an answer too. Beside it the token, where one was
    /// issued.
    ///
    /// # Errors
    /// When the key refuses to sign.
    pub fn answer(
        &self,
        request: &[u8],
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<(Vec<u8>, Option<Vec<u8>>)> {
        let issued = match Query::parse(request) {
            Ok(query) => self.issue(&query, now, random)?,
            Err(refusal) => Err(refusal),
        };
        Ok(match issued {
            Ok(token) => (granted(&token), Some(token)),
            Err(refusal) => (refused(refusal), None),
        })
    }

    /// A token over a SHA-256, for our own signatures; `None` while the clock or the certificate can't be relied on.
    ///
    /// # Errors
    /// When the key refuses to sign.
    pub fn stamp(&self, digest: &[u8; 32], now: Timestamp, random: &dyn Random) -> Result<Option<Vec<u8>>> {
        self.stamp_over((Hash::Sha256, digest), now, random)
    }

    /// The same over a digest by any hash.
    pub(super) fn stamp_over(
        &self,
        digest: (Hash, &[u8]),
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<Option<Vec<u8>>> {
        // Nobody stands between us and ourselves: no nonce.
        let query = Query { nonce: None, ..Query::new(digest, [0; 8]) };
        Ok(self.issue(&query, now, random)?.ok())
    }

    /// A token for a question.
    fn issue(
        &self,
        query: &Query,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<std::result::Result<Vec<u8>, Refusal>> {
        if query.policy.as_deref().is_some_and(|p| p != POLICY) {
            return Ok(Err(Refusal::UnacceptedPolicy));
        }
        let last = self.last.fetch_max(now.millis(), Ordering::Relaxed);
        if now.millis() < last.saturating_sub(BACKWARDS_MS) {
            return Ok(Err(Refusal::TimeNotAvailable));
        }
        if !self.signer.certificate().valid_at(now) {
            return Ok(Err(Refusal::SystemFailure));
        }
        let mut serial: [u8; 16] = random::bytes(random);
        serial[0] = serial[0] & 0x7f | 0x40;
        let at = Timestamp::from_millis(now.millis().div_euclid(1000) * 1000);
        let info = info::write(query, &POLICY, &serial, at);
        let certificates = if query.with_certificates { self.signer.certificates() } else { &[] };
        let token = cms::enveloping(&self.signer, (oid::ID_TST_INFO, &info), certificates)?;
        Ok(Ok(token))
    }
}

/// The response that grants this token.
pub(crate) fn granted(token: &[u8]) -> Vec<u8> {
    asn1::seq(&[&asn1::seq(&[&asn1::unsigned(&[0])]), token])
}

/// The response that the time can't be relied on now.
pub(crate) fn no_time() -> Vec<u8> {
    refused(Refusal::TimeNotAvailable)
}

/// `PKIStatusInfo` rejection (2) with one bit of failure information.
fn refused(refusal: Refusal) -> Vec<u8> {
    let bit = refusal as u8;
    let mut bits = vec![0u8; usize::from(bit / 8) + 1];
    bits[usize::from(bit / 8)] = 0x80 >> (bit % 8);
    let text = match refusal {
        Refusal::BadAlgorithm => "Use SHA-256, SHA-384 o SHA-512.",
        Refusal::BadRequest => "Solo se acepta la version 1.",
        Refusal::BadDataFormat => "La solicitud no tiene el formato de RFC 3161.",
        Refusal::TimeNotAvailable => "La hora no es confiable en este momento.",
        Refusal::UnacceptedPolicy => "Esta autoridad no emite bajo esa politica.",
        Refusal::UnacceptedExtension => "No se aceptan extensiones.",
        Refusal::SystemFailure => "El certificado de la autoridad no esta vigente.",
    };
    let text = asn1::seq(&[&asn1::tlv(tag::UTF8_STRING, &[text.as_bytes()])]);
    let failure = asn1::tlv(tag::BIT_STRING, &[&[7 - bit % 8], &bits]);
    asn1::seq(&[&asn1::seq(&[&asn1::unsigned(&[2]), &text, &failure])])
}
