//! The private-key and public-key operations alone, by the library that signs here, with nothing of ours around them.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1,
    ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm,
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use copihue_signing::keys::Algorithm;

/// As long as the signed attributes of a CMS.
const MESSAGE: [u8; 135] = [7; 135];

enum Pair {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair, &'static EcdsaVerificationAlgorithm),
}

pub(crate) struct Bare {
    pair: Pair,
    signature: Vec<u8>,
}

impl Bare {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let curve = |signing: &'static EcdsaSigningAlgorithm, verifying| {
            Pair::Ecdsa(EcdsaKeyPair::generate(signing).unwrap(), verifying)
        };
        let pair = match algorithm {
            Algorithm::Rsa2048 => Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
            Algorithm::P256 => curve(&ECDSA_P256_SHA256_ASN1_SIGNING, &ECDSA_P256_SHA256_ASN1),
            Algorithm::P384 => curve(&ECDSA_P384_SHA384_ASN1_SIGNING, &ECDSA_P384_SHA384_ASN1),
            other => panic!("no figure is asked of {other:?}"),
        };
        let signature = pair.sign();
        Self { pair, signature }
    }

    pub(crate) fn sign(&self) {
        drop(self.pair.sign());
    }

    pub(crate) fn verify(&self) {
        match &self.pair {
            Pair::Rsa(key) => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref())
                .verify(&MESSAGE, &self.signature),
            Pair::Ecdsa(key, curve) => {
                UnparsedPublicKey::new(*curve, key.public_key().as_ref()).verify(&MESSAGE, &self.signature)
            }
        }
        .unwrap();
    }
}

impl Pair {
    fn sign(&self) -> Vec<u8> {
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &MESSAGE, &mut signature).unwrap();
                signature
            }
            Self::Ecdsa(key, _) => key.sign(&SystemRandom::new(), &MESSAGE).unwrap().as_ref().to_vec(),
        }
    }
}
