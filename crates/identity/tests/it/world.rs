//! A provider that answers HTTP, with the people of the sandbox and an application of another institution.

use std::sync::Arc;

use axum::Router;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use copihue_core::{BucketKey, ManualClock, Secret, SeededRandom};
use copihue_db::testing::{TestDb, engines};
use copihue_identity::*;
use copihue_ledger::{Ledger, Record};
use copihue_web::testing::{Reply, TestClient, config};
use copihue_web::{Timeouts, Web};
use http::Method;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const APP: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const SECRET: &str = "fedcba9876543210fedcba9876543210";
pub(crate) const RETURN: &str = "https://tramites.ejemplo.cl/claveunica/callback/";

pub(crate) struct World {
    pub(crate) identity: Identity,
    pub(crate) web: Web,
    pub(crate) router: Router,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) base: String,
    pub(crate) db: TestDb,
    pub(crate) ledger: Ledger,
    pub(crate) mails: Mails,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The ledger as `copihue` wires it.
struct Leaves(Ledger);

impl Evidence for Leaves {
    fn append(&self, tx: &mut copihue_db::Tx<'_>, record: Record) -> copihue_core::Result<()> {
        self.0.append(tx, record)
    }
}

/// Who works in the offices of identity.
pub(crate) const OFFICES: [(u32, &str); 2] = [(66_666_666, ADMINISTRATOR), (77_777_777, SUPPORT)];

struct Offices;

impl copihue_web::HatSource for Offices {
    fn hats(&self, run: copihue_core::Run) -> Vec<copihue_core::Hat> {
        let own = OFFICES.into_iter().filter(|(number, _)| *number == run.number());
        let hat = |(number, role): (u32, &str)| copihue_core::Hat {
            institution: "PE-SER-00001".into(),
            official: copihue_core::Id::new(
                copihue_core::Timestamp::from_millis(1),
                copihue_core::Bucket::new(1),
                &SeededRandom::new(number.into()),
            ),
            unit: "IDENTIDAD".into(),
            post: "Encargada de identidad".into(),
            roles: vec![role.into()],
        };
        own.map(hat).collect()
    }
}

/// The registry of bodies, as `copihue` wires it.
struct Registry;

impl Bodies for Registry {
    fn body(&self, code: &str) -> Option<Body> {
        let known = ["PE-SER-00001", "PE-MUN-00301"].contains(&code);
        known.then(|| Body {
            name: format!("Institución {code}"),
            zone: copihue_core::calendar::Zone::Santiago,
            scope: copihue_core::calendar::Scope::NATIONAL,
            domains: vec!["ejemplo.cl".into()],
        })
    }
}

/// What was sent by mail.
#[derive(Clone, Default)]
pub(crate) struct Mails(Arc<std::sync::Mutex<Vec<Letter>>>);

impl Mailer for Mails {
    fn send(&self, _tx: &mut copihue_db::Tx<'_>, letter: &Letter) -> copihue_core::Result<()> {
        self.0.lock().unwrap().push(letter.clone());
        Ok(())
    }
}

impl Mails {
    /// Takes what came.
    pub(crate) fn take(&self) -> Vec<Letter> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    /// The code in the only letter that came.
    pub(crate) fn code(&self) -> String {
        let letters = self.take();
        assert_eq!(letters.len(), 1, "{letters:?}");
        letters[0].text.lines().find_map(|line| line.strip_prefix("    ")).unwrap().to_owned()
    }
}

pub(crate) fn app() -> NewClient {
    NewClient {
        id: Some(APP.into()),
        secret: Some(Secret::new(SECRET)),
        name: "Patentes <b>de</b> Ejemplo".into(),
        institution: "Municipalidad de Ejemplo".into(),
        environment: Environment::Sandbox,
        state: ClientState::Active,
        scopes: vec!["openid".into(), "run".into(), "name".into()],
        redirect_uris: vec![RETURN.into()],
        logout_uris: vec!["https://tramites.ejemplo.cl/salida".into()],
        settings: Settings::default(),
    }
}

fn person(run: &str, names: &[&str], surnames: &[&str], kind: PersonKind) -> NewPerson {
    NewPerson {
        run: run.parse().unwrap(),
        names: names.iter().map(|s| (*s).into()).collect(),
        surnames: surnames.iter().map(|s| (*s).into()).collect(),
        email: Some("maria@ejemplo.cl".into()),
        password: Some(Secret::new("testing")),
        kind,
        proofing: Proofing::P1,
    }
}

pub(crate) async fn worlds() -> Vec<World> {
    let mut all = Vec::new();
    for db in engines() {
        all.push(World::on(db, |_| {}).await);
    }
    all
}

/// One world, on SQLite: for what the engine doesn't touch.
pub(crate) async fn world() -> World {
    World::on(engines().remove(0), |_| {}).await
}

impl World {
    pub(crate) async fn on(db: TestDb, change: impl FnOnce(&mut Config)) -> Self {
        Self::build(db, change, Arc::new(Offices)).await
    }

    pub(crate) async fn with_hats(db: TestDb, hats: Arc<dyn copihue_web::HatSource>) -> Self {
        Self::build(db, |_| {}, hats).await
    }

