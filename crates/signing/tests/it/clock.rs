//! Clocks that are wrong, timestamps summed up by the hour, and certificates of services that end.

use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};
use copihue_core::{Clock, Kind, SystemClock, Timestamp};
use copihue_db::Tx;
use copihue_db::testing::{TestDb, engines};
use copihue_signing::verify::verify_pdf;
use copihue_signing::{Act, ClockState, Evidence, Level, Mode, SealOptions, Shortfall, StampHour, deeds};

use crate::service::{CITY, actor, official, open, set_up, world};
use crate::support::classic_pdf;

/// A server of time that is so many seconds ahead: its address.
async fn server(ahead: i64) -> String {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let mut question = [0; 48];
        while let Ok((_, from)) = socket.recv_from(&mut question).await {
            let now = SystemClock::default().now().millis() + ahead * 1000;
            let (seconds, fraction) = (now / 1000 + 2_208_988_800, (now % 1000) * 4_294_967);
            let at = [(seconds as u32).to_be_bytes(), (fraction as u32).to_be_bytes()].concat();
            let mut answer = vec![0x24, 2, 6, 0xec];
            answer.extend([0; 12]);
            answer.extend(&at);
            answer.extend(&question[40..48]);
            answer.extend(&at);
            answer.extend(&at);
            socket.send_to(&answer, from).await.unwrap();
        }
    });
    address
}

/// A question about nothing, without a nonce (specs signing §6.4).
fn question() -> Vec<u8> {
    let head = hex::decode("30390201013031300d060960864801650304020105000420").unwrap();
    [&head, digest(&SHA256, b"").as_ref(), &[1, 1, 0xff]].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn tz_02_by_a_wrong_clock_no_timestamp_is_given_and_no_code_judged() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let world = world(&test).await;
    let signing = &world.signing;
    assert_eq!(signing.clock_state(), ClockState::Unknown);
    let servers = [server(0).await, server(86_400).await, server(0).await];
    assert_eq!(signing.check_clock(&servers).await, ClockState::Right);
    assert_eq!(signing.check_clock(&[server(-5).await]).await, ClockState::Drifting);
    let code = signing.current_code(CITY, official()).await.unwrap();
    let sign = async || signing.sign_pdf_as(&actor(), &code, classic_pdf(), SealOptions::default()).await;
    assert_eq!(signing.check_clock(&[server(45).await]).await, ClockState::Wrong);
    let refused = sign().await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Unavailable, "reloj_descuadrado"));
    // failInfo: timeNotAvailable, the fourteenth bit.
    assert!(signing.answer_timestamp(&question()).unwrap().ends_with(&[3, 3, 1, 0, 2]));
    let sealed = signing.seal_pdf(CITY, classic_pdf(), SealOptions::default()).await.unwrap();
    assert_eq!((sealed.level_reached, sealed.shortfall), (Level::B, Some(Shortfall::NoTimestamp)));
    // Nobody answers: what was learnt holds.
    assert_eq!(signing.check_clock(&["127.0.0.1:9".to_owned()]).await, ClockState::Wrong);
    assert_eq!(signing.check_clock(&[server(0).await]).await, ClockState::Right);
    assert!(signing.answer_timestamp(&question()).unwrap().len() > 500);
    // The code was not spent by it.
    assert!(sign().await.is_ok());
}

/// Keeps the hours that the ledger was told of.
#[derive(Default)]
struct Kept(Mutex<Vec<StampHour>>);

impl Evidence for Kept {
    fn append(&self, _: &mut Tx<'_>, act: &Act<'_>) -> copihue_core::Result<()> {
        if let Act::Stamped(hour) = act {
            self.0.lock().unwrap().push((*hour).clone());
        }
        Ok(())
    }
}

