//! Containers of files and the signature over them (ASiC, EN 319 162-1): a ZIP that says first what it is.

use std::io::{Cursor, Write};
use std::sync::Arc;

use copihue_core::{Error, Result, Timestamp};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::ades::{DataFile, Draft};
use crate::cms::{Cades, Place};
use crate::hash::Hash;
use crate::pdf::ValidationData;
use crate::signer::{Hashes, Signer};
use crate::xml::{DSIG, Data, Xades, digest_xml, escape};

/// How many files it is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Container {
    /// ASiC-S: one.
    Simple,
    /// ASiC-E: any number.
    Extended,
}

/// What kind of signature it holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Cades,
    Xades,
}

const ASIC: &str = "http://uri.etsi.org/02918/v1.2.1#";
const ODF: &str = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0";

impl Container {
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Simple => "application/vnd.etsi.asic-s+zip",
            Self::Extended => "application/vnd.etsi.asic-e+zip",
        }
    }

    const fn signature_name(self, kind: Kind) -> &'static str {
        match (self, kind) {
            (Self::Simple, Kind::Cades) => "META-INF/signature.p7s",
            (Self::Simple, Kind::Xades) => "META-INF/signatures.xml",
            (Self::Extended, Kind::Cades) => "META-INF/signature001.p7s",
            (Self::Extended, Kind::Xades) => "META-INF/signatures001.xml",
        }
    }
}

/// A container whose signature can still be raised.
pub(crate) struct Asic {
    container: Container,
    files: Vec<DataFile>,
    /// What says which files are signed or there, and its name.
    manifest: Option<(&'static str, String)>,
    signature_name: &'static str,
    signature: Box<dyn Draft>,
}

impl Asic {
    /// Signs files whose names are fit to be unpacked.
    ///
    /// # Errors
    /// When the key refuses.
    pub(crate) fn sign(
        signer: &Arc<Signer>,
        hashes: Hashes,
        (container, kind): (Container, Kind),
        files: Vec<DataFile>,
        at: Timestamp,
    ) -> Result<Self> {
        let signature_name = container.signature_name(kind);
        let manifest = match (container, kind) {
            (Container::Simple, _) => None,
            (Container::Extended, Kind::Cades) => Some((
                "META-INF/ASiCManifest001.xml",
                signed_manifest(&files, signature_name, hashes.references),
            )),
            (Container::Extended, Kind::Xades) => Some(("META-INF/manifest.xml", listing(&files))),
        };
        let signature: Box<dyn Draft> = match kind {
            Kind::Cades => {
                // Of many files the manifest is signed, which holds their digests; of one the file itself.
                let only = files.first().map(|f| f.bytes.as_slice()).unwrap_or_default();
                let signed = manifest.as_ref().map_or(only, |(_, text)| text.as_bytes());
                Box::new(Cades::sign(Arc::clone(signer), hashes.signature, (signed, Place::Beside), at)?)
            }
            Kind::Xades => {
                let each = |f: &'_ DataFile| address(&f.name);
                let data =
                    files.iter().map(|f| (each(f), f.media_type.as_str(), f.bytes.as_slice())).collect();
                Box::new(Xades::sign(signer, hashes, &Data::Files(data), at)?)
            }
        };
        Ok(Self { container, files, manifest, signature_name, signature })
    }
}

/// `ASiCManifest`: what the CMS signs instead of the files.
fn signed_manifest(files: &[DataFile], signature_name: &str, hash: Hash) -> String {
    let references: String = files
        .iter()
        .map(|file| {
            format!(
                "<asic:DataObjectReference MimeType=\"{}\" URI=\"{}\">{}</asic:DataObjectReference>",
                escape(&file.media_type),
                address(&file.name),
                digest_xml(hash, hash.of(&[&file.bytes]).as_ref())
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<asic:ASiCManifest xmlns:asic=\"{ASIC}\" xmlns:ds=\"{DSIG}\">\
         <asic:SigReference MimeType=\"application/pkcs7-signature\" URI=\"{signature_name}\"/>{references}\
         </asic:ASiCManifest>\n"
    )
}

/// The list of an OpenDocument package: what is there, signed or not.
fn listing(files: &[DataFile]) -> String {
    let entry = |path: &str, kind: &str| {
        format!(
            "<manifest:file-entry manifest:full-path=\"{}\" manifest:media-type=\"{}\"/>",
            escape(path),
            escape(kind)
        )
    };
    let entries: String = files.iter().map(|f| entry(&f.name, &f.media_type)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<manifest:manifest xmlns:manifest=\"{ODF}\" \
         manifest:version=\"1.2\">{}{entries}</manifest:manifest>\n",
        entry("/", Container::Extended.media_type())
    )
}

/// A file's name as an address (RFC 3986): what is not plain, byte by byte.
fn address(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

impl Draft for Asic {
    fn signature(&self) -> Result<[u8; 32]> {
        self.signature.signature()
    }

    fn stamp(&mut self, token: &[u8]) {
        self.signature.stamp(token);
    }

    fn prove(&mut self, data: &ValidationData) {
        self.signature.prove(data);
    }

    fn whole(&mut self) -> Result<[u8; 32]> {
        self.signature.whole()
    }

    fn archive(&mut self, token: &[u8]) -> Result<()> {
        self.signature.archive(token)
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        // Stored, and without a time: the first file is known by its place, and the same files make the same bytes.
        let stored = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(zip::DateTime::default());
        let packed = stored.compression_method(CompressionMethod::Deflated);
        let mut put = |name: &str, bytes: &[u8], options| {
            zip.start_file(name, options)?;
            Ok::<_, zip::result::ZipError>(zip.write_all(bytes)?)
        };
        let signature = self.signature.bytes()?;
        let mut all = || {
            put("mimetype", self.container.media_type().as_bytes(), stored)?;
            for file in &self.files {
                put(&file.name, &file.bytes, packed)?;
            }
            if let Some((name, text)) = &self.manifest {
                put(name, text.as_bytes(), packed)?;
            }
            put(self.signature_name, &signature, packed)
        };
        all().map_err(Error::internal)?;
        Ok(zip.finish().map_err(Error::internal)?.into_inner())
    }
}
