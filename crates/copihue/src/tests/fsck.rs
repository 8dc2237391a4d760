//! `ledger fsck` over what services did: a row that was lost or changed behind its event is named.

use copihue_core::{Id, Result, Timestamp, VerificationCode};
use copihue_db::{Tx, params, sql};
use copihue_ledger::Family;
use copihue_ledger::fsck::{Options, Verdict};
use copihue_signing::keys::Algorithm;
use copihue_signing::model::act::{ActKind, RegistrationAct};
use copihue_signing::pki::RevocationReason;
use copihue_signing::{Act, DocumentState, Evidence as _, IssuedDocument, NewHolder, Show};
use serde_json::json;

use super::platform;
use crate::platform::{Evidence, Platform, deeds};

const CITY: &str = "PE-MUN-00301";

/// What `fsck` finds in these two logs, without what only deserves a look.
async fn findings(platform: &Platform) -> Vec<(Verdict, String)> {
    platform.ledger.sequence_once().await.unwrap();
    let families = vec![Family::Signature, Family::Casefile];
    let (ledger, options) =
        (platform.ledger.clone(), Options { families, deeds: deeds::all(), ..Options::default() });
    let check = move || ledger.fsck(&options, &mut |_| ()).unwrap();
    let all = tokio::task::spawn_blocking(check).await.unwrap();
    let found = all.into_iter().flat_map(|checked| checked.findings.first);
    found.filter(|f| !f.verdict.is_warning()).map(|f| (f.verdict, f.text)).collect()
}

/// One act of each kind that is told by the row that it left.
async fn acts(platform: &Platform) {
    let signing = platform.signing.clone();
    let code = VerificationCode::new(&*platform.random);
    let at = platform.clock.now();
    let document = IssuedDocument {
        code,
        sha256: [7; 32],
        institution: CITY.into(),
        institution_name: "Municipalidad".into(),
        title: "Decreto".into(),
        kind: "decreto".into(),
        case: None,
        signers: Vec::new(),
        issued_at: at,
        show: Show::Hash,
    };
    let bucket = platform.buckets.of_institution(CITY);
    let (official, act) = (Id::new(at, bucket, &*platform.random), Id::new(at, bucket, &*platform.random));
    let holder = NewHolder {
        institution: CITY.into(),
        institution_name: "Municipalidad".into(),
        official,
        run: "12.345.678-5".parse().unwrap(),
        name: "Ana".into(),
        post: "Jefa".into(),
        email: None,
        algorithm: Algorithm::P256,
    };
    signing.ensure_holder(&holder).await.unwrap();
    signing.revoke_holder(CITY, official, RevocationReason::KeyCompromise).await.unwrap();
    let evidence = Evidence(platform.ledger.clone());
    let write = move |tx: &mut Tx<'_>| -> Result<()> {
        signing.register_document(tx, &document)?;
        signing.set_document_state(tx, code, DocumentState::Void, "invalidado", None)?;
        let registered = RegistrationAct {
            id: act,
            institution: CITY.into(),
            kind: ActKind::HolderCreated,
            official: Some(official),
            request: None,
            doer: None,
            note: None,
            at,
        };
        tx.execute(
            sql!(
                "INSERT INTO signing_act (bucket, id, institution, kind, official, at) VALUES ($1, $2, $3, $4, $5, $6)"
            ),
            &params![bucket, act, CITY, registered.kind.code(), official, at],
        )?;
        evidence.append(tx, &Act::Registration { act: &registered, concerns: None })?;
        wording(tx, &evidence, at)
    };
    platform.db.write(write).await.unwrap();
}

fn wording(tx: &mut Tx<'_>, evidence: &Evidence, at: Timestamp) -> Result<()> {
    let template = "{\"partes\":[]}";
    tx.execute(
        sql!(
            "INSERT INTO procedures_template (institution, procedure, document, version, state, template, sample, step,
             writers, saved_by, saved_at) VALUES ($1, 'patente', 'permiso', 3, 'vigente', $2, '{}', 1, '[]', 'a', $3)"
        ),
        &params![CITY, template, at],
    )?;
    let hash = copihue_core::json::sha256_hex(template.as_bytes());
    let fields = [("hash", json!(hash)), ("institution", json!(CITY))];
    let record = format!("{CITY}/patente/permiso/3");
    let act = copihue_procedures::Act { kind: "template.published", record, subject: None, fields: &fields };
    copihue_procedures::Evidence::append(evidence, tx, act)
}

