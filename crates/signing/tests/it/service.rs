//! The service over both engines.

use std::sync::{Arc, Mutex};

use copihue_core::{
    Acr, Actor, Bucket, BucketKey, Hat, Id, Kind, ManualClock, PersonRef, SystemRandom, Timestamp,
    VerificationCode,
};
use copihue_db::testing::{TestDb, engines};
use copihue_db::{Db, Tx, statements};
use copihue_signing::keys::Algorithm;
use copihue_signing::pki::RevocationReason;
use copihue_signing::vault::MasterKey;
use copihue_signing::verify::{Anchor, Outcome, SubIndication, verify_pdf};
use copihue_signing::{
    Act, DocumentState, Evidence, Format, IssuedDocument, Level, MIGRATIONS, Mode, NewHolder, NewSeal,
    NoEvidence, Parts, SealOptions, Show, Signing, Timestamps,
};
use serde_json::json;

use crate::support::{classic_pdf, stream_pdf};

pub(crate) const CITY: &str = "PE-MUN-00345";

pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) signing: Signing,
    pub(crate) db: Db,
}

pub(crate) fn official() -> Id {
    Id::new(Timestamp::from_millis(1), Bucket::new(7), &copihue_core::SeededRandom::new(1))
}

pub(crate) fn actor() -> Actor {
    let run = "11.111.111-1".parse().unwrap();
    let person = PersonRef { id: official(), run, name: "María Ñancupil".into() };
    let hat = Hat {
        institution: CITY.into(),
        official: official(),
        unit: "TRANSITO".into(),
        post: "Directora de Tránsito".into(),
        roles: vec![],
    };
    Actor {
        subject: copihue_core::Subject::Person(person),
        hat: Some(hat),
        acr: Acr::Substantial,
        trace: "t".into(),
    }
}

pub(crate) async fn open(
    db: &Db,
    clock: &Arc<ManualClock>,
    mode: Mode,
    evidence: Arc<dyn Evidence>,
) -> Signing {
    open_with(db, clock, mode, evidence, (Timestamps::default(), vec![])).await
}

pub(crate) async fn open_with(
    db: &Db,
    clock: &Arc<ManualClock>,
    mode: Mode,
    evidence: Arc<dyn Evidence>,
    (timestamps, anchors): (Timestamps, Vec<Anchor>),
) -> Signing {
    Signing::open(Parts { timestamps, anchors, ..parts(db, clock, mode, evidence) }).await.unwrap()
}

pub(crate) fn parts(db: &Db, clock: &Arc<ManualClock>, mode: Mode, evidence: Arc<dyn Evidence>) -> Parts {
    Parts {
        db: db.clone(),
        clock: Arc::clone(clock) as Arc<dyn copihue_core::Clock>,
        random: Arc::new(SystemRandom),
        buckets: BucketKey::new(&[3; 32]),
        master_key: MasterKey::new([9; 32]),
        evidence,
        base_url: "http://127.0.0.1:8080".into(),
        anchors: vec![],
        timestamps: Timestamps::default(),
        mode,
    }
}

pub(crate) async fn world(test: &TestDb) -> World {
    test.migrate(&[MIGRATIONS]).unwrap();
    let clock = Arc::new(ManualClock::at("2026-03-02T12:00:00Z"));
    let signing = open(&test.db(), &clock, Mode::Demo, Arc::new(NoEvidence)).await;
    set_up(&signing).await;
    World { clock, signing, db: test.db() }
}

