//! What every text that comes in goes through first.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Trimmed, NFC, line ends as `\n`. `None` when it holds a NUL or another control character but tab and new line.
pub(super) fn text(raw: &str) -> Option<String> {
    let trimmed = raw.trim();
    if trimmed.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return None;
    }
    let text = match is_nfc_quick(trimmed.chars()) {
        IsNormalized::Yes => trimmed.to_owned(),
        _ => trimmed.nfc().collect(),
    };
    Some(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text })
}

/// Marks that turn the direction of writing: with them `exe.pdf` can be made to look like `fdp.exe`.
const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A file's name that may be shown and stored: NFC, no path, no control or direction marks, 100 characters.
pub(super) fn file_name(raw: &str) -> String {
    let base = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = base
        .nfc()
        .filter(|c| {
            !c.is_control() && !turns_direction(*c) && !matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
        })
        .collect();
    let clean = clean.trim_matches(|c: char| c == '.' || c.is_whitespace());
    match clean.chars().count() {
        0 => "archivo".to_owned(),
        1..=100 => clean.to_owned(),
        n => shorten(clean, n),
    }
}

/// Cuts the middle, so that the extension stays.
fn shorten(name: &str, chars: usize) -> String {
    let tail: String = name.chars().skip(chars - 20).collect();
    name.chars().take(80).chain(tail.chars()).collect()
}

/// The path, when it is one of ours: `/` and then neither `/` nor `\`, no control characters, at most 2,000 bytes.
///
/// Anything else as a target of a redirect would send people to a stranger's page.
pub(crate) fn own_path(target: &str) -> Option<&str> {
    let mut chars = target.chars();
    let ok = chars.next() == Some('/')
        && !matches!(chars.next(), Some('/' | '\\'))
        && target.len() <= 2_000
        && !target.chars().any(|c| c.is_control() || c == '\\' || c.is_whitespace());
    ok.then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_04_texts_are_trimmed_and_composed_and_refuse_nul() {
        assert_eq!(text("  Nun\u{303}oa\r\nx "), Some("Ñuñoa\nx".replace("Ñuñoa", "Nuñoa")));
        assert_eq!(text("a\0b"), None);
    }

    #[test]
    fn web_05_file_names_lose_paths_and_direction_marks() {
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("C:\\temp\\foto.jpg"), "foto.jpg");
        assert_eq!(file_name("permiso\u{202e}fdp.exe"), "permisofdp.exe");
        assert_eq!(file_name("..."), "archivo");
        let long = format!("{}.pdf", "a".repeat(200));
        assert_eq!(file_name(&long).chars().count(), 100);
        assert!(file_name(&long).ends_with(".pdf"));
    }

    #[test]
    fn web_06_redirects_only_to_own_paths() {
        for good in ["/", "/mi/expedientes?x=1", "/tramites/a-b#c"] {
            assert_eq!(own_path(good), Some(good));
        }
        for bad in [
            "",
            "mi",
            "//mal.cl",
            "/\\mal.cl",
            "https://mal.cl",
            "/a\\b",
            "/a\r\nSet-Cookie: x",
            "javascript:1",
        ] {
            assert_eq!(own_path(bad), None, "{bad}");
        }
    }
}
