//! `kill -9` at any moment, under load, on both engines: what was acknowledged is there, nothing is half there.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use copihue_core::json;
use copihue_db::testing::TestDb;
use copihue_db::{Db, Options};
use copihue_visitor::demo::{Demo, Settings, free_address, launch};
use copihue_visitor::journeys::{self, Lost, PERMIT_ANSWERS, Permit, Receipt};
use copihue_visitor::{Page, Visitor};

use crate::audit;
use crate::support::{eventually, lock, program};

/// Kills of each engine. `COPIHUE_TEST_KILLS` sets another number.
const KILLS: usize = 100;
const PEOPLE: [&str; 4] = ["44.444.444-4", "55.555.555-5", "88.888.888-8", "99.999.999-9"];
/// The longest that a payment's recovery may take: the lease of a commit that was cut off, and the next look.
const RECOVERY: Duration = Duration::from_secs(60);

/// What the program told somebody, who may rely on it.
#[derive(Default)]
struct Told {
    filed: Vec<(usize, String)>,
    receipts: Vec<(usize, Receipt)>,
    permits: Vec<(usize, Permit, String)>,
    problems: Vec<String>,
}

/// What all visitors share.
struct Load {
    address: String,
    over: AtomicBool,
    plates: AtomicUsize,
    told: Mutex<Told>,
}

/// One person who applies for one permit after the other, whatever happens to the program.
struct Applicant<'a> {
    load: &'a Load,
    who: usize,
    visitor: Visitor,
    /// The case at hand, with its plate.
    case: Option<(String, String)>,
    /// Cases whose payment was cut off.
    waiting: Vec<(String, String)>,
    last: Option<(Permit, String)>,
}

#[derive(PartialEq)]
enum Way {
    On,
    Wait,
}

impl<'a> Applicant<'a> {
    fn new(load: &'a Load, who: usize) -> Self {
        let visitor = Visitor::new(&load.address);
        Self { load, who, visitor, case: None, waiting: Vec::new(), last: None }
    }

    /// Until told to stop; then what was begun is brought to its end.
    fn live(mut self) {
        while !self.load.over.load(Ordering::Relaxed) {
            if self.step() == Way::Wait {
                // Found out about within the recovery time: the page says to wait, and the next case can begin.
                self.waiting.extend(self.case.take());
            }
        }
        self.waiting.extend(self.case.take());
        let begun = Instant::now();
        while let Some(case) = self.waiting.pop() {
            self.case = Some(case);
            while self.case.is_some() && begun.elapsed() < RECOVERY {
                self.step();
            }
            if let Some((case, _)) = self.case.take() {
                self.problem(format!("{case} did not come to its end in {RECOVERY:?}"));
            }
        }
    }

    fn step(&mut self) -> Way {
        match self.go_on() {
            Ok(()) => Way::On,
            Err(Lost::Visit(_)) => {
                std::thread::sleep(Duration::from_millis(20));
                Way::On
            }
            Err(Lost::Elsewhere { status: 200, path, .. }) => {
                std::thread::sleep(Duration::from_millis(200));
                if path.starts_with("/pagos/") { Way::Wait } else { Way::On }
            }
            // A login that a kill cut off counts as one that failed: after a few, the next one waits a minute.
            Err(Lost::Elsewhere { status: 429, .. }) => {
                std::thread::sleep(Duration::from_secs(1));
                Way::On
            }
            Err(lost) => {
                self.problem(lost.to_string());
                self.case = None;
                Way::On
            }
        }
    }

    fn problem(&self, text: String) {
        lock(&self.load.told).problems.push(text);
    }

