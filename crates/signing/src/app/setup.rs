//! Certificates for institutions and officials, made where they are missing.

use std::sync::Arc;

use copihue_core::{Error, Id, Random, Result, Run, Secret, Timestamp, random};

use super::sign::end_of_trust;
use super::{Act, Owner, Signing};
use crate::keys::{Algorithm, SigningKey};
use crate::model::cert_request::{CertRequest, MAX_MONTHS, RequestState, while_it_counts};
use crate::model::token::Purpose;
use crate::pki::{Issuer, Profile, RevocationReason, issue};
use crate::signer::Signer;
use crate::store::cert_request;
use crate::store::certificate::{self as store, StoredHolder, StoredKey};
use crate::store::otp as otp_store;

/// A certificate that ends sooner is replaced when a deployment starts.
const RENEW_S: i64 = 30 * 86_400;
const VALID_S: i64 = 3 * 365 * 86_400;
pub(super) const SEED_BYTES: usize = 20;
/// The code of an error: the institution's signatures are not made here.
pub(super) const ELSEWHERE: &str = "firma_en_firmagob";

/// An institution that seals.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewSeal {
    /// Its code, such as `PE-MUN-00345`.
    pub institution: String,
    /// Its full name.
    pub name: String,
    /// Its RUT.
    pub rut: Option<Run>,
    /// P-256 unless its readers need RSA.
    pub algorithm: Algorithm,
}

/// An official who signs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewHolder {
    /// The institution's code.
    pub institution: String,
    /// The institution's full name.
    pub institution_name: String,
    /// The official's id in the directory.
    pub official: Id,
    /// RUN.
    pub run: Run,
    /// Full names, as the identity provider says them (SIG-18).
    pub name: String,
    /// The post held.
    pub post: String,
    /// E-mail.
    pub email: Option<String>,
    /// P-256 unless their readers need RSA.
    pub algorithm: Algorithm,
}

/// How a holder's authenticator is set up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OtpSetup {
    /// `otpauth://…`, shown once as a QR code.
    pub uri: String,
}

impl Signing {
    /// Makes an institution's seal, where it has none that lasts.
    ///
    /// # Errors
    /// When there is no authority, or the database does not answer.
    pub async fn ensure_seal(&self, seal: &NewSeal) -> Result<()> {
        let owner = Owner::Seal { institution: seal.institution.clone() };
        let profile = Profile::Seal { institution: seal.name.clone(), rut: seal.rut };
        self.ensure_certificate(owner, profile, seal.algorithm, None).await
    }

    /// Makes an official's certificate and one-time codes, where they have none that last.
    ///
    /// # Errors
    /// When there is no authority, or the database does not answer.
    pub async fn ensure_holder(&self, holder: &NewHolder) -> Result<()> {
        let owner = Owner::Holder { institution: holder.institution.clone(), official: holder.official };
        let profile = profile_of(holder);
        let stored = StoredHolder {
            institution: holder.institution.clone(),
            official: holder.official,
            run: holder.run,
            name: holder.name.clone(),
            post: holder.post.clone(),
            email: holder.email.clone(),
        };
        self.ensure_certificate(owner, profile, holder.algorithm, Some(stored)).await
    }

    /// Makes the official's certificate for processes that sign by themselves.
    ///
    /// # Errors
    /// As [`Self::ensure_holder`].
    pub async fn ensure_unattended(&self, holder: &NewHolder) -> Result<()> {
        let owner = Owner::Unattended { institution: holder.institution.clone(), official: holder.official };
        self.ensure_certificate(owner, profile_of(holder), holder.algorithm, None).await
    }

