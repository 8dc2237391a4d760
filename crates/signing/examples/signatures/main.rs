//! What a signature costs: `signatures figures FOLDER` measures, writes what other programs are to sign and validate into the
//! folder, and then serves FirmaGob's contract until its standard input ends; `signatures documents FOLDER` measures documents
//! alone; `signatures large FOLDER MEGABYTES` signs a large file; `signatures batch FOLDER DOCUMENTS` signs a batch at the desk.
//! All print `name value` lines; `cargo xtask bench --only signing` sets them beside their targets.
#![expect(clippy::print_stdout, reason = "its answer")]
#![expect(clippy::unwrap_used, reason = "a measure that can't go on ends")]

mod bare;
mod batch;
mod document;
mod large;
mod server;
mod signers;
mod turns;

use std::path::Path;

use copihue_core::json::sha256;
use copihue_core::{Clock, SystemClock, Timestamp};
use copihue_signing::keys::Algorithm;
use copihue_signing::verify::verify_pdf;
use copihue_signing::{SealOptions, cms};

use bare::Bare;
use document::Permits;
use signers::Holder;
use turns::in_turns;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["figures", folder] => figures(Path::new(folder)),
        ["documents", folder] => issue_full(Path::new(folder)),
        ["large", folder, megabytes] => {
            large::run(Path::new(folder), megabytes.parse().unwrap(), &options(), at());
        }
        ["batch", folder, documents] => batch::run(Path::new(folder), documents.parse().unwrap()),
        _ => panic!(
            "signatures figures FOLDER, documents FOLDER, large FOLDER MEGABYTES, or batch FOLDER DOCUMENTS"
        ),
    }
}

/// Yesterday in whole seconds: no clock is behind it.
fn at() -> Timestamp {
    Timestamp::from_millis(SystemClock::default().now().millis() / 1000 * 1000).plus_seconds(-86_400)
}

fn options() -> SealOptions {
    SealOptions::because("Emisión del permiso de circulación")
}

/// Prints a rate and that of the bare operations of the same minute.
fn say(name: &str, (bare, whole): (f64, f64)) {
    println!("{name} {whole}\n{name}_bare {bare}");
}

fn figures(folder: &Path) {
    let permits = Permits::small();
    let pdf = permits.render(0, at());
    println!("document {}", pdf.len());
    std::fs::write(folder.join("plain.pdf"), &pdf).unwrap();
    for (name, algorithm) in [("rsa", Algorithm::Rsa2048), ("p256", Algorithm::P256)] {
        let (holder, bare) = (Holder::new(algorithm, at()), Bare::new(algorithm));
        holder.write(folder, name);
        let signer = &holder.signer;
        let sign = || drop(signer.sign_pdf(&pdf, &options(), at()).unwrap());
        say(&format!("pades_{name}"), in_turns(|| bare.sign(), sign));
        let digest = sha256(&pdf);
        say(&format!("cms_{name}"), in_turns(|| bare.sign(), || drop(cms::pades(signer, &digest).unwrap())));
        let signed = signer.sign_pdf(&pdf, &options(), at()).unwrap();
        std::fs::write(folder.join(format!("signed_{name}.pdf")), &signed).unwrap();
        let trust = holder.trust();
        let validate = || assert!(verify_pdf(&signed, &trust, at().plus_seconds(60)).is_genuine());
        say(&format!("validate_{name}"), in_turns(|| bare.verify(), validate));
        let mut number = 0;
        let issue = || {
            number += 1;
            signer.sign_pdf(&permits.render(number, at()), &options(), at()).unwrap();
        };
        say(&format!("issue_{name}"), in_turns(|| bare.sign(), issue));
    }
    issue_full(folder);
    server::run(folder, &pdf);
}

/// Whole permits: from the template alone, and signed.
fn issue_full(folder: &Path) {
    let (holder, bare) = (Holder::new(Algorithm::P256, at()), Bare::new(Algorithm::P256));
    for (name, permits) in [("full", Permits::full()), ("foreign", Permits::foreign())] {
        let pdf = permits.render(0, at());
        println!("document_{name} {}", pdf.len());
        std::fs::write(folder.join(format!("{name}.pdf")), &pdf).unwrap();
        let mut number = 0;
        let mut render = || {
            number += 1;
            permits.render(number, at())
        };
        say(&format!("render_{name}"), in_turns(|| bare.sign(), || drop(render())));
        let issue = || drop(holder.signer.sign_pdf(&render(), &options(), at()).unwrap());
        say(&format!("issue_{name}"), in_turns(|| bare.sign(), issue));
    }
}
