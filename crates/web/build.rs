//! Makes the assets ready: shortened, compressed, with the hash of their content in the name.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// How to shorten a kind of file.
type Shorten = fn(&str) -> String;

/// Name in code, file, media type, how to shorten it.
const ASSETS: [(&str, &str, &str, Shorten); 3] = [
    ("STYLE", "copihue.css", "text/css; charset=utf-8", shorten_css),
    ("SCRIPT", "copihue.js", "text/javascript; charset=utf-8", shorten_js),
    ("ICON", "icon.svg", "image/svg+xml", shorten_svg),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut code = String::new();
    for (name, file, media_type, shorten) in ASSETS {
        let text = shorten(&fs::read_to_string(Path::new("assets").join(file))?);
        let path = format!("/a/{}", hashed_name(file, &text));
        fs::write(out.join(file), &text)?;
        fs::write(out.join(format!("{file}.br")), brotli(text.as_bytes())?)?;
        fs::write(out.join(format!("{file}.gz")), gzip(text.as_bytes())?)?;
        let bytes = |suffix: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}{suffix}\"))");
        let (plain, br, gz) = (bytes(""), bytes(".br"), bytes(".gz"));
        code.push_str(&format!(
            "pub(crate) static {name}: Asset = Asset {{ path: {path:?}, media_type: {media_type:?}, \
             plain: {plain}, brotli: {br}, gzip: {gz} }};\n"
        ));
    }
    fs::write(out.join("assets.rs"), code)?;
    Ok(())
}

/// `copihue.css` → `copihue.3f2a91c04d5e6b78.css`.
fn hashed_name(file: &str, text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file, "bin"));
    format!("{stem}.{:016x}.{extension}", hasher.finish())
}

fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 20, ..Default::default() };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &params)?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Without comments and without space that means nothing.
fn shorten_css(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    let lines: String = out.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" ");
    let tight = [" {", "{ ", " }", "} ", "; ", ": ", ", "].iter().fold(lines, |css, pair| {
        // `: ` only after a property: a space before a colon belongs to a selector.
        css.replace(pair, pair.trim())
    });
    tight.replace(";}", "}")
}

/// Without lines that are only comments, and without indentation: line ends stay, so nothing changes its meaning.
fn shorten_js(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn shorten_svg(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join("")
}
