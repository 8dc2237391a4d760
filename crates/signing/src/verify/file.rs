//! Files that are given to be judged.

/// A file and its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Given<'a> {
    /// Its name, with `/` between folders: a signature may name what it is over.
    pub name: &'a str,
    /// The file.
    pub bytes: &'a [u8],
}

/// The file that a signature calls so. One that names a single file is over the only one that is there, whatever that is called
/// now: its digest decides.
pub(super) fn find<'a>(files: &[Given<'a>], address: &str, named: usize) -> Option<&'a [u8]> {
    let name = decoded(address)?;
    let own = files.iter().find(|f| f.name == name || f.name == address);
    match (own, files) {
        (Some(own), _) => Some(own.bytes),
        (None, [only]) if named == 1 => Some(only.bytes),
        _ => None,
    }
}

/// An address (RFC 3986) as the name of a file; `None` when it is no name.
pub(super) fn decoded(address: &str) -> Option<String> {
    let address = address.strip_prefix("./").unwrap_or(address);
    let (mut out, mut rest) = (Vec::new(), address.as_bytes());
    while let Some((byte, tail)) = rest.split_first() {
        if *byte == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            out.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            out.push(*byte);
            rest = tail;
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_by_its_address_or_because_it_is_the_only_one() {
        let [one, two] = [("a b/ñ.txt", &b"1"[..]), ("c", b"2")].map(|(name, bytes)| Given { name, bytes });
        assert_eq!(find(&[one, two], "a%20b/%C3%B1.txt", 1), Some(&b"1"[..]));
        assert_eq!(find(&[one, two], "./c", 2), Some(&b"2"[..]));
        assert_eq!(find(&[one, two], "d", 1), None);
        assert_eq!(find(&[two], "d", 1), Some(&b"2"[..]));
        assert_eq!(find(&[two], "d", 2), None);
        assert_eq!(decoded("%zz"), None);
    }
}
