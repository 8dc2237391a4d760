//! Whether our certificates still count: answered to whoever asks, and put into what we sign.

use copihue_core::{Error, Result, Timestamp};

use super::Signing;
use super::authority::Authority;
use crate::pdf::ValidationData;
use crate::pki::{Certificate, CertificateId, OcspQuestion, OcspRefusal, Standing, answer_ocsp, refuse_ocsp};
use crate::revocation::LARGEST_LIST;
use crate::store::certificate as store;

/// An answer holds for so long; a revocation is seen at once, since each answer is made when it is asked for.
const OCSP_GOOD_S: i64 = 12 * 3600;

/// How often another process's revocations are looked for: they are to be seen within a minute.
const WATCH: std::time::Duration = std::time::Duration::from_secs(5);

impl Signing {
    /// Takes what other processes revoked into what this one trusts, within seconds. Ends with the process.
    pub fn watch_revocations(&self) -> tokio::task::JoinHandle<()> {
        let signing = self.clone();
        tokio::spawn(async move {
            let mut seen = 0;
            loop {
                match signing.db().read(store::count_revoked).await {
                    Ok(n) if n == seen => {}
                    Ok(n) => match signing.revocations_changed().await {
                        Ok(()) => seen = n,
                        Err(error) => {
                            tracing::warn!(%error, "the list of revoked certificates can't be renewed")
                        }
                    },
                    Err(error) => tracing::warn!(%error, "revocations can't be looked for"),
                }
                tokio::time::sleep(WATCH).await;
            }
        })
    }

    /// Answers an OCSP request in DER; a refusal is an answer too.
    ///
    /// # Errors
    /// Not found, when the deployment has no authority; or the database does not answer.
    pub async fn answer_ocsp(&self, request: &[u8]) -> Result<Vec<u8>> {
        self.with_authority(|_| Ok(())).map_err(|_| Error::not_found())?;
        let Ok(question) = OcspQuestion::parse(request) else {
            return Ok(refuse_ocsp(OcspRefusal::Malformed));
        };
        let ours = self.with_authority(|a| Ok(question.certificates.iter().all(|c| c.is_of(&a.issuing))))?;
        if !ours {
            return Ok(refuse_ocsp(OcspRefusal::Unauthorized));
        }
        match self.ocsp_reply(question).await? {
            Some(reply) => Ok(reply),
            None => Ok(refuse_ocsp(OcspRefusal::TryLater)),
        }
    }

    /// A signed answer; `None` when there is nobody to sign it.
    async fn ocsp_reply(&self, question: OcspQuestion) -> Result<Option<Vec<u8>>> {
        let serials: Vec<String> = question.certificates.iter().map(CertificateId::serial).collect();
        let standings = self.standings(serials).await?;
        let at = Timestamp::from_millis(self.now().millis().div_euclid(1000) * 1000);
        self.with_authority(|a| {
            let sign = |r| answer_ocsp(r, &question, &standings, at, at.plus_seconds(OCSP_GOOD_S));
            a.responder.as_ref().map(sign).transpose()
        })
    }

    async fn standings(&self, serials: Vec<String>) -> Result<Vec<Standing>> {
        self.db()
            .read(move |conn| {
                let own = store::authority_serials(conn)?;
                let of = |serial: &String| match store::standing(conn, serial)? {
                    Standing::Unknown if own.contains(serial) => Ok(Standing::Good),
                    known => Ok(known),
                };
                serials.iter().map(of).collect()
            })
            .await
    }

    /// What proves later that a signer's path and our timestamps' counted. `None`: not everything can be had.
    pub(super) async fn validation_data(&self, leaf: &Certificate) -> Result<Option<ValidationData>> {
        let stamps =
            self.with_authority(|a| Ok(a.stamps.as_ref().map(|s| s.signer().certificate().clone())))?;
        let Some(stamps) = stamps else { return Ok(None) };
        self.own_proof(&[leaf, &stamps]).await
    }

    /// The same of certificates that our own authority issued.
    pub(super) async fn own_proof(&self, below: &[&Certificate]) -> Result<Option<ValidationData>> {
        let Some((question, certificates)) = self.with_authority(|a| Ok(a.to_prove(below)))? else {
            return Ok(None);
        };
        let mut ocsps = Vec::new();
        for one in question {
            let Some(reply) = self.ocsp_reply(one).await? else { return Ok(None) };
            ocsps.push(reply);
        }
        // Beside the answers the list, where it is no burden: some programs look only for what a certificate points to.
        let mut crls = vec![self.root_crl().await?, self.crl().await?];
        crls.retain(|list| list.len() <= LARGEST_LIST);
        Ok(Some(ValidationData { certificates, crls, ocsps }))
    }
}

impl Authority {
    /// About what to ask, and which certificates belong to the proof.
    fn to_prove(&self, below: &[&Certificate]) -> Option<(Vec<OcspQuestion>, Vec<Vec<u8>>)> {
        let responder = self.responder.as_ref()?;
        let questions = below.iter().map(|c| OcspQuestion::about(c, &self.issuing)).collect();
        let above = [responder.certificate(), &self.issuing, &self.root];
        Some((questions, below.iter().copied().chain(above).map(|c| c.der().to_vec()).collect()))
    }
}
