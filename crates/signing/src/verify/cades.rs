//! CAdES (EN 319 122-1), judged: a CMS around a file, or beside it.

use copihue_core::Timestamp;

use super::check::{self, Described, Learnt, Profile};
use super::cms::{Shape, SignedData};
use super::effort;
use super::material::Material;
use super::timestamp::Known;
use super::trust::TrustStore;
use super::verdict::{Changes, Coverage, SignatureVerdict, SubIndication, Verdict};
use crate::asn1;

/// Judges a CAdES signature, or another CMS, in DER. `beside`: the file that it is over, where that is not inside. `known_at` as
/// for [`verify_pdf`](super::verify_pdf).
#[must_use]
pub fn verify_cades(cms: &[u8], beside: Option<&[u8]>, trust: &TrustStore, known_at: Timestamp) -> Verdict {
    let verdict = Verdict::new(beside.unwrap_or(cms), known_at);
    match effort::bounded(|| judge_all(cms, beside, trust, known_at)) {
        Ok(Ok(signatures)) => verdict.conclude_all(signatures),
        Ok(Err(problem)) => verdict.unreadable(problem),
        Err(_) => verdict.unreadable(effort::TOO_MUCH),
    }
}

/// Judges each of its signatures.
///
/// # Errors
/// What it is not, for a technician.
pub(super) fn judge_all(
    cms: &[u8],
    beside: Option<&[u8]>,
    trust: &TrustStore,
    known_at: Timestamp,
) -> Result<Vec<SignatureVerdict>, &'static str> {
    let all = SignedData::parse_all(cms, Shape::Cades).map_err(|_| "not a CMS in DER over plain data")?;
    let inside = all.first().and_then(|one| one.content);
    if inside.is_some() && beside.is_some() {
        // Which of the two is read, and which was signed, would be anybody's choice.
        return Err("the signed file is inside, and another was given");
    }
    let content = inside.or(beside);
    let judge = |signed: &SignedData<'_>| {
        let material = Material::in_cms(&signed.revocation);
        judge(signed, content, Known { trust, material: &material, at: known_at })
    };
    Ok(all.iter().map(judge).collect())
}

fn judge(signed: &SignedData<'_>, content: Option<&[u8]>, known: Known<'_>) -> SignatureVerdict {
    let mut learnt = Learnt::default();
    let claimed_time = signed.signer.signing_time.and_then(|t| asn1::read_time(t).ok());
    // What says which certificate it means is signed: nobody can take it away to be judged by other rules.
    let (profile, format) = match signed.signer.certificate_id {
        Some(_) => (Profile::Cades, "CAdES"),
        None => (Profile::Plain, "CMS"),
    };
    // Whose signature it is can be said without what it is over.
    learnt.signer = signed.signing_certificate().map(check::signer_facts);
    let mut check = || {
        let content = content.ok_or(SubIndication::SignedDataNotFound)?;
        check::check(signed, &[content], (profile, claimed_time), known, &mut learnt)
    };
    let problem = check().err();
    let described = Described {
        id: "Firma".to_owned(),
        format: format.to_owned(),
        claimed_time,
        reason: None,
        coverage: Coverage::Whole,
        changes_after: Changes::None,
        is_archived: false,
    };
    check::verdict(problem, learnt, described)
}
