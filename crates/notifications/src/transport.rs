//! How e-mail leaves.

use copihue_core::{Error, Result, Secret};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls as LettreTls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::model::mail::{KeptMail, MailState};

/// How the connection to the server is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tls {
    /// Not at all: a server on the same machine.
    None,
    /// Begins in the clear and must go over to TLS.
    #[default]
    StartTls,
    /// From the first byte.
    Implicit,
}

/// A server that takes our mail.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// Who we are there.
    pub user: Option<String>,
    /// Our password there.
    pub password: Option<Secret>,
    /// The sender's address: `Copihue <avisos@ejemplo.cl>`.
    pub from: String,
}

/// How e-mail leaves.
#[derive(Clone, Debug)]
pub enum Transport {
    /// It doesn't: it is kept and shown in development.
    Keep,
    /// By a server.
    Smtp(Smtp),
}

/// A transport ready to be used.
#[derive(Clone)]
pub(crate) enum Post {
    Keep,
    Smtp { mailer: Box<AsyncSmtpTransport<Tokio1Executor>>, from: Box<Mailbox> },
}

/// What became of an e-mail, and what the server said.
pub(crate) struct Posted {
    pub(crate) state: MailState,
    pub(crate) response: String,
}

impl Post {
    /// Opens no connection yet.
    pub(crate) fn new(transport: &Transport) -> Result<Self> {
        let Transport::Smtp(smtp) = transport else { return Ok(Self::Keep) };
        let wrong = |what: &str, e: &dyn std::fmt::Display| Error::internal(format_args!("{what}: {e}"));
        let tls = || TlsParameters::new(smtp.host.clone()).map_err(|e| wrong("smtp tls", &e));
        let tls = match smtp.tls {
            Tls::None => LettreTls::None,
            Tls::StartTls => LettreTls::Required(tls()?),
            Tls::Implicit => LettreTls::Wrapper(tls()?),
        };
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host).port(smtp.port).tls(tls);
        if let (Some(user), Some(password)) = (&smtp.user, &smtp.password) {
            let password = String::from_utf8_lossy(password.expose()).into_owned();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        let from: Mailbox = smtp.from.parse().map_err(|e| wrong("the sender's address", &e))?;
        Ok(Self::Smtp { mailer: Box::new(builder.build()), from: Box::new(from) })
    }

    /// Sends an e-mail, or keeps it.
    ///
    /// # Errors
    /// Unavailable when it should be tried again.
    pub(crate) async fn send(&self, mail: &KeptMail) -> Result<Posted> {
        let Self::Smtp { mailer, from } = self else {
            return Ok(Posted { state: MailState::Kept, response: String::new() });
        };
        let refused =
            |e: &dyn std::fmt::Display| Posted { state: MailState::Refused, response: e.to_string() };
        let to: Mailbox = match mail.mail.to.parse() {
            Ok(to) => to,
            Err(e) => return Ok(refused(&e)),
        };
        let message = Message::builder()
            .message_id(Some(format!("<{}@{}>", mail.id, from.email.domain())))
            .from((**from).clone())
            .to(to)
            .subject(&mail.mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.mail.text.clone())
            .map_err(|e| Error::internal(format_args!("writing an e-mail: {e}")))?;
        match mailer.send(message).await {
            Ok(answer) => {
                let said: Vec<&str> = answer.message().collect();
                Ok(Posted { state: MailState::Sent, response: said.join(" ") })
            }
            Err(e) if e.is_permanent() => Ok(refused(&e)),
            Err(e) => Err(Error::unavailable(format_args!("smtp: {e}"))),
        }
    }
}
