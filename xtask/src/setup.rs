//! What the tests need beyond Rust: Debian packages, Python verifiers, the accessibility checker.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::run::{has, is_root, output, quiet, root, show, tools_dir};

/// Programs that the tests call, and the Debian package that brings each.
const PROGRAMS: &[(&str, &str)] = &[
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
    ("pdfsig", "poppler-utils"),
    ("qpdf", "qpdf"),
    ("certutil", "libnss3-tools"),
    ("openssl", "openssl"),
    ("xmlsec1", "xmlsec1"),
    ("mutool", "mupdf-tools"),
    ("setpriv", "util-linux"),
    ("softhsm2-util", "softhsm2"),
    ("apache2", "apache2-bin"),
    ("javac", "default-jdk-headless"),
    ("mvn", "maven"),
];
/// Files that the tests load, and the Debian package that brings each.
const FILES: &[(&str, &str)] =
    &[("/usr/lib/apache2/modules/mod_auth_openidc.so", "libapache2-mod-auth-openidc")];
/// Python packages of the verifiers, pinned.
const PYTHON: &[&str] = &[
    "pyhanko==0.38.0",
    "pyhanko-cli==0.6.0",
    "holidays==0.109",
    "authlib==1.9.9",
    "django==5.2.16",
    "django-clave-unica==1.0.1",
    "flask-dance==7.1.0",
    "requests==2.34.2",
    "pymerkle==7.0.0",
    "jwcrypto==1.6.1",
    "signxml==5.2.0",
];
/// The accessibility checker, pinned.
const AXE: &str = "axe-core@4.14.1";
/// A certified client of the login, pinned.
const OPENID_CLIENT: &str = "openid-client@6.8.9";
/// A certified provider, to compare answers with, pinned.
const OIDC_PROVIDER: &str = "oidc-provider@9.13.3";
/// A library for JWS, pinned.
const JOSE: &str = "jose@6.2.18";

/// What the European Commission's library for signatures needs, pinned.
const DSS: &str = "crates/signing/tests/dss/pom.xml";
/// What the validator of PDF/A and PDF/UA needs, pinned.
const VERAPDF: &str = "crates/documents/tests/verapdf/pom.xml";
/// What copies either, pinned.
const MAVEN_COPY: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";

/// What was found or installed, and what is missing.
#[derive(Default)]
pub(crate) struct Tools {
    /// The Python environment's `bin`, with pyHanko.
    pub(crate) python: Option<PathBuf>,
    /// The accessibility checker's script.
    pub(crate) axe: Option<PathBuf>,
    /// What could not be had, one line each.
    pub(crate) missing: Vec<String>,
}

impl Tools {
    /// Prints what could not be had.
    pub(crate) fn report(&self) {
        if self.missing.is_empty() {
            println!("Everything that the tests need is here.");
        }
        for line in &self.missing {
            println!("NOT HERE: {line}");
        }
    }
}

/// Installs what is missing, as far as rights and network allow.
pub(crate) fn install() -> Outcome<Tools> {
    std::fs::create_dir_all(tools_dir())?;
    let mut tools = Tools::default();
    debian(&mut tools);
    python(&mut tools);
    npm(&mut tools);
    maven(&mut tools, "EU DSS", DSS, "dss")?;
    maven(&mut tools, "veraPDF", VERAPDF, "verapdf")?;
    Ok(tools)
}

fn has_postgres() -> bool {
    Path::new("/usr/lib/postgresql").is_dir() || has("initdb")
}

fn debian(tools: &mut Tools) {
    let missing = || -> Vec<&'static str> {
        let mut packages: Vec<_> =
            PROGRAMS.iter().filter(|(p, _)| !has(p)).map(|(_, package)| *package).collect();
        let files = FILES.iter().filter(|(file, _)| !Path::new(file).is_file());
        packages.extend(files.map(|(_, package)| *package));
        if !has_postgres() {
            packages.push("postgresql");
        }
        packages
    };
    let wanted = missing();
    if !wanted.is_empty() && is_root() && has("apt-get") {
        let apt = |arguments: &[&str]| {
            show(
                Command::new("apt-get")
                    .env("DEBIAN_FRONTEND", "noninteractive")
                    .args(["-qq", "-y"])
                    .args(arguments),
            )
        };
        let installed = apt(&["update"]).and_then(|()| {
            let mut arguments = vec!["install", "--no-install-recommends"];
            arguments.extend(&wanted);
            apt(&arguments)
        });
        if let Err(error) = installed {
            println!("{error}");
        }
    }
    tools
        .missing
        .extend(missing().into_iter().map(|p| format!("Debian package {p}: apt-get install {p}, as root")));
}

fn python(tools: &mut Tools) {
    let folder = tools_dir().join("python");
    let stamp = folder.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|s| s == PYTHON.join("\n")) {
        tools.python = Some(folder.join("bin"));
        return;
    }
    let made = output(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder)).and_then(|_| {
        output(
            Command::new(folder.join("bin/pip"))
                .args(["install", "--quiet", "--disable-pip-version-check"])
                .args(PYTHON),
        )
    });
    match made.and_then(|_| Ok(std::fs::write(&stamp, PYTHON.join("\n"))?)) {
        Ok(()) => tools.python = Some(folder.join("bin")),
        Err(error) => tools.missing.push(format!("Python verifiers ({}): {error}", PYTHON.join(", "))),
    }
}

fn npm(tools: &mut Tools) {
    let folder = tools_dir().join("npm");
    let script = folder.join("node_modules/axe-core/axe.min.js");
    let there = |package: &str| folder.join("node_modules").join(package).is_dir();
    if !script.is_file() || !there("openid-client") || !there("oidc-provider") || !there("jose") {
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]).arg(&folder);
        npm.args([AXE, OPENID_CLIENT, OIDC_PROVIDER, JOSE]);
        if std::fs::create_dir_all(&folder).is_err() || !quiet(&mut npm) {
            let wanted = format!("npm install {AXE} {OPENID_CLIENT} {OIDC_PROVIDER} {JOSE}");
            tools.missing.push(format!(
                "accessibility checker, certified client and provider of the login, a library for JWS: {wanted}"
            ));
        }
    }
    tools.axe = script.is_file().then_some(script);
}

/// What a list names, into a folder of its own, where the tests find it; `installed` there says for which list.
fn maven(tools: &mut Tools, name: &str, list: &str, folder: &str) -> Outcome {
    let (path, folder) = (root().join(list), tools_dir().join(folder));
    let (wanted, stamp) = (std::fs::read_to_string(&path)?, folder.join("installed"));
    if std::fs::read_to_string(&stamp).is_ok_and(|s| s == wanted) {
        return Ok(());
    }
    let mut copy = Command::new("mvn");
    copy.args(["-q", "-B", "-f"]).arg(&path).arg(MAVEN_COPY);
    copy.arg(format!("-DoutputDirectory={}", folder.display()));
    if quiet(&mut copy) {
        std::fs::write(&stamp, wanted)?;
    } else {
        tools.missing.push(format!("{name}: mvn -f {list} {MAVEN_COPY}"));
    }
    Ok(())
}
