//! Names of files that every system takes.

use copihue_core::text::is_printable;
use jiff::civil::Date;

/// Characters of a title in a name.
const TITLE: usize = 96;

/// `0001 - 2026-11-21 - Solicitud de permiso.pdf`; unique by its number.
pub(crate) fn file_name(n: i64, day: Date, title: &str, media_type: &str) -> String {
    let ending = ending(media_type);
    let title: String = title.chars().filter(|c| is_safe(*c)).take(TITLE).collect();
    let title = title.trim().trim_end_matches('.').trim_end();
    let title = title.strip_suffix(&format!(".{ending}")).unwrap_or(title);
    format!("{n:04} - {day} - {title}.{ending}")
}

/// No path, nothing that is not printable.
fn is_safe(c: char) -> bool {
    is_printable(c) && !r#"<>:"/\|?*"#.contains(c)
}

/// The ending of a media type.
pub(crate) fn ending(media_type: &str) -> &'static str {
    match media_type {
        "application/pdf" => "pdf",
        "application/json" => "json",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "text/plain" => "txt",
        "application/xml" | "text/xml" => "xml",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_leave_out_what_a_system_refuses_or_a_reader_is_fooled_by() {
        let day = jiff::civil::date(2026, 11, 21);
        let name = |title: &str| file_name(1, day, title, "application/pdf");
        assert_eq!(name("Solicitud de permiso"), "0001 - 2026-11-21 - Solicitud de permiso.pdf");
        assert_eq!(name("../a\\b:\u{202e}fdp.exe. "), "0001 - 2026-11-21 - ..abfdp.exe.pdf");
        assert!(name(&"ñ".repeat(300)).chars().count() < 130);
    }
}
