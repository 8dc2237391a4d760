//! `copihue ledger export`: what is published, as static files.
#![expect(clippy::print_stdout, reason = "the command's answer")]

use copihue_core::{Error, Result};
use copihue_ledger::{Family, Ledger};
use copihue_monitor::{News, Source, Trouble, Verdict};
use copihue_tlog::policy::Policy;
use copihue_tlog::tile::TilePath;

use super::place;
use crate::cli::ExportArguments;
use crate::commands::clone::export;

/// Each log into a folder of its name, and the policy beside them: the layout that `/ledger` serves.
///
/// # Errors
/// When a log can't be read or written, or is not what was signed.
pub(super) async fn run(arguments: &ExportArguments) -> Result<()> {
    let ledger = place::open(&arguments.place)?;
    let text = ledger.policy();
    let mut families = place::families(&arguments.place)?;
    if families.is_empty() {
        families = Family::ALL.to_vec();
    }
    std::fs::create_dir_all(&arguments.to)
        .and_then(|()| std::fs::write(arguments.to.join("policy"), &text))
        .map_err(|e| Error::invalid("carpeta", format!("{}: {e}", arguments.to.display())))?;
    for family in families {
        let policy = Policy::parse(&text).map_err(Error::internal)?;
        let end = format!("/ledger/{}", family.name());
        let origin = policy.logs().iter().map(|key| key.name()).find(|name| name.ends_with(&end));
        let origin = origin.ok_or_else(|| Error::internal("a log without a key"))?.to_owned();
        let source = Published { ledger: ledger.clone(), family };
        match export(source, &origin, policy, &arguments.to.join(family.name())).await? {
            News::Nothing => {}
            News::Same { size } => println!("{origin}: {size} entradas, nada nuevo."),
            News::Grown { from, to, .. } => println!("{origin}: {to} entradas, {} nuevas.", to - from),
        }
    }
    Ok(())
}

/// What this deployment publishes of one log.
struct Published {
    ledger: Ledger,
    family: Family,
}

impl Source for Published {
    async fn get(&self, path: String, _limit: usize) -> std::result::Result<Option<Vec<u8>>, Trouble> {
        let found = match path.strip_prefix("tile/") {
            Some(tile) => match TilePath::parse(tile) {
                Some(tile) => self.ledger.tile(self.family, tile).await,
                None => Ok(None),
            },
            None => self.ledger.checkpoint(self.family).await.map(|note| note.map(String::into_bytes)),
        };
        let unreachable = |e: Error| Trouble {
            verdict: Verdict::Unreachable,
            text: format!("No se pudo leer la bitácora: {e}."),
            evidence: None,
        };
        found.map_err(unreachable)
    }
}
