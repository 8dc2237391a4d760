//! Issuing: roots, issuing authorities, institution seals and holders.

use const_oid::ObjectIdentifier;
use copihue_core::{Error, Random, Result, Run, Timestamp, random};

use super::certificate::Certificate;
use super::names;
use super::ocsp::no_check;
use crate::asn1::{self, tag};
use crate::keys::SigningKey;
use crate::oid;

/// The law allows no holder's certificate to live longer (Ley 19.799; SIG-04).
const MAX_HOLDER_YEARS: i64 = 3;
const DAY_MS: i64 = 86_400_000;

/// What a certificate is for.
#[derive(Clone, Debug)]
pub enum Profile {
    /// An authority below the root, that issues holders and seals.
    IssuingAuthority {
        /// Its common name.
        name: String,
        /// The body that runs it.
        organisation: String,
    },
    /// A timestamp authority: stamping is its only use (RFC 3161 §2.3).
    TimestampAuthority {
        /// Its common name.
        name: String,
        /// The body that runs it.
        organisation: String,
    },
    /// Answers for an authority whether its certificates still count (RFC 6960 §4.2.2.2).
    OcspResponder {
        /// Its common name.
        name: String,
        /// The body that runs it.
        organisation: String,
    },
    /// A public body's own seal, for what it issues unattended.
    Seal {
        /// The body's full name.
        institution: String,
        /// Its RUT.
        rut: Option<Run>,
    },
    /// An official, who signs with a one-time code.
    Holder {
        /// Full names.
        name: String,
        /// RUN.
        run: Run,
        /// The post held.
        post: String,
        /// The body's full name.
        institution: String,
        /// E-mail.
        email: Option<String>,
    },
}

/// An authority that issues: its certificate, its key, and where its list of revoked certificates is published.
pub struct Issuer<'a> {
    /// Its certificate.
    pub certificate: &'a Certificate,
    /// Its key.
    pub key: &'a SigningKey,
    /// Its RUT, for the issuer's alternative name.
    pub rut: Option<Run>,
    /// Base of public addresses, such as `https://firma.example.cl/pki`; `None` leaves the pointers out.
    pub published_at: Option<&'a str>,
}

/// A self-signed root, valid `years` from `at`.
///
/// # Errors
/// When the key refuses to sign.
pub fn issue_root(
    key: &SigningKey,
    common_name: &str,
    organisation: &str,
    at: Timestamp,
    years: i64,
    random: &dyn Random,
) -> Result<Certificate> {
    let name = authority_name(common_name, organisation);
    let id = key_id(key.public_bits());
    let extensions = [
        extension(oid::BASIC_CONSTRAINTS, true, &asn1::seq(&[&asn1::tlv(tag::BOOLEAN, &[&[0xff]])])),
        extension(oid::KEY_USAGE, true, &key_usage(&[5, 6])),
        extension(oid::SUBJECT_KEY_ID, false, &asn1::tlv(tag::OCTET_STRING, &[&id])),
    ];
    let validity = (at, at.plus_millis(years * 365 * DAY_MS));
    let body = Body {
        issuer: &name,
        subject: &name,
        validity,
        public_key: &key.public_key_info(),
        extensions: &extensions,
    };
    sign(key, &body, random)
}

/// Issues a certificate for the public key of `subject_key`, valid from `at` to `until`, never beyond its issuer and
/// never longer than three years for holders and seals.
///
/// # Errors
/// When nothing of the issuer's validity is left, or the key refuses to sign.
pub fn issue(
    issuer: &Issuer<'_>,
    profile: &Profile,
    subject_key: &SigningKey,
    at: Timestamp,
    until: Timestamp,
    random: &dyn Random,
) -> Result<Certificate> {
    let (_, issuer_end) = issuer.certificate.validity();
    let law = match profile {
        Profile::IssuingAuthority { .. }
        | Profile::TimestampAuthority { .. }
        | Profile::OcspResponder { .. } => until,
        Profile::Seal { .. } | Profile::Holder { .. } => at.plus_millis(MAX_HOLDER_YEARS * 365 * DAY_MS),
    };
    let end = until.min(law).min(issuer_end);
    if end <= at || !issuer.certificate.valid_at(at) {
        return Err(Error::conflict(
            "emisor_vencido",
            "El certificado de la autoridad emisora no está vigente.",
        ));
    }
    let extensions = extensions(issuer, profile, subject_key);
    let body = Body {
        issuer: issuer.certificate.subject_name(),
        subject: &subject(profile),
        validity: (at, end),
        public_key: &subject_key.public_key_info(),
        extensions: &extensions,
    };
    sign(issuer.key, &body, random)
}

