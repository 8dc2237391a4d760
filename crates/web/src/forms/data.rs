//! What a form sent: fields and files, read within limits and checked against forgery.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::{Bytes, BytesMut};
use copihue_core::{Error, Kind};
use futures_util::StreamExt;
use http::header;
use serde::de::DeserializeOwned;

use super::{Upload, clean, multipart};
use crate::csrf::Verdict;
use crate::cx::Cx;
use crate::failure::{Failure, see_other};
use crate::locale::t;
use crate::{guard, rescue};

/// Fields that are never given back, kept or logged.
const SECRET: [&str; 6] = ["clave", "password", "otp", "codigo_otp", "codigo-otp", "pin"];
/// Fields of the form's machinery.
const MACHINERY: [&str; 3] = ["csrf", "idempotencia", "rescatado"];

/// The fields and files of a post. As an extractor it checks the `csrf` field, limits and double submission;
/// every handler of an unsafe method takes it (or [`JsonBody`]), save those of [`crate::Access::Contract`].
#[derive(Clone, Default, Debug)]
pub struct FormData {
    pub(super) values: Vec<(String, String)>,
    pub(super) files: Vec<Upload>,
}

impl FormData {
    /// From pairs, cleaned as those of a request: for tests.
    #[must_use]
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        let values =
            pairs.iter().map(|(n, v)| ((*n).to_owned(), clean::text(v).unwrap_or_default())).collect();
        Self { values, files: Vec::new() }
    }

    /// The first value of this name; `None` when it is absent or empty.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values(name).next().filter(|v| !v.is_empty())
    }

    /// All values of this name.
    pub fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.values.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Whether the field came with something in it.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// All fields in order, without those of the form's machinery.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.values.iter().map(|(n, v)| (n.as_str(), v.as_str()));
        pairs.filter(|(n, _)| !MACHINERY.contains(n))
    }

    /// The first file of this field.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&Upload> {
        self.files(name).next()
    }

    /// All files of this field.
    pub fn files<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Upload> {
        self.files.iter().filter(move |f| f.field == name)
    }

    /// The value of the hidden field that makes a double submission safe.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&str> {
        self.value("idempotencia")
    }

    /// What may be given back: everything but secrets and machinery.
    #[must_use]
    pub fn typed(&self) -> Vec<(String, String)> {
        let kept = self.iter().filter(|(n, _)| !SECRET.contains(n));
        kept.map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
    }

    /// The form as it was typed, to show it again.
    #[must_use]
    pub fn state(&self) -> super::FormState {
        super::FormState::from_values(self.typed())
    }

    fn fingerprint(&self) -> [u8; 32] {
        let mut text = String::new();
        for (n, v) in self.values.iter().filter(|(n, _)| n != "csrf") {
            text.push_str(&format!("{}:{n}{}:{v}", n.len(), v.len()));
        }
        for file in &self.files {
            text.push_str(&hex::encode(file.sha256));
        }
        copihue_core::json::sha256(text.as_bytes())
    }
}

impl<S: Send + Sync> FromRequest<S> for FormData {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let cx = Cx::of(request.extensions())?;
        let page = guard::form_page(&cx, request.headers());
        let form = read(&cx, request).await?;
        match cx.judge_csrf(form.value("csrf")) {
            Verdict::Good => {}
            Verdict::OldPage => return Err(show_again(&cx, &page, &form).await),
            Verdict::Forged => return Err(guard::forged().into()),
        }
        if form.has("rescatado") {
            crate::rescue::forget(&cx);
        }
        if form.has("idempotencia") {
            cx.begin_once(form.fingerprint()).await?;
        }
        Ok(form)
    }
}

/// The person logged in again, or changed hats, while this page stood open in another tab: the form comes back filled.
async fn show_again(cx: &Cx, page: &str, form: &FormData) -> Failure {
    let Some(session) = cx.session() else { return guard::forged().into() };
    let Some(cookie) = rescue::keep_typed(cx, session, page, form).await else {
        return guard::forged().into();
    };
    let mut response = see_other(page);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response.into()
}

