//! Asking other authorities what they revoked: their responder first (RFC 6960), then their list (RFC 5280).

use std::time::Duration;

use copihue_core::{Result, Timestamp};
use reqwest::header::CONTENT_TYPE;

use crate::client;
use crate::pdf::ValidationData;
use crate::pki::{Certificate, Crl, OcspAnswer, OcspQuestion};
use crate::verify::proved;

const TIMEOUT: Duration = Duration::from_secs(5);
/// A longer list is not put into each file.
pub(crate) const LARGEST_LIST: usize = 1 << 20;
/// No honest answer is longer.
const LARGEST_ANSWER: usize = 64 << 10;

/// Where an authority says what it revoked.
#[derive(Clone, Debug)]
pub struct RevocationSource {
    /// The authority's certificate.
    pub issuer: Certificate,
    /// The address of its responder.
    pub ocsp: Option<String>,
    /// The address of its list, in DER.
    pub crl: Option<String>,
}

/// One that can be asked.
pub(crate) struct Source {
    pub(crate) issuer: Certificate,
    ocsp: Option<Place>,
    crl: Option<Place>,
}

struct Place {
    url: String,
    client: reqwest::Client,
}

impl Place {
    fn new(url: String) -> Result<Self> {
        Ok(Self { client: client::client(&url, TIMEOUT)?, url })
    }
}

impl Source {
    pub(crate) fn new(source: RevocationSource) -> Result<Self> {
        let RevocationSource { issuer, ocsp, crl } = source;
        Ok(Self { issuer, ocsp: ocsp.map(Place::new).transpose()?, crl: crl.map(Place::new).transpose()? })
    }

    /// What it says of one of its certificates: made at `since` or later, in force now, and signed by whoever may say so.
    pub(crate) async fn ask(
        &self,
        certificate: &Certificate,
        (since, now): (Timestamp, Timestamp),
    ) -> Option<ValidationData> {
        let says = |data: &ValidationData| proved(data, certificate, &self.issuer).is_some();
        let mut found = None;
        if let Some(place) = &self.ocsp {
            found = self.noted(place, self.answer(place, certificate, (since, now)).await).filter(says);
        }
        if let Some(place) = &self.crl {
            // Beside an answer the list, though it may be older: some programs look only for what a certificate points to.
            let since = if found.is_some() { Timestamp::from_millis(0) } else { since };
            let list = self.noted(place, self.list(place, (since, now)).await).filter(says);
            found = match (found, list) {
                (Some(mut answer), Some(list)) => {
                    answer.add(list);
                    Some(answer)
                }
                (answer, list) => answer.or(list),
            };
        }
        found
    }

    fn noted(
        &self,
        place: &Place,
        found: std::result::Result<ValidationData, String>,
    ) -> Option<ValidationData> {
        let issuer = self.issuer.common_name();
        found
            .inspect_err(|why| {
                tracing::warn!(issuer, url = place.url, why, "an authority does not say what it revoked")
            })
            .ok()
    }

    async fn answer(
        &self,
        place: &Place,
        certificate: &Certificate,
        times: (Timestamp, Timestamp),
    ) -> std::result::Result<ValidationData, String> {
        let question = OcspQuestion::about(certificate, &self.issuer).to_der();
        let request =
            place.client.post(&place.url).header(CONTENT_TYPE, "application/ocsp-request").body(question);
        let der = fetch(request, LARGEST_ANSWER).await?;
        let answer = OcspAnswer::from_der(&der).map_err(|_| "no answer that says something")?;
        in_time((answer.produced_at, answer.next_update()), times)?;
        Ok(ValidationData { ocsps: vec![der], ..ValidationData::default() })
    }

    async fn list(
        &self,
        place: &Place,
        times: (Timestamp, Timestamp),
    ) -> std::result::Result<ValidationData, String> {
        let der = fetch(place.client.get(&place.url), LARGEST_LIST).await?;
        let list = Crl::from_der(&der).map_err(|_| "no list in DER")?;
        in_time((list.this_update(), list.next_update()), times)?;
        Ok(ValidationData { crls: vec![der], ..ValidationData::default() })
    }
}

async fn fetch(request: reqwest::RequestBuilder, longest: usize) -> std::result::Result<Vec<u8>, String> {
    match client::answer(request, longest).await? {
        (200, body) => Ok(body),
        (status, _) => Err(format!("HTTP {status}")),
    }
}

fn in_time(
    (made, next): (Timestamp, Option<Timestamp>),
    (since, now): (Timestamp, Timestamp),
) -> std::result::Result<(), String> {
    if made < since {
        return Err("it was made before the signature".to_owned());
    }
    if next.is_some_and(|next| next < now) {
        return Err("a newer one should be there".to_owned());
    }
    Ok(())
}
