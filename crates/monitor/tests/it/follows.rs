//! Looks one after the other: growth is followed, every lie has its name.

use copihue_monitor::{News, Verdict};
use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::note::{Algorithm, Signer};

use crate::support::{ORIGIN, look, note, numbered, publish, signer, tree, write};

struct Log {
    folder: tempfile::TempDir,
    state: tempfile::TempDir,
}

impl Log {
    fn of(size: u64) -> Self {
        let log = Self { folder: tempfile::tempdir().unwrap(), state: tempfile::tempdir().unwrap() };
        log.publish(size);
        log
    }

    fn publish(&self, size: u64) {
        publish(self.folder.path(), size, numbered);
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        write(self.folder.path(), path, bytes);
    }

    /// Every look is a new process: what it knows comes from the disk.
    async fn grows(&self) -> (u64, u64) {
        match look(self.folder.path(), self.state.path()).await.unwrap() {
            News::Grown { from, to, .. } => (from, to),
            News::Same { size } => (size, size),
            News::Nothing => (0, 0),
        }
    }

    async fn trouble(&self) -> Verdict {
        let trouble = look(self.folder.path(), self.state.path()).await.unwrap_err();
        assert!(trouble.text.ends_with('.'), "{trouble}");
        trouble.verdict
    }
}

#[tokio::test]
async fn led_13_a_log_is_followed_as_it_grows() {
    let log = Log { folder: tempfile::tempdir().unwrap(), state: tempfile::tempdir().unwrap() };
    assert_eq!(log.grows().await, (0, 0));
    let mut before = 0;
    for size in [1, 5, 255, 256, 257, 700, 66_000, 66_001] {
        log.publish(size);
        assert_eq!(log.grows().await, (before, size));
        assert_eq!(log.grows().await, (size, size));
        before = size;
    }
}

#[tokio::test]
async fn led_13_a_partial_tile_that_is_gone_is_the_beginning_of_the_full_one() {
    let log = Log::of(300);
    let earlier = std::fs::read(log.folder.path().join("checkpoint")).unwrap();
    log.publish(600);
    std::fs::remove_dir_all(log.folder.path().join("tile/entries/001.p")).unwrap();
    log.write("checkpoint", &earlier);
    assert_eq!(log.grows().await, (0, 300));
    log.publish(600);
    assert_eq!(log.grows().await, (300, 600));
}

#[tokio::test]
async fn a4_an_older_checkpoint_is_a_rollback() {
    let log = Log::of(700);
    log.grows().await;
    log.write("checkpoint", note(500, numbered).as_bytes());
    assert_eq!(log.trouble().await, Verdict::Rollback);
    std::fs::remove_file(log.folder.path().join("checkpoint")).unwrap();
    assert_eq!(log.trouble().await, Verdict::Rollback);
    // The log comes back as it was: the follower goes on from what it saw.
    log.publish(800);
    assert_eq!(log.grows().await, (700, 800));
}

#[tokio::test]
async fn a7_another_history_of_any_size_is_a_fork() {
    let lie = |n| if n == 499 { b"otra".to_vec() } else { numbered(n) };
    for size in [500, 700, 900] {
        let log = Log::of(700);
        log.grows().await;
        publish(log.folder.path(), size, lie);
        let verdict = log.trouble().await;
        assert_eq!(verdict, if size == 900 { Verdict::Fork } else { verdict }, "{size}");
        assert!(matches!(verdict, Verdict::Fork), "{size}: {verdict:?}");
    }
}

#[tokio::test]
async fn a7_two_clients_who_compare_what_they_saw_find_the_fork() {
    let lie = |n| if n == 499 { b"otra".to_vec() } else { numbered(n) };
    let (one, other) = (Log::of(700), Log::of(10));
    publish(other.folder.path(), 700, lie);
    assert_eq!((one.grows().await, other.grows().await), ((0, 700), (0, 700)), "each view holds by itself");
    // One shows the other the checkpoint that it was given.
    let told = std::fs::read(other.folder.path().join("checkpoint")).unwrap();
    one.write("checkpoint", &told);
    assert_eq!(one.trouble().await, Verdict::Fork);
}

#[tokio::test]
async fn a2_an_entry_that_is_not_the_one_signed_is_named_by_its_place() {
    let log = Log::of(100);
    log.grows().await;
    log.publish(400);
    let bundle = std::fs::read(log.folder.path().join("tile/entries/001.p/144")).unwrap();
    let text = String::from_utf8_lossy(&bundle).replace("\"n\":300", "\"n\":999").into_bytes();
    log.write("tile/entries/001.p/144", &text);
    let trouble = look(log.folder.path(), log.state.path()).await.unwrap_err();
    assert_eq!(trouble.verdict, Verdict::Entry);
    assert!(trouble.text.contains(" 300 "), "{trouble}");
    assert!(trouble.evidence.unwrap().starts_with(ORIGIN));
    // One that was shown before and is another now.
    log.publish(400);
    let full = std::fs::read(log.folder.path().join("tile/entries/000")).unwrap();
    let text = String::from_utf8_lossy(&full).replace("\"n\":50}", "\"n\":51}").into_bytes();
    log.write("tile/entries/000", &text);
    assert_eq!(log.trouble().await, Verdict::Entry);
    log.publish(400);
    assert_eq!(log.grows().await, (100, 400));
}

