//! Finding signatures and judging each.

use copihue_core::Timestamp;
use copihue_core::secret::constant_time_eq;

use super::algorithm::{self, CryptoError};
use super::chain::{self, Purpose};
use super::changes;
use super::cms::{Shape, SignedData};
use super::gap::{self, Covered};
use super::material::{Material, RevocationFacts};
use super::timestamp::{DocumentTimestamp, Known, TimestampVerdict, Token};
use super::trust::TrustStore;
use super::verdict::{Changes, Coverage, Indication, SignatureVerdict, SignerFacts, SubIndication};
use crate::model::level::Level;
use crate::pdf::{Dict, Indirect, Object, PdfError, Reader, SubFilter, decode_text};
use crate::pki::{Certificate, mask_run};
use crate::signer::SignerName;

const MAX_FIELDS: usize = 10_000;
const MAX_SIGNATURES: usize = 50;

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Signature,
    /// A document timestamp: somebody's clock, nobody's will.
    Timestamp,
}

/// A signature of the form, as it stands in the file.
pub(super) struct Found {
    kind: Kind,
    name: String,
    dict: Dict,
    covered: Option<Covered>,
}

/// Every signature of the form, and every document timestamp, in the order of the bytes they cover.
pub(super) fn find(reader: &Reader<'_>) -> Result<Vec<Found>, PdfError> {
    let (_, catalog) = reader.root()?;
    let form = reader.value(&catalog, "AcroForm")?;
    let Some(form) = form.as_dict() else { return Ok(Vec::new()) };
    let fields = reader.value(form, "Fields")?;
    let mut stack: Vec<Object> = fields.as_array().unwrap_or_default().to_vec();
    let (mut seen, mut found) = (0, Vec::new());
    while let Some(object) = stack.pop() {
        seen += 1;
        if seen > MAX_FIELDS || stack.len() > MAX_FIELDS || found.len() > MAX_SIGNATURES {
            return Err(PdfError::Limit("form fields"));
        }
        let Some(field) = reader.dict(&object)? else { continue };
        if let Some(signature) = field.get("V").filter(|_| field.name("FT").is_none_or(|t| t == b"Sig")) {
            found.extend(read_signature(reader, &field, signature)?);
        }
        stack.extend(reader.value(&field, "Kids")?.as_array().unwrap_or_default().iter().cloned());
    }
    found.sort_by_key(|f| f.covered.as_ref().map_or(0, |c| c.end));
    Ok(found)
}

fn read_signature(reader: &Reader<'_>, field: &Dict, value: &Object) -> Result<Option<Found>, PdfError> {
    // A signature that is not an object of its own has no place that could be checked.
    let (dict, contents) = match value {
        Object::Ref(id) => match reader.indirect(id.number)? {
            Indirect { value: Object::Dict(dict), contents, .. } => (dict, contents),
            _ => return Ok(None),
        },
        Object::Dict(dict) => (dict.clone(), None),
        _ => return Ok(None),
    };
    let types: [&[u8]; 2] = [b"Sig", b"DocTimeStamp"];
    if dict.get("ByteRange").is_none() && !dict.name("Type").is_some_and(|t| types.contains(&t)) {
        return Ok(None);
    }
    let is_timestamp = dict.name("SubFilter") == Some(b"ETSI.RFC3161");
    let kind = if is_timestamp { Kind::Timestamp } else { Kind::Signature };
    let name = field.text("T").map(decode_text).unwrap_or_default();
    let covered = gap::covered(reader.data, &dict, contents.as_ref());
    Ok(Some(Found { kind, name, dict, covered }))
}

/// Everything that was found, judged.
#[derive(Default)]
pub(super) struct All {
    pub(super) signatures: Vec<SignatureVerdict>,
    pub(super) timestamps: Vec<DocumentTimestamp>,
}

