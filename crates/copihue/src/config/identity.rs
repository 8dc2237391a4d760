//! `[identity]`: what a deployment decides about logins. Described in `docs/identity.md`.

use std::path::PathBuf;

use copihue_core::{Error, Result};
use copihue_identity::{ContactHold, HighKeys, MailCodes};
use serde::Deserialize;

/// What a deployment decides about logins; what is absent stays as the program has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdentitySettings {
    /// Which passkeys reach the highest level.
    #[serde(default)]
    high_keys: Keys,
    /// What a code by mail is worth.
    #[serde(default)]
    mail_codes: Codes,
    /// Hours that a new address waits before codes go there: 24 to 72.
    #[serde(default)]
    contact_hold_hours: Option<i64>,
    /// A list of breached passwords, as `copihue identity breached build` makes it.
    #[serde(default)]
    breached: Option<PathBuf>,
}

/// Which passkeys reach the highest level.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Keys {
    /// All.
    #[default]
    Any,
    /// Those that never leave the device that made them.
    DeviceOnly,
}

/// What a code by mail is worth.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Codes {
    /// `sustancial`.
    #[default]
    Substantial,
    /// No more than the password.
    Low,
}

impl IdentitySettings {
    /// Writes them into the settings of the login.
    ///
    /// # Errors
    /// `configuracion` when a value is out of its bounds.
    pub(super) fn apply(&self, to: &mut copihue_identity::Config) -> Result<()> {
        to.high_keys = match self.high_keys {
            Keys::Any => HighKeys::Any,
            Keys::DeviceOnly => HighKeys::DeviceOnly,
        };
        to.mail_codes = match self.mail_codes {
            Codes::Substantial => MailCodes::Substantial,
            Codes::Low => MailCodes::Low,
        };
        to.breached.clone_from(&self.breached);
        if let Some(hours) = self.contact_hold_hours {
            to.contact_hold = ContactHold::of_hours(hours).ok_or_else(|| {
                Error::invalid("configuracion", "identity.contact_hold_hours debe estar entre 24 y 72.")
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(text: &str) -> Result<copihue_identity::Config> {
        let settings: IdentitySettings =
            toml::from_str(text).map_err(|e| Error::invalid("configuracion", e.to_string()))?;
        let mut config = copihue_identity::Config::new("https://ejemplo.cl", "Ejemplo");
        settings.apply(&mut config).map(|()| config)
    }

    #[test]
    fn a12_i06_j04_a_deployment_says_what_keys_and_codes_are_worth_and_how_long_an_address_waits() {
        let config = applied("").unwrap();
        assert_eq!((config.high_keys, config.mail_codes), (HighKeys::Any, MailCodes::Substantial));
        assert_eq!(config.contact_hold.hours(), 48);
        let text = "high_keys = \"device-only\"\nmail_codes = \"low\"\ncontact_hold_hours = 72";
        let config = applied(text).unwrap();
        assert_eq!((config.high_keys, config.mail_codes), (HighKeys::DeviceOnly, MailCodes::Low));
        assert_eq!(config.contact_hold.hours(), 72);
        let config = applied("breached = \"/var/lib/copihue/claves.bin\"").unwrap();
        assert_eq!(config.breached.unwrap().to_str(), Some("/var/lib/copihue/claves.bin"));
        for bad in ["contact_hold_hours = 1", "contact_hold_hours = 73", "high_keys = \"all\"", "x = 1"] {
            assert!(applied(bad).is_err(), "{bad}");
        }
    }
}
