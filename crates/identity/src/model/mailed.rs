//! Codes that go by mail: letters and digits that nobody mistakes for another, as the national login sends them.

/// None of 0, O, 1, I, L.
pub(super) const LETTERS: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
/// Letters of a code: 29 bits.
pub const LENGTH: usize = 6;

/// The code that a secret value stands for.
#[must_use]
pub fn code(tag: &[u8; 32]) -> String {
    spelled(tag.iter().take(8).fold(0_u64, |n, byte| n << 8 | u64::from(*byte)), LENGTH)
}

/// A number in so many of these letters.
pub(super) fn spelled(mut rest: u64, length: usize) -> String {
    let mut code = String::new();
    for _ in 0..length {
        code.push(char::from(LETTERS[usize::try_from(rest % 31).unwrap_or_default()]));
        rest /= 31;
    }
    code
}

/// What somebody typed, as it was made; none when it can't be one.
#[must_use]
pub fn typed(text: &str) -> Option<String> {
    let clean: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let clean = clean.to_ascii_uppercase();
    (clean.len() == LENGTH && clean.bytes().all(|b| LETTERS.contains(&b))).then_some(clean)
}

/// An address that its owner recognises and nobody else learns: `m•••@ejemplo.cl`.
#[must_use]
pub fn masked(address: &str) -> String {
    let (name, host) = address.split_once('@').unwrap_or((address, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}•••@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h06_codes_have_29_bits_and_are_read_as_people_type_them() {
        let one = code(&[7; 32]);
        assert_eq!(typed(&format!(" {}-{} ", one[..3].to_lowercase(), &one[3..])), Some(one.clone()));
        assert_ne!(one, code(&[8; 32]));
        for bad in ["", "ABCDE", "ABCDEFG", "ABCDE0", "ABCDEI", "ÁBCDEF"] {
            assert_eq!(typed(bad), None, "{bad}");
        }
        assert!(f64::from(31_u32.pow(6)).log2() >= 29.0);
        assert_eq!(masked("maria@ejemplo.cl"), "m•••@ejemplo.cl");
    }
}
