//! The same wrong requests to this provider and to npm `oidc-provider`, a certified one: the answers are the same, or a line of
//! `docs/identity-oracle.md` says why they are not.

use std::collections::BTreeMap;

use copihue_identity::*;
use serde::Deserialize;

use super::node::modules;
use super::{printed, run_clock};
use crate::open_world::{BASE, ask, base, verifier};
use crate::world::*;

const SCRIPT: &str = include_str!("oidc_provider.mjs");
const EXPLAINED: &str = include_str!("../../../../../docs/identity-oracle.md");
const OTHER: &str = "otra";
/// Codes that the requests use up.
const CODES: usize = 10;

#[derive(Deserialize)]
struct Answer {
    name: String,
    mine: String,
    theirs: String,
}

/// Name of the request → what both answer, as the document says.
fn explained() -> BTreeMap<String, (String, String)> {
    let rows = EXPLAINED.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.split(" | ").collect();
        let [name, mine, theirs, why] = cells[..] else { return None };
        let code = |cell: &str| cell.strip_prefix('`')?.strip_suffix('`').map(str::to_owned);
        let row = (name.to_owned(), (code(mine)?, code(theirs)?));
        assert!(why.len() > 20, "{name} is not explained");
        Some(row)
    });
    rows.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a04_b06_c01_d01_e02_wrong_requests_are_answered_as_a_certified_provider_does() {
    let folder = modules();
    if !folder.join("node_modules/oidc-provider").is_dir() {
        println!("skipped: npm oidc-provider is not installed in {}", folder.display());
        return;
    }
    let w = world().await;
    w.register(base()).await;
    w.register(NewClient { id: Some(OTHER.into()), ..base() }).await;
    let ticking = run_clock(&w);
    let mut codes = Vec::new();
    for _ in 0..CODES {
        codes.push(w.code(&mut w.visitor(), &ask(BASE, &[])).await);
    }
    let mut node = tokio::process::Command::new("node");
    node.args(["--input-type=module", "-e", SCRIPT, "--", &w.base, BASE, OTHER, SECRET, RETURN])
        .args([verifier(), codes.join(",")])
        .current_dir(&folder)
        .kill_on_drop(true);
    let text = printed(node).await;
    ticking.abort();
    let answers: Vec<Answer> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(answers.len() > 60, "{}", answers.len());
    let differ = answers.into_iter().filter(|answer| answer.mine != answer.theirs);
    let found: BTreeMap<_, _> = differ.map(|a| (a.name, (a.mine, a.theirs))).collect();
    assert_eq!(found, explained(), "{found:#?}");
}
