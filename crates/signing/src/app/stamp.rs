//! Timestamps: asked for our own signatures, and given to whoever asks.

use copihue_core::json::sha256;
use copihue_core::{Error, Result, Timestamp};

use super::{Format, KeyUse, Signing, setup};
use crate::tsp::{Means, NoTimestamp, Stamped, granted};
use crate::verify::timestamp_of;

/// Under which the uses of the timestamp authority's key are logged: it belongs to no institution.
const STAMPER: &str = "sellos_de_tiempo";

impl Signing {
    /// Answers a timestamp request in DER, as our own authority; a refusal is an answer too.
    ///
    /// # Errors
    /// Not found, when the deployment has no authority of its own.
    pub fn answer_timestamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        let authority = self.0.authority.load_full();
        let own = authority.as_ref().as_ref().and_then(|a| a.stamps.as_ref()).ok_or_else(Error::not_found)?;
        let (reply, token) = own.answer(request, self.now(), self.0.parts.random.as_ref())?;
        if let Some(token) = token {
            self.log_stamp(own.signer(), &token);
        }
        Ok(reply)
    }

    /// A timestamp over these bytes, from the configured authorities: the response (RFC 3161 `TimeStampResp`, DER) that
    /// grants it, and its instant.
    ///
    /// # Errors
    /// Unavailable, when none of them gives one that holds.
    pub async fn timestamp(&self, bytes: &[u8]) -> Result<(Vec<u8>, Timestamp)> {
        let stamped = self.stamp(sha256(bytes)).await.map_err(Error::unavailable)?;
        let response = granted(&stamped.token);
        let at = timestamp_of(bytes, &response)
            .map_err(|why| Error::internal(format_args!("our own timestamp: {why:?}")))?;
        Ok((response, at))
    }

    /// A timestamp over a SHA-256, from the configured authorities.
    pub(super) async fn stamp(&self, digest: [u8; 32]) -> std::result::Result<Stamped, NoTimestamp> {
        let (authority, trust) = (self.0.authority.load_full(), self.trust());
        let own = authority.as_ref().as_ref().and_then(|a| a.stamps.as_ref());
        let means = Means { own, trust: &trust, now: self.now(), random: self.0.parts.random.as_ref() };
        let stamped = self.0.stamps.stamp(digest, means).await?;
        if let Some(own) = own.filter(|_| stamped.own) {
            self.log_stamp(own.signer(), &stamped.token);
        }
        Ok(stamped)
    }

    fn log_stamp(&self, signer: &crate::Signer, token: &[u8]) {
        let at = self.now();
        let used = KeyUse {
            id: setup::new_id(self, STAMPER, at),
            institution: STAMPER.to_owned(),
            serial: signer.certificate().serial(),
            official: None,
            format: Format::Timestamp,
            digest: sha256(token),
            levels: None,
            application: None,
            at,
        };
        // Nobody listens any more only when the process ends.
        let _ = self.0.unlogged.send(used);
    }
}
