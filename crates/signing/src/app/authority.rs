//! The deployment's own authority: a root, and the issuing authority under it.

use copihue_core::{Error, Result, Secret, Timestamp};

use super::Signing;
use crate::keys::{Algorithm, SigningKey};
use crate::pki::{Certificate, Issuer, Profile, issue, issue_crl, issue_root};
use crate::signer::Signer;
use crate::store::certificate::{self as store, StoredKey};
use crate::tsp;
use crate::verify::{AnchorKind, TrustStore};

const ROOT: &str = "raiz";
const ISSUING: &str = "emisora";
const STAMPING: &str = "sellos_de_tiempo";
const RESPONDING: &str = "respuestas_ocsp";
const ROOT_YEARS: i64 = 20;
const ISSUING_YEARS: i64 = 10;
/// A list of revoked certificates is renewed after a day and good for a week, so that an outage does not stop checks.
const CRL_RENEW_S: i64 = 86_400;
const CRL_GOOD_S: i64 = 7 * 86_400;
const YEAR_S: i64 = 365 * 86_400;
const SERVICE_YEARS: i64 = 5;
/// Timestamps are renewed ninety days before their certificate ends, and must find one that lasts longer then.
const SERVICE_ROLL_S: i64 = YEAR_S;

/// What serves the authority: its place, and the profile of its certificate.
type Service = (&'static str, fn() -> Profile);
const SERVICES: [Service; 2] = [
    (STAMPING, || Profile::TimestampAuthority {
        name: "Sellos de tiempo de prueba de Copihue".into(),
        organisation: "Copihue".into(),
    }),
    (RESPONDING, || Profile::OcspResponder {
        name: "Respuestas OCSP de prueba de Copihue".into(),
        organisation: "Copihue".into(),
    }),
];

/// What to do about a service that a deployment does not have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Missing {
    /// Make it.
    Make,
    /// Leave it so.
    Leave,
}

pub(crate) struct Authority {
    pub(crate) root: Certificate,
    pub(crate) issuing: Certificate,
    pub(crate) key: SigningKey,
    /// For the list of revoked authorities alone.
    root_key: SigningKey,
    /// Stamps times; deployments that began without one get it when they start.
    pub(crate) stamps: Option<tsp::Authority>,
    /// Says whether certificates still count; the same.
    pub(crate) responder: Option<Signer>,
}

impl Authority {
    /// When the certificate of a service ends.
    fn service_end(&self, (place, _): Service) -> Option<Timestamp> {
        let signer = if place == STAMPING {
            self.stamps.as_ref().map(tsp::Authority::signer)
        } else {
            self.responder.as_ref()
        };
        signer.map(|signer| signer.certificate().validity().1)
    }
}

/// The list of revoked certificates as published.
#[derive(Clone)]
pub(crate) struct PublishedCrl {
    der: Vec<u8>,
    at: Timestamp,
    /// How many certificates it names: another process may have revoked one since.
    names: i64,
}

