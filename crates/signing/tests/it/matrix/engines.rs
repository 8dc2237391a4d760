//! Where keys are: here, in a PKCS#11 token, and in the State's vault, whose part our own server plays. One deployment signs
//! with all three.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path as Part, State};
use axum::routing::get;
use copihue_core::{
    Actor, Bucket, Clock, Id, ManualClock, PersonRef, Result, Run, SeededRandom, Subject, Timestamp,
};
use copihue_db::testing::TestDb;
use copihue_signing::keys::Algorithm;
use copihue_signing::pki::{Certificate, Issuer};
use copihue_signing::verify::AnchorKind;
use copihue_signing::{
    FirmaGobSettings, MIGRATIONS, Mode, NewHolder, NewSeal, NoEvidence, Order, RevocationSource, SealOptions,
    SignedFile, Signing, Timestamps, TokenSeal,
};

use super::cells::{DOCUMENT, XML};
use crate::crosscheck::{LISTS, PUBLISHED_AT, list, published};
use crate::firmagob::{chain, serve, settings, state};
use crate::service::{CITY, actor, open_with};
use crate::support::{Authority, Bench};
use crate::tickets::{Contract, ENTITY, INSTITUTION};
use crate::token;

/// Where a key is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Engine {
    Here,
    Token,
    FirmaGob,
}

impl Engine {
    pub(super) const ALL: [Self; 3] = [Self::Here, Self::Token, Self::FirmaGob];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Here => "software",
            Self::Token => "PKCS#11",
            Self::FirmaGob => "FirmaGob",
        }
    }
}

/// An official whose certificate is in the State's vault, with the code of the moment.
struct Official {
    actor: Actor,
    code: String,
}

/// A deployment, and what it signs with.
pub(super) struct Engines {
    pub(super) bench: Bench,
    pub(super) signing: Signing,
    pub(super) clock: Arc<ManualClock>,
    officials: Vec<Official>,
    /// Without SoftHSM there is none.
    token: Option<Arc<Authority>>,
    state: Contract,
}

const NAME: &str = "Municipalidad de Puente Alto";

fn seal_of(engine: Engine, algorithm: Algorithm) -> String {
    format!("{CITY}-{engine:?}-{}", algorithm.code())
}

impl Engines {
    /// `folder`: of a token without keys.
    pub(super) async fn open(folder: Option<&Path>) -> Self {
        let (state, url) = state().await;
        let clock = Arc::clone(&state.clock);
        let token = folder.map(|_| Arc::new(published()));
        let of_state = chain(&state);
        let anchors = [(of_state[0].clone(), AnchorKind::State)].into_iter();
        let anchors = anchors.chain(token.as_ref().map(|t| (t.root.clone(), AnchorKind::Test)));
        let anchors = (Timestamps::default(), anchors.map(Into::into).collect());
        let test = TestDb::sqlite(&copihue_db::Options::default());
        test.migrate(&[MIGRATIONS]).unwrap();
        let signing = open_with(&test.db(), &clock, Mode::Live, Arc::new(NoEvidence), anchors).await;
        signing.ensure_authority().await.unwrap();
        let bench = Bench::new(&Authority::new(Algorithm::P256));
        let mut engines = Self { bench, signing, clock, officials: Vec::new(), token, state };
        engines.seals().await;
        if let Some(folder) = folder {
            engines.seals_in_token(folder).await;
        }
        engines.officials(&url).await;
        engines.revocation(&url, &of_state).await;
        engines.publish(&of_state).await;
        engines
    }

    pub(super) fn all(&self) -> Vec<Engine> {
        Engine::ALL.into_iter().filter(|e| *e != Engine::Token || self.token.is_some()).collect()
    }

    /// Whether the tables can be compared.
    pub(super) fn are_all_there(&self) -> bool {
        if self.token.is_none() {
            eprintln!("skipped: the table, since SoftHSM is not installed");
        }
        self.token.is_some()
    }

    async fn seals(&self) {
        for algorithm in Algorithm::DOCUMENTS {
            let institution = seal_of(Engine::Here, algorithm);
            let seal = NewSeal { institution, name: NAME.into(), rut: None, algorithm };
            self.signing.ensure_seal(&seal).await.unwrap();
        }
    }

    async fn seals_in_token(&self, folder: &Path) {
        let authority = self.token.as_ref().unwrap();
        let (certificate, key) = (&authority.issuing, &authority.issuing_key);
        let by = Issuer { certificate, key, rut: None, published_at: PUBLISHED_AT };
        for (n, algorithm) in Algorithm::DOCUMENTS.into_iter().enumerate() {
            let (name, id) = (algorithm.code(), format!("0{}", n + 1));
            let own = token::import(folder, (name, &id), algorithm, &by);
            let seal = TokenSeal {
                institution: seal_of(Engine::Token, algorithm),
                settings: token::settings(name, token::PIN),
                hash: None,
                certificates: vec![own, authority.issuing.clone()],
            };
            self.signing.use_token(seal).await.unwrap();
        }
    }

