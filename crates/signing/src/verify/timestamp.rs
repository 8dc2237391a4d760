//! Timestamps (RFC 3161): whether a token holds, whose it is, and what it proves.

use const_oid::ObjectIdentifier;
use copihue_core::Timestamp;
use copihue_core::secret::constant_time_eq;

use super::algorithm;
use super::chain::{self, Path, Purpose, Revocations};
use super::cms::{Shape, SignedData};
use super::material::Material;
use super::trust::{AnchorKind, TrustStore};
use super::verdict::{Changes, SubIndication};
use crate::hash::Hash;
use crate::pki::Certificate;
use crate::tsp::{Info, Query, granted_token};

/// How far an authority's clock may be from ours.
const CLOCK_MS: i64 = 5 * 60_000;

/// What a timestamp says, and whether it counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimestampVerdict {
    /// The instant.
    pub time: Timestamp,
    /// The authority, by its certificate.
    pub authority: String,
    /// What kind of authority stands at the end of its path.
    pub kind: Option<AnchorKind>,
    /// Why it proves nothing, unless it counts.
    pub sub_indication: Option<SubIndication>,
    /// Whether the file proves that the authority's certificates counted.
    pub(super) proved: bool,
}

impl TimestampVerdict {
    /// Whether it proves that what it covers existed then.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.sub_indication.is_none()
    }
}

/// What a signature is judged by.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) trust: &'a TrustStore,
    /// What the file brings.
    pub(super) material: &'a Material,
    /// An instant at which it is known to have existed.
    pub(super) at: Timestamp,
}

impl Known<'_> {
    /// The same of something that is known to have existed then, too.
    pub(super) fn since(self, at: Option<Timestamp>) -> Self {
        Self { at: at.map_or(self.at, |at| at.min(self.at)), ..self }
    }

    /// These certificates, and those that the file brings besides.
    pub(super) fn with(&self, sent: &[Certificate]) -> Vec<Certificate> {
        sent.iter().chain(&self.material.certificates).cloned().collect()
    }

    /// When the first certificate of a path was revoked, by whatever tells it.
    pub(super) fn first_revocation(&self, path: &[Certificate]) -> Option<Timestamp> {
        self.trust.first_revocation(path).into_iter().chain(self.material.first_revocation(path)).min()
    }

    /// When the end of a path was revoked, and when the first authority above it.
    pub(super) fn revocations(&self, path: &Path) -> Revocations {
        let path = path.certificates.as_slice();
        let (leaf, above) = (path.get(..path.len().min(2)), path.get(1..));
        Revocations {
            leaf: self.first_revocation(leaf.unwrap_or_default()),
            authority: self.first_revocation(above.unwrap_or_default()),
        }
    }
}

/// A timestamp over a whole revision of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocumentTimestamp {
    /// The field's name.
    pub id: String,
    /// What it says; `None` when it is damaged.
    pub stamp: Option<TimestampVerdict>,
    /// How it is damaged.
    pub problem: Option<SubIndication>,
    /// The files of a container that it is over; empty: the whole file.
    pub covers: Vec<String>,
    /// What came after.
    pub changes_after: Changes,
}

impl DocumentTimestamp {
    /// Whether the bytes that it covers are those that were stamped, and what came after changes nothing that is read.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.problem.is_none() && self.changes_after != Changes::Content
    }

    /// When what it covers existed, if it proves that.
    pub(super) fn proves(&self) -> Option<Timestamp> {
        self.stamp.as_ref().filter(|s| self.is_intact() && s.counts()).map(|s| s.time)
    }
}

/// A token that is whole: its own signature fits and it says what it says. Whether its authority is trusted is another
/// question.
pub(super) struct Token<'a> {
    signed: SignedData<'a>,
    info: Info,
    leaf: Certificate,
}

impl<'a> Token<'a> {
    /// Reads a token and checks everything that needs no trust. An error means that it is damaged.
    pub(super) fn open(der: &'a [u8]) -> Result<Self, SubIndication> {
        use SubIndication as S;
        let signed = SignedData::parse(der, Shape::Token).map_err(|_| S::FormatFailure)?;
        let content = signed.content.ok_or(S::FormatFailure)?;
        let info = Info::parse(content).map_err(|_| S::FormatFailure)?;
        let leaf = signed.signing_certificate().ok_or(S::NoSigningCertificateFound)?.clone();
        let signer = &signed.signer;
        let hash = signer.hash.ok_or(S::CryptoConstraintsFailure)?;
        if hash.of(&[content]).as_ref() != signer.message_digest {
            return Err(S::HashFailure);
        }
        let id = signer.certificate_id.as_ref().ok_or(S::SigConstraintsFailure)?;
        let digest = id.digest_of(leaf.der()).ok_or(S::CryptoConstraintsFailure)?;
        if !constant_time_eq(digest.as_ref(), id.digest) {
            return Err(S::NoSigningCertificateFound);
        }
        algorithm::verify(&leaf, &signer.algorithm, hash, &signer.attributes, signer.signature)?;
        Ok(Self { signed, info, leaf })
    }

