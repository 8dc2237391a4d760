//! The stored state at the beginning of a check, in one snapshot: what the check is about.

use copihue_core::{Kind, Result};
use copihue_db::Conn;

use super::{Findings, Place, Verdict};
use crate::record::Family;
use crate::store::audit::{self, Counts};
use crate::store::{self, Tree};
use copihue_tlog::tile::{WIDTH, level_size};

pub(super) struct Start {
    /// `None` before the first entry, and when it can't be read.
    pub(super) tree: Option<Tree>,
    pub(super) counts: Counts,
    /// What can be seen at once: rows where there may be none, tiles of a wrong width.
    pub(super) findings: Findings,
}

impl Start {
    pub(super) fn read(conn: &mut Conn<'_>, family: Family) -> Result<Self> {
        let counts = audit::counts(conn, family)?;
        let mut findings = Findings::default();
        let tree = match store::tree(conn, family) {
            Ok(tree) => tree,
            Err(error) if error.kind() == Kind::Internal || error.code() == "registro_detenido" => {
                let text = "El estado guardado del registro no se puede leer.";
                findings.add(Verdict::TreeMismatch, Place::Tree(counts.last_signed), text);
                None
            }
            Err(error) => return Err(error),
        };
        let mut start = Self { tree, counts, findings };
        start.look_beyond(conn, family)?;
        Ok(start)
    }

    fn tree_size(&self) -> u64 {
        self.tree.as_ref().map_or(0, |tree| tree.frontier.size())
    }

    /// As far as anything says that the log reaches.
    pub(super) fn end(&self) -> u64 {
        self.tree_size().max(self.counts.last_signed)
    }

    fn look_beyond(&mut self, conn: &mut Conn<'_>, family: Family) -> Result<()> {
        let end = self.end();
        if let Some(index) = audit::stray_record(conn, family, end)? {
            let at = u64::try_from(index).unwrap_or(0);
            let text = format!("Hay una entrada en el lugar {index}, y el registro tiene {end}.");
            self.findings.add(Verdict::StrayEntry, Place::Entries(at, at + 1), text);
        }
        for level in 0..8 {
            let hashes = level_size(end, level);
            if let Some((level, n)) = audit::stray_tile(conn, family, level, hashes.div_ceil(WIDTH))? {
                let text = format!("Hay una tesela {level}/{n} donde el registro no llega.");
                let n = u64::try_from(n).unwrap_or(0);
                self.findings.add(Verdict::TileMismatch, Place::Tile(level, n), text);
            }
            let width = hashes % WIDTH;
            for (n, bytes) in audit::tiles(conn, family, level, (hashes / WIDTH, 1))? {
                if width > 0 && bytes.len() as u64 > width * 32 {
                    let text = format!("La tesela {level}/{n} tiene más hashes de los que hay.");
                    self.findings.add(Verdict::TileMismatch, Place::Tile(level, n), text);
                }
            }
        }
        Ok(())
    }
}
