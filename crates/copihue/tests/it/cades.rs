//! `copihue verify` of a signature that stands beside a file, made by another program.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::{program, said};

fn run(folder: &Path, program: impl AsRef<std::ffi::OsStr>, arguments: &str) -> Option<Output> {
    let arguments = arguments.split(' ');
    Command::new(program).args(arguments).current_dir(folder).output().ok()
}

const MADE_BY_OPENSSL: [&str; 4] = [
    "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=Raiz",
    "req -newkey rsa:2048 -nodes -keyout k.pem -out k.csr -subj /O=Organismo/CN=JUANA",
    "x509 -req -in k.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out k.crt -days 20 -extfile ext",
    "cms -sign -cades -binary -in decreto.txt -signer k.crt -inkey k.pem -outform DER -out decreto.p7s",
];

#[test]
fn sig_20_a_detached_signature_is_verified_with_its_file_and_not_without() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("ext"), "keyUsage=critical,nonRepudiation,digitalSignature").unwrap();
    std::fs::write(folder.join("decreto.txt"), "Se decreta lo siguiente.").unwrap();
    std::fs::write(folder.join("otro.txt"), "Se decreta otra cosa.").unwrap();
    for arguments in MADE_BY_OPENSSL {
        let Some(output) = run(folder, "openssl", arguments) else {
            eprintln!("skipped: openssl can't be run");
            return;
        };
        assert!(output.status.success(), "{}", said(&output));
    }
    let verify = |more: &str| {
        let output = run(folder, program(), &format!("verify --trust ca.pem{more} decreto.p7s")).unwrap();
        (output.status.code(), said(&output))
    };
    let (code, text) = verify(" --content decreto.txt");
    assert!(code == Some(0) && text.contains("Firmado por JUANA"), "{code:?} {text}");
    let (code, text) = verify(" --content otro.txt");
    assert!(code == Some(1) && text.contains("El contenido no es el que se firmó."), "{code:?} {text}");
    let (code, text) = verify("");
    assert!(code == Some(2) && text.contains("falta el archivo"), "{code:?} {text}");
    // Among the files that are given it finds its own.
    let (code, text) = verify(" decreto.txt");
    assert!(code == Some(0) && text.contains("Firmado por JUANA"), "{code:?} {text}");
    let (code, text) = verify(" otro.txt decreto.txt");
    assert!(code == Some(1) && text.contains("Firmado por JUANA"), "{code:?} {text}");
}
