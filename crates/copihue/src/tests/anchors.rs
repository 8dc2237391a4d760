//! The logs' anchors in time, read by a program that isn't ours; and the log of logs as every answer tells it.

use std::path::Path;
use std::process::Command;

use copihue_ledger::Family;
use copihue_tlog::checkpoint::Checkpoint;
use copihue_web::testing::TestClient;

use super::platform;
use crate::platform::gossip;

/// What `openssl` says of a timestamp over a file; `None` where there is no such program.
fn openssl(folder: &Path, data: &str) -> Option<String> {
    let mut command = Command::new("openssl");
    command.current_dir(folder).args(["ts", "-verify", "-in", "a.tsr", "-CAfile", "root.pem", "-data", data]);
    let output = command.output().ok()?;
    Some(
        [output.stdout, output.stderr]
            .into_iter()
            .map(|b| String::from_utf8_lossy(&b).into_owned())
            .collect(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn led_09_openssl_verifies_the_anchor_of_a_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(folder.path()).await.unwrap();
    platform.ledger.sequence_once().await.unwrap();
    assert!(platform.ledger.anchor_once().await.unwrap() > 0);
    let logs = platform.ledger.overviews().await.unwrap();
    let (log, size) =
        logs.iter().find_map(|log| Some((log.family.name(), log.shown.as_ref()?.size))).unwrap();
    let router = platform.web.router(platform.routes());
    let mut anybody = TestClient::new(&router);
    let at = format!("/ledger/{log}/anchor/{size}");
    let response = anybody.get(&format!("{at}.tsr")).await.expect(200);
    assert_eq!(response.header("content-type"), Some("application/timestamp-reply"));
    let text = anybody.get(&format!("{at}.txt")).await.expect(200).text().to_owned();
    assert_eq!(Checkpoint::parse(&text).unwrap().size, size);
    for wrong in
        [format!("{at}.pdf"), format!("/ledger/{log}/anchor/1000000.tsr"), "/ledger/nada/anchor/1.tsr".into()]
    {
        anybody.get(&wrong).await.expect(404);
    }
    let page = anybody.get(&format!("/bitacoras/{log}")).await.expect(200);
    assert!(page.says("Sello de tiempo") && page.text().contains(&format!("{at}.tsr")));
    let root = platform.signing.root().unwrap().to_pem();
    for (name, bytes) in [
        ("a.tsr", response.body.to_vec()),
        ("text", text.clone().into_bytes()),
        ("other", text.replace('1', "2").into_bytes()),
        ("root.pem", root.into_bytes()),
    ] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let Some(said) = openssl(folder.path(), "text") else { return };
    assert!(said.contains("Verification: OK"), "{said}");
    assert!(openssl(folder.path(), "other").unwrap().contains("Verification: FAILED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn led_13_every_answer_for_programs_and_every_page_tell_the_log_of_logs() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(folder.path()).await.unwrap();
    let router = platform.web.router(platform.routes());
    let mut program = TestClient::new(&router).header("accept", "application/json");
    let mut person = TestClient::new(&router);
    gossip::tell(&platform.web, &platform.ledger).await.unwrap();
    assert!(
        program.get("/ledger/policy").await.expect(200).header("tlog-checkpoint").is_none(),
        "nothing yet"
    );
    platform.ledger.sequence_once().await.unwrap();
    platform.ledger.index_once().await.unwrap();
    platform.ledger.sequence_once().await.unwrap();
    gossip::tell(&platform.web, &platform.ledger).await.unwrap();
    let note = platform.ledger.checkpoint(Family::Index).await.unwrap().unwrap();
    let [origin, size, root] = note.lines().take(3).collect::<Vec<_>>().try_into().unwrap();
    let expected = format!("\"{origin}\";size={size};root=:{root}:");
    for path in ["/ledger/policy", "/api/nada"] {
        let answer = program.get(path).await;
        assert_eq!(answer.header("tlog-checkpoint"), Some(expected.as_str()), "{path}");
    }
    let page = person.get("/bitacoras").await.expect(200);
    assert!(page.header("tlog-checkpoint").is_none() && page.text().contains(root));
    person.get("/bitacoras/index").await.expect(200);
}
