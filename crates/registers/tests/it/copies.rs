//! Whole registers as files, and what becomes of a file that somebody changed.

use std::sync::Arc;

use copihue_core::Clock;
use copihue_registers::model::rsf::{Fault, GoodCopy, verify};
use copihue_tlog::Reason;
use copihue_tlog::policy::Policy;
use copihue_web::NoHats;
use copihue_web::testing::{TestClient, web};

use crate::support::{W, each_engine};

pub(crate) fn client(w: &W) -> TestClient {
    let web = web(w.db.clone(), w.clock.clone() as Arc<dyn Clock>, Arc::new(NoHats));
    let mut sets = w.registers.routes();
    sets.push(copihue_ledger::api::routes(w.ledger.clone()));
    TestClient::new(&web.router(sets))
}

pub(crate) async fn copy(w: &W, name: &str) -> String {
    let reply = client(w).get(&format!("/registers/{name}/download-rsf")).await.expect(200);
    assert_eq!(reply.header("content-type"), Some("application/uk-gov-rsf"));
    reply.text()
}

fn judged(text: &str, policy: &Policy) -> Result<GoodCopy, (u64, Fault)> {
    verify(text.as_bytes(), policy, Some("communes")).map_err(|bad| (bad.line, bad.fault))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_a_whole_register_is_copied_and_checked_offline() {
    each_engine(async |w| {
        let text = copy(w, "communes").await;
        assert_eq!(text.lines().count(), 2 * 346 + 3);
        let good = judged(&text, &w.policy()).unwrap();
        assert_eq!(good.entries, 346);
        assert_eq!(good.accepted.checkpoint.origin, "datos.example.cl/ledger/register/communes");
        // A stretch stands between its two roots; alone it has no signature.
        let mut client = client(w);
        let part = client.get("/registers/communes/download-rsf/100/200").await.expect(200).text();
        assert_eq!(part.lines().count(), 2 * 100 + 2);
        let whole: Vec<&str> = text.lines().collect();
        let lines: Vec<&str> = part.lines().collect();
        assert_eq!(lines[1..201], whole[201..401]);
        assert!(lines[0].starts_with("assert-root-hash\tsha-256:"));
        for missing in ["download-rsf/0/347", "download-rsf/3/2"] {
            let _ = client.get(&format!("/registers/communes/{missing}")).await.expect(404);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_every_change_of_a_copy_is_named() {
    each_engine(async |w| {
        let (text, policy) = (copy(w, "communes").await, w.policy());
        let lines: Vec<&str> = text.lines().collect();
        let joined = |lines: &[&str]| lines.join("\n") + "\n";
        let last = lines.len() as u64;
        // An item that was edited no longer is the one of its entry.
        let at = lines.iter().position(|line| line.contains("Puente Alto")).unwrap();
        let edited = lines[at].replace("Puente Alto", "Puente Bajo");
        let mut changed = lines.clone();
        changed[at] = &edited;
        assert_eq!(judged(&joined(&changed), &policy).unwrap_err(), (at as u64 + 2, Fault::Item));
        // Its entry edited as well, the root tells.
        let item = copihue_registers::model::item::Item::parse(edited.strip_prefix("add-item\t").unwrap());
        let columns: Vec<&str> = lines[at + 1].split('\t').collect();
        let hash = item.unwrap().hash().unwrap().to_string();
        let entry = lines[at + 1].replace(columns[4], &hash);
        changed[at + 1] = &entry;
        assert_eq!(judged(&joined(&changed), &policy).unwrap_err(), (last - 1, Fault::Root));
        // The root line edited as well, the signature tells.
        let mut rootless: Vec<&str> = changed.clone();
        rootless.remove(lines.len() - 2);
        assert_eq!(judged(&joined(&rootless), &policy).unwrap_err().1, Fault::Root);
        // Entries in another order, left out, twice.
        let mut moved = lines.clone();
        moved.swap(1, 3);
        moved.swap(2, 4);
        assert_eq!(judged(&joined(&moved), &policy).unwrap_err().1, Fault::Root);
        let without: Vec<&str> = [&lines[..1], &lines[3..]].concat();
        assert_eq!(judged(&joined(&without), &policy).unwrap_err().1, Fault::Root);
        let twice: Vec<&str> = [&lines[..3], &lines[1..]].concat();
        assert_eq!(judged(&joined(&twice), &policy).unwrap_err().1, Fault::Root);
        // Another reason, another decider, another instant.
        for (old, new) in
            [("plataforma", "PE-MUN-00301"), ("Carga desde", "Orden de"), ("12:00:00", "12:00:01")]
        {
            let other = text.replacen(old, new, 1);
            assert_ne!(other, text);
            assert_eq!(judged(&other, &policy).unwrap_err().1, Fault::Root, "{old}");
        }
        // A cut file.
        assert_eq!(judged(&joined(&lines[..5]), &policy).unwrap_err().1, Fault::Incomplete);
        assert_eq!(judged(text.trim_end(), &policy).unwrap_err().1, Fault::Format);
        assert_eq!(judged(&text.replacen("add-item", "añade", 1), &policy).unwrap_err().1, Fault::Format);
        assert_eq!(judged(&"x".repeat(1 << 20), &policy).unwrap_err(), (1, Fault::Format));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_a_copy_of_another_register_or_keeper_is_refused() {
    each_engine(async |w| {
        let policy = w.policy();
        assert_eq!(judged(&copy(w, "provinces").await, &policy).unwrap_err().1, Fault::Register);
        // The other register's signature under these entries.
        let text = copy(w, "communes").await;
        let other = copy(w, "provinces").await;
        let (body, _) = text.trim_end().rsplit_once('\n').unwrap();
        let signature = other.trim_end().rsplit_once('\n').unwrap().1;
        assert_eq!(judged(&format!("{body}\n{signature}\n"), &policy).unwrap_err().1, Fault::Register);
        // A policy that knows another log only, and a forged signature.
        let all = w.ledger.policy();
        let others: Vec<&str> = all.lines().filter(|line| !line.contains("register/communes")).collect();
        let stranger = Policy::parse(&(others.join("\n") + "\n")).unwrap();
        let unknown = judged(&text, &stranger).unwrap_err().1;
        assert_eq!(unknown, Fault::Checkpoint(Reason::UnknownOrigin));
        assert!(unknown.is_undecided());
        let (_, note) = w.registers.checkpoint(copihue_registers::Register::Communes).await.unwrap().unwrap();
        let mut forged: Vec<char> = note.chars().collect();
        let at = forged.len() - 20;
        forged[at] = if forged[at] == 'A' { 'B' } else { 'A' };
        let line = copihue_registers::model::rsf::checkpoint_line(&forged.into_iter().collect::<String>());
        let fault = judged(&format!("{body}\n{line}"), &policy).unwrap_err().1;
        assert_eq!(fault, Fault::Checkpoint(Reason::LogSignature));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_a_row_edited_in_the_database_shows_in_the_next_copy() {
    each_engine(async |w| {
        w.db.write(|tx| {
            tx.execute(
                copihue_db::sql!(
                    "UPDATE registers_entry SET reason = 'Otro motivo' WHERE register = 2 AND number = 7"
                ),
                &copihue_db::params![],
            )
        })
        .await
        .unwrap();
        let fault = judged(&copy(w, "communes").await, &w.policy()).unwrap_err();
        assert_eq!(fault.1, Fault::Root);
    })
    .await;
}
