//! `copihue sign`: a technician signs a folder of files, and a script sees what was not.

use std::fs;

use crate::support::{World, program, said};

/// Of the contract's sandbox (specs signing §2.9).
const SECRET: &str = "27a216342c744f89b7b82fa290519ba0";
const ENTITY: &str = "Subsecretaría General de la Presidencia";

#[test]
fn sig_21_a_folder_is_signed_from_the_command_line_and_what_is_not_is_told_by_the_exit_code() {
    let world = World::shared();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let sample = include_bytes!("../../../../fuzz/corpus/pdf/classic.pdf");
    fs::write(path("decreto.pdf"), sample).unwrap();
    fs::write(path("oficio.pdf"), [&sample[..], b"\n% otro\n%%EOF\n"].concat()).unwrap();
    fs::write(path("notas.pdf"), "esto no es un PDF").unwrap();
    fs::write(path("secreto.txt"), SECRET).unwrap();
    let sign = |files: &[&str]| {
        let (server, secret) = (world.demo.url(""), path("secreto.txt"));
        let mut arguments =
            vec!["sign", "--server", &server, "--application", "sandbox", "--secret-file", &secret];
        arguments.extend(["--entity", ENTITY, "--run", "22222222", "--unattended"]);
        let files: Vec<String> = files.iter().map(|f| path(f)).collect();
        arguments.extend(files.iter().map(String::as_str));
        world.run(program(), &arguments).unwrap()
    };
    let mixed = sign(&["decreto.pdf", "notas.pdf", "oficio.pdf"]);
    assert_eq!(mixed.status.code(), Some(2), "{}", said(&mixed));
    assert!(said(&mixed).contains("El archivo no es un PDF"), "{}", said(&mixed));
    for name in ["decreto-firmado.pdf", "oficio-firmado.pdf"] {
        let verdict =
            world.run(program(), &["verify", "--trust", "data/authority.pem", &path(name)]).unwrap();
        assert!(verdict.status.success(), "{}", said(&verdict));
    }
    let first = fs::read(path("decreto-firmado.pdf")).unwrap();
    let again = sign(&["decreto.pdf", "oficio.pdf"]);
    assert_eq!(again.status.code(), Some(0), "{}", said(&again));
    assert_eq!(fs::read(path("decreto-firmado.pdf")).unwrap(), first, "a repeat signs nothing again");
}
