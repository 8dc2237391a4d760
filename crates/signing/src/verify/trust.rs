//! Whom to trust: authorities at the end of a path, and the lists of what they revoked.

use copihue_core::Timestamp;
use copihue_core::json::sha256_hex;
use serde::Serialize;

use super::algorithm;
use super::chain::Purpose;
use crate::asn1::DerError;
use crate::pki::{Certificate, Crl};

/// What kind of authority it is, and so what a signature under it counts as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum AnchorKind {
    /// A root of the State.
    #[serde(rename = "FEA_estado")]
    State,
    /// An accredited provider of advanced signatures (Ley 19.799).
    #[serde(rename = "FEA_acreditada")]
    Accredited,
    /// An authority for trials: its signatures have no legal effect.
    #[serde(rename = "de_prueba")]
    Test,
    /// Any other: counts as a simple signature.
    #[serde(rename = "otra")]
    Other,
}

/// What an authority is trusted for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TrustedFor {
    /// Signatures and timestamps.
    #[default]
    Everything,
    /// Signatures alone.
    Signing,
    /// Timestamps alone.
    Stamping,
}

impl TrustedFor {
    pub(super) fn covers(self, purpose: Purpose) -> bool {
        match self {
            Self::Everything => true,
            Self::Signing => purpose == Purpose::Document,
            Self::Stamping => purpose == Purpose::Timestamp,
        }
    }
}

/// An authority that is trusted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Anchor {
    /// Its certificate.
    pub certificate: Certificate,
    /// Its kind.
    pub kind: AnchorKind,
    /// Where it comes from, for people: a file, or a list and its entry.
    pub source: String,
    /// What for.
    pub trusted_for: TrustedFor,
    /// From when on; always, when absent.
    pub from: Option<Timestamp>,
    /// Until when, that instant not included; for good, when absent.
    pub until: Option<Timestamp>,
}

impl From<(Certificate, AnchorKind)> for Anchor {
    fn from((certificate, kind): (Certificate, AnchorKind)) -> Self {
        let trusted_for = TrustedFor::Everything;
        Self { certificate, kind, source: String::new(), trusted_for, from: None, until: None }
    }
}

/// The authorities that are trusted, intermediate certificates known besides, and lists of revoked ones.
#[derive(Clone, Debug, Default)]
pub struct TrustStore {
    anchors: Vec<Anchor>,
    intermediates: Vec<Certificate>,
    lists: Vec<Crl>,
}

impl TrustStore {
    /// Trusts nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts every certificate of a PEM text.
    ///
    /// # Errors
    /// When a block is not a certificate.
    pub fn from_pem(pem: &str, kind: AnchorKind) -> Result<Self, DerError> {
        let mut store = Self::new();
        for certificate in Certificate::many_from_pem(pem)? {
            store.add_anchor(certificate, kind);
        }
        Ok(store)
    }

    /// Trusts one more authority.
    pub fn add_anchor(&mut self, certificate: Certificate, kind: AnchorKind) {
        self.add((certificate, kind).into());
    }

    /// The same with all that is known of it.
    pub fn add(&mut self, anchor: Anchor) {
        self.anchors.push(anchor);
    }

    /// Knows one more intermediate certificate: it helps to find a path, and is not trusted by itself.
    pub fn add_intermediate(&mut self, certificate: Certificate) {
        self.intermediates.push(certificate);
    }

    /// Adds a list of revoked certificates. It counts only where its issuer's key signed it.
    ///
    /// # Errors
    /// When it is not a list.
    pub fn add_crl(&mut self, der: &[u8]) -> Result<(), DerError> {
        self.lists.push(Crl::from_der(der)?);
        Ok(())
    }

    /// Names exactly these anchors, each with what it counts as: a report says by whom it was made.
    #[must_use]
    pub fn version(&self) -> String {
        let one = |a: &Anchor| {
            let Anchor { certificate, kind, trusted_for, from, until, .. } = a;
            format!("{} {kind:?} {trusted_for:?} {from:?} {until:?}", sha256_hex(certificate.der()))
        };
        let mut lines: Vec<String> = self.anchors.iter().map(one).collect();
        lines.sort();
        sha256_hex(lines.join("\n").as_bytes())[..16].to_owned()
    }

    /// The anchors as PEM, for other programs.
    #[must_use]
    pub fn to_pem(&self) -> String {
        self.anchors.iter().map(|a| a.certificate.to_pem()).collect()
    }

    pub(super) fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    pub(super) fn intermediates(&self) -> &[Certificate] {
        &self.intermediates
    }

    /// When the first certificate of a path was revoked, by the lists at hand.
    pub(super) fn first_revocation(&self, path: &[Certificate]) -> Option<Timestamp> {
        path.windows(2).filter_map(|pair| self.revoked_at(&pair[0], &pair[1])).min()
    }

    /// When `issuer` revoked the certificate, by the lists at hand.
    fn revoked_at(&self, certificate: &Certificate, issuer: &Certificate) -> Option<Timestamp> {
        let of_issuer = self.lists.iter().filter(|l| l.issuer_name() == issuer.subject_name());
        of_issuer.filter(|l| is_by(l, issuer)).filter_map(|l| l.revoked_at(certificate)).min()
    }
}

/// Whether the issuer's key signed the list.
pub(super) fn is_by(list: &Crl, issuer: &Certificate) -> bool {
    let parsed = list.parsed();
    algorithm::verify_x509(issuer, &parsed.signature_algorithm, list.tbs(), &parsed.signature).is_ok()
}
