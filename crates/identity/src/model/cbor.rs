//! Just enough CBOR (RFC 8949) to read what authenticators write: whole numbers, bytes, texts, lists and maps of a stated length, as
//! CTAP2's canonical form wants them. Everything else is refused.

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 8;

/// A value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value<'a> {
    /// A whole number.
    Int(i64),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A text.
    Text(&'a str),
    /// A list.
    List(Vec<Self>),
    /// Pairs, in the order in which they came.
    Map(Vec<(Self, Self)>),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
}

impl<'a> Value<'a> {
    /// Reads one value; answers what follows it too.
    #[must_use]
    pub fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        read(bytes, MAX_DEPTH)
    }

    /// Reads one value and nothing more.
    #[must_use]
    pub fn read_whole(bytes: &'a [u8]) -> Option<Self> {
        let (value, rest) = Self::read(bytes)?;
        rest.is_empty().then_some(value)
    }

    /// What a map has under a text.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.find(|k| matches!(k, Self::Text(text) if *text == key))
    }

    /// What a map has under a number.
    #[must_use]
    pub fn at(&self, key: i64) -> Option<&Self> {
        self.find(|k| *k == Self::Int(key))
    }

    fn find(&self, is: impl Fn(&Self) -> bool) -> Option<&Self> {
        let Self::Map(pairs) = self else { return None };
        let mut found = pairs.iter().filter(|(k, _)| is(k)).map(|(_, v)| v);
        let first = found.next()?;
        // What is said twice may be read in two ways.
        found.next().is_none().then_some(first)
    }

    /// Its number, when it is one.
    #[must_use]
    pub const fn int(&self) -> Option<i64> {
        if let Self::Int(n) = self { Some(*n) } else { None }
    }

    /// Its bytes, when it has some.
    #[must_use]
    pub const fn bytes(&self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }
}

/// The major type, the argument, and what follows.
fn head(bytes: &[u8]) -> Option<(u8, u64, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    let (major, short) = (first >> 5, first & 31);
    let width = match short {
        0..=23 => return Some((major, u64::from(short), rest)),
        24..=27 => 1_usize << (short - 24),
        _ => return None,
    };
    let (argument, rest) = rest.split_at_checked(width)?;
    let number = argument.iter().fold(0_u64, |n, byte| n << 8 | u64::from(*byte));
    Some((major, number, rest))
}

fn read(bytes: &[u8], depth: usize) -> Option<(Value<'_>, &[u8])> {
    let depth = depth.checked_sub(1)?;
    let (major, argument, rest) = head(bytes)?;
    let number = i64::try_from(argument).ok();
    let length = usize::try_from(argument).ok();
    match major {
        0 => Some((Value::Int(number?), rest)),
        1 => Some((Value::Int(-1 - number?), rest)),
        2 | 3 => {
            let (inside, rest) = rest.split_at_checked(length?)?;
            let value = if major == 2 {
                Value::Bytes(inside)
            } else {
                Value::Text(std::str::from_utf8(inside).ok()?)
            };
            Some((value, rest))
        }
        4 => {
            let (mut all, mut rest) = (Vec::new(), rest);
            for _ in 0..length? {
                let (value, after) = read(rest, depth)?;
                all.push(value);
                rest = after;
            }
            Some((Value::List(all), rest))
        }
        5 => {
            let (mut all, mut rest) = (Vec::new(), rest);
            for _ in 0..length? {
                let (key, after) = read(rest, depth)?;
                let (value, after) = read(after, depth)?;
                all.push((key, value));
                rest = after;
            }
            Some((Value::Map(all), rest))
        }
        7 if bytes[0] & 31 <= 23 => match argument {
            20 => Some((Value::Bool(false), rest)),
            21 => Some((Value::Bool(true), rest)),
            22 => Some((Value::Null, rest)),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of RFC 8949, appendix A.
    #[test]
    fn j01_what_authenticators_write_is_read_and_nothing_else() {
        let read = |hex: &str| {
            let bytes = hex::decode(hex).unwrap();
            Value::read_whole(&bytes).map(|value| format!("{value:?}"))
        };
        for (hex, value) in [
            ("00", "Int(0)"),
            ("1903e8", "Int(1000)"),
            ("1a000f4240", "Int(1000000)"),
            ("20", "Int(-1)"),
            ("3903e7", "Int(-1000)"),
            ("4401020304", "Bytes([1, 2, 3, 4])"),
            ("6449455446", "Text(\"IETF\")"),
            ("83010203", "List([Int(1), Int(2), Int(3)])"),
            ("a201020304", "Map([(Int(1), Int(2)), (Int(3), Int(4))])"),
            ("f5", "Bool(true)"),
            ("f6", "Null"),
        ] {
            assert_eq!(read(hex).as_deref(), Some(value), "{hex}");
        }
        // Cut, too long, of no stated length, tagged, a fraction, beyond 63 bits, too deep, a length that nobody can have.
        for hex in [
            "",
            "19",
            "0000",
            "5f42010243030405ff",
            "c11a514b67b0",
            "f93c00",
            "1bffffffffffffffff",
            "818181818181818100",
        ] {
            assert_eq!(read(hex), None, "{hex}");
        }
        assert_eq!(read("9bffffffffffffffff"), None);
        let twice = hex::decode("a2010201ff").unwrap();
        assert_eq!(Value::read_whole(&twice), None);
        let twice = hex::decode("a201020103").unwrap();
        assert_eq!(Value::read_whole(&twice).unwrap().at(1), None, "said twice");
    }
}
