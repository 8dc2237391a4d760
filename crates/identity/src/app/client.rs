//! Applications: registration, secrets, state. What an operator does to them is in the ledger.

use copihue_core::{Actor, Bucket, Error, Id, Result, Secret, Timestamp, json::sha256};
use copihue_db::Tx;
use copihue_ledger::{Family, Field, Record};

use super::standing::who;
use crate::Identity;
use crate::model::authorize::scopes;
use crate::model::client::{Auth, Client, ClientState, Environment, Pkce, Settings};
use crate::model::jose::Jwk;
use crate::model::profile::{Face, Profile};
use crate::model::redirect::{host, is_loopback, may_be_registered, may_be_told, origin};
use crate::store;

/// Seconds that the old secret of an application is still valid after a new one was given.
pub const ROTATION_SECONDS: i64 = 30 * 86_400;

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

/// An application, as a list shows it.
#[derive(Clone, Debug)]
pub struct ListedClient {
    /// `client_id`.
    pub id: String,
    /// What people read at the login.
    pub name: String,
    /// The body it belongs to.
    pub institution: String,
    /// The contract that it speaks.
    pub profile: Profile,
    /// For whom.
    pub environment: Environment,
    /// State.
    pub state: ClientState,
}

impl Identity {
    /// Registers an application, or sets it anew and gives it one more secret.
    ///
    /// # Errors
    /// `uri_invalida` for an address that may not be registered, `alcance_invalido` for an unknown scope, `llaves_invalidas` for keys
    /// that can't be used.
    pub fn register_client(&self, tx: &mut Tx<'_>, new: &NewClient) -> Result<RegisteredClient> {
        let id = self.put_client(tx, new)?;
        let secret = new.secret.clone().unwrap_or_else(|| Secret::new(self.random_text()));
        store::insert_secret(tx, &id, &sha256(secret.expose()), self.now())?;
        Ok(RegisteredClient { id, secret })
    }

    /// Registers an application, or sets it anew, and gives it no secret. Answers its id.
    pub(super) fn put_client(&self, tx: &mut Tx<'_>, new: &NewClient) -> Result<String> {
        let logout = check_addresses(new)?;
        let known = scopes(new.settings.profile.face());
        if new.scopes.iter().any(|s| !known.contains(&s.as_str()) && !new.settings.machine) {
            return Err(Error::invalid("alcance_invalido", "La aplicación pide un dato que no existe.")
                .field("scopes", format!("Se conocen: {}.", known.join(", "))));
        }
        let id =
            new.id.clone().unwrap_or_else(|| hex::encode(copihue_core::random::bytes::<16>(&*self.0.random)));
        let client = Client {
            id: id.clone(),
            name: new.name.clone(),
            institution: new.institution.clone(),
            environment: new.environment,
            state: new.state,
            scopes: new.scopes.clone(),
            redirect_uris: new.redirect_uris.clone(),
            settings: check_settings(new, &id)?,
        };
        store::insert_client(tx, &client, self.now())?;
        store::set_logout(tx, &id, &logout)?;
        Ok(id)
    }

    /// Registers an application on an operator's word.
    ///
    /// # Errors
    /// As [`Identity::register_client`].
    pub async fn add_client(&self, actor: &Actor, new: NewClient) -> Result<RegisteredClient> {
        let (identity, by) = (self.clone(), who(actor));
        let write = move |tx: &mut Tx<'_>| {
            let done = identity.register_client(tx, &new)?;
            identity.client_changed(tx, "aplicacion_registrada", &done.id, &by)?;
            Ok(done)
        };
        self.0.db.write(write).await
    }

    /// All applications, by name.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn list_clients(&self) -> Result<Vec<ListedClient>> {
        let listed = |c: Client| ListedClient {
            id: c.id,
            name: c.name,
            institution: c.institution,
            profile: c.settings.profile,
            environment: c.environment,
            state: c.state,
        };
        Ok(self.0.db.read(store::clients).await?.into_iter().map(listed).collect())
    }

    /// Stops an application, or lets it go on: everything that it was given is dead, or alive again, when this answers.
    ///
    /// # Errors
    /// Not found; `aplicacion_revocada` for one that was stopped for ever.
    pub async fn set_client_state(&self, actor: &Actor, id: &str, state: ClientState) -> Result<()> {
        let (identity, id, by) = (self.clone(), id.to_owned(), who(actor));
        self.0.db.write(move |tx| identity.set_state(tx, &id, state, &by)).await
    }

    pub(super) fn set_state(&self, tx: &mut Tx<'_>, id: &str, state: ClientState, by: &str) -> Result<()> {
        let client = store::client(tx, id)?.ok_or_else(unknown)?;
        if client.state == ClientState::Revoked {
            return Err(Error::conflict("aplicacion_revocada", "Una aplicación revocada no vuelve."));
        }
        store::set_client_state(tx, id, state)?;
        self.client_changed(tx, &format!("aplicacion_{}", state.code()), id, by)
    }

    /// Gives an application a new secret. The one before it is valid for thirty days more, older ones end at once: two at a time (C7).
    ///
    /// # Errors
    /// Not found; `sin_secreto` for one that proves itself otherwise.
    pub async fn rotate_client(&self, actor: &Actor, id: &str) -> Result<RegisteredClient> {
        let (identity, id, by) = (self.clone(), id.to_owned(), who(actor));
        let secret = Secret::new(self.random_text());
        self.0.db.write(move |tx| identity.rotate(tx, &id, &secret, &by)).await
    }

    pub(super) fn rotate(
        &self,
        tx: &mut Tx<'_>,
        id: &str,
        secret: &Secret,
        by: &str,
    ) -> Result<RegisteredClient> {
        let client = store::client(tx, id)?.ok_or_else(unknown)?;
        if client.settings.auth != Auth::Secret {
            return Err(Error::conflict(
                "sin_secreto",
                "La aplicación no usa un secreto: registre sus llaves nuevas en su lugar.",
            ));
        }
        let now = self.now();
        store::add_secret(tx, id, &sha256(secret.expose()), now, now.plus_seconds(ROTATION_SECONDS))?;
        self.client_changed(tx, "secreto_cambiado", id, by)?;
        Ok(RegisteredClient { id: id.to_owned(), secret: secret.clone() })
    }

    /// What was done to an application, and by whom, goes into the ledger of the administration.
    pub(super) fn client_changed(
        &self,
        tx: &mut Tx<'_>,
        kind: &str,
        client_id: &str,
        by: &str,
    ) -> Result<()> {
        let at: Timestamp = self.now();
        let record_id = Id::new(at, Bucket::new(0), &*self.0.random).to_string();
        let fields = vec![
            Field::plain("fecha", at.to_string()),
            Field::plain("acto", kind),
            Field::plain("aplicacion", client_id),
            Field::plain("por", by),
        ];
        let record =
            Record { family: Family::Admin, kind: "identity.client", record_id, subject: None, fields };
        self.0.evidence.append(tx, record)
    }
}

