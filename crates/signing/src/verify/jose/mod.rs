//! JWS (RFC 7515) and JAdES (ETSI TS 119 182-1), judged, in each of their forms.

mod header;
mod parse;
mod strict;
mod unsigned;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use copihue_core::Timestamp;
use header::{Detached, Header};
use parse::Jws;
use unsigned::Unsigned;

use super::algorithm;
use super::archive::{self, Archived};
use super::check::{self, Described, Learnt, indication_of, signer_facts};
use super::effort;
use super::file::{Given, find};
use super::material::Material;
use super::report::why;
use super::timestamp::{Known, Token};
use super::trust::TrustStore;
use super::verdict::{Changes, Coverage, Indication, SignatureVerdict, SignerFacts, SubIndication};

pub(super) use parse::is_jws;

/// The answer for a JWS of ours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JwsVerdict {
    /// The bytes that it says were signed; empty when it can't be read.
    pub payload: Vec<u8>,
    /// Who signed, by the certificate.
    pub signer: Option<SignerFacts>,
    /// When, as it says itself.
    pub claimed_time: Option<Timestamp>,
    /// What does not fit, or can't be known.
    pub problem: Option<SubIndication>,
}

impl JwsVerdict {
    /// Whether it counts, is false, or can't be told.
    #[must_use]
    pub fn indication(&self) -> Indication {
        self.problem.map_or(Indication::TotalPassed, indication_of)
    }

    /// Why it does not count, as a Spanish sentence; `None` when it does.
    #[must_use]
    pub fn why(&self) -> Option<&'static str> {
        self.problem.map(why)
    }
}

/// Judges a compact JWS that carries its payload, its certificate and its time. `known_at` is an instant at which it is known to
/// exist.
#[must_use]
pub fn verify_jws(text: &str, trust: &TrustStore, known_at: Timestamp) -> JwsVerdict {
    let damaged = Some(SubIndication::FormatFailure);
    let Some(jws) = parse::compact(text).filter(|_| !text.ends_with(['\r', '\n'])) else {
        return JwsVerdict { payload: Vec::new(), signer: None, claimed_time: None, problem: damaged };
    };
    let payload = URL_SAFE_NO_PAD.decode(jws.payload.as_deref().unwrap_or_default()).unwrap_or_default();
    let mut judge =
        Judge { jws: &jws, beside: &[], learnt: Learnt::default(), claimed: None, is_ades: false };
    let problem = judge.check(trust, known_at).err();
    let problem = problem.or(if judge.is_ades { None } else { Some(SubIndication::SigConstraintsFailure) });
    JwsVerdict { payload, signer: judge.learnt.signer, claimed_time: judge.claimed, problem }
}

/// Judges each signature of a JWS in any form, over its payload or over files beside it.
///
/// # Errors
/// What it is not, for a technician.
pub(super) fn judge_all(
    bytes: &[u8],
    beside: &[Given<'_>],
    trust: &TrustStore,
    known_at: Timestamp,
) -> Result<Vec<SignatureVerdict>, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not text in UTF-8")?;
    let all = match parse::json(bytes) {
        Some(all) => all,
        None => vec![parse::compact(text).ok_or("not a JWS")?],
    };
    let judge = |jws: &Jws| {
        let mut judge = Judge { jws, beside, learnt: Learnt::default(), claimed: None, is_ades: false };
        let problem = judge.check(trust, known_at).err();
        let described = Described {
            id: "Firma".to_owned(),
            format: if judge.is_ades { "JAdES" } else { "JWS" }.to_owned(),
            claimed_time: judge.claimed,
            reason: None,
            coverage: Coverage::Whole,
            changes_after: Changes::None,
            is_archived: false,
        };
        check::verdict(problem, judge.learnt, described)
    };
    Ok(all.iter().map(judge).collect())
}

struct Judge<'a> {
    jws: &'a Jws,
    beside: &'a [Given<'a>],
    learnt: Learnt,
    claimed: Option<Timestamp>,
    is_ades: bool,
}