fn token(reply: &[u8]) -> &[u8] {
    // PKIStatusInfo is nine bytes into a response of four: SEQUENCE { SEQUENCE { INTEGER 0 }, token }.
    &reply[4 + 5..]
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_timestamps_for_anybody_are_summed_up_by_the_hour_in_a_chain() {
    for test in engines() {
        let world = world(&test).await;
        let kept = Arc::new(Kept::default());
        let signing = open(&world.db, &world.clock, Mode::Demo, Arc::clone(&kept) as Arc<dyn Evidence>).await;
        let sha256 = |bytes: &[u8]| <[u8; 32]>::try_from(digest(&SHA256, bytes).as_ref()).unwrap();
        let (mut chain, from) = ([0; 32], Timestamp::from_millis(0));
        let mut ask = |n: usize| {
            for _ in 0..n {
                let reply = signing.answer_timestamp(&question()).unwrap();
                chain = sha256(&[chain, sha256(token(&reply))].concat());
            }
            chain
        };
        let first = ask(200);
        signing.write_stamp_log().await.unwrap();
        signing.write_stamp_log().await.unwrap();
        let hours = signing.stamp_hours(from).await.unwrap();
        assert_eq!((hours.len(), hours[0].given, hours[0].chain), (1, 200, first));
        assert!(signing.key_uses("sellos_de_tiempo", from).await.unwrap().is_empty());
        assert!(kept.0.lock().unwrap().is_empty(), "the hour is not over");
        let second = ask(3);
        world.clock.advance_millis(3_600_000);
        let third = ask(1);
        signing.write_stamp_log().await.unwrap();
        let hours = signing.stamp_hours(from).await.unwrap();
        let seen: Vec<_> = hours.iter().map(|h| (h.given, h.chain)).collect();
        assert_eq!(seen, [(203, second), (1, third)]);
        assert_eq!(*kept.0.lock().unwrap(), hours[..1]);
        // Nothing more was given, and the last hour ends all the same. It is told once.
        world.clock.advance_millis(3_600_000);
        signing.write_stamp_log().await.unwrap();
        signing.write_stamp_log().await.unwrap();
        assert_eq!(*kept.0.lock().unwrap(), hours);
        let names: Vec<String> = test
            .read(|conn| {
                let all = deeds::stamp_hours(conn, None, 10)?;
                let rest = deeds::stamp_hours(conn, all.first().map(|(cursor, _)| cursor.as_slice()), 10)?;
                assert_eq!((all.len(), rest.len()), (2, 1));
                assert!(deeds::is_stamp_hour(conn, &all[1].1)? && !deeds::is_stamp_hour(conn, "00/7")?);
                Ok(all.into_iter().map(|(_, name)| name).collect())
            })
            .await
            .unwrap();
        assert_eq!(names, hours.iter().map(StampHour::name).collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_the_authoritys_services_change_their_certificates_long_before_they_end() {
    for test in engines() {
        let world = world(&test).await;
        let seal = async || {
            let options = SealOptions::default();
            let sealed = world.signing.seal_pdf(CITY, classic_pdf(), options).await.unwrap();
            assert_eq!(sealed.level_reached, Level::LT);
            world.signing.write_stamp_log().await.unwrap();
            sealed.bytes
        };
        let serials = async || {
            let hours = world.signing.stamp_hours(Timestamp::from_millis(0)).await.unwrap();
            hours.into_iter().map(|h| h.serial).collect::<std::collections::BTreeSet<_>>().len()
        };
        let old = seal().await;
        world.clock.advance_millis(3 * 365 * 86_400_000);
        world.signing.renew_services().await.unwrap();
        set_up(&world.signing).await;
        seal().await;
        assert_eq!(serials().await, 1, "there is time yet");
        world.clock.advance_millis(370 * 86_400_000);
        world.signing.renew_services().await.unwrap();
        let new = seal().await;
        world.signing.renew_services().await.unwrap();
        seal().await;
        assert_eq!(serials().await, 2);
        // A program that starts now has the new one; both signatures hold.
        let again = open(&world.db, &world.clock, Mode::Demo, Arc::new(copihue_signing::NoEvidence)).await;
        for pdf in [&old, &new] {
            let verdict = verify_pdf(pdf, &again.trust(), world.clock.now());
            assert!(verdict.is_genuine() && verdict.signatures[0].level == "B-LT", "{verdict:?}");
        }
        again.seal_pdf(CITY, classic_pdf(), SealOptions::default()).await.unwrap();
    }
}
