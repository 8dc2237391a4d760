//! JSON and XML, which FirmaGob gets whole.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use copihue_core::json::sha256;
use copihue_core::{Actor, Result, Timestamp};

use super::{Asked, Wanted, alarm, is_by};
use crate::app::{Format, Owner, Signing, XmlFile};
use crate::firmagob::{FirmaGob, Items, Signatory};
use crate::model::answer::Trouble;
use crate::pki::Certificate;
use crate::verify::{Indication, signed_as_asked, verify_jws};

/// What came, judged: what is given out, and by whom it is signed.
type Judged<T> = std::result::Result<(T, Certificate), Trouble>;

impl Signing {
    /// JSON sealed by FirmaGob: a compact JWS over exactly these bytes.
    pub(in crate::app) async fn seal_json_there(&self, engine: &FirmaGob, json: &[u8]) -> Result<String> {
        let (owner, who) = seal_of(engine);
        let wanted = Wanted { engine, owner: &owner, who, name: &engine.settings.name };
        let now = self.now();
        let judge = |item| checked_jws(&wanted, json, item, now);
        let given = self.ask_for_file(&wanted, (&Items::Json(json), sha256(json)), judge).await?;
        self.keep_file(&wanted, given, (Format::Jws, now)).await
    }

    /// XML sealed by FirmaGob.
    pub(in crate::app) async fn seal_xml_there(&self, engine: &FirmaGob, file: &XmlFile) -> Result<Vec<u8>> {
        let (owner, who) = seal_of(engine);
        self.sign_xml_there(&Wanted { engine, owner: &owner, who, name: &engine.settings.name }, file).await
    }

    /// XML signed by the official by whose hat the person acts. FirmaGob judges the code.
    pub(in crate::app) async fn sign_xml_as_there(
        &self,
        engine: &FirmaGob,
        (actor, otp): (&Actor, &str),
        file: &XmlFile,
    ) -> Result<Vec<u8>> {
        let (owner, run, name) = self.official_there(actor).await?;
        let who = Signatory { run, otp: Some(otp) };
        self.sign_xml_there(&Wanted { engine, owner: &owner, who, name: &name }, file).await
    }

    async fn sign_xml_there(&self, wanted: &Wanted<'_>, file: &XmlFile) -> Result<Vec<u8>> {
        let now = self.now();
        let judge = |item: Option<Vec<u8>>| {
            let item = item.ok_or(Trouble::Content)?;
            let signer = signed_as_asked(&item, &file.asked(), &wanted.engine.trust, now);
            let signer = signer.ok_or(Trouble::Wrong)?;
            is_by(&signer, wanted.who.run)?;
            Ok((item, signer))
        };
        let items = Items::Xml(file.asked());
        let given = self.ask_for_file(wanted, (&items, sha256(&file.content)), judge).await?;
        self.keep_file(wanted, given, (Format::Xml, now)).await
    }

    /// Asks for the signature of one file, and judges what comes.
    async fn ask_for_file<T>(
        &self,
        wanted: &Wanted<'_>,
        (items, digest): (&Items<'_>, [u8; 32]),
        judge: impl FnOnce(Option<Vec<u8>>) -> Judged<T>,
    ) -> Result<(T, Certificate, Asked)> {
        let asked = self.ask(wanted, items, &[digest.to_vec()]).await;
        let answered = asked.map_err(|trouble| alarm(wanted, trouble))?.pop();
        let (item, asked) = answered.ok_or_else(|| alarm(wanted, Trouble::Wrong))?;
        let (file, certificate) = self.or_alarm(wanted, &asked, judge(item)).await?;
        Ok((file, certificate, asked))
    }

    /// On disk before it leaves.
    async fn keep_file<T: AsRef<[u8]>>(
        &self,
        wanted: &Wanted<'_>,
        (file, certificate, asked): (T, Certificate, Asked),
        (format, at): (Format, Timestamp),
    ) -> Result<T> {
        let asked = Asked { certificate: Some(certificate.der().to_vec()), ..asked };
        let used = self.key_use(wanted.owner, &certificate, format, sha256(file.as_ref()), at);
        self.keep_there(vec![asked], Some(used)).await?;
        Ok(file)
    }
}

/// Whose certificate is an institution's seal there.
fn seal_of(engine: &FirmaGob) -> (Owner, Signatory<'_>) {
    let owner = Owner::Seal { institution: engine.settings.institution.clone() };
    (owner, Signatory { run: engine.settings.seal, otp: None })
}

/// `{"jws":"…"}` over the bytes that were sent, by whom it should be.
fn checked_jws(wanted: &Wanted<'_>, json: &[u8], item: Option<Vec<u8>>, now: Timestamp) -> Judged<String> {
    let item = item.ok_or(Trouble::Content)?;
    let value: serde_json::Value = serde_json::from_slice(&item).map_err(|_| Trouble::Wrong)?;
    let jws = value["jws"].as_str().ok_or(Trouble::Wrong)?;
    let certificate = first_certificate(jws).ok_or(Trouble::Wrong)?;
    is_by(&certificate, wanted.who.run)?;
    let verdict = verify_jws(jws, &wanted.engine.trust, now);
    let is_ours = verdict.payload == json && verdict.indication() == Indication::TotalPassed;
    if is_ours { Ok((jws.to_owned(), certificate)) } else { Err(Trouble::Wrong) }
}

/// The first one of `x5c`.
fn first_certificate(jws: &str) -> Option<Certificate> {
    let header = URL_SAFE_NO_PAD.decode(jws.split('.').next()?).ok()?;
    let header: serde_json::Value = serde_json::from_slice(&header).ok()?;
    Certificate::from_der(&STANDARD.decode(header["x5c"][0].as_str()?).ok()?).ok()
}