#[tokio::test]
async fn a5_entries_that_are_signed_and_not_served_are_a_truncation() {
    let log = Log::of(600);
    let last = log.folder.path().join("tile/entries/002.p/88");
    let bundle = std::fs::read(&last).unwrap();
    std::fs::remove_file(&last).unwrap();
    assert_eq!(log.trouble().await, Verdict::Truncated);
    // Cut at the end of an entry, and in the middle of one.
    log.write("tile/entries/002.p/88", &bundle[..11 * 50]);
    assert_eq!(log.trouble().await, Verdict::Truncated);
    log.write("tile/entries/002.p/88", &bundle[..11 * 50 + 3]);
    assert_eq!(log.trouble().await, Verdict::Entry);
    std::fs::write(&last, &bundle).unwrap();
    assert_eq!(log.grows().await, (0, 600));
}

#[tokio::test]
async fn a10_checkpoints_of_another_key_another_log_or_no_shape_are_refused() {
    let log = Log::of(300);
    let root = tree(300, numbered).root();
    let other = Signer::new(ORIGIN, Algorithm::Ed25519, &[1; 32]).unwrap();
    let text = Checkpoint { origin: ORIGIN.into(), size: 300, root }.text();
    log.write("checkpoint", other.sign(&text).as_bytes());
    assert_eq!(log.trouble().await, Verdict::Signature);
    let elsewhere = "bitacora.example.cl/otra";
    let foreign = Signer::new(elsewhere, Algorithm::Ed25519, &[0x40; 32]).unwrap();
    let text = Checkpoint { origin: elsewhere.into(), size: 300, root }.text();
    log.write("checkpoint", foreign.sign(&text).as_bytes());
    assert_eq!(log.trouble().await, Verdict::Origin);
    let negative = signer().sign(&format!("{ORIGIN}\n-3\nAAAA\n"));
    for garbage in [b"hola".to_vec(), vec![0xff; 300_000], negative.into_bytes()] {
        log.write("checkpoint", &garbage);
        let trouble = look(log.folder.path(), log.state.path()).await.unwrap_err();
        assert!(matches!(trouble.verdict, Verdict::Malformed | Verdict::Unreachable), "{trouble}");
    }
    log.publish(300);
    assert_eq!(log.grows().await, (0, 300));
}

#[tokio::test]
async fn a10_a_policy_with_a_quorum_wants_its_witnesses() {
    use copihue_monitor::{Folder, Follower, State};
    use copihue_tlog::policy::Policy;
    let log = Log::of(300);
    let witness = Signer::new("testigo.example", Algorithm::Cosignature, &[0x60; 32]).unwrap();
    let lines = format!("log {}\nwitness w {}\nquorum w\n", signer().verifier(), witness.verifier());
    let look = async || {
        let policy = Policy::parse(&lines).unwrap();
        let mut follower =
            Follower::new(Folder::new(log.folder.path()), ORIGIN, policy, State::default(), None);
        follower.look(&mut |_| ()).await
    };
    assert_eq!(look().await.unwrap_err().verdict, Verdict::Witnesses);
    let note = std::fs::read_to_string(log.folder.path().join("checkpoint")).unwrap();
    let text = note.split_once("\n\n").unwrap().0.to_owned() + "\n";
    log.write("checkpoint", format!("{note}{}", witness.line(&text, 1_796_126_400)).as_bytes());
    assert_eq!(look().await.unwrap(), News::Grown { from: 0, to: 300, witnesses: vec!["w".into()] });
    let forged = witness.line("otra cosa\n", 1_796_126_400);
    log.write("checkpoint", format!("{note}{forged}").as_bytes());
    assert_eq!(look().await.unwrap_err().verdict, Verdict::Cosignature);
}

#[tokio::test]
async fn led_13_a_damaged_memory_is_said_and_not_used() {
    let log = Log::of(300);
    log.grows().await;
    let file = log.state.path().join("state.json");
    let text = std::fs::read_to_string(&file).unwrap();
    for damaged in [text.replace("\"tree\":\"0000", "\"tree\":\"0001"), text[..text.len() / 2].to_owned()] {
        std::fs::write(&file, damaged).unwrap();
        let trouble = copihue_monitor::State::open(&file).unwrap_err();
        assert_eq!(trouble.verdict, Verdict::State);
        assert!(trouble.text.contains("bórrelo"));
    }
}
