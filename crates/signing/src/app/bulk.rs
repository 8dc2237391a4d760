//! Many documents under one institution's seal: signed side by side, logged together with what is done with them.

use copihue_core::Result;
use copihue_db::Tx;
use futures_util::{StreamExt, stream};

use super::firmagob::{Asked, Unlogged, Wish};
use super::{KeyUse, Owner, SignedFile, Signing};
use crate::SealOptions;
use crate::firmagob::FirmaGob;

/// Files in work at once: more than there are processors, so that none waits for another's timestamp.
const AT_ONCE: usize = 8;

/// Signed files whose uses of the key are not on record yet: nothing of them leaves before [`Signing::log_sealed`].
#[derive(Debug, Default)]
pub struct Sealed {
    /// In the order in which they were given; one that can't be signed keeps no other from it.
    pub files: Vec<Result<SignedFile>>,
    used: Vec<KeyUse>,
    /// What was asked of FirmaGob for them, where the institution signs there.
    asked: Vec<Asked>,
}

impl Signing {
    /// Signs PDFs with the institution's seal, unattended.
    ///
    /// # Errors
    /// When the institution has no seal in force, or its service does not answer: then none is.
    pub async fn seal_pdfs(
        &self,
        institution: &str,
        pdfs: Vec<Vec<u8>>,
        options: &SealOptions,
    ) -> Result<Sealed> {
        if let Some(engine) = self.firmagob(institution) {
            return self.seal_all_there(&engine, pdfs, options).await;
        }
        let owner = Owner::Seal { institution: institution.to_owned() };
        let signer = self.signer(&owner).await?;
        let made: Vec<Result<(SignedFile, KeyUse)>> = stream::iter(pdfs)
            .map(|pdf| self.make_pdf(&owner, signer.clone(), pdf, options.clone()))
            .buffered(AT_ONCE)
            .collect()
            .await;
        let mut sealed = Sealed::default();
        for one in made {
            sealed.files.push(one.map(|(file, used)| {
                sealed.used.push(used);
                file
            }));
        }
        Ok(sealed)
    }

    async fn seal_all_there(
        &self,
        engine: &FirmaGob,
        pdfs: Vec<Vec<u8>>,
        options: &SealOptions,
    ) -> Result<Sealed> {
        let wish = |pdf| Wish { pdf, options: options.clone() };
        let made = self.seal_pdfs_there(engine, pdfs.into_iter().map(wish).collect()).await?;
        let mut sealed = Sealed::default();
        for one in made {
            // What was signed there is on the other side's record: it must be on ours, whatever became of the others.
            sealed.files.push(one.map(|Unlogged { file, used, asked }| {
                sealed.used.push(used);
                sealed.asked.push(asked);
                file
            }));
        }
        Ok(sealed)
    }

    /// Logs the uses of the key in the transaction that keeps the files.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn log_sealed(&self, tx: &mut Tx<'_>, sealed: &Sealed) -> Result<()> {
        sealed.asked.iter().try_for_each(|asked| self.keep_asked(tx, asked))?;
        sealed.used.iter().try_for_each(|used| self.log_kept(tx, used))
    }
}
