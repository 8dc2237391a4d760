//! Every SQL text of the crate.

pub mod deeds;

use copihue_core::calendar::Zone;
use copihue_core::{Error, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};
use serde_json::Value;

use crate::model::domicile::{Domicile, LegalResult};
use crate::model::mail::{KeptMail, Mail, MailState};
use crate::model::notice::{
    Attachment, Made, Notice, NoticeKind, NoticeRef, NoticeState, NoticeSummary, NoticeView,
};

/// What a notice's row holds beside the notice.
pub(crate) struct Sending<'a> {
    pub(crate) sent: &'a NoticeRef,
    pub(crate) sender: &'a str,
    pub(crate) content_sha256: [u8; 32],
    pub(crate) first: bool,
    pub(crate) domicile: (Domicile, i64),
    pub(crate) made: &'a Made,
    pub(crate) zone: Zone,
}

pub(crate) fn insert_notice(tx: &mut Tx<'_>, n: &Notice, s: &Sending<'_>) -> Result<()> {
    let (sent, made) = (s.sent, s.made);
    let state = NoticeState::after(sent.result);
    tx.execute(
        sql!(
            "INSERT INTO notifications_notice (bucket, id, code, institution, sender_name, recipient, recipient_run, ",
            "recipient_name, case_iuie, procedure_code, kind, subject, body, content_sha256, first_notice, domicile, ",
            "domicile_version, state, result, sent_at, sent_on, made_on, made_rule, calendar_version, zone) VALUES ",
            "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, ",
            "$23, $24, $25)"
        ),
        &params![
            sent.id.bucket(), sent.id, sent.code, n.institution, s.sender, n.recipient.id, n.recipient.run,
            n.recipient.name, n.case, n.procedure_code, n.kind.as_str(), n.subject.trim(), n.body, s.content_sha256,
            s.first, s.domicile.0.as_str(), s.domicile.1, state.as_str(), sent.result.as_str(), sent.sent_at,
            made.sent_on, made.made_on, made.rule, made.calendar_version, s.zone.name()
        ],
    )?;
    for (i, a) in n.attachments.iter().enumerate() {
        tx.execute(
            sql!(
                "INSERT INTO notifications_attachment (bucket, notice, n, title, href, sha256) ",
                "VALUES ($1, $2, $3, $4, $5, $6)"
            ),
            &params![sent.id.bucket(), sent.id, i + 1, a.title, a.href, a.sha256],
        )?;
    }
    Ok(())
}

/// Whether the person has had a notice of this case before (NOT-11).
pub(crate) fn notified_before(conn: &mut Conn<'_>, n: &Notice) -> Result<bool> {
    let person = n.recipient.id;
    let row = conn.query_opt(
        sql!(
            "SELECT 1 AS one FROM notifications_notice ",
            "WHERE bucket = $1 AND recipient = $2 AND institution = $3 AND case_iuie = $4 LIMIT 1"
        ),
        &params![person.bucket(), person, n.institution, n.case],
    )?;
    Ok(row.is_some())
}

fn summary(row: &Row) -> Result<NoticeSummary> {
    let zone: String = row.get("zone")?;
    Ok(NoticeSummary {
        id: row.get("id")?,
        sender: row.get("sender_name")?,
        subject: row.get("subject")?,
        kind: NoticeKind::parse(&row.get::<String>("kind")?)?,
        state: NoticeState::parse(&row.get::<String>("state")?)?,
        sent_at: row.get("sent_at")?,
        made_on: row.get("made_on")?,
        read_at: row.get("read_at")?,
        zone: zone.parse().map_err(|_| Error::internal(format_args!("zone {zone}")))?,
    })
}

/// The inbox, newest first, from before a place in it.
pub(crate) fn inbox(
    conn: &mut Conn<'_>,
    person: Id,
    before: Option<(Timestamp, Id)>,
    limit: i64,
) -> Result<Vec<NoticeSummary>> {
    let (at, id) = before.unwrap_or((Timestamp::from_millis(i64::MAX), Id::from_bytes([0xff; 16])));
    conn.query(
        sql!(
            "SELECT id, sender_name, subject, kind, state, sent_at, made_on, read_at, zone FROM notifications_notice ",
            "WHERE bucket = $1 AND recipient = $2 AND (sent_at, id) < ($3, $4) ",
            "ORDER BY sent_at DESC, id DESC LIMIT $5"
        ),
        &params![person.bucket(), person, at, id, limit],
    )?
    .iter()
    .map(summary)
    .collect()
}

