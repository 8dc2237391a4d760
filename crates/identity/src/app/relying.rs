//! Our own pages as a client of the provider, whoever that is: the same steps for our own and for the national login.

use std::sync::Arc;

use copihue_core::{Acr, Error, Kind, Result, Run, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::{Browser, NewPerson};
use crate::Identity;
use crate::config::{Level, Provider, Relying};
use crate::model::fresh::{self, Clocks};
use crate::model::person::{Person, Proofing};
use crate::model::pkce;
use copihue_web::{NewSession, Session, SessionCookie};

/// What the contract of the national login wants, letter by letter.
const SCOPE: &str = "openid run name";
/// Largest answer that is read from the provider.
const MAX_ANSWER: usize = 64 * 1024;

/// What our pages remember, sealed in the browser, between leaving and coming back.
#[derive(Serialize, Deserialize)]
pub(crate) struct Away {
    pub(crate) state: String,
    nonce: String,
    verifier: String,
    /// The own path to go to.
    pub(crate) back: String,
    #[serde(default)]
    pub(crate) asking: Asking,
    /// Milliseconds since the epoch.
    at: i64,
}

/// What the provider is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) enum Asking {
    /// A login: the provider's own session may answer.
    #[default]
    Login,
    /// The password or the passkey once more.
    Again,
}

/// How long somebody may take at the provider.
pub(crate) const AWAY_SECONDS: i64 = 15 * 60;

/// Somebody came back and is who the provider says.
pub(crate) struct Back {
    pub(crate) session: SessionCookie,
    pub(crate) to: String,
}

/// What the provider's token endpoint answers.
#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    #[serde(default)]
    id_token: Option<String>,
}

#[derive(Deserialize)]
struct Userinfo {
    #[serde(rename = "RolUnico")]
    rol_unico: RolUnico,
    name: Names,
    #[serde(default)]
    email: Option<String>,
}

#[derive(Deserialize)]
struct RolUnico {
    numero: u32,
    #[serde(rename = "DV")]
    dv: String,
}

#[derive(Deserialize)]
struct Names {
    nombres: Vec<String>,
    apellidos: Vec<String>,
}

impl Identity {
    /// The address of the provider's login, and what to remember until the person is back.
    pub(crate) fn leave(&self, back: &str, asking: Asking) -> Result<(Url, Away)> {
        let rp = &self.0.relying;
        let away = Away {
            state: self.random_text(),
            nonce: self.random_text(),
            verifier: self.random_text(),
            back: back.to_owned(),
            asking,
            at: self.now().millis(),
        };
        let mut url = Url::parse(&rp.authorize_url)
            .map_err(|e| Error::internal(format_args!("authorize_url of the provider: {e}")))?;
        url.query_pairs_mut()
            .append_pair("client_id", &rp.client_id)
            .append_pair("response_type", "code")
            .append_pair("scope", SCOPE)
            .append_pair("redirect_uri", &self.return_url())
            .append_pair("state", &away.state)
            .append_pair("nonce", &away.nonce)
            .append_pair("code_challenge", &pkce::challenge(&away.verifier))
            .append_pair("code_challenge_method", "S256");
        if asking == Asking::Again {
            // The one asks, the other makes the answer tell when it was (OIDC Core §3.1.2.1).
            url.query_pairs_mut().append_pair("prompt", "login").append_pair("max_age", "0");
        }
        Ok((url, away))
    }

    pub(crate) fn return_url(&self) -> String {
        format!("{}/ingresar/retorno", self.0.web.config().base_url)
    }

    /// Seals what is remembered into a cookie's value.
    pub(crate) fn seal_away(&self, away: &Away) -> Result<String> {
        let sealed = self.0.sealer.seal(&*self.0.random, b"cookie.retorno", &serde_json::to_vec(away)?)?;
        Ok(hex::encode(sealed))
    }

    /// Opens it again: only for the state that it was made for, and in time.
    pub(crate) fn open_away(&self, cookie: &str, state: &str) -> Option<Away> {
        let sealed = hex::decode(cookie).ok()?;
        let away: Away =
            serde_json::from_slice(&self.0.sealer.open(b"cookie.retorno", &sealed).ok()?).ok()?;
        let same = copihue_core::secret::constant_time_eq(away.state.as_bytes(), state.as_bytes());
        let in_time = self.now().millis() - away.at < AWAY_SECONDS * 1000;
        (same && in_time).then_some(away)
    }

