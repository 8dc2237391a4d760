//! Finding signatures and judging each.

use copihue_core::Timestamp;

use super::changes;
use super::check::{self, Described, Learnt, Profile};
use super::cms::{Shape, SignedData};
use super::gap::{self, Covered};
use super::material::Material;
use super::timestamp::{DocumentTimestamp, Known, TimestampVerdict, Token};
use super::trust::TrustStore;
use super::verdict::{Changes, Coverage, SignatureVerdict, SubIndication};
use crate::pdf::{Dict, Indirect, Object, PdfError, Reader, SubFilter, decode_text};

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
    /// What its author lets others do afterwards, where it certifies the document (`DocMDP`).
    certifies: Option<i64>,
}

impl Found {
    pub(super) fn is_signature(&self) -> bool {
        self.kind == Kind::Signature
    }

    pub(super) const fn covered(&self) -> Option<&Covered> {
        self.covered.as_ref()
    }
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
        Object::Ref(id) => match reader.named(*id)? {
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
    // A key that stands twice is another signature to other readers.
    let covered = gap::covered(reader.data, &dict, contents.as_ref()).filter(|_| !dict.repeats_a_key());
    let certifies = certification(reader, &dict)?;
    Ok(Some(Found { kind, name, dict, covered, certifies }))
}

/// `P` of ISO 32000-1, table 254: 1 nothing, 2 forms and signatures, 3 annotations besides.
fn certification(reader: &Reader<'_>, dict: &Dict) -> Result<Option<i64>, PdfError> {
    const DEFAULT: i64 = 2;
    let references = reader.value(dict, "Reference")?;
    for reference in references.as_array().unwrap_or_default() {
        let Some(reference) = reader.dict(reference)? else { continue };
        if reference.name("TransformMethod") == Some(b"DocMDP") {
            let parameters = reader.value(&reference, "TransformParams")?;
            return Ok(Some(parameters.as_dict().and_then(|p| p.int("P")).unwrap_or(DEFAULT)));
        }
    }
    Ok(None)
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
    let certified = found.iter().filter_map(|f| f.certifies).min();
    // Drawn over what was certified, even a signature's stamp can make it say something else.
    let (signed, unsigned) = match certified {
        None => (changes::Later::Signed, changes::Later::Unsigned),
        Some(1) => (changes::Later::Closed, changes::Later::Closed),
        Some(_) => (changes::Later::Unsigned, changes::Later::Unsigned),
    };
    let (mut later, mut is_archived) = (unsigned, false);
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
                later = signed;
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

impl Judge<'_> {
    fn verdict(&self, later: changes::Later) -> SignatureVerdict {
        let mut learnt = Learnt::default();
        let problem = self.check(&mut learnt).err();
        let text = |key| self.found.dict.text(key).map(decode_text);
        let format = self.found.dict.name("SubFilter").map(|n| String::from_utf8_lossy(n).into_owned());
        let described = Described {
            id: self.found.name.clone(),
            format: format.unwrap_or_default(),
            claimed_time: self.claimed_time(),
            reason: text("Reason"),
            coverage: if self.is_whole() { Coverage::Whole } else { Coverage::Partial },
            changes_after: self.changes_after(later),
            is_archived: self.is_archived,
        };
        check::verdict(problem, learnt, described)
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
            covers: Vec::new(),
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
        let parts = [&self.reader.data[..covered.gap.start], &self.reader.data[covered.gap.end..covered.end]];
        let profile = match sub_filter {
            SubFilter::Etsi => Profile::Pades,
            SubFilter::Adobe => Profile::Plain,
        };
        check::check(&signed, &parts, (profile, self.claimed_time()), self.known, learnt)
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
