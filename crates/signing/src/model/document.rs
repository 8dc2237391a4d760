//! Issued documents, as anybody may check them by their code.

use copihue_core::{Timestamp, VerificationCode};

use crate::signer::SignerName;

codes! {
    /// Whether a document still counts.
    DocumentState {
        /// In force.
        InForce = "vigente",
        /// Another one took its place.
        Replaced = "reemplazado",
        /// Annulled, revoked or invalidated.
        Void = "sin_efecto",
        /// Disposed of; its hash, its date and the act stay.
        Disposed = "eliminado",
    }
}

codes! {
    /// How much the verification page shows to anybody.
    Show {
        /// Title, signers and the document where it is public.
        Document = "documento",
        /// Title and signers.
        Metadata = "metadatos",
        /// Only its state, and whether a file has the same hash.
        Hash = "huella",
    }
}

/// A document to register when it is issued.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IssuedDocument {
    /// The code printed in it.
    pub code: VerificationCode,
    /// SHA-256 of the signed bytes.
    pub sha256: [u8; 32],
    /// The institution's code.
    pub institution: String,
    /// The institution's name.
    pub institution_name: String,
    /// Title.
    pub title: String,
    /// Kind of document, in words.
    pub kind: String,
    /// The case file it belongs to (IUIe).
    pub case: Option<String>,
    /// Who signed.
    pub signers: Vec<SignerName>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// How much is shown.
    pub show: Show,
}

/// A registered document and its state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegisteredDocument {
    /// As it was issued.
    pub issued: IssuedDocument,
    /// When this register took it in: proof that these bytes existed then.
    pub registered_at: Timestamp,
    /// Whether it still counts.
    pub state: DocumentState,
    /// Since when.
    pub state_at: Timestamp,
    /// Why, when it no longer does.
    pub reason: Option<String>,
    /// What took its place.
    pub replaced_by: Option<VerificationCode>,
}

impl DocumentState {
    /// Whether the state may become `next`. What was disposed of stays so; what lost its force does not regain it.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::InForce => next != Self::InForce,
            Self::Replaced | Self::Void => next == Self::Disposed,
            Self::Disposed => false,
        }
    }
}