    /// The next piece of the way; each can be taken again.
    fn go_on(&mut self) -> Result<(), Lost> {
        let Some((case, plate)) = self.case.clone() else { return self.begin() };
        let page = self.visitor.get(&case)?;
        if page.form_with("password").is_some() {
            return self.log_in();
        }
        if page.path.contains("/paso/") {
            let mut answers = vec![("d.patente", plate.as_str())];
            answers.extend(PERMIT_ANSWERS);
            let page = journeys::walk(&mut self.visitor, page, &answers, journeys::at_payment)?;
            lock(&self.load.told).filed.push((self.who, case));
            return self.pay(&page);
        }
        if let Some(form) = page.form_to("/pagar") {
            let page = self.visitor.submit(&form)?;
            return self.pay(&page);
        }
        let permit = journeys::permit(&page)?;
        let file = self.visitor.get(&permit.document)?;
        if file.status != 200 {
            return Err(Lost::elsewhere("the permit", &file));
        }
        let told = (self.who, permit.clone(), json::sha256_hex(&file.bytes));
        self.last = Some((permit, told.2.clone()));
        lock(&self.load.told).permits.push(told);
        self.case = None;
        Ok(())
    }

    fn log_in(&mut self) -> Result<(), Lost> {
        journeys::log_in(&mut self.visitor, PEOPLE[self.who], "/mi").map(|_| ())
    }

    fn begin(&mut self) -> Result<(), Lost> {
        if self.visitor.get("/mi")?.form_with("password").is_some() {
            self.log_in()?;
        }
        self.look_again()?;
        let page = journeys::start(&mut self.visitor, "permiso-circulacion", journeys::PUENTE_ALTO)?;
        let case = journeys::case_of(&page).ok_or_else(|| Lost::elsewhere("a case", &page))?;
        let plate = journeys::plate(self.load.plates.fetch_add(1, Ordering::Relaxed));
        self.case = Some((case, plate));
        Ok(())
    }

    /// The last permit still is what it was.
    fn look_again(&mut self) -> Result<(), Lost> {
        let Some((permit, sha256)) = self.last.clone() else { return Ok(()) };
        let file = self.visitor.get(&permit.document)?;
        if json::sha256_hex(&file.bytes) != sha256 {
            self.problem(format!("{permit:?} became {} {}", file.status, file.path));
        }
        Ok(())
    }

    fn pay(&mut self, page: &Page) -> Result<(), Lost> {
        let page = match page.form_to("/comenzar") {
            Some(_) => journeys::pay(&mut self.visitor, page, "Aprobar")?,
            None => page.clone(),
        };
        let receipt = journeys::receipt(&page)?;
        lock(&self.load.told).receipts.push((self.who, receipt));
        Ok(())
    }
}

/// The same numbers in each run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, from: u64, to: u64) -> Duration {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis(from + (self.0 >> 33) % (to - from))
    }
}

fn kill_and_start(settings: &Settings, kills: usize) -> (Demo, Duration) {
    let mut dice = Dice(2026);
    let mut started = Duration::ZERO;
    let mut n = 0;
    while n < kills {
        let mut demo = Demo::start(settings).unwrap();
        started += demo.took;
        // As long as it took to start, or less: the slower the machine, the longer the load needs to get anywhere.
        let most = demo.took.as_millis().max(200) as u64;
        std::thread::sleep(dice.throw(most / 5, most));
        demo.kill();
        n += 1;
        // One in ten dies while it starts.
        if n % 10 == 9 && n < kills {
            let mut process = launch(settings, &demo.address).unwrap();
            std::thread::sleep(dice.throw(1, 900));
            process.kill().unwrap();
            process.wait().unwrap();
            n += 1;
        }
    }
    (Demo::start(settings).unwrap(), started)
}

