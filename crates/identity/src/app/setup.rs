//! Start: keys, the own client.

use bytes::Bytes;
use copihue_core::{Error, Result};
use serde_json::json;

use crate::Identity;
use crate::config::Config;
use crate::keys::{KeyRing, SigningKey};
use crate::model::pkce;
use crate::store;

/// Reads the signing keys, or makes the first one.
pub(crate) async fn key_ring(
    parts: &crate::Parts,
    sealer: &copihue_directory::seal::Sealer,
) -> Result<KeyRing> {
    let mut stored = parts.db.read(store::keys).await?;
    if stored.is_empty() {
        let key = tokio::task::spawn_blocking(SigningKey::generate)
            .await
            .map_err(|e| Error::internal(format_args!("key generation: {e}")))??;
        let sealed = sealer.seal(&*parts.random, context(&key.kid).as_bytes(), &key.to_pkcs8()?)?;
        let (kid, now) = (key.kid, parts.clock.now());
        stored = parts
            .db
            .write(move |tx| {
                // Another process may have been faster: then its key stands.
                if store::keys(tx)?.is_empty() {
                    store::insert_key(tx, &kid, &sealed, now)?;
                }
                store::keys(tx)
            })
            .await?;
    }
    let open = |(kid, sealed): (String, Vec<u8>)| {
        SigningKey::from_pkcs8(&sealer.open(context(&kid).as_bytes(), &sealed)?)
    };
    let mut keys = stored.into_iter().map(open).collect::<Result<Vec<_>>>()?.into_iter();
    let current = keys.next().ok_or_else(|| Error::internal("no signing key"))?;
    Ok(KeyRing::new(current, &keys.collect::<Vec<_>>()))
}

fn context(kid: &str) -> String {
    format!("identity_key.sealed.{kid}")
}

/// The discovery document, ready to send.
pub(crate) fn discovery(config: &Config) -> Bytes {
    let (issuer, base) = (&config.issuer, config.base());
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "end_session_endpoint": format!("{base}/api/v1/accounts/app/logout"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "subject_types_supported": ["public"],
        "scopes_supported": crate::model::authorize::SCOPES,
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "request_parameter_supported": false,
        "claims_parameter_supported": false,
    })
    .to_string()
    .into()
}

impl Identity {
    /// A random text of 43 characters: states, nonces, verifiers, secrets of applications.
    pub(crate) fn random_text(&self) -> String {
        let bytes: [u8; 32] = copihue_core::random::bytes(&*self.0.random);
        // The challenge of anything random is as random, and has the right alphabet.
        pkce::challenge(&hex::encode(bytes))
    }
}
