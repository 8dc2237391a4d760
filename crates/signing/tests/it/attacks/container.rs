//! ASiC: containers that unpack to something else than what is signed.

use std::io::{Cursor, Write};

use copihue_core::{Clock, SystemClock};
use copihue_signing::verify::{Given, Outcome, Verdict, verify};
use copihue_signing::{Level, Shape};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::door::signed;
use crate::longterm::{Place, place};

type Files = Vec<(String, Vec<u8>)>;

fn unpack(bytes: &[u8]) -> Files {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|n| {
            let mut file = zip.by_index(n).unwrap();
            let mut content = Vec::new();
            std::io::Read::read_to_end(&mut file, &mut content).unwrap();
            (file.name().unwrap().into_owned(), content)
        })
        .collect()
}

fn pack(files: &Files, first: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (n, (name, content)) in files.iter().enumerate() {
        let method = if n == 0 { first } else { CompressionMethod::Deflated };
        zip.start_file(name.as_str(), SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn judge(place: &Place, bytes: &[u8]) -> Verdict {
    verify(&[Given { name: "a.asice", bytes }], &place.signing.trust(), SystemClock::default().now())
}

const SHAPES: [Shape; 4] = [Shape::AsicSCades, Shape::AsicSXades, Shape::AsicECades, Shape::AsicEXades];

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_a_container_with_a_file_that_nobody_signed_says_so() {
    let place = place().await;
    for shape in SHAPES {
        let mut files = unpack(&signed(&place, shape, Level::B).await);
        assert_eq!(judge(&place, &pack(&files, CompressionMethod::Stored)).outcome, Outcome::Genuine);
        files.push(("ajeno.txt".into(), b"Otra cosa.".to_vec()));
        let verdict = judge(&place, &pack(&files, CompressionMethod::Stored));
        if matches!(shape, Shape::AsicSCades | Shape::AsicSXades) {
            assert_eq!(verdict.outcome, Outcome::Unreadable, "{shape:?}");
        } else {
            assert_eq!(verdict.outcome, Outcome::Partly, "{shape:?}: {verdict:#?}");
            assert!(verdict.files.iter().any(|f| f.name == "ajeno.txt" && !f.is_signed));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_a_container_whose_files_were_exchanged_or_taken_away_is_refused() {
    let place = place().await;
    for shape in SHAPES {
        let files = unpack(&signed(&place, shape, Level::LTA).await);
        let mut changed = files.clone();
        changed.iter_mut().find(|(name, _)| name == "a.xml").unwrap().1.push(b' ');
        assert_eq!(
            judge(&place, &pack(&changed, CompressionMethod::Stored)).outcome,
            Outcome::Altered,
            "{shape:?}"
        );
        let without: Files = files.iter().filter(|(name, _)| name != "a.xml").cloned().collect();
        assert_ne!(
            judge(&place, &pack(&without, CompressionMethod::Stored)).outcome,
            Outcome::Genuine,
            "{shape:?}"
        );
        let unsigned: Files =
            files.iter().filter(|(name, _)| !name.contains("META-INF/sig")).cloned().collect();
        assert_ne!(judge(&place, &pack(&unsigned, CompressionMethod::Stored)).outcome, Outcome::Genuine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_a_zip_that_can_be_read_in_two_ways_is_refused() {
    let place = place().await;
    let good = signed(&place, Shape::AsicEXades, Level::B).await;
    let files = unpack(&good);
    let with = |name: &str, content: &[u8]| {
        let mut files = files.clone();
        files.push((name.into(), content.to_vec()));
        judge(&place, &pack(&files, CompressionMethod::Stored)).outcome
    };
    for name in ["../a.xml", "/etc/x", "A.XML", "c/../../x", "META-INF/../x", "C:\\x"] {
        assert_eq!(with(name, b"x"), Outcome::Unreadable, "{name}");
    }
    // Ten megabytes of nothing pack into ten kilobytes.
    assert_eq!(with("bomba.bin", &vec![0; 10 << 20]), Outcome::Unreadable);
    // Its type must be the first thing in it, plainly.
    assert_eq!(judge(&place, &pack(&files, CompressionMethod::Deflated)).outcome, Outcome::Unreadable);
    let mut turned = files.clone();
    turned.swap(0, 1);
    assert_eq!(judge(&place, &pack(&turned, CompressionMethod::Stored)).outcome, Outcome::Unreadable);
    // Two entries of one name, the second under the name of the first.
    let mut twice = files.clone();
    twice.push(("b.xml".into(), b"<otro/>".to_vec()));
    let mut bytes = pack(&twice, CompressionMethod::Stored);
    let places: Vec<usize> =
        bytes.windows(5).enumerate().filter(|(_, w)| w == b"b.xml").map(|(n, _)| n).collect();
    places.into_iter().for_each(|at| bytes[at] = b'a');
    assert_eq!(judge(&place, &bytes).outcome, Outcome::Unreadable);
    // Something before the archive, which some programs skip.
    assert_ne!(judge(&place, &[b"%PDF-1.7\n", &good[..]].concat()).outcome, Outcome::Genuine);
}
