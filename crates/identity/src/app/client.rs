//! Applications: registration.

use copihue_core::{Error, Result, Secret, json::sha256};
use copihue_db::Tx;

use crate::Identity;
use crate::model::authorize::SCOPES;
use crate::model::client::{Client, ClientState, Environment, Settings};
use crate::model::redirect::{may_be_registered, origin};
use crate::store;

/// An application to register.
#[derive(Clone, Debug)]
pub struct NewClient {
    /// `client_id`; made when absent.
    pub id: Option<String>,
    /// `client_secret`; made when absent.
    pub secret: Option<Secret>,
    /// What people read at the login.
    pub name: String,
    /// The body it belongs to.
    pub institution: String,
    /// For whom.
    pub environment: Environment,
    /// State.
    pub state: ClientState,
    /// Scopes it may have; `openid run name` for most.
    pub scopes: Vec<String>,
    /// Scheme, authority and path of each address.
    pub redirect_uris: Vec<String>,
    /// Where a browser may be sent after log-out: only scheme and authority count.
    pub logout_uris: Vec<String>,
    /// What differs.
    pub settings: Settings,
}

/// A registered application. The secret is shown here once, and kept nowhere.
#[derive(Clone, Debug)]
pub struct RegisteredClient {
    /// `client_id`.
    pub id: String,
    /// `client_secret`.
    pub secret: Secret,
}

impl Identity {
    /// Registers an application, or sets it anew and gives it one more secret.
    ///
    /// # Errors
    /// `uri_invalida` for an address that may not be registered, `alcance_invalido` for an unknown scope.
    pub fn register_client(&self, tx: &mut Tx<'_>, new: &NewClient) -> Result<RegisteredClient> {
        if let Some(bad) = new.redirect_uris.iter().find(|uri| !may_be_registered(uri)) {
            return Err(Error::invalid("uri_invalida", "La dirección de retorno no es válida.").field(
                "redirect_uris",
                format!("Revise {bad}: debe ser https, sin consulta ni fragmento."),
            ));
        }
        let logout: Option<Vec<String>> = new.logout_uris.iter().map(|uri| origin(uri)).collect();
        let logout = logout.ok_or_else(|| {
            Error::invalid("uri_invalida", "La dirección de cierre de sesión no es válida.")
                .field("logout_uris", "Ingrese una dirección que comience con https://.")
        })?;
        if new.scopes.iter().any(|s| !SCOPES.contains(&s.as_str())) {
            return Err(Error::invalid("alcance_invalido", "La aplicación pide un dato que no existe."));
        }
        let id =
            new.id.clone().unwrap_or_else(|| hex::encode(copihue_core::random::bytes::<16>(&*self.0.random)));
        let secret = new.secret.clone().unwrap_or_else(|| Secret::new(self.random_text()));
        let client = Client {
            id: id.clone(),
            name: new.name.clone(),
            institution: new.institution.clone(),
            environment: new.environment,
            state: new.state,
            scopes: new.scopes.clone(),
            redirect_uris: new.redirect_uris.clone(),
            settings: new.settings.clone(),
        };
        store::insert_client(tx, &client, &sha256(secret.expose()), &logout, self.now())?;
        Ok(RegisteredClient { id, secret })
    }
}
