//! XAdES (EN 319 132-1): within the document that is signed, or beside files of a container, at each level.

use std::borrow::Cow;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, Digest, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use copihue_core::json::sha256;
use copihue_core::{Error, Result, Timestamp};
use roxmltree::{Document, Node};

use super::canonical;
use super::dsig::{self, DSIG, ENVELOPED, EXCLUSIVE, Reference};
use super::source::{Source, XmlError, escape, insert, parse};
use crate::ades::Draft;
use crate::hash::Hash;
use crate::pdf::ValidationData;
use crate::signer::{Hashes, Signer};

pub(crate) const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
/// Where archive timestamps are: that of 1.3.2 is another, older one.
pub(crate) const XADES_141: &str = "http://uri.etsi.org/01903/v1.4.1#";
pub(crate) const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";
/// What signatures of a container stand in (EN 319 162-1 §A.4).
const CONTAINER: &str =
    "<asic:XAdESSignatures xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\"></asic:XAdESSignatures>";

/// What is signed.
pub(crate) enum Data<'a> {
    /// This document, with the signature as the last child of its root.
    Enveloping(&'a [u8]),
    /// These files by their addresses: (address, media type, bytes).
    Files(Vec<(String, &'a str, &'a [u8])>),
}

/// A XAdES signature that can still be raised.
pub(crate) struct Xades {
    base: Source,
    id: String,
    /// Has taken what each reference to data is over, in order: an archive timestamp starts with that.
    data: Context,
    signed_properties: String,
    /// `SignedInfo`, `SignatureValue` and `KeyInfo`.
    signed: String,
    /// The children of `UnsignedSignatureProperties`.
    unsigned: Vec<String>,
}

/// A reference to data: what it is over, and how it is written.
struct Signed<'a> {
    uri: String,
    media_type: String,
    transforms: &'static [&'static str],
    octets: Cow<'a, [u8]>,
}

impl Xades {
    /// Signs.
    ///
    /// # Errors
    /// When the document is not well-formed, is signed already, or the key refuses.
    pub(crate) fn sign(
        signer: &Arc<Signer>,
        hashes: Hashes,
        data: &Data<'_>,
        at: Timestamp,
    ) -> std::result::Result<Self, XmlError> {
        let (base, signed) = match data {
            Data::Enveloping(content) => enveloping(content)?,
            Data::Files(files) => (Source::new(CONTAINER), files.iter().map(beside).collect()),
        };
        let hash = hashes.references;
        let digests: Vec<Digest> = signed.iter().map(|s| hash.of(&[&s.octets])).collect();
        let all: Vec<&[u8]> = digests.iter().map(Digest::as_ref).collect();
        let id =
            format!("xades-{}", hex::encode(&sha256(&[all.concat(), at.to_string().into()].concat())[..8]));
        let reference_id = |n: usize| format!("{id}-r{}", n + 1);
        let (mut references, mut taken) = (String::new(), Context::new(&SHA256));
        for (n, (one, digest)) in signed.iter().zip(&digests).enumerate() {
            let (id, uri, transforms) = (reference_id(n), one.uri.as_str(), one.transforms);
            let reference = Reference { id: Some(&id), kind: None, uri, transforms };
            references.push_str(&reference.to_xml(hash, digest.as_ref()));
            taken.update(&one.octets);
        }
        let formats =
            signed.iter().enumerate().map(|(n, s)| format_of(&reference_id(n), &s.media_type)).collect();
        let mut draft = Self {
            base,
            signed_properties: signed_properties(signer, &id, formats, at),
            id,
            data: taken,
            signed: String::new(),
            unsigned: Vec::new(),
        };
        let properties = draft.canonical(&[(XADES, "SignedProperties")])?;
        let (uri, transforms) = (format!("#{}-sp", draft.id), &[EXCLUSIVE][..]);
        let reference = Reference { id: None, kind: Some(SIGNED_PROPERTIES), uri: &uri, transforms };
        references.push_str(&reference.to_xml(hash, hash.of(&[&properties]).as_ref()));
        let value_id = format!("{}-value", draft.id);
        draft.signed =
            dsig::signed(signer, hashes.signature, &references, Some(&value_id)).map_err(XmlError::Key)?;
        Ok(draft)
    }

    /// Whether a document can be signed within itself.
    ///
    /// # Errors
    /// When it is not well-formed, or signed already.
    pub(crate) fn check(content: &[u8]) -> std::result::Result<(), XmlError> {
        unsigned(&parse(&Source::read(content)?.text)?)
    }

    /// The signature by itself: it declares all that it uses, so its canonical parts are the same wherever it stands.
    fn to_xml(&self) -> String {
        let Self { id, signed, signed_properties, .. } = self;
        let unsigned = match self.unsigned.as_slice() {
            [] => String::new(),
            some => format!(
                "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>{}\
                 </xades:UnsignedSignatureProperties></xades:UnsignedProperties>",
                some.concat()
            ),
        };
        format!(
            "<ds:Signature xmlns:ds=\"{DSIG}\" Id=\"{id}\">{signed}<ds:Object><xades:QualifyingProperties \
             xmlns:xades=\"{XADES}\" xmlns:xades141=\"{XADES_141}\" Target=\"#{id}\">{signed_properties}{unsigned}\
             </xades:QualifyingProperties></ds:Object></ds:Signature>"
        )
    }

    /// The canonical forms of these parts of the signature, one behind the other.
    fn canonical(&self, names: &[(&str, &str)]) -> std::result::Result<Vec<u8>, XmlError> {
        let text = self.to_xml();
        let document = parse(&text)?;
        let mut out = Vec::new();
        for name in names {
            let is_it = |n: &Node<'_, '_>| n.has_tag_name(*name);
            let node = document.descendants().find(is_it).ok_or(XmlError::Content)?;
            out.extend(canonical::subtree(node, &document)?.into_bytes());
        }
        Ok(out)
    }

