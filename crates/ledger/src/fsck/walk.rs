//! One pass over a log: entries and tiles side by side, held against every root that was signed.

use std::collections::BTreeMap;

use copihue_core::Result;

use super::records::Records;
use super::signed::{Claim, Claims, Source};
use super::{Checked, Findings, Options, Place, Start, Verdict};
use crate::ledger::Inner;
use crate::record::Family;
use crate::store::Tree;
use crate::store::audit::{self, Placed};
use copihue_tlog::growth::{FullTile, Growth};
use copihue_tlog::merkle::{Hash, leaf_hash};
use copihue_tlog::tile::WIDTH;

/// What is read at once.
pub(super) struct Page {
    pub(super) from: u64,
    pub(super) entries: Vec<Placed>,
    /// Level 0, by place.
    pub(super) tiles: Vec<(u64, Vec<u8>)>,
}

/// A tree under construction, and its upper tiles that nobody has compared yet.
#[derive(Clone, Default)]
struct Side {
    growth: Growth,
    upper: Vec<FullTile>,
}

pub(super) struct Walk<'a> {
    inner: &'a Inner,
    family: Family,
    end: u64,
    tree: Option<Tree>,
    claims: Claims,
    records: Records<'a>,
    findings: Findings,
    /// Over the entries.
    entries: Side,
    /// Over the stored tiles, from where they first differ from the entries until a signed root says who is right.
    tiles: Option<Side>,
    /// Where they differ: from, to.
    suspects: Vec<(u64, u64)>,
    /// The largest size at which a signed root was met.
    agreed: u64,
    /// Signed roots that nothing here gives.
    unmet: Vec<Claim>,
    /// From here on there is neither entry nor hash: no root can be computed.
    lost: Option<u64>,
    checked: Checked,
}

impl<'a> Walk<'a> {
    pub(super) fn new(inner: &'a Inner, family: Family, options: &Options, start: Start) -> Result<Self> {
        let key = inner.signer(family)?.verifier().clone();
        let end = start.end();
        let checked = Checked {
            family,
            origin: key.name().to_owned(),
            size: end,
            waiting: start.counts.waiting,
            checkpoints: start.counts.checkpoints,
            records: 0,
            erased: 0,
            anchors: 0,
            findings: Findings::default(),
        };
        Ok(Self {
            inner,
            family,
            end,
            tree: start.tree,
            claims: Claims::new(inner.db.clone(), family, key, options, end),
            records: Records::new(inner, family, &options.deeds),
            findings: start.findings,
            entries: Side::default(),
            tiles: None,
            suspects: Vec::new(),
            agreed: 0,
            unmet: Vec::new(),
            lost: None,
            checked,
        })
    }

    pub(super) const fn end(&self) -> u64 {
        self.end
    }

    pub(super) fn page(&mut self, page: Page) -> Result<()> {
        let tiles: BTreeMap<u64, Vec<u8>> = page.tiles.into_iter().collect();
        let mut entries = page.entries.into_iter().peekable();
        let end = (page.from + super::SPAN).min(self.end);
        for index in page.from..end {
            let placed = entries.next_if(|placed| placed.index == index);
            self.one(index, placed.as_ref(), stored_hash(&tiles, index))?;
            if self.lost.is_none() {
                for claim in self.claims.take(index + 1, &mut self.findings)? {
                    self.judge(claim);
                }
            }
        }
        self.entries.collect();
        if let Some(tiles) = &mut self.tiles {
            tiles.collect();
        }
        self.compare_upper()
    }

    fn one(&mut self, index: u64, placed: Option<&Placed>, stored: Option<Hash>) -> Result<()> {
        let leaf = placed.map(|placed| leaf_hash(placed.entry.as_bytes()));
        match (leaf, stored) {
            (Some(leaf), Some(stored)) if leaf == stored => self.push(leaf, leaf),
            (Some(leaf), Some(stored)) => {
                self.suspect(index);
                self.push(leaf, stored);
                return Ok(());
            }
            (Some(leaf), None) => {
                let n = index / WIDTH;
                if self.findings.first.last().is_none_or(|f| f.place != Place::Tile(0, n)) {
                    let text = format!("A la tesela 0/{n} le faltan hashes desde la entrada {index}.");
                    self.findings.add(Verdict::TileMismatch, Place::Tile(0, n), text);
                }
                self.push(leaf, leaf);
            }
            (None, Some(stored)) => {
                self.missing(index);
                self.push(stored, stored);
            }
            (None, None) => {
                self.missing(index);
                self.lost.get_or_insert(index);
            }
        }
        if let Some(placed) = placed {
            let next = self.claims.upcoming(&mut self.findings)?.and_then(|claim| claim.at);
            self.records.check(placed, next, &mut self.findings)?;
        }
        Ok(())
    }