struct Body<'a> {
    issuer: &'a [u8],
    subject: &'a [u8],
    validity: (Timestamp, Timestamp),
    public_key: &'a [u8],
    extensions: &'a [Vec<u8>],
}

fn sign(key: &SigningKey, body: &Body<'_>, random: &dyn Random) -> Result<Certificate> {
    let mut serial: [u8; 16] = random::bytes(random);
    // Positive, and never shorter than 120 bits.
    serial[0] = serial[0] & 0x7f | 0x40;
    let algorithm = key.algorithm().identifier();
    let list: Vec<&[u8]> = body.extensions.iter().map(Vec::as_slice).collect();
    let tbs = asn1::seq(&[
        &asn1::tlv(tag::context(0), &[&asn1::unsigned(&[2])]),
        &asn1::unsigned(&serial),
        &algorithm,
        body.issuer,
        &asn1::seq(&[&asn1::time(body.validity.0), &asn1::time(body.validity.1)]),
        body.subject,
        body.public_key,
        &asn1::tlv(tag::context(3), &[&asn1::seq(&list)]),
    ]);
    let der = signed(key, &tbs, &algorithm)?;
    Certificate::from_der(&der)
        .map_err(|e| Error::internal(format_args!("an issued certificate can't be read: {e}")))
}

/// `SEQUENCE { tbs, algorithm, BIT STRING signature }`, the shape of certificates and revocation lists.
pub(crate) fn signed(key: &SigningKey, tbs: &[u8], algorithm: &[u8]) -> Result<Vec<u8>> {
    let signature = key.sign(tbs)?;
    Ok(asn1::seq(&[tbs, algorithm, &asn1::tlv(tag::BIT_STRING, &[&[0], &signature])]))
}

fn authority_name(common_name: &str, organisation: &str) -> Vec<u8> {
    names::name(&[(oid::COUNTRY, "CL"), (oid::ORGANISATION, organisation), (oid::COMMON_NAME, common_name)])
}

fn subject(profile: &Profile) -> Vec<u8> {
    match profile {
        Profile::IssuingAuthority { name, organisation }
        | Profile::TimestampAuthority { name, organisation }
        | Profile::OcspResponder { name, organisation } => authority_name(name, organisation),
        Profile::Seal { institution, rut } => {
            let rut = rut.map(Run::compact);
            let mut parts = vec![
                (oid::COUNTRY, "CL"),
                (oid::ORGANISATION, institution.as_str()),
                (oid::ORGANISATIONAL_UNIT, "Sello electrónico"),
                (oid::COMMON_NAME, institution.as_str()),
            ];
            parts.extend(rut.as_deref().map(|rut| (oid::SERIAL_NUMBER, rut)));
            names::name(&parts)
        }
        Profile::Holder { name, run, post, institution, .. } => names::name(&[
            (oid::COUNTRY, "CL"),
            (oid::ORGANISATION, institution),
            (oid::COMMON_NAME, name),
            (oid::SERIAL_NUMBER, &run.compact()),
            (oid::TITLE, post),
        ]),
    }
}

