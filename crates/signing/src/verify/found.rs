//! What is found of the signatures of a document that comes in, as its metadata keeps it (SIG-15).

use copihue_core::Run;

use super::trust::AnchorKind;
use super::verdict::{Indication, SignatureVerdict, Verdict};

/// A signature that is over these very bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundSignature {
    /// Whether it passed every check under an authority whose signatures are advanced (Ley 19.799). Any other is a simple one.
    pub advanced: bool,
    /// Who issued the certificate.
    pub provider: String,
    /// Who signed.
    pub name: String,
    /// Their post, where the certificate says one.
    pub post: Option<String>,
    /// Their RUN, where the certificate says one.
    pub run: Option<Run>,
}

impl Verdict {
    /// The signatures that count for something: what is false, or was changed since, counts for nothing.
    #[must_use]
    pub fn found(&self) -> Vec<FoundSignature> {
        self.signatures.iter().filter_map(found).collect()
    }
}

fn found(signature: &SignatureVerdict) -> Option<FoundSignature> {
    if signature.indication == Indication::TotalFailed || !signature.is_intact() {
        return None;
    }
    let signer = signature.signer.as_ref()?;
    let is_accredited = matches!(signer.kind, Some(AnchorKind::State | AnchorKind::Accredited));
    Some(FoundSignature {
        advanced: signature.indication == Indication::TotalPassed && is_accredited,
        provider: signer.issuer.clone(),
        name: signer.name.name.clone(),
        post: signer.name.post.clone(),
        run: signature.chain.first().and_then(|certificate| certificate.run()),
    })
}
