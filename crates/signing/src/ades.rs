//! Files signed otherwise than as a PDF: in which shape, at which level, and what every such signature has in common.

use std::collections::BTreeSet;
use std::sync::Arc;

use copihue_core::{Error, Result, Timestamp};

use crate::app::Format;
use crate::asic::{Asic, Container, Kind};
use crate::cms::{Cades, Place};
use crate::hash::Hash;
use crate::jades::Jades;
use crate::model::level::{Level, WhenShort};
use crate::pdf::ValidationData;
use crate::signer::Signer;
use crate::xml::{Data, Xades};

/// A signature that is made, and can still be raised level by level, in order.
pub(crate) trait Draft: Send {
    /// SHA-256 of what a timestamp of the signature is over.
    fn signature(&self) -> Result<[u8; 32]>;
    /// Takes such a timestamp: B-T.
    fn stamp(&mut self, token: &[u8]);
    /// Takes what proves that the certificates counted: B-LT.
    fn prove(&mut self, data: &ValidationData);
    /// SHA-256 of what a timestamp of the whole is over.
    fn whole(&mut self) -> Result<[u8; 32]>;
    /// Takes the timestamp that was asked for over exactly that: B-LTA.
    fn archive(&mut self, token: &[u8]) -> Result<()>;
    /// The file as it is now.
    fn bytes(&self) -> Result<Vec<u8>>;
}

/// In what files are signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A CMS beside the file (`.p7s`).
    CadesDetached,
    /// A CMS around the file (`.p7m`).
    CadesAttached,
    /// Within the XML document that the file is.
    XadesEnveloped,
    /// A JWS with the file in it: compact at B-B, JSON above.
    Jades,
    /// A container of one file with a CMS.
    AsicSCades,
    /// A container of one file with an XML signature.
    AsicSXades,
    /// A container of any number of files with a CMS.
    AsicECades,
    /// A container of any number of files with an XML signature.
    AsicEXades,
}

impl Shape {
    /// Each of them.
    pub const ALL: [Self; 8] = [
        Self::CadesDetached,
        Self::CadesAttached,
        Self::XadesEnveloped,
        Self::Jades,
        Self::AsicSCades,
        Self::AsicSXades,
        Self::AsicECades,
        Self::AsicEXades,
    ];

    /// How it is asked for.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::CadesDetached => "cades",
            Self::CadesAttached => "cades-con-contenido",
            Self::XadesEnveloped => "xades",
            Self::Jades => "jades",
            Self::AsicSCades => "asic-s-cades",
            Self::AsicSXades => "asic-s-xades",
            Self::AsicECades => "asic-e-cades",
            Self::AsicEXades => "asic-e-xades",
        }
    }

    /// From how it is asked for.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// The media type of what comes out at this level.
    #[must_use]
    pub const fn media_type(self, level: Level) -> &'static str {
        match (self, level) {
            (Self::CadesDetached, _) => "application/pkcs7-signature",
            (Self::CadesAttached, _) => "application/pkcs7-mime",
            (Self::XadesEnveloped, _) => "application/xml",
            (Self::Jades, Level::B) => "application/jose",
            (Self::Jades, _) => "application/jose+json",
            (Self::AsicSCades | Self::AsicSXades, _) => Container::Simple.media_type(),
            (Self::AsicECades | Self::AsicEXades, _) => Container::Extended.media_type(),
        }
    }

    const fn takes_many(self) -> bool {
        matches!(self, Self::AsicECades | Self::AsicEXades)
    }

    /// What its use of a key is logged as.
    pub(crate) const fn format(self) -> Format {
        match self {
            Self::CadesDetached | Self::CadesAttached => Format::Cms,
            Self::XadesEnveloped => Format::Xml,
            Self::Jades => Format::Jws,
            Self::AsicSCades | Self::AsicSXades | Self::AsicECades | Self::AsicEXades => Format::Asic,
        }
    }
}

/// A file to be signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataFile {
    /// Its name, with `/` between folders. It matters in a container.
    pub name: String,
    /// Its media type, such as `text/plain`.
    pub media_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Files that can be signed in the shape that is asked for, the level to reach, and what to do when it can't be.
#[derive(Debug)]
pub struct Order {
    shape: Shape,
    files: Vec<DataFile>,
    hash: Option<Hash>,
    pub(crate) level: Level,
    pub(crate) when_short: WhenShort,
}

/// More files than a container is for.
const MOST_FILES: usize = 1_000;
/// All of them are in memory while they are signed.
const MOST_BYTES: usize = 256 << 20;
/// A name that every file system takes.
const LONGEST_NAME: usize = 240;