    async fn ensure_certificate(
        &self,
        owner: Owner,
        profile: Profile,
        algorithm: Algorithm,
        holder: Option<StoredHolder>,
    ) -> Result<()> {
        if self.is_in_token(&owner) {
            return Ok(());
        }
        let until = self.now().plus_seconds(RENEW_S);
        if self.load(&owner, until).await?.is_some() {
            return Ok(());
        }
        let ends = self.now().plus_seconds(VALID_S);
        let (key, signer) = self.make(&owner, &profile, algorithm, ends)?;
        let seed = Secret::new(random::bytes::<SEED_BYTES>(self.0.parts.random.as_ref()));
        let sealed_seed =
            self.0.parts.master_key.seal(&seed_name(&owner), &seed, self.0.parts.random.as_ref())?;
        let (bucket, at, row) = (self.bucket(owner.institution()), self.now(), owner.clone());
        let work = Arc::new((key, holder, sealed_seed));
        let (id, subject) = (new_id(self, owner.institution(), at), subject_of(&profile));
        let made = self
            .db()
            .write(move |tx| {
                let (key, holder, seed) = &*work;
                // Another process may have made it since.
                if store::current(tx, bucket, row.institution(), &row.place(), until)?.is_some() {
                    return Ok(false);
                }
                if let Some(holder) = holder {
                    store::put_holder(tx, bucket, holder, at)?;
                    otp_store::add(tx, bucket, (&holder.institution, holder.official), seed, Some(at))?;
                }
                store::add(tx, bucket, row.institution(), &row.place(), key)?;
                if let (Some(purpose), Some(subject)) = (row.purpose(), &subject) {
                    cert_request::add_given(tx, &given(id, &row, purpose, subject, (key, at)))?;
                }
                Ok(true)
            })
            .await?;
        if made {
            self.remember(owner, Arc::new(signer));
        } else {
            self.load(&owner, until).await?;
        }
        Ok(())
    }

    /// A key in the vault, and its certificate until `ends` at most.
    pub(super) fn make(
        &self,
        owner: &Owner,
        profile: &Profile,
        algorithm: Algorithm,
        ends: Timestamp,
    ) -> Result<(StoredKey, Signer)> {
        let parts = &self.0.parts;
        let secret = SigningKey::generate(algorithm)?;
        let key = SigningKey::from_pkcs8(algorithm, &secret)?;
        let from = self.now().plus_seconds(-3600);
        let published = self.published();
        let (certificate, issuing) = self.with_authority(|authority| {
            let issuer = Issuer {
                certificate: &authority.issuing,
                key: &authority.key,
                rut: None,
                published_at: Some(&published),
            };
            let ends = while_it_counts(ends, algorithm);
            Ok((issue(&issuer, profile, &key, from, ends, parts.random.as_ref())?, authority.issuing.clone()))
        })?;
        let sealed = parts.master_key.seal(&owner.vault_name(), &secret, parts.random.as_ref())?;
        let stored = StoredKey { certificate: certificate.clone(), algorithm, sealed };
        Ok((stored, Signer::new(key, certificate, vec![issuing])?))
    }

    /// The owner's signer from the database, into memory.
    pub(super) async fn load(&self, owner: &Owner, until: Timestamp) -> Result<Option<Arc<Signer>>> {
        if self.is_in_token(owner) {
            return Ok(self.cached(owner));
        }
        let (bucket, row) = (self.bucket(owner.institution()), owner.clone());
        let stored = self
            .db()
            .read(move |conn| store::current(conn, bucket, row.institution(), &row.place(), until))
            .await?;
        let Some(stored) = stored else { return Ok(None) };
        let signer = Arc::new(self.parse(owner, stored)?);
        self.remember(owner.clone(), Arc::clone(&signer));
        Ok(Some(signer))
    }

    fn parse(&self, owner: &Owner, stored: StoredKey) -> Result<Signer> {
        let secret = self.0.parts.master_key.open(&owner.vault_name(), &stored.sealed)?;
        let key = SigningKey::from_pkcs8(stored.algorithm, &secret)?;
        let issuing = self.with_authority(|a| Ok(a.issuing.clone()))?;
        Signer::new(key, stored.certificate, vec![issuing])
    }

    pub(super) async fn load_seals(&self) -> Result<()> {
        let now = self.now();
        for (institution, stored) in self.db().read(move |conn| store::seals(conn, now)).await? {
            let owner = Owner::Seal { institution };
            let signer = self.parse(&owner, stored)?;
            self.remember(owner, Arc::new(signer));
        }
        Ok(())
    }

