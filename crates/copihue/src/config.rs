//! The settings of a deployment: a TOML file, then the environment, then flags.

mod firmagob;
mod identity;
mod tokens;
mod trust;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use copihue_core::{Acr, Error, Result, Secret, Timestamp};
use copihue_identity::{Level, PersonKind, Provider, Relying};
use copihue_notifications::{Smtp, Tls, Transport};
use copihue_signing::verify::{Anchor, AnchorKind};
use copihue_signing::{Source, Timestamps};
use serde::Deserialize;

use self::identity::IdentitySettings;

/// The settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Where to listen.
    #[serde(default = "default_listen")]
    pub(crate) listen: SocketAddr,
    /// Internal address of `/metrics`; none when absent.
    #[serde(default)]
    pub(crate) metrics: Option<SocketAddr>,
    /// The address that people use, such as `https://tramites.ejemplo.cl`, without a final slash.
    pub(crate) base_url: String,
    /// `sqlite:PATH` or `postgres://…`.
    pub(crate) database: String,
    /// Folder of the documents and the keys.
    pub(crate) data: PathBuf,
    /// Name shown in the header.
    #[serde(default = "default_name")]
    pub(crate) name: String,
    /// A band on each page, such as «Ambiente de prueba».
    #[serde(default)]
    pub(crate) banner: Option<String>,
    /// How mail leaves; kept and not sent when absent.
    #[serde(default)]
    pub(crate) mail: Option<Mail>,
    /// The login; the program's own provider when absent.
    #[serde(default)]
    pub(crate) login: Option<Login>,
    /// What the login asks for and what it is worth.
    #[serde(default)]
    pub(crate) identity: IdentitySettings,
    /// Timestamps and trust of signatures.
    #[serde(default)]
    pub(crate) signatures: Signatures,
    /// Service name (`vehiculos.padron`) → URL that answers its queries.
    #[serde(default)]
    pub(crate) queries: BTreeMap<String, String>,
    /// The transparency log: its witnesses and copies; none when absent.
    #[serde(default)]
    pub(crate) ledger: Evidence,
    /// Who says what time it is.
    #[serde(default)]
    pub(crate) clock: TimeServers,
    /// Who keeps the public registers; without it they are shown and nobody edits them.
    #[serde(default)]
    pub(crate) registers: Option<Custodian>,
    /// Whether pages that only make sense with sample data are shown.
    #[serde(skip)]
    pub(crate) demo: bool,
}

/// Servers of time (NTP) that are asked whether this machine's clock is right. See docs/timestamps.md.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimeServers {
    /// Names, with a port or without.
    #[serde(default)]
    pub(crate) servers: Vec<String>,
}

/// Timestamps and trust of signatures.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signatures {
    /// Timestamp authorities in the order of asking: `propia`, or addresses that speak RFC 3161. Our own when empty.
    #[serde(default)]
    pub(crate) timestamps: Vec<String>,
    /// Seconds that one of them may take; five when absent.
    #[serde(default)]
    pub(crate) timestamp_seconds: Option<u64>,
    /// Minutes between two timestamps over all documents that were issued meanwhile; a day when absent.
    #[serde(default)]
    pub(crate) evidence_minutes: Option<u64>,
    /// PEM files of authorities to trust besides our own, those of foreign timestamps included.
    #[serde(default)]
    pub(crate) trusted: Vec<PathBuf>,
    /// Authorities to trust, each with what for and since when; none when absent.
    #[serde(default)]
    pub(crate) anchors: Vec<trust::AnchorSettings>,
    /// Lists of trusted authorities (ETSI TS 119 612); none when absent.
    #[serde(default)]
    pub(crate) trust_lists: Vec<trust::ListSettings>,
    /// Seals whose keys are in PKCS#11 tokens; none when absent.
    #[serde(default)]
    pub(crate) tokens: Vec<tokens::Token>,
    /// Institutions that sign with the State's FirmaGob; none when absent.
    #[serde(default)]
    pub(crate) firmagob: Vec<firmagob::FirmaGob>,
    /// Where other authorities say what they revoked.
    #[serde(default)]
    pub(crate) issuers: Vec<firmagob::Issuer>,
}

