//! JAdES (ETSI TS 119 182-1): compact at B-B, and JSON from B-T on, since only that has a place for what is not signed.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use copihue_core::json::sha256;
use copihue_core::{Error, Result, Timestamp};
use serde_json::{Value, json};

use crate::ades::Draft;
use crate::hash::Hash;
use crate::pdf::ValidationData;
use crate::signer::Signer;

/// A JAdES signature that can still be raised. Its parts are in base64url.
pub(crate) struct Jades {
    protected: String,
    payload: String,
    signature: String,
    /// What is not signed, each in base64url: then a timestamp over it needs no canonical form.
    unsigned: Vec<String>,
}

impl Jades {
    /// Signs exactly these bytes, as [`Signer::sign_jws_bytes`]: its header is what the baseline asks for.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn sign(signer: &Signer, payload: &[u8], hash: Option<Hash>, at: Timestamp) -> Result<Self> {
        let compact = signer.sign_jws_bytes(payload, hash, at)?;
        let mut parts = compact.split('.').map(str::to_owned);
        let mut next = || parts.next().ok_or_else(|| Error::internal("a JWS of fewer than three parts"));
        Ok(Self { protected: next()?, payload: next()?, signature: next()?, unsigned: Vec::new() })
    }

    fn push(&mut self, value: &Value) {
        self.unsigned.push(URL_SAFE_NO_PAD.encode(value.to_string()));
    }
}

/// DER as JAdES carries it.
fn values(list: &[Vec<u8>]) -> Vec<Value> {
    list.iter().map(|der| json!({ "val": STANDARD.encode(der) })).collect()
}

fn timestamp(token: &[u8]) -> Value {
    json!({ "tstTokens": [{ "val": STANDARD.encode(token) }] })
}

impl Draft for Jades {
    fn signature(&self) -> Result<[u8; 32]> {
        Ok(sha256(self.signature.as_bytes()))
    }

    fn stamp(&mut self, token: &[u8]) {
        self.push(&json!({ "sigTst": timestamp(token) }));
    }

    fn prove(&mut self, data: &ValidationData) {
        let certificates: Vec<Value> =
            values(&data.certificates).into_iter().map(|c| json!({ "x509Cert": c })).collect();
        self.push(&json!({ "xVals": certificates }));
        let lists = [("crlVals", values(&data.crls)), ("ocspVals", values(&data.ocsps))];
        let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
        let revocation: Value = lists.map(|(name, list)| (name.to_owned(), Value::from(list))).collect();
        self.push(&json!({ "rVals": revocation }));
    }

    fn whole(&mut self) -> Result<[u8; 32]> {
        let Self { protected, payload, signature, unsigned } = self;
        Ok(sha256(format!("{payload}.{protected}.{signature}.{}", unsigned.concat()).as_bytes()))
    }

    fn archive(&mut self, token: &[u8]) -> Result<()> {
        self.push(&json!({ "arcTst": timestamp(token) }));
        Ok(())
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        let Self { protected, payload, signature, unsigned } = self;
        if unsigned.is_empty() {
            return Ok(format!("{protected}.{payload}.{signature}").into_bytes());
        }
        let whole = json!({
            "payload": payload,
            "protected": protected,
            "header": { "etsiU": unsigned },
            "signature": signature,
        });
        Ok(whole.to_string().into_bytes())
    }
}
