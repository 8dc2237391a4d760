//! CAdES (EN 319 122-1), judged: a CMS around a file, or beside it.

use copihue_core::Timestamp;

use super::check::{self, Learnt, Profile, indication_of};
use super::cms::{Shape, SignedData};
use super::material::Material;
use super::timestamp::Known;
use super::trust::TrustStore;
use super::verdict::{Changes, Coverage, Indication, SignatureVerdict, SubIndication, Verdict};
use crate::asn1;

/// Judges a CAdES signature, or another CMS of one signer, in DER. `beside`: the file that it is over, where that is not inside. `known_at` as for
/// [`verify_pdf`](super::verify_pdf). Archive timestamps are not looked at: B-LTA counts as B-LT.
#[must_use]
pub fn verify_cades(cms: &[u8], beside: Option<&[u8]>, trust: &TrustStore, known_at: Timestamp) -> Verdict {
    let verdict = Verdict::new(beside.unwrap_or(cms), known_at);
    let Ok(signed) = SignedData::parse(cms, Shape::Cades) else {
        return verdict.unreadable("not a CMS of one signer in DER");
    };
    let content = match (signed.content, beside) {
        (Some(content), None) | (None, Some(content)) => content,
        (None, None) => return verdict.unreadable("the signed file is not inside, and was not given"),
        // Which of the two is read, and which was signed, would be anybody's choice.
        (Some(_), Some(_)) => return verdict.unreadable("the signed file is inside, and another was given"),
    };
    let material = Material::in_cms(&signed.revocation);
    let known = Known { trust, material: &material, at: known_at };
    verdict.conclude_one(judge(&signed, content, known))
}

fn judge(signed: &SignedData<'_>, content: &[u8], known: Known<'_>) -> SignatureVerdict {
    let mut learnt = Learnt::default();
    let claimed_time = signed.signing_time.and_then(|t| asn1::read_time(t).ok());
    // What says which certificate it means is signed: nobody can take it away to be judged by other rules.
    let (profile, format) = match signed.certificate_id {
        Some(_) => (Profile::Cades, "CAdES"),
        None => (Profile::Plain, "CMS"),
    };
    let problem = check::check(signed, &[content], (profile, claimed_time), known, &mut learnt).err();
    SignatureVerdict { format: format.to_owned(), ..conclude(problem, learnt, claimed_time) }
}

fn conclude(
    problem: Option<SubIndication>,
    learnt: Learnt,
    claimed_time: Option<Timestamp>,
) -> SignatureVerdict {
    let mut verdict = SignatureVerdict {
        id: "Firma".to_owned(),
        format: String::new(),
        level: learnt.level(false).name(),
        indication: problem.map_or(Indication::TotalPassed, indication_of),
        sub_indication: problem,
        best_time: learnt.best_time(),
        signer: learnt.signer,
        claimed_time,
        timestamps: learnt.timestamps,
        revocation: learnt.revocation.unwrap_or_default(),
        reason: None,
        coverage: Coverage::Whole,
        changes_after: Changes::None,
        algorithm: learnt.algorithm,
        messages_es: Vec::new(),
    };
    verdict.messages_es = super::report::sentences(&verdict);
    verdict
}
