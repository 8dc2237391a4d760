//! What is signed here, judged by programs that aren't ours: what only we would accept is not released.

mod cells;
mod engines;
pub(crate) mod judges;
mod large;
mod others;
mod product;
mod table;

use std::collections::BTreeMap;

use copihue_core::{Clock, Timestamp};
use copihue_signing::keys::Algorithm;
use copihue_signing::verify::{Given, TrustStore, verify};
use copihue_signing::{Level, NewSeal};

use crate::longterm::place;
use crate::service::CITY;
use crate::support::Bench;
use crate::token;
use cells::{Cell, DOCUMENT};
use engines::Engines;
pub(crate) use judges::dss_class_path;

/// Whom a cell was accepted by, and by whom not and why.
#[derive(Default)]
struct Verdicts {
    accepted: BTreeMap<String, Vec<&'static str>>,
    refused: Vec<String>,
    missing: Vec<&'static str>,
}

impl Verdicts {
    /// Whether somebody refused it: a container whose files don't fit its manifest is not saved by the manifest's CMS.
    fn is_unsound(&self, cell: &Cell) -> bool {
        self.refused.iter().any(|r| r.starts_with(&format!("{} ", cell.file)))
    }

    fn take(&mut self, cell: &Cell, program: &'static str, verdict: Result<(), String>) {
        match verdict {
            Ok(()) => self.accepted.entry(cell.file.clone()).or_default().push(program),
            Err(why) => self.refused.push(format!("{} {program}: {why}", cell.file)),
        }
    }

    fn add(&mut self, other: Self) {
        for (file, programs) in other.accepted {
            self.accepted.entry(file).or_default().extend(programs);
        }
        self.refused.extend(other.refused);
        self.missing.extend(other.missing);
    }

    /// Each by so many programs, and by nobody refused; `false`, with a notice, when some could not be asked.
    fn are_good(&self, cells: &[Cell], programs: usize) -> bool {
        assert!(self.refused.is_empty(), "{}", self.refused.join("\n"));
        if !self.missing.is_empty() {
            eprintln!("skipped: the table, since these can't be run: {}", self.missing.join(", "));
            return false;
        }
        let by = |cell: &Cell| self.accepted.get(&cell.file).map_or(0, Vec::len);
        let few: Vec<&str> = cells.iter().filter(|c| by(c) < programs).map(|c| c.file.as_str()).collect();
        assert!(few.is_empty(), "accepted by fewer than {programs}: {few:?}");
        true
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_each_algorithm_format_and_level_is_accepted_by_foreign_programs() {
    let place = place().await;
    for algorithm in Algorithm::DOCUMENTS {
        let institution = format!("{CITY}-{}", algorithm.code());
        let seal = NewSeal { institution, name: "Municipalidad de Puente Alto".into(), rut: None, algorithm };
        place.signing.ensure_seal(&seal).await.unwrap();
    }
    let cells = cells::make(&place).await;
    judges::put_lists(&place).await;
    let mut verdicts = Verdicts::default();
    judges::judge(&place.bench, &cells, &mut verdicts);
    if !verdicts.are_good(&cells, 3) {
        return;
    }
    let (trust, now) = (place.signing.trust(), place.clock.now());
    assert_ours(&place.bench, (&trust, now), &cells);
    table::formats(&cells, &verdicts);
    // Programs that accept everything would prove nothing.
    let stamped: Vec<Cell> = cells.iter().filter(|c| c.level == Level::T).cloned().collect();
    let mut verdicts = Verdicts::default();
    judges::dss(&place.bench, &stamped, &mut verdicts, |_| true);
    assert!(verdicts.accepted.is_empty(), "{:?}", verdicts.accepted);
    let changed = cells::change(&place, cells);
    let mut verdicts = Verdicts::default();
    judges::judge(&place.bench, &changed, &mut verdicts);
    assert!(verdicts.accepted.is_empty(), "{:?}", verdicts.accepted);
    let accepted: Vec<&Cell> =
        changed.iter().filter(|c| ours(&place.bench, (&trust, now), c).is_ok()).collect();
    assert!(accepted.is_empty(), "{:?}", accepted.iter().map(|c| &c.file).collect::<Vec<_>>());
}

#[test]
fn sig_20_each_product_of_key_hash_level_file_and_engine_is_accepted_by_foreign_programs() {
    with_engines("matrix::inside_the_product");
}

#[test]
fn sig_20_pdfs_of_more_than_100_mb_are_accepted_by_foreign_programs() {
    with_engines("matrix::inside_what_is_large");
}

/// SoftHSM finds its folder by the environment of the process, so the inner halves are processes of their own.
fn with_engines(inner: &str) {
    let folder = token::empty_token();
    token::within(folder.as_ref().map(tempfile::TempDir::path), inner);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the inner half"]
async fn inside_the_product() {
    let engines = Engines::open(token::folder().as_deref()).await;
    let kinds = product::kinds(&engines).await;
    let pdfs = product::make(&engines, &kinds).await;
    let others = others::make(&engines).await;
    let of_pdfs: Vec<Cell> = pdfs.iter().map(|one| one.cell.clone()).collect();
    let of_others: Vec<Cell> = others.iter().map(|one| one.cell.clone()).collect();
    let all = [&of_pdfs[..], &of_others].concat();
    let (trust, now) = (engines.signing.trust(), engines.clock.now());
    let mut verdicts = Verdicts::default();
    std::thread::scope(|scope| {
        scope.spawn(|| assert_ours(&engines.bench, (&trust, now), &all));
        judges::judge(&engines.bench, &all, &mut verdicts);
        judges::readers(&engines.bench, &of_pdfs, &mut verdicts);
    });
    if verdicts.are_good(&of_pdfs, 5) && verdicts.are_good(&of_others, 3) && engines.are_all_there() {
        table::pdfs(&pdfs, &kinds, &verdicts);
        table::others(&others, &verdicts);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the inner half"]
async fn inside_what_is_large() {
    let engines = Engines::open(token::folder().as_deref()).await;
    let mut verdicts = Verdicts::default();
    let large = large::judged(&engines, &mut verdicts).await;
    let cells: Vec<Cell> = large.iter().map(|(_, cell)| cell.clone()).collect();
    if verdicts.are_good(&cells, 5) && engines.are_all_there() {
        table::large(&large, &verdicts);
    }
}

type Trusted<'a> = (&'a TrustStore, Timestamp);

fn assert_ours(bench: &Bench, trusted: Trusted<'_>, cells: &[Cell]) {
    let wrong: Vec<String> = cells.iter().filter_map(|c| ours(bench, trusted, c).err()).collect();
    assert!(wrong.is_empty(), "not as others see it:\n{}", wrong.join("\n"));
}

/// Whether our own verifier accepts a file, at the level that it was signed at.
fn ours(bench: &Bench, (trust, now): Trusted<'_>, cell: &Cell) -> Result<(), String> {
    let read = |name: &str| std::fs::read(bench.0.path().join(name)).unwrap();
    let (bytes, document) = (read(&cell.file), read(DOCUMENT));
    let mut files = vec![Given { name: &cell.file, bytes: &bytes }];
    if cell.form.kind == "p7s" {
        files.push(Given { name: DOCUMENT, bytes: &document });
    }
    let verdict = verify(&files, trust, now);
    let level = verdict.signatures.last().map(|s| s.level);
    let fits = verdict.is_genuine() && level == Some(cell.level.name());
    if fits { Ok(()) } else { Err(format!("{}: {verdict:?}", cell.file)) }
}
