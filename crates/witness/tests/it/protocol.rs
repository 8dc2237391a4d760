//! Each answer of the protocol, in its order.

use copihue_db::statements;
use copihue_db::testing::on_each_engine;
use copihue_tlog::add_checkpoint::AddCheckpoint;
use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::note::{Algorithm, Note, Signer};
use copihue_witness::{Answer, MIGRATIONS, Refusal};

use crate::support::{Log, ORIGIN, ask, cosigned, witness};

#[tokio::test(flavor = "multi_thread")]
async fn led_07_a_growing_log_is_cosigned_step_by_step() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let (log, witness) = (Log::new(), witness(&db));
        for (old, new) in [(0, 0), (0, 3), (3, 4), (4, 300), (300, 300), (300, 1_000)] {
            let answer = ask(&witness, &log.request(old, new)).await;
            assert_eq!(cosigned(&answer, witness.verifier(), &log, new), 1_796_126_400, "{old} → {new}");
        }
        // What it shows carries both signatures, and nobody else's.
        let hash = copihue_core::json::sha256(ORIGIN.as_bytes());
        let shown = witness.checkpoint(hash).await.unwrap().unwrap();
        let note = Note::parse(&shown).unwrap();
        let keys = [log.signer.verifier().clone(), witness.verifier().clone()];
        assert_eq!(note.verify(&keys).unwrap().len(), 2);
        assert_eq!(note.only(&keys), shown);
        assert_eq!(Checkpoint::parse(&note.text).unwrap().size, 1_000);
        assert_eq!(witness.checkpoint([0; 32]).await.unwrap(), None);
        assert_eq!(witness.findings(ORIGIN).await.unwrap(), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_a_log_of_many_entries_may_begin_at_its_present_size() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let (log, witness) = (Log::new(), witness(&db));
        let answer = ask(&witness, &log.request(0, 700)).await;
        assert!(cosigned(&answer, witness.verifier(), &log, 700) > 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_each_check_has_its_answer_in_its_order() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let (log, witness) = (Log::new(), witness(&db));
        assert!(matches!(ask(&witness, &log.request(0, 5)).await, Answer::Cosigned(_)));
        let good = log.request(5, 9);
        let with = |change: &dyn Fn(&mut AddCheckpoint)| {
            let mut request = good.clone();
            change(&mut request);
            request.to_string()
        };
        let stranger = Signer::new(ORIGIN, Algorithm::Ed25519, &[1; 32]).unwrap();
        let unknown = Log::named("nadie.example.cl/x");
        let (_, mut hash) = good.checkpoint.rsplit_once(' ').unwrap();
        hash = hash.trim_end();
        let broken = good.checkpoint.replace(hash, &format!("{}AAAA{}", &hash[..8], &hash[12..]));
        for (what, body, expected) in [
            ("an unknown log, even malformed", format!("old x\n\n{}", unknown.note(1)), Answer::UnknownLog),
            ("another's signature", with(&|r| r.checkpoint = stranger.sign(&log.text(9))), Answer::Untrusted),
            ("a signature that fails", with(&|r| r.checkpoint.clone_from(&broken)), Answer::Untrusted),
            (
                "untrusted and malformed",
                format!("old x\n\n{}", stranger.sign(&log.text(9))),
                Answer::Untrusted,
            ),
            ("no old size", good.to_string().replacen("old 5", "5", 1), Answer::Malformed),
            ("a sign", good.to_string().replacen("old 5", "old +5", 1), Answer::Malformed),
            ("a leading zero", good.to_string().replacen("old 5", "old 05", 1), Answer::Malformed),
            ("old beyond new", with(&|r| r.old = 10), Answer::Malformed),
            ("64 hashes", with(&|r| r.proof = vec![[0; 32]; 64]), Answer::Malformed),
            ("another size", with(&|r| r.old = 4), Answer::OtherSize(5)),
            ("from nothing", with(&|r| r.old = 0), Answer::OtherSize(5)),
            ("no proof", with(&|r| r.proof.clear()), Answer::Refused(Refusal::Inconsistent)),
            ("a changed proof", with(&|r| r.proof[0][0] ^= 1), Answer::Refused(Refusal::Inconsistent)),
        ] {
            assert_eq!(witness.add_checkpoint(body.as_bytes()).await.unwrap(), expected, "{what}");
        }
        assert!(matches!(ask(&witness, &good).await, Answer::Cosigned(_)), "nothing of it moved the witness");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_07_the_empty_tree_has_one_root_and_needs_no_proof() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let (log, witness) = (Log::new(), witness(&db));
        let text = Checkpoint { origin: ORIGIN.into(), size: 0, root: [1; 32] }.text();
        let empty = AddCheckpoint { old: 0, proof: vec![], checkpoint: log.signer.sign(&text) };
        assert_eq!(ask(&witness, &empty).await, Answer::Refused(Refusal::EmptyRoot));
        let mut first = log.request(0, 3);
        first.proof.push([0; 32]);
        assert_eq!(ask(&witness, &first).await, Answer::Refused(Refusal::ProofFromNothing));
        first.proof.clear();
        assert!(matches!(ask(&witness, &first).await, Answer::Cosigned(_)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_is_understood_by_both_engines() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        db.read(|conn| {
            statements().filter(|s| s.to_string().contains("witness/src/")).try_for_each(|s| conn.prepare(s))
        })
        .await
        .unwrap();
    })
    .await;
}
