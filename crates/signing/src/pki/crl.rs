//! Lists of revoked certificates (RFC 5280 §5).

use copihue_core::{Result, Timestamp};
use der::Decode;
use x509_cert::crl::CertificateList;

use super::certificate::Certificate;
use super::issue::{extension, key_id, signed};
use crate::asn1::{self, DerError, Reader, tag};
use crate::keys::SigningKey;
use crate::oid;

/// Why a certificate was revoked, as a list says it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RevocationReason {
    /// No reason of the others.
    Unspecified,
    /// The private key may be known to others.
    KeyCompromise,
    /// Post, authority or data changed.
    AffiliationChanged,
    /// The holder left or died.
    CessationOfOperation,
}

impl RevocationReason {
    /// Its number in RFC 5280.
    #[must_use]
    pub fn number(self) -> i64 {
        i64::from(self.code())
    }

    const fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::AffiliationChanged => 3,
            Self::CessationOfOperation => 5,
        }
    }

    /// From its number in RFC 5280; unknown ones count as unspecified.
    #[must_use]
    pub fn from_code(code: i64) -> Self {
        let all = [Self::KeyCompromise, Self::AffiliationChanged, Self::CessationOfOperation];
        all.into_iter().find(|r| i64::from(r.code()) == code).unwrap_or(Self::Unspecified)
    }
}

/// One revoked certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Revocation {
    /// Serial number, big-endian.
    pub serial: Vec<u8>,
    /// The exact second from which it no longer counts.
    pub at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

/// Signs a list of everything that `issuer` has revoked, numbered `number`, good from `at` until `next`.
///
/// # Errors
/// When the key refuses to sign.
pub fn issue_crl(
    issuer: &Certificate,
    key: &SigningKey,
    revoked: &[Revocation],
    number: u64,
    at: Timestamp,
    next: Timestamp,
) -> Result<Vec<u8>> {
    let algorithm = key.algorithm().identifier();
    let entries: Vec<Vec<u8>> = revoked.iter().map(entry).collect();
    // An empty list must be absent (RFC 5280 §5.1.2.6).
    let entries = match entries.as_slice() {
        [] => Vec::new(),
        some => asn1::seq(&some.iter().map(Vec::as_slice).collect::<Vec<_>>()),
    };
    let authority = asn1::seq(&[&asn1::tlv(tag::context_primitive(0), &[&key_id(issuer.public_bits())])]);
    let extensions = asn1::seq(&[
        &extension(oid::AUTHORITY_KEY_ID, false, &authority),
        &extension(oid::CRL_NUMBER, false, &asn1::unsigned(&number.to_be_bytes())),
    ]);
    let tbs = asn1::seq(&[
        &asn1::unsigned(&[1]),
        &algorithm,
        issuer.subject_name(),
        &asn1::time(at),
        &asn1::time(next),
        &entries,
        &asn1::tlv(tag::context(0), &[&extensions]),
    ]);
    signed(key, &tbs, &algorithm)
}

fn entry(revocation: &Revocation) -> Vec<u8> {
    let reason = match revocation.reason {
        RevocationReason::Unspecified => Vec::new(),
        other => {
            asn1::seq(&[&extension(oid::REASON_CODE, false, &asn1::tlv(tag::ENUMERATED, &[&[other.code()]]))])
        }
    };
    asn1::seq(&[&asn1::unsigned(&revocation.serial), &asn1::time(revocation.at), &reason])
}

/// A list as it is read.
#[derive(Clone, Debug)]
pub struct Crl {
    tbs: Vec<u8>,
    parsed: CertificateList,
    issuer: Vec<u8>,
}

impl Crl {
    /// Reads DER.
    ///
    /// # Errors
    /// When it is not exactly one list.
    pub fn from_der(der: &[u8]) -> std::result::Result<Self, DerError> {
        let parsed = CertificateList::from_der(der).map_err(|_| DerError)?;
        let tbs = Reader::only(der, tag::SEQUENCE)?.expect(tag::SEQUENCE)?;
        let mut fields = Reader::new(tbs.content);
        fields.optional(tag::INTEGER)?;
        fields.expect(tag::SEQUENCE)?;
        let issuer = fields.expect(tag::SEQUENCE)?.whole.to_vec();
        Ok(Self { tbs: tbs.whole.to_vec(), parsed, issuer })
    }

    pub(crate) fn tbs(&self) -> &[u8] {
        &self.tbs
    }

    pub(crate) fn parsed(&self) -> &CertificateList {
        &self.parsed
    }

    pub(crate) fn issuer_name(&self) -> &[u8] {
        &self.issuer
    }

    /// When it was made.
    #[must_use]
    pub fn this_update(&self) -> Timestamp {
        let at = self.parsed.tbs_cert_list.this_update.to_unix_duration().as_millis();
        Timestamp::from_millis(i64::try_from(at).unwrap_or(i64::MAX))
    }

    /// When the next one is due.
    #[must_use]
    pub fn next_update(&self) -> Option<Timestamp> {
        let at = self.parsed.tbs_cert_list.next_update?.to_unix_duration().as_millis();
        Some(Timestamp::from_millis(i64::try_from(at).unwrap_or(i64::MAX)))
    }

    /// When the certificate was revoked, if this list (of its issuer) says so.
    #[must_use]
    pub fn revoked_at(&self, certificate: &Certificate) -> Option<Timestamp> {
        let serial = &certificate.parsed().tbs_certificate.serial_number;
        let list = self.parsed.tbs_cert_list.revoked_certificates.as_deref()?;
        let found = list.iter().find(|r| r.serial_number == *serial)?;
        let at = found.revocation_date.to_unix_duration().as_millis();
        Some(Timestamp::from_millis(i64::try_from(at).unwrap_or(i64::MAX)))
    }
}
