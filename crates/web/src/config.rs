//! What a deployment decides about its pages.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Settings of [`crate::Web`]. [`WebConfig::new`] gives safe defaults; change single fields after.
#[derive(Clone)]
pub struct WebConfig {
    /// The outside address without a closing slash: `https://tramites.example.cl`.
    pub base_url: String,
    /// Cookies with `Secure` and the `__Host-` prefix. `false` only for plain HTTP in development.
    pub secure_cookies: bool,
    /// Shown in the header, the footer and every title.
    pub institution_name: String,
    /// The second part of every title: «{h1} – {service} – {institution}».
    pub service_name: String,
    /// The institution's logo. No emblem of the State is shipped.
    pub logo: Option<Logo>,
    /// The deployment's secret for CSRF tokens and kept posts.
    pub key: [u8; 32],
    /// Text of the banner above each page of a test environment.
    pub environment_banner: Option<String>,
    /// Entries of the navigation under the header, in order.
    pub navigation: Vec<NavLink>,
    /// Desks of other services, offered where officials begin: each to whoever holds its role.
    pub desks: Vec<NavLink>,
    /// Addresses of the footer.
    pub footer: Vec<NavLink>,
    /// Hosts to which a form may lead, besides our own (login, payment): `https://host`.
    pub form_hosts: Vec<String>,
    /// Where a person without session is sent; gets `?volver=`.
    pub login_path: String,
    /// Where «Cerrar sesión» posts to.
    pub logout_path: String,
    /// What the search box of the header asks with `?q=`.
    pub search_path: String,
    /// Proxies whose `X-Forwarded-For` counts. From all others it is ignored.
    pub trusted_proxies: Vec<IpAddr>,
    /// Folder for uploads on their way; the system's temporary folder by default.
    pub upload_dir: PathBuf,
    /// Limits of bodies and uploads.
    pub limits: Limits,
    /// Requests a minute.
    pub rates: Rates,
    /// Time limits.
    pub timeouts: Timeouts,
    /// How long a session lives.
    pub session: SessionTimes,
    /// Shows the gallery `/gestion/componentes`.
    pub development: bool,
}

impl WebConfig {
    /// Defaults for this address, name and secret. Cookies are secure when the address is `https`.
    #[must_use]
    pub fn new(base_url: &str, institution_name: &str, key: [u8; 32]) -> Self {
        Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            secure_cookies: base_url.starts_with("https://"),
            institution_name: institution_name.to_owned(),
            service_name: "Trámites en línea".to_owned(),
            logo: None,
            key,
            environment_banner: None,
            navigation: vec![
                NavLink::new("Trámites", "/tramites", Show::Everyone),
                NavLink::new("Mi carpeta", "/mi", Show::Persons),
                NavLink::new("Gestión", "/gestion", Show::Officials),
                NavLink::new("Verificar un documento", "/verificar", Show::Everyone),
            ],
            desks: Vec::new(),
            footer: vec![
                NavLink::new("Accesibilidad", "/accesibilidad", Show::Everyone),
                NavLink::new("Privacidad", "/privacidad", Show::Everyone),
                NavLink::new("Contacto", "/contacto", Show::Everyone),
            ],
            form_hosts: Vec::new(),
            login_path: "/ingresar".to_owned(),
            logout_path: "/salir".to_owned(),
            search_path: "/tramites".to_owned(),
            trusted_proxies: Vec::new(),
            upload_dir: std::env::temp_dir(),
            limits: Limits::default(),
            rates: Rates::default(),
            timeouts: Timeouts::default(),
            session: SessionTimes::default(),
            development: false,
        }
    }
}

/// A picture served from our own origin.
#[derive(Clone)]
pub struct Logo {
    /// `image/svg+xml` or `image/png`.
    pub content_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// A link of the navigation or the footer.
#[derive(Clone)]
pub struct NavLink {
    /// What the person reads.
    pub label: String,
    /// An own path.
    pub href: String,
    /// Who sees it.
    pub show: Show,
}

impl NavLink {
    /// A link.
    #[must_use]
    pub fn new(label: &str, href: &str, show: Show) -> Self {
        Self { label: label.to_owned(), href: href.to_owned(), show }
    }
}

/// Who sees a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Show {
    /// All.
    Everyone,
    /// Who is logged in.
    Persons,
    /// Who holds a post in a public body.
    Officials,
    /// Who holds a post with this role.
    Role(&'static str),
}

/// Limits of what a request may carry.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a body without files.
    pub body: u64,
    /// Bytes of a body with files, where the route says nothing else.
    pub upload_body: u64,
    /// Bytes of one file.
    pub file: u64,
    /// Fields of a form.
    pub fields: usize,
    /// Parts of a multipart body.
    pub parts: usize,
    /// Files of a multipart body.
    pub files: usize,
    /// Bytes of a file held in memory before it goes to disk.
    pub file_memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 1_000_000,
            upload_body: 25_000_000,
            file: 20_000_000,
            fields: 1000,
            parts: 50,
            files: 10,
            file_memory: 256 << 10,
        }
    }
}

/// Requests a minute, for each session or, without one, each address prefix (/24, /56).
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Pages read.
    pub pages: u32,
    /// Posts.
    pub writes: u32,
    /// Reads with a query `?q=`.
    pub search: u32,
    /// Calls of foreign and machine contracts: a whole institution may speak from one address.
    pub contracts: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self { pages: 300, writes: 60, search: 60, contracts: 6_000 }
    }
}

impl Rates {
    /// For demonstrations and measurements: no practical limit.
    #[must_use]
    pub const fn generous() -> Self {
        Self { pages: 100_000_000, writes: 100_000_000, search: 100_000_000, contracts: 100_000_000 }
    }
}

/// Time limits of one request.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// To receive the headers.
    pub headers: Duration,
    /// Between two pieces of a body.
    pub body_idle: Duration,
    /// For the handler.
    pub handler: Duration,
    /// To finish what is running when the server stops.
    pub stop: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            headers: Duration::from_secs(10),
            body_idle: Duration::from_secs(30),
            handler: Duration::from_secs(30),
            stop: Duration::from_secs(30),
        }
    }
}

/// How long a session lives, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct SessionTimes {
    /// Without any request.
    pub idle_ms: i64,
    /// In all.
    pub absolute_ms: i64,
}

impl Default for SessionTimes {
    fn default() -> Self {
        Self { idle_ms: 30 * 60_000, absolute_ms: 12 * 3_600_000 }
    }
}
