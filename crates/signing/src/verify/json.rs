//! The report for machines (specs signing §8): one shape for every kind of file.

use copihue_core::Timestamp;
use copihue_core::json::sha256_hex;
use serde::Serialize;
use serde_json::{Value, json};

use super::timestamp::{DocumentTimestamp, TimestampVerdict};
use super::trust::TrustStore;
use super::verdict::{Changes, SignatureVerdict, SubIndication, Verdict};
use super::{Indication, RevocationFacts};
use crate::pki::Certificate;

/// The rules that a report follows: those of this crate, by their edition.
pub const POLICY: &str = "copihue-validacion-1";

/// The report of a verdict by this trust.
#[must_use]
pub fn to_json(verdict: &Verdict, trust: &TrustStore) -> Value {
    let document = &verdict.document;
    let mut report = json!({
        "document": {
            "sha256": document.sha256, "bytes": document.bytes, "type": document.kind,
            "title": document.title, "code": document.code.map(|c| c.to_string()), "id": document.document_id,
        },
        "verdict": verdict.outcome,
        "message_es": verdict.sentence(),
        "signatures": verdict.signatures.iter().map(signature).collect::<Vec<_>>(),
        "timestamps": verdict.document_timestamps.iter().map(over_all).collect::<Vec<_>>(),
        "evidence_records": verdict.evidence.iter().map(|e| json!({
            "file": e.of, "since": e.since, "authority": e.authority, "timestamps": e.stamps,
        })).collect::<Vec<_>>(),
        "files": verdict.files.iter().map(|f| json!({"name": f.name, "signed": f.is_signed})).collect::<Vec<_>>(),
        "problem": verdict.problem,
        "policy": POLICY,
        "trust_store_version": trust.version(),
        "produced_at": verdict.produced_at,
    });
    drop_empty(&mut report);
    report
}

fn signature(one: &SignatureVerdict) -> Value {
    let stamps = one.timestamps.iter().map(|t| stamp("signature", t));
    let archive = one.archive_timestamps.iter().map(|t| stamp("archive", t));
    json!({
        "id": one.id, "format": one.format, "level": one.level,
        "indication": one.indication, "sub_indication": one.sub_indication,
        "signer": one.signer.as_ref().map(|s| json!({
            "run": s.run_masked, "other_runs": (!s.other_runs.is_empty()).then_some(&s.other_runs), "name": s.name.name, "title": s.name.post, "organisation": s.name.institution,
            "issuer": s.issuer, "serial": s.serial, "kind": s.kind,
        })),
        "claimed_time": one.claimed_time, "best_time": one.best_time,
        "timestamps": stamps.chain(archive).collect::<Vec<_>>(),
        "coverage": one.coverage, "changes_after": changes(one.changes_after),
        "algorithm": one.algorithm, "reason": one.reason,
        "certificate_chain": one.chain.iter().map(certificate).collect::<Vec<_>>(),
        "revocation": one.revocation.first().map(revocation),
        "messages_es": one.messages_es,
    })
}

fn changes(changes: Changes) -> Vec<Changes> {
    if changes == Changes::None { Vec::new() } else { vec![changes] }
}

fn stamp(kind: &str, one: &TimestampVerdict) -> Value {
    told(kind, one.time, &one.authority, one.kind, one.sub_indication)
}

fn over_all(one: &DocumentTimestamp) -> Value {
    let stamp = one.stamp.as_ref();
    let problem = one.problem.or(stamp.and_then(|s| s.sub_indication));
    let mut value = json!({"id": one.id, "files": one.covers, "changes_after": changes(one.changes_after)});
    let rest = match stamp {
        Some(s) => told("document", s.time, &s.authority, s.kind, problem),
        None => {
            json!({"kind": "document", "indication": problem.map(super::check::indication_of), "sub_indication": problem})
        }
    };
    if let (Some(value), Value::Object(rest)) = (value.as_object_mut(), rest) {
        value.extend(rest);
    }
    value
}

fn told(
    kind: &str,
    time: Timestamp,
    authority: &str,
    anchor: impl Serialize,
    problem: Option<SubIndication>,
) -> Value {
    let indication = problem.map_or(Indication::TotalPassed, super::check::indication_of);
    json!({
        "kind": kind, "time": time, "authority": authority, "anchor": anchor,
        "indication": indication, "sub_indication": problem,
    })
}

fn certificate(one: &Certificate) -> Value {
    let (from, until) = one.validity();
    json!({
        "subject": one.common_name(), "issuer": one.issuer_common_name(), "serial": one.serial(),
        "not_before": from, "not_after": until, "sha256": sha256_hex(one.der()),
    })
}

fn revocation(facts: &RevocationFacts) -> Value {
    let status = if facts.revoked_at.is_some() { "revoked" } else { "good" };
    json!({"source": facts.source, "time": facts.time, "status": status, "revoked_at": facts.revoked_at})
}

/// Leaves out what is not known; lists stay, so that a reader may count on them.
fn drop_empty(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, v| !v.is_null());
            map.values_mut().for_each(drop_empty);
        }
        Value::Array(list) => list.iter_mut().for_each(drop_empty),
        _ => {}
    }
}
