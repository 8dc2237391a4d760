//! A signer in memory: key parsed, certificate read, and everything that is the same in each signature made once.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use copihue_core::json::{canonical, sha256};
use copihue_core::{Error, Result, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::asn1::{self, tag};
use crate::cms;
use crate::hash::Hash;
use crate::keys::{Algorithm, SigningKey};
use crate::model::layout::Stamp;
use crate::model::level::{Level, WhenShort};
use crate::model::restriction::{Certification, FieldLock};
use crate::pdf::{self, Prepared, SignatureRequest, SubFilter};
use crate::pki::Certificate;

/// The code of an error: a format has no signature by this key over the hash that was asked for.
pub(crate) const NO_SUCH_HASH: &str = "resumen_no_disponible";

/// Who signs, as people read it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SignerName {
    /// Names of the person, or the institution's name for its seal.
    #[serde(rename = "nombre")]
    pub name: String,
    /// The post held, for a person.
    #[serde(rename = "cargo", skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
    /// The institution signed for.
    #[serde(rename = "institucion")]
    pub institution: String,
}

impl SignerName {
    /// As a certificate says it.
    pub(crate) fn of(certificate: &Certificate) -> Self {
        Self {
            name: certificate.common_name(),
            post: certificate.title(),
            institution: certificate.organisation(),
        }
    }
}

/// A certificate and its key, ready.
pub struct Signer {
    key: SigningKey,
    name: SignerName,
    certificate: Certificate,
    chain: Vec<Certificate>,
    sid: Vec<u8>,
    certificates: Vec<u8>,
    ess: Vec<u8>,
    x5c: Vec<String>,
    thumbprint: String,
    preferred: Option<Hash>,
}

/// By which hashes one signature is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Hashes {
    /// The signature's own, and in a CMS also the content's.
    pub(crate) signature: Hash,
    /// Of what an XML signature or a manifest refers to.
    pub(crate) references: Hash,
}

impl Signer {
    /// Puts a key, its certificate and the issuing certificates (without the root) together.
    ///
    /// # Errors
    /// When the key is not the certificate's.
    pub fn new(key: SigningKey, certificate: Certificate, chain: Vec<Certificate>) -> Result<Self> {
        if certificate.public_bits() != key.public_bits() {
            return Err(Error::internal("a key does not belong to its certificate"));
        }
        let all: Vec<&[u8]> = std::iter::once(&certificate).chain(&chain).map(Certificate::der).collect();
        Ok(Self {
            sid: asn1::seq(&[certificate.issuer_name(), certificate.serial_element()]),
            ess: cms::ess_attribute(&sha256(certificate.der())),
            x5c: all.iter().map(|der| STANDARD.encode(der)).collect(),
            thumbprint: URL_SAFE_NO_PAD.encode(sha256(certificate.der())),
            certificates: asn1::set_of(tag::context(0), all),
            name: SignerName::of(&certificate),
            preferred: None,
            key,
            certificate,
            chain,
        })
    }

    /// From now on signs over this hash wherever no other is asked for; over the key's own when `None`.
    #[must_use]
    pub fn over(self, hash: Option<Hash>) -> Self {
        Self { preferred: hash, ..self }
    }

    /// Who it is.
    #[must_use]
    pub fn name(&self) -> &SignerName {
        &self.name
    }

