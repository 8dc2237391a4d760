//! Proofs, of what a signed checkpoint covers.

use copihue_core::{Error, Result};
use copihue_ledger::Register;
use copihue_tlog::merkle::Hash;
use serde_json::json;

use super::answer::{Answered, Cache};
use crate::Registers;

const IDENTIFIER: &str = "merkle:sha-256";

fn written(hash: &Hash) -> String {
    format!("sha-256:{}", hex::encode(hash))
}

fn of_hashes(json: serde_json::Value, hashes: &[Hash]) -> Answered {
    let rows = hashes.iter().map(|hash| vec![written(hash)]).collect();
    Answered { json, columns: vec!["hash".to_owned()], rows, links: Vec::new(), cache: Cache::Immutable }
}

pub(super) async fn root(registers: &Registers, register: Register) -> Result<Answered> {
    let (checkpoint, note) = registers.checkpoint(register).await?.ok_or_else(Error::not_found)?;
    let root = written(&checkpoint.root);
    let cache = Cache::Until(format!("{}-root-{}", register.name(), checkpoint.size));
    Ok(Answered {
        json: json!({
            "proof-identifier": IDENTIFIER, "root-hash": root, "total-entries": checkpoint.size, "checkpoint": note,
        }),
        rows: vec![vec![IDENTIFIER.to_owned(), root, checkpoint.size.to_string()]],
        columns: ["proof-identifier", "root-hash", "total-entries"].map(str::to_owned).to_vec(),
        links: vec![(format!("/ledger/{}/checkpoint", register.log()), "describedby")],
        cache,
    })
}

pub(super) async fn entry(
    registers: &Registers,
    register: Register,
    number: u64,
    total: u64,
) -> Result<Answered> {
    let path = registers.audit_path(register, number, total).await?.ok_or_else(Error::not_found)?;
    let hashes: Vec<String> = path.iter().map(written).collect();
    let json = json!({
        "proof-identifier": IDENTIFIER, "entry-number": number.to_string(), "merkle-audit-path": hashes,
    });
    Ok(of_hashes(json, &path))
}

pub(super) async fn consistency(
    registers: &Registers,
    register: Register,
    from: u64,
    to: u64,
) -> Result<Answered> {
    let nodes = registers.consistency(register, from, to).await?.ok_or_else(Error::not_found)?;
    let hashes: Vec<String> = nodes.iter().map(written).collect();
    Ok(of_hashes(json!({"proof-identifier": IDENTIFIER, "merkle-consistency-nodes": hashes}), &nodes))
}
