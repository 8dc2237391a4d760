//! What proves, later and offline, that the certificates of a signature and of its timestamp counted: of our own authority from
//! here, of others from where the settings say.

use copihue_core::{Error, Result, Timestamp};

use super::Signing;
use crate::cms::Foreign;
use crate::pdf::ValidationData;
use crate::pki::Certificate;
use crate::revocation::{RevocationSource, Source};
use crate::tsp::Stamped;
use crate::verify::{issued, proved, token_facts};

/// The longest path that is proved.
const MAX_PATH: usize = 8;

/// A certificate, and those that came with it.
pub(super) type Sent<'a> = (&'a Certificate, &'a [Certificate]);

impl Signing {
    /// From now on, what these authorities revoked is asked where they say so.
    ///
    /// # Errors
    /// When an address can't be used.
    pub fn use_revocation(&self, sources: Vec<RevocationSource>) -> Result<()> {
        let sources = sources.into_iter().map(Source::new).collect::<Result<Vec<_>>>()?;
        self.0.revocation.store(std::sync::Arc::new(sources));
        Ok(())
    }

    /// What proves a signer's path and a timestamp's. `None`: not everything can be had now.
    ///
    /// # Errors
    /// A conflict, when the signer's certificate is revoked; or the database does not answer.
    pub(super) async fn proof(&self, signer: Sent<'_>, stamped: &Stamped) -> Result<Option<ValidationData>> {
        if stamped.own && self.is_own(signer.0) {
            return self.validation_data(signer.0).await;
        }
        let Ok((stamped_at, _)) = token_facts(&stamped.token) else { return Ok(None) };
        let Some(mut all) = self.proof_of(signer, stamped_at).await? else { return Ok(None) };
        let Ok(token) = Foreign::parse(&stamped.token) else { return Ok(None) };
        let epoch = Timestamp::from_millis(0);
        let Some(of_token) = self.proof_of((&token.certificate, &token.chain), epoch).await? else {
            return Ok(None);
        };
        all.add(of_token);
        Ok(Some(all))
    }

    fn is_own(&self, leaf: &Certificate) -> bool {
        self.issuing().is_some_and(|issuing| issued(&issuing, leaf))
    }

    /// What proves a path. Of its first certificate something is wanted that was made after `since`: only that can tell that it
    /// still counted then.
    async fn proof_of(&self, (leaf, chain): Sent<'_>, since: Timestamp) -> Result<Option<ValidationData>> {
        if self.is_own(leaf) {
            return self.own_proof(&[leaf]).await;
        }
        let sources = self.0.revocation.load_full();
        let Some(path) = self.path(leaf, chain, &sources) else { return Ok(None) };
        let certificates = path.iter().map(|c| c.der().to_vec()).collect();
        let mut all = ValidationData { certificates, ..ValidationData::default() };
        let epoch = Timestamp::from_millis(0);
        for (n, pair) in path.windows(2).enumerate() {
            let [certificate, issuer] = pair else { continue };
            let Some(source) = sources.iter().find(|s| s.issuer == *issuer) else { return Ok(None) };
            let since = if n == 0 { since } else { epoch };
            let Some(data) = source.ask(certificate, (since, self.now())).await else { return Ok(None) };
            if proved(&data, certificate, issuer).is_some_and(|facts| facts.revoked_at.is_some()) {
                return Err(Error::conflict(
                    "certificado_revocado",
                    "El certificado de firma está revocado. Pida uno nuevo al operador.",
                ));
            }
            all.add(data);
        }
        Ok(Some(all))
    }

    /// From a certificate up to an authority that issued itself, by what came along and what is configured.
    fn path(
        &self,
        leaf: &Certificate,
        chain: &[Certificate],
        sources: &[Source],
    ) -> Option<Vec<Certificate>> {
        let anchors = self.0.parts.anchors.iter().map(|anchor| &anchor.certificate);
        let known: Vec<&Certificate> =
            chain.iter().chain(sources.iter().map(|s| &s.issuer)).chain(anchors).collect();
        let mut path = vec![leaf.clone()];
        while let Some(last) = path.last().filter(|c| !issued(c, c)) {
            let issuer = known.iter().find(|c| issued(c, last))?;
            path.push((*issuer).clone());
            if path.len() > MAX_PATH {
                return None;
            }
        }
        Some(path)
    }
}
