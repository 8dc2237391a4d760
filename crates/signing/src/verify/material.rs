//! Validation data that travels with a signature: what it says of each certificate (ETSI EN 319 102-1 §5.2.5).

use copihue_core::Timestamp;
use spki::AlgorithmIdentifierOwned;

use super::algorithm;
use super::chain;
use super::trust::is_by;
use crate::asn1::{Element, Reader, tag};
use crate::oid;
use crate::pdf::{self, PdfError, ValidationData};
use crate::pki::{Certificate, Crl, OcspAnswer, Standing};

/// What is known of a certificate from lists and answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RevocationFacts {
    /// The certificate's common name.
    pub certificate: String,
    /// `CRL` or `OCSP`.
    pub source: &'static str,
    /// When the list or the answer was made.
    pub time: Timestamp,
    /// Until when it holds, by whoever made it.
    pub until: Option<Timestamp>,
    /// Since when it is revoked, if it is.
    pub revoked_at: Option<Timestamp>,
}

/// What a file brings, read.
#[derive(Default)]
pub(super) struct Material {
    pub(super) certificates: Vec<Certificate>,
    crls: Vec<Crl>,
    ocsps: Vec<OcspAnswer>,
}

impl Material {
    pub(super) fn read(reader: &pdf::Reader<'_>) -> Result<Self, PdfError> {
        Ok(Self::of_data(&ValidationData::read(reader)?))
    }

    /// What can't be read proves nothing.
    pub(super) fn of_data(data: &ValidationData) -> Self {
        Self {
            certificates: data.certificates.iter().filter_map(|d| Certificate::from_der(d).ok()).collect(),
            crls: data.crls.iter().filter_map(|d| Crl::from_der(d).ok()).collect(),
            ocsps: data.ocsps.iter().filter_map(|d| OcspAnswer::from_der(d).ok()).collect(),
        }
    }

    /// What stands in a CMS: lists, and answers under `[1]` (RFC 5940). What can't be read proves nothing.
    pub(super) fn in_cms(revocation: &[Element<'_>]) -> Self {
        let answer = |element: &Element<'_>| {
            let mut fields = Reader::new(element.content);
            let is_answer = element.tag == tag::context(1) && fields.oid().ok()? == oid::OCSP_IN_CMS;
            let answer = fields.expect(tag::SEQUENCE).ok().filter(|_| is_answer)?;
            OcspAnswer::from_der(answer.whole).ok()
        };
        Self {
            certificates: Vec::new(),
            crls: revocation.iter().filter_map(|e| Crl::from_der(e.whole).ok()).collect(),
            ocsps: revocation.iter().filter_map(answer).collect(),
        }
    }

    /// The newest thing that it says of a certificate by `issuer`, where somebody who may say so signed it.
    pub(super) fn of(&self, certificate: &Certificate, issuer: &Certificate) -> Option<RevocationFacts> {
        let lists = self.crls.iter().filter_map(|l| by_list(l, certificate, issuer));
        let answers = self.ocsps.iter().filter_map(|a| by_answer(a, certificate, issuer));
        lists.chain(answers).max_by_key(|f| (f.revoked_at.is_some(), f.time))
    }

    /// When the first certificate of a path was revoked.
    pub(super) fn first_revocation(&self, path: &[Certificate]) -> Option<Timestamp> {
        path.windows(2).filter_map(|pair| self.of(&pair[0], &pair[1])?.revoked_at).min()
    }

    /// What it says of each certificate of a path but the last, which is trusted by itself. `None`: it says nothing of one.
    pub(super) fn of_path(&self, path: &[Certificate]) -> Option<Vec<RevocationFacts>> {
        path.windows(2).map(|pair| self.of(&pair[0], &pair[1])).collect()
    }
}

/// What this data says of a certificate by `issuer`, where somebody who may say so signed it.
pub(crate) fn proved(
    data: &ValidationData,
    certificate: &Certificate,
    issuer: &Certificate,
) -> Option<RevocationFacts> {
    Material::of_data(data).of(certificate, issuer)
}

fn by_list(list: &Crl, certificate: &Certificate, issuer: &Certificate) -> Option<RevocationFacts> {
    if list.issuer_name() != issuer.subject_name() || !is_by(list, issuer) {
        return None;
    }
    Some(RevocationFacts {
        certificate: certificate.common_name(),
        source: "CRL",
        time: list.this_update(),
        until: list.next_update(),
        revoked_at: list.revoked_at(certificate),
    })
}

fn by_answer(
    answer: &OcspAnswer,
    certificate: &Certificate,
    issuer: &Certificate,
) -> Option<RevocationFacts> {
    let revoked_at = match answer.standing(certificate, issuer)? {
        Standing::Good => None,
        Standing::Revoked(at, _) => Some(at),
        Standing::Unknown => return None,
    };
    let responder = |c: &&Certificate| {
        let may = c.extended_usage().is_some_and(|uses| uses.contains(&oid::OCSP_SIGNING));
        may && c.valid_at(answer.produced_at) && chain::issued(issuer, c)
    };
    let by = answer.certificates.iter().find(responder).unwrap_or(issuer);
    let (data, algorithm, signature) = answer.signed_parts();
    signed_by(by, algorithm, data, signature).then(|| RevocationFacts {
        certificate: certificate.common_name(),
        source: "OCSP",
        time: answer.produced_at,
        until: answer.next_update(),
        revoked_at,
    })
}

fn signed_by(by: &Certificate, algorithm: &AlgorithmIdentifierOwned, data: &[u8], signature: &[u8]) -> bool {
    algorithm::verify_signed(by, algorithm, data, signature).is_ok()
}