/// Judges each, from the last to the first: a document timestamp proves that everything before it existed then. The last
/// signature also answers for everything after it.
pub(super) fn verify_all(
    reader: &Reader<'_>,
    found: &[Found],
    trust: &TrustStore,
    known_at: Timestamp,
) -> All {
    let material = Material::read(reader).unwrap_or_default();
    let mut known = Known { trust, material: &material, at: known_at };
    let (mut later, mut is_archived) = (changes::Later::Unsigned, false);
    let mut all = All::default();
    for one in found.iter().rev() {
        let judge = Judge { reader, found: one, known, is_archived };
        match one.kind {
            Kind::Timestamp => {
                let verdict = judge.document_timestamp(later);
                known.at = verdict.proves().map_or(known.at, |at| at.min(known.at));
                is_archived |= verdict.proves().is_some();
                all.timestamps.push(verdict);
            }
            Kind::Signature => {
                all.signatures.push(judge.verdict(later));
                later = changes::Later::Signed;
            }
        }
    }
    all.signatures.reverse();
    all.timestamps.reverse();
    all
}

struct Judge<'a> {
    reader: &'a Reader<'a>,
    found: &'a Found,
    known: Known<'a>,
    /// Whether a document timestamp that counts covers it.
    is_archived: bool,
}

/// What was learnt on the way, whatever the end.
#[derive(Default)]
struct Learnt {
    signer: Option<SignerFacts>,
    algorithm: Option<&'static str>,
    timestamps: Vec<TimestampVerdict>,
    /// What the file says of each certificate of the signer's path; `None` when it leaves one out.
    revocation: Option<Vec<RevocationFacts>>,
}

impl Learnt {
    /// The earliest instant at which the signature is known to have existed.
    fn best_time(&self) -> Option<Timestamp> {
        self.timestamps.iter().filter(|t| t.counts()).map(|t| t.time).min()
    }

    /// The level that was reached, as far as it can be proved from the file.
    fn level(&self, is_archived: bool) -> Level {
        let Some(best) = self.best_time() else { return Level::B };
        // What was known before the signature says nothing of its certificate at that time.
        let is_later = |facts: &Vec<RevocationFacts>| facts.first().is_none_or(|f| f.time >= best);
        let stamped = self.timestamps.iter().any(|t| t.counts() && t.proved);
        match self.revocation.as_ref().is_some_and(is_later) && stamped {
            false => Level::T,
            true if is_archived => Level::LTA,
            true => Level::LT,
        }
    }
}

