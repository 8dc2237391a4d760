//! What happened to a person's identity: their own history, and the institution's access log (AUT-08).

use copihue_core::{Acr, Id, Timestamp};

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EventKind {
    /// A login with a credential.
    Login,
    /// A login answered by the provider's own session.
    Reuse,
    /// A log-out.
    Logout,
    /// A browser that had not been used before.
    NewDevice,
    /// Data were given to an application.
    Delivery,
    /// A refresh token that had been used before: all its tokens were ended.
    TokenReuse,
    /// A device without a browser was let in.
    Device,
    /// The person took back what they let an application know.
    Withdrawn,
    /// An operator registered the person.
    Registered,
    /// A code of the second factor that was not right; a right one shows with its login.
    Factor,
    /// A second factor was set up.
    FactorAdded,
    /// The second factor was taken away.
    FactorRemoved,
    /// An official who saw the person's card began to open their account.
    ActivationStarted,
    /// The person opened it with the code that they got.
    Activated,
    /// The person gave themself another password.
    PasswordChanged,
    /// They did so without knowing the one before.
    Recovered,
    /// Another address waits for its day.
    ContactHeld,
    /// It is in use from now on.
    ContactChanged,
    /// It will not be.
    ContactCancelled,
    /// The person ended one or all of their sessions.
    SessionEnded,
    /// The person said that it was not them: the account is locked.
    Disputed,
    /// The support desk took their case.
    CaseTaken,
    /// It is over.
    CaseResolved,
    /// Somebody was offered to act for another.
    MandateOffered,
    /// Somebody may act for another from now on.
    MandateTaken,
    /// They may no more.
    MandateEnded,
    /// An administrator read the account and its history.
    Consulted,
    /// The account was stopped for a while.
    Suspended,
    /// It may be used again.
    Reopened,
    /// It was closed for ever.
    Closed,
}

impl EventKind {
    /// All of them.
    pub const ALL: [Self; 30] = [
        Self::Login,
        Self::Reuse,
        Self::Logout,
        Self::NewDevice,
        Self::Delivery,
        Self::TokenReuse,
        Self::Device,
        Self::Withdrawn,
        Self::Registered,
        Self::Factor,
        Self::FactorAdded,
        Self::FactorRemoved,
        Self::ActivationStarted,
        Self::Activated,
        Self::PasswordChanged,
        Self::Recovered,
        Self::ContactHeld,
        Self::ContactChanged,
        Self::ContactCancelled,
        Self::SessionEnded,
        Self::Disputed,
        Self::CaseTaken,
        Self::CaseResolved,
        Self::MandateOffered,
        Self::MandateTaken,
        Self::MandateEnded,
        Self::Consulted,
        Self::Suspended,
        Self::Reopened,
        Self::Closed,
    ];

    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Login => "ingreso",
            Self::Reuse => "reutilizacion",
            Self::Logout => "salida",
            Self::NewDevice => "dispositivo_nuevo",
            Self::Delivery => "datos_entregados",
            Self::TokenReuse => "token_reutilizado",
            Self::Device => "dispositivo_autorizado",
            Self::Withdrawn => "permiso_retirado",
            Self::Registered => "cuenta_creada",
            Self::Factor => "segundo_factor",
            Self::FactorAdded => "factor_agregado",
            Self::FactorRemoved => "factor_quitado",
            Self::ActivationStarted => "activacion_iniciada",
            Self::Activated => "cuenta_activada",
            Self::PasswordChanged => "clave_cambiada",
            Self::Recovered => "clave_recuperada",
            Self::ContactHeld => "contacto_pedido",
            Self::ContactChanged => "contacto_cambiado",
            Self::ContactCancelled => "contacto_anulado",
            Self::SessionEnded => "sesion_cerrada",
            Self::Disputed => "no_fui_yo",
            Self::CaseTaken => "caso_en_revision",
            Self::CaseResolved => "caso_resuelto",
            Self::MandateOffered => "mandato_ofrecido",
            Self::MandateTaken => "mandato_vigente",
            Self::MandateEnded => "mandato_terminado",
            Self::Consulted => "cuenta_consultada",
            Self::Suspended => "cuenta_suspendida",
            Self::Reopened => "cuenta_reactivada",
            Self::Closed => "cuenta_cerrada",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// How it ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// As wanted.
    Ok,
    /// Refused.
    Failed,
    /// Not even looked at: too many tries.
    Blocked,
}

impl Outcome {
    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "rechazado",
            Self::Blocked => "bloqueado",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Ok, Self::Failed, Self::Blocked].into_iter().find(|o| o.code() == code)
    }
}

/// One row of the history.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// Id: sorts by time.
    pub id: Id,
    /// Whose.
    pub person: Id,
    /// What.
    pub kind: EventKind,
    /// How it ended.
    pub outcome: Outcome,
    /// The application: id, name and body.
    pub client: Option<EventClient>,
    /// Level, when there was one.
    pub acr: Option<Acr>,
    /// Factors used: `clave`, `correo`.
    pub factors: Vec<String>,
    /// Browser and system.
    pub device: String,
    /// What was given: `RUN`, `nombre`, `correo`.
    pub delivered: Vec<String>,
    /// Why, in the words of who did it; empty for what the person did.
    pub note: String,
    /// For whom the person acted, or who acted for them; empty for oneself.
    pub acting: String,
    /// Trace id of the request.
    pub trace: String,
    /// When, UTC.
    pub at: Timestamp,
}

/// The application that an event concerns, as it was called then.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventClient {
    /// `client_id`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its body's code.
    pub institution: String,
}

impl From<&super::client::Client> for EventClient {
    fn from(client: &super::client::Client) -> Self {
        Self { id: client.id.clone(), name: client.name.clone(), institution: client.institution.clone() }
    }
}

/// Browser and system out of a `User-Agent`, in words: `Firefox en Linux`. Nothing of the text itself is kept.
#[must_use]
pub fn device_label(user_agent: &str) -> String {
    let find = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("Lynx", "Lynx"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} en {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Navegador no reconocido".to_owned(),
    }
}
