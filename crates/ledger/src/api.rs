//! The logs over HTTP, as C2SP tlog-tiles lays them out: only GET, everything cacheable but the checkpoint.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use copihue_core::{Error, Kind, Result};
use copihue_web::{Access, Cx, Failure, RouteSet, Routes};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, VARY};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ledger::Ledger;
use crate::record::Family;
use crate::register::Register;
use copihue_tlog::merkle::Hash;
use copihue_tlog::proof::TlogProof;
use copihue_tlog::tile::TilePath;

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";
const TIMESTAMP: &str = "application/timestamp-reply";
const JSON: &str = "application/json";
/// A tile never changes; a clone may keep it for ever.
const FOREVER: &str = "public, max-age=31536000, immutable";
const BRIEFLY: &str = "public, max-age=1";

/// `/ledger/policy`, and below `/ledger/{name}` (a register's: `/ledger/register/{register}`): `checkpoint`, `tile/…`,
/// `proof`, `consistency`, `anchor/{size}.tsr`, `anchor/{size}.txt`.
#[must_use]
pub fn routes(ledger: Ledger) -> RouteSet {
    Routes::new(ledger)
        .service("ledger")
        .get("/ledger/policy", Access::Contract, policy)
        .get("/ledger/{name}/checkpoint", Access::Contract, checkpoint)
        .get("/ledger/{name}/tile/{*path}", Access::Contract, tile)
        .get("/ledger/{name}/proof", Access::Contract, proof)
        .get("/ledger/{name}/consistency", Access::Contract, consistency)
        .get("/ledger/{name}/anchor/{path}", Access::Contract, anchor)
        .get("/ledger/register/{register}/checkpoint", Access::Contract, checkpoint)
        .get("/ledger/register/{register}/tile/{*path}", Access::Contract, tile)
        .get("/ledger/register/{register}/proof", Access::Contract, proof)
        .get("/ledger/register/{register}/consistency", Access::Contract, consistency)
        .get("/ledger/register/{register}/anchor/{path}", Access::Contract, anchor)
        .finish()
}

type Answer = std::result::Result<Response, Failure>;

fn served(content_type: &'static str, cache: &'static str, body: impl IntoResponse) -> Response {
    let headers = [
        (CONTENT_TYPE, content_type),
        (CACHE_CONTROL, cache),
        // Anyone may clone the logs, from a browser as well.
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, body).into_response()
}

/// Which log an address names, and which tile or file of it.
#[derive(Deserialize)]
struct At {
    name: Option<String>,
    register: Option<String>,
    path: Option<String>,
}

impl At {
    fn family(&self) -> Result<Family> {
        let family = match &self.register {
            Some(register) => Register::named(register).map(Family::Register),
            None => self.name.as_deref().and_then(Family::named),
        };
        family.ok_or_else(Error::not_found)
    }
}

async fn policy(State(ledger): State<Ledger>) -> Answer {
    Ok(served(TEXT, BRIEFLY, ledger.policy()))
}

async fn checkpoint(State(ledger): State<Ledger>, Path(at): Path<At>) -> Answer {
    let note = ledger.checkpoint(at.family()?).await?.ok_or_else(Error::not_found)?;
    Ok(served(TEXT, BRIEFLY, note))
}

async fn tile(State(ledger): State<Ledger>, Path(at): Path<At>) -> Answer {
    let path = at.path.as_deref().and_then(TilePath::parse).ok_or_else(Error::not_found)?;
    let bytes = ledger.tile(at.family()?, path).await?.ok_or_else(Error::not_found)?;
    Ok(served(BYTES, FOREVER, bytes))
}

/// `anchor/{size}.tsr`: what an authority of time said of the checkpoint of that size (RFC 3161); `anchor/{size}.txt`: the
/// bytes of which it said it.
async fn anchor(State(ledger): State<Ledger>, Path(at): Path<At>) -> Answer {
    let (size, kind) =
        at.path.as_deref().and_then(|path| path.split_once('.')).ok_or_else(Error::not_found)?;
    let (family, size) = (at.family()?, number(size)?);
    match kind {
        "tsr" => {
            let anchor = ledger.anchor(family, size).await?.ok_or_else(Error::not_found)?;
            Ok(served(TIMESTAMP, FOREVER, anchor.response))
        }
        "txt" => {
            let text = ledger.anchored_text(family, size).await?.ok_or_else(Error::not_found)?;
            Ok(served(TEXT, FOREVER, text))
        }
        _ => Err(Error::not_found().into()),
    }
}

/// `?index=N[&size=S]`: a `.tlog-proof`, or the same as JSON when that is asked for.
async fn proof(State(ledger): State<Ledger>, cx: Cx, Path(at): Path<At>) -> Answer {
    let size = cx.query("size").map(|size| number(&size)).transpose()?;
    let found = ledger.inclusion(at.family()?, parameter(&cx, "index")?, size).await?;
    let proof = found.ok_or_else(Error::not_found)?;
    let mut response = if cx.wants_json() {
        served(JSON, BRIEFLY, as_json(&proof).to_string())
    } else {
        served(TEXT, BRIEFLY, proof.to_string())
    };
    response.headers_mut().append(VARY, http::HeaderValue::from_static("Accept"));
    Ok(response)
}

fn as_json(proof: &TlogProof) -> Value {
    json!({"index": proof.index, "hashes": encoded(&proof.path), "checkpoint": proof.checkpoint})
}

fn encoded(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| BASE64_STANDARD.encode(hash)).collect()
}

/// `?from=A&to=B`: the hashes that show that the log of A entries begins the one of B.
async fn consistency(State(ledger): State<Ledger>, cx: Cx, Path(at): Path<At>) -> Answer {
    let (from, to) = (parameter(&cx, "from")?, parameter(&cx, "to")?);
    let found = ledger.consistency(at.family()?, from, to).await?;
    let hashes = encoded(&found.ok_or_else(Error::not_found)?);
    Ok(served(JSON, FOREVER, json!({"from": from, "to": to, "hashes": hashes}).to_string()))
}

fn parameter(cx: &Cx, name: &str) -> Result<u64> {
    number(&cx.query(name).ok_or_else(bad_query)?)
}

fn number(text: &str) -> Result<u64> {
    let sane = copihue_tlog::tile::decimal(text).filter(|n| i64::try_from(*n).is_ok());
    sane.ok_or_else(bad_query)
}

fn bad_query() -> Error {
    Error::new(
        Kind::Invalid,
        "consulta_invalida",
        "La consulta debe traer números enteros, sin ceros a la izquierda.",
    )
}
