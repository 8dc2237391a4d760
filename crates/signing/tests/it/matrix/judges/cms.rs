//! OpenSSL, of each CMS.

use copihue_signing::Level;

use super::unpacked;
use crate::foreign::cut_behind;
use crate::matrix::Verdicts;
use crate::matrix::cells::{Cell, DOCUMENT, XML};
use crate::support::{Bench, text};

pub(super) fn openssl(bench: &Bench, cells: &[Cell], verdicts: &mut Verdicts) {
    if bench.run("openssl", &["version"]).is_none() {
        return verdicts.missing.push("openssl");
    }
    for cell in cells {
        if verdicts.is_unsound(cell) {
            continue;
        }
        if let Some((signature, content)) = cms_of(bench, cell) {
            verdicts.take(cell, "OpenSSL", verified(bench, cell, &signature, content.as_deref()));
        }
    }
}

/// The CMS of a file and what it is over, both in the folder; `None` when it has none.
fn cms_of(bench: &Bench, cell: &Cell) -> Option<(String, Option<String>)> {
    let folder = unpacked(cell);
    Some(match cell.form.kind {
        "p7s" => (cell.file.clone(), Some(DOCUMENT.into())),
        "p7m" => (cell.file.clone(), None),
        "scs" => (format!("{folder}/META-INF/signature.p7s"), Some(format!("{folder}/{DOCUMENT}"))),
        "sce" => (
            format!("{folder}/META-INF/signature001.p7s"),
            Some(format!("{folder}/META-INF/ASiCManifest001.xml")),
        ),
        "pdf" => {
            let (signature, content) =
                cut_out(bench, &std::fs::read(bench.0.path().join(&cell.file)).unwrap(), 0);
            (signature, Some(content))
        }
        _ => return None,
    })
}

/// The CMS of a PDF and what it is over, as files; its dictionary stands behind so many bytes.
pub(super) fn cut_out(bench: &Bench, pdf: &[u8], behind: usize) -> (String, String) {
    let (content, der) = cut_behind(pdf, behind);
    bench.put("cut.p7s", &der);
    bench.put("cut.bin", &content);
    ("cut.p7s".into(), "cut.bin".into())
}

pub(super) fn verified(
    bench: &Bench,
    cell: &Cell,
    signature: &str,
    content: Option<&str>,
) -> Result<(), String> {
    let common = ["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", signature];
    let trust = ["-CAfile", "ca.pem", "-purpose", "any", "-out", "out"];
    let content = content.map(|c| ["-content", c]);
    // From B-LT on the CMS itself must bring the lists of both authorities; a PDF brings them beside it.
    let lists: &[&str] =
        if cell.level >= Level::LT && cell.form.kind != "pdf" { &["-crl_check_all"] } else { &[] };
    let arguments = [&common[..], content.as_ref().map_or(&[], |c| &c[..]), lists, &trust].concat();
    let output = bench.run("openssl", &arguments).ok_or("openssl can't be run")?;
    if !output.status.success() {
        return Err(text(&output));
    }
    let is_whole = ["p7s", "p7m", "scs"].contains(&cell.form.kind);
    if is_whole && std::fs::read(bench.0.path().join("out")).unwrap() != XML {
        return Err("what was verified is not what was signed".into());
    }
    Ok(())
}
