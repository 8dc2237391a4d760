//! What is not signed in a JAdES signature (`etsiU`): timestamps, and what proves that certificates counted.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::strict;
use crate::pdf::ValidationData;
use crate::verify::verdict::SubIndication;

/// More than any honest signature holds.
const MOST: usize = 64;

/// What it holds, read.
#[derive(Default)]
pub(super) struct Unsigned {
    /// Tokens over the signature value.
    pub(super) stamps: Vec<Vec<u8>>,
    /// Tokens over all before them, and the text of what that is.
    pub(super) archive: Vec<(Vec<u8>, String)>,
    pub(super) material: ValidationData,
}

const DAMAGED: SubIndication = SubIndication::FormatFailure;

impl Unsigned {
    /// From the unprotected header.
    pub(super) fn read(header: &Map<String, Value>) -> Result<Self, SubIndication> {
        let mut all = Self::default();
        let Some(list) = header.get("etsiU") else { return Ok(all) };
        let list = list.as_array().filter(|list| list.len() <= MOST).ok_or(DAMAGED)?;
        // What comes in clear has no bytes of its own that an archive timestamp could be over.
        let mut before = Some(String::new());
        for value in list {
            let (map, text) = match value {
                Value::String(text) => {
                    let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| DAMAGED)?;
                    (strict::object(&json).ok_or(DAMAGED)?, Some(text))
                }
                Value::Object(map) => (map.clone(), None),
                _ => return Err(DAMAGED),
            };
            let mut members = map.into_iter();
            let (Some((name, value)), None) = (members.next(), members.next()) else { return Err(DAMAGED) };
            all.take(&name, &value, before.as_deref())?;
            before = before.zip(text).map(|(before, text)| before + text);
        }
        Ok(all)
    }

    fn take(&mut self, name: &str, value: &Value, before: Option<&str>) -> Result<(), SubIndication> {
        match name {
            "sigTst" => self.stamps.extend(tokens(value)?),
            "arcTst" => {
                let Some(before) = before else { return Ok(()) };
                self.archive.extend(tokens(value)?.into_iter().map(|token| (token, before.to_owned())));
            }
            "xVals" | "axVals" => self.take_certificates(value),
            "rVals" | "arVals" => self.take_revocation(value),
            "tstVD" | "anyValData" => {
                for (kind, value) in value.as_object().into_iter().flatten() {
                    match kind.as_str() {
                        "xVals" => self.take_certificates(value),
                        "rVals" => self.take_revocation(value),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// What can't be read proves nothing.
    fn take_certificates(&mut self, value: &Value) {
        let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
        self.material.certificates.extend(list.iter().filter_map(|v| der(v.get("x509Cert")?)));
    }

    fn take_revocation(&mut self, value: &Value) {
        let of = |name: &str| -> Vec<Vec<u8>> {
            let list = value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(der).collect()
        };
        self.material.crls.extend(of("crlVals"));
        self.material.ocsps.extend(of("ocspVals"));
    }
}

fn tokens(value: &Value) -> Result<Vec<Vec<u8>>, SubIndication> {
    let list = value.get("tstTokens").and_then(Value::as_array).ok_or(DAMAGED)?;
    list.iter().map(|token| der(token).ok_or(DAMAGED)).collect()
}

/// DER as JAdES carries it.
fn der(value: &Value) -> Option<Vec<u8>> {
    STANDARD.decode(value.get("val")?.as_str()?).ok()
}