impl Judge<'_> {
    fn verdict(&self, later: changes::Later) -> SignatureVerdict {
        let mut learnt = Learnt::default();
        let problem = self.check(&mut learnt).err();
        let changes_after = self.changes_after(later);
        let best_time = learnt.best_time();
        let text = |key| self.found.dict.text(key).map(decode_text);
        let mut verdict = SignatureVerdict {
            id: self.found.name.clone(),
            format: self
                .found
                .dict
                .name("SubFilter")
                .map(|n| String::from_utf8_lossy(n).into_owned())
                .unwrap_or_default(),
            level: learnt.level(self.is_archived).name(),
            indication: indication(problem, changes_after),
            sub_indication: problem,
            signer: learnt.signer,
            claimed_time: self.claimed_time(),
            best_time,
            timestamps: learnt.timestamps,
            revocation: learnt.revocation.unwrap_or_default(),
            reason: text("Reason"),
            coverage: if self.is_whole() { Coverage::Whole } else { Coverage::Partial },
            changes_after,
            algorithm: learnt.algorithm,
            messages_es: Vec::new(),
        };
        verdict.messages_es = super::report::sentences(&verdict);
        verdict
    }

    fn is_whole(&self) -> bool {
        self.found.covered.as_ref().is_some_and(|c| c.end == self.reader.data.len())
    }

    fn changes_after(&self, later: changes::Later) -> Changes {
        match &self.found.covered {
            Some(_) if self.is_whole() => Changes::None,
            Some(covered) => changes::after(self.reader, covered.end, later),
            None => Changes::Content,
        }
    }

    fn document_timestamp(&self, later: changes::Later) -> DocumentTimestamp {
        let judged = self.check_document_timestamp();
        DocumentTimestamp {
            id: self.found.name.clone(),
            problem: judged.as_ref().err().copied(),
            stamp: judged.ok(),
            changes_after: self.changes_after(later),
        }
    }

    fn check_document_timestamp(&self) -> Result<TimestampVerdict, SubIndication> {
        let covered = self.found.covered.as_ref().ok_or(SubIndication::FormatFailure)?;
        let data = self.reader.data;
        let der = gap::cms(data, &covered.gap).ok_or(SubIndication::FormatFailure)?;
        let parts = [&data[..covered.gap.start], &data[covered.gap.end..covered.end]];
        Token::open(&der)?.judge(&parts, &[], self.known)
    }

    fn claimed_time(&self) -> Option<Timestamp> {
        parse_date(self.found.dict.text("M")?)
    }

    fn check(&self, learnt: &mut Learnt) -> Result<(), SubIndication> {
        use SubIndication as S;
        let covered = self.found.covered.as_ref().ok_or(S::FormatFailure)?;
        let sub_filter =
            self.found.dict.name("SubFilter").and_then(SubFilter::from_name).ok_or(S::FormatFailure)?;
        let der = gap::cms(self.reader.data, &covered.gap).ok_or(S::FormatFailure)?;
        let signed = SignedData::parse(&der, Shape::Detached).map_err(|_| S::FormatFailure)?;
        let leaf = signed.signing_certificate().ok_or(S::NoSigningCertificateFound)?;
        learnt.signer = Some(signer_facts(leaf));
        self.check_digest(&signed, covered)?;
        check_certificate_id(&signed, leaf, sub_filter)?;
        learnt.algorithm = Some(check_signature(&signed, leaf)?);
        learnt.timestamps = self.check_timestamps(&signed)?;
        let claimed = self.claimed_time().ok_or(S::SigConstraintsFailure)?;
        let path = chain::build(leaf, &self.known.with(&signed.certificates), self.known.trust)
            .ok_or(S::NoCertificateChainFound)?;
        if let Some(signer) = &mut learnt.signer {
            signer.kind = Some(path.kind);
        }
        if !chain::none_damaged(&path, &signed.certificates, self.known.trust) {
            return Err(S::CertificateChainGeneralFailure);
        }
        // A timestamp proves that the signature existed when its certificates still counted.
        let known_at = learnt.best_time().map_or(self.known.at, |at| at.min(self.known.at));
        learnt.revocation = self.known.material.of_path(&path.certificates);
        let revoked = self.known.first_revocation(&path);
        chain::judge(&path, revoked, Purpose::Document, claimed, known_at).map_or(Ok(()), Err)
    }

    /// Judges the signature's timestamps. One whose authority is unknown proves nothing; one that is damaged was tampered
    /// with, and then nothing of the signature is believed.
    fn check_timestamps(&self, signed: &SignedData<'_>) -> Result<Vec<TimestampVerdict>, SubIndication> {
        let judge = |der: &&[u8]| {
            let token = Token::open(der)?;
            token.judge(&[signed.signature], &signed.certificates, self.known)
        };
        let damaged = |_: SubIndication| SubIndication::SigConstraintsFailure;
        signed.timestamps.iter().map(|der| judge(der).map_err(damaged)).collect()
    }

    fn check_digest(&self, signed: &SignedData<'_>, covered: &Covered) -> Result<(), SubIndication> {
        let hash = signed.hash.ok_or(SubIndication::CryptoConstraintsFailure)?;
        let data = self.reader.data;
        let digest = hash.of(&[&data[..covered.gap.start], &data[covered.gap.end..covered.end]]);
        if digest.as_ref() == signed.message_digest { Ok(()) } else { Err(SubIndication::HashFailure) }
    }
}