    /// The owner's signer, from memory or the database.
    ///
    /// # Errors
    /// A conflict, when there is no certificate in force, or the institution signs elsewhere.
    pub(super) async fn signer(&self, owner: &Owner) -> Result<Arc<Signer>> {
        if self.firmagob(owner.institution()).is_some() {
            return Err(Error::conflict(
                ELSEWHERE,
                "Esta institución firma con FirmaGob, que no ofrece esta clase de firma.",
            ));
        }
        if let Some(signer) = self.cached(owner) {
            return Ok(signer);
        }
        self.load(owner, self.now()).await?.ok_or_else(no_certificate)
    }

    /// Revokes an official's certificates for good. What they signed before this instant stays valid.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn revoke_holder(
        &self,
        institution: &str,
        official: Id,
        reason: RevocationReason,
    ) -> Result<()> {
        let owner = Owner::Holder { institution: institution.to_owned(), official };
        let unattended = Owner::Unattended { institution: institution.to_owned(), official };
        let (bucket, row, signing) = (self.bucket(institution), owner.clone(), self.clone());
        let places = [row.place(), unattended.place()];
        self.db()
            .write(move |tx| {
                let (mut revoked, at) = (0, end_of_trust(signing.now()));
                for place in &places {
                    revoked += store::revoke(tx, bucket, row.institution(), place, at, reason.number())?;
                }
                cert_request::revoke_of(tx, bucket, row.institution(), official)?;
                if revoked > 0 {
                    let act = Act::Revoked { institution: row.institution(), official: row.official(), at };
                    signing.0.parts.evidence.append(tx, &act)?;
                }
                Ok(())
            })
            .await?;
        self.forget(&owner);
        self.forget(&unattended);
        self.revocations_changed().await
    }

    /// The address that sets up a holder's authenticator. Show it once, over a fresh login.
    ///
    /// # Errors
    /// Not found, when the official is no holder.
    pub async fn otp_setup(&self, institution: &str, official: Id, account: &str) -> Result<OtpSetup> {
        let seed = self.seed(institution, official).await?;
        Ok(OtpSetup { uri: copihue_core::totp::uri(&seed, "Copihue Firma", account) })
    }

    pub(super) async fn seed(&self, institution: &str, official: Id) -> Result<Secret> {
        let (bucket, code) = (self.bucket(institution), institution.to_owned());
        let stored = self.db().read(move |conn| otp_store::get(conn, bucket, &code, official)).await?;
        let (sealed, _) = stored.ok_or_else(no_certificate)?;
        let owner = Owner::Holder { institution: institution.to_owned(), official };
        self.0.parts.master_key.open(&seed_name(&owner), &sealed)
    }
}

/// Names and post of an official's certificate.
fn subject_of(profile: &Profile) -> Option<(String, String)> {
    match profile {
        Profile::Holder { name, post, .. } => Some((name.clone(), post.clone())),
        _ => None,
    }
}

/// A certificate that the deployment gives without being asked stands among those that were asked for.
fn given(
    id: Id,
    owner: &Owner,
    purpose: Purpose,
    (name, post): &(String, String),
    (key, at): (&StoredKey, Timestamp),
) -> CertRequest {
    CertRequest {
        id,
        institution: owner.institution().to_owned(),
        official: owner.official().unwrap_or(id),
        purpose,
        months: MAX_MONTHS,
        state: RequestState::InForce,
        name: name.clone(),
        post: post.clone(),
        created_at: at,
        sent_at: None,
        due: None,
        decided_by: None,
        decided_at: None,
        reason: None,
        certification: None,
        serial: Some(key.certificate.serial()),
        not_after: Some(key.certificate.validity().1),
    }
}

fn profile_of(holder: &NewHolder) -> Profile {
    Profile::Holder {
        name: holder.name.clone(),
        run: holder.run,
        post: holder.post.clone(),
        institution: holder.institution_name.clone(),
        email: holder.email.clone(),
    }
}

pub(super) fn seed_name(owner: &Owner) -> String {
    format!("otp:{}:{}", owner.institution(), owner.place())
}

pub(super) fn no_certificate() -> Error {
    Error::conflict(
        "sin_certificado",
        "No hay un certificado de firma vigente. Pídalo al operador de su institución.",
    )
}

/// New randomness for ids.
pub(super) fn new_id(signing: &Signing, institution: &str, at: Timestamp) -> Id {
    let random: &dyn Random = signing.0.parts.random.as_ref();
    Id::new(at, signing.bucket(institution), random)
}
