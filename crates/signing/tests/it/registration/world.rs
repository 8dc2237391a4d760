//! A municipality with an operator, a ministro de fe and people who sign, over HTTP.

use std::sync::{Arc, Mutex};

use axum::Router;
use copihue_core::calendar::Calendar;
use copihue_core::totp::{code_of_step, step_at};
use copihue_core::{
    Acr, Actor, Bucket, BucketKey, Clock, Hat, Id, ManualClock, PersonRef, Result, Run, Secret, SeededRandom,
    Subject, SystemRandom, Timestamp,
};
use copihue_db::jobs::Worker;
use copihue_db::testing::TestDb;
use copihue_db::{Db, Tx};
use copihue_directory::model::{policy, role};
use copihue_directory::{
    Act, Authority, Bond, Directory, InstitutionKind, NameSource, NewDesignation, NewInstitution,
    NewMembership, NewOfficial, NewPost, NewUnit, NoJournal, Period, Quality, Seats,
};
use copihue_signing::{
    CERTIFIER, Courier, Evidence, Letter, MIGRATIONS, Mode, OPERATOR, ROLES, RULES, Registration,
    RegistrationParts, Signing,
};
use copihue_web::testing::{Reply, TestClient, web};
use copihue_web::{HatSource, NewSession, Web};

use crate::service::{open, parts};
use crate::support::now;

pub(crate) const TOWN: &str = "PE-MUN-00345";
pub(crate) const MINE: &str = "/gestion/firma/mi-certificado";
pub(crate) const DESK: &str = "/gestion/firma/solicitudes";
pub(crate) const HOLDERS: &str = "/gestion/firma/titulares";

/// Who works there: RUN, name in the directory, bond, roles.
const STAFF: [(u32, &str, Bond, &[&str]); 5] = [
    (ANA, "Ana (de la lista)", Bond::Yearly, &[]),
    (CLERK, "Hernán Salinas", Bond::Permanent, &[CERTIFIER]),
    (DESKER, "Patricia Mellado", Bond::Yearly, &[OPERATOR]),
    (FEE, "Luis Riquelme", Bond::Fee, &[]),
    (YEARLY_CLERK, "Rosa Tapia", Bond::Yearly, &[CERTIFIER, copihue_signing::ADMINISTRATOR]),
];
/// Who asks for a certificate.
pub(crate) const ANA: u32 = 11_111_111;
/// The ministro de fe, of the permanent staff.
pub(crate) const CLERK: u32 = 12_345_678;
/// The operator.
pub(crate) const DESKER: u32 = 22_222_222;
/// Somebody with a fee contract.
pub(crate) const FEE: u32 = 33_333_333;
/// Named ministro de fe, but not of the permanent staff.
pub(crate) const YEARLY_CLERK: u32 = 44_444_444;

/// Mail that went out.
#[derive(Default)]
pub(crate) struct Mailbox(Mutex<Vec<Letter>>);

impl Mailbox {
    /// Texts to an address, the oldest first.
    pub(crate) fn to(&self, address: &str) -> Vec<String> {
        let all = self.0.lock().unwrap();
        all.iter().filter(|l| l.to == address).map(|l| format!("{}\n{}", l.subject, l.text)).collect()
    }
}

impl Courier for Mailbox {
    fn send(&self, _: &mut Tx<'_>, letter: &Letter) -> Result<()> {
        self.0.lock().unwrap().push(letter.clone());
        Ok(())
    }
}

struct Hats(Directory);

impl HatSource for Hats {
    fn hats(&self, run: Run) -> Vec<Hat> {
        self.0.hats(run)
    }
}

pub(crate) struct Town {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) db: Db,
    pub(crate) web: Web,
    pub(crate) router: Router,
    pub(crate) directory: Directory,
    pub(crate) signing: Signing,
    pub(crate) registration: Registration,
    pub(crate) mail: Arc<Mailbox>,
}

pub(crate) fn run(number: u32) -> Run {
    Run::from_number(number).unwrap()
}

/// The mailbox of an official.
pub(crate) fn mail_of(number: u32) -> String {
    format!("f{number}@muni.cl")
}