    fn missing(&mut self, index: u64) {
        let text = format!("Falta la entrada {index}: alguien la borró.");
        self.findings.add(Verdict::MissingEntry, Place::Entries(index, index + 1), text);
    }

    fn push(&mut self, entry: Hash, tile: Hash) {
        if self.lost.is_some() {
            return;
        }
        self.entries.growth.push(entry);
        if let Some(tiles) = &mut self.tiles {
            tiles.growth.push(tile);
        }
    }

    /// Entry and tile differ here: both are followed until a signed root says which one is right.
    fn suspect(&mut self, index: u64) {
        if self.tiles.is_none() {
            self.tiles = Some(self.entries.clone());
        }
        match self.suspects.last_mut() {
            Some((_, to)) if *to == index => *to += 1,
            _ => self.suspects.push((index, index + 1)),
        }
    }

    fn judge(&mut self, claim: Claim) {
        if let (Source::Stored, Some(at)) = (claim.source, claim.at) {
            self.records.signed(at);
        }
        if self.entries.growth.root() == claim.root {
            self.tiles_are_wrong();
        } else if self.tiles.as_ref().is_some_and(|tiles| tiles.growth.root() == claim.root) {
            self.entries_are_wrong();
        } else {
            self.unmet.push(claim);
            return;
        }
        if claim.source == Source::State {
            return;
        }
        // What was signed before and does not lead here was signed for another log.
        for unmet in std::mem::take(&mut self.unmet) {
            let text = format!(
                "Bifurcación: el punto de control de {} entradas está firmado, y no es el comienzo del de {}.",
                unmet.size, claim.size
            );
            self.findings.add(Verdict::Fork, Place::Checkpoint(unmet.size), text);
        }
        self.agreed = claim.size;
    }

    fn tiles_are_wrong(&mut self) {
        self.tiles = None;
        let mut last = None;
        for (from, to) in std::mem::take(&mut self.suspects) {
            for n in from / WIDTH..=(to - 1) / WIDTH {
                if last != Some(n) {
                    let text = format!("La tesela 0/{n} no es la de sus entradas: difiere desde la {from}.");
                    self.findings.add(Verdict::TileMismatch, Place::Tile(0, n), text);
                }
                last = Some(n);
            }
        }
    }

    fn entries_are_wrong(&mut self) {
        if let Some(tiles) = self.tiles.take() {
            self.entries = tiles;
        }
        self.name_suspects("no es la que se firmó: alguien la cambió, la movió o la puso en medio");
    }

    fn name_suspects(&mut self, what: &str) {
        for (from, to) in std::mem::take(&mut self.suspects) {
            let text = if to - from == 1 {
                format!("La entrada {from} {what}.")
            } else {
                format!("La entrada {from} {what}. Lo mismo hasta la {}.", to - 1)
            };
            self.findings.add(Verdict::EntryMismatch, Place::Entries(from, to), text);
        }
    }

    /// Upper tiles are compared once it is known who is right.
    fn compare_upper(&mut self) -> Result<()> {
        if self.tiles.is_some() {
            return Ok(());
        }
        for tile in std::mem::take(&mut self.entries.upper) {
            self.compare(tile.level, tile.n, &tile.hashes)?;
        }
        Ok(())
    }

