//! Institutions that sign with the State's FirmaGob, and where other authorities say what they revoked.

use std::path::PathBuf;
use std::time::Duration;

use copihue_core::{Error, Result, Run};
use copihue_signing::pki::Certificate;
use copihue_signing::{FirmaGobSettings, RevocationSource};
use serde::Deserialize;

use super::secret;
use super::trust::certificates;

/// Before an unattended request that nobody answered is sent again.
const PAUSE: Duration = Duration::from_secs(1);
const TIMEOUT: Duration = Duration::from_secs(30);

/// An institution that signs with FirmaGob, a `[[signatures.firmagob]]` of the settings. See docs/firmagob.md.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirmaGob {
    /// The institution's code, such as `PE-MUN-00345`.
    institution: String,
    /// Its full name, as its seal says it.
    name: String,
    /// Where the service is, such as `https://api.firma.digital.gob.cl`.
    url: String,
    /// The institution's exact name there.
    entity: String,
    /// The application's `api_token_key`.
    application: String,
    /// File that holds its secret.
    secret_file: PathBuf,
    /// RUN of the official whose unattended certificate is the institution's seal.
    seal_run: String,
    /// PEM file of the State's root, and of the authorities under it.
    trusted: PathBuf,
    /// Seconds that an answer may take; thirty when absent.
    #[serde(default)]
    timeout_seconds: Option<u64>,
}

impl FirmaGob {
    /// As the signatures take it.
    ///
    /// # Errors
    /// `configuracion` when a file can't be read, the RUN is none, or the address is not one of HTTPS.
    pub(crate) fn settings(&self) -> Result<FirmaGobSettings> {
        let bad = |what: &str| Error::invalid("configuracion", format!("signatures.firmagob: {what}"));
        let seal: Run = self.seal_run.parse().map_err(|_| bad("seal_run no es un RUN."))?;
        let is_here = self.url.starts_with("http://127.0.0.1");
        if !self.url.starts_with("https://") && !is_here {
            return Err(bad("url debe empezar con https://."));
        }
        Ok(FirmaGobSettings {
            institution: self.institution.clone(),
            name: self.name.clone(),
            url: self.url.clone(),
            entity: self.entity.clone(),
            application: self.application.clone(),
            secret: secret(&self.secret_file)?,
            seal,
            trusted: certificates(&self.trusted)?,
            timeout: self.timeout_seconds.map_or(TIMEOUT, Duration::from_secs),
            pause: PAUSE,
        })
    }
}

/// An authority that says what it revoked, a `[[signatures.issuers]]` of the settings. See docs/tokens.md.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Issuer {
    /// PEM file of its certificate.
    certificate: PathBuf,
    /// The address of its OCSP responder.
    #[serde(default)]
    ocsp: Option<String>,
    /// The address of its list of revoked certificates, in DER.
    #[serde(default)]
    crl: Option<String>,
}

impl Issuer {
    /// As the signatures take it.
    ///
    /// # Errors
    /// `configuracion` when the file does not hold one certificate, or nothing says where to ask.
    pub(crate) fn source(&self) -> Result<RevocationSource> {
        let bad = |what: &str| Error::invalid("configuracion", format!("signatures.issuers: {what}"));
        if self.ocsp.is_none() && self.crl.is_none() {
            return Err(bad("falta ocsp o crl."));
        }
        let all: Vec<Certificate> = certificates(&self.certificate)?;
        let [issuer] = &all[..] else { return Err(bad("certificate debe tener un solo certificado.")) };
        Ok(RevocationSource { issuer: issuer.clone(), ocsp: self.ocsp.clone(), crl: self.crl.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Signatures;

    const ROOT: &str = include_str!("../../../../docs/firmagob.md");

    fn example() -> Signatures {
        let start = ROOT.find("```toml\n").unwrap() + 8;
        let length = ROOT[start..].find("```").unwrap();
        let text = ROOT[start..start + length].replace("signatures.", "");
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn sig_21_the_settings_of_the_documentation_are_read() {
        let settings = example();
        let [firmagob] = &settings.firmagob[..] else { panic!("one institution") };
        assert_eq!(
            (firmagob.institution.as_str(), firmagob.application.as_str()),
            ("PE-MUN-00345", "la-llave")
        );
        assert_eq!(settings.issuers.len(), 2);
    }

    #[test]
    fn sig_21_settings_that_can_not_sign_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let mut good = example().firmagob.remove(0);
        good.secret_file = file("secret", "abc\n");
        good.trusted = file("root.pem", "");
        assert_eq!(good.settings().unwrap().secret.expose(), b"abc");
        for change in [
            |f: &mut FirmaGob| f.url = "http://api.firma.digital.gob.cl".into(),
            |f: &mut FirmaGob| f.seal_run = "11.111.111-2".into(),
            |f: &mut FirmaGob| f.secret_file = "/no/hay".into(),
            |f: &mut FirmaGob| f.trusted = "/no/hay".into(),
        ] {
            let mut bad = good.clone();
            change(&mut bad);
            assert_eq!(bad.settings().unwrap_err().code(), "configuracion", "{bad:?}");
        }
        let issuer =
            Issuer { certificate: file("none.pem", ""), ocsp: Some("http://127.0.0.1:9".into()), crl: None };
        assert_eq!(issuer.source().unwrap_err().code(), "configuracion");
    }
}
