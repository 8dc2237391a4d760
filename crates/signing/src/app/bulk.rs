//! Many documents under one institution's seal: signed side by side, logged together with what is done with them.

use copihue_core::Result;
use copihue_db::Tx;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::{KeyUse, Owner, SignedFile, Signing};
use crate::SealOptions;

/// Files in work at once: more than there are processors, so that none waits for another's timestamp.
const AT_ONCE: usize = 8;

/// Signed files whose uses of the key are not on record yet: nothing of them leaves before [`Signing::log_sealed`].
#[derive(Debug)]
pub struct Sealed {
    /// In the order in which they were given.
    pub files: Vec<SignedFile>,
    used: Vec<KeyUse>,
}

impl Signing {
    /// Signs PDFs with the institution's seal, unattended.
    ///
    /// # Errors
    /// When the institution has no seal in force, or one of the files can't be signed: then none is.
    pub async fn seal_pdfs(
        &self,
        institution: &str,
        pdfs: Vec<Vec<u8>>,
        options: &SealOptions,
    ) -> Result<Sealed> {
        let owner = Owner::Seal { institution: institution.to_owned() };
        let signer = self.signer(&owner).await?;
        let made: Vec<(SignedFile, KeyUse)> = stream::iter(pdfs)
            .map(|pdf| self.make_pdf(&owner, signer.clone(), pdf, options.clone()))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let (files, used) = made.into_iter().unzip();
        Ok(Sealed { files, used })
    }

    /// Logs the uses of the key in the transaction that keeps the files.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn log_sealed(&self, tx: &mut Tx<'_>, sealed: &Sealed) -> Result<()> {
        sealed.used.iter().try_for_each(|used| self.log(tx, used))
    }
}