impl Signing {
    /// Makes the sample authority where there is none: for demonstrations and trials. What it certifies has no legal
    /// effect, and verification says so.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ensure_authority(&self) -> Result<()> {
        if self.0.authority.load().is_none() {
            let (root, issuing) = self.make_authority()?;
            self.add_authorities(vec![(ROOT, root), (ISSUING, issuing)]).await?;
        }
        self.make_services(Missing::Make).await
    }

    /// Gives what serves the authority a new certificate while the old one still lasts for long. What the old one signed stays good, and
    /// whether it counts is answered as before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn renew_services(&self) -> Result<()> {
        if self.issuing().is_none() {
            return Ok(());
        }
        self.make_services(Missing::Leave).await
    }

    async fn make_services(&self, missing: Missing) -> Result<()> {
        for service in SERVICES {
            let (ends, last) =
                self.with_authority(|a| Ok((a.service_end(service), a.issuing.validity().1)))?;
            let due = self.now().plus_seconds(SERVICE_ROLL_S);
            // None lasts longer than the authority's own.
            let lasts = ends.is_some_and(|ends| ends >= due.min(last));
            if !lasts && (ends.is_some() || missing == Missing::Make) {
                self.renew_service(service, due.min(last)).await?;
            }
        }
        Ok(())
    }

    async fn renew_service(&self, (place, profile): Service, due: Timestamp) -> Result<()> {
        let (made, at) = (std::sync::Arc::new(self.make_service(place, &profile())?), self.now());
        self.db()
            .write(move |tx| {
                let old = store::authority(tx, place)?.map(|old| old.certificate);
                // Another process may have done it since.
                if old.as_ref().is_some_and(|old| old.validity().1 >= due) {
                    return Ok(());
                }
                if let Some(old) = old {
                    store::retire_authority(tx, place, &format!("{place}@{}", old.serial()))?;
                }
                store::add_authority(tx, place, &made, at)
            })
            .await?;
        self.load_authority().await
    }

    /// Adds them where the first is missing, and loads what then stands there.
    async fn add_authorities(&self, made: Vec<(&'static str, StoredKey)>) -> Result<()> {
        let at = self.now();
        let made = std::sync::Arc::new(made);
        self.db()
            .write(move |tx| {
                let Some((first, _)) = made.first() else { return Ok(()) };
                if store::authority(tx, first)?.is_some() {
                    return Ok(());
                }
                made.iter().try_for_each(|(name, key)| store::add_authority(tx, name, key, at))
            })
            .await?;
        self.load_authority().await
    }

    fn make_authority(&self) -> Result<(StoredKey, StoredKey)> {
        let random = self.0.parts.random.as_ref();
        // A little in the past, so that a clock that is behind does not refuse what is signed today.
        let from = self.now().plus_seconds(-86_400);
        let (root_secret, issuing_secret) =
            (SigningKey::generate(Algorithm::P256)?, SigningKey::generate(Algorithm::P256)?);
        let root_key = SigningKey::from_pkcs8(Algorithm::P256, &root_secret)?;
        let issuing_key = SigningKey::from_pkcs8(Algorithm::P256, &issuing_secret)?;
        let root = issue_root(&root_key, "Raíz de prueba de Copihue", "Copihue", from, ROOT_YEARS, random)?;
        let profile = Profile::IssuingAuthority {
            name: "Emisora de prueba de Copihue".into(),
            organisation: "Copihue".into(),
        };
        let by_root = Issuer { certificate: &root, key: &root_key, rut: None, published_at: None };
        let until = from.plus_seconds(ISSUING_YEARS * YEAR_S);
        let issuing = issue(&by_root, &profile, &issuing_key, from, until, random)?;
        Ok((
            self.stored(ROOT, root, Algorithm::P256, &root_secret)?,
            self.stored(ISSUING, issuing, Algorithm::P256, &issuing_secret)?,
        ))
    }

    /// What serves the authority, under the issuing one.
    fn make_service(&self, place: &str, profile: &Profile) -> Result<StoredKey> {
        let secret = SigningKey::generate(Algorithm::P256)?;
        let key = SigningKey::from_pkcs8(Algorithm::P256, &secret)?;
        let from = self.now().plus_seconds(-86_400);
        let published = self.published();
        let certificate = self.with_authority(|a| {
            let issuer =
                Issuer { certificate: &a.issuing, key: &a.key, rut: None, published_at: Some(&published) };
            let until = from.plus_seconds(SERVICE_YEARS * YEAR_S).min(a.issuing.validity().1);
            issue(
                &issuer,
                profile,
                &key,
                from.max(a.issuing.validity().0),
                until,
                self.0.parts.random.as_ref(),
            )
        })?;
        self.stored(place, certificate, Algorithm::P256, &secret)
    }

    fn stored(
        &self,
        name: &str,
        certificate: Certificate,
        algorithm: Algorithm,
        secret: &Secret,
    ) -> Result<StoredKey> {
        let sealed = self.0.parts.master_key.seal(&vault_name(name), secret, self.0.parts.random.as_ref())?;
        Ok(StoredKey { certificate, algorithm, sealed })
    }

    /// Where certificates and lists of revoked ones are published.
    pub(super) fn published(&self) -> String {
        format!("{}/pki", self.0.parts.base_url)
    }

    pub(super) async fn load_authority(&self) -> Result<()> {
        let stored = self
            .db()
            .read(|conn| {
                let pair = store::authority(conn, ROOT)?.zip(store::authority(conn, ISSUING)?);
                Ok((pair, store::authority(conn, STAMPING)?, store::authority(conn, RESPONDING)?))
            })
            .await?;
        if let (Some((root, issuing)), stamps, responder) = stored {
            let open = |name, stored: StoredKey| {
                Signer::new(
                    self.open_key(name, &stored)?,
                    stored.certificate,
                    vec![issuing.certificate.clone()],
                )
            };
            let stamps = stamps.map(|s| open(STAMPING, s)).transpose()?;
            let authority = Authority {
                key: self.open_key(ISSUING, &issuing)?,
                root_key: self.open_key(ROOT, &root)?,
                stamps: stamps.map(|signer| tsp::Authority::new(std::sync::Arc::new(signer))),
                responder: responder.map(|s| open(RESPONDING, s)).transpose()?,
                root: root.certificate,
                issuing: issuing.certificate,
            };
            self.0.authority.store(std::sync::Arc::new(Some(authority)));
        }
        self.renew_trust().await
    }

    fn open_key(&self, name: &str, stored: &StoredKey) -> Result<SigningKey> {
        let secret = self.0.parts.master_key.open(&vault_name(name), &stored.sealed)?;
        SigningKey::from_pkcs8(stored.algorithm, &secret)
    }

    async fn renew_trust(&self) -> Result<()> {
        let crl = if self.0.authority.load().is_some() { Some(self.crl().await?) } else { None };
        let mut trust = TrustStore::new();
        for anchor in &self.0.parts.anchors {
            trust.add(anchor.clone());
        }
        if let Some(authority) = self.0.authority.load().as_ref() {
            trust.add_anchor(authority.root.clone(), AnchorKind::Test);
            trust.add_intermediate(authority.issuing.clone());
        }
        if let Some(crl) = crl {
            trust.add_crl(&crl).map_err(|e| Error::internal(format_args!("own list of revoked: {e}")))?;
        }
        self.0.trust.store(std::sync::Arc::new(trust));
        Ok(())
    }

    /// After a revocation: a new list, trusted at once.
    pub(super) async fn revocations_changed(&self) -> Result<()> {
        *self.0.crl.lock().await = None;
        self.renew_trust().await
    }

    /// Does something with the authority.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn with_authority<T>(&self, f: impl FnOnce(&Authority) -> Result<T>) -> Result<T> {
        let authority = self.0.authority.load();
        match authority.as_ref() {
            Some(authority) => f(authority),
            None => Err(Error::unavailable("this deployment has no certificate authority")),
        }
    }

    /// The list of revoked certificates in DER.
    ///
    /// # Errors
    /// When there is no authority, or the database does not answer.
    pub async fn crl(&self) -> Result<Vec<u8>> {
        let now = self.now();
        let mut published = self.0.crl.lock().await;
        let names = self.db().read(store::count_revoked).await?;
        if let Some(der) = fresh(published.as_ref(), now, names) {
            return Ok(der);
        }
        let (revoked, number) =
            self.db().write(|tx| Ok((store::revoked(tx)?, store::next_crl_number(tx, ISSUING)?))).await?;
        let der = self.with_authority(|a| {
            issue_crl(&a.issuing, &a.key, &revoked, number, now, now.plus_seconds(CRL_GOOD_S))
        })?;
        let names = i64::try_from(revoked.len()).unwrap_or(i64::MAX);
        *published = Some(PublishedCrl { der: der.clone(), at: now, names });
        Ok(der)
    }

    /// The root's list: no authority under it was ever revoked.
    ///
    /// # Errors
    /// When there is no authority, or the database does not answer.
    pub async fn root_crl(&self) -> Result<Vec<u8>> {
        let now = self.now();
        let mut published = self.0.root_crl.lock().await;
        if let Some(der) = fresh(published.as_ref(), now, 0) {
            return Ok(der);
        }
        let number = self.db().write(|tx| store::next_crl_number(tx, ROOT)).await?;
        let der = self.with_authority(|a| {
            issue_crl(&a.root, &a.root_key, &[], number, now, now.plus_seconds(CRL_GOOD_S))
        })?;
        *published = Some(PublishedCrl { der: der.clone(), at: now, names: 0 });
        Ok(der)
    }

    /// The root's certificate, to be trusted by other programs.
    #[must_use]
    pub fn root(&self) -> Option<Certificate> {
        Some(self.0.authority.load().as_ref().as_ref()?.root.clone())
    }

    /// The issuing authority's certificate.
    #[must_use]
    pub fn issuing(&self) -> Option<Certificate> {
        Some(self.0.authority.load().as_ref().as_ref()?.issuing.clone())
    }
}

/// A list that is not yet due to be made anew, and names all that there are.
fn fresh(published: Option<&PublishedCrl>, now: Timestamp, names: i64) -> Option<Vec<u8>> {
    let good = |c: &&PublishedCrl| now < c.at.plus_seconds(CRL_RENEW_S) && c.names == names;
    published.filter(good).map(|c| c.der.clone())
}

fn vault_name(name: &str) -> String {
    format!("authority:{name}")
}
