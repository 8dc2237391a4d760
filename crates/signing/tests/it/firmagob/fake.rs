//! Servers that misbehave.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use copihue_core::{Actor, Error, Result, Timestamp};
use copihue_db::testing::TestDb;
use copihue_signing::cms::pades;
use copihue_signing::keys::Algorithm;
use copihue_signing::pki::Profile;
use copihue_signing::{FirmaGobSettings, Level, Signer, Signing};
use serde_json::{Value, json};

use super::{options, ours, serve, settings};
use crate::service::{CITY, actor};
use crate::support::{Authority, classic_pdf, holder, now};

/// How a server misbehaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Manner {
    Honest,
    OtherDigest,
    OtherRun,
    Ended,
    ForeignChain,
    Oversized,
    Damaged,
    NotSigned,
    TwoForOne,
    Gateway,
    Truncated,
    Endless,
    Slow,
    Elsewhere,
    Expired,
    Unknown,
}

pub(crate) struct Fake {
    manner: Manner,
    authority: Authority,
    foreign: Authority,
    pub(crate) asked: AtomicU32,
}

fn signer(authority: &Authority, run: &str, days: i64) -> Signer {
    let Profile::Holder { name, post, institution, email, .. } = holder() else { panic!("a holder") };
    let profile = Profile::Holder { run: run.parse().unwrap(), name, post, institution, email };
    authority.issue(&profile, now().plus_seconds(-20 * 86_400), now().plus_seconds(days * 86_400))
}

/// The same signature with an attribute that is not signed and larger than any honest one.
fn grown(cms: &[u8]) -> Vec<u8> {
    let value = tlv(0x04, &[0; 16_000]);
    let attribute = tlv(0x30, &[tlv(0x06, &[0x2a, 3, 4]), tlv(0x31, &value)].concat());
    // The last element of the last element, five times, is the signer.
    within(cms, 4, &tlv(0xa1, &attribute))
}

fn within(element: &[u8], levels: u8, more: &[u8]) -> Vec<u8> {
    let content = &element[header(element)..];
    if levels == 0 {
        return tlv(element[0], &[content, more].concat());
    }
    let mut last = 0;
    let mut at = 0;
    while at < content.len() {
        last = at;
        at += header(&content[at..]) + length(&content[at..]);
    }
    tlv(element[0], &[&content[..last], &within(&content[last..], levels - 1, more)].concat())
}

fn header(element: &[u8]) -> usize {
    if element[1] < 0x80 { 2 } else { 2 + usize::from(element[1] & 0x7f) }
}

fn length(element: &[u8]) -> usize {
    let bytes = &element[2..header(element)];
    if bytes.is_empty() {
        usize::from(element[1])
    } else {
        bytes.iter().fold(0, |n, b| n << 8 | usize::from(*b))
    }
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let head = match length {
        0..0x80 => vec![tag, length as u8],
        0x80..0x100 => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [head, content.to_vec()].concat()
}

async fn answer(State(fake): State<Arc<Fake>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    fake.asked.fetch_add(1, Ordering::Relaxed);
    let run = if headers.contains_key("otp") { "11.111.111-1" } else { "22.222.222-2" };
    let asked = STANDARD.decode(body["hashes"][0]["content"].as_str().unwrap()).unwrap();
    let digest = if fake.manner == Manner::OtherDigest { vec![7; 32] } else { asked };
    let who = match fake.manner {
        Manner::OtherRun => signer(&fake.authority, "5.126.663-3", 300),
        Manner::Ended => signer(&fake.authority, run, -2),
        Manner::ForeignChain => signer(&fake.foreign, run, 300),
        _ => signer(&fake.authority, run, 300),
    };
    let mut cms = pades(&who, &digest).unwrap();
    match fake.manner {
        Manner::Damaged => *cms.last_mut().unwrap() ^= 1,
        Manner::Oversized => cms = grown(&cms),
        _ => {}
    }
    let item = json!({"content": STANDARD.encode(cms), "status": "OK"});
    let good = json!({"hashes": [item], "idSolicitud": 7, "status": 200});
    let refused = |status: u16, error: &str| {
        (StatusCode::from_u16(status).unwrap(), Json(json!({"status": status, "error": error})))
            .into_response()
    };
    match fake.manner {
        Manner::NotSigned => {
            Json(json!({"hashes": [{"status": "error"}], "metadata": {"signedFailed": 1}})).into_response()
        }
        Manner::TwoForOne => Json(json!({"hashes": [item, item]})).into_response(),
        Manner::Gateway => (StatusCode::GATEWAY_TIMEOUT, "<html>").into_response(),
        Manner::Truncated => {
            let half = good.to_string().into_bytes()[..200].to_vec();
            let parts = [Ok(Bytes::from(half)), Err(std::io::Error::other("gone"))];
            Body::from_stream(futures_util::stream::iter(parts)).into_response()
        }
        Manner::Endless => Body::from_stream(futures_util::stream::repeat_with(|| {
            Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 65_536]))
        }))
        .into_response(),
        Manner::Slow => {
            tokio::time::sleep(Duration::from_secs(20)).await;
            Json(good).into_response()
        }
        Manner::Elsewhere => (StatusCode::FOUND, [("location", "http://127.0.0.1:9/")]).into_response(),
        Manner::Expired => refused(400, "Fecha de expiración del token está vencida"),
        Manner::Unknown => refused(404, "Error data servicio y/o propósito"),
        _ => Json(good).into_response(),
    }
}

