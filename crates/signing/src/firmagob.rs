//! The State's own FirmaGob as the engine of an institution's signatures, over its contract (specs signing §3).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use copihue_core::{Result, Run, Secret, Timestamp};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use crate::client;
use crate::model::answer::{Answer, Trouble, read};
use crate::model::breaker::Breaker;
use crate::model::token::{Claims, Purpose, issue};
use crate::pki::Certificate;
use crate::verify::{AnchorKind, TrustStore};
use crate::xml::Asked;

const PATH: &str = "/firma/v2/files/tickets";
/// What a whole request may measure.
const MAX_REQUEST: usize = 5 << 20;
/// What a request of five megabytes can grow to, signed and in base64.
const MAX_ANSWER: usize = 16 << 20;

/// How an institution signs with FirmaGob.
#[derive(Clone, Debug)]
pub struct FirmaGobSettings {
    /// The institution's code here, such as `PE-MUN-00345`.
    pub institution: String,
    /// Its full name, as signatures say it.
    pub name: String,
    /// Where the service is, without a path.
    pub url: String,
    /// The institution's exact name there.
    pub entity: String,
    /// `api_token_key`.
    pub application: String,
    /// Its secret.
    pub secret: Secret,
    /// Whose unattended certificate is the institution's seal.
    pub seal: Run,
    /// The authorities under which signatures must stand: each self-signed one is trusted, and the others help to find it.
    pub trusted: Vec<Certificate>,
    /// For one answer.
    pub timeout: Duration,
    /// Before an unattended request is sent again, and four times as long before the next one.
    pub pause: Duration,
}

/// Who signs.
#[derive(Clone, Copy)]
pub(crate) struct Signatory<'a> {
    pub(crate) run: Run,
    /// The one-time code of who is there; without one, the certificate for unattended processes signs.
    pub(crate) otp: Option<&'a str>,
}

impl Signatory<'_> {
    pub(crate) const fn purpose(self) -> Purpose {
        if self.otp.is_some() { Purpose::Attended } else { Purpose::Unattended }
    }
}

/// What is to be signed.
pub(crate) enum Items<'a> {
    /// Digests of PDFs.
    Hashes(&'a [Vec<u8>]),
    /// JSON, whole.
    Json(&'a [u8]),
    /// An XML document, whole, and what of it.
    Xml(Asked<'a>),
}

impl Items<'_> {
    const fn list(&self) -> &'static str {
        match self {
            Self::Hashes(_) => "hashes",
            Self::Json(_) | Self::Xml(_) => "files",
        }
    }

    fn to_json(&self) -> Vec<Value> {
        match self {
            Self::Hashes(all) => {
                let one =
                    |d: &Vec<u8>| json!({"content-type": "application/pdf", "content": STANDARD.encode(d)});
                all.iter().map(one).collect()
            }
            Self::Json(bytes) => vec![file("application/json", bytes)],
            Self::Xml(asked) => {
                let mut item = file("application/xml", asked.content);
                if !asked.references.is_empty() {
                    item["references"] = asked.ids().map(|id| format!("#{id}")).collect();
                }
                if !asked.objects.is_empty() {
                    item["xmlObjects"] = json!(asked.objects);
                }
                vec![item]
            }
        }
    }
}

fn file(kind: &str, bytes: &[u8]) -> Value {
    let checksum = copihue_core::json::sha256_hex(bytes);
    json!({"content-type": kind, "content": STANDARD.encode(bytes), "checksum": checksum})
}

/// What came of one request.
pub(crate) struct Reply {
    /// The HTTP status, where there was one.
    pub(crate) status: Option<u16>,
    pub(crate) result: std::result::Result<Answer, Trouble>,
}

/// The service, as one institution's application knows it.
pub(crate) struct FirmaGob {
    pub(crate) settings: FirmaGobSettings,
    pub(crate) trust: TrustStore,
    client: reqwest::Client,
    address: String,
    breaker: Mutex<Breaker>,
}

impl FirmaGob {
    pub(crate) fn new(settings: FirmaGobSettings) -> Result<Self> {
        let mut trust = TrustStore::new();
        for certificate in &settings.trusted {
            if certificate.issuer_name() == certificate.subject_name() {
                trust.add_anchor(certificate.clone(), AnchorKind::State);
            } else {
                trust.add_intermediate(certificate.clone());
            }
        }
        let address = format!("{}{PATH}", settings.url.trim_end_matches('/'));
        let client = client::client(&address, settings.timeout)?;
        Ok(Self { settings, trust, client, address, breaker: Mutex::default() })
    }

    /// Asks once. The code goes along in its header, and is kept nowhere.
    pub(crate) async fn ask(&self, who: Signatory<'_>, items: &Items<'_>, now: Timestamp) -> Reply {
        if !self.breaker().lets_through(now) {
            return Reply { status: None, result: Err(Trouble::Resting) };
        }
        let list = items.to_json();
        let count = list.len();
        let reply = match self.send(who, (items.list(), list), now).await {
            Ok((status, body)) => {
                Reply { status: Some(status), result: read(status, &body, items.list(), count) }
            }
            Err(trouble) => Reply { status: None, result: Err(trouble) },
        };
        match reply.result {
            Err(Trouble::Unknown) => self.breaker().failed(now),
            _ => self.breaker().answered(),
        }
        reply
    }

    async fn send(
        &self,
        who: Signatory<'_>,
        (list, items): (&str, Vec<Value>),
        now: Timestamp,
    ) -> std::result::Result<(u16, Vec<u8>), Trouble> {
        let settings = &self.settings;
        let claims = Claims {
            run: who.run.number().to_string(),
            entity: settings.entity.clone(),
            purpose: who.purpose().claim().to_owned(),
        };
        let token = issue(&claims, None, &settings.secret, now).map_err(|_| Trouble::Clock)?;
        let body = json!({"api_token_key": settings.application, "token": token, list: items});
        let body = body.to_string().into_bytes();
        if body.len() > MAX_REQUEST {
            return Err(Trouble::Content);
        }
        let mut request = self.client.post(&self.address).header(CONTENT_TYPE, "application/json").body(body);
        if let Some(code) = who.otp {
            // A code that is no header's value is no code either.
            let code = HeaderValue::from_str(code.trim()).map_err(|_| Trouble::Code)?;
            request = request.header("OTP", code);
        }
        client::answer(request, MAX_ANSWER).await.map_err(|why| {
            tracing::warn!(institution = settings.institution, why, "FirmaGob gave no answer");
            Trouble::Unknown
        })
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
