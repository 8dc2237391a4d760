//! Figures of the login: a provider with many people in its tables, and applications and people who use it over HTTP.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use copihue_core::Run;

use super::http::{Answer, Connection};
use super::load;
use super::print::{figure, note};
use super::process::cpu;
use crate::Outcome;
use crate::run::{cargo, root, show};

/// Enough that every index is deeper than the memory; `COPIHUE_BENCH_PEOPLE` and `COPIHUE_BENCH_ROWS` take other numbers.
const PEOPLE: u64 = 1_000_000;
const ROWS: u64 = 10_000_000;
const LOAD: Duration = Duration::from_secs(6);
/// People who log in at once.
const LOGINS: u64 = 32;
const FIRST_RUN: u64 = 20_000_000;
/// Logins that arrive in the same moment.
const QUEUED: usize = 2_000;
const RETURN: &str = "https%3A%2F%2Fmedida.ejemplo.cl%2Fvuelta";
const SECRET: &str = "fedcba9876543210fedcba9876543210";
/// Of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The provider, and what it printed.
struct Provider {
    process: Child,
    said: BTreeMap<String, String>,
}

impl Provider {
    fn start(url: &str) -> Outcome<Self> {
        let number =
            |name: &str, usual: u64| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual);
        let mut process = Command::new(root().join("target/release/examples/logins"))
            .arg(url)
            .arg(number("COPIHUE_BENCH_PEOPLE", PEOPLE).to_string())
            .arg(number("COPIHUE_BENCH_ROWS", ROWS).to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut said = BTreeMap::new();
        for line in BufReader::new(process.stdout.take().ok_or("no output")?).lines() {
            let line = line?;
            if let Some((name, value)) = line.split_once(' ') {
                said.insert(name.to_owned(), value.to_owned());
            }
            if line.starts_with("listening ") {
                return Ok(Self { process, said });
            }
        }
        Err("the provider ended early".into())
    }

    fn get(&self, name: &str) -> Outcome<&str> {
        Ok(self.said.get(name).ok_or_else(|| format!("the provider printed no {name}"))?)
    }

    fn address(&self) -> Outcome<&str> {
        self.get("listening")
    }

    /// Seconds of processor time that it has used.
    fn cpu(&self) -> Outcome<f64> {
        cpu(&self.process.id().to_string())
    }

    /// Memory that is its own, in MB: the page cache is everybody's.
    fn memory(&self) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).ok_or("RssAnon")?;
        Ok(line.split_whitespace().next().ok_or("RssAnon")?.parse::<f64>()? / 1024.0)
    }
}

/// What repeating something gave.
struct Rate {
    per_second: f64,
    /// Milliseconds of this program's own time for each: on a machine of its own, the provider would have them too.
    asking_ms: f64,
    /// For each second of the provider's processor time.
    per_core: f64,
}

/// Repeats `flow` on several connections; each is given its number.
fn repeat(
    provider: &Provider,
    connections: u64,
    flow: impl Fn(&mut Connection, u64) -> Outcome + Sync,
) -> Outcome<Rate> {
    let (done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let (begun, used, asking) = (Instant::now(), provider.cpu()?, cpu("self")?);
    let address = provider.address()?;
    let failed: Option<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|n| {
                let (done, stop, flow) = (&done, &stop, &flow);
                scope.spawn(move || {
                    let mut connection = Connection::open(address).map_err(|e| e.to_string())?;
                    while !stop.load(Ordering::Relaxed) {
                        flow(&mut connection, n).map_err(|e| e.to_string())?;
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok(())
                })
            })
            .collect();
        std::thread::sleep(LOAD);
        stop.store(true, Ordering::Relaxed);
        threads.into_iter().find_map(|thread| match thread.join() {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error),
            Err(_) => Some("a thread ended".to_owned()),
        })
    });
    if let Some(error) = failed {
        return Err(error.into());
    }
    let done = done.load(Ordering::Relaxed) as f64;
    Ok(Rate {
        per_second: done / begun.elapsed().as_secs_f64(),
        per_core: done / (provider.cpu()? - used),
        asking_ms: (cpu("self")? - asking) * 1000.0 / done,
    })
}

