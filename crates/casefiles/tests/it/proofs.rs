//! What proves a case without us: a log whose receipts are real, and institutions whose seals are.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use copihue_casefiles::Act;
use copihue_core::{Clock, ManualClock, Run, SystemRandom, Timestamp};
use copihue_signing::Signer;
use copihue_signing::keys::{Algorithm, SigningKey};
use copihue_signing::pki::{Certificate, Issuer, Profile, issue, issue_root};
use copihue_signing::verify::{AnchorKind, TrustStore};
use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::commitment::{Disclosure, SaltKey, commit_field};
use copihue_tlog::merkle::leaf_hash;
use copihue_tlog::note::{Algorithm as NoteAlgorithm, Signer as NoteSigner};
use copihue_tlog::proof::TlogProof;
use serde_json::{Value, json};

const ORIGIN: &str = "bitacora.example.cl/ledger/casefile";

/// A log in which each act stands alone: its receipts verify as any other's.
pub(crate) struct Log {
    signer: NoteSigner,
    receipts: Mutex<HashMap<String, String>>,
}

impl Log {
    pub(crate) fn new() -> Self {
        let signer = NoteSigner::new(ORIGIN, NoteAlgorithm::Ed25519, &[9; 32]).unwrap();
        Self { signer, receipts: Mutex::default() }
    }

    pub(crate) fn append(&self, act: &Act<'_>) {
        let record_id = format!("{}/{}", act.kind, act.record);
        let key = SaltKey::new(&[5; 32]);
        let mut fields: BTreeMap<&str, Value> = act.fields.iter().cloned().collect();
        fields.insert("record", json!(act.record));
        let commitments = fields.iter().map(|(name, value)| {
            ((*name).to_owned(), commit_field(&key.salt(&record_id, name), name, value).unwrap())
        });
        let mut shown = Disclosure::new(act.kind, &commitments.collect());
        for (name, value) in fields {
            shown.show(name, &key.salt(&record_id, name), value);
        }
        let root = leaf_hash(shown.entry().unwrap().as_bytes());
        let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size: 1, root };
        let proof = TlogProof {
            extra: Some(shown.to_extra().unwrap().into_bytes()),
            index: 0,
            path: Vec::new(),
            checkpoint: self.signer.sign(&checkpoint.text()),
        };
        self.receipts.lock().unwrap().insert(record_id, proof.to_string());
    }

    pub(crate) fn receipt(&self, record: &str) -> Option<String> {
        self.receipts.lock().unwrap().get(record).cloned()
    }

    pub(crate) fn policy(&self) -> String {
        format!("log {}\nquorum none\n", self.signer.verifier())
    }
}

/// An authority and those whom it certified, and one whom nobody trusts.
pub(crate) struct Seals {
    clock: Arc<ManualClock>,
    root: Certificate,
    pub(crate) ours: Signer,
    pub(crate) neighbour: Signer,
    pub(crate) official: Signer,
    pub(crate) forged: Signer,
}

fn key() -> SigningKey {
    let algorithm = Algorithm::P256;
    SigningKey::from_pkcs8(algorithm, &SigningKey::generate(algorithm).unwrap()).unwrap()
}

struct Authority(Certificate, SigningKey, Timestamp);

impl Authority {
    fn new(at: Timestamp) -> Self {
        let key = key();
        Self(issue_root(&key, "Raíz de prueba", "Copihue", at, 20, &SystemRandom).unwrap(), key, at)
    }

    fn issue(&self, profile: &Profile) -> Signer {
        let rut = Run::from_number(60_501_000);
        let issuer = Issuer { certificate: &self.0, key: &self.1, rut, published_at: None };
        let (key, until) = (key(), self.2.plus_seconds(3 * 365 * 86_400));
        let certificate = issue(&issuer, profile, &key, self.2, until, &SystemRandom).unwrap();
        Signer::new(key, certificate, Vec::new()).unwrap()
    }
}

impl Seals {
    pub(crate) fn new(clock: Arc<ManualClock>) -> Self {
        let start = clock.now().plus_seconds(-86_400);
        let (authority, stranger) = (Authority::new(start), Authority::new(start));
        let ours = || Profile::Seal { institution: "Municipalidad de Puente Alto".into(), rut: None };
        let official = Profile::Holder {
            name: "María José Ñancupil Peña".into(),
            run: "11.111.111-1".parse().unwrap(),
            post: "Directora de Tránsito".into(),
            institution: "Municipalidad de Puente Alto".into(),
            email: None,
        };
        let neighbour = Profile::Seal { institution: "Municipalidad de La Florida".into(), rut: None };
        Self {
            ours: authority.issue(&ours()),
            neighbour: authority.issue(&neighbour),
            official: authority.issue(&official),
            forged: stranger.issue(&ours()),
            root: authority.0,
            clock,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn trust(&self) -> TrustStore {
        TrustStore::from_pem(&self.root.to_pem(), AnchorKind::Other).unwrap()
    }
}
