//! Figures of the whole program: pages, journeys, start, memory, weight.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use copihue_visitor::Visitor;
use copihue_visitor::demo::{Demo, Settings};
use copihue_visitor::journeys;

use super::load;
use super::print::{figure, note};
use crate::Outcome;
use crate::run::{cargo, root, show};

/// Sample people: each walks alone, since a person who starts a procedure again goes on with their draft.
const PEOPLE: [&str; 8] = [
    "44.444.444-4",
    "55.555.555-5",
    "88.888.888-8",
    "99.999.999-9",
    "11.111.111-1",
    "22.222.222-2",
    "33.333.333-3",
    "7.654.321-6",
];
const CONNECTIONS: usize = 32;
const SECONDS: Duration = Duration::from_secs(6);

/// The program, built for release.
fn program() -> Outcome<PathBuf> {
    show(cargo().args(["build", "--quiet", "--release", "--package", "copihue"]))?;
    Ok(root().join("target/release/copihue"))
}

/// Home page and a case page of 20 documents.
pub(crate) fn pages() -> Outcome {
    let folder = tempfile::tempdir()?;
    let mut settings = Settings::new(program()?, folder.path());
    settings.arguments = vec!["--cases".to_owned(), "1".to_owned()];
    let demo = Demo::start(&settings)?;
    page(&demo, "home page", "/", &Visitor::new(&demo.address), 15_000.0)?;

    let mut person = demo.visitor();
    journeys::log_in(&mut person, PEOPLE[0], "/mi")?;
    let list = person.get("/mi/expedientes")?;
    let case = list.link("/mi/expedientes/").ok_or("the sample person has no case")?;
    page(&demo, "case page, 20 documents", &case, &person, 5_000.0)
}

fn page(demo: &Demo, what: &str, path: &str, who: &Visitor, target: f64) -> Outcome {
    let cookies = who.cookie_header();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\nAccept-Encoding: br\r\nCookie: {cookies}\r\n\r\n",
        demo.address
    );
    load::run(&demo.address, request.as_bytes(), CONNECTIONS, Duration::from_secs(1), None)?;
    let full = load::run(&demo.address, request.as_bytes(), CONNECTIONS, SECONDS, None)?;
    figure(what, full.per_second, target, "/s");
    let half = load::run(
        &demo.address,
        request.as_bytes(),
        CONNECTIONS,
        SECONDS,
        Some(full.per_second.min(target) / 2.0),
    )?;
    figure(&format!("{what}, p99 at half of the load"), half.p99.as_secs_f64() * 1000.0, -10.0, "ms");
    note(&format!(
        "p50 {:?} at full load, {:?} at half; {} failed",
        full.p50,
        half.p50,
        full.failed + half.failed
    ));
    Ok(())
}

/// Whole permit journeys from a started session to the signed PDF, and memory.
pub(crate) fn journeys() -> Outcome {
    let folder = tempfile::tempdir()?;
    let settings = Settings::new(program()?, folder.path());
    drop(Demo::start(&settings)?);
    let demo = Demo::start(&settings)?;
    std::thread::sleep(Duration::from_secs(3));
    figure("memory, idle", megabytes(&demo), -60.0, "MB");
    let plates = AtomicUsize::new(0);
    let begun = Instant::now();
    let until = begun + Duration::from_secs(20);
    let (mut done, mut peak, mut failures) = (0, 0.0_f64, Vec::new());
    std::thread::scope(|scope| -> Outcome {
        let (demo, plates) = (&demo, &plates);
        let workers: Vec<_> =
            PEOPLE.iter().map(|person| scope.spawn(move || walk(demo, person, plates, until))).collect();
        while Instant::now() < until {
            peak = peak.max(megabytes(demo));
            std::thread::sleep(Duration::from_millis(200));
        }
        for worker in workers {
            let (count, failed) = worker.join().map_err(|_| "a visitor panicked")?;
            done += count;
            failures.extend(failed);
        }
        Ok(())
    })?;
    figure("whole permit journeys", f64::from(done) / begun.elapsed().as_secs_f64(), 50.0, "/s");
    figure("memory, under the journey load", peak, -250.0, "MB");
    note(&format!(
        "{done} journeys, {} failed{}",
        failures.len(),
        failures.first().map(|f| format!(": {f}")).unwrap_or_default()
    ));
    Ok(())
}

fn walk(demo: &Demo, person: &str, plates: &AtomicUsize, until: Instant) -> (u32, Option<String>) {
    let mut visitor = demo.visitor();
    if let Err(e) = journeys::log_in(&mut visitor, person, "/mi") {
        return (0, Some(e.to_string()));
    }
    let mut done = 0;
    while Instant::now() < until {
        let plate = journeys::plate(plates.fetch_add(1, Ordering::Relaxed));
        match journeys::whole_permit(&mut visitor, &plate) {
            Ok(_) => done += 1,
            Err(e) => return (done, Some(format!("{plate}: {e}"))),
        }
    }
    (done, None)
}

/// From the start to ready with 100,000 cases in the folder.
pub(crate) fn start() -> Outcome {
    let folder = tempfile::tempdir()?;
    let program = program()?;
    let mut settings = Settings::new(&program, folder.path());
    settings.arguments = vec!["--cases".to_owned(), "100000".to_owned()];
    let first = Demo::start(&settings)?;
    note(&format!("made the folder with 100,000 cases in {:.0?}", first.took));
    drop(first);
    let again = Demo::start(&settings)?;
    figure("start to ready with 100,000 cases", again.took.as_secs_f64(), -1.0, "s");
    Ok(())
}

/// Bytes over the wire of a first visit and of the next page.
pub(crate) fn weight() -> Outcome {
    let folder = tempfile::tempdir()?;
    let demo = Demo::start(&Settings::new(program()?, folder.path()))?;
    let home = fetch(&demo, "/")?;
    let text = demo.visitor().get("/")?.text();
    let assets: Vec<&str> = text.split('"').filter(|s| s.starts_with("/a/")).collect();
    let mut first = home;
    for asset in assets {
        first += fetch(&demo, asset)?;
    }
    figure("page weight, first visit", first as f64 / 1024.0, -60.0, "KB");
    figure(
        "page weight, next page",
        fetch(&demo, "/tramites/permiso-circulacion")? as f64 / 1024.0,
        -15.0,
        "KB",
    );
    Ok(())
}

/// Bytes of a compressed answer.
fn fetch(demo: &Demo, path: &str) -> Outcome<usize> {
    use std::io::{BufReader, Write};
    let mut stream = std::net::TcpStream::connect(&demo.address)?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\nAccept-Encoding: br\r\n\r\n",
        demo.address
    )?;
    let mut body = Vec::new();
    load::read_answer(&mut BufReader::new(stream), &mut body)?;
    Ok(body.len())
}

fn megabytes(demo: &Demo) -> f64 {
    demo.resident().unwrap_or_default() as f64 / 1_048_576.0
}
