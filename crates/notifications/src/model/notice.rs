//! A legal notice: what is sent, where it stands, and when it counts as made.

use copihue_core::calendar::{Calendar, Channel, Scope, Zone};
use copihue_core::{Error, Id, PersonRef, Result, Timestamp, VerificationCode};
use jiff::civil::Date;

use super::domicile::{Domicile, LegalResult};

/// What kind of notice it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NoticeKind {
    /// `NT`: serves an act; starts the clock.
    Notification,
    /// `CP`: a copy of a notice made elsewhere (NOT-12); starts none.
    Copy,
    /// `CI`: information; starts none.
    Information,
}

impl NoticeKind {
    /// The published code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Notification => "NT",
            Self::Copy => "CP",
            Self::Information => "CI",
        }
    }

    /// From the code.
    ///
    /// # Errors
    /// Internal: only stored codes are read.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "NT" => Ok(Self::Notification),
            "CP" => Ok(Self::Copy),
            "CI" => Ok(Self::Information),
            _ => Err(Error::internal(format_args!("notice kind {text}"))),
        }
    }
}

/// A document that goes with a notice, at an address that stays.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attachment {
    /// Its title.
    pub title: String,
    /// Own path where the recipient finds it.
    pub href: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
}

/// A notice to be sent (NOT-02, NOT-03).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// Letter code of the institution.
    pub institution: String,
    /// Whom it is for.
    pub recipient: PersonRef,
    /// Where to tell them that it is there: informative only (NTF-08).
    pub email: Option<String>,
    /// The case, by its IUIe.
    pub case: Option<String>,
    /// Code of the procedure.
    pub procedure_code: String,
    /// What kind of notice.
    pub kind: NoticeKind,
    /// Up to 255 characters.
    pub subject: String,
    /// The full text of the act: plain text, paragraphs by blank lines.
    pub body: String,
    /// What goes with it.
    pub attachments: Vec<Attachment>,
}

impl Notice {
    /// Whether it may be sent.
    ///
    /// # Errors
    /// `aviso_invalido`, with a message per field.
    pub fn check(&self) -> Result<()> {
        let mut error =
            Error::invalid("aviso_invalido", "La notificación no se puede enviar con estos datos.");
        let subject = self.subject.trim().chars().count();
        if !(1..=255).contains(&subject) || self.subject.chars().any(char::is_control) {
            error = error.field("subject", "Escriba un asunto de hasta 255 caracteres.");
        }
        if self.body.trim().is_empty() || self.body.len() > 200_000 {
            error = error.field("body", "Escriba el texto íntegro del acto.");
        }
        let own = |a: &Attachment| a.href.starts_with('/') && !a.href[1..].starts_with(['/', '\\']);
        if !self.attachments.iter().all(own) || self.attachments.len() > 50 {
            error = error.field("attachments", "Los adjuntos deben estar en este sitio.");
        }
        if error.fields().is_empty() { Ok(()) } else { Err(error) }
    }

    /// The bytes whose hash stands in the certificate: what the recipient reads.
    #[must_use]
    pub fn content(&self) -> String {
        format!("{}\n\n{}\n", self.subject.trim(), self.body.trim())
    }
}

/// When a notice counts as made, and by what rule (NTF-03).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Made {
    /// The civil date of sending in the institution's zone.
    pub sent_on: Date,
    /// The day on which it counts as made: day zero of the terms that run from it.
    pub made_on: Date,
    /// The rule: `lbpa46.ddu.3`, or `inmediato` for what starts no clock.
    pub rule: String,
    /// Version of the calendar it was reckoned with.
    pub calendar_version: String,
}

/// Reckons when a notice sent at `sent` to a DDU counts as made: day zero is the civil date of sending in the
/// institution's zone, and reading never moves it.
///
/// # Errors
/// When the calendar doesn't reach that far.
pub fn made(calendar: &Calendar, sent: Timestamp, zone: Zone, scope: Scope) -> Result<Made> {
    let made = calendar.notice_made(Channel::Ddu, zone.date(sent), scope)?;
    Ok(Made {
        sent_on: made.sent,
        made_on: made.made,
        rule: format!("lbpa46.ddu.{}", made.days),
        calendar_version: calendar.version().to_string(),
    })
}

/// Where a notice stands (§3.5).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NoticeState {
    /// `depositada` in the casilla, with its result known.
    Deposited,
    /// `practicada`: its day has come.
    Made,
    /// `carta_pendiente`: the sender owes a registered letter or another form.
    LetterDue,
    /// `anulada`: an error of the sender, corrected by another notice; never deleted.
    Withdrawn,
}

impl NoticeState {
    /// The stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deposited => "depositada",
            Self::Made => "practicada",
            Self::LetterDue => "carta_pendiente",
            Self::Withdrawn => "anulada",
        }
    }

    /// From the stored name.
    ///
    /// # Errors
    /// Internal: only stored names are read.
    pub fn parse(text: &str) -> Result<Self> {
        [Self::Deposited, Self::Made, Self::LetterDue, Self::Withdrawn]
            .into_iter()
            .find(|s| s.as_str() == text)
            .ok_or_else(|| Error::internal(format_args!("notice state {text}")))
    }

    /// The state in which a sending leaves a notice.
    #[must_use]
    pub const fn after(result: LegalResult) -> Self {
        match result {
            LegalResult::Sent | LegalResult::NotSent => Self::Deposited,
            LegalResult::Excepted | LegalResult::NoDomicile => Self::LetterDue,
        }
    }

    /// The state on a given day: a sent notice is made when its day begins, read or not.
    #[must_use]
    pub fn on(self, today: Date, made_on: Date) -> Self {
        if self == Self::Deposited && today >= made_on { Self::Made } else { self }
    }
}

/// A notice that was sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoticeRef {
    /// Its id, in the recipient's bucket.
    pub id: Id,
    /// Its transaction code, unique (NOT-04).
    pub code: VerificationCode,
    /// When it was deposited.
    pub sent_at: Timestamp,
    /// The day on which it counts as made; without meaning unless `result` is `Sent`.
    pub made_on: Date,
    /// What came of it.
    pub result: LegalResult,
}

/// One line of the inbox.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoticeSummary {
    /// Its id.
    pub id: Id,
    /// The sender's name.
    pub sender: String,
    /// Its subject.
    pub subject: String,
    /// What kind of notice.
    pub kind: NoticeKind,
    /// Where it stands today.
    pub state: NoticeState,
    /// When it was deposited.
    pub sent_at: Timestamp,
    /// The day on which it counts as made.
    pub made_on: Date,
    /// When it was first opened.
    pub read_at: Option<Timestamp>,
    /// The zone of the sender's days.
    pub zone: Zone,
}

/// A notice, whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoticeView {
    /// Its line in the inbox.
    pub summary: NoticeSummary,
    /// Its transaction code.
    pub code: VerificationCode,
    /// Letter code of the institution.
    pub institution: String,
    /// The case, by its IUIe.
    pub case: Option<String>,
    /// The full text.
    pub body: String,
    /// What goes with it.
    pub attachments: Vec<Attachment>,
    /// SHA-256 of the content.
    pub content_sha256: [u8; 32],
    /// Where the person was notified.
    pub domicile: Domicile,
    /// What came of the sending.
    pub result: LegalResult,
    /// When it counts as made, and why.
    pub made: Made,
}
