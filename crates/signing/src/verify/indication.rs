//! How a signature is judged, by the names of ETSI EN 319 102-1.

use serde::Serialize;

/// Indication of ETSI EN 319 102-1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Indication {
    /// Every check passed.
    TotalPassed,
    /// A check failed for good.
    TotalFailed,
    /// What is at hand does not suffice.
    Indeterminate,
}

/// Sub-indication of ETSI EN 319 102-1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SubIndication {
    /// The signature is not in the form it must have.
    FormatFailure,
    /// The document's digest is another.
    HashFailure,
    /// The cryptographic signature does not fit.
    SigCryptoFailure,
    /// An algorithm or key is too weak or unknown.
    CryptoConstraintsFailure,
    /// The certificate was revoked before it signed.
    Revoked,
    /// The certificate is revoked, and nothing proves that it signed before.
    RevokedNoPoe,
    /// The signing time lies outside of the certificate's validity.
    Expired,
    /// The certificate was not yet valid at the signing time.
    NotYetValid,
    /// The certificate has ended, and nothing proves that it signed before.
    OutOfBoundsNoPoe,
    /// The certificate may not sign documents, or an authority on the path may not issue.
    ChainConstraintsFailure,
    /// A certificate that travels with the signature is damaged.
    CertificateChainGeneralFailure,
    /// The signer's certificate is not in the signature.
    NoSigningCertificateFound,
    /// No path to an authority that is trusted here.
    NoCertificateChainFound,
    /// An attribute that must be there is missing or wrong.
    SigConstraintsFailure,
    /// The signing time lies after an instant at which the document existed already, or timestamps are not in order.
    TimestampOrderFailure,
    /// What was signed is not at hand.
    SignedDataNotFound,
    /// An algorithm no longer counts, and nothing proves that it was used while it did.
    CryptoConstraintsFailureNoPoe,
    /// An authority's certificate is revoked, and nothing proves that the signature came before.
    RevokedCaNoPoe,
    /// The certificate has ended without being revoked, and nothing proves that it signed before.
    OutOfBoundsNotRevoked,
    /// No path to an authority that is trusted here, of something whose time is not proved.
    NoCertificateChainFoundNoPoe,
    /// Nothing proves that something existed.
    NoPoe,
    /// What is missing may be had later.
    TryLater,
}