/// Reads the body without any check of who sent it.
pub(crate) async fn read(cx: &Cx, request: Request) -> Result<FormData, Failure> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    if content_type.starts_with("multipart/form-data") {
        return multipart::read(cx, &content_type, request.into_body()).await;
    }
    if !content_type.is_empty() && !content_type.starts_with("application/x-www-form-urlencoded") {
        return Err(Error::invalid("formulario_ilegible", t("web-form-unreadable")).into());
    }
    let bytes = read_body(cx, request.into_body(), cx.web().config().limits.body).await?;
    let form = FormData { values: parse_urlencoded(&bytes)?, files: Vec::new() };
    within_limit(cx, form.values.len())?;
    Ok(form)
}

pub(super) fn within_limit(cx: &Cx, fields: usize) -> Result<(), Error> {
    if fields <= cx.web().config().limits.fields {
        return Ok(());
    }
    Err(Error::new(Kind::TooLarge, "demasiados_campos", t("web-form-too-many-fields")))
}

/// At most `limit` bytes, with at most the configured pause between two pieces.
async fn read_body(cx: &Cx, body: Body, limit: u64) -> Result<Bytes, Error> {
    let mut stream = body.into_data_stream();
    let mut all = BytesMut::new();
    let idle = cx.web().config().timeouts.body_idle;
    loop {
        let piece = tokio::time::timeout(idle, stream.next()).await;
        cx.hear();
        match piece.map_err(|_| Error::invalid("cuerpo_incompleto", t("web-form-incomplete")))? {
            None => return Ok(all.freeze()),
            Some(Err(e)) => {
                return Err(Error::invalid("cuerpo_incompleto", t("web-form-incomplete")).context(e));
            }
            Some(Ok(piece)) if all.len() as u64 + piece.len() as u64 > limit => return Err(too_large(limit)),
            Some(Ok(piece)) => all.extend_from_slice(&piece),
        }
    }
}

pub(crate) fn too_large(limit: u64) -> Error {
    let args = crate::args! {"max" => crate::format::size(limit)};
    Error::new(Kind::TooLarge, "demasiado_grande", crate::locale::ta("web-form-too-large", &args))
}

/// Strict: bad percent signs are kept as typed, bad UTF-8 is refused instead of being replaced.
fn parse_urlencoded(bytes: &[u8]) -> Result<Vec<(String, String)>, Error> {
    let pairs = bytes.split(|b| *b == b'&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let at = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
            let value = pair.get(at + 1..).unwrap_or_default();
            Ok((decode(&pair[..at])?, cleaned(&decode(value)?)?))
        })
        .collect()
}

fn decode(part: &[u8]) -> Result<String, Error> {
    let spaced: Vec<u8> = part.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
    let text = percent_encoding::percent_decode(&spaced).decode_utf8();
    text.map(std::borrow::Cow::into_owned).map_err(|_| bad_characters())
}

pub(super) fn cleaned(text: &str) -> Result<String, Error> {
    clean::text(text).ok_or_else(bad_characters)
}

fn bad_characters() -> Error {
    Error::invalid("caracteres_invalidos", t("web-form-characters"))
}

/// A JSON body of an own API that uses the session's cookie: the token comes in the header `X-CSRF-Token`.
/// Contracts of machines use it too, without token.
#[derive(Clone, Debug)]
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let cx = Cx::of(request.extensions())?;
        let token = request.headers().get("x-csrf-token").and_then(|v| v.to_str().ok()).map(str::to_owned);
        cx.check_csrf(token.as_deref())?;
        let bytes = read_body(&cx, request.into_body(), cx.web().config().limits.body).await?;
        let value = serde_json::from_slice(&bytes)
            .map_err(|e| Error::invalid("json_invalido", t("web-json-invalid")).context(e))?;
        Ok(Self(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_04_urlencoded_is_read_strictly() {
        let pairs = parse_urlencoded(b"a=1+2&b=%C3%B1&c&=x&a=3").unwrap();
        let expected = [("a", "1 2"), ("b", "ñ"), ("c", ""), ("", "x"), ("a", "3")];
        assert!(pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).eq(expected));
        assert!(parse_urlencoded(b"a=%FF").is_err());
        assert!(parse_urlencoded(b"a=%00").is_err());
        assert!(parse_urlencoded(b"a=%ED%A0%80").is_err(), "a lone surrogate");
    }

    #[test]
    fn web_06_secrets_and_machinery_are_not_given_back() {
        let form = FormData::of(&[("csrf", "x"), ("clave", "secreta"), ("nombre", "Ana")]);
        assert_eq!(form.typed(), [("nombre".to_owned(), "Ana".to_owned())]);
    }
}
