//! Files signed otherwise than as a PDF: what is asked, reached, logged and refused.

use copihue_core::{Kind, Timestamp};
use copihue_db::testing::{TestDb, engines};
use copihue_signing::keys::Algorithm;
use copihue_signing::{
    DataFile, Format, Level, MIGRATIONS, Mode, NewSeal, NoEvidence, Order, Shape, Shortfall, Signing, Source,
    Timestamps, WhenShort,
};

use crate::service::{CITY, actor, official, open_with, set_up, world};

fn file(name: &str, bytes: &[u8]) -> DataFile {
    DataFile { name: name.into(), media_type: "text/xml".into(), bytes: bytes.to_vec() }
}

fn order(shape: Shape, level: Level, when_short: WhenShort) -> Order {
    Order::new(shape, vec![file("a.xml", b"<a/>")], level, when_short).unwrap()
}

/// A deployment that no timestamp authority answers.
async fn unstamped(test: &TestDb) -> Signing {
    test.migrate(&[MIGRATIONS]).unwrap();
    let clock = std::sync::Arc::new(copihue_core::ManualClock::at("2026-03-02T12:00:00Z"));
    let nobody = Source::Remote("http://127.0.0.1:9/tsa".into());
    let stamps = Timestamps { sources: vec![nobody], ..Timestamps::default() };
    let evidence = std::sync::Arc::new(NoEvidence);
    let signing = open_with(&test.db(), &clock, Mode::Demo, evidence, (stamps, vec![])).await;
    set_up(&signing).await;
    signing
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_19_a_missing_timestamp_is_said_or_refused_in_every_format() {
    for test in engines() {
        let signing = unstamped(&test).await;
        for shape in Shape::ALL {
            let degraded = order(shape, Level::LTA, WhenShort::Degrade);
            let signed = signing.seal_files(CITY, degraded).await.unwrap();
            assert_eq!((signed.level_asked, signed.level_reached), (Level::LTA, Level::B), "{shape:?}");
            assert_eq!(signed.shortfall, Some(Shortfall::NoTimestamp));
            let strict = order(shape, Level::T, WhenShort::Refuse);
            let refused = signing.seal_files(CITY, strict).await.unwrap_err();
            assert_eq!((refused.kind(), refused.code()), (Kind::Unavailable, "nivel_no_alcanzado"));
            let plain = order(shape, Level::B, WhenShort::Refuse);
            assert_eq!(signing.seal_files(CITY, plain).await.unwrap().shortfall, None);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_every_signature_over_files_is_logged_with_its_levels() {
    for test in engines() {
        let world = world(&test).await;
        let mut formats = Vec::new();
        for shape in [Shape::CadesDetached, Shape::XadesEnveloped, Shape::Jades, Shape::AsicEXades] {
            let signed =
                world.signing.seal_files(CITY, order(shape, Level::LT, WhenShort::Refuse)).await.unwrap();
            let uses = world.signing.key_uses(CITY, Timestamp::from_millis(0)).await.unwrap();
            let used = uses.iter().find(|u| u.digest == signed.sha256).unwrap();
            assert_eq!(used.levels, Some((Level::LT, Level::LT)));
            formats.push(used.format);
        }
        assert_eq!(formats, [Format::Cms, Format::Xml, Format::Jws, Format::Asic]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_an_official_signs_files_with_a_code_that_counts_once() {
    for test in engines() {
        let world = world(&test).await;
        let code = world.signing.current_code(CITY, official()).await.unwrap();
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let one = || order(Shape::AsicECades, Level::B, WhenShort::Refuse);
        assert!(world.signing.sign_files_as(&actor(), wrong, one()).await.is_err());
        let signed = world.signing.sign_files_as(&actor(), &code, one()).await.unwrap();
        assert_eq!(signed.signer.name, "María Ñancupil");
        assert!(world.signing.sign_files_as(&actor(), &code, one()).await.is_err());
    }
}

#[test]
fn what_can_not_be_signed_is_refused_before_any_key_is_used() {
    let refused = |shape, files| Order::new(shape, files, Level::B, WhenShort::Refuse).unwrap_err().code();
    let two = || vec![file("a", b"1"), file("b", b"2")];
    assert_eq!(refused(Shape::AsicSCades, two()), "cantidad_de_archivos");
    assert_eq!(refused(Shape::AsicEXades, vec![]), "cantidad_de_archivos");
    assert!(Order::new(Shape::AsicEXades, two(), Level::B, WhenShort::Refuse).is_ok());
    // Which of the two a program unpacks, and which it verifies, would be anybody's choice.
    assert_eq!(refused(Shape::AsicECades, vec![file("a", b"1"), file("A", b"2")]), "nombre_de_archivo");
    assert_eq!(refused(Shape::AsicECades, vec![file("META-INF/x", b"1")]), "nombre_de_archivo");
    let odd = DataFile { media_type: "text".into(), ..file("a", b"1") };
    assert_eq!(refused(Shape::AsicECades, vec![odd]), "tipo_de_archivo");
    assert_eq!(refused(Shape::XadesEnveloped, vec![file("a", b"<a>")]), "xml_incorrecto");
    let entity = b"<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>";
    assert_eq!(refused(Shape::XadesEnveloped, vec![file("a", entity)]), "xml_incorrecto");
    let signed = b"<a><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/></a>";
    assert_eq!(refused(Shape::XadesEnveloped, vec![file("a", signed)]), "xml_firmado");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_of_each_algorithm_is_read_again_after_a_restart() {
    for test in engines() {
        let world = world(&test).await;
        for algorithm in Algorithm::DOCUMENTS {
            let institution = format!("{CITY}-{}", algorithm.code());
            let seal = NewSeal { institution, name: "Municipio".into(), rut: None, algorithm };
            world.signing.ensure_seal(&seal).await.unwrap();
        }
        let none = (Timestamps::default(), vec![]);
        let again =
            open_with(&test.db(), &world.clock, Mode::Demo, std::sync::Arc::new(NoEvidence), none).await;
        for algorithm in Algorithm::DOCUMENTS {
            let one = order(Shape::Jades, Level::B, WhenShort::Refuse);
            let institution = format!("{CITY}-{}", algorithm.code());
            let signed = again.seal_files(&institution, one).await.unwrap();
            let text = String::from_utf8(signed.bytes).unwrap();
            let verdict = copihue_signing::verify::verify_jws(&text, &again.trust(), signed.signed_at);
            assert_eq!(verdict.problem, None, "{algorithm:?}");
        }
    }
}
