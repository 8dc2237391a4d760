//! Attacks H3 and H13: passwords that are guessed on a large scale, and the proof of work that each guess costs from then on.

use copihue_core::Run;
use copihue_core::json::sha256;
use copihue_db::testing::engines;
use copihue_identity::model::throttle::{Limits, WorkFrom};
use copihue_identity::model::work::EASIEST;
use copihue_identity::*;
use copihue_web::testing::{Reply, TestClient};
use http::Method;

use crate::world::*;

const MARIA: &str = "44444444-4";
/// Never reached.
const MANY: i64 = i64::MAX;

/// The answer of the challenge on a page.
pub(crate) fn solved(page: &Reply) -> Option<String> {
    let challenge = page.field("trabajo")?;
    let parts: Vec<&str> = challenge.split('.').collect();
    let bits: u32 = parts[2].parse().unwrap();
    let zeros = |n: &u64| {
        let hash = sha256(format!("{}:{n}", parts[4]).as_bytes());
        u32::from_be_bytes(hash[..4].try_into().unwrap()).leading_zeros() >= bits
    };
    (0..1 << 26).find(zeros).map(|n| n.to_string())
}

/// Sends the form of a page with these fields in place of its own.
pub(crate) async fn sent(c: &mut TestClient, page: &Reply, more: &[(&str, &str)]) -> Reply {
    let url = authorize(&[]);
    let mut fields = page.form(&url).unwrap();
    fields.retain(|(name, _)| !more.iter().any(|(n, _)| n == name));
    fields.extend(more.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    c.send(Method::POST, &url, Some(FORM), form(&pairs)).await
}

/// Tries a password in this browser; a proof of work that is asked for is brought.
pub(crate) async fn work_in(c: &mut TestClient, password: &str) -> Reply {
    let page = c.get_raw(&authorize(&[])).await;
    let first = sent(c, &page, &[("run", MARIA), ("password", password)]).await;
    match first.status.as_u16() {
        429 => match solved(&first) {
            Some(answer) => {
                sent(c, &first, &[("run", MARIA), ("password", password), ("solucion", &answer)]).await
            }
            None => first,
        },
        _ => first,
    }
}

/// Ten wrong passwords for her RUN, from ten browsers.
async fn guess(w: &World) {
    for _ in 0..10 {
        w.log_in(&mut w.visitor(), &authorize(&[]), MARIA, "wrong").await.expect(401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h13_after_ten_failures_a_try_costs_a_proof_and_each_counts_once() {
    for w in worlds().await {
        let mut owner = w.visitor();
        w.code(&mut owner, &authorize(&[])).await;
        guess(&w).await;
        let mut c = w.visitor();
        let (mine, wrong) =
            ([("run", MARIA), ("password", "testing")], [("run", MARIA), ("password", "wrong")]);
        let page = w.log_in(&mut c, &authorize(&[]), MARIA, "testing").await.expect(429);
        assert!(page.says("muchos intentos") && page.says("espere 10 segundos"));
        assert_eq!(page.header("retry-after"), Some("10"));
        let answer = solved(&page).unwrap();
        // Neither nothing nor anything is an answer, nor one of difficulty 0, nor that of another browser.
        let challenge = page.field("trabajo").unwrap();
        let none = challenge.replace(&format!(".{EASIEST}."), ".0.");
        let mut other = w.visitor();
        let theirs = w.log_in(&mut other, &authorize(&[]), MARIA, "testing").await.expect(429);
        let foreign = theirs.field("trabajo").unwrap();
        for (trabajo, solucion) in [
            (challenge.as_str(), ""),
            (&challenge, "0"),
            (&none, "0"),
            (&foreign, &answer),
            (&foreign, &solved(&theirs).unwrap()),
            ("", ""),
        ] {
            let more = [mine[0], mine[1], ("trabajo", trabajo), ("solucion", solucion)];
            sent(&mut c, &page, &more).await.expect(429);
        }
        // The right answer opens one try, and a second one is refused.
        let fields = [wrong[0], wrong[1], ("solucion", answer.as_str())];
        let next = sent(&mut c, &page, &fields).await.expect(401);
        let fields = [mine[0], mine[1], ("solucion", answer.as_str())];
        sent(&mut c, &page, &fields).await.expect(429);
        // What follows a failure brings its own challenge; it ends after ten minutes.
        let answer = solved(&next).unwrap();
        w.clock.advance_millis(10 * 60_000);
        let late = [mine[0], mine[1], ("solucion", answer.as_str())];
        let page = sent(&mut c, &next, &late).await.expect(429);
        let answer = solved(&page).unwrap();
        sent(&mut c, &page, &[mine[0], mine[1], ("solucion", &answer)]).await.expect(303);
        // Her own browser was never asked.
        let mut back = w.visitor();
        back.set_cookie("dispositivo", owner.cookie("dispositivo"));
        w.log_in(&mut back, &authorize(&[]), MARIA, "testing").await.expect(303);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h13_who_has_no_script_waits_some_seconds_and_enters() {
    for w in worlds().await {
        guess(&w).await;
        let mut c = w.visitor();
        let mine = [("run", MARIA), ("password", "testing")];
        let page = w.log_in(&mut c, &authorize(&[]), MARIA, "testing").await.expect(429);
        w.clock.advance_millis(9_000);
        // Too early: the wait goes on and does not begin anew.
        let again = sent(&mut c, &page, &mine).await.expect(429);
        assert_eq!(again.field("trabajo"), page.field("trabajo"));
        w.clock.advance_millis(1_000);
        sent(&mut c, &again, &mine).await.expect(303);
        sent(&mut c, &again, &mine).await;
        // Patience is cheap for a guesser with many browsers: one network has ten a minute.
        let mut pages = Vec::new();
        for _ in 0..11 {
            let mut c = w.visitor();
            let page = w.log_in(&mut c, &authorize(&[]), "55555555-5", "wrong").await;
            pages.push((c, page));
        }
        assert_eq!(pages.pop().unwrap().1.status, 429);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h03_many_runs_with_one_password_make_every_try_dearer_and_stop_nobody() {
    for db in engines() {
        let few = |config: &mut Config| {
            config.limits.work = WorkFrom { run: MANY, prefix: MANY, everybody: 16 };
            config.limits.prefix.free = MANY;
        };
        let w = World::on(db, few).await;
        let mut owner = w.visitor();
        w.code(&mut owner, &authorize(&[])).await;
        let mut asked = 0;
        for n in 0..80 {
            let run = Run::from_number(10_000_000 + n).unwrap().compact();
            let mut c = w.visitor();
            let page = c.get_raw(&authorize(&[])).await.expect(200);
            let fields = [("run", run.as_str()), ("password", "Chile2026")];
            let done = sent(&mut c, &page, &fields).await;
            asked += i32::from(done.status == 429);
        }
        assert!(asked > 30, "{asked} of 80 were asked for a proof");
        // The page of whoever comes now has the challenge in it already: nothing is typed twice.
        let mut c = w.visitor();
        let mut page = c.get_raw(&authorize(&[])).await.expect(200);
        let mut done = None;
        for _ in 0..3 {
            let answer = solved(&page).unwrap_or_default();
            let fields = [("run", MARIA), ("password", "testing"), ("solucion", answer.as_str())];
            page = sent(&mut c, &page, &fields).await;
            if page.status == 303 {
                done = page.location().map(str::to_owned);
                break;
            }
        }
        assert!(done.is_some(), "{}", page.text());
        // Who comes from a browser of theirs notices nothing; a minute later nobody does.
        let mut back = w.visitor();
        back.set_cookie("dispositivo", owner.cookie("dispositivo"));
        w.log_in(&mut back, &authorize(&[]), MARIA, "testing").await.expect(303);
        w.clock.advance_millis(61_000);
        w.log_in(&mut w.visitor(), &authorize(&[]), "55555555-5", "testing").await.expect(303);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h03_one_network_that_fails_often_pays_and_another_does_not() {
    let few = |config: &mut Config| config.limits.work = WorkFrom { prefix: 5, ..Limits::default().work };
    let w = World::on(engines().remove(0), few).await;
    for n in 0..5 {
        let run = Run::from_number(10_000_000 + n).unwrap().compact();
        w.log_in(&mut w.visitor(), &authorize(&[]), &run, "wrong").await.expect(401);
    }
    w.log_in(&mut w.visitor(), &authorize(&[]), "55555555-5", "testing").await.expect(429);
}

#[tokio::test(flavor = "multi_thread")]
async fn h13_the_script_finds_an_answer_that_the_login_takes() {
    const PAGE: &str = "const field = { value: process.argv[1] }\n\
        const answer = { get value() { return '' }, set value(found) { console.log(found) } }\n\
        field.form = { elements: { solucion: answer }, querySelector: () => ({ dataset: {} }), addEventListener() {} }\n\
        globalThis.document = { querySelector: () => field };\n";
    let w = world().await;
    guess(&w).await;
    let mut c = w.visitor();
    let page = w.log_in(&mut c, &authorize(&[]), MARIA, "testing").await.expect(429);
    let text = page.text();
    let address = text.split('"').find(|part| part.starts_with("/ingresar/trabajo.js")).unwrap();
    assert!(page.header("content-security-policy").unwrap().contains("script-src 'self';"));
    let script = w.visitor().get_raw(address).await.expect(200).text();
    let challenge = page.field("trabajo").unwrap();
    let run = tokio::process::Command::new("node")
        .args(["-e", &format!("{PAGE}{script}"), "--", &challenge])
        .kill_on_drop(true)
        .output();
    let Ok(output) = run.await else {
        println!("skipped: node is not installed");
        return;
    };
    let answer = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    assert!(!answer.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let fields = [("run", MARIA), ("password", "testing"), ("solucion", answer.as_str())];
    sent(&mut c, &page, &fields).await.expect(303);
}
