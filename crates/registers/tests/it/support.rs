//! Registers over a test database, in a small world.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use copihue_core::{
    Acr, Actor, Bucket, Clock, Error, Hat, Id, ManualClock, PersonRef, Result, Run, SeededRandom, Subject,
    Timestamp,
};
use copihue_db::testing::engines;
use copihue_db::{Db, Tx};
use copihue_ledger::{Config, Ledger};
use copihue_registers::model::item::{Item, one};
use copihue_registers::{Custodian, KEEPER, MIGRATIONS, Parts, Register, Registers, Taken, World};
use copihue_tlog::policy::Policy;
use jiff::civil::Date;

pub(crate) const KEEPERS: &str = "PE-SER-00001";

/// What a platform knows, and what it was told.
#[derive(Default)]
pub(crate) struct Small {
    pub(crate) known: Mutex<BTreeMap<Register, Vec<(String, Item)>>>,
    pub(crate) told: Mutex<Vec<String>>,
}

impl World for Small {
    fn known(&self, register: Register, _today: Date) -> Result<Vec<(String, Item)>> {
        Ok(self.known.lock().unwrap().get(&register).cloned().unwrap_or_default())
    }

    fn take(&self, _tx: &mut Tx<'_>, taken: &Taken<'_>) -> Result<()> {
        if taken.item.text("nombre") == "Feriado imposible" {
            return Err(Error::conflict("feriado_en_conflicto", "Ese día ya es feriado."));
        }
        self.told.lock().unwrap().push(taken.item.text("nombre"));
        Ok(())
    }
}

pub(crate) struct W {
    pub(crate) db: Db,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) ledger: Ledger,
    pub(crate) world: Arc<Small>,
    pub(crate) registers: Registers,
}

/// An institution as an item.
pub(crate) fn institution(code: &str, name: &str) -> (String, Item) {
    let fields = [
        ("institucion", one(code)),
        ("nombre", one(name)),
        ("sigla", one("MPR")),
        ("tipo", one("municipalidad")),
        ("comuna", one("13201")),
    ];
    (code.to_owned(), Item::new(fields).unwrap())
}

impl W {
    async fn new(db: Db, seed: u64) -> Self {
        let clock = Arc::new(ManualClock::at("2026-12-07T12:00:00Z"));
        let config = Config {
            host: "datos.example.cl".into(),
            master_key: [7; 32],
            signing_key: [9; 32],
            interval: Duration::from_millis(10),
            policy: copihue_ledger::NO_WITNESSES.into(),
            copies: Vec::new(),
        };
        let time = clock.clone() as Arc<dyn Clock>;
        let random = Arc::new(SeededRandom::new(seed));
        let ledger = Ledger::new(db.clone(), config, time.clone(), random.clone()).unwrap();
        let world = Arc::new(Small::default());
        world.say(Register::Institutions, [institution("PE-MUN-00301", "Municipalidad de Puente Alto")]);
        let registers = Registers::open(Parts {
            db: db.clone(),
            ledger: ledger.clone(),
            clock: time,
            random,
            world: world.clone(),
            custodian: Some(Custodian { code: KEEPERS.into(), licence: "CC0-1.0".into() }),
        })
        .await
        .unwrap();
        Self { db, clock, ledger, world, registers }
    }

    /// Writes what the world knows, and publishes it.
    pub(crate) async fn settle(&self) -> u64 {
        let written = self.registers.sync().await.unwrap();
        self.ledger.sequence_once().await.unwrap();
        written
    }

    pub(crate) fn policy(&self) -> Policy {
        Policy::parse(&self.ledger.policy()).unwrap()
    }
}

impl Small {
    pub(crate) fn say(&self, register: Register, items: impl IntoIterator<Item = (String, Item)>) {
        self.known.lock().unwrap().insert(register, items.into_iter().collect());
    }
}

/// Runs a test's body on each engine, in a world whose registers are filled and published.
pub(crate) async fn each_engine(body: impl AsyncFn(&W)) {
    for (test, seed) in engines().into_iter().zip(1..) {
        test.migrate(&[copihue_web::MIGRATIONS, copihue_ledger::MIGRATIONS, MIGRATIONS])
            .unwrap_or_else(|e| panic!("{test:?}: {e}"));
        let w = W::new(test.db(), seed).await;
        w.settle().await;
        body(&w).await;
    }
}

pub(crate) fn id(n: u64) -> Id {
    Id::new(Timestamp::from_millis(1_000), Bucket::new(3), &SeededRandom::new(n))
}

pub(crate) fn person(n: u32) -> PersonRef {
    PersonRef {
        id: id(n.into()),
        run: Run::from_number(10_000_000 + n).unwrap(),
        name: format!("Persona {n}"),
    }
}

pub(crate) fn hat(n: u32, institution: &str, roles: &[&str]) -> Hat {
    Hat {
        institution: institution.to_owned(),
        official: id(100 + u64::from(n)),
        unit: "GABINETE".to_owned(),
        post: "Encargada de registros".to_owned(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
    }
}

/// The n-th official who keeps the registers.
pub(crate) fn keeper(n: u32) -> Actor {
    acting(n, hat(n, KEEPERS, &[KEEPER]))
}

pub(crate) fn acting(n: u32, hat: Hat) -> Actor {
    Actor { subject: Subject::Person(person(n)), hat: Some(hat), acr: Acr::Low, trace: "prueba".to_owned() }
}
