//! Signing by FirmaGob's contract: who asks, for whom, with which right, and each item.

use std::net::IpAddr;
use std::sync::Arc;

use copihue_core::json::sha256;
use copihue_core::{Error, Id, Kind as ErrorKind, Result as CoreResult, Timestamp};

use super::setup::ELSEWHERE;
use super::{Format, KeyUse, Owner, Signing};
use crate::ades::{DataFile, Order, Shape};
use crate::hash::Hash;
use crate::model::application::{Application, ApplicationState};
use crate::model::bounds::OtpReuse;
use crate::model::layout;
use crate::model::level::{Level, WhenShort};
use crate::model::refusal::Refusal;
use crate::model::ticket::{Envelope, Item, Kind, Ticket};
use crate::model::token::{Claims, Purpose, Token};
use crate::signer::{NO_SUCH_HASH, SealOptions, Signer};
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

const BAD_CONTENT: Flaw = Flaw {
    code: "contenido_incorrecto",
    is_content: true,
    message: "El contenido no se puede leer. Revise que sea del tipo indicado y que esté en base64.",
};
const BAD_LAYOUT: Flaw = Flaw {
    code: "layout_incorrecto",
    is_content: true,
    message: "El layout no se puede seguir. Revise su XML, sus coordenadas y la página.",
};
const BAD_NAME: Flaw = Flaw {
    code: "nombre_de_archivo",
    is_content: true,
    message: "El nombre del archivo o su tipo no se puede usar. Por ejemplo: decreto.xml, application/xml.",
};
const SIGNED_XML: Flaw = Flaw {
    code: "xml_firmado",
    is_content: true,
    message: "El XML ya tiene una firma, y otra dentro la dañaría. Pida el formato asic-e-xades.",
};
const NO_HASH: Flaw = Flaw {
    code: NO_SUCH_HASH,
    is_content: true,
    message: "Con la clave de este certificado, un JWS no se firma con ese resumen. No pida ninguno.",
};
const BAD_CHECKSUM: Flaw = Flaw {
    code: "checksum_distinto",
    is_content: false,
    message: "El checksum no es el SHA-256 del contenido, y esta aplicación lo exige.",
};

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

