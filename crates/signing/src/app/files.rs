//! Files signed otherwise than as a PDF: CAdES, XAdES, JAdES and containers, at each level.

use std::sync::Arc;

use copihue_core::{Actor, Result};

use super::otp::Presenter;
use super::proof::Sent;
use super::sign::{Made, whole_second};
use super::{KeyUse, Owner, SignedFile, Signing, signing_hat};
use crate::ades::{Draft, Order};
use crate::model::level::{Level, Shortfall};
use crate::signer::Signer;

impl Signing {
    /// Signs files with the institution's seal, unattended.
    ///
    /// # Errors
    /// When the institution has no seal in force, or the level can't be reached and the order says not to sign then.
    pub async fn seal_files(&self, institution: &str, order: Order) -> Result<SignedFile> {
        let owner = Owner::Seal { institution: institution.to_owned() };
        let signer = self.signer(&owner).await?;
        self.sign_files(&owner, signer, order).await
    }

    /// Signs files as the official by whose hat the person acts, with a one-time code. The order was checked when it was
    /// made: files that can't be signed cost no code.
    ///
    /// # Errors
    /// When the code is wrong or spent, the official has no certificate in force, or as [`Self::seal_files`].
    pub async fn sign_files_as(&self, actor: &Actor, otp: &str, order: Order) -> Result<SignedFile> {
        let (person, hat) = signing_hat(actor)?;
        let owner = Owner::Holder { institution: hat.institution.clone(), official: hat.official };
        let signer = self.signer(&owner).await?;
        self.spend_code(&owner, person.run, otp, Presenter::Holder).await?;
        self.sign_files(&owner, signer, order).await
    }

    async fn sign_files(&self, owner: &Owner, signer: Arc<Signer>, order: Order) -> Result<SignedFile> {
        let (signed, used) = self.make_files(owner, signer, order).await?;
        let signing = self.clone();
        self.db().write(move |tx| signing.log(tx, &used)).await?;
        Ok(signed)
    }

    /// Signs, and tells what is to be logged: nothing leaves before that is on disk.
    pub(super) async fn make_files(
        &self,
        owner: &Owner,
        signer: Arc<Signer>,
        order: Order,
    ) -> Result<(SignedFile, KeyUse)> {
        let at = whole_second(self.now());
        let (goal, format) = ((order.level, order.when_short), order.format());
        let worker = Arc::clone(&signer);
        let draft = self.on_cpu(move || order.begin(&worker, at)).await?;
        let made = self.raise_files(draft, goal.0, (signer.certificate(), signer.chain())).await?;
        self.conclude((owner, signer.certificate()), made, goal, (format, at))
    }

    /// As far as the level asked for, or as far as it can be had.
    async fn raise_files(&self, draft: Box<dyn Draft>, level: Level, sent: Sent<'_>) -> Result<Made> {
        let (draft, reached, shortfall) = self.climb(draft, level, sent).await?;
        let bytes = self.on_cpu(move || draft.bytes()).await?;
        Ok(Made { bytes, reached, shortfall })
    }

    async fn climb(
        &self,
        mut draft: Box<dyn Draft>,
        level: Level,
        sent: Sent<'_>,
    ) -> Result<(Box<dyn Draft>, Level, Option<Shortfall>)> {
        if level == Level::B {
            return Ok((draft, Level::B, None));
        }
        let Ok(stamped) = self.stamp(draft.signature()?).await else {
            return Ok((draft, Level::B, Some(Shortfall::NoTimestamp)));
        };
        draft.stamp(&stamped.token);
        if level == Level::T {
            return Ok((draft, Level::T, None));
        }
        let Some(data) = self.proof(sent, &stamped).await? else {
            return Ok((draft, Level::T, Some(Shortfall::NoRevocationData)));
        };
        draft.prove(&data);
        if level == Level::LT {
            return Ok((draft, Level::LT, None));
        }
        let (mut draft, whole) = self
            .on_cpu(move || {
                let whole = draft.whole()?;
                Ok((draft, whole))
            })
            .await?;
        let Ok(stamped) = self.stamp(whole).await else {
            return Ok((draft, Level::LT, Some(Shortfall::NoArchiveTimestamp)));
        };
        draft.archive(&stamped.token)?;
        Ok((draft, Level::LTA, None))
    }
}
