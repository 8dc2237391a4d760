//! Each format at each level with each kind of key.

use copihue_signing::keys::Algorithm;

use super::{compare, head, programs, row};
use crate::matrix::Verdicts;
use crate::matrix::cells::{Cell, FORMS, LEVELS, file_name};

const INTRODUCTION: &str = "# Signatures

Which programs, none of them ours, accept what is signed here: each format at each level with each algorithm. A cell that
nobody else accepts fails the test that writes this table,
`sig_20_each_algorithm_format_and_level_is_accepted_by_foreign_programs`. EU DSS must also name the format and the level;
from B-LT on it may ask nobody, so the file itself must prove that its certificates counted. OpenSSL checks every CMS with
`-cades`, and from B-LT on against the lists that the CMS brings. A file that was changed after it was signed is refused by
all, and EU DSS does not take one without its proof for more than it is. Our own verifier must agree with them on each cell:
it names the same level, and refuses what they refuse. The other way round, `sig_20_what_others_sign_has_the_level_that_eu_dss_gives_it`
and `sig_20_what_python_libraries_sign_is_recognised` hold it against what EU DSS, pyHanko and signxml sign.
Ed25519 signs JWS alone.

The first table is of keys here, each with its own hash: SHA-256 for P-256 and RSA-2048, SHA-384 for P-384 and RSA-3072, SHA-512 for
RSA-4096. Behind it: every product that a PDF can be, PDFs of more than 100 MB, and the other formats over each hash, with keys in a token, too.

A client of `/firma/v2/files/tickets` asks for a format by item, with members that the contract does not know:
`formato` (`cades`, `cades-con-contenido`, `xades`, `jades`, `asic-s-cades`, `asic-s-xades`, `asic-e-cades`,
`asic-e-xades`), `nivel` (`B-B`, `B-T`, `B-LT`, `B-LTA`; otherwise the application's) and `nombre` (the file's, in a container). A fourth, `resumen`
(`SHA-256`, `SHA-384`, `SHA-512`; otherwise the key's own), is the hash that is signed, and also counts for a PDF, JSON or XML without `formato`.
The answer says `nivelSolicitado` and `nivelAlcanzado`.

";

pub(crate) fn formats(cells: &[Cell], verdicts: &Verdicts) {
    assert_eq!(cells.len(), FORMS.len() * LEVELS.len() * Algorithm::DOCUMENTS.len());
    let mut out = INTRODUCTION.to_owned() + &head(&["Format", "Level"]);
    for form in FORMS {
        for level in LEVELS {
            let by = Algorithm::DOCUMENTS.map(|a| programs(verdicts, &file_name(form, level, a)));
            let by = by.iter().map(String::as_str);
            out.push_str(&row(&[form.name, level.name()].into_iter().chain(by).collect::<Vec<_>>()));
        }
    }
    compare("", &out);
}