    /// The canonical forms of the unsigned properties, one behind the other.
    fn canonical_unsigned(&self) -> std::result::Result<Vec<u8>, XmlError> {
        let text = self.to_xml();
        let document = parse(&text)?;
        let is_parent = |n: &Node<'_, '_>| n.has_tag_name((XADES, "UnsignedSignatureProperties"));
        let mut out = Vec::new();
        for node in document.descendants().find(is_parent).into_iter().flat_map(|n| n.children()) {
            out.extend(canonical::subtree(node, &document)?.into_bytes());
        }
        Ok(out)
    }

    fn timestamp(&mut self, name: &str, token: &[u8]) {
        let id = format!("{}-t{}", self.id, self.unsigned.len() + 1);
        self.unsigned.push(format!(
            "<{name} Id=\"{id}\"><ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"/>\
             <xades:EncapsulatedTimeStamp>{}</xades:EncapsulatedTimeStamp></{name}>",
            STANDARD.encode(token)
        ));
    }
}

fn enveloping(content: &[u8]) -> std::result::Result<(Source, Vec<Signed<'static>>), XmlError> {
    let base = Source::read(content)?;
    let document = parse(&base.text)?;
    unsigned(&document)?;
    let signed = Signed {
        uri: String::new(),
        media_type: "text/xml".to_owned(),
        transforms: &[ENVELOPED, EXCLUSIVE],
        octets: Cow::Owned(canonical::document(&document)?.into_bytes()),
    };
    Ok((base, vec![signed]))
}

/// The signature is over all but itself: a second one would break the first.
fn unsigned(document: &Document<'_>) -> std::result::Result<(), XmlError> {
    if document.descendants().any(|n| n.has_tag_name((DSIG, "Signature"))) {
        return Err(XmlError::Signed);
    }
    Ok(())
}

fn beside<'a>((uri, media_type, bytes): &(String, &str, &'a [u8])) -> Signed<'a> {
    Signed { uri: escape(uri), media_type: escape(media_type), transforms: &[], octets: Cow::Borrowed(bytes) }
}

fn format_of(reference: &str, media_type: &str) -> String {
    format!(
        "<xades:DataObjectFormat ObjectReference=\"#{reference}\"><xades:MimeType>{media_type}</xades:MimeType>\
         </xades:DataObjectFormat>"
    )
}

fn signed_properties(signer: &Signer, id: &str, formats: String, at: Timestamp) -> String {
    let certificate = dsig::digest_xml(Hash::Sha256, &sha256(signer.certificate().der()));
    format!(
        "<xades:SignedProperties Id=\"{id}-sp\"><xades:SignedSignatureProperties><xades:SigningTime>{at}\
         </xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest>{certificate}\
         </xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties>\
         <xades:SignedDataObjectProperties>{formats}</xades:SignedDataObjectProperties></xades:SignedProperties>"
    )
}

fn encapsulated(name: &str, list: &[Vec<u8>]) -> String {
    list.iter().map(|der| format!("<xades:{name}>{}</xades:{name}>", STANDARD.encode(der))).collect()
}

impl Draft for Xades {
    fn signature(&self) -> Result<[u8; 32]> {
        Ok(sha256(&self.canonical(&[(DSIG, "SignatureValue")])?))
    }

    fn stamp(&mut self, token: &[u8]) {
        self.timestamp("xades:SignatureTimeStamp", token);
    }

    fn prove(&mut self, data: &ValidationData) {
        let certificates = encapsulated("EncapsulatedX509Certificate", &data.certificates);
        self.unsigned.push(format!("<xades:CertificateValues>{certificates}</xades:CertificateValues>"));
        let lists = encapsulated("EncapsulatedCRLValue", &data.crls);
        let answers = encapsulated("EncapsulatedOCSPValue", &data.ocsps);
        let kind = |name: &str, inside: String| match inside.as_str() {
            "" => inside,
            _ => format!("<xades:{name}>{inside}</xades:{name}>"),
        };
        self.unsigned.push(format!(
            "<xades:RevocationValues>{}{}</xades:RevocationValues>",
            kind("CRLValues", lists),
            kind("OCSPValues", answers)
        ));
    }

    fn whole(&mut self) -> Result<[u8; 32]> {
        let parts =
            [(XADES, "SignedProperties"), (DSIG, "SignedInfo"), (DSIG, "SignatureValue"), (DSIG, "KeyInfo")];
        let (own, unsigned) = (self.canonical(&parts)?, self.canonical_unsigned()?);
        let mut all = self.data.clone();
        all.update(&own);
        all.update(&unsigned);
        let mut out = [0; 32];
        out.copy_from_slice(all.finish().as_ref());
        Ok(out)
    }

    fn archive(&mut self, token: &[u8]) -> Result<()> {
        self.timestamp("xades141:ArchiveTimeStamp", token);
        Ok(())
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        let document: Document<'_> = parse(&self.base.text)?;
        Ok(self.base.write(&insert(&document, &self.to_xml()))?)
    }
}

impl From<XmlError> for Error {
    fn from(error: XmlError) -> Self {
        match error {
            XmlError::Key(error) => error,
            XmlError::Content => {
                Self::invalid("xml_incorrecto", "El XML no se puede leer. Revise que esté bien formado.")
            }
            XmlError::Signed => Self::invalid(
                "xml_firmado",
                "El XML ya tiene una firma, y otra dentro la dañaría. Fírmelo en un contenedor ASiC-E.",
            ),
        }
    }
}
