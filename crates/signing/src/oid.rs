//! The object identifiers of signatures and certificates.

use const_oid::ObjectIdentifier;

const fn id(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

pub(crate) const ID_DATA: ObjectIdentifier = id("1.2.840.113549.1.7.1");
pub(crate) const ID_SIGNED_DATA: ObjectIdentifier = id("1.2.840.113549.1.7.2");
pub(crate) const CONTENT_TYPE: ObjectIdentifier = id("1.2.840.113549.1.9.3");
pub(crate) const MESSAGE_DIGEST: ObjectIdentifier = id("1.2.840.113549.1.9.4");
pub(crate) const SIGNING_TIME: ObjectIdentifier = id("1.2.840.113549.1.9.5");
pub(crate) const SIGNING_CERTIFICATE_V2: ObjectIdentifier = id("1.2.840.113549.1.9.16.2.47");
pub(crate) const TIMESTAMP_TOKEN: ObjectIdentifier = id("1.2.840.113549.1.9.16.2.14");

/// OCSP responses among the revocation data of SignedData (RFC 5940).
pub(crate) const OCSP_IN_CMS: ObjectIdentifier = id("1.3.6.1.5.5.7.16.2");
/// A timestamp over a whole CAdES signature (EN 319 122-1 §5.5.3).
pub(crate) const ARCHIVE_TIMESTAMP_V3: ObjectIdentifier = id("0.4.0.1733.2.4");
/// What such a timestamp covers, piece by piece (EN 319 122-1 §5.5.2).
pub(crate) const ATS_HASH_INDEX_V3: ObjectIdentifier = id("0.4.0.19122.1.5");

pub(crate) const ID_TST_INFO: ObjectIdentifier = id("1.2.840.113549.1.9.16.1.4");
/// The older attribute, whose hash is SHA-1: some authorities' tokens carry it.
pub(crate) const SIGNING_CERTIFICATE: ObjectIdentifier = id("1.2.840.113549.1.9.16.2.12");

/// Names what an OCSP question is about, and protects nothing.
pub(crate) const SHA1: ObjectIdentifier = id("1.3.14.3.2.26");
pub(crate) const SHA256: ObjectIdentifier = id("2.16.840.1.101.3.4.2.1");
pub(crate) const SHA384: ObjectIdentifier = id("2.16.840.1.101.3.4.2.2");
pub(crate) const SHA512: ObjectIdentifier = id("2.16.840.1.101.3.4.2.3");

pub(crate) const RSA: ObjectIdentifier = id("1.2.840.113549.1.1.1");
pub(crate) const RSA_SHA256: ObjectIdentifier = id("1.2.840.113549.1.1.11");
pub(crate) const RSA_SHA384: ObjectIdentifier = id("1.2.840.113549.1.1.12");
pub(crate) const RSA_SHA512: ObjectIdentifier = id("1.2.840.113549.1.1.13");
pub(crate) const RSA_PSS: ObjectIdentifier = id("1.2.840.113549.1.1.10");
pub(crate) const MGF1: ObjectIdentifier = id("1.2.840.113549.1.1.8");
pub(crate) const EC_PUBLIC_KEY: ObjectIdentifier = id("1.2.840.10045.2.1");
pub(crate) const P256: ObjectIdentifier = id("1.2.840.10045.3.1.7");
pub(crate) const P384: ObjectIdentifier = id("1.3.132.0.34");
pub(crate) const P521: ObjectIdentifier = id("1.3.132.0.35");
pub(crate) const ED25519: ObjectIdentifier = id("1.3.101.112");
pub(crate) const ECDSA_SHA256: ObjectIdentifier = id("1.2.840.10045.4.3.2");
pub(crate) const ECDSA_SHA384: ObjectIdentifier = id("1.2.840.10045.4.3.3");
pub(crate) const ECDSA_SHA512: ObjectIdentifier = id("1.2.840.10045.4.3.4");

pub(crate) const COMMON_NAME: ObjectIdentifier = id("2.5.4.3");
pub(crate) const SERIAL_NUMBER: ObjectIdentifier = id("2.5.4.5");
pub(crate) const COUNTRY: ObjectIdentifier = id("2.5.4.6");
pub(crate) const ORGANISATION: ObjectIdentifier = id("2.5.4.10");
pub(crate) const ORGANISATIONAL_UNIT: ObjectIdentifier = id("2.5.4.11");
pub(crate) const TITLE: ObjectIdentifier = id("2.5.4.12");

pub(crate) const SUBJECT_KEY_ID: ObjectIdentifier = id("2.5.29.14");
pub(crate) const KEY_USAGE: ObjectIdentifier = id("2.5.29.15");
pub(crate) const SUBJECT_ALT_NAME: ObjectIdentifier = id("2.5.29.17");
pub(crate) const ISSUER_ALT_NAME: ObjectIdentifier = id("2.5.29.18");
pub(crate) const BASIC_CONSTRAINTS: ObjectIdentifier = id("2.5.29.19");
pub(crate) const CRL_NUMBER: ObjectIdentifier = id("2.5.29.20");
pub(crate) const REASON_CODE: ObjectIdentifier = id("2.5.29.21");
pub(crate) const CRL_DISTRIBUTION: ObjectIdentifier = id("2.5.29.31");
pub(crate) const AUTHORITY_KEY_ID: ObjectIdentifier = id("2.5.29.35");
pub(crate) const EXTENDED_KEY_USAGE: ObjectIdentifier = id("2.5.29.37");
pub(crate) const AUTHORITY_INFO: ObjectIdentifier = id("1.3.6.1.5.5.7.1.1");
pub(crate) const CA_ISSUERS: ObjectIdentifier = id("1.3.6.1.5.5.7.48.2");
pub(crate) const TIME_STAMPING: ObjectIdentifier = id("1.3.6.1.5.5.7.3.8");
pub(crate) const OCSP_SIGNING: ObjectIdentifier = id("1.3.6.1.5.5.7.3.9");
pub(crate) const OCSP_BASIC: ObjectIdentifier = id("1.3.6.1.5.5.7.48.1.1");
pub(crate) const OCSP_NONCE: ObjectIdentifier = id("1.3.6.1.5.5.7.48.1.2");
pub(crate) const OCSP_NO_CHECK: ObjectIdentifier = id("1.3.6.1.5.5.7.48.1.5");
pub(crate) const EMAIL_PROTECTION: ObjectIdentifier = id("1.3.6.1.5.5.7.3.4");
pub(crate) const DOCUMENT_SIGNING: ObjectIdentifier = id("1.3.6.1.5.5.7.3.36");
pub(crate) const ANY_EXTENDED_USAGE: ObjectIdentifier = id("2.5.29.37.0");

/// RUT of the holder, as an `otherName` (DS 181/2002).
pub(crate) const RUT_OF_HOLDER: ObjectIdentifier = id("1.3.6.1.4.1.8321.1");
/// RUT of the issuer, as an `otherName` (DS 181/2002).
pub(crate) const RUT_OF_ISSUER: ObjectIdentifier = id("1.3.6.1.4.1.8321.2");