pub(super) fn all() -> Outcome {
    let mut build = cargo();
    show(build.args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "copihue-identity",
        "--example",
        "logins",
    ]))?;
    let folder = tempfile::tempdir()?;
    let mut provider = Provider::start(&format!("sqlite:{}", folder.path().join("bench.db").display()))?;
    note(&format!("{} people, {} rows of history", provider.get("people")?, provider.get("rows")?));
    passwords(&provider)?;
    codes(&provider)?;
    machines(&provider)?;
    queued(&provider)?;
    histories(&provider)?;
    figure("memory beyond the page cache", provider.memory()?, -200.0, "MB");
    drop(provider.process.stdin.take());
    provider.process.wait()?;
    Ok(())
}

fn expect(answer: &Answer, statuses: &[u16]) -> Outcome {
    if statuses.contains(&answer.status) {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&answer.body);
    Err(format!("answered {}: {}", answer.status, text.chars().take(300).collect::<String>()).into())
}

fn national() -> String {
    format!(
        "/openid/authorize/?client_id=nacional&response_type=code&scope=openid+run+name&redirect_uri={RETURN}&state=abcdefgh"
    )
}

fn open() -> String {
    format!(
        "/oauth2/authorize?client_id=abierta&response_type=code&scope=openid+profile+run&redirect_uri={RETURN}\
         &state=abcdefgh&nonce=n1&code_challenge={CHALLENGE}&code_challenge_method=S256"
    )
}

/// The form, and the form filled in: where it leads, with the browser's cookies.
fn log_in(connection: &mut Connection, url: &str, person: u64) -> Outcome<Answer> {
    let page = connection.get(url, "")?;
    expect(&page, &[200])?;
    let csrf = page.field("csrf").ok_or("a login without a token")?;
    let run = Run::from_number(u32::try_from(FIRST_RUN + person)?).ok_or("not a RUN")?.compact();
    let form = format!("csrf={csrf}&run={run}&password=una+clave+de+medida");
    connection.post(url, &page.cookies(), &form)
}

fn redeem(connection: &mut Connection, code: &str) -> Outcome {
    let form = format!(
        "client_id=nacional&client_secret={SECRET}&grant_type=authorization_code&code={code}&redirect_uri={RETURN}&state=abcdefgh"
    );
    expect(&connection.post("/openid/token/", "", &form)?, &[200])
}

fn redeem_open(connection: &mut Connection, code: &str) -> Outcome {
    let form = format!(
        "client_id=abierta&client_secret={SECRET}&grant_type=authorization_code&code={code}&redirect_uri={RETURN}&code_verifier={VERIFIER}"
    );
    expect(&connection.post("/oauth2/token", "", &form)?, &[200])
}

fn code_of(answer: &Answer) -> Outcome<String> {
    expect(answer, &[302, 303])?;
    Ok(answer.parameter("code").ok_or("no code")?.to_owned())
}

/// Form, password, code, tokens.
fn passwords(provider: &Provider) -> Outcome {
    let bare: f64 = provider.get("hash_rate")?.parse()?;
    let rate = repeat(provider, LOGINS, |connection, n| {
        let done = log_in(connection, &national(), n)?;
        redeem(connection, &code_of(&done)?)
    })?;
    figure("password logins, of the bare hash rate", rate.per_second / bare * 100.0, 90.0, "%");
    note(&format!(
        "{:.1} logins/s, {bare:.1} bare hashes/s; of each login, {:.2} ms of the provider's processor time and {:.2} ms of \
         this program's",
        rate.per_second,
        1000.0 / rate.per_core,
        rate.asking_ms
    ));
    Ok(())
}

/// Codes from a session that stands, and their tokens.
fn codes(provider: &Provider) -> Outcome {
    let mut connection = Connection::open(provider.address()?)?;
    let session = |connection: &mut Connection, url: &str| -> Outcome<String> {
        let mut answer = log_in(connection, url, 0)?;
        if answer.status == 200 {
            let csrf = answer.field("csrf").ok_or("neither code nor consent")?;
            answer = connection.post(url, &answer.cookies(), &format!("csrf={csrf}&consentir=si"))?;
        }
        expect(&answer, &[302, 303])?;
        Ok(answer.cookies())
    };
    let (rsa, ec) = (session(&mut connection, &national())?, session(&mut connection, &open())?);
    let flow = repeat(provider, 16, |connection, _| {
        let answer = connection.get(&open(), &ec)?;
        redeem_open(connection, &code_of(&answer)?)
    })?;
    figure("code flow with a session, ES256, per core", flow.per_core, 1_500.0, "/s");
    note(&format!("{:.0}/s beside its applications", flow.per_second));
    let flow = repeat(provider, 16, |connection, _| {
        let answer = connection.get(&national(), &rsa)?;
        redeem(connection, &code_of(&answer)?)
    })?;
    figure("code flow with a session, RS256, per core", flow.per_core, 1_000.0, "/s");
    let raw: f64 = provider.get("rsa_rate")?.parse()?;
    note(&format!(
        "{:.0}/s beside its applications; {raw:.0} bare RSA-2048 signatures/s of a core",
        flow.per_second
    ));
    Ok(())
}