    async fn officials(&mut self, url: &str) {
        let settings =
            FirmaGobSettings { timeout: Duration::from_secs(60), ..settings(url, chain(&self.state)) };
        self.signing.use_firmagob(settings).unwrap();
        for (n, algorithm) in (0..).zip(Algorithm::DOCUMENTS) {
            let id = Id::new(self.clock.now(), Bucket::new(7), &SeededRandom::new(70 + n));
            let run = Run::from_number(9_100_000 + u32::try_from(n).unwrap()).unwrap();
            let name = "María Ñancupil".to_owned();
            let holder = NewHolder {
                institution: INSTITUTION.into(),
                institution_name: ENTITY.into(),
                official: id,
                run,
                name: name.clone(),
                post: "Directora de Tránsito".into(),
                email: None,
                algorithm,
            };
            let signing = &self.state.signing;
            signing.ensure_holder(&holder).await.unwrap();
            let code = signing.current_code(INSTITUTION, id).await.unwrap();
            let subject = Subject::Person(PersonRef { id, run, name });
            self.officials.push(Official { actor: Actor { subject, ..actor() }, code });
        }
    }

    /// Where the authorities of the token and of the State tell what they revoked.
    async fn revocation(&self, url: &str, of_state: &[Certificate]) {
        let crl = |of: &Certificate| Some(format!("{url}/pki/{}.crl", of.key_id()));
        let [root, issuing] = of_state else { return };
        let mut sources = vec![
            RevocationSource { issuer: root.clone(), ocsp: None, crl: crl(root) },
            RevocationSource {
                issuer: issuing.clone(),
                ocsp: Some(format!("{url}/pki/ocsp")),
                crl: crl(issuing),
            },
        ];
        if let Some(authority) = &self.token {
            let shared = (Arc::clone(authority), Arc::clone(&self.clock));
            let answer = |Part(name): Part<String>, State((authority, clock)): State<Lists>| async move {
                list(&authority, &name, whole(clock.now()))
            };
            let url = serve(Router::new().route("/{name}", get(answer)).with_state(shared)).await;
            let issuers = [&authority.root, &authority.issuing];
            sources.extend(LISTS.iter().zip(issuers).map(|(name, issuer)| RevocationSource {
                issuer: issuer.clone(),
                ocsp: None,
                crl: Some(format!("{url}/{name}")),
            }));
        }
        self.signing.use_revocation(sources).unwrap();
    }

    /// What the programs that judge look into: the roots and the lists of all three, and the document of a signature beside it.
    async fn publish(&self, of_state: &[Certificate]) {
        self.bench.put(DOCUMENT, XML);
        let mut roots = vec![self.signing.root().unwrap(), of_state[0].clone()];
        roots.extend(self.token.as_ref().map(|t| t.root.clone()));
        let pem: String = roots.iter().map(Certificate::to_pem).collect();
        self.bench.put("ca.pem", pem.as_bytes());
        for (who, signing) in [("here", &self.signing), ("state", &self.state.signing)] {
            self.bench.put(&format!("{who}-root.crl"), &signing.root_crl().await.unwrap());
            self.bench.put(&format!("{who}-issuing.crl"), &signing.crl().await.unwrap());
        }
        if let Some(authority) = &self.token {
            for name in LISTS {
                let bytes = list(authority, name, whole(self.clock.now()));
                self.bench.put(&format!("token-{name}"), &bytes);
            }
        }
    }

    /// A PDF signed with a key of this kind, wherever it is.
    pub(super) async fn pdf(
        &self,
        (engine, algorithm): (Engine, Algorithm),
        pdf: Vec<u8>,
        options: SealOptions,
    ) -> Result<SignedFile> {
        if engine == Engine::FirmaGob {
            let of_it = |(_, a): &(&Official, Algorithm)| *a == algorithm;
            let (who, _) = self.officials.iter().zip(Algorithm::DOCUMENTS).find(of_it).unwrap();
            return self.signing.sign_pdf_as(&who.actor, &who.code, pdf, options).await;
        }
        self.signing.seal_pdf(&seal_of(engine, algorithm), pdf, options).await
    }

    /// Files signed otherwise; FirmaGob does not sign them.
    pub(super) async fn files(
        &self,
        (engine, algorithm): (Engine, Algorithm),
        order: Order,
    ) -> Result<SignedFile> {
        self.signing.seal_files(&seal_of(engine, algorithm), order).await
    }
}

type Lists = (Arc<Authority>, Arc<ManualClock>);

/// That is what a list can say.
fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.millis().div_euclid(1000) * 1000)
}