impl Signatures {
    /// Where timestamps come from.
    pub(crate) fn timestamps(&self) -> Timestamps {
        let mut timestamps = Timestamps::default();
        let source = |name: &String| match name.as_str() {
            "propia" => Source::Own,
            url => Source::Remote(url.to_owned()),
        };
        if !self.timestamps.is_empty() {
            timestamps.sources = self.timestamps.iter().map(source).collect();
        }
        if let Some(seconds) = self.timestamp_seconds {
            timestamps.timeout = Duration::from_secs(seconds);
        }
        if let Some(minutes) = self.evidence_minutes {
            timestamps.evidence = Duration::from_secs(minutes.saturating_mul(60));
        }
        timestamps
    }

    /// Authorities to trust.
    ///
    /// # Errors
    /// When a file can't be read as certificates, or a list is not to be believed at `now`.
    pub(crate) fn anchors(&self, now: Timestamp) -> Result<Vec<Anchor>> {
        let mut anchors = Vec::new();
        for path in &self.trusted {
            let source = path.display().to_string();
            let anchor = |c| Anchor { source: source.clone(), ..(c, AnchorKind::Other).into() };
            anchors.extend(trust::certificates(path)?.into_iter().map(anchor));
        }
        for settings in &self.anchors {
            anchors.extend(settings.read()?);
        }
        for settings in &self.trust_lists {
            anchors.extend(settings.read(now)?);
        }
        Ok(anchors)
    }
}

/// How the transparency log is witnessed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evidence {
    /// File with the witnesses, their addresses and the quorum without which no checkpoint is published. Without it, nobody
    /// is asked.
    #[serde(default)]
    pub(crate) policy: Option<PathBuf>,
    /// Static copies of the logs (addresses or folders), from which they are brought up after an old backup is restored.
    #[serde(default)]
    pub(crate) copies: Vec<String>,
}

impl Evidence {
    /// The policy's text.
    ///
    /// # Errors
    /// When its file can't be read.
    pub(crate) fn policy(&self) -> Result<String> {
        let Some(path) = &self.policy else { return Ok(copihue_ledger::NO_WITNESSES.to_owned()) };
        std::fs::read_to_string(path).map_err(|e| {
            Error::invalid(
                "configuracion",
                format!("No se puede leer la política de testigos {}: {e}", path.display()),
            )
        })
    }
}

/// The institution that keeps the public registers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Custodian {
    /// Its code, such as `PE-MUN-00345`: its officials with the role `custodio_registros` propose and approve.
    pub(crate) custodian: String,
    /// The licence under which the registers are published, by its SPDX name.
    #[serde(default = "default_licence")]
    pub(crate) licence: String,
}

impl Custodian {
    /// As the registers take it.
    pub(crate) fn into_parts(self) -> copihue_registers::Custodian {
        copihue_registers::Custodian { code: self.custodian, licence: self.licence }
    }
}

fn default_licence() -> String {
    "CC0-1.0".to_owned()
}

/// Outgoing mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    /// The server's name or address.
    pub(crate) host: String,
    /// Its port.
    #[serde(default = "default_smtp_port")]
    pub(crate) port: u16,
    /// How the connection is protected.
    #[serde(default)]
    pub(crate) tls: MailTls,
    /// Who we are there.
    #[serde(default)]
    pub(crate) user: Option<String>,
    /// File that holds our password there.
    #[serde(default)]
    pub(crate) password_file: Option<PathBuf>,
    /// The sender's address: `Municipalidad <avisos@ejemplo.cl>`.
    pub(crate) from: String,
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MailTls {
    /// Not at all: a server on the same machine.
    None,
    /// Begins in the clear and goes over to TLS.
    #[default]
    StartTls,
    /// From the first byte.
    Implicit,
}