fn unknown() -> Error {
    Error::new(
        copihue_core::Kind::NotFound,
        "aplicacion_desconocida",
        "No hay una aplicación con ese identificador. Vea «copihue identity client list».",
    )
}

/// The authorities for after log-out, if all addresses may be registered.
fn check_addresses(new: &NewClient) -> Result<Vec<String>> {
    let all = new.redirect_uris.iter().chain(&new.settings.post_logout_uris);
    let told = new.settings.logout_notice_uri.iter().filter(|uri| !may_be_told(uri));
    if let Some(bad) = all.filter(|uri| !may_be_registered(uri)).chain(told).next() {
        return Err(Error::invalid("uri_invalida", "La dirección de retorno no es válida.")
            .field("redirect_uris", format!("Revise {bad}: debe ser https, sin consulta ni fragmento.")));
    }
    let logout: Option<Vec<String>> = new.logout_uris.iter().map(|uri| origin(uri)).collect();
    logout.ok_or_else(|| {
        Error::invalid("uri_invalida", "La dirección de cierre de sesión no es válida.")
            .field("logout_uris", "Ingrese una dirección que comience con https://.")
    })
}

/// The settings as they are kept: keys that can be used, and the sector.
fn check_settings(new: &NewClient, id: &str) -> Result<Settings> {
    let mut settings = new.settings.clone();
    let keys = settings.jwks.as_ref().map(Jwk::parse_set);
    let needed = settings.auth == Auth::Key || settings.signed_requests;
    check_keys_uri(new)?;
    if matches!(keys, Some(None)) || (needed && keys.is_none() && settings.jwks_uri.is_none()) {
        return Err(Error::invalid("llaves_invalidas", "Las llaves de la aplicación no se pueden usar.")
            .field(
                "jwks",
                "Entregue un conjunto JWK con llaves públicas P-256, Ed25519 o RSA de 2048 bits o más.",
            ));
    }
    check_authentication(&settings)?;
    if settings.profile.face() == Face::Open && settings.sector.is_none() {
        settings.sector = Some(sector_of(new, id)?);
    }
    Ok(settings)
}

/// An application publishes its keys, or leaves them with us: never both.
fn check_keys_uri(new: &NewClient) -> Result<()> {
    let Some(uri) = &new.settings.jwks_uri else { return Ok(()) };
    if may_be_told(uri) && new.settings.jwks.is_none() {
        return Ok(());
    }
    Err(Error::invalid("llaves_invalidas", "Las llaves de la aplicación no se pueden usar.")
        .field("jwks_uri", "Entregue una dirección https, y ningún conjunto JWK además de ella."))
}

/// What a profile promises, no setting may take away.
fn check_authentication(settings: &Settings) -> Result<()> {
    let refused = |text: &str| {
        Err(Error::invalid("perfil_invalido", "La aplicación no cumple su perfil.").field("auth", text))
    };
    let public = settings.auth == Auth::Public;
    match settings.profile {
        Profile::Alto if settings.auth != Auth::Key || settings.pkce != Pkce::Required => {
            refused("En el perfil alto la aplicación se identifica con su llave y usa PKCE.")
        }
        Profile::Compat if public => {
            refused("En el perfil compat la aplicación se identifica con su secreto.")
        }
        Profile::Compat if settings.logout_notice_uri.is_some() => {
            refused("En el perfil compat no hay avisos de cierre de sesión: use el perfil base.")
        }
        _ if public && settings.pkce != Pkce::Required => refused("Una aplicación sin secreto usa PKCE."),
        _ => Ok(()),
    }
}

/// Several hosts share a `sub` only if somebody said so (OIDC Core §8.1). The person's own machine is nobody's host: an application
/// that lives there, or nowhere, shares with none.
fn sector_of(new: &NewClient, id: &str) -> Result<String> {
    let mut hosts: Vec<String> = new.redirect_uris.iter().filter_map(|uri| host(uri)).collect();
    hosts.retain(|host| !host.is_empty() && !is_loopback(host));
    hosts.sort();
    hosts.dedup();
    match hosts.as_slice() {
        [one] => Ok(one.clone()),
        [] => Ok(id.to_owned()),
        _ => Err(Error::invalid("sector_ambiguo", "Las direcciones de retorno están en varios sitios.")
            .field("sector", "Diga con qué nombre comparten el identificador de las personas.")),
    }
}
