//! One document of a batch is signed, with its stamp.

use copihue_core::{Id, Result, VerificationCode};

use super::Desk;
use super::authorise::owner_of;
use super::run::Made;
use crate::app::KeyUse;
use crate::model::authorisation::Permitted;
use crate::model::batch::{Batch, BatchItem};
use crate::model::layout::Stamp;
use crate::model::place::{Place, stamp_text};
use crate::pdf::{sheet, signature_count};
use crate::signer::{SealOptions, SignerName};
use crate::store::paper as papers;

impl Desk {
    pub(super) async fn sign_one(&self, batch: &Batch, document: &Permitted<'_>) -> Result<Made> {
        let pdf = self.0.blobs.get(document.item().sha256).await?;
        document.check(&pdf)?;
        // Asked for each document: a certificate that was stopped meanwhile signs no more.
        let owner = owner_of(batch);
        let signer = self.0.signing.signer(&owner).await?;
        let (pdf, options) = self.dress(batch, document.item(), signer.name(), pdf).await?;
        let (file, used) = self.0.signing.make_pdf(&owner, signer, pdf, options).await?;
        let used = KeyUse { application: batch.origin.application().map(str::to_owned), ..used };
        let staged = self.0.blobs.stage(file.bytes.clone()).await?;
        Ok(Made { file, used, staged, asked: None })
    }

    /// How a document is to be signed, its stamp with it.
    pub(super) async fn dress(
        &self,
        batch: &Batch,
        item: &BatchItem,
        signer: &SignerName,
        pdf: Vec<u8>,
    ) -> Result<(Vec<u8>, SealOptions)> {
        let place = item.place;
        let work = move || stamp(&pdf, place).map(|stamp| (pdf, stamp));
        let (pdf, mut stamp) = self.0.signing.on_cpu(work).await?;
        let stamp_text = match &mut stamp {
            Some(stamp) => {
                stamp.check = self.address_of(item.paper).await?;
                let printed =
                    stamp.check.as_deref().map(|all| all.split_once("://").map_or(all, |(_, rest)| rest));
                Some(stamp_text(signer, item.reason.as_deref(), self.now(), printed))
            }
            None => None,
        };
        let options = SealOptions {
            reason: item.reason.clone(),
            stamp,
            stamp_text,
            level: batch.level,
            when_short: batch.when_short,
            ..SealOptions::default()
        };
        Ok((pdf, options))
    }

    /// Where anybody can check the paper once it is complete; `None` for one that is not issued.
    async fn address_of(&self, paper: Option<Id>) -> Result<Option<String>> {
        let Some(id) = paper else { return Ok(None) };
        let code = self.db().read(move |conn| Ok(papers::get(conn, id)?.and_then(|p| p.code))).await?;
        let base = &self.0.signing.0.parts.base_url;
        Ok(code.map(|code: VerificationCode| format!("{base}/v/{code}")))
    }
}

fn stamp(pdf: &[u8], place: Place) -> Result<Option<Stamp>> {
    let Some(page) = place.page() else { return Ok(None) };
    Ok(place.stamp(sheet(pdf, page)?, signature_count(pdf)?))
}