impl Mail {
    fn smtp(&self) -> Result<Smtp> {
        let password = self.password_file.as_deref().map(secret).transpose()?;
        let tls = match self.tls {
            MailTls::None => Tls::None,
            MailTls::StartTls => Tls::StartTls,
            MailTls::Implicit => Tls::Implicit,
        };
        Ok(Smtp {
            host: self.host.clone(),
            port: self.port,
            tls,
            user: self.user.clone(),
            password,
            from: self.from.clone(),
        })
    }
}

/// A secret of one line in a file.
pub(crate) fn secret(path: &Path) -> Result<Secret> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| Error::invalid("configuracion", format!("No se puede leer {}: {e}", path.display())))?;
    Ok(Secret::new(text.trim().as_bytes()))
}

fn default_smtp_port() -> u16 {
    587
}

/// A login that runs elsewhere (the State's own), by its published contract.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    /// The issuer, such as `https://accounts.claveunica.gob.cl/openid`; its endpoints lie under it.
    pub(crate) issuer: String,
    /// Its log-out, offered after ours.
    #[serde(default)]
    pub(crate) logout_url: Option<String>,
    /// Our client there.
    pub(crate) client_id: String,
    /// File that holds the client's secret.
    pub(crate) client_secret_file: PathBuf,
}

impl Login {
    fn relying(&self) -> Result<Relying> {
        let at = |endpoint: &str| format!("{}/{endpoint}", self.issuer);
        Ok(Relying {
            client_id: self.client_id.clone(),
            client_secret: secret(&self.client_secret_file)?,
            issuer: self.issuer.clone(),
            authorize_url: at("authorize"),
            token_url: at("token"),
            userinfo_url: at("userinfo"),
            logout_url: self.logout_url.clone(),
            level: Level::Fixed(Acr::Low),
            people: PersonKind::Real,
        })
    }
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

fn default_name() -> String {
    "Copihue".to_owned()
}

impl Config {
    /// Reads the file.
    ///
    /// # Errors
    /// When it can't be read, or says something that the program doesn't know.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| {
            Error::invalid("configuracion", format!("No se puede leer {}: {e}", path.display()))
        })?;
        toml::from_str(&text).map_err(|e| Error::invalid("configuracion", format!("{}: {e}", path.display())))
    }

    /// The settings of a demonstration in a folder.
    pub(crate) fn of_demo(data: &Path, database: Option<&str>) -> Self {
        let file = || format!("sqlite:{}", data.join("copihue.db").display());
        Self {
            listen: default_listen(),
            metrics: None,
            base_url: format!("http://{}", default_listen()),
            database: database.map_or_else(file, str::to_owned),
            data: data.to_path_buf(),
            name: default_name(),
            banner: None,
            mail: None,
            login: None,
            identity: IdentitySettings::default(),
            clock: crate::config::TimeServers::default(),
            signatures: Signatures { evidence_minutes: Some(1), ..Signatures::default() },
            queries: BTreeMap::new(),
            ledger: Evidence::default(),
            registers: None,
            demo: true,
        }
    }

    /// Who logs people in.
    ///
    /// # Errors
    /// When the client's secret can't be read.
    pub(crate) fn identity(&self) -> Result<copihue_identity::Config> {
        let mut config = if self.demo {
            copihue_identity::Config::sandbox(&self.base_url, &self.name)
        } else {
            copihue_identity::Config::new(&self.base_url, &self.name)
        };
        if let Some(login) = &self.login {
            config.provider = Provider::Other(Box::new(login.relying()?));
        }
        self.identity.apply(&mut config)?;
        Ok(config)
    }

    /// How mail leaves.
    ///
    /// # Errors
    /// When the password's file can't be read.
    pub(crate) fn transport(&self) -> Result<Transport> {
        Ok(match &self.mail {
            Some(mail) => Transport::Smtp(mail.smtp()?),
            None => Transport::Keep,
        })
    }

    /// The address without its scheme: the host of the logs' origins.
    pub(crate) fn host(&self) -> &str {
        self.base_url.split_once("://").map_or(&self.base_url, |(_, host)| host)
    }

    /// Folder of the documents.
    pub(crate) fn objects(&self) -> PathBuf {
        self.data.join("objects")
    }
}
