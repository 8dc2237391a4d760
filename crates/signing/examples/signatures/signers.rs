//! A holder under an authority of its own, and the files by which other programs sign and validate with the same key.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use copihue_core::{Run, SystemRandom, Timestamp};
use copihue_signing::Signer;
use copihue_signing::keys::{Algorithm, SigningKey};
use copihue_signing::pki::{Certificate, Issuer, Profile, issue, issue_root};
use copihue_signing::verify::{AnchorKind, TrustStore};

const YEAR_S: i64 = 365 * 86_400;

pub(crate) struct Holder {
    pub(crate) signer: Signer,
    root: Certificate,
    pkcs8: Vec<u8>,
}

impl Holder {
    pub(crate) fn new(algorithm: Algorithm, at: Timestamp) -> Self {
        let key = || SigningKey::from_pkcs8(algorithm, &SigningKey::generate(algorithm).unwrap()).unwrap();
        let from = at.plus_seconds(-86_400);
        let root_key = key();
        let root = issue_root(&root_key, "Raíz de medida", "Copihue", from, 20, &SystemRandom).unwrap();
        let issuing_key = key();
        let profile =
            Profile::IssuingAuthority { name: "Emisora de medida".into(), organisation: "Copihue".into() };
        let by = |certificate, key| Issuer { certificate, key, rut: None, published_at: None };
        let until = from.plus_seconds(10 * YEAR_S);
        let issuing =
            issue(&by(&root, &root_key), &profile, &issuing_key, from, until, &SystemRandom).unwrap();
        let secret = SigningKey::generate(algorithm).unwrap();
        let own = SigningKey::from_pkcs8(algorithm, &secret).unwrap();
        let profile = Profile::Holder {
            name: "María José Ñancupil Peña".into(),
            run: Run::from_number(11_111_111).unwrap(),
            post: "Directora de Tránsito".into(),
            institution: "Municipalidad de Puente Alto".into(),
            email: None,
        };
        let until = from.plus_seconds(2 * YEAR_S);
        let certificate =
            issue(&by(&issuing, &issuing_key), &profile, &own, from, until, &SystemRandom).unwrap();
        let signer = Signer::new(own, certificate, vec![issuing]).unwrap();
        Self { signer, root, pkcs8: secret.expose().to_vec() }
    }

    pub(crate) fn trust(&self) -> TrustStore {
        TrustStore::from_pem(&self.root.to_pem(), AnchorKind::Test).unwrap()
    }

    /// `NAME_key.pem`, `NAME_cert.pem`, `NAME_chain.pem` and `NAME_root.pem`.
    pub(crate) fn write(&self, folder: &Path, name: &str) {
        let put = |what: &str, text: &str| {
            std::fs::write(folder.join(format!("{name}_{what}.pem")), text).unwrap();
        };
        let key = STANDARD.encode(&self.pkcs8);
        put("key", &format!("-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n"));
        put("cert", &self.signer.certificate().to_pem());
        put("chain", &self.signer.chain().iter().map(Certificate::to_pem).collect::<String>());
        put("root", &self.root.to_pem());
    }
}