pub(crate) fn of_case(
    conn: &mut Conn<'_>,
    institution: &str,
    iuie: &str,
    person: Id,
) -> Result<Vec<NoticeSummary>> {
    conn.query(
        sql!(
            "SELECT id, sender_name, subject, kind, state, sent_at, made_on, read_at, zone FROM notifications_notice ",
            "WHERE bucket = $1 AND recipient = $2 AND institution = $3 AND case_iuie = $4 ORDER BY id"
        ),
        &params![person.bucket(), person, institution, iuie],
    )?
    .iter()
    .map(summary)
    .collect()
}

pub(crate) fn unread(conn: &mut Conn<'_>, person: Id) -> Result<i64> {
    conn.query_one(
        sql!(
            "SELECT count(*) AS n FROM notifications_notice WHERE bucket = $1 AND recipient = $2 AND read_at IS NULL"
        ),
        &params![person.bucket(), person],
    )?
    .get("n")
}

/// A notice, for its recipient only.
pub(crate) fn find(conn: &mut Conn<'_>, id: Id, recipient: Id) -> Result<Option<NoticeView>> {
    let row = conn.query_opt(
        sql!("SELECT * FROM notifications_notice WHERE bucket = $1 AND id = $2 AND recipient = $3"),
        &params![id.bucket(), id, recipient],
    )?;
    let Some(row) = row else { return Ok(None) };
    let attachments = conn.query(
        sql!(
            "SELECT title, href, sha256 FROM notifications_attachment WHERE bucket = $1 AND notice = $2 ORDER BY n"
        ),
        &params![id.bucket(), id],
    )?;
    let attachments = attachments
        .iter()
        .map(|a| Ok(Attachment { title: a.get("title")?, href: a.get("href")?, sha256: a.get("sha256")? }))
        .collect::<Result<Vec<_>>>()?;
    Ok(Some(view(&row, attachments)?))
}

fn view(row: &Row, attachments: Vec<Attachment>) -> Result<NoticeView> {
    Ok(NoticeView {
        summary: summary(row)?,
        code: row.get("code")?,
        institution: row.get("institution")?,
        case: row.get("case_iuie")?,
        body: row.get("body")?,
        attachments,
        content_sha256: row.get("content_sha256")?,
        domicile: Domicile::parse(&row.get::<String>("domicile")?)?,
        result: LegalResult::parse(&row.get::<String>("result")?)?,
        made: Made {
            sent_on: row.get("sent_on")?,
            made_on: row.get("made_on")?,
            rule: row.get("made_rule")?,
            calendar_version: row.get("calendar_version")?,
        },
    })
}

/// Marks the first opening; false when it was opened before.
pub(crate) fn mark_read(tx: &mut Tx<'_>, id: Id, at: Timestamp) -> Result<bool> {
    let changed = tx.execute(
        sql!(
            "UPDATE notifications_notice SET read_at = $3 WHERE bucket = $1 AND id = $2 AND read_at IS NULL"
        ),
        &params![id.bucket(), id, at],
    )?;
    Ok(changed == 1)
}

pub(crate) fn add_event(tx: &mut Tx<'_>, notice: Id, at: Timestamp, kind: &str, detail: &str) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO notifications_event (bucket, notice, n, at, kind, detail) ",
            "SELECT $1, $2, COALESCE(MAX(n), 0) + 1, $3, $4, $5 FROM notifications_event ",
            "WHERE bucket = $1 AND notice = $2"
        ),
        &params![notice.bucket(), notice, at, kind, detail],
    )?;
    Ok(())
}

/// What happened to a notice, oldest first.
pub(crate) fn events(conn: &mut Conn<'_>, notice: Id) -> Result<Vec<(Timestamp, String)>> {
    conn.query(
        sql!("SELECT at, kind FROM notifications_event WHERE bucket = $1 AND notice = $2 ORDER BY n"),
        &params![notice.bucket(), notice],
    )?
    .iter()
    .map(|row| Ok((row.get("at")?, row.get("kind")?)))
    .collect()
}