impl Town {
    pub(crate) async fn new(test: &TestDb, evidence: Arc<dyn Evidence>) -> Self {
        test.migrate(&[copihue_web::MIGRATIONS, copihue_directory::MIGRATIONS, MIGRATIONS]).unwrap();
        let clock = Arc::new(ManualClock::new(now()));
        let db = test.db();
        let directory = directory(&db, &clock, InstitutionKind::Municipality).await;
        let signing = open(&db, &clock, Mode::Demo, evidence).await;
        signing.ensure_authority().await.unwrap();
        let mail = Arc::new(Mailbox::default());
        let registration = Registration::new(RegistrationParts {
            signing: signing.clone(),
            directory: directory.clone(),
            calendar: Arc::new(Calendar::shipped),
            courier: mail.clone(),
        });
        let web = web(db.clone(), clock.clone(), Arc::new(Hats(directory.clone())));
        let router = web.router(vec![registration.routes(), signing.routes(), signing.contracts()]);
        Self { clock, db, web, router, directory, signing, registration, mail }
    }

    /// Somebody in front of a browser, who logged in now.
    pub(crate) async fn visitor(&self, number: u32) -> TestClient {
        let mut client = TestClient::new(&self.router);
        self.log_in(&mut client, number).await;
        client
    }

    pub(crate) async fn log_in(&self, client: &mut TestClient, number: u32) {
        self.log_in_since(client, number, Some(self.clock.now())).await;
    }

    /// A session of now, for a password that was given then; or nobody knows when.
    pub(crate) async fn log_in_since(&self, client: &mut TestClient, number: u32, since: Option<Timestamp>) {
        let session =
            NewSession { person: person(number), acr: Acr::Low, amr: vec!["pwd".into()], sid: None };
        client.log_in_since(&self.web, session, since).await;
    }

    /// The official as an actor, for what has no page here.
    pub(crate) fn actor(&self, number: u32) -> Actor {
        let hat = self.directory.hats(run(number)).into_iter().next();
        Actor { subject: Subject::Person(person(number)), hat, acr: Acr::Low, trace: "t".into() }
    }

    /// The operator makes a holder of somebody.
    pub(crate) async fn make_holder(&self, number: u32, purposes: &str) -> Reply {
        let mut operator = self.visitor(DESKER).await;
        let (run, email) = (run(number).to_string(), mail_of(number));
        let fields = [
            ("run", run.as_str()),
            ("correo", email.as_str()),
            ("tipo", "funcionario"),
            ("propositos", purposes),
            ("vigencia", "24"),
        ];
        operator.get(&format!("{HOLDERS}/nuevo")).await.expect(200);
        operator.post(&format!("{HOLDERS}/nuevo"), &fields).await
    }

    /// The holder writes a request and sends it; its id.
    pub(crate) async fn ask(&self, number: u32, purpose: &str) -> String {
        let mut holder = self.visitor(number).await;
        holder.get(&format!("{MINE}/solicitar")).await.expect(200);
        let fields = [("proposito", purpose), ("vigencia", "12")];
        let draft = holder.post(&format!("{MINE}/solicitar"), &fields).await.expect(200);
        let id = draft.path.rsplit('/').next().unwrap().to_owned();
        holder.post(&format!("{MINE}/solicitudes/{id}/enviar"), &[]).await.expect(200);
        id
    }

    pub(crate) async fn approve(&self, number: u32, id: &str) -> Reply {
        let mut clerk = self.visitor(number).await;
        clerk.get(&format!("{DESK}/{id}")).await.expect(200);
        clerk.post(&format!("{DESK}/{id}/aprobar"), &[]).await
    }

    /// Sets the holder's second factor up, as they would; its seed.
    pub(crate) async fn set_codes_up(&self, number: u32) -> Secret {
        let mut holder = self.visitor(number).await;
        holder.get(&format!("{MINE}/codigo")).await.expect(200);
        let shown = holder.post(&format!("{MINE}/codigo/ver"), &[]).await.expect(200);
        let seed = seed_on(&shown);
        let code = self.code(&seed);
        let tried = holder.post(&format!("{MINE}/codigo/probar"), &[("otp", &code)]).await.expect(200);
        assert!(tried.says("El código es correcto"), "{}", tried.text());
        self.clock.advance_millis(30_000);
        seed
    }

    pub(crate) fn code(&self, seed: &Secret) -> String {
        code_of_step(seed, step_at(self.clock.now()))
    }

    /// Somebody with a certificate for signing with codes, and their seed.
    pub(crate) async fn signer(&self, number: u32) -> Secret {
        self.make_holder(number, "ambos").await.expect(200);
        let id = self.ask(number, "general").await;
        self.approve(CLERK, &id).await.expect(200);
        self.set_codes_up(number).await
    }

