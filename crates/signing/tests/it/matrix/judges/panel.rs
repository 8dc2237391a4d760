//! The programs that judge one large file after the other, those that are slow to start once for all of them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use copihue_signing::Level;

use super::{answer, cms, dss, libraries, readers};
use crate::matrix::Verdicts;
use crate::matrix::cells::Cell;
use crate::support::Bench;

/// A program that answers a line with a line.
struct Live {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Live {
    fn start(bench: &Bench, program: &str, arguments: &[&str]) -> Option<Self> {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(bench.0.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().ok()?;
        let (input, output) = (child.stdin.take()?, BufReader::new(child.stdout.take()?));
        Some(Self { child, input, output })
    }

    /// Without an answer it is an empty line: what judges has ended.
    fn ask(&mut self, line: &str) -> String {
        let mut said = String::new();
        let asked = writeln!(self.input, "{line}").and_then(|()| self.input.flush());
        drop(asked.and_then(|()| self.output.read_line(&mut said).map(drop)));
        said.trim_end_matches('\n').to_owned()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The programs, as far as they are there.
pub(crate) struct Panel<'a> {
    bench: &'a Bench,
    python: Option<Live>,
    dss: Option<Live>,
}

impl<'a> Panel<'a> {
    pub(crate) fn start(bench: &'a Bench, verdicts: &mut Verdicts) -> Self {
        libraries::put_check(bench);
        let python = Live::start(bench, "python3", &["check.py", "-"]);
        let class_path = dss::class_path();
        let dss = class_path.and_then(|class_path| {
            Live::start(bench, "java", &[dss::COLLECTOR, "-cp", &class_path, dss::JUDGE, "ca.pem", "-"])
        });
        for (program, name) in [(&python, "python3"), (&dss, dss::NAME)] {
            if program.is_none() {
                verdicts.missing.push(name);
            }
        }
        Self { bench, python, dss }
    }

    /// Writes a signed file, asks each, and deletes it. The signature stands behind so many bytes.
    pub(crate) fn judge(&mut self, cell: &Cell, signed: &[u8], behind: usize, verdicts: &mut Verdicts) {
        let path = self.bench.put(&cell.file, signed);
        let line = dss::line(cell, |level| level >= Level::LT);
        let (bench, python, dss) = (self.bench, &mut self.python, &mut self.dss);
        let slow = std::thread::scope(|scope| {
            let slow = scope.spawn(|| dss.as_mut().map(|dss| dss.ask(line.trim_end())));
            if let Some(python) = python {
                verdicts.take(cell, "pyHanko", answer(&python.ask(&cell.file), cell, "pyHanko"));
            }
            let (signature, content) = cms::cut_out(bench, signed, behind);
            verdicts.take(cell, "OpenSSL", cms::verified(bench, cell, &signature, Some(&content)));
            slow.join().unwrap()
        });
        if let Some(said) = slow {
            verdicts.take(cell, dss::NAME, dss::verdict(cell, &said));
        }
        readers(bench, std::slice::from_ref(cell), verdicts);
        std::fs::remove_file(path).unwrap();
    }
}
