//! Applications are told of a log-out (OpenID Connect Back-Channel Logout): from a queue, so that a slow one delays nobody.

use copihue_core::{Error, Id, Result};
use copihue_db::Tx;
use copihue_db::jobs::{Job, NewJob, Worker, enqueue};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::Identity;
use crate::keys::SignAlg;
use crate::model::client::ClientState;
use crate::model::mandate::session_id;
use crate::store;

/// The job that tells one application.
const JOB: &str = "identity.logout";
/// What a logout token is about.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Seconds that a logout token lives.
const LIVES: i64 = 120;

#[derive(Serialize, Deserialize)]
struct Notice {
    client_id: String,
    person: Id,
    /// None: every session that the application has of the person.
    sid: Option<Id>,
    /// The mandate by which the person acted in it.
    #[serde(default)]
    mandate: Option<Id>,
}

impl Identity {
    /// Enqueues the notice, where the application wants one.
    pub(crate) fn tell_of_logout(
        &self,
        tx: &mut Tx<'_>,
        person: Id,
        client_id: &str,
        session: Option<(Id, Option<Id>)>,
    ) -> Result<()> {
        let wants = store::client(tx, client_id)?.is_some_and(|c| c.settings.logout_notice_uri.is_some());
        if !wants {
            return Ok(());
        }
        let (sid, mandate) = session.map_or((None, None), |(sid, mandate)| (Some(sid), mandate));
        let notice = Notice { client_id: client_id.to_owned(), person, sid, mandate };
        let payload = serde_json::to_value(&notice)?;
        enqueue(tx, &NewJob { kind: JOB, key: None, payload, run_at: self.now() })
    }

    /// This service's jobs.
    #[must_use]
    pub fn register(&self, worker: Worker) -> Worker {
        let (notices, recoveries, contacts) = (self.clone(), self.clone(), self.clone());
        let (terms, secrets) = (self.clone(), self.clone());
        worker
            .on(JOB, move |job| {
                let identity = notices.clone();
                async move { identity.notify(&job).await }
            })
            .on(super::recovery::JOB, move |job| {
                let identity = recoveries.clone();
                async move { identity.send_recovery(&job).await }
            })
            .on(super::contact::JOB, move |job| {
                let identity = contacts.clone();
                async move { identity.use_contact(&job).await }
            })
            .on(super::term::TERM_JOB, move |job| {
                let identity = terms.clone();
                async move { identity.term_passed(&job).await }
            })
            .on(super::secret::SECRET_JOB, move |job| {
                let identity = secrets.clone();
                async move { identity.secret_ends(&job).await }
            })
    }

    /// Each attempt carries a token of its own: the receiver refuses one that is two minutes old.
    async fn notify(&self, job: &Job) -> Result<()> {
        let notice: Notice = job.parse()?;
        let client = self.client(&notice.client_id).await?.filter(|c| c.state == ClientState::Active);
        let Some(client) = client else { return Ok(()) };
        let Some(uri) = &client.settings.logout_notice_uri else { return Ok(()) };
        let iat = self.now().millis() / 1000;
        let mut claims = json!({
            "iss": self.issuer(client.settings.profile.face()),
            "aud": client.id,
            "iat": iat,
            "exp": iat + LIVES,
            "jti": self.random_text(),
            "sub": self.0.pairwise.of(notice.person, &client),
            "events": {EVENT: {}},
        });
        if let Some(sid) = notice.sid {
            claims["sid"] = session_id(sid, notice.mandate).into();
        }
        let alg = if client.settings.rs256 { SignAlg::Rs256 } else { SignAlg::Es256 };
        let token = self.0.keys.load().current(alg)?.sign("logout+jwt", &claims)?;
        let sent = self.0.http.post(uri).form(&[("logout_token", token)]).send().await;
        let status = sent
            .map_err(|e| Error::unavailable(format_args!("logout notice: {}", e.without_url())))?
            .status();
        if status.is_success() {
            return Ok(());
        }
        Err(Error::unavailable(format_args!("logout notice: {} answered {status}", client.id)))
    }
}