#[tokio::test(flavor = "multi_thread")]
async fn led_08_a8_an_act_of_signatures_or_wordings_whose_row_was_lost_or_changed_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(folder.path()).await.unwrap();
    acts(&platform).await;
    assert_eq!(findings(&platform).await, []);
    type Attack = fn(&mut Tx<'_>) -> Result<u64>;
    let attacks: [(Attack, Attack, Verdict, &str); 8] = [
        (
            |tx| tx.execute(sql!("UPDATE signing_act SET kind = 'titular_bloqueado'"), &params![]),
            |tx| tx.execute(sql!("UPDATE signing_act SET kind = 'titular_creado'"), &params![]),
            Verdict::ActMismatch,
            "signature.registration/",
        ),
        (
            |tx| tx.execute(sql!("UPDATE signing_act SET bucket = bucket + 1"), &params![]),
            |tx| tx.execute(sql!("UPDATE signing_act SET bucket = bucket - 1"), &params![]),
            Verdict::OrphanEvent,
            "signature.registration/",
        ),
        (
            |tx| tx.execute(sql!("UPDATE signing_certificate SET revoked_at = -revoked_at"), &params![]),
            |tx| tx.execute(sql!("UPDATE signing_certificate SET revoked_at = -revoked_at"), &params![]),
            Verdict::OrphanEvent,
            "signature.revoked/",
        ),
        (
            |tx| {
                tx.execute(
                    sql!("UPDATE signing_document SET issued_at = issued_at - 1 WHERE case_file IS NULL"),
                    &params![],
                )
            },
            |tx| {
                tx.execute(
                    sql!("UPDATE signing_document SET issued_at = issued_at + 1 WHERE case_file IS NULL"),
                    &params![],
                )
            },
            Verdict::ActMismatch,
            "signature.issued/",
        ),
        (
            |tx| {
                tx.execute(
                    sql!("UPDATE signing_document SET state = 'vigente' WHERE state = 'sin_efecto'"),
                    &params![],
                )
            },
            |tx| {
                tx.execute(
                    sql!("UPDATE signing_document SET state = 'sin_efecto' WHERE reason = 'invalidado'"),
                    &params![],
                )
            },
            Verdict::OrphanEvent,
            "signature.state/",
        ),
        (
            |tx| {
                tx.execute(
                    sql!("UPDATE signing_document SET reason = 'otra' WHERE reason = 'invalidado'"),
                    &params![],
                )
            },
            |tx| {
                tx.execute(
                    sql!("UPDATE signing_document SET reason = 'invalidado' WHERE reason = 'otra'"),
                    &params![],
                )
            },
            Verdict::ActMismatch,
            "signature.state/",
        ),
        (
            |tx| tx.execute(sql!("UPDATE procedures_template SET template = '{}'"), &params![]),
            |tx| tx.execute(sql!("UPDATE procedures_template SET template = '{\"partes\":[]}'"), &params![]),
            Verdict::ActMismatch,
            "template.published/",
        ),
        (
            |tx| tx.execute(sql!("UPDATE procedures_template SET version = 4"), &params![]),
            |tx| tx.execute(sql!("UPDATE procedures_template SET version = 3"), &params![]),
            Verdict::OrphanEvent,
            "template.published/",
        ),
    ];
    for (attack, undo, verdict, named) in attacks {
        assert!(platform.db.write(attack).await.unwrap() > 0, "the attack changes something: {named}");
        let found = findings(&platform).await;
        assert!(found.iter().any(|(v, text)| *v == verdict && text.contains(named)), "{named}: {found:?}");
        platform.db.write(undo).await.unwrap();
        assert_eq!(findings(&platform).await, [], "after {named}");
    }
    // An act that nobody told the log of.
    let id = Id::new(platform.clock.now(), platform.buckets.of_institution(CITY), &*platform.random);
    let alone = sql!(
        "INSERT INTO signing_act (bucket, id, institution, kind, at) VALUES ($1, $2, $3, 'aviso_de_vencimiento', 1)"
    );
    platform.db.write(move |tx| tx.execute(alone, &params![id.bucket(), id, CITY])).await.unwrap();
    let found = findings(&platform).await;
    assert!(
        matches!(&found[..], [(Verdict::MissingEvent, text)] if text.contains(&id.to_string())),
        "{found:?}"
    );
}
