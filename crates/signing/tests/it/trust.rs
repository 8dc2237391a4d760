//! Whom to trust: for what, in which years, and by whose list.

use copihue_core::json::sha256;
use copihue_core::{SystemRandom, Timestamp};
use copihue_signing::keys::Algorithm;
use copihue_signing::pki::Certificate;
use copihue_signing::verify::{
    Anchor, AnchorKind, Given, ListError, Outcome, SubIndication, TrustStore, TrustedFor, read_trust_list,
    verify, verify_pdf,
};
use copihue_signing::{DataFile, Level, Order, Shape, WhenShort};

use crate::evidence_record::DAY;
use crate::longterm::place;
use crate::service::CITY;
use crate::support::{Authority, classic_pdf, now, options};

fn trusting(anchor: Anchor) -> TrustStore {
    let mut trust = TrustStore::new();
    trust.add(anchor);
    trust
}

#[test]
fn sig_02_an_authority_counts_for_its_purpose_and_in_its_years() {
    let authority = Authority::new(Algorithm::P256);
    let signed = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    let anchor: Anchor = (authority.root.clone(), AnchorKind::State).into();
    let judge = |anchor: &Anchor| {
        let verdict = verify_pdf(&signed, &trusting(anchor.clone()), now().plus_seconds(DAY));
        (verdict.outcome, verdict.signatures[0].sub_indication)
    };
    assert_eq!(judge(&anchor), (Outcome::Genuine, None));
    let stamping = Anchor { trusted_for: TrustedFor::Stamping, ..anchor.clone() };
    assert_eq!(judge(&stamping).1, Some(SubIndication::NoCertificateChainFound));
    let later = Anchor { from: Some(now().plus_seconds(60)), ..anchor.clone() };
    assert_eq!(judge(&later).1, Some(SubIndication::NoCertificateChainFound));
    let ended = Anchor { until: Some(now().plus_seconds(60)), ..anchor.clone() };
    assert_eq!(judge(&ended).1, Some(SubIndication::NoCertificateChainFoundNoPoe));
    let (one, two) = (trusting(anchor.clone()), trusting(ended));
    assert_ne!(one.version(), two.version());
    // A timestamp by an authority that is trusted for signatures alone proves nothing.
    let stamps = authority.stamps(now().plus_seconds(-DAY), now().plus_seconds(300 * DAY));
    let token = stamps.stamp(&sha256(b"x"), now(), &SystemRandom).unwrap().unwrap();
    let signing = trusting(Anchor { trusted_for: TrustedFor::Signing, ..anchor });
    let files = [Given { name: "x", bytes: b"x" }, Given { name: "x.tst", bytes: &token }];
    assert_ne!(verify(&files, &signing, now()).outcome, Outcome::Dated);
}

/// A list with one authority, whose service was granted and is withdrawn since `withdrawn`.
fn list(authority: &Certificate, next: Timestamp, withdrawn: Option<Timestamp>) -> String {
    let certificate: String = authority.to_pem().lines().filter(|l| !l.starts_with("-----")).collect();
    let status = |name: &str, at: Timestamp| {
        format!(
            "<ServiceStatus>http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/{name}</ServiceStatus>\
             <StatusStartingTime>{at}</StatusStartingTime>"
        )
    };
    let start = now().plus_seconds(-30 * DAY);
    let (current, history) = match withdrawn {
        None => (status("granted", start), String::new()),
        Some(at) => (
            status("withdrawn", at),
            format!(
                "<ServiceHistory><ServiceHistoryInstance><ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/CA/QC\
                 </ServiceTypeIdentifier>{}</ServiceHistoryInstance></ServiceHistory>",
                status("granted", start)
            ),
        ),
    };
    format!(
        "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\" Id=\"lista\"><SchemeInformation><NextUpdate><dateTime>{next}\
         </dateTime></NextUpdate></SchemeInformation><TrustServiceProviderList><TrustServiceProvider><TSPInformation><TSPName>\
         <Name xml:lang=\"en\">Provider</Name><Name xml:lang=\"es\">Prestador</Name></TSPName></TSPInformation><TSPServices>\
         <TSPService><ServiceInformation><ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/CA/QC</ServiceTypeIdentifier>\
         <ServiceName><Name xml:lang=\"es\">Firmas</Name></ServiceName><ServiceDigitalIdentity><DigitalId><X509Certificate>\
         {certificate}</X509Certificate></DigitalId></ServiceDigitalIdentity>{current}</ServiceInformation>{history}</TSPService>\
         </TSPServices></TrustServiceProvider></TrustServiceProviderList></TrustServiceStatusList>"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_02_a_list_is_believed_when_the_known_certificate_signed_all_of_it() {
    let place = place().await;
    let authority = Authority::new(Algorithm::P256);
    let (kind, next) = (AnchorKind::Accredited, now().plus_seconds(90 * DAY));
    let sign = async |text: String| {
        let file = DataFile { name: "l.xml".into(), media_type: "text/xml".into(), bytes: text.into_bytes() };
        let order = Order::new(Shape::XadesEnveloped, vec![file], Level::B, WhenShort::Refuse).unwrap();
        place.signing.seal_files(CITY, order).await.unwrap().bytes
    };
    let good = sign(list(&authority.root, next, None)).await;
    let own = Given { name: "l.xml", bytes: &good };
    let signer =
        verify(&[own], &place.signing.trust(), now().plus_seconds(DAY)).signatures[0].chain[0].clone();
    let anchors = read_trust_list(&good, &signer, kind, now()).unwrap();
    assert_eq!((anchors.len(), anchors[0].source.as_str(), anchors[0].kind), (1, "Prestador: Firmas", kind));
    let signed = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    assert!(verify_pdf(&signed, &trusting(anchors[0].clone()), now()).is_genuine());
    // Another's signature, a changed entry, an overdue list.
    assert_eq!(read_trust_list(&good, &authority.root, kind, now()), Err(ListError::Signer));
    let changed = String::from_utf8(good.clone()).unwrap().replace("Prestador", "Otro");
    assert_eq!(read_trust_list(changed.as_bytes(), &signer, kind, now()), Err(ListError::Signer));
    assert_eq!(read_trust_list(&good, &signer, kind, next), Err(ListError::Old));
    let withdrawn = sign(list(&authority.root, next, Some(now().plus_seconds(-5 * DAY)))).await;
    let anchors = read_trust_list(&withdrawn, &signer, kind, now()).unwrap();
    assert_eq!(anchors[0].until, Some(now().plus_seconds(-5 * DAY)));
    assert!(!verify_pdf(&signed, &trusting(anchors[0].clone()), now()).is_genuine());
}
