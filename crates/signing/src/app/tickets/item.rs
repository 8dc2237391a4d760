//! Signing one item of a request, by its kind.

use std::sync::Arc;

use copihue_core::json::sha256;
use copihue_core::{Error, Kind as ErrorKind, Result as CoreResult};

use super::{Done, Flaw, Signatory};
use crate::ades::{DataFile, Order, Shape};
use crate::app::{Format, KeyUse, Signing};
use crate::hash::Hash;
use crate::model::application::Application;
use crate::model::layout;
use crate::model::level::{Level, WhenShort};
use crate::model::ticket::{Item, Kind};
use crate::signer::{NO_SUCH_HASH, SealOptions};

const BAD_CONTENT: Flaw = Flaw {
    code: "contenido_incorrecto",
    is_content: true,
    message: "El contenido no se puede leer. Revise que sea del tipo indicado y que esté en base64.",
};
const BAD_LAYOUT: Flaw = Flaw {
    code: "layout_incorrecto",
    is_content: true,
    message: "El layout no se puede seguir. Revise su XML, sus coordenadas y la página.",
};
const BAD_NAME: Flaw = Flaw {
    code: "nombre_de_archivo",
    is_content: true,
    message: "El nombre del archivo o su tipo no se puede usar. Por ejemplo: decreto.xml, application/xml.",
};
const SIGNED_XML: Flaw = Flaw {
    code: "xml_firmado",
    is_content: true,
    message: "El XML ya tiene una firma, y otra dentro la dañaría. Pida el formato asic-e-xades.",
};
const NO_HASH: Flaw = Flaw {
    code: NO_SUCH_HASH,
    is_content: true,
    message: "Con la clave de este certificado, un JWS no se firma con ese resumen. No pida ninguno.",
};
const BAD_CHECKSUM: Flaw = Flaw {
    code: "checksum_distinto",
    is_content: false,
    message: "El checksum no es el SHA-256 del contenido, y esta aplicación lo exige.",
};

impl Signing {
    /// Signs one item; a flaw of it is an answer, and only what fails on our side is an error.
    pub(super) async fn sign_item(
        &self,
        application: &Application,
        signatory: &Signatory,
        item: &Item,
    ) -> CoreResult<Done> {
        let not = |flaw| Done { kind: item.kind, result: Err(flaw), levels: None, used: None };
        if application.strict_checksum && !item.checksum_fits() {
            return Ok(not(BAD_CHECKSUM));
        }
        let Some(content) = item.content.clone() else { return Ok(not(BAD_CONTENT)) };
        let signed = match item.kind {
            Kind::Pdf => self.sign_pdf_item(application, signatory, item, content).await,
            Kind::Json => self.sign_json_item(signatory, item, content).await,
            Kind::Xml => self.sign_xml_item(signatory, item, content).await,
            Kind::Shaped(shape) => {
                self.sign_shaped_item(application, signatory, item, (shape, content)).await
            }
            Kind::Hash | Kind::Other => self.sign_hash_item(signatory, content).await,
        };
        match signed {
            Ok((bytes, used)) => {
                Ok(Done { kind: item.kind, levels: used.levels, result: Ok(bytes), used: Some(used) })
            }
            Err(Trouble::Flaw(flaw)) => Ok(not(flaw)),
            Err(Trouble::Ours(error)) => Err(error),
        }
    }

    async fn sign_pdf_item(
        &self,
        application: &Application,
        signatory: &Signatory,
        item: &Item,
        content: Vec<u8>,
    ) -> Result<(Vec<u8>, KeyUse), Trouble> {
        let stamp = layout::parse(item.layout.as_deref().unwrap_or_default()).map_err(|_| BAD_LAYOUT)?;
        let options = SealOptions {
            sub_filter: application.sub_filter,
            level: item.level.unwrap_or(application.level),
            hash: item.hash,
            stamp,
            ..SealOptions::default()
        };
        let signer = Arc::clone(&signatory.signer);
        let (signed, used) = self.make_pdf(&signatory.owner, signer, content, options).await?;
        Ok((signed.bytes, used))
    }