/// A holder who stopped their signatures, or lost the certificate, while the items were being signed.
fn no_longer(error: Error) -> Refusal {
    match error.code() {
        "firma_detenida" | "sin_certificado" => Refusal::NoCertificate,
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
        let again = (application.bounds.otp_reuse == OtpReuse::Window).then_some(application.key.as_str());
        match self.spend_code(owner, run, code, again).await {
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

    /// Signs one item; a flaw of it is an answer, and only what fails on our side is an error.
    async fn sign_item(
        &self,
        application: &Application,
        signatory: &Signatory,
        item: &Item,
    ) -> CoreResult<Done> {
        let not = |flaw| Done { kind: item.kind, result: Err(flaw), levels: None, used: None };
        if application.strict_checksum && !item.checksum_fits() {
            return Ok(not(BAD_CHECKSUM));
        }
        let Some(content) = item.content.clone() else { return Ok(not(BAD_CONTENT)) };
        let signed = match item.kind {
            Kind::Pdf => self.sign_pdf_item(application, signatory, item, content).await,
            Kind::Json => self.sign_json_item(signatory, item, content).await,
            Kind::Xml => self.sign_xml_item(signatory, item, content).await,
            Kind::Shaped(shape) => {
                self.sign_shaped_item(application, signatory, item, (shape, content)).await
            }
            Kind::Hash | Kind::Other => self.sign_hash_item(signatory, content).await,
        };
        match signed {
            Ok((bytes, used)) => {
                Ok(Done { kind: item.kind, levels: used.levels, result: Ok(bytes), used: Some(used) })
            }
            Err(Trouble::Flaw(flaw)) => Ok(not(flaw)),
            Err(Trouble::Ours(error)) => Err(error),
        }
    }

    async fn sign_pdf_item(
        &self,
        application: &Application,
        signatory: &Signatory,
        item: &Item,
        content: Vec<u8>,
    ) -> Result<(Vec<u8>, KeyUse), Trouble> {
        let stamp = layout::parse(item.layout.as_deref().unwrap_or_default()).map_err(|_| BAD_LAYOUT)?;
        let options = SealOptions {
            sub_filter: application.sub_filter,
            level: item.level.unwrap_or(application.level),
            hash: item.hash,
            stamp,
            ..SealOptions::default()
        };
        let signer = Arc::clone(&signatory.signer);
        let (signed, used) = self.make_pdf(&signatory.owner, signer, content, options).await?;
        Ok((signed.bytes, used))
    }

    async fn sign_json_item(
        &self,
        signatory: &Signatory,
        item: &Item,
        content: Vec<u8>,
    ) -> Result<(Vec<u8>, KeyUse), Trouble> {
        if serde_json::from_slice::<serde::de::IgnoredAny>(&content).is_err() {
            return Err(BAD_CONTENT.into());
        }
        let (signer, hash, at) = (Arc::clone(&signatory.signer), item.hash, self.now());
        // The bytes as they came: a payload that is written again is another one.
        let jws = self.on_cpu(move || signer.sign_jws_bytes(&content, hash, at)).await?;
        let out = serde_json::json!({ "jws": jws }).to_string().into_bytes();
        let used =
            self.key_use(&signatory.owner, signatory.signer.certificate(), Format::Jws, sha256(&out), at);
        Ok((out, used))
    }

    async fn sign_xml_item(
        &self,
        signatory: &Signatory,
        item: &Item,
        content: Vec<u8>,
    ) -> Result<(Vec<u8>, KeyUse), Trouble> {
        let (signer, at) = (Arc::clone(&signatory.signer), self.now());
        let (references, objects) = (item.references.clone(), item.objects.clone());
        let hashes = signer.hashes(item.hash);
        let sign = move || {
            let asked = crate::xml::Asked { content: &content, references: &references, objects: &objects };
            Ok(crate::xml::sign(&signer, hashes, &asked))
        };
        let out = self.on_cpu(sign).await??;
        let used =
            self.key_use(&signatory.owner, signatory.signer.certificate(), Format::Xml, sha256(&out), at);
        Ok((out, used))
    }

    /// In a format that the contract does not know, by our own members of an item.
    async fn sign_shaped_item(
        &self,
        application: &Application,
        signatory: &Signatory,
        item: &Item,
        (shape, bytes): (Shape, Vec<u8>),
    ) -> Result<(Vec<u8>, KeyUse), Trouble> {
        let level = item.level.unwrap_or(application.level);
        let name = item.name.clone().unwrap_or_else(|| "documento".to_owned());
        let file = DataFile { name, media_type: item.media_type.clone(), bytes };
        let order = Order::new(shape, vec![file], level, WhenShort::Degrade)?.over(item.hash);
        let signer = Arc::clone(&signatory.signer);
        let (signed, used) = self.make_files(&signatory.owner, signer, order).await?;
        Ok((signed.bytes, used))
    }

    async fn sign_hash_item(
        &self,
        signatory: &Signatory,
        content: Vec<u8>,
    ) -> Result<(Vec<u8>, KeyUse), Trouble> {
        let (signer, at) = (Arc::clone(&signatory.signer), self.now());
        let hash = Hash::of_length(content.len()).ok_or(BAD_CONTENT)?;
        // Without a signing time, so that the same CMS is right under either kind of PDF signature.
        let cms = self.on_cpu(move || crate::cms::pades_over(&signer, hash, &content)).await?;
        let used = KeyUse {
            levels: Some((Level::B, Level::B)),
            ..self.key_use(&signatory.owner, signatory.signer.certificate(), Format::Cms, sha256(&cms), at)
        };
        Ok((cms, used))
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
        let work = Arc::new((application.key.clone(), owner.institution().to_owned(), kept, uses));
        let signing = self.clone();
        self.db()
            .write(move |tx| {
                let (application, institution, items, uses) = &*work;
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

/// What keeps an item from being signed.
enum Trouble {
    /// The item is at fault.
    Flaw(Flaw),
    /// We are.
    Ours(Error),
}

impl From<Flaw> for Trouble {
    fn from(flaw: Flaw) -> Self {
        Self::Flaw(flaw)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error.code() {
            "layout_incorrecto" => Self::Flaw(BAD_LAYOUT),
            "nombre_de_archivo" | "tipo_de_archivo" => Self::Flaw(BAD_NAME),
            "xml_firmado" => Self::Flaw(SIGNED_XML),
            NO_SUCH_HASH => Self::Flaw(NO_HASH),
            _ if error.kind() == ErrorKind::Invalid => Self::Flaw(BAD_CONTENT),
            _ => Self::Ours(error),
        }
    }
}

impl From<crate::xml::XmlError> for Trouble {
    fn from(error: crate::xml::XmlError) -> Self {
        match error {
            crate::xml::XmlError::Key(error) => Self::Ours(error),
            crate::xml::XmlError::Content | crate::xml::XmlError::Signed => Self::Flaw(BAD_CONTENT),
        }
    }
}

/// To what an application's secret is bound.
pub(super) fn secret_name(key: &str) -> String {
    format!("application:{key}")
}
