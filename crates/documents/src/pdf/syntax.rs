//! The few values that are written by the thousand: numbers, references, strings.

use pdf_writer::Ref;

/// A decimal integer.
pub(crate) fn int(out: &mut Vec<u8>, value: i32) {
    let mut digits = [0; 10];
    let (mut rest, mut at) = (value.unsigned_abs(), digits.len());
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

/// A number to the thousandth: of a point, less than any printer shows.
pub(crate) fn number(out: &mut Vec<u8>, value: f32) {
    let thousandths = (value * 1000.0).round() as i32;
    if thousandths < 0 {
        out.push(b'-');
    }
    let thousandths = thousandths.unsigned_abs();
    int(out, (thousandths / 1000) as i32);
    let fraction = thousandths % 1000;
    if fraction != 0 {
        let digits =
            [b'0' + (fraction / 100) as u8, b'0' + (fraction / 10 % 10) as u8, b'0' + (fraction % 10) as u8];
        let len = digits.iter().rposition(|d| *d != b'0').map_or(0, |last| last + 1);
        out.push(b'.');
        out.extend_from_slice(&digits[..len]);
    }
}

/// Numbers with a space after each.
pub(crate) fn numbers(out: &mut Vec<u8>, values: &[f32]) {
    for value in values {
        number(out, *value);
        out.push(b' ');
    }
}

/// `12 0 R`
pub(crate) fn reference(out: &mut Vec<u8>, id: Ref) {
    int(out, id.get());
    out.extend_from_slice(b" 0 R");
}

/// A text: as it is when it is ASCII, else as UTF-16 in hexadecimal digits.
pub(crate) fn text(out: &mut Vec<u8>, text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        out.push(b'(');
        string(out, text.as_bytes());
        out.push(b')');
        return;
    }
    out.extend_from_slice(b"<FEFF");
    for unit in text.encode_utf16() {
        out.extend([12, 8, 4, 0].map(|shift| DIGITS[usize::from(unit >> shift & 15)]));
    }
    out.push(b'>');
}

/// Bytes between the parentheses of a string.
pub(crate) fn string(out: &mut Vec<u8>, bytes: &[u8]) {
    for byte in bytes {
        match byte {
            b'(' | b')' | b'\\' => out.extend([b'\\', *byte]),
            b'\r' => out.extend(b"\\r"),
            byte => out.push(*byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_short_and_exact_to_the_thousandth() {
        let all = [0.0, 62.0, -0.5, 595.28, 0.0004, -0.0004, 12.3456, 1.1, 100.05, -7.001];
        assert_eq!(written(|o| numbers(o, &all)), "0 62 -0.5 595.28 0 0 12.346 1.1 100.05 -7.001 ");
        assert_eq!(written(|o| int(o, i32::MIN)), "-2147483648");
        assert_eq!(written(|o| int(o, 1_000_203)), "1000203");
    }

    #[test]
    fn texts_are_ascii_or_utf_16() {
        assert_eq!(written(|o| text(o, "(a) \\")), r"(\(a\) \\)");
        assert_eq!(written(|o| text(o, "ñ😀")), "<FEFF00F1D83DDE00>");
    }
}
