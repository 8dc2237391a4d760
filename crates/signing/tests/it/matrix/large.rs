//! PDFs of more than 100 MB: so many that each value of a dimension meets each of every other. Each is written, judged and
//! deleted before the next one.

use std::collections::BTreeSet;

use copihue_signing::Hash;
use copihue_signing::keys::Algorithm;

use super::Verdicts;
use super::cells::{Cell, LEVELS, pdf};
use super::engines::{Engine, Engines};
use super::judges::Panel;
use super::product::{How, SUB_FILTERS, names};

const BYTES: usize = 100_000_001;

/// A page with an attachment.
fn large_pdf() -> Vec<u8> {
    let objects: [&str; 4] = [
        "<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(plano.bin)4 0 R]>>>>>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 612 792]>>",
        "<</Type/Page/Parent 2 0 R>>",
        "<</Type/Filespec/F(plano.bin)/UF(plano.bin)/EF<</F 5 0 R>>>>",
    ];
    let (mut out, mut offsets) = (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(), Vec::new());
    for (n, object) in (1..).zip(objects) {
        offsets.push(out.len());
        out.extend(format!("{n} 0 obj\n{object}\nendobj\n").bytes());
    }
    offsets.push(out.len());
    out.extend(format!("5 0 obj\n<</Type/EmbeddedFile/Length {BYTES}>>\nstream\n").bytes());
    out.resize(out.len() + BYTES, b'\x07');
    out.extend(b"\nendstream\nendobj\n");
    let start = out.len();
    out.extend(b"xref\n0 6\n0000000000 65535 f\r\n");
    offsets.iter().for_each(|offset| out.extend(format!("{offset:010} 00000 n\r\n").bytes()));
    out.extend(format!("trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").bytes());
    out
}

/// Each value as its dimension's number and its own: what makes pairs.
fn values(how: &How) -> [(u8, usize); 5] {
    fn at<T: PartialEq>(all: &[T], one: &T) -> usize {
        all.iter().position(|o| o == one).unwrap()
    }
    [
        (0, at(&Engine::ALL, &how.engine)),
        (1, at(&SUB_FILTERS, &how.sub_filter)),
        (2, at(&Algorithm::DOCUMENTS, &how.algorithm)),
        (3, at(&Hash::ALL, &how.hash)),
        (4, at(&LEVELS, &how.level)),
    ]
}

type Pair = ((u8, usize), (u8, usize));

fn pairs(how: &How) -> impl Iterator<Item = Pair> {
    let values = values(how);
    (0..values.len()).flat_map(move |a| (a + 1..values.len()).map(move |b| (values[a], values[b])))
}

/// Few of them with every pair: each time the one that brings most of what is missing.
fn selection(engines: &[Engine]) -> Vec<How> {
    let all = How::each(engines);
    let mut missing: BTreeSet<Pair> = all.iter().flat_map(pairs).collect();
    let mut chosen = Vec::new();
    while !missing.is_empty() {
        let brings = |how: &&How| pairs(how).filter(|p| missing.contains(p)).count();
        // The first of equals.
        let next = *all.iter().rev().max_by_key(brings).unwrap();
        let brought: BTreeSet<Pair> = pairs(&next).collect();
        missing.retain(|pair| !brought.contains(pair));
        chosen.push(next);
    }
    chosen
}

/// How each was signed, and by whom it was accepted.
pub(super) async fn judged(engines: &Engines, verdicts: &mut Verdicts) -> Vec<(How, Cell)> {
    let base = large_pdf();
    let mut panel = Panel::start(&engines.bench, verdicts);
    let mut all = Vec::new();
    for how in selection(&engines.all()) {
        let signed = engines.pdf((how.engine, how.algorithm), base.clone(), how.options()).await.unwrap();
        assert_eq!((signed.level_reached, signed.shortfall), (how.level, None), "{how:?}");
        let (form, file) = (pdf("more than 100 MB", names(how.sub_filter).1), how.file("large"));
        let cell = Cell { form, level: how.level, file, earlier: 0 };
        panel.judge(&cell, &signed.bytes, base.len(), verdicts);
        all.push((how, cell));
    }
    all
}
