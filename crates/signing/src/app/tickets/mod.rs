//! Signing by FirmaGob's contract: who asks, for whom, with which right, and each item.

mod item;

use std::net::IpAddr;
use std::sync::Arc;

use copihue_core::json::sha256;
use copihue_core::{Error, Id, Kind as ErrorKind, Result as CoreResult, Timestamp};

use super::otp::Presenter;
use super::setup::ELSEWHERE;
use super::{KeyUse, Owner, Signing};
use crate::model::application::{Application, ApplicationState};
use crate::model::level::Level;
use crate::model::refusal::Refusal;
use crate::model::ticket::{Envelope, Kind, Ticket};
use crate::model::token::{Claims, Purpose, Token};
use crate::signer::Signer;
use crate::store::application as store;

/// What is answered to a request.
pub(crate) struct Answered {
    pub(crate) id: i64,
    pub(crate) items: Vec<Done>,
}

/// An item, signed or not.
pub(crate) struct Done {
    pub(crate) kind: Kind,
    pub(crate) result: Result<Vec<u8>, Flaw>,
    pub(crate) levels: Option<(Level, Level)>,
    used: Option<KeyUse>,
}

/// Why an item was not signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Flaw {
    pub(crate) code: &'static str,
    /// Whether the item itself is at fault: then a request with no other item fails as a whole.
    is_content: bool,
    pub(crate) message: &'static str,
}

/// Who signs, and by what right.
struct Signatory {
    owner: Owner,
    signer: Arc<Signer>,
}

/// Items of one request: all are signed in one transaction, which others wait behind.
const MAX_ITEMS: usize = 100;

/// What stands in the way on our side is told as such, and noted for us.
fn internal(error: Error) -> Refusal {
    tracing::error!(%error, "a request by contract failed");
    Refusal::Internal
}

/// Who stopped their signatures, lost the certificate or took their permission back while the items were being signed.
fn no_longer(error: Error) -> Refusal {
    match error.code() {
        "firma_detenida" | "sin_certificado" => Refusal::NoCertificate,
        "aplicacion_suspendida" => Refusal::Suspended,
        "sin_permiso_del_titular" => Refusal::NotEnabled,
        _ => internal(error),
    }
}

impl Signing {
    /// Answers a request. Its signatures, its items and itself are on disk together before the answer leaves.
    pub(crate) async fn sign_ticket(
        &self,
        body: Vec<u8>,
        otp: Option<&str>,
        peer: IpAddr,
    ) -> Result<(Ticket, Answered), Refusal> {
        let received = self.now();
        let (application, claims) = self.authenticate(Envelope::parse(&body)?, peer).await?;
        let ticket = self.on_cpu(move || Ok(Ticket::parse(&body))).await.map_err(internal)??;
        if ticket.items().next().is_none() {
            return Err(Refusal::NoFiles);
        }
        if ticket.items().nth(MAX_ITEMS).is_some() {
            return Err(Refusal::TooLarge);
        }
        if ticket.items().any(|i| i.kind == Kind::Other) {
            return Err(Refusal::ContentType);
        }
        if application.state == ApplicationState::Suspended {
            return Err(Refusal::Suspended);
        }
        if ticket.items().any(|i| !application.bounds.signs(i.kind)) {
            return Err(Refusal::NotAllowed);
        }
        let signatory = self.signatory(&application, &claims, otp).await?;
        let mut items = Vec::new();
        for item in ticket.items() {
            items.push(self.sign_item(&application, &signatory, item).await.map_err(internal)?);
        }
        if let [Done { result: Err(flaw), .. }] = &items[..]
            && flaw.is_content
        {
            return Err(Refusal::BadLayout);
        }
        let kept = self.keep(&application, &signatory.owner, &ticket, &items, received).await;
        let id = kept.map_err(no_longer)?;
        Ok((ticket, Answered { id, items }))
    }

