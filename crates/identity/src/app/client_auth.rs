//! An application proves who it is, and that it holds a key.

use copihue_core::secret::constant_time_eq;
use copihue_core::{Result, Timestamp, json::sha256};

use crate::Identity;
use crate::model::assertion;
use crate::model::client::{Auth, Client};
use crate::model::dpop::{self, About, Bad};
use crate::model::jose::{Jwk, Jws};
use crate::model::oauth::TokenError;
use crate::model::profile::Face;
use crate::model::token::{Credentials, Method};
use crate::store;

pub(crate) type Answer<T> = std::result::Result<T, TokenError>;

impl Identity {
    /// The issuer under these addresses.
    pub(crate) fn issuer(&self, face: Face) -> &str {
        match face {
            Face::National => &self.0.config.issuer,
            Face::Open => self.0.config.base(),
        }
    }

    /// The issuer, where the application's record says that answers carry it.
    pub(crate) fn iss<'a>(&'a self, client: &Client) -> Option<&'a str> {
        client.settings.iss.then(|| self.issuer(client.settings.profile.face()))
    }

    /// The application, if its proof is one of its own and it speaks this contract. An unknown one costs the same comparison.
    pub(crate) async fn client_of(&self, face: Face, given: &Credentials) -> Result<Answer<Client>> {
        let (id, now) = (given.client_id.clone(), self.now());
        let found = self.0.db.read(move |conn| {
            let hashes = store::secret_hashes(conn, &id, now)?;
            Ok((store::client(conn, &id)?, hashes))
        });
        let (client, hashes) = found.await?;
        let client = client.filter(|client| client.settings.profile.face() == face);
        let fits = |client: Option<&Client>| client.is_some_and(|c| given.method.fits(c.settings.auth));
        let proved = match given.method {
            Method::Post | Method::Basic => {
                let presented = sha256(given.proof.as_bytes());
                let mut matches = constant_time_eq(&presented, &[0; 32]);
                for hash in &hashes {
                    matches |= constant_time_eq(&presented, hash);
                }
                matches && fits(client.as_ref())
            }
            Method::Assertion => self.asserted(face, client.as_ref(), &given.proof).await?,
            Method::None => fits(client.as_ref()),
        };
        Ok(client.filter(|_| proved).ok_or(TokenError::InvalidClient))
    }

    async fn asserted(&self, face: Face, client: Option<&Client>, jwt: &str) -> Result<bool> {
        let Some(client) = client.filter(|c| c.settings.auth == Auth::Key) else { return Ok(false) };
        let issuer = self.issuer(face);
        let keys = self.keys_of(client, jwt).await;
        let good = assertion::check(jwt, &client.id, &keys, issuer, self.now());
        match good {
            Some(good) => self.once("assertion", &[&client.id, &good.jti], good.expires).await,
            None => Ok(false),
        }
    }

    /// The keys that may have signed this for an application: those that were registered, or those that it publishes.
    pub(super) async fn keys_of(&self, client: &Client, jwt: &str) -> Vec<Jwk> {
        let jws = Jws::parse(jwt);
        let kid = jws.as_ref().and_then(Jws::kid);
        self.0.remote_keys.of(client, kid, self.now()).await
    }

    /// Whether this is used for the first time. It must be refused by itself after `expires`.
    pub(super) async fn once(&self, what: &str, parts: &[&str], expires: i64) -> Result<bool> {
        let id = self.0.sealer.hash(format!("once:{what}:{}", parts.join("\n")).as_bytes());
        let expires = Timestamp::from_millis(expires.saturating_mul(1000));
        self.0.db.write(move |tx| store::spend_once(tx, &id, expires)).await
    }

    /// The thumbprint of the key that this request is proved with; none when it proves nothing and need not.
    pub(crate) async fn proof(
        &self,
        proofs: &[&str],
        method: &str,
        path: &str,
        access_token: Option<&str>,
    ) -> Result<Answer<Option<String>>> {
        let proof = match proofs {
            [] => return Ok(Ok(None)),
            [proof] => proof,
            _ => return Ok(Err(TokenError::InvalidDpopProof)),
        };
        let url = format!("{}{path}", self.0.config.base());
        let about = About { method, url: &url, access_token, now: self.now() };
        match dpop::check(proof, &about, &self.0.nonces) {
            Ok(good) => {
                // A proof dies by its own time: after that it is refused without anybody remembering it.
                let first = self.once("proof", &[&good.jkt, &good.jti], good.issued + 120).await?;
                Ok(if first { Ok(Some(good.jkt)) } else { Err(TokenError::InvalidDpopProof) })
            }
            Err(Bad::Nonce) => Ok(Err(TokenError::UseDpopNonce)),
            Err(Bad::Proof) => Ok(Err(TokenError::InvalidDpopProof)),
        }
    }
}
