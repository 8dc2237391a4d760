//! XML signed whole by FirmaGob, and what comes between.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use copihue_core::{Clock, Timestamp};
use copihue_db::testing::{TestDb, engines};
use copihue_signing::verify::{Given, Indication, verify};
use copihue_signing::{FirmaGobSettings, XmlFile};
use serde_json::{Value, json};

use super::{Contract, chain, ours, serve, settings, state};
use crate::service::{CITY, actor};
use crate::support::{Authority, Bench, text};
use crate::tickets::{INSTITUTION, UNATTENDED, token};

fn file(content: &str, references: &[&str], objects: &[&str]) -> XmlFile {
    let all = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
    XmlFile { content: content.into(), references: all(references), objects: all(objects) }
}

/// What the sandbox signs: the whole, parts of it, parts and objects, in a namespace of its own.
fn files() -> Vec<XmlFile> {
    let acta = "<?xml version=\"1.0\"?>\n<acta xmlns=\"urn:acta\"><b id=\"uno\">ñ</b><b id=\"dos\"/></acta>";
    vec![
        file("<a/>", &[], &[]),
        file(acta, &["#uno", "dos"], &[]),
        file(acta, &["uno"], &["<cargo>Alcaldesa</cargo>", " texto <x xmlns=\"urn:x\"/>"]),
        file(acta, &[], &["<cargo/>"]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_xml_is_signed_whole_by_firmagob_as_xmlsec_accepts_it() {
    for test in engines() {
        let (contract, url) = state().await;
        let signing = ours(&test, &contract.clock, settings(&url, chain(&contract))).await;
        let bench = Bench::new(&Authority::new(copihue_signing::keys::Algorithm::P256));
        bench.put("ca.pem", contract.signing.root().unwrap().to_pem().as_bytes());
        bench.put("issuing.pem", contract.signing.issuing().unwrap().to_pem().as_bytes());
        for file in files() {
            let signed = signing.seal_xml(CITY, file.clone()).await.unwrap();
            let given = Given { name: "a.xml", bytes: &signed };
            let verdict = verify(&[given], &signing.trust(), contract.clock.now());
            assert_eq!(verdict.signatures[0].indication, Indication::TotalPassed);
            bench.put("f.xml", &signed);
            let ids = ["--id-attr:id", "b", "--id-attr:Id", "http://www.w3.org/2000/09/xmldsig#:Object"];
            let keys = ["--trusted-pem", "ca.pem", "--untrusted-pem", "issuing.pem"];
            let rest = ["--enabled-key-data", "x509", "f.xml"];
            let all = [&["--verify"][..], &ids, &keys, &rest].concat();
            if let Some(output) = bench.run("xmlsec1", &all) {
                assert!(output.status.success(), "{}", text(&output));
            }
        }
        let code = contract.signing.current_code(INSTITUTION, contract.attended).await.unwrap();
        let signed = signing.sign_xml_as(&actor(), &code, files().remove(0)).await.unwrap();
        assert!(String::from_utf8(signed).unwrap().starts_with("<a>"));
        let kept = signing.firmagob_requests(CITY).await.unwrap();
        assert!(kept.len() == 5 && kept.iter().all(|k| k.outcome == "firmado"));
        assert_eq!(signing.key_uses(CITY, Timestamp::from_millis(0)).await.unwrap().len(), 5);
        // What can't be signed costs no code, and what does not fit into a request is not sent.
        for bad in [file("<a", &[], &[]), file("<a/>", &["no-esta"], &[]), file("<a/>", &[], &["</a>"])] {
            let error = signing.sign_xml_as(&actor(), &code, bad).await.unwrap_err();
            assert_eq!(error.code(), "xml_incorrecto");
        }
        let large = format!("<a>{}</a>", "x".repeat(4 << 20));
        let error = signing.seal_xml(CITY, file(&large, &[], &[])).await.unwrap_err();
        assert_eq!(error.code(), "firmagob_contenido");
        assert_eq!(contract.signing.key_uses(INSTITUTION, Timestamp::from_millis(0)).await.unwrap().len(), 5);
    }
}

/// What somebody between changes of a request or its answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Meddling {
    Nothing,
    OtherContent,
    OtherNodes,
    FewerObjects,
    OtherObject,
    ObjectNotSigned,
    ChangedAfterwards,
    AddedAfterwards,
    NotSigned,
    SignedTwice,
    OtherSigner,
}

struct Between {
    meddling: Meddling,
    state: String,
    now: Timestamp,
}

/// Hands a request on to the State's service, changed, and its answer back, changed.
async fn between(
    State(here): State<Arc<Between>>,
    headers: HeaderMap,
    Json(mut body): Json<Value>,
) -> Json<Value> {
    let item = &mut body["files"][0];
    let original = item["content"].clone();
    match here.meddling {
        Meddling::OtherContent => {
            item["content"] = STANDARD.encode("<acta><b id=\"uno\">otra</b></acta>").into()
        }
        Meddling::OtherNodes => item["references"] = json!(["#dos"]),
        Meddling::FewerObjects => item["xmlObjects"] = json!([item["xmlObjects"][0]]),
        Meddling::OtherObject => item["xmlObjects"][0] = "<cargo>Concejal</cargo>".into(),
        Meddling::ObjectNotSigned => drop(item["xmlObjects"].take()),
        _ => {}
    }
    if here.meddling == Meddling::OtherSigner {
        body["token"] = token(&UNATTENDED, here.now).into();
    }
    let mut request = reqwest::Client::builder().no_proxy().build().unwrap().post(&here.state);
    if let Some(code) = headers.get("otp") {
        request = request.header("otp", code);
    }
    let answer =
        request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
    let mut answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    let content = &mut answer["files"][0]["content"];
    let signed = String::from_utf8(STANDARD.decode(content.as_str().unwrap()).unwrap()).unwrap();
    let end = signed.rfind("</ds:Signature>").unwrap();
    let changed = match here.meddling {
        Meddling::ChangedAfterwards => signed.replace('ñ', "n"),
        Meddling::AddedAfterwards => signed.replace("<b id=\"dos\"/>", "<b id=\"dos\"/><b/>"),
        // As a service might that puts the objects there and signs nothing of them.
        Meddling::ObjectNotSigned => {
            let objects = "<ds:Object Id=\"CustomObject_001\"><cargo>Alcaldesa</cargo></ds:Object>\
                           <ds:Object Id=\"CustomObject_002\"> texto <x xmlns=\"urn:x\"/></ds:Object>";
            format!("{}{objects}{}", &signed[..end], &signed[end..])
        }
        Meddling::SignedTwice => {
            let start = signed.find("<ds:Signature ").unwrap();
            let after = end + "</ds:Signature>".len();
            format!("{}{}{}", &signed[..after], &signed[start..after], &signed[after..])
        }
        _ => signed,
    };
    *content = match here.meddling {
        Meddling::NotSigned => original,
        _ => STANDARD.encode(changed).into(),
    };
    Json(answer)
}

async fn through(contract: &Contract, url: &str, meddling: Meddling) -> FirmaGobSettings {
    let state = format!("{url}/firma/v2/files/tickets");
    let here = Arc::new(Between { meddling, state, now: contract.clock.now() });
    let router = Router::new().route("/firma/v2/files/tickets", post(between)).with_state(here);
    let settings = settings(&serve(router).await, chain(contract));
    match meddling {
        // Asked for under another RUN than the one that signs.
        Meddling::OtherSigner => FirmaGobSettings { seal: "11.111.111-1".parse().unwrap(), ..settings },
        _ => settings,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_xml_that_is_not_what_was_sent_or_not_signed_as_asked_is_thrown_away() {
    use Meddling as M;
    let (contract, url) = state().await;
    let asked = files().remove(2);
    for meddling in [
        M::Nothing,
        M::OtherContent,
        M::OtherNodes,
        M::FewerObjects,
        M::OtherObject,
        M::ObjectNotSigned,
        M::ChangedAfterwards,
        M::AddedAfterwards,
        M::NotSigned,
        M::SignedTwice,
        M::OtherSigner,
    ] {
        let test = TestDb::sqlite(&copihue_db::Options::default());
        let settings = through(&contract, &url, meddling).await;
        let signing = ours(&test, &contract.clock, settings).await;
        let came = signing.seal_xml(CITY, asked.clone()).await;
        let kept = signing.firmagob_requests(CITY).await.unwrap();
        let uses = signing.key_uses(CITY, Timestamp::from_millis(0)).await.unwrap().len();
        if meddling == M::Nothing {
            assert!(came.is_ok() && uses == 1, "{came:?}");
            continue;
        }
        assert_eq!(came.unwrap_err().code(), "firmagob_respuesta", "{meddling:?}");
        assert_eq!(
            (kept.len(), kept[0].outcome.as_str(), uses),
            (1, "respuesta_incorrecta", 0),
            "{meddling:?}"
        );
    }
}