    /// Whether it asks from where it may, and not too often. Only after its token was found good: nobody else can use up what
    /// is another's.
    fn check_sender(&self, application: &Application, peer: IpAddr) -> Result<(), Refusal> {
        if !application.bounds.admits(peer) {
            return Err(Refusal::NotAllowed);
        }
        match application.bounds.per_minute {
            Some(most) if !self.0.rates.take(&application.key, most, self.now()) => {
                Err(Refusal::TooManyRequests)
            }
            _ => Ok(()),
        }
    }

    /// The application, and what its token claims.
    pub(super) async fn authenticate(
        &self,
        sender: Envelope,
        peer: IpAddr,
    ) -> Result<(Application, Claims), Refusal> {
        let Envelope { token, application: key } = sender;
        let found = self.db().read(move |conn| store::get(conn, &key)).await.map_err(internal)?;
        let (application, sealed) = found.ok_or(Refusal::UnknownApplication)?;
        let token = Token::parse(&token)?;
        let name = secret_name(&application.key);
        let open = |sealed| self.0.parts.master_key.open(&name, sealed);
        let secrets = sealed.iter().map(open).collect::<CoreResult<Vec<_>>>().map_err(internal)?;
        let claims = token.check(&secrets, application.zone, self.now())?;
        self.check_sender(&application, peer)?;
        Ok((application, claims))
    }

    async fn signatory(
        &self,
        application: &Application,
        claims: &Claims,
        otp: Option<&str>,
    ) -> Result<Signatory, Refusal> {
        let purpose = Purpose::from_claim(&claims.purpose).ok_or(Refusal::EntityOrPurpose)?;
        let (institution, official, run) = self.whom(application, claims, purpose).await?;
        let owner = match purpose {
            Purpose::Attended => Owner::Holder { institution, official },
            Purpose::Unattended => Owner::Unattended { institution, official },
        };
        let signer = self.signer_in_force(&owner, &claims.run).await?;
        match purpose {
            Purpose::Unattended => self.check_permission(&owner, official, application).await?,
            Purpose::Attended => self.check_otp(&owner, run, application, otp).await?,
        }
        Ok(Signatory { owner, signer })
    }

    /// The institution, the official and the RUN that a token is for.
    pub(super) async fn whom(
        &self,
        application: &Application,
        claims: &Claims,
        purpose: Purpose,
    ) -> Result<(String, Id, copihue_core::Run), Refusal> {
        if !application.bounds.serves(purpose) {
            return Err(Refusal::NotAllowed);
        }
        let (entity, run) = (claims.entity.clone(), claims.signer().ok_or(Refusal::UnknownSigner)?);
        let bounds = application.bounds.clone();
        let found = self
            .db()
            .read(move |conn| {
                let named = store::entity(conn, &entity)?;
                let Some(institution) = named.and_then(|code| bounds.signers_of(&code)) else {
                    return Ok(None);
                };
                let official = store::holder(conn, &institution, run)?;
                Ok(Some((institution, official)))
            })
            .await
            .map_err(internal)?;
        let (institution, official) = found.ok_or(Refusal::EntityOrPurpose)?;
        let official = official.filter(|official| self.is_member(&institution, *official));
        Ok((institution, official.ok_or(Refusal::UnknownSigner)?, run))
    }

    async fn signer_in_force(&self, owner: &Owner, run: &str) -> Result<Arc<Signer>, Refusal> {
        match self.signer(owner).await {
            Ok(signer) => Ok(signer),
            Err(error) if error.code() == "sin_certificado" => {
                Err(if self.had_certificate(owner).await.map_err(internal)? {
                    Refusal::CertificateExpired { run: run.to_owned() }
                } else {
                    Refusal::NoCertificate
                })
            }
            // It signs elsewhere: no key of it is here.
            Err(error) if error.code() == ELSEWHERE => Err(Refusal::VaultUnreachable),
            Err(error) => Err(internal(error)),
        }
    }