fn extensions(issuer: &Issuer<'_>, profile: &Profile, key: &SigningKey) -> Vec<Vec<u8>> {
    let is_authority = matches!(profile, Profile::IssuingAuthority { .. });
    let authority_id = asn1::tlv(tag::context_primitive(0), &[&key_id(issuer.certificate.public_bits())]);
    let mut list = vec![
        extension(oid::AUTHORITY_KEY_ID, false, &asn1::seq(&[&authority_id])),
        extension(oid::SUBJECT_KEY_ID, false, &asn1::tlv(tag::OCTET_STRING, &[&key_id(key.public_bits())])),
    ];
    if is_authority {
        // No authority may stand below the issuing one.
        let constraints = asn1::seq(&[&asn1::tlv(tag::BOOLEAN, &[&[0xff]]), &asn1::unsigned(&[0])]);
        list.push(extension(oid::BASIC_CONSTRAINTS, true, &constraints));
        list.push(extension(oid::KEY_USAGE, true, &key_usage(&[5, 6])));
    } else {
        list.push(extension(oid::BASIC_CONSTRAINTS, true, &asn1::seq(&[])));
        list.push(extension(oid::KEY_USAGE, true, &key_usage(&[0, 1])));
    }
    match profile {
        Profile::TimestampAuthority { .. } => list.push(only_use(oid::TIME_STAMPING)),
        Profile::OcspResponder { .. } => list.extend([only_use(oid::OCSP_SIGNING), no_check()]),
        _ => {}
    }
    list.extend(subject_alternative(profile).map(|names| extension(oid::SUBJECT_ALT_NAME, false, &names)));
    if let Some(rut) = issuer.rut.filter(|_| !is_authority) {
        let name = asn1::tlv(tag::context(0), &[&names::other_name(oid::RUT_OF_ISSUER, rut)]);
        list.push(extension(oid::ISSUER_ALT_NAME, false, &asn1::seq(&[&name])));
    }
    if let Some(base) = issuer.published_at {
        list.extend(pointers(base, &issuer.certificate.key_id()));
    }
    list
}

/// The one use of a certificate, critical.
fn only_use(usage: ObjectIdentifier) -> Vec<u8> {
    extension(oid::EXTENDED_KEY_USAGE, true, &asn1::seq(&[&asn1::oid(usage)]))
}

fn subject_alternative(profile: &Profile) -> Option<Vec<u8>> {
    let (rut, email) = match profile {
        Profile::IssuingAuthority { .. }
        | Profile::TimestampAuthority { .. }
        | Profile::OcspResponder { .. } => return None,
        Profile::Seal { rut, .. } => ((*rut)?, None),
        Profile::Holder { run, email, .. } => (*run, email.as_deref().filter(|e| e.is_ascii())),
    };
    let rut = asn1::tlv(tag::context(0), &[&names::rut_other_name(rut)]);
    let email = email.map(|e| asn1::tlv(tag::context_primitive(1), &[e.as_bytes()]));
    Some(asn1::seq(&[&rut, email.as_deref().unwrap_or_default()]))
}

/// Where the revocation list and the issuer's certificate are published. No OCSP address: NSS (and so `pdfsig`) refuses
/// a certificate whose responder does not answer.
fn pointers(base: &str, issuer_id: &str) -> [Vec<u8>; 2] {
    let uri = |path: String| asn1::tlv(tag::context_primitive(6), &[path.as_bytes()]);
    let full_name = asn1::tlv(tag::context(0), &[&uri(format!("{base}/{issuer_id}.crl"))]);
    let point = asn1::seq(&[&asn1::tlv(tag::context(0), &[&full_name])]);
    let access = asn1::seq(&[&asn1::oid(oid::CA_ISSUERS), &uri(format!("{base}/{issuer_id}.cer"))]);
    [
        extension(oid::CRL_DISTRIBUTION, false, &asn1::seq(&[&point])),
        extension(oid::AUTHORITY_INFO, false, &asn1::seq(&[&access])),
    ]
}

pub(crate) fn extension(id: ObjectIdentifier, critical: bool, value: &[u8]) -> Vec<u8> {
    let flag = if critical { asn1::tlv(tag::BOOLEAN, &[&[0xff]]) } else { Vec::new() };
    asn1::seq(&[&asn1::oid(id), &flag, &asn1::tlv(tag::OCTET_STRING, &[value])])
}

/// `KeyUsage` with these bits (RFC 5280 §4.2.1.3), without trailing zero bits as DER demands.
fn key_usage(bits: &[u8]) -> Vec<u8> {
    let byte = bits.iter().fold(0u8, |all, bit| all | 0x80 >> bit);
    asn1::tlv(tag::BIT_STRING, &[&[byte.trailing_zeros() as u8, byte]])
}

/// The leftmost 160 bits of the SHA-256 of the key (RFC 7093 §2, method 1).
pub(crate) fn key_id(public_bits: &[u8]) -> [u8; 20] {
    let mut id = [0; 20];
    id.copy_from_slice(&copihue_core::json::sha256(public_bits)[..20]);
    id
}