    /// Its certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The issuing certificates that travel with each signature.
    #[must_use]
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// The key's algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    /// The hashes of a signature for which this one is asked, or none.
    pub(crate) fn hashes(&self, asked: Option<Hash>) -> Hashes {
        let chosen = asked.or(self.preferred);
        Hashes {
            signature: chosen.unwrap_or(self.algorithm().hash()),
            references: chosen.unwrap_or(Hash::Sha256),
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        self.key.sign(message)
    }

    /// The same over another hash than the key's own.
    pub(crate) fn sign_over(&self, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        self.key.sign_over(hash, message)
    }

    /// The signature as JOSE and XML carry it: raw r‖s for ECDSA.
    pub(crate) fn sign_raw(&self, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        self.key.sign_raw_over(hash, message)
    }

    /// `IssuerAndSerialNumber`.
    pub(crate) fn sid(&self) -> &[u8] {
        &self.sid
    }

    /// The `[0] certificates` of SignedData.
    pub(crate) fn certificates(&self) -> &[u8] {
        &self.certificates
    }

    pub(crate) fn ess_attribute(&self) -> &[u8] {
        &self.ess
    }

    /// Signs a PDF (PAdES B-B, whatever level the options ask for). Only appends: every byte of `pdf` stays where it is.
    ///
    /// # Errors
    /// When the PDF can't be signed, or the certificate is not valid at `at`.
    pub fn sign_pdf(&self, pdf: &[u8], options: &SealOptions, at: Timestamp) -> Result<Vec<u8>> {
        self.begin_pdf(pdf, options, at, 0)?.finish(self, None)
    }

    /// Signs a PDF up to the signature value, with room for a timestamp over it.
    ///
    /// # Errors
    /// When the PDF can't be signed, or the certificate is not valid at `at`.
    pub fn begin_pdf(
        &self,
        pdf: &[u8],
        options: &SealOptions,
        at: Timestamp,
        token_room: usize,
    ) -> Result<HalfPdf> {
        self.check_validity(at)?;
        let prepared = pdf::prepare(pdf, &self.request(options, at, token_room))?;
        let hash = self.hashes(options.hash).signature;
        let digest = prepared.digest_and(hash, |_| Ok(()))?;
        let half = cms::pades_half(self, hash, digest.as_ref())?;
        Ok(HalfPdf { prepared, half })
    }

    fn request<'a>(
        &'a self,
        options: &'a SealOptions,
        at: Timestamp,
        token_room: usize,
    ) -> SignatureRequest<'a> {
        SignatureRequest {
            name: &self.name.name,
            reason: options.reason.as_deref(),
            location: options.location.as_deref(),
            at,
            sub_filter: options.sub_filter,
            room: cms::room(self) + token_room,
            field: options.field.as_deref(),
            stamp: options.stamp.as_ref(),
            stamp_text: options.stamp_text.as_deref(),
            certify: options.certify,
            lock: options.lock.as_ref(),
        }
    }

    /// Signs a file (PAdES B-B) into a new one. Only what is needed of it is read at once: a file of a gigabyte takes no
    /// more memory than a small one.
    ///
    /// # Errors
    /// When the PDF can't be signed, the certificate is not valid at `at`, or `target` is there or can't be written.
    pub fn sign_pdf_file(
        &self,
        source: File,
        target: &Path,
        options: &SealOptions,
        at: Timestamp,
    ) -> Result<()> {
        self.check_validity(at)?;
        let prepared = pdf::prepare_file(source, &self.request(options, at, 0))?;
        let failed = |e| Error::internal(format_args!("a signed file can't be written: {e}"));
        let mut out = OpenOptions::new().write(true).create_new(true).open(target).map_err(failed)?;
        let hash = self.hashes(options.hash).signature;
        let digest = prepared.digest_and(hash, |piece| out.write_all(piece)).map_err(Error::from);
        let signed = digest.and_then(|digest| {
            let cms = cms::pades_over(self, hash, digest.as_ref())?;
            out.write_all(&prepared.finish(&cms)?).and_then(|()| out.sync_all()).map_err(failed)
        });
        if signed.is_err() {
            // Half a file is no signed file; that it can't be removed either is not the first thing to say.
            drop(std::fs::remove_file(target));
        }
        signed
    }

    /// A compact JWS over the canonical form of `payload`, with `x5c`, `x5t#S256` and `iat` in its header.
    ///
    /// # Errors
    /// When the certificate is not valid at `at`, or the key refuses.
    pub fn sign_jws(&self, payload: &Value, at: Timestamp) -> Result<String> {
        self.sign_jws_bytes(canonical(payload)?.as_ref(), None, at)
    }

    /// The same over exactly these bytes, by this hash where one is asked for.
    ///
    /// # Errors
    /// When the certificate is not valid at `at`, no JWS can be signed by this key over that hash, or the key refuses.
    pub fn sign_jws_bytes(&self, payload: &[u8], hash: Option<Hash>, at: Timestamp) -> Result<String> {
        self.check_validity(at)?;
        let (hash, name) = self.jws_algorithm(hash)?;
        let header = canonical(&json!({
            "alg": name,
            "iat": at.millis().div_euclid(1000),
            "x5c": self.x5c,
            "x5t#S256": self.thumbprint,
        }))?;
        let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let signature = self.key.sign_raw_over(hash, input.as_bytes())?;
        Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// What was asked for must be had; what is only preferred gives way where a JWS has no such algorithm.
    fn jws_algorithm(&self, asked: Option<Hash>) -> Result<(Hash, &'static str)> {
        let algorithm = self.algorithm();
        let named = |hash: Hash| algorithm.jws_over(hash).map(|name| (hash, name));
        match asked {
            Some(hash) => named(hash).ok_or_else(|| {
                let own = algorithm.hash().name();
                let detail = format!("Con la clave de este certificado, un JWS solo se firma con {own}.");
                Error::invalid(NO_SUCH_HASH, detail)
            }),
            None => Ok(self.preferred.and_then(named).unwrap_or_else(|| (algorithm.hash(), algorithm.jws()))),
        }
    }

    pub(crate) fn check_validity(&self, at: Timestamp) -> Result<()> {
        if self.certificate.valid_at(at) {
            return Ok(());
        }
        Err(Error::conflict(
            "certificado_vencido",
            "El certificado de firma no está vigente. Pida uno nuevo al operador.",
        ))
    }
}

