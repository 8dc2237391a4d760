//! Each algorithm × format × level, judged by programs that aren't ours: what only we would accept is not released.

mod cells;
pub(crate) mod judges;
mod kinds;
mod table;

use std::collections::BTreeMap;

use copihue_core::Clock;
use copihue_signing::keys::Algorithm;
use copihue_signing::verify::{Given, verify};
use copihue_signing::{Level, NewSeal};

use crate::longterm::{Place, place};
use crate::service::CITY;
use cells::{Cell, DOCUMENT};
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
    let mut verdicts = Verdicts::default();
    judges::judge(&place, &cells, &mut verdicts).await;
    assert!(verdicts.refused.is_empty(), "{}", verdicts.refused.join("\n"));
    if !verdicts.missing.is_empty() {
        eprintln!("skipped: the table, since these can't be run: {}", verdicts.missing.join(", "));
        return;
    }
    let alone: Vec<&str> =
        cells.iter().map(|c| c.file.as_str()).filter(|f| !verdicts.accepted.contains_key(*f)).collect();
    assert!(alone.is_empty(), "accepted by nobody: {alone:?}");
    let wrong: Vec<String> = cells.iter().filter_map(|c| ours(&place, c).err()).collect();
    assert!(wrong.is_empty(), "not as others see it:\n{}", wrong.join("\n"));
    table::compare(&cells, &verdicts);
    // Programs that accept everything would prove nothing.
    let stamped: Vec<Cell> = cells.iter().filter(|c| c.level == Level::T).cloned().collect();
    let mut verdicts = Verdicts::default();
    judges::dss(&place.bench, &stamped, &mut verdicts, |_| true);
    assert!(verdicts.accepted.is_empty(), "{:?}", verdicts.accepted);
    let changed = cells::change(&place, cells);
    let mut verdicts = Verdicts::default();
    judges::judge(&place, &changed, &mut verdicts).await;
    assert!(verdicts.accepted.is_empty(), "{:?}", verdicts.accepted);
    let accepted: Vec<&Cell> = changed.iter().filter(|c| ours(&place, c).is_ok()).collect();
    assert!(accepted.is_empty(), "{:?}", accepted.iter().map(|c| &c.file).collect::<Vec<_>>());
}

/// Whether our own verifier accepts a file, at the level that it was signed at.
fn ours(place: &Place, cell: &Cell) -> Result<(), String> {
    let read = |name: &str| std::fs::read(place.bench.0.path().join(name)).unwrap();
    let (bytes, document) = (read(&cell.file), read(DOCUMENT));
    let mut files = vec![Given { name: &cell.file, bytes: &bytes }];
    if cell.form.kind == "p7s" {
        files.push(Given { name: DOCUMENT, bytes: &document });
    }
    let verdict = verify(&files, &place.signing.trust(), place.clock.now());
    let level = verdict.signatures.first().map(|s| s.level);
    let fits = verdict.is_genuine() && level == Some(cell.level.name());
    if fits { Ok(()) } else { Err(format!("{}: {verdict:?}", cell.file)) }
}