/// A certificate of sending, sealed.
pub(crate) struct Certificate<'a> {
    pub(crate) json: &'a Value,
    pub(crate) sha256: [u8; 32],
    pub(crate) jws: &'a str,
    pub(crate) at: Timestamp,
}

pub(crate) fn add_certificate(tx: &mut Tx<'_>, notice: Id, c: &Certificate<'_>) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO notifications_certificate (bucket, notice, version, json, sha256, jws, at) ",
            "VALUES ($1, $2, 1, $3, $4, $5, $6)"
        ),
        &params![notice.bucket(), notice, *c.json, c.sha256, c.jws, c.at],
    )?;
    Ok(())
}

/// The newest certificate of a notice, as (JSON, JWS).
pub(crate) fn certificate(conn: &mut Conn<'_>, notice: Id) -> Result<Option<(Value, String)>> {
    conn.query_opt(
        sql!(
            "SELECT json, jws FROM notifications_certificate WHERE bucket = $1 AND notice = $2 ",
            "ORDER BY version DESC LIMIT 1"
        ),
        &params![notice.bucket(), notice],
    )?
    .map(|row| Ok((row.get("json")?, row.get("jws")?)))
    .transpose()
}

/// The person's domicile and the version of the registry; the casilla, version 0, when they set none.
pub(crate) fn domicile(conn: &mut Conn<'_>, person: Id) -> Result<(Domicile, i64)> {
    conn.query_opt(
        sql!(
            "SELECT kind, version FROM notifications_domicile WHERE bucket = $1 AND person = $2 ",
            "ORDER BY version DESC LIMIT 1"
        ),
        &params![person.bucket(), person],
    )?
    .map_or(Ok((Domicile::default(), 0)), |row| {
        Ok((Domicile::parse(&row.get::<String>("kind")?)?, row.get("version")?))
    })
}

pub(crate) fn set_domicile(
    tx: &mut Tx<'_>,
    person: Id,
    version: i64,
    kind: Domicile,
    at: Timestamp,
    set_by: &str,
) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO notifications_domicile (bucket, person, version, kind, at, set_by) ",
            "VALUES ($1, $2, $3, $4, $5, $6)"
        ),
        &params![person.bucket(), person, version, kind.as_str(), at, set_by],
    )?;
    Ok(())
}

pub(crate) fn insert_mail(
    tx: &mut Tx<'_>,
    id: Id,
    mail: &Mail,
    notice: Option<Id>,
    at: Timestamp,
) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO notifications_mail (id, recipient, subject, text, notice, state, response, created_at) ",
            "VALUES ($1, $2, $3, $4, $5, 'waiting', '', $6)"
        ),
        &params![id, mail.to, mail.subject, mail.text, notice, at],
    )?;
    Ok(())
}

fn read_mail(row: &Row) -> Result<KeptMail> {
    Ok(KeptMail {
        id: row.get("id")?,
        mail: Mail { to: row.get("recipient")?, subject: row.get("subject")?, text: row.get("text")? },
        state: MailState::parse(&row.get::<String>("state")?)?,
        response: row.get("response")?,
        created_at: row.get("created_at")?,
        sent_at: row.get("sent_at")?,
    })
}

pub(crate) fn find_mail(conn: &mut Conn<'_>, id: Id) -> Result<Option<(KeptMail, Option<Id>)>> {
    conn.query_opt(sql!("SELECT * FROM notifications_mail WHERE id = $1"), &params![id])?
        .map(|row| Ok((read_mail(&row)?, row.get("notice")?)))
        .transpose()
}

pub(crate) fn mails(conn: &mut Conn<'_>, limit: i64) -> Result<Vec<KeptMail>> {
    conn.query(sql!("SELECT * FROM notifications_mail ORDER BY id DESC LIMIT $1"), &params![limit])?
        .iter()
        .map(read_mail)
        .collect()
}

/// Ends an e-mail that waits; false when it was ended before.
pub(crate) fn finish_mail(
    tx: &mut Tx<'_>,
    id: Id,
    state: MailState,
    response: &str,
    at: Timestamp,
) -> Result<bool> {
    let changed = tx.execute(
        sql!(
            "UPDATE notifications_mail SET state = $2, response = $3, sent_at = $4 WHERE id = $1 AND state = 'waiting'"
        ),
        &params![id, state.as_str(), response, at],
    )?;
    Ok(changed == 1)
}