pub(crate) async fn set_up(signing: &Signing) {
    signing.ensure_authority().await.unwrap();
    let name = "Municipalidad de Puente Alto".to_owned();
    let seal =
        NewSeal { institution: CITY.into(), name: name.clone(), rut: None, algorithm: Algorithm::P256 };
    signing.ensure_seal(&seal).await.unwrap();
    let holder = NewHolder {
        institution: CITY.into(),
        institution_name: name,
        official: official(),
        run: "11.111.111-1".parse().unwrap(),
        name: "María Ñancupil".into(),
        post: "Directora de Tránsito".into(),
        email: None,
        algorithm: Algorithm::P256,
    };
    signing.ensure_holder(&holder).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_that_starts_again_goes_on_with_the_same_keys() {
    for test in engines() {
        let world = world(&test).await;
        let root = world.signing.root().unwrap();
        let sealed = world.signing.seal_pdf(CITY, classic_pdf(), SealOptions::default()).await.unwrap();
        let again = open(&world.db, &world.clock, Mode::Demo, Arc::new(NoEvidence)).await;
        set_up(&again).await;
        assert!(again.root().unwrap() == root);
        assert!(verify_pdf(&sealed.bytes, &again.trust(), sealed.signed_at).is_genuine());
        let other = again.seal_pdf(CITY, stream_pdf(), SealOptions::default()).await.unwrap();
        let serial = |bytes: &[u8]| {
            verify_pdf(bytes, &again.trust(), sealed.signed_at).signatures[0].signer.clone().unwrap().serial
        };
        assert_eq!(serial(&sealed.bytes), serial(&other.bytes));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_every_use_of_a_key_is_logged() {
    for test in engines() {
        let World { signing, db, clock } = world(&test).await;
        let from = copihue_core::Clock::now(&*clock);
        let sealed = signing.seal_pdf(CITY, classic_pdf(), SealOptions::because("prueba")).await.unwrap();
        let code = signing.current_code(CITY, official()).await.unwrap();
        let signed =
            signing.sign_pdf_as(&actor(), &code, classic_pdf(), SealOptions::default()).await.unwrap();
        assert_eq!(signed.level_reached, signed.level_asked);
        assert_eq!(signed.shortfall, None);
        let inside = signing.clone();
        db.write(move |tx| inside.seal_jws_in(tx, CITY, &json!({"a": 1}))).await.unwrap();
        let uses = signing.key_uses(CITY, from).await.unwrap();
        let mut seen: Vec<_> = uses.iter().map(|u| (u.format, u.official)).collect();
        seen.sort_by_key(|(format, official)| (format.code(), official.is_none()));
        assert_eq!(seen, [(Format::Jws, None), (Format::Pdf, Some(official())), (Format::Pdf, None)]);
        assert!(uses.iter().any(|u| u.digest == sealed.sha256));
        let writer = signing.start().unwrap();
        signing.seal_jws(CITY, &json!({"b": 2})).unwrap();
        for _ in 0..200 {
            if signing.key_uses(CITY, from).await.unwrap().len() == 4 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(signing.key_uses(CITY, from).await.unwrap().len(), 4);
        writer.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_a_code_signs_once_and_wrong_ones_pause() {
    for test in engines() {
        let World { signing, clock, .. } = world(&test).await;
        let sign = async |code: &str| {
            signing.sign_pdf_as(&actor(), code, classic_pdf(), SealOptions::default()).await
        };
        let code = signing.current_code(CITY, official()).await.unwrap();
        // A file that can't be signed costs no code.
        let bad =
            signing.sign_pdf_as(&actor(), &code, b"MZ".to_vec(), SealOptions::default()).await.unwrap_err();
        assert_eq!(bad.code(), "pdf_no_es_pdf");
        let signed = sign(&code).await.unwrap();
        assert_eq!(signed.signer.post.as_deref(), Some("Directora de Tránsito"));
        assert_eq!(sign(&code).await.unwrap_err().code(), "codigo_incorrecto");
        for _ in 0..4 {
            assert_eq!(sign("abc").await.unwrap_err().code(), "codigo_incorrecto");
        }
        clock.advance_millis(60_000);
        let next = signing.current_code(CITY, official()).await.unwrap();
        assert_eq!(sign(&next).await.unwrap_err().kind(), Kind::RateLimited);
        clock.advance_millis(15 * 60_000);
        let next = signing.current_code(CITY, official()).await.unwrap();
        assert!(sign(&next).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_the_same_code_at_the_same_instant_signs_once() {
    for test in engines() {
        let World { signing, .. } = world(&test).await;
        let code = signing.current_code(CITY, official()).await.unwrap();
        let tries = (0..8).map(|_| {
            let (signing, code) = (signing.clone(), code.clone());
            tokio::spawn(async move {
                signing.sign_pdf_as(&actor(), &code, classic_pdf(), SealOptions::default()).await.is_ok()
            })
        });
        let mut done = 0;
        for one in tries.collect::<Vec<_>>() {
            done += u32::from(one.await.unwrap());
        }
        assert_eq!(done, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_the_holder_does_not_sign() {
    for test in engines() {
        let World { signing, .. } = world(&test).await;
        let code = signing.current_code(CITY, official()).await.unwrap();
        let sign = async |actor: &Actor| {
            signing.sign_pdf_as(actor, &code, classic_pdf(), SealOptions::default()).await.unwrap_err().code()
        };
        let mut bare = actor();
        bare.hat = None;
        assert_eq!(sign(&bare).await, "sin_permiso");
        let mut elsewhere = actor();
        elsewhere.hat.as_mut().unwrap().institution = "PE-MUN-00001".into();
        assert_eq!(sign(&elsewhere).await, "sin_certificado");
        // The official's id with another person's login.
        let mut other = actor();
        let person = PersonRef { run: "22.222.222-2".parse().unwrap(), ..actor().person().unwrap().clone() };
        other.subject = copihue_core::Subject::Person(person);
        assert_eq!(sign(&other).await, "sin_certificado");
        assert_eq!(sign(&Actor::job("x")).await, "sin_permiso");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_shown_only_in_a_demonstration() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let World { db, clock, .. } = world(&test).await;
    let live = open(&db, &clock, Mode::Live, Arc::new(NoEvidence)).await;
    assert_eq!(live.current_code(CITY, official()).await.unwrap_err().kind(), Kind::Forbidden);
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_04_revoking_stops_signing_and_keeps_what_was_signed() {
    for test in engines() {
        let World { signing, clock, .. } = world(&test).await;
        let code = signing.current_code(CITY, official()).await.unwrap();
        let bare = SealOptions { level: Level::B, ..SealOptions::default() };
        let signed = signing.sign_pdf_as(&actor(), &code, classic_pdf(), bare).await.unwrap();
        clock.advance_millis(120_000);
        let code = signing.current_code(CITY, official()).await.unwrap();
        let stamped =
            signing.sign_pdf_as(&actor(), &code, classic_pdf(), SealOptions::default()).await.unwrap();
        clock.advance_millis(120_000);
        signing.revoke_holder(CITY, official(), RevocationReason::KeyCompromise).await.unwrap();
        let code = signing.current_code(CITY, official()).await.unwrap();
        let refused =
            signing.sign_pdf_as(&actor(), &code, classic_pdf(), SealOptions::default()).await.unwrap_err();
        assert_eq!(refused.code(), "sin_certificado");
        // It counts from the first second in which nothing was signed before.
        let later = copihue_core::Clock::now(&*clock).plus_seconds(1);
        let verdict = verify_pdf(&signed.bytes, &signing.trust(), later);
        assert_eq!(verdict.signatures[0].sub_indication, Some(SubIndication::RevokedNoPoe));
        // The timestamp proves that it was signed before; without one, the register does.
        assert!(verify_pdf(&stamped.bytes, &signing.trust(), later).is_genuine());
        assert!(verify_pdf(&signed.bytes, &signing.trust(), signed.signed_at).is_genuine());
    }
}

pub(crate) fn issued(code: VerificationCode, sha256: [u8; 32], at: Timestamp) -> IssuedDocument {
    IssuedDocument {
        code,
        sha256,
        institution: CITY.into(),
        institution_name: "Municipalidad de Puente Alto".into(),
        title: "Permiso de circulación 2026".into(),
        kind: "Permiso".into(),
        case: Some("EXP-2026-1".into()),
        signers: vec![],
        issued_at: at,
        show: Show::Document,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exp_17_a_registered_document_keeps_its_state() {
    for test in engines() {
        let World { signing, db, clock } = world(&test).await;
        let code: VerificationCode = "RTZZ-AERD-F9JG-66PK".parse().unwrap();
        let sealed = signing.seal_pdf(CITY, classic_pdf(), SealOptions::default()).await.unwrap();
        let document = issued(code, sealed.sha256, sealed.signed_at);
        let (inside, row) = (signing.clone(), document.clone());
        db.write(move |tx| inside.register_document(tx, &row)).await.unwrap();
        let found = signing.document(code).await.unwrap().unwrap();
        assert_eq!(found.issued, document);
        assert_eq!(found.state, DocumentState::InForce);
        // Years later the certificate has ended, and the register still proves the date.
        clock.advance_millis(5 * 365 * 86_400_000);
        let checked =
            signing.check_files(vec![("a.pdf".to_owned(), sealed.bytes.clone().into())]).await.unwrap();
        assert!(checked.is_same_file());
        assert_eq!(checked.verdict.outcome, Outcome::Genuine);
        let set = async |state| {
            let inside = signing.clone();
            db.write(move |tx| inside.set_document_state(tx, code, state, "Resolución 12", None)).await
        };
        set(DocumentState::Void).await.unwrap();
        assert_eq!(set(DocumentState::InForce).await.unwrap_err().code(), "estado_documento");
        set(DocumentState::Disposed).await.unwrap();
        assert_eq!(signing.document(code).await.unwrap().unwrap().reason.as_deref(), Some("Resolución 12"));
    }
}

#[derive(Default)]
struct Refusing(Mutex<bool>);

impl Evidence for Refusing {
    fn append(&self, _: &mut Tx<'_>, _: &Act<'_>) -> copihue_core::Result<()> {
        let refuses = *self.0.lock().unwrap();
        if refuses { Err(copihue_core::Error::internal("ledger")) } else { Ok(()) }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_no_signature_without_evidence() {
    for test in engines() {
        let World { db, clock, .. } = world(&test).await;
        let ledger = Arc::new(Refusing::default());
        let signing = open(&db, &clock, Mode::Demo, Arc::clone(&ledger) as Arc<dyn Evidence>).await;
        *ledger.0.lock().unwrap() = true;
        let refused = signing.seal_pdf(CITY, classic_pdf(), SealOptions::default()).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Internal);
        let from = copihue_core::Clock::now(&*clock);
        assert!(signing.key_uses(CITY, from).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_is_understood_by_both_engines() {
    for test in engines() {
        test.migrate(&[MIGRATIONS]).unwrap();
        test.read(|conn| {
            statements().filter(|s| s.to_string().contains("signing/src/")).try_for_each(|s| conn.prepare(s))
        })
        .await
        .unwrap();
    }
}