    /// Holds a stored tile against what it must begin with: it may have grown meanwhile.
    fn compare(&mut self, level: u8, n: u64, hashes: &[u8]) -> Result<()> {
        let family = self.family;
        let stored = self.inner.db.read_blocking(move |conn| audit::tiles(conn, family, level, (n, 1)))?;
        if !stored.first().is_some_and(|(_, stored)| stored.starts_with(hashes)) {
            let text = format!("La tesela {level}/{n} no es la que dan las de abajo.");
            self.findings.add(Verdict::TileMismatch, Place::Tile(level, n), text);
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Checked> {
        self.records.finish(&mut self.findings)?;
        if self.lost.is_none() {
            self.judge_state()?;
            self.name_suspects("no es la de su tesela, y ninguna de las dos es la que se firmó");
        }
        self.name_unmet();
        for claim in self.claims.beyond() {
            let text = format!(
                "Retroceso: otros guardan un punto de control firmado de {} entradas, y aquí solo hay {}.",
                claim.size, self.end
            );
            self.findings.add(Verdict::Rollback, Place::Checkpoint(claim.size), text);
        }
        self.name_truncation();
        Ok(Checked {
            records: self.records.count,
            erased: self.records.erased,
            findings: self.findings,
            ..self.checked
        })
    }

    /// The state from which the log would go on, and the tiles that are begun.
    fn judge_state(&mut self) -> Result<()> {
        let size = self.tree.as_ref().map_or(0, |tree| tree.frontier.size());
        if size < self.end {
            let text = format!("El estado guardado dice {size} entradas, y se firmaron {}.", self.end);
            self.findings.add(Verdict::TreeMismatch, Place::Tree(size), text);
        } else if let Some(tree) = self.tree.take() {
            let root = tree.root;
            self.judge(Claim { size, root, source: Source::State, at: None });
            let differs = tree.frontier != *self.entries.growth.frontier();
            if differs && self.unmet.iter().all(|claim| claim.source != Source::State) {
                let text = "El borde guardado no es el que dan las entradas.";
                self.findings.add(Verdict::TreeMismatch, Place::Tree(size), text);
            }
        }
        if self.tiles.is_none() {
            let begun: Vec<_> = self.entries.growth.begun().map(|(l, n, h)| (l, n, h.to_vec())).collect();
            for (level, n, hashes) in begun.into_iter().filter(|(level, ..)| *level > 0) {
                self.compare(level, n, &hashes)?;
            }
        }
        Ok(())
    }

    /// Signed roots that the entries don't give, and no later one tells why.
    fn name_unmet(&mut self) {
        let mut first = true;
        for claim in std::mem::take(&mut self.unmet) {
            match claim.source {
                Source::State => {
                    let text = "El estado guardado no es el que dan las entradas.";
                    self.findings.add(Verdict::TreeMismatch, Place::Tree(claim.size), text);
                }
                Source::Outside => {
                    let text = format!(
                        "Bifurcación: otros guardan un punto de control firmado de {} entradas con otra raíz.",
                        claim.size
                    );
                    self.findings.add(Verdict::Fork, Place::Checkpoint(claim.size), text);
                }
                Source::Stored if first => {
                    first = false;
                    let text = format!(
                        "Entre la entrada {} y la {} hay algo que no es lo que se firmó.",
                        self.agreed,
                        claim.size - 1
                    );
                    self.findings.add(Verdict::RootMismatch, Place::Entries(self.agreed, claim.size), text);
                }
                Source::Stored => {
                    let text = format!("Las entradas no dan la raíz firmada de {} entradas.", claim.size);
                    self.findings.add(Verdict::RootMismatch, Place::Checkpoint(claim.size), text);
                }
            }
        }
    }

    /// Entries that are missing up to the end are one thing.
    fn name_truncation(&mut self) {
        for finding in &mut self.findings.first {
            if let (Verdict::MissingEntry, Place::Entries(from, to)) = (finding.verdict, finding.place)
                && to == self.end
            {
                finding.verdict = Verdict::Truncated;
                finding.text =
                    format!("El registro está cortado: se firmaron {to} entradas, y faltan desde la {from}.");
            }
        }
    }
}

impl Side {
    /// Keeps only what must still be compared: level 0 is compared hash by hash.
    fn collect(&mut self) {
        let full = self.growth.take_full();
        self.upper.extend(full.into_iter().filter(|tile| tile.level > 0));
    }
}

fn stored_hash(tiles: &BTreeMap<u64, Vec<u8>>, index: u64) -> Option<Hash> {
    let at = (index % WIDTH) as usize * 32;
    tiles.get(&(index / WIDTH))?.get(at..at + 32)?.try_into().ok()
}