    /// Whatever is due by now.
    pub(crate) async fn run_jobs(&self) {
        let clock: Arc<dyn Clock> = self.clock.clone();
        self.registration.register(Worker::new(self.db.clone(), clock)).run_due().await.unwrap();
    }

    /// Another process over the same database.
    pub(crate) async fn other_process(&self) -> Signing {
        let evidence = Arc::new(copihue_signing::NoEvidence);
        Signing::open(parts(&self.db, &self.clock, Mode::Demo, evidence)).await.unwrap()
    }
}

/// The seed that is written beside the QR code.
pub(crate) fn seed_on(page: &Reply) -> Secret {
    let text = page.text();
    let key = text.split("<strong>").find(|part| {
        let word = part.split("</strong>").next().unwrap_or_default();
        word.len() > 30 && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' ')
    });
    let key = key.unwrap().split("</strong>").next().unwrap().replace(' ', "");
    Secret::new(unbase32(&key))
}

fn unbase32(text: &str) -> Vec<u8> {
    let value = |c: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap() as u64;
    let bits: Vec<bool> =
        text.chars().flat_map(|c| (0..5).rev().map(move |b| value(c) >> b & 1 == 1)).collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |n, bit| n << 1 | u8::from(*bit))).collect()
}

/// As the login says who they are: other names than the list's.
pub(crate) fn person(number: u32) -> PersonRef {
    let names = if number == ANA { "Ana María Ñancupil Peña" } else { "Nombre Del Ingreso" };
    let id =
        Id::new(Timestamp::from_millis(i64::from(number)), Bucket::new(5), &SeededRandom::new(number.into()));
    PersonRef { id, run: run(number), name: names.to_owned() }
}

async fn directory(db: &Db, clock: &Arc<ManualClock>, kind: InstitutionKind) -> Directory {
    let directory = Directory::open(copihue_directory::Parts {
        db: db.clone(),
        key: [4; 32],
        buckets: BucketKey::new(&[3; 32]),
        clock: clock.clone(),
        random: Arc::new(SystemRandom),
        journal: Arc::new(NoJournal),
        roles: [role::ROLES, ROLES].concat(),
        rules: [policy::RULES, RULES].concat(),
    })
    .await
    .unwrap();
    directory.change(move |d, tx| add_town(d, tx, kind)).await.unwrap();
    directory
}

fn add_town(d: &Directory, tx: &mut Tx<'_>, kind: InstitutionKind) -> Result<()> {
    // Roles of an office end after a year by themselves.
    let from = copihue_core::calendar::Zone::Santiago.date(now().plus_seconds(-30 * 86_400));
    let actor = Actor::job("test");
    d.add_institution(
        tx,
        &actor,
        NewInstitution::new(TOWN, "Municipalidad de Puente Alto", "MPA", kind, from),
    )?;
    let (institution, period) = (TOWN.to_owned(), Period::starting(from));
    let unit = NewUnit {
        institution: institution.clone(),
        code: "TRANSITO".into(),
        name: "Tránsito".into(),
        parent: None,
        period,
    };
    let unit = d.add_unit(tx, &actor, unit)?;
    for (number, name, bond, roles) in STAFF {
        let post = NewPost {
            institution: institution.clone(),
            unit,
            name: format!("Cargo {number}"),
            authority: Authority::Other,
            seats: Seats::Single,
            superior_post: None,
            period,
        };
        let post = d.add_post(tx, &actor, post)?;
        let membership = NewMembership { institution: institution.clone(), unit, post, bond, period };
        let email = Some(mail_of(number));
        let (run, name_source) = (run(number), NameSource::Imported);
        let new = NewOfficial { run, name: name.to_owned(), name_source, email, membership };
        let official = d.add_official(tx, &actor, new)?;
        for role in roles {
            let act = Act { kind: "decreto".into(), number: number.to_string(), date: from };
            let designation = NewDesignation {
                institution: institution.clone(),
                role: (*role).to_owned(),
                unit: None,
                official,
                quality: Quality::Holder,
                post_text: "Cargo".into(),
                act: Some(act),
                period,
                replaces: None,
            };
            d.add_designation(tx, &actor, designation)?;
        }
    }
    Ok(())
}
