//! Nothing typed is lost to an expired session: the post is kept, the person logs in, the form comes back filled.
//!
//! It is kept encrypted with a key that only the browser's cookie holds, for half an hour, for the same person only,
//! and it is never sent by itself.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use axum::extract::Request;
use copihue_core::{Error, Id, Result, Timestamp};
use copihue_db::{Conn, Tx, params, sql};
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::cookies;
use crate::csrf::Verdict;
use crate::cx::Cx;
use crate::forms::{self, FormData, FormState};
use crate::session::{Session, Token};

const KEEP_MS: i64 = 30 * 60_000;

#[derive(Serialize, Deserialize)]
struct Kept {
    /// The page on which the form stood.
    page: String,
    /// Where it was posted to: a page that shows the form under the same address gets it too.
    action: String,
    values: Vec<(String, String)>,
}

/// Keeps a post whose session has ended. Answers the cookie with the key; `None` when there is nothing to keep, or the
/// post is not provably from a page of that session.
pub(crate) async fn keep(cx: &Cx, page: &str, request: Request) -> Option<HeaderValue> {
    let ended = cx.ended_session()?.clone();
    let form = forms::read(cx, request).await.ok()?;
    if cx.judge_csrf(form.value("csrf")) != Verdict::Good {
        return None;
    }
    keep_typed(cx, &ended, page, &form).await
}

/// Keeps a form for the person of this session.
pub(crate) async fn keep_typed(
    cx: &Cx,
    session: &Session,
    page: &str,
    form: &FormData,
) -> Option<HeaderValue> {
    let kept = Kept { page: page.to_owned(), action: cx.path().to_owned(), values: form.typed() };
    let token = Token::new(session.key.bucket, cx.web().random());
    let person = session.person.id;
    let sealed = seal(cx, &token, person, &kept).ok()?;
    let (key, expires) = (token.key(), cx.now().plus_millis(KEEP_MS));
    let stored = cx.web().db().write(move |tx| insert(tx, key, person, &sealed, expires)).await;
    if let Err(e) = stored {
        tracing::warn!(error = %e, "a post could not be kept");
        return None;
    }
    let names = cx.web().cookie_names();
    names.set(names.rescue, &token.text(), Some(KEEP_MS / 1000))
}

/// Gives a kept post back to the page it came from, when the same person asks for it.
pub(crate) async fn recall(cx: &Cx, headers: &HeaderMap) -> Result<()> {
    let (Some(session), Some(text)) = (cx.session(), cookies::get(headers, cx.web().cookie_names().rescue))
    else {
        return Ok(());
    };
    let Some(token) = Token::parse(text) else { return Ok(()) };
    let key = token.key();
    let Some(row) = cx.web().db().read(move |conn| by_key(conn, key)).await? else { return Ok(()) };
    let (person, sealed, expires) = row;
    if person != session.person.id {
        cx.forget_rescue_cookie();
        return cx.web().db().write(move |tx| delete(tx, key)).await;
    }
    if expires <= cx.now() {
        cx.forget_rescue_cookie();
        return Ok(());
    }
    let kept = open(cx, &token, person, sealed)?;
    if kept.page == cx.path_and_query() || kept.action == cx.path() {
        cx.set_rescued(FormState::rescued(kept.values));
    }
    Ok(())
}

/// The form that came back has been sent: what was kept is not needed any more.
pub(crate) fn forget(cx: &Cx) {
    cx.forget_rescue_cookie();
}

fn key_of(cx: &Cx, token: &Token) -> Result<LessSafeKey> {
    let mac = hmac::Key::new(hmac::HMAC_SHA256, &cx.web().config().key);
    let key = hmac::sign(&mac, &[b"rescue".as_slice(), token.bytes()].concat());
    let key = UnboundKey::new(&AES_256_GCM, key.as_ref()).map_err(|_| Error::internal("rescue key"))?;
    Ok(LessSafeKey::new(key))
}

/// Each key seals one text only, so the nonce may be fixed.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

fn seal(cx: &Cx, token: &Token, person: Id, kept: &Kept) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(kept)?;
    key_of(cx, token)?
        .seal_in_place_append_tag(nonce(), Aad::from(person.as_bytes()), &mut bytes)
        .map_err(|_| Error::internal("seal of a kept post"))?;
    Ok(bytes)
}

fn open(cx: &Cx, token: &Token, person: Id, mut sealed: Vec<u8>) -> Result<Kept> {
    let plain = key_of(cx, token)?
        .open_in_place(nonce(), Aad::from(person.as_bytes()), &mut sealed)
        .map_err(|_| Error::internal("a kept post does not open"))?;
    Ok(serde_json::from_slice(plain)?)
}

fn insert(
    tx: &mut Tx<'_>,
    key: crate::session::Key,
    person: Id,
    sealed: &[u8],
    expires: Timestamp,
) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO web_rescued_post (bucket, id_hash, person, sealed, expires_at) \
             VALUES ($1, $2, $3, $4, $5)"
        ),
        &params![key.bucket, key.hash, person, sealed, expires],
    )?;
    Ok(())
}

fn by_key(conn: &mut Conn<'_>, key: crate::session::Key) -> Result<Option<(Id, Vec<u8>, Timestamp)>> {
    let row = conn.query_opt(
        sql!("SELECT person, sealed, expires_at FROM web_rescued_post WHERE bucket = $1 AND id_hash = $2"),
        &params![key.bucket, key.hash],
    )?;
    row.map(|row| Ok((row.get("person")?, row.get("sealed")?, row.get("expires_at")?))).transpose()
}

fn delete(tx: &mut Tx<'_>, key: crate::session::Key) -> Result<()> {
    tx.execute(
        sql!("DELETE FROM web_rescued_post WHERE bucket = $1 AND id_hash = $2"),
        &params![key.bucket, key.hash],
    )?;
    Ok(())
}