impl Order {
    /// Takes files.
    ///
    /// # Errors
    /// Invalid: `cantidad_de_archivos`, `nombre_de_archivo`, `tipo_de_archivo`, `xml_incorrecto`, `xml_firmado`; TooLarge:
    /// `archivos_muy_grandes`.
    pub fn new(shape: Shape, files: Vec<DataFile>, level: Level, when_short: WhenShort) -> Result<Self> {
        let most = if shape.takes_many() { MOST_FILES } else { 1 };
        if files.is_empty() || files.len() > most {
            let detail = format!("Este formato firma de 1 a {most} archivos a la vez.");
            return Err(Error::invalid("cantidad_de_archivos", detail));
        }
        if files.iter().map(|f| f.bytes.len()).sum::<usize>() > MOST_BYTES {
            let detail = "Los archivos suman más de 256 MB. Fírmelos por separado.";
            return Err(Error::new(copihue_core::Kind::TooLarge, "archivos_muy_grandes", detail));
        }
        let mut names = BTreeSet::new();
        for file in &files {
            if !is_name(&file.name) || !names.insert(file.name.to_lowercase()) {
                let detail =
                    "Un archivo tiene un nombre que no se puede usar, o que ya tiene otro. Cámbielo.";
                return Err(Error::invalid("nombre_de_archivo", detail));
            }
            if !is_media_type(&file.media_type) {
                let detail = "El tipo de un archivo no se entiende. Use por ejemplo text/plain.";
                return Err(Error::invalid("tipo_de_archivo", detail));
            }
        }
        if let (Shape::XadesEnveloped, [only]) = (shape, files.as_slice()) {
            Xades::check(&only.bytes)?;
        }
        Ok(Self { shape, files, hash: None, level, when_short })
    }

    /// The same signed over this hash; over the signer's own when `None`.
    #[must_use]
    pub fn over(self, hash: Option<Hash>) -> Self {
        Self { hash, ..self }
    }

    pub(crate) fn format(&self) -> Format {
        self.shape.format()
    }

    /// Signs them (B-B).
    ///
    /// # Errors
    /// When the certificate is not valid at `at`, a JWS can't be signed over that hash, or the key refuses.
    pub(crate) fn begin(self, signer: &Arc<Signer>, at: Timestamp) -> Result<Box<dyn Draft>> {
        signer.check_validity(at)?;
        let first = self.files.first().map(|f| f.bytes.as_slice()).unwrap_or_default();
        let hashes = signer.hashes(self.hash);
        let cades = |place| Cades::sign(Arc::clone(signer), hashes.signature, (first, place), at);
        let (container, kind) = match self.shape {
            Shape::CadesDetached => return Ok(Box::new(cades(Place::Beside)?)),
            Shape::CadesAttached => return Ok(Box::new(cades(Place::Inside)?)),
            Shape::XadesEnveloped => {
                return Ok(Box::new(Xades::sign(signer, hashes, &Data::Enveloping(first), at)?));
            }
            Shape::Jades => return Ok(Box::new(Jades::sign(signer, first, self.hash, at)?)),
            Shape::AsicSCades => (Container::Simple, Kind::Cades),
            Shape::AsicSXades => (Container::Simple, Kind::Xades),
            Shape::AsicECades => (Container::Extended, Kind::Cades),
            Shape::AsicEXades => (Container::Extended, Kind::Xades),
        };
        Ok(Box::new(Asic::sign(signer, hashes, (container, kind), self.files, at)?))
    }
}

/// Whether no program could take it for a path elsewhere, or for a part of the container itself.
pub(crate) fn is_name(name: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.trim() == part && !part.trim_matches('.').is_empty();
    let first = name.split('/').next().unwrap_or_default();
    let is_own = first.eq_ignore_ascii_case("META-INF") || name.eq_ignore_ascii_case("mimetype");
    name.len() <= LONGEST_NAME
        && !is_own
        && name.split('/').all(is_part)
        && !name.chars().any(|c| c.is_control() || "\\:*?\"<>|".contains(c))
}

fn is_media_type(text: &str) -> bool {
    let is_token =
        |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b));
    text.len() <= 127 && text.split_once('/').is_some_and(|(kind, sub)| is_token(kind) && is_token(sub))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for good in ["a.txt", "resolución 12.pdf", "anexos/plano.dwg", "..a", "Mimetype/x"] {
            assert!(is_name(good), "{good}");
        }
        for bad in [
            "",
            "/a",
            "a/",
            "a//b",
            "../a",
            "a/../b",
            ".",
            "META-INF/x",
            "meta-inf/x",
            "mimetype",
            "C:a",
            "a\\b",
            "a\n",
            " a",
            "a ",
        ] {
            assert!(!is_name(bad), "{bad:?}");
        }
        assert!(is_media_type("image/svg+xml") && !is_media_type("text") && !is_media_type("text/<a>"));
    }
}
