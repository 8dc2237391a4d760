//! What is filed: documents and how they enter the index.

use copihue_core::{Error, Id, PersonRef, Result, Run, Timestamp, VerificationCode};
use copihue_db::blobs::BlobRef;
use copihue_signing::verify::FoundSignature;

use super::codes::{AccessLevel, DocumentKind, Mechanism, Origin};

/// Which way a document goes, seen from the institution.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    /// `entrada`: it came in.
    Incoming,
    /// `salida`: it went out.
    Outgoing,
    /// `interno`.
    Internal,
}

/// In which part of the procedure it happened.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stage {
    /// `iniciacion`.
    Initiation,
    /// `instruccion`.
    Instruction,
    /// `finalizacion`.
    Conclusion,
    /// `impugnacion`.
    Appeal,
    /// `ejecucion`.
    Execution,
}

/// What a document says of persons.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Privacy {
    /// Nothing that the other parties may not read.
    #[default]
    Ordinary,
    /// Personal data of its holders: not for other parties (EXP-14).
    Personal,
    /// Sensitive data of its holders (`MGDDE7_4` = 1): not for other parties, and each reading is logged first.
    Sensitive,
}

macro_rules! words {
    ($type:ty, { $($variant:ident => $text:literal),+ $(,)? }) => {
        impl $type {
            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
            /// From the name on the wire.
            ///
            /// # Errors
            /// Internal: only stored names are read.
            pub fn parse(text: &str) -> Result<Self> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(Error::internal(format_args!("{} {text}", stringify!($type)))),
                }
            }
        }
    };
}
words!(Direction, { Incoming => "entrada", Outgoing => "salida", Internal => "interno" });
words!(Stage, {
    Initiation => "iniciacion", Instruction => "instruccion", Conclusion => "finalizacion",
    Appeal => "impugnacion", Execution => "ejecucion",
});
words!(Privacy, { Ordinary => "ordinario", Personal => "personal", Sensitive => "sensible" });

/// Who made a document, or did something in a case (EXP-13).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Author {
    /// An interested party or their agent.
    Party(PersonRef),
    /// An official.
    Official(Signer),
    /// A system, by its name.
    System(&'static str),
}

/// An official, as stamped on what they do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signer {
    /// Id in the directory.
    pub official: Option<Id>,
    /// RUN.
    pub run: Option<Run>,
    /// Name.
    pub name: String,
    /// Post.
    pub post: String,
}

/// Data fetched from another institution (EXP-09).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interoperated {
    /// Letter code of the institution that answered.
    pub institution: String,
    /// The service used.
    pub service: String,
    /// The consent, when the data are sensitive.
    pub consent: Option<String>,
    /// Trace id of the exchange.
    pub trace: Option<String>,
}

/// A document to be filed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewEntry {
    /// Title (`MGDDE1_6`), up to 300 characters.
    pub title: String,
    /// Type (L1).
    pub kind: DocumentKind,
    /// The bytes, already put in the same transaction.
    pub blob: BlobRef,
    /// The declared media type.
    pub media_type: String,
    /// The file's name as it came.
    pub file_name: Option<String>,
    /// Which way it goes.
    pub direction: Direction,
    /// The part of the procedure.
    pub stage: Stage,
    /// Where it comes from (L8).
    pub origin: Origin,
    /// How it was brought in (L2).
    pub mechanism: Mechanism,
    /// Who made it.
    pub author: Author,
    /// The parties that it concerns.
    pub holders: Vec<Id>,
    /// What it says of persons.
    pub privacy: Privacy,
    /// Level of access (L7).
    pub level: AccessLevel,
    /// Reception of what comes in; sending or occurrence of what goes out.
    pub received_at: Timestamp,
    /// The verification code that it carries.
    pub code: Option<VerificationCode>,
    /// Pages, when they can be counted.
    pub pages: Option<u32>,
    /// Officials who signed it here, with an advanced signature; never declared (`MGDDE8_3`).
    pub signers: Vec<Signer>,
    /// Signatures that validation found in what came in (SIG-15).
    pub signatures: Vec<FoundSignature>,
    /// Mark of interoperated data.
    pub interoperated: Option<Interoperated>,
}

impl NewEntry {
    /// An entry with the defaults of the guide, to change what differs.
    #[must_use]
    pub fn new(title: impl Into<String>, kind: DocumentKind, blob: BlobRef, received_at: Timestamp) -> Self {
        Self {
            title: title.into(),
            kind,
            blob,
            media_type: "application/pdf".to_owned(),
            file_name: None,
            direction: Direction::Internal,
            stage: Stage::Instruction,
            origin: Origin::CitizenPlatform,
            mechanism: Mechanism::Digital,
            author: Author::System("copihue"),
            holders: Vec::new(),
            privacy: Privacy::Ordinary,
            level: AccessLevel::Public,
            received_at,
            code: None,
            pages: None,
            signers: Vec::new(),
            signatures: Vec::new(),
            interoperated: None,
        }
    }

    /// Whether it may enter a case.
    ///
    /// # Errors
    /// `archivo_vacio`, `metadato_obligatorio`, `metadato_condicional`.
    pub fn check(&self) -> Result<()> {
        if self.blob.size == 0 {
            return Err(Error::invalid("archivo_vacio", "El archivo está vacío."));
        }
        let title = self.title.trim();
        if title.is_empty() || title.chars().count() > 300 {
            return Err(super::metadata::missing("MGDDE1_6"));
        }
        // Restricting access needs a legal ground, which is given with the grant; see `access`.
        let unconsented = self.interoperated.as_ref().is_some_and(|i| i.consent.is_none());
        if self.origin == Origin::Interoperability && self.interoperated.is_none()
            || self.privacy == Privacy::Sensitive && unconsented
        {
            return Err(super::metadata::conditional("MGDDE61_1"));
        }
        Ok(())
    }
}

/// A document that was filed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EntryRef {
    /// Its number, `DOCU-AAAAMMDD-NNNNNN`.
    pub document: String,
    /// Its place in the index.
    pub n: i64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}
