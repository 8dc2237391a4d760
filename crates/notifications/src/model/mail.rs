//! E-mails: informative only, never a notification (DDU-07).

use copihue_core::{Error, Id, Result, Timestamp};

/// An e-mail to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

impl Mail {
    /// Whether it may leave: one address, no line breaks where headers are.
    ///
    /// # Errors
    /// `correo_invalido`.
    pub fn check(&self) -> Result<()> {
        let plain = |s: &str| !s.chars().any(char::is_control);
        let address = self.to.len() <= 254
            && self
                .to
                .split_once('@')
                .is_some_and(|(a, b)| !a.is_empty() && b.contains('.') && !b.contains('@'))
            && !self.to.contains([' ', ',', ';', '<', '>']);
        if address && plain(&self.to) && plain(&self.subject) && !self.subject.trim().is_empty() {
            return Ok(());
        }
        Err(Error::invalid("correo_invalido", "Ingrese un correo, por ejemplo nombre@ejemplo.cl."))
    }
}

/// An e-mail as kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptMail {
    /// Its id: the same at each attempt, also in its `Message-ID`.
    pub id: Id,
    /// What it says.
    pub mail: Mail,
    /// Whether it left.
    pub state: MailState,
    /// What the server answered.
    pub response: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it left.
    pub sent_at: Option<Timestamp>,
}

/// Whether an e-mail left.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MailState {
    /// Waits for its job.
    Waiting,
    /// A server took it.
    Sent,
    /// Kept here: no server is configured.
    Kept,
    /// The server refused it for good.
    Refused,
}

impl MailState {
    /// The stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Kept => "kept",
            Self::Refused => "refused",
        }
    }

    /// From the stored name.
    ///
    /// # Errors
    /// Internal: only stored names are read.
    pub fn parse(text: &str) -> Result<Self> {
        [Self::Waiting, Self::Sent, Self::Kept, Self::Refused]
            .into_iter()
            .find(|s| s.as_str() == text)
            .ok_or_else(|| Error::internal(format_args!("mail state {text}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_or_a_second_address_is_refused() {
        let mail = |to: &str, subject: &str| Mail {
            to: to.to_owned(),
            subject: subject.to_owned(),
            text: "Hola".to_owned(),
        };
        assert!(mail("ana@ejemplo.cl", "Aviso").check().is_ok());
        for to in [
            "ana",
            "@ejemplo.cl",
            "ana@ejemplo.cl, otra@ejemplo.cl",
            "ana@ejemplo.cl\r\nBcc: x@y.cl",
            "a@b@c.cl",
        ] {
            assert!(mail(to, "Aviso").check().is_err(), "{to}");
        }
        assert!(mail("ana@ejemplo.cl", "Aviso\nBcc: x@y.cl").check().is_err());
    }
}