/// PAdES must say which certificate it means, and must not carry signing-time (EN 319 142-1).
fn check_certificate_id(
    signed: &SignedData<'_>,
    leaf: &Certificate,
    sub_filter: SubFilter,
) -> Result<(), SubIndication> {
    let is_pades = sub_filter == SubFilter::Etsi;
    if is_pades && signed.has_signing_time {
        return Err(SubIndication::SigConstraintsFailure);
    }
    match &signed.certificate_id {
        None if is_pades => Err(SubIndication::SigConstraintsFailure),
        None => Ok(()),
        Some(id) => {
            if is_pades && id.is_weak() {
                return Err(SubIndication::SigConstraintsFailure);
            }
            let digest = id.digest_of(leaf.der()).ok_or(SubIndication::CryptoConstraintsFailure)?;
            let same = constant_time_eq(digest.as_ref(), id.digest);
            if same { Ok(()) } else { Err(SubIndication::NoSigningCertificateFound) }
        }
    }
}

fn check_signature(signed: &SignedData<'_>, leaf: &Certificate) -> Result<&'static str, SubIndication> {
    let hash = signed.hash.ok_or(SubIndication::CryptoConstraintsFailure)?;
    algorithm::verify(leaf, &signed.algorithm, hash, &signed.attributes, signed.signature).map_err(
        |e| match e {
            CryptoError::Refused => SubIndication::CryptoConstraintsFailure,
            CryptoError::Wrong => SubIndication::SigCryptoFailure,
        },
    )
}

fn indication(problem: Option<SubIndication>, changes: Changes) -> Indication {
    match problem {
        None if changes == Changes::Content => Indication::TotalFailed,
        None => Indication::TotalPassed,
        Some(problem) => indication_of(problem),
    }
}

/// Whether a problem is one for good.
pub(super) fn indication_of(problem: SubIndication) -> Indication {
    use SubIndication as S;
    match problem {
        S::FormatFailure
        | S::HashFailure
        | S::SigCryptoFailure
        | S::Revoked
        | S::Expired
        | S::NotYetValid => Indication::TotalFailed,
        _ => Indication::Indeterminate,
    }
}

/// Who a certificate says signed.
pub(super) fn signer_facts(leaf: &Certificate) -> SignerFacts {
    SignerFacts {
        name: SignerName { name: leaf.common_name(), post: leaf.title(), institution: leaf.organisation() },
        run_masked: leaf.run().map(mask_run),
        issuer: leaf.issuer_common_name(),
        serial: leaf.serial(),
        kind: None,
    }
}

/// `D:20261121193000-03'00'` and its shorter forms (ISO 32000-1 §7.9.4); without a zone it is UTC.
fn parse_date(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.strip_prefix("D:")?;
    if !text.is_ascii() || text.len() < 14 {
        return None;
    }
    let (local, zone) = text.split_at(14);
    let local = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", local).ok()?;
    let digits: Vec<i32> = zone.split(['+', '-', '\'', 'Z']).filter_map(|p| p.parse().ok()).collect();
    let minutes = digits.first().unwrap_or(&0) * 60 + digits.get(1).unwrap_or(&0);
    let seconds = if zone.starts_with('-') { -minutes * 60 } else { minutes * 60 };
    let offset = jiff::tz::Offset::from_seconds(seconds).ok()?;
    offset.to_timestamp(local).ok().map(Timestamp::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_with_their_zone() {
        let read = |t: &str| parse_date(t.as_bytes()).map(|t| t.to_string());
        assert_eq!(read("D:20261121193000-03'00'").as_deref(), Some("2026-11-21T22:30:00.000Z"));
        assert_eq!(read("D:20261121193000Z").as_deref(), Some("2026-11-21T19:30:00.000Z"));
        assert_eq!(read("D:20261121193000").as_deref(), Some("2026-11-21T19:30:00.000Z"));
        assert_eq!(read("D:2026"), None);
    }
}
