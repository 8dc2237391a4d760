//! Whom a deployment trusts besides itself: authorities one by one, and lists of them.

use std::path::{Path, PathBuf};

use copihue_core::{Error, Result, Timestamp};
use copihue_signing::pki::Certificate;
use copihue_signing::verify::{Anchor, AnchorKind, TrustedFor, read_trust_list};
use serde::Deserialize;

/// An authority to trust.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnchorSettings {
    /// Its certificates (PEM).
    file: PathBuf,
    /// What a signature under it counts as.
    kind: Kind,
    /// Where it comes from, for people; the file's name when absent.
    source: Option<String>,
    /// What for; everything when absent.
    #[serde(default)]
    purpose: Purpose,
    /// From when on; always, when absent.
    from: Option<Timestamp>,
    /// Until when; for good, when absent.
    until: Option<Timestamp>,
}

/// A list of trusted authorities (ETSI TS 119 612), and the only certificate that may have signed it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListSettings {
    /// The list (XML).
    file: PathBuf,
    /// The certificate (PEM).
    signer: PathBuf,
    /// What signatures under its authorities count as.
    #[serde(default)]
    kind: Kind,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
enum Kind {
    #[serde(rename = "FEA_estado")]
    State,
    #[serde(rename = "FEA_acreditada")]
    Accredited,
    #[default]
    #[serde(rename = "otra")]
    Other,
    #[serde(rename = "de prueba", alias = "de_prueba")]
    Test,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
enum Purpose {
    #[default]
    #[serde(rename = "todo")]
    Everything,
    #[serde(rename = "firma")]
    Signing,
    #[serde(rename = "sello_de_tiempo")]
    Stamping,
}

impl From<Kind> for AnchorKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::State => Self::State,
            Kind::Accredited => Self::Accredited,
            Kind::Other => Self::Other,
            Kind::Test => Self::Test,
        }
    }
}

impl From<Purpose> for TrustedFor {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Everything => Self::Everything,
            Purpose::Signing => Self::Signing,
            Purpose::Stamping => Self::Stamping,
        }
    }
}

impl AnchorSettings {
    /// # Errors
    /// When the file can't be read as certificates.
    pub(super) fn read(&self) -> Result<Vec<Anchor>> {
        let source = self.source.clone().unwrap_or_else(|| self.file.display().to_string());
        let anchor = |certificate| Anchor {
            certificate,
            kind: self.kind.into(),
            source: source.clone(),
            trusted_for: self.purpose.into(),
            from: self.from,
            until: self.until,
        };
        Ok(certificates(&self.file)?.into_iter().map(anchor).collect())
    }
}

impl ListSettings {
    /// # Errors
    /// When a file can't be read, or the list is not to be believed at `now`.
    pub(super) fn read(&self, now: Timestamp) -> Result<Vec<Anchor>> {
        let list = std::fs::read(&self.file).map_err(|e| bad(&self.file, &e))?;
        let signer = certificates(&self.signer)?;
        let [signer] = signer.as_slice() else {
            return Err(bad(&self.signer, &"debe tener un certificado, y uno solo"));
        };
        read_trust_list(&list, signer, self.kind.into(), now).map_err(|e| bad(&self.file, &e))
    }
}

/// The certificates of a PEM file.
///
/// # Errors
/// When it can't be read as such.
pub(super) fn certificates(path: &Path) -> Result<Vec<Certificate>> {
    let pem = std::fs::read_to_string(path).map_err(|e| bad(path, &e))?;
    Certificate::many_from_pem(&pem).map_err(|e| bad(path, &e))
}

fn bad(path: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::invalid("configuracion", format!("No se puede leer {}: {why}.", path.display()))
}
