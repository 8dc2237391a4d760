//! Figures of signing: a core's signatures, validations and issued documents, each beside the bare key operations of the same
//! minute and beside pyHanko with the same file and key; and requests by FirmaGob's contract.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::load;
use super::print::{figure, note};
use super::process::cpu;
use crate::Outcome;
use crate::run::{cargo, output, root, show, tools_dir};

const LOAD: Duration = Duration::from_secs(6);
/// Who asks at once.
const CLIENTS: usize = 16;

pub(super) fn all() -> Outcome {
    show(cargo().args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "copihue-signing",
        "--example",
        "signatures",
    ]))?;
    let folder = tempfile::tempdir()?;
    let mut measuring = Command::new(root().join("target/release/examples/signatures"))
        .arg("figures")
        .arg(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let measured = Measured::read(&mut measuring)?;
    note(&format!(
        "rates of one core, by processor time; the document has {:.0} bytes",
        measured.get("document")?
    ));
    measured.signatures()?;
    measured.validations()?;
    measured.documents()?;
    requests(&measuring, &measured, folder.path())?;
    drop(measuring.stdin.take());
    measuring.wait()?;
    large(folder.path())?;
    batch(folder.path())?;
    beside(folder.path())
}

/// A gigabyte, signed where it lies.
fn large(folder: &Path) -> Outcome {
    const MEGABYTES: &str = "1024";
    let said = output(
        Command::new(root().join("target/release/examples/signatures"))
            .arg("large")
            .arg(folder)
            .arg(MEGABYTES),
    )?;
    let get = |name: &str| -> Outcome<f64> {
        let found = said.lines().find_map(|line| line.strip_prefix(name)).ok_or("nothing was printed")?;
        Ok(found.trim().parse()?)
    };
    figure("1 GB PDF signed", get("large_seconds")?, -3.0, "s");
    figure("memory meanwhile, most", get("large_memory")?, -100.0, "MB");
    Ok(())
}

/// A batch of the signing desk, from its authorisation to its end: RSA-2048, B-T by our own authority, on all processors.
fn batch(folder: &Path) -> Outcome {
    const DOCUMENTS: &str = "1000";
    let said = output(
        Command::new(root().join("target/release/examples/signatures"))
            .arg("batch")
            .arg(folder)
            .arg(DOCUMENTS),
    )?;
    let found =
        said.lines().find_map(|line| line.strip_prefix("batch_seconds")).ok_or("nothing was printed")?;
    figure("batch of 1,000 documents, RSA-2048, B-T", found.trim().parse()?, -5.0, "s");
    Ok(())
}

/// What the example printed.
struct Measured(BTreeMap<String, String>);

impl Measured {
    /// `name value` lines, up to the address at which it listens.
    fn read(measuring: &mut Child) -> Outcome<Self> {
        let mut found = BTreeMap::new();
        for line in BufReader::new(measuring.stdout.take().ok_or("no output")?).lines() {
            let line = line?;
            let Some((name, value)) = line.split_once(' ') else { continue };
            found.insert(name.to_owned(), value.to_owned());
            if name == "listening" {
                return Ok(Self(found));
            }
        }
        Err("the measure of signing ended early".into())
    }

    fn text(&self, name: &str) -> Outcome<&str> {
        Ok(self.0.get(name).ok_or_else(|| format!("{name} was not printed"))?)
    }

    fn get(&self, name: &str) -> Outcome<f64> {
        Ok(self.text(name)?.parse()?)
    }

    /// A rate, and that of the bare key operations of the same minute.
    fn pair(&self, name: &str) -> Outcome<(f64, f64)> {
        Ok((self.get(name)?, self.get(&format!("{name}_bare"))?))
    }