/// A PDF with its signature value, before its timestamp.
pub struct HalfPdf {
    prepared: Prepared,
    half: cms::Half,
}

impl HalfPdf {
    /// The signature value: what the timestamp is over.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        self.half.signature()
    }

    /// The signed file.
    ///
    /// # Errors
    /// When the timestamp does not fit into its room.
    pub fn finish(self, signer: &Signer, token: Option<&[u8]>) -> Result<Vec<u8>> {
        Ok(self.prepared.finish(&self.half.detached(signer, token))?)
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({}, {:?})", self.name.institution, self.algorithm())
    }
}

/// A signer shared by all who sign with it.
pub type SharedSigner = Arc<Signer>;

/// What a signature says of itself, and how well it must be provable.
#[derive(Clone, PartialEq, Debug)]
pub struct SealOptions {
    /// Why it is signed, shown by PDF readers.
    pub reason: Option<String>,
    /// Where.
    pub location: Option<String>,
    /// PAdES, or the older Adobe kind.
    pub sub_filter: SubFilter,
    /// The hash that is signed; the signer's own when `None`.
    pub hash: Option<Hash>,
    /// An empty signature field to fill, by its name; a new invisible field when `None`.
    pub field: Option<String>,
    /// A visible stamp, for a new field.
    pub stamp: Option<Stamp>,
    /// What it says, line by line; `Firmado por …` when `None`.
    pub stamp_text: Option<String>,
    /// Certifies the document, for its first signature.
    pub certify: Option<Certification>,
    /// Locks fields, for its first signature.
    pub lock: Option<FieldLock>,
    /// The level asked for.
    pub level: Level,
    /// What to do when it can't be reached.
    pub when_short: WhenShort,
}

impl Default for SealOptions {
    fn default() -> Self {
        Self {
            reason: None,
            location: None,
            sub_filter: SubFilter::default(),
            hash: None,
            field: None,
            stamp: None,
            stamp_text: None,
            certify: None,
            lock: None,
            level: Level::LT,
            when_short: WhenShort::default(),
        }
    }
}

impl SealOptions {
    /// Options with a reason.
    #[must_use]
    pub fn because(reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::default() }
    }
}
