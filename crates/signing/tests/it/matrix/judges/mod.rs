//! The programs that judge, each by its own command.

mod cms;
mod dss;
mod libraries;
mod panel;
mod readers;
mod xml;

use std::path::{Path, PathBuf};

use copihue_signing::Level;

use super::Verdicts;
use super::cells::Cell;
use crate::longterm::Place;
use crate::support::Bench;
pub(crate) use dss::class_path as dss_class_path;
pub(super) use dss::dss;
pub(super) use panel::Panel;
pub(super) use readers::readers;

/// What a deployment of our own says of its certificates, beside what it signed.
pub(super) async fn put_lists(place: &Place) {
    place.bench.put("root.crl", &place.signing.root_crl().await.unwrap());
    place.bench.put("issuing.crl", &place.signing.crl().await.unwrap());
}

/// By all that judge signatures; EU DSS, the slowest, beside the others.
pub(super) fn judge(bench: &Bench, cells: &[Cell], verdicts: &mut Verdicts) {
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| {
            let mut verdicts = Verdicts::default();
            dss(bench, cells, &mut verdicts, |level| level >= Level::LT);
            verdicts
        });
        // First of all: it unpacks the containers, which the others look into.
        libraries::python(bench, cells, verdicts);
        cms::openssl(bench, cells, verdicts);
        xml::xmlsec(bench, cells, verdicts);
        libraries::jose(bench, cells, verdicts);
        verdicts.add(slow.join().unwrap());
    });
}

/// Where a container was unpacked.
fn unpacked(cell: &Cell) -> String {
    format!("{}.d", cell.file)
}

/// What stands behind a file and a program.
fn answer(said: &str, cell: &Cell, program: &str) -> Result<(), String> {
    let start = format!("{}\t{program}\t", cell.file);
    match said.lines().find_map(|l| l.strip_prefix(&start)) {
        Some("ok") => Ok(()),
        why => Err(why.unwrap_or(said).into()),
    }
}

/// Where `cargo xtask setup` puts what it installs.
fn tools() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools")
}
