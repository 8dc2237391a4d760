//! Go's own `sumdb` packages as a second opinion: for the tests of every crate that writes what this one describes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const MODULE: &str =
    "module oracle\n\ngo 1.22\n\nrequire golang.org/x/mod v0.0.0\nreplace golang.org/x/mod => ./xmod\n";

/// A Go program laid out in a folder, with the packages that the toolchain carries.
pub struct Go(PathBuf);

impl Go {
    /// Lays the program out; it may import `golang.org/x/mod/sumdb/note` and `…/tlog`. `None`, said on the terminal, when
    /// there is no Go here.
    #[must_use]
    #[expect(clippy::print_stdout, reason = "a test says what it left out")]
    pub fn with(folder: &Path, program: &str) -> Option<Self> {
        let go = lay_out(folder, program).map(|()| Self(folder.to_path_buf()));
        if go.is_none() {
            println!("skipped: no Go toolchain here");
        }
        go
    }

    /// Runs it with these arguments, in its folder, without a network of its own.
    ///
    /// # Errors
    /// When Go can't be started.
    pub fn run(&self, arguments: &[&str]) -> std::io::Result<Output> {
        Command::new("go")
            .args(["run", "."])
            .args(arguments)
            .current_dir(&self.0)
            .envs([("GOPROXY", "off"), ("GOTOOLCHAIN", "local"), ("GOFLAGS", "-mod=mod"), ("GOWORK", "off")])
            .output()
    }

    /// [`run`](Self::run) on a case that it reads from a file.
    ///
    /// # Errors
    /// When the file can't be written, or Go not started.
    pub fn judge(&self, case: &str) -> std::io::Result<Output> {
        std::fs::write(self.0.join("case.json"), case)?;
        self.run(&["case.json"])
    }
}

fn lay_out(folder: &Path, program: &str) -> Option<()> {
    let out = Command::new("go").args(["env", "GOROOT"]).env("GOTOOLCHAIN", "local").output().ok()?;
    let goroot = PathBuf::from(String::from_utf8(out.stdout).ok()?.trim());
    for package in ["note", "tlog"] {
        let vendored = goroot.join("src/cmd/vendor/golang.org/x/mod/sumdb").join(package);
        let target = folder.join("xmod/sumdb").join(package);
        std::fs::create_dir_all(&target).ok()?;
        for file in std::fs::read_dir(vendored).ok()? {
            let file = file.ok()?;
            std::fs::copy(file.path(), target.join(file.file_name())).ok()?;
        }
    }
    std::fs::write(folder.join("xmod/go.mod"), "module golang.org/x/mod\n\ngo 1.22\n").ok()?;
    std::fs::write(folder.join("go.mod"), MODULE).ok()?;
    std::fs::write(folder.join("main.go"), program).ok()
}
