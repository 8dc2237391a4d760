//! An authenticator in software, as wrong as a test wants it.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use copihue_core::json::sha256;
use copihue_web::testing::Reply;
use serde_json::{Value, json};

/// The deployment's name in these tests.
pub(crate) const DOMAIN: &str = "ejemplo.cl";
/// Present, verified, may be copied.
pub(crate) const SYNCED: u8 = 0b1101;
/// Present, verified, stays in its device.
pub(crate) const BOUND: u8 = 0b0101;

pub(crate) struct SoftKey {
    pair: EcdsaKeyPair,
    pub(crate) id: Vec<u8>,
    pub(crate) handle: Vec<u8>,
    pub(crate) flags: u8,
    pub(crate) counter: u32,
    pub(crate) domain: String,
    pub(crate) origin: String,
}

impl SoftKey {
    pub(crate) fn new(id: u8, flags: u8) -> Self {
        Self {
            pair: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            id: vec![id; 16],
            handle: Vec::new(),
            flags,
            counter: 0,
            domain: DOMAIN.into(),
            origin: format!("https://{DOMAIN}"),
        }
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        [sha256(self.domain.as_bytes()).as_slice(), &[flags], &self.counter.to_be_bytes()].concat()
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let said = json!({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false});
        said.to_string().into_bytes()
    }

    /// What `navigator.credentials.create` gives to our script.
    pub(crate) fn make(&mut self, options: &Value) -> String {
        self.handle = BASE64.decode(options["user"]["id"].as_str().unwrap()).unwrap();
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        let cose =
            [&hex::decode("a5010203262001215820").unwrap(), x, &hex::decode("225820").unwrap(), y].concat();
        let attested = [[0; 16].as_slice(), &[0, 16], &self.id, &cose].concat();
        let data = [self.data(self.flags | 0x40), attested].concat();
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let head = hex::decode("a363666d74646e6f6e656761747453746d74a0686175746844617461").unwrap();
        let object = [head.as_slice(), &[0x58, u8::try_from(data.len()).unwrap()], &data].concat();
        let client_data = self.client_data("webauthn.create", options);
        json!({"clientDataJSON": BASE64.encode(client_data), "attestationObject": BASE64.encode(object)})
            .to_string()
    }

    /// What `navigator.credentials.get` gives to our script.
    pub(crate) fn answer(&self, options: &Value) -> String {
        let (data, client_data) = (self.data(self.flags), self.client_data("webauthn.get", options));
        let signed = [data.as_slice(), &sha256(&client_data)].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": BASE64.encode(&self.id),
            "clientDataJSON": BASE64.encode(client_data),
            "authenticatorData": BASE64.encode(data),
            "signature": BASE64.encode(signature.as_ref()),
            "userHandle": BASE64.encode(&self.handle),
        })
        .to_string()
    }
}

/// The form that waits for a passkey on a page: its hidden fields, and what it asks of the browser.
pub(crate) struct KeyForm {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) options: Value,
}

impl KeyForm {
    pub(crate) fn of(page: &Reply) -> Self {
        let text = page.text();
        let tag = text.split("<form").find(|part| part.split('>').next().unwrap().contains("data-llave="));
        let inner =
            tag.unwrap_or_else(|| panic!("no form for a passkey:\n{text}")).split("</form>").next().unwrap();
        let options = attribute(inner.split('>').next().unwrap(), "data-llave");
        let inputs = inner.split("<input").skip(1).map(|part| part.split('>').next().unwrap());
        Self {
            fields: inputs.map(|tag| (attribute(tag, "name"), attribute(tag, "value"))).collect(),
            options: serde_json::from_str(&options).unwrap(),
        }
    }

    /// With the answer in it, and more.
    pub(crate) fn with(&self, answer: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut fields = self.fields.clone();
        fields.retain(|(name, _)| name != "llave" && !more.iter().any(|(n, _)| n == name));
        fields.push(("llave".into(), answer.into()));
        fields.extend(more.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        fields
    }
}

fn attribute(tag: &str, name: &str) -> String {
    let value =
        tag.split_once(&format!(" {name}=\"")).map_or("", |(_, rest)| rest.split('"').next().unwrap());
    value.replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
}
