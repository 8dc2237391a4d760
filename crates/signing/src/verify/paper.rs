//! The report as a PDF: the same sentences, to print and to keep.

use std::fmt::Write as _;

use super::report::findings;
use super::verdict::Verdict;

/// Points: A4 with two centimetres around.
const PAGE: (usize, usize) = (595, 842);
const MARGIN: usize = 57;
const SIZE: usize = 10;
const LEADING: usize = 14;
/// Letters of Helvetica that a line holds whatever they are.
const WIDTH: usize = 84;

/// The report on pages.
#[must_use]
pub(crate) fn to_pdf(verdict: &Verdict, heading: &str, at: &str) -> Vec<u8> {
    let mut lines = vec![heading.to_owned()];
    lines.extend(wrap(at));
    lines.push(String::new());
    lines.extend(findings(verdict).iter().flat_map(|line| wrap(line)));
    let most = (PAGE.1 - 2 * MARGIN) / LEADING;
    let pages: Vec<&[String]> = lines.chunks(most).collect();
    write_pages(&pages)
}

fn wrap(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    for word in line.split(' ') {
        let pieces: Vec<char> = word.chars().collect();
        for piece in pieces.chunks(WIDTH) {
            let piece: String = piece.iter().collect();
            let last = out.last().map_or(0, |l| l.chars().count());
            if last > 0 && last + 1 + piece.chars().count() > WIDTH {
                out.push(String::new());
            }
            if let Some(last) = out.last_mut() {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(&piece);
            }
        }
    }
    out
}

fn write_pages(pages: &[&[String]]) -> Vec<u8> {
    const FIRST: usize = 4;
    let kids: Vec<String> = (0..pages.len()).map(|n| format!("{} 0 R", FIRST + 2 * n)).collect();
    let mut objects: Vec<Vec<u8>> = vec![
        b"<</Type/Catalog/Pages 2 0 R/Lang(es-CL)>>".to_vec(),
        format!(
            "<</Type/Pages/Kids[{}]/Count {}/MediaBox[0 0 {} {}]/Resources<</Font<</F1 3 0 R>>>>>>",
            kids.join(" "),
            pages.len(),
            PAGE.0,
            PAGE.1
        )
        .into_bytes(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_vec(),
    ];
    for (n, lines) in pages.iter().enumerate() {
        objects.push(format!("<</Type/Page/Parent 2 0 R/Contents {} 0 R>>", FIRST + 2 * n + 1).into_bytes());
        let content = content(lines);
        let head = format!("<</Length {}>>\nstream\n", content.len()).into_bytes();
        objects.push([head, content, b"\nendstream".to_vec()].concat());
    }
    assemble(&objects)
}

fn content(lines: &[String]) -> Vec<u8> {
    let top = PAGE.1 - MARGIN;
    let mut out = format!("BT /F1 {SIZE} Tf {LEADING} TL {MARGIN} {top} Td\n").into_bytes();
    for line in lines {
        out.push(b'(');
        for byte in line.chars().map(win_ansi) {
            if b"()\\".contains(&byte) {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.extend(b") Tj T*\n");
    }
    out.extend(b"ET");
    out
}

/// A letter as the font has it; what it lacks is a question mark.
fn win_ansi(letter: char) -> u8 {
    match letter {
        '\u{20}'..='\u{7e}' | '\u{a0}'..='\u{ff}' => letter as u8,
        '€' => 0x80,
        '…' => 0x85,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '•' => 0x95,
        '–' => 0x96,
        '—' => 0x97,
        _ => b'?',
    }
}

fn assemble(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = String::new();
    for (n, object) in objects.iter().enumerate() {
        // Writing to a text can't fail.
        let _ = write!(table, "{:010} 00000 n\r\n", out.len());
        out.extend(format!("{} 0 obj\n", n + 1).bytes().chain(object.iter().copied()).chain(*b"\nendobj\n"));
    }
    let (start, size) = (out.len(), objects.len() + 1);
    let rest = format!(
        "xref\n0 {size}\n0000000000 65535 f\r\n{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    );
    out.extend(rest.bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_and_long_words_are_broken() {
        let lines = wrap(&format!("uno {} dos", "x".repeat(WIDTH + 5)));
        assert_eq!(lines, ["uno".to_owned(), "x".repeat(WIDTH), "xxxxx dos".to_owned()]);
        assert_eq!(wrap(""), [""]);
        assert_eq!((win_ansi('ñ'), win_ansi('•'), win_ansi('語')), (0xf1, 0x95, b'?'));
    }
}