    async fn sign_json_item(
        &self,
        signatory: &Signatory,
        item: &Item,
        content: Vec<u8>,
    ) -> Result<(Vec<u8>, KeyUse), Trouble> {
        if serde_json::from_slice::<serde::de::IgnoredAny>(&content).is_err() {
            return Err(BAD_CONTENT.into());
        }
        let (signer, hash, at) = (Arc::clone(&signatory.signer), item.hash, self.now());
        // The bytes as they came: a payload that is written again is another one.
        let jws = self.on_cpu(move || signer.sign_jws_bytes(&content, hash, at)).await?;
        let out = serde_json::json!({ "jws": jws }).to_string().into_bytes();
        let used =
            self.key_use(&signatory.owner, signatory.signer.certificate(), Format::Jws, sha256(&out), at);
        Ok((out, used))
    }

    async fn sign_xml_item(
        &self,
        signatory: &Signatory,
        item: &Item,
        content: Vec<u8>,
    ) -> Result<(Vec<u8>, KeyUse), Trouble> {
        let (signer, at) = (Arc::clone(&signatory.signer), self.now());
        let (references, objects) = (item.references.clone(), item.objects.clone());
        let hashes = signer.hashes(item.hash);
        let sign = move || {
            let asked = crate::xml::Asked { content: &content, references: &references, objects: &objects };
            Ok(crate::xml::sign(&signer, hashes, &asked))
        };
        let out = self.on_cpu(sign).await??;
        let used =
            self.key_use(&signatory.owner, signatory.signer.certificate(), Format::Xml, sha256(&out), at);
        Ok((out, used))
    }

    /// In a format that the contract does not know, by our own members of an item.
    async fn sign_shaped_item(
        &self,
        application: &Application,
        signatory: &Signatory,
        item: &Item,
        (shape, bytes): (Shape, Vec<u8>),
    ) -> Result<(Vec<u8>, KeyUse), Trouble> {
        let level = item.level.unwrap_or(application.level);
        let name = item.name.clone().unwrap_or_else(|| "documento".to_owned());
        let file = DataFile { name, media_type: item.media_type.clone(), bytes };
        let order = Order::new(shape, vec![file], level, WhenShort::Degrade)?.over(item.hash);
        let signer = Arc::clone(&signatory.signer);
        let (signed, used) = self.make_files(&signatory.owner, signer, order).await?;
        Ok((signed.bytes, used))
    }

    async fn sign_hash_item(
        &self,
        signatory: &Signatory,
        content: Vec<u8>,
    ) -> Result<(Vec<u8>, KeyUse), Trouble> {
        let (signer, at) = (Arc::clone(&signatory.signer), self.now());
        let hash = Hash::of_length(content.len()).ok_or(BAD_CONTENT)?;
        // Without a signing time, so that the same CMS is right under either kind of PDF signature.
        let cms = self.on_cpu(move || crate::cms::pades_over(&signer, hash, &content)).await?;
        let used = KeyUse {
            levels: Some((Level::B, Level::B)),
            ..self.key_use(&signatory.owner, signatory.signer.certificate(), Format::Cms, sha256(&cms), at)
        };
        Ok((cms, used))
    }
}

/// What keeps an item from being signed.
enum Trouble {
    /// The item is at fault.
    Flaw(Flaw),
    /// We are.
    Ours(Error),
}

impl From<Flaw> for Trouble {
    fn from(flaw: Flaw) -> Self {
        Self::Flaw(flaw)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error.code() {
            "layout_incorrecto" => Self::Flaw(BAD_LAYOUT),
            "nombre_de_archivo" | "tipo_de_archivo" => Self::Flaw(BAD_NAME),
            "xml_firmado" => Self::Flaw(SIGNED_XML),
            NO_SUCH_HASH => Self::Flaw(NO_HASH),
            _ if error.kind() == ErrorKind::Invalid => Self::Flaw(BAD_CONTENT),
            _ => Self::Ours(error),
        }
    }
}

impl From<crate::xml::XmlError> for Trouble {
    fn from(error: crate::xml::XmlError) -> Self {
        match error {
            crate::xml::XmlError::Key(error) => Self::Ours(error),
            crate::xml::XmlError::Content | crate::xml::XmlError::Signed => Self::Flaw(BAD_CONTENT),
        }
    }
}
