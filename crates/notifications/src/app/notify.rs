//! Sending a legal notice.

use copihue_core::{Error, Id, Result, VerificationCode, json};
use copihue_db::{Conn, Tx};
use copihue_web::args;
use copihue_web::locale::{t, ta};
use serde_json::json;

use super::Notifications;
use crate::model::certificate::{Context, certificate};
use crate::model::domicile::{Domicile, LegalResult};
use crate::model::mail::Mail;
use crate::model::notice::{Notice, NoticeKind, NoticeRef, NoticeSummary, made};
use crate::ports::Sender;
use crate::store;

impl Notifications {
    /// Puts a notice in the recipient's casilla, in the caller's transaction: exactly once (NTF-06). The sealed
    /// certificate of sending is made at once; the e-mail that tells of it leaves later, and its loss changes
    /// nothing (NTF-08).
    ///
    /// # Errors
    /// `aviso_invalido`; Internal when the institution is unknown or has no seal.
    pub fn notify(&self, tx: &mut Tx<'_>, notice: &Notice) -> Result<NoticeRef> {
        notice.check()?;
        let sender = self.sender(&notice.institution)?;
        let domicile = store::domicile(tx, notice.recipient.id)?;
        let now = self.now();
        let made = made(&(self.parts().calendar)(), now, sender.zone, sender.scope)?;
        let sent = NoticeRef {
            id: self.id_like(notice.recipient.id),
            code: VerificationCode::new(&*self.parts().random),
            sent_at: now,
            made_on: made.made_on,
            result: domicile.0.result(),
        };
        let sending = store::Sending {
            sent: &sent,
            sender: &sender.name,
            content_sha256: json::sha256(notice.content().as_bytes()),
            first: notice.case.is_some() && !store::notified_before(tx, notice)?,
            domicile,
            made: &made,
            zone: sender.zone,
        };
        store::insert_notice(tx, notice, &sending)?;
        self.certify(tx, notice, &sending)?;
        self.event(tx, sent.id, "depositada", sent.result.as_str())?;
        let fields = [
            ("institution", json!(notice.institution)),
            ("content_sha256", json!(hex::encode(sending.content_sha256))),
            ("result", json!(sent.result.as_str())),
            ("made_on", json!(sent.made_on.to_string())),
        ];
        self.testify(tx, "notice.sent", sent.code.to_string(), notice.recipient.id, &fields)?;
        if let Some(email) = &notice.email {
            self.tell(tx, notice, &sent, &sender, email)?;
        }
        Ok(sent)
    }

    fn sender(&self, institution: &str) -> Result<Sender> {
        let sender = self.parts().senders.sender(institution);
        sender.ok_or_else(|| Error::internal(format_args!("institution {institution} is unknown")))
    }

    fn certify(&self, tx: &mut Tx<'_>, notice: &Notice, s: &store::Sending<'_>) -> Result<()> {
        let context = Context {
            sender: s.sender,
            content_sha256: &s.content_sha256,
            domicile: s.domicile,
            made: s.made,
            issued_at: s.sent.sent_at,
            sent_local: s.zone.rfc3339(s.sent.sent_at),
        };
        let json = certificate(notice, s.sent, &context);
        let jws = self.parts().sealer.seal_jws_in(tx, &notice.institution, &json)?;
        let sha256 = json::sha256(json::canonical(&json)?.as_bytes());
        let sealed = store::Certificate { json: &json, sha256, jws: &jws, at: s.sent.sent_at };
        store::add_certificate(tx, s.sent.id, &sealed)
    }

    pub(super) fn event(&self, tx: &mut Tx<'_>, notice: Id, kind: &str, detail: &str) -> Result<()> {
        store::add_event(tx, notice, self.now(), kind, detail)
    }

    /// The aviso: it tells that a notice is there, never what it says (DDU-07).
    fn tell(
        &self,
        tx: &mut Tx<'_>,
        notice: &Notice,
        sent: &NoticeRef,
        sender: &Sender,
        email: &str,
    ) -> Result<()> {
        let link = format!("{}/mi/avisos/{}", self.parts().base_url, sent.id);
        let mut text = ta("notifications-told", &args! {"sender" => sender.name.as_str(), "link" => link});
        if notice.kind == NoticeKind::Notification && sent.result == LegalResult::Sent {
            let day = copihue_core::text::long_date(sent.made_on);
            text.push_str("\n\n");
            text.push_str(&ta("notifications-told-made", &args! {"day" => day}));
        }
        text.push_str("\n\n");
        text.push_str(&ta("notifications-told-end", &args! {"code" => sent.code.to_string()}));
        text.push('\n');
        let mail = Mail { to: email.to_owned(), subject: t("notifications-told-subject").to_owned(), text };
        match mail.check() {
            Ok(()) => self.enqueue_mail(tx, &mail, Some(sent.id)),
            // A wrong address must not stop a legal notice.
            Err(_) => self.event(tx, sent.id, "aviso_no_enviado", "correo_invalido"),
        }
    }

    /// The notices that a person had in a case, oldest first.
    ///
    /// # Errors
    /// As [`Conn::query`].
    pub fn of_case(
        &self,
        conn: &mut Conn<'_>,
        institution: &str,
        iuie: &str,
        recipient: Id,
    ) -> Result<Vec<NoticeSummary>> {
        let mut notices = store::of_case(conn, institution, iuie, recipient)?;
        self.date(&mut notices);
        Ok(notices)
    }

    /// Sets where a person is notified; every change stays in the registry (DDU-01, DDU-02).
    ///
    /// # Errors
    /// Conflict `ddu_sin_cambio` when it can't follow from the present one.
    pub fn set_domicile(&self, tx: &mut Tx<'_>, person: Id, kind: Domicile, set_by: &str) -> Result<()> {
        let (present, version) = store::domicile(tx, person)?;
        if !present.may_become(kind) {
            return Err(Error::conflict("ddu_sin_cambio", "El domicilio digital ya está en ese estado."));
        }
        store::set_domicile(tx, person, version + 1, kind, self.now(), set_by)?;
        self.testify(
            tx,
            "domicile.set",
            format!("{person}/{}", version + 1),
            person,
            &[("kind", json!(kind.as_str()))],
        )
    }
}
