//! Applications of the open contract, and what they hold: verifiers, keys, proofs.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use copihue_core::Clock;
use copihue_core::json::sha256;
use copihue_identity::model::pkce;
use copihue_identity::*;
use copihue_web::testing::{Reply, TestClient};
use http::Method;
use serde_json::{Value, json};

use crate::world::*;

pub(crate) const BASE: &str = "app-base";
pub(crate) const ALTO: &str = "app-alto";
pub(crate) const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(crate) fn verifier() -> String {
    "v".repeat(64)
}

pub(crate) fn base() -> NewClient {
    NewClient {
        id: Some(BASE.into()),
        name: "Becas".into(),
        scopes: ["openid", "profile", "email", "run", "offline_access"].map(str::to_owned).to_vec(),
        settings: Settings {
            post_logout_uris: vec!["https://tramites.ejemplo.cl/adios".into()],
            ..Settings::of(Profile::Base)
        },
        ..app()
    }
}

pub(crate) fn alto(key: &Key) -> NewClient {
    NewClient {
        id: Some(ALTO.into()),
        settings: Settings { jwks: Some(key.set()), ..Settings::of(Profile::Alto) },
        ..base()
    }
}

/// A key of an application.
pub(crate) struct Key(EcdsaKeyPair);

impl Key {
    pub(crate) fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub(crate) fn jwk(&self) -> Value {
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(32);
        json!({"kty": "EC", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y)})
    }

    pub(crate) fn set(&self) -> Value {
        json!({"keys": [self.jwk()]})
    }

    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let encode = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
        let input = format!("{}.{}", encode(header), encode(claims));
        let signature = self.0.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    /// The header and claims of a proof, to be spoiled.
    pub(crate) fn proof_parts(&self, w: &World, method: &str, path: &str) -> (Value, Value) {
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk()});
        let claims = json!({
            "jti": format!("j{}", next()),
            "htm": method,
            "htu": format!("{}{path}", w.base),
            "iat": seconds(w),
        });
        (header, claims)
    }

    pub(crate) fn proof(
        &self,
        w: &World,
        method: &str,
        path: &str,
        nonce: &str,
        token: Option<&str>,
    ) -> String {
        let (header, mut claims) = self.proof_parts(w, method, path);
        claims["nonce"] = nonce.into();
        if let Some(token) = token {
            claims["ath"] = URL_SAFE_NO_PAD.encode(sha256(token.as_bytes())).into();
        }
        self.sign(&header, &claims)
    }

    pub(crate) fn assertion_claims(&self, w: &World, client: &str) -> Value {
        let now = seconds(w);
        json!({"iss": client, "sub": client, "aud": w.base, "iat": now, "exp": now + 60, "jti": format!("a{}", next())})
    }

    /// The fields by which an application proves itself.
    pub(crate) fn assertion(&self, w: &World, client: &str) -> Vec<(String, String)> {
        asserted(self.sign(&json!({"alg": "ES256"}), &self.assertion_claims(w, client)))
    }
}

pub(crate) fn asserted(jwt: String) -> Vec<(String, String)> {
    vec![("client_assertion_type".into(), ASSERTION.into()), ("client_assertion".into(), jwt)]
}

pub(crate) fn next() -> u64 {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

pub(crate) fn seconds(w: &World) -> i64 {
    w.clock.now().millis() / 1000
}

/// An authorization request of the open contract, with more parameters or others.
pub(crate) fn ask(client: &str, more: &[(&str, &str)]) -> String {
    format!("/oauth2/authorize?{}", String::from_utf8(form(&pairs(client, more))).unwrap())
}

fn pairs<'a>(client: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    // S256 of [`verifier`].
    static CHALLENGE: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| pkce::challenge(&verifier()));
    let mut fields = vec![
        ("client_id", client),
        ("response_type", "code"),
        ("scope", "openid profile run"),
        ("redirect_uri", RETURN),
        ("state", "abcdefgh"),
        ("nonce", "n-1"),
        ("code_challenge", CHALLENGE.as_str()),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in more {
        fields.retain(|(n, _)| n != name);
        if !value.is_empty() {
            fields.push((name, value));
        }
    }
    fields
}

/// The same as fields, for what is pushed or signed.
pub(crate) fn request(client: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs(client, more).into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
}

/// POST of a form, with a proof when there is one.
pub(crate) async fn post(w: &World, path: &str, fields: &[(String, String)], proof: Option<&str>) -> Reply {
    let mut c = w.visitor();
    if let Some(proof) = proof {
        c = c.header("dpop", proof);
    }
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    c.send(Method::POST, path, Some(FORM), form(&pairs)).await
}

pub(crate) fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

/// With the secret of the base application.
pub(crate) fn secret(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    [fields(&[("client_id", BASE), ("client_secret", SECRET)]), fields(pairs)].concat()
}

pub(crate) fn code_fields(code: &str) -> Vec<(String, String)> {
    let verifier = verifier();
    secret(&[
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", RETURN),
        ("code_verifier", &verifier),
    ])
}

pub(crate) async fn token(w: &World, fields: &[(String, String)]) -> Reply {
    post(w, "/oauth2/token", fields, None).await
}

/// A whole login of the base application: its tokens.
pub(crate) async fn tokens(w: &World, c: &mut TestClient, more: &[(&str, &str)]) -> Value {
    let code = w.code(c, &ask(BASE, more)).await;
    token(w, &code_fields(&code)).await.expect(200).json()
}

pub(crate) async fn error(w: &World, fields: &[(String, String)]) -> String {
    let reply = token(w, fields).await;
    assert!(reply.status.is_client_error(), "{}", reply.text());
    reply.json()["error"].as_str().unwrap().to_owned()
}

pub(crate) fn renew(token: &str) -> Vec<(String, String)> {
    secret(&[("grant_type", "refresh_token"), ("refresh_token", token)])
}

pub(crate) async fn userinfo(w: &World, token: &str) -> Reply {
    w.visitor().header("authorization", &format!("Bearer {token}")).get_raw("/oauth2/userinfo").await
}

/// A nonce of the provider, as a client learns it.
pub(crate) async fn nonce(w: &World, key: &Key) -> String {
    let proof = key.proof(w, "POST", "/oauth2/token", "none", None);
    let fields = [key.assertion(w, ALTO), fields(&[("grant_type", "client_credentials")])].concat();
    let reply = post(w, "/oauth2/token", &fields, Some(&proof)).await.expect(400);
    assert_eq!(reply.json()["error"], "use_dpop_nonce");
    reply.header("dpop-nonce").unwrap().to_owned()
}