fn survives(name: &str, database: Option<&str>) {
    let kills = std::env::var("COPIHUE_TEST_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // Other builds may replace the program meanwhile.
    let own = folder.path().join("copihue");
    std::fs::hard_link(program(), &own).or_else(|_| std::fs::copy(program(), &own).map(|_| ())).unwrap();
    let mut settings = Settings::new(&own, &data);
    settings.database = database.map(str::to_owned);
    settings.log = Some(folder.path().join("log"));
    settings.listen = Some(free_address().unwrap());
    let load = Load {
        address: settings.listen.clone().unwrap(),
        over: AtomicBool::new(false),
        plates: AtomicUsize::new(0),
        told: Mutex::default(),
    };
    let begun = Instant::now();
    let (mut demo, started) = std::thread::scope(|scope| {
        for who in 0..PEOPLE.len() {
            let load = &load;
            scope.spawn(move || Applicant::new(load, who).live());
        }
        let running = kill_and_start(&settings, kills);
        load.over.store(true, Ordering::Relaxed);
        running
    });
    let told = load.told.into_inner().unwrap();
    eprintln!(
        "{name}: {kills} kills in {:?} ({started:?} of it starting), then all came to an end in {:?}; {} filed, {} paid, {} permits",
        begun.elapsed(),
        demo.took,
        told.filed.len(),
        told.receipts.len(),
        told.permits.len()
    );
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(told.problems.is_empty(), "{:#?}\n{log}", told.problems);
    assert!(told.permits.len() >= kills / 25, "too little load: {}", told.permits.len());
    everything_told_is_there(&load.address, &told);
    let url = database.map_or_else(|| format!("sqlite:{}", data.join("copihue.db").display()), str::to_owned);
    nothing_is_half_there(&url, &data);
    demo.kill();
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    let bad: Vec<&str> =
        log.lines().filter(|l| l.contains("\"ERROR\"") || l.contains("panicked")).take(20).collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

fn everything_told_is_there(address: &str, told: &Told) {
    let mut people: Vec<Visitor> = PEOPLE.iter().map(|_| Visitor::new(address)).collect();
    for (run, visitor) in PEOPLE.iter().zip(&mut people) {
        let logged_in = || journeys::log_in(visitor, run, "/mi").ok();
        eventually("the person is in", RECOVERY * 2, logged_in);
    }
    let mut anybody = Visitor::new(address);
    anybody.accept("application/json");
    for (who, case) in &told.filed {
        let page = people[*who].get(case).unwrap();
        assert!(page.visible().contains("EXP-"), "{case}: {}", page.visible());
    }
    for (who, receipt) in &told.receipts {
        let page = people[*who].get(&receipt.path).unwrap();
        assert_eq!(journeys::receipt(&page).unwrap(), *receipt);
    }
    for (who, permit, sha256) in &told.permits {
        let file = people[*who].get(&permit.document).unwrap();
        assert_eq!(json::sha256_hex(&file.bytes), *sha256, "{permit:?}");
        let page = anybody.get(&format!("/verificar/{}", permit.code)).unwrap();
        let said: serde_json::Value = serde_json::from_slice(&page.bytes).unwrap();
        assert_eq!(
            (said["estado"].as_str(), said["sha256"].as_str()),
            (Some("vigente"), Some(sha256.as_str()))
        );
    }
}

/// Reads the tables themselves, once the platform has had the time to finish what was cut off.
fn nothing_is_half_there(url: &str, data: &Path) {
    let db = Db::open(url, Options::default()).unwrap();
    let open = || db.read_blocking(audit::unfinished).unwrap();
    eventually("payments and certificates are finished", RECOVERY, || (open() == 0).then_some(()));
    let objects = data.join("objects");
    let findings = db.read_blocking(move |conn| audit::findings(conn, &objects)).unwrap();
    assert_eq!(findings, Vec::<String>::new());
}

#[test]
fn pay_07_a_kill_at_any_moment_loses_nothing_on_sqlite() {
    survives("SQLite", None);
}

#[test]
fn pay_07_a_kill_at_any_moment_loses_nothing_on_postgres() {
    let Ok(server) = std::env::var("COPIHUE_TEST_POSTGRES") else {
        eprintln!("skipped: COPIHUE_TEST_POSTGRES says of no server");
        return;
    };
    let schema = TestDb::postgres(&server, &Options { readers: 1, connections: 1, ..Options::default() });
    survives("PostgreSQL", Some(schema.url()));
}
