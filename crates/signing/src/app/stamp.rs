//! Timestamps: asked for our own signatures, and given to whoever asks.

use copihue_core::json::sha256;
use copihue_core::{Error, Result, Timestamp};

use super::Signing;
use super::stamp_log::Given;
use crate::hash::Hash;
use crate::tsp::{Means, NoTimestamp, Stamped, granted, no_time};
use crate::verify::timestamp_of;

impl Signing {
    /// Answers a timestamp request in DER, as our own authority; a refusal is an answer too.
    ///
    /// # Errors
    /// Not found, when the deployment has no authority of its own. While the clock is known to be wrong the answer says that there
    /// is no time.
    pub fn answer_timestamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        let authority = self.0.authority.load_full();
        let own = authority.as_ref().as_ref().and_then(|a| a.stamps.as_ref()).ok_or_else(Error::not_found)?;
        if self.clock_is_wrong() || self.stamp_log_is_full() {
            return Ok(no_time());
        }
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
        self.stamp_over((Hash::Sha256, &digest)).await
    }

    /// The same over a digest by any hash.
    pub(super) async fn stamp_over(
        &self,
        digest: (Hash, &[u8]),
    ) -> std::result::Result<Stamped, NoTimestamp> {
        let (authority, trust) = (self.0.authority.load_full(), self.trust());
        let can = !self.clock_is_wrong() && !self.stamp_log_is_full();
        let own = authority.as_ref().as_ref().and_then(|a| a.stamps.as_ref()).filter(|_| can);
        let means = Means { own, trust: &trust, now: self.now(), random: self.0.parts.random.as_ref() };
        let stamped = self.0.stamps.stamp(digest, means).await?;
        if let Some(own) = own.filter(|_| stamped.own) {
            self.log_stamp(own.signer(), &stamped.token);
        }
        Ok(stamped)
    }

    /// Anybody may ask for one: what is kept is summed up by the hour.
    fn log_stamp(&self, signer: &crate::Signer, token: &[u8]) {
        let (serial, at) = (signer.certificate().serial(), self.now());
        self.note_stamp(Given { serial, token: sha256(token), at });
    }
}
