//! XML signed within itself, as FirmaGob's contract has it (XML-DSig): by our own keys, or by the State's.

use copihue_core::json::sha256;
use copihue_core::{Actor, Error, Result};

use super::otp::Presenter;
use super::{Format, Owner, Signing, signing_hat};
use crate::xml::{Asked, XmlError, sign};

/// An XML document to be signed, and what of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct XmlFile {
    /// The document.
    pub content: Vec<u8>,
    /// The ids of the elements to be signed, with or without `#`; the whole document when there are none.
    pub references: Vec<String>,
    /// Fragments that are put into the signature, and signed with the rest.
    pub objects: Vec<String>,
}

impl XmlFile {
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked { content: &self.content, references: &self.references, objects: &self.objects }
    }
}

fn refused(error: XmlError) -> Error {
    match error {
        XmlError::Key(error) => error,
        XmlError::Content | XmlError::Signed => Error::invalid(
            "xml_incorrecto",
            "El XML no se puede firmar. Revise que esté bien formado y que cada parte a firmar exista una sola vez.",
        ),
    }
}

impl Signing {
    /// An XML document under the institution's seal, unattended, wherever it signs.
    ///
    /// # Errors
    /// When it can't be signed so, the institution has no seal in force, or whoever keeps it does not answer.
    pub async fn seal_xml(&self, institution: &str, file: XmlFile) -> Result<Vec<u8>> {
        self.check_xml(&file).await?;
        if let Some(engine) = self.firmagob(institution) {
            return self.seal_xml_there(&engine, &file).await;
        }
        self.sign_xml(&Owner::Seal { institution: institution.to_owned() }, file).await
    }

    /// An XML document signed by the official by whose hat the person acts, with a one-time code, wherever they sign.
    ///
    /// # Errors
    /// When the code is wrong or spent; as [`Self::seal_xml`].
    pub async fn sign_xml_as(&self, actor: &Actor, otp: &str, file: XmlFile) -> Result<Vec<u8>> {
        let (person, hat) = signing_hat(actor)?;
        // A document that can't be signed must cost no code.
        self.check_xml(&file).await?;
        if let Some(engine) = self.firmagob(&hat.institution) {
            return self.sign_xml_as_there(&engine, (actor, otp), &file).await;
        }
        let owner = Owner::Holder { institution: hat.institution.clone(), official: hat.official };
        self.signer(&owner).await?;
        self.spend_code(&owner, person.run, otp, Presenter::Holder).await?;
        self.sign_xml(&owner, file).await
    }

    async fn check_xml(&self, file: &XmlFile) -> Result<()> {
        let file = file.clone();
        self.on_cpu(move || file.asked().draft().map(drop).map_err(refused)).await
    }

    async fn sign_xml(&self, owner: &Owner, file: XmlFile) -> Result<Vec<u8>> {
        let (signer, at) = (self.signer(owner).await?, self.now());
        let certificate = signer.certificate().clone();
        signer.check_validity(at)?;
        let signed =
            self.on_cpu(move || sign(&signer, signer.hashes(None), &file.asked()).map_err(refused)).await?;
        let used = self.key_use(owner, &certificate, Format::Xml, sha256(&signed), at);
        let signing = self.clone();
        self.db().write(move |tx| signing.log(tx, &used)).await?;
        Ok(signed)
    }
}
