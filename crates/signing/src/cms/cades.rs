//! CAdES (EN 319 122-1): a CMS beside any file, or around it, at each level.

use std::sync::Arc;

use copihue_core::{Error, Result, Timestamp};

use super::archive::{Pieces, archive_attribute};
use super::{Frame, Half, attribute, signed_attributes};
use crate::ades::Draft;
use crate::asn1::{self, tag};
use crate::hash::{Hash, sha256_of};
use crate::oid;
use crate::pdf::ValidationData;
use crate::signer::Signer;

/// Where the signed bytes are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// In a file of their own.
    Beside,
    /// Within the CMS.
    Inside,
}

/// A CAdES signature that can still be raised.
pub(crate) struct Cades {
    signer: Arc<Signer>,
    half: Half,
    content: Option<Vec<u8>>,
    content_sha256: [u8; 32],
    /// Each certificate, without repeats.
    certificates: Vec<Vec<u8>>,
    /// Each list, and each answer under its `[1]`.
    revocation: Vec<Vec<u8>>,
    unsigned: Vec<Vec<u8>>,
    /// What the next archive timestamp will say that it covers.
    index: Vec<u8>,
}

impl Cades {
    /// Signs these bytes over a hash, with the signing time that the baseline demands.
    ///
    /// # Errors
    /// When the key refuses.
    pub(crate) fn sign(
        signer: Arc<Signer>,
        hash: Hash,
        (content, place): (&[u8], Place),
        at: Timestamp,
    ) -> Result<Self> {
        let digest = hash.of(&[content]);
        let attributes = signed_attributes(oid::ID_DATA, signer.ess_attribute(), digest.as_ref(), Some(at));
        let half = Half::new(&signer, hash, attributes)?;
        let chain = std::iter::once(signer.certificate()).chain(signer.chain());
        Ok(Self {
            half,
            content: (place == Place::Inside).then(|| content.to_vec()),
            content_sha256: sha256_of(&[content]),
            certificates: chain.map(|c| c.der().to_vec()).collect(),
            revocation: Vec::new(),
            unsigned: Vec::new(),
            index: Vec::new(),
            signer,
        })
    }
}

impl Draft for Cades {
    fn signature(&self) -> Result<[u8; 32]> {
        Ok(sha256_of(&[self.half.signature()]))
    }

    fn stamp(&mut self, token: &[u8]) {
        self.unsigned.push(attribute(oid::TIMESTAMP_TOKEN, token));
    }

    fn prove(&mut self, data: &ValidationData) {
        for der in &data.certificates {
            if !self.certificates.contains(der) {
                self.certificates.push(der.clone());
            }
        }
        self.revocation.extend(data.crls.iter().cloned());
        self.revocation.extend(
            data.ocsps.iter().map(|der| asn1::tlv(tag::context(1), &[&asn1::oid(oid::OCSP_IN_CMS), der])),
        );
    }

    fn whole(&mut self) -> Result<[u8; 32]> {
        let pieces = Pieces {
            content: self.content_sha256,
            signed: &self.half.signed_fields(&self.signer),
            certificates: &self.certificates,
            revocation: &self.revocation,
            unsigned: &self.unsigned,
        };
        self.index = pieces.index().map_err(Error::internal)?;
        Ok(pieces.imprint(&self.index))
    }

    fn archive(&mut self, token: &[u8]) -> Result<()> {
        self.unsigned.push(archive_attribute(token, &self.index).map_err(Error::internal)?);
        Ok(())
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        let certificates = super::optional_set(0, &self.certificates);
        Ok(self.half.signed_data(
            &self.signer,
            Frame {
                content: self.content.as_deref().map(|bytes| (oid::ID_DATA, bytes)),
                certificates: &certificates,
                revocation: &self.revocation,
                unsigned: &self.unsigned,
            },
        ))
    }
}