    /// Asks the provider who it is, server to server, and starts a session in place of the browser's former one.
    pub(crate) async fn welcome(
        &self,
        code: &str,
        away: Away,
        browser: &Browser,
        before: Option<Arc<Session>>,
    ) -> Result<Back> {
        let rp = &self.0.relying;
        let tokens = self.ask_tokens(code, &away).await?;
        let said = tokens.id_token.as_deref().map(|jwt| self.check_id_token(jwt, &away)).transpose()?;
        let authenticated = self.authenticated(said.as_ref(), &away)?;
        let userinfo = self.ask_userinfo(&tokens.access_token).await?;
        let run = userinfo.run()?;
        let claim =
            |name: &str| said.as_ref().and_then(|claims| claims.get(name)).cloned().unwrap_or_default();
        let acr = match rp.level {
            Level::Fixed(acr) => acr,
            Level::Said => acr_named(claim("acr").as_str().unwrap_or_default()),
        };
        let amr = serde_json::from_value(claim("amr")).unwrap_or_else(|_| vec!["pwd".to_owned()]);
        let sid = claim("sid").as_str().map(str::to_owned);
        let person = self.known(run, userinfo).await?;
        let new = NewSession { person: person.reference(), acr, amr, sid };
        let (sessions, identity, browser) = (self.0.web.sessions().clone(), self.clone(), browser.clone());
        let write = move |tx: &mut copihue_db::Tx<'_>| {
            identity.logged_by_other(tx, &person, (acr, &new.amr), &browser)?;
            sessions.start(tx, &new, authenticated, before.as_deref())
        };
        Ok(Back { session: self.0.db.write(write).await?, to: away.back })
    }

    /// When the person gave their password, as far as the answer tells. The request went through the browser, which can take words
    /// out of it: only what came from the provider itself proves that it asked.
    fn authenticated(&self, said: Option<&Value>, away: &Away) -> Result<Option<Timestamp>> {
        // One that can't be read is no claim of a fresh login.
        let told = said.and_then(|claims| claims.get("auth_time")).map(|at| at.as_i64().unwrap_or_default());
        let asked = (away.asking == Asking::Again).then(|| Timestamp::from_millis(away.at));
        let clocks = match self.0.config.provider {
            Provider::Own { .. } => Clocks::Same,
            Provider::Other(_) => Clocks::Other,
        };
        fresh::authenticated(told, asked, clocks, self.now())
            .map_err(|_| refused().context("auth_time is older than the login that was asked for"))
    }

    async fn known(&self, run: Run, userinfo: Userinfo) -> Result<Person> {
        let new = NewPerson {
            run,
            names: userinfo.name.nombres,
            surnames: userinfo.name.apellidos.into_iter().filter(|s| !s.is_empty()).collect(),
            email: userinfo.email.filter(|e| !e.is_empty()),
            password: None,
            kind: self.0.relying.people,
            proofing: Proofing::P1,
        };
        if matches!(self.0.config.provider, Provider::Own { .. }) {
            let person = self.person_by_run(run).await?;
            return person.ok_or_else(|| Error::internal("our own provider vouched for somebody unknown"));
        }
        let (identity, row) = (self.clone(), self.row_of(&new)?);
        self.0.db.write(move |tx| identity.vouched(tx, &row)).await
    }

    /// Our own provider has written the login down already; another one's must be in our access log too (AUT-08).
    fn logged_by_other(
        &self,
        tx: &mut copihue_db::Tx<'_>,
        person: &Person,
        (acr, amr): (Acr, &[String]),
        browser: &Browser,
    ) -> Result<()> {
        if matches!(self.0.config.provider, Provider::Own { .. }) {
            return Ok(());
        }
        let what = super::Happened {
            acr: Some(acr),
            amr,
            device: &browser.label,
            trace: &browser.trace,
            ..super::Happened::of(person.id, crate::model::event::EventKind::Login)
        };
        self.happened(tx, what)
    }

    async fn ask_tokens(&self, code: &str, away: &Away) -> Result<TokenAnswer> {
        let rp = &self.0.relying;
        let secret = String::from_utf8_lossy(rp.client_secret.expose()).into_owned();
        let return_url = self.return_url();
        let form = [
            ("client_id", rp.client_id.as_str()),
            ("client_secret", &secret),
            ("redirect_uri", &return_url),
            ("grant_type", "authorization_code"),
            ("code", code),
            ("state", &away.state),
            ("code_verifier", &away.verifier),
        ];
        let answer = self.0.http.post(&rp.token_url).form(&form).send().await;
        read("token", answer).await
    }

    async fn ask_userinfo(&self, access_token: &str) -> Result<Userinfo> {
        let request = self.0.http.post(&self.0.relying.userinfo_url).bearer_auth(access_token);
        read("userinfo", request.header("content-length", "0").send().await).await
    }

    /// The id_token came over the provider's own connection: that proves its origin (OIDC Core §3.1.3.7). What it says must still
    /// be meant for us and for this login. A provider without `nonce` is put up with.
    fn check_id_token(&self, jwt: &str, away: &Away) -> Result<Value> {
        use base64::Engine;
        let wrong = |what: &str| refused().context(format_args!("id_token: {what}"));
        let payload = jwt.split('.').nth(1).ok_or_else(|| wrong("shape"))?;
        let bytes =
            base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).map_err(|_| wrong("base64"))?;
        let claims: Value = serde_json::from_slice(&bytes).map_err(|_| wrong("json"))?;
        let rp = &self.0.relying;
        let for_us = claims["aud"] == rp.client_id.as_str()
            || claims["aud"].as_array().is_some_and(|all| all.iter().any(|aud| aud == rp.client_id.as_str()));
        if claims["iss"] != rp.issuer.as_str() || !for_us {
            return Err(wrong("iss or aud"));
        }
        if claims["exp"].as_i64().is_none_or(|exp| exp * 1000 < self.now().millis() - 60_000) {
            return Err(wrong("exp"));
        }
        if claims.get("nonce").is_some_and(|nonce| *nonce != away.nonce.as_str()) {
            return Err(wrong("nonce"));
        }
        Ok(claims)
    }
}