    /// Whether the owner had a certificate that was not revoked, and so has ended.
    async fn had_certificate(&self, owner: &Owner) -> CoreResult<bool> {
        let (bucket, owner) = (self.bucket(owner.institution()), owner.clone());
        let epoch = Timestamp::from_millis(0);
        let stored = self.db().read(move |conn| {
            crate::store::certificate::current(conn, bucket, owner.institution(), &owner.place(), epoch)
        });
        Ok(stored.await?.is_some())
    }

    pub(super) async fn check_permission(
        &self,
        owner: &Owner,
        official: Id,
        application: &Application,
    ) -> Result<(), Refusal> {
        // A test signer is nobody: there is nobody to ask.
        if application.bounds.is_test() {
            return Ok(());
        }
        let (bucket, institution) = (self.bucket(owner.institution()), owner.institution().to_owned());
        let key = application.key.clone();
        let permitted = self
            .db()
            .read(move |conn| store::is_permitted(conn, bucket, &institution, official, &key))
            .await
            .map_err(internal)?;
        if permitted { Ok(()) } else { Err(Refusal::NotEnabled) }
    }

    async fn check_otp(
        &self,
        owner: &Owner,
        run: copihue_core::Run,
        application: &Application,
        otp: Option<&str>,
    ) -> Result<(), Refusal> {
        let code = otp.map(str::trim).filter(|c| !c.is_empty()).ok_or(Refusal::OtpMissing)?;
        if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Refusal::OtpShape);
        }
        let presenter =
            Presenter::Application { key: application.key.clone(), again: application.bounds.otp_reuse };
        match self.spend_code(owner, run, code, presenter).await {
            Ok(_) => Ok(()),
            Err(error) => Err(match error.kind() {
                _ if error.code() == "segundo_factor_sin_activar" => Refusal::OtpWrong,
                _ if error.code() == "firma_detenida" => Refusal::NoCertificate,
                ErrorKind::Invalid => Refusal::OtpWrong,
                ErrorKind::RateLimited | ErrorKind::Forbidden => Refusal::OtpTooMany,
                _ => internal(error),
            }),
        }
    }

    async fn keep(
        &self,
        application: &Application,
        owner: &Owner,
        ticket: &Ticket,
        items: &[Done],
        received_at: Timestamp,
    ) -> CoreResult<i64> {
        let official =
            owner.official().ok_or_else(|| Error::internal("a signer by contract who is nobody"))?;
        let kept: Vec<store::Item> =
            ticket.items().zip(items).map(|(item, done)| done.kept(item.sha256())).collect();
        let by = |used: &KeyUse| KeyUse { application: Some(application.key.clone()), ..used.clone() };
        let uses: Vec<KeyUse> = items.iter().filter_map(|d| d.used.as_ref().map(by)).collect();
        let owner = owner.clone();
        let work = Arc::new((application.key.clone(), owner.institution().to_owned(), kept, uses));
        let signing = self.clone();
        self.db()
            .write(move |tx| {
                let (application, institution, items, uses) = &*work;
                signing.admit_application(tx, application, &owner)?;
                uses.iter().try_for_each(|used| signing.log(tx, used))?;
                store::add_request(
                    tx,
                    &store::Request { application, institution, official, received_at, items },
                )
            })
            .await
    }

    /// How many items of a request were signed, and how many were not; `None` when there was no such request.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn request_counts(&self, id: i64) -> CoreResult<Option<(i64, i64)>> {
        self.db().read(move |conn| store::counts(conn, id)).await
    }
}

impl Done {
    fn kept(&self, sha256_in: [u8; 32]) -> store::Item {
        store::Item {
            kind: self.kind.code(),
            sha256_in,
            sha256_out: self.result.as_ref().ok().map(|bytes| sha256(bytes)),
            levels: self.levels,
            error: self.result.as_ref().err().map(|flaw| flaw.code),
        }
    }
}

/// To what an application's secret is bound.
pub(super) fn secret_name(key: &str) -> String {
    format!("application:{key}")
}
