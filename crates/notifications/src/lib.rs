//! Legal notices to a person's casilla, the e-mails that tell of them, and the inbox.
//!
//! A notice is deposited in the sender's own transaction ([`Notifications::notify`]): exactly once, with a
//! sealed certificate. It counts as made on the third business day after sending, in the institution's zone
//! (LBPA 46); reading it never moves that day. The e-mail is an *aviso*: it leaves by a job, and its failure
//! changes no legal state.

mod app;
mod model;
mod pages;
mod ports;
mod store;
mod transport;

use copihue_db::MigrationSet;

copihue_web::locale!("notifications", include_str!("../locales/es-CL.ftl"));

pub use app::{Notifications, Parts};
pub use model::domicile::{Domicile, LegalResult};
pub use model::mail::{KeptMail, Mail, MailState};
pub use model::notice::{
    Attachment, Made, Notice, NoticeKind, NoticeRef, NoticeState, NoticeSummary, NoticeView, made,
};
pub use ports::{Act, Calendars, Evidence, Sealer, Sender, Senders};
pub use store::deeds;
pub use transport::{Smtp, Tls, Transport};

/// The crate's tables.
pub const MIGRATIONS: MigrationSet = MigrationSet {
    name: "notifications",
    files: &[
        ("0001_notice.sql", include_str!("../migrations/0001_notice.sql")),
        ("0002_mail.sql", include_str!("../migrations/0002_mail.sql")),
    ],
};
