//! The characters that every document carries: what Spanish acts are written with. Their glyphs are embedded once, the same
//! bytes in every document; a text with any other character brings those glyphs in a subset of its own.

/// Printable ASCII.
const ASCII: std::ops::RangeInclusive<char> = ' '..='~';
const ASCII_LEN: usize = 95;
/// Beyond ASCII, in order.
const BEYOND: [char; 35] = [
    '\u{a0}', '¡', '§', 'ª', '«', '°', '·', 'º', '»', '¿', 'Á', 'É', 'Í', 'Ñ', 'Ó', 'Ú', 'Ü', 'á', 'é', 'í',
    'ñ', 'ó', 'ú', 'ü', '–', '—', '‘', '’', '“', '”', '•', '…', '€', '−', '◊',
];

/// How many there are.
pub(crate) const LEN: usize = ASCII_LEN + BEYOND.len();

/// A character's place in the set.
pub(crate) fn place(c: char) -> Option<usize> {
    if ASCII.contains(&c) {
        return Some(c as usize - ' ' as usize);
    }
    BEYOND.binary_search(&c).ok().map(|at| ASCII_LEN + at)
}

/// The set, in the order of its places.
pub(crate) fn all() -> impl Iterator<Item = char> {
    ASCII.chain(BEYOND)
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn each_character_has_its_place_and_is_composed_already() {
        for (at, c) in all().enumerate() {
            assert_eq!(place(c), Some(at));
            assert_eq!(std::iter::once(c).nfc().collect::<String>(), c.to_string());
            assert_eq!(unicode_normalization::char::canonical_combining_class(c), 0);
        }
        assert_eq!(all().count(), LEN);
        assert_eq!((place('ç'), place('\n')), (None, None));
    }
}