    async fn build(
        db: TestDb,
        change: impl FnOnce(&mut Config),
        hats: Arc<dyn copihue_web::HatSource>,
    ) -> Self {
        let db = db.prepare(&[copihue_web::MIGRATIONS, copihue_ledger::MIGRATIONS, MIGRATIONS]);
        let clock = Arc::new(ManualClock::at("2026-11-20T15:00:00Z"));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mut settings = config();
        settings.base_url.clone_from(&base);
        let random = Arc::new(SeededRandom::new(3));
        let web = Web::new(db.db(), settings, clock.clone(), random.clone(), hats);
        let mut config = Config::sandbox(&base, "Municipalidad de Ejemplo");
        config.hash = HashParams { memory_kib: 64, passes: 1 };
        change(&mut config);
        let keys = copihue_ledger::Config {
            host: "prueba.cl".into(),
            signing_key: [1; 32],
            master_key: [2; 32],
            interval: std::time::Duration::from_secs(1),
            policy: copihue_ledger::NO_WITNESSES.into(),
            copies: Vec::new(),
        };
        let ledger = Ledger::new(db.db(), keys, clock.clone(), random.clone()).unwrap();
        let mails = Mails::default();
        let identity = Identity::open(Parts {
            db: db.db(),
            web: web.clone(),
            buckets: BucketKey::new(&[8; 32]),
            key: [9; 32],
            clock: clock.clone(),
            random,
            evidence: Arc::new(Leaves(ledger.clone())),
            mail: Arc::new(mails.clone()),
            bodies: Arc::new(Registry),
            calendar: Arc::new(copihue_core::calendar::Calendar::shipped),
            config,
        })
        .await
        .unwrap();
        let router = web.router(identity.routes());
        let server = tokio::spawn({
            let router = router.clone();
            async move {
                let _ =
                    copihue_web::serve(listener, router, Timeouts::default(), std::future::pending()).await;
            }
        });
        let world = Self { identity, web, router, clock, base, db, ledger, mails, server };
        world.people().await;
        world.register(app()).await;
        world
    }

    async fn people(&self) {
        let (test, real) = (PersonKind::Test, PersonKind::Real);
        for new in [
            person("44.444.444-4", &["María", "Carmen"], &["Del Río", "Gonzalez"], test),
            person("55.555.555-5", &["Pedro"], &["Soto"], test),
            person("11.111.111-1", &["Real"], &["Persona"], real),
        ] {
            self.identity.register_person(new).await.unwrap();
        }
    }

    pub(crate) async fn register(&self, new: NewClient) -> RegisteredClient {
        let identity = self.identity.clone();
        self.db.write(move |tx| identity.register_client(tx, &new)).await.unwrap()
    }

    /// Ends every session of our own pages; the provider's stay.
    pub(crate) async fn end_sessions(&self) {
        let now = copihue_core::Clock::now(&*self.clock);
        self.db.write(move |tx| copihue_web::end_every_session(tx, now)).await.unwrap();
    }

    pub(crate) fn visitor(&self) -> TestClient {
        TestClient::new(&self.router)
    }

    /// Opens the login of an application and sends RUN and password.
    pub(crate) async fn log_in(&self, c: &mut TestClient, url: &str, run: &str, password: &str) -> Reply {
        let page = c.get_raw(url).await.expect(200);
        send(c, &page, url, run, password).await
    }

    /// A whole login: the code.
    pub(crate) async fn code(&self, c: &mut TestClient, url: &str) -> String {
        let done = self.log_in(c, url, "44444444-4", "testing").await.expect(303);
        query(done.location().unwrap(), "code").unwrap()
    }

    pub(crate) async fn token(&self, fields: &[(&str, &str)]) -> Reply {
        self.visitor().send(Method::POST, "/openid/token/", Some(FORM), form(fields)).await
    }

    /// Redeems a code as the contract says.
    pub(crate) async fn redeem(&self, code: &str) -> Reply {
        self.token(&redeem_fields(code)).await
    }

    pub(crate) async fn userinfo(&self, token: &str) -> Reply {
        let mut c = self.visitor().header("authorization", &format!("Bearer {token}"));
        c.send(Method::POST, "/openid/userinfo/", None, Vec::new()).await
    }
}

pub(crate) fn redeem_fields(code: &str) -> [(&str, &str); 6] {
    [
        ("client_id", APP),
        ("client_secret", SECRET),
        ("redirect_uri", RETURN),
        ("grant_type", "authorization_code"),
        ("code", code),
        ("state", "abcdefgh"),
    ]
}

pub(crate) fn refresh_fields(token: &str) -> [(&str, &str); 4] {
    [("client_id", APP), ("client_secret", SECRET), ("grant_type", "refresh_token"), ("refresh_token", token)]
}

/// Fills in and sends the login form on a page.
pub(crate) async fn send(c: &mut TestClient, page: &Reply, url: &str, run: &str, password: &str) -> Reply {
    let mut fields = page.form(url).unwrap_or_else(|| panic!("no form for {url}:\n{}", page.text()));
    fields.retain(|(n, _)| n != "run" && n != "password");
    fields.push(("run".into(), run.into()));
    fields.push(("password".into(), password.into()));
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    c.send(Method::POST, url, Some(FORM), form(&pairs)).await
}

pub(crate) fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
}

/// The authorization request of the contract, with more parameters or others.
pub(crate) fn authorize(more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("client_id", APP),
        ("response_type", "code"),
        ("scope", "openid run name"),
        ("redirect_uri", RETURN),
        ("state", "abcdefgh"),
    ];
    for (name, value) in more {
        fields.retain(|(n, _)| n != name);
        if !value.is_empty() {
            fields.push((name, value));
        }
    }
    format!("/openid/authorize/?{}", String::from_utf8(form(&fields)).unwrap())
}

pub(crate) fn query(url: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(url).unwrap();
    url.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
}

pub(crate) fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

pub(crate) fn part(jwt: &str, n: usize) -> serde_json::Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jwt.split('.').nth(n).unwrap()).unwrap()).unwrap()
}