impl Judge<'_> {
    fn check(&mut self, trust: &TrustStore, known_at: Timestamp) -> Result<(), SubIndication> {
        use SubIndication as S;
        let header = Header::read(&self.jws.header().ok_or(S::FormatFailure)?)?;
        let unsigned = Unsigned::read(&self.jws.unprotected)?;
        (self.claimed, self.is_ades) = (header.claimed, header.is_ades());
        let signature = URL_SAFE_NO_PAD.decode(&self.jws.signature).map_err(|_| S::FormatFailure)?;
        let sent = header.certificates.as_slice();
        self.learnt.signer = sent.first().map(signer_facts);
        let payload = self.payload(&header)?;
        let leaf = sent.first().ok_or(S::NoSigningCertificateFound)?;
        header.check_certificate(leaf)?;
        let input = [self.jws.protected.as_bytes(), b".", &payload.signed].concat();
        let scheme = header.algorithm(leaf)?;
        self.learnt.algorithm = Some(algorithm::verify_raw(leaf, scheme, &input, &signature)?);
        let material = Material::of_data(&unsigned.material);
        let known = Known { trust, material: &material, at: known_at };
        self.learnt.archive = archive::judge(self.archived(&unsigned, &payload)?, sent, known)?;
        let known = known.since(self.learnt.best_time());
        let tokens: Vec<&[u8]> = unsigned.stamps.iter().map(Vec::as_slice).collect();
        let over = [self.jws.signature.as_bytes()];
        self.learnt.timestamps = check::check_timestamps(&tokens, &over, sent, known)?;
        check::check_certificate(leaf, sent, header.claimed, known, &mut self.learnt)
    }

    /// TS 119 182-1 §5.3.6.2.1: payload, header, signature, and what came before, each as it is written.
    fn archived<'u>(
        &self,
        unsigned: &'u Unsigned,
        payload: &Payload,
    ) -> Result<Vec<Archived<'u>>, SubIndication> {
        let archived = |(token, before): &'u (Vec<u8>, String)| {
            let token = Token::open(token).map_err(|_| SubIndication::SigConstraintsFailure)?;
            let Jws { protected, signature, .. } = self.jws;
            effort::spend_made(payload.archived.len() + before.len())?;
            let rest = format!(".{protected}.{signature}.{before}");
            Ok(Archived { token, over: vec![payload.archived.clone(), rest.into_bytes()] })
        };
        unsigned.archive.iter().map(archived).collect()
    }

    fn payload(&self, header: &Header) -> Result<Payload, SubIndication> {
        use SubIndication as S;
        let written = |bytes: &[u8]| match header.is_encoded {
            true => URL_SAFE_NO_PAD.encode(bytes).into_bytes(),
            false => bytes.to_vec(),
        };
        let alike = |bytes: Vec<u8>| Payload { archived: bytes.clone(), signed: bytes };
        match (&self.jws.payload, &header.detached) {
            (Some(_), Some(_)) => Err(S::FormatFailure),
            // Which of the two is read, and which was signed, would be anybody's choice.
            (Some(_), None) if !self.beside.is_empty() => Err(S::FormatFailure),
            (Some(payload), None) => {
                if header.is_encoded {
                    URL_SAFE_NO_PAD.decode(payload).map_err(|_| S::FormatFailure)?;
                }
                Ok(alike(payload.as_bytes().to_vec()))
            }
            (None, Some(detached)) => self.detached(detached, written),
            (None, None) => match self.beside {
                [only] => Ok(alike(written(only.bytes))),
                _ => Err(S::SignedDataNotFound),
            },
        }
    }

    /// The files that it names, each beside it.
    fn detached(
        &self,
        detached: &Detached,
        written: impl Fn(&[u8]) -> Vec<u8>,
    ) -> Result<Payload, SubIndication> {
        // What it does not name would stand beside it as if it did.
        if self.beside.len() > detached.names.len() {
            return Err(SubIndication::SignedDataNotFound);
        }
        let files = detached.names.iter().map(|name| find(self.beside, name, detached.names.len()));
        let files: Vec<&[u8]> = files.collect::<Option<_>>().ok_or(SubIndication::SignedDataNotFound)?;
        let Some((hash, digests)) = &detached.digests else {
            let all = written(&files.concat());
            return Ok(Payload { archived: all.clone(), signed: all });
        };
        let is_it = |(file, digest): (&&[u8], &Vec<u8>)| hash.of(&[&written(file)]).as_ref() == digest;
        if !files.iter().zip(digests).all(is_it) {
            return Err(SubIndication::HashFailure);
        }
        let all: Vec<u8> = files.iter().flat_map(|f| written(f)).collect();
        Ok(Payload { signed: Vec::new(), archived: all })
    }
}

/// What stands for the payload under the signature, and under an archive timestamp.
struct Payload {
    signed: Vec<u8>,
    archived: Vec<u8>,
}