    /// When, and by which hash what it is over is known.
    pub(super) fn info(&self) -> &Info {
        &self.info
    }

    /// The value of its unsigned attribute of this kind.
    pub(super) fn unsigned(&self, id: ObjectIdentifier) -> Option<&'a [u8]> {
        self.signed.signer.unsigned_values(id).next()
    }

    pub(super) fn certificates(&self) -> &[Certificate] {
        &self.signed.certificates
    }

    /// Judges it over these bytes. `besides`: certificates that travel with the signature. An error means that it is
    /// damaged, or of something else.
    pub(super) fn judge(
        &self,
        parts: &[&[u8]],
        besides: &[Certificate],
        known: Known<'_>,
    ) -> Result<TimestampVerdict, SubIndication> {
        match self.info.is_of(parts) {
            Some(true) => self.judged(besides, known),
            Some(false) => Err(SubIndication::HashFailure),
            None => Err(SubIndication::CryptoConstraintsFailure),
        }
    }

    /// [`judge`](Self::judge) without looking at what it is over.
    fn judged(&self, besides: &[Certificate], known: Known<'_>) -> Result<TimestampVerdict, SubIndication> {
        use SubIndication as S;
        let mut verdict = TimestampVerdict {
            time: self.info.at,
            authority: self.leaf.common_name(),
            kind: None,
            sub_indication: None,
            proved: false,
        };
        let sent: Vec<Certificate> = self.signed.certificates.iter().chain(besides).cloned().collect();
        let Some(path) = chain::build(&self.leaf, &known.with(&sent), known.trust, Purpose::Timestamp) else {
            verdict.sub_indication = Some(S::NoCertificateChainFound);
            return Ok(verdict);
        };
        if !chain::none_damaged(&path, &sent, known.trust) {
            return Err(S::CertificateChainGeneralFailure);
        }
        verdict.kind = Some(path.kind);
        verdict.proved = known.material.of_path(&path.certificates).is_some();
        let revoked = known.revocations(&path);
        verdict.sub_indication = chain::judge(&path, revoked, Purpose::Timestamp, self.info.at, known.at);
        Ok(verdict)
    }
}

/// The instant of a timestamp over these bytes, from the response (RFC 3161 `TimeStampResp`, DER) that brought it: whole and
/// signed as it says. Whether its authority is trusted is another question.
///
/// # Errors
/// How it is damaged, or that it is of something else.
pub fn timestamp_of(bytes: &[u8], response: &[u8]) -> Result<Timestamp, SubIndication> {
    let token = granted_token(response).map_err(|_| SubIndication::FormatFailure)?;
    let token = Token::open(&token)?;
    match token.info.is_of(&[bytes]) {
        Some(true) => Ok(token.info.at),
        Some(false) => Err(SubIndication::HashFailure),
        None => Err(SubIndication::CryptoConstraintsFailure),
    }
}

/// Judges a token over a digest, known to exist at an instant, by what it brings itself.
pub(crate) fn judge_token(
    der: &[u8],
    (hash, digest): (Hash, &[u8]),
    trust: &TrustStore,
    at: Timestamp,
) -> Result<TimestampVerdict, SubIndication> {
    let token = Token::open(der)?;
    match token.info.hash {
        Some(found) if found == hash && token.info.digest == digest => {}
        Some(found) if found == hash => return Err(SubIndication::HashFailure),
        _ => return Err(SubIndication::CryptoConstraintsFailure),
    }
    token.judged(&[], Known { trust, material: &Material::default(), at })
}

/// By which hash a token names what it is over.
pub(crate) fn token_imprint(der: &[u8]) -> Result<Hash, SubIndication> {
    Token::open(der)?.info.hash.ok_or(SubIndication::CryptoConstraintsFailure)
}

/// When a token says that it was made, and when its authority's certificate ends.
pub(crate) fn token_facts(der: &[u8]) -> Result<(Timestamp, Timestamp), SubIndication> {
    let token = Token::open(der)?;
    Ok((token.info.at, token.leaf.validity().1))
}

/// Whether a token answers our question, by an authority that is trusted and whose clock goes like ours.
pub(crate) fn accept(
    der: &[u8],
    query: &Query,
    trust: &TrustStore,
    now: Timestamp,
) -> Result<(), &'static str> {
    let token = Token::open(der).map_err(|_| "the token is damaged")?;
    let Info { hash, digest, at, nonce } = &token.info;
    if *hash != Some(query.hash) || *digest != query.digest {
        return Err("the token is of something else");
    }
    if *nonce != query.nonce {
        return Err("the token answers another question");
    }
    if (at.millis() - now.millis()).abs() > CLOCK_MS {
        return Err("its clock is not ours");
    }
    let path = chain::build(&token.leaf, token.certificates(), trust, Purpose::Timestamp)
        .ok_or("its root is not trusted")?;
    let revoked = Known { trust, material: &Material::default(), at: now }.revocations(&path);
    match chain::judge(&path, revoked, Purpose::Timestamp, *at, now.max(*at)) {
        None => Ok(()),
        Some(_) => Err("its certificate may not stamp now"),
    }
}
