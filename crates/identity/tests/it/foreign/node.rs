//! A certified client library that we did not write: npm `openid-client`, where it is installed.

use std::path::PathBuf;
use std::process::Stdio;

use copihue_core::Acr;
use copihue_identity::*;
use copihue_web::NewSession;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

use super::run_clock;
use crate::open_world::{ALTO, BASE, base};
use crate::world::*;

const SCRIPT: &str = include_str!("openid_client.mjs");
const CALLBACK: &str = "http://localhost:9/callback";

/// Where `cargo xtask setup` puts it, unless the environment says otherwise.
pub(super) fn modules() -> PathBuf {
    let set = std::env::var_os("COPIHUE_TEST_NODE").map(PathBuf::from);
    set.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/npm"))
}

/// A key pair as the library takes it, private part and all; and the public set that is registered.
fn key() -> (serde_json::Value, serde_json::Value) {
    // RFC 7515, appendix A.3.
    let public = json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    let mut private = public.clone();
    private["d"] = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI".into();
    (private, json!({"keys": [public]}))
}

async fn register(w: &World, public: serde_json::Value) {
    let at = |id: &str, settings: Settings| NewClient {
        id: Some(id.into()),
        redirect_uris: vec![CALLBACK.into()],
        settings: Settings { post_logout_uris: vec![CALLBACK.into()], ..settings },
        ..base()
    };
    w.register(at(BASE, Settings { device: true, ..Settings::of(Profile::Base) })).await;
    w.register(at(ALTO, Settings { jwks: Some(public), ..Settings::of(Profile::Alto) })).await;
}

/// The person types the code of the device.
async fn let_in(w: &World, code: &str) {
    let person = w.identity.person_by_run("44444444-4".parse().unwrap()).await.unwrap().unwrap();
    let mut c = w.visitor();
    let new = NewSession { person: person.reference(), acr: Acr::Low, amr: vec!["pwd".into()], sid: None };
    c.log_in(&w.web, new).await;
    c.post("/vincular", &[("codigo", code), ("decision", "si")]).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_01_a_certified_client_logs_in_by_both_open_profiles() {
    let folder = modules();
    if !folder.join("node_modules/openid-client").is_dir() {
        println!("skipped: npm openid-client is not installed in {}", folder.display());
        return;
    }
    let w = world().await;
    let (private, public) = key();
    register(&w, public).await;
    let ticking = run_clock(&w);
    let mut child = tokio::process::Command::new("node")
        .args(["--input-type=module", "-e", SCRIPT, "--", &w.base, CALLBACK, BASE, SECRET, ALTO])
        .arg(private.to_string())
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut seen = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some(code) = line.strip_prefix("CODE ") {
            let_in(&w, code).await;
        } else {
            seen.push(line);
        }
    }
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).await.unwrap();
    ticking.abort();
    assert_eq!(seen, ["BASE", "DEVICE", "LEFT", "ALTO"], "{errors}");
}
