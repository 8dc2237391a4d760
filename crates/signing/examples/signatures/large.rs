//! A large file, signed where it lies.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use copihue_core::Timestamp;
use copihue_signing::SealOptions;
use copihue_signing::keys::Algorithm;

use super::signers::Holder;

const MEGABYTE: usize = 1 << 20;

/// A page with so many scanned megabytes: noise, which nothing compresses.
fn write(path: &Path, megabytes: u32) -> std::io::Result<()> {
    let (mut out, mut at, mut table) = (BufWriter::new(File::create(path)?), 0, String::new());
    let mut put = |out: &mut BufWriter<File>, parts: &[&[u8]]| -> std::io::Result<usize> {
        let start = at;
        for part in parts {
            out.write_all(part)?;
            at += part.len();
        }
        Ok(start)
    };
    put(&mut out, &[b"%PDF-1.7\n"])?;
    let page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<<>>>>";
    let pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>";
    for (n, object) in [&b"<</Type/Catalog/Pages 2 0 R>>"[..], pages, page].iter().enumerate() {
        let start = put(&mut out, &[format!("{} 0 obj\n", n + 1).as_bytes(), object, b"\nendobj\n"])?;
        table.push_str(&format!("{start:010} 00000 n\r\n"));
    }
    let mut noise = vec![0; MEGABYTE];
    for n in 0..megabytes {
        aws_lc_rs::rand::fill(&mut noise).map_err(std::io::Error::other)?;
        let head = format!(
            "{} 0 obj\n<</Type/XObject/Subtype/Image/Width 1024/Height 1024/ColorSpace/DeviceGray/BitsPerComponent 8\
             /Length {MEGABYTE}>>\nstream\n",
            n + 4
        );
        let start = put(&mut out, &[head.as_bytes(), &noise, b"\nendstream\nendobj\n"])?;
        table.push_str(&format!("{start:010} 00000 n\r\n"));
    }
    let size = megabytes + 4;
    let start = put(&mut out, &[format!("xref\n0 {size}\n0000000000 65535 f\r\n{table}").as_bytes()])?;
    put(
        &mut out,
        &[format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").as_bytes()],
    )?;
    out.flush()
}

/// Signs it into `large_signed.pdf`; prints how long that took, and the most memory that this program ever held.
pub(crate) fn run(folder: &Path, megabytes: u32, options: &SealOptions, at: Timestamp) {
    let (source, target) = (folder.join("large.pdf"), folder.join("large_signed.pdf"));
    write(&source, megabytes).unwrap();
    let holder = Holder::new(Algorithm::P256, at);
    let begun = Instant::now();
    holder.signer.sign_pdf_file(File::open(source).unwrap(), &target, options, at).unwrap();
    println!("large_seconds {}", begun.elapsed().as_secs_f64());
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: f64 = peak.split_whitespace().next().unwrap().parse().unwrap();
    println!("large_memory {}", kilobytes / 1024.0);
}