    fn signatures(&self) -> Outcome {
        let (rate, bare) = self.pair("pades_rsa")?;
        figure("PAdES B-B, RSA-2048", rate, 1_500.0, "/s");
        figure("PAdES B-B, RSA-2048, of the bare key's rate", rate / bare * 100.0, 65.0, "%");
        note(&format!("{bare:.0} bare RSA-2048 signatures/s"));
        let (rate, bare) = self.pair("pades_p256")?;
        figure("PAdES B-B, P-256", rate, 8_000.0, "/s");
        note(&format!("{bare:.0} bare P-256 signatures/s"));
        let (rate, bare) = self.pair("cms_rsa")?;
        figure("detached CMS, RSA-2048, of the bare key's", rate / bare * 100.0, 90.0, "%");
        note(&format!("{rate:.0} CMS/s of {bare:.0} bare RSA-2048 signatures/s"));
        let (rate, bare) = self.pair("cms_p256")?;
        note(&format!("P-256: {rate:.0} CMS/s of {bare:.0} bare signatures/s"));
        Ok(())
    }

    fn validations(&self) -> Outcome {
        for (name, what) in [("rsa", "RSA-2048"), ("p256", "P-256")] {
            let (rate, bare) = self.pair(&format!("validate_{name}"))?;
            figure(&format!("one PAdES B-B validated, {what}"), rate, 2_000.0, "/s");
            note(&format!("{bare:.0} bare {what} verifications/s; a signature and its path take three"));
        }
        Ok(())
    }

    fn documents(&self) -> Outcome {
        for (name, what) in [("rsa", "RSA-2048"), ("p256", "P-256")] {
            let (rate, bare) = self.pair(&format!("issue_{name}"))?;
            figure(&format!("document from its template, signed, {what}"), rate, 100.0, "/s");
            note(&format!("{bare:.0} bare {what} signatures/s"));
        }
        note(&format!("the small permit; the full one has {:.0} bytes", self.get("document_full")?));
        figure("full permit from its template, not signed", self.get("render_full")?, 1_500.0, "/s");
        figure("full permit from its template, signed, P-256", self.get("issue_full")?, 1_500.0, "/s");
        note(&format!(
            "with letters of its own: {:.0}/s, {:.0}/s signed, {:.0} bytes",
            self.get("render_foreign")?,
            self.get("issue_foreign")?,
            self.get("document_foreign")?
        ));
        Ok(())
    }
}

/// Requests with one PDF each, all of them on disk before they are answered.
fn requests(server: &Child, measured: &Measured, folder: &Path) -> Outcome {
    let body = std::fs::read_to_string(folder.join("request.json"))?;
    let address = measured.text("listening")?;
    let request = format!(
        "POST /firma/v2/files/tickets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let id = server.id().to_string();
    load::run(address, request.as_bytes(), CLIENTS, LOAD / 3, None)?;
    let used = cpu(&id)?;
    let full = load::run(address, request.as_bytes(), CLIENTS, LOAD, None)?;
    let seconds = cpu(&id)? - used;
    let done = full.per_second * LOAD.as_secs_f64();
    figure("FirmaGob request, one PDF, RSA-2048, per core", done / seconds, 1_000.0, "/s");
    note(&format!(
        "{:.0}/s beside its clients, p50 {:.1} ms, p99 {:.1} ms; {} failed; {:.0} bare RSA-2048 signatures/s",
        full.per_second,
        full.p50.as_secs_f64() * 1000.0,
        full.p99.as_secs_f64() * 1000.0,
        full.failed,
        measured.get("pades_rsa_bare")?
    ));
    Ok(())
}

/// The same file, the same key, another program.
fn beside(folder: &Path) -> Outcome {
    let python = tools_dir().join("python/bin/python");
    if !python.is_file() {
        note("pyHanko is not installed (cargo xtask setup): not measured");
        return Ok(());
    }
    for (name, what) in [("rsa", "RSA-2048"), ("p256", "P-256")] {
        let script = root().join("xtask/src/bench/beside.py");
        let said = output(Command::new(&python).arg(script).arg(folder).arg(name))?;
        let rate =
            |name: &str| said.lines().find_map(|l| l.strip_prefix(name)).unwrap_or("?").trim().to_owned();
        note(&format!(
            "pyHanko, {what}: {:.6} signed/s, {:.6} validated/s",
            rate("sign "),
            rate("validate ")
        ));
    }
    Ok(())
}
