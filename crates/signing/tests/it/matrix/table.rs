//! The table of who accepts what, as `docs/signatures.md` shows it.

use std::path::Path;

use copihue_signing::keys::Algorithm;

use super::Verdicts;
use super::cells::{Cell, FORMS, LEVELS, file_name};

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

How a PDF is read and written is a matter of its own: one with a cross-reference table, with a cross-reference stream, of PDF/A-2a and
PDF/UA-1, signed already, and with an empty field, each signed as `ETSI.CAdES.detached` and as `adbe.pkcs7.detached` at each level, is accepted by pyHanko,
OpenSSL, EU DSS and pdfsig (`sig_20_each_kind_of_pdf_is_accepted_by_foreign_programs_at_each_level`).

A client of `/firma/v2/files/tickets` asks for a format by item, with three members that the contract does not know:
`formato` (`cades`, `cades-con-contenido`, `xades`, `jades`, `asic-s-cades`, `asic-s-xades`, `asic-e-cades`,
`asic-e-xades`), `nivel` (`B-B`, `B-T`, `B-LT`, `B-LTA`; otherwise the application's) and `nombre` (the file's, in a container).
The answer says `nivelSolicitado` and `nivelAlcanzado`.

";

fn write(verdicts: &Verdicts) -> String {
    let mut out = INTRODUCTION.to_owned();
    let names = Algorithm::DOCUMENTS.map(|a| match a {
        Algorithm::P256 => "P-256",
        Algorithm::P384 => "P-384",
        Algorithm::Rsa2048 => "RSA-2048",
        Algorithm::Rsa3072 => "RSA-3072",
        Algorithm::Rsa4096 => "RSA-4096",
        Algorithm::Ed25519 => "Ed25519",
    });
    out.push_str(&format!(
        "| Format | Level | {} |\n| --- | --- |{} |\n",
        names.join(" | "),
        " --- |".repeat(names.len()).trim_end_matches(" |")
    ));
    for form in FORMS {
        for level in LEVELS {
            let by = Algorithm::DOCUMENTS.map(|algorithm| {
                let accepted = verdicts.accepted.get(&file_name(form, level, algorithm));
                accepted.map_or_else(|| "**nobody**".to_owned(), |programs| programs.join(", "))
            });
            out.push_str(&format!("| {} | {} | {} |\n", form.name, level.name(), by.join(" | ")));
        }
    }
    out
}

/// Compares with what is published; `COPIHUE_WRITE_SIGNATURES=1` publishes instead.
pub(super) fn compare(cells: &[Cell], verdicts: &Verdicts) {
    assert_eq!(cells.len(), FORMS.len() * LEVELS.len() * Algorithm::DOCUMENTS.len());
    let (path, table) =
        (Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/signatures.md"), write(verdicts));
    if std::env::var_os("COPIHUE_WRITE_SIGNATURES").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(published == table, "docs/signatures.md says otherwise; COPIHUE_WRITE_SIGNATURES=1 writes it");
}
