//! What differs between PDFs, and between the other formats, each value with every other.

use copihue_signing::keys::Algorithm;
use copihue_signing::{Hash, Shape};

use super::{compare, counted, head, name, programs, row};
use crate::matrix::cells::{Cell, FORMS, LEVELS};
use crate::matrix::engines::Engine;
use crate::matrix::product::{How, Kind, One, SUB_FILTERS, names};
use crate::matrix::{Verdicts, others as formats};

const PDFS: &str = " files, the whole product: five kinds of key × three hashes × four levels × five kinds of file × where the key is × two kinds of signature. A number counts the files, one for each hash
at each level, and behind it stand those who accept each of them. Earlier signatures of a file must still count, too, and nothing may have been changed that no
signature may change. qpdf judges the file alone. Our own verifier names the same level.

- *FirmaGob* is the State's contract, which our own server answers. It signs as `adbe.pkcs7.detached` alone: what makes the other kind is among the attributes that are signed, and of
  those the contract promises nothing.
- The contract promises SHA-256 alone. SHA-384 and SHA-512 are sent only when asked for, and are ours: whether the State's own service signs them is not known.

";

pub(crate) fn pdfs(made: &[One], kinds: &[Kind], verdicts: &Verdicts) {
    let mut out =
        format!("\n{}{PDFS}", thousands(made.len())) + &head(&["Key in", "Kind of PDF", "Kind of signature"]);
    for engine in Engine::ALL {
        for kind in kinds {
            for sub_filter in SUB_FILTERS {
                let of = |a: Algorithm| {
                    let fits = |one: &&One| {
                        (one.how.engine, one.how.sub_filter, one.how.algorithm, one.kind)
                            == (engine, sub_filter, a, kind.name)
                    };
                    made.iter().filter(fits).map(|one| one.cell.file.as_str()).collect::<Vec<_>>()
                };
                let by = Algorithm::DOCUMENTS.map(of);
                if by.iter().all(Vec::is_empty) {
                    continue;
                }
                assert!(by.iter().all(|files| files.len() == Hash::ALL.len() * LEVELS.len()));
                let by = by.map(|files| counted(verdicts, &files));
                let first = [engine.name(), kind.name, names(sub_filter).0].into_iter();
                out.push_str(&row(&first.chain(by.iter().map(String::as_str)).collect::<Vec<_>>()));
            }
        }
    }
    compare("## PDF\n", &out);
}

const LARGE: &str = " files of 100,000,001 bytes and more, of the kind with a cross-reference table: a selection. Every value of a column stands in some row with every value of each other column, as far as
the two can be had together.

";

pub(crate) fn large(made: &[(How, Cell)], verdicts: &Verdicts) {
    let columns = ["Key in", "Kind of signature", "Key", "Hash", "Level", "Accepted by"];
    let mut out = format!("\n{}{LARGE}", made.len()) + &row(&columns) + &row(&["---"; 6]);
    for (How { engine, sub_filter, algorithm, hash, level }, cell) in made {
        let (kind, by) = (names(*sub_filter).0, programs(verdicts, &cell.file));
        out.push_str(&row(&[engine.name(), kind, name(*algorithm), hash.name(), level.name(), &by]));
    }
    compare("## PDF of more than 100 MB\n", &out);
}

const OTHERS: &str = " files: each format over each hash with each kind of key, here and in a token, at the lowest level and at the highest. What is asked for by name is also the hash of an XML signature's references
and of a container's manifest; without it they are SHA-256. A number counts the hashes. RFC 7518 binds each curve to one hash, so JAdES on a curve has that one alone: another is
refused with `resumen_no_disponible`. FirmaGob signs none of these.

";

pub(crate) fn others(made: &[formats::One], verdicts: &Verdicts) {
    let mut out = format!("\n{}{OTHERS}", made.len()) + &head(&["Key in", "Format", "Level"]);
    for engine in [Engine::Here, Engine::Token] {
        for form in FORMS.into_iter().filter(|f| f.shape.is_some()) {
            for level in formats::ENDS {
                let by = Algorithm::DOCUMENTS.map(|algorithm| {
                    let fits = |one: &&formats::One| {
                        (one.engine, one.algorithm, one.cell.level, one.cell.form.kind)
                            == (engine, algorithm, level, form.kind)
                    };
                    let files: Vec<&str> =
                        made.iter().filter(fits).map(|one| one.cell.file.as_str()).collect();
                    let is_bound = form.shape == Some(Shape::Jades)
                        && matches!(algorithm, Algorithm::P256 | Algorithm::P384);
                    assert_eq!(files.len(), if is_bound { 1 } else { Hash::ALL.len() });
                    counted(verdicts, &files)
                });
                let first = [engine.name(), form.name, level.name()].into_iter();
                out.push_str(&row(&first.chain(by.iter().map(String::as_str)).collect::<Vec<_>>()));
            }
        }
    }
    compare("## Other formats\n", &out);
}

/// As the documents write numbers.
fn thousands(n: usize) -> String {
    if n < 1000 { n.to_string() } else { format!("{},{:03}", n / 1000, n % 1000) }
}