impl Userinfo {
    /// The RUN, if number and check digit fit together.
    fn run(&self) -> Result<Run> {
        let run = Run::from_number(self.rol_unico.numero).ok_or_else(refused)?;
        let fits = self.rol_unico.dv.eq_ignore_ascii_case(&run.check_digit().to_string());
        if fits { Ok(run) } else { Err(refused().context("check digit of RolUnico")) }
    }
}

fn refused() -> Error {
    Error::new(Kind::Unauthenticated, "ingreso_rechazado", "No pudimos completar su ingreso.")
}

fn acr_named(urn: &str) -> Acr {
    [Acr::High, Acr::Substantial].into_iter().find(|acr| acr.urn() == urn).unwrap_or(Acr::Low)
}

/// Reads an answer of the provider. 4xx: it refused the login; anything else that isn't an answer: it is down.
async fn read<T: serde::de::DeserializeOwned>(
    what: &str,
    answer: reqwest::Result<reqwest::Response>,
) -> Result<T> {
    let down = |e: &dyn std::fmt::Display| Error::unavailable(format_args!("{what} of the provider: {e}"));
    let answer = answer.map_err(|e| down(&e.without_url()))?;
    let status = answer.status();
    if status.is_client_error() {
        return Err(refused().context(format_args!("{what} of the provider answered {status}")));
    }
    if !status.is_success() {
        return Err(down(&status));
    }
    let mut answer = answer;
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|e| down(&e.without_url()))? {
        body.extend_from_slice(&piece);
        if body.len() > MAX_ANSWER {
            return Err(down(&"too large"));
        }
    }
    serde_json::from_slice(&body).map_err(|e| down(&e))
}

/// Our own provider as a provider like any other.
pub(crate) fn own(
    config: &crate::Config,
    secret: copihue_core::Secret,
    people: crate::model::person::PersonKind,
) -> Relying {
    let issuer = &config.issuer;
    Relying {
        client_id: crate::OWN_CLIENT.to_owned(),
        client_secret: secret,
        issuer: issuer.clone(),
        authorize_url: format!("{issuer}/authorize"),
        token_url: format!("{issuer}/token"),
        userinfo_url: format!("{issuer}/userinfo"),
        logout_url: None,
        level: Level::Said,
        people,
    }
}