pub(crate) async fn fake(manner: Manner) -> (Arc<Fake>, FirmaGobSettings) {
    let (authority, foreign) = (Authority::new(Algorithm::P256), Authority::new(Algorithm::P256));
    let trusted = vec![authority.root.clone()];
    let fake = Arc::new(Fake { manner, authority, foreign, asked: AtomicU32::new(0) });
    let router = Router::new().route("/firma/v2/files/tickets", post(answer)).with_state(Arc::clone(&fake));
    (fake, settings(&serve(router).await, trusted))
}

async fn against(
    manner: Manner,
    seal: impl AsyncFn(&Signing) -> Result<Vec<u8>>,
) -> (Arc<Fake>, Signing, Result<Vec<u8>>) {
    let (fake, settings) = fake(manner).await;
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let clock = Arc::new(copihue_core::ManualClock::new(now()));
    let signing = ours(&test, &clock, settings).await;
    let result = seal(&signing).await;
    (fake, signing, result)
}

async fn unattended(signing: &Signing) -> Result<Vec<u8>> {
    signing.seal_pdf(CITY, classic_pdf(), options(Level::B)).await.map(|s| s.bytes)
}

async fn attended(signing: &Signing) -> Result<Vec<u8>> {
    let who: Actor = actor();
    signing.sign_pdf_as(&who, "123456", classic_pdf(), options(Level::B)).await.map(|s| s.bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_an_answer_that_is_not_what_was_asked_for_is_thrown_away_and_not_asked_again() {
    for (manner, code, outcome) in [
        (Manner::OtherDigest, "firmagob_respuesta", "respuesta_incorrecta"),
        (Manner::OtherRun, "firmagob_respuesta", "respuesta_incorrecta"),
        (Manner::Ended, "firmagob_respuesta", "respuesta_incorrecta"),
        (Manner::ForeignChain, "firmagob_respuesta", "respuesta_incorrecta"),
        (Manner::Oversized, "firmagob_respuesta", "respuesta_incorrecta"),
        (Manner::Damaged, "firmagob_respuesta", "respuesta_incorrecta"),
        (Manner::TwoForOne, "firmagob_respuesta", "respuesta_incorrecta"),
        (Manner::Elsewhere, "firmagob_respuesta", "respuesta_incorrecta"),
        (Manner::NotSigned, "firmagob_contenido", "contenido"),
        (Manner::Expired, "firmagob_reloj", "reloj"),
        (Manner::Unknown, "firmagob_configuracion", "configuracion"),
    ] {
        let (fake, signing, result) = against(manner, unattended).await;
        let error: Error = result.unwrap_err();
        assert_eq!(error.code(), code, "{manner:?}");
        assert_eq!(fake.asked.load(Ordering::Relaxed), 1, "{manner:?}");
        let kept = signing.firmagob_requests(CITY).await.unwrap();
        assert_eq!((kept.len(), kept[0].outcome.as_str()), (1, outcome), "{manner:?}");
        assert!(signing.key_uses(CITY, Timestamp::from_millis(0)).await.unwrap().is_empty());
    }
    assert!(against(Manner::Honest, unattended).await.2.is_ok());
    assert!(against(Manner::Honest, attended).await.2.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_without_an_answer_a_seal_is_asked_for_again_and_a_code_never() {
    for manner in [Manner::Gateway, Manner::Truncated, Manner::Endless, Manner::Slow] {
        let (fake, signing, result) = against(manner, unattended).await;
        assert_eq!(result.unwrap_err().code(), "firmagob_no_responde", "{manner:?}");
        assert_eq!(fake.asked.load(Ordering::Relaxed), 3, "{manner:?}");
        assert_eq!(signing.firmagob_requests(CITY).await.unwrap().len(), 3);
        let (fake, _, result) = against(manner, attended).await;
        assert_eq!(result.unwrap_err().code(), "firmagob_no_responde", "{manner:?}");
        assert_eq!(fake.asked.load(Ordering::Relaxed), 1, "{manner:?}");
    }
    // After five of them nobody is asked any more.
    let (fake, signing, _) = against(Manner::Gateway, unattended).await;
    assert_eq!(unattended(&signing).await.unwrap_err().code(), "firmagob_en_pausa");
    assert_eq!(attended(&signing).await.unwrap_err().code(), "firmagob_en_pausa");
    assert_eq!(fake.asked.load(Ordering::Relaxed), 5);
    assert_eq!(signing.firmagob_requests(CITY).await.unwrap().len(), 5);
}
