//! What an application authenticates with: its key, its secret, and for whose signature it asks.

use copihue_core::{Error, Result, Secret, Timestamp};

use super::token::{Claims, issue};

/// An application that asks for somebody's signature.
#[derive(Clone)]
pub struct Credential {
    /// Its key.
    pub application: String,
    /// Its secret.
    pub secret: Secret,
    /// The institution's exact name.
    pub entity: String,
    /// RUN of who signs, without dots, dash or check digit.
    pub run: String,
    /// `Propósito General` or `Desatendido`.
    pub purpose: String,
}

impl Credential {
    /// A token of the contract (specs signing §2.3), whose header names the application.
    ///
    /// # Errors
    /// When there is no such instant.
    pub fn token(&self, now: Timestamp) -> Result<String> {
        let Self { application, secret, entity, run, purpose } = self;
        let claims = Claims { run: run.clone(), entity: entity.clone(), purpose: purpose.clone() };
        issue(&claims, Some(application), secret, now).map_err(Error::internal)
    }
}