fn machine_form() -> String {
    format!("client_id=maquina&client_secret={SECRET}&grant_type=client_credentials&scope=leer")
}

fn machines(provider: &Provider) -> Outcome {
    let form = machine_form();
    let rate =
        repeat(provider, 16, |connection, _| expect(&connection.post("/oauth2/token", "", &form)?, &[200]))?;
    figure("client credentials, JWT, ES256, per core", rate.per_core, 3_000.0, "/s");
    note(&format!("{:.0}/s beside its applications", rate.per_second));
    Ok(())
}

/// Many log in at once; meanwhile, what costs no hash is asked for.
fn queued(provider: &Provider) -> Outcome {
    let address = provider.address()?;
    let (answers, next) = (Mutex::new(BTreeMap::<u16, u64>::new()), AtomicU64::new(0));
    let stop = AtomicBool::new(false);
    let times = std::thread::scope(|scope| -> Outcome<Vec<(&str, Vec<Duration>)>> {
        for _ in 0..QUEUED {
            let (answers, next, stop) = (&answers, &next, &stop);
            std::thread::Builder::new().stack_size(128 << 10).spawn_scoped(scope, move || {
                while !stop.load(Ordering::Relaxed) {
                    // Nobody has these RUNs: that costs a hash as well.
                    let person = LOGINS + next.fetch_add(1, Ordering::Relaxed);
                    let answer =
                        Connection::open(address).and_then(|mut c| log_in(&mut c, &national(), person));
                    let Ok(answer) = answer else { continue };
                    *answers
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .entry(answer.status)
                        .or_default() += 1;
                    let wait = answer.header("retry-after").and_then(|seconds| seconds.parse().ok());
                    if let (503, Some(seconds)) = (answer.status, wait) {
                        std::thread::sleep(Duration::from_secs(seconds));
                    }
                }
            })?;
        }
        std::thread::sleep(Duration::from_secs(3));
        let measured = meanwhile(address);
        stop.store(true, Ordering::Relaxed);
        measured
    })?;
    for (what, mut all) in times {
        all.sort_unstable();
        let p99 = all.get(all.len() * 99 / 100).copied().unwrap_or_default();
        figure(&format!("{what} while {QUEUED} log in, p99"), p99.as_secs_f64() * 1000.0, -50.0, "ms");
    }
    let answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    note(&format!("their logins were answered, by status: {answers:?}"));
    Ok(())
}

fn meanwhile(address: &str) -> Outcome<Vec<(&str, Vec<Duration>)>> {
    let mut connection = Connection::open(address)?;
    let mut times = vec![("keys", Vec::new()), ("discovery", Vec::new()), ("token", Vec::new())];
    let end = Instant::now() + LOAD;
    while Instant::now() < end {
        for (what, all) in &mut times {
            let begun = Instant::now();
            let answer = match *what {
                "keys" => connection.get("/openid/jwks", "")?,
                "discovery" => connection.get("/.well-known/openid-configuration", "")?,
                _ => connection.post("/oauth2/token", "", &machine_form())?,
            };
            expect(&answer, &[200])?;
            all.push(begun.elapsed());
            std::thread::sleep(Duration::from_millis(3));
        }
    }
    Ok(times)
}

/// A long history and an empty one.
fn histories(provider: &Provider) -> Outcome {
    let address = provider.address()?;
    for (what, name) in [("a person's history", "session_long"), ("an empty history", "session_none")] {
        let cookie = provider.get(name)?;
        let request = format!(
            "GET /mi/ingresos HTTP/1.1\r\nHost: {address}\r\nAccept: */*\r\nCookie: {cookie}\r\n\r\n"
        );
        let measured = load::run(address, request.as_bytes(), 8, LOAD, Some(200.0))?;
        figure(&format!("{what}, p99"), measured.p99.as_secs_f64() * 1000.0, -50.0, "ms");
        if measured.failed > 0 {
            return Err(format!("{} histories were not answered", measured.failed).into());
        }
    }
    Ok(())
}
